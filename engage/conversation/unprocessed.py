"""Texts that were set aside because Engage failed to handle them several times: workers can read
them, and the administrator can retry or dismiss them.

Without a reply record a text is in no thread. So each gets a record without a meaning that needs a
worker: it then waits on Today like any other reply. The administrator, who may not read it, sees
that there is one and why it failed. This module must stay so simple that it cannot fail at a text
that everything else failed at.
"""

from datetime import datetime

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from engage.conversation import phone_owner
from engage.conversation.model import ReplyRecord
from engage.core import events
from engage.core.db import new_id
from engage.core.errors import Conflict
from engage.people import phones
from engage.understanding.vocabulary import Intent, Prompt
from messaging import inbound
from messaging.tables import Inbound, InboundStatus

BATCH = 100
# Stored with the record and compared later: do not change it.
DONE = "Engage failed at this text and has done nothing; for a human to read"
NOT_SET_ASIDE = "This text is no longer set aside."


def add_missing_records(session: Session, *, now: datetime) -> int:
    """Add a record that needs a worker for each text that was set aside without one. Returns how
    many.
    """
    waiting = session.scalars(
        select(Inbound)
        .where(
            Inbound.status == InboundStatus.SET_ASIDE,
            ~exists().where(ReplyRecord.inbound_id == Inbound.id),
        )
        .order_by(Inbound.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    for text in waiting:
        owners = phones.people_on(session, text.from_number)
        person = owners[0][0] if len(owners) == 1 else None
        session.add(
            ReplyRecord(
                id=new_id(),
                inbound_id=text.id,
                number=text.from_number[:16],
                person_id=person.id if person else None,
                prompt=Prompt.NONE,
                intent=Intent.OTHER,
                confidence=0.0,
                act=False,
                done=DONE,
                at=text.received_at,
                needs_human=True,
            )
        )
        events.record(
            session,
            "reply.set_aside",
            now=now,
            actor="system",
            person_id=person.id if person else None,
            hub_id=person.hub_id if person else None,
            inbound=text.id,
        )
    session.flush()
    return len(waiting)


def retry(session: Session, id: int, *, actor: str, now: datetime) -> None:
    """Let Engage handle a text again. Raises Conflict if it is not set aside, or if a worker has
    read it already.
    """
    _lock(session, id)
    session.execute(
        delete(ReplyRecord).where(
            ReplyRecord.inbound_id == id, ReplyRecord.done == DONE, ReplyRecord.read_at.is_(None)
        )
    )
    if session.scalar(select(ReplyRecord.id).where(ReplyRecord.inbound_id == id)) is not None:
        raise Conflict("A worker has read this text already: dismiss it.", code="read_already")
    inbound.retry(session, id, now=now)
    events.record(session, "reply.tried_again", now=now, actor=actor, inbound=id)


def dismiss(session: Session, id: int, *, actor: str, now: datetime) -> None:
    """Stop trying to handle a text. Workers can still read it. Raises Conflict if it is not set
    aside.
    """
    _lock(session, id)
    inbound.dismiss(session, id, now=now)
    events.record(session, "reply.dismissed", now=now, actor=actor, inbound=id)


def _lock(session: Session, id: int) -> None:
    """Lock the number and then the text, in the order in which texts are handled."""
    number = session.scalar(select(Inbound.from_number).where(Inbound.id == id))
    if number is not None:
        phone_owner.lock_number(session, number)
    text = session.get(Inbound, id, with_for_update=True, populate_existing=True)
    if text is None or text.status is not InboundStatus.SET_ASIDE:
        raise Conflict(NOT_SET_ASIDE, code="not_set_aside")
