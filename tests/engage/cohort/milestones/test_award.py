"""Awarding milestones: recorded once, signalled once, praised by one text that gives nothing away,
however often it runs.
"""

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage import texts as wordings
from engage.agencies.model import Hub
from engage.appointments.kinds import AppointmentType
from engage.appointments.kinds import OutcomeCode as Code
from engage.cohort.kinds import Cohort, ExitReason
from engage.cohort.kinds import MilestoneKind as Kind
from engage.cohort.milestones import award as milestones
from engage.cohort.model import Enrolment, Milestone
from engage.core.db import Database
from engage.core.model import Event
from engage.legal.kinds import OffenceKind, OrderEnding, OrderKind
from engage.legal.model import Offence, Order
from engage.people.model import ContactStatus, CustodyStatus, Language, Person
from engage.progress.activities.kinds import ActivityEnding, ActivityKind
from engage.progress.activities.model import Activity
from engage.progress.drug_tests.kinds import DrugTestResult
from engage.progress.drug_tests.model import DrugTest
from engage.progress.housing.kinds import HousingStage
from engage.progress.housing.model import HousingSpell
from engage.progress.kinds import ReportState
from engage.signals import Signal, SignalKind
from messaging.states import MessageStatus
from messaging.tables import Message
from tests import builders
from tests.engage.cohort.stage import custody, outcome
from tests.engage.queries.test_statements import counted
from tests.engage.sending.stage import claim_all

NOW = builders.NOW
TODAY = NOW.date()


def enrolled(session: Session, adopted_days_ago: int = 27, **values: Any) -> Person:
    """A person on the cohort for so many days."""
    at = builders.hub(session)
    katrina = builders.person(session, builders.staff(session, at), **values)
    enrol(session, katrina, adopted_days_ago)
    return katrina


def enrol(session: Session, person: Person, days_ago: int) -> Enrolment:
    """A row of an enrolment."""
    hub = session.get_one(Hub, person.hub_id)
    made = Enrolment(
        person_id=person.id,
        hub_id=hub.id,
        cohort=Cohort.FIXED,
        lead_agency_id=builders.agency(session, hub).id,
        adopted_on=TODAY - timedelta(days=days_ago),
    )
    session.add(made)
    session.flush()
    return made


def kept(session: Session, person: Person) -> Sequence[Milestone]:
    """The person's milestones."""
    rows = select(Milestone).where(Milestone.person_id == person.id)
    return session.scalars(
        rows.order_by(Milestone.reached_on, Milestone.kind, Milestone.step)
    ).all()


def praise(session: Session, person: Person) -> list[Message]:
    """The texts to the person."""
    return list(session.scalars(select(Message).where(Message.recipient == str(person.id))))


def find(session: Session, person: Person, now: datetime = NOW) -> int:
    """Award one person's milestones."""
    return milestones.award(session, [person.id], now=now)


def test_four_weeks_are_signalled_and_praised_once(session: Session) -> None:
    """Recorded, described to staff, praised without detail; nothing new the next night."""
    katrina = enrolled(session, 28)
    assert find(session, katrina) == 1
    (one,) = kept(session, katrina)
    assert (one.kind, one.step, one.reached_on) == (Kind.OFFENCE_FREE, 28, TODAY)
    (text,) = praise(session, katrina)
    assert one.praise_id == text.id and text.body == (
        "Well done Katrina. 4 weeks of keeping to your plan. That takes hard work. "
        "Pat will talk with you about what comes next."
    )
    signal = session.scalars(select(Signal).where(Signal.kind == SignalKind.MILESTONE)).one()
    assert signal.why == "28 days without an offence."
    assert {"type": "milestone", "id": str(one.id)} in signal.evidence
    event = session.scalars(select(Event).where(Event.kind == "milestone.reached")).one()
    assert event.data == {"milestone": str(one.id)}
    assert find(session, katrina, NOW + timedelta(days=1)) == 0
    assert len(praise(session, katrina)) == 1


def negative_test(session: Session, person: Person, days_ago: int, result: DrugTestResult) -> None:
    """A row of a negative test."""
    session.add(
        DrugTest(
            person_id=person.id,
            due_on=TODAY - timedelta(days=days_ago),
            result=result,
            recorded_by="system",
            recorded_at=NOW,
        )
    )


def test_a_health_milestone_gets_no_text_and_stays_apart(session: Session) -> None:
    """A negative test: no text can say what the praise is for, so none is sent. The signal, which
    more people read, says only that there is a milestone.
    """
    katrina = enrolled(session)
    negative_test(session, katrina, 3, DrugTestResult.NEGATIVE)
    session.flush()
    assert find(session, katrina) == 1
    assert praise(session, katrina) == []
    (one,) = kept(session, katrina)
    assert (one.praise_id, one.not_praised) == (None, "A text may not say what was reached")
    signal = session.scalars(select(Signal)).one()
    assert signal.why == "They have reached a milestone. See their plan."


def test_praise_says_what_for(session: Session) -> None:
    """Five times in a row, in both languages, beside something that no text may say."""
    katrina = enrolled(session)
    for days in range(5, 0, -1):
        outcome(session, katrina, NOW - timedelta(days=days), Code.ATTENDED_COMPLIED)
    negative_test(session, katrina, 0, DrugTestResult.NEGATIVE)
    session.flush()
    assert find(session, katrina) == 2
    (text,) = praise(session, katrina)
    assert text.body == (
        "Well done Katrina. You came 5 times in a row. That takes hard work. "
        "Pat will talk with you about what comes next."
    )
    assert wordings.lint(text.body) == []
    assert {one.praise_id for one in kept(session, katrina)} == {text.id}


def everything(session: Session, person: Person) -> None:
    """Something of every kind."""
    for days in range(5, 0, -1):
        kind = AppointmentType.GROUP if days < 5 else AppointmentType.OFFICE
        outcome(session, person, NOW - timedelta(days=days), Code.ATTENDED_COMPLIED, type=kind)
    negative_test(session, person, 4, DrugTestResult.NEGATIVE)
    negative_test(session, person, 2, DrugTestResult.VOID)
    session.add_all(
        [
            HousingSpell(
                person_id=person.id,
                stage=HousingStage.SUPPORTED,
                since=TODAY - timedelta(days=6),
                state=ReportState.VERIFIED,
                recorded_by="system",
                recorded_at=NOW,
            ),
            Activity(
                person_id=person.id,
                kind=ActivityKind.COURSE,
                name="Bricks",
                started_on=TODAY - timedelta(days=7),
                ended_on=TODAY - timedelta(days=1),
                ending=ActivityEnding.FINISHED,
                state=ReportState.VERIFIED,
                recorded_by="system",
                recorded_at=NOW,
            ),
            Order(
                person_id=person.id,
                kind=OrderKind.COMMUNITY_ORDER,
                made_on=TODAY - timedelta(days=400),
                starts_on=TODAY - timedelta(days=400),
                ends_on=TODAY - timedelta(days=3),
                ended_on=TODAY - timedelta(days=3),
                ending=OrderEnding.COMPLETED,
                recorded_by="system",
                recorded_at=NOW,
            ),
        ]
    )
    session.flush()


def test_all_kinds_are_gathered_and_praised_by_one_text(session: Session) -> None:
    """Everything found at once is praised together; none of it is lost."""
    katrina = enrolled(session, 28)
    everything(session, katrina)
    session.scalars(select(Enrolment)).one().voluntary_since = TODAY - timedelta(days=2)
    session.flush()
    assert find(session, katrina) == 9
    found = kept(session, katrina)
    assert {one.kind for one in found} == set(Kind)
    (text,) = praise(session, katrina)
    assert {one.praise_id for one in found} == {text.id} and "4 weeks" in text.body


def test_an_arrest_and_prison_restart_the_days(session: Session) -> None:
    """The count restarts with an arrest that is not withdrawn, and with release; days in prison do
    not count.
    """
    katrina = enrolled(session, 40)
    arrest = Offence(
        person_id=katrina.id,
        kind=OffenceKind.ARREST,
        happened_on=TODAY - timedelta(days=20),
        what="Theft",
        acquisitive=True,
        recorded_by="system",
        recorded_at=NOW,
    )
    session.add(arrest)
    session.flush()
    assert find(session, katrina) == 0
    arrest.withdrawn_at = NOW
    spell = custody(session, katrina, TODAY - timedelta(days=30))
    assert find(session, katrina) == 0
    spell.released_on = TODAY - timedelta(days=28)
    session.flush()
    assert find(session, katrina) == 1


def test_a_person_who_cannot_be_texted_is_not_praised(session: Session) -> None:
    """Rule 1: a person on warrant keeps the milestone; the reason is recorded, and staff are still
    told.
    """
    katrina = enrolled(session, custody_status=CustodyStatus.WARRANT)
    everything(session, katrina)
    assert find(session, katrina) > 0
    assert praise(session, katrina) == []
    assert {one.not_praised for one in kept(session, katrina)} == {"The person is on warrant"}
    assert session.scalar(select(func.count()).select_from(Signal)) == 1


def test_a_late_milestone_is_stored_without_praise_or_signal(session: Session) -> None:
    """Half a year found on the first night: only what is at most 14 days old is praised."""
    katrina = enrolled(session, 90)
    assert find(session, katrina) == 2
    early, late = kept(session, katrina)
    assert (early.praise_id, early.not_praised) == (None, "It was found too late for praise")
    assert late.praise_id is not None and "12 weeks" in praise(session, katrina)[0].body


@pytest.mark.parametrize("how", ["never adopted", "left", "dead"])
def test_only_people_on_the_cohort_reach_milestones(session: Session, how: str) -> None:
    """Never adopted, deregistered, or dead."""
    katrina = enrolled(session, 28)
    enrolment = session.scalars(select(Enrolment)).one()
    if how == "never adopted":
        session.delete(enrolment)
    elif how == "left":
        enrolment.ended_on, enrolment.exit_reason = TODAY, ExitReason.GREEN
    else:
        katrina.contact_status = ContactStatus.DEAD
    session.flush()
    assert find(session, katrina) == 0


def test_welsh_and_the_night(session: Session) -> None:
    """In the person's language. Found at night, it goes when text hours start, and the last look
    can still stop it.
    """
    katrina = enrolled(session, 28, language=Language.WELSH)
    night = NOW - timedelta(hours=6)
    assert find(session, katrina, night) == 1
    (text,) = praise(session, katrina)
    assert text.body.startswith("Da iawn chi Katrina. 4 wythnos") and text.send_after == NOW
    katrina.custody_status = CustodyStatus.REMAND
    session.flush()
    claim_all(session, NOW)
    assert session.scalars(select(Message.status)).one() is MessageStatus.WITHHELD


def test_fifty_people_cost_as_many_statements_as_five(session: Session) -> None:
    """The facts are read once for all; a person with nothing new costs nothing more."""
    costs = []
    om = builders.staff(session, builders.hub(session))
    people = [builders.person(session, om, number=None) for _ in range(50)]
    for one in people:
        enrol(session, one, 10)
    for many in (5, 50):
        with counted(session) as statements:
            milestones.award(session, [one.id for one in people[:many]], now=NOW)
        costs.append(len(statements))
    assert costs[0] == costs[1] <= 12


def test_two_runs_at_once_praise_once(committed: Database) -> None:
    """The person's row is locked, and a milestone that one run found is not found by the other."""
    with committed.begin() as session:
        katrina = enrolled(session, 28)
    start, found = threading.Barrier(2), list[int]()

    def look() -> None:
        start.wait()
        with committed.begin() as session:
            found.append(find(session, katrina))

    threads = [threading.Thread(target=look) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with committed.begin() as session:
        assert sorted(found) == [0, 1]
        assert len(praise(session, katrina)) == len(kept(session, katrina)) == 1
