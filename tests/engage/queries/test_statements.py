"""Pages take the same number of statements however many people there are, and use the indexes for
their order.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from engage.access.policy import Actor
from engage.agencies.model import Role, Staff
from engage.people.model import Person
from engage.queries.people import caseload
from engage.queries.people import person as person_page
from engage.queries.signals import today
from engage.signals import SignalKind, raise_signal
from messaging import outbox
from tests import builders


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    """The statements sent to the database during the block."""
    seen: list[str] = []
    connection = session.connection()

    def note(_c: object, _k: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(connection, "before_cursor_execute", note)


def crowd(session: Session, om: Staff, size: int, now: datetime) -> list[Person]:
    """People with a number, a text, a signal and an appointment each."""
    people = []
    for number in range(size):
        one = builders.person(
            session, om, number=f"+447700900{number:03}", last_name=f"Person {number:03}"
        )
        builders.appointment(session, one, now + timedelta(hours=1))
        raise_signal(
            session,
            SignalKind.CALL_REQUESTED,
            person_id=one.id,
            hub_id=one.hub_id,
            cause="test",
            why="Asked",
            evidence=[],
            now=now,
        )
        outbox.enqueue(
            session,
            outbox.Text(
                to=f"+447700900{number:03}",
                body="Hello",
                lane=outbox.Lane.REMINDER,
                dedupe_key=f"text {om.id} {number}",
                recipient=str(one.id),
            ),
            now=now,
        )
        people.append(one)
    session.flush()
    return people


PAGES: dict[str, Callable[[Session, Actor, Person, datetime], object]] = {
    "today": lambda session, actor, _, now: today.load(session, actor, now=now),
    "caseload": lambda session, actor, _, now: caseload.load(session, actor, now=now),
    "search": lambda session, actor, _, now: caseload.load(session, actor, now=now, search="pers"),
    "person": lambda session, actor, one, now: person_page.load(session, actor, one.id, now=now),
}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", [Role.OFFENDER_MANAGER, Role.COORDINATOR])
def test_fifty_people_cost_as_many_statements_as_five(
    page: str, role: Role, session: Session, now: datetime
) -> None:
    """The count is exactly the same, and small."""
    costs = {}
    for size in (5, 50):
        hub = builders.hub(session, f"Hub of {size}")
        om = builders.staff(session, hub)
        reader = om if role is Role.OFFENDER_MANAGER else builders.staff(session, hub, role)
        people = crowd(session, om, size, now)
        actor = builders.actor(reader)
        session.expunge_all()
        with counted(session) as statements:
            PAGES[page](session, actor, people[0], now)
        costs[size] = len(statements)
    assert costs[5] == costs[50] <= 30
