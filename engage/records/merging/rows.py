"""Rows that move from one record to the other in a merge, and back when it is undone.

What cannot exist twice for one person (two current numbers, two assessments of one version) is
resolved before the rows move.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from engage.people.model import ContactPoint, NumberState, Person, RecordAccess
from engage.records.merging.tables import moves


def move_rows(
    session: Session, kept: Person, gone: Person
) -> tuple[dict[str, list[str]], dict[str, int]]:
    """Move the rows of every table. Returns the keys of those that moved and the number of those
    that stayed, by table.
    """
    moved: dict[str, list[str]] = {}
    stayed: dict[str, int] = {}
    both = {"kept": kept.id, "gone": gone.id}
    for move in moves():
        if keys := list(session.scalars(text(move.take), both)):
            moved[move.table] = keys
        if count := session.scalar(text(move.left), {"gone": gone.id}):
            stayed[move.table] = count
    return moved, stayed


def give_rows_back(
    session: Session, kept: Person, gone: Person, keys: Mapping[str, Sequence[str]]
) -> None:
    """Move those rows back that are still with the kept record."""
    for move in moves():
        if mine := keys.get(move.table):
            session.execute(text(move.give_back), {"kept": kept.id, "gone": gone.id, "keys": mine})


def retire_second_number(
    session: Session, kept: Person, gone: Person, now: datetime
) -> list[tuple[str, str]]:
    """Leave one current number: that of the kept record, if it has one. Returns the retired point
    with its state before.
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


def restore_numbers(session: Session, retired: Sequence[Sequence[str]]) -> None:
    """Make the numbers current that the merge retired."""
    for id, state in retired:
        point = session.get(ContactPoint, uuid.UUID(id))
        if point is not None and point.state is NumberState.RETIRED:
            point.state, point.retired_at = NumberState(state), None
    session.flush()


def renumber_assessments(session: Session, kept: Person, gone: Person) -> int:
    """Number the other's assessments after those of the kept record. Returns by how much their
    versions grew.
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


def restore_versions(session: Session, gone: Person, grown: int) -> None:
    """Give the other's assessments their versions back."""
    session.execute(
        text(
            "UPDATE assessment SET version = version - :by"
            " WHERE person_id = :gone AND version > :by"
        ),
        {"by": grown, "gone": gone.id},
    )


def keep_exclusions(session: Session, kept: Person, gone: Person) -> list[str]:
    """Exclude from the kept record everybody who is excluded from the other. Returns the rows that
    admitted them.
    """
    excluded = select(RecordAccess.staff_id).where(
        RecordAccess.person_id == gone.id, RecordAccess.excluded
    )
    changed = session.scalars(
        update(RecordAccess)
        .where(
            RecordAccess.person_id == kept.id,
            ~RecordAccess.excluded,
            RecordAccess.staff_id.in_(excluded),
        )
        .values(excluded=True)
        .returning(RecordAccess.id)
    )
    return [str(id) for id in changed]


def restore_admissions(session: Session, ids: Collection[Any]) -> None:
    """Admit the staff again who were excluded by the merge."""
    session.execute(update(RecordAccess).where(RecordAccess.id.in_(ids)).values(excluded=False))


def redirect_earlier_merges(session: Session, kept: Person, gone: Person) -> list[str]:
    """Point records that were merged into the other to the kept one, so that one step always leads
    to a record that exists. Returns their ids.
    """
    moved = session.scalars(
        update(Person)
        .where(Person.merged_into_id == gone.id)
        .values(merged_into_id=kept.id)
        .returning(Person.id)
    )
    return [str(id) for id in moved]


def restore_earlier_merges(session: Session, gone: Person, ids: Collection[Any]) -> None:
    """Point those records to the other again."""
    session.execute(update(Person).where(Person.id.in_(ids)).values(merged_into_id=gone.id))
