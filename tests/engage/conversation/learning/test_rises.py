"""Rises are found by the worker and recorded once for each hub and month."""

import threading
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.agencies.model import Hub, Staff
from engage.conversation.learning import rises
from engage.conversation.learning.model import CorrectionRise
from engage.core.db import Database
from engage.core.model import Event
from engage.people.model import Person
from tests import builders
from tests.engage.conversation.learning.read_texts import read, rise
from tests.engage.queries.test_statements import counted


def recorded(session: Session) -> list[tuple[str, date]]:
    """The rises on record, by the name of the hub."""
    rows = session.execute(
        select(Hub.name, CorrectionRise.month)
        .join(CorrectionRise, CorrectionRise.hub_id == Hub.id)
        .order_by(Hub.name, CorrectionRise.month)
    )
    return [(name, month) for name, month in rows]


def test_a_rise_is_recorded_once_with_an_event(
    session: Session, om: Staff, katrina: Person, now: datetime
) -> None:
    """Of its own hub. The event names what rose and nobody."""
    there = builders.staff(session, builders.hub(session, "Teesside"))
    read(session, builders.person(session, there, number=None), now - timedelta(days=30), many=60)
    rise(session, katrina, now)
    assert rises.record_new(session, now=now) == 1
    assert recorded(session) == [("Tyneside", date(2027, 2, 1))]
    (event,) = session.scalars(select(Event).where(Event.kind == "corrections.rose"))
    assert (event.hub_id, event.person_id, event.actor) == (katrina.hub_id, None, "system")
    assert event.data == {"month": "2027-02", "about": ["all", "rule", "confirm"]}
    assert rises.record_new(session, now=now + timedelta(hours=6)) == 0
    assert len(session.scalars(select(Event).where(Event.kind == "corrections.rose")).all()) == 1


def test_nothing_is_recorded_without_a_rise(
    session: Session, katrina: Person, now: datetime
) -> None:
    """Not without texts, and not without corrections."""
    assert rises.record_new(session, now=now) == 0
    read(session, katrina, now - timedelta(days=90), many=300)
    read(session, katrina, now - timedelta(days=30), many=100)
    assert rises.record_new(session, now=now) == 0
    assert recorded(session) == []


def test_late_corrections_are_found_until_the_month_is_over(
    session: Session, katrina: Person, now: datetime
) -> None:
    """At midnight in London the next month is the latest full one."""
    rise(session, katrina, now)
    assert rises.record_new(session, now=datetime(2027, 3, 31, 23, 0, tzinfo=UTC)) == 0
    assert rises.record_new(session, now=datetime(2027, 3, 31, 22, 59, tzinfo=UTC)) == 1


def test_a_closed_hub_is_left_alone(session: Session, katrina: Person, now: datetime) -> None:
    """Nobody works there."""
    rise(session, katrina, now)
    session.get_one(Hub, katrina.hub_id).closed_at = now
    session.flush()
    assert rises.record_new(session, now=now) == 0


def test_restricted_records_do_not_count(session: Session, katrina: Person, now: datetime) -> None:
    """As on the page."""
    rise(session, katrina, now)
    katrina.restricted = True
    session.flush()
    assert rises.record_new(session, now=now) == 0


def test_the_event_names_no_meaning_about_health(
    session: Session, katrina: Person, now: datetime
) -> None:
    """Everybody who reads the feed of the hub may read it."""
    read(session, katrina, now - timedelta(days=90), "lapse", many=150)
    read(session, katrina, now - timedelta(days=90), "progress_health", many=150)
    read(session, katrina, now - timedelta(days=30), "lapse", "other", many=20)
    read(session, katrina, now - timedelta(days=30), "progress_health", many=40)
    assert rises.record_new(session, now=now) == 1
    (event,) = session.scalars(select(Event).where(Event.kind == "corrections.rose"))
    assert event.data["about"] == ["all", "rule", "health"]


def test_each_hub_takes_one_statement(session: Session, katrina: Person, now: datetime) -> None:
    """Two more find the hubs to look at."""
    read(session, katrina, now - timedelta(days=30), many=200)
    with counted(session) as statements:
        rises.record_new(session, now=now)
    assert len(statements) == 3


def test_two_workers_at_once_record_a_rise_once(committed: Database, now: datetime) -> None:
    """The second one finds it recorded."""
    with committed.begin() as session:
        rise(session, builders.person(session, builders.staff(session, builders.hub(session))), now)
    found: list[int] = []
    together = threading.Barrier(2)

    def work() -> None:
        with committed.begin() as session:
            together.wait()
            found.append(rises.record_new(session, now=now))

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(found) == [0, 1]
    with committed.begin() as session:
        assert len(session.scalars(select(CorrectionRise)).all()) == 1
        kinds = session.scalars(select(Event.kind).where(Event.kind == "corrections.rose"))
        assert len(kinds.all()) == 1
