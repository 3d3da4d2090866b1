"""Claiming texts as a worker does, for tests of the last look."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.sending import last_look
from messaging.sending.claim import claim
from messaging.sending.dispatch import Claimed, Verdict
from messaging.tables import Message, Sender


def claim_all(session: Session, now: datetime) -> tuple[Mapping[UUID, Verdict], list[Message]]:
    """Claim everything that is due. The verdicts of the last look, and the texts, oldest first."""
    session.merge(Sender(id="+447700900999", segments_per_second=1000))
    session.flush()
    verdicts: dict[UUID, Verdict] = {}

    def guard(inner: Session, texts: Sequence[Claimed], at: datetime) -> Mapping[UUID, Verdict]:
        verdicts.update(last_look.last_look(inner, texts, at))
        return verdicts

    claim(
        session,
        now=now,
        limit=20,
        worker="test",
        lease=timedelta(minutes=1),
        provider="twilio",
        senders=["+447700900999"],
        guard=guard,
    )
    session.expire_all()
    return verdicts, list(session.scalars(select(Message).order_by(Message.id)))
