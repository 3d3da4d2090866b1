"""Outcome of a send → what to do next, as a table and pure functions.

Nothing here touches a database, a clock or a provider. Times are handed in, and so is the chance
that spreads retries. The words are for an officer who has never heard of a carrier; they must never
blame the person, because nothing the network does counts against them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from messaging.gateways.base import Accepted, NotProcessed, Outcome, Refused, Unknown
from messaging.states import MessageStatus

__all__ = ["Decision", "after", "number_dead", "opted_out", "says_nothing_about_the_text", "words"]

LONGEST_WAIT = timedelta(minutes=10)
_FIRST_WAIT = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Code:
    """What one code of the provider means. `dead`: this number will never take a text. `later`: the
    same text may be taken later.
    """

    words: str
    dead: bool = False
    later: bool = False


NOTIFY_PERMANENT, NOTIFY_TEMPORARY, NOTIFY_TECHNICAL = 900_001, 900_002, 900_003
NOTIFY_ACCOUNT, NOTIFY_DAILY_LIMIT, NOTIFY_BAD_NUMBER, NOTIFY_REFUSED = (
    900_004,
    900_005,
    900_006,
    900_007,
)
"""GOV.UK Notify has words and no codes; these are ours, clear of Twilio's five digits."""

_CODES = {
    20003: Code(
        "The text service did not accept our sign-in; the service's administrator must look at it",
        later=True,
    ),
    20429: Code("The text service was too busy", later=True),
    20500: Code("The text service had a fault"),
    20503: Code("The text service was not available"),
    21211: Code("This is not a phone number that can be texted", dead=True),
    21408: Code("Our account may not text the country of this number"),
    21602: Code("The text had no words"),
    21603: Code("The text had no sender"),
    21604: Code("The text had no number to go to"),
    21606: Code("Our own number cannot send texts; the service's administrator must look at it"),
    21609: Code(
        "The address for delivery reports is wrong; the service's administrator must look at it"
    ),
    21610: Code("The person has asked for no more texts from us (STOP)"),
    21611: Code("Too many texts were waiting at the text service", later=True),
    21612: Code("Texts from our number cannot reach this number", dead=True),
    21614: Code("This is not a mobile number", dead=True),
    21617: Code("The text was too long"),
    21635: Code("This is a landline, which cannot be texted", dead=True),
    30001: Code("Too many texts were waiting at the text service", later=True),
    30002: Code(
        "Our account with the text service is suspended; the service's administrator must look at it"
    ),
    30003: Code(
        "The phone could not be reached: it may be off or out of signal, and may work later",
        later=True,
    ),
    30004: Code("The phone or its network blocked the text"),
    30005: Code("The number is not in use", dead=True),
    30006: Code("The number is a landline or cannot take texts", dead=True),
    30007: Code("The phone network filtered the text out as unwanted"),
    30008: Code(
        "The phone network could not deliver it and gave no reason; it may work later", later=True
    ),
    30036: Code("The phone did not come into reach before the text lost its use", later=True),
    63038: Code("Our account has sent all it may today", later=True),
    NOTIFY_PERMANENT: Code(
        "The phone network will not deliver to this number: it may not be in use", dead=True
    ),
    NOTIFY_TEMPORARY: Code(
        "The phone could not be reached: it may be off, full or out of signal, and may work later",
        later=True,
    ),
    NOTIFY_TECHNICAL: Code("The text service could not hand the text to the phone network"),
    NOTIFY_ACCOUNT: Code(
        "The text service would not let us send; the service's administrator must look at it",
        later=True,
    ),
    NOTIFY_DAILY_LIMIT: Code("Our account has sent all it may today", later=True),
    NOTIFY_BAD_NUMBER: Code("This is not a phone number that can be texted", dead=True),
    NOTIFY_REFUSED: Code("The text service would not take this text"),
}
_OPTED_OUT = 21610
_ABOUT_US = frozenset(
    {
        20003,
        20404,
        21611,
        30001,
        30002,
        63038,
        401,
        403,
        404,
        407,
        NOTIFY_ACCOUNT,
        NOTIFY_DAILY_LIMIT,
    }
)


def words(code: int | None) -> str:
    """What a code means, for an officer."""
    if code is None:
        return "The text service gave no reason"
    known = _CODES.get(code)
    return known.words if known else f"The text service refused or dropped it (code {code})"


def number_dead(code: int | None) -> bool:
    """Does this code say that the number itself will never take a text?"""
    return code is not None and code in _CODES and _CODES[code].dead


def opted_out(code: int | None) -> bool:
    """Does this code say that the person asked the provider for no more texts?"""
    return code == _OPTED_OUT


def says_nothing_about_the_text(code: int) -> bool:
    """Is this refusal about our account, our queue or a proxy, so that the same text may be taken
    once that is put right?
    """
    return code in _ABOUT_US


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows from an outcome: the status to move to, why, and whether the number or the
    sender is affected.
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
    outcome: Outcome, *, attempts: int, now: datetime, expires_at: datetime, chance: float
) -> Decision:
    """Decide what follows. `attempts` counts this one; `chance` in [0, 1) spreads retries between
    half and one and a half times the wait.
    """
    match outcome:
        case Accepted():
            return Decision(MessageStatus.ACCEPTED)
        case Refused(code=code, words=said):
            return Decision(
                MessageStatus.REFUSED,
                said or words(code),
                code,
                number_dead=outcome.permanent,
                opted_out=opted_out(code),
            )
        case NotProcessed():
            return _again(outcome, attempts, now, expires_at, chance)
        case Unknown(why=why):
            return Decision(
                MessageStatus.UNKNOWN,
                f"It is not known whether the text service took this text: {why}",
            )


def _again(
    outcome: NotProcessed, attempts: int, now: datetime, expires_at: datetime, chance: float
) -> Decision:
    """Try again inside the text's life, later each time; outside it the text is expired, which says
    that it was never sent.
    """
    doubled = min(_FIRST_WAIT * 2 ** min(max(attempts, 1) - 1, 16), LONGEST_WAIT)
    wait = max(doubled * (0.5 + chance), outcome.retry_after or timedelta(0))
    busy = outcome.code in (429, 20429, 21611, 30001)
    why = words(outcome.code) if outcome.code else "The text service could not be reached"
    if now + wait >= expires_at:
        return Decision(
            MessageStatus.EXPIRED,
            f"Not sent before its use was over: {why}",
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
