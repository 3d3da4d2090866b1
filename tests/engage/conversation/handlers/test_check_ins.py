"""Answers to "How are things?": stored, thanked for or met with the offer of a call, and corrected
by a later number.
"""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.agencies.model import Staff
from engage.conversation.handlers import check_in_values
from engage.conversation.model import ReplyRecord
from engage.people.model import Language, Person
from engage.progress.check_ins import lifecycle
from engage.progress.check_ins.model import CheckInAnswer, CheckInState, HelpSaid
from engage.progress.model import SelfReport
from engage.signals import Signal, SignalKind, SignalState
from engage.understanding.vocabulary import Intent, Prompt
from messaging.states import MessageStatus
from tests import builders
from tests.engage.conversation import phones
from tests.engage.conversation.phones import (
    NUMBER,
    answers,
    last_answer,
    open_signals,
    says,
    share,
    signal,
)
from tests.engage.conversation.turns import hear, read_as
from tests.engage.progress.check_ins import stage
from tests.engage.progress.check_ins.stage import (
    CLOSES,
    DUE,
    NUDGE,
    asked,
    became,
    only,
    texts,
)

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LATER = DUE + 5 * MINUTE


@pytest.fixture
def katrina(session: Session, om: Staff) -> Person:
    """A person who got a check-in on Tuesday at ten."""
    person = builders.person(session, om)
    asked(session, person)
    return person


def values(session: Session, person: Person) -> list[int]:
    """Every stored answer, oldest first."""
    return [one.value for one in only(session, person).answers]


@pytest.mark.parametrize("number", [1, 2])
def test_a_good_answer_is_stored_and_thanked_for(
    session: Session, katrina: Person, number: int
) -> None:
    """A short answer is sent, no signal is raised, and no worker has to read it."""
    reading = says(session, str(number), LATER)
    found = only(session, katrina)
    assert found.state is CheckInState.ANSWERED and values(session, katrina) == [number]
    assert last_answer(session) == "Thanks Katrina. Pat will see this."
    assert open_signals(session, katrina) == [] and not reading.needs_human
    assert reading.intent == Intent.CHECKIN_ANSWER and reading.prompt == Prompt.CHECKIN
    lifecycle.advance(session, now=NUDGE)
    lifecycle.advance(session, now=CLOSES)
    assert (
        len(texts(session, katrina)) == 1 and only(session, katrina).state is CheckInState.ANSWERED
    )


@pytest.mark.parametrize(
    ("number", "offered"),
    [(3, "Would a call help? Reply CALL and Pat"), (4, "116 123, or text SHOUT")],
)
def test_a_low_answer_raises_a_signal_and_offers_a_call(
    session: Session, katrina: Person, number: int, offered: str
) -> None:
    """The signal is due the same day with the words as evidence. A person who needs help is told
    where to talk now.
    """
    says(session, f"{number} bad week", LATER)
    raised = signal(session, katrina, SignalKind.FEELING_LOW)
    assert (
        raised.due_at == DUE + 7 * HOUR
        and f"{number}, {'not great' if number == 3 else 'need help'}" in raised.why
    )
    assert {link["type"] for link in raised.evidence} == {"inbound", "message", "rule"}
    assert offered in last_answer(session) and "Would a call help?" in last_answer(session)


@pytest.mark.parametrize("body", ["call", "CALL", "yes", "Yes please", "call me please", "galw"])
def test_a_call_is_accepted(session: Session, katrina: Person, body: str) -> None:
    """The offender manager is asked to call; the signal that they feel low stays."""
    says(session, "3", LATER)
    says(session, body, LATER + MINUTE)
    assert open_signals(session, katrina) == [SignalKind.CALL_REQUESTED, SignalKind.FEELING_LOW]
    assert only(session, katrina).help_said is HelpSaid.CALL
    assert "asked Pat to ring you" in last_answer(session)


@pytest.mark.parametrize(
    "body", ["no", "No im ok", "nah im fine thanks", "im alright", "na dim diolch"]
)
def test_a_call_is_declined(session: Session, katrina: Person, body: str) -> None:
    """It is recorded and thanked for, and changes neither the answer nor the signal."""
    says(session, "3", LATER)
    hear(
        session,
        katrina,
        read_as(Intent.CHECKIN_ANSWER, value=2),
        LATER + MINUTE,
        body=body,
        prompt=Prompt.CHECKIN,
    )
    assert open_signals(session, katrina) == [SignalKind.FEELING_LOW]
    assert values(session, katrina) == [3] and only(session, katrina).help_said is HelpSaid.NO_CALL
    assert len(signal(session, katrina, SignalKind.FEELING_LOW).evidence) == 4


@pytest.mark.parametrize(
    ("body", "wants"),
    [
        ("yes", True),
        ("yeah please", True),
        ("ie plis", True),
        ("ok", None),
        ("thanks", None),
        ("yes?", None),
        ("yes but not today", None),
        ("no one cares", None),
        ("no im not ok", None),
        ("im not fine", None),
        ("nothing helps", None),
        ("", None),
    ],
)
def test_what_is_a_plain_answer_to_the_offer(body: str, wants: bool | None) -> None:
    """Anything more is interpreted as usual."""
    assert check_in_values.read_call_answer(body) is wants


def test_after_a_day_a_yes_is_no_call(session: Session, katrina: Person) -> None:
    """The offer has expired; a worker reads the text."""
    says(session, "3", LATER)
    assert says(session, "yes", LATER + DAY + MINUTE).needs_human
    assert open_signals(session, katrina) == [SignalKind.FEELING_LOW]


@pytest.mark.parametrize(
    ("first", "then", "kept", "signals"),
    [
        ("3", "1", [3, 1], []),
        ("4", "sorry meant 2", [4, 2], []),
        ("2", "4", [2, 4], [SignalKind.FEELING_LOW]),
        ("3", "4", [3, 4], [SignalKind.FEELING_LOW]),
    ],
)
def test_a_later_number_replaces_the_earlier_and_the_signals_follow(
    session: Session,
    katrina: Person,
    first: str,
    then: str,
    kept: list[int],
    signals: list[SignalKind],
) -> None:
    """Both answers are stored; the signal of the first is resolved with the reason."""
    says(session, first, LATER)
    says(session, then, LATER + DAY)
    answer = only(session, katrina).answer
    assert values(session, katrina) == kept and answer is not None and answer.value == kept[-1]
    assert open_signals(session, katrina) == signals
    how = session.scalars(
        select(Signal.resolution).where(Signal.state == SignalState.RESOLVED)
    ).all()
    assert all(f"{kept[-1]}," in str(one) for one in how) and len(how) == (int(first[0]) > 2)


def test_words_after_a_low_answer_do_not_make_it_good(session: Session, katrina: Person) -> None:
    """An ok may be to the offer of a call: the answer stays, and a worker reads the words. A lower
    answer counts.
    """
    says(session, "3", LATER)
    done = hear(
        session,
        katrina,
        read_as(Intent.CHECKIN_ANSWER, value=2),
        LATER + MINUTE,
        body="ok",
        prompt=Prompt.CHECKIN,
    )
    assert done.needs_human and values(session, katrina) == [3]
    worse = read_as(Intent.CHECKIN_ANSWER, value=4)
    hear(
        session, katrina, worse, LATER + 2 * MINUTE, body="really struggling", prompt=Prompt.CHECKIN
    )
    assert values(session, katrina) == [3, 4]


def test_words_without_a_number_give_a_value(session: Session, katrina: Person) -> None:
    """`not too bad` is a two."""
    says(session, "not too bad", LATER)
    assert values(session, katrina) == [2]


def test_news_beside_a_number_is_recorded(session: Session, katrina: Person) -> None:
    """`2 got a job` is the answer and a self-report."""
    reading = says(session, "2 got a job", LATER)
    assert values(session, katrina) == [2]
    assert session.scalars(select(SelfReport.fact)).all() == ["got_work"]
    assert "check-in answered: 2, OK" in reading.done
    assert len(answers(session)) == 1


def test_news_beside_a_low_number_is_recorded_and_a_call_offered(
    session: Session, katrina: Person
) -> None:
    """One text is sent, and it asks whether a call would help."""
    interpretation = read_as(Intent.PROGRESS_WORK, Intent.CHECKIN_ANSWER, value=3)
    hear(session, katrina, interpretation, LATER, body="3 lost my job", prompt=Prompt.CHECKIN)
    assert values(session, katrina) == [3] and len(session.scalars(select(SelfReport)).all()) == 1
    (only_answer,) = answers(session)
    assert "Would a call help?" in only_answer


def test_help_and_a_call_in_one_text(session: Session, katrina: Person) -> None:
    """`4 please call me` raises the signal and requests the call, and no call is offered."""
    interpretation = read_as(Intent.CALL_ME)
    hear(session, katrina, interpretation, LATER, body="4 please call me", prompt=Prompt.CHECKIN)
    assert open_signals(session, katrina) == [SignalKind.CALL_REQUESTED, SignalKind.FEELING_LOW]
    assert only(session, katrina).help_said is HelpSaid.CALL and "asked Pat to ring" in last_answer(
        session
    )


def test_words_that_are_not_understood_go_to_a_worker(session: Session, katrina: Person) -> None:
    """The number counts; the words beside it wait to be read."""
    reading = says(session, "2 zxq blorp wibble", LATER)
    assert values(session, katrina) == [2] and reading.needs_human


def test_a_yes_to_an_appointment_leaves_the_check_in_open(
    session: Session, katrina: Person
) -> None:
    """Thursday was asked about before the check-in: the yes is to Thursday, and a number still
    answers the check-in.
    """
    appointment = builders.appointment(session, katrina, DUE + 2 * DAY)
    phones.asked(session, appointment, DUE - HOUR)
    says(session, "yes ill be there on thursday", LATER)
    assert phones.said(session, appointment) == ["will_attend"]
    assert only(session, katrina).state is CheckInState.ASKED
    says(session, "2", LATER + MINUTE)
    assert values(session, katrina) == [2]


def test_a_number_after_a_newer_reminder_answers_the_check_in(
    session: Session, katrina: Person
) -> None:
    """A reminder asks for no number."""
    appointment = builders.appointment(session, katrina, DUE + 2 * DAY)
    phones.asked(session, appointment, DUE + HOUR)
    says(session, "1", DUE + 2 * HOUR)
    assert values(session, katrina) == [1] and phones.said(session, appointment) == []


def test_once_answered_the_older_question_waits_again(session: Session, katrina: Person) -> None:
    """A bare yes after the thanks is to the appointment that still waits for an answer."""
    appointment = builders.appointment(session, katrina, DUE + 2 * DAY)
    phones.asked(session, appointment, DUE - HOUR)
    says(session, "2", LATER)
    became_read(session)
    says(session, "yes", LATER + MINUTE)
    assert phones.said(session, appointment) == ["will_attend"]


def became_read(session: Session) -> None:
    """The automatic answers have left."""
    for message in session.scalars(select(phones.Message)):
        if message.status is MessageStatus.QUEUED:
            message.status, message.claimed_at = MessageStatus.DELIVERED, message.created_at
    session.flush()


def test_danger_is_danger_and_the_check_in_stays_open(session: Session, katrina: Person) -> None:
    """The safety answer is sent, and no thanks."""
    says(session, "i want to kill myself", LATER)
    assert SignalKind.CRISIS in open_signals(session, katrina)
    assert only(session, katrina).state is CheckInState.ASKED
    assert len(answers(session)) == 1 and "call 116 123" in last_answer(session)


def test_a_number_before_words_of_danger_is_stored(session: Session, katrina: Person) -> None:
    """The only answer is the safety answer. The worker who sees the danger also sees the number."""
    reading = says(session, "4 i want to kill myself", LATER)
    assert {SignalKind.CRISIS, SignalKind.FEELING_LOW} <= set(open_signals(session, katrina))
    assert values(session, katrina) == [4] and "check-in answered: 4, need help" in reading.done
    assert len(answers(session)) == 1 and "call 116 123" in last_answer(session)


def test_an_answer_after_72_hours_goes_to_a_worker(session: Session, katrina: Person) -> None:
    """The time of arrival decides, however late the text is handled."""
    lifecycle.advance(session, now=CLOSES)
    assert says(session, "3", CLOSES + MINUTE).needs_human
    assert values(session, katrina) == []
    in_time = phones.text_in(session, "3", CLOSES - MINUTE)
    phones.intake.handle(session, in_time, CLOSES + HOUR)
    assert values(session, katrina) == [3] and only(session, katrina).state is CheckInState.ANSWERED


@pytest.mark.parametrize("status", [MessageStatus.WITHDRAWN, MessageStatus.FAILED])
def test_a_check_in_that_never_left_asked_nothing(
    session: Session, katrina: Person, status: MessageStatus
) -> None:
    """A number is no answer to it."""
    became(session, katrina, status)
    assert says(session, "3", LATER).needs_human and values(session, katrina) == []


def test_a_text_that_is_handled_twice_answers_once(session: Session, katrina: Person) -> None:
    """One answer is stored and one text is queued."""
    text = phones.text_in(session, "2", LATER)
    for _ in range(2):
        phones.intake.handle(session, text, LATER)
    assert len(session.scalars(select(CheckInAnswer)).all()) == len(answers(session)) == 1


def test_in_welsh(session: Session, om: Staff) -> None:
    """The offer, the call and the thanks are in the person's language."""
    gethin = builders.person(session, om, first_name="Gethin", language=Language.WELSH)
    asked(session, gethin)
    says(session, "3", LATER)
    assert "Fyddai galwad yn help? Atebwch GALW i Pat eich ffonio" in last_answer(session)
    says(session, "galw", LATER + MINUTE)
    assert SignalKind.CALL_REQUESTED in open_signals(session, gethin)


def test_on_a_shared_phone_a_number_answers_the_only_open_check_in(
    session: Session, om: Staff
) -> None:
    """If one of the two was asked, the number is theirs. If both were, we ask who is writing."""
    people = [builders.person(session, om, number=number) for number in (NUMBER, "+447700900102")]
    people[1].first_name = "Gwen"
    share(session, people, builders.NOW)
    asked(session, people[0])
    says(session, "2", LATER)
    assert values(session, people[0]) == [2]
    stage.planned(session, people[1])
    lifecycle.advance(session, now=LATER + MINUTE)
    became(session, people[1], at=LATER + MINUTE)
    says(session, "1", LATER + HOUR)
    assert values(session, people[0]) == [2] and values(session, people[1]) == []
    assert "Reply with your first name" in last_answer(session)
    says(session, "Gwen", LATER + HOUR + MINUTE)
    assert values(session, people[1]) == [1]


def test_the_thread_says_what_was_done(session: Session, katrina: Person) -> None:
    """The record has the outcome in words."""
    says(session, "3", LATER)
    (done,) = session.scalars(select(ReplyRecord.done)).all()
    assert done == "Check-in answered: 3, not great; asked whether a call would help"


@pytest.mark.parametrize("body", ["1 but feeling down", "1 not really", "2 but its not been easy"])
def test_words_that_contradict_a_good_number_go_to_a_worker(
    session: Session, katrina: Person, body: str
) -> None:
    """The number is stored as given, and a worker reads the words."""
    reading = says(session, body, LATER)
    assert values(session, katrina) == [int(body[0])] and reading.needs_human


@pytest.mark.parametrize(
    ("body", "value"),
    [("no 1 cares", 1), ("not 1", 1), ("2 be honest not great", 2), ("2 much going on", 2)],
)
def test_a_number_that_is_no_answer_is_not_stored(
    session: Session, katrina: Person, body: str, value: int
) -> None:
    """Whatever the interpretation, a worker reads the text."""
    interpretation = read_as(Intent.CHECKIN_ANSWER, value=value)
    done = hear(session, katrina, interpretation, LATER, body=body, prompt=Prompt.CHECKIN)
    assert values(session, katrina) == [] and done.needs_human
