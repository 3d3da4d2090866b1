"""Texts that Engage failed at again and again: shown to the human whose they are, and dealt with by
the administrator.

A text that is set aside has no reading, and what has no reading stands in no thread. So each gets
one that understands nothing and asks for a human: it then waits on Today like any other reply, with
its words, for those who may read them. The administrator, who may not, sees that there is one and
why it failed. What is done here must be so simple that it cannot fail at a text that everything
else failed at.
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

AT_ONCE = 100
DONE = "Engage failed at this text and has done nothing; for a human to read"
GONE = "This text is not set aside any more."


def show(session: Session, *, now: datetime) -> int:
    """Give every text that was set aside without one a reading that asks for a human; returns how
    many got one.
    """
    waiting = session.scalars(
        select(Inbound)
        .where(
            Inbound.status == InboundStatus.SET_ASIDE,
            ~exists().where(ReplyRecord.inbound_id == Inbound.id),
        )
        .order_by(Inbound.id)
        .limit(AT_ONCE)
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


def again(session: Session, id: int, *, actor: str, now: datetime) -> None:
    """Let Engage try once more, from the beginning. Raises Conflict when it is not set aside, or a
    human has dealt with it already.
    """
    _lock(session, id)
    session.execute(
        delete(ReplyRecord).where(
            ReplyRecord.inbound_id == id, ReplyRecord.done == DONE, ReplyRecord.read_at.is_(None)
        )
    )
    if session.scalar(select(ReplyRecord.id).where(ReplyRecord.inbound_id == id)) is not None:
        raise Conflict("A human has read this text already: dismiss it.", code="read_already")
    inbound.retry(session, id, now=now)
    events.record(session, "reply.tried_again", now=now, actor=actor, inbound=id)


def dismiss(session: Session, id: int, *, actor: str, now: datetime) -> None:
    """Engage tries it no more; whoever reads it still finds it. Raises Conflict when it is not set
    aside.
    """
    _lock(session, id)
    inbound.dismiss(session, id, now=now)
    events.record(session, "reply.dismissed", now=now, actor=actor, inbound=id)


def _lock(session: Session, id: int) -> None:
    """Hold the number and then the text, in the order in which texts are handled."""
    number = session.scalar(select(Inbound.from_number).where(Inbound.id == id))
    if number is not None:
        phone_owner.lock_number(session, number)
    text = session.get(Inbound, id, with_for_update=True, populate_existing=True)
    if text is None or text.status is not InboundStatus.SET_ASIDE:
        raise Conflict(GONE, code="not_set_aside")
