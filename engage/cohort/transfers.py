"""Transfers from one offender manager to another, always exactly one, with a note.

Threads and signals follow the person. The old worker's future appointments and actions move to the
new one, queued texts that name the old one are rewritten, and the person is told once if rule 1
allows. The old worker loses access.
"""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

import structlog
from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from engage import texts
from engage.access.policy import Ability, Actor, open_person
from engage.agencies.model import Membership, Role, Staff
from engage.appointments.free_times import offers
from engage.appointments.model import Appointment, AppointmentState, Reminder, ReminderState
from engage.appointments.reminders.rewriting import rewrite_reminders
from engage.cohort.model import Transfer
from engage.core import events
from engage.core.db import new_id
from engage.core.errors import Conflict, Invalid
from engage.core.text_fields import clean_text
from engage.people import contactability, unprompted
from engage.people.model import Person, RecordAccess
from engage.people.service import ensure_involved
from engage.plan.kinds import ActionState
from engage.plan.model import Action
from engage.texts import Purpose, TextKind, TextValueError
from messaging import outbox, transitions
from messaging.states import MessageStatus
from messaging.tables import Message

log = structlog.get_logger(__name__)

LONGEST_NOTE = 1000
MOST_AT_ONCE = 200
MANAGER_CHANGED = "The offender manager has changed; the text is rewritten"
MANAGER_CHANGED_AGAIN = "The offender manager has changed again"


def transfer(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    *,
    to_id: uuid.UUID,
    note: str,
    now: datetime,
) -> Transfer:
    """Transfer a person to another offender manager of their hub. The note is for the new one.

    Raises NotFound or Forbidden, Invalid for a worker who cannot be their offender manager or a
    missing note, Conflict if that worker already is.
    """
    person = open_person(
        session,
        actor,
        person_id,
        now=now,
        what="transfer",
        ability=Ability.MANAGE,
        change=True,
        lock=True,
    )
    words = clean_text(
        "note", note, LONGEST_NOTE, missing="Write what the new offender manager must know."
    )
    new = _new_manager(session, person, to_id)
    if person.offender_manager_id == new.id:
        raise Conflict(f"{new.name} is already their offender manager.", code="same_worker")
    old = session.get_one(Staff, person.offender_manager_id)
    person.offender_manager_id, person.updated_at = new.id, now
    session.flush()
    session.expire(person, ["offender_manager"])
    made = Transfer(
        id=new_id(),
        person_id=person.id,
        from_id=old.id,
        to_id=new.id,
        note=words,
        made_by=actor.label,
        at=now,
    )
    session.add(made)
    session.flush()
    appointments = _reassign_appointments(session, person, old, new, now)
    actions = _reassign_actions(session, person, old, new)
    offers.release_times(session, person.id)
    made.message_id = _queue_text(session, person, new, made.id, now)
    session.flush()
    events.record_for_person(
        session,
        "person.transferred",
        person,
        now=now,
        actor=actor.label,
        transfer=made.id,
        from_staff=old.id,
        to_staff=new.id,
        appointments=appointments,
        actions=actions,
    )
    return made


def transfer_many(
    session: Session,
    actor: Actor,
    people: Collection[uuid.UUID],
    *,
    to_id: uuid.UUID,
    note: str,
    now: datetime,
) -> list[Transfer]:
    """Transfer many people at once, all or none: for an offender manager who leaves.

    Raises Invalid for no people or more than `MOST_AT_ONCE`. Rows are locked in a fixed order, so
    that two such transfers cannot deadlock.
    """
    chosen = sorted(set(people))
    if not 1 <= len(chosen) <= MOST_AT_ONCE:
        raise Invalid(fields={"people": f"Choose from 1 to {MOST_AT_ONCE} people."})
    return [transfer(session, actor, one, to_id=to_id, note=note, now=now) for one in chosen]


def history(session: Session, person_id: uuid.UUID, *, limit: int) -> Sequence[Transfer]:
    """The transfers of a person, latest first. The caller checks access."""
    return session.scalars(
        select(Transfer)
        .where(Transfer.person_id == person_id)
        .order_by(Transfer.at.desc(), Transfer.id.desc())
        .limit(limit)
    ).all()


def _new_manager(session: Session, person: Person, staff_id: uuid.UUID) -> Staff:
    """The new offender manager: active, in this role in the hub, and not excluded from
    the record.
    """
    barred = select(RecordAccess.staff_id).where(
        RecordAccess.person_id == person.id, RecordAccess.excluded
    )
    found = session.scalars(
        select(Staff)
        .join(Membership, Membership.staff_id == Staff.id)
        .where(
            Staff.id == staff_id,
            Staff.active,
            Membership.hub_id == person.hub_id,
            Membership.role == Role.OFFENDER_MANAGER,
            Staff.id.not_in(barred),
        )
    ).one_or_none()
    if found is None:
        raise Invalid(
            fields={"to": "Choose an offender manager of this hub who may see this record."}
        )
    return found


def _reassign_appointments(
    session: Session, person: Person, old: Staff, new: Staff, now: datetime
) -> int:
    """Move the old worker's future appointments to the new one. Queued texts that name the old one
    are withdrawn and rewritten. Returns how many moved.
    """
    names_old = func.lower(Appointment.worker_name).in_(
        {old.first_name.casefold(), old.name.casefold()}
    )
    appointments = session.scalars(
        select(Appointment).where(
            Appointment.person_id == person.id,
            Appointment.starts_at > now,
            Appointment.state == AppointmentState.BOOKED,
            ~Appointment.outcomes.any(),
            or_(
                Appointment.worker_id == old.id,
                Appointment.worker_id.is_(None)
                & (Appointment.agency_id == old.agency_id)
                & names_old,
            ),
        )
    ).all()
    for one in appointments:
        one.worker_id, one.worker_name, one.agency_id = new.id, new.first_name, new.agency_id
        one.updated_at = now
    session.flush()
    if appointments:
        ensure_involved(session, person.id, new.agency_id, now=now)
        waiting = session.scalars(
            select(Reminder.message_id)
            .join(Message, Message.id == Reminder.message_id)
            .where(
                Reminder.appointment_id.in_([one.id for one in appointments]),
                Reminder.state == ReminderState.SENT,
                Message.status == MessageStatus.QUEUED,
            )
            .distinct()
        ).all()
        ids = sorted(one for one in waiting if one is not None)
        for withdrawn in transitions.move(
            session, ids, MessageStatus.WITHDRAWN, now=now, reason=MANAGER_CHANGED
        ):
            rewrite_reminders(session, withdrawn.id, now=now)
    return len(appointments)


def _reassign_actions(session: Session, person: Person, old: Staff, new: Staff) -> int:
    """Move the old worker's open actions of the plan to the new one. Returns how many moved."""
    moved = session.execute(
        update(Action)
        .where(
            Action.person_id == person.id,
            Action.responsible_id == old.id,
            Action.state.in_((ActionState.PROPOSED, ActionState.LIVE)),
        )
        .values(responsible_id=new.id, responsible=new.name, agency_id=new.agency_id)
        .returning(Action.id)
    )
    return len(moved.all())


def _queue_text(
    session: Session, person: Person, new: Staff, transfer_id: uuid.UUID, now: datetime
) -> uuid.UUID | None:
    """Queue the one text that names the new worker, if rule 1 allows. An earlier one still in the
    queue is withdrawn.
    """
    before = select(Transfer.id).where(
        Transfer.person_id == person.id, Transfer.message_id.is_not(None)
    )
    for earlier in session.scalars(before):
        key = unprompted.UnpromptedText("", Purpose.WORKER_CHANGED, earlier).key
        outbox.withdraw(session, now=now, reason=MANAGER_CHANGED_AGAIN, group_key=key)
    contact = contactability.contactability_of(session, [person.id], now)[person.id]
    try:
        body = texts.render(
            TextKind.WORKER_CHANGED,
            person.language,
            first=texts.shorten_first_name(person.first_name, person.preferred_name),
            worker=new.first_name,
        )
    except TextValueError:
        log.error("transfer.unwritable", transfer=str(transfer_id))
        return None
    worker_changed = unprompted.UnpromptedText(body, Purpose.WORKER_CHANGED, transfer_id)
    queued = unprompted.queue(session, contact, worker_changed, now=now)
    return queued.message.id if queued.message is not None else None
