"""The worker's part when reminders fall due: claim people, decide their reminders, and put off what
fails.

All reminders of a person are decided and changed under the lock of the person's row, so any number
of workers can share the work and no text is sent twice. Nothing here calls a provider.
"""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from engage.appointments.kinds import ReminderState
from engage.appointments.model import Appointment, Reminder
from engage.appointments.reminders.decision import PersonReminders
from engage.people import contactability
from engage.people.contactability import Contactability
from messaging.sending.outage import is_outage

log = structlog.get_logger(__name__)

_RETRY_AFTER = timedelta(minutes=5)

# People with a reminder due, each claimed by one worker only. The reminders are read again under
# the lock.
_CLAIM = text("""
WITH due AS MATERIALIZED (
    SELECT appointment_id
    FROM reminder
    WHERE state = 'planned' AND due_at <= :now
    ORDER BY due_at, id LIMIT :rows
)
SELECT person.id FROM person
WHERE person.id IN (
    SELECT appointment.person_id
    FROM due JOIN appointment ON appointment.id = due.appointment_id
)
ORDER BY person.id LIMIT :people
FOR NO KEY UPDATE OF person SKIP LOCKED
""")


def send_due(session: Session, *, now: datetime, limit: int = 50) -> int:
    """Decide the due reminders of up to `limit` people. Returns how many were decided or put off.

    If one person's reminders fail, they are put off by some minutes and logged; the others are not
    held up.
    """
    people = list(session.scalars(_CLAIM, {"now": now, "rows": limit * 4, "people": limit}))
    if not people:
        return 0
    reminders = _planned(session, people)
    contacts = _contacts(session, people, now)
    count = 0
    for person_id in people:
        planned = reminders.get(person_id, [])
        due = [one for one in planned if one.due_at <= now]
        if not due:
            continue
        try:
            with session.begin_nested():
                contact = (
                    contacts.get(person_id)
                    or contactability.contactability_of(session, [person_id], now)[person_id]
                )
                PersonReminders(session, contact, planned, now).decide(due)
        except Exception as problem:
            if not session.is_active or is_outage(problem):
                raise
            log.exception("reminder.failed", person=str(person_id), problem=type(problem).__name__)
            _put_off(session, due, now + _RETRY_AFTER)
        count += len(due)
    return count


def _contacts(
    session: Session, people: Sequence[uuid.UUID], now: datetime
) -> Mapping[uuid.UUID, Contactability]:
    """The contactability of all the people at once. Empty if that fails (a hub's setting is not
    valid), so that it is asked for one by one.
    """
    try:
        with session.begin_nested():
            return contactability.contactability_of(session, people, now)
    except Exception as problem:
        if is_outage(problem):
            raise
        log.exception("reminder.contactability_failed", problem=type(problem).__name__)
        return {}


def _planned(session: Session, people: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, list[Reminder]]:
    rows = session.execute(
        select(Reminder, Appointment.person_id)
        .join(Reminder.appointment)
        .where(Appointment.person_id.in_(people), Reminder.state == ReminderState.PLANNED)
        .order_by(Reminder.due_at, Reminder.id)
        .execution_options(populate_existing=True)
    )
    found: dict[uuid.UUID, list[Reminder]] = defaultdict(list)
    for reminder, person_id in rows:
        found[person_id].append(reminder)
    return found


def _put_off(session: Session, due: Sequence[Reminder], until: datetime) -> None:
    for reminder in due:
        session.refresh(reminder)
        reminder.due_at = until
    session.flush()
