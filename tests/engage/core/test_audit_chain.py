"""The audit chain of a person's events: it follows the event log, and every tampering shows."""

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

Sealed = tuple[uuid.UUID, list[int]]


@pytest.fixture
def sealed(committed: Database, now: datetime) -> Sealed:
    """A person with five sealed events, each from its own transaction."""
    with committed.begin() as session:
        person_id = builders.person(session, builders.staff(session, builders.hub(session))).id
    for number in range(5):
        with committed.begin() as session:
            events.record(
                session, "thing.done", now=now, actor="system", person_id=person_id, number=number
            )
    seal_everything(committed, 5)
    with committed.begin() as session:
        found = session.scalars(
            select(Event.id).where(Event.person_id == person_id).order_by(Event.id)
        ).all()
    return person_id, list(found)


def seal_everything(database: Database, events_to_read: int, limit: int = 2) -> None:
    """Seal as the worker does, tick by tick. An open transaction in any database of the server may
    delay the next event.
    """
    deadline = time.monotonic() + 20
    while events_to_read > 0 and time.monotonic() < deadline:
        with database.begin() as session:
            events_to_read -= audit_chain.seal(session, now=builders.NOW, limit=limit)
    assert events_to_read == 0


def seal_one(database: Database, person_id: uuid.UUID, links: int) -> None:
    """Seal one person's events until the chain has this many links."""
    deadline, found = time.monotonic() + 20, -1
    while found < links and time.monotonic() < deadline:
        with database.begin() as session:
            audit_chain.seal_person(session, person_id, now=builders.NOW)
            found = (
                session.scalar(select(func.count()).where(EventSeal.person_id == person_id)) or 0
            )
    assert found == links


def broken(
    database: Database, person_id: uuid.UUID, **more: list[str]
) -> audit_chain.BrokenSeal | None:
    """The place where the chain breaks, if any."""
    with database.begin() as session:
        return audit_chain.verify(session, person_id, **more)


def test_each_link_follows_from_the_one_before(committed: Database, sealed: Sealed) -> None:
    """Anyone can compute the links again from the digests alone."""
    person_id, ids = sealed
    with committed.begin() as session:
        chain = session.scalars(
            select(EventSeal).where(EventSeal.person_id == person_id).order_by(EventSeal.place)
        ).all()
        before = audit_chain.START
        for one in chain:
            before = audit_chain.link_of(before, one.digest)
            assert one.link == before
        assert [one.event_id for one in chain] == ids
        assert [one.place for one in chain] == list(range(1, 6))
        assert audit_chain.head(session, person_id) == before
        assert audit_chain.head(session, uuid.uuid4()) == audit_chain.START
    assert broken(committed, person_id, heads=[before, chain[1].link]) is None


TAMPERED = [
    ("UPDATE event SET data = '{\"number\": 9}' WHERE id = :third", 3, "was changed"),
    ("UPDATE event SET at = at + interval '1 second' WHERE id = :third", 3, "was changed"),
    ("UPDATE event SET actor = 'person' WHERE id = :first", 1, "was changed"),
    ("UPDATE event SET person_id = NULL, kind = 'x' WHERE id = :third", 3, "was changed"),
    ("DELETE FROM event_seal WHERE event_id = :third", 3, "is missing"),
    ("UPDATE event_seal SET digest = link WHERE event_id = :third", 3, "was changed"),
    ("UPDATE event_seal SET link = digest WHERE event_id = :third", 3, "does not follow"),
]


@pytest.mark.parametrize(("statement", "place", "why"), TAMPERED)
def test_tampering_shows_where_it_begins(
    committed: Database, sealed: Sealed, statement: str, place: int, why: str
) -> None:
    """Any change to the log or the chain is found, with the first broken place."""
    person_id, ids = sealed
    with committed.begin() as session:
        session.execute(text(statement), {"first": ids[0], "third": ids[2]})
    found = broken(committed, person_id)
    assert found is not None and found.place == place and why in found.why


def test_an_event_of_another_person_shows(committed: Database, sealed: Sealed) -> None:
    """An event cannot be moved to the record of another person."""
    person_id, ids = sealed
    with committed.begin() as session:
        hub = builders.hub(session, "Gwent")
        other = builders.person(session, builders.staff(session, hub), number=None)
        session.execute(update(Event).where(Event.id == ids[1]).values(person_id=other.id))
    found = broken(committed, person_id)
    assert found is not None and (found.place, found.why) == (
        2,
        "The event was moved to another person.",
    )


def test_a_removed_end_shows_by_a_link_recorded_elsewhere(
    committed: Database, sealed: Sealed
) -> None:
    """Without its last events and links a chain is shorter but intact. The last link on an evidence
    pack shows what is missing.
    """
    person_id, ids = sealed
    with committed.begin() as session:
        end = audit_chain.head(session, person_id)
        session.execute(text("DELETE FROM event_seal WHERE event_id = :last"), {"last": ids[-1]})
        session.execute(text("DELETE FROM event WHERE id = :last"), {"last": ids[-1]})
    assert broken(committed, person_id) is None
    found = broken(committed, person_id, heads=[end])
    assert found is not None and found.place == 5 and "its end was removed" in found.why


def test_an_event_inserted_among_sealed_ones_shows(committed: Database, sealed: Sealed) -> None:
    """An event inserted where the log is already sealed has no link, and is found."""
    person_id, ids = sealed
    with committed.begin() as session:
        session.execute(
            text(
                "INSERT INTO event (transaction, at, kind, person_id, actor, data)"
                " SELECT transaction, at, 'event.inserted', person_id, actor, '{}'"
                " FROM event WHERE id = :first"
            ),
            {"first": ids[0]},
        )
    found = broken(committed, person_id)
    assert found is not None and "inserted among" in found.why


def test_an_open_transaction_delays_later_events(committed: Database, sealed: Sealed) -> None:
    """Events after one whose transaction is open are not sealed yet, so that no place in the chain
    is given twice.
    """
    person_id, _ = sealed
    at = builders.NOW
    with committed.begin() as open_one:
        events.record(open_one, "slow.one", now=at, actor="system", person_id=person_id)
        open_one.flush()
        with committed.begin() as session:
            events.record(session, "quick.one", now=at, actor="system", person_id=person_id)
        seal_one(committed, person_id, 5)
    seal_one(committed, person_id, 7)
    with committed.begin() as session:
        kinds = session.scalars(
            select(Event.kind)
            .join(EventSeal, EventSeal.event_id == Event.id)
            .where(EventSeal.person_id == person_id, EventSeal.place > 5)
            .order_by(EventSeal.place)
        ).all()
    assert kinds == ["slow.one", "quick.one"] and broken(committed, person_id) is None


def test_sealing_twice_at_once_makes_one_chain(committed: Database, sealed: Sealed) -> None:
    """An evidence pack made while the worker seals: no link is lost or doubled."""
    person_id, _ = sealed
    at = builders.NOW + timedelta(hours=1)
    for number in range(20):
        with committed.begin() as session:
            events.record(
                session, "more.done", now=at, actor="system", person_id=person_id, number=number
            )

    def make_packs() -> None:
        for _ in range(5):
            with committed.begin() as session:
                audit_chain.seal_person(session, person_id, now=at)

    def tick() -> None:
        for _ in range(10):
            with committed.begin() as session:
                audit_chain.seal(session, now=at, limit=3)

    threads = [threading.Thread(target=work) for work in (make_packs, tick, make_packs, tick)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seal_one(committed, person_id, 25)
    with committed.begin() as session:
        places = session.scalars(
            select(EventSeal.place).where(EventSeal.person_id == person_id)
        ).all()
    assert sorted(places) == list(range(1, 26)) and broken(committed, person_id) is None


def test_events_without_a_person_are_skipped(committed: Database, sealed: Sealed) -> None:
    """The feed also has events of hubs. They are in no chain."""
    with committed.begin() as session:
        events.record(session, "hub.changed", now=builders.NOW, actor="system")
    seal_everything(committed, 1)
    with committed.begin() as session:
        assert session.scalar(select(func.count()).select_from(EventSeal)) == 5
    assert broken(committed, sealed[0]) is None


def test_another_database_of_the_server_delays_nothing(
    committed: Database, sealed: Sealed, server_url: str
) -> None:
    """A transaction that is open in another database cannot write here, so nothing waits for it."""
    elsewhere = make_url(server_url).set(drivername="postgresql", database="postgres")
    with psycopg.connect(elsewhere.render_as_string(hide_password=False)) as connection:
        connection.execute("SELECT pg_current_xact_id()")
        with committed.begin() as session:
            events.record(
                session, "later.done", now=builders.NOW, actor="system", person_id=sealed[0]
            )
        seal_one(committed, sealed[0], 6)
