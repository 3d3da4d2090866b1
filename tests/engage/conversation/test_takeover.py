"""A takeover: Engage neither records nor answers what the person writes, but danger and STOP still
count.
"""

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import Actor, ActorKind
from engage.agencies.model import Role, Staff
from engage.appointments.kinds import IntentKind
from engage.conversation import intake, takeover
from engage.conversation.model import ReplyRecord, Takeover, TakeoverEnd
from engage.conversation.staff_actions import send_text
from engage.core.db import Database
from engage.core.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
)
from engage.people.model import ContactPoint, NumberState, Person
from engage.signals import SignalKind
from messaging.tables import Inbound, Message
from tests import builders
from tests.engage.conversation.phones import (
    NUMBER,
    answers,
    asked,
    events,
    gone,
    minutes,
    open_signals,
    point_of,
    said,
    says,
    share,
    text_in,
)

DAY = timedelta(days=1)


def colleague(session: Session, om: Staff, *roles: Role) -> Staff:
    """Another offender manager of the hub."""
    return builders.staff(session, om.memberships[0].hub, *roles, name="Lou Marsh")


def system(om: Staff) -> Actor:
    """A case-management system of the hub, with a key for conversations."""
    scopes = frozenset({"messages:write"})
    return Actor(ActorKind.KEY, om.id, hub_id=om.memberships[0].hub_id, scopes=scopes)


def test_a_yes_during_a_takeover_is_left_to_the_worker(
    session: Session, om: Staff, katrina: Person, now: datetime
) -> None:
    """It is stored, interpreted and shown as needing a worker. Nothing is recorded, raised or
    answered.
    """
    appointment = builders.appointment(session, katrina, now + 3 * DAY)
    asked(session, appointment, now - DAY)
    hold = takeover.take_over(session, builders.actor(om), katrina.id, now=now)
    reading = says(session, "yes", now + minutes(1))
    assert (reading.intent, reading.act, reading.needs_human, reading.person_id) == (
        "confirm",
        False,
        True,
        katrina.id,
    )
    assert reading.done == "Pat has the conversation and will answer"
    assert (said(session, appointment), answers(session), open_signals(session, katrina)) == (
        [],
        [],
        [],
    )
    assert hold.until == now + timedelta(hours=2)
    assert "conversation.taken_over" in events(session, katrina)


def test_handed_back_the_next_yes_is_recorded(
    session: Session, om: Staff, katrina: Person, now: datetime
) -> None:
    """Engage continues with the next text and leaves the texts in between as they were. A second
    hand-back changes nothing.
    """
    appointment = builders.appointment(session, katrina, now + 3 * DAY)
    asked(session, appointment, now - DAY)
    actor = builders.actor(om)
    hold = takeover.take_over(session, actor, katrina.id, now=now)
    says(session, "yes", now + minutes(1))
    for _ in range(2):
        takeover.hand_back(session, actor, katrina.id, now=now + minutes(2))
    assert (hold.ended_at, hold.how) == (now + minutes(2), TakeoverEnd.HANDED_BACK)
    assert events(session, katrina).count("conversation.handed_back") == 1
    says(session, "yes", now + minutes(3))
    assert said(session, appointment) == [IntentKind.WILL_ATTEND]


@pytest.mark.parametrize(
    ("words", "signal", "answered"),
    [
        ("i want to end my life", SignalKind.CRISIS, True),
        ("im gonna stab him", SignalKind.HARM_TO_OTHERS, False),
        ("STOP", SignalKind.OPTED_OUT, True),
        ("wrong number", SignalKind.WRONG_NUMBER, True),
    ],
)
def test_danger_stop_and_wrong_number_count_during_a_takeover(
    session: Session,
    om: Staff,
    katrina: Person,
    now: datetime,
    words: str,
    signal: SignalKind,
    answered: bool,
) -> None:
    """The worker may be away from the page."""
    takeover.take_over(session, builders.actor(om), katrina.id, now=now)
    says(session, words, now + minutes(1))
    assert signal in open_signals(session, katrina)
    assert bool(answers(session)) is answered


def test_start_still_restores(session: Session, om: Staff, katrina: Person, now: datetime) -> None:
    """Stopping and starting by the phone itself is never delayed."""
    says(session, "STOP", now)
    takeover.take_over(session, builders.actor(om), katrina.id, now=now)
    says(session, "START", now + minutes(1))
    assert SignalKind.OPTED_OUT not in open_signals(session, katrina)


def test_writing_takes_over_and_each_text_renews(
    session: Session, om: Staff, katrina: Person, now: datetime
) -> None:
    """It lasts two hours from the worker's last text."""
    actor = builders.actor(om)
    send_text(session, actor, katrina.id, "How did it go?", now=now)
    first = takeover.current(session, katrina.id, now)
    assert first is not None and first.until == now + timedelta(hours=2)
    send_text(session, actor, katrina.id, "Good to hear", now=now + minutes(90))
    again = takeover.current(session, katrina.id, now + minutes(150))
    assert again is not None and (again.id, again.since) == (first.id, now)
    assert again.until == now + minutes(210)


def test_time_out_gives_the_conversation_back(
    session: Session, om: Staff, katrina: Person, now: datetime
) -> None:
    """After the hub's time Engage continues, and the sweep records it once."""
    om.memberships[0].hub.settings = {"conversation_timeout_minutes": 30}
    hold = takeover.take_over(session, builders.actor(om), katrina.id, now=now)
    assert takeover.current(session, katrina.id, now + minutes(29)) is not None
    assert takeover.current(session, katrina.id, now + minutes(30)) is None
    assert says(session, "thanks", now + minutes(31)).act
    assert [takeover.end_overdue(session, now=now + minutes(32)) for _ in range(2)] == [1, 0]
    assert (hold.how, hold.ended_at) == (TakeoverEnd.TIMED_OUT, now + minutes(30))
    assert "conversation.timed_out" in events(session, katrina)


def test_an_expired_takeover_can_be_replaced(
    session: Session, om: Staff, katrina: Person, now: datetime
) -> None:
    """Also before a sweep has ended it."""
    actor = builders.actor(om)
    first = takeover.take_over(session, actor, katrina.id, now=now)
    second = takeover.take_over(session, actor, katrina.id, now=now + timedelta(hours=3))
    assert first.id != second.id and first.how is TakeoverEnd.TIMED_OUT


def test_another_worker_takes_over_only_after_a_warning(
    session: Session, om: Staff, katrina: Person, now: datetime
) -> None:
    """Without the warning neither the button nor a text ends the other takeover. With it, that one
    ends with its reason.
    """
    lou = builders.actor(colleague(session, om, Role.COORDINATOR))
    pats = takeover.take_over(session, builders.actor(om), katrina.id, now=now)
    for attempt in (
        lambda: takeover.take_over(session, lou, katrina.id, now=now),
        lambda: takeover.take_over(session, lou, katrina.id, now=now, over=katrina.id),
        lambda: takeover.hand_back(session, lou, katrina.id, now=now),
        lambda: send_text(session, lou, katrina.id, "Hello", now=now),
    ):
        with pytest.raises(Conflict, match="Pat Hale has the conversation") as refusal:
            attempt()
        assert refusal.value.code == "conversation_taken"
    assert session.scalars(select(Message)).all() == []
    lous = takeover.take_over(session, lou, katrina.id, now=now + minutes(1), over=pats.id)
    assert (pats.how, pats.ended_at) == (TakeoverEnd.TAKEN_BY_ANOTHER, now + minutes(1))
    assert says(session, "ok", now + minutes(2)).done.startswith("Lou has the conversation")
    with pytest.raises(Conflict):
        send_text(session, builders.actor(om), katrina.id, "Hello", now=now + minutes(3))
    send_text(session, builders.actor(om), katrina.id, "Hello", now=now + minutes(4), over=lous.id)
    current = takeover.current(session, katrina.id, now + minutes(5))
    assert current is not None and current.staff_id == om.id


def test_only_staff_who_may_converse_take_over(
    session: Session, om: Staff, katrina: Person, now: datetime
) -> None:
    """A worker outside the case gets NotFound; an auditor and a support worker may not."""
    for role, refusal in (
        (Role.OFFENDER_MANAGER, NotFound),
        (Role.AUDITOR, Forbidden),
        (Role.SUPPORT_WORKER, NotFound),
        (Role.ADMINISTRATOR, NotFound),
    ):
        actor = builders.actor(colleague(session, om, role))
        for attempt in (takeover.take_over, takeover.hand_back):
            with pytest.raises(refusal):
                attempt(session, actor, katrina.id, now=now)
    assert session.scalars(select(Takeover)).all() == []


def test_a_system_names_the_worker(
    session: Session, om: Staff, katrina: Person, now: datetime
) -> None:
    """By the email address of staff who may write to the person. The system may hand back for them,
    and its own texts take nothing over.
    """
    key = system(om)
    for email in (None, "nobody@probation.example", colleague(session, om, Role.AUDITOR).email):
        with pytest.raises(Invalid) as refusal:
            takeover.take_over(session, key, katrina.id, now=now, staff_email=email)
        assert "staff" in refusal.value.fields
    hold = takeover.take_over(session, key, katrina.id, now=now, staff_email=om.email)
    assert hold.staff_id == om.id
    takeover.hand_back(session, key, katrina.id, now=now)
    send_text(session, key, katrina.id, "Hello", now=now)
    assert takeover.current(session, katrina.id, now) is None


def test_a_takeover_of_one_person_covers_a_shared_phone(
    session: Session, om: Staff, katrina: Person, now: datetime
) -> None:
    """Engage neither asks who is writing nor answers. A coordinator reads the text, and each
    offender manager sees that one came.
    """
    other = builders.person(session, om, number=None, first_name="Dean")
    session.add(
        ContactPoint(
            person_id=other.id,
            given=NUMBER,
            number=NUMBER,
            state=NumberState.VERIFIED,
            verified_at=now,
            safe_until=now + 90 * DAY,
            created_at=now,
        )
    )
    session.flush()
    share(session, [katrina, other], now)
    takeover.take_over(session, builders.actor(om), katrina.id, now=now)
    reading = says(session, "yes", now + minutes(1))
    assert (reading.person_id, reading.needs_human, answers(session)) == (None, True, [])
    assert (
        open_signals(session, katrina) == open_signals(session, other) == [SignalKind.REPLY_UNREAD]
    )


def test_during_a_takeover_only_a_no_answers_the_number_check(
    session: Session, om: Staff, katrina: Person, now: datetime
) -> None:
    """ "No" suspends the number as always; "yes" is for the worker to decide."""
    point = point_of(session, katrina)
    point.state, point.verified_at, point.safe_until = NumberState.CHECKING, None, None
    gone(
        session,
        katrina,
        now - minutes(5),
        purpose="number_check",
        group_key=f"contact_point:{point.id}",
    )
    takeover.take_over(session, builders.actor(om), katrina.id, now=now)
    assert says(session, "1", now + minutes(1)).needs_human
    assert point.state is NumberState.CHECKING and answers(session) == []
    says(session, "2", now + minutes(2))
    assert point.state is NumberState.SUSPENDED


def test_the_worker_gets_one_notice_for_texts_in_a_row(
    session: Session, om: Staff, katrina: Person, now: datetime
) -> None:
    """The notice to their mobile names nobody."""
    om.mobile = "+447700900555"
    actor = builders.actor(om)
    send_text(session, actor, katrina.id, "How are you?", now=now)
    for minute in (1, 2):
        says(session, "not bad", now + minutes(minute))
    send_text(session, actor, katrina.id, "Good", now=now + minutes(3))
    says(session, "ta", now + minutes(4))
    notices = session.scalars(select(Message).where(Message.to_number == om.mobile)).all()
    assert len(notices) == 2 and not any("Katrina" in notice.body for notice in notices)


def test_handling_a_text_and_taking_over_exclude_each_other(
    committed: Database, now: datetime
) -> None:
    """Each waits for the other, so that no text is handled half before and half after."""
    for context in range(6):
        with committed.begin() as session:
            om = builders.staff(session, builders.hub(session, f"Hub {context}"))
            number = f"+4477009002{context:02}"
            person = builders.person(session, om, number=number)
            appointment = builders.appointment(session, person, now + 3 * DAY)
            asked(session, appointment, now - DAY, to=number)
            inbound_id = text_in(session, "yes", now, number=number).id
        start = threading.Barrier(2)

        def handle(inbound_id: int = inbound_id, start: threading.Barrier = start) -> None:
            start.wait()
            with committed.begin() as session:
                intake.handle(session, session.get_one(Inbound, inbound_id), now)

        def take(om: Staff = om, person: Person = person, start: threading.Barrier = start) -> None:
            start.wait()
            with committed.begin() as session:
                takeover.take_over(session, builders.actor(om), person.id, now=now)

        both = [threading.Thread(target=handle), threading.Thread(target=take)]
        for thread in both:
            thread.start()
        for thread in both:
            thread.join(30)
        with committed.begin() as session:
            reading = session.scalars(
                select(ReplyRecord).where(ReplyRecord.inbound_id == inbound_id)
            ).one()
            recorded, answered = bool(said(session, appointment)), bool(answers(session, number))
            assert reading.act is recorded is answered is not reading.needs_human
            assert takeover.current(session, person.id, now) is not None
