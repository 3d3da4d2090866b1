"""Find out what became of sends that nobody answered.

A callback that carries our id is the best answer and needs nothing from here. For the rest the
provider's own list is read and compared. A text goes back to the queue only when it is shown that
the provider never had it: the list could be read whole, after the lease was over, more than once,
and holds no text with these words that is not accounted for. Two texts with the same words to one
number are never told apart by guessing; what stays unknown stays so, and says so.
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

__all__ = ["Patience", "Reconciled", "look_now", "settle_unknown"]

_log = structlog.get_logger(__name__)
_S = MessageStatus
_OPEN = (_S.SENDING, _S.UNKNOWN)
_SLACK = timedelta(days=1)
"""How far back of the attempt the list is read: a day costs nothing and covers clocks that
disagree.
"""

Begin = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to ask. A look is a whole reading of the provider's list; waits double from
    `first_wait` up to `longest_wait`.
    """

    first_wait: timedelta = timedelta(seconds=15)
    longest_wait: timedelta = timedelta(hours=1)
    after_lease: timedelta = timedelta(seconds=30)
    looks_for_proof: int = 2
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
    SELECT id FROM message WHERE status = 'unknown' AND reconcile_at <= clock_timestamp() AND provider = :provider
    ORDER BY reconcile_at LIMIT :limit FOR UPDATE SKIP LOCKED
)
UPDATE message SET reconcile_at = clock_timestamp() + :hold FROM due WHERE message.id = due.id
RETURNING message.id, to_number, LEAST(claimed_at, lease_until, created_at) AS since
""")

_LOOKED = text("""
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
    patience: Patience | None = None,
) -> Reconciled:
    """Ask the provider about up to `limit` unknown texts that are due for a look. No session is
    open while it is asked.
    """
    patience = patience or Patience()
    with begin() as session:
        given = {"provider": gateway.name, "limit": limit, "hold": patience.hold}
        due = [
            _Question(row.id, row.to_number, row.since - _SLACK)
            for row in session.execute(_TAKE, given)
        ]
    tally: Counter[str] = Counter(asked=len(due))
    by_number: dict[str, list[_Question]] = {}
    for question in due:
        by_number.setdefault(question.to, []).append(question)
    for number, questions in by_number.items():
        tally.update(_settle_number(begin, gateway, number, questions, now, patience))
    if due:
        _log.info("reconcile.done", **tally)
    return Reconciled(**tally)


def _settle_number(
    begin: Begin,
    gateway: Gateway,
    number: str,
    questions: Sequence[_Question],
    now: datetime,
    patience: Patience,
) -> Counter[str]:
    """Read the list for one number once, and judge each of its unknown texts against it."""
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
            tally[_judge(session, question.id, listed, asked_at, now, patience)] += 1
    return tally


def _judge(
    session: Session,
    id: UUID,
    listed: Sequence[ProviderText],
    asked_at: datetime,
    now: datetime,
    patience: Patience,
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
    same = _unclaimed(session, message, listed)
    rivals = _rivals(session, message)
    if len(same) >= len(rivals):
        # Where there are more texts than owners, the latest are the likelier.
        return _found(
            session, message, same[len(same) - len(rivals) + rivals.index(message.id)], now
        )
    if not same and _proves(message, asked_at, patience):
        return _never_had(session, message, now)
    return _look_later(session, message, bool(same), patience)


def _unclaimed(
    session: Session, message: Message, listed: Sequence[ProviderText]
) -> list[ProviderText]:
    """Texts in the list with these very words that no message of ours accounts for, oldest first."""
    same = [one for one in listed if one.id is None and _words(one.body) == _words(message.body)]
    owned = set(
        session.scalars(
            select(Message.provider_sid).where(
                Message.provider_sid.in_([one.sid for one in same]),
                Message.provider == message.provider,
            )
        )
    )
    free = [one for one in same if one.sid not in owned]
    return sorted(free, key=lambda one: (one.created_at is None, one.created_at, one.sid))


def _words(body: str) -> str:
    return body.replace("\r\n", "\n").strip()


def _rivals(session: Session, message: Message) -> list[UUID]:
    """Every message, this one included, that may be the owner of such a text: same number, same
    words, end not known. In order of claim.
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


def _proves(message: Message, asked_at: datetime, patience: Patience) -> bool:
    """Does this look's finding nothing prove that the provider never had it? Only after the lease,
    and not at the first look.
    """
    provider = registry.find(message.provider)
    if provider is None or message.lease_until is None:
        return False
    if asked_at > message.lease_until + provider.list_lasts:
        return False  # the provider may have forgotten it
    late_enough = asked_at > message.lease_until + patience.after_lease
    return late_enough and message.reconcile_looks + 1 >= patience.looks_for_proof


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
    receipts.look_again(session, [found.sid], now)
    return "found"


def _never_had(session: Session, message: Message, now: datetime) -> str:
    if message.expires_at <= now:
        reason = "Not sent before its use was over: the text service never had it"
        transitions.apply(session, [Move(message.id, _S.EXPIRED, now, reason=reason)])
        return "expired"
    reason = "The text service never had it; it will be sent again"
    only = frozenset({_S.UNKNOWN})
    transitions.apply(session, [Move(message.id, _S.QUEUED, now, reason=reason, only_from=only)])
    return "requeued"


def _look_later(session: Session, message: Message, ambiguous: bool, patience: Patience) -> str:
    looks = message.reconcile_looks + 1
    again = looks < patience.give_up_after
    reason = None
    if not again:
        why = (
            "it has texts with the same words to this number"
            if ambiguous
            else "its list does not show it"
        )
        reason = (
            f"It is not known whether the text service took this text: {why}, and nobody can tell"
        )
    wait = min(patience.first_wait * 2 ** min(looks, 16), patience.longest_wait)
    session.execute(_LOOKED, {"id": message.id, "reason": reason, "again": again, "wait": wait})
    session.expire(message)
    return "open" if again else "given_up"


def look_now(session: Session, id: UUID) -> bool:
    """Let a text that is unknown be asked about again, with fresh patience; False if it is not
    unknown. For an administrator.
    """
    message = session.get(Message, id, with_for_update=True)
    if message is None or message.status is not _S.UNKNOWN:
        return False
    message.reconcile_looks = 0
    message.reconcile_at = session.scalars(select(func.clock_timestamp())).one()
    return True
