"""Texts that nobody asked for and no appointment is behind: the words of an action of the plan,
praise, that another worker is theirs now.

Rule 1 decides. What only the hour or the day's cap is against waits for its hour; what anything
else is against does not go, and every reason is handed back to be kept. It must never be used for
answers, for reminders or for a number that is not confirmed.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from engage.people import contactability
from engage.people.contactability import Contactability
from engage.people.rules import Reason
from engage.texts import Purpose
from messaging import outbox
from messaging.tables import Message

LIFE = timedelta(hours=24)
LONGEST_WHY = 300


@dataclass(frozen=True)
class UnpromptedText:
    """A text that is to go: its words, what it is for (an action, praise or another worker), and the one thing that
    it is about.
    """

    body: str
    purpose: Purpose
    about: uuid.UUID

    @property
    def key(self) -> str:
        """The same thing is texted once, and is called back by this."""
        return f"{self.purpose}:{self.about}"


@dataclass(frozen=True)
class QueuedText:
    """What came of it: the message, or every reason why there is none."""

    message: Message | None
    reasons: tuple[Reason, ...] = ()

    @property
    def why_not(self) -> str | None:
        """The reasons in words, as they are kept beside the thing; None where the text is queued."""
        if self.message is not None:
            return None
        return "; ".join(reason.words for reason in self.reasons)[:LONGEST_WHY]


def queue(
    session: Session, reach: Contactability, wanted: UnpromptedText, *, now: datetime
) -> QueuedText:
    """Put the text in the queue, if rule 1 allows it now or at the next hour for texts. The caller
    holds the person's row.
    """
    verdict = reach.verdict
    if verdict.lasting or reach.number is None:
        return QueuedText(None, verdict.lasting)
    send_after = now if verdict.allowed else contactability.next_chance(reach, verdict, now)
    if send_after is None:
        return QueuedText(None, verdict.reasons)
    message = outbox.enqueue(
        session,
        outbox.Text(
            to=reach.number,
            body=wanted.body,
            lane=outbox.Lane.REMINDER,
            dedupe_key=wanted.key,
            recipient=str(reach.person.id),
            group_key=wanted.key,
            send_after=send_after,
            expires_at=send_after + LIFE,
            context={
                "purpose": wanted.purpose,
                "texts": wanted.purpose,
                "person": str(reach.person.id),
                wanted.purpose: str(wanted.about),
            },
            route=reach.hub.route,
            redact=reach.hub.redact_after_delivery,
        ),
        now=now,
    )
    return QueuedText(message)
