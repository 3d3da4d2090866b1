"""Orders: recorded, changed, ended by people or by the calendar, with the right legal status."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import SYSTEM, Actor
from engage.agencies.model import Role, Staff
from engage.core.db import Database
from engage.core.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
)
from engage.core.model import Event
from engage.legal import orders, requirements
from engage.legal.model import Order, OrderEnding, OrderKind
from engage.people.model import LegalStatus, Person
from tests import builders
from tests.builders import NOW
from tests.engage.legal import scenes
from tests.engage.legal.scenes import TODAY

A_DAY = timedelta(days=1)


def _status(person: Person) -> str:
    return person.legal_status.value


def test_an_order_makes_statutory_and_its_end_voluntary(
    session: Session, pat: Actor, katrina: Person
) -> None:
    """From unknown to statutory while it runs, non-statutory after; each with an event of codes and
    days only.
    """
    assert _status(katrina) == "unknown"
    order = scenes.order(session, katrina)
    assert _status(katrina) == "statutory"
    assert orders.in_force(session, katrina.id, TODAY) == [order]
    orders.end_order(session, pat, order.id, on=TODAY, ending=OrderEnding.COMPLETED, now=NOW)
    assert _status(katrina) == "non_statutory"
    assert orders.in_force(session, katrina.id, TODAY) == [order], (
        "the day on which it ended still counts"
    )
    assert orders.in_force(session, katrina.id, TODAY + A_DAY) == []
    kinds = session.scalars(
        select(Event.kind).where(Event.person_id == katrina.id).order_by(Event.id)
    )
    assert list(kinds) == ["order.recorded", "person.changed", "order.ended", "person.changed"]
    ended = session.scalars(select(Event).where(Event.kind == "order.ended")).one()
    assert ended.data == {
        "order": str(order.id),
        "order_kind": "community_order",
        "ended_on": "2027-03-20",
        "ending": "completed",
    }


def test_a_past_order_does_not_change_the_status(session: Session, katrina: Person) -> None:
    """Rule 2: a statutory person stays so when their history is entered, oldest first."""
    katrina.legal_status = LegalStatus.STATUTORY
    session.flush()
    scenes.order(
        session,
        katrina,
        made_on=date(2020, 2, 29),
        starts_on=date(2020, 2, 29),
        ends_on=date(2021, 2, 28),
    )
    assert _status(katrina) == "statutory"


def test_the_last_of_two_orders_decides(session: Session, pat: Actor, katrina: Person) -> None:
    """While another runs the person stays statutory."""
    first, second = (
        scenes.order(session, katrina),
        scenes.order(session, katrina, reference="T20270001"),
    )
    orders.end_order(session, pat, first.id, on=TODAY, ending=OrderEnding.REVOKED, now=NOW)
    assert katrina.legal_status.value == LegalStatus.STATUTORY.value
    orders.end_order(session, pat, second.id, on=TODAY, ending=OrderEnding.REVOKED, now=NOW)
    assert katrina.legal_status.value == LegalStatus.NON_STATUTORY.value


def test_an_end_is_taken_back(session: Session, pat: Actor, katrina: Person) -> None:
    """The order runs again, with what ended with it; what had ended before stays ended."""
    order = scenes.order(session, katrina)
    requirement = scenes.rar(session, order)
    orders.end_order(session, pat, order.id, on=TODAY, ending=OrderEnding.REVOKED, now=NOW)
    assert requirement.ended_on == TODAY
    orders.take_back_end(session, pat, order.id, now=NOW)
    assert {order.ended_on, order.ending, requirement.ended_on} == {None}
    assert katrina.legal_status.value == LegalStatus.STATUTORY.value
    with pytest.raises(Conflict):
        orders.take_back_end(session, pat, order.id, now=NOW)


def test_a_recall_leaves_the_person_under_the_sentence(
    session: Session, pat: Actor, katrina: Person
) -> None:
    """Only a licence can be recalled; the sentence runs on."""
    community, licence = (
        scenes.order(session, katrina),
        scenes.order(session, katrina, kind=OrderKind.LICENCE),
    )
    with pytest.raises(Invalid) as refused:
        orders.end_order(session, pat, community.id, on=TODAY, ending=OrderEnding.RECALLED, now=NOW)
    assert refused.value.fields == {"ending": "Only a licence can be recalled"}
    orders.end_order(
        session, pat, community.id, on=TODAY - A_DAY, ending=OrderEnding.REVOKED, now=NOW
    )
    orders.end_order(session, pat, licence.id, on=TODAY, ending=OrderEnding.RECALLED, now=NOW)
    assert katrina.legal_status.value == LegalStatus.STATUTORY.value


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ends_on": date(2027, 1, 8)}, "ends_on"),
        ({"starts_on": date(2026, 12, 1), "made_on": date(2026, 12, 2)}, "starts_on"),
        ({"made_on": TODAY + A_DAY, "starts_on": TODAY + A_DAY}, "made_on"),
        ({"ends_on": date(2150, 1, 1)}, "ends_on"),
        ({"made_on": date(1949, 12, 31)}, "made_on"),
        ({"court": "c" * 81}, "court"),
        ({"reference": "a\0b"}, "reference"),
    ],
)
def test_impossible_days_are_refused(
    session: Session, katrina: Person, changes: dict[str, Any], field: str
) -> None:
    """Named by the field, and nothing is recorded."""
    with pytest.raises(Invalid) as refused:
        scenes.order(session, katrina, **changes)
    assert list(refused.value.fields) == [field]
    assert (
        orders.of_person(session, katrina.id) == []
        and katrina.legal_status.value == LegalStatus.UNKNOWN.value
    )


def test_the_same_order_twice_is_a_conflict(session: Session, pat: Actor, katrina: Person) -> None:
    """And an order that has ended is neither changed nor ended again."""
    order = scenes.order(session, katrina)
    with pytest.raises(Conflict) as refused:
        scenes.order(session, katrina)
    assert refused.value.code == "order_recorded"
    orders.end_order(session, pat, order.id, on=TODAY, ending=OrderEnding.EXPIRED, now=NOW)
    with pytest.raises(Conflict):
        orders.end_order(session, pat, order.id, on=TODAY, ending=OrderEnding.EXPIRED, now=NOW)
    with pytest.raises(Conflict):
        _change(session, pat, order, court="Durham")


def _change(session: Session, actor: Actor, order: Order, **values: Any) -> Order:
    names = ("made_on", "starts_on", "ends_on", "court", "reference")
    present = {name: getattr(order, name) for name in names}
    return orders.change_order(session, actor, order.id, **{**present, **values}, now=NOW)


def test_a_change_moves_the_days_and_the_status(
    session: Session, pat: Actor, katrina: Person
) -> None:
    """An end moved into the past ends the status at once; repeating it records no event."""
    order = scenes.order(session, katrina)
    _change(session, pat, order, ends_on=TODAY - A_DAY)
    assert katrina.legal_status.value == LegalStatus.NON_STATUTORY.value
    _change(session, pat, order, ends_on=date(2028, 2, 29))
    assert katrina.legal_status.value == LegalStatus.STATUTORY.value
    _change(session, pat, order, ends_on=date(2028, 2, 29))
    changed = session.scalars(
        select(Event).where(Event.kind == "order.changed").order_by(Event.id)
    ).all()
    assert [event.data["fields"] for event in changed] == [["ends_on"], ["ends_on"]]


@pytest.mark.parametrize(
    ("on", "ending", "field"),
    [
        (TODAY + A_DAY, OrderEnding.REVOKED, "on"),
        (date(2026, 1, 1), OrderEnding.REVOKED, "on"),
        (TODAY, OrderEnding.DIED, "ending"),
    ],
)
def test_an_impossible_end_is_refused(
    session: Session, pat: Actor, katrina: Person, on: date, ending: OrderEnding, field: str
) -> None:
    """A future day, a day before the order, and a death, which is recorded for
    everything at once.
    """
    order = scenes.order(session, katrina)
    with pytest.raises(Invalid) as refused:
        orders.end_order(session, pat, order.id, on=on, ending=ending, now=NOW)
    assert list(refused.value.fields) == [field] and order.ended_on is None


def test_who_may_not(session: Session, om: Staff, katrina: Person) -> None:
    """Another offender manager does not find the person; an auditor and a support worker who may
    see them cannot change anything.
    """
    order, hub = scenes.order(session, katrina), om.memberships[0].hub_id
    other = Staff(agency_id=om.agency_id, email="o@probation.example", name="O", first_name="O")
    session.add(other)
    for role, refusal in ((Role.OFFENDER_MANAGER, NotFound), (Role.AUDITOR, Forbidden)):
        actor = Actor(SYSTEM.kind.STAFF, id=other.id, roles=frozenset({(hub, role)}))
        with pytest.raises(refusal):
            orders.end_order(
                session, actor, order.id, on=TODAY, ending=OrderEnding.REVOKED, now=NOW
            )


def test_the_sweep_ends_only_expired_orders(session: Session, om: Staff, pat: Actor) -> None:
    """On the day after the last, by the hub's clock: expired, or completed if all that was asked
    was done. Repeating it does nothing.
    """
    names = ("Ann", "Bob", "Cat")
    ann, bob, cat = (builders.person(session, om, number=None, first_name=name) for name in names)
    last = TODAY - A_DAY
    expired = scenes.order(session, ann, ends_on=last)
    completed = scenes.order(session, bob, ends_on=last)
    requirement = scenes.rar(session, completed, days=1)
    requirements.record_credit(
        session, pat, requirement.id, done_on=last, activity="Thinking skills", now=NOW
    )
    running = scenes.order(session, cat, ends_on=TODAY)
    assert orders.end_due(session, now=NOW - A_DAY, limit=10) == 0
    assert [orders.end_due(session, now=NOW, limit=1) for _ in range(3)] == [1, 1, 0]
    assert (expired.ended_on, expired.ending) == (last, OrderEnding.EXPIRED)
    assert (completed.ended_on, completed.ending, requirement.ended_on) == (
        last,
        OrderEnding.COMPLETED,
        last,
    )
    assert running.ended_on is None
    status = [one.legal_status for one in (ann, bob, cat)]
    assert status == [LegalStatus.NON_STATUTORY, LegalStatus.NON_STATUTORY, LegalStatus.STATUTORY]


def test_the_last_day_ends_at_midnight_of_the_hub(session: Session, katrina: Person) -> None:
    """On the eve of summer time 23:30 UTC is still the last day; in summer it is the day after."""
    scenes.order(session, katrina, ends_on=date(2027, 3, 27))
    assert orders.end_due(session, now=NOW.replace(day=27, hour=23, minute=30), limit=10) == 0
    scenes.order(session, katrina, ends_on=date(2027, 3, 28), reference="second")
    assert orders.end_due(session, now=NOW.replace(day=28, hour=23, minute=30), limit=10) == 1


def test_a_future_order_makes_statutory_on_its_first_day(session: Session, katrina: Person) -> None:
    """Until then the status stays."""
    scenes.order(session, katrina, made_on=TODAY, starts_on=TODAY + A_DAY)
    assert (
        katrina.legal_status.value == LegalStatus.UNKNOWN.value
        and orders.start_due(session, now=NOW, limit=10) == 0
    )
    assert orders.start_due(session, now=NOW + A_DAY, limit=10) == 1
    assert katrina.legal_status.value == LegalStatus.STATUTORY.value
    assert orders.start_due(session, now=NOW + A_DAY, limit=10) == 0


def test_two_sweeps_and_a_worker_at_once(committed: Database) -> None:
    """However many sweeps run while a worker ends one of the orders, each order ends once, with one
    event.
    """
    with committed.begin() as session:
        om = builders.staff(session, builders.hub(session))
        people = [builders.person(session, om, number=None) for _ in range(6)]
        made = [scenes.order(session, person, ends_on=TODAY - A_DAY) for person in people]
    pat, gate, problems = builders.actor(om), threading.Barrier(4), []

    def sweep() -> None:
        gate.wait()
        with committed.begin() as session:
            orders.end_due(session, now=NOW, limit=3)

    def by_hand() -> None:
        gate.wait()
        try:
            with committed.begin() as session:
                orders.end_order(
                    session,
                    pat,
                    made[0].id,
                    on=TODAY - A_DAY,
                    ending=OrderEnding.COMPLETED,
                    now=NOW,
                )
        except Conflict as problem:
            problems.append(problem)

    threads = [threading.Thread(target=sweep) for _ in range(3)] + [
        threading.Thread(target=by_hand)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with committed.begin() as session:
        while orders.end_due(session, now=NOW, limit=3):
            pass
        ended = session.scalars(select(Event.person_id).where(Event.kind == "order.ended")).all()
        assert sorted(map(str, ended)) == sorted(str(person.id) for person in people)
        by = session.get_one(Order, made[0].id).ending
        assert by is (OrderEnding.EXPIRED if problems else OrderEnding.COMPLETED)
