"""The facts of an evidence pack, gathered in a constant number of statements.

Every appointment of a period: how and when the person was told, what the network reported, what
they replied, and which outcome was recorded by whom. Nothing is judged here. A text that is not
known to have arrived never counts against the person (rule 8): it is pointed out.
"""

import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.agencies.model import Agency, ApiKey, Staff
from engage.appointments import absence_rules
from engage.appointments.model import AbsenceReason, Appointment, Outcome, StatedIntent
from engage.appointments.reminders import message_history
from engage.appointments.reminders.message_history import SentReminder
from engage.compliance import rules
from engage.compliance.counting import Compliance
from engage.compliance.model import Enforcement
from engage.core.local_time import start_of_day
from engage.core.model import Event
from engage.legal.model import Order
from engage.people.model import Person
from messaging.states import DID_NOT_ARRIVE, MessageStatus
from messaging.tables import Inbound, Message, Receipt

Json = dict[str, Any]
Names = Callable[[str | None], str]
_HISTORY = (
    "appointment.booked",
    "appointment.moved",
    "appointment.amended",
    "appointment.cancelled",
)
_SHOWN_DIGITS = 4


@dataclass(frozen=True)
class Period:
    """From the first to the last day, both included, on the hub's calendar."""

    first: date
    last: date


@dataclass(frozen=True)
class _Found:
    """The rows about the appointments of the period, by appointment."""

    told: Mapping[uuid.UUID, Sequence[SentReminder]]
    messages: Mapping[uuid.UUID, Message]
    receipts: Mapping[uuid.UUID, Sequence[Receipt]]
    intents: Mapping[uuid.UUID, Sequence[StatedIntent]]
    reasons: Mapping[uuid.UUID, Sequence[AbsenceReason]]
    outcomes: Mapping[uuid.UUID, Sequence[Outcome]]
    history: Mapping[str, Sequence[Event]]
    words: Mapping[int, str]


def appointments(
    session: Session, person: Person, period: Period, found: Compliance, *, words: bool
) -> tuple[list[Json], Names]:
    """The appointments of the period, oldest first, and a function that names an actor. `words`:
    include the words of replies as written.
    """
    zone = found.settings.zone
    start = start_of_day(period.first, zone)
    end = start_of_day(period.last + timedelta(days=1), zone)
    rows = session.execute(
        select(Appointment, Agency.name)
        .join(Agency, Agency.id == Appointment.agency_id)
        .where(
            Appointment.person_id == person.id,
            Appointment.starts_at >= start,
            Appointment.starts_at < end,
        )
        .order_by(Appointment.starts_at, Appointment.id)
    ).all()
    facts = _gather(session, person.id, [appointment.id for appointment, _ in rows], words=words)
    names = _names(session, _labels(rows, facts, found))
    counted = {one.outcome_id for one in found.counted}
    listed = [
        _appointment(appointment, agency, facts, counted, names) for appointment, agency in rows
    ]
    return listed, names


def order(one: Order) -> Json:
    """An order as recorded, with its requirements."""
    return {
        "kind": one.kind.value,
        "court": one.court,
        "reference": one.reference,
        "made_on": one.made_on.isoformat(),
        "starts_on": one.starts_on.isoformat(),
        "ends_on": one.ends_on.isoformat(),
        "ended_on": one.ended_on.isoformat() if one.ended_on else None,
        "ending": one.ending.value if one.ending else None,
        "requirements": [
            {
                "kind": asked.kind.value,
                "amount": asked.amount,
                "starts_on": asked.starts_on.isoformat(),
            }
            for asked in one.requirements
        ],
    }


def decision(one: Enforcement, names: Names) -> Json:
    """A decision about non-compliance, the suggestion it followed, and its result."""
    return {
        "kind": one.kind.value,
        "decided_at": at(one.decided_at),
        "decided_by": names(one.decided_by),
        "reason": one.reason,
        "suggested": one.suggested,
        "rests_on": [str(failure.appointment_id) for failure in one.failures],
        "due_on": one.due_on.isoformat() if one.due_on else None,
        "done_on": one.done_on.isoformat() if one.done_on else None,
        "given_on": one.given_on.isoformat() if one.given_on else None,
        "given_how": one.given_how.value if one.given_how else None,
        "letter": one.letter,
        "withdrawn_at": at(one.withdrawn_at),
        "withdrawn_by": names(one.withdrawn_by) if one.withdrawn_by else None,
        "withdrawn_why": one.withdrawn_why,
    }


def at(moment: datetime | None) -> str | None:
    """A moment as the JSON has it: in UTC, to the second."""
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment is not None else None


def _gather(
    session: Session, person_id: uuid.UUID, ids: Collection[uuid.UUID], *, words: bool
) -> _Found:
    reminders = message_history.reminders_of(session, ids)
    sent = {one.reminder.message_id for one in reminders if one.reminder.message_id is not None}
    messages = {one.id: one for one in session.scalars(select(Message).where(Message.id.in_(sent)))}
    receipts = session.scalars(
        select(Receipt)
        .where(Receipt.message_id.in_(sent))
        .order_by(Receipt.received_at, Receipt.id)
    )
    intents = session.scalars(
        select(StatedIntent)
        .where(StatedIntent.appointment_id.in_(ids))
        .order_by(StatedIntent.said_at, StatedIntent.id)
    ).all()
    reasons = session.scalars(
        select(AbsenceReason)
        .where(AbsenceReason.appointment_id.in_(ids))
        .order_by(AbsenceReason.said_at, AbsenceReason.id)
    ).all()
    outcomes = session.scalars(
        select(Outcome)
        .where(Outcome.appointment_id.in_(ids))
        .order_by(Outcome.recorded_at, Outcome.id)
    )
    history = session.scalars(
        select(Event)
        .where(Event.person_id == person_id, Event.kind.in_(_HISTORY))
        .order_by(Event.id)
    )
    heard = {one.inbound_id for one in reasons} | {
        one.inbound_id for one in intents if one.inbound_id
    }
    bodies = (
        session.execute(select(Inbound.id, Inbound.body).where(Inbound.id.in_(heard)))
        if words
        else ()
    )
    return _Found(
        told=_by(reminders, lambda one: one.reminder.appointment_id),
        messages=messages,
        receipts=_by((one for one in receipts if one.message_id), lambda one: one.message_id),
        intents=_by(intents, lambda one: one.appointment_id),
        reasons=_by(reasons, lambda one: one.appointment_id),
        outcomes=_by(outcomes, lambda one: one.appointment_id),
        history=_by(history, lambda one: str(one.data.get("appointment"))),
        words={id: body for id, body in bodies if body},
    )


def _by(rows: Iterable[Any], key: Callable[[Any], Any]) -> Mapping[Any, Sequence[Any]]:
    found: dict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found


def _labels(rows: Sequence[Any], facts: _Found, found: Compliance) -> set[str]:
    """The labels of all actors named in the pack."""
    labels = {appointment.created_by for appointment, _ in rows}
    labels |= {one.actor for events in facts.history.values() for one in events}
    labels |= {one.recorded_by for outcomes in facts.outcomes.values() for one in outcomes}
    labels |= {
        one.decided_by for reasons in facts.reasons.values() for one in reasons if one.decided_by
    }
    labels |= {by for one in found.decisions for by in (one.decided_by, one.withdrawn_by) if by}
    for intents in facts.intents.values():
        labels |= {by for one in intents for by in (one.withdrawn_by, one.corrected_by) if by}
    return labels


def _names(session: Session, labels: Collection[str]) -> Names:
    ids = {
        kind: [_id(label) for label in labels if label.startswith(f"{kind}:")]
        for kind in ("staff", "key")
    }
    known = {"system": "Engage, automatically", "person": "the person themselves"}
    for id, name in session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(ids["staff"]))):
        known[f"staff:{id}"] = name
    for id, name in session.execute(
        select(ApiKey.id, ApiKey.name).where(ApiKey.id.in_(ids["key"]))
    ):
        known[f"key:{id}"] = f"the system {name}"
    return lambda label: known.get(label or "", "unknown")


def _id(label: str) -> uuid.UUID:
    return uuid.UUID(label.partition(":")[2])


def _appointment(
    one: Appointment, agency: str, facts: _Found, counted: Collection[uuid.UUID], names: Names
) -> Json:
    reminders = facts.told.get(one.id, ())
    before = [
        told_of
        for told_of in reminders
        if told_of.reminder.revision == one.revision
        and told_of.reminder.kind not in absence_rules.CHASERS
    ]
    outcomes = facts.outcomes.get(one.id, ())
    return {
        "id": str(one.id),
        "starts_at": at(one.starts_at),
        "minutes": one.minutes,
        "type": one.type.value,
        "with": one.worker_name,
        "agency": agency,
        "place": one.place,
        "enforceable": one.enforceable,
        "state": one.state.value,
        "booked_at": at(one.created_at),
        "booked_by": names(one.created_by),
        "history": [_history(event, names) for event in facts.history.get(str(one.id), ())],
        "told": [_told(told_of, facts) for told_of in reminders],
        "nothing_known_to_have_arrived": rules.no_text_arrived(
            [_arrived(told_of) for told_of in before]
        ),
        "said": [_said(said, facts, names) for said in facts.intents.get(one.id, ())],
        "reasons": [_reason(reason, facts, names) for reason in facts.reasons.get(one.id, ())],
        "recorded": [_recorded(outcome, names) for outcome in outcomes],
        "counts_as_failure": any(outcome.id in counted for outcome in outcomes),
    }


def _arrived(one: SentReminder) -> bool | None:
    if one.status is MessageStatus.DELIVERED:
        return True
    return None if one.sent and one.status not in DID_NOT_ARRIVE else False


def _history(event: Event, names: Names) -> Json:
    shown = ("starts_at", "from_starts_at", "fields", "revision")
    return {
        "what": event.kind,
        "at": at(event.at),
        "by": names(event.actor),
        **{name: event.data[name] for name in shown if name in event.data},
    }


def _told(one: SentReminder, facts: _Found) -> Json:
    reminder = one.reminder
    found: Json = {
        "kind": reminder.kind.value,
        "revision": reminder.revision,
        "due_at": at(reminder.due_at),
        "state": reminder.state.value,
        "decided_at": at(reminder.decided_at),
        "why_not": [reason["words"] for reason in reminder.reasons],
        "text": None,
    }
    message = facts.messages.get(reminder.message_id) if reminder.message_id else None
    if message is not None:
        found["text"] = {
            "id": str(message.id),
            "number_ends": message.to_number[-_SHOWN_DIGITS:],
            "words": message.body or None,
            "names_time": at(one.named_time),
            "status": message.status.value,
            "why": message.reason,
            "sent_at": at(message.sent_at),
            "delivered_at": at(message.delivered_at),
            "ended_at": at(message.ended_at),
            "provider": message.provider,
            "provider_id": message.provider_sid,
            "receipts": [
                {
                    "at": at(receipt.received_at),
                    "status": receipt.status,
                    "error_code": receipt.error_code,
                }
                for receipt in facts.receipts.get(message.id, ())
            ],
        }
    return found


def _said(one: StatedIntent, facts: _Found, names: Names) -> Json:
    return {
        "kind": one.kind.value,
        "at": at(one.said_at),
        "minutes_late": one.minutes_late,
        "cause": one.cause,
        "travel": one.travel,
        "words": facts.words.get(one.inbound_id) if one.inbound_id is not None else None,
        "withdrawn_at": at(one.withdrawn_at),
        "withdrawn_by": names(one.withdrawn_by) if one.withdrawn_by else None,
        "as_read_by": names(one.corrected_by) if one.corrected_by else None,
    }


def _reason(one: AbsenceReason, facts: _Found, names: Names) -> Json:
    return {
        "at": at(one.said_at),
        "cause": one.cause,
        "words": facts.words.get(one.inbound_id),
        "proposed": one.proposed.value if one.proposed else None,
        "decision": one.decision.value if one.decision else None,
        "decided_at": at(one.decided_at),
        "decided_by": names(one.decided_by) if one.decided_by else None,
    }


def _recorded(one: Outcome, names: Names) -> Json:
    return {
        "code": one.code.value,
        "note": one.note,
        "by": names(one.recorded_by),
        "at": at(one.recorded_at),
        "superseded_at": at(one.superseded_at),
    }
