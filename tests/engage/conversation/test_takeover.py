"""A worker takes a conversation over: nothing they say there is recorded or answered by Engage, and
danger and STOP act all the same.
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
    """Somebody else in the hub."""
    return builders.staff(session, om.memberships[0].hub, *roles, name="Lou Marsh")


def system(om: Staff) -> Actor:
    """A case-management system of the hub, with a key for conversations."""
    scopes = frozenset({"messages:write"})
    return Actor(ActorKind.KEY, om.id, hub_id=om.memberships[0].hub_id, scopes=scopes)


def test_a_yes_while_a_worker_has_the_conversation_is_kept_and_left_to_them(
    session: Session, om: Staff, katrina: Person, now: datetime
) -> None:
    """It is stored and read, and shown as needing a human; nothing is recorded, raised or answered."""
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
    assert reading.done == "Pat has the conversation: for them to answer"
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
    """Engage goes on with the next text, and leaves what came meanwhile as it was; handing back
    twice is handing back once.
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
def test_danger_stop_and_wrong_number_act_whoever_has_the_conversation(
    session: Session,
    om: Staff,
    katrina: Person,
    now: datetime,
    words: str,
    signal: SignalKind,
    answered: bool,
) -> None:
    """A worker who has the conversation may be away from the page."""
    takeover.take_over(session, builders.actor(om), katrina.id, now=now)
    says(session, words, now + minutes(1))
    assert signal in open_signals(session, katrina)
    assert bool(answers(session)) is answered


def test_start_still_restores(session: Session, om: Staff, katrina: Person, now: datetime) -> None:
    """What the phone itself says of stopping and starting is never held up."""
    says(session, "STOP", now)
    takeover.take_over(session, builders.actor(om), katrina.id, now=now)
    says(session, "START", now + minutes(1))
    assert SignalKind.OPTED_OUT not in open_signals(session, katrina)


def test_writing_takes_over_and_each_text_renews(
    session: Session, om: Staff, katrina: Person, now: datetime
) -> None:
    """Two hours from the last text of the worker."""
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
    """After the hub's time Engage reads again, and the sweep says so in the log; done twice it says
    so once.
    """
    om.memberships[0].hub.settings = {"conversation_timeout_minutes": 30}
    hold = takeover.take_over(session, builders.actor(om), katrina.id, now=now)
    assert takeover.current(session, katrina.id, now + minutes(29)) is not None
    assert takeover.current(session, katrina.id, now + minutes(30)) is None
    assert says(session, "thanks", now + minutes(31)).act
    assert [takeover.end_overdue(session, now=now + minutes(32)) for _ in range(2)] == [1, 0]
    assert (hold.how, hold.ended_at) == (TakeoverEnd.TIMED_OUT, now + minutes(30))
    assert "conversation.timed_out" in events(session, katrina)


def test_a_conversation_that_ran_out_is_taken_over_anew(
    session: Session, om: Staff, katrina: Person, now: datetime
) -> None:
    """Also before any sweep has seen that it ran out."""
    actor = builders.actor(om)
    first = takeover.take_over(session, actor, katrina.id, now=now)
    second = takeover.take_over(session, actor, katrina.id, now=now + timedelta(hours=3))
    assert first.id != second.id and first.how is TakeoverEnd.TIMED_OUT


def test_another_worker_takes_it_only_from_whom_they_were_warned_of(
    session: Session, om: Staff, katrina: Person, now: datetime
) -> None:
    """Without the warning neither the button nor a text takes it; with it theirs ends and says how."""
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
    standing = takeover.current(session, katrina.id, now + minutes(5))
    assert standing is not None and standing.staff_id == om.id


def test_only_who_may_converse_takes_over(
    session: Session, om: Staff, katrina: Person, now: datetime
) -> None:
    """A stranger finds nobody, an auditor and a support worker may not."""
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


def test_a_system_names_the_worker_who_has_it(
    session: Session, om: Staff, katrina: Person, now: datetime
) -> None:
    """Somebody who may write to the person, by their address; the system may hand back for them,
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


def test_a_shared_phone_is_left_alone_when_a_worker_has_one_of_its_people(
    session: Session, om: Staff, katrina: Person, now: datetime
) -> None:
    """Nobody is asked who writes and nobody is answered; a coordinator reads it, and each offender
    manager learns that something came.
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


def test_the_check_of_a_number_is_denied_and_never_confirmed_meanwhile(
    session: Session, om: Staff, katrina: Person, now: datetime
) -> None:
    """ "No" takes the number off, as always; "yes" is for the worker to judge."""
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


def test_the_worker_is_told_once_for_each_of_their_texts(
    session: Session, om: Staff, katrina: Person, now: datetime
) -> None:
    """A notice without a word about anybody to the mobile that they gave: two texts in a row are
    one item.
    """
    om.mobile = "+447700900555"
    actor = builders.actor(om)
    send_text(session, actor, katrina.id, "How are you?", now=now)
    for minute in (1, 2):
        says(session, "not bad", now + minutes(minute))
    send_text(session, actor, katrina.id, "Good", now=now + minutes(3))
    says(session, "ta", now + minutes(4))
    notices = session.scalars(select(Message).where(Message.to_number == om.mobile)).all()
    assert len(notices) == 2 and not any("Katrina" in notice.body for notice in notices)


def test_a_text_comes_wholly_before_or_wholly_after_the_worker(
    committed: Database, now: datetime
) -> None:
    """Taking over waits for a text in hand; a text in hand waits for taking over: never half of
    each.
    """
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
