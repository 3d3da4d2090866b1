"""The nightly sweep raises signals of the calendar, once for each cause."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from engage.agencies.model import Hub, Staff
from engage.cohort.kinds import ExitReason, Rag
from engage.cohort.model import ReReferral
from engage.cohort.nightly import service
from engage.legal.model import ReleasePlan, Requirement
from engage.people.model import ContactStatus, LegalStatus, Person
from engage.plan.kinds import ActionState
from engage.signals import Evidence, Signal, SignalKind, raise_signal, resolve
from tests import builders
from tests.engage.cohort.nightly.nights import (
    action,
    court_review,
    enrolled,
    in_prison,
    reviewed,
    swept,
    told,
)

TODAY = date(2027, 3, 20)
DAY = timedelta(days=1)


@pytest.fixture
def hub(session: Session) -> Hub:
    """A hub with the usual settings."""
    return builders.hub(session)


@pytest.fixture
def pat(session: Session, hub: Hub) -> Staff:
    """An offender manager."""
    return builders.staff(session, hub)


@pytest.fixture
def katrina(session: Session, pat: Staff, now: datetime) -> Person:
    """A person known since yesterday, with nothing due."""
    return builders.person(session, pat, created_at=now - DAY)


@pytest.mark.parametrize(("days", "soon"), [(15, False), (14, True), (0, True), (-3, True)])
def test_a_release_is_signalled_fourteen_days_before(
    session: Session, katrina: Person, now: datetime, days: int, soon: bool
) -> None:
    """Until the release is recorded."""
    in_prison(session, katrina, TODAY + days * DAY)
    swept(session, now)
    assert [kind for kind, _ in told(session, katrina)] == [SignalKind.RELEASE_SOON] * soon


def test_a_moved_release_is_signalled_by_its_new_day(
    session: Session, katrina: Person, now: datetime
) -> None:
    """The signal of the old day is resolved; that of the new day when the release plan is made."""
    spell = in_prison(session, katrina, TODAY + 10 * DAY)
    swept(session, now)
    spell.release_on = TODAY + 5 * DAY
    swept(session, now + DAY)
    why = "Release is expected on Thu 25 March 2027, and there is no release plan yet."
    assert told(session, katrina) == [(SignalKind.RELEASE_SOON, why)]
    session.add(
        ReleasePlan(
            custody_spell_id=spell.id, home="A hostel", made_by="system", made_at=builders.NOW
        )
    )
    swept(session, now + 2 * DAY)
    assert told(session, katrina) == []


def test_an_order_whose_last_day_has_passed_is_ended(
    session: Session, katrina: Person, now: datetime
) -> None:
    """Before anything else, so that the night works with the right legal status."""
    review = court_review(session, katrina, TODAY + 60 * DAY, held_on=TODAY)
    order = session.get_one(Requirement, review.requirement_id).order
    order.ends_on = TODAY - DAY
    katrina.legal_status = LegalStatus.STATUTORY
    swept(session, now)
    assert (order.ended_on, katrina.legal_status) == (TODAY - DAY, LegalStatus.NON_STATUTORY)


@pytest.mark.parametrize(("days", "soon"), [(8, False), (7, True), (0, True), (-1, False)])
def test_a_court_review_is_signalled_seven_days_before(
    session: Session, katrina: Person, now: datetime, days: int, soon: bool
) -> None:
    """Rule 13: while its report has not been made."""
    review = court_review(session, katrina, TODAY + days * DAY)
    swept(session, now)
    assert [kind for kind, _ in told(session, katrina)] == [SignalKind.COURT_REVIEW_SOON] * soon
    review.report_made_at = now
    swept(session, now + DAY)
    assert told(session, katrina) == []


@pytest.mark.parametrize(
    ("due", "state", "overdue"),
    [
        (TODAY, ActionState.LIVE, False),
        (TODAY - DAY, ActionState.LIVE, True),
        (TODAY - DAY, ActionState.PROPOSED, False),
        (TODAY - DAY, ActionState.DONE, False),
        (TODAY - DAY, ActionState.WITHDRAWN, False),
    ],
)
def test_an_overdue_action_is_signalled_with_its_agency(
    session: Session, katrina: Person, now: datetime, due: date, state: ActionState, overdue: bool
) -> None:
    """An action that is not approved yet is nobody's to do."""
    action(session, katrina, due, state)
    swept(session, now)
    why = "An action for Probation was due by Fri 19 March 2027."
    assert told(session, katrina) == [(SignalKind.ACTION_OVERDUE, why)] * overdue


def test_a_review_is_signalled_on_its_day_or_at_once_without_one(
    session: Session, katrina: Person, pat: Staff, now: datetime
) -> None:
    """Rule 12."""
    enrolment = enrolled(session, katrina)
    swept(session, now)
    assert told(session, katrina) == [
        (SignalKind.REVIEW_DUE, "No review has been held since they joined.")
    ]
    reviewed(session, enrolment, Rag.AMBER, TODAY, TODAY + 14 * DAY, now)
    swept(session, now + DAY)
    assert told(session, katrina) == []
    swept(session, now + 14 * DAY)
    assert (SignalKind.REVIEW_DUE, "The next review was due on Sat 3 April 2027.") in told(
        session, katrina
    )


def test_an_urgent_signal_makes_a_review_due_at_once(
    session: Session, katrina: Person, now: datetime
) -> None:
    """Rule 12, whether or not the signal has been resolved."""
    enrolment = enrolled(session, katrina)
    reviewed(session, enrolment, Rag.GREEN, TODAY, TODAY + 28 * DAY, now)
    raise_signal(
        session,
        SignalKind.CRISIS,
        person_id=katrina.id,
        hub_id=katrina.hub_id,
        cause="test",
        why="Said so",
        evidence=[Evidence("rule", "1")],
        now=now + timedelta(hours=1),
    )
    resolve(
        session, session.scalars(select(Signal)).one(), how="Rang", actor="system", now=now + DAY
    )
    swept(session, now + DAY)
    assert told(session, katrina) == [
        (SignalKind.REVIEW_DUE, "An urgent signal has been raised since the last review.")
    ]


@pytest.mark.parametrize(
    ("history", "since"),
    [
        ([(Rag.GREEN, 0)], "Sun 20 December 2026"),
        ([(Rag.GREEN, -1)], None),
        ([(Rag.AMBER, -30), (Rag.GREEN, 0), (Rag.GREEN, 28)], "Sun 20 December 2026"),
        ([(Rag.GREEN, -60), (Rag.RED, 0), (Rag.GREEN, 1)], None),
        ([(Rag.GREEN, -60), (Rag.AMBER, 60)], None),
    ],
)
def test_three_green_months_are_signalled(
    session: Session,
    katrina: Person,
    now: datetime,
    history: list[tuple[Rag, int]],
    since: str | None,
) -> None:
    """Rule 10: days are counted from 20 December, three months before; a break restarts
    the count.
    """
    enrolment = enrolled(session, katrina)
    for rag, after in history:
        shift = 1 if after == -1 else after
        reviewed(session, enrolment, rag, date(2026, 12, 20) + shift * DAY, TODAY + 28 * DAY, now)
    swept(session, now)
    wanted = (
        [(SignalKind.GREEN_THREE_MONTHS, f"Green without a break since {since}.")] if since else []
    )
    assert told(session, katrina) == wanted


def test_re_referral_is_signalled_after_long_custody(
    session: Session, katrina: Person, now: datetime
) -> None:
    """Rule 10: although the enrolment has ended and the case is closed."""
    katrina.contact_status = ContactStatus.CLOSED
    enrolment = enrolled(
        session, katrina, ended_on=date(2026, 6, 1), exit_reason=ExitReason.LONG_CUSTODY
    )
    spell = in_prison(session, katrina, date(2028, 3, 21))
    session.add(
        ReReferral(
            enrolment_id=enrolment.id,
            person_id=katrina.id,
            custody_spell_id=spell.id,
            due_on=TODAY + DAY,
        )
    )
    assert swept(session, now).raised == 0
    swept(session, now + DAY)
    assert [kind for kind, _ in told(session, katrina)] == [SignalKind.RE_REFERRAL_DUE]


def test_a_resolved_cause_is_not_signalled_again(
    session: Session, katrina: Person, now: datetime
) -> None:
    """One overdue action raises one signal; moved to another day it is a new cause."""
    late = action(session, katrina, TODAY - DAY)
    swept(session, now)
    one = session.scalars(select(Signal)).one()
    resolve(session, one, how="Rang them", actor="system", now=now)
    assert swept(session, now + DAY).raised == 0
    late.due_on = TODAY
    assert swept(session, now + 2 * DAY).raised == 1


def test_the_number_of_statements_does_not_grow_with_people(
    session: Session, pat: Staff, now: datetime
) -> None:
    """A chunk costs the same statements for two people as for twenty."""
    counts = []
    for more in (2, 18):
        for _ in range(more):
            builders.person(session, pat, number=None, created_at=now - 60 * DAY)
        count = 0

        def counted(*_: object) -> None:
            nonlocal count
            count += 1

        session.flush()
        event.listen(session.get_bind(), "before_cursor_execute", counted)
        swept(session, now + len(counts) * DAY)
        event.remove(session.get_bind(), "before_cursor_execute", counted)
        counts.append(count)
    assert counts[0] == counts[1]


def test_the_keys_are_those_of_a_signal_raised_by_hand(
    session: Session, katrina: Person, now: datetime
) -> None:
    """A signal raised in a use case's transaction is not raised again at night."""
    late = action(session, katrina, TODAY - DAY)
    raise_signal(
        session,
        SignalKind.ACTION_OVERDUE,
        person_id=katrina.id,
        hub_id=katrina.hub_id,
        cause=f"{late.id}:{late.due_on}",
        why="Late",
        evidence=[Evidence("rule", "10")],
        now=now,
    )
    assert swept(session, now) == service.NightProgress(
        people=1, raised=0, resolved=0, finished=True
    )
