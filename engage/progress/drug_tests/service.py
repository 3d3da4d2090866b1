"""Recording drug tests: by staff who may see matters of health, and nobody else. What a person
tells of a test is no result.

A test that was missed, refused or positive is a signal to support the person, never a text and
never a decision (RULES.md 13). Events name the test and not what came of it. A correction keeps
what was recorded before.
"""

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from engage import signals
from engage.access.policy import (
    Ability,
    Actor,
    abilities,
    open_person,
)
from engage.agencies.hub_settings import today_at
from engage.core import events
from engage.core.db import new_id
from engage.core.errors import Conflict, Forbidden, NotFound
from engage.core.paging import DayCursor, rows_before
from engage.core.text_fields import clean_text
from engage.people.model import Person
from engage.progress import verification
from engage.progress.drug_tests import rules
from engage.progress.drug_tests.kinds import DrugTestResult
from engage.progress.drug_tests.model import DrugTest
from engage.signals import Evidence, Signal, SignalKind, SignalState

LONGEST_NOTE = 200
_SIGNALS = {
    DrugTestResult.POSITIVE: SignalKind.TEST_POSITIVE,
    **dict.fromkeys(rules.NOT_GIVEN, SignalKind.TEST_MISSED),
}
_WHY = {
    DrugTestResult.POSITIVE: "A worker recorded the result.",
    DrugTestResult.MISSED: "A worker recorded that they did not come.",
    DrugTestResult.REFUSED: "A worker recorded that they came and gave no sample.",
}


def record(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    *,
    due_on: date,
    result: DrugTestResult,
    note: str = "",
    now: datetime,
) -> DrugTest:
    """What came of the test of a day, planned or agreed to. The same again changes nothing.

    Raises Invalid for a day to come, Conflict where another result is recorded for that day
    (correct that one).
    """
    person = to_record(session, actor, person_id, now=now)
    tidy = clean_text("note", note, LONGEST_NOTE)
    verification.past_day(due_on, today_at(session, person.hub_id, now), "due_on")
    standing = _of_day(session, person.id, due_on)
    if standing is None:
        standing = DrugTest(id=new_id(), person_id=person.id, due_on=due_on, note="")
        session.add(standing)
    elif standing.result is not None:
        if (standing.result, standing.note) == (result, tidy):
            return standing
        raise Conflict(
            "A result is recorded for that day already. Correct that one if it is wrong.",
            code="recorded",
        )
    _write(session, actor, person, standing, result, tidy, now)
    events.record_for_person(
        session, "test.recorded", person, actor=actor.label, now=now, test=standing.id
    )
    return standing


def correct(
    session: Session,
    actor: Actor,
    test_id: uuid.UUID,
    *,
    result: DrugTestResult,
    note: str = "",
    now: datetime,
) -> DrugTest:
    """Another result in the place of the one recorded, which stays, superseded; its signal is
    resolved. The same again changes nothing.

    Raises NotFound, Forbidden, or Conflict for a test that has no result yet, or was corrected
    meanwhile.
    """
    person, earlier = to_change(session, actor, test_id, now=now)
    tidy = clean_text("note", note, LONGEST_NOTE)
    if earlier.superseded_at is not None:
        raise Conflict(
            "This result was corrected meanwhile. Look at the one that stands.", code="superseded"
        )
    if earlier.result is None:
        raise Conflict("This test has no result yet to correct.", code="no_result")
    if (earlier.result, earlier.note) == (result, tidy):
        return earlier
    earlier.superseded_at = now
    session.flush()
    _resolve(session, actor, person, earlier, now)
    test = DrugTest(
        id=new_id(),
        person_id=person.id,
        requirement_id=earlier.requirement_id,
        due_on=earlier.due_on,
    )
    session.add(test)
    _write(session, actor, person, test, result, tidy, now)
    events.record_for_person(
        session,
        "test.corrected",
        person,
        actor=actor.label,
        now=now,
        test=test.id,
        corrects=earlier.id,
    )
    return test


def call_off(session: Session, actor: Actor, test_id: uuid.UUID, *, now: datetime) -> DrugTest:
    """A planned test is not asked for after all: it counts for nothing. Raises Conflict where a
    result is recorded.
    """
    person, test = to_change(session, actor, test_id, now=now)
    if test.result is not None:
        raise Conflict(
            "A result is recorded, so it cannot be called off. Correct it if it is wrong."
        )
    if test.superseded_at is None:
        test.superseded_at = now
        session.flush()
        events.record_for_person(
            session, "test.called_off", person, actor=actor.label, now=now, test=test.id
        )
    return test


def of_person(
    session: Session,
    person_id: uuid.UUID,
    *,
    before: DayCursor | None = None,
    limit: int,
) -> Sequence[DrugTest]:
    """A person's tests, planned and done, with what was corrected, latest first; the caller has
    opened the person's health.
    """
    query = (
        select(DrugTest)
        .where(DrugTest.person_id == person_id, (DrugTest.result.is_not(None)) | _stands())
        .order_by(DrugTest.due_on.desc(), DrugTest.id.desc())
        .limit(limit)
    )
    return session.scalars(rows_before(query, (DrugTest.due_on, DrugTest.id), before)).all()


def results_between(
    session: Session, person_id: uuid.UUID, since: date, until: date
) -> Sequence[DrugTest]:
    """The tests of a time that have a result which stands, oldest first: for rule 9, milestones and
    reports.
    """
    return session.scalars(
        select(DrugTest)
        .where(
            DrugTest.person_id == person_id,
            DrugTest.due_on.between(since, until),
            DrugTest.result.is_not(None),
            _stands(),
        )
        .order_by(DrugTest.due_on, DrugTest.id)
    ).all()


def without_result(session: Session, person_id: uuid.UUID, since: date, until: date) -> int:
    """How many tests of a time were planned and have no result yet."""
    query = (
        select(func.count())
        .select_from(DrugTest)
        .where(
            DrugTest.person_id == person_id,
            DrugTest.due_on.between(since, until),
            DrugTest.result.is_(None),
            _stands(),
        )
    )
    return session.scalar(query) or 0


def to_record(session: Session, actor: Actor, person_id: uuid.UUID, *, now: datetime) -> Person:
    """The person, held until the transaction ends, for whoever may record and see matters of
    health. Raises NotFound or Forbidden.
    """
    person = open_person(
        session,
        actor,
        person_id,
        now=now,
        what="record test",
        ability=Ability.HEALTH,
        change=True,
        lock=True,
    )
    if Ability.RECORD not in abilities(actor, person):
        raise Forbidden("Your role does not allow this for this person.")
    return person


def to_change(
    session: Session, actor: Actor, test_id: uuid.UUID, *, now: datetime
) -> tuple[Person, DrugTest]:
    """The test with its person, held until the transaction ends. Raises NotFound or Forbidden."""
    whose = session.scalar(select(DrugTest.person_id).where(DrugTest.id == test_id))
    if whose is None:
        raise NotFound("There is no such test, or you may not see it.")
    person = to_record(session, actor, whose, now=now)
    return person, session.get_one(DrugTest, test_id, populate_existing=True)


def _write(
    session: Session,
    actor: Actor,
    person: Person,
    test: DrugTest,
    result: DrugTestResult,
    note: str,
    now: datetime,
) -> None:
    test.result, test.note = result, note
    test.recorded_by, test.recorded_at = actor.label, now
    session.flush()
    kind = _SIGNALS.get(result)
    if kind is not None:
        signals.raise_signal(
            session,
            kind,
            person_id=person.id,
            hub_id=person.hub_id,
            cause=_cause(test),
            why=_WHY[result],
            evidence=[Evidence("test", str(test.id)), Evidence("rule", "13")],
            now=now,
            actor=actor.label,
        )


def _resolve(session: Session, actor: Actor, person: Person, test: DrugTest, now: datetime) -> None:
    keys = [f"{kind}:{person.id}:{_cause(test)}" for kind in set(_SIGNALS.values())]
    waiting = session.scalars(
        select(Signal).where(Signal.key.in_(keys), Signal.state != SignalState.RESOLVED)
    ).all()
    for signal in waiting:
        signals.resolve(
            session, signal, how="The result was corrected.", actor=actor.label, now=now
        )


def _of_day(session: Session, person_id: uuid.UUID, day: date) -> DrugTest | None:
    return session.scalars(
        select(DrugTest).where(DrugTest.person_id == person_id, DrugTest.due_on == day, _stands())
    ).one_or_none()


def _stands() -> ColumnElement[bool]:
    return DrugTest.superseded_at.is_(None)


def _cause(test: DrugTest) -> str:
    return f"test:{test.id}"
