"""What GOV.UK Notify's status words mean, and the codes under which we store its reasons.

Notify has words and no codes. The codes here are ours, and distinct from Twilio's five digits.
"""

from collections.abc import Mapping

from messaging.gateways.codes import HTTP_ABOUT_ACCOUNT, ErrorCode, ErrorCodes
from messaging.states import MessageStatus

__all__ = [
    "ACCOUNT",
    "BAD_NUMBER",
    "CODES",
    "DAILY_LIMIT",
    "PERMANENT",
    "REFUSED",
    "STATUSES",
    "TECHNICAL",
    "TEMPORARY",
    "delivery_code",
]

PERMANENT = 900_001
TEMPORARY = 900_002
TECHNICAL = 900_003
ACCOUNT = 900_004
DAILY_LIMIT = 900_005
BAD_NUMBER = 900_006
REFUSED = 900_007

STATUSES: Mapping[str, MessageStatus] = {
    "created": MessageStatus.ACCEPTED,
    "sending": MessageStatus.ACCEPTED,
    "pending": MessageStatus.SENT,
    "sent": MessageStatus.SENT,
    "delivered": MessageStatus.DELIVERED,
    "permanent-failure": MessageStatus.UNDELIVERED,
    "temporary-failure": MessageStatus.UNDELIVERED,
    "technical-failure": MessageStatus.FAILED,
}

CODES = ErrorCodes(
    known={
        PERMANENT: ErrorCode(
            "The phone network will not deliver to this number: it may not be in use", dead=True
        ),
        TEMPORARY: ErrorCode(
            "The phone could not be reached: it may be off, full or out of signal, and may work"
            " later"
        ),
        TECHNICAL: ErrorCode("The text service could not hand the text to the phone network"),
        ACCOUNT: ErrorCode(
            "The text service would not let us send; the service's administrator must look at it"
        ),
        DAILY_LIMIT: ErrorCode("Our account has sent all it may today"),
        BAD_NUMBER: ErrorCode("This is not a phone number that can be texted", dead=True),
        REFUSED: ErrorCode("The text service would not take this text"),
    },
    about_account=HTTP_ABOUT_ACCOUNT | {ACCOUNT, DAILY_LIMIT},
)

_DELIVERY = {
    "permanent-failure": PERMANENT,
    "temporary-failure": TEMPORARY,
    "technical-failure": TECHNICAL,
}


def delivery_code(status: str | None) -> int | None:
    """The code under which we store why a text was not delivered."""
    return _DELIVERY.get(status or "")
