"""After a text of danger, texts that nobody asked for wait; to a phone that somebody else reads
nothing goes at all.
"""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import SYSTEM, Actor, ActorKind
from engage.agencies.model import Role
from engage.appointments import booking
from engage.appointments.booking import NewAppointment
from engage.appointments.kinds import ReminderKind, ReminderState
from engage.appointments.model import Appointment, AppointmentType, Reminder
from engage.appointments.reminders import due
from engage.appointments.reminders.replanning import replan_contactable
from engage.conversation import staff_actions
from engage.core.db import Database
from engage.core.errors import Forbidden, NotFound
from engage.people import pause, phones
from engage.people.model import NumberState, Person
from engage.signals import SignalKind
from messaging import outbox
from messaging.states import MessageStatus
from messaging.tables import Message
from tests import builders
from tests.engage.conversation.phones import (
    answers,
    events,
    gone,
    last_answer,
    open_signals,
    point_of,
    says,
    share,
)

NOW = builders.NOW
DANGER = "i want to die"
UNSAFE = "my sister goes through my phone and reads the messages"


@pytest.fixture
def katrina(session: Session) -> Person:
    """A person with a verified number."""
    return builders.person(session, builders.staff(session, builders.hub(session)))


def booked(session: Session, person: Person, days: int = 4) -> Appointment:
    """An appointment booked as in service, whose first text is in the queue."""
    new = NewAppointment(
        person_id=person.id,
        agency_id=builders.agency(session, person.hub).id,
        type=AppointmentType.OFFICE,
        starts_at=NOW + timedelta(days=days, hours=2),
        minutes=30,
        worker_name="Pat",
        place="",
        place_alias="the centre on Bridge St",
        enforceable=True,
    )
    made = booking.book(session, SYSTEM, new, now=NOW)
    due.send_due(session, now=NOW)
    session.flush()
    return made


def queued(session: Session, person: Person) -> list[Message]:
    """What waits to go to the person."""
    rows = select(Message).where(
        Message.recipient == str(person.id), Message.status == MessageStatus.QUEUED
    )
    return list(session.scalars(rows.order_by(Message.created_at, Message.id)))


def states(
    session: Session, about: Appointment
) -> dict[ReminderKind, tuple[ReminderState, list[str]]]:
    """How the newest reminder of each kind stands, and why."""
    session.flush()
    rows = select(Reminder).where(Reminder.appointment_id == about.id).order_by(Reminder.attempt)
    return {
        one.kind: (one.state, [reason["code"] for reason in one.reasons])
        for one in session.scalars(rows)
    }


def test_what_waits_is_called_back_and_what_falls_due_is_skipped_with_the_reason(
    session: Session, katrina: Person
) -> None:
    """In the transaction of the text of danger; the safety answer itself goes."""
    appointment = booked(session, katrina)
    says(session, DANGER, NOW)
    assert [message.context["texts"] for message in queued(session, katrina)] == ["crisis"]
    due.send_due(session, now=NOW + timedelta(days=1, hours=3))
    assert states(session, appointment)[ReminderKind.THREE_DAYS] == (
        ReminderState.SKIPPED,
        ["paused"],
    )
    assert events(session, katrina).count("texts.paused") == 1


def test_when_texts_may_go_on_what_still_helps_is_planned_anew(
    session: Session, katrina: Person
) -> None:
    """What was called back or skipped comes again as one text: the booking, which they have not
    been told of yet.
    """
    appointment = booked(session, katrina)
    says(session, DANGER, NOW)
    later = NOW + timedelta(days=1, hours=3)
    due.send_due(session, now=later)
    who = builders.actor(katrina.offender_manager)
    pause.resume(session, who, katrina.id, now=later)
    pause.resume(session, who, katrina.id, now=later)
    replan_contactable(session, now=later)
    due.send_due(session, now=later)
    assert states(session, appointment)[ReminderKind.BOOKED][0] is ReminderState.SENT
    assert [message.context["purpose"] for message in queued(session, katrina)] == [
        "reply",
        "reminder",
    ]
    assert events(session, katrina).count("texts.resumed") == 1


def test_who_texts_is_answered_and_workers_may_write_while_texts_wait(
    session: Session, katrina: Person
) -> None:
    """A pause holds back what nobody asked for; silence to a question would be worse."""
    says(session, DANGER, NOW)
    says(session, "CALL", NOW + timedelta(minutes=5))
    assert "ring you" in last_answer(session)
    who = builders.actor(katrina.offender_manager)
    sent = staff_actions.send_text(
        session, who, katrina.id, "Hi Katrina, can I ring you at 2?", now=NOW
    )
    assert sent.status is MessageStatus.QUEUED


def test_a_second_text_of_danger_keeps_the_first_pause_and_calls_back_again(
    session: Session, katrina: Person
) -> None:
    """The moment since when texts wait is the first one."""
    says(session, DANGER, NOW)
    says(session, DANGER, NOW + timedelta(minutes=5))
    assert katrina.texts_paused_at == NOW
    assert events(session, katrina).count("texts.paused") == 1


def test_danger_to_somebody_else_pauses_nothing(session: Session, katrina: Person) -> None:
    """It is no reason to leave the person without reminders."""
    says(session, "im going to stab him", NOW)
    assert katrina.texts_paused_at is None


def test_only_who_manages_the_person_lets_texts_go_on(session: Session, katrina: Person) -> None:
    """A coordinator covers; another offender manager is told that there is no such person; a key
    without the scope is refused.
    """
    says(session, DANGER, NOW)
    hub = katrina.hub
    other = builders.actor(builders.staff(session, hub, name="Other Manager"))
    key = Actor(ActorKind.KEY, id=hub.id, hub_id=hub.id, scopes=frozenset({"people:read"}))
    with pytest.raises(NotFound):
        pause.resume(session, other, katrina.id, now=NOW)
    with pytest.raises(Forbidden):
        pause.resume(session, key, katrina.id, now=NOW)
    cover = builders.actor(builders.staff(session, hub, Role.COORDINATOR, name="Cover"))
    pause.resume(session, cover, katrina.id, now=NOW)
    assert katrina.texts_paused_at is None


def test_a_reminder_and_a_text_of_danger_at_the_same_moment(committed: Database) -> None:
    """Whichever comes first, nothing waits to go to the person but the safety answer."""
    with committed.begin() as session:
        person = builders.person(session, builders.staff(session, builders.hub(session)))
        new = booked(session, person)
        for reminder in session.scalars(select(Reminder).where(Reminder.appointment_id == new.id)):
            reminder.due_at = min(reminder.due_at, NOW)
    start = threading.Barrier(2)

    def remind() -> None:
        start.wait()
        with committed.begin() as session:
            due.send_due(session, now=NOW)

    def hear() -> None:
        start.wait()
        with committed.begin() as session:
            says(session, DANGER, NOW)

    threads = [threading.Thread(target=work) for work in (remind, hear)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with committed.begin() as session:
        waiting = queued(session, person)
        assert [message.context["purpose"] for message in waiting] == ["reply"]


def test_nothing_at_all_goes_to_a_phone_that_somebody_else_reads(
    session: Session, katrina: Person
) -> None:
    """The number is suspended, what waits is called back, no answer goes, and a human is told at
    once.
    """
    booked(session, katrina)
    gone(
        session, katrina, NOW, purpose="staff", status=MessageStatus.QUEUED, lane=outbox.Lane.REPLY
    )
    reading = says(session, UNSAFE, NOW)
    assert queued(session, katrina) == [] and answers(session) == []
    assert point_of(session, katrina).state is NumberState.SUSPENDED
    assert open_signals(session, katrina) == [SignalKind.UNSAFE_PHONE]
    assert reading.needs_human and not reading.act


def test_not_even_safety_advice_goes_there_then_or_later(session: Session, katrina: Person) -> None:
    """Danger raises its signal and the pause, but an answer would show the other reader that help
    was asked for.
    """
    says(session, f"{DANGER}. {UNSAFE}", NOW)
    says(session, DANGER, NOW + timedelta(hours=3))
    says(session, "STOP", NOW + timedelta(hours=4))
    assert answers(session) == []
    assert {SignalKind.CRISIS, SignalKind.UNSAFE_PHONE} <= set(open_signals(session, katrina))
    assert katrina.texts_paused_at == NOW


def test_a_wish_for_no_texts_beside_it_is_kept_without_a_word(
    session: Session, katrina: Person
) -> None:
    """The number is stopped as well; nothing confirms it."""
    says(session, "please stop sending these, my missus reads my phone", NOW)
    assert open_signals(session, katrina) == [SignalKind.OPTED_OUT, SignalKind.UNSAFE_PHONE]
    assert answers(session) == []


def test_a_worker_who_verifies_the_number_opens_it_again(session: Session, katrina: Person) -> None:
    """Only a human says that texts are safe for them."""
    says(session, UNSAFE, NOW)
    who = builders.actor(katrina.offender_manager)
    phones.verify_number(session, who, katrina.id, how="asked face to face", now=NOW)
    says(session, "CALL", NOW + timedelta(hours=1))
    assert len(answers(session)) == 1


def test_on_a_shared_phone_everybody_is_kept_safe(session: Session, katrina: Person) -> None:
    """Nobody knows whose text it was: the number is suspended for each, and each offender manager
    is told.
    """
    other = builders.person(
        session, katrina.offender_manager, number="+447700900102", first_name="Leanne"
    )
    share(session, [katrina, other], NOW)
    says(session, UNSAFE, NOW)
    for person in (katrina, other):
        assert SignalKind.UNSAFE_PHONE in open_signals(session, person)
        assert point_of(session, person).unsafe_since == NOW
    assert answers(session) == []


def test_a_stop_of_a_phone_that_is_nobodys_is_quiet_too(session: Session) -> None:
    """A stranger who says that the phone is read gets no answer and waits for a coordinator."""
    reading = says(session, UNSAFE, NOW, number="+447700900777")
    assert answers(session, "+447700900777") == [] and reading.needs_human


def test_a_phone_that_somebody_else_reads_stays_off_when_its_number_comes_back(
    session: Session,
) -> None:
    """Given again after another one, it is not even asked whose it is; a worker's word that it is
    safe opens it.
    """
    om = builders.staff(session, builders.hub(session))
    person, actor = builders.person(session, om), builders.actor(om)
    says(session, UNSAFE, NOW)
    number = point_of(session, person).given
    phones.set_number(session, actor, person.id, "07700900555", now=NOW + timedelta(days=1))
    phones.set_number(session, actor, person.id, number, now=NOW + timedelta(days=2))
    assert point_of(session, person).state is NumberState.SUSPENDED
    phones.verify_number(
        session, actor, person.id, how="asked face to face", now=NOW + timedelta(days=3)
    )
    assert point_of(session, person).state is NumberState.VERIFIED
