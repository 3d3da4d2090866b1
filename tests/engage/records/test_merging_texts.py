"""Merging two records of which one gets no texts: what stops texts on either stops them on the kept
one.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from engage.access.policy import Actor
from engage.people import pause, restrictions
from engage.people.model import Person
from engage.records.merging import service as merging
from tests.engage.records.merge import merge


def test_a_pause_of_either_record_pauses_the_kept_one(
    session: Session, chidi: Actor, kept: Person, gone: Person, now: datetime
) -> None:
    """After danger unprompted texts wait, on whichever record it was reported, until the merge is
    undone.
    """
    pause.pause(session, gone, why="A text that reports danger", actor="system", now=now)
    made = merge(session, chidi, kept, gone, now)
    assert (kept.texts_paused_at, kept.texts_paused_why) == (now, "A text that reports danger")
    merging.undo(session, chidi, made.id, now=now)
    assert kept.texts_paused_at is None and gone.texts_paused_at == now


def test_texts_must_be_allowed_on_both_restricted_records(
    session: Session, chidi: Actor, kept: Person, gone: Person, now: datetime
) -> None:
    """One record allows texts and the other does not: the kept one allows none."""
    restrictions.restrict(session, chidi, kept.id, restricted=True, texts_allowed=True, now=now)
    restrictions.restrict(session, chidi, gone.id, restricted=True, texts_allowed=False, now=now)
    made = merge(session, chidi, kept, gone, now)
    assert kept.restricted and not kept.restricted_texts_allowed
    merging.undo(session, chidi, made.id, now=now)
    assert kept.restricted_texts_allowed
