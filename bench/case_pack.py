"""The case pack of a person with a year of three appointments a week, compared with a person just
adopted: target 300 ms, and the same number of statements.
"""

from datetime import timedelta

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from bench import crowd
from bench.figures import Figure, at_most, median_seconds
from bench.ground import NOW, fresh
from engage.access.policy import SYSTEM
from engage.agencies.model import Staff
from engage.appointments.kinds import AppointmentType, OutcomeCode
from engage.appointments.model import Appointment, Outcome
from engage.cohort import enrolments
from engage.cohort.kinds import Cohort, Rag, Strand
from engage.core.db import Database
from engage.documents.case_pack import facts
from engage.people.model import Person
from engage.progress.drug_tests.model import DrugTest, DrugTestResult

AIM = 0.3
PEOPLE, VISITS, WEEKS, RUNS = 100, 156, 52, 25


def measure(server_url: str) -> list[Figure]:
    """Seconds for the full case, and its statements against those of the empty one."""
    with fresh(server_url) as database:
        crowd.fill(database, PEOPLE)
        with database.begin() as session:
            empty, full = session.scalars(select(Person).order_by(Person.crn).limit(2)).all()
            for one in (empty, full):
                _adopt(session, one)
            _fill(session, full)
        seconds = median_seconds(lambda: _load(database, full), runs=RUNS)
        statements = {
            name: _statements(database, one) for name, one in (("empty", empty), ("full", full))
        }
    detail = (
        f"{seconds * 1000:.1f} ms, {statements['full']} statements; {statements['empty']} for an"
        " empty case"
    )
    return [
        at_most("case pack", seconds / AIM, 1.0, detail),
        at_most("case pack statements", statements["full"] / statements["empty"], 1.0, detail),
    ]


def _adopt(session: Session, whose: Person) -> None:
    enrolments.adopt(
        session,
        SYSTEM,
        whose,
        cohort=Cohort.FIXED,
        strand=Strand.CATCH_AND_CONTROL,
        lead_agency_id=session.get_one(Staff, whose.offender_manager_id).agency_id,
        rag=Rag.RED,
        reason="Adopted",
        now=NOW - timedelta(days=364),
    )


def _fill(session: Session, whose: Person) -> None:
    agency = session.get_one(Staff, whose.offender_manager_id).agency_id
    for week in range(WEEKS):
        at = NOW - timedelta(weeks=week, hours=1)
        enrolments.retain(session, SYSTEM, whose.id, rag=Rag.AMBER, reason="Goes on", now=at)
        session.add(
            DrugTest(
                person_id=whose.id,
                due_on=at.date(),
                result=DrugTestResult.NEGATIVE,
                recorded_by="system",
                recorded_at=at,
            )
        )
    visits = [_visit(whose, agency, number) for number in range(VISITS)]
    session.add_all(visits)
    session.flush()
    session.add_all(
        Outcome(
            appointment_id=visit.id,
            code=OutcomeCode.ATTENDED_COMPLIED,
            note="",
            recorded_by="system",
            recorded_at=visit.starts_at,
        )
        for visit in visits
    )


def _visit(whose: Person, agency: object, number: int) -> Appointment:
    at = NOW - timedelta(days=2 * number + 1)
    return Appointment(
        hub_id=whose.hub_id,
        person_id=whose.id,
        agency_id=agency,
        type=AppointmentType.OFFICE,
        starts_at=at,
        minutes=30,
        worker_name="Pat",
        place="",
        place_alias="",
        enforceable=True,
        created_by="system",
        created_at=at,
        updated_at=at,
    )


def _load(database: Database, whose: Person) -> None:
    with database.begin() as session:
        facts.load(session, SYSTEM, whose.id, now=NOW)


def _statements(database: Database, whose: Person) -> int:
    count = 0

    def counted(*_: object) -> None:
        nonlocal count
        count += 1

    event.listen(database.engine, "before_cursor_execute", counted)
    _load(database, whose)
    event.remove(database.engine, "before_cursor_execute", counted)
    return count
