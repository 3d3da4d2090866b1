"""Moving, amending and cancelling: old texts are cancelled or called back, and people are told what
they need to know, once.
"""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from engage.appointments import booking
from engage.appointments.attendance import record_outcome
from engage.appointments.model import Appointment, AppointmentState, OutcomeCode
from engage.appointments.reminders.rewriting import rewrite_reminders
from engage.core.errors import Conflict, Invalid
from engage.people.model import CustodyStatus
from engage.sending import last_look as sending_guard
from messaging.sending.dispatch import Defer, Withhold
from messaging.states import MessageStatus as S
from tests import builders
from tests.engage.appointments.stage import (
    Stage,
    advance,
    claimed,
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


def move(stage: Stage, appointment: Appointment, starts: str, **values: object) -> Appointment:
    """Move to a local time."""
    return booking.move(
        stage.session, stage.actor, appointment.id, starts_at=local(starts), now=stage.now, **values
    )


def test_moved_before_any_text_was_sent(stage: Stage) -> None:
    """The old reminders are cancelled, and the new time is texted as a booking."""
    appointment = stage.book("2027-03-26 14:00")
    move(stage, appointment, "2027-03-29 10:00")
    old = [row for row in reminder_rows(stage.session, appointment.id) if row.revision == 1]
    assert {(row.state.value, row.reasons[0]["code"]) for row in old} == {("void", "moved")}
    assert planned(stage.session, appointment.id) == {
        "booked": "03-20 09:00",
        "three_days": "03-26 10:00",
        "one_day": "03-28 10:00",
    }
    assert "You see Pat: Mon 29 March, 10am" in stage.send()[0]


def test_moved_while_the_text_is_queued(stage: Stage) -> None:
    """A queued text is called back, so the old time is never texted."""
    appointment = stage.book("2027-03-26 14:00")
    stage.send()
    move(stage, appointment, "2027-03-29 10:00")
    assert [message.status for message in messages(stage.session)] == [S.WITHDRAWN]
    assert "You see Pat: Mon 29 March" in stage.send()[0]


@pytest.mark.parametrize(
    "path", [(S.SENDING,), (S.SENDING, S.UNKNOWN), (S.SENDING, S.ACCEPTED, S.DELIVERED)]
)
def test_moved_after_the_old_time_may_have_been_texted(stage: Stage, path: tuple[S, ...]) -> None:
    """If a text about the old time was sent, or may have been, the person is told of the change at
    once.
    """
    appointment = stage.book("2027-03-26 14:00")
    stage.send()
    advance(stage.session, messages(stage.session)[0], *path, now=stage.now)
    move(stage, appointment, "2027-03-26 09:30")
    sent = stage.send()
    assert sent == [
        "Hi Katrina. Your time has changed to Fri 26 March, 9:30am, the centre on Bridge St. "
        "Do not come at the old time. Reply YES if OK, or CALL to talk."
    ]


@pytest.mark.parametrize("path", [(S.SENDING, S.REFUSED), (S.WITHHELD,), (S.EXPIRED,)])
def test_moved_after_a_text_that_was_never_sent(stage: Stage, path: tuple[S, ...]) -> None:
    """The person knows no old time, so the new time is texted as a booking."""
    appointment = stage.book("2027-03-26 14:00")
    stage.send()
    advance(stage.session, messages(stage.session)[0], *path, now=stage.now)
    move(stage, appointment, "2027-03-29 10:00")
    assert "booked" in planned(stage.session, appointment.id)


def test_moved_twice_after_the_first_time_was_texted(stage: Stage) -> None:
    """The change in between was not sent; the last change is still texted as one."""
    appointment = stage.book("2027-03-26 14:00")
    stage.send()
    advance(stage.session, messages(stage.session)[0], S.SENDING, S.ACCEPTED, now=stage.now)
    move(stage, appointment, "2027-03-29 10:00")
    stage.send()
    move(stage, appointment, "2027-03-30 10:00")
    assert "changed to Tue 30 March" in stage.send()[0]
    assert [message.status for message in messages(stage.session)] == [
        S.ACCEPTED,
        S.WITHDRAWN,
        S.QUEUED,
    ]


def test_moved_back_to_the_time_that_was_texted(stage: Stage) -> None:
    """A mistake corrected before the person was told of it needs no text."""
    appointment = stage.book("2027-03-26 14:00")
    stage.send()
    advance(stage.session, messages(stage.session)[0], S.SENDING, S.ACCEPTED, now=stage.now)
    move(stage, appointment, "2027-03-27 14:00")
    move(stage, appointment, "2027-03-26 14:00")
    assert stage.send() == []
    assert planned(stage.session, appointment.id) == {
        "three_days": "03-23 14:00",
        "one_day": "03-25 14:00",
    }


def test_a_move_rewrites_a_shared_text_for_the_other_appointment(stage: Stage) -> None:
    """A called-back text about two appointments is rewritten for the one that is unchanged."""
    first, second = stage.book("2027-03-26 10:00"), stage.book("2027-03-26 15:00", worker_name="Jo")
    stage.send()
    move(stage, first, "2027-03-29 10:00")
    sent = stage.send()
    assert len(sent) == 2
    assert any("You see Jo: Fri 26 March" in body for body in sent)
    assert any("You see Pat: Mon 29 March" in body for body in sent)
    assert stage.reminder_states(second)["booked"] == "sent"


def test_the_same_time_again_changes_nothing(stage: Stage) -> None:
    """A move to the same time changes no reminder, revision or event."""
    appointment = stage.book("2027-03-26 14:00")
    before = stage.reminder_states(appointment)
    move(stage, appointment, "2027-03-26 14:00")
    assert (appointment.revision, stage.reminder_states(appointment)) == (1, before)


def test_another_place_is_texted_again(stage: Stage) -> None:
    """A person who was told the old place gets the new one; a queued text is rewritten instead."""
    appointment = stage.book("2027-03-26 14:00")
    stage.send()
    booking.amend(
        stage.session,
        stage.actor,
        appointment.id,
        {"place_alias": "the hall, Mill Lane"},
        now=stage.now,
    )
    assert [message.status for message in messages(stage.session)] == [S.WITHDRAWN]
    assert "the hall, Mill Lane" in stage.send()[0]
    advance(stage.session, messages(stage.session)[-1], S.SENDING, S.ACCEPTED, now=stage.now)
    booking.amend(stage.session, stage.actor, appointment.id, {"worker_name": "Jo"}, now=stage.now)
    assert "You see Jo: Fri 26 March, 2pm, the hall, Mill Lane" in stage.send()[0]
    booking.amend(stage.session, stage.actor, appointment.id, {"minutes": 45}, now=stage.now)
    assert stage.send() == []


def test_another_place_removes_the_old_name_from_texts(stage: Stage) -> None:
    """A new place without an everyday name is never texted under the old place's, whether moved or
    amended.
    """
    appointment = stage.book("2027-03-26 14:00")
    move(stage, appointment, "2027-03-27 14:00", place="the court house")
    assert appointment.place_alias == ""
    booking.amend(stage.session, stage.actor, appointment.id, {"place": "the hall"}, now=stage.now)
    assert appointment.place_alias == "the hall"


def test_cancelled_before_any_text_was_sent(stage: Stage) -> None:
    """The person is not told of a cancellation if they were never told of the appointment."""
    appointment = stage.book("2027-03-26 14:00")
    booking.cancel(stage.session, stage.actor, appointment.id, reason="Booked twice", now=stage.now)
    assert stage.send() == []
    assert appointment.state is AppointmentState.CANCELLED
    assert set(stage.reminder_states(appointment).values()) == {"void cancelled"}


def test_cancelled_after_a_text_was_sent(stage: Stage) -> None:
    """The person is told not to come."""
    appointment = stage.book("2027-03-26 14:00")
    stage.send()
    advance(
        stage.session, messages(stage.session)[0], S.SENDING, S.ACCEPTED, S.DELIVERED, now=stage.now
    )
    booking.cancel(stage.session, stage.actor, appointment.id, reason="Worker ill", now=stage.now)
    assert stage.send() == [
        "Hi Katrina. You do not need to come on Fri 26 March, 2pm. We will tell you the next "
        "time. Questions? Reply CALL."
    ]


def test_a_cancellation_names_the_time_that_the_person_knows(stage: Stage) -> None:
    """Told Friday, moved to Monday without a text, then cancelled: the text says not to come on
    Friday.
    """
    appointment = stage.book("2027-03-26 14:00")
    stage.send()
    advance(stage.session, messages(stage.session)[0], S.SENDING, S.ACCEPTED, now=stage.now)
    move(stage, appointment, "2027-03-29 10:00")
    booking.cancel(stage.session, stage.actor, appointment.id, reason="Worker ill", now=stage.now)
    assert "do not need to come on Fri 26 March, 2pm" in stage.send()[0]


def test_a_finished_appointment_cannot_be_changed(stage: Stage) -> None:
    """A cancelled appointment and one with an outcome are refused."""
    appointment = stage.book("2027-03-26 14:00")
    booking.cancel(stage.session, stage.actor, appointment.id, reason="Booked twice", now=stage.now)
    with pytest.raises(Conflict):
        move(stage, appointment, "2027-03-29 10:00")
    with pytest.raises(Conflict):
        booking.cancel(stage.session, stage.actor, appointment.id, reason="Again", now=stage.now)
    other = stage.book("2027-03-22 10:00")
    record_outcome(
        stage.session,
        stage.actor,
        other.id,
        code=OutcomeCode.ATTENDED_COMPLIED,
        now=local("2027-03-22 10:30"),
    )
    with pytest.raises(Conflict):
        move(stage, other, "2027-03-29 10:00")


@pytest.mark.parametrize("reason", ["", "   ", "x" * 201, "nul \0 byte"])
def test_a_cancellation_needs_a_reason(stage: Stage, reason: str) -> None:
    """The reason for cancelling is part of the record."""
    appointment = stage.book("2027-03-26 14:00")
    with pytest.raises(Invalid):
        booking.cancel(stage.session, stage.actor, appointment.id, reason=reason, now=stage.now)


def last_look(stage: Stage, now: datetime | None = None) -> object:
    """What the guard says of the newest text."""
    message = messages(stage.session)[-1]
    found = sending_guard.last_look(stage.session, [claimed(message)], now or stage.now)
    return found.get(message.id)


def test_the_last_look_lets_a_good_text_go(stage: Stage) -> None:
    """The text itself is among the day's texts, but that does not stop it."""
    for day in (12, 13, 14):
        stage.book(f"2027-04-{day} 14:00")
    stage.send()
    found = sending_guard.last_look(
        stage.session, [claimed(one) for one in messages(stage.session)], stage.now
    )
    assert found == {}


def test_the_last_look_stops_a_text_about_a_changed_appointment(stage: Stage) -> None:
    """Moved or cancelled while a worker holds the text: it does not go."""
    appointment = stage.book("2027-03-26 14:00")
    stage.send()
    advance(stage.session, messages(stage.session)[0], S.SENDING, now=stage.now)
    move(stage, appointment, "2027-03-29 10:00")
    assert last_look(stage) == Withhold("The appointment was moved")
    booking.cancel(stage.session, stage.actor, appointment.id, reason="Worker ill", now=stage.now)
    assert last_look(stage) == Withhold("The appointment was cancelled")


def test_the_last_look_asks_rule_1_again(stage: Stage) -> None:
    """Custody in the last second stops a text, with the reason."""
    stage.book("2027-03-26 14:00")
    stage.send()
    stage.person.custody_status = CustodyStatus.CUSTODY
    stage.session.flush()
    assert last_look(stage) == Withhold("The person is in custody")


def test_the_last_look_keeps_the_hours(stage: Stage) -> None:
    """A booking text that would go at night waits for the morning."""
    stage.book("2027-03-26 14:00")
    stage.send()
    assert last_look(stage, local("2027-03-20 20:30")) == Defer(
        local("2027-03-21 09:00"), "Outside the hours for texts"
    )


def test_a_text_that_says_tomorrow_is_written_again_for_today(stage: Stage) -> None:
    """Held up overnight, "tomorrow" would be wrong: the text is withheld and its reminder planned
    again with true words.
    """
    appointment = stage.book("2027-03-26 14:00")
    stage.send()
    assert "tomorrow" in stage.send("2027-03-25 19:59")[0]
    night, morning = local("2027-03-25 20:30"), local("2027-03-26 09:00")
    found = last_look(stage, night)
    assert isinstance(found, Withhold)
    message = messages(stage.session)[-1]
    advance(stage.session, message, S.WITHHELD, now=night)
    assert rewrite_reminders(stage.session, message.id, now=night) == 1
    assert planned(stage.session, appointment.id) == {"one_day": "03-26 09:00"}
    assert "See you today, 2pm" in stage.send(morning)[0]
    assert rewrite_reminders(stage.session, message.id, now=morning) == 0


def test_a_withheld_text_that_may_not_go_ends_with_its_reasons(stage: Stage) -> None:
    """Planned again after custody stopped it, it is skipped, and the reason stands beside the
    reminder.
    """
    appointment = stage.book("2027-03-26 14:00")
    stage.send()
    message = messages(stage.session)[0]
    stage.person.custody_status = CustodyStatus.CUSTODY
    advance(stage.session, message, S.WITHHELD, now=stage.now)
    assert rewrite_reminders(stage.session, message.id, now=stage.now) == 1
    assert stage.send() == []
    assert stage.reminder_states(appointment)["booked"] == "skipped custody"


def test_the_last_look_knows_a_changed_number(stage: Stage) -> None:
    """A text to a number that is no longer theirs does not go."""
    stage.book("2027-03-26 14:00")
    stage.send()
    stage.person.contact_points[0].number = "+447700900155"
    stage.session.flush()
    assert last_look(stage) == Withhold("The person's number was changed")


def test_the_last_look_takes_a_constant_number_of_statements(stage: Stage) -> None:
    """Fifty texts cost as many statements as one."""
    for count in range(12):
        person = builders.person(stage.session, stage.om, number=f"+4477009004{count:02}")
        stage.book("2027-03-26 14:00", person=person)
    stage.send()
    every = [claimed(one) for one in messages(stage.session)]
    counts = [statements(stage.session, every[:size]) for size in (1, len(every))]
    assert len(every) == 12 and counts[0] == counts[1] <= 4


def statements(session: Session, texts: list[object]) -> int:
    """How many statements the last look takes for these texts."""
    from sqlalchemy import event

    seen: list[str] = []
    connection = session.connection()
    listener = lambda *args: seen.append(args[2])  # noqa: E731
    event.listen(connection, "before_cursor_execute", listener)
    try:
        sending_guard.last_look(session, texts, local("2027-03-20 09:00") + timedelta(seconds=1))  # type: ignore[arg-type]
    finally:
        event.remove(connection, "before_cursor_execute", listener)
    return len(seen)
