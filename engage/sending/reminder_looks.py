"""Looks at a text about an appointment: does the appointment still stand as the text says, and are
the text's words true today? Reads only.

A text that is stopped here is written again, if that helps, when its end is followed up.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.appointments.kinds import AppointmentState, ReminderKind, ReminderState
from engage.appointments.model import Appointment, Reminder
from engage.appointments.reminders.rules import next_try
from engage.core.local_time import local_day
from engage.people import rules
from engage.people.contactability import contactability_of
from engage.sending.person_looks import PersonText
from messaging.sending.dispatch import Claimed, Defer


@dataclass(frozen=True)
class ReminderNow:
    """A reminder and its appointment as they are now. The revisions differ once the appointment has
    moved.
    """

    person_id: UUID
    kind: ReminderKind
    state: ReminderState
    revision: int
    appointment_state: AppointmentState
    appointment_revision: int


@dataclass(frozen=True)
class ReminderText(PersonText):
    """A text about appointments in its last moment, with the reminders that it was written for."""

    reminders: Sequence[ReminderNow] = ()


def reminder_texts(
    session: Session, texts: Sequence[Claimed], now: datetime
) -> Mapping[UUID, ReminderText]:
    """The facts about texts about appointments, in three statements."""
    reminders = _reminders(session, texts)
    people = {id: found[0].person_id for id, found in reminders.items()}
    known = contactability_of(session, set(people.values()), now)
    return {
        one.id: ReminderText(
            one,
            known[people[one.id]] if one.id in people else None,
            now,
            reminders.get(one.id, ()),
        )
        for one in texts
    }


def no_reminder(one: ReminderText) -> bool:
    """There is no reminder behind the text."""
    return not one.reminders


def appointment_cancelled(one: ReminderText) -> bool:
    """An appointment of the text is cancelled, and the text does not say so."""
    return any(
        reminder.kind is not ReminderKind.CALLED_OFF
        and reminder.appointment_state is AppointmentState.CANCELLED
        for reminder in one.reminders
    )


def appointment_moved(one: ReminderText) -> bool:
    """An appointment of the text was moved, or its reminder was ended in another way."""
    return any(
        reminder.revision != reminder.appointment_revision
        or reminder.state is not ReminderState.SENT
        for reminder in one.reminders
    )


def names_wrong_day(one: ReminderText) -> bool:
    """The text says "today" or "tomorrow", which is not true now or will not be when it may go."""
    day = one.text.context.get("day")
    if day is None:
        return False
    moments = [one.now] if _in_window(one) else [one.now, _opening(one)]
    return any(local_day(moment, one.contactability.zone).isoformat() != day for moment in moments)


def wait_for_opening(one: ReminderText) -> Defer | None:
    """Outside the person's hours for texts the text waits until they open."""
    return None if _in_window(one) else Defer(_opening(one), rules.QUIET_HOURS.words)


def _reminders(session: Session, texts: Sequence[Claimed]) -> Mapping[UUID, Sequence[ReminderNow]]:
    rows = session.execute(
        select(
            Reminder.message_id,
            Appointment.person_id,
            Reminder.kind,
            Reminder.state,
            Reminder.revision,
            Appointment.state,
            Appointment.revision,
        )
        .join(Appointment, Appointment.id == Reminder.appointment_id)
        .where(Reminder.message_id.in_([one.id for one in texts]))
    )
    found: dict[UUID, list[ReminderNow]] = defaultdict(list)
    for message_id, person_id, kind, state, revision, appointment_state, present in rows:
        if message_id is not None:
            found[message_id].append(
                ReminderNow(person_id, kind, state, revision, appointment_state, present)
            )
    return found


def _in_window(one: ReminderText) -> bool:
    known = one.contactability
    return rules.in_window(known.facts, known.rules, one.now, known.zone)


def _opening(one: ReminderText) -> datetime:
    known = one.contactability
    hours = rules.window(known.facts, known.rules)
    return next_try(one.now, zone=known.zone, hours=hours, tomorrow=False)
