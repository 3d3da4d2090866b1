"""Which merges are refused: bad input, two hubs, two enrolments, no access, two at once."""

import threading
import uuid
from datetime import datetime

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from engage.access.policy import SYSTEM, Actor
from engage.agencies.model import Hub, Role, Staff
from engage.core.db import Database
from engage.core.errors import Conflict, EngageError, Forbidden, Invalid, NotFound
from engage.people.model import Person
from engage.records.merging import service as merging
from tests import builders
from tests.engage.records.merge import merge


@pytest.mark.parametrize(
    ("crn", "reason", "field"),
    [
        ("X900001", "Same person", "crn"),
        ("X999999", "Same person", "crn"),
        ("x900002", " ", "reason"),
        ("X900002", "a" * 501, "reason"),
    ],
)
def test_invalid_input_is_refused(
    session: Session,
    chidi: Actor,
    kept: Person,
    gone: Person,
    now: datetime,
    crn: str,
    reason: str,
    field: str,
) -> None:
    """With the field to correct, and nothing is moved."""
    with pytest.raises(Invalid) as refused:
        merging.merge(session, chidi, kept.id, crn, reason=reason, now=now)
    assert set(refused.value.fields) == {field} and gone.merged_into_id is None


def test_records_of_two_hubs_or_with_two_enrolments_are_not_merged(
    session: Session, kept: Person, gone: Person, now: datetime
) -> None:
    """Staff must resolve either first."""
    for person in (kept, gone):
        session.execute(
            text(
                "INSERT INTO enrolment"
                " (id, person_id, hub_id, cohort, lead_agency_id, adopted_on, exit_note)"
                " SELECT :id, person.id, hub_id, 'fixed', agency_id, '2027-01-01', ''"
                " FROM person JOIN staff ON staff.id = offender_manager_id"
                " WHERE person.id = :person"
            ),
            {"id": uuid.uuid4(), "person": person.id},
        )
    with pytest.raises(Conflict, match="Both are enrolled"):
        merge(session, SYSTEM, kept, gone, now)
    elsewhere = builders.person(session, builders.staff(session, builders.hub(session, "Gwent")))
    with pytest.raises(Conflict, match="two hubs"):
        merge(session, SYSTEM, kept, elsewhere, now)


def test_who_may_not_merge(
    session: Session, hub: Hub, pat: Staff, kept: Person, gone: Person, now: datetime
) -> None:
    """An offender manager and an auditor see both records; a coordinator of another hub neither."""
    with pytest.raises(Forbidden):
        merge(session, builders.actor(pat), kept, gone, now)
    stranger = builders.staff(session, builders.hub(session, "Gwent"), Role.COORDINATOR)
    with pytest.raises(NotFound):
        merge(session, builders.actor(stranger), kept, gone, now)
    auditor = builders.staff(session, hub, Role.AUDITOR)
    with pytest.raises(Forbidden):
        merge(session, builders.actor(auditor), kept, gone, now)


def test_the_same_two_records_are_merged_twice_at_once(committed: Database, now: datetime) -> None:
    """Each keeps the other record: one merge succeeds, the other is refused."""
    with committed.begin() as session:
        pat = builders.staff(session, builders.hub(session))
        one, two = builders.person(session, pat), builders.person(session, pat, number=None)
    answers: list[str] = []
    start = threading.Barrier(2)

    def do(kept: Person, gone: Person) -> None:
        start.wait()
        try:
            with committed.begin() as session:
                merge(session, SYSTEM, kept, gone, now)
            answers.append("done")
        except EngageError as refusal:
            answers.append(refusal.code)

    threads = [threading.Thread(target=do, args=pair) for pair in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "done" in answers and len(answers) == 2
    with committed.begin() as session:
        assert session.scalar(select(func.count()).where(Person.merged_into_id.is_not(None))) == 1
