"""What Twilio's status words and error codes mean."""

from collections.abc import Mapping

from messaging.gateways.codes import HTTP_ABOUT_ACCOUNT, HTTP_BUSY, ErrorCode, ErrorCodes
from messaging.states import MessageStatus

__all__ = ["BUSY", "CODES", "STATUSES"]

BUSY = 20429
"""Too many requests: Twilio's own code beside HTTP's 429."""

STATUSES: Mapping[str, MessageStatus] = {
    "accepted": MessageStatus.ACCEPTED,
    "scheduled": MessageStatus.ACCEPTED,
    "queued": MessageStatus.ACCEPTED,
    "sending": MessageStatus.ACCEPTED,
    "sent": MessageStatus.SENT,
    "delivered": MessageStatus.DELIVERED,
    "read": MessageStatus.DELIVERED,
    "undelivered": MessageStatus.UNDELIVERED,
    "failed": MessageStatus.FAILED,
    "canceled": MessageStatus.FAILED,
}

CODES = ErrorCodes(
    known={
        20003: ErrorCode(
            "The text service did not accept our sign-in; the service's administrator must look at"
            " it"
        ),
        20429: ErrorCode("The text service was too busy"),
        20500: ErrorCode("The text service had a fault"),
        20503: ErrorCode("The text service was not available"),
        21211: ErrorCode("This is not a phone number that can be texted", dead=True),
        21408: ErrorCode("Our account may not text the country of this number"),
        21602: ErrorCode("The text had no words"),
        21603: ErrorCode("The text had no sender"),
        21604: ErrorCode("The text had no number to go to"),
        21606: ErrorCode(
            "Our own number cannot send texts; the service's administrator must look at it"
        ),
        21609: ErrorCode(
            "The address for delivery reports is wrong; the service's administrator must look at it"
        ),
        21610: ErrorCode("The person has asked for no more texts from us (STOP)"),
        21611: ErrorCode("Too many texts were waiting at the text service"),
        21612: ErrorCode("Texts from our number cannot reach this number", dead=True),
        21614: ErrorCode("This is not a mobile number", dead=True),
        21617: ErrorCode("The text was too long"),
        21635: ErrorCode("This is a landline, which cannot be texted", dead=True),
        30001: ErrorCode("Too many texts were waiting at the text service"),
        30002: ErrorCode(
            "Our account with the text service is suspended; the service's administrator must look"
            " at it"
        ),
        30003: ErrorCode(
            "The phone could not be reached: it may be off or out of signal, and may work later"
        ),
        30004: ErrorCode("The phone or its network blocked the text"),
        30005: ErrorCode("The number is not in use", dead=True),
        30006: ErrorCode("The number is a landline or cannot take texts", dead=True),
        30007: ErrorCode("The phone network filtered the text out as unwanted"),
        30008: ErrorCode(
            "The phone network could not deliver it and gave no reason; it may work later"
        ),
        30036: ErrorCode("The phone could not be reached before the text expired"),
        63038: ErrorCode("Our account has sent all it may today"),
    },
    about_account=HTTP_ABOUT_ACCOUNT | {20003, 20404, 21611, 30001, 30002, 63038},
    busy=frozenset({HTTP_BUSY, BUSY, 21611, 30001}),
    opted_out=frozenset({21610}),
)
