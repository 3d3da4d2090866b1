"""Drug tests: recorded by few, corrected without loss, signalled to staff, never texted, never
named in events.
"""

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import Actor
from engage.agencies.model import AgencyKind, Hub, Role, Staff
from engage.core.db import Database
from engage.core.errors import (
    Conflict,
    EngageError,
    Forbidden,
    Invalid,
    NotFound,
)
from engage.core.model import Event
from engage.people.model import Person
from engage.progress.drug_tests import service
from engage.progress.drug_tests.kinds import DrugTestResult
from engage.progress.drug_tests.model import DrugTest
from engage.signals import Signal, SignalKind, SignalState
from messaging.tables import Message
from tests import builders
from tests.engage.progress import stage
from tests.engage.progress.stage import TODAY
from tests.engage.progress.test_reports import partner

NEGATIVE, POSITIVE, MISSED = DrugTestResult.NEGATIVE, DrugTestResult.POSITIVE, DrugTestResult.MISSED


@pytest.fixture
def hub(session: Session) -> Hub:
    """One hub."""
    return builders.hub(session)


@pytest.fixture
def pat(session: Session, hub: Hub) -> Staff:
    """The offender manager."""
    return builders.staff(session, hub)


@pytest.fixture
def actor(pat: Staff) -> Actor:
    """The offender manager as actor."""
    return builders.actor(pat)


@pytest.fixture
def katrina(session: Session, pat: Staff) -> Person:
    """A person of Pat's."""
    return builders.person(session, pat)


def record(
    session: Session, actor: Actor, whose: Person, result: DrugTestResult = NEGATIVE, **values: Any
) -> DrugTest:
    """Record the result of today's test."""
    given = {"due_on": TODAY, "result": result, "now": builders.NOW, **values}
    return service.record(session, actor, whose.id, **given)


def open_signals(session: Session) -> list[SignalKind]:
    """The open signals."""
    query = select(Signal.kind).where(Signal.state != SignalState.RESOLVED)
    return sorted(session.scalars(query))


@pytest.mark.parametrize(
    ("result", "signal"),
    [
        (DrugTestResult.NEGATIVE, None),
        (DrugTestResult.POSITIVE, SignalKind.TEST_POSITIVE),
        (DrugTestResult.MISSED, SignalKind.TEST_MISSED),
        (DrugTestResult.REFUSED, SignalKind.TEST_MISSED),
        (DrugTestResult.VOID, None),
    ],
)
def test_a_result_raises_at_most_a_signal(
    session: Session,
    actor: Actor,
    katrina: Person,
    result: DrugTestResult,
    signal: SignalKind | None,
) -> None:
    """Rule 13: never a text. The event names the test and not its result, and so does the signal's
    event.
    """
    test = record(session, actor, katrina, result)
    again = record(session, actor, katrina, result)
    assert again.id == test.id
    assert open_signals(session) == ([signal] if signal else [])
    session.flush()
    assert session.scalars(select(Message)).all() == []
    said = [event.data for event in session.scalars(select(Event).order_by(Event.id))]
    assert {"test": str(test.id)} in said and len(said) == 1 + bool(signal)
    assert all(
        word not in str(said) for word in ("positive", "missed", "refused", "negative", "void")
    )


def test_a_planned_test_gets_its_result(session: Session, actor: Actor, katrina: Person) -> None:
    """The planned row receives the result."""
    planned = stage.drug_test(
        session, katrina, result=None, requirement_id=stage.treatment(session, katrina).id
    )
    assert record(session, actor, katrina, note=" lab 7 ").id == planned.id
    assert (planned.result, planned.note, planned.recorded_by) == (NEGATIVE, "lab 7", actor.label)


def test_a_correction_keeps_what_was_recorded(
    session: Session, actor: Actor, katrina: Person, now: datetime
) -> None:
    """The wrong result's signal is resolved and the right one's raised; repeating it changes
    nothing; the old one cannot be corrected twice.
    """
    wrong = record(session, actor, katrina, POSITIVE)
    with pytest.raises(Conflict, match="Correct it"):
        record(session, actor, katrina, NEGATIVE)
    right = service.correct(session, actor, wrong.id, result=MISSED, note="no sample", now=now)
    assert (wrong.result, wrong.superseded_at, right.result) == (POSITIVE, now, MISSED)
    assert open_signals(session) == [SignalKind.TEST_MISSED]
    assert (
        service.correct(session, actor, right.id, result=MISSED, note="no sample", now=now) is right
    )
    with pytest.raises(Conflict, match="already been corrected"):
        service.correct(session, actor, wrong.id, result=NEGATIVE, now=now)
    shown = service.of_person(session, katrina.id, limit=10)
    assert {one.id for one in shown} == {wrong.id, right.id}
    assert service.results_between(session, katrina.id, TODAY, TODAY) == [right]


def test_a_planned_test_is_called_off_and_one_with_a_result_is_not(
    session: Session, actor: Actor, katrina: Person, now: datetime
) -> None:
    """A called-off test does not count; another may be recorded for the day."""
    planned = stage.drug_test(session, katrina, result=None)
    with pytest.raises(Conflict):
        service.correct(session, actor, planned.id, result=NEGATIVE, now=now)
    for _ in range(2):
        service.call_off(session, actor, planned.id, now=now)
    assert service.of_person(session, katrina.id, limit=10) == []
    done = record(session, actor, katrina)
    assert done.id != planned.id
    with pytest.raises(Conflict):
        service.call_off(session, actor, done.id, now=now)


@pytest.mark.parametrize(
    ("values", "field"),
    [({"due_on": TODAY + timedelta(days=1)}, "due_on"), ({"note": "x" * 201}, "note")],
)
def test_invalid_results_are_refused(
    session: Session, actor: Actor, katrina: Person, values: dict[str, Any], field: str
) -> None:
    """A result in the future, a note that is too long."""
    with pytest.raises(Invalid) as refusal:
        record(session, actor, katrina, **values)
    assert set(refusal.value.fields) == {field}
    assert session.scalars(select(DrugTest)).all() == []


def test_tests_are_for_few(session: Session, hub: Hub, katrina: Person, now: datetime) -> None:
    """Coordinators and drug workers record; supervisors, auditors, housing workers and others do
    not.
    """
    may = [
        builders.actor(builders.staff(session, hub, Role.COORDINATOR)),
        partner(session, hub, katrina, AgencyKind.DRUG_AND_ALCOHOL),
    ]
    for day, who in enumerate(may):
        test = record(session, who, katrina, due_on=TODAY - timedelta(days=day))
    may_not: list[tuple[Actor, type[EngageError]]] = [
        (builders.actor(builders.staff(session, hub, Role.SUPERVISOR)), Forbidden),
        (builders.actor(builders.staff(session, hub, Role.AUDITOR)), Forbidden),
        (partner(session, hub, katrina, AgencyKind.HOUSING), Forbidden),
        (builders.actor(builders.staff(session, hub, name="Dai Rees")), NotFound),
    ]
    for who, refusal in may_not:
        with pytest.raises(refusal):
            record(session, who, katrina, due_on=TODAY - timedelta(days=9))
        with pytest.raises(refusal):
            service.correct(session, who, test.id, result=POSITIVE, now=now)
        with pytest.raises(refusal):
            service.call_off(session, who, test.id, now=now)


def test_two_who_record_one_test_at_once(committed: Database, now: datetime) -> None:
    """One result stands for the day, and the other worker is told to correct it if it is wrong."""
    with committed.begin() as session:
        pat = builders.staff(session, builders.hub(session))
        katrina = builders.person(session, pat)
        actor = builders.actor(pat)
    gate, refused = threading.Barrier(2), []

    def write(result: DrugTestResult) -> None:
        gate.wait(10)
        try:
            with committed.begin() as session:
                record(session, actor, katrina, result)
        except Conflict as refusal:
            refused.append(refusal.code)

    threads = [threading.Thread(target=write, args=(one,)) for one in (NEGATIVE, POSITIVE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert refused == ["recorded"]
    with committed.begin() as session:
        assert len(session.scalars(select(DrugTest)).all()) == 1
