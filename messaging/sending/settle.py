"""Write the results of sends: many results, one transaction, every change conditional.

A result may come late: the lease may be over, a receipt may have reported more, another attempt may
be under way. A text that the provider certainly has is always recorded; any other result counts
only for its own attempt. Settling twice must change nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from random import random
from uuid import UUID

from sqlalchemy.orm import Session

from messaging import receipts, transitions
from messaging.gateways import registry
from messaging.gateways.base import Accepted, Outcome
from messaging.sending import pacing, retry, routes
from messaging.sending.claim import Claimed
from messaging.sending.retry import Decision
from messaging.states import MessageStatus
from messaging.suppression import suppress
from messaging.transitions import Move, Moved

__all__ = ["NotStarted", "Result", "settle"]

_S = MessageStatus
_LEASED = frozenset({_S.SENDING, _S.UNKNOWN})


@dataclass(frozen=True, slots=True)
class NotStarted:
    """The worker never started to send this text, and hands it back."""


@dataclass(frozen=True, slots=True)
class Result:
    """The result for one leased text."""

    text: Claimed
    outcome: Outcome | NotStarted


def settle(
    session: Session, results: Sequence[Result], *, now: datetime, provider: str
) -> list[Moved]:
    """Write `results` and what follows from them: the next attempt, a suppressed number, a slowed
    sender or an open circuit. Returns the moves that happened.
    """
    moves: list[Move] = []
    decided: list[tuple[Claimed, Decision]] = []
    codes = registry.codes(provider)
    for result in results:
        if isinstance(result.outcome, NotStarted):
            moves.append(_hand_back(result.text, now))
            continue
        decision = retry.after(
            result.outcome,
            codes=codes,
            attempts=result.text.attempts,
            now=now,
            expires_at=result.text.expires_at,
            chance=random(),
        )
        decided.append((result.text, decision))
        moves.append(_move(result.text, result.outcome, decision, now, provider))
    moved = transitions.apply(session, moves)
    receipts.bring_forward(session, [move.provider_sid for move in moves if move.provider_sid], now)
    circuit_open = _consequences(session, results, decided, now)
    outcomes = [result.outcome for result in results if not isinstance(result.outcome, NotStarted)]
    routes.record_outcomes(session, provider, outcomes, now, circuit_open=circuit_open)
    return moved


def _hand_back(claimed: Claimed, now: datetime) -> Move:
    return Move(claimed.id, _S.QUEUED, now, attempt=claimed.attempts, only_from=_LEASED)


def _move(
    claimed: Claimed, outcome: Outcome, decision: Decision, now: datetime, provider: str
) -> Move:
    if isinstance(outcome, Accepted):
        return Move(
            claimed.id,
            _S.ACCEPTED,
            now,
            provider=provider,
            provider_sid=outcome.sid,
            segments=outcome.segments,
        )
    return Move(
        claimed.id,
        decision.status,
        now,
        reason=decision.reason,
        error_code=decision.error_code,
        send_after=decision.retry_at,
        attempt=claimed.attempts,
        only_from=_LEASED,
    )


def _consequences(
    session: Session,
    results: Sequence[Result],
    decided: Sequence[tuple[Claimed, Decision]],
    now: datetime,
) -> bool:
    """Numbers before senders, each in order, so that two workers that settle at once never
    deadlock.

    Returns whether a sender's circuit is open.
    """
    stopped = {claimed.to_number: claimed for claimed, decision in decided if decision.opted_out}
    for number in sorted(stopped):
        suppress(
            session,
            number,
            "stopped at the text service",
            f"refusal of message {stopped[number].id}",
            now,
        )
    slowed: dict[str, Decision] = {}
    for claimed, decision in decided:
        before = slowed.get(claimed.sender)
        if decision.slow_sender and (before is None or _longer(decision, before)):
            slowed[claimed.sender] = decision
    sends: dict[str, list[tuple[UUID, Outcome | None]]] = {}
    for result in results:
        outcome = None if isinstance(result.outcome, NotStarted) else result.outcome
        sends.setdefault(result.text.sender, []).append((result.text.id, outcome))
    circuit_open = pacing.record_results(session, sends, also=slowed)
    for sender in sorted(slowed):
        pacing.slow(session, sender, slowed[sender].pause_sender, slowed[sender].reason or "")
    return circuit_open


def _longer(one: Decision, other: Decision) -> bool:
    return bool(
        one.pause_sender and (other.pause_sender is None or one.pause_sender > other.pause_sender)
    )
