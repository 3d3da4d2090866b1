"""What a meeting decides, and that nothing changes without it."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import Actor
from engage.agencies.model import Hub, Role, Staff
from engage.cohort import (
    agenda,
    assessments,
    decisions,
    enrolments,
    meetings,
)
from engage.cohort.decision_details import DecisionDetails
from engage.cohort.kinds import (
    DecisionKind,
    ExitReason,
    Rag,
    ReferralState,
    Strand,
)
from engage.cohort.meeting_model import Meeting, MeetingDecision
from engage.cohort.meetings import Presence
from engage.cohort.model import (
    Assessment,
    Enrolment,
    Referral,
    ReReferral,
)
from engage.core.db import Database
from engage.core.errors import (
    Conflict,
    EngageError,
    Forbidden,
    Invalid,
    NotFound,
)
from engage.core.model import Event
from engage.legal.model import CustodyKind, CustodySpell
from engage.people.model import ContactStatus, CustodyStatus, Person
from tests import builders
from tests.engage.cohort.table import (
    BORN,
    JUDGED,
    TODAY,
    adopting,
    call,
    decided,
    enrol,
    item_of,
    refer,
)

RETAIN = DecisionDetails(DecisionKind.RETAIN, "Doing better", rag=Rag.AMBER)
DECLINE = DecisionDetails(DecisionKind.DECLINE, "Low predictor")


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


@pytest.fixture
def katrina(session: Session, om: Staff) -> Person:
    """A known person, on no cohort."""
    return builders.person(session, om, crn="X111111")


def test_an_unknown_person_is_adopted_and_added(
    session: Session, hub: Hub, om: Staff, keeper: Actor
) -> None:
    """With the CRN, date of birth and number of the referral; the assessments become
    the person's.
    """
    referral = refer(session, keeper, hub, crn="X222222", date_of_birth=BORN, number="07700 900155")
    for _ in range(2):
        assessments.assess_referral(session, keeper, referral.id, JUDGED, now=builders.NOW)
    meeting = call(session, keeper, hub)
    assert session.query(Person).count() == session.query(Enrolment).count() == 0
    item = item_of(session, meeting, referral)
    made = decisions.decide(session, keeper, item.id, adopting(om), now=builders.NOW)
    person = session.scalars(select(Person)).one()
    assert (person.crn, person.date_of_birth, person.offender_manager_id) == (
        "X222222",
        BORN,
        om.id,
    )
    assert [point.given for point in person.contact_points] == ["07700 900155"]
    assert referral.state is ReferralState.ADOPTED and referral.person_id == person.id
    assert item.person_id == person.id and made.details["referrals"] == [str(referral.id)]
    rows = session.execute(select(Assessment.person_id, Assessment.referral_id, Assessment.version))
    assert sorted(map(tuple, rows)) == [(person.id, None, 1), (person.id, None, 2)]
    assert enrolments.open_enrolment(session, person.id) is not None
    kinds = set(session.scalars(select(Event.kind).where(Event.person_id == person.id)))
    assert {"person.added", "enrolment.began", "referral.adopted", "decision.recorded"} <= kinds


def test_a_known_person_in_custody_is_adopted(
    session: Session, hub: Hub, om: Staff, keeper: Actor, katrina: Person
) -> None:
    """The person stays in custody; all their referrals are answered."""
    katrina.custody_status = CustodyStatus.CUSTODY
    referral = refer(session, keeper, hub, crn="X111111")
    meeting = call(session, keeper, hub)
    decided(session, keeper, meeting, katrina, adopting(om))
    assert enrolments.open_enrolment(session, katrina.id) is not None
    assert referral.state is ReferralState.ADOPTED
    assert katrina.custody_status is CustodyStatus.CUSTODY


def test_declining_ends_the_referral_and_starts_nothing(
    session: Session, hub: Hub, keeper: Actor
) -> None:
    """With the reason; a referral alone adds no person to Engage."""
    referral = refer(session, keeper, hub)
    decided(session, keeper, call(session, keeper, hub), referral, DECLINE)
    assert referral.state is ReferralState.DECLINED and referral.ended_why == "Low predictor"
    assert session.query(Person).count() == session.query(Enrolment).count() == 0


def test_retaining_changing_strand_and_deregistering(
    session: Session, hub: Hub, om: Staff, keeper: Actor
) -> None:
    """Each has its effect, and a change of strand may also set the status."""
    people = [builders.person(session, om, number=None) for _ in range(3)]
    rows = [enrol(session, one, due_on=TODAY) for one in people]
    meeting = call(session, keeper, hub)
    decided(session, keeper, meeting, people[0], RETAIN)
    change = DecisionDetails(
        DecisionKind.CHANGE_STRAND,
        "Engaging",
        strand=Strand.REHABILITATE_AND_RESETTLE,
        rag=Rag.GREEN,
    )
    decided(session, keeper, meeting, people[1], change)
    leave = DecisionDetails(DecisionKind.DEREGISTER, "Has moved", exit_reason=ExitReason.MOVED_AWAY)
    decided(session, keeper, meeting, people[2], leave)
    reviews = [enrolments.current_review(session, one.id) for one in rows]
    assert [one and one.rag for one in reviews] == [Rag.AMBER, Rag.GREEN, Rag.AMBER]
    strand = enrolments.current_strand(session, rows[1].id)
    assert strand is not None and strand.strand is Strand.REHABILITATE_AND_RESETTLE
    assert rows[2].ended_on == TODAY and people[2].contact_status is ContactStatus.CLOSED


def test_one_decision_for_one_item(session: Session, hub: Hub, om: Staff, keeper: Actor) -> None:
    """A second is refused, naming the first, and changes nothing."""
    person = builders.person(session, om)
    enrol(session, person, due_on=TODAY)
    meeting = call(session, keeper, hub)
    decided(session, keeper, meeting, person, RETAIN)
    with pytest.raises(Conflict, match="retain"):
        decided(session, keeper, meeting, person, replace(RETAIN, rag=Rag.RED))
    assert session.query(MeetingDecision).count() == 1


def test_two_decisions_at_the_same_moment(committed: Database) -> None:
    """Exactly one is recorded, and only it takes effect."""
    with committed.begin() as session:
        hub = builders.hub(session)
        om = builders.staff(session, hub)
        keeper = builders.actor(builders.staff(session, hub, Role.COORDINATOR))
        referral = refer(session, keeper, hub, crn="X222222")
        item = item_of(session, call(session, keeper, hub), referral).id
        choices = [adopting(om), DECLINE]
    gate, ends = threading.Barrier(2), []

    def send(choice: DecisionDetails) -> None:
        gate.wait()
        try:
            with committed.begin() as session:
                decisions.decide(session, keeper, item, choice, now=builders.NOW)
            ends.append(choice.kind)
        except Conflict as refused:
            ends.append(refused.code)

    threads = [threading.Thread(target=send, args=(choice,)) for choice in choices]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with committed.begin() as session:
        made = session.scalars(select(MeetingDecision)).one()
        assert sorted(map(str, ends)) == sorted([made.kind.value, "decided"])
        adopted = made.kind is DecisionKind.ADOPT
        assert session.query(Enrolment).count() == int(adopted)
        state = session.scalars(select(Referral.state)).one()
        assert state is (ReferralState.ADOPTED if adopted else ReferralState.DECLINED)


@pytest.mark.parametrize(
    ("lacking", "field"),
    [
        ({"cohort": None}, "cohort"),
        ({"strand": None}, "strand"),
        ({"rag": None}, "rag"),
        ({"lead_agency": None}, "lead_agency"),
        ({"reason": "  "}, "reason"),
        ({"offender_manager": None}, "offender_manager"),
    ],
)
def test_missing_details_are_named_by_field(
    session: Session, hub: Hub, om: Staff, keeper: Actor, lacking: dict[str, object], field: str
) -> None:
    """And the referral still waits."""
    referral = refer(session, keeper, hub, crn="X222222")
    meeting = call(session, keeper, hub)
    with pytest.raises(Invalid) as refused:
        decided(session, keeper, meeting, referral, replace(adopting(om), **lacking))  # type: ignore[arg-type]
    assert set(refused.value.fields) == {field} and referral.state is ReferralState.WAITING


def test_nobody_joins_without_a_crn(session: Session, hub: Hub, om: Staff, keeper: Actor) -> None:
    """The decision gives it if the referral has none."""
    referral = refer(session, keeper, hub)
    meeting = call(session, keeper, hub)
    with pytest.raises(Invalid) as refused:
        decided(session, keeper, meeting, referral, adopting(om))
    assert set(refused.value.fields) == {"crn"}
    decided(session, keeper, meeting, referral, adopting(om, crn="X333333"))
    assert session.scalars(select(Person.crn)).one() == "X333333"


def test_a_crn_that_is_known_adopts_that_person(
    session: Session, hub: Hub, om: Staff, keeper: Actor, katrina: Person
) -> None:
    """Not if the same meeting lists them under their own name: they would be decided twice."""
    referral = refer(session, keeper, hub)
    meeting = call(session, keeper, hub)
    agenda.request_item(session, keeper, meeting.id, katrina.id, now=builders.NOW)
    with pytest.raises(Conflict) as refused:
        decided(session, keeper, meeting, referral, adopting(om, crn="X111111"))
    assert refused.value.code == "listed_already"
    session.delete(item_of(session, meeting, katrina))
    session.flush()
    decided(session, keeper, meeting, referral, adopting(om, crn="X111111"))
    assert (
        enrolments.open_enrolment(session, katrina.id) is not None
        and session.query(Person).count() == 1
    )


@pytest.mark.parametrize("again", [RETAIN, DECLINE, "adopt"])
def test_two_referrals_of_one_person_are_decided_once_in_one_meeting(
    session: Session, hub: Hub, om: Staff, keeper: Actor, again: DecisionDetails | str
) -> None:
    """Two agencies refer a person without a CRN. Giving both the same CRN is refused: the first
    decision stays.
    """
    one = refer(session, keeper, hub)
    other = refer(session, keeper, hub, first_name="Rian")
    meeting = call(session, keeper, hub)
    decided(session, keeper, meeting, one, adopting(om, crn="X333333"))
    choice = (
        adopting(om, crn="X333333") if isinstance(again, str) else replace(again, crn="X333333")
    )
    person = session.scalars(select(Person)).one()
    if isinstance(again, str):
        with pytest.raises(Conflict) as refused:
            decided(session, keeper, meeting, other, choice)
        assert refused.value.code == "listed_already"
    agenda.request_item(session, keeper, meeting.id, person.id, now=builders.NOW)
    with pytest.raises(Conflict) as refused:
        decided(session, keeper, meeting, person, choice)
    assert refused.value.code == "decided"
    assert session.query(MeetingDecision).count() == 1 and other.state is ReferralState.WAITING


@pytest.mark.parametrize(
    ("choice", "code"),
    [(RETAIN, "not_enrolled"), (DECLINE, "not_enrolled")],
)
def test_a_decision_must_fit_the_enrolment(
    session: Session, hub: Hub, keeper: Actor, katrina: Person, choice: DecisionDetails, code: str
) -> None:
    """Only a person on the cohort is retained, and only a referred one declined."""
    meeting = call(session, keeper, hub)
    agenda.request_item(session, keeper, meeting.id, katrina.id, now=builders.NOW)
    with pytest.raises(Conflict) as refused:
        decided(session, keeper, meeting, katrina, choice)
    assert refused.value.code == code


def test_nobody_is_adopted_twice(
    session: Session, hub: Hub, om: Staff, keeper: Actor, katrina: Person
) -> None:
    """A referred person who is on the cohort is retained, which answers the referral."""
    enrol(session, katrina)
    referral = refer(session, keeper, hub, crn="X111111")
    meeting = call(session, keeper, hub)
    with pytest.raises(Conflict) as refused:
        decided(session, keeper, meeting, katrina, adopting(om))
    assert refused.value.code == "enrolled"
    decided(session, keeper, meeting, katrina, RETAIN)
    assert referral.state is ReferralState.DECLINED


def test_who_decides_and_when(
    session: Session, hub: Hub, om: Staff, keeper: Actor, katrina: Person
) -> None:
    """Not the offender manager, not before the day, not after closing, and not about a person the
    actor may not see.
    """
    enrol(session, katrina, due_on=TODAY)
    ahead = call(session, keeper, hub, held_on=TODAY + timedelta(days=1))
    today = call(session, keeper, hub)

    def refused(by: Actor, meeting: Meeting) -> type[EngageError]:
        with pytest.raises(EngageError) as found:
            decided(session, by, meeting, katrina, RETAIN)
        return type(found.value)

    assert refused(builders.actor(om), today) is Forbidden
    assert refused(keeper, ahead) is Conflict
    katrina.restricted = True
    session.flush()
    assert refused(keeper, today) is NotFound
    katrina.restricted = False
    came = {builders.agency(session, hub).id: Presence(True)}
    meetings.note_attendance(session, keeper, today.id, came, now=builders.NOW)
    meetings.close(session, keeper, today.id, minutes="Done.", now=builders.NOW)
    assert refused(keeper, today) is Conflict
    assert session.query(MeetingDecision).count() == 0


def test_a_re_referral_is_answered_by_declining(
    session: Session, hub: Hub, om: Staff, keeper: Actor, katrina: Person
) -> None:
    """It does not return to the next agenda (rule 10)."""
    ended = enrol(session, katrina)
    ended.ended_on, ended.exit_reason = TODAY, ExitReason.LONG_CUSTODY
    spell = CustodySpell(
        person_id=katrina.id,
        kind=CustodyKind.CUSTODY,
        since=TODAY,
        recorded_by="system",
        recorded_at=builders.NOW,
    )
    session.add(spell)
    session.flush()
    due = ReReferral(
        enrolment_id=ended.id, person_id=katrina.id, custody_spell_id=spell.id, due_on=TODAY
    )
    session.add(due)
    decided(session, keeper, call(session, keeper, hub), katrina, DECLINE)
    session.refresh(due)
    assert due.done_at == builders.NOW
