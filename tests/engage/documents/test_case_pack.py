"""The case pack of one person: what is in it, for whom, and how many statements it takes."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from engage.access.policy import Actor
from engage.agencies.model import AgencyKind, Hub, Role, Staff
from engage.appointments.kinds import OutcomeCode
from engage.appointments.model import Outcome
from engage.cohort.decision_details import DecisionDetails
from engage.cohort.kinds import DecisionKind, Rag
from engage.core.errors import Forbidden, NotFound
from engage.documents.case_pack import facts
from engage.legal.model import IntelligenceFlag
from engage.people.model import Person
from engage.people.service import ensure_involved
from engage.plan.kinds import ActionClass, ActionState, Approval, Pathway
from engage.plan.model import Action
from engage.progress.drug_tests.model import DrugTest, DrugTestResult
from engage.signals import SignalKind, raise_signal
from tests import builders
from tests.engage.cohort.table import (
    TODAY,
    call,
    decided,
    enrol,
    police,
    review,
)
from tests.engage.queries.test_statements import counted


@pytest.fixture
def hub(session: Session) -> Hub:
    """The hub Tyneside."""
    return builders.hub(session)


@pytest.fixture
def om(session: Session, hub: Hub) -> Staff:
    """Its offender manager."""
    return builders.staff(session, hub)


@pytest.fixture
def keeper(session: Session, hub: Hub) -> Actor:
    """Its coordinator."""
    return builders.actor(builders.staff(session, hub, Role.COORDINATOR, name="Chidi Okafor"))


def visit(session: Session, whose: Person, days: int, code: OutcomeCode | None) -> None:
    """An appointment some days ago, with its outcome."""
    made = builders.appointment(session, whose, builders.NOW - timedelta(days=days))
    if code is not None:
        session.add(
            Outcome(
                appointment_id=made.id,
                code=code,
                note="",
                recorded_by="system",
                recorded_at=builders.NOW - timedelta(days=days),
            )
        )
        session.flush()


def busy(session: Session, whose: Person, size: int) -> None:
    """A case with that many of everything."""
    enrolment = enrol(session, whose)
    for days in range(1, size + 1):
        visit(session, whose, days, OutcomeCode.ATTENDED_COMPLIED)
        review(session, enrolment, Rag.GREEN, TODAY - timedelta(days=days))
        session.add(
            DrugTest(
                person_id=whose.id,
                due_on=TODAY - timedelta(days=days),
                result=DrugTestResult.NEGATIVE,
                recorded_by="system",
                recorded_at=builders.NOW,
            )
        )
        raise_signal(
            session,
            SignalKind.CALL_REQUESTED,
            person_id=whose.id,
            hub_id=whose.hub_id,
            cause=str(days),
            why="Asked",
            evidence=[],
            now=builders.NOW,
        )
        overdue(session, whose, TODAY - timedelta(days=days))
    session.flush()


def overdue(session: Session, whose: Person, on: date) -> None:
    """A live action that is overdue."""
    session.add(
        Action(
            person_id=whose.id,
            pathway=Pathway.ACCOMMODATION,
            action_class=ActionClass.SUPPORT,
            what="Ask the council for a flat",
            agency_id=session.get_one(Staff, whose.offender_manager_id).agency_id,
            responsible="Jo Lamb",
            due_on=on,
            state=ActionState.LIVE,
            proposed_by="system",
            proposed_at=builders.NOW,
            approval=Approval.SINGLE,
            approved_by="system",
            approved_at=builders.NOW,
        )
    )


def test_attendance_is_counted_out_of_how_many(session: Session, om: Staff, keeper: Actor) -> None:
    """Rules 6 and 8: accepted, awaited and unrecorded outcomes are counted separately; cancelled
    and future appointments are not counted.
    """
    person = builders.person(session, om)
    codes = (
        (2, OutcomeCode.ATTENDED_COMPLIED),
        (3, OutcomeCode.ABSENT_MEDICAL),
        (4, OutcomeCode.UNACCEPTABLE_ABSENCE),
        (5, OutcomeCode.ATTENDED_FAILED_TO_COMPLY),
        (6, OutcomeCode.FAILED_TO_ATTEND),
        (7, OutcomeCode.SENT_HOME_SERVICE),
        (8, None),
        (100, OutcomeCode.ATTENDED_COMPLIED),
        (366, OutcomeCode.ATTENDED_COMPLIED),
    )
    for days, code in codes:
        visit(session, person, days, code)
    builders.appointment(session, person, builders.NOW + timedelta(days=1))
    pack = facts.load(session, keeper, person.id, now=builders.NOW)
    assert (pack.window.all, pack.year.all, pack.year.attended) == (7, 8, 2)
    told = pack.window
    assert (told.attended, told.acceptable, told.unacceptable) == (1, 1, 2)
    assert (told.awaiting, told.other, told.unrecorded) == (1, 1, 1)


def test_it_holds_what_the_meeting_asks_for(
    session: Session, om: Staff, keeper: Actor, hub: Hub
) -> None:
    """Status history, tests, signals, overdue actions, and the last decision."""
    person = builders.person(session, om)
    busy(session, person, 2)
    meeting = call(session, keeper, hub, held_on=TODAY)
    from engage.cohort import agenda

    agenda.request_item(session, keeper, meeting.id, person.id, now=builders.NOW)
    decided(
        session,
        keeper,
        meeting,
        person,
        DecisionDetails(DecisionKind.RETAIN, "Goes on", rag=Rag.GREEN),
    )
    pack = facts.load(session, keeper, person.id, now=builders.NOW)
    assert [one.rag for one in pack.statuses] == [Rag.GREEN, Rag.GREEN, Rag.GREEN, Rag.AMBER]
    assert pack.tests is not None and len(pack.tests) == len(pack.overdue) == 2
    assert pack.decision is not None and pack.decision.reason == "Goes on"
    assert pack.decision.by == "Chidi Okafor" and pack.suggestion is not None


def test_tests_and_intelligence_are_for_those_who_may_see_them(
    session: Session, om: Staff, keeper: Actor, hub: Hub
) -> None:
    """A supervisor reads no tests; the flag is for the police and the offender manager; others see
    neither.
    """
    person = builders.person(session, om)
    busy(session, person, 1)
    session.add(
        IntelligenceFlag(
            person_id=person.id, flagged_on=TODAY, recorded_by="system", recorded_at=builders.NOW
        )
    )
    session.flush()
    supervisor = builders.actor(builders.staff(session, hub, Role.SUPERVISOR, name="Sam Ross"))
    officer = builders.actor(police(session, hub, Role.COORDINATOR))
    sees = {
        name: facts.load(session, actor, person.id, now=builders.NOW)
        for name, actor in (
            ("om", builders.actor(om)),
            ("police", officer),
            ("keeper", keeper),
            ("supervisor", supervisor),
        )
    }
    assert {name: pack.intelligence is not None for name, pack in sees.items()} == {
        "om": True,
        "police": True,
        "keeper": False,
        "supervisor": False,
    }
    assert sees["supervisor"].tests is None and sees["keeper"].tests is not None
    words = " ".join(reason.words for reason in sees["keeper"].why)
    assert "intelligence" not in words.casefold()


def test_who_may_not_read_it(session: Session, om: Staff, hub: Hub) -> None:
    """A partner's worker may see the person but not the pack; another offender manager not even the
    person.
    """
    person = builders.person(session, om)
    agency = builders.agency(session, hub, "Tyne Recovery", AgencyKind.DRUG_AND_ALCOHOL)
    ensure_involved(session, person.id, agency.id, now=builders.NOW)
    worker = builders.staff(
        session, hub, Role.SUPPORT_WORKER, name="Jo Lamb", agency_name="Tyne Recovery"
    )
    with pytest.raises(Forbidden):
        facts.load(session, builders.actor(worker), person.id, now=builders.NOW)
    other = builders.staff(session, hub, name="Dai Rees")
    with pytest.raises(NotFound):
        facts.load(session, builders.actor(other), person.id, now=builders.NOW)


def test_a_busy_case_costs_as_many_statements_as_a_quiet_one(
    session: Session, om: Staff, keeper: Actor
) -> None:
    """However long the history is."""
    quiet, full = (builders.person(session, om, number=None) for _ in range(2))
    busy(session, quiet, 1)
    busy(session, full, 60)
    for days in range(61, 160):
        visit(session, full, days, OutcomeCode.ATTENDED_COMPLIED)
    costs = []
    for person in (quiet, full):
        session.expunge_all()
        with counted(session) as seen:
            facts.load(session, keeper, person.id, now=builders.NOW)
        costs.append(len(seen))
    assert costs[0] == costs[1] < 50
