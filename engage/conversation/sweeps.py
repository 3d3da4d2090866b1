"""What time makes: replies that nobody read, texts that nobody answered, questions whose time is
over, days that have passed.

Each sweep can run as often as it likes, in any number of workers: one at a time does it, and what
it raised before it does not raise again. Silence is never held against a person; it is a reason to
check the number.
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
from engage.conversation.shared_phone import tell_all
from engage.core.local_time import local_day
from engage.core.working_days import after_working_days, closed_days
from engage.signals import Evidence, Signal, SignalKind, SignalState

_LOCK = 7_020_302
TIME_TO_ANSWER = timedelta(hours=24)
LOOK_BACK = timedelta(days=60)
AT_ONCE = 500
BEFORE_THE_DAY = (SignalKind.CANNOT_ATTEND, SignalKind.BARRIER)
"""Signals about an appointment to come, whose key names it."""
DAY_PASSED = "The day has passed."


@dataclass(frozen=True)
class SweepCounts:
    """What one sweep found: new signals of each kind, questions that it closed, and signals whose
    day has passed.
    """

    unread: int = 0
    silent: int = 0
    unanswered: int = 0
    passed: int = 0


def sweep(session: Session, *, now: datetime) -> SweepCounts:
    """Do all sweeps, unless another worker is at it."""
    if not session.scalar(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": _LOCK}):
        return SweepCounts()
    unanswered = close_unanswered(session, now=now)
    return SweepCounts(
        unread=reply_unread(session, now=now),
        silent=no_reply(session, now=now),
        unanswered=unanswered,
        passed=day_passed(session, now=now),
    )


# A reply is dealt with when it was read, or when a worker wrote to the person after it. One that a
# signal names already is known.
_UNREAD = text("""
SELECT reply_record.id, reply_record.inbound_id, reply_record.at, person.id AS person_id, person.hub_id
FROM reply_record JOIN person ON person.id = reply_record.person_id
WHERE reply_record.needs_human AND reply_record.read_at IS NULL AND reply_record.at <= :before
  AND NOT EXISTS (SELECT FROM message WHERE message.recipient = person.id::text AND message.created_at > reply_record.at
                  AND message.context ->> 'purpose' = 'staff')
  AND NOT EXISTS (SELECT FROM signal WHERE signal.person_id = person.id AND signal.kind = 'reply_unread'
                  AND signal.evidence @> jsonb_build_array(
                      jsonb_build_object('type', 'inbound', 'id', reply_record.inbound_id::text)))
ORDER BY reply_record.at, reply_record.id LIMIT :limit
""")


def reply_unread(session: Session, *, now: datetime) -> int:
    """Raise one signal per person for replies that a human has left unread for a working day of the
    hub; returns how many are new.
    """
    overdue: dict[tuple[uuid.UUID, uuid.UUID], list[Row[tuple[object, ...]]]] = defaultdict(list)
    rows = session.execute(_UNREAD, {"before": now - timedelta(days=1), "limit": AT_ONCE}).all()
    hubs = {
        hub.id: hub
        for hub in session.scalars(select(Hub).where(Hub.id.in_({row.hub_id for row in rows})))
    }
    for row in rows:
        hub = hubs[row.hub_id]
        if after_working_days(row.at, 1, zone(hub), closed_days(hub.settings)) <= now:
            overdue[row.person_id, row.hub_id].append(row)
    return sum(
        _raise_unread(session, person, hub, found, now) for (person, hub), found in overdue.items()
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
        why="A reply has waited to be read for a working day.",
        evidence=[Evidence("inbound", str(row.inbound_id)) for row in found],
        now=now,
        due_at=now,
    )


# Texts that reached the network, were about an appointment or from a worker, and had a day to be
# answered, since the person's last text. Texts that call an appointment off ask nothing. A silence
# is known by the last text before it, so it is raised once.
_SILENT = text("""
SELECT person.id AS person_id, person.hub_id, COALESCE(heard.id, point.id) AS silence, asked.messages
FROM person
JOIN hub ON hub.id = person.hub_id
JOIN contact_point AS point ON point.person_id = person.id AND point.state = 'verified'
LEFT JOIN LATERAL (SELECT reply_record.id, reply_record.at FROM reply_record WHERE reply_record.person_id = person.id
                   ORDER BY reply_record.at DESC LIMIT 1) AS heard ON true
CROSS JOIN LATERAL (
    SELECT array_agg(late.id::text) AS messages FROM (
        SELECT message.id FROM message
        WHERE message.recipient = person.id::text
          AND message.created_at > GREATEST(heard.at, :earliest) AND message.created_at <= :latest
          AND message.to_number = point.number AND message.status IN ('accepted', 'sent', 'delivered')
          AND message.context ->> 'purpose' IN ('reminder', 'staff')
          AND COALESCE(message.context ->> 'texts', '') NOT LIKE 'called_off%'
        ORDER BY message.created_at DESC LIMIT 20) AS late) AS asked
WHERE person.contact_status = 'open' AND person.custody_status = 'community'
  AND cardinality(asked.messages) >= COALESCE((hub.settings ->> 'unanswered_texts')::int, :usual)
  AND NOT EXISTS (SELECT FROM signal WHERE signal.key = 'no_reply:' || person.id || ':' || COALESCE(heard.id, point.id))
LIMIT :limit
""")


def no_reply(session: Session, *, now: datetime) -> int:
    """Raise a signal for everybody who has left the hub's number of texts (3) unanswered; returns
    how many are new.
    """
    rows = session.execute(
        _SILENT,
        {
            "earliest": now - LOOK_BACK,
            "latest": now - TIME_TO_ANSWER,
            "usual": HubRules().unanswered_texts,
            "limit": AT_ONCE,
        },
    ).all()
    for row in rows:
        signals.raise_signal(
            session,
            SignalKind.NO_REPLY,
            person_id=row.person_id,
            hub_id=row.hub_id,
            cause=str(row.silence),
            why=f"{len(row.messages)} texts in a row have had no answer. The number may no longer be theirs.",
            evidence=[Evidence("message", message) for message in row.messages],
            now=now,
        )
    return len(rows)


def day_passed(session: Session, *, now: datetime) -> int:
    """Resolve what stood in the way of an appointment, and that somebody could not come, once its
    day is over on the hub's clock.

    Nothing can be done about coming any more: the outcome is what counts from then on, recorded or
    not. Returns how many were resolved.
    """
    about = func.split_part(Signal.key, ":", 3)
    rows = session.execute(
        select(Signal, Appointment.starts_at, Hub)
        .join(Appointment, cast(Appointment.id, String) == about)
        .join(Hub, Hub.id == Appointment.hub_id)
        .where(
            Signal.kind.in_(BEFORE_THE_DAY),
            Signal.state != SignalState.RESOLVED,
            Appointment.starts_at < now,
        )
        .order_by(Appointment.starts_at, Signal.id)
        .limit(AT_ONCE)
        .with_for_update(of=Signal, skip_locked=True)
    ).all()
    over = [
        signal
        for signal, starts_at, hub in rows
        if local_day(starts_at, zone(hub)) < hub_today(hub, now)
    ]
    for signal in over:
        signals.resolve(session, signal, how=DAY_PASSED, actor="system", now=now)
    return len(over)


def close_unanswered(session: Session, *, now: datetime) -> int:
    """Questions of ours past their time: what they were asked about goes to a human; returns how
    many were closed.
    """
    over = session.scalars(
        select(Question)
        .where(Question.closed_at.is_(None), Question.expires_at <= now)
        .order_by(Question.number, Question.id)
        .limit(AT_ONCE)
    ).all()
    for question in over:
        phone_owner.lock_number(session, question.number)
        session.refresh(question, with_for_update=True)
        if question.closed_at is not None:
            continue
        open_questions.close(question, now=now)
        if question.kind is QuestionKind.WHICH:
            _to_human(
                session, ReplyRecord.id == uuid.UUID(question.options["reading"]), "no answer came"
            )
        elif question.kind is QuestionKind.WHO:
            _nobody_said(session, question, now)
    return len(over)


def _nobody_said(session: Session, question: Question, now: datetime) -> None:
    inbounds = question.options["inbounds"]
    _to_human(
        session, ReplyRecord.inbound_id.in_(inbounds), "no name came, for a coordinator to read"
    )
    owners = phone_owner.owners_of(session, question.number, now)
    tell_all(session, owners, [Evidence("inbound", str(id)) for id in inbounds], now)


def _to_human(session: Session, which: ColumnElement[bool], words: str) -> None:
    session.execute(
        update(ReplyRecord)
        .where(which)
        .values(needs_human=True, done=ReplyRecord.done + f"; {words}")
        .execution_options(synchronize_session="fetch")
    )
