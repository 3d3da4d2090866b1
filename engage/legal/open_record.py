"""How every change in this package starts: the person opened and locked, and the days checked.

An actor who may not see the person is told that there is nothing. Nothing here decides anything.
"""

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from engage.access.policy import Ability, Actor, open_person
from engage.core.errors import Invalid, NotFound
from engage.legal.model import Order, Requirement
from engage.people.model import Person

EARLIEST = date(1950, 1, 1)
LATEST = date(2150, 1, 1)
Row = TypeVar("Row")


def to_change(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    *,
    now: datetime,
    what: str,
    ability: Ability = Ability.MANAGE,
) -> Person:
    """The person, to be changed. Locks the row until the transaction ends. Raises NotFound or
    Forbidden.
    """
    return open_person(
        session, actor, person_id, now=now, what=what, ability=ability, change=True, lock=True
    )


def order_to_change(
    session: Session, actor: Actor, order_id: uuid.UUID, *, now: datetime, what: str
) -> tuple[Person, Order]:
    """An order with its person, locked. Raises NotFound or Forbidden."""
    order = found(session.get(Order, order_id), "order")
    person = to_change(session, actor, order.person_id, now=now, what=what)
    session.refresh(order)
    return person, order


def requirement_to_change(
    session: Session, actor: Actor, requirement_id: uuid.UUID, *, now: datetime, what: str
) -> tuple[Person, Requirement]:
    """A requirement with its person, locked. Raises NotFound or Forbidden."""
    requirement = found(session.get(Requirement, requirement_id), "requirement")
    person, _ = order_to_change(session, actor, requirement.order_id, now=now, what=what)
    session.refresh(requirement)
    return person, requirement


def found(row: Row | None, called: str) -> Row:
    """The row. Raises NotFound if it is None."""
    if row is None:
        raise NotFound(f"There is no such {called}, or you may not see it.")
    return row


def day_problems(
    days: Mapping[str, date | None], today: date, *, past: tuple[str, ...]
) -> dict[str, str]:
    """What is wrong with days, by field: out of range or, for those in `past`, in the future. None
    is not checked.
    """
    problems = {}
    for name, day in days.items():
        if day is None:
            continue
        if not EARLIEST <= day < LATEST:
            problems[name] = f"Enter a date between {EARLIEST.year} and {LATEST.year}"
        elif name in past and day > today:
            problems[name] = "The date must be today or in the past"
    return problems


def refuse(problems: Mapping[str, str]) -> None:
    """Raise Invalid with the problems, if any."""
    if problems:
        raise Invalid(fields=problems)
