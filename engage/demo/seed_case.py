"""The case in the small demonstration: one person with a full record, another due for review, a
referral, and the meeting that has them on its agenda.

Made through the same use cases as real data, by the staff responsible, in the order in which it
would have happened.
"""

import uuid
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from engage.access import agreements
from engage.access.agreements import NewAgreement
from engage.access.policy import Actor, staff_actor
from engage.access.sharing import RecordPart
from engage.agencies.hub_settings import hub_today
from engage.agencies.model import Hub, Staff
from engage.cohort import (
    enrolments,
    meetings,
    referrals,
    reviews,
)
from engage.cohort.kinds import Cohort, Rag, Strand
from engage.cohort.referrals import NewReferral
from engage.legal import orders, requirements
from engage.legal.kinds import OrderKind, RequirementKind
from engage.people.model import Person
from engage.plan import actions, needs
from engage.plan.actions import NewAction
from engage.plan.kinds import ActionClass, Pathway
from engage.progress.activities import service as activities
from engage.progress.activities.kinds import ActivityKind
from engage.progress.housing import service as housing
from engage.progress.housing.kinds import HousingStage

FULL_CASE, TO_REVIEW = "X700202", "X700201"
"""The CRN of the person with a full record, and of the one due for review at the meeting."""
MANAGER, COORDINATOR, SUPERVISOR = (
    "p.hale@probation.example",
    "c.okafor@police.example",
    "s.ward@probation.example",
)
PARTNER = "jo@tynerecovery.example"
ADOPTED = timedelta(days=12)
REVIEWED = timedelta(days=2)
MEETS_IN = timedelta(days=7)
NEEDS = {
    Pathway.ACCOMMODATION: 3,
    Pathway.EDUCATION_TRAINING_EMPLOYMENT: 2,
    Pathway.FINANCE_BENEFIT_DEBT: 1,
}


def write(
    session: Session,
    hub: Hub,
    staff: Mapping[str, Staff],
    caseload: Mapping[str, Person],
    now: datetime,
) -> None:
    """Write the case in the caller's transaction. `staff` is by e-mail address, `caseload` by
    CRN.
    """
    session.expire_all()
    pat, chidi = staff_actor(staff[MANAGER]), staff_actor(staff[COORDINATOR])
    today = hub_today(hub, now)
    marcus, leanne = caseload[FULL_CASE], caseload[TO_REVIEW]
    _share(session, hub, staff, today, now - ADOPTED)
    _order(session, pat, marcus, today, now - ADOPTED)
    probation = staff[MANAGER].agency_id
    for whose, strand in (
        (marcus, Strand.CATCH_AND_CONTROL),
        (leanne, Strand.REHABILITATE_AND_RESETTLE),
    ):
        enrolments.adopt(
            session,
            chidi,
            whose,
            cohort=Cohort.FIXED,
            strand=strand,
            lead_agency_id=probation,
            rag=Rag.RED,
            reason="Many shop thefts since the summer, and ready to change.",
            now=now - ADOPTED,
        )
    _plan(session, pat, marcus, staff, today, now)
    _progress(session, pat, marcus, today, now)
    reviews.review(
        session,
        pat,
        marcus.id,
        rag=Rag.AMBER,
        reason="Has a room, and misses what is booked.",
        now=now - REVIEWED,
    )
    _meeting(session, hub, chidi, pat, now)


def _share(
    session: Session, hub: Hub, staff: Mapping[str, Staff], today: date, now: datetime
) -> None:
    new = NewAgreement(
        hub_id=hub.id,
        agency_id=staff[PARTNER].agency_id,
        purpose="To plan support together",
        lawful_basis="Crime and Disorder Act 1998, section 115",
        fields=[RecordPart.APPOINTMENTS, RecordPart.STATUS, RecordPart.PLAN],
        starts_on=today - ADOPTED,
        ends_on=today + timedelta(days=365),
    )
    agreements.record_agreement(session, staff_actor(staff[SUPERVISOR]), new, now=now)


def _order(session: Session, pat: Actor, whose: Person, today: date, now: datetime) -> None:
    starts_on = today - timedelta(days=90)
    order = orders.record_order(
        session,
        pat,
        whose.id,
        kind=OrderKind.COMMUNITY_ORDER,
        made_on=starts_on,
        starts_on=starts_on,
        ends_on=starts_on + timedelta(days=364),
        court="Newcastle Magistrates",
        now=now,
    )
    rar = requirements.add_requirement(
        session, pat, order.id, kind=RequirementKind.RAR, starts_on=starts_on, amount=20, now=now
    )
    for days in (60, 40, 20):
        requirements.record_credit(
            session,
            pat,
            rar.id,
            done_on=today - timedelta(days=days),
            amount=1,
            planned_activity=True,
            activity="Thinking skills",
            now=now,
        )


def _plan(
    session: Session,
    pat: Actor,
    whose: Person,
    staff: Mapping[str, Staff],
    today: date,
    now: datetime,
) -> None:
    """Needs; a live, an overdue and a done action; and an exit plan."""
    for pathway, score in NEEDS.items():
        needs.score(session, pat, whose.id, pathway=pathway, score=score, now=now - ADOPTED)
    recovery = staff[PARTNER]
    room = _action(Pathway.ACCOMMODATION, "Find a room", staff[MANAGER], today - timedelta(days=6))
    claim = _action(
        Pathway.FINANCE_BENEFIT_DEBT,
        "Claim Universal Credit",
        staff[MANAGER],
        today - timedelta(days=1),
    )
    course = _action(
        Pathway.EDUCATION_TRAINING_EMPLOYMENT,
        "Put them forward for the course",
        recovery,
        today + timedelta(days=10),
    )
    last = _action(
        Pathway.ATTITUDES_THINKING_BEHAVIOUR,
        "Go on with the group",
        recovery,
        today + timedelta(days=90),
        exit_plan=True,
    )
    made: list[uuid.UUID] = [
        actions.propose(session, pat, whose.id, new, now=now - ADOPTED).id
        for new in (room, claim, course, last)
    ]
    found_on = today - timedelta(days=5)
    actions.finish(
        session,
        pat,
        made[0],
        done_on=found_on,
        note="A room on Mill Lane",
        now=now - timedelta(days=5),
    )


def _action(
    pathway: Pathway, what: str, who: Staff, due_on: date, *, exit_plan: bool = False
) -> NewAction:
    return NewAction(
        pathway=pathway,
        action_class=ActionClass.SUPPORT,
        what=what,
        agency_id=who.agency_id,
        responsible=who.name,
        due_on=due_on,
        exit_plan=exit_plan,
    )


def _progress(session: Session, pat: Actor, whose: Person, today: date, now: datetime) -> None:
    for stage, days in ((HousingStage.STREET, 80), (HousingStage.HOSTEL, 5)):
        housing.record(
            session,
            pat,
            whose.id,
            stage=stage,
            since=today - timedelta(days=days),
            sure=True,
            now=now - REVIEWED,
        )
    activities.start(
        session,
        pat,
        whose.id,
        kind=ActivityKind.COURSE,
        name="Level 1 in catering",
        started_on=today - timedelta(days=4),
        sure=True,
        now=now - REVIEWED,
    )


def _meeting(session: Session, hub: Hub, chidi: Actor, pat: Actor, now: datetime) -> None:
    """A person is referred. The agencies meet a week from now, and the agenda is built
    automatically.
    """
    new = NewReferral(
        hub_id=hub.id,
        first_name="Jordan",
        last_name="Kemp",
        reasons="Eleven shop thefts since the summer; asks for help with drugs.",
        offending="Theft, most weeks.",
        needs=(Pathway.ACCOMMODATION,),
    )
    referrals.refer(session, pat, new, now=now - timedelta(days=1))
    today = hub_today(hub, now)
    meetings.call(session, chidi, hub.id, held_on=today + MEETS_IN, chair="Chidi Okafor", now=now)
