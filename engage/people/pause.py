"""Texts that nobody asked for wait after a text that told of danger, until a worker who has spoken
with the person says that they may go on.

While they wait, rule 1 says no with the reason `paused`: reminders are skipped with it and what is
queued is called back. Answers to what the person texts still go, and so does what a worker writes:
silence towards somebody who asks for help would be worse than any text. Nothing here ends a pause
by itself; no length of time makes it right to be cheerful again.
"""

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from engage.access.policy import Ability, Actor, open_person
from engage.core import events
from engage.people import contactability
from engage.people.model import Person
from engage.people.rules import PAUSED
from messaging import outbox
from messaging.outbox import Lane


def pause(session: Session, person: Person, *, why: str, actor: str, now: datetime) -> bool:
    """Hold back texts that nobody asked for and call back those in the queue; True when they were
    not held back before.

    `why` (1 to 200 characters) is for staff and names no more than the kind of thing that happened.
    The first pause stands.
    """
    fresh = person.texts_paused_at is None
    if fresh:
        person.texts_paused_at, person.texts_paused_why = now, why[:200]
    session.flush()  # the person's row is held from here, so no reminder is decided between this and the calling back
    outbox.withdraw(
        session, now=now, reason=PAUSED.words, recipient=str(person.id), lane_from=Lane.REMINDER
    )
    if fresh:
        events.record(
            session, "texts.paused", now=now, actor=actor, person_id=person.id, hub_id=person.hub_id
        )
    return fresh


def resume(session: Session, actor: Actor, person_id: uuid.UUID, *, now: datetime) -> Person:
    """A worker says that texts may go on; reminders that still help are planned anew. Said twice it
    changes nothing.

    For whoever manages the person: their offender manager, or a coordinator or supervisor who
    covers. Raises NotFound or Forbidden.
    """
    person = open_person(
        session,
        actor,
        person_id,
        now=now,
        what="let texts go on",
        ability=Ability.MANAGE,
        change=True,
        lock=True,
    )
    if person.texts_paused_at is None:
        return person
    person.texts_paused_at = person.texts_paused_why = None
    person.updated_at = now
    session.flush()
    events.record(
        session,
        "texts.resumed",
        now=now,
        actor=actor.label,
        person_id=person.id,
        hub_id=person.hub_id,
    )
    contactability.note_contactability_changed(session, person, now)
    return person
