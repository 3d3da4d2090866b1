"""The plan and an agency's list take the same number of statements however long they are."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.model import Disclosure, SharingAgreement
from engage.access.policy import Actor
from engage.people.model import Person
from engage.plan.kinds import Pathway
from engage.queries.cohort import milestones
from engage.queries.plan import actions, plan
from tests import builders, case_builders
from tests.engage.plan.stage import stage
from tests.engage.queries.test_statements import counted

PAGES: dict[str, Callable[[Session, Actor, Person, datetime], object]] = {
    "plan": lambda session, actor, one, now: plan.load(session, actor, one.id, now=now),
    "milestones": lambda session, actor, one, _: milestones.of_person(session, actor, one),
    "agency": lambda session, actor, _, now: actions.agency_actions(session, actor, now=now),
    "listed": lambda session, actor, one, now: plan.list_actions(
        session, actor, one.id, now=now, after=None, limit=50
    ),
}


@pytest.mark.parametrize("page", PAGES)
def test_forty_actions_cost_as_many_statements_as_one(
    page: str, session: Session, now: datetime
) -> None:
    """Texts, agencies and names are read with the rows."""
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


@pytest.mark.parametrize(("fields", "seen"), [(["plan"], None), (["plan", "health"], "Detox")])
def test_an_agreement_opens_health_only_where_it_names_it(
    session: Session, now: datetime, fields: list[str], seen: str | None
) -> None:
    """The disclosure is logged, health separately."""
    at = stage(session)
    agreement = SharingAgreement(
        hub_id=at.hub.id,
        agency_id=at.housing.id,
        purpose="One plan",
        lawful_basis="Crime and Disorder Act 1998, section 115",
        fields=fields,
        starts_on=now.date(),
        ends_on=now.date() + timedelta(days=1),
        recorded_by="system",
        recorded_at=now,
    )
    session.add(agreement)
    case_builders.action(session, at.katrina, what="Detox", pathway=Pathway.DRUGS_AND_ALCOHOL)
    (one,) = plan.load(session, at.worker, at.katrina.id, now=now).live
    assert (one.what, one.hidden) == (seen, seen is None)
    session.flush()
    logged = session.scalars(select(Disclosure.fields).order_by(Disclosure.id)).all()
    assert logged == [[field] for field in fields]
