"""The nightly sweep in several workers that may be stopped or killed: everybody is checked once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.cohort.nightly import service
from engage.cohort.nightly.model import NightlySweep
from engage.core.db import Database
from engage.core.model import Event
from engage.signals import Signal
from tests import builders

DAY = timedelta(days=1)


def crowd(database: Database, now: datetime, many: int) -> None:
    """People without contact for a long time."""
    with database.begin() as session:
        pat = builders.staff(session, builders.hub(session))
        for _ in range(many):
            builders.person(session, pat, number=None, created_at=now - 60 * DAY)


def test_a_stopped_sweep_continues_after_the_last_chunk(committed: Database, now: datetime) -> None:
    """Killed in the middle of a chunk, it leaves nothing half done; nobody is checked twice or left
    out.
    """
    crowd(committed, now, 5)
    day = now.date()
    first = service.advance(committed.begin, day=day, now=now, at_once=2)
    assert first == service.NightProgress(people=2, raised=2, resolved=0, finished=False)

    class Killed(Exception):
        """The process ended."""

    @contextmanager
    def killed() -> Iterator[Session]:
        with committed.begin() as session:
            yield session
            raise Killed

    with pytest.raises(Killed):
        service.advance(killed, day=day, now=now, at_once=2)
    with committed.begin() as session:
        assert session.scalar(select(func.count()).select_from(Signal)) == 2
    done = service.sweep(committed.begin, day=day, now=now + timedelta(hours=1), at_once=2)
    assert done == service.NightProgress(people=5, raised=5, resolved=0, finished=True)
    assert service.sweep(committed.begin, day=day, now=now + timedelta(hours=2)) == done


def test_two_workers_at_once_raise_nothing_twice(committed: Database, now: datetime) -> None:
    """One does a chunk, the other finds it taken or done; each event is recorded once."""
    crowd(committed, now, 12)
    start = threading.Barrier(3)

    def work() -> None:
        start.wait()
        while (
            swept := service.advance(committed.begin, day=now.date(), now=now, at_once=2)
        ) is None or (not swept.finished):
            pass

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    with committed.begin() as session:
        assert session.scalar(select(func.count()).select_from(Signal)) == 12
        assert session.scalar(select(func.count()).where(Event.kind == "signal.raised")) == 12
        night = session.get_one(NightlySweep, now.date())
        assert (night.people, night.raised, night.finished_at) == (12, 12, now)
