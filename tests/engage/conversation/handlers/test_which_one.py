"""Which of several appointments a reply is about: asked, never guessed."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from engage.appointments.model import Appointment
from engage.people.model import Person
from engage.signals import SignalKind
from engage.texts import TextKind
from messaging.tables import Message
from tests import builders
from tests.engage.conversation.phones import (
    NO,
    YES,
    answers,
    asked,
    last_answer,
    minutes,
    open_questions,
    open_signals,
    said,
    says,
)

DAY = timedelta(days=1)


@pytest.mark.parametrize("choice", ["2", "the second one", "number 2 please"])
def test_two_appointments_are_asked_about_and_never_guessed(
    session: Session, katrina: Person, now: datetime, choice: str
) -> None:
    """Two appointments on one day: the choice decides, and the other stays open."""
    first = builders.appointment(session, katrina, now + 2 * DAY)
    second = builders.appointment(session, katrina, now + 2 * DAY + minutes(180), worker_name="Sam")
    for one in (first, second):
        asked(session, one, now - DAY)
    reading = says(session, "yes", now)
    assert (said(session, first), said(session, second)) == ([], [])
    assert last_answer(session) == (
        "Thanks. Which do you mean?\n1 Mon 22 Mar 9am Pat\n2 Mon 22 Mar midday Sam\n3 both"
    )
    chosen = says(session, choice, now + minutes(2))
    assert (said(session, first), said(session, second)) == ([], [YES])
    assert (chosen.prompt, chosen.intent, chosen.appointment_id) == ("which", "confirm", second.id)
    session.refresh(reading)
    assert reading.appointment_id == second.id
    assert not reading.needs_human
    assert open_questions(session) == []
    says(session, "yes", now + minutes(4))
    assert said(session, first) == [YES]


@pytest.mark.parametrize("choice", ["3", "both", "3 both", "y ddau"])
def test_both_is_an_answer(session: Session, katrina: Person, now: datetime, choice: str) -> None:
    """A no to both raises a signal for each, with both texts as evidence."""
    two = [builders.appointment(session, katrina, now + (2 + day) * DAY) for day in range(2)]
    for one in two:
        asked(session, one, now - DAY)
    says(session, "no", now)
    says(session, choice, now + minutes(2))
    assert [said(session, one) for one in two] == [[NO], [NO]]
    assert open_signals(session, katrina) == [SignalKind.CANNOT_ATTEND] * 2
    assert last_answer(session).startswith("Thanks for telling us Katrina.")


def test_an_explicit_yes_to_both_needs_no_question(
    session: Session, katrina: Person, now: datetime
) -> None:
    """The confirmation names both."""
    two = [builders.appointment(session, katrina, now + (2 + day) * DAY) for day in range(2)]
    for one in two:
        asked(session, one, now - DAY)
    says(session, "yes both", now)
    assert [said(session, one) for one in two] == [[YES], [YES]]
    assert "Mon 22 March" in last_answer(session)
    assert "Tue 23 March" in last_answer(session)


def asked_together(session: Session, appointments: Sequence[Appointment], at: datetime) -> None:
    """One reminder of several appointments, which says that YES is for all of them."""
    first, *rest = [asked(session, one, at) for one in appointments]
    message = session.get_one(Message, first.message_id)
    message.context = {**message.context, "texts": TextKind.SEVERAL}
    for one in rest:
        one.message_id = first.message_id
    session.flush()


@pytest.mark.parametrize("text", ["yes", "il be there", "ie"])
def test_a_yes_to_one_text_about_several_is_for_all_of_them(
    session: Session, katrina: Person, now: datetime, text: str
) -> None:
    """The text said what YES means, so nothing is asked; the confirmation names each."""
    two = [
        builders.appointment(session, katrina, now + 2 * DAY + minutes(180 * nth))
        for nth in range(2)
    ]
    asked_together(session, two, now - DAY)
    says(session, text, now)
    assert [said(session, one) for one in two] == [[YES], [YES]]
    assert open_questions(session) == []
    assert "9am" in last_answer(session) and "midday" in last_answer(session)


def test_a_no_to_one_text_about_several_is_asked_about(
    session: Session, katrina: Person, now: datetime
) -> None:
    """The text did not say what NO means."""
    two = [
        builders.appointment(session, katrina, now + 2 * DAY + minutes(180 * nth))
        for nth in range(2)
    ]
    asked_together(session, two, now - DAY)
    says(session, "no", now)
    assert [said(session, one) for one in two] == [[], []]
    assert last_answer(session).startswith("Thanks. Which do you mean?")


def test_a_yes_is_asked_about_if_another_text_asked_too(
    session: Session, katrina: Person, now: datetime
) -> None:
    """One text about two, and one about a third: the yes can be about any of them."""
    three = [builders.appointment(session, katrina, now + (2 + day) * DAY) for day in range(3)]
    asked_together(session, three[:2], now - DAY)
    asked(session, three[2], now - DAY + minutes(1))
    says(session, "yes", now)
    assert [said(session, one) for one in three] == [[], [], []]
    assert last_answer(session).startswith("Thanks. Which do you mean?")


def test_a_yes_that_names_one_of_several_is_for_that_one(
    session: Session, katrina: Person, now: datetime
) -> None:
    """A day that the person names decides."""
    two = [builders.appointment(session, katrina, now + (2 + day) * DAY) for day in range(2)]
    asked_together(session, two, now - DAY)
    says(session, "yes il be there tuesday", now)
    assert [said(session, one) for one in two] == [[], [YES]]


def test_three_appointments_are_numbered(session: Session, katrina: Person, now: datetime) -> None:
    """Each number is one of them; a number beyond them is no answer."""
    three = [builders.appointment(session, katrina, now + (2 + day) * DAY) for day in range(3)]
    for one in three:
        asked(session, one, now - DAY)
    says(session, "no", now)
    assert last_answer(session).startswith("Thanks. Which do you mean?\n1 Mon 22")
    assert says(session, "4", now + minutes(1)).needs_human
    assert len(open_questions(session)) == 1
    says(session, "1 and 3", now + minutes(2))
    assert [said(session, one) for one in three] == [[NO], [], [NO]]


def test_more_than_a_text_can_list_goes_to_a_worker(
    session: Session, katrina: Person, now: datetime
) -> None:
    """Nobody is asked to choose among appointments that are not shown."""
    for day in range(5):
        asked(session, builders.appointment(session, katrina, now + (2 + day) * DAY), now - DAY)
    assert says(session, "yes", now).needs_human
    assert open_questions(session) == []


def test_a_new_clear_answer_replaces_the_one_that_was_asked_about(
    session: Session, katrina: Person, now: datetime
) -> None:
    """After a yes and the question, a no: the choice that follows is a no."""
    two = [builders.appointment(session, katrina, now + (2 + day) * DAY) for day in range(2)]
    for one in two:
        asked(session, one, now - DAY)
    says(session, "yes", now)
    says(session, "no", now + minutes(1))
    assert len(open_questions(session)) == 1
    says(session, "1", now + minutes(2))
    assert [said(session, one) for one in two] == [[NO], []]


def test_the_same_question_is_not_sent_twice_within_minutes(
    session: Session, katrina: Person, now: datetime
) -> None:
    """People split what they say over several texts."""
    for day in range(2):
        asked(session, builders.appointment(session, katrina, now + (2 + day) * DAY), now - DAY)
    says(session, "yes", now)
    says(session, "yes", now + minutes(1))
    assert len(answers(session)) == 1
    says(session, "yes", now + minutes(30))
    assert len(answers(session)) == 2
    assert len(open_questions(session)) == 1


def test_a_choice_of_a_changed_appointment_goes_to_a_worker(
    session: Session, katrina: Person, now: datetime
) -> None:
    """The appointment was moved after the question."""
    two = [builders.appointment(session, katrina, now + (2 + day) * DAY) for day in range(2)]
    for one in two:
        asked(session, one, now - DAY)
    says(session, "yes", now)
    two[0].revision, two[0].starts_at = 2, now + 5 * DAY
    session.flush()
    reading = says(session, "1", now + minutes(1))
    assert reading.needs_human
    assert [said(session, one) for one in two] == [[], []]


def test_a_choice_after_the_question_has_expired_is_only_a_number(
    session: Session, katrina: Person, now: datetime
) -> None:
    """A day later "1" could mean anything."""
    two = [builders.appointment(session, katrina, now + (3 + day) * DAY) for day in range(2)]
    for one in two:
        asked(session, one, now - DAY)
    says(session, "yes", now)
    reading = says(session, "1", now + DAY)
    assert reading.needs_human
    assert [said(session, one) for one in two] == [[], []]


def test_an_appointment_answered_before_does_not_make_a_yes_unclear(
    session: Session, katrina: Person, now: datetime
) -> None:
    """The yes is to the one that waits for an answer. A no could replace the earlier yes, so we
    ask.
    """
    first = builders.appointment(session, katrina, now + 2 * DAY)
    second = builders.appointment(session, katrina, now + 3 * DAY)
    asked(session, first, now - DAY)
    says(session, "yes", now)
    asked(session, second, now + minutes(10))
    says(session, "yes", now + minutes(20))
    assert (said(session, first), said(session, second)) == ([YES], [YES])
    says(session, "no", now + minutes(30))
    assert (said(session, first), said(session, second)) == ([YES], [YES])
    assert len(open_questions(session)) == 1


def test_a_day_in_the_text_decides_which(session: Session, katrina: Person, now: datetime) -> None:
    """ "Yes tuesday" is about Tuesday's, and "yes friday" about none that was asked."""
    monday = builders.appointment(session, katrina, now + 2 * DAY)
    tuesday = builders.appointment(session, katrina, now + 3 * DAY)
    for one in (monday, tuesday):
        asked(session, one, now - DAY)
    says(session, "yes tuesday", now)
    assert (said(session, monday), said(session, tuesday)) == ([], [YES])
    assert says(session, "yes friday", now + minutes(1)).needs_human
    assert said(session, monday) == []
