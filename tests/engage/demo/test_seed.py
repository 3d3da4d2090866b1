"""The small demonstration is complete at whatever hour and on whatever day it is started."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from engage.access.model import SharingAgreement
from engage.access.policy import staff_actor
from engage.agencies.model import Hub, Staff
from engage.appointments.free_times.model import FreeTime, SlotOffer
from engage.appointments.reminders import due
from engage.cohort.kinds import Rag
from engage.cohort.meeting_model import AgendaItem, Meeting
from engage.cohort.model import Enrolment
from engage.compliance import counting
from engage.conversation.intake import handle
from engage.conversation.safety import rota
from engage.demo import seed, seed_case
from engage.demo.seed_data import CASELOAD, MAY_REBOOK, SELF_REPORTS
from engage.legal.model import Order
from engage.people.model import Person
from engage.plan.kinds import ActionState
from engage.plan.model import Action
from engage.progress.activities.model import Activity
from engage.progress.check_ins.model import CheckInPlan
from engage.progress.housing.model import HousingSpell
from engage.progress.model import SelfReport
from engage.queries.cohort import status
from engage.queries.plan import plan
from engage.queries.signals import today
from engage.signals import SignalKind
from messaging.states import MessageStatus
from messaging.tables import Message
from tests.engage.conversation.phones import text_in

LEANNE = "+447700900201"


def pat(session: Session) -> Staff:
    """The offender manager in the demonstration."""
    return session.scalars(select(Staff).where(Staff.email == "p.hale@probation.example")).one()


@pytest.mark.parametrize(
    "at",
    ["2027-03-22T10:00:00+00:00", "2027-03-27T23:30:00+00:00", "2026-12-31T03:00:00+00:00"],
)
def test_it_can_be_started_at_any_time(session: Session, at: str) -> None:
    """By day, at night before the clocks change, on a holiday: everything exists, once."""
    now = datetime.fromisoformat(at)
    assert seed.seed(session, now=now) and not seed.seed(session, now=now)
    hub = session.scalars(select(Hub)).one()
    assert [turn.level for turn in rota.on_call(session, [hub.id], now + timedelta(days=20))] == [
        1,
        2,
    ]
    times = session.scalars(select(FreeTime)).all()
    assert len(times) == 10 and all(now < one.starts_at < now + timedelta(days=12) for one in times)
    plan = session.scalars(select(CheckInPlan)).one()
    assert plan.next_at is not None and plan.next_at < now + timedelta(days=2)
    allowed = (
        select(func.count()).select_from(Person).where(Person.rebooking_allowed_at.is_not(None))
    )
    assert session.scalar(allowed) == len(MAY_REBOOK)
    assert session.scalar(select(func.count()).select_from(SelfReport)) == len(SELF_REPORTS)


def test_people_alone(session: Session, now: datetime) -> None:
    """For tests and trainers who set things up themselves."""
    seed.seed(session, now=now, arranged=False)
    assert session.scalar(select(func.count()).select_from(Person)) == len(CASELOAD)
    for table in (
        FreeTime,
        CheckInPlan,
        SelfReport,
        Order,
        Enrolment,
        Action,
        Meeting,
        SharingAgreement,
    ):
        assert session.scalar(select(func.count()).select_from(table)) == 0
    assert pat(session).mobile is None


def test_today_has_something_to_show(session: Session, now: datetime) -> None:
    """A person who lost their work, a person in custody with a booked appointment, and an absence
    to ask about.
    """
    seed.seed(session, now=now)
    page = today.load(session, staff_actor(pat(session)), now=now)
    kinds = {one.kind for one in page.signals.signals}
    assert {SignalKind.WORK_LOSS, SignalKind.NO_SHOW, SignalKind.NUMBER_SHARED} <= kinds
    assert [one.person_name for one in page.still_booked] == ["Craig Ellis"]


def test_one_case_is_complete(session: Session, now: datetime) -> None:
    """An order with failures that count, a reviewed status, a plan with done and overdue actions, a
    home and a course.
    """
    seed.seed(session, now=now)
    actor = staff_actor(pat(session))
    marcus = session.scalars(select(Person).where(Person.crn == seed_case.FULL_CASE)).one()
    found = counting.assess(session, marcus, now=now)
    assert [(one.order is not None, one.suggestion.consider) for one in found.positions] == [
        (True, True)
    ]
    case = status.load(session, actor, marcus.id, now=now)
    assert case.standing is not None and case.standing.rag is Rag.AMBER and len(case.reviews) == 2
    view = plan.load(session, actor, marcus.id, now=now)
    assert [one.state for one in view.ended] == [ActionState.DONE]
    assert len(view.live) == 3 and any(one.overdue for one in view.live)
    for table in (HousingSpell, Activity):
        assert session.scalar(select(func.count()).select_from(table)) > 0
    page = today.load(session, actor, now=now)
    assert SignalKind.SECOND_FAILURE in {one.kind for one in page.signals.signals}


def test_the_meeting_next_week_has_an_agenda(session: Session, now: datetime) -> None:
    """The person whose review is due, and the referred one."""
    seed.seed(session, now=now)
    meeting = session.scalars(select(Meeting)).one()
    assert meeting.held_on == now.date() + timedelta(days=7)
    items = session.scalars(select(AgendaItem).where(AgendaItem.meeting_id == meeting.id)).all()
    leanne = session.scalars(select(Person.id).where(Person.crn == seed_case.TO_REVIEW)).one()
    assert leanne in {one.person_id for one in items}
    assert "referral" in {reason for one in items for reason in one.reasons}


def test_another_time_is_offered_by_text(session: Session, now: datetime) -> None:
    """Leanne's two appointments with Pat have been texted; she wants another day for the second,
    and Pat's free times fit.
    """
    seed.seed(session, now=now)
    due.send_due(session, now=now, limit=50)
    session.execute(
        update(Message)
        .where(Message.status == MessageStatus.QUEUED)
        .values(status=MessageStatus.DELIVERED, claimed_at=now, delivered_at=now)
    )
    for words, minute in (("can we change it to another day please", 1), ("2", 2)):
        at = now + timedelta(minutes=minute)
        handle(session, text_in(session, words, at, number=LEANNE), at)
        session.execute(update(Message).where(Message.claimed_at.is_(None)).values(claimed_at=at))
    session.flush()
    offer = session.scalars(select(SlotOffer)).one()
    assert len(offer.ids) == 3
