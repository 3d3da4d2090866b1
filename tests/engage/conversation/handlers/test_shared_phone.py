"""Two people on one phone: we ask who is writing, and neither sees the other's texts. Their
offender managers see no words of the other person either, but always danger.
"""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.agencies.model import Staff
from engage.conversation import sweeps
from engage.people.model import Person
from engage.queries.signals import signals as signal_queries
from engage.sending import follow_up
from engage.signals import SignalKind
from messaging import transitions
from messaging.states import MessageStatus
from messaging.tables import Message
from messaging.transitions import Move
from tests import builders
from tests.engage.conversation.phones import (
    CRISIS,
    NO,
    OTHER,
    UNNAMED,
    YES,
    answers,
    asked,
    gone,
    last_answer,
    minutes,
    open_questions,
    open_signals,
    said,
    says,
    share,
    signal,
)

DAY = timedelta(days=1)


@pytest.fixture
def two(session: Session, om: Staff, now: datetime) -> list[Person]:
    """Jay and Siân, with two offender managers, on one phone. Both agreed."""
    other = builders.staff(session, om.memberships[0].hub, name="Lou Marsh")
    people = [
        builders.person(session, om, first_name="Jay", last_name="Archer"),
        builders.person(session, other, first_name="Siân", last_name="Rees", number=OTHER),
    ]
    share(session, people, now)
    return people


def test_two_people_with_appointments_are_asked_who_is_writing(
    session: Session, two: list[Person], now: datetime
) -> None:
    """The name decides; only that person's appointment is answered, in their thread."""
    jays = builders.appointment(session, two[0], now + 2 * DAY, worker_name="Pat")
    sians = builders.appointment(session, two[1], now + 3 * DAY, worker_name="Lou")
    for one in (jays, sians):
        asked(session, one, now - DAY)
    first = says(session, "yes", now)
    assert answers(session) == [
        (
            "Thanks. More than one person uses this phone. Reply with your first name so we know "
            "who this is."
        )
    ]
    assert (first.person_id, first.needs_human, first.act) == (None, False, False)
    assert (said(session, jays), said(session, sians)) == ([], [])
    name = says(session, "its Sian", now + minutes(1))
    assert (said(session, jays), said(session, sians)) == ([], [YES])
    session.refresh(first)
    assert (first.person_id, first.appointment_id, first.intent, first.act) == (
        two[1].id,
        sians.id,
        "confirm",
        True,
    )
    assert name.person_id == two[1].id
    assert last_answer(session) == "Thanks Sian. See you Tue 23 March, 9am."
    assert [
        message.recipient
        for message in session.scalars(select(Message).where(Message.body == last_answer(session)))
    ] == [str(two[1].id)]
    assert open_questions(session) == []
    assert len(answers(session)) == 2


def test_the_person_named_may_still_have_two_appointments(
    session: Session, two: list[Person], now: datetime
) -> None:
    """First who, then which; the number that follows answers the second question."""
    mine = [builders.appointment(session, two[0], now + (2 + day) * DAY) for day in range(2)]
    hers = builders.appointment(session, two[1], now + 2 * DAY, worker_name="Lou")
    for one in (*mine, hers):
        asked(session, one, now - DAY)
    says(session, "no", now)
    says(session, "Jay", now + minutes(1))
    assert last_answer(session).startswith("Thanks. Which do you mean?\n1 Mon 22 Mar 9am")
    assert "Lou" not in last_answer(session)
    says(session, "2", now + minutes(2))
    assert [said(session, one) for one in (*mine, hers)] == [[], [NO], []]
    assert open_signals(session, two[0]) == [SignalKind.CANNOT_ATTEND]
    assert open_signals(session, two[1]) == []


def test_several_texts_before_the_name_are_done_in_order_with_one_answer(
    session: Session, two: list[Person], now: datetime
) -> None:
    """Yes, then no, then the name: the last reply counts, and one answer is sent."""
    appointment = builders.appointment(session, two[0], now + 2 * DAY)
    other = builders.appointment(session, two[1], now + 2 * DAY)
    for one in (appointment, other):
        asked(session, one, now - DAY)
    says(session, "yes", now)
    assert says(session, "no", now + minutes(1)).needs_human is False
    says(session, "jay here", now + minutes(2))
    assert said(session, appointment) == [YES, NO]
    assert said(session, other) == []
    assert len(answers(session)) == 2
    assert last_answer(session).startswith("Thanks Jay. You can't make Mon 22 March, 9am.")


def test_without_a_name_staff_are_told(session: Session, two: list[Person], now: datetime) -> None:
    """After a day each offender manager sees that a text came; a coordinator reads the words."""
    for person in two:
        asked(session, builders.appointment(session, person, now + 2 * DAY), now - DAY)
    reading = says(session, "yes", now)
    sweeps.sweep(session, now=now + DAY)
    session.refresh(reading)
    assert (reading.person_id, reading.needs_human) == (None, True)
    for person in two:
        assert open_signals(session, person) == [SignalKind.REPLY_UNREAD]
    assert open_questions(session) == []
    late = says(session, "Jay", now + DAY + minutes(1))
    assert late.person_id is None


def test_if_only_one_person_has_an_appointment_an_answer_is_theirs(
    session: Session, two: list[Person], now: datetime
) -> None:
    """The text cannot be about the other person. A request for a call could be from either: we
    ask.
    """
    appointment = builders.appointment(session, two[0], now + 2 * DAY)
    asked(session, appointment, now - DAY)
    says(session, "yes", now)
    assert said(session, appointment) == [YES]
    assert last_answer(session).startswith("Thanks Jay. See you")
    says(session, "call me", now + minutes(1))
    assert last_answer(session).startswith("Thanks. More than one person")


def test_an_appointment_of_the_other_person_that_was_not_asked_about_counts(
    session: Session, two: list[Person], now: datetime
) -> None:
    """The text could be about that one, so we ask."""
    asked(session, builders.appointment(session, two[0], now + 2 * DAY), now - DAY)
    builders.appointment(session, two[1], now + 5 * DAY)
    says(session, "yes", now)
    assert last_answer(session).startswith("Thanks. More than one person")


def test_people_of_one_name_are_left_to_staff(session: Session, om: Staff, now: datetime) -> None:
    """A name would decide nothing, so we do not ask."""
    people = [
        builders.person(session, om, first_name="Jay"),
        builders.person(session, om, first_name="Jason", preferred_name="Jay", number=OTHER),
    ]
    share(session, people, now)
    reading = says(session, "call me", now)
    assert reading.needs_human
    assert open_questions(session) == []
    assert answers(session) == [UNNAMED]
    for person in people:
        assert open_signals(session, person) == [SignalKind.REPLY_UNREAD]


def test_a_shared_number_without_agreement_gets_no_text(
    session: Session, om: Staff, now: datetime
) -> None:
    """Neither person is texted or guessed: staff find out."""
    people = [
        builders.person(session, om, first_name="Jay"),
        builders.person(session, om, first_name="Ann", number=OTHER),
    ]
    share(session, people, now, agreed=False)
    appointment = builders.appointment(session, people[0], now + 2 * DAY)
    asked(session, appointment, now - DAY)
    reading = says(session, "yes", now)
    assert (reading.person_id, reading.needs_human) == (None, True)
    assert said(session, appointment) == []
    assert answers(session) == [UNNAMED]
    evidence = signal(session, people[1], SignalKind.REPLY_UNREAD).evidence
    assert [link["type"] for link in evidence] == ["inbound"]


def test_a_stop_from_a_shared_phone_counts_for_everybody(
    session: Session, two: list[Person], now: datetime
) -> None:
    """A text to one person is a text to the other."""
    says(session, "STOP", now)
    for person in two:
        assert open_signals(session, person) == [SignalKind.OPTED_OUT]
    assert len(answers(session)) == 1


def test_danger_from_a_shared_phone_raises_both_signals(
    session: Session, two: list[Person], now: datetime
) -> None:
    """It does not wait for a name."""
    says(session, "i want to die", now)
    assert last_answer(session).startswith(CRISIS)
    for person in two:
        assert open_signals(session, person) == [SignalKind.CRISIS]


def test_thanks_and_help_need_no_name(session: Session, two: list[Person], now: datetime) -> None:
    """They concern nobody in particular."""
    assert not says(session, "thanks", now).needs_human
    assert answers(session) == []
    says(session, "HELP", now)
    assert last_answer(session).startswith("Reply YES, NO, LATE or CALL")
    assert open_questions(session) == []


def test_words_of_the_other_person_are_hidden_and_danger_is_shown(
    session: Session, now: datetime
) -> None:
    """Each offender manager sees that a text came and can ask the coordinator; both see words of
    danger.
    """
    hub = builders.hub(session)
    first, second = builders.staff(session, hub), builders.staff(session, hub, name="Lou Marsh")
    jay = builders.person(session, first, first_name="Jay")
    ann = builders.person(session, second, first_name="Ann", number=OTHER)
    share(session, [jay, ann], now, agreed=False)
    says(session, "can i come with the kids", now)
    says(session, "i want to die", now)
    for om in (first, second):
        shown = signal_queries.open_signals(session, builders.actor(om), now=now).signals
        words = {view.kind: [one.words for one in view.evidence] for view in shown}
        assert words == {SignalKind.CRISIS: ["i want to die"], SignalKind.REPLY_UNREAD: [None]}


def test_both_learn_that_a_shared_number_failed(session: Session, now: datetime) -> None:
    """Only the offender manager of the person who was texted sees the text."""
    hub = builders.hub(session)
    first, second = builders.staff(session, hub), builders.staff(session, hub, name="Lou Marsh")
    jay = builders.person(session, first, first_name="Jay")
    ann = builders.person(session, second, first_name="Ann", number=OTHER)
    share(session, [jay, ann], now)
    message = gone(session, jay, now, status=MessageStatus.SENDING)
    transitions.apply(session, [Move(message.id, MessageStatus.UNDELIVERED, now, error_code=30005)])
    session.expire(message)
    follow_up.follow_failures(session, now=now)
    words = [
        [
            one.words
            for view in signal_queries.open_signals(session, builders.actor(om), now=now).signals
            for one in view.evidence
        ]
        for om in (first, second)
    ]
    assert words == [["Hi", None], [None, None]]
