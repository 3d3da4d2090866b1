"""The worker who has the conversation with a person, for the person's page."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from engage.access.policy import Actor
from engage.conversation import takeover


@dataclass(frozen=True)
class TakeoverView:
    """A worker's takeover of a conversation. It ends at `until` unless the worker writes again.
    `mine`: the worker is the actor.
    """

    id: uuid.UUID
    name: str
    since: datetime
    until: datetime
    mine: bool


def of_person(
    session: Session, actor: Actor, person_id: uuid.UUID, *, now: datetime
) -> TakeoverView | None:
    """The takeover of a person's conversation; None while Engage handles it. The caller has opened
    the person.
    """
    found = takeover.current(session, person_id, now)
    if found is None:
        return None
    return TakeoverView(
        found.id, found.staff.name, found.since, found.until, found.staff_id == actor.id
    )
