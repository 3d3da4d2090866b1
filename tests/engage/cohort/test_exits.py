"""Leaving without a meeting: a death, a closed hub; staying voluntarily; a release date that moves;
reviews.
"""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import staff_actor
from engage.agencies.model import Hub, Role
from engage.appointments import absences
from engage.appointments.kinds import OutcomeCode
from engage.cohort import exits, reviews
from engage.cohort.exits import deregister
from engage.cohort.kinds import ExitReason, Rag
from engage.core.errors import Conflict, Forbidden, Invalid
from engage.core.model import Event
from engage.legal import orders
from engage.legal.model import Order, OrderKind
from engage.people.model import ContactStatus, LegalStatus
from engage.plan.kinds import ActionState
from engage.signals import Evidence, Signal, SignalKind, SignalState, raise_signal
from messaging.states import MessageStatus
from tests import builders, case_builders
from tests.engage.cohort.stage import (
    Scene,
    adopt,
    custody,
    outcome,
    set_scene,
    waiting_text,
)


@pytest.fixture
def scene(session: Session) -> Scene:
    """Katrina, who can be adopted."""
    return set_scene(session)


def due_on(session: Session, scene: Scene, now: datetime) -> date:
    """The day Katrina's review is due."""
    found = reviews.review_status(session, scene.katrina.id, now=now)
    assert found is not None
    return found.due_on


def test_death_ends_everything_at_once(session: Session, scene: Scene, now: datetime) -> None:
    """Texts are withdrawn, the enrolment ends, and a meeting has nothing to decide."""
    enrolment = adopt(session, scene, now - timedelta(days=30))
    waiting = waiting_text(session, scene.katrina, now)
    exits.record_death(
        session,
        staff_actor(scene.pat),
        scene.katrina.id,
        on=now.date() - timedelta(days=1),
        now=now,
    )
    session.refresh(waiting)
    assert enrolment.exit_reason is ExitReason.DIED and waiting.status is MessageStatus.WITHDRAWN
    assert scene.katrina.contact_status is ContactStatus.DEAD
    with pytest.raises(Conflict):
        deregister(
            session,
            scene.chidi,
            scene.katrina.id,
            exit_reason=ExitReason.DIED,
            note="Died",
            now=now,
        )


@pytest.mark.parametrize("kind", exits.RESOLVED_BY_DEATH)
def test_a_death_resolves_signals_about_what_was_missed(
    session: Session, scene: Scene, now: datetime, kind: SignalKind
) -> None:
    """Rules 5 to 7: open signals are resolved by the death, and an unexplained absence is not
    signalled later.
    """
    outcome(session, scene.katrina, now - timedelta(days=6), OutcomeCode.FAILED_TO_ATTEND)
    raise_signal(
        session,
        kind,
        person_id=scene.katrina.id,
        hub_id=scene.hub.id,
        cause="test",
        why="Was not there",
        evidence=[Evidence("rule", "6")],
        now=now - timedelta(days=1),
    )
    exits.record_death(session, staff_actor(scene.pat), scene.katrina.id, on=now.date(), now=now)
    assert absences.raise_evidence_due(session, now=now) == 0
    (signal,) = session.scalars(select(Signal))
    assert (signal.state, signal.resolution) == (SignalState.RESOLVED, "They have died.")


@pytest.mark.parametrize("stays", [True, False])
def test_leaving_withdraws_the_actions_of_the_plan(
    session: Session, scene: Scene, now: datetime, stays: bool
) -> None:
    """Proposed and live actions are withdrawn and their signals resolved. A person who stays in
    touch keeps the plan; what is done stays done.
    """
    adopt(session, scene, now - timedelta(days=30))
    scene.katrina.legal_status = LegalStatus.NON_STATUTORY
    open_now = [
        case_builders.action(session, scene.katrina, state=state)
        for state in (ActionState.LIVE, ActionState.PROPOSED)
    ]
    done = case_builders.action(
        session,
        scene.katrina,
        state=ActionState.DONE,
        done_on=now.date(),
        ended_by="system",
        ended_at=now,
    )
    raise_signal(
        session,
        SignalKind.ACTION_OVERDUE,
        person_id=scene.katrina.id,
        hub_id=scene.katrina.hub_id,
        cause=str(open_now[0].id),
        why="It was due",
        evidence=[Evidence("action", str(open_now[0].id))],
        now=now,
    )
    deregister(
        session,
        scene.chidi,
        scene.katrina.id,
        exit_reason=ExitReason.GREEN,
        note="Well done",
        now=now,
        stays_in_touch=stays,
    )
    assert [one.state for one in (*open_now, done)] == (
        [ActionState.LIVE, ActionState.PROPOSED, ActionState.DONE]
        if stays
        else [ActionState.WITHDRAWN, ActionState.WITHDRAWN, ActionState.DONE]
    )
    if not stays:
        assert {one.ended_note for one in open_now} == {"They have left the cohort"}
        overdue = session.scalars(
            select(Signal).where(Signal.kind == SignalKind.ACTION_OVERDUE)
        ).one()
        assert overdue.state is SignalState.RESOLVED
    with_events = session.scalars(
        select(Event.kind).where(Event.person_id == scene.katrina.id).order_by(Event.id)
    ).all()
    assert with_events.count("action.withdrawn") == (0 if stays else 2)


@pytest.mark.parametrize("why", ["dead", "closed"])
def test_the_sweep_ends_enrolments_that_are_due(
    session: Session, scene: Scene, now: datetime, why: str
) -> None:
    """A death recorded elsewhere, a closed hub; repeating it changes nothing."""
    enrolment = adopt(session, scene, now - timedelta(days=30))
    assert exits.end_due(session, now=now) == 0
    if why == "dead":
        scene.katrina.contact_status = ContactStatus.DEAD
    else:
        session.get_one(Hub, scene.hub.id).closed_at = now - timedelta(hours=1)
    session.flush()
    waiting = waiting_text(session, scene.katrina, now)
    assert [exits.end_due_and_follow_releases(session, now=now) for _ in range(2)] == [1, 0]
    session.refresh(waiting)
    expected = ExitReason.DIED if why == "dead" else ExitReason.HUB_CLOSED
    assert enrolment.exit_reason is expected and waiting.status is MessageStatus.WITHDRAWN
    stays = ContactStatus.DEAD if why == "dead" else ContactStatus.CLOSED
    assert scene.katrina.contact_status is stays


def test_staying_on_after_the_order(session: Session, scene: Scene, now: datetime) -> None:
    """Rule 2: nobody leaves because an order ended. It is not possible while one runs; repeating it
    keeps the first day.
    """
    pat = staff_actor(scene.pat)
    with pytest.raises(Conflict, match="not on the cohort"):
        exits.stay_voluntarily(session, pat, scene.katrina.id, now=now)
    adopt(session, scene, now)
    scene.katrina.legal_status = LegalStatus.STATUTORY
    session.flush()
    with pytest.raises(Conflict) as refusal:
        exits.stay_voluntarily(session, pat, scene.katrina.id, now=now)
    assert refusal.value.code == "under_order"
    scene.katrina.legal_status = LegalStatus.NON_STATUTORY
    session.flush()
    for days in (0, 5):
        stays = exits.stay_voluntarily(
            session, pat, scene.katrina.id, now=now + timedelta(days=days)
        )
    assert (
        stays.voluntary_since == now.date() and scene.katrina.contact_status is ContactStatus.OPEN
    )


def test_an_order_that_ends_mid_series_ends_nothing_else(session: Session, now: datetime) -> None:
    """Rule 2: status, bookings and texts continue; the person may stay voluntarily."""
    scene = set_scene(session, legal_status=LegalStatus.STATUTORY)
    enrolment = adopt(session, scene, now - timedelta(days=30))
    session.add(
        Order(
            person_id=scene.katrina.id,
            kind=OrderKind.COMMUNITY_ORDER,
            made_on=date(2026, 3, 20),
            starts_on=date(2026, 3, 20),
            ends_on=now.date() - timedelta(days=1),
            recorded_by="system",
            recorded_at=now - timedelta(days=365),
        )
    )
    series = [
        builders.appointment(session, scene.katrina, now + timedelta(weeks=week)) for week in (1, 2)
    ]
    waiting = waiting_text(session, scene.katrina, now)
    assert orders.end_due(session, now=now, limit=10) == 1
    session.expire_all()
    assert scene.katrina.legal_status is LegalStatus.NON_STATUTORY and enrolment.ended_on is None
    assert waiting.status is MessageStatus.QUEUED
    assert all(one.cancelled_at is None for one in series)
    pat = staff_actor(scene.pat)
    assert (
        exits.stay_voluntarily(session, pat, scene.katrina.id, now=now).voluntary_since
        == now.date()
    )


@pytest.mark.parametrize(
    ("moved_to", "due_on"),
    [(date(2031, 6, 1), date(2030, 6, 1)), (date(2032, 2, 29), date(2031, 2, 28))],
)
def test_a_moved_release_moves_the_re_referral(
    session: Session, scene: Scene, now: datetime, moved_to: date, due_on: date
) -> None:
    """Rule 10, earlier or later, and 29 February; repeating it moves nothing."""
    adopt(session, scene, now)
    spell = custody(
        session, scene.katrina, now.date(), sentence_days=2000, release_on=date(2031, 12, 1)
    )
    deregister(
        session,
        scene.chidi,
        scene.katrina.id,
        exit_reason=ExitReason.LONG_CUSTODY,
        note="Long",
        now=now,
    )
    assert exits.follow_releases(session) == 0
    spell.release_on = moved_to
    session.flush()
    assert [exits.follow_releases(session, scene.katrina.id) for _ in range(2)] == [1, 0]
    waiting = exits.open_re_referral(session, scene.katrina.id)
    assert waiting is not None
    session.refresh(waiting)
    assert waiting.due_on == due_on


def test_reviews_set_the_status_and_the_next_day(
    session: Session, scene: Scene, now: datetime
) -> None:
    """Rule 12: green is reviewed after 28 days; the signal that asked for the review is
    resolved.
    """
    made = adopt(session, scene, now - timedelta(days=8))
    raise_signal(
        session,
        SignalKind.REVIEW_DUE,
        person_id=scene.katrina.id,
        hub_id=scene.hub.id,
        cause="review",
        why="Red for 7 days",
        evidence=[Evidence("rule", "12")],
        now=now,
    )
    reviewed = reviews.review(
        session,
        staff_actor(scene.pat),
        scene.katrina.id,
        rag=Rag.GREEN,
        reason="Turned round",
        now=now,
    )
    assert reviewed.next_due_on == date(2027, 4, 17) and reviewed.suggested["rag"] == "amber"
    assert [one.rag for one in reviews.history(session, made.id, limit=5)] == [Rag.GREEN, Rag.RED]
    assert len(reviews.strands(session, made.id, limit=5)) == 1
    signal = session.scalars(select(Signal)).one()
    assert signal.state is SignalState.RESOLVED


def test_an_urgent_signal_makes_the_review_due_at_once(
    session: Session, scene: Scene, now: datetime
) -> None:
    """Rule 12, until the next review; a signal before the last review does not count."""
    adopt(session, scene, now)
    assert due_on(session, scene, now) == date(2027, 3, 27)
    later = now + timedelta(days=2)
    raise_signal(
        session,
        SignalKind.CRISIS,
        person_id=scene.katrina.id,
        hub_id=scene.hub.id,
        cause="text",
        why="May be in danger",
        evidence=[],
        now=later,
    )
    assert due_on(session, scene, now) == later.date()
    reviews.review(
        session, staff_actor(scene.pat), scene.katrina.id, rag=Rag.RED, reason="Seen", now=later
    )
    assert due_on(session, scene, now) == date(2027, 3, 29)


def test_who_may_not_review(session: Session, scene: Scene, now: datetime) -> None:
    """An auditor only reads; without a reason nothing is decided."""
    adopt(session, scene, now)
    auditor = builders.staff(session, scene.hub, Role.AUDITOR)
    with pytest.raises(Forbidden):
        reviews.review(
            session, staff_actor(auditor), scene.katrina.id, rag=Rag.RED, reason="No", now=now
        )
    with pytest.raises(Invalid):
        reviews.review(session, scene.chidi, scene.katrina.id, rag=Rag.RED, reason="", now=now)
