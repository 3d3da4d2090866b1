"""Merging two records of which one gets no texts: what stops texts on either stops them on the kept
one.
"""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from engage.access.policy import Actor
from engage.agencies.model import Hub, Role, Staff
from engage.people import pause, restrictions
from engage.people.model import Person
from engage.records.merging import service as merging
from engage.records.model import PersonMerge
from tests import builders


@pytest.fixture
def pat(session: Session) -> Staff:
    """An offender manager."""
    return builders.staff(session, builders.hub(session))


@pytest.fixture
def chidi(session: Session, pat: Staff) -> Actor:
    """The coordinator of the same hub."""
    hub = session.get_one(Hub, pat.memberships[0].hub_id)
    return builders.actor(builders.staff(session, hub, Role.COORDINATOR, name="Chidi Okafor"))


@pytest.fixture
def kept(session: Session, pat: Staff) -> Person:
    """The record that is kept."""
    return builders.person(session, pat, crn="X900001")


@pytest.fixture
def gone(session: Session, pat: Staff) -> Person:
    """The other record of the same person, with another number."""
    return builders.person(session, pat, crn="X900002", number="+447700900202")


def merge(session: Session, actor: Actor, kept: Person, gone: Person, now: datetime) -> PersonMerge:
    """Merge with a reason."""
    return merging.merge(
        session, actor, kept.id, gone.crn, reason="Same name and birthday", now=now
    )


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
