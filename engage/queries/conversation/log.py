"""The whole conversation with one person, to be read out or handed over: what was asked, what came,
how it was read, what was done.

Only for whoever manages the person, and each time it is taken out is an event of its own. Words
that have had their time are shown as erased, and those of health are left out for whoever may not
see it.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from engage.access import health_redaction
from engage.access.policy import Ability, Actor, open_person
from engage.agencies.hub_settings import zone
from engage.agencies.model import Hub
from engage.core import events
from engage.people.model import Person
from engage.queries.conversation import thread
from engage.queries.conversation.thread import Entry


class Form(StrEnum):
    """How a conversation is taken out."""

    PAGE = "page"
    FILE = "file"


@dataclass(frozen=True)
class Log:
    """A conversation from its beginning, oldest first."""

    person: Person
    zone: ZoneInfo
    entries: tuple[Entry, ...]


def take_out(
    session: Session, actor: Actor, person_id: uuid.UUID, form: Form, *, now: datetime
) -> Log:
    """The conversation with a person; that it was disclosed, to whom and how, is recorded. Raises
    NotFound, or Forbidden for who only reads.
    """
    person = open_person(
        session, actor, person_id, now=now, what="conversation log", ability=Ability.MANAGE
    )
    health = health_redaction.sees_health(actor, person)
    pages = [thread.load(session, person.id, health=health)]
    while (older := pages[-1].older) is not None:
        pages.append(thread.load(session, person.id, before=older, health=health))
    entries = tuple(entry for page in reversed(pages) for entry in page.entries)
    events.record_for_person(
        session,
        "conversation.disclosed",
        person,
        now=now,
        actor=actor.label,
        form=form.value,
        entries=len(entries),
    )
    return Log(person, zone(session.get_one(Hub, person.hub_id)), entries)
