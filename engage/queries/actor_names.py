"""The names of actors: labels in events and `*_by` columns, turned into names for staff pages."""

import uuid
from collections.abc import Collection, Mapping

from sqlalchemy import literal, select, union_all
from sqlalchemy.orm import Session

from engage.access.policy import Actor
from engage.agencies.model import ApiKey, Staff
from engage.people.model import Person

_FIXED = {"system": "Engage", "person": "the person themselves"}


def names_by_label(session: Session, labels: Collection[str | None]) -> Mapping[str | None, str]:
    """A name for each label (`staff:<id>`, `key:<id>`, `system`, `person`), in at most one
    statement.
    """
    found: dict[str | None, str] = {label: _FIXED.get(label or "", "unknown") for label in labels}
    ids = {label: parsed for label in labels if label and (parsed := _id(label)) is not None}
    if not ids:
        return found
    wanted = list(ids.values())
    rows = session.execute(
        union_all(
            select(literal("staff"), Staff.id, Staff.name).where(Staff.id.in_(wanted)),
            select(literal("key"), ApiKey.id, ApiKey.name).where(ApiKey.id.in_(wanted)),
        )
    )
    for kind, id, name in rows:
        found[f"{kind}:{id}"] = name
    return found


def other_manager(actor: Actor, person: Person, name: str) -> str | None:
    """The name of a person's offender manager, for lists with several. None if it is the reader."""
    return None if person.offender_manager_id == actor.id else name


def _id(label: str) -> uuid.UUID | None:
    _, _, rest = label.partition(":")
    try:
        return uuid.UUID(rest)
    except ValueError:
        return None
