"""Write down what became of sends: many results, one transaction, every change conditional.

A result may come late: the lease may be over, a receipt may have said more, another attempt may be
under way. What the provider certainly has is always written; anything else counts only for the
attempt it is about. Settling twice must change nothing.
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

__all__ = ["NotBegun", "Result", "settle"]

_S = MessageStatus
_HELD = frozenset({_S.SENDING, _S.UNKNOWN})


@dataclass(frozen=True, slots=True)
class NotBegun:
    """The worker never began to send this text, and gives it back."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one held text."""

    text: Claimed
    outcome: Outcome | NotBegun


def settle(
    session: Session, results: Sequence[Result], *, now: datetime, provider: str
) -> list[Moved]:
    """Write `results` and what follows from them: the next attempt, a stopped number, a slowed or
    silent sender. Returns the moves that happened.
    """
    moves: list[Move] = []
    decided: list[tuple[Claimed, Decision]] = []
    codes = registry.codes(provider)
    for result in results:
        if isinstance(result.outcome, NotBegun):
            moves.append(_handed_back(result.text, now))
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
    receipts.look_again(session, [move.provider_sid for move in moves if move.provider_sid], now)
    holding = _consequences(session, results, decided, now)
    outcomes = [result.outcome for result in results if not isinstance(result.outcome, NotBegun)]
    routes.note(session, provider, outcomes, now, nobody_answers=holding)
    return moved


def _handed_back(held: Claimed, now: datetime) -> Move:
    return Move(held.id, _S.QUEUED, now, attempt=held.attempts, only_from=_HELD)


def _move(
    held: Claimed, outcome: Outcome, decision: Decision, now: datetime, provider: str
) -> Move:
    if isinstance(outcome, Accepted):
        return Move(
            held.id,
            _S.ACCEPTED,
            now,
            provider=provider,
            provider_sid=outcome.sid,
            segments=outcome.segments,
        )
    return Move(
        held.id,
        decision.status,
        now,
        reason=decision.reason,
        error_code=decision.error_code,
        send_after=decision.retry_at,
        attempt=held.attempts,
        only_from=_HELD,
    )


def _consequences(
    session: Session,
    results: Sequence[Result],
    decided: Sequence[tuple[Claimed, Decision]],
    now: datetime,
) -> bool:
    """Numbers before senders, each in order, so that two workers settling together never wait for
    each other in a ring.

    Returns whether a sender holds still because nobody answers it.
    """
    stopped = {held.to_number: held for held, decision in decided if decision.opted_out}
    for number in sorted(stopped):
        suppress(
            session,
            number,
            "stopped at the text service",
            f"refusal of message {stopped[number].id}",
            now,
        )
    slowed: dict[str, Decision] = {}
    for held, decision in decided:
        before = slowed.get(held.sender)
        if decision.slow_sender and (before is None or _longer(decision, before)):
            slowed[held.sender] = decision
    sends: dict[str, list[tuple[UUID, Outcome | None]]] = {}
    for result in results:
        outcome = None if isinstance(result.outcome, NotBegun) else result.outcome
        sends.setdefault(result.text.sender, []).append((result.text.id, outcome))
    holding = pacing.hear(session, sends, also=slowed)
    for sender in sorted(slowed):
        pacing.slow(session, sender, slowed[sender].pause_sender, slowed[sender].reason or "")
    return holding


def _longer(one: Decision, other: Decision) -> bool:
    return bool(
        one.pause_sender and (other.pause_sender is None or one.pause_sender > other.pause_sender)
    )
