"""Builders for tests of legal records: orders, requirements and periods in prison."""

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


def order(session: Session, person: Person, **values: Any) -> Order:
    """A one-year community order that started ten weeks ago, by default."""
    started = TODAY - timedelta(days=70)
    return orders.record_order(
        session,
        SYSTEM,
        person.id,
        **{
            "kind": OrderKind.COMMUNITY_ORDER,
            "made_on": min(started, values.get("starts_on", started)),
            "starts_on": started,
            "ends_on": date(2028, 1, 8),
            "court": "Newcastle Crown Court",
            "now": NOW,
            **values,
        },
    )


def rar(session: Session, of: Order, days: int = 20) -> Requirement:
    """A RAR of at most so many days, from the order's first day."""
    return requirements.add_requirement(
        session,
        SYSTEM,
        of.id,
        kind=RequirementKind.RAR,
        starts_on=of.starts_on,
        amount=days,
        now=NOW,
    )


def in_prison(session: Session, person: Person, **values: Any) -> CustodySpell:
    """Thirty days into a sentence of 180, to leave in 60, by default."""
    return custody.start(
        session,
        SYSTEM,
        person.id,
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
