"""A merge with a reason, for tests."""

from datetime import datetime

from sqlalchemy.orm import Session

from engage.access.policy import Actor
from engage.people.model import Person
from engage.records.merging import service as merging
from engage.records.model import PersonMerge


def merge(session: Session, actor: Actor, kept: Person, gone: Person, now: datetime) -> PersonMerge:
    """Merge with a reason."""
    return merging.merge(
        session, actor, kept.id, gone.crn, reason="Same name and birthday", now=now
    )
