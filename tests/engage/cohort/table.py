"""Builders for tests of meetings: referrals, assessments, meetings and agendas, made as staff make
them.
"""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import Actor
from engage.agencies.model import AgencyKind, Hub, Role, Staff
from engage.cohort import decisions, meetings, referrals
from engage.cohort.assessments import Judgement
from engage.cohort.decision_details import DecisionDetails
from engage.cohort.kinds import (
    Cohort,
    DecisionKind,
    Rag,
    Risk,
    Strand,
)
from engage.cohort.meeting_model import AgendaItem, Meeting
from engage.cohort.model import (
    Enrolment,
    RagReview,
    Referral,
    StrandSpell,
)
from engage.cohort.referrals import NewReferral
from engage.people.model import Person
from tests import builders

TODAY = date(2027, 3, 20)
BORN = date(1994, 5, 6)
JUDGED = Judgement(
    Risk.MEDIUM, Risk.LOW, offences_a_year=40, nature="shop theft", cost_pence=1_200_000
)


def police(session: Session, at: Hub, *roles: Role, name: str = "Kit Ward") -> Staff:
    """A police officer."""
    builders.agency(session, at, "Police", AgencyKind.POLICE)
    return builders.staff(
        session, at, *roles or (Role.SUPPORT_WORKER,), name=name, agency_name="Police"
    )


def refer(
    session: Session,
    by: Actor,
    at: Hub,
    now: datetime = builders.NOW,
    *,
    crn: str | None = None,
    **more: Any,
) -> Referral:
    """A referral of Ryan Tate."""
    given = {"first_name": "Ryan", "last_name": "Tate", "reasons": "Shop theft every week", **more}
    return referrals.refer(session, by, NewReferral(hub_id=at.id, crn=crn, **given), now=now)


def call(
    session: Session, by: Actor, at: Hub, now: datetime = builders.NOW, *, held_on: date = TODAY
) -> Meeting:
    """A meeting, today by default."""
    return meetings.call(session, by, at.id, held_on=held_on, chair="Chidi Okafor", now=now)


def items(session: Session, meeting: Meeting) -> dict[str, list[str]]:
    """The agenda: reasons by first name."""
    rows = session.execute(
        select(AgendaItem, Person, Referral)
        .outerjoin(Person, Person.id == AgendaItem.person_id)
        .outerjoin(Referral, Referral.id == AgendaItem.referral_id)
        .where(AgendaItem.meeting_id == meeting.id)
        .execution_options(populate_existing=True)
    )
    return {(person or referral).first_name: item.reasons for item, person, referral in rows}


def item_of(session: Session, meeting: Meeting, about: Person | Referral) -> AgendaItem:
    """The agenda item of a person or referral."""
    column = AgendaItem.person_id if isinstance(about, Person) else AgendaItem.referral_id
    return session.scalars(
        select(AgendaItem).where(AgendaItem.meeting_id == meeting.id, column == about.id)
    ).one()


def adopting(om: Staff, **more: Any) -> DecisionDetails:
    """The decision to adopt, with all it must name."""
    return DecisionDetails(
        DecisionKind.ADOPT,
        "High predictor, and the thefts go on",
        **{
            "cohort": Cohort.FIXED,
            "strand": Strand.CATCH_AND_CONTROL,
            "rag": Rag.RED,
            "lead_agency": om.agency_id,
            "offender_manager": om.id,
            **more,
        },
    )


def enrol(
    session: Session,
    person: Person,
    *,
    on: date = TODAY - timedelta(days=200),
    rag: Rag = Rag.AMBER,
    reviewed_on: date | None = None,
    due_on: date = TODAY + timedelta(days=14),
) -> Enrolment:
    """Bare rows of an enrolment, its strand and one review."""
    om = session.get_one(Staff, person.offender_manager_id)
    made = Enrolment(
        person_id=person.id,
        hub_id=person.hub_id,
        cohort=Cohort.FIXED,
        lead_agency_id=om.agency_id,
        adopted_on=on,
    )
    session.add(made)
    session.flush()
    session.add(
        StrandSpell(
            enrolment_id=made.id,
            strand=Strand.CATCH_AND_CONTROL,
            since=on,
            reason="Adopted",
            suggested={},
            decided_by="system",
            decided_at=builders.NOW - timedelta(days=200),
        )
    )
    review(session, made, rag, reviewed_on or on, due_on=due_on)
    return made


def review(
    session: Session,
    of: Enrolment,
    rag: Rag,
    on: date,
    *,
    due_on: date = TODAY + timedelta(days=14),
) -> RagReview:
    """A bare review."""
    made = RagReview(
        enrolment_id=of.id,
        rag=rag,
        held_on=on,
        reason="Reviewed",
        suggested={},
        next_due_on=due_on,
        decided_by="system",
        decided_at=datetime(on.year, on.month, on.day, 12, tzinfo=builders.NOW.tzinfo),
    )
    session.add(made)
    session.flush()
    return made


def decided(
    session: Session, by: Actor, meeting: Meeting, about: Person | Referral, choice: DecisionDetails
) -> None:
    """A decision about an agenda item."""
    decisions.decide(session, by, item_of(session, meeting, about).id, choice, now=builders.NOW)
