"""Requirements and what is done of them: RAR days, unpaid work, the intervals of a DRR."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import Actor
from engage.core.db import Database
from engage.core.errors import Conflict, Invalid
from engage.core.model import Event
from engage.legal import orders, requirements
from engage.legal.model import (
    Order,
    OrderEnding,
    Requirement,
    RequirementCredit,
    RequirementKind,
)
from engage.people.model import Person
from tests import builders
from tests.builders import NOW
from tests.engage.legal import scenes
from tests.engage.legal.scenes import TODAY

A_DAY = timedelta(days=1)


@pytest.fixture
def order(session: Session, katrina: Person) -> Order:
    """A running community order."""
    return scenes.order(session, katrina)


def _credit(
    session: Session, actor: Actor, of: Requirement, on: date, **values: Any
) -> RequirementCredit:
    given = {"done_on": on, "activity": "Thinking skills", "now": NOW, **values}
    return requirements.record_credit(session, actor, of.id, **given)


def test_rar_days_are_counted_up_to_the_maximum(session: Session, pat: Actor, order: Order) -> None:
    """Rule 14: routine supervision is recorded and does not count; nothing counts beyond the
    court's maximum.
    """
    rar = scenes.rar(session, order, days=2)
    _credit(session, pat, rar, TODAY, planned_activity=False, activity="")
    for ago in (1, 2, 3):
        _credit(session, pat, rar, TODAY - ago * A_DAY)
    found = orders.progress_of(rar)
    assert found is not None and (found.done, found.beyond, found.not_counted) == (2, 1, 1)


def test_a_withdrawn_day_does_not_count_and_may_be_recorded_again(
    session: Session, pat: Actor, order: Order
) -> None:
    """The row stays, with who withdrew it; withdrawing it again changes nothing."""
    rar = scenes.rar(session, order)
    first = _credit(session, pat, rar, TODAY)
    with pytest.raises(Conflict) as refused:
        _credit(session, pat, rar, TODAY)
    assert refused.value.code == "day_recorded"
    for _ in range(2):
        requirements.withdraw_credit(session, pat, first.id, now=NOW)
    assert first.withdrawn_by == pat.label
    _credit(session, pat, rar, TODAY)
    found = orders.progress_of(rar)
    assert found is not None and found.done == 1
    kinds = session.scalars(
        select(Event.kind).where(Event.kind.like("requirement.%")).order_by(Event.id)
    )
    assert list(kinds) == [
        "requirement.added",
        "requirement.credited",
        "requirement.credit_withdrawn",
        "requirement.credited",
    ]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"done_on": TODAY + A_DAY}, "done_on"),
        ({"done_on": TODAY - 71 * A_DAY}, "done_on"),
        ({"done_on": date(1900, 1, 1)}, "done_on"),
        ({"amount": 2}, "amount"),
        ({"amount": 0}, "amount"),
        ({"activity": ""}, "activity"),
        ({"activity": "a" * 121}, "activity"),
    ],
)
def test_days_that_cannot_count_are_refused(
    session: Session, pat: Actor, order: Order, values: dict[str, Any], field: str
) -> None:
    """In the future, before the order, two for one day, or without naming the activity."""
    rar = scenes.rar(session, order)
    with pytest.raises(Invalid) as refused:
        _credit(session, pat, rar, values.get("done_on", TODAY), **values)
    assert list(refused.value.fields) == [field] and rar.credits == []


def test_unpaid_work_is_kept_by_the_minute(session: Session, pat: Actor, order: Order) -> None:
    """80 hours asked for, two days done; more than 24 hours a day is refused."""
    work = requirements.add_requirement(
        session,
        pat,
        order.id,
        kind=RequirementKind.UNPAID_WORK,
        starts_on=TODAY - A_DAY,
        amount=4800,
        now=NOW,
    )
    _credit(session, pat, work, TODAY - A_DAY, amount=420, activity="")
    _credit(session, pat, work, TODAY, amount=390, activity="")
    found = orders.progress_of(work)
    assert found is not None and (found.done, found.left) == (810, 3990)
    with pytest.raises(Invalid):
        _credit(session, pat, work, TODAY, amount=1441)


def test_what_is_not_measured_takes_no_days(session: Session, pat: Actor, order: Order) -> None:
    """A curfew is not counted by the day."""
    curfew = requirements.add_requirement(
        session, pat, order.id, kind=RequirementKind.CURFEW, starts_on=order.starts_on, now=NOW
    )
    with pytest.raises(Conflict) as refused:
        _credit(session, pat, curfew, TODAY)
    assert refused.value.code == "not_measured" and orders.progress_of(curfew) is None


def test_the_court_changes_the_intervals_of_a_drr(
    session: Session, pat: Actor, order: Order
) -> None:
    """Rule 13: at a review the tests become rarer; reviews closer than a month are refused and
    nothing changes.
    """
    drr = requirements.add_requirement(
        session,
        pat,
        order.id,
        kind=RequirementKind.DRR,
        starts_on=order.starts_on,
        tests_every_days=3,
        reviews_every_days=28,
        now=NOW,
    )
    given: dict[str, Any] = {
        "amount": None,
        "tests_every_days": 7,
        "reviews_every_days": 56,
        "note": "By the court",
    }
    requirements.change_requirement(session, pat, drr.id, **given, now=NOW)
    assert (drr.tests_every_days, drr.reviews_every_days, drr.note) == (7, 56, "By the court")
    with pytest.raises(Invalid):
        requirements.change_requirement(
            session, pat, drr.id, **{**given, "reviews_every_days": 14}, now=NOW
        )
    requirements.change_requirement(session, pat, drr.id, **given, now=NOW)
    changed = session.scalars(
        select(Event).where(Event.kind == "requirement.changed").order_by(Event.id)
    ).all()
    assert len(changed) == 1 and "By the court" not in str(changed[0].data)


def test_one_of_a_kind_at_a_time(session: Session, pat: Actor, order: Order) -> None:
    """A second RAR is refused while the first runs; there may be several requirements in words."""
    rar = scenes.rar(session, order)
    with pytest.raises(Conflict) as refused:
        scenes.rar(session, order)
    assert refused.value.code == "requirement_recorded"
    requirements.end_requirement(session, pat, rar.id, on=TODAY, now=NOW)
    with pytest.raises(Conflict):
        requirements.end_requirement(session, pat, rar.id, on=TODAY, now=NOW)
    scenes.rar(session, order)
    for note in ("Not to enter the market", "Alcohol tag"):
        requirements.add_requirement(
            session, pat, order.id, kind=RequirementKind.OTHER, starts_on=TODAY, note=note, now=NOW
        )
    assert len(order.requirements) == 4


def test_nothing_is_added_outside_the_order(session: Session, pat: Actor, order: Order) -> None:
    """Neither before its first day nor after its end; nor may the order end before its requirements
    start.
    """
    kind = RequirementKind.CURFEW
    with pytest.raises(Invalid) as refused:
        requirements.add_requirement(
            session, pat, order.id, kind=kind, starts_on=order.starts_on - A_DAY, now=NOW
        )
    assert list(refused.value.fields) == ["starts_on"]
    requirements.add_requirement(
        session, pat, order.id, kind=kind, starts_on=order.ends_on, now=NOW
    )
    with pytest.raises(Invalid) as refused:
        orders.change_order(
            session, pat, order.id, made_on=order.made_on, starts_on=order.starts_on,
            ends_on=order.ends_on - A_DAY, court="", reference="", now=NOW,
        )  # fmt: skip
    assert list(refused.value.fields) == ["ends_on"]
    orders.end_order(session, pat, order.id, on=TODAY, ending=OrderEnding.REVOKED, now=NOW)
    with pytest.raises(Conflict):
        requirements.add_requirement(session, pat, order.id, kind=kind, starts_on=TODAY, now=NOW)


def test_two_workers_record_the_same_day_at_once(committed: Database) -> None:
    """One is recorded, the other refused."""
    with committed.begin() as session:
        om = builders.staff(session, builders.hub(session))
        rar = scenes.rar(session, scenes.order(session, builders.person(session, om)))
    gate, told = threading.Barrier(2), []

    def work() -> None:
        gate.wait()
        try:
            with committed.begin() as session:
                _credit(session, builders.actor(om), rar, TODAY)
        except Conflict as problem:
            told.append(problem.code)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with committed.begin() as session:
        assert told == ["day_recorded"] and session.query(RequirementCredit).count() == 1
