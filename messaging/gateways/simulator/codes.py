"""Twilio's error codes: their words, and the HTTP status of each. Data only, no decisions."""

from collections.abc import Mapping
from types import MappingProxyType

MORE_INFO = "https://www.twilio.com/docs/errors/{code}"

API_WORDS: Mapping[int, str] = MappingProxyType(
    {
        20003: "Authenticate",
        20004: "Method not allowed",
        20009: "Resource not complete",
        20404: "The requested resource {subject} was not found",
        20422: "Invalid parameter {subject}",
        20429: "Too Many Requests",
        20500: "Internal Server Error",
        20503: "Service Unavailable",
        21211: "Invalid 'To' Phone Number: {subject}",
        21212: "Invalid From Number (caller ID): {subject}",
        21266: "'To' and 'From' number cannot be the same: {subject}",
        21408: "Permission to send an SMS has not been enabled for the region indicated by the"
        " 'To' number: {subject}",
        21602: "Message body is required.",
        21603: "A 'From' phone number is required.",
        21604: "A 'To' phone number is required.",
        21606: "The 'From' phone number provided ({subject}) is not a valid message-capable"
        " Twilio phone number for this destination",
        21609: "The 'StatusCallback' URL {subject} is not a valid URL.",
        21610: "Attempt to send to unsubscribed recipient",
        21611: "This 'From' number has exceeded the maximum number of queued messages",
        21612: "The message From/To pair violates a blacklist rule or cannot be routed: {subject}",
        21614: "'To' number is not a valid mobile number: {subject}",
        21617: "The concatenated message body exceeds the 1600 character limit",
        21624: "Invalid validity period value: {subject}",
        21635: "'To' number cannot be a landline: {subject}",
        21701: "The Messaging Service does not exist: {subject}",
        30002: "Account suspended",
        63038: "Account exceeded the daily messages limit",
    }
)

DELIVERY_WORDS: Mapping[int, str] = MappingProxyType(
    {
        30001: "Queue overflow",
        30002: "Account suspended",
        30003: "Unreachable destination handset",
        30004: "Message blocked",
        30005: "Unknown destination handset",
        30006: "Landline or unreachable carrier",
        30007: "Message filtered",
        30008: "Unknown error",
        30036: "Validity period expired",
    }
)

_STATUSES: Mapping[int, int] = MappingProxyType(
    {20003: 401, 20004: 405, 20009: 409, 20404: 404, 20429: 429, 20500: 500, 20503: 503, 63038: 429}
)


class ApiProblem(Exception):
    """The interface refuses a request, in Twilio's format. `retry_after` in seconds goes into the
    header.
    """

    def __init__(self, code: int, subject: str = "", *, retry_after: int | None = None) -> None:
        self.code = code
        self.status = _STATUSES.get(code, 400)
        self.message = API_WORDS.get(code, "The request was refused").format(subject=subject)
        self.retry_after = retry_after
        super().__init__(f"{code}: {self.message}")

    def body(self) -> dict[str, object]:
        """The JSON that Twilio answers with."""
        return {
            "code": self.code,
            "message": self.message,
            "more_info": MORE_INFO.format(code=self.code),
            "status": self.status,
        }
