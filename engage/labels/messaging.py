"""Labels of texts: status, lane, purpose, provider."""

from collections.abc import Mapping

from messaging.gateways import registry
from messaging.outbox import Lane
from messaging.states import MessageStatus

STATUSES: Mapping[MessageStatus, str] = {
    MessageStatus.QUEUED: "Waiting to be sent",
    MessageStatus.SENDING: "Being sent",
    MessageStatus.ACCEPTED: "Handed to the network",
    MessageStatus.SENT: "Sent, delivery not confirmed",
    MessageStatus.DELIVERED: "Delivered",
    MessageStatus.UNDELIVERED: "Not delivered",
    MessageStatus.FAILED: "Failed",
    MessageStatus.REFUSED: "Refused by the network",
    MessageStatus.UNKNOWN: "Not known whether it was sent",
    MessageStatus.WITHDRAWN: "Withdrawn before it was sent",
    MessageStatus.WITHHELD: "Stopped before it was sent",
    MessageStatus.EXPIRED: "Too late to send",
}


STATUS_COLOURS: Mapping[MessageStatus, str] = {
    MessageStatus.QUEUED: "grey",
    MessageStatus.SENDING: "blue",
    MessageStatus.ACCEPTED: "blue",
    MessageStatus.SENT: "blue",
    MessageStatus.DELIVERED: "green",
    MessageStatus.UNDELIVERED: "red",
    MessageStatus.FAILED: "red",
    MessageStatus.REFUSED: "red",
    MessageStatus.UNKNOWN: "yellow",
    MessageStatus.WITHDRAWN: "grey",
    MessageStatus.WITHHELD: "grey",
    MessageStatus.EXPIRED: "grey",
}


PURPOSES: Mapping[str, str] = {
    "reminder": "Reminder",
    "reply": "Answer",
    "number_check": "Number check",
    "staff": "From staff",
    "check_in": "Check-in",
    "action": "About the plan",
    "praise": "Praise",
    "worker_changed": "Change of worker",
    "notice": "Notice",
}


LANES: Mapping[Lane, str] = {
    Lane.SAFETY: "Safety",
    Lane.CODE: "One-time codes",
    Lane.REPLY: "Replies and texts from staff",
    Lane.REMINDER: "Reminders",
    Lane.BULK: "Bulk",
}


def provider_label(name: str) -> str:
    """A provider's label. A provider that only old texts have keeps its stored name."""
    return registry.label(name)
