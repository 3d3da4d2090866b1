"""Replies and signals for tests of pages."""

import uuid
from datetime import datetime

from sqlalchemy import select

from engage.conversation.model import ReplyRecord
from engage.core.db import Database
from engage.people.model import Person
from engage.signals import Evidence, Signal, SignalKind, raise_signal
from messaging import inbound
from messaging.gateways.twilio import webhooks as twilio
from messaging.tables import Inbound


def heard(
    database: Database, person: Person, words: str, at: datetime, *, needs_human: bool = False
) -> int:
    """A text from a person that was not understood. Returns its id."""
    with database.begin() as session:
        inbound.store(
            session,
            twilio.read_text(
                {
                    "MessageSid": f"SM{uuid.uuid4().hex}",
                    "From": "+447700900101",
                    "To": "+447700900999",
                    "Body": words,
                    "NumMedia": "0",
                }
            ),
            now=at,
        )
        text = session.scalars(select(Inbound).order_by(Inbound.id.desc()).limit(1)).one()
        session.add(
            ReplyRecord(
                inbound_id=text.id,
                number="+447700900101",
                person_id=person.id,
                prompt="none",
                intent="other",
                confidence=0.0,
                act=False,
                done="For a worker to read",
                at=at,
                needs_human=needs_human,
            )
        )
        return text.id


def signal(
    database: Database, person: Person, kind: SignalKind, now: datetime, *links: Evidence
) -> uuid.UUID:
    """An open signal of a person. Returns its id."""
    with database.begin() as session:
        raise_signal(
            session,
            kind,
            person_id=person.id,
            hub_id=person.hub_id,
            cause=uuid.uuid4().hex,
            why=f"Because of {kind.value}",
            evidence=list(links),
            now=now,
        )
        return session.scalars(select(Signal.id).order_by(Signal.id.desc()).limit(1)).one()
