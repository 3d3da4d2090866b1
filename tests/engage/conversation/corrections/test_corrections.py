"""A worker corrects a meaning: the records of the wrong meaning are withdrawn, those of the right
one are made, and no text is sent.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.agencies.model import Role, Staff
from engage.appointments.kinds import IntentKind
from engage.appointments.model import Appointment, StatedIntent
from engage.conversation import takeover
from engage.conversation.corrections.model import CorpusLine, ReplyCorrection
from engage.conversation.corrections.service import correct
from engage.conversation.model import ReplyRecord
from engage.core.errors import (
    Forbidden,
    Invalid,
    NotFound,
)
from engage.people.model import NumberState, Person
from engage.signals import Signal, SignalKind, SignalState
from engage.understanding.vocabulary import Intent as Meaning
from messaging import suppression
from messaging.tables import Message
from tests import builders
from tests.engage.conversation.phones import (
    NUMBER,
    asked,
    current_intents,
    events,
    minutes,
    open_questions,
    open_signals,
    point_of,
    said,
    says,
    signal,
)

DAY = timedelta(days=1)


def test_a_wrong_yes_becomes_a_no(
    session: Session,
    om: Staff,
    katrina: Person,
    booked: Appointment,
    now: datetime,
    mean: Callable[..., ReplyCorrection],
) -> None:
    """The yes is withdrawn by the worker; the no is recorded as said by text and raises the signal.
    No text is sent.
    """
    reading = says(session, "yes", now)
    sent = session.scalars(select(Message.id).order_by(Message.id)).all()
    correction = mean(reading, Meaning.DECLINE)
    yes, no = session.scalars(select(StatedIntent).order_by(StatedIntent.id)).all()
    assert (yes.kind, yes.withdrawn_by, yes.withdrawn_at) == (
        IntentKind.WILL_ATTEND,
        f"staff:{om.id}",
        now + minutes(60),
    )
    assert (no.kind, no.said_at, no.corrected_by, no.withdrawn_at) == (
        IntentKind.CANNOT_ATTEND,
        now,
        f"staff:{om.id}",
        None,
    )
    assert open_signals(session, katrina) == [SignalKind.CANNOT_ATTEND]
    assert session.scalars(select(Message.id).order_by(Message.id)).all() == sent
    assert (correction.was, correction.now, correction.by) == (
        "confirm",
        "decline",
        f"staff:{om.id}",
    )
    assert correction.done == "1 record withdrawn; recorded as said by text: cannot attend"
    assert (reading.intent, reading.appointment_id) == ("confirm", booked.id)
    assert {"reply.corrected", "intent.withdrawn"} <= set(events(session, katrina))


def test_a_wrong_no_becomes_a_yes_and_its_signal_is_resolved(
    session: Session,
    om: Staff,
    katrina: Person,
    booked: Appointment,
    now: datetime,
    mean: Callable[..., ReplyCorrection],
) -> None:
    """The worker who corrected it resolves the signal. If it is corrected back, the signal is
    raised again.
    """
    reading = says(session, "no", now)
    raised = signal(session, katrina, SignalKind.CANNOT_ATTEND)
    mean(reading, Meaning.CONFIRM)
    assert current_intents(session, booked) == [IntentKind.WILL_ATTEND]
    assert (raised.state, raised.resolved_by) == (SignalState.RESOLVED, f"staff:{om.id}")
    mean(reading, Meaning.DECLINE, now + minutes(70))
    assert current_intents(session, booked) == [IntentKind.CANNOT_ATTEND]
    assert open_signals(session, katrina) == [SignalKind.CANNOT_ATTEND]


def test_an_earlier_no_counts_again_when_a_later_yes_is_withdrawn(
    session: Session,
    katrina: Person,
    booked: Appointment,
    now: datetime,
    mean: Callable[..., ReplyCorrection],
) -> None:
    """The last intent that was not withdrawn decides, so its signal is raised again."""
    says(session, "cant make it", now)
    reading = says(session, "yes i will be there", now + minutes(5))
    assert open_signals(session, katrina) == []
    mean(reading, Meaning.THANKS)
    assert current_intents(session, booked) == [IntentKind.CANNOT_ATTEND]
    assert open_signals(session, katrina) == [SignalKind.CANNOT_ATTEND]


def test_confirming_a_meaning_records_what_engage_left_to_a_worker(
    session: Session,
    om: Staff,
    katrina: Person,
    booked: Appointment,
    now: datetime,
    mean: Callable[..., ReplyCorrection],
) -> None:
    """A yes during a takeover is interpreted correctly and not recorded. The same meaning from a
    worker records it, once.
    """
    actor = builders.actor(om)
    takeover.take_over(session, actor, katrina.id, now=now)
    reading = says(session, "yes", now + minutes(1))
    mean(reading, Meaning.CONFIRM)
    assert current_intents(session, booked) == [IntentKind.WILL_ATTEND]
    assert reading.read_by == f"staff:{om.id}"
    with pytest.raises(Invalid) as refusal:
        mean(reading, Meaning.CONFIRM)
    assert "already" in refusal.value.fields["intent"]


def test_the_same_meaning_is_no_correction(
    session: Session, booked: Appointment, now: datetime, mean: Callable[..., ReplyCorrection]
) -> None:
    """No correction and no line is stored."""
    reading = says(session, "yes", now)
    with pytest.raises(Invalid):
        mean(reading, Meaning.CONFIRM)
    assert session.scalars(select(CorpusLine)).all() == []


def test_with_two_appointments_nothing_is_guessed(
    session: Session,
    katrina: Person,
    booked: Appointment,
    now: datetime,
    mean: Callable[..., ReplyCorrection],
) -> None:
    """The worker sees that nothing was recorded and why. The person gets no question."""
    other = builders.appointment(session, katrina, now + 4 * DAY)
    asked(session, other, now - DAY)
    reading = says(session, "the dog ate it", now)
    before = session.scalars(select(Message.id).order_by(Message.id)).all()
    done = mean(reading, Meaning.DECLINE).done
    assert "Nothing recorded (could be about several appointments)" in done
    assert said(session, booked) == said(session, other) == open_questions(session) == []
    assert session.scalars(select(Message.id).order_by(Message.id)).all() == before


def test_a_correction_closes_the_question_which_one(
    session: Session,
    katrina: Person,
    booked: Appointment,
    now: datetime,
    mean: Callable[..., ReplyCorrection],
) -> None:
    """A later "1" does not bring back a meaning that was corrected."""
    asked(session, builders.appointment(session, katrina, now + 4 * DAY), now - DAY)
    reading = says(session, "no", now)
    assert len(open_questions(session)) == 1
    mean(reading, Meaning.THANKS)
    assert open_questions(session) == []


def test_a_call_request_is_resolved_or_raised(
    session: Session, katrina: Person, now: datetime, mean: Callable[..., ReplyCorrection]
) -> None:
    """A signal with only this text as evidence is resolved; one with another text as evidence
    stays.
    """
    reading = says(session, "call me", now)
    mean(reading, Meaning.THANKS)
    assert open_signals(session, katrina) == []
    mean(reading, Meaning.CALL_ME, now + minutes(61))
    assert open_signals(session, katrina) == [SignalKind.CALL_REQUESTED]
    second = says(session, "ring me", now + minutes(62))
    mean(second, Meaning.THANKS, now + minutes(63))
    assert open_signals(session, katrina) == [SignalKind.CALL_REQUESTED]


def test_missed_danger_is_raised_and_no_correction_resolves_danger(
    session: Session, katrina: Person, now: datetime, mean: Callable[..., ReplyCorrection]
) -> None:
    """The person is not texted; a worker who reads of danger rings them. The alarm is resolved on
    the signal's own page.
    """
    reading = says(session, "it is raining here again", now)
    before = session.scalars(
        select(Message.id).where(Message.recipient == str(katrina.id)).order_by(Message.id)
    ).all()
    done = mean(reading, Meaning.CRISIS).done
    assert (
        SignalKind.CRISIS in open_signals(session, katrina) and katrina.texts_paused_at is not None
    )
    assert (
        session.scalars(
            select(Message.id).where(Message.recipient == str(katrina.id)).order_by(Message.id)
        ).all()
        == before
    )
    assert "nothing sent" in done
    assert (
        "A worker must resolve the signal" in mean(reading, Meaning.OTHER, now + minutes(61)).done
    )
    assert SignalKind.CRISIS in open_signals(session, katrina)


def test_a_missed_stop_stops_texts_without_a_confirmation(
    session: Session, katrina: Person, now: datetime, mean: Callable[..., ReplyCorrection]
) -> None:
    """No further text is sent to the number. Only START from the phone itself undoes it."""
    reading = says(session, "sick of hearing from you lot", now)
    before = session.scalars(select(Message.id).order_by(Message.id)).all()
    mean(reading, Meaning.OPT_OUT)
    assert suppression.is_suppressed(session, NUMBER)
    assert SignalKind.OPTED_OUT in open_signals(session, katrina)
    assert session.scalars(select(Message.id).order_by(Message.id)).all() == before
    assert "until the phone sends START" in mean(reading, Meaning.THANKS, now + minutes(61)).done
    assert suppression.is_suppressed(session, NUMBER)


def test_a_missed_wrong_number_is_suspended(
    session: Session, katrina: Person, now: datetime, mean: Callable[..., ReplyCorrection]
) -> None:
    """The offender manager is told, and no apology is sent."""
    reading = says(session, "kat swapped phones with me", now)
    mean(reading, Meaning.WRONG_NUMBER)
    assert point_of(session, katrina).state is NumberState.SUSPENDED
    assert SignalKind.WRONG_NUMBER in open_signals(session, katrina)


def test_only_staff_who_may_converse_correct(
    session: Session, om: Staff, booked: Appointment, now: datetime
) -> None:
    """A worker outside the case finds no such reply, an auditor may not correct it, and a text from
    an unknown number cannot be corrected.
    """
    reading = says(session, "yes", now)
    hub = om.memberships[0].hub

    def attempt(role: Role, refusal: type[Exception], which: ReplyRecord = reading) -> None:
        with pytest.raises(refusal):
            correct(
                session,
                builders.actor(builders.staff(session, hub, role)),
                which.id,
                Meaning.DECLINE,
                now=now,
            )

    for role in (Role.OFFENDER_MANAGER, Role.SUPPORT_WORKER, Role.ADMINISTRATOR):
        attempt(role, NotFound)
    attempt(Role.AUDITOR, Forbidden)
    attempt(Role.COORDINATOR, NotFound, says(session, "who is this", now, number="+447700900155"))
    assert session.scalars(select(ReplyCorrection)).all() == []


def test_signals_of_other_people_stay(
    session: Session,
    om: Staff,
    booked: Appointment,
    now: datetime,
    mean: Callable[..., ReplyCorrection],
) -> None:
    """A correction resolves only signals that rest on its own text."""
    other = builders.person(session, om, number="+447700900102", first_name="Dean")
    says(session, "call me", now, number="+447700900102")
    mean(says(session, "call me", now), Meaning.THANKS)
    assert open_signals(session, other) == [SignalKind.CALL_REQUESTED]
    assert session.scalars(select(Signal)).all()


@pytest.mark.parametrize("meaning", [Meaning.OPT_OUT, Meaning.WRONG_NUMBER])
def test_a_correction_does_not_touch_a_later_owner_of_the_number(
    session: Session,
    katrina: Person,
    booked: Appointment,
    now: datetime,
    mean: Callable[..., ReplyCorrection],
    meaning: Meaning,
) -> None:
    """The number now belongs to a person in another hub: a correction of the old text changes
    nothing for them.
    """
    reading = says(session, "hmm", now)
    old = point_of(session, katrina)
    old.state, old.retired_at = NumberState.RETIRED, now
    session.flush()
    other_hub = builders.hub(session, "Wearside")
    jay = builders.person(session, builders.staff(session, other_hub), first_name="Jay")
    assert "somebody else" in mean(reading, meaning).done
    assert point_of(session, jay).state is NumberState.VERIFIED and open_signals(session, jay) == []
    assert not suppression.is_suppressed(session, NUMBER)
