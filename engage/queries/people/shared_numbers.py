"""Other people with the same number. All are counted, but each is named only to actors who may see
them.
"""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access import scope
from engage.access.policy import Actor
from engage.people.model import ContactPoint, NumberState, Person

MOST = 200


@dataclass(frozen=True)
class Sharer:
    """Another person with the same number. Named only to actors who may see them."""

    id: uuid.UUID | None
    name: str | None


@dataclass(frozen=True)
class NumberSharing:
    """A person with a number, and how they are shown. The id only distinguishes people and never
    goes on a page.
    """

    person_id: uuid.UUID
    shown: Sharer


def of_numbers(
    session: Session, actor: Actor, numbers: Collection[str]
) -> Mapping[str, tuple[NumberSharing, ...]]:
    """All people who now have each of these numbers, by name. No statement if there are no
    numbers.
    """
    if not numbers:
        return {}
    rows = session.execute(
        select(ContactPoint.number, Person, scope.people(actor))
        .join(Person, Person.id == ContactPoint.person_id)
        .where(ContactPoint.number.in_(numbers), ContactPoint.state != NumberState.RETIRED)
        .order_by(Person.last_name, Person.first_name, Person.id)
        .limit(MOST)
    )
    found: dict[str, tuple[NumberSharing, ...]] = {}
    for number, person, visible in rows:
        shown = Sharer(person.id, person.name) if visible else Sharer(None, None)
        found[number or ""] = (*found.get(number or "", ()), NumberSharing(person.id, shown))
    return found
