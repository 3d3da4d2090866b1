"""The last look before a reminder is sent: what changed in the last moment still stops it.

It is part of the guard that messaging asks inside the transaction of the claim. It reads and never
writes: a text that it stops is written again, where that helps, when its end is followed up
(reminders.write_again).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.appointments.kinds import AppointmentState, ReminderKind, ReminderState
from engage.appointments.model import Appointment, Reminder
from engage.appointments.reminders import rules
from engage.people import contactability
from engage.people import rules as people_rules
from engage.people.contactability import Contactability
from engage.people.rules import Reason
from messaging.sending.dispatch import Claimed, Defer, Withhold

STALE = "Its words would name the wrong day; it is written again"


def last_look(
    session: Session, claimed: Sequence[Claimed], now: datetime
) -> Mapping[UUID, Withhold | Defer]:
    """The guard's part for reminders, in four statements for any number of texts: what changed in
    the last moment still stops one.

    Reads only. The day's cap is not asked again: the text itself is among those counted.
    """
    ours = [one for one in claimed if one.context.get("purpose") == "reminder"]
    if not ours:
        return {}
    rows = session.execute(
        select(
            Reminder.message_id,
            Reminder.kind,
            Reminder.state,
            Reminder.revision,
            Appointment.state,
            Appointment.revision,
            Appointment.person_id,
        )
        .join(Appointment, Appointment.id == Reminder.appointment_id)
        .where(Reminder.message_id.in_([one.id for one in ours]))
    ).all()
    overtaken: dict[UUID, str] = {}
    people: dict[UUID, UUID] = {}
    for message_id, kind, state, revision, stands, present, person_id in rows:
        if message_id is None:
            continue
        people[message_id] = person_id
        if problem := _overtaken(kind, state, revision, stands, present):
            overtaken[message_id] = problem.words
    reaches = contactability.contactability_of(session, set(people.values()), now)
    verdicts: dict[UUID, Withhold | Defer] = {}
    for one in ours:
        if one.id not in people:
            verdicts[one.id] = Withhold("The reminder behind this text is gone")
        elif one.id in overtaken:
            verdicts[one.id] = Withhold(overtaken[one.id])
        elif verdict := _look(one, reaches[people[one.id]], now):
            verdicts[one.id] = verdict
    return verdicts


def _overtaken(
    kind: ReminderKind, state: ReminderState, revision: int, stands: AppointmentState, present: int
) -> Reason | None:
    if kind is not ReminderKind.CALLED_OFF and stands is AppointmentState.CANCELLED:
        return rules.CANCELLED
    if revision != present or state is not ReminderState.SENT:
        return rules.MOVED
    return None


def _look(one: Claimed, reach: Contactability, now: datetime) -> Withhold | Defer | None:
    if reach.number != one.to_number:
        return Withhold("The person's number was changed")
    against = [reason for reason in reach.verdict.reasons if not reason.passing]
    if against:
        return Withhold("; ".join(reason.words for reason in against))
    day = one.context.get("day")
    if day is not None and day != rules.local_day(now, reach.zone).isoformat():
        return Withhold(STALE)
    if people_rules.in_window(reach.facts, reach.rules, now, reach.zone):
        return None
    hours = people_rules.window(reach.facts, reach.rules)
    until = rules.next_try(now, zone=reach.zone, hours=hours, tomorrow=False)
    if day is not None and rules.local_day(until, reach.zone).isoformat() != day:
        return Withhold(STALE)
    return Defer(until, "Outside the hours for texts")
