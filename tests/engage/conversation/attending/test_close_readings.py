"""A text that may be a yes or a no is asked about once; a wish for another time is passed on; a
choice may be named by its day or time; nothing is confirmed twice in the same words.
"""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from engage.people.model import Person
from engage.signals import SignalKind
from tests import builders
from tests.engage.conversation.phones import (
    NO,
    YES,
    answers,
    asked,
    current_intents,
    last_answer,
    minutes,
    open_signals,
    said,
    says,
)

DAY = timedelta(days=1)
MAY_BE_YES = "yes if thats ok"
"""The classifier reads a yes; the condition holds it back."""


def test_what_may_be_a_yes_is_asked_about(session: Session, katrina: Person, now: datetime) -> None:
    """A worker sees it meanwhile, and the answer counts."""
    appointment = builders.appointment(session, katrina, now + 3 * DAY)
    asked(session, appointment, now - DAY)
    record = says(session, MAY_BE_YES, now)
    assert (record.act, record.needs_human) == (False, True)
    assert last_answer(session) == (
        "Thanks Katrina. Can you come Tue 23 March, 9am? Reply YES or NO, or CALL to talk."
    )
    assert said(session, appointment) == []
    says(session, "yes", now + minutes(20))
    assert said(session, appointment) == [YES]


def test_it_is_asked_once_in_six_hours(session: Session, katrina: Person, now: datetime) -> None:
    """The next such text goes to a worker."""
    appointment = builders.appointment(session, katrina, now + 3 * DAY)
    asked(session, appointment, now - DAY)
    says(session, MAY_BE_YES, now)
    second = says(session, "yes if they let me off", now + minutes(30))
    assert second.needs_human
    assert sum("Can you come" in answer for answer in answers(session)) == 1


def test_nothing_is_asked_about_several_appointments(
    session: Session, katrina: Person, now: datetime
) -> None:
    """It would not be clear which one is meant."""
    for days in (3, 4):
        asked(session, builders.appointment(session, katrina, now + days * DAY), now - DAY)
    says(session, MAY_BE_YES, now)
    assert not any("Can you come" in answer for answer in answers(session))


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ("nowt before 12 please", "nowt before 12"),
        ("half 4 or later", "half 4 or later"),
        ("wednesdays are best", "wednesdays are best"),
        ("mornings are out", "mornings are out"),
    ],
)
def test_a_wish_after_a_no_reaches_the_worker_with_its_words(
    session: Session, katrina: Person, now: datetime, wish: str, words: str
) -> None:
    """Nothing is booked or moved from it."""
    appointment = builders.appointment(session, katrina, now + 3 * DAY)
    asked(session, appointment, now - DAY)
    says(session, "no", now)
    record = says(session, wish, now + minutes(30))
    assert words in record.done
    assert current_intents(session, appointment) == [NO]
    assert SignalKind.CANNOT_ATTEND in open_signals(session, katrina)


def test_a_wish_without_a_no_is_no_refusal(
    session: Session, katrina: Person, now: datetime
) -> None:
    """It only goes to the worker with its words."""
    appointment = builders.appointment(session, katrina, now + 3 * DAY)
    asked(session, appointment, now - DAY)
    record = says(session, "wednesdays are best", now)
    assert "wednesdays are best" in record.done
    assert current_intents(session, appointment) == []


@pytest.mark.parametrize(("words", "place"), [("the wednesday one", 1), ("tue", 0), ("2", 1)])
def test_which_one_may_be_answered_with_a_day(
    session: Session, katrina: Person, now: datetime, words: str, place: int
) -> None:
    """If only one of those listed is on it."""
    booked = [builders.appointment(session, katrina, now + days * DAY) for days in (3, 4)]
    for one in booked:
        asked(session, one, now - DAY)
    says(session, "no cant make it", now)
    assert "Which do you mean?" in last_answer(session)
    says(session, words, now + minutes(10))
    assert [said(session, one) for one in booked] == [
        [NO] if index == place else [] for index in (0, 1)
    ]


def test_a_time_chooses_between_two_on_one_day(
    session: Session, katrina: Person, now: datetime
) -> None:
    """ "Cant make the 3 oclock": the other one stands."""
    first = builders.appointment(session, katrina, now + 3 * DAY)
    second = builders.appointment(session, katrina, now + 3 * DAY + timedelta(hours=6))
    for one in (first, second):
        asked(session, one, now - DAY)
    says(session, "cant make the 3 oclock now, working", now)
    assert (said(session, first), said(session, second)) == ([], [NO])


def test_the_same_confirmation_is_not_sent_word_for_word(
    session: Session, katrina: Person, now: datetime
) -> None:
    """A second yes gets a short "got it"."""
    appointment = builders.appointment(session, katrina, now + 3 * DAY)
    asked(session, appointment, now - DAY)
    says(session, "yes", now)
    says(session, "yes il be there", now + timedelta(hours=2))
    assert answers(session) == [
        "Thanks Katrina. See you Tue 23 March, 9am.",
        "Got it Katrina, thanks.",
    ]


def test_a_later_answer_ends_what_is_joined(
    session: Session, katrina: Person, now: datetime
) -> None:
    """After no and then yes within minutes, a third text is not read with the no."""
    appointment = builders.appointment(session, katrina, now + 3 * DAY)
    asked(session, appointment, now - DAY)
    says(session, "no cant come im ill", now)
    says(session, "actually yes i can come now", now + minutes(1))
    says(session, "ta", now + minutes(2))
    assert current_intents(session, appointment)[-1] is YES
