"""The plan and an agency's list cost the same number of statements however much is on them."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from engage.insight import actions, milestones, plan
from engage.people.access import Actor
from engage.people.model import Person
from tests import builders, case_builders
from tests.engage.insight.test_statements import counted

PAGES: dict[str, Callable[[Session, Actor, Person, datetime], object]] = {
    "plan": lambda session, actor, one, now: plan.load(session, actor, one.id, now=now),
    "milestones": lambda session, actor, one, _: milestones.of_person(session, actor, one),
    "agency": lambda session, actor, _, now: actions.of_agency(session, actor, now=now),
    "listed": lambda session, actor, one, now: plan.listed(
        session, actor, one.id, now=now, after=None, limit=50
    ),
}


@pytest.mark.parametrize("page", PAGES)
def test_forty_actions_cost_as_many_statements_as_one(page: str, session: Session, now: datetime) -> None:
    """Texts, agencies and names come with the rows."""
    costs = {}
    for size in (1, 40):
        hub = builders.hub(session, f"Hub of {size}")
        om = builders.staff(session, hub)
        person = builders.person(session, om)
        case_builders.plan(session, person)
        for _ in range(size):
            case_builders.action(session, person)
        actor = builders.actor(om)
        session.expunge_all()
        with counted(session) as statements:
            PAGES[page](session, actor, session.get_one(Person, person.id), now)
        costs[size] = len(statements)
    assert costs[1] == costs[40] <= 14
