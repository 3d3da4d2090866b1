"""From one offender manager to another: always to exactly one, with a note, and everything that is
theirs to do goes along.

The threads and signals follow the person by themselves. Appointments and actions that the old
worker was to keep become the new one's, texts that would still name the old one are written anew,
and the person is told once, where rule 1 allows. The old one loses sight of them.
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
ANOTHER_WORKER = "Another worker is theirs now; it is written again"
AGAIN = "Their worker has changed again"


def transfer(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    *,
    to_id: uuid.UUID,
    note: str,
    now: datetime,
) -> Transfer:
    """Give a person to another offender manager of their hub. The note is for the new one.

    Raises NotFound or Forbidden, Invalid for a worker who cannot have them or a missing note,
    Conflict when they have this one already.
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
    new = _taker(session, person, to_id)
    if person.offender_manager_id == new.id:
        raise Conflict(f"{new.name} is their offender manager already.", code="same_worker")
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
    moved = _hand_on_appointments(session, person, old, new, now)
    actions = _hand_on_actions(session, person, old, new)
    offers.release_times(session, person.id)
    made.message_id = _tell(session, person, new, made.id, now)
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
        appointments=moved,
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
    """The same for many people at once, all or none: an offender manager leaves. Raises Invalid for
    nobody, or more than `MOST_AT_ONCE`.

    They are held in one order, so that two who do this at once do not stand in each other's way.
    """
    chosen = sorted(set(people))
    if not 1 <= len(chosen) <= MOST_AT_ONCE:
        raise Invalid(fields={"people": f"Choose from 1 to {MOST_AT_ONCE} people."})
    return [transfer(session, actor, one, to_id=to_id, note=note, now=now) for one in chosen]


def history(session: Session, person_id: uuid.UUID, *, limit: int) -> Sequence[Transfer]:
    """Who had the person and gave them on, latest first; for whoever has opened the person."""
    return session.scalars(
        select(Transfer)
        .where(Transfer.person_id == person_id)
        .order_by(Transfer.at.desc(), Transfer.id.desc())
        .limit(limit)
    ).all()


def _taker(session: Session, person: Person, staff_id: uuid.UUID) -> Staff:
    """Who is to have the person: somebody active who is an offender manager of the hub and not
    barred from the record.
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


def _hand_on_appointments(
    session: Session, person: Person, old: Staff, new: Staff, now: datetime
) -> int:
    """What the old worker was to keep is the new one's; a text in the queue that names the old one
    is called back and written anew.
    """
    called = func.lower(Appointment.worker_name).in_(
        {old.first_name.casefold(), old.name.casefold()}
    )
    theirs = session.scalars(
        select(Appointment).where(
            Appointment.person_id == person.id,
            Appointment.starts_at > now,
            Appointment.state == AppointmentState.BOOKED,
            ~Appointment.outcomes.any(),
            or_(
                Appointment.worker_id == old.id,
                Appointment.worker_id.is_(None) & (Appointment.agency_id == old.agency_id) & called,
            ),
        )
    ).all()
    for one in theirs:
        one.worker_id, one.worker_name, one.agency_id = new.id, new.first_name, new.agency_id
        one.updated_at = now
    session.flush()
    if theirs:
        ensure_involved(session, person.id, new.agency_id, now=now)
        waiting = session.scalars(
            select(Reminder.message_id)
            .join(Message, Message.id == Reminder.message_id)
            .where(
                Reminder.appointment_id.in_([one.id for one in theirs]),
                Reminder.state == ReminderState.SENT,
                Message.status == MessageStatus.QUEUED,
            )
            .distinct()
        ).all()
        ids = sorted(one for one in waiting if one is not None)
        for gone in transitions.move(
            session, ids, MessageStatus.WITHDRAWN, now=now, reason=ANOTHER_WORKER
        ):
            rewrite_reminders(session, gone.id, now=now)
    return len(theirs)


def _hand_on_actions(session: Session, person: Person, old: Staff, new: Staff) -> int:
    """What the old worker was to do by the plan is the new one's to do."""
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


def _tell(
    session: Session, person: Person, new: Staff, transfer_id: uuid.UUID, now: datetime
) -> uuid.UUID | None:
    """Queue the one text that says whose they are now, where rule 1 allows; an earlier one that
    still waits is called back.
    """
    before = select(Transfer.id).where(
        Transfer.person_id == person.id, Transfer.message_id.is_not(None)
    )
    for earlier in session.scalars(before):
        key = unprompted.UnpromptedText("", Purpose.WORKER_CHANGED, earlier).key
        outbox.withdraw(session, now=now, reason=AGAIN, group_key=key)
    reach = contactability.contactability_of(session, [person.id], now)[person.id]
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
    wanted = unprompted.UnpromptedText(body, Purpose.WORKER_CHANGED, transfer_id)
    queued = unprompted.queue(session, reach, wanted, now=now)
    return queued.message.id if queued.message is not None else None
