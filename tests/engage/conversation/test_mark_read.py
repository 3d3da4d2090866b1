"""Marking as read locks rows in the same order as handling a text, so that they cannot deadlock."""

import threading
import time
from datetime import datetime

import pytest
from sqlalchemy import select, text

from engage.agencies.model import Role
from engage.conversation.model import ReplyRecord
from engage.conversation.phone_owner import lock_number
from engage.conversation.staff_actions import mark_read
from engage.core.db import Database
from engage.people.model import Person
from tests import builders
from tests.engage.conversation.phones import NUMBER, says

STRANGER = "+447700900155"
_WAITING = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
    "wait_event_type = 'Lock'"
)


@pytest.mark.parametrize("whose", [NUMBER, STRANGER])
def test_the_record_is_locked_last(committed: Database, now: datetime, whose: str) -> None:
    """While another transaction has locked the person (or the unknown number), marking waits for it
    with the record unlocked.
    """
    with committed.begin() as session:
        hub = builders.hub(session)
        katrina = builders.person(session, builders.staff(session, hub), number=NUMBER)
        coordinator = builders.staff(session, hub, Role.COORDINATOR, name="Lou Marsh")
        reading_id = says(session, "my nan has the dog", now, number=whose).id

    def mark() -> None:
        with committed.begin() as session:
            mark_read(session, builders.actor(coordinator), reading_id, now=now)

    thread = threading.Thread(target=mark)
    with committed.begin() as session:
        if whose == NUMBER:
            session.scalars(select(Person).where(Person.id == katrina.id).with_for_update()).one()
        else:
            lock_number(session, whose)
        thread.start()
        until = time.monotonic() + 10
        while not session.scalar(_WAITING) and time.monotonic() < until:
            time.sleep(0.01)
        free = select(ReplyRecord).where(ReplyRecord.id == reading_id).with_for_update(nowait=True)
        assert session.scalars(free).one().read_at is None
    thread.join(10)
    with committed.begin() as session:
        assert session.get_one(ReplyRecord, reading_id).read_by == f"staff:{coordinator.id}"
