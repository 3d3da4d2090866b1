"""Reminders that fall due: decided then, one text for each purpose, and a stored reason for every
one that was not sent.
"""

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engage.appointments import booking
from engage.appointments.model import AppointmentType, Reminder, ReminderState
from engage.appointments.reminders.due import send_due
from engage.appointments.reminders.replanning import plan_two_hour_reminders, replan_skipped
from engage.core.db import Database
from engage.people import phones
from engage.people.model import CustodyStatus
from messaging import suppression
from messaging.states import MessageStatus
from messaging.tables import Message
from tests import builders
from tests.engage.appointments.stage import (
    Stage,
    local,
    make,
    messages,
    planned,
    reminder_rows,
)


@pytest.fixture
def stage(session: Session, now: datetime) -> Stage:
    """A person who can be texted."""
    return make(session, now)


def test_texts_at_booking_and_before_the_appointment(stage: Stage) -> None:
    """Booked six days ahead: a text at once, three days before and one day before, each once."""
    appointment = stage.book("2027-03-26 14:00")
    assert stage.send() == [
        "Hi Katrina. You see Pat: Fri 26 March, 2pm, the centre on Bridge St. "
        "Reply YES if you can come, NO if not. Reply STOP to end texts."
    ]
    assert stage.send() == []
    assert stage.send("2027-03-23 14:00")[0].startswith(
        "Hi Katrina. You see Pat on Fri 26 March, 2pm"
    )
    assert "tomorrow, 2pm" in stage.send("2027-03-25 14:00")[0]
    assert set(stage.reminder_states(appointment).values()) == {"sent"}
    message = messages(stage.session)[-1]
    assert message.context["purpose"] == "reminder" and message.recipient == str(stage.person.id)
    assert message.group_key == f"appointment:{appointment.id}"
    assert message.expires_at == appointment.starts_at - timedelta(hours=4)


def test_booked_under_24_hours_ahead_gets_one_text(stage: Stage) -> None:
    """Only the first text is sent, and the others say why they are not."""
    appointment = stage.book("2027-03-21 08:30")
    assert len(stage.send()) == 1
    assert stage.reminder_states(appointment) == {
        "booked": "sent",
        "three_days": "skipped booked_late",
        "one_day": "skipped booked_late",
    }
    assert stage.send("2027-03-20 19:30") == []


def test_two_appointments_of_one_day_share_a_text(stage: Stage) -> None:
    """Booking texts for one day are merged, and so are the day-before texts, though one is due
    hours later.
    """
    first = stage.book("2027-03-26 10:00")
    second = stage.book("2027-03-26 15:15", worker_name="Jo", place_alias="the hall")
    assert stage.send() == [
        "Hi Katrina. 2 on Fri 26 March: 10am Pat, the centre on Bridge St; 3:15pm Jo, the hall. "
        "Reply YES if you can make both, or CALL to talk."
    ]
    assert len(stage.send("2027-03-23 10:00")) == 1
    assert len(stage.send("2027-03-25 10:00")) == 1
    assert stage.send("2027-03-25 15:15") == []
    assert stage.reminder_states(first) == stage.reminder_states(second)
    assert {message.segments for message in messages(stage.session)} == {1}


def test_overdue_reminders_are_not_sent_together(stage: Stage) -> None:
    """After the worker was down for days one text is sent about the appointment, and the others say
    why not.
    """
    appointment = stage.book("2027-03-26 14:00")
    assert len(stage.send("2027-03-25 15:00")) == 1
    assert stage.reminder_states(appointment) == {
        "booked": "sent",
        "three_days": "skipped too_late",
        "one_day": "skipped just_told",
    }


def test_nothing_is_sent_after_it_expires(stage: Stage) -> None:
    """The day-before text is not sent in the last four hours."""
    appointment = stage.book("2027-03-26 14:00")
    stage.send()
    assert stage.send("2027-03-26 10:00") == []
    assert stage.reminder_states(appointment)["one_day"] == "skipped too_late"


def test_a_reminder_sent_on_the_day_says_today(stage: Stage) -> None:
    """The words follow the calendar: a text that was due yesterday and is sent today does not say
    tomorrow.
    """
    stage.book("2027-03-26 14:00")
    stage.send()
    assert "See you today, 2pm" in stage.send("2027-03-26 09:30")[0]


def test_a_reminder_two_evenings_before_names_the_day(stage: Stage) -> None:
    """For an appointment at eight the day-before text moves to the evening before that, and names
    the day.
    """
    stage.book("2027-03-26 08:00")
    stage.send()
    stage.send("2027-03-22 19:00")
    assert "on Fri 26 March, 8am" in stage.send("2027-03-24 19:00")[0]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"custody_status": CustodyStatus.CUSTODY}, "custody"),
        ({"texts_approved_at": None}, "not_approved"),
        ({"restricted": True}, "restricted"),
    ],
)
def test_the_reasons_of_rule_1_are_stored(
    stage: Stage, change: dict[str, object], code: str
) -> None:
    """Rule 1 is applied when the reminder falls due; its reasons are stored with the reminder."""
    appointment = stage.book("2027-03-26 14:00")
    for name, value in change.items():
        setattr(stage.person, name, value)
    assert stage.send() == []
    assert stage.reminder_states(appointment)["booked"] == f"skipped {code}"
    assert all(
        reason["words"] for reason in reminder_rows(stage.session, appointment.id)[0].reasons
    )


def test_at_night_a_reminder_waits_for_the_morning(stage: Stage) -> None:
    """The worker was down at the due time and returns at night: the text is sent at nine, and the
    row says why it waits.
    """
    appointment = stage.book("2027-03-26 14:00")
    assert stage.send("2027-03-20 21:00") == []
    assert planned(stage.session, appointment.id)["booked"] == "03-21 09:00"
    row = next(row for row in reminder_rows(stage.session, appointment.id) if row.kind == "booked")
    assert [reason["code"] for reason in row.reasons] == ["quiet_hours"]
    assert len(stage.send("2027-03-21 09:00")) == 1


def test_the_day_before_text_is_skipped_when_the_morning_is_too_late(stage: Stage) -> None:
    """A text that would expire before texting hours start again is skipped with that reason."""
    appointment = stage.book("2027-03-26 12:00")
    stage.send()
    assert stage.send("2027-03-25 21:00") == []
    assert stage.reminder_states(appointment)["one_day"] == "skipped quiet_hours"


def test_no_more_texts_in_a_day_than_the_limit(stage: Stage) -> None:
    """Three texts a day from all services together; the fourth waits until texting starts the next
    day.
    """
    booked = [stage.book(f"2027-04-{day} 14:00") for day in (12, 13, 14, 15)]
    assert len(stage.send()) == 3
    waits = [one for one in booked if "booked" in planned(stage.session, one.id)]
    assert [planned(stage.session, one.id)["booked"] for one in waits] == ["03-21 09:00"]
    assert len(stage.send("2027-03-21 09:00")) == 1


def test_the_two_hour_text_is_sent_only_if_asked_for(stage: Stage) -> None:
    """Turned on after booking, it is planned for existing appointments; turned off, it is skipped
    with that reason.
    """
    appointment = stage.book("2027-03-26 14:00")
    stage.person.two_hour_reminder = True
    assert plan_two_hour_reminders(stage.session, stage.person.id, now=stage.now) == 1
    assert plan_two_hour_reminders(stage.session, stage.person.id, now=stage.now) == 0
    assert planned(stage.session, appointment.id)["two_hours"] == "03-26 12:00"
    for moment in ("2027-03-20 09:00", "2027-03-23 14:00", "2027-03-25 14:00"):
        stage.send(moment)
    stage.person.two_hour_reminder = False
    assert stage.send("2027-03-26 12:00") == []
    assert stage.reminder_states(appointment)["two_hours"] == "skipped not_marked"


def test_an_unconfirmed_number_is_checked_first(session: Session, now: datetime) -> None:
    """An unconfirmed number gets one text that asks whose phone it is; once it is verified, the
    reminders that still help are sent.
    """
    stage = make(session, now, verified=False)
    appointments = [
        stage.book("2027-03-26 10:00"),
        stage.book("2027-03-26 15:00"),
        stage.book("2027-03-29 10:00"),
    ]
    assert stage.send() == ["Hi, is this Katrina's phone? Reply 1 for yes, 2 for no"]
    assert {stage.reminder_states(one)["booked"] for one in appointments} == {
        "skipped number_unverified"
    }
    assert stage.send("2027-03-20 10:00") == []
    phones.verify_number(session, stage.actor, stage.person.id, how="their answer", now=now)
    later = now + timedelta(hours=2)
    assert replan_skipped(session, stage.person.id, now=later) == 3
    assert replan_skipped(session, stage.person.id, now=later) == 0
    sent = stage.send(later)
    assert len(sent) == 2 and "2 on Fri 26 March" in sent[0] and "Mon 29 March" in sent[1]
    assert {stage.reminder_states(one)["booked"] for one in appointments} == {"sent"}


def test_only_reminders_that_still_help_are_replanned(stage: Stage) -> None:
    """Released after the day-before text was skipped: that text is sent, and not the ones before
    it.
    """
    appointment = stage.book("2027-03-26 14:00")
    stage.send()
    stage.person.custody_status = CustodyStatus.REMAND
    stage.send("2027-03-23 14:00")
    stage.send("2027-03-25 14:00")
    stage.person.custody_status = CustodyStatus.COMMUNITY
    assert replan_skipped(stage.session, stage.person.id, now=local("2027-03-25 16:00")) == 1
    assert "tomorrow" in stage.send("2027-03-25 16:00")[0]
    assert stage.reminder_states(appointment)["three_days"] == "skipped remand"


def test_a_booking_text_is_not_replanned_just_before_a_reminder(stage: Stage) -> None:
    """Within two hours of a planned reminder the first text is not planned again: the reminder says
    everything.
    """
    stage.person.custody_status = CustodyStatus.CUSTODY
    stage.book("2027-03-26 14:00")
    stage.send()
    stage.person.custody_status = CustodyStatus.COMMUNITY
    assert replan_skipped(stage.session, stage.person.id, now=local("2027-03-23 13:00")) == 0
    assert replan_skipped(stage.session, stage.person.id, now=local("2027-03-22 13:00")) == 1


def test_start_replans_texts_that_stop_called_back(stage: Stage) -> None:
    """STOP withdraws queued texts; after START those that still help are sent."""
    appointment = stage.book("2027-03-26 14:00")
    stage.send()
    suppression.suppress(stage.session, "+447700900101", "STOP", "SM1", stage.now)
    assert [message.status for message in messages(stage.session)] == [MessageStatus.WITHDRAWN]
    suppression.restore(stage.session, "+447700900101", "SM2", stage.now)
    assert replan_skipped(stage.session, stage.person.id, now=stage.now) == 1
    assert len(stage.send()) == 1
    assert [
        row.attempt for row in reminder_rows(stage.session, appointment.id) if row.kind == "booked"
    ] == [
        1,
        2,
    ]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (AppointmentType.HOME_VISIT, "Pat will come to you: Fri 26 March"),
        (AppointmentType.PHONE, "Pat will ring you: Fri 26 March"),
        (AppointmentType.VIDEO, "Pat will see you by video call: Fri 26 March"),
        (AppointmentType.DRUG_TEST, "You see Pat: Fri 26 March"),
    ],
)
def test_the_wording_fits_the_way_of_meeting(
    stage: Stage, kind: AppointmentType, words: str
) -> None:
    """A visit, a call and a meeting have their own wording, and a test is never named."""
    stage.book("2027-03-26 14:00", type=kind)
    assert words in stage.send()[0]


def test_a_place_that_tells_too_much_is_left_out(stage: Stage) -> None:
    """The text is sent without the place, in one segment."""
    stage.book("2027-03-26 14:00", place_alias="the probation office, Court Road")
    sent = stage.send()[0]
    assert "robation" not in sent and "Fri 26 March, 2pm. Reply YES" in sent


def test_texts_in_welsh(session: Session, now: datetime) -> None:
    """The text is in the person's language."""
    stage = make(session, now, language="cy", first_name="Gethin")
    stage.book("2027-03-24 11:20", worker_name="Dai", place_alias="y ganolfan, Stryd y Bont")
    assert stage.send()[0].startswith("Helo Gethin. Byddwch yn gweld Dai: Mer 24 Mawrth, 11:20yb")


def test_one_persons_failure_does_not_delay_the_others(stage: Stage) -> None:
    """A reminder that cannot be decided is put off by some minutes; other people's are sent at
    once.
    """
    stuck = stage.book("2027-03-26 14:00")
    other = builders.person(stage.session, stage.om, number="+447700900102", first_name="Dean")
    stage.book("2027-03-26 14:00", person=other)
    row = next(row for row in reminder_rows(stage.session, stuck.id) if row.kind == "booked")
    stage.session.execute(
        update(Reminder).where(Reminder.id == row.id).values(reasons=[{"words": "no code"}])
    )
    row.expires_at = stage.now
    sent = stage.send()
    assert len(sent) == 1 and sent[0].startswith("Hi Dean")
    stage.session.refresh(row)
    assert (row.state, row.due_at) == (ReminderState.PLANNED, stage.now + timedelta(minutes=5))


def test_an_invalid_hub_setting_does_not_delay_other_hubs(stage: Stage) -> None:
    """Its own reminders are put off and logged; those of other hubs are sent."""
    stage.book("2027-03-26 14:00")
    elsewhere = make(
        stage.session, stage.now, hub_name="Elsewhere", number="+447700900102", first_name="Dean"
    )
    elsewhere.book("2027-03-26 14:00")
    stage.hub.settings = {"daily_cap": "many"}
    stage.session.flush()
    sent = stage.send()
    assert len(sent) == 1 and sent[0].startswith("Hi Dean")


def test_several_workers_send_each_text_once(committed: Database, now: datetime) -> None:
    """Eight workers decide the reminders of thirty people at the same moment: every person gets
    exactly one text.
    """
    with committed.begin() as session:
        stage = make(session, now)
        for count in range(30):
            person = builders.person(
                session, stage.om, number=f"+4477009002{count:02}", first_name="Dean"
            )
            stage.book("2027-03-26 14:00", person=person)

    def work() -> None:
        for _ in range(12):
            with committed.begin() as session:
                send_due(session, now=now, limit=4)

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with committed.begin() as session:
        numbers = [message.to_number for message in messages(session)]
        left = session.scalars(
            select(Reminder).where(Reminder.state == ReminderState.PLANNED, Reminder.due_at <= now)
        ).all()
    assert len(numbers) == len(set(numbers)) == 30
    assert left == []


def test_moves_during_sending_lose_nothing(committed: Database, now: datetime) -> None:
    """Moves race the worker: afterwards every appointment has been texted with its present time,
    and no old text is in the queue.
    """
    with committed.begin() as session:
        stage = make(session, now)
        actor, ids = stage.actor, []
        for count in range(10):
            person = builders.person(session, stage.om, number=f"+4477009003{count:02}")
            ids.append(stage.book("2027-03-26 14:00", person=person).id)

    def send() -> None:
        for _ in range(15):
            with committed.begin() as session:
                send_due(session, now=now, limit=3)

    def move() -> None:
        for appointment_id in ids:
            with committed.begin() as session:
                booking.move(
                    session, actor, appointment_id, starts_at=local("2027-03-29 11:00"), now=now
                )

    threads = [
        threading.Thread(target=send),
        threading.Thread(target=send),
        threading.Thread(target=move),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with committed.begin() as session:
        send_due(session, now=now, limit=50)
        waiting = session.scalars(
            select(Message).where(Message.status == MessageStatus.QUEUED)
        ).all()
        assert len(waiting) == 10
        assert all("Mon 29 March, 11am" in message.body for message in waiting)
