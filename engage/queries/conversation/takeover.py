"""Who has the conversation with a person, for their page."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from engage.access.policy import Actor
from engage.conversation import takeover


@dataclass(frozen=True)
class TakeoverView:
    """A worker has the conversation: who, since when, until when unless they write again; `mine`
    when it is whoever looks.
    """

    id: uuid.UUID
    name: str
    since: datetime
    until: datetime
    mine: bool


def of_person(
    session: Session, actor: Actor, person_id: uuid.UUID, *, now: datetime
) -> TakeoverView | None:
    """Who has the conversation with a person whom the caller has opened; None when Engage reads and
    answers.
    """
    found = takeover.current(session, person_id, now)
    if found is None:
        return None
    return TakeoverView(
        found.id, found.staff.name, found.since, found.until, found.staff_id == actor.id
    )
