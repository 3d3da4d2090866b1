"""Yes and no are matched to the right appointment, never guessed."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.agencies.model import Staff
from engage.appointments.kinds import AppointmentState, AppointmentType, IntentKind, ReminderKind
from engage.conversation import intake
from engage.conversation.model import ReplyRecord
from engage.people.model import Language, Person
from engage.signals import SignalKind
from messaging.outbox import Lane
from messaging.states import MessageStatus
from messaging.tables import Message
from tests import builders
from tests.engage.conversation.phones import (
    NO,
    YES,
    answers,
    asked,
    events,
    gone,
    last_answer,
    minutes,
    open_signals,
    said,
    says,
    signal,
    text_in,
)

DAY = timedelta(days=1)


def test_a_yes_is_recorded_as_an_intent_only(
    session: Session, katrina: Person, now: datetime
) -> None:
    """The intent, its evidence, one answer and the events are stored. The appointment and its
    outcome stay as they were.
    """
    appointment = builders.appointment(session, katrina, now + 3 * DAY)
    asked(session, appointment, now - DAY)
    reading = says(session, "Yes", now)
    assert said(session, appointment) == [YES]
    assert (reading.person_id, reading.appointment_id) == (katrina.id, appointment.id)
    assert (reading.intent, reading.act, reading.needs_human, reading.prompt) == (
        "confirm",
        True,
        False,
        "appointment",
    )
    assert answers(session) == ["Thanks Katrina. See you Tue 23 March, 9am."]
    assert appointment.state is AppointmentState.BOOKED
    assert appointment.outcomes == []
    assert {"reply.read", "intent.recorded"} <= set(events(session, katrina))
    assert open_signals(session, katrina) == []


def test_the_answer_is_queued_once_in_its_own_lane(
    session: Session, katrina: Person, now: datetime
) -> None:
    """It belongs to the text that it answers, is withdrawn with the appointment that it names, and
    expires after a day.
    """
    appointment = builders.appointment(session, katrina, now + 3 * DAY)
    asked(session, appointment, now - DAY)
    text = text_in(session, "yes", now)
    intake.handle(session, text, now)
    message = session.scalars(select(Message).where(Message.dedupe_key == f"reply:{text.id}")).one()
    assert (message.lane, message.recipient, message.group_key) == (
        Lane.REPLY,
        str(katrina.id),
        f"appointment:{appointment.id}",
    )
    assert message.expires_at == now + DAY
    assert message.context == {
        "purpose": "reply",
        "texts": "will_attend",
        "inbound": text.id,
        "person": str(katrina.id),
    }


def test_the_same_text_again_does_nothing(session: Session, katrina: Person, now: datetime) -> None:
    """Handling is repeated after a crash; the second time changes nothing."""
    appointment = builders.appointment(session, katrina, now + 3 * DAY)
    asked(session, appointment, now - DAY)
    text = text_in(session, "no", now)
    for _ in range(3):
        intake.handle(session, text, now)
    assert said(session, appointment) == [NO]
    assert len(answers(session)) == 1
    assert (
        len(session.scalars(select(ReplyRecord).where(ReplyRecord.inbound_id == text.id)).all())
        == 1
    )


def test_a_no_raises_a_signal_with_its_evidence(
    session: Session, katrina: Person, now: datetime
) -> None:
    """The signal links the text and the appointment and is due before it starts. The appointment
    stays booked.
    """
    appointment = builders.appointment(session, katrina, now + timedelta(hours=20))
    asked(session, appointment, now - DAY, kind=ReminderKind.ONE_DAY)
    says(session, "No", now)
    raised = signal(session, katrina, SignalKind.CANNOT_ATTEND)
    assert {link["type"] for link in raised.evidence} == {"inbound", "appointment"}
    assert raised.due_at == appointment.starts_at
    assert appointment.state is AppointmentState.BOOKED
    assert last_answer(session) == (
        "Thanks Katrina. You can't make Sun 21 March, 5am. Pat will be in touch about another time."
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("cant come no bus fare", "you can't make Mon 22 March, 9am (travel)."),
        ("cant make it got work", "you can't make Mon 22 March, 9am (work)."),
        ("cant come, no one to have the kids", "you can't make Mon 22 March, 9am (childcare)."),
        ("cant come im ill", "You can't make Mon 22 March, 9am. Pat will be in touch"),
        (
            "cant come im in court that day",
            "You can't make Mon 22 March, 9am. Pat will be in touch",
        ),
    ],
)
def test_a_no_is_told_back_with_its_reason_if_a_text_may_say_it(
    session: Session, katrina: Person, now: datetime, text: str, words: str
) -> None:
    """The person can correct what was understood. Illness and a day in court are never named."""
    appointment = builders.appointment(session, katrina, now + 2 * DAY)
    asked(session, appointment, now - DAY)
    says(session, text, now)
    assert said(session, appointment) == [NO]
    assert words in last_answer(session)
    says(session, "ok", now + minutes(1))
    assert said(session, appointment) == [NO]


def test_a_reason_given_after_the_no_is_told_back(
    session: Session, katrina: Person, now: datetime
) -> None:
    """The reason is kept with the no, and the text says which it was."""
    appointment = builders.appointment(session, katrina, now + 2 * DAY)
    asked(session, appointment, now - DAY)
    says(session, "no", now)
    says(session, "its cos i got no one for the kids", now + timedelta(minutes=30))
    assert last_answer(session) == (
        "Thanks Katrina: you can't make Mon 22 March, 9am (childcare). Pat will look for a way."
    )


def test_late_on_another_day_names_the_day(
    session: Session, katrina: Person, now: datetime
) -> None:
    """Somebody who will be late tomorrow is not told that they are late."""
    builders.appointment(session, katrina, now + DAY)
    says(session, "il be 20 mins late tomorrow", now)
    assert last_answer(session) == (
        "Thanks Katrina. Pat will see that you will be late on Sun 21 March, 9am. "
        "Please still come."
    )


def test_a_later_reply_replaces_an_earlier_one(
    session: Session, katrina: Person, now: datetime
) -> None:
    """A yes after a no resolves the signal as self-reported. Another no raises a new one."""
    appointment = builders.appointment(session, katrina, now + 3 * DAY)
    asked(session, appointment, now - DAY)
    says(session, "no", now)
    says(session, "yes", now + minutes(5))
    assert said(session, appointment) == [NO, YES]
    assert open_signals(session, katrina) == []
    says(session, "no", now + minutes(10))
    assert said(session, appointment) == [NO, YES, NO]
    assert open_signals(session, katrina) == [SignalKind.CANNOT_ATTEND]


@pytest.mark.parametrize(
    ("purpose", "kind", "reply", "interpretation"),
    [
        ("reply", "cannot_attend", "ok thanks", []),
        ("reply", "cannot_attend", "yes", []),
        ("reply", "not_sure", "👍", []),
        ("reply", "not_sure", "YES", [YES]),
        ("reply", "will_attend", "ok", []),
        ("reply", "which_one", "ok", [YES]),
        ("reply", "help", "ok", [YES]),
        ("staff", "staff", "ok", []),
        ("staff", "staff", "yes", []),
        ("staff", "staff", "yes i'll be there", [YES]),
        ("reminder", "called_off", "ok", []),
    ],
)
def test_an_ok_to_something_else_is_no_yes_to_the_appointment(
    session: Session,
    katrina: Person,
    now: datetime,
    purpose: str,
    kind: str,
    reply: str,
    interpretation: list[IntentKind],
) -> None:
    """A bare word answers our last text. If that is unclear, a worker reads it."""
    appointment = builders.appointment(session, katrina, now + 3 * DAY)
    asked(session, appointment, now - DAY)
    gone(session, katrina, now - minutes(5), purpose=purpose, texts=kind)
    reading = says(session, reply, now)
    assert said(session, appointment) == interpretation
    assert reading.needs_human == (reply == "yes")


def test_an_ok_to_the_promise_of_another_time_leaves_the_no(
    session: Session, katrina: Person, now: datetime
) -> None:
    """The offender manager still sees that they cannot attend, until they clearly say otherwise."""
    appointment = builders.appointment(session, katrina, now + 3 * DAY)
    asked(session, appointment, now - DAY)
    says(session, "cant make it", now)
    for message in session.scalars(select(Message).where(Message.status == MessageStatus.QUEUED)):
        message.status, message.claimed_at = MessageStatus.DELIVERED, now + minutes(1)
    session.flush()
    says(session, "ok thanks", now + minutes(2))
    assert said(session, appointment) == [NO]
    assert open_signals(session, katrina) == [SignalKind.CANNOT_ATTEND]
    says(session, "i will be there", now + minutes(3))
    assert said(session, appointment) == [NO, YES]
    assert open_signals(session, katrina) == []


def test_an_ok_that_crossed_with_our_answer_is_to_the_reminder(
    session: Session, katrina: Person, now: datetime
) -> None:
    """A text cannot answer what left after it was sent. A later reminder asks a new question."""
    appointment = builders.appointment(session, katrina, now + 3 * DAY)
    asked(session, appointment, now - DAY)
    gone(session, katrina, now + minutes(1), purpose="reply", texts="not_sure")
    says(session, "ok", now)
    assert said(session, appointment) == [YES]
    asked(session, appointment, now + minutes(2), kind=ReminderKind.ONE_DAY)
    says(session, "ok", now + minutes(3))
    assert said(session, appointment) == [YES, YES]


def test_two_noes_are_one_signal_with_both_texts(
    session: Session, katrina: Person, now: datetime
) -> None:
    """The second text adds evidence and raises no second signal."""
    appointment = builders.appointment(session, katrina, now + 3 * DAY)
    asked(session, appointment, now - DAY)
    says(session, "no", now)
    says(session, "no", now + minutes(5))
    links = signal(session, katrina, SignalKind.CANNOT_ATTEND).evidence
    assert len([link for link in links if link["type"] == "inbound"]) == 2


@pytest.mark.parametrize(
    "status",
    [
        MessageStatus.QUEUED,
        MessageStatus.WITHDRAWN,
        MessageStatus.UNDELIVERED,
        MessageStatus.REFUSED,
    ],
)
def test_a_text_that_never_arrived_asked_nothing(
    session: Session, katrina: Person, now: datetime, status: MessageStatus
) -> None:
    """A worker reads a yes after a text that did not leave or did not arrive."""
    appointment = builders.appointment(session, katrina, now + 3 * DAY)
    asked(session, appointment, now - DAY, status=status)
    reading = says(session, "yes", now)
    assert said(session, appointment) == []
    assert (reading.needs_human, reading.act) == (True, False)
    assert last_answer(session).startswith("Thanks Katrina. Pat will read this")


def test_an_unknown_send_may_have_asked(session: Session, katrina: Person, now: datetime) -> None:
    """If it is unknown whether a text arrived, the answer shows that it did."""
    appointment = builders.appointment(session, katrina, now + 3 * DAY)
    asked(session, appointment, now - DAY, status=MessageStatus.UNKNOWN)
    says(session, "yes", now)
    assert said(session, appointment) == [YES]


def test_a_yes_is_to_the_time_that_was_asked_about(
    session: Session, katrina: Person, now: datetime
) -> None:
    """After a move, a yes to the old time does not count for the new time until that has been asked
    about.
    """
    appointment = builders.appointment(session, katrina, now + 3 * DAY, revision=2)
    asked(session, appointment, now - DAY, revision=1)
    assert says(session, "yes", now).needs_human
    asked(session, appointment, now + minutes(30), kind=ReminderKind.CHANGED)
    says(session, "yes", now + minutes(60))
    assert said(session, appointment) == [YES]


def test_a_cancelled_appointment_cannot_be_answered(
    session: Session, katrina: Person, now: datetime
) -> None:
    """A yes after the cancellation goes to a worker."""
    appointment = builders.appointment(
        session, katrina, now + 3 * DAY, state=AppointmentState.CANCELLED, cancelled_at=now
    )
    asked(session, appointment, now - DAY)
    assert says(session, "yes", now).needs_human
    assert said(session, appointment) == []


def test_a_yes_after_the_start_is_no_yes(session: Session, katrina: Person, now: datetime) -> None:
    """It may be an excuse, an arrival or a mistake: a worker reads it."""
    appointment = builders.appointment(session, katrina, now - minutes(5))
    asked(session, appointment, now - DAY)
    reading = says(session, "yes", now)
    assert reading.needs_human
    assert said(session, appointment) == []


def test_a_text_in_time_counts_even_if_handled_late(
    session: Session, katrina: Person, now: datetime
) -> None:
    """The time of sending decides. No answer is sent about a time that has passed."""
    appointment = builders.appointment(session, katrina, now + minutes(30))
    asked(session, appointment, now - DAY, kind=ReminderKind.ONE_DAY)
    text = text_in(session, "yes", now)
    intake.handle(session, text, now + minutes(120))
    assert said(session, appointment) == [YES]
    assert answers(session) == []


def test_a_text_cannot_answer_what_was_asked_after_it(
    session: Session, katrina: Person, now: datetime
) -> None:
    """Two appointments were asked about, one of them before the yes was sent: the yes is about that
    one.
    """
    first = builders.appointment(session, katrina, now + 3 * DAY)
    second = builders.appointment(session, katrina, now + 4 * DAY)
    asked(session, first, now - DAY)
    asked(session, second, now + minutes(30))
    text = text_in(session, "yes", now)
    intake.handle(session, text, now + minutes(60))
    assert (said(session, first), said(session, second)) == ([YES], [])


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        (AppointmentType.PHONE, "Thanks Katrina. Pat will ring you Tue 23 March, 9am."),
        (AppointmentType.HOME_VISIT, "Thanks Katrina. Pat will come to you Tue 23 March, 9am."),
        (AppointmentType.VIDEO, "Thanks Katrina. See you on the video call Tue 23 March, 9am."),
        (AppointmentType.COURT, "Thanks Katrina. See you Tue 23 March, 9am."),
    ],
)
def test_the_confirmation_fits_the_appointment_type(
    session: Session, katrina: Person, now: datetime, kind: AppointmentType, wanted: str
) -> None:
    """Nobody gets "see you" about a call, and no text says what the appointment is."""
    asked(session, builders.appointment(session, katrina, now + 3 * DAY, type=kind), now - DAY)
    says(session, "yes", now)
    assert last_answer(session) == wanted


def test_a_welsh_speaker_is_read_and_answered_in_welsh(
    session: Session, om: Staff, now: datetime
) -> None:
    """The person's language decides."""
    person = builders.person(session, om, language=Language.WELSH)
    appointment = builders.appointment(session, person, now + 3 * DAY)
    asked(session, appointment, now - DAY)
    says(session, "Ie", now)
    assert said(session, appointment) == [YES]
    assert last_answer(session) == "Diolch Katrina. Welwn ni chi Maw 23 Mawrth, 9yb."


def test_an_unclear_text_goes_to_a_worker_and_is_answered_once(
    session: Session, katrina: Person, now: datetime
) -> None:
    """A worker reads every one; the person gets the answer once in six hours."""
    asked(session, builders.appointment(session, katrina, now + 3 * DAY), now - DAY)
    for count in range(3):
        reading = says(session, "the blue one is on top of the other", now + minutes(count))
        assert (reading.needs_human, reading.act, reading.read_at) == (True, False, None)
    assert answers(session) == [
        ("Thanks Katrina. Pat will read this when next at work and get back to you.")
    ]
    says(session, "the blue one is on top of the other", now + timedelta(hours=7))
    assert len(answers(session)) == 2
