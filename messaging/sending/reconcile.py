"""Find out what happened to sends without an answer.

A callback that carries our id is the best answer and needs nothing from here. For the rest the
provider's own list is read and compared. A text goes back to the queue only when it is proved that
the provider never received it: its list was read completely, after the lease was over, more than
once, and shows no text with these words that is not accounted for. Two texts with the same words to
one number are never told apart by guessing; what stays unknown stays `unknown`.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from messaging import receipts, transitions
from messaging.gateways import registry
from messaging.gateways.base import Gateway, GatewayUnavailable, ProviderText
from messaging.states import MessageStatus
from messaging.tables import Message
from messaging.transitions import Move

__all__ = ["Reconciled", "Schedule", "check_now", "settle_unknown"]

_log = structlog.get_logger(__name__)
_S = MessageStatus
_OPEN = (_S.SENDING, _S.UNKNOWN)
_SLACK = timedelta(days=1)
"""The list is read from this long before the attempt: a day costs nothing and covers clocks that
disagree.
"""

Begin = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True, slots=True)
class Schedule:
    """How often to ask. A check is one complete reading of the provider's list; waits double from
    `first_wait` up to `longest_wait`.
    """

    first_wait: timedelta = timedelta(seconds=15)
    longest_wait: timedelta = timedelta(hours=1)
    after_lease: timedelta = timedelta(seconds=30)
    checks_for_proof: int = 2
    give_up_after: int = 10
    hold: timedelta = timedelta(minutes=1)
    """While one worker asks, no other does; also the wait after a list that could not be read."""


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What one run found, in texts."""

    asked: int = 0
    found: int = 0
    requeued: int = 0
    expired: int = 0
    open: int = 0
    given_up: int = 0
    unavailable: int = 0


@dataclass(frozen=True, slots=True)
class _Question:
    id: UUID
    to: str
    since: datetime


_TAKE = text("""
WITH due AS MATERIALIZED (
    SELECT id FROM message
    WHERE status = 'unknown' AND reconcile_at <= clock_timestamp() AND provider = :provider
    ORDER BY reconcile_at LIMIT :limit FOR UPDATE SKIP LOCKED
)
UPDATE message SET reconcile_at = clock_timestamp() + :hold FROM due WHERE message.id = due.id
RETURNING message.id, to_number, LEAST(claimed_at, lease_until, created_at) AS since
""")

_CHECKED = text("""
UPDATE message SET reconcile_looks = reconcile_looks + 1, reason = COALESCE(:reason, reason),
    reconcile_at = CASE WHEN :again THEN clock_timestamp() + :wait END
WHERE id = :id AND status = 'unknown'
""")


def settle_unknown(
    begin: Begin,
    gateway: Gateway,
    *,
    now: datetime,
    limit: int = 50,
    schedule: Schedule | None = None,
) -> Reconciled:
    """Ask the provider about up to `limit` unknown texts that are due for a check. No session is
    open while it is asked.
    """
    schedule = schedule or Schedule()
    with begin() as session:
        given = {"provider": gateway.name, "limit": limit, "hold": schedule.hold}
        due = [
            _Question(row.id, row.to_number, row.since - _SLACK)
            for row in session.execute(_TAKE, given)
        ]
    tally: Counter[str] = Counter(asked=len(due))
    by_number: dict[str, list[_Question]] = {}
    for question in due:
        by_number.setdefault(question.to, []).append(question)
    for number, questions in by_number.items():
        tally.update(_settle_number(begin, gateway, number, questions, now, schedule))
    if due:
        _log.info("reconcile.done", **tally)
    return Reconciled(**tally)


def _settle_number(
    begin: Begin,
    gateway: Gateway,
    number: str,
    questions: Sequence[_Question],
    now: datetime,
    schedule: Schedule,
) -> Counter[str]:
    """Read the list for one number once, and decide about each of its unknown texts."""
    with begin() as session:
        asked_at = session.scalars(select(func.clock_timestamp())).one()
    try:
        since = min(question.since for question in questions)
        listed = gateway.find(number, since, [question.id for question in questions])
    except GatewayUnavailable as problem:
        _log.warning("reconcile.unavailable", problem=str(problem))
        return Counter(unavailable=len(questions))
    tally: Counter[str] = Counter()
    with begin() as session:
        session.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"),
            {"key": f"reconcile {number}"},
        )
        for question in questions:
            tally[_judge(session, question.id, listed, asked_at, now, schedule)] += 1
    return tally


def _judge(
    session: Session,
    id: UUID,
    listed: Sequence[ProviderText],
    asked_at: datetime,
    now: datetime,
    schedule: Schedule,
) -> str:
    """Decide about one text, and return the name of the count it belongs to."""
    message = session.scalars(
        select(Message)
        .where(Message.id == id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if message.status is not _S.UNKNOWN:
        return "found"
    if named := [one for one in listed if one.id == message.id]:
        return _found(session, message, named[-1], now)
    matching = _unclaimed(session, message, listed)
    owners = _possible_owners(session, message)
    if len(matching) >= len(owners):
        # If there are more texts than owners, the latest are the more likely.
        return _found(
            session, message, matching[len(matching) - len(owners) + owners.index(message.id)], now
        )
    if not matching and _proves_absence(message, asked_at, schedule):
        return _never_received(session, message, now)
    return _check_later(session, message, bool(matching), schedule)


def _unclaimed(
    session: Session, message: Message, listed: Sequence[ProviderText]
) -> list[ProviderText]:
    """Texts in the list with exactly these words that belong to no message of ours, oldest
    first.
    """
    matching = [
        one for one in listed if one.id is None and _words(one.body) == _words(message.body)
    ]
    owned = set(
        session.scalars(
            select(Message.provider_sid).where(
                Message.provider_sid.in_([one.sid for one in matching]),
                Message.provider == message.provider,
            )
        )
    )
    free = [one for one in matching if one.sid not in owned]
    return sorted(free, key=lambda one: (one.created_at is None, one.created_at, one.sid))


def _words(body: str) -> str:
    return body.replace("\r\n", "\n").strip()


def _possible_owners(session: Session, message: Message) -> list[UUID]:
    """Every message, this one included, that such a text may belong to: same number, same words,
    outcome not known. In order of claim.
    """
    return list(
        session.scalars(
            select(Message.id)
            .where(
                Message.to_number == message.to_number,
                Message.body == message.body,
                Message.provider == message.provider,
                Message.status.in_(_OPEN),
            )
            .order_by(Message.claimed_at, Message.id)
        )
    )


def _proves_absence(message: Message, asked_at: datetime, schedule: Schedule) -> bool:
    """Whether finding nothing in this check proves that the provider never received the text. Only
    after the lease, and not at the first check.
    """
    provider = registry.find(message.provider)
    if provider is None or message.lease_until is None:
        return False
    if asked_at > message.lease_until + provider.list_lasts:
        return False  # the provider may have forgotten it
    late_enough = asked_at > message.lease_until + schedule.after_lease
    return late_enough and message.reconcile_looks + 1 >= schedule.checks_for_proof


def _found(session: Session, message: Message, found: ProviderText, now: datetime) -> str:
    status = registry.meaning(message.provider, found.status) or _S.ACCEPTED
    bad = status in (_S.UNDELIVERED, _S.FAILED)
    move = Move(
        message.id,
        status,
        now,
        reason=registry.codes(message.provider).words(found.error_code) if bad else None,
        error_code=found.error_code if bad else None,
        provider=message.provider,
        provider_sid=found.sid,
    )
    transitions.apply(session, [move])
    receipts.bring_forward(session, [found.sid], now)
    return "found"


def _never_received(session: Session, message: Message, now: datetime) -> str:
    if message.expires_at <= now:
        reason = "Too late to send: the text service never received it"
        transitions.apply(session, [Move(message.id, _S.EXPIRED, now, reason=reason)])
        return "expired"
    reason = "The text service never received it; it will be sent again"
    only = frozenset({_S.UNKNOWN})
    transitions.apply(session, [Move(message.id, _S.QUEUED, now, reason=reason, only_from=only)])
    return "requeued"


def _check_later(session: Session, message: Message, ambiguous: bool, schedule: Schedule) -> str:
    looks = message.reconcile_looks + 1
    again = looks < schedule.give_up_after
    reason = None
    if not again:
        why = (
            "it has texts with the same words to this number"
            if ambiguous
            else "its list does not show it"
        )
        reason = (
            f"It is not known whether the text service took this text: {why},"
            " and this cannot be settled"
        )
    wait = min(schedule.first_wait * 2 ** min(looks, 16), schedule.longest_wait)
    session.execute(_CHECKED, {"id": message.id, "reason": reason, "again": again, "wait": wait})
    session.expire(message)
    return "open" if again else "given_up"


def check_now(session: Session, id: UUID) -> bool:
    """Check an unknown text again now, with its schedule reset; False if it is not unknown. For an
    administrator.
    """
    message = session.get(Message, id, with_for_update=True)
    if message is None or message.status is not _S.UNKNOWN:
        return False
    message.reconcile_looks = 0
    message.reconcile_at = session.scalars(select(func.clock_timestamp())).one()
    return True
