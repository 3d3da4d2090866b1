"""Sweeps for what follows from time alone: unread replies, unanswered texts, expired questions and
days that have passed.

A sweep can run as often as needed in any number of workers: one at a time does it, and it raises
nothing twice. Silence must never count against a person; it is a reason to check the number.
"""

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Row, String, cast, func, select, text, update
from sqlalchemy.orm import Session

from engage import signals
from engage.agencies.hub_settings import HubRules, hub_today, zone
from engage.agencies.model import Hub
from engage.appointments.model import Appointment
from engage.conversation import open_questions, phone_owner
from engage.conversation.model import Question, QuestionKind, ReplyRecord
from engage.conversation.shared_phone import signal_all
from engage.core.local_time import local_day
from engage.core.working_days import after_working_days, closed_days
from engage.signals import Evidence, Signal, SignalKind, SignalState

_LOCK = 7_020_302
TIME_TO_ANSWER = timedelta(hours=24)
LOOK_BACK = timedelta(days=60)
BATCH = 500
ENDING_WITH_THE_DAY = (SignalKind.CANNOT_ATTEND, SignalKind.BARRIER)
"""Signals about a coming appointment, whose key has its id."""
DAY_PASSED = "The day has passed."


@dataclass(frozen=True)
class SweepCounts:
    """What a sweep did: new signals of each kind, questions closed, and signals resolved because
    their day has passed.
    """

    unread: int = 0
    silent: int = 0
    unanswered: int = 0
    passed: int = 0


def sweep(session: Session, *, now: datetime) -> SweepCounts:
    """Do all sweeps, unless another worker is doing them."""
    if not session.scalar(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": _LOCK}):
        return SweepCounts()
    unanswered = close_expired_questions(session, now=now)
    return SweepCounts(
        unread=signal_unread_replies(session, now=now),
        silent=signal_no_reply(session, now=now),
        unanswered=unanswered,
        passed=resolve_passed_days(session, now=now),
    )


# A reply is dealt with when it was read, or when a worker has written to the person since. A reply
# that is evidence of a signal is known already.
_UNREAD = text("""
SELECT reply_record.id, reply_record.inbound_id, reply_record.at,
       person.id AS person_id, person.hub_id
FROM reply_record
JOIN person ON person.id = reply_record.person_id
WHERE reply_record.needs_human
  AND reply_record.read_at IS NULL
  AND reply_record.at <= :before
  AND NOT EXISTS (
      SELECT FROM message
      WHERE message.recipient = person.id::text
        AND message.created_at > reply_record.at
        AND message.context ->> 'purpose' = 'staff')
  AND NOT EXISTS (
      SELECT FROM signal
      WHERE signal.person_id = person.id
        AND signal.kind = 'reply_unread'
        AND signal.evidence @> jsonb_build_array(
            jsonb_build_object('type', 'inbound', 'id', reply_record.inbound_id::text)))
ORDER BY reply_record.at, reply_record.id
LIMIT :limit
""")


def signal_unread_replies(session: Session, *, now: datetime) -> int:
    """Raise a signal for each person with replies that have been unread for a working day of the
    hub. Returns how many are new.
    """
    overdue: dict[tuple[uuid.UUID, uuid.UUID], list[Row[tuple[object, ...]]]] = defaultdict(list)
    rows = session.execute(_UNREAD, {"before": now - timedelta(days=1), "limit": BATCH}).all()
    hubs = {
        hub.id: hub
        for hub in session.scalars(select(Hub).where(Hub.id.in_({row.hub_id for row in rows})))
    }
    for row in rows:
        hub = hubs[row.hub_id]
        if after_working_days(row.at, 1, zone(hub), closed_days(hub.settings)) <= now:
            overdue[row.person_id, row.hub_id].append(row)
    return sum(
        _raise_unread(session, person_id, hub_id, found, now)
        for (person_id, hub_id), found in overdue.items()
    )


def _raise_unread(
    session: Session,
    person_id: uuid.UUID,
    hub_id: uuid.UUID,
    found: list[Row[tuple[object, ...]]],
    now: datetime,
) -> bool:
    return signals.raise_signal(
        session,
        SignalKind.REPLY_UNREAD,
        person_id=person_id,
        hub_id=hub_id,
        cause=str(found[0].id),
        why="A reply has been unread for a working day.",
        evidence=[Evidence("inbound", str(row.inbound_id)) for row in found],
        now=now,
        due_at=now,
    )


# Counts texts since the person's last text that reached the network, were about an appointment or
# from a worker, and have been unanswered for a day. Texts that call off an appointment ask nothing.
# The last text before a silence identifies it, so it is raised once.
_SILENT = text("""
SELECT person.id AS person_id, person.hub_id, COALESCE(latest.id, point.id) AS silence,
       unanswered.messages
FROM person
JOIN hub ON hub.id = person.hub_id
JOIN contact_point AS point ON point.person_id = person.id AND point.state = 'verified'
LEFT JOIN LATERAL (
    SELECT reply_record.id, reply_record.at
    FROM reply_record
    WHERE reply_record.person_id = person.id
    ORDER BY reply_record.at DESC
    LIMIT 1) AS latest ON true
CROSS JOIN LATERAL (
    SELECT array_agg(sent.id::text) AS messages
    FROM (
        SELECT message.id
        FROM message
        WHERE message.recipient = person.id::text
          AND message.created_at > GREATEST(latest.at, :earliest)
          AND message.created_at <= :latest
          AND message.to_number = point.number
          AND message.status IN ('accepted', 'sent', 'delivered')
          AND message.context ->> 'purpose' IN ('reminder', 'staff')
          AND COALESCE(message.context ->> 'texts', '') NOT LIKE 'called_off%'
        ORDER BY message.created_at DESC
        LIMIT 20) AS sent) AS unanswered
WHERE person.contact_status = 'open'
  AND person.custody_status = 'community'
  AND cardinality(unanswered.messages)
      >= COALESCE((hub.settings ->> 'unanswered_texts')::int, :usual)
  AND NOT EXISTS (
      SELECT FROM signal
      WHERE signal.key = 'no_reply:' || person.id || ':' || COALESCE(latest.id, point.id))
LIMIT :limit
""")


def signal_no_reply(session: Session, *, now: datetime) -> int:
    """Raise a signal for each person who has left the hub's number of texts (3) unanswered. Returns
    how many are new.
    """
    rows = session.execute(
        _SILENT,
        {
            "earliest": now - LOOK_BACK,
            "latest": now - TIME_TO_ANSWER,
            "usual": HubRules().unanswered_texts,
            "limit": BATCH,
        },
    ).all()
    for row in rows:
        signals.raise_signal(
            session,
            SignalKind.NO_REPLY,
            person_id=row.person_id,
            hub_id=row.hub_id,
            cause=str(row.silence),
            why=f"{len(row.messages)} texts in a row have had no answer. The number may no "
            "longer be"
            " theirs.",
            evidence=[Evidence("message", message) for message in row.messages],
            now=now,
        )
    return len(rows)


def resolve_passed_days(session: Session, *, now: datetime) -> int:
    """Resolve "cannot attend" and barriers when the day of the appointment is over at the hub.

    From then on only the outcome counts, recorded or not. Returns how many were resolved.
    """
    appointment_id = func.split_part(Signal.key, ":", 3)
    rows = session.execute(
        select(Signal, Appointment.starts_at, Hub)
        .join(Appointment, cast(Appointment.id, String) == appointment_id)
        .join(Hub, Hub.id == Appointment.hub_id)
        .where(
            Signal.kind.in_(ENDING_WITH_THE_DAY),
            Signal.state != SignalState.RESOLVED,
            Appointment.starts_at < now,
        )
        .order_by(Appointment.starts_at, Signal.id)
        .limit(BATCH)
        .with_for_update(of=Signal, skip_locked=True)
    ).all()
    passed = [
        signal
        for signal, starts_at, hub in rows
        if local_day(starts_at, zone(hub)) < hub_today(hub, now)
    ]
    for signal in passed:
        signals.resolve(session, signal, how=DAY_PASSED, actor="system", now=now)
    return len(passed)


def close_expired_questions(session: Session, *, now: datetime) -> int:
    """Close questions that have expired; the texts that they were about go to a worker. Returns how
    many were closed.
    """
    expired = session.scalars(
        select(Question)
        .where(Question.closed_at.is_(None), Question.expires_at <= now)
        .order_by(Question.number, Question.id)
        .limit(BATCH)
    ).all()
    for question in expired:
        phone_owner.lock_number(session, question.number)
        session.refresh(question, with_for_update=True)
        if question.closed_at is not None:
            continue
        open_questions.close(question, now=now)
        if question.kind is QuestionKind.WHICH:
            record_id = uuid.UUID(question.options["reading"])
            _mark_for_human(session, ReplyRecord.id == record_id, "no answer came")
        elif question.kind is QuestionKind.WHO:
            _leave_to_coordinator(session, question, now)
    return len(expired)


def _leave_to_coordinator(session: Session, question: Question, now: datetime) -> None:
    """Leave texts from a shared phone to a coordinator: nobody said whose they are."""
    inbounds = question.options["inbounds"]
    words = "no name came; for a coordinator to read"
    _mark_for_human(session, ReplyRecord.inbound_id.in_(inbounds), words)
    owners = phone_owner.owners_of(session, question.number, now)
    signal_all(session, owners, [Evidence("inbound", str(id)) for id in inbounds], now)


def _mark_for_human(session: Session, condition: ColumnElement[bool], words: str) -> None:
    session.execute(
        update(ReplyRecord)
        .where(condition)
        .values(needs_human=True, done=ReplyRecord.done + f"; {words}")
        .execution_options(synchronize_session="fetch")
    )
