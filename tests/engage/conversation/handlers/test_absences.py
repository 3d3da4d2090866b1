"""A missed appointment: the person is asked why, the reason is stored with the outcome that it
proposes, and is never a yes.
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
    """An appointment of this morning that she missed. The text that asks why has left."""
    return absent(session, om, katrina, now)


def absent(session: Session, om: Staff, whose_: Person, now: datetime) -> Appointment:
    """An appointment that began an hour ago and is recorded as missed. The text about it has
    left.
    """
    appointment = builders.appointment(session, whose_, now - timedelta(hours=1))
    record_outcome(session, builders.actor(om), appointment.id, code=AFTA, now=now - minutes(10))
    send_due(session, now=now - minutes(10))
    for message in session.scalars(select(Message).where(Message.status == MessageStatus.QUEUED)):
        message.status, message.claimed_at = MessageStatus.DELIVERED, now - minutes(10)
    session.flush()
    return appointment


def prompt(session: Session, of: Person, at: datetime) -> Prompt:
    """The question that a text of theirs would answer."""
    owner = phone_owner.owner_of(session, of.id, at)
    assert owner is not None
    return routing.prompt_for(session, owner, NUMBER, at)


def reasons(session: Session, about: Appointment) -> list[tuple[str | None, OutcomeCode | None]]:
    """The stored reasons: cause and proposed outcome."""
    rows = session.execute(
        select(AbsenceReason.cause, AbsenceReason.proposed)
        .where(AbsenceReason.appointment_id == about.id)
        .order_by(AbsenceReason.said_at, AbsenceReason.id)
    )
    return [(cause, code) for cause, code in rows]


def test_the_day_s_text_asks_why_by_the_last_day(
    session: Session, missed: Appointment, katrina: Person, now: datetime
) -> None:
    """The last day is seven calendar days after the appointment. The text names the hub's
    telephone, and the question stays open until that day is over.
    """
    (body,) = session.scalars(select(Message.body)).all()
    assert body == (
        "Hi Katrina. We did not see you today. Are you OK? Please tell us why by Sat 27 March. "
        "Reply CALL and we will ring you, or ring 01914980100."
    )
    assert prompt(session, katrina, now) is Prompt.ABSENCE
    assert prompt(session, katrina, now + 7 * DAY) is Prompt.ABSENCE
    assert prompt(session, katrina, now + 8 * DAY) is Prompt.NONE


def test_a_reply_answers_the_latest_question(
    session: Session, missed: Appointment, katrina: Person, now: datetime
) -> None:
    """A later question about the next appointment comes before the one about the absence; an
    earlier one does not.
    """
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
def test_a_reason_says_nothing_about_the_next_appointment(
    session: Session,
    missed: Appointment,
    katrina: Person,
    now: datetime,
    interpretation: Interpretation,
    kept: tuple[str | None, OutcomeCode | None],
) -> None:
    """It is stored with the outcome that it proposes, thanked for and read by a worker. The outcome
    and every coming appointment stay as they were.
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


def test_a_person_who_gave_a_reason_is_not_asked_again(
    session: Session, missed: Appointment, katrina: Person, now: datetime
) -> None:
    """The second text is void, with its reason."""
    hear(session, katrina, read_as(Intent.ABSENCE_REASON), now, prompt=Prompt.ABSENCE)
    rows = session.scalars(select(Reminder).where(Reminder.kind == ReminderKind.MISSED_AGAIN)).all()
    assert [(row.state.value, row.reasons[0]["code"]) for row in rows] == [("void", "said_why")]


def test_without_a_reason_a_second_text_is_sent_and_the_offender_manager_told(
    session: Session, missed: Appointment, now: datetime
) -> None:
    """Two days before the end, at the time of day of the appointment, naming the last day."""
    send_due(session, now=now + 5 * DAY)
    bodies = session.scalars(select(Message.body).order_by(Message.created_at)).all()
    assert bodies[1:] == [
        "Hi Katrina. We did not see you on Sat 20 March, 11am. Are you OK? Please tell us why "
        "by Sat 27 March. "
        "Reply CALL and we will ring you."
    ]


def test_a_yes_that_names_a_coming_day_is_about_that_day(
    session: Session, missed: Appointment, katrina: Person, now: datetime
) -> None:
    """`ok see you tuesday` after we asked why: Tuesday's appointment was asked about, and none was
    missed on a Tuesday.
    """
    ahead = builders.appointment(session, katrina, now + 3 * DAY)
    asked(session, ahead, now - DAY)
    hear(session, katrina, read_as(Intent.CONFIRM, day="tue"), now, prompt=Prompt.ABSENCE)
    assert len(said(session, ahead)) == 1 and reasons(session, missed) == []


def test_forgot_is_about_the_appointment_that_is_over(
    session: Session, om: Staff, katrina: Person, now: datetime
) -> None:
    """`yes sorry i forgot`, an hour after it began and before anything is recorded, is no yes to
    next week's appointment.
    """
    over = builders.appointment(session, katrina, now - timedelta(hours=1))
    ahead = builders.appointment(session, katrina, now + 6 * DAY)
    asked(session, ahead, now - DAY)
    hear(session, katrina, read_as(Intent.CONFIRM, cause=Cause.FORGOT), now)
    assert said(session, ahead) == [] and reasons(session, over) == [("forgot", None)]
    record_outcome(session, builders.actor(om), over.id, code=AFTA, now=now)
    rows = session.scalars(select(Reminder).where(Reminder.appointment_id == over.id)).all()
    assert {row.reasons[0]["code"] for row in rows} == {"said_why"}


def test_a_reason_that_fits_two_absences_or_none_goes_to_a_worker(
    session: Session, om: Staff, katrina: Person, now: datetime
) -> None:
    """Without a question of ours, and with two missed appointments or none, no reason is stored."""
    done = hear(session, katrina, read_as(Intent.ABSENCE_REASON), now, prompt=Prompt.NONE)
    assert done.needs_human and not done.acted
    for hours in (3, 30):
        absent(session, om, katrina, now - timedelta(hours=hours))
    hear(session, katrina, read_as(Intent.ABSENCE_REASON), now, prompt=Prompt.NONE)
    assert session.scalars(select(AbsenceReason)).all() == []


def test_a_reason_beside_a_request_for_a_call_is_stored(
    session: Session, missed: Appointment, katrina: Person, now: datetime
) -> None:
    """The answer is about the call; the reason is stored with it."""
    interpretation = read_as(Intent.CALL_ME, Intent.ABSENCE_REASON, cause=Cause.ILLNESS)
    hear(session, katrina, interpretation, now, prompt=Prompt.ABSENCE)
    assert reasons(session, missed) == [("illness", OutcomeCode.ABSENT_MEDICAL)]
    assert "ring you" in last_answer(session)


def test_a_decided_absence_asks_nothing_more(
    session: Session, om: Staff, missed: Appointment, katrina: Person, now: datetime
) -> None:
    """After a worker records attendance the second text is void, the question is closed, and a late
    reason goes to a worker.
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
    """It is thanks, and nothing more."""
    reading = says(session, "ok thanks", now)
    assert reading.prompt == "absence" and reasons(session, missed) == []
