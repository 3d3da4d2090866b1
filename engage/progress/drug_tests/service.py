"""Recording drug tests: by staff with health access only. What a person reports about a test is no
result.

A missed, refused or positive test raises a signal to support the person. It never sends a text or
makes a decision (rule 13). Events name the test and not its result. A correction keeps the earlier
result.
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
    DrugTestResult.MISSED: "A worker recorded that they did not attend.",
    DrugTestResult.REFUSED: "A worker recorded that they attended and gave no sample.",
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
    """Record the result of a day's test, planned or agreed. Repeating the call changes nothing.

    Raises Invalid for a future day, Conflict if another result is recorded for that day (correct
    that one).
    """
    person = open_to_record(session, actor, person_id, now=now)
    tidy = clean_text("note", note, LONGEST_NOTE)
    verification.check_not_future(due_on, today_at(session, person.hub_id, now), "due_on")
    standing = _standing_on(session, person.id, due_on)
    if standing is None:
        standing = DrugTest(id=new_id(), person_id=person.id, due_on=due_on, note="")
        session.add(standing)
    elif standing.result is not None:
        if (standing.result, standing.note) == (result, tidy):
            return standing
        raise Conflict(
            "A result is already recorded for that day. Correct it if it is wrong.",
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
    """Replace a result. The earlier one is kept as superseded and its signal is resolved. Repeating
    the call changes nothing.

    Raises NotFound, Forbidden, or Conflict for a test that has no result or was already corrected.
    """
    person, earlier = open_to_change(session, actor, test_id, now=now)
    tidy = clean_text("note", note, LONGEST_NOTE)
    if earlier.superseded_at is not None:
        raise Conflict(
            "This result has already been corrected. Use the current one.", code="superseded"
        )
    if earlier.result is None:
        raise Conflict("This test has no result to correct.", code="no_result")
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
    """Call off a planned test. Raises Conflict if a result is recorded."""
    person, test = open_to_change(session, actor, test_id, now=now)
    if test.result is not None:
        raise Conflict(
            "A result is recorded, so this test cannot be called off. Correct the "
            "result if it is wrong."
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
    """A person's tests, planned and done, with corrected results, latest first. The caller has
    opened the person's health record.
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
    """The tests in a period with a current result, oldest first: for rule 9, milestones and
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


def count_without_result(session: Session, person_id: uuid.UUID, since: date, until: date) -> int:
    """The number of tests planned in a period that have no result yet."""
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


def open_to_record(
    session: Session, actor: Actor, person_id: uuid.UUID, *, now: datetime
) -> Person:
    """Return the person, locked until the transaction ends, if the actor may record and has health
    access. Raises NotFound or Forbidden.
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


def open_to_change(
    session: Session, actor: Actor, test_id: uuid.UUID, *, now: datetime
) -> tuple[Person, DrugTest]:
    """Return the test with its person, locked until the transaction ends. Raises NotFound or
    Forbidden.
    """
    whose = session.scalar(select(DrugTest.person_id).where(DrugTest.id == test_id))
    if whose is None:
        raise NotFound("There is no such test, or you may not see it.")
    person = open_to_record(session, actor, whose, now=now)
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


def _standing_on(session: Session, person_id: uuid.UUID, day: date) -> DrugTest | None:
    return session.scalars(
        select(DrugTest).where(DrugTest.person_id == person_id, DrugTest.due_on == day, _stands())
    ).one_or_none()


def _stands() -> ColumnElement[bool]:
    return DrugTest.superseded_at.is_(None)


def _cause(test: DrugTest) -> str:
    return f"test:{test.id}"
