"""The text engine as an administrator sees it: what waits, which senders send and how fast, what
failed and why, what is not known.

It never shows people or texts: no name, no words, and only the end of a number. Every count uses a
partial index or a week, so the page stays fast however many texts have ended.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from engage.queries.messaging import queues
from messaging.outbox import Lane
from messaging.states import MessageStatus
from messaging.tables import Inbound, InboundStatus, Message, Provider, Sender

PAGE = 50
WEEK = timedelta(days=7)

_WAITING = text("""
SELECT provider, lane, status, count(*) AS many, min(send_after) AS oldest
FROM message WHERE status = 'queued' GROUP BY 1, 2, 3
UNION ALL
SELECT provider, lane, status, count(*), min(send_after)
FROM message WHERE status = 'sending' GROUP BY 1, 2, 3
UNION ALL
SELECT provider, lane, status, count(*), min(send_after)
FROM message WHERE status = 'unknown' GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
""")

# The predicate must match that of ix_message_bad_end word for word.
_FAILURES = text("""
SELECT provider, status, error_code, reason, count(*) AS many, max(ended_at) AS latest FROM message
WHERE status IN ('undelivered', 'failed', 'refused', 'withheld', 'expired') AND ended_at >= :since
GROUP BY provider, status, error_code, reason ORDER BY many DESC, latest DESC LIMIT :limit
""")

_ERASING = text("""
SELECT (SELECT count(*) FROM message
        WHERE redact AND redacted_at IS NULL AND provider_sid IS NOT NULL)
     + (SELECT count(*) FROM inbound WHERE redact AND redacted_at IS NULL)
""")


@dataclass(frozen=True)
class WaitingTexts:
    """Texts of one provider and lane in one state that are not finished. `late`: the oldest was due
    and has not been sent.
    """

    provider: str
    lane: Lane
    status: MessageStatus
    many: int
    oldest: datetime
    late: bool


@dataclass(frozen=True)
class SenderView:
    """One of our numbers or services. `slowed_until` is None at its normal rate. `why` is the
    reason it was last slowed or its circuit opened.
    """

    id: str
    rate: float
    slowed_until: datetime | None
    why: str | None


@dataclass(frozen=True)
class FailedText:
    """Texts that failed in the same way for the same reason in the last week."""

    provider: str
    status: MessageStatus
    code: int | None
    reason: str
    many: int
    latest: datetime


@dataclass(frozen=True)
class UnknownSend:
    """A text of which it is not known whether it was sent. `ask_at` is None if the provider will
    not be asked again automatically.
    """

    id: uuid.UUID
    provider: str
    lane: Lane
    purpose: str
    number_ends: str
    since: datetime
    looks: int
    ask_at: datetime | None
    reason: str


@dataclass(frozen=True)
class UnprocessedText:
    """An inbound text that was set aside. `problem` names the kind of fault and nothing of the
    text.
    """

    id: int
    at: datetime
    attempts: int
    problem: str


@dataclass(frozen=True)
class Engine:
    """The page. `more_unknown` and `more_set_aside`: there are more than are listed."""

    waiting: tuple[WaitingTexts, ...]
    depths: queues.Depths
    failing: tuple[tuple[str, datetime], ...]
    senders: tuple[SenderView, ...]
    failures: tuple[FailedText, ...]
    unknown: tuple[UnknownSend, ...]
    more_unknown: bool
    set_aside: tuple[UnprocessedText, ...]
    more_set_aside: bool
    erasing: int


def load(session: Session, *, now: datetime) -> Engine:
    """Return the state of the engine at `now`, in a constant number of statements."""
    unknown = _unknown(session)
    set_aside = _set_aside(session)
    return Engine(
        waiting=tuple(
            WaitingTexts(
                row.provider,
                Lane(row.lane),
                status := MessageStatus(row.status),
                row.many,
                row.oldest,
                late=status is MessageStatus.QUEUED and row.oldest < now - timedelta(minutes=5),
            )
            for row in session.execute(_WAITING)
        ),
        depths=queues.depths(session, now=now),
        failing=tuple(
            (found.id, found.failing_since)
            for found in session.scalars(select(Provider).order_by(Provider.id))
            if found.failing_since is not None
        ),
        senders=tuple(
            SenderView(
                found.id,
                found.segments_per_second,
                max(
                    (
                        until
                        for until in (found.slowed_until, found.held_until)
                        if until is not None and until > moment
                    ),
                    default=None,
                ),
                found.note,
            )
            for found, moment in session.execute(
                select(Sender, text("clock_timestamp()")).order_by(Sender.id)
            )
        ),
        failures=tuple(
            FailedText(
                row.provider,
                MessageStatus(row.status),
                row.error_code,
                row.reason or "No reason given",
                row.many,
                row.latest,
            )
            for row in session.execute(_FAILURES, {"since": now - WEEK, "limit": PAGE})
        ),
        unknown=unknown[:PAGE],
        more_unknown=len(unknown) > PAGE,
        set_aside=set_aside[:PAGE],
        more_set_aside=len(set_aside) > PAGE,
        erasing=session.scalars(_ERASING).one(),
    )


def _unknown(session: Session) -> tuple[UnknownSend, ...]:
    rows = session.scalars(
        select(Message)
        .where(Message.status == MessageStatus.UNKNOWN)
        .order_by(Message.claimed_at, Message.id)
        .limit(PAGE + 1)
    )
    return tuple(
        UnknownSend(
            id=row.id,
            provider=row.provider,
            lane=Lane(row.lane),
            purpose=str(row.context.get("purpose", "")),
            number_ends=row.to_number[-3:],
            since=row.claimed_at or row.created_at,
            looks=row.reconcile_looks,
            ask_at=row.reconcile_at,
            reason=row.reason or "",
        )
        for row in rows
    )


def _set_aside(session: Session) -> tuple[UnprocessedText, ...]:
    rows = session.scalars(
        select(Inbound)
        .where(Inbound.status == InboundStatus.SET_ASIDE)
        .order_by(Inbound.id)
        .limit(PAGE + 1)
    )
    # The part after the colon may quote the text.
    return tuple(
        UnprocessedText(
            row.id, row.received_at, row.attempts, (row.problem or "").partition(":")[0]
        )
        for row in rows
    )
