"""Opening the two records of a merge, and what stands against merging them."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from engage.access.policy import Ability, Actor, open_person
from engage.core.errors import Invalid, NotFound
from engage.people.model import Person

_UNKNOWN_CRN = "There is no record with this CRN that you may see."
_OWN_CRN = "This is the CRN of the record itself. Enter that of the other record."


@dataclass(frozen=True)
class MergePair:
    """The record to keep and the record to merge into it. `obstacle` says in words what stands
    against it, None if nothing does.
    """

    kept: Person
    gone: Person
    obstacle: str | None


def open_pair(
    session: Session, actor: Actor, kept_id: uuid.UUID, crn: str, *, now: datetime
) -> MergePair:
    """Open both records to compare them. Raises NotFound or Forbidden, and Invalid if the CRN is
    that of no other record.
    """
    kept = open_for_merge(session, actor, kept_id, now=now)
    gone = _open_other(session, actor, kept, crn, now, lock=False)
    return MergePair(kept, gone, obstacle(session, kept, gone))


def open_for_merge(
    session: Session, actor: Actor, person_id: uuid.UUID, *, now: datetime
) -> Person:
    """A record that the actor may merge another into. Raises NotFound or Forbidden."""
    return open_person(
        session, actor, person_id, now=now, what="merge.page", ability=Ability.DECIDE, change=True
    )


def lock_pair(
    session: Session, actor: Actor, kept_id: uuid.UUID, crn: str, now: datetime
) -> tuple[Person, Person]:
    """Open both records and hold their rows. Raises as `open_pair` does."""
    kept = open_person(
        session, actor, kept_id, now=now, what="merge", ability=Ability.DECIDE, change=True
    )
    gone = _open_other(session, actor, kept, crn, now, lock=False)
    # Always in the same order, so that two merges of the same two people never deadlock.
    session.execute(
        select(Person.id)
        .where(Person.id.in_([kept.id, gone.id]))
        .order_by(Person.id)
        .with_for_update()
    )
    kept = open_person(
        session,
        actor,
        kept_id,
        now=now,
        what="merge",
        ability=Ability.DECIDE,
        change=True,
        lock=True,
    )
    return kept, _open_other(session, actor, kept, crn, now, lock=True)


def obstacle(session: Session, kept: Person, gone: Person) -> str | None:
    """What stands against merging the two, in words; None if nothing does."""
    if kept.merged_into_id is not None or gone.merged_into_id is not None:
        return "One of the two was merged into another record already."
    if kept.hub_id != gone.hub_id:
        return "The two records are of two hubs. Only records of one hub can be merged."
    enrolled = session.scalar(
        text(
            "SELECT count(*) FROM enrolment WHERE person_id IN (:kept, :gone) AND ended_on IS NULL"
        ),
        {"kept": kept.id, "gone": gone.id},
    )
    if enrolled == 2:
        return "Both are enrolled. End one of the two enrolments first, by decision of a meeting."
    return None


def _open_other(
    session: Session, actor: Actor, kept: Person, crn: str, now: datetime, *, lock: bool
) -> Person:
    crn = crn.strip().upper()
    if crn == kept.crn:
        raise Invalid(fields={"crn": _OWN_CRN})
    found = session.scalar(select(Person.id).where(Person.crn == crn))
    if found is None:
        raise Invalid(fields={"crn": _UNKNOWN_CRN})
    try:
        return open_person(
            session,
            actor,
            found,
            now=now,
            what="merge",
            ability=Ability.DECIDE,
            change=True,
            lock=lock,
        )
    except NotFound:
        raise Invalid(fields={"crn": _UNKNOWN_CRN}) from None
