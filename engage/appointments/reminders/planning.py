"""Reminder rows: planned with their appointment, void with it, planned again when what stopped them
is gone (RULES.md 3).

A row says what is due when; whether a text goes is decided when it falls due (due.py) and once more
before it is sent (last_look.py). Every change here is made under the lock of the person's row, by
the use case that changes the appointment, in its transaction.
"""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from engage.agencies.hub_settings import hub_rules, zone
from engage.agencies.model import Hub
from engage.appointments.kinds import AppointmentState, ReminderKind, ReminderState
from engage.appointments.model import Appointment, Reminder
from engage.appointments.reminders import message_history, rules
from engage.appointments.reminders.due import as_rows, reminder_rules
from engage.appointments.reminders.due import send_due as send_due
from engage.appointments.reminders.last_look import last_look as last_look
from engage.appointments.reminders.message_history import SentReminder
from engage.core.db import new_id, wake
from engage.people import rules as people_rules
from engage.people.contactability import contact_rules
from engage.people.model import Person
from engage.people.rules import Reason
from messaging import states
from messaging.states import MessageStatus
from messaging.tables import Message

CHANNEL = "engage_reminders"
"""Notified, in the transaction, when a reminder is due at once."""

_FINAL = frozenset(
    reason.code
    for reason in (
        rules.BOOKED_LATE,
        rules.JUST_TOLD,
        rules.NOT_MARKED,
        rules.TOO_LATE,
        rules.WRITTEN_AGAIN,
    )
)


def plan(
    session: Session,
    appointment: Appointment,
    person: Person,
    hub: Hub,
    *,
    first: ReminderKind | None,
    now: datetime,
) -> None:
    """Write the reminders of the appointment's present time, those that are not to go with their
    reason.
    """
    _write(
        session,
        appointment,
        reminders_for(person, hub, appointment.starts_at, first=first, now=now),
        (),
        now,
    )


def reminders_for(
    person: Person, hub: Hub, starts_at: datetime, *, first: ReminderKind | None, now: datetime
) -> tuple[rules.PlannedReminder, ...]:
    """The texts of an appointment at that time, by the hub's rules and the person's own hours."""
    return rules.plan(
        starts_at,
        now=now,
        zone=zone(hub),
        hours=_hours(person, hub),
        first=first,
        two_hours=person.two_hour_reminder,
        rules=reminder_rules(hub_rules(hub)),
    )


def void(
    session: Session, appointment: Appointment, reason: Reason, *, now: datetime
) -> list[SentReminder]:
    """End every reminder of the appointment that has not gone, call back texts that wait, and
    return all as they then stand.

    A called-back text that also spoke of other appointments is planned again for those.
    """
    before = message_history.reminders_of(session, [appointment.id])
    withdrawn = _call_back(session, before, reason, now)
    for one in before:
        if one.reminder.state is ReminderState.PLANNED or one.reminder.message_id in withdrawn:
            _end(one.reminder, reason, now)
    session.flush()
    _speak_again_of_others(session, withdrawn, appointment, now)
    return message_history.reminders_of(session, [appointment.id])


def first_for(reminders: Sequence[SentReminder], starts_at: datetime) -> ReminderKind | None:
    """The text that tells the new time: a change if another time was told or may have been, none if
    it is the one they know.
    """
    times = message_history.times_told(reminders)
    if not times:
        return ReminderKind.BOOKED
    return None if times == {starts_at} else ReminderKind.CHANGED


def answered_with_time(
    session: Session, appointment: Appointment, message: Message, *, now: datetime
) -> None:
    """An answer to the person has told the present time: it stands for the first reminder, so that
    no second text says the same.

    A later reply can then be to it, and a later change calls it back, as with any reminder.
    """
    rows = session.scalars(
        select(Reminder)
        .where(
            Reminder.appointment_id == appointment.id,
            Reminder.revision == appointment.revision,
            Reminder.kind.in_(rules.FIRST),
        )
        .order_by(Reminder.attempt.desc())
        .limit(1)
    ).all()
    if rows:
        first = rows[0]
    else:
        first = Reminder(
            id=new_id(),
            appointment_id=appointment.id,
            kind=ReminderKind.CHANGED,
            revision=appointment.revision,
            due_at=now,
            expires_at=appointment.starts_at,
        )
        session.add(first)
    first.state, first.decided_at, first.reasons, first.message_id = (
        ReminderState.SENT,
        now,
        [],
        message.id,
    )
    starts = {str(appointment.id): appointment.starts_at.isoformat()}
    message.context = {**message.context, "starts": starts}
    session.flush()


def call_off(
    session: Session,
    appointment: Appointment,
    reminders: Sequence[SentReminder],
    person: Person,
    hub: Hub,
    *,
    now: datetime,
) -> None:
    """Plan the text that calls the appointment off, if the person was told of it and the time they
    know still lies ahead.
    """
    expected = message_history.last_told(reminders) or (
        appointment.starts_at if message_history.times_told(reminders) else None
    )
    if expected is None or expected <= now:
        return
    due = rules.within_hours(now, now=now, zone=zone(hub), hours=_hours(person, hub))
    reason = rules.NO_HOUR_LEFT if due >= expected else None
    slot = rules.PlannedReminder(ReminderKind.CALLED_OFF, due, expected, reason)
    _write(session, appointment, [slot], reminders, now)


def resend_details(
    session: Session, appointment: Appointment, person: Person, hub: Hub, *, now: datetime
) -> None:
    """The details that texts show have changed, but not the time: rewrite texts that wait, and tell
    anew what had gone.
    """
    before = message_history.reminders_of(session, [appointment.id])
    withdrawn = _call_back(session, before, rules.AMENDED, now)
    slots = []
    for one in before:
        if one.reminder.message_id in withdrawn:
            _end(one.reminder, rules.AMENDED, now)
            slots.append(rules.PlannedReminder(one.reminder.kind, now, one.reminder.expires_at))
    session.flush()
    _speak_again_of_others(session, withdrawn, appointment, now)
    waiting = {slot.kind for slot in slots} | {
        one.reminder.kind for one in before if one.reminder.state is ReminderState.PLANNED
    }
    if not waiting & rules.FIRST and any(one.gone for one in before):
        useless = appointment.starts_at - reminder_rules(hub_rules(hub)).booked_until
        slots.append(rules.PlannedReminder(ReminderKind.BOOKED, now, useless))
    _write(session, appointment, _in_hours(slots, person, hub, now), before, now)


def replan_skipped(session: Session, person_id: uuid.UUID, *, now: datetime) -> int:
    """What stood against texts may have gone (number verified, START, released): plan again what
    would still help; returns how many.

    At most one text for each appointment, decided afresh like any other. Texts that were called
    back or withheld count as skipped.
    """
    person = session.scalars(
        select(Person).where(Person.id == person_id).with_for_update(key_share=True)
    ).one_or_none()
    if person is None:
        return 0
    hub = session.get_one(Hub, person.hub_id)
    appointments = session.scalars(
        select(Appointment).where(Appointment.person_id == person_id, Appointment.starts_at > now)
    ).all()
    reminders = message_history.reminders_of(
        session, [appointment.id for appointment in appointments]
    )
    planned = 0
    for appointment in appointments:
        mine = [one for one in reminders if one.reminder.appointment_id == appointment.id]
        slots = _in_hours(_still_of_use(appointment, mine, hub, now), person, hub, now)
        _write(session, appointment, slots, mine, now)
        planned += len(slots)
    return planned


def rewrite(session: Session, message_id: uuid.UUID, *, now: datetime) -> int:
    """A reminder's text was withheld in the last moment: plan those of its reminders that still
    stand once more; returns how many.

    They are decided afresh, so one that may not go is then skipped with its reasons.
    """
    people = session.scalars(
        select(Appointment.person_id)
        .join(Reminder, Reminder.appointment_id == Appointment.id)
        .where(Reminder.message_id == message_id)
        .distinct()
    ).all()
    for person_id in people:
        session.execute(
            select(Person.id).where(Person.id == person_id).with_for_update(key_share=True)
        )
    return _again(session, [message_id], None, rules.WRITTEN_AGAIN, now)


def plan_two_hour_texts(session: Session, person_id: uuid.UUID, *, now: datetime) -> int:
    """The offender manager now asks for the 2-hour text: plan it for what is already booked;
    returns how many.

    When the mark is taken away nothing needs doing: the text is skipped when it falls due.
    """
    person = session.scalars(
        select(Person).where(Person.id == person_id).with_for_update(key_share=True)
    ).one_or_none()
    if person is None or not person.two_hour_reminder:
        return 0
    hub = session.get_one(Hub, person.hub_id)
    appointments = session.scalars(
        select(Appointment).where(
            Appointment.person_id == person_id,
            Appointment.starts_at > now,
            Appointment.state == AppointmentState.BOOKED,
            ~Appointment.outcomes.any(),
        )
    ).all()
    reminders = message_history.reminders_of(
        session, [appointment.id for appointment in appointments]
    )
    planned = 0
    for appointment in appointments:
        mine = [one for one in reminders if one.reminder.appointment_id == appointment.id]
        if any(
            _of_now(one, appointment) and one.reminder.kind is ReminderKind.TWO_HOURS
            for one in mine
        ):
            continue
        slots = reminders_for(person, hub, appointment.starts_at, first=None, now=now)
        wanted = [slot for slot in slots if slot.kind is ReminderKind.TWO_HOURS]
        _write(session, appointment, wanted, mine, now)
        planned += sum(slot.reason is None for slot in wanted)
    return planned


def _still_of_use(
    appointment: Appointment, mine: Sequence[SentReminder], hub: Hub, now: datetime
) -> list[rules.PlannedReminder]:
    cancelled = appointment.state is AppointmentState.CANCELLED
    current = [
        one
        for one in mine
        if _of_now(one, appointment) and (one.reminder.kind is ReminderKind.CALLED_OFF) == cancelled
    ]
    newest = {
        one.reminder.kind: one for one in sorted(current, key=lambda one: one.reminder.attempt)
    }
    lost = {
        kind: one
        for kind, one in newest.items()
        if one.lost and one.reminder.expires_at > now and not _codes(one.reminder) & _FINAL
    }
    if not lost:
        return []
    kind = rules.nearest(list(lost))
    apart = reminder_rules(hub_rules(hub)).apart
    soon = [
        one
        for one in current
        if one.reminder.state is ReminderState.PLANNED and one.reminder.due_at - now < apart
    ]
    if soon and kind not in (ReminderKind.CHANGED, ReminderKind.CALLED_OFF):
        return []
    return [rules.PlannedReminder(kind, now, lost[kind].reminder.expires_at)]


def _of_now(one: SentReminder, appointment: Appointment) -> bool:
    return one.reminder.revision == appointment.revision


def _codes(reminder: Reminder) -> set[str]:
    return {reason["code"] for reason in reminder.reasons}


def _hours(person: Person, hub: Hub) -> tuple[int, int]:
    return people_rules.narrowed(
        contact_rules(hub_rules(hub)), person.text_from_hour, person.text_until_hour
    )


def _in_hours(
    slots: Iterable[rules.PlannedReminder], person: Person, hub: Hub, now: datetime
) -> list[rules.PlannedReminder]:
    """The slots moved into the hours for texts, without those that then come too late."""
    hours, where = _hours(person, hub), zone(hub)
    moved = [
        replace(slot, due_at=rules.within_hours(slot.due_at, now=now, zone=where, hours=hours))
        for slot in slots
    ]
    return [slot for slot in moved if slot.due_at < slot.expires_at]


def _call_back(
    session: Session, reminders: Sequence[SentReminder], reason: Reason, now: datetime
) -> set[uuid.UUID | None]:
    """Withdraw the texts in the queue; a text that a worker already holds is not touched and counts
    as gone.
    """
    waiting = {
        one.reminder.message_id for one in reminders if one.waiting and one.reminder.message_id
    }
    moved = states.move(
        session, sorted(waiting), MessageStatus.WITHDRAWN, now=now, reason=reason.words
    )
    return {one.id for one in moved}


def _speak_again_of_others(
    session: Session,
    withdrawn: Collection[uuid.UUID | None],
    appointment: Appointment,
    now: datetime,
) -> None:
    ids = [id for id in withdrawn if id is not None]
    if ids:
        _again(session, ids, appointment.id, rules.WRITTEN_AGAIN, now)


def _again(
    session: Session,
    message_ids: Sequence[uuid.UUID],
    but: uuid.UUID | None,
    reason: Reason,
    now: datetime,
) -> int:
    """Plan anew what texts that did not go said of appointments that still stand at that time."""
    rows = session.execute(
        select(Reminder, Appointment, Person, Hub)
        .join(Appointment, Appointment.id == Reminder.appointment_id)
        .join(Person, Person.id == Appointment.person_id)
        .join(Hub, Hub.id == Appointment.hub_id)
        .where(Reminder.message_id.in_(message_ids), Reminder.state == ReminderState.SENT)
        .order_by(Reminder.id)
        .execution_options(populate_existing=True)
    ).all()
    planned = 0
    for reminder, appointment, person, hub in rows:
        stands = (
            appointment.state is AppointmentState.BOOKED or reminder.kind is ReminderKind.CALLED_OFF
        )
        if appointment.id == but or not stands or reminder.revision != appointment.revision:
            continue
        slots = _in_hours(
            [rules.PlannedReminder(reminder.kind, now, reminder.expires_at)], person, hub, now
        )
        if slots:
            _end(reminder, reason, now)
            session.flush()
            mine = message_history.reminders_of(session, [appointment.id])
            _write(session, appointment, slots, mine, now)
            planned += 1
    return planned


def _end(reminder: Reminder, reason: Reason, now: datetime) -> None:
    reminder.state, reminder.decided_at, reminder.reasons = (
        ReminderState.VOID,
        now,
        as_rows([reason]),
    )


def _write(
    session: Session,
    appointment: Appointment,
    slots: Sequence[rules.PlannedReminder],
    earlier: Sequence[SentReminder],
    now: datetime,
) -> None:
    """Insert the slots as rows, each as the next attempt of its kind, and wake the worker when one
    is due.
    """
    if not slots:
        return
    tried: dict[ReminderKind, int] = {}
    for one in earlier:
        if _of_now(one, appointment):
            tried[one.reminder.kind] = max(tried.get(one.reminder.kind, 0), one.reminder.attempt)
    session.flush()
    rows = [
        row_for(appointment.id, appointment.revision, slot, tried.get(slot.kind, 0) + 1, now)
        for slot in slots
    ]
    session.execute(insert(Reminder), rows)
    if any(slot.reason is None and slot.due_at <= now for slot in slots):
        wake(session, CHANNEL)


def row_for(
    appointment_id: uuid.UUID,
    revision: int,
    slot: rules.PlannedReminder,
    attempt: int,
    now: datetime,
) -> dict[str, Any]:
    """A slot as the row that is stored."""
    return {
        "id": new_id(),
        "appointment_id": appointment_id,
        "kind": slot.kind,
        "revision": revision,
        "attempt": attempt,
        "due_at": slot.due_at,
        "expires_at": slot.expires_at,
        "state": ReminderState.SKIPPED if slot.reason else ReminderState.PLANNED,
        "reasons": as_rows([slot.reason]) if slot.reason else [],
        "decided_at": now if slot.reason else None,
    }
