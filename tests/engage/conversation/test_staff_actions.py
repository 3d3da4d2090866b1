"""What staff do in a conversation: write, mark as read, and claim an unknown number."""

import uuid
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import SYSTEM
from engage.agencies.model import Role, Staff
from engage.conversation.staff_actions import claim_number, mark_read, send_text
from engage.core.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
)
from engage.people import phones
from engage.people.model import CustodyStatus, NumberState, Person
from engage.signals import SignalKind
from messaging.outbox import Lane
from messaging.states import MessageStatus
from messaging.tables import Message
from tests import builders
from tests.engage.conversation.phones import (
    NUMBER,
    OTHER,
    answers,
    events,
    gone,
    minutes,
    open_signals,
    point_of,
    says,
    share,
)

DAY = timedelta(days=1)
STRANGER = "+447700900155"


def colleague(session: Session, om: Staff, *roles: Role) -> Staff:
    """Another offender manager of the hub."""
    hub = om.memberships[0].hub
    return builders.staff(session, hub, *roles, name="Lou Marsh")


def test_the_offender_manager_writes_in_their_own_words(
    session: Session, om: Staff, katrina: Person, now: datetime
) -> None:
    """The text is sent in the lane of answers to the current number, with its author; replies that
    waited are marked as read.
    """
    says(session, "my nan has the dog", now)
    signals_before = open_signals(session, katrina)
    message = send_text(
        session,
        builders.actor(om),
        katrina.id,
        "That’s fine – see you “soon”",
        now=now + minutes(5),
    )
    assert signals_before == []
    assert (message.to_number, message.recipient, message.lane) == (
        NUMBER,
        str(katrina.id),
        Lane.REPLY,
    )
    assert message.body == 'That\'s fine - see you "soon"'
    assert message.encoding == "GSM-7"
    assert message.context["purpose"] == "staff"
    assert message.context["by"] == f"staff:{om.id}"
    assert "text.written" in events(session, katrina)


def test_the_same_key_is_the_same_text(
    session: Session, om: Staff, katrina: Person, now: datetime
) -> None:
    """A form submitted twice sends once."""
    actor = builders.actor(om)
    first = send_text(session, actor, katrina.id, "Hi", now=now, key="form-1")
    assert send_text(session, actor, katrina.id, "Hi", now=now, key="form-1").id == first.id
    assert send_text(session, actor, katrina.id, "Hi", now=now).id != first.id


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", "Enter a text"),
        (" \n ", "Enter a text"),
        ("Hi\x00", "cannot be sent"),
        ("a" * 613, "612 characters or fewer. It has 613"),
        ("hi \ud800", "cannot be sent"),
        ("See you at probation", "probation"),
        ("Hello Ms Dodds", "Dodds"),
    ],
)
def test_words_that_must_not_be_sent_are_refused_with_a_reason(
    session: Session, om: Staff, katrina: Person, now: datetime, body: str, words: str
) -> None:
    """The error of the field says what to do; nothing is queued."""
    with pytest.raises(Invalid) as refusal:
        send_text(session, builders.actor(om), katrina.id, body, now=now)
    assert words in refusal.value.fields["body"]
    assert session.scalars(select(Message)).all() == []


def test_the_warning_can_be_overruled_but_not_silently(
    session: Session, om: Staff, katrina: Person, now: datetime
) -> None:
    """The author knows the person; the event records the decision."""
    message = send_text(
        session, builders.actor(om), katrina.id, "See you at court", now=now, anyway=True
    )
    assert message.body == "See you at court"
    with pytest.raises(Invalid):
        send_text(session, builders.actor(om), katrina.id, "", now=now, anyway=True)


def test_a_text_of_612_characters_is_sent(
    session: Session, om: Staff, katrina: Person, now: datetime
) -> None:
    """Four segments."""
    assert send_text(session, builders.actor(om), katrina.id, "a" * 612, now=now).segments == 4


def test_rule_1_applies_to_staff(
    session: Session, om: Staff, katrina: Person, now: datetime
) -> None:
    """Every reason is named at once."""
    katrina.custody_status = CustodyStatus.CUSTODY
    point_of(session, katrina).safe_until = now - DAY
    session.flush()
    with pytest.raises(Conflict) as refusal:
        send_text(session, builders.actor(om), katrina.id, "Hi", now=now)
    assert refusal.value.code == "may_not_text"
    assert "in custody" in refusal.value.detail
    assert "safe" in refusal.value.detail


def test_nobody_is_texted_at_night(
    session: Session, om: Staff, katrina: Person, now: datetime
) -> None:
    """The person's hours apply to texts from staff."""
    with pytest.raises(Conflict, match="hours"):
        send_text(session, builders.actor(om), katrina.id, "Hi", now=now + timedelta(hours=12))


def test_the_offender_managers_own_text_needs_no_approval(
    session: Session, om: Staff, katrina: Person, now: datetime
) -> None:
    """Without current_intents approval only they may write."""
    katrina.texts_approved_at = None
    session.flush()
    assert send_text(session, builders.actor(om), katrina.id, "Hi", now=now)
    coordinator = colleague(session, om, Role.COORDINATOR)
    with pytest.raises(Conflict, match="approved"):
        send_text(session, builders.actor(coordinator), katrina.id, "Hi", now=now)


@pytest.mark.parametrize(
    ("role", "problem"),
    [(Role.OFFENDER_MANAGER, NotFound), (Role.AUDITOR, Forbidden), (Role.SUPPORT_WORKER, NotFound)],
)
def test_others_may_not_write_or_mark(
    session: Session,
    om: Staff,
    katrina: Person,
    now: datetime,
    role: Role,
    problem: type[Exception],
) -> None:
    """Another offender manager, a partner, an auditor."""
    actor = builders.actor(colleague(session, om, role))
    reading = says(session, "my nan has the dog", now)
    with pytest.raises(problem):
        send_text(session, actor, katrina.id, "Hi", now=now)
    with pytest.raises(problem):
        mark_read(session, actor, reading.id, now=now)
    assert reading.read_at is None


def test_marking_read_records_who_and_resolves_the_last(
    session: Session, om: Staff, katrina: Person, now: datetime
) -> None:
    """A second time changes nothing; the signal is resolved with the last reply."""
    from engage.conversation import sweeps

    first = says(session, "my nan has the dog", now)
    second = says(session, "and the cat", now + minutes(1))
    sweeps.sweep(session, now=now + 7 * DAY)
    assert open_signals(session, katrina) == [SignalKind.REPLY_UNREAD]
    actor = builders.actor(om)
    mark_read(session, actor, first.id, now=now + 7 * DAY)
    assert open_signals(session, katrina) == [SignalKind.REPLY_UNREAD]
    mark_read(session, actor, second.id, now=now + 7 * DAY)
    assert open_signals(session, katrina) == []
    again = mark_read(session, actor, first.id, now=now + 8 * DAY)
    assert (again.read_at, again.read_by) == (now + 7 * DAY, f"staff:{om.id}")


def test_a_text_from_an_unknown_number_is_marked_by_a_coordinator(
    session: Session, om: Staff, now: datetime
) -> None:
    """An offender manager may not know that it exists."""
    reading = says(session, "hi its me", now, number=STRANGER)
    with pytest.raises(NotFound):
        mark_read(session, builders.actor(om), reading.id, now=now)
    coordinator = builders.actor(colleague(session, om, Role.COORDINATOR))
    assert mark_read(session, coordinator, reading.id, now=now).read_by == coordinator.label


def test_there_is_no_such_reply(session: Session, om: Staff, now: datetime) -> None:
    """A made-up id is not found."""
    with pytest.raises(NotFound):
        mark_read(session, builders.actor(om), uuid.uuid4(), now=now)


def test_reading_a_text_from_a_shared_phone_resolves_both_signals(
    session: Session, om: Staff, katrina: Person, now: datetime
) -> None:
    """The coordinator has read it; nothing waits for either offender manager."""
    other = builders.person(session, om, first_name="Jay", number=OTHER)
    share(session, [katrina, other], now, agreed=False)
    reading = says(session, "yes", now)
    coordinator = builders.actor(colleague(session, om, Role.COORDINATOR))
    mark_read(session, coordinator, reading.id, now=now)
    assert open_signals(session, katrina) == open_signals(session, other) == []


def test_when_a_number_is_claimed_its_history_moves(
    session: Session, om: Staff, now: datetime
) -> None:
    """An unknown number was answered once and left to a worker. Once claimed, its texts and our
    answers are the person's.
    """
    person = builders.person(session, om, number=None)
    first = says(session, "its kat new phone", now, number=STRANGER)
    second = says(session, "hello", now + minutes(1), number=STRANGER)
    coordinator = builders.actor(colleague(session, om, Role.COORDINATOR))
    assert claim_number(session, coordinator, STRANGER, person.id, now=now + minutes(5)) == 2
    for reading in (first, second):
        session.refresh(reading)
        assert (reading.person_id, reading.needs_human) == (person.id, True)
    point = point_of(session, person)
    assert (point.number, point.state) == (STRANGER, NumberState.UNVERIFIED)
    message = session.scalars(select(Message)).one()
    assert message.recipient == str(person.id)
    assert "number.claimed" in events(session, person)
    with pytest.raises(NotFound):
        claim_number(session, coordinator, STRANGER, person.id, now=now + minutes(6))


def test_danger_reported_before_the_claim_raises_its_signal(
    session: Session, om: Staff, now: datetime
) -> None:
    """The signal could not be raised without a person."""
    person = builders.person(session, om, number=None)
    says(session, "i want to die", now, number=STRANGER)
    assert len(answers(session, STRANGER)) == 1
    coordinator = builders.actor(colleague(session, om, Role.COORDINATOR))
    claim_number(session, coordinator, STRANGER, person.id, now=now + minutes(5))
    assert open_signals(session, person) == [SignalKind.CRISIS]


def test_only_texts_after_the_last_owner_move(session: Session, om: Staff, now: datetime) -> None:
    """A recycled number: its texts from the time of another owner stay with no person."""
    before = builders.person(session, om, number=STRANGER)
    also = builders.person(session, om, number=OTHER, first_name="Jay")
    point_of(session, also).number = STRANGER
    session.flush()
    old = says(session, "yes", now, number=STRANGER)
    for person in (before, also):
        phones.set_number(session, SYSTEM, person.id, "none", now=now + DAY)
    new = says(session, "hiya", now + 2 * DAY, number=STRANGER)
    katrina = builders.person(session, om, number=None)
    coordinator = builders.actor(colleague(session, om, Role.COORDINATOR))
    assert claim_number(session, coordinator, STRANGER, katrina.id, now=now + 3 * DAY) == 1
    session.refresh(old)
    session.refresh(new)
    assert (old.person_id, new.person_id) == (None, katrina.id)


def test_a_number_that_somebody_has_cannot_be_claimed(
    session: Session, om: Staff, katrina: Person, now: datetime
) -> None:
    """It would show one person's texts to another's worker."""
    other = builders.person(session, om, number=None)
    coordinator = builders.actor(colleague(session, om, Role.COORDINATOR))
    with pytest.raises(Conflict):
        claim_number(session, coordinator, NUMBER, other.id, now=now)


@pytest.mark.parametrize("role", [Role.OFFENDER_MANAGER, Role.SUPPORT_WORKER, Role.AUDITOR])
def test_only_staff_who_may_read_unknown_numbers_claim_them(
    session: Session, om: Staff, katrina: Person, now: datetime, role: Role
) -> None:
    """Otherwise a guess of a number would show a stranger's texts."""
    says(session, "hello", now, number=STRANGER)
    with pytest.raises(Forbidden):
        claim_number(
            session, builders.actor(colleague(session, om, role)), STRANGER, katrina.id, now=now
        )


def test_writing_resolves_the_reminder_to_read(
    session: Session, om: Staff, katrina: Person, now: datetime
) -> None:
    """A worker who answers has read the text; the sweep does not raise the signal again."""
    from engage.conversation import sweeps

    says(session, "my nan has the dog", now)
    sweeps.sweep(session, now=now + 7 * DAY)
    assert open_signals(session, katrina) == [SignalKind.REPLY_UNREAD]
    point_of(session, katrina).safe_until = now + 90 * DAY
    send_text(session, builders.actor(om), katrina.id, "Good", now=now + 7 * DAY)
    assert open_signals(session, katrina) == []
    sweeps.sweep(session, now=now + 9 * DAY)
    assert open_signals(session, katrina) == []
    assert gone(session, katrina, now).status is MessageStatus.DELIVERED
