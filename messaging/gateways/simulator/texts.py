"""One text of the simulated provider, and its JSON forms. No behaviour."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from enum import StrEnum

from messaging.gateways.simulator.codes import DELIVERY_WORDS

API_VERSION = "2010-04-01"
TWILIO, NOTIFY = "twilio", "notify"
"""The interface through which a text came or went."""


class Status(StrEnum):
    """Twilio's words for the status of a text."""

    ACCEPTED = "accepted"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    CANCELED = "canceled"
    RECEIVED = "received"


IN_PROGRESS = frozenset({Status.ACCEPTED, Status.QUEUED, Status.SENDING})


_FOR_GOOD = frozenset({30004, 30005, 30006})


class Direction(StrEnum):
    """Where a text started: the interface, a phone, or the provider's own answer to a keyword."""

    OUTBOUND = "outbound-api"
    REPLY = "outbound-reply"
    INBOUND = "inbound"


@dataclass(frozen=True, slots=True)
class Post:
    """The result of one webhook post, after all its attempts. `http_status` None: no answer, see
    `error`.
    """

    status: str
    at: datetime
    http_status: int | None
    attempts: int
    error: str | None = None
    content_type: str = ""
    body: str = ""

    @property
    def taken(self) -> bool:
        """Whether the service answered that it has it."""
        return self.http_status is not None and 200 <= self.http_status < 300

    def as_json(self) -> dict[str, object]:
        """For the control interface."""
        return {
            "status": self.status,
            "at": iso(self.at),
            "http_status": self.http_status,
            "attempts": self.attempts,
            "error": self.error,
        }


@dataclass(slots=True)
class Text:
    """A text. Changed only under the ledger's lock.

    `sender` is None until a messaging service has picked a number. `body` is never erased, because
    tests compare with the ledger; `shown_body` is what the interface shows.
    """

    number: int
    sid: str
    to: str
    sender: str | None
    body: str
    direction: Direction
    status: Status
    created: datetime
    updated: datetime
    segments: int
    callback_url: str | None = None
    service_sid: str | None = None
    validity: int = 36000
    discard: bool = False
    num_media: int = 0
    sent: datetime | None = None
    error_code: int | None = None
    redacted: bool = False
    deleted: bool = False
    history: list[tuple[Status, datetime]] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    provider: str = TWILIO
    reference: str | None = None

    @property
    def shown_body(self) -> str:
        """The words as the interface shows them."""
        return "" if self.redacted else self.body

    def as_resource(self, account_sid: str) -> dict[str, object]:
        """Twilio's Message resource."""
        uri = f"/{API_VERSION}/Accounts/{account_sid}/Messages/{self.sid}"
        unassigned = self.service_sid is not None and self.status is Status.ACCEPTED
        return {
            "account_sid": account_sid,
            "api_version": API_VERSION,
            "body": self.shown_body,
            "date_created": format_datetime(self.created),
            "date_sent": None if self.sent is None else format_datetime(self.sent),
            "date_updated": format_datetime(self.updated),
            "direction": self.direction.value,
            "error_code": self.error_code,
            "error_message": None
            if self.error_code is None
            else DELIVERY_WORDS.get(self.error_code),
            "from": self.sender,
            "messaging_service_sid": self.service_sid,
            "num_media": str(self.num_media),
            "num_segments": "0" if unassigned else str(self.segments),
            "price": None,
            "price_unit": "GBP",
            "sid": self.sid,
            "status": self.status.value,
            "subresource_uris": {"media": f"{uri}/Media.json"},
            "to": self.to,
            "uri": f"{uri}.json",
        }

    @property
    def notify_status(self) -> str:
        """Notify's word for where the text is."""
        match self.status:
            case Status.UNDELIVERED:
                return "permanent-failure" if self.error_code in _FOR_GOOD else "temporary-failure"
            case Status.FAILED | Status.CANCELED:
                return "technical-failure"
            case Status.DELIVERED:
                return "delivered"
            case Status.QUEUED | Status.ACCEPTED:
                return "created"
            case _:
                return "sending"

    def as_notification(self) -> dict[str, object]:
        """Notify's notification."""
        over = self.status in {Status.DELIVERED, Status.UNDELIVERED, Status.FAILED}
        return {
            "id": self.sid,
            "reference": self.reference,
            "type": "sms",
            "phone_number": self.to,
            "body": self.shown_body,
            "status": self.notify_status,
            "created_at": iso(self.created),
            "sent_at": None if self.sent is None else iso(self.sent),
            "completed_at": iso(self.updated) if over else None,
        }

    def as_ledger(self) -> dict[str, object]:
        """For the control interface: what was really accepted, and what happened to it."""
        return {
            "number": self.number,
            "provider": self.provider,
            "reference": self.reference,
            "sid": self.sid,
            "to": self.to,
            "from": self.sender,
            "body": self.body,
            "segments": self.segments,
            "direction": self.direction.value,
            "accepted_at": iso(self.created),
            "status": self.status.value,
            "error_code": self.error_code,
            "callback_url": self.callback_url,
            "history": [{"status": status.value, "at": iso(at)} for status, at in self.history],
            "callbacks": [post.as_json() for post in self.posts],
            "redacted": self.redacted,
            "deleted": self.deleted,
        }


def iso(moment: datetime) -> str:
    """A moment for the control interface: ISO 8601, UTC, to the microsecond."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
