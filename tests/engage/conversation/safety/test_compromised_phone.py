"""After danger, texts that the person did not ask for are paused. A phone that another person reads
gets no text at all.
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
from engage.people import signals as attention
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
    signal,
)

NOW = builders.NOW
DANGER = "i want to die"
UNSAFE = "my sister goes through my phone and reads the messages"


@pytest.fixture
def katrina(session: Session) -> Person:
    """A person with a verified number."""
    return builders.person(session, builders.staff(session, builders.hub(session)))


def booked(session: Session, person: Person, days: int = 4) -> Appointment:
    """An appointment booked as in service; its first text is in the queue."""
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
    """The texts to the person that wait to be sent."""
    rows = select(Message).where(
        Message.recipient == str(person.id), Message.status == MessageStatus.QUEUED
    )
    return list(session.scalars(rows.order_by(Message.created_at, Message.id)))


def states(
    session: Session, about: Appointment
) -> dict[ReminderKind, tuple[ReminderState, list[str]]]:
    """The state and reason of the newest reminder of each kind."""
    session.flush()
    rows = select(Reminder).where(Reminder.appointment_id == about.id).order_by(Reminder.attempt)
    return {
        one.kind: (one.state, [reason["code"] for reason in one.reasons])
        for one in session.scalars(rows)
    }


def test_waiting_texts_are_withdrawn_and_due_ones_skipped(
    session: Session, katrina: Person
) -> None:
    """In the transaction of the text of danger. The safety answer itself is sent."""
    appointment = booked(session, katrina)
    says(session, DANGER, NOW)
    assert [message.context["texts"] for message in queued(session, katrina)] == ["safety_life"]
    due.send_due(session, now=NOW + timedelta(days=1, hours=3))
    assert states(session, appointment)[ReminderKind.THREE_DAYS] == (
        ReminderState.SKIPPED,
        ["paused"],
    )
    assert events(session, katrina).count("texts.paused") == 1


def test_resumed_texts_plan_the_reminders_that_still_help(
    session: Session, katrina: Person
) -> None:
    """What was withdrawn or skipped becomes one text: the booking, which they have not been sent
    yet.
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


def test_a_pause_stops_neither_answers_nor_texts_from_staff(
    session: Session, katrina: Person
) -> None:
    """It stops texts that the person did not ask for; no answer to a question would be worse."""
    says(session, DANGER, NOW)
    who = builders.actor(katrina.offender_manager)
    raised = signal(session, katrina, SignalKind.CRISIS)
    attention.acknowledge(session, who, raised.id, now=NOW)
    says(session, "CALL", NOW + timedelta(minutes=5))
    assert "ring you" in last_answer(session)
    sent = staff_actions.send_text(
        session, who, katrina.id, "Hi Katrina, can I ring you at 2?", now=NOW
    )
    assert sent.status is MessageStatus.QUEUED


def test_a_second_text_of_danger_keeps_the_first_pause(session: Session, katrina: Person) -> None:
    """The pause starts at the first text. Waiting texts are withdrawn again."""
    says(session, DANGER, NOW)
    says(session, DANGER, NOW + timedelta(minutes=5))
    assert katrina.texts_paused_at == NOW
    assert events(session, katrina).count("texts.paused") == 1


def test_danger_to_somebody_else_pauses_nothing(session: Session, katrina: Person) -> None:
    """It is no reason to leave the person without reminders."""
    says(session, "im going to stab him", NOW)
    assert katrina.texts_paused_at is None


def test_only_staff_who_manage_the_person_resume_texts(session: Session, katrina: Person) -> None:
    """A coordinator may; another offender manager gets NotFound; a key without the scope is
    refused.
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
    """Whichever comes first, only the safety answer waits to be sent."""
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


def test_a_compromised_phone_gets_no_text(session: Session, katrina: Person) -> None:
    """The number is suspended, waiting texts are withdrawn, no answer is sent, and staff are told
    at once.
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


def test_a_compromised_phone_gets_no_safety_advice(session: Session, katrina: Person) -> None:
    """Danger raises its signal and the pause, but an answer would show the other reader that the
    person asked for help.
    """
    says(session, f"{DANGER}. {UNSAFE}", NOW)
    says(session, DANGER, NOW + timedelta(hours=3))
    says(session, "STOP", NOW + timedelta(hours=4))
    assert answers(session) == []
    assert {SignalKind.CRISIS, SignalKind.UNSAFE_PHONE} <= set(open_signals(session, katrina))
    assert katrina.texts_paused_at == NOW


def test_a_stop_beside_it_is_not_confirmed(session: Session, katrina: Person) -> None:
    """The number is stopped as well."""
    says(session, "please stop sending these, my missus reads my phone", NOW)
    assert open_signals(session, katrina) == [SignalKind.OPTED_OUT, SignalKind.UNSAFE_PHONE]
    assert answers(session) == []


def test_a_worker_who_verifies_the_number_restores_it(session: Session, katrina: Person) -> None:
    """Only a worker can say that texts are safe for the person."""
    says(session, UNSAFE, NOW)
    who = builders.actor(katrina.offender_manager)
    phones.verify_number(session, who, katrina.id, how="asked face to face", now=NOW)
    says(session, "CALL", NOW + timedelta(hours=1))
    assert len(answers(session)) == 1


def test_a_compromised_shared_phone_is_suspended_for_everybody(
    session: Session, katrina: Person
) -> None:
    """It is unknown who wrote: the number is suspended for each, and each offender manager is
    told.
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


def test_a_stop_from_a_compromised_unknown_number_is_not_confirmed(session: Session) -> None:
    """A stranger who says that the phone is read gets no answer and waits for a coordinator."""
    reading = says(session, UNSAFE, NOW, number="+447700900777")
    assert answers(session, "+447700900777") == [] and reading.needs_human


def test_a_compromised_phone_stays_suspended_when_its_number_is_given_again(
    session: Session,
) -> None:
    """It gets no check either; a worker's word that it is safe restores it."""
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
