"""Two records found to be one person's: one is kept, everything of the other is moved to it, and
all of that can be undone.

Nothing is erased and nothing overwritten. What cannot stand twice (two check-ins of one day, two
open spells in prison) stays with the record that is gone, hidden and counted in the account of the
merge. Where the two differ in what protects somebody (restricted, excluded by name, in custody,
contact stopped, texts held back after a danger, held for a case), the stricter counts. The log of
events and the log of who looked stay under the record that they were written for: a chain that was
sealed is never rewritten.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session, aliased

from engage import signals
from engage.access.policy import Ability, Actor, open_person
from engage.core import events
from engage.core.errors import Conflict, Invalid, NotFound
from engage.people.contactability import note_contactability_changed, withdraw_all
from engage.people.model import (
    ContactPoint,
    ContactStatus,
    CustodyStatus,
    LegalStatus,
    NumberState,
    Person,
    RecordAccess,
)
from engage.records.merging_tables import MOVES
from engage.records.model import PersonMerge
from engage.signals import SignalKind

LONGEST_REASON = 500
WITHDRAWN = "The record was merged into another one"
_FILLED = ("preferred_name", "date_of_birth", "nomis_id")
_KINDS = {
    "custody_status": CustodyStatus,
    "contact_status": ContactStatus,
    "legal_status": LegalStatus,
}


@dataclass(frozen=True)
class Pair:
    """The record to keep and the one to go, and what stands against merging them, in words; None
    where nothing does.
    """

    kept: Person
    gone: Person
    obstacle: str | None


def pair(session: Session, actor: Actor, kept_id: uuid.UUID, crn: str, *, now: datetime) -> Pair:
    """Both records, to be looked at before anything is done. Raises NotFound or Forbidden, and
    Invalid for a CRN that leads nowhere.
    """
    kept = openable(session, actor, kept_id, now=now)
    gone = _open_other(session, actor, kept, crn, now, lock=False)
    return Pair(kept, gone, _obstacle(session, kept, gone))


def openable(session: Session, actor: Actor, person_id: uuid.UUID, *, now: datetime) -> Person:
    """A record that the actor may merge another into. Raises NotFound or Forbidden."""
    return open_person(
        session, actor, person_id, now=now, what="merge.page", ability=Ability.DECIDE, change=True
    )


def merge(
    session: Session, actor: Actor, kept_id: uuid.UUID, crn: str, *, reason: str, now: datetime
) -> PersonMerge:
    """Move everything of the record with this CRN to the one that is kept; nobody sees the other
    from now on.

    Raises NotFound or Forbidden for who may not decide about both, Invalid for the CRN or the
    reason, and Conflict where both are enrolled or they are of two hubs.
    """
    reason = " ".join(reason.split())
    if not 1 <= len(reason) <= LONGEST_REASON:
        raise Invalid(
            fields={
                "reason": f"Say why they are the same person, in at most {LONGEST_REASON} characters."
            }
        )
    kept, gone = _lock_both(session, actor, kept_id, crn, now)
    if obstacle := _obstacle(session, kept, gone):
        raise Conflict(obstacle)
    withdraw_all(session, gone, WITHDRAWN, now)
    account: dict[str, Any] = {"people": _settle(session, kept, gone, now)}
    account["numbers"] = _retire_second_number(session, kept, gone, now)
    account["versions"] = _renumber(session, kept, gone)
    account["excluded"] = _keep_exclusions(session, kept, gone)
    session.flush()
    account["rows"], account["left"] = _move(session, kept, gone)
    account["before"] = _flatten(session, kept, gone)
    gone.merged_into_id = kept.id
    made = PersonMerge(
        kept_id=kept.id,
        gone_id=gone.id,
        reason=reason,
        moved=account,
        merged_by=actor.label,
        merged_at=now,
    )
    session.add(made)
    session.flush()
    session.expire_all()
    _settle_shared_number(session, actor, kept, now)
    _record(session, "person.merged", actor, made, kept, now)
    note_contactability_changed(session, kept, now)
    return made


def undo(session: Session, actor: Actor, merge_id: uuid.UUID, *, now: datetime) -> PersonMerge:
    """Part the two records again: what was moved goes back as far as it is still there; what came
    since stays with the record that was kept.

    Texts that were withdrawn stay so. Raises NotFound or Forbidden, and Conflict where it was
    undone already or a later merge stands upon it.
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
    if _later(session, made):
        raise Conflict("Another record was merged into this one afterwards. Undo that first.")
    gone = session.get_one(Person, made.gone_id, with_for_update=True)
    account = made.moved
    for move in MOVES:
        if keys := account["rows"].get(move.table):
            session.execute(text(move.give_back), {"kept": kept.id, "gone": gone.id, "keys": keys})
    session.expire_all()
    _restore_numbers(session, account["numbers"])
    session.execute(
        text(
            "UPDATE assessment SET version = version - :by WHERE person_id = :gone AND version > :by"
        ),
        {"by": account["versions"], "gone": gone.id},
    )
    session.execute(
        update(RecordAccess).where(RecordAccess.id.in_(account["excluded"])).values(excluded=False)
    )
    session.execute(
        update(Person).where(Person.id.in_(account["before"])).values(merged_into_id=gone.id)
    )
    session.expire_all()
    for person, name in ((kept, "kept"), (gone, "gone")):
        _put_back(person, account["people"][name])
    gone.merged_into_id = None
    made.undone_at, made.undone_by = now, actor.label
    session.flush()
    _record(session, "person.merge_undone", actor, made, kept, now)
    note_contactability_changed(session, kept, now)
    note_contactability_changed(session, gone, now)
    return made


def merges_of(session: Session, person: Person) -> list[tuple[PersonMerge, Person]]:
    """The merges into this record with the record that went, the latest first; the caller has
    opened the person.
    """
    rows = session.execute(
        select(PersonMerge, Person)
        .join(Person, Person.id == PersonMerge.gone_id)
        .where(PersonMerge.kept_id == person.id)
        .order_by(PersonMerge.merged_at.desc(), PersonMerge.id.desc())
    )
    return [(made, gone) for made, gone in rows]


def _lock_both(
    session: Session, actor: Actor, kept_id: uuid.UUID, crn: str, now: datetime
) -> tuple[Person, Person]:
    kept = open_person(
        session, actor, kept_id, now=now, what="merge", ability=Ability.DECIDE, change=True
    )
    gone = _open_other(session, actor, kept, crn, now, lock=False)
    # Always in the same order, so that two merges of the same two people never wait for each other.
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


def _open_other(
    session: Session, actor: Actor, kept: Person, crn: str, now: datetime, *, lock: bool
) -> Person:
    crn = crn.strip().upper()
    if crn == kept.crn:
        raise Invalid(
            fields={"crn": "This is the CRN of the record itself. Enter that of the other record."}
        )
    found = session.scalar(select(Person.id).where(Person.crn == crn))
    if found is None:
        raise Invalid(fields={"crn": "There is no record with this CRN that you may see."})
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
        raise Invalid(
            fields={"crn": "There is no record with this CRN that you may see."}
        ) from None


def _obstacle(session: Session, kept: Person, gone: Person) -> str | None:
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


def _settle(
    session: Session, kept: Person, gone: Person, now: datetime
) -> dict[str, dict[str, list[Any]]]:
    """Let the kept record know what the other knew better, and close the other; returns what each
    field was and became.
    """
    wanted: dict[str, Any] = {
        name: getattr(gone, name)
        for name in _FILLED
        if getattr(kept, name) is None and getattr(gone, name)
    }
    for name in ("restricted", "legal_hold"):
        if getattr(gone, name) and not getattr(kept, name):
            wanted[name] = True
    if gone.texts_paused_at is not None and kept.texts_paused_at is None:
        wanted |= {
            "texts_paused_at": gone.texts_paused_at,
            "texts_paused_why": gone.texts_paused_why,
        }
    if gone.restricted and not gone.restricted_texts_allowed:
        wanted["restricted_texts_allowed"] = False
    if (
        kept.custody_status is CustodyStatus.COMMUNITY
        and gone.custody_status is not CustodyStatus.COMMUNITY
    ):
        wanted["custody_status"] = gone.custody_status
    if gone.contact_status is ContactStatus.DEAD or (
        gone.contact_status is ContactStatus.SUSPENDED and kept.contact_status is ContactStatus.OPEN
    ):
        wanted["contact_status"] = gone.contact_status
    if LegalStatus.STATUTORY in (kept.legal_status, gone.legal_status):
        wanted["legal_status"] = LegalStatus.STATUTORY
    elif kept.legal_status is LegalStatus.UNKNOWN:
        wanted["legal_status"] = gone.legal_status
    found = {
        "kept": _set(kept, wanted),
        "gone": _set(gone, {"contact_status": ContactStatus.CLOSED}),
    }
    session.flush()
    stricter = {
        "restricted",
        "restricted_texts_allowed",
        "texts_paused_at",
        "custody_status",
        "contact_status",
    }
    if stricter & found["kept"].keys():
        withdraw_all(session, kept, "What the other record says of them counts", now)
    return found


def _set(person: Person, wanted: Mapping[str, Any]) -> dict[str, list[Any]]:
    changed = {name: value for name, value in wanted.items() if getattr(person, name) != value}
    account = {
        name: [_plain(getattr(person, name)), _plain(value)] for name, value in changed.items()
    }
    for name, value in changed.items():
        setattr(person, name, value)
    return account


def _put_back(person: Person, account: Mapping[str, list[Any]]) -> None:
    """Each field that the merge changed is what it was before, unless somebody has changed it
    since.
    """
    for name, (before, after) in account.items():
        if _plain(getattr(person, name)) == after:
            setattr(person, name, _typed(name, before))


def _plain(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value


def _typed(name: str, value: Any) -> Any:
    if name in _KINDS:
        return _KINDS[name](value)
    return date.fromisoformat(value) if name == "date_of_birth" and value is not None else value


def _retire_second_number(
    session: Session, kept: Person, gone: Person, now: datetime
) -> list[tuple[str, str]]:
    """One record has one current number: that of the record kept, if it has one. Returns the number
    retired with its state before.
    """
    current = {
        point.person_id: point
        for point in session.scalars(
            select(ContactPoint).where(
                ContactPoint.person_id.in_([kept.id, gone.id]),
                ContactPoint.state != NumberState.RETIRED,
            )
        )
    }
    if len(current) < 2:
        return []
    second = current[gone.id]
    before = second.state
    second.state, second.retired_at = NumberState.RETIRED, now
    return [(str(second.id), before.value)]


def _settle_shared_number(session: Session, actor: Actor, kept: Person, now: datetime) -> None:
    """The number was on two people, and they are one: unless a third has it, that is settled. It is
    verified anew before it is texted.
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


def _restore_numbers(session: Session, account: list[list[str]]) -> None:
    for id, state in account:
        point = session.get(ContactPoint, uuid.UUID(id))
        if point is not None and point.state is NumberState.RETIRED:
            point.state, point.retired_at = NumberState(state), None
    session.flush()


def _renumber(session: Session, kept: Person, gone: Person) -> int:
    """The other's assessments follow those of the record kept: returns by how much their versions
    grew.
    """
    grown = session.scalar(
        text("SELECT coalesce(max(version), 0) FROM assessment WHERE person_id = :kept"),
        {"kept": kept.id},
    )
    session.execute(
        text("UPDATE assessment SET version = version + :by WHERE person_id = :gone"),
        {"by": grown, "gone": gone.id},
    )
    return grown or 0


def _keep_exclusions(session: Session, kept: Person, gone: Person) -> list[str]:
    """Whoever is barred from either record is barred from the one; returns the rows that said
    otherwise.
    """
    barred = select(RecordAccess.staff_id).where(
        RecordAccess.person_id == gone.id, RecordAccess.excluded
    )
    changed = session.scalars(
        update(RecordAccess)
        .where(
            RecordAccess.person_id == kept.id,
            ~RecordAccess.excluded,
            RecordAccess.staff_id.in_(barred),
        )
        .values(excluded=True)
        .returning(RecordAccess.id)
    )
    return [str(id) for id in changed]


def _move(
    session: Session, kept: Person, gone: Person
) -> tuple[dict[str, list[str]], dict[str, int]]:
    rows: dict[str, list[str]] = {}
    left: dict[str, int] = {}
    who = {"kept": kept.id, "gone": gone.id}
    for move in MOVES:
        if moved := list(session.scalars(text(move.take), who)):
            rows[move.table] = moved
        if stayed := session.scalar(text(move.left), {"gone": gone.id}):
            left[move.table] = stayed
    return rows, left


def _flatten(session: Session, kept: Person, gone: Person) -> list[str]:
    """Records that were merged into the other before are the kept one's now, so that one step
    always leads to the record that stands.
    """
    moved = session.scalars(
        update(Person)
        .where(Person.merged_into_id == gone.id)
        .values(merged_into_id=kept.id)
        .returning(Person.id)
    )
    return [str(id) for id in moved]


def _later(session: Session, made: PersonMerge) -> bool:
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
    events.record(
        session,
        kind,
        now=now,
        actor=actor.label,
        person_id=kept.id,
        hub_id=kept.hub_id,
        merge=made.id,
        gone=made.gone_id,
    )
