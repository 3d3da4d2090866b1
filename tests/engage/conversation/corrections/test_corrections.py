"""A worker corrects a reading: what was recorded counts no more, what was said is recorded, and
nobody is answered.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import Actor
from engage.agencies.model import Role, Staff
from engage.appointments.kinds import IntentKind
from engage.appointments.model import Appointment, StatedIntent
from engage.conversation import takeover
from engage.conversation.corrections import corpus_lines
from engage.conversation.corrections.model import CorpusLine, LineState, ReplyCorrection
from engage.conversation.corrections.service import correct
from engage.conversation.model import ReplyRecord
from engage.core.errors import (
    Conflict,
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
    events,
    minutes,
    open_questions,
    open_signals,
    point_of,
    said,
    says,
    signal,
    standing,
)

DAY = timedelta(days=1)


@pytest.fixture
def booked(session: Session, katrina: Person, now: datetime) -> Appointment:
    """One appointment that a text has asked about."""
    appointment = builders.appointment(session, katrina, now + 3 * DAY)
    asked(session, appointment, now - DAY)
    return appointment


@pytest.fixture
def mean(session: Session, om: Staff, now: datetime) -> Callable[..., ReplyCorrection]:
    """The offender manager says what a text means, an hour after it came."""

    def say(reading: ReplyRecord, meaning: Meaning, at: datetime | None = None) -> ReplyCorrection:
        return correct(
            session, builders.actor(om), reading.id, meaning, now=at or now + minutes(60)
        )

    return say


def test_a_wrong_yes_becomes_the_no_that_it_was(
    session: Session,
    om: Staff,
    katrina: Person,
    booked: Appointment,
    now: datetime,
    mean: Callable[..., ReplyCorrection],
) -> None:
    """The yes stays with who withdrew it and counts no more; the no is recorded as said by text,
    the signal raised; nothing is sent.
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
    """By the worker who corrected it; and corrected back, the signal stands again."""
    reading = says(session, "no", now)
    raised = signal(session, katrina, SignalKind.CANNOT_ATTEND)
    mean(reading, Meaning.CONFIRM)
    assert standing(session, booked) == [IntentKind.WILL_ATTEND]
    assert (raised.state, raised.resolved_by) == (SignalState.RESOLVED, f"staff:{om.id}")
    mean(reading, Meaning.DECLINE, now + minutes(70))
    assert standing(session, booked) == [IntentKind.CANNOT_ATTEND]
    assert open_signals(session, katrina) == [SignalKind.CANNOT_ATTEND]


def test_an_earlier_no_counts_again_when_a_later_yes_is_withdrawn(
    session: Session,
    katrina: Person,
    booked: Appointment,
    now: datetime,
    mean: Callable[..., ReplyCorrection],
) -> None:
    """The last word that stands decides, so its signal is raised again."""
    says(session, "cant make it", now)
    reading = says(session, "yes i will be there", now + minutes(5))
    assert open_signals(session, katrina) == []
    mean(reading, Meaning.THANKS)
    assert standing(session, booked) == [IntentKind.CANNOT_ATTEND]
    assert open_signals(session, katrina) == [SignalKind.CANNOT_ATTEND]


def test_what_engage_left_to_a_human_is_recorded_by_saying_what_it_means(
    session: Session,
    om: Staff,
    katrina: Person,
    booked: Appointment,
    now: datetime,
    mean: Callable[..., ReplyCorrection],
) -> None:
    """A yes that came while a worker had the conversation was read rightly and recorded nowhere:
    the same meaning records it, once.
    """
    actor = builders.actor(om)
    takeover.take_over(session, actor, katrina.id, now=now)
    reading = says(session, "yes", now + minutes(1))
    mean(reading, Meaning.CONFIRM)
    assert standing(session, booked) == [IntentKind.WILL_ATTEND]
    assert reading.read_by == f"staff:{om.id}"
    with pytest.raises(Invalid) as refusal:
        mean(reading, Meaning.CONFIRM)
    assert "already" in refusal.value.fields["intent"]


def test_what_is_read_rightly_already_is_no_correction(
    session: Session, booked: Appointment, now: datetime, mean: Callable[..., ReplyCorrection]
) -> None:
    """Nothing is stored and no line is kept."""
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
    """The worker hears that nothing was recorded and why; no question goes to the person."""
    other = builders.appointment(session, katrina, now + 4 * DAY)
    asked(session, other, now - DAY)
    reading = says(session, "the dog ate it", now)
    before = session.scalars(select(Message.id).order_by(Message.id)).all()
    done = mean(reading, Meaning.DECLINE).done
    assert "Nothing recorded (it could be about several appointments)" in done
    assert said(session, booked) == said(session, other) == open_questions(session) == []
    assert session.scalars(select(Message.id).order_by(Message.id)).all() == before


def test_the_question_which_one_is_closed_by_the_worker(
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


def test_a_call_that_nobody_asked_for_is_taken_off_and_one_asked_for_is_raised(
    session: Session, katrina: Person, now: datetime, mean: Callable[..., ReplyCorrection]
) -> None:
    """A signal that rests on this text alone goes; one that another text stands behind too stays."""
    reading = says(session, "call me", now)
    mean(reading, Meaning.THANKS)
    assert open_signals(session, katrina) == []
    mean(reading, Meaning.CALL_ME, now + minutes(61))
    assert open_signals(session, katrina) == [SignalKind.CALL_REQUESTED]
    second = says(session, "ring me", now + minutes(62))
    mean(second, Meaning.THANKS, now + minutes(63))
    assert open_signals(session, katrina) == [SignalKind.CALL_REQUESTED]


def test_danger_that_was_missed_is_raised_and_danger_is_never_taken_back(
    session: Session, katrina: Person, now: datetime, mean: Callable[..., ReplyCorrection]
) -> None:
    """A worker who reads danger rings; the person is not texted by this. Taking an alarm off is for
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
    assert "nothing was sent" in done
    assert "stays for a person" in mean(reading, Meaning.OTHER, now + minutes(61)).done
    assert SignalKind.CRISIS in open_signals(session, katrina)


def test_a_stop_that_was_missed_stops_without_a_word(
    session: Session, katrina: Person, now: datetime, mean: Callable[..., ReplyCorrection]
) -> None:
    """Nothing more goes to the number, a confirmation neither; only the phone itself undoes it."""
    reading = says(session, "sick of hearing from you lot", now)
    before = session.scalars(select(Message.id).order_by(Message.id)).all()
    mean(reading, Meaning.OPT_OUT)
    assert suppression.is_suppressed(session, NUMBER)
    assert SignalKind.OPTED_OUT in open_signals(session, katrina)
    assert session.scalars(select(Message.id).order_by(Message.id)).all() == before
    assert "until START" in mean(reading, Meaning.THANKS, now + minutes(61)).done
    assert suppression.is_suppressed(session, NUMBER)


def test_a_wrong_number_that_was_missed_is_taken_off(
    session: Session, katrina: Person, now: datetime, mean: Callable[..., ReplyCorrection]
) -> None:
    """The number is suspended and the offender manager is told, without an apology by text."""
    reading = says(session, "kat swapped phones with me", now)
    mean(reading, Meaning.WRONG_NUMBER)
    assert point_of(session, katrina).state is NumberState.SUSPENDED
    assert SignalKind.WRONG_NUMBER in open_signals(session, katrina)


def test_only_who_may_converse_corrects_and_only_what_is_somebodys(
    session: Session, om: Staff, booked: Appointment, now: datetime
) -> None:
    """A stranger finds no such reply, an auditor may not, and a text of nobody is nobody's to
    correct.
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


def kept(session: Session) -> list[tuple[str, str, str, str]]:
    """The lines that are kept: prompt, intent, what was read, words."""
    return [
        (one.prompt, one.intent, one.read_as, one.words)
        for one in session.scalars(select(CorpusLine))
    ]


def test_a_line_without_identity_is_kept_to_learn_from(
    session: Session,
    om: Staff,
    katrina: Person,
    booked: Appointment,
    now: datetime,
    mean: Callable[..., ReplyCorrection],
) -> None:
    """No name of the person, the worker, a place; no number, no id; corrected again, one line is
    left.
    """
    words = "hi pat its katrina, not coming to bridge st on 23/3, ring my mum on 07700 900155"
    reading = says(session, words, now)
    mean(reading, Meaning.RESCHEDULE)
    second = mean(reading, Meaning.DECLINE, now + minutes(61))
    scrubbed = "hi [name] its [name], not coming to [place] on [date], ring my mum on [number]"
    assert kept(session) == [("appointment", "decline", reading.intent, scrubbed)]
    (line,) = session.scalars(select(CorpusLine))
    assert second.line_id == line.id and line.id.version == 4
    assert line.added_on == now.date() and line.state is LineState.WAITING


def test_of_a_restricted_record_no_line_is_kept(
    session: Session,
    katrina: Person,
    booked: Appointment,
    now: datetime,
    mean: Callable[..., ReplyCorrection],
) -> None:
    """Few may know of this person at all; an administrator is none of them."""
    katrina.restricted = katrina.restricted_texts_allowed = True
    mean(says(session, "yes", now), Meaning.DECLINE)
    assert kept(session) == []


@pytest.fixture
def administrator(session: Session, om: Staff) -> Actor:
    """The hub's administrator."""
    return builders.actor(
        builders.staff(session, om.memberships[0].hub, Role.ADMINISTRATOR, name="Alex Reid")
    )


def test_an_administrator_accepts_or_declines_each_line(
    session: Session,
    administrator: Actor,
    booked: Appointment,
    now: datetime,
    mean: Callable[..., ReplyCorrection],
) -> None:
    """Accepted ones come out as the corpus has them, each once; a declined one loses its words and
    stays declined.
    """
    for minute, words in enumerate(("yes", "YES", "ok then")):
        mean(says(session, words, now + minutes(minute)), Meaning.DECLINE)
    assert list(corpus_lines.export(session)) == []
    waiting = corpus_lines.listed(session, administrator, LineState.WAITING).lines
    assert len(waiting) == 3
    for line, wanted in [(line, line.words != "ok then") for line in waiting]:
        for _ in range(2):
            corpus_lines.decide(session, administrator, line.id, accept=wanted, now=now)
    assert list(corpus_lines.export(session)) in (
        ["appointment\tdecline\tyes"],
        ["appointment\tdecline\tYES"],
    )
    declined = next(line for line in waiting if line.state is LineState.DECLINED)
    assert declined.words == ""
    with pytest.raises(Conflict):
        corpus_lines.decide(session, administrator, declined.id, accept=True, now=now)
    listed = corpus_lines.listed(session, administrator, LineState.ACCEPTED)
    assert listed.counts == {LineState.WAITING: 0, LineState.ACCEPTED: 2, LineState.DECLINED: 1}


def test_an_administrator_of_another_hub_sees_none_of_it(
    session: Session,
    om: Staff,
    booked: Appointment,
    now: datetime,
    mean: Callable[..., ReplyCorrection],
) -> None:
    """Nor does anybody who is no administrator."""
    mean(says(session, "yes", now), Meaning.DECLINE)
    (line,) = session.scalars(select(CorpusLine))
    stranger = builders.actor(
        builders.staff(session, builders.hub(session, "Wearside"), Role.ADMINISTRATOR, name="Bo Ek")
    )
    assert corpus_lines.listed(session, stranger, LineState.WAITING).lines == []
    assert corpus_lines.export_for(session, stranger, now=now) == ""
    with pytest.raises(NotFound):
        corpus_lines.decide(session, stranger, line.id, accept=True, now=now)
    with pytest.raises(Forbidden):
        corpus_lines.listed(session, builders.actor(om), LineState.WAITING)


def test_signals_of_others_are_left_alone(
    session: Session,
    om: Staff,
    booked: Appointment,
    now: datetime,
    mean: Callable[..., ReplyCorrection],
) -> None:
    """A correction touches what rests on its own text."""
    other = builders.person(session, om, number="+447700900102", first_name="Dean")
    says(session, "call me", now, number="+447700900102")
    mean(says(session, "call me", now), Meaning.THANKS)
    assert open_signals(session, other) == [SignalKind.CALL_REQUESTED]
    assert session.scalars(select(Signal)).all()


@pytest.mark.parametrize("meaning", [Meaning.OPT_OUT, Meaning.WRONG_NUMBER])
def test_what_was_said_of_a_number_does_not_bind_whoever_has_it_later(
    session: Session,
    katrina: Person,
    booked: Appointment,
    now: datetime,
    mean: Callable[..., ReplyCorrection],
    meaning: Meaning,
) -> None:
    """The number has gone to somebody else, in another hub: correcting the old text changes nothing
    of theirs.
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
