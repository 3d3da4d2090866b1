"""Texts that take an earlier text back: recognised strictly, nothing deleted, and the correction
handled or left to a worker.
"""

import time
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.agencies.model import Staff
from engage.appointments.model import Appointment
from engage.appointments.model import StatedIntent as Said
from engage.conversation import takeover
from engage.people.model import Language, Person
from engage.signals import SignalKind
from engage.understanding.retractions import Retraction, find_retraction
from messaging import suppression
from messaging.outbox import Lane
from tests import builders
from tests.engage.conversation.phones import (
    NO,
    NUMBER,
    YES,
    answers,
    asked,
    current_intents,
    events,
    gone,
    last_answer,
    minutes,
    open_signals,
    said,
    says,
)

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "instead", "plainly"),
    [
        ("sorry meant no", "no", False),
        ("Sorry, I meant no", "no", False),
        ("soz ment to say yes", "yes", False),
        ("oops i meant 2", "2", False),
        ("actually il be there", "il be there", False),
        ("ignore that", "", True),
        ("Ignore my last text please", "", True),
        ("pls ignore that last message sorry", "", True),
        ("ignore that, il be there", "il be there", True),
        ("scrap that il be there", "il be there", True),
        ("wrong one, 2 not 1", "2", True),
        ("2 not 1", "2", True),
        ("not 1 its 2", "2", True),
        ("* no", "no", False),
        ("*no", "no", False),
        ("no*", "no", False),
        ("didnt mean to send that", "", True),
        ("wrong button sorry", "", True),
        ("changed my mind i cant come", "i cant come", True),
        ("forget that i meant yes", "yes", True),
        ("sori o'n i'n meddwl na", "na", False),
        ("oni'n feddwl byddaf", "byddaf", False),
        ("anwybydda hwnna", "", True),
        ("anwybyddwch hynny, byddaf yna", "byddaf yna", True),
        ("camgymeriad, 2 nid 1", "2", True),
        ("wedi newid fy meddwl", "", True),
    ],
)
def test_what_is_a_retraction(text: str, instead: str, plainly: bool) -> None:
    """In both languages: the replacement, and whether the earlier text is taken back if the
    replacement is unclear.
    """
    assert find_retraction(text) == Retraction(instead, plainly)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yes",
        "no",
        "sorry",
        "sorry i cant come",
        "wrong number",
        "delete this number",
        "thats wrong its tuesday",
        "should be there by 10",
        "1 not bad",
        "2 2",
        "actually?",
        "did you mean no?",
        "ignore that?",
        "do i ignore that",
        "my mam is ignoring me",
        "** no",
        "u lot are 5*",
        "what a load of sh*",
        "that was a mistake i shouldnt have gone",
        "i mean",
        "1 not 1",
    ],
)
def test_what_is_no_retraction(text: str) -> None:
    """These texts are interpreted by themselves."""
    assert find_retraction(text) is None


@given(st.text(max_size=300))
def test_no_text_raises(text: str) -> None:
    """Any text is a retraction or none."""
    found = find_retraction(text)
    assert found is None or isinstance(found.replacement, str)


def test_repeated_words_take_no_longer() -> None:
    """A text made of the words that can introduce a retraction is still interpreted at once."""
    begun = time.process_time()
    for row in (
        "sorry " * 33,
        "no wait " * 24,
        "oops ooops " * 18,
        "na aros " * 24,
        "x " * 90,
        "i meant " * 24,
    ):
        find_retraction(row + "z")
    assert time.process_time() - begun < 0.5


@pytest.mark.parametrize("after", [1, 30, 300])
def test_sorry_meant_no(
    session: Session, katrina: Person, tuesday: Appointment, now: datetime, after: int
) -> None:
    """The yes stays recorded, withdrawn by the person; the no counts and raises the signal."""
    first = says(session, "yes", now)
    second = says(session, "sorry meant no", now + minutes(after))
    assert said(session, tuesday) == [YES, NO] and current_intents(session, tuesday) == [NO]
    withdrawn = session.scalars(select(Said).where(Said.withdrawn_at.is_not(None))).one()
    assert (withdrawn.kind, withdrawn.withdrawn_by, withdrawn.withdrawn_at) == (
        YES,
        "person",
        now + minutes(after),
    )
    assert {"intent.withdrawn", "reply.taken_back"} <= set(events(session, katrina))
    assert open_signals(session, katrina) == [SignalKind.CANNOT_ATTEND]
    session.refresh(first)
    assert first.taken_back_at is not None and "taken back" in first.done
    assert not second.needs_human and "be in touch" in last_answer(session)


def test_scrap_that_il_be_there_resolves_the_signal(
    session: Session, katrina: Person, tuesday: Appointment, now: datetime
) -> None:
    """The person gets the confirmation of a yes."""
    says(session, "no", now)
    says(session, "scrap that il be there", now + minutes(10))
    assert current_intents(session, tuesday) == [YES]
    assert open_signals(session, katrina) == []
    assert last_answer(session).startswith("Thanks Katrina. See you")


def test_ignore_that_withdraws_and_goes_to_a_worker(
    session: Session, katrina: Person, tuesday: Appointment, now: datetime
) -> None:
    """There is no replacement, so nothing is recorded. The worker sees both texts."""
    first = says(session, "yes", now)
    second = says(session, "ignore that", now + minutes(4))
    session.refresh(first)
    assert current_intents(session, tuesday) == []
    assert first.needs_human and second.needs_human
    assert last_answer(session) == (
        "Sorry Katrina. We have taken that back. What did you mean? "
        "Use your own words, or reply CALL."
    )
    says(session, "no", now + minutes(6))
    assert current_intents(session, tuesday) == [NO]


def test_what_cannot_be_undone_is_not_said_to_be_taken_back(
    session: Session, katrina: Person, tuesday: Appointment, now: datetime
) -> None:
    """A call that was asked for stays on the worker's list."""
    says(session, "call me please", now)
    assert says(session, "ignore that", now + minutes(4)).needs_human
    assert "taken that back" not in last_answer(session)


def test_taking_back_a_yes_leaves_the_no_before_it(
    session: Session, katrina: Person, tuesday: Appointment, now: datetime
) -> None:
    """The refusal counts again and raises its signal again."""
    says(session, "no", now)
    says(session, "yes", now + minutes(10))
    assert open_signals(session, katrina) == []
    says(session, "ignore that", now + minutes(11))
    assert current_intents(session, tuesday) == [NO]
    assert open_signals(session, katrina) == [SignalKind.CANNOT_ATTEND]


def test_wrong_one_of_two(session: Session, katrina: Person, now: datetime) -> None:
    """`wrong one, 2 not 1` changes the answer to the question about two appointments."""
    two = [builders.appointment(session, katrina, now + (2 + day) * DAY) for day in range(2)]
    for one in two:
        asked(session, one, now - DAY)
    says(session, "no", now)
    says(session, "1", now + minutes(1))
    assert [current_intents(session, one) for one in two] == [[NO], []]
    third = says(session, "wrong one, 2 not 1", now + minutes(2))
    assert [current_intents(session, one) for one in two] == [[], [NO]], third.done
    assert open_signals(session, katrina) == [SignalKind.CANNOT_ATTEND]


def test_pieces_of_a_correction(
    session: Session, katrina: Person, tuesday: Appointment, now: datetime
) -> None:
    """`yes` / `sorry meant` / `no` in three texts."""
    for place, body in enumerate(["yes", "sorry meant", "no"]):
        says(session, body, now + minutes(place * 0.2))
    assert current_intents(session, tuesday)[-1] is NO


def test_in_welsh(session: Session, om: Staff, now: datetime) -> None:
    """The answer is in Welsh too."""
    person = builders.person(session, om, language=Language.WELSH)
    made = builders.appointment(session, person, now + 3 * DAY)
    asked(session, made, now - DAY)
    says(session, "bydda i yna", now)
    says(session, "anwybyddwch hynny, methu dod", now + minutes(5))
    assert current_intents(session, made) == [NO]


def test_a_text_never_resolves_an_alarm(session: Session, katrina: Person, now: datetime) -> None:
    """A person who sends `ignore that` may not be safe to say otherwise."""
    says(session, "im going to kill myself", now)
    second = says(session, "ignore that", now + minutes(1))
    assert SignalKind.CRISIS in open_signals(session, katrina)
    assert second.needs_human and "not believed" in second.done


def test_a_requested_call_stays(
    session: Session, katrina: Person, tuesday: Appointment, now: datetime
) -> None:
    """A worker sees both texts and resolves the signal."""
    says(session, "call me please", now)
    second = says(session, "sorry meant yes", now + minutes(5))
    assert SignalKind.CALL_REQUESTED in open_signals(session, katrina)
    assert second.needs_human


@pytest.mark.parametrize("hours", [25, 48])
def test_after_a_day_a_text_takes_nothing_back(
    session: Session, katrina: Person, tuesday: Appointment, now: datetime, hours: int
) -> None:
    """It is left to a worker."""
    says(session, "yes", now)
    says(session, "ignore that", now + timedelta(hours=hours))
    assert current_intents(session, tuesday) == [YES]


def test_after_a_worker_has_written_a_retraction_goes_to_a_worker(
    session: Session, katrina: Person, tuesday: Appointment, now: datetime
) -> None:
    """`ignore that` may be about the worker's text."""
    says(session, "yes", now)
    gone(session, katrina, now + minutes(5), purpose="staff", lane=Lane.REPLY)
    second = says(session, "ignore that", now + minutes(6))
    assert current_intents(session, tuesday) == [YES]
    assert second.needs_human and len(answers(session)) <= 2


def test_a_text_of_another_person_takes_nothing_back(
    session: Session, om: Staff, katrina: Person, tuesday: Appointment, now: datetime
) -> None:
    """Only the phone that sent the earlier text can take it back."""
    builders.person(session, om, number="+447700900102", first_name="Ann")
    says(session, "yes", now)
    says(session, "ignore that", now + minutes(1), number="+447700900102")
    assert current_intents(session, tuesday) == [YES]


@pytest.mark.parametrize("owners", [False, True])
@pytest.mark.parametrize(
    "text",
    [
        "changed my mind stop texting me",
        "ignore that. stop",
        "wrong text you have the wrong number",
    ],
)
def test_a_retraction_that_ends_texts_ends_them(
    session: Session,
    om: Staff,
    katrina: Person,
    tuesday: Appointment,
    now: datetime,
    text: str,
    owners: bool,
) -> None:
    """Also during a takeover."""
    says(session, "yes", now)
    if owners:
        takeover.take_over(session, builders.actor(om), katrina.id, now=now)
    says(session, text, now + minutes(5))
    assert suppression.is_suppressed(session, NUMBER)


def test_a_censored_swear_word_takes_nothing_back(
    session: Session, katrina: Person, tuesday: Appointment, now: datetime
) -> None:
    """The star at its end is no correction."""
    says(session, "i cant come", now)
    says(session, "what a load of sh*", now + minutes(10))
    assert SignalKind.CANNOT_ATTEND in open_signals(session, katrina)
