"""Two records found to be one person's: one is kept, everything of the other moves to it, and all
of that can be undone.

Nothing is erased and nothing overwritten. What cannot exist twice (two check-ins of one day, two
open custody spells) stays with the other record, hidden, and is counted in the merge. If the two
differ in what protects the person (restricted, staff excluded by name, in custody, contact stopped,
texts paused after danger, legal hold), the stricter value counts. The event log and the access log
stay under the record that they were written for: a sealed chain is never rewritten.
"""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from engage import signals
from engage.access.policy import Ability, Actor, open_person
from engage.core import events
from engage.core.errors import Conflict, NotFound
from engage.core.text_fields import clean_text
from engage.people.contactability import note_contactability_changed, withdraw_all
from engage.people.model import ContactPoint, NumberState, Person
from engage.records.merging import rows
from engage.records.merging.both_records import lock_pair, obstacle
from engage.records.merging.person_fields import merge_fields, restore_fields
from engage.records.model import PersonMerge
from engage.signals import SignalKind

LONGEST_REASON = 500
WITHDRAWN = "The record was merged into another one"


def merge(
    session: Session, actor: Actor, kept_id: uuid.UUID, crn: str, *, reason: str, now: datetime
) -> PersonMerge:
    """Move everything of the record with this CRN to the one that is kept; from now on nobody sees
    the other.

    Raises NotFound or Forbidden if the actor may not decide about both, Invalid for the CRN or the
    reason, and Conflict if both are enrolled or they are of two hubs.
    """
    reason = clean_text(
        "reason", reason, LONGEST_REASON, missing="Say why they are the same person.", one_line=True
    )
    kept, gone = lock_pair(session, actor, kept_id, crn, now)
    if stands_against := obstacle(session, kept, gone):
        raise Conflict(stands_against)
    withdraw_all(session, gone, WITHDRAWN, now)
    made = PersonMerge(
        kept_id=kept.id,
        gone_id=gone.id,
        reason=reason,
        moved=_move_all(session, kept, gone, now),
        merged_by=actor.label,
        merged_at=now,
    )
    gone.merged_into_id = kept.id
    session.add(made)
    session.flush()
    session.expire_all()
    _resolve_sharing(session, actor, kept, now)
    _record(session, "person.merged", actor, made, kept, now)
    note_contactability_changed(session, kept, now)
    return made


def undo(session: Session, actor: Actor, merge_id: uuid.UUID, *, now: datetime) -> PersonMerge:
    """Separate the two records again: what was moved goes back if it is still with the kept record,
    and what was added since stays there. Withdrawn texts stay withdrawn.

    Raises NotFound or Forbidden, and Conflict if it was undone already or another record was merged
    into the kept one afterwards.
    """
    made = session.get(PersonMerge, merge_id)
    if made is None:
        raise NotFound("There is no such merge, or you may not see it.")
    kept = open_person(
        session,
        actor,
        made.kept_id,
        now=now,
        what="undo a merge",
        ability=Ability.DECIDE,
        change=True,
        lock=True,
    )
    session.refresh(made, with_for_update=True)
    if made.undone_at is not None:
        raise Conflict("This merge was undone already.")
    if _later_merge(session, made):
        raise Conflict("Another record was merged into this one afterwards. Undo that first.")
    gone = session.get_one(Person, made.gone_id, with_for_update=True)
    _give_all_back(session, kept, gone, made.moved)
    gone.merged_into_id = None
    made.undone_at, made.undone_by = now, actor.label
    session.flush()
    _record(session, "person.merge_undone", actor, made, kept, now)
    note_contactability_changed(session, kept, now)
    note_contactability_changed(session, gone, now)
    return made


def merges_of(session: Session, person: Person) -> list[tuple[PersonMerge, Person]]:
    """The merges into this record, each with the other record, latest first. The caller has opened
    the person.
    """
    found = session.execute(
        select(PersonMerge, Person)
        .join(Person, Person.id == PersonMerge.gone_id)
        .where(PersonMerge.kept_id == person.id)
        .order_by(PersonMerge.merged_at.desc(), PersonMerge.id.desc())
    )
    return [(made, gone) for made, gone in found]


def _move_all(session: Session, kept: Person, gone: Person, now: datetime) -> dict[str, Any]:
    """Move everything, and return what was done, for `_give_all_back`."""
    done: dict[str, Any] = {"people": merge_fields(session, kept, gone, now)}
    done["numbers"] = rows.retire_second_number(session, kept, gone, now)
    done["versions"] = rows.renumber_assessments(session, kept, gone)
    done["excluded"] = rows.keep_exclusions(session, kept, gone)
    session.flush()
    done["rows"], done["left"] = rows.move_rows(session, kept, gone)
    done["before"] = rows.redirect_earlier_merges(session, kept, gone)
    return done


def _give_all_back(session: Session, kept: Person, gone: Person, done: dict[str, Any]) -> None:
    rows.give_rows_back(session, kept, gone, done["rows"])
    session.expire_all()
    rows.restore_numbers(session, done["numbers"])
    rows.restore_versions(session, gone, done["versions"])
    rows.restore_admissions(session, done["excluded"])
    rows.restore_earlier_merges(session, gone, done["before"])
    session.expire_all()
    for person, name in ((kept, "kept"), (gone, "gone")):
        restore_fields(person, done["people"][name])


def _resolve_sharing(session: Session, actor: Actor, kept: Person, now: datetime) -> None:
    """Resolve the signal that two people share a number, unless a third person has it: the two are
    one. The number must be verified again before it is texted.
    """
    mine, other = aliased(ContactPoint), aliased(ContactPoint)
    elsewhere = (
        select(other.id)
        .join(mine, mine.number == other.number)
        .where(mine.person_id == kept.id, mine.state != NumberState.RETIRED)
        .where(other.person_id != kept.id, other.state != NumberState.RETIRED)
    )
    if session.scalar(elsewhere.limit(1)) is None:
        signals.resolve_cause(
            session,
            SignalKind.NUMBER_SHARED,
            person_id=kept.id,
            how="The two records were one person’s.",
            actor=actor.label,
            now=now,
        )


def _later_merge(session: Session, made: PersonMerge) -> bool:
    later = select(PersonMerge.id).where(
        PersonMerge.kept_id == made.kept_id,
        PersonMerge.undone_at.is_(None),
        PersonMerge.id != made.id,
        (PersonMerge.merged_at > made.merged_at)
        | ((PersonMerge.merged_at == made.merged_at) & (PersonMerge.id > made.id)),
    )
    return session.scalar(later.limit(1)) is not None


def _record(
    session: Session, kind: str, actor: Actor, made: PersonMerge, kept: Person, now: datetime
) -> None:
    events.record_for_person(
        session, kind, kept, now=now, actor=actor.label, merge=made.id, gone=made.gone_id
    )
