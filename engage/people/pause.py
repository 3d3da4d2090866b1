"""The pause of unprompted texts after a text that reports danger, until a worker who has spoken
with the person resumes them.

During a pause rule 1 gives the reason `paused`: reminders are skipped and queued texts withdrawn.
Answers and texts by a worker still go, because silence towards a person who asks for help would be
worse than any text. A pause never ends by itself: only a worker can know that it is over.
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
    """Pause unprompted texts and withdraw those in the queue. True if they were not paused before.

    `why` (1 to 200 characters) is for staff and names only the kind of thing that happened. An
    earlier pause keeps its time and reason.
    """
    fresh = person.texts_paused_at is None
    if fresh:
        person.texts_paused_at, person.texts_paused_why = now, why[:200]
    # From here the person's row is held, so no reminder is decided before the withdrawal.
    session.flush()
    outbox.withdraw(
        session, now=now, reason=PAUSED.words, recipient=str(person.id), lane_from=Lane.REMINDER
    )
    if fresh:
        events.record_for_person(session, "texts.paused", person, now=now, actor=actor)
    return fresh


def resume(session: Session, actor: Actor, person_id: uuid.UUID, *, now: datetime) -> Person:
    """End the pause; reminders that still help are planned again. Does nothing without a pause.

    The actor must manage the person: their offender manager, or a coordinator or supervisor who
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
    events.record_for_person(session, "texts.resumed", person, now=now, actor=actor.label)
    contactability.note_contactability_changed(session, person, now)
    return person
