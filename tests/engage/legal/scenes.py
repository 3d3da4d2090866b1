"""Orders, requirements and times in prison that tests of legal matters begin with."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from engage.access.policy import SYSTEM
from engage.legal import custody, orders, requirements
from engage.legal.model import (
    CustodyKind,
    CustodySpell,
    Order,
    OrderKind,
    Requirement,
    RequirementKind,
)
from engage.people.model import Person
from tests.builders import NOW

TODAY = NOW.date()
"""Saturday 20 March 2027."""


def order(session: Session, whose: Person, **values: Any) -> Order:
    """A community order of a year that began ten weeks ago, unless told otherwise."""
    began = TODAY - timedelta(days=70)
    return orders.record_order(
        session,
        SYSTEM,
        whose.id,
        **{
            "kind": OrderKind.COMMUNITY_ORDER,
            "made_on": min(began, values.get("starts_on", began)),
            "starts_on": began,
            "ends_on": date(2028, 1, 8),
            "court": "Newcastle Crown Court",
            "now": NOW,
            **values,
        },
    )


def rar(session: Session, of: Order, days: int = 20) -> Requirement:
    """A RAR of so many days at the most, from the order's first day."""
    return requirements.add_requirement(
        session,
        SYSTEM,
        of.id,
        kind=RequirementKind.RAR,
        starts_on=of.starts_on,
        amount=days,
        now=NOW,
    )


def in_prison(session: Session, whose: Person, **values: Any) -> CustodySpell:
    """Thirty days into a sentence of 180, to leave in 60, unless told otherwise."""
    return custody.take_into(
        session,
        SYSTEM,
        whose.id,
        **{
            "kind": CustodyKind.CUSTODY,
            "since": TODAY - timedelta(days=30),
            "prison": "HMP Durham",
            "sentence_days": 180,
            "release_on": TODAY + timedelta(days=60),
            "now": NOW,
            **values,
        },
    )
