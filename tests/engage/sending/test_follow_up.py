"""What the ends of texts mean for people, and the last look at texts that are no reminders."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import SYSTEM
from engage.agencies.model import Staff
from engage.appointments.reminders.due import send_due
from engage.conversation import staff_actions
from engage.people import contactability, phones
from engage.people.model import CustodyStatus, NumberState, Person
from engage.sending import follow_up, last_look
from engage.signals import SignalKind
from messaging import states, suppression
from messaging.sending.claim import claim
from messaging.sending.dispatch import Defer, Verdict, Withhold
from messaging.states import MessageStatus, Move
from messaging.tables import Message, Sender
from tests import builders
from tests.engage.conversation.phones import (
    NUMBER,
    events,
    gone,
    minutes,
    open_signals,
    point_of,
    says,
    share,
    signal,
)

DAY = timedelta(days=1)


def ended(
    session: Session, message: Message, to: MessageStatus, now: datetime, code: int | None = None
) -> None:
    """The text ends as the engine ends it."""
    assert states.apply(
        session, [Move(message.id, to, now, reason="as the network says", error_code=code)]
    )
    session.expire(message)


def sending(session: Session, whose: Person, now: datetime, **context: str) -> Message:
    """A text that a worker holds."""
    message = gone(session, whose, now, status=MessageStatus.QUEUED, **context)
    message.status = MessageStatus.SENDING
    session.flush()
    return message


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (MessageStatus.UNDELIVERED, 30005),
        (MessageStatus.UNDELIVERED, 30006),
        (MessageStatus.REFUSED, 21211),
        (MessageStatus.REFUSED, 21614),
        (MessageStatus.FAILED, 30005),
    ],
)
def test_a_dead_number_is_suspended_and_told_once_and_not_held_against_them(
    session: Session, katrina: Person, now: datetime, status: MessageStatus, code: int
) -> None:
    """No endless tries: what waits is withdrawn; the offender manager gets a task with the reason."""
    message = sending(session, katrina, now)
    waiting = gone(session, katrina, now, status=MessageStatus.QUEUED)
    ended(session, message, status, now, code)
    assert follow_up.follow_endings(session, now=now) == 1
    assert follow_up.follow_endings(session, now=now) == 0
    point = point_of(session, katrina)
    assert point.state is NumberState.SUSPENDED
    assert point.problem is not None
    assert point.problem.startswith("Texts cannot reach it: ")
    session.refresh(waiting)
    assert waiting.status is MessageStatus.WITHDRAWN
    raised = signal(session, katrina, SignalKind.NUMBER_DEAD)
    assert {"type": "message", "id": str(message.id)} in raised.evidence
    assert "not held against them" in raised.why
    assert "number.suspended" in events(session, katrina)


@pytest.mark.parametrize("code", [30003, 30008, 30004, 30007, 30002, None])
def test_a_phone_that_is_off_is_no_dead_number(
    session: Session, katrina: Person, now: datetime, code: int | None
) -> None:
    """It may work later, or it says nothing about the number."""
    message = sending(session, katrina, now)
    ended(session, message, MessageStatus.UNDELIVERED, now, code)
    assert follow_up.follow_endings(session, now=now) == 1
    assert point_of(session, katrina).state is NumberState.VERIFIED
    assert open_signals(session, katrina) == []


def test_a_dead_number_that_was_changed_meanwhile_concerns_nobody(
    session: Session, katrina: Person, now: datetime
) -> None:
    """The new number is not suspended for the old one's end."""
    message = sending(session, katrina, now)
    phones.set_number(session, SYSTEM, katrina.id, "07700 900102", now=now, verified_how="asked")
    ended(session, message, MessageStatus.UNDELIVERED, now, 30005)
    follow_up.follow_endings(session, now=now)
    assert point_of(session, katrina).state is NumberState.VERIFIED
    assert open_signals(session, katrina) == []


def test_a_dead_number_is_dead_for_everybody_on_it(
    session: Session, om: Staff, katrina: Person, now: datetime
) -> None:
    """Each one's offender manager is told."""
    other = builders.person(session, om, first_name="Jay")
    share(session, [katrina, other], now)
    ended(session, sending(session, katrina, now), MessageStatus.UNDELIVERED, now, 30005)
    follow_up.follow_endings(session, now=now)
    assert (
        open_signals(session, katrina) == open_signals(session, other) == [SignalKind.NUMBER_DEAD]
    )


def test_a_dead_number_that_is_verified_again_and_dies_again_is_news(
    session: Session, katrina: Person, now: datetime
) -> None:
    """Verifying resolves the signal; a later failure raises another."""
    ended(session, sending(session, katrina, now), MessageStatus.UNDELIVERED, now, 30005)
    follow_up.follow_endings(session, now=now)
    phones.verify_number(session, SYSTEM, katrina.id, how="rang them", now=now + DAY)
    assert open_signals(session, katrina) == []
    ended(
        session, sending(session, katrina, now + DAY), MessageStatus.UNDELIVERED, now + DAY, 30005
    )
    follow_up.follow_endings(session, now=now + DAY)
    assert open_signals(session, katrina) == [SignalKind.NUMBER_DEAD]


def test_a_refusal_for_stop_is_an_opt_out(session: Session, katrina: Person, now: datetime) -> None:
    """The provider knew of a STOP that never reached us; messaging has stopped the number, the
    offender manager is told.
    """
    message = sending(session, katrina, now)
    ended(session, message, MessageStatus.REFUSED, now, 21610)
    suppression.suppress(session, NUMBER, "stopped at the text service", "refusal", now)
    follow_up.follow_endings(session, now=now)
    assert open_signals(session, katrina) == [SignalKind.OPTED_OUT]
    assert "number.stopped" in events(session, katrina)
    assert point_of(session, katrina).state is NumberState.VERIFIED


def test_the_refused_confirmation_of_a_stop_tells_nothing_new(
    session: Session, katrina: Person, now: datetime
) -> None:
    """A provider that blocks at STOP refuses our confirmation too."""
    says(session, "STOP", now)
    message = session.scalars(select(Message)).one()
    message.status = MessageStatus.SENDING
    session.flush()
    ended(session, message, MessageStatus.REFUSED, now, 21610)
    follow_up.follow_endings(session, now=now)
    raised = signal(session, katrina, SignalKind.OPTED_OUT)
    assert [link["type"] for link in raised.evidence] == ["inbound"]


def held(session: Session, now: datetime) -> tuple[Mapping[UUID, Verdict], list[Message]]:
    """Claim everything that is due; what the last look said, and the texts in the order they were
    made.
    """
    session.merge(Sender(id="+447700900999", segments_per_second=1000))
    session.flush()
    verdicts: dict[UUID, Verdict] = {}

    def guard(inner: Session, texts, at: datetime) -> Mapping[UUID, Verdict]:  # type: ignore[no-untyped-def]
        verdicts.update(last_look.last_look(inner, texts, at))
        return verdicts

    claim(
        session,
        now=now,
        limit=20,
        worker="test",
        lease=timedelta(minutes=1),
        provider="twilio",
        senders=["+447700900999"],
        guard=guard,
    )
    session.expire_all()
    return verdicts, list(session.scalars(select(Message).order_by(Message.id)))


def test_an_answer_goes_at_any_hour_to_the_number_that_wrote(
    session: Session, katrina: Person, now: datetime
) -> None:
    """Quiet hours are for texts that nobody waits for."""
    night = now + timedelta(hours=14)
    says(session, "HELP", night)
    verdicts, texts = held(session, night)
    assert verdicts == {}
    assert [one.status for one in texts] == [MessageStatus.SENDING]


@pytest.mark.parametrize("body", ["HELP", "NEXT", "my nan has the dog"])
def test_custody_in_the_last_second_stops_an_answer(
    session: Session, katrina: Person, now: datetime, body: str
) -> None:
    """Whoever holds the phone now, it is not the person."""
    says(session, body, now)
    katrina.custody_status = CustodyStatus.REMAND
    session.flush()
    verdicts, texts = held(session, now)
    assert verdicts == {texts[0].id: Withhold("The person is remanded in custody")}
    assert texts[0].status is MessageStatus.WITHHELD


def test_safety_advice_and_last_words_always_go(
    session: Session, katrina: Person, now: datetime
) -> None:
    """They are for whoever holds the phone."""
    says(session, "i want to die", now)
    says(session, "wrong number", now + minutes(1))
    katrina.custody_status = CustodyStatus.CUSTODY
    session.flush()
    verdicts, texts = held(session, now + minutes(2))
    assert verdicts == {}
    assert {one.status for one in texts if one.context["texts"] == "wrong_number"} == {
        MessageStatus.SENDING
    }


def test_an_answer_to_a_number_that_was_changed_is_withheld(
    session: Session, katrina: Person, now: datetime
) -> None:
    """The old number learns nothing, even if the change did not see the text in the queue."""
    says(session, "NEXT", now)
    point_of(session, katrina).number = "+447700900177"
    session.flush()
    verdicts, texts = held(session, now)
    assert verdicts == {texts[0].id: Withhold("The person's number was changed")}


def test_a_number_no_longer_known_to_be_safe_gets_only_what_says_nothing(
    session: Session, katrina: Person, now: datetime
) -> None:
    """HELP goes; what is booked does not."""
    says(session, "HELP", now)
    says(session, "NEXT", now)
    point_of(session, katrina).safe_until = now - DAY
    session.flush()
    _, texts = held(session, now)
    assert {one.context["texts"]: one.status for one in texts} == {
        "help": MessageStatus.SENDING,
        "next": MessageStatus.WITHHELD,
    }


def test_a_workers_text_waits_for_morning_and_for_nothing_else(
    session: Session, om: Staff, katrina: Person, now: datetime
) -> None:
    """Deferred when it comes to be sent at night; withheld when something lasting has happened."""
    staff_actions.send_text(session, builders.actor(om), katrina.id, "Hi", now=now)
    verdicts, texts = held(session, now + timedelta(hours=11, minutes=30))
    assert isinstance(verdicts[texts[0].id], Defer)
    katrina.texts_approved_at = None
    session.flush()
    texts[0].send_after = now
    texts[0].status = MessageStatus.QUEUED
    session.flush()
    verdicts, _ = held(session, now)
    assert verdicts == {}
    assert session.scalars(select(Message.status)).all() == [MessageStatus.SENDING]


def test_a_number_check_is_withheld_once_it_is_answered_for(
    session: Session, om: Staff, now: datetime
) -> None:
    """A worker has verified the number meanwhile: the question has no use."""
    person = builders.person(session, om, verified=False)
    contactability.request_check(
        session, contactability.contactability_of(session, [person.id], now)[person.id], now=now
    )
    verdicts, _ = held(session, now)
    assert verdicts == {}
    session.scalars(select(Message)).one().status = MessageStatus.QUEUED
    phones.verify_number(session, SYSTEM, person.id, how="asked", now=now)
    session.flush()
    verdicts, texts = held(session, now)
    assert verdicts == {texts[0].id: Withhold("The number no longer waits to be confirmed")}


def test_a_reminder_withheld_in_the_last_moment_is_decided_afresh(
    session: Session, katrina: Person, now: datetime
) -> None:
    """What still helps is planned again, and then goes or is skipped with its reason."""
    from engage.appointments.kinds import ReminderKind, ReminderState
    from engage.appointments.model import Reminder
    from engage.appointments.reminders import planning

    appointment = builders.appointment(session, katrina, now + 3 * DAY)
    planning.plan(session, appointment, katrina, katrina.hub, first=ReminderKind.BOOKED, now=now)
    send_due(session, now=now)
    message = session.scalars(select(Message)).one()
    ended(session, message, MessageStatus.WITHHELD, now)
    before = len(session.scalars(select(Reminder)).all())
    follow_up.follow_endings(session, now=now)
    again = session.scalars(select(Reminder).where(Reminder.state == ReminderState.PLANNED)).all()
    assert len(session.scalars(select(Reminder)).all()) == before + 1
    assert ReminderKind.BOOKED in {one.kind for one in again}
