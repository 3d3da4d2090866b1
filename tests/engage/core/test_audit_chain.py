"""The chain over a person's events: it grows behind the log, and every way of tampering shows."""

import threading
import time
import uuid
from datetime import datetime, timedelta

import psycopg
import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.engine import make_url

from engage.core import audit_chain, events
from engage.core.db import Database
from engage.core.model import Event, EventSeal
from tests import builders

Told = tuple[uuid.UUID, list[int]]


@pytest.fixture
def told(committed: Database, now: datetime) -> Told:
    """Somebody with five events, each of a transaction of its own, all sealed."""
    with committed.begin() as session:
        whose = builders.person(session, builders.staff(session, builders.hub(session))).id
    for number in range(5):
        with committed.begin() as session:
            events.record(
                session, "thing.done", now=now, actor="system", person_id=whose, number=number
            )
    seal_everything(committed, 5)
    with committed.begin() as session:
        found = session.scalars(
            select(Event.id).where(Event.person_id == whose).order_by(Event.id)
        ).all()
    return whose, list(found)


def seal_everything(database: Database, events_looked_at: int, limit: int = 2) -> None:
    """Seal as the worker does, tick by tick. A transaction that is open in any database of the
    server keeps the next event waiting.
    """
    patience = time.monotonic() + 20
    while events_looked_at > 0 and time.monotonic() < patience:
        with database.begin() as session:
            events_looked_at -= audit_chain.seal(session, now=builders.NOW, limit=limit)
    assert events_looked_at == 0


def seal_one(database: Database, whose: uuid.UUID, links: int) -> None:
    """Seal one person until the chain is as long as it must become."""
    patience, found = time.monotonic() + 20, -1
    while found < links and time.monotonic() < patience:
        with database.begin() as session:
            audit_chain.seal_person(session, whose, now=builders.NOW)
            found = session.scalar(select(func.count()).where(EventSeal.person_id == whose)) or 0
    assert found == links


def broken(
    database: Database, whose: uuid.UUID, **more: list[str]
) -> audit_chain.BrokenSeal | None:
    """Where the chain breaks."""
    with database.begin() as session:
        return audit_chain.verify(session, whose, **more)


def test_each_event_is_a_link_upon_the_one_before(committed: Database, told: Told) -> None:
    """The links can be worked out again by anybody from the digests alone."""
    whose, ids = told
    with committed.begin() as session:
        chain = session.scalars(
            select(EventSeal).where(EventSeal.person_id == whose).order_by(EventSeal.place)
        ).all()
        before = audit_chain.START
        for one in chain:
            before = audit_chain.link_of(before, one.digest)
            assert one.link == before
        assert [one.event_id for one in chain] == ids and [one.place for one in chain] == [
            1,
            2,
            3,
            4,
            5,
        ]
        assert audit_chain.head(session, whose) == before
        assert audit_chain.head(session, uuid.uuid4()) == audit_chain.START
    assert broken(committed, whose, heads=[before, chain[1].link]) is None


TAMPERED = [
    ("UPDATE event SET data = '{\"number\": 9}' WHERE id = :third", 3, "is not what it was"),
    ("UPDATE event SET at = at + interval '1 second' WHERE id = :third", 3, "is not what it was"),
    ("UPDATE event SET actor = 'person' WHERE id = :first", 1, "is not what it was"),
    ("UPDATE event SET person_id = NULL, kind = 'x' WHERE id = :third", 3, "is not what it was"),
    ("DELETE FROM event_seal WHERE event_id = :third", 3, "is missing"),
    ("UPDATE event_seal SET digest = link WHERE event_id = :third", 3, "is not what it was"),
    ("UPDATE event_seal SET link = digest WHERE event_id = :third", 3, "does not follow"),
]


@pytest.mark.parametrize(("statement", "place", "why"), TAMPERED)
def test_tampering_shows_where_it_begins(
    committed: Database, told: Told, statement: str, place: int, why: str
) -> None:
    """Whatever is changed in the log or in the chain, the first place that does not hold is named."""
    whose, ids = told
    with committed.begin() as session:
        session.execute(text(statement), {"first": ids[0], "third": ids[2]})
    found = broken(committed, whose)
    assert found is not None and found.place == place and why in found.why


def test_an_event_of_another_person_shows(committed: Database, told: Told) -> None:
    """An event cannot be moved to somebody else's record."""
    whose, ids = told
    with committed.begin() as session:
        hub = builders.hub(session, "Gwent")
        other = builders.person(session, builders.staff(session, hub), number=None)
        session.execute(update(Event).where(Event.id == ids[1]).values(person_id=other.id))
    found = broken(committed, whose)
    assert found is not None and (found.place, found.why) == (
        2,
        "The event was given to another person.",
    )


def test_an_end_that_was_cut_off_shows_by_what_was_written_down(
    committed: Database, told: Told
) -> None:
    """The last events with their links leave a shorter chain that holds; a pack that shows its old
    end tells.
    """
    whose, ids = told
    with committed.begin() as session:
        end = audit_chain.head(session, whose)
        session.execute(text("DELETE FROM event_seal WHERE event_id = :last"), {"last": ids[-1]})
        session.execute(text("DELETE FROM event WHERE id = :last"), {"last": ids[-1]})
    assert broken(committed, whose) is None
    found = broken(committed, whose, heads=[end])
    assert found is not None and found.place == 5 and "its end was removed" in found.why


def test_an_event_slipped_in_among_sealed_ones_shows(committed: Database, told: Told) -> None:
    """What was put where the log was closed already has no link, and is found."""
    whose, ids = told
    with committed.begin() as session:
        session.execute(
            text(
                "INSERT INTO event (transaction, at, kind, person_id, actor, data)"
                " SELECT transaction, at, 'slipped.in', person_id, actor, '{}' FROM event WHERE id = :first"
            ),
            {"first": ids[0]},
        )
    found = broken(committed, whose)
    assert found is not None and "put among" in found.why


def test_what_is_not_committed_is_not_sealed_before_its_time(
    committed: Database, told: Told
) -> None:
    """An event whose transaction is open keeps later ones waiting, so that no place in the chain is
    ever given twice.
    """
    whose, _ = told
    at = builders.NOW
    with committed.begin() as open_one:
        events.record(open_one, "slow.one", now=at, actor="system", person_id=whose)
        open_one.flush()
        with committed.begin() as session:
            events.record(session, "quick.one", now=at, actor="system", person_id=whose)
        seal_one(committed, whose, 5)
    seal_one(committed, whose, 7)
    with committed.begin() as session:
        kinds = session.scalars(
            select(Event.kind)
            .join(EventSeal, EventSeal.event_id == Event.id)
            .where(EventSeal.person_id == whose, EventSeal.place > 5)
            .order_by(EventSeal.place)
        ).all()
    assert kinds == ["slow.one", "quick.one"] and broken(committed, whose) is None


def test_two_that_seal_at_once_make_one_chain(committed: Database, told: Told) -> None:
    """A pack made while the worker seals: no link is lost or doubled."""
    whose, _ = told
    at = builders.NOW + timedelta(hours=1)
    for number in range(20):
        with committed.begin() as session:
            events.record(
                session, "more.done", now=at, actor="system", person_id=whose, number=number
            )

    def make_packs() -> None:
        for _ in range(5):
            with committed.begin() as session:
                audit_chain.seal_person(session, whose, now=at)

    def tick() -> None:
        for _ in range(10):
            with committed.begin() as session:
                audit_chain.seal(session, now=at, limit=3)

    threads = [threading.Thread(target=work) for work in (make_packs, tick, make_packs, tick)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seal_one(committed, whose, 25)
    with committed.begin() as session:
        places = session.scalars(select(EventSeal.place).where(EventSeal.person_id == whose)).all()
    assert sorted(places) == list(range(1, 26)) and broken(committed, whose) is None


def test_events_of_nobody_are_passed_over(committed: Database, told: Told) -> None:
    """The feed holds events of hubs too; they are no link of anybody's chain."""
    with committed.begin() as session:
        events.record(session, "hub.changed", now=builders.NOW, actor="system")
    seal_everything(committed, 1)
    with committed.begin() as session:
        assert session.scalar(select(func.count()).select_from(EventSeal)) == 5
    assert broken(committed, told[0]) is None


def test_another_database_of_the_server_holds_nothing_up(
    committed: Database, told: Told, server_url: str
) -> None:
    """A transaction that is open elsewhere on the server never writes here, and nothing waits for
    it.
    """
    elsewhere = make_url(server_url).set(drivername="postgresql", database="postgres")
    with psycopg.connect(elsewhere.render_as_string(hide_password=False)) as connection:
        connection.execute("SELECT pg_current_xact_id()")
        with committed.begin() as session:
            events.record(
                session, "later.done", now=builders.NOW, actor="system", person_id=told[0]
            )
        seal_one(committed, told[0], 6)
