"""The life of a check-in: sent or not with the reason, nudged once, closed; and silence is never
more than silence.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from engage.core.model import Event
from engage.people import pause
from engage.people.model import ContactStatus, CustodyStatus, Language, Person
from engage.progress.check_ins import lifecycle, service
from engage.progress.check_ins.model import CheckIn, CheckInState
from engage.progress.check_ins.rules import Schedule
from engage.signals import Signal
from messaging import suppression
from messaging.states import MessageStatus
from tests import builders
from tests.engage.progress.check_ins.stage import (
    CLOSES,
    DUE,
    NUDGE,
    asked,
    became,
    only,
    planned,
    texts,
)

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def katrina(session: Session) -> Person:
    """A person with a number that can be texted, whose offender manager has approved texts."""
    return builders.person(session, builders.staff(session, builders.hub(session)))


def test_it_goes_at_its_hour_once(session: Session, katrina: Person) -> None:
    """Not a minute early; one text and one row, however often the worker runs. The next is a week
    later by the wall clock.
    """
    plan = planned(session, katrina)
    assert lifecycle.advance(session, now=DUE - MINUTE) == 0
    for _ in range(3):
        lifecycle.advance(session, now=DUE)
    (text,) = texts(session, katrina)
    assert text.body.startswith("Hi Katrina. How are things this week? Reply 1 good")
    found = only(session, katrina)
    assert (found.state, found.closes_at, found.look_at) == (CheckInState.ASKED, CLOSES, NUDGE)
    assert plan.next_at == DUE + 7 * DAY - HOUR  # the clocks went forward


def test_welsh_is_asked_in_welsh(session: Session, katrina: Person) -> None:
    """The text and its nudge are in the person's language."""
    katrina.language = Language.WELSH
    asked(session, katrina)
    lifecycle.advance(session, now=NUDGE)
    first, nudge = texts(session, katrina)
    assert "Sut mae pethau?" in first.body and nudge.body.startswith("Helo Katrina. Gofynnom")


def custody(session: Session, person: Person) -> None:
    """In prison since the schedule was set."""
    person.custody_status = CustodyStatus.CUSTODY


def paused(session: Session, person: Person) -> None:
    """Texts are paused after a text of danger."""
    pause.pause(session, person, why="danger", actor="system", now=DUE - HOUR)


def stopped(session: Session, person: Person) -> None:
    """The number has replied STOP."""
    suppression.suppress(session, "+447700900101", "asked to stop", "test", DUE - HOUR)


def unapproved(session: Session, person: Person) -> None:
    """The offender manager has withdrawn the approval."""
    person.texts_approved_at = None


def closed(session: Session, person: Person) -> None:
    """The case is closed."""
    person.contact_status = ContactStatus.CLOSED


@pytest.mark.parametrize(
    ("happens", "code"),
    [
        (custody, "custody"),
        (paused, "paused"),
        (stopped, "stopped"),
        (unapproved, "not_approved"),
        (closed, "contact_closed"),
    ],
)
def test_rule_1_decides_each_time_and_its_reason_is_kept(
    session: Session, katrina: Person, happens: Callable[[Session, Person], None], code: str
) -> None:
    """A change since the schedule was set stops it: nothing is sent, and the next one is still
    planned.
    """
    plan = planned(session, katrina)
    happens(session, katrina)
    session.flush()
    lifecycle.advance(session, now=DUE)
    found = only(session, katrina)
    assert found.state is CheckInState.NOT_SENT and [one["code"] for one in found.reasons] == [code]
    assert texts(session, katrina) == [] and plan.next_at is not None and plan.next_at > DUE


def test_outside_the_hours_it_waits_and_keeps_the_reason(session: Session, katrina: Person) -> None:
    """The person's own hours were narrowed to the afternoon: it is sent at two."""
    planned(session, katrina)
    katrina.text_from_hour = 14
    lifecycle.advance(session, now=DUE)
    assert only(session, katrina).state is CheckInState.PLANNED
    assert [one["code"] for one in only(session, katrina).reasons] == ["quiet_hours"]
    lifecycle.advance(session, now=DUE + 4 * HOUR)
    assert (
        only(session, katrina).state is CheckInState.ASKED and only(session, katrina).reasons == []
    )


def test_after_three_texts_in_a_day_it_waits_for_the_morning(session: Session) -> None:
    """The daily cap counts all texts together."""
    katrina = builders.person(session, builders.staff(session, builders.hub(session, daily_cap=1)))
    other = planned(session, katrina)
    lifecycle.advance(session, now=DUE)
    texts(session, katrina)[0].context = {"purpose": "reminder"}
    session.delete(only(session, katrina))
    other.next_on, other.next_at = DUE.date(), DUE + MINUTE
    session.flush()
    lifecycle.advance(session, now=DUE + MINUTE)
    found = only(session, katrina)
    assert found.look_at == datetime.fromisoformat("2027-03-24T09:00:00+00:00")
    assert [one["code"] for one in found.reasons] == ["daily_cap"]


def test_no_worker_ran_for_weeks(session: Session, katrina: Person) -> None:
    """Only the last one is processed, as too late; no one gets three at once."""
    planned(session, katrina)
    lifecycle.advance(session, now=DUE + 16 * DAY)
    found = only(session, katrina)
    assert found.due_on == (DUE + 14 * DAY).date() and found.state is CheckInState.NOT_SENT
    assert [one["code"] for one in found.reasons] == ["too_late"] and texts(session, katrina) == []


def test_one_nudge_in_the_last_day_then_it_closes_as_unanswered(
    session: Session, katrina: Person
) -> None:
    """A note and an event, but no signal: an unanswered check-in is not a breach."""
    asked(session, katrina)
    for moment in (NUDGE - MINUTE, NUDGE, NUDGE + MINUTE, NUDGE + HOUR):
        lifecycle.advance(session, now=moment)
    _, nudge = texts(session, katrina)
    assert "No answer is fine too" in nudge.body and nudge.created_at == NUDGE
    lifecycle.advance(session, now=CLOSES - MINUTE)
    assert only(session, katrina).state is CheckInState.ASKED
    lifecycle.advance(session, now=CLOSES)
    assert only(session, katrina).state is CheckInState.UNANSWERED
    assert session.query(Signal).count() == 0
    kinds = [
        event.kind
        for event in session.query(Event).filter_by(person_id=katrina.id).order_by(Event.id)
    ]
    assert kinds == ["check_in.plan_set", "check_in.sent", "check_in.nudged", "check_in.unanswered"]


def test_a_nudge_that_would_fall_in_the_night_goes_in_the_morning(
    session: Session, katrina: Person
) -> None:
    """Sent at seven in the evening, it is nudged within the contact hours of the last day."""
    planned(session, katrina, schedule=Schedule(1, 1, 19))
    katrina.text_until_hour = None
    lifecycle.advance(session, now=DUE + 9 * HOUR)
    found = only(session, katrina)
    assert found.look_at == NUDGE + 9 * HOUR
    katrina.text_until_hour = 18
    session.flush()
    became(session, katrina, at=DUE + 9 * HOUR)
    lifecycle.advance(session, now=NUDGE + 9 * HOUR)
    assert only(session, katrina).look_at == datetime.fromisoformat("2027-03-26T09:00:00+00:00")
    lifecycle.advance(session, now=datetime.fromisoformat("2027-03-26T09:00:00+00:00"))
    assert len(texts(session, katrina)) == 2


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (MessageStatus.UNDELIVERED, "undelivered"),
        (MessageStatus.FAILED, "failed"),
        (MessageStatus.WITHDRAWN, "withdrawn"),
        (MessageStatus.EXPIRED, "expired"),
        (MessageStatus.UNKNOWN, "unknown"),
        (MessageStatus.SENT, "sent"),
    ],
)
def test_what_did_not_arrive_is_never_unanswered(
    session: Session, katrina: Person, status: MessageStatus, code: str
) -> None:
    """Not delivered, or not known to be delivered: it is shown as that, with what is known."""
    asked(session, katrina)
    became(session, katrina, status)
    lifecycle.advance(session, now=NUDGE)
    lifecycle.advance(session, now=CLOSES)
    found = only(session, katrina)
    assert found.state is CheckInState.NOT_DELIVERED and [one["code"] for one in found.reasons] == [
        code
    ]
    known = status in (MessageStatus.UNKNOWN, MessageStatus.SENT)
    assert (found.nudge_id is not None) == known
    assert known or [one["code"] for one in found.nudge_reasons] == ["not_reached"]


@pytest.mark.parametrize("happens", [custody, paused, stopped])
def test_texts_that_stop_meanwhile_end_it(
    session: Session, katrina: Person, happens: Callable[[Session, Person], None]
) -> None:
    """No nudge to a person in custody or after a text of danger, and not counted as silence."""
    asked(session, katrina)
    happens(session, katrina)
    session.flush()
    lifecycle.advance(session, now=NUDGE)
    assert only(session, katrina).nudge_reasons != []
    lifecycle.advance(session, now=CLOSES)
    assert (
        only(session, katrina).state is CheckInState.ENDED and only(session, katrina).reasons != []
    )
    assert len(texts(session, katrina)) == 1


def test_switched_off_before_it_goes_and_while_it_is_open(
    session: Session, katrina: Person
) -> None:
    """One that waited for its hour is not sent; an open one gets no nudge and can still be
    answered.
    """
    planned(session, katrina)
    katrina.text_from_hour = 14
    lifecycle.advance(session, now=DUE)
    om = builders.actor(katrina.offender_manager)
    plan = service.set_plan(session, om, katrina.id, None, now=DUE + HOUR)
    assert plan is not None and not plan.on
    lifecycle.advance(session, now=DUE + 4 * HOUR)
    assert [one["code"] for one in only(session, katrina).reasons] == ["switched_off"]
    assert lifecycle.open_due(session, now=DUE + 30 * DAY) == 0


def test_switched_off_while_it_is_open(session: Session, katrina: Person) -> None:
    """No nudge any more."""
    asked(session, katrina)
    service.set_plan(
        session, builders.actor(katrina.offender_manager), katrina.id, None, now=DUE + HOUR
    )
    lifecycle.advance(session, now=NUDGE)
    assert [one["code"] for one in only(session, katrina).nudge_reasons] == ["switched_off"]
    assert len(texts(session, katrina)) == 1


def test_a_hub_with_invalid_settings_delays_no_other_hub(session: Session, katrina: Person) -> None:
    """Its people are retried later; everyone else's check-in is sent."""
    broken = builders.hub(session, "Broken")
    gwen = builders.person(session, builders.staff(session, broken), number="+447700900102")
    planned(session, katrina)
    planned(session, gwen)
    broken.settings = {"daily_cap": "many"}
    session.flush()
    lifecycle.advance(session, now=DUE)
    assert only(session, katrina).state is CheckInState.ASKED
    assert only(session, gwen).state is CheckInState.PLANNED
    broken.settings = {}
    session.flush()
    lifecycle.advance(session, now=DUE + 5 * MINUTE)
    assert only(session, gwen).state is CheckInState.ASKED


def test_batches_continue_until_everything_is_done(session: Session) -> None:
    """Ten people in batches of three: everyone is asked, no one twice."""
    om = builders.staff(session, builders.hub(session))
    people = [builders.person(session, om, number=f"+4477009001{n:02}") for n in range(10)]
    for one in people:
        planned(session, one)
    looks = 0
    while lifecycle.advance(session, now=DUE, limit=3):
        looks += 1
    assert looks == 4 and session.query(CheckIn).count() == 10
    assert all(len(texts(session, one)) == 1 for one in people)
