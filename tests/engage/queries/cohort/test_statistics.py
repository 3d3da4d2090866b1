"""The statistics of the cohort: correct counts, only of people the actor may see, in a constant
number of statements.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from engage.access.policy import Actor, key_actor, staff_actor
from engage.agencies.model import AgencyKind, ApiKey, Hub, Role, Staff
from engage.appointments.kinds import IntentKind, ReminderKind, ReminderState
from engage.appointments.model import Appointment, Outcome, OutcomeCode, Reminder, StatedIntent
from engage.cohort.kinds import ExitReason, Rag, Strand
from engage.cohort.model import StrandSpell
from engage.compliance.kinds import EnforcementKind
from engage.compliance.model import Enforcement
from engage.core.errors import Invalid, NotFound
from engage.legal.model import CustodyKind, CustodySpell, Offence, OffenceKind
from engage.people.model import LegalStatus, Person
from engage.queries.cohort import statistics
from engage.queries.cohort.statistics import CohortView
from messaging.states import MessageStatus
from tests import builders
from tests.engage.cohort.nightly.nights import action, enrolled, reviewed
from tests.engage.conversation.phones import gone
from tests.engage.queries.test_statements import counted

DAY = timedelta(days=1)
TODAY = date(2027, 3, 20)


@dataclass(frozen=True)
class Scene:
    """A hub with its coordinator and two offender managers."""

    hub: Hub
    coordinator: Actor
    pat: Staff
    dai: Staff


@pytest.fixture
def scene(session: Session) -> Scene:
    """A hub with nobody on the cohort yet."""
    hub = builders.hub(session)
    coordinator = builders.staff(session, hub, Role.COORDINATOR, name="Chidi Okafor")
    return Scene(
        hub,
        staff_actor(coordinator),
        builders.staff(session, hub),
        builders.staff(session, hub, name="Dai Rees"),
    )


def member(session: Session, om: Staff, **values: Any) -> Person:
    """A person on the cohort for a year."""
    given = {"legal_status": LegalStatus.STATUTORY, **values}
    person = builders.person(session, om, number=None, **given)
    enrolled(session, person)
    return person


def came(
    session: Session, whose: Person, days: int, code: OutcomeCode | None, **values: Any
) -> Appointment:
    """An appointment some days ago, with its outcome."""
    made = builders.appointment(session, whose, builders.NOW - days * DAY, **values)
    if code is not None:
        session.add(
            Outcome(
                appointment_id=made.id, code=code, recorded_by="system", recorded_at=builders.NOW
            )
        )
    session.flush()
    return made


def reminded(
    session: Session, of: Appointment, status: MessageStatus, *, answered: bool = False
) -> None:
    """A reminder that was sent, and perhaps an answer."""
    person = session.get_one(Person, of.person_id)
    message = gone(session, person, of.starts_at - DAY, status=status)
    session.add(
        Reminder(
            appointment_id=of.id,
            kind=ReminderKind.ONE_DAY,
            revision=1,
            due_at=of.starts_at - DAY,
            expires_at=of.starts_at,
            state=ReminderState.SENT,
            message_id=message.id,
        )
    )
    if answered:
        session.add(
            StatedIntent(
                appointment_id=of.id,
                kind=IntentKind.WILL_ATTEND,
                said_at=of.starts_at - DAY,
                revision=1,
            )
        )
    session.flush()


def lines(view: CohortView, table: str) -> dict[str, tuple[int, int]]:
    """The lines of a table, each with count and denominator, without those that have no
    denominator.
    """
    return {line.key: (line.count, line.of) for line in view.table(table).lines if line.of}


def load(session: Session, actor: Actor, **more: Any) -> CohortView:
    """The view at the usual moment."""
    session.flush()
    return statistics.load(session, actor, now=builders.NOW, **more)


def test_everybody_on_the_cohort_is_counted_once_by_each_question(
    session: Session, scene: Scene, now: datetime
) -> None:
    """A person who has left is not counted; one who was not reviewed is not green."""
    one, two = (
        member(session, scene.pat),
        member(session, scene.dai, legal_status=LegalStatus.NON_STATUTORY),
    )
    left = builders.person(session, scene.pat, number=None)
    enrolled(session, left, ended_on=TODAY - DAY, exit_reason=ExitReason.GREEN)
    builders.person(session, scene.pat, number=None)
    enrolment = enrolled(session, builders.person(session, scene.pat, number=None))
    reviewed(session, enrolment, Rag.RED, TODAY - 60 * DAY, TODAY, now)
    reviewed(session, enrolment, Rag.GREEN, TODAY - 2 * DAY, TODAY + 26 * DAY, now)
    for strand, since in (
        (Strand.CATCH_AND_CONTROL, TODAY - 60 * DAY),
        (Strand.PREVENT_AND_DETER, TODAY - DAY),
    ):
        session.add(
            StrandSpell(
                enrolment_id=enrolment.id,
                strand=strand,
                since=since,
                reason="So",
                decided_by="system",
                decided_at=now,
            )
        )
    view = load(session, scene.coordinator)
    assert view.people == 3 and one.id != two.id
    assert lines(view, "rag") == {
        "red": (0, 3),
        "amber": (0, 3),
        "green": (1, 3),
        "unknown": (2, 3),
    }
    assert lines(view, "strand")["prevent_and_deter"] == (1, 3)
    assert lines(view, "legal") == {"statutory": (1, 3), "non_statutory": (1, 3), "unknown": (1, 3)}
    assert lines(view, "hub") == {"Tyneside": (3, 3)}
    assert lines(view, "movement") == {
        "red_green": (1, 1),
        "red_red": (0, 1),
        "red_amber": (0, 1),
    }


def test_attendance_is_of_those_who_were_expected(session: Session, scene: Scene) -> None:
    """Rule 19: accepted absences and unrecorded outcomes are in neither part of the rate, and are
    shown separately.
    """
    person = member(session, scene.pat)
    for days, code in enumerate(
        (
            OutcomeCode.ATTENDED_COMPLIED,
            OutcomeCode.ATTENDED_FAILED_TO_COMPLY,
            OutcomeCode.SENT_HOME_SERVICE,
            OutcomeCode.UNACCEPTABLE_ABSENCE,
            OutcomeCode.FAILED_TO_ATTEND,
            OutcomeCode.ABSENT_MEDICAL,
            None,
        ),
        start=1,
    ):
        came(session, person, days, code)
    came(session, person, 29, OutcomeCode.ATTENDED_COMPLIED)
    came(session, person, -1, None)
    came(session, person, 2, None, state="cancelled")
    view = load(session, scene.coordinator)
    (line,) = view.table("attendance").lines
    assert (line.count, line.of) == (3, 5)
    assert line.interval is not None and (
        round(line.interval.low, 2),
        round(line.interval.high, 2),
    ) == (
        0.23,
        0.88,
    )
    assert lines(view, "recorded") == {
        "attended": (3, 7),
        "absent": (2, 7),
        "excused": (1, 7),
        "unrecorded": (1, 7),
    }
    assert lines(view, "attendance_legal") == {"statutory": (3, 5)}
    assert lines(load(session, scene.coordinator, days=91), "attendance") == {"all": (4, 6)}


def test_the_funnel_counts_each_step_among_the_one_before(session: Session, scene: Scene) -> None:
    """Sent, delivered, answered, attended; and attendance where the text did not get so far."""
    person = member(session, scene.pat)
    attended, absent = OutcomeCode.ATTENDED_COMPLIED, OutcomeCode.UNACCEPTABLE_ABSENCE
    came(session, person, 1, absent)
    reminded(session, came(session, person, 2, absent), MessageStatus.UNDELIVERED)
    reminded(session, came(session, person, 3, attended), MessageStatus.DELIVERED)
    reminded(session, came(session, person, 4, attended), MessageStatus.DELIVERED, answered=True)
    reminded(session, came(session, person, 5, absent), MessageStatus.DELIVERED, answered=True)
    view = load(session, scene.coordinator)
    assert lines(view, "funnel") == {
        "texted": (4, 5),
        "delivered": (3, 4),
        "answered": (2, 3),
        "attended": (1, 2),
    }
    assert lines(view, "came_after") == {
        "answered": (1, 2),
        "delivered": (1, 1),
        "not_delivered": (0, 1),
        "not_texted": (0, 1),
    }


def test_first_contact_after_release_is_theirs(session: Session, scene: Scene) -> None:
    """A reply or an attendance counts, a delivered text does not; no contact is counted as such."""
    for days, outcome in ((9, 1), (10, 6), (11, None)):
        person = member(session, scene.pat)
        session.add(
            CustodySpell(
                person_id=person.id,
                kind=CustodyKind.CUSTODY,
                since=TODAY - 100 * DAY,
                released_on=TODAY - days * DAY,
                recorded_by="system",
                recorded_at=builders.NOW,
            )
        )
        if outcome is not None:
            came(session, person, days - outcome, OutcomeCode.ATTENDED_COMPLIED)
    view = load(session, scene.coordinator)
    assert {key: count for key, (count, _) in lines(view, "release").items() if count} == {
        "0_1": 1,
        "4_7": 1,
        "not_yet": 1,
    }
    assert view.days_to_contact == 3.5


def test_breach_and_reoffending_are_two_questions(
    session: Session, scene: Scene, now: datetime
) -> None:
    """Rule 19: an arrest is not a breach, a breach is not an offence; withdrawn records do not
    count.
    """
    one, two = member(session, scene.pat), member(session, scene.pat)
    member(session, scene.pat, legal_status=LegalStatus.NON_STATUTORY)
    for person, withdrawn in ((one, None), (two, now)):
        session.add_all(
            [
                Enforcement(
                    person_id=person.id,
                    kind=EnforcementKind.REFERRAL,
                    reason="Two absences",
                    decided_by="system",
                    decided_at=now - DAY,
                    withdrawn_at=withdrawn,
                ),
                Offence(
                    person_id=two.id,
                    kind=OffenceKind.ARREST,
                    happened_on=TODAY - 3 * DAY,
                    what="Theft",
                    acquisitive=True,
                    recorded_by="system",
                    recorded_at=now,
                    withdrawn_at=withdrawn,
                ),
            ]
        )
    view = load(session, scene.coordinator)
    assert lines(view, "breach") == {"breach": (1, 2)}
    assert lines(view, "reoffending") == {"arrest": (1, 3), "charge": (0, 3), "conviction": (0, 3)}


def test_overdue_actions_are_counted_by_agency(session: Session, scene: Scene) -> None:
    """Out of the agency's live ones."""
    person = member(session, scene.pat)
    housing = builders.agency(session, scene.hub, "City Housing", AgencyKind.HOUSING)
    action(session, person, TODAY - DAY)
    action(session, person, TODAY)
    action(session, person, TODAY - DAY).agency_id = housing.id
    assert lines(load(session, scene.coordinator), "overdue") == {
        "City Housing": (1, 1),
        "Probation": (1, 2),
    }


def test_only_people_the_actor_may_see_are_counted(session: Session, scene: Scene) -> None:
    """An officer counts their own caseload, a coordinator the hub; a restricted record, another
    hub's and a support worker's view are closed.
    """
    member(session, scene.pat)
    member(session, scene.dai)
    member(session, scene.dai, restricted=True)
    elsewhere = builders.hub(session, "Wearside")
    member(session, builders.staff(session, elsewhere))
    worker = builders.staff(session, scene.hub, Role.SUPPORT_WORKER, agency_name="City Housing")
    assert load(session, staff_actor(scene.pat)).people == 1
    assert load(session, staff_actor(scene.dai)).people == 2
    assert load(session, scene.coordinator).people == 2
    assert load(session, scene.coordinator, hub_id=scene.hub.id).people == 2
    assert load(session, staff_actor(worker)).people == 0
    for hub_id in (elsewhere.id, uuid.uuid4()):
        with pytest.raises(NotFound):
            load(session, scene.coordinator, hub_id=hub_id)


def test_an_unknown_period_is_refused(session: Session, scene: Scene) -> None:
    """The message lists the possible periods."""
    with pytest.raises(Invalid) as refused:
        load(session, scene.coordinator, days=30)
    assert refused.value.fields == {"days": "Use one of 28, 91, 182, 365."}


def test_the_number_of_statements_is_constant(session: Session, scene: Scene) -> None:
    """Nobody, one, or many: at most six."""
    seen = []
    for more in (0, 1, 15):
        for _ in range(more):
            came(session, member(session, scene.pat), 1, OutcomeCode.ATTENDED_COMPLIED)
        session.flush()
        with counted(session) as statements:
            load(session, scene.coordinator)
        seen.append(len(statements))
    assert seen == [6, 6, 6]


def test_a_key_without_the_case_sees_nobody(session: Session, scene: Scene) -> None:
    """The scope decides here too, not only at the API."""
    member(session, scene.pat)
    made = {
        scopes: ApiKey(
            hub_id=scene.hub.id,
            name="a system",
            prefix=scopes,
            secret_hash="0" * 64,
            scopes=[scopes],
            expires_at=builders.NOW + DAY,
        )
        for scopes in ("people:read", "cohort:read")
    }
    session.add_all(made.values())
    session.flush()
    assert load(session, key_actor(made["people:read"])).people == 0
    assert load(session, key_actor(made["cohort:read"])).people == 1
