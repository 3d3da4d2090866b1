"""What to do after each outcome of a send, as a table and pure functions.

Nothing here touches a database, a clock or a provider. Times are arguments, and so is the random
number that spreads retries.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from messaging.gateways.base import Accepted, NotProcessed, Outcome, Refused, Unknown
from messaging.gateways.codes import ErrorCodes
from messaging.states import MessageStatus

__all__ = ["LONGEST_WAIT", "Decision", "after"]

LONGEST_WAIT = timedelta(minutes=10)
_FIRST_WAIT = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows from an outcome: the new status, why, and whether the number or the sender is
    affected.
    """

    status: MessageStatus
    reason: str | None = None
    error_code: int | None = None
    retry_at: datetime | None = None
    number_dead: bool = False
    opted_out: bool = False
    slow_sender: bool = False
    pause_sender: timedelta | None = None


def after(
    outcome: Outcome,
    *,
    codes: ErrorCodes,
    attempts: int,
    now: datetime,
    expires_at: datetime,
    chance: float,
) -> Decision:
    """Decide what follows. `codes` are the provider's. `attempts` counts this one. `chance` in [0,
    1) spreads retries between half and one and a half times the wait.
    """
    match outcome:
        case Accepted():
            return Decision(MessageStatus.ACCEPTED)
        case Refused(code=code, words=said):
            return Decision(
                MessageStatus.REFUSED,
                said or codes.words(code),
                code,
                number_dead=outcome.permanent,
                opted_out=code in codes.opted_out,
            )
        case NotProcessed():
            return _again(outcome, codes, attempts, now, expires_at, chance)
        case Unknown(why=why):
            return Decision(
                MessageStatus.UNKNOWN,
                f"It is not known whether the text service took this text: {why}",
            )


def _again(
    outcome: NotProcessed,
    codes: ErrorCodes,
    attempts: int,
    now: datetime,
    expires_at: datetime,
    chance: float,
) -> Decision:
    """Try again while the text has not expired, later each time. An expired text was never sent,
    and its status says so.
    """
    doubled = min(_FIRST_WAIT * 2 ** min(max(attempts, 1) - 1, 16), LONGEST_WAIT)
    wait = max(doubled * (0.5 + chance), outcome.retry_after or timedelta(0))
    busy = outcome.code in codes.busy
    why = codes.words(outcome.code) if outcome.code else "The text service could not be reached"
    if now + wait >= expires_at:
        return Decision(
            MessageStatus.EXPIRED,
            f"Too late to send: {why}",
            outcome.code,
            slow_sender=busy,
        )
    return Decision(
        MessageStatus.QUEUED,
        f"Will be tried again: {why}",
        outcome.code,
        retry_at=now + wait,
        slow_sender=busy,
        pause_sender=outcome.retry_after if busy else None,
    )
