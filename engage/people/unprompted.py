"""Unprompted texts: the words of an action of the plan, praise, and news of another worker.

Rule 1 decides. A text that only the hour or the daily cap is against waits; a lasting reason stops
it, and every reason is returned to be stored. This must never be used for answers, for reminders or
for a number that is not verified.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from engage.people import introduction
from engage.people.contactability import Contactability, next_opening
from engage.people.rules import Reason
from engage.texts import Purpose
from messaging import outbox
from messaging.tables import Message

LIFETIME = timedelta(hours=24)
LONGEST_WHY = 300


@dataclass(frozen=True)
class UnpromptedText:
    """A text to queue: its words, its purpose (an action, praise or another worker), and the id of
    the action, milestone or transfer that it is about.
    """

    body: str
    purpose: Purpose
    about: uuid.UUID

    @property
    def key(self) -> str:
        """One thing is texted about once. The text is withdrawn by this key."""
        return f"{self.purpose}:{self.about}"


@dataclass(frozen=True)
class QueuedText:
    """The queued message, or every reason why there is none."""

    message: Message | None
    reasons: tuple[Reason, ...] = ()

    @property
    def why_not(self) -> str | None:
        """The reasons in words, as they are stored. None if the text is queued."""
        if self.message is not None:
            return None
        return "; ".join(reason.words for reason in self.reasons)[:LONGEST_WHY]


def queue(
    session: Session, contactability: Contactability, wanted: UnpromptedText, *, now: datetime
) -> QueuedText:
    """Queue the text if rule 1 allows it now or when the person's hours for texts open. The caller
    holds the person's row.
    """
    verdict = contactability.verdict
    if verdict.lasting or contactability.number is None:
        return QueuedText(None, verdict.lasting)
    send_after = now if verdict.allowed else next_opening(contactability, verdict, now)
    if send_after is None:
        return QueuedText(None, verdict.reasons)
    message = outbox.enqueue(
        session,
        introduction.introduced(
            session,
            contactability.hub,
            contactability.person.language,
            outbox.Text(
                to=contactability.number,
                body=wanted.body,
                lane=outbox.Lane.REMINDER,
                dedupe_key=wanted.key,
                recipient=str(contactability.person.id),
                group_key=wanted.key,
                send_after=send_after,
                expires_at=send_after + LIFETIME,
                context={
                    "purpose": wanted.purpose,
                    "texts": wanted.purpose,
                    "person": str(contactability.person.id),
                    wanted.purpose: str(wanted.about),
                },
                route=contactability.hub.route,
                redact=contactability.hub.redact_after_delivery,
            ),
            now,
        ),
        now=now,
    )
    return QueuedText(message)
