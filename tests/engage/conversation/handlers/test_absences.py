"""A missed appointment is asked about; what they answer is kept as their reason, with the outcome
that it proposes, and is never a yes.
"""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.agencies.model import Staff
from engage.appointments.attendance import record_outcome
from engage.appointments.kinds import OutcomeCode, ReminderKind
from engage.appointments.model import AbsenceReason, Appointment, Reminder
from engage.appointments.reminders.due import send_due
from engage.conversation import phone_owner, routing
from engage.people.model import Person
from engage.signals import SignalKind
from engage.understanding.vocabulary import Cause, Intent, Interpretation, Prompt
from messaging.states import MessageStatus
from messaging.tables import Message
from tests import builders
from tests.engage.conversation.phones import (
    NUMBER,
    asked,
    events,
    last_answer,
    minutes,
    open_signals,
    said,
    says,
    signal,
)
from tests.engage.conversation.turns import hear, read_as

AFTA, UAAB, ATTC = (
    OutcomeCode.FAILED_TO_ATTEND,
    OutcomeCode.UNACCEPTABLE_ABSENCE,
    OutcomeCode.ATTENDED_COMPLIED,
)
DAY = timedelta(days=1)
THANKS = "Thanks for telling us Katrina. Pat will read this."


@pytest.fixture
def now() -> datetime:
    """Saturday 20 March 2027, noon in London: inside the hours for texts."""
    return builders.NOW + timedelta(hours=3)


@pytest.fixture
def missed(session: Session, om: Staff, katrina: Person, now: datetime) -> Appointment:
    """An appointment of this morning that she did not come to; the text that asks why has gone."""
    return absent(session, om, katrina, now)


def absent(session: Session, om: Staff, whose_: Person, now: datetime) -> Appointment:
    """An appointment that began an hour ago and is recorded as missed, with the text about it gone."""
    appointment = builders.appointment(session, whose_, now - timedelta(hours=1))
    record_outcome(session, builders.actor(om), appointment.id, code=AFTA, now=now - minutes(10))
    send_due(session, now=now - minutes(10))
    for message in session.scalars(select(Message).where(Message.status == MessageStatus.QUEUED)):
        message.status, message.claimed_at = MessageStatus.DELIVERED, now - minutes(10)
    session.flush()
    return appointment


def prompt(session: Session, of: Person, at: datetime) -> Prompt:
    """What a text of theirs would be read as an answer to."""
    owner = phone_owner.owner_of(session, of.id, at)
    assert owner is not None
    return routing.prompt_for(session, owner, NUMBER, at)


def reasons(session: Session, about: Appointment) -> list[tuple[str | None, OutcomeCode | None]]:
    """What is kept as reasons: cause and proposed outcome."""
    rows = session.execute(
        select(AbsenceReason.cause, AbsenceReason.proposed)
        .where(AbsenceReason.appointment_id == about.id)
        .order_by(AbsenceReason.said_at, AbsenceReason.id)
    )
    return [(cause, code) for cause, code in rows]


def test_the_day_s_text_asks_why_by_the_last_day(
    session: Session, missed: Appointment, katrina: Person, now: datetime
) -> None:
    """Seven calendar days from the appointment, with the hub's telephone; and it opens the question
    until that day is over.
    """
    (body,) = session.scalars(select(Message.body)).all()
    assert body == (
        "Hi Katrina. We did not see you today. Are you OK? Please tell us why by Sat 27 March. "
        "Reply CALL and we will ring you, or ring 01914980100."
    )
    assert prompt(session, katrina, now) is Prompt.ABSENCE
    assert prompt(session, katrina, now + 7 * DAY) is Prompt.ABSENCE
    assert prompt(session, katrina, now + 8 * DAY) is Prompt.NONE


def test_a_question_about_the_next_appointment_that_left_later_is_what_they_answer(
    session: Session, missed: Appointment, katrina: Person, now: datetime
) -> None:
    """And one that left before it is not."""
    ahead = builders.appointment(session, katrina, now + 5 * DAY)
    asked(session, ahead, now - DAY)
    assert prompt(session, katrina, now) is Prompt.ABSENCE
    asked(session, ahead, now + DAY, kind=ReminderKind.ONE_DAY)
    assert prompt(session, katrina, now + DAY) is Prompt.APPOINTMENT


@pytest.mark.parametrize(
    ("interpretation", "kept"),
    [
        (
            read_as(Intent.ABSENCE_REASON, cause=Cause.ILLNESS),
            ("illness", OutcomeCode.ABSENT_MEDICAL),
        ),
        (read_as(Intent.DECLINE, cause=Cause.CHILDCARE), ("childcare", OutcomeCode.ABSENT_FAMILY)),
        (
            read_as(Intent.PROGRESS_HEALTH, cause=Cause.ILLNESS),
            ("illness", OutcomeCode.ABSENT_MEDICAL),
        ),
        (read_as(Intent.CONFIRM, cause=Cause.FORGOT), ("forgot", None)),
        (read_as(Intent.CONFIRM), (None, None)),
        (read_as(Intent.ABSENCE_REASON, cause=Cause.TRANSPORT), ("transport", None)),
    ],
)
def test_what_they_answer_is_their_reason_and_no_answer_about_the_next_one(
    session: Session,
    missed: Appointment,
    katrina: Person,
    now: datetime,
    interpretation: Interpretation,
    kept: tuple[str | None, OutcomeCode | None],
) -> None:
    """Kept with what it proposes, thanked for, a worker reads it, the outcome and every appointment
    to come stay as they were.
    """
    ahead = builders.appointment(session, katrina, now + 3 * DAY)
    asked(session, ahead, now - DAY)
    done = hear(session, katrina, interpretation, now, prompt=Prompt.ABSENCE)
    assert reasons(session, missed) == [kept]
    assert said(session, ahead) == [] and said(session, missed) == []
    assert last_answer(session) == THANKS
    assert (done.needs_human, done.appointment_id, done.intent) == (
        True,
        missed.id,
        Intent.ABSENCE_REASON,
    )
    assert [outcome.code for outcome in missed.outcomes] == [AFTA]
    assert open_signals(session, katrina) == [SignalKind.NO_SHOW]
    assert signal(session, katrina, SignalKind.NO_SHOW).evidence[-1]["type"] == "inbound"
    assert "absence.explained" in events(session, katrina)


def test_who_has_said_why_is_not_asked_again(
    session: Session, missed: Appointment, katrina: Person, now: datetime
) -> None:
    """The second text is void, with its reason."""
    hear(session, katrina, read_as(Intent.ABSENCE_REASON), now, prompt=Prompt.ABSENCE)
    rows = session.scalars(select(Reminder).where(Reminder.kind == ReminderKind.MISSED_AGAIN)).all()
    assert [(row.state.value, row.reasons[0]["code"]) for row in rows] == [("void", "said_why")]


def test_who_has_not_said_why_is_asked_once_more_and_their_offender_manager_told(
    session: Session, missed: Appointment, now: datetime
) -> None:
    """Two days before the end, at the time of day of the appointment, naming the day."""
    send_due(session, now=now + 5 * DAY)
    bodies = session.scalars(select(Message.body).order_by(Message.created_at)).all()
    assert bodies[1:] == [
        "Hi Katrina. We did not see you on Sat 20 March, 11:00am. Are you OK? Please tell us why by Sat 27 March. "
        "Reply CALL and we will ring you."
    ]


def test_a_yes_to_a_day_to_come_is_about_that_day(
    session: Session, missed: Appointment, katrina: Person, now: datetime
) -> None:
    """`ok see you tuesday`, after we asked why: Tuesday's appointment was asked about, and nothing
    was missed on a Tuesday.
    """
    ahead = builders.appointment(session, katrina, now + 3 * DAY)
    asked(session, ahead, now - DAY)
    hear(session, katrina, read_as(Intent.CONFIRM, day="tue"), now, prompt=Prompt.ABSENCE)
    assert len(said(session, ahead)) == 1 and reasons(session, missed) == []


def test_forgot_is_about_what_is_over_whatever_was_asked(
    session: Session, om: Staff, katrina: Person, now: datetime
) -> None:
    """`yes sorry i forgot`, an hour after it began, nothing recorded yet: no yes to the one of next
    week.
    """
    over = builders.appointment(session, katrina, now - timedelta(hours=1))
    ahead = builders.appointment(session, katrina, now + 6 * DAY)
    asked(session, ahead, now - DAY)
    hear(session, katrina, read_as(Intent.CONFIRM, cause=Cause.FORGOT), now)
    assert said(session, ahead) == [] and reasons(session, over) == [("forgot", None)]
    record_outcome(session, builders.actor(om), over.id, code=AFTA, now=now)
    rows = session.scalars(select(Reminder).where(Reminder.appointment_id == over.id)).all()
    assert {row.reasons[0]["code"] for row in rows} == {"said_why"}


def test_a_reason_that_fits_two_absences_or_none_is_for_a_human(
    session: Session, om: Staff, katrina: Person, now: datetime
) -> None:
    """Out of the blue, with two missed, or with nothing missed: nothing is kept against anything."""
    done = hear(session, katrina, read_as(Intent.ABSENCE_REASON), now, prompt=Prompt.NONE)
    assert done.needs_human and not done.acted
    for hours in (3, 30):
        absent(session, om, katrina, now - timedelta(hours=hours))
    hear(session, katrina, read_as(Intent.ABSENCE_REASON), now, prompt=Prompt.NONE)
    assert session.scalars(select(AbsenceReason)).all() == []


def test_a_reason_beside_a_wish_for_a_call_is_kept_too(
    session: Session, missed: Appointment, katrina: Person, now: datetime
) -> None:
    """The call has the answer; the reason is kept with it."""
    interpretation = read_as(Intent.CALL_ME, Intent.ABSENCE_REASON, cause=Cause.ILLNESS)
    hear(session, katrina, interpretation, now, prompt=Prompt.ABSENCE)
    assert reasons(session, missed) == [("illness", OutcomeCode.ABSENT_MEDICAL)]
    assert "ring you" in last_answer(session)


def test_an_absence_that_is_decided_asks_and_takes_no_more(
    session: Session, om: Staff, missed: Appointment, katrina: Person, now: datetime
) -> None:
    """Recorded as attended after all: the second text is void, the question closed, and a late
    reason goes to a human.
    """
    record_outcome(session, builders.actor(om), missed.id, code=ATTC, now=now)
    rows = session.scalars(select(Reminder).where(Reminder.kind == ReminderKind.MISSED_AGAIN)).all()
    assert [row.reasons[0]["code"] for row in rows] == ["decided"]
    assert prompt(session, katrina, now) is Prompt.NONE
    hear(session, katrina, read_as(Intent.ABSENCE_REASON), now, prompt=Prompt.NONE)
    assert reasons(session, missed) == []


def test_a_bare_thumb_after_the_question_is_no_reason(
    session: Session, missed: Appointment, katrina: Person, now: datetime
) -> None:
    """Thanks is thanks."""
    reading = says(session, "ok thanks", now)
    assert reading.prompt == "absence" and reasons(session, missed) == []
