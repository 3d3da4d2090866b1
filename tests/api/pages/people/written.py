"""Texts to a person, in any status."""

from datetime import datetime

from engage.core.db import Database
from engage.people.model import Person
from messaging import outbox
from messaging.states import MessageStatus
from messaging.tables import Message
from messaging.transitions import move


def written(
    database: Database, person: Person, key: str, at: datetime, *steps: MessageStatus
) -> Message:
    """A text to the person that has passed through some statuses."""
    with database.begin() as session:
        message = outbox.enqueue(
            session,
            outbox.Text(
                to="+447700900101",
                body=f"Words of {key}",
                lane=outbox.Lane.REMINDER,
                dedupe_key=key,
                recipient=str(person.id),
                context={"purpose": "reminder"},
            ),
            now=at,
        )
        session.flush()
        for step in steps:
            move(session, [message.id], step, now=at, reason=f"because {step.value}")
        return message
