"""The whole conversation with a person, to print or to disclose: what was asked, what the person
wrote, how it was interpreted, and what was done.

Only for staff who manage the person. Each disclosure is recorded as an event. Words past their
retention period are shown as erased, and words about health need health access.
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
    """The form in which a conversation is disclosed."""

    PAGE = "page"
    FILE = "file"


@dataclass(frozen=True)
class Log:
    """A whole conversation, oldest entry first."""

    person: Person
    zone: ZoneInfo
    entries: tuple[Entry, ...]


def take_out(
    session: Session, actor: Actor, person_id: uuid.UUID, form: Form, *, now: datetime
) -> Log:
    """Disclose the conversation with a person, and record to whom and in which form. Raises
    NotFound, or Forbidden without the ability to manage the person.
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
