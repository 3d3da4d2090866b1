"""Who may set check-ins, what makes a valid schedule, and that two workers at once do everything
once.
"""

import threading
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.agencies.model import Hub, Role
from engage.core.db import Database
from engage.core.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
)
from engage.core.model import Event
from engage.people.model import Person
from engage.progress.check_ins import lifecycle, service
from engage.progress.check_ins.model import CheckIn, CheckInPlan
from engage.progress.check_ins.rules import Schedule
from messaging.tables import Message
from tests import builders
from tests.engage.progress.check_ins.stage import (
    DUE,
    NUDGE,
    TUESDAYS,
    asked,
    only,
    planned,
    texts,
)


@pytest.fixture
def hub(session: Session) -> Hub:
    """A hub."""
    return builders.hub(session)


@pytest.fixture
def katrina(session: Session, hub: Hub) -> Person:
    """A person whose offender manager has approved texts."""
    return builders.person(session, builders.staff(session, hub))


@pytest.mark.parametrize(
    ("role", "refused"),
    [
        (Role.COORDINATOR, None),
        (Role.SUPERVISOR, None),
        (Role.AUDITOR, Forbidden),
        (Role.SUPPORT_WORKER, NotFound),
        (Role.ADMINISTRATOR, NotFound),
        (Role.OFFENDER_MANAGER, NotFound),
    ],
)
def test_who_may_set_check_ins(
    session: Session,
    hub: Hub,
    katrina: Person,
    now: datetime,
    role: Role,
    refused: type[Exception] | None,
) -> None:
    """An auditor may only read; for another offender manager the person does not exist."""
    actor = builders.actor(builders.staff(session, hub, role, name="Chidi Okafor"))
    if refused is None:
        assert service.set_plan(session, actor, katrina.id, TUESDAYS, now=now) is not None
        return
    with pytest.raises(refused):
        service.set_plan(session, actor, katrina.id, TUESDAYS, now=now)
    assert session.get(CheckInPlan, katrina.id) is None


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (replace(TUESDAYS, every_weeks=3), "every_weeks"),
        (replace(TUESDAYS, weekday=7), "weekday"),
        (replace(TUESDAYS, hour=8), "hour"),
        (replace(TUESDAYS, hour=20), "hour"),
        (replace(TUESDAYS, hour=25), "hour"),
    ],
)
def test_invalid_schedules_are_refused_with_their_field(
    session: Session, katrina: Person, now: datetime, wanted: Schedule, field: str
) -> None:
    """An hour in which the person is never texted is not valid."""
    with pytest.raises(Invalid) as refusal:
        planned(session, katrina, now, wanted)
    assert set(refusal.value.fields) == {field}


def test_without_approval_of_texts_there_is_no_plan(
    session: Session, katrina: Person, now: datetime
) -> None:
    """A check-in is a text; it can still be switched off without approval."""
    planned(session, katrina, now)
    katrina.texts_approved_at = None
    session.flush()
    with pytest.raises(Conflict):
        planned(session, katrina, now, replace(TUESDAYS, every_weeks=4))
    off = service.set_plan(
        session, builders.actor(katrina.offender_manager), katrina.id, None, now=now
    )
    assert off is not None and not off.on


def test_each_change_is_an_event_and_the_same_again_is_none(
    session: Session, katrina: Person, now: datetime
) -> None:
    """Set, set the same, changed, off, off again: three events."""
    om = builders.actor(katrina.offender_manager)
    for wanted in (TUESDAYS, TUESDAYS, replace(TUESDAYS, every_weeks=8), None, None):
        service.set_plan(session, om, katrina.id, wanted, now=now)
    session.flush()
    kinds = session.scalars(
        select(Event.kind).where(Event.person_id == katrina.id).order_by(Event.id)
    ).all()
    assert kinds == ["check_in.plan_set", "check_in.plan_set", "check_in.plan_ended"]


def test_a_plan_changed_on_the_day_asks_nobody_twice(session: Session, katrina: Person) -> None:
    """Asked at ten, then moved to noon of the same day: the day already has its check-in."""
    asked(session, katrina)
    planned(session, katrina, DUE + timedelta(minutes=5), replace(TUESDAYS, hour=12))
    lifecycle.advance(session, now=DUE + timedelta(hours=2))
    assert len(texts(session, katrina)) == 1 and only(session, katrina).due_at == DUE


def test_two_workers_at_once_send_and_nudge_each_once(committed: Database) -> None:
    """Eight threads process twenty people at the same moment: twenty texts, then twenty nudges."""
    with committed.begin() as session:
        om = builders.staff(session, builders.hub(session))
        for number in range(20):
            planned(session, builders.person(session, om, number=f"+4477009001{number:02}"))
    _together(committed, DUE)
    with committed.begin() as session:
        for message in session.scalars(select(Message)):
            message.status, message.claimed_at = "delivered", DUE
    _together(committed, NUDGE)
    with committed.begin() as session:
        assert session.query(CheckIn).count() == 20 and session.query(Message).count() == 40
        kinds = [kind for (kind,) in session.execute(select(Event.kind))]
        assert kinds.count("check_in.sent") == kinds.count("check_in.nudged") == 20


def test_a_worker_that_dies_leaves_nothing_half_done(committed: Database) -> None:
    """Its transaction is lost with it: the next worker does everything, once."""
    with committed.begin() as session:
        planned(session, builders.person(session, builders.staff(session, builders.hub(session))))
    with pytest.raises(KeyboardInterrupt), committed.begin() as session:
        lifecycle.advance(session, now=DUE)
        raise KeyboardInterrupt
    with committed.begin() as session:
        lifecycle.advance(session, now=DUE)
        assert session.query(CheckIn).count() == session.query(Message).count() == 1


def _together(database: Database, now: datetime) -> None:
    """Eight workers start at once. What the others held is left to a last run, as in production."""
    ready, problems = threading.Barrier(8), []

    def work() -> None:
        ready.wait()
        try:
            for _ in range(10):
                with database.begin() as session:
                    lifecycle.advance(session, now=now, limit=7)
        except Exception as problem:
            problems.append(problem)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    with database.begin() as session:
        lifecycle.advance(session, now=now)
