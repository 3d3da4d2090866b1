"""The facts given to the rules: gathered from every record, for many people at once."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from engage.access.policy import Ability
from engage.appointments.kinds import OutcomeCode
from engage.cohort import enrolments, suggestions
from engage.cohort.kinds import ExitReason, Rag, Strand
from engage.cohort.suggestions import StatusSuggestion
from engage.compliance.kinds import EnforcementKind
from engage.compliance.model import Enforcement
from engage.conversation import staff_actions
from engage.legal.model import IntelligenceFlag, Offence, OffenceKind
from engage.people.model import CustodyStatus, Person
from engage.plan.kinds import ActionClass, ActionState, Approval, Pathway
from engage.plan.model import Action
from engage.progress.drug_tests.model import DrugTest, DrugTestResult
from tests import builders
from tests.engage.cohort.stage import (
    Scene,
    adopt,
    custody,
    outcome,
    set_scene,
)
from tests.engage.conversation.phones import says


@pytest.fixture
def scene(session: Session, now: datetime) -> Scene:
    """Katrina, adopted 40 days ago, seen yesterday."""
    made = set_scene(session)
    adopt(session, made, now - timedelta(days=40))
    outcome(session, made.katrina, now - timedelta(days=1), OutcomeCode.ATTENDED_COMPLIED)
    return made


def of(session: Session, person: Person, now: datetime) -> StatusSuggestion:
    """The suggestion for one person."""
    return suggestions.suggest(session, [person.id], now=now)[person.id]


@pytest.mark.parametrize(
    ("code", "expected", "attended", "failed"),
    [
        (OutcomeCode.ATTENDED_COMPLIED, 2, 2, 0),
        (OutcomeCode.ATTENDED_FAILED_TO_COMPLY, 2, 1, 1),
        (OutcomeCode.UNACCEPTABLE_ABSENCE, 2, 1, 1),
        (OutcomeCode.FAILED_TO_ATTEND, 1, 1, 0),
        (OutcomeCode.SENT_HOME_SERVICE, 1, 1, 0),
        (OutcomeCode.ABSENT_MEDICAL, 1, 1, 0),
    ],
)
def test_attendance_of_the_window(
    session: Session,
    scene: Scene,
    now: datetime,
    code: OutcomeCode,
    expected: int,
    attended: int,
    failed: int,
) -> None:
    """Rules 5 and 9: acceptable absences, undecided absences and appointments before the window do
    not count.
    """
    outcome(session, scene.katrina, now - timedelta(days=10), code)
    outcome(session, scene.katrina, now - timedelta(days=30), OutcomeCode.UNACCEPTABLE_ABSENCE)
    builders.appointment(session, scene.katrina, now - timedelta(days=3))
    facts = of(session, scene.katrina, now).facts.status
    assert (facts.expected, facts.attended, facts.failed_to_comply, facts.unrecorded) == (
        expected,
        attended,
        failed,
        1,
    )
    assert facts.awaited == (code is OutcomeCode.FAILED_TO_ATTEND)


@pytest.mark.parametrize(
    ("now", "arrested_on", "red"),
    [
        ("2027-03-20T12:00:00+00:00", date(2027, 2, 21), True),
        ("2027-03-20T12:00:00+00:00", date(2027, 2, 20), False),
        ("2028-03-01T12:00:00+00:00", date(2028, 2, 3), True),
        ("2028-03-01T12:00:00+00:00", date(2028, 2, 2), False),
        ("2027-06-28T22:59:00+00:00", date(2027, 6, 1), True),
        ("2027-06-28T23:00:00+00:00", date(2027, 6, 1), False),
    ],
)
def test_the_window_has_so_many_days_and_ends_today(
    session: Session, now: str, arrested_on: date, red: bool
) -> None:
    """Rule 9: 28 days including today, by the hub's calendar; 29 February is one, and an hour
    before midnight UTC in summer is tomorrow.
    """
    made = set_scene(session)
    session.add(
        Offence(
            person_id=made.katrina.id,
            kind=OffenceKind.ARREST,
            happened_on=arrested_on,
            what="Burglary",
            acquisitive=True,
            recorded_by="system",
            recorded_at=builders.NOW,
        )
    )
    session.flush()
    reasons = of(session, made.katrina, datetime.fromisoformat(now)).status.reasons
    assert ("arrest" in [one.code for one in reasons]) is red


def test_a_withdrawn_arrest_does_not_count(session: Session, scene: Scene, now: datetime) -> None:
    """Red and Catch and Control until it is withdrawn."""
    offence = Offence(
        person_id=scene.katrina.id,
        kind=OffenceKind.ARREST,
        happened_on=now.date() - timedelta(days=5),
        what="Burglary",
        acquisitive=True,
        recorded_by="system",
        recorded_at=now,
    )
    session.add(offence)
    session.flush()
    arrested = of(session, scene.katrina, now)
    assert (arrested.status.rag, arrested.strand.strand) == (Rag.RED, Strand.CATCH_AND_CONTROL)
    offence.withdrawn_at, offence.withdrawn_by = now, "system"
    session.flush()
    assert of(session, scene.katrina, now).status.rag is Rag.AMBER


def test_intelligence_is_shown_by_role(session: Session, scene: Scene, now: datetime) -> None:
    """Others learn that a reason is withheld."""
    session.add(
        IntelligenceFlag(
            person_id=scene.katrina.id, flagged_on=now.date(), recorded_by="system", recorded_at=now
        )
    )
    session.flush()
    reasons = of(session, scene.katrina, now).status.reasons
    seen = suggestions.reasons_visible_to(frozenset({Ability.INTELLIGENCE}), reasons)
    assert seen[0].words == "Current intelligence since 20 March 2027"
    assert suggestions.reasons_visible_to(frozenset(), reasons)[0].code == "withheld"


def test_a_breach_lasts_until_withdrawn_or_with_the_court(
    session: Session, scene: Scene, now: datetime
) -> None:
    """Decided by people; a warning is not a breach."""
    decided = Enforcement(
        person_id=scene.katrina.id,
        kind=EnforcementKind.WARNING,
        reason="Two absences",
        decided_by="system",
        decided_at=now - timedelta(days=60),
    )
    session.add(decided)
    for change, since in (
        ({}, False),
        ({"kind": EnforcementKind.REFERRAL}, True),
        ({"done_on": now.date() - timedelta(days=50)}, False),
        ({"done_on": now.date()}, True),
        ({"withdrawn_at": now}, False),
    ):
        for name, value in change.items():
            setattr(decided, name, value)
        session.flush()
        assert (of(session, scene.katrina, now).facts.status.breach_since is not None) is since


@pytest.mark.parametrize(
    ("result", "tests", "failed"),
    [
        (DrugTestResult.NEGATIVE, 1, 0),
        (DrugTestResult.POSITIVE, 1, 1),
        (DrugTestResult.MISSED, 1, 1),
        (DrugTestResult.VOID, 0, 0),
        (None, 0, 0),
    ],
)
def test_tests(
    session: Session,
    scene: Scene,
    now: datetime,
    result: DrugTestResult | None,
    tests: int,
    failed: int,
) -> None:
    """A void test, and one still to come, have no effect."""
    session.add(
        DrugTest(
            person_id=scene.katrina.id,
            due_on=now.date() - timedelta(days=2),
            result=result,
            recorded_by="system" if result else None,
            recorded_at=now if result else None,
        )
    )
    session.flush()
    facts = of(session, scene.katrina, now).facts.status
    assert (facts.tests, facts.tests_failed) == (tests, failed)


def test_any_contact_breaks_the_silence(session: Session, now: datetime) -> None:
    """A report to a worker is contact, as attendance is."""
    scene = set_scene(session)
    adopt(session, scene, now - timedelta(days=40))
    assert next(one.code for one in of(session, scene.katrina, now).status.reasons) == "no_contact"
    builders.report(session, scene.katrina, now - timedelta(days=3))
    facts = of(session, scene.katrina, now).facts
    assert facts.status.last_contact == date(2027, 3, 17)


def test_texts_from_before_a_number_was_claimed_are_contact(
    session: Session, now: datetime
) -> None:
    """A coordinator claims a number for a person: texts from before that count as contact."""
    scene = set_scene(session, number=None)
    adopt(session, scene, now - timedelta(days=40))
    says(session, "its me, new phone", now - timedelta(days=3), number="+447700900333")
    staff_actions.claim_number(
        session, scene.chidi, "+447700900333", scene.katrina.id, now=now - timedelta(days=1)
    )
    assert of(session, scene.katrina, now).facts.status.last_contact == date(2027, 3, 17)


def test_silence_counts_from_the_last_release(session: Session, now: datetime) -> None:
    """If a person was released and taken into custody again on one day, the later release counts,
    in any order of the rows.
    """
    scene = set_scene(session)
    adopt(session, scene, now - timedelta(days=90))
    first = now.date() - timedelta(days=30)
    for released_on in (first + timedelta(days=20), first):
        custody(session, scene.katrina, first, released_on=released_on)
    counted_from = of(session, scene.katrina, now).facts.status.counted_from
    assert counted_from == first + timedelta(days=20)


def test_silence_counts_from_release(session: Session, now: datetime) -> None:
    """People in prison are not expected to be in touch."""
    scene = set_scene(session)
    adopt(session, scene, now - timedelta(days=90))
    spell = custody(session, scene.katrina, now.date() - timedelta(days=80), sentence_days=200)
    scene.katrina.custody_status = CustodyStatus.CUSTODY
    session.flush()
    inside = of(session, scene.katrina, now)
    assert inside.status.rag is Rag.AMBER and inside.strand.prison_leads
    spell.released_on = now.date() - timedelta(days=2)
    scene.katrina.custody_status = CustodyStatus.COMMUNITY
    session.flush()
    assert "no_contact" not in [one.code for one in of(session, scene.katrina, now).status.reasons]


def test_three_green_months_and_the_exit_plan(session: Session, now: datetime) -> None:
    """Rule 10: both, and an exit plan with an open action is not implemented."""
    scene = set_scene(session)
    adopt(session, scene, now - timedelta(days=120))
    reviewed = now - timedelta(days=100)
    for at in (reviewed, now - timedelta(days=20)):
        enrolments.retain(
            session, scene.chidi, scene.katrina.id, rag=Rag.GREEN, reason="Well", now=at
        )
    action = Action(
        person_id=scene.katrina.id,
        pathway=Pathway.ACCOMMODATION,
        action_class=ActionClass.SUPPORT,
        what="Hand the case to the GP",
        agency_id=scene.agency_id,
        responsible="Pat Hale",
        due_on=now.date(),
        exit_plan=True,
        state=ActionState.LIVE,
        approval=Approval.SINGLE,
        approved_by="system",
        approved_at=now,
        proposed_by="system",
        proposed_at=now,
    )
    session.add(action)
    session.flush()
    assert [one.code for one in of(session, scene.katrina, now).exit.missing] == ["exit_plan"]
    action.state, action.done_on = ActionState.DONE, now.date()
    session.flush()
    leaving = of(session, scene.katrina, now).exit
    assert leaving.because is ExitReason.GREEN
    assert leaving.reasons[0].words == "Green without a break since 10 December 2026"


def test_the_number_of_statements_does_not_grow(
    session: Session, scene: Scene, now: datetime
) -> None:
    """However many people are asked about."""
    others = [builders.person(session, scene.pat, number=None) for _ in range(5)]
    counted: list[int] = []
    for people in ([scene.katrina.id], [scene.katrina.id, *(one.id for one in others)]):
        session.expire_all()
        statements: list[str] = []

        def note(*given: object, into: list[str] = statements) -> None:
            into.append(str(given[2]))

        event.listen(session.get_bind(), "before_cursor_execute", note)
        suggestions.suggest(session, people, now=now)
        event.remove(session.get_bind(), "before_cursor_execute", note)
        counted.append(len(statements))
    assert counted[0] == counted[1] <= 16
