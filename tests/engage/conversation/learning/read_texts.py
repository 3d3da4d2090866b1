"""Texts that were read, and what workers said that they mean, for tests of the figures."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from engage.conversation.corrections.model import ReplyCorrection
from engage.conversation.model import ReplyRecord
from engage.core.db import new_id
from engage.people.model import Person
from messaging.tables import Inbound, InboundStatus


def read(
    session: Session,
    whose: Person,
    at: datetime,
    meaning: str = "confirm",
    *given: str,
    many: int = 1,
    acted: bool = True,
    **values: Any,
) -> None:
    """Texts that Engage read as `meaning`, and acted on or left to a worker. Workers gave each the
    meanings `given`, an hour apart.
    """
    inbound = [
        {
            "message_sid": f"SM{uuid.uuid4().hex}",
            "from_number": "+447700900101",
            "to_number": "+447700900999",
            "body": "yes",
            "num_media": 0,
            "params": {},
            "received_at": at,
            "status": InboundStatus.HANDLED,
        }
        for _ in range(many)
    ]
    ids = session.scalars(insert(Inbound).returning(Inbound.id), inbound).all()
    records = [
        {
            "id": new_id(),
            "inbound_id": id,
            "number": "+447700900101",
            "person_id": whose.id,
            "prompt": "appointment",
            "intent": meaning,
            "confidence": 0.97,
            "act": acted,
            "done": "Recorded as said by text",
            "at": at,
            "needs_human": not acted,
            "basis": "rule",
            **values,
        }
        for id in ids
    ]
    session.execute(insert(ReplyRecord), records)
    corrections = [
        {
            "id": new_id(),
            "reply_record_id": record["id"],
            "was": meaning,
            "now": now,
            "by": "system",
            "at": at + timedelta(hours=hours),
            "done": "Nothing to change",
        }
        for record in records
        for hours, now in enumerate(given, start=1)
    ]
    if corrections:
        session.execute(insert(ReplyCorrection), corrections)


def rise(session: Session, whose: Person, now: datetime) -> None:
    """A rise in the last full month: 12 of 60 corrected, after 6 of 300 in the months before."""
    recent, before = now - timedelta(days=30), now - timedelta(days=90)
    read(session, whose, before, many=294)
    read(session, whose, before, "confirm", "decline", many=6)
    read(session, whose, recent, many=48)
    read(session, whose, recent, "confirm", "decline", many=12)
