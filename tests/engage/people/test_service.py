"""Adding and changing people, their numbers, and number checks."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import SYSTEM
from engage.agencies.model import Role, Staff
from engage.core.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
)
from engage.core.model import Event
from engage.people import contactability, phones, service
from engage.people.model import ContactStatus, CustodyStatus, NumberState, Person
from engage.people.service import NewPerson
from engage.signals import Signal, SignalKind, SignalState
from messaging import outbox, suppression
from messaging.states import MessageStatus
from messaging.tables import Message
from tests import builders

NUMBER, OTHER = "+447700900101", "+447700900102"


@pytest.fixture
def om(session: Session) -> Staff:
    """An offender manager in a hub."""
    return builders.staff(session, builders.hub(session))


def new(om: Staff, **values: object) -> NewPerson:
    """A person to add."""
    wanted = {
        "crn": "X320741",
        "first_name": "Katrina",
        "last_name": "Dodds",
        "given_number": "07700 900101",
        **values,
    }
    hub_id = om.memberships[0].hub_id
    return NewPerson(hub_id=hub_id, offender_manager_id=om.id, **wanted)  # type: ignore[arg-type]


def queue(session: Session, whose: Person, key: str, now: datetime, to: str = NUMBER) -> Message:
    """A queued text to the person."""
    text = outbox.Text(
        to=to, body="Hi", lane=outbox.Lane.REMINDER, dedupe_key=key, recipient=str(whose.id)
    )
    return outbox.enqueue(session, text, now=now)


def kinds(session: Session, whose: Person) -> set[SignalKind]:
    """The kinds of the person's unresolved signals."""
    waiting = select(Signal.kind).where(
        Signal.person_id == whose.id, Signal.state != SignalState.RESOLVED
    )
    return set(session.scalars(waiting))


def test_a_new_person_is_approved_and_their_number_unverified(
    session: Session, om: Staff, now: datetime
) -> None:
    """The given number becomes E.164, and gets no text with content until it is verified."""
    person = service.create_person(session, builders.actor(om), new(om), now=now)
    point = phones.current_point(session, person.id)
    assert point is not None
    assert (point.number, point.state, person.texts_approved_at) == (
        NUMBER,
        NumberState.UNVERIFIED,
        now,
    )
    verdict = contactability.contactability_of(session, [person.id], now)[person.id].verdict
    assert [reason.code for reason in verdict.reasons] == ["number_unverified"]


@pytest.mark.parametrize("given", ["+48 600 100 200", "0191 498 0110", "077009001", "not a number"])
def test_a_number_that_is_not_a_uk_mobile_is_kept_with_the_reason(
    session: Session, om: Staff, now: datetime, given: str
) -> None:
    """The person is added but not texted, and the page can say why."""
    person = service.create_person(session, SYSTEM, new(om, given_number=given), now=now)
    point = phones.current_point(session, person.id)
    assert point is not None
    assert (point.number, point.state, point.given) == (None, NumberState.UNUSABLE, given)
    (reason,) = contactability.contactability_of(session, [person.id], now)[
        person.id
    ].verdict.reasons
    assert reason.code == "number_unusable" and reason.words == point.problem


def test_the_same_crn_twice_is_a_conflict_and_leaves_the_first(
    session: Session, om: Staff, now: datetime
) -> None:
    """The CRN identifies a person; two people with the same name are two people."""
    service.create_person(session, SYSTEM, new(om), now=now)
    with pytest.raises(Conflict):
        service.create_person(session, SYSTEM, new(om, first_name="Else"), now=now)
    twin = service.create_person(
        session, SYSTEM, new(om, crn="X320742", given_number=None), now=now
    )
    assert twin.first_name == "Katrina"


def test_who_may_add_people(session: Session, om: Staff, now: datetime) -> None:
    """An offender manager to their own caseload, a coordinator to any caseload of the hub. Only an
    offender manager has a caseload.
    """
    hub = om.memberships[0].hub
    another = builders.staff(session, hub, name="Dai Rees")
    coordinator = builders.staff(session, hub, Role.COORDINATOR, name="Co Ord")
    with pytest.raises(Forbidden):
        service.create_person(session, builders.actor(another), new(om), now=now)
    service.create_person(session, builders.actor(coordinator), new(om), now=now)
    with pytest.raises(Invalid):
        service.create_person(session, SYSTEM, new(coordinator, crn="X999999"), now=now)


def test_a_number_of_two_people_stops_texts_to_both(
    session: Session, om: Staff, now: datetime
) -> None:
    """Neither is texted, queued texts are withdrawn, both get a signal. A worker agrees the sharing
    for each of them.
    """
    first = builders.person(session, om)
    waiting = queue(session, first, "a", now)
    second = service.create_person(session, SYSTEM, new(om), now=now)
    session.refresh(waiting)
    assert waiting.status is MessageStatus.WITHDRAWN
    assert kinds(session, first) == kinds(session, second) == {SignalKind.NUMBER_SHARED}
    verdicts = contactability.contactability_of(session, [first.id, second.id], now)
    assert "number_shared" in {reason.code for reason in verdicts[first.id].verdict.reasons}
    assert "number_shared" in {reason.code for reason in verdicts[second.id].verdict.reasons}
    phones.agree_shared(session, builders.actor(om), first.id, now=now)
    assert kinds(session, first) == set() and kinds(session, second) == {SignalKind.NUMBER_SHARED}
    assert contactability.contactability_of(session, [first.id], now)[first.id].verdict.allowed


def test_a_new_number_retires_the_old_one_and_withdraws_its_texts(
    session: Session, om: Staff, now: datetime
) -> None:
    """The change is an event. Giving the same number again changes nothing."""
    person = builders.person(session, om)
    waiting = queue(session, person, "a", now)
    phones.set_number(
        session,
        builders.actor(om),
        person.id,
        "07700 900102",
        now=now,
        verified_how="asked face to face",
    )
    session.refresh(waiting)
    assert waiting.status is MessageStatus.WITHDRAWN
    assert contactability.contactability_of(session, [person.id], now)[person.id].number == OTHER
    assert phones.people_on(session, NUMBER) == []
    events = session.scalars(
        select(Event.kind).where(Event.person_id == person.id).order_by(Event.id)
    ).all()
    assert events.count("number.changed") == 1
    phones.set_number(session, builders.actor(om), person.id, "+44 7700 900102", now=now)
    assert (
        session.scalars(
            select(Event.kind).where(Event.person_id == person.id).order_by(Event.id)
        ).all()
        == events
    )


def test_safety_expires_and_is_confirmed_again(session: Session, om: Staff, now: datetime) -> None:
    """A number counts as safe for 90 days (rule 1)."""
    person = builders.person(session, om)
    later = now + timedelta(days=90)
    (reason,) = contactability.contactability_of(session, [person.id], later)[
        person.id
    ].verdict.reasons
    assert reason.code == "not_safe"
    phones.confirm_safe(session, builders.actor(om), person.id, now=later)
    assert contactability.contactability_of(session, [person.id], later)[person.id].verdict.allowed


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"custody_status": CustodyStatus.REMAND}, "remand"),
        ({"custody_status": CustodyStatus.UNLAWFULLY_AT_LARGE}, "unlawfully_at_large"),
        ({"contact_status": ContactStatus.SUSPENDED}, "contact_suspended"),
        ({"contact_status": ContactStatus.DEAD}, "person_dead"),
        ({"restricted": True}, "restricted"),
    ],
)
def test_a_change_that_stops_texts_withdraws_those_that_wait(
    session: Session, om: Staff, now: datetime, changes: dict[str, object], code: str
) -> None:
    """Rule 2: in the same transaction."""
    person = builders.person(session, om)
    waiting = queue(session, person, "a", now)
    service.update_person(session, builders.actor(om), person.id, changes, now=now)
    session.refresh(waiting)
    assert waiting.status is MessageStatus.WITHDRAWN
    assert [
        reason.code
        for reason in contactability.contactability_of(session, [person.id], now)[
            person.id
        ].verdict.reasons
    ] == [code]


def test_a_change_of_a_fixed_field_is_refused_as_a_whole(
    session: Session, om: Staff, now: datetime
) -> None:
    """No other field changes either."""
    person = builders.person(session, om)
    with pytest.raises(Invalid):
        service.update_person(
            session, builders.actor(om), person.id, {"first_name": "Kat", "crn": "X000001"}, now=now
        )
    assert person.first_name == "Katrina"


def test_taking_back_the_approval_stops_texts(session: Session, om: Staff, now: datetime) -> None:
    """No text goes without the offender manager's approval."""
    person = builders.person(session, om)
    waiting = queue(session, person, "a", now)
    service.approve_texts(session, builders.actor(om), person.id, approved=False, now=now)
    session.refresh(waiting)
    assert waiting.status is MessageStatus.WITHDRAWN
    service.approve_texts(session, builders.actor(om), person.id, approved=True, now=now)
    assert contactability.contactability_of(session, [person.id], now)[person.id].verdict.allowed


def test_a_stopped_number_and_a_full_day_stop_a_text(
    session: Session, om: Staff, now: datetime
) -> None:
    """At most three texts a day from all services together (rule 1). STOP belongs to the number."""
    person = builders.person(session, om)
    for key in "abc":
        queue(session, person, key, now)
    verdict = contactability.contactability_of(session, [person.id], now)[person.id].verdict
    assert [reason.code for reason in verdict.reasons] == ["daily_cap"] and verdict.passing_only
    tomorrow = now + timedelta(days=1)
    assert contactability.contactability_of(session, [person.id], tomorrow)[
        person.id
    ].verdict.allowed
    suppression.suppress(session, NUMBER, reason="STOP", evidence="inbound:1", now=now)
    (reason,) = contactability.contactability_of(session, [person.id], tomorrow)[
        person.id
    ].verdict.reasons
    assert reason.code == "stopped"


def test_the_number_check_asks_once_without_content(
    session: Session, om: Staff, now: datetime
) -> None:
    """The question names only the first name. Asking again does nothing."""
    person = service.create_person(session, SYSTEM, new(om), now=now)
    message = contactability.request_check(
        session, contactability.contactability_of(session, [person.id], now)[person.id], now=now
    )
    assert message is not None
    assert message.body == "Hi, is this Katrina's phone? Reply 1 for yes, 2 for no"
    assert (
        contactability.request_check(
            session, contactability.contactability_of(session, [person.id], now)[person.id], now=now
        )
        is None
    )


def test_the_number_check_waits_for_the_morning(session: Session, om: Staff, now: datetime) -> None:
    """The phone may be a stranger's: nobody is woken at night."""
    night = now.replace(hour=22)
    person = service.create_person(session, SYSTEM, new(om), now=night)
    message = contactability.request_check(
        session, contactability.contactability_of(session, [person.id], night)[person.id], now=night
    )
    assert message is not None
    assert message.send_after == now + timedelta(days=1)


def test_a_number_of_a_person_in_custody_is_not_checked(
    session: Session, om: Staff, now: datetime
) -> None:
    """A number check is a text too."""
    person = service.create_person(
        session, SYSTEM, new(om, custody_status=CustodyStatus.CUSTODY), now=now
    )
    assert (
        contactability.request_check(
            session, contactability.contactability_of(session, [person.id], now)[person.id], now=now
        )
        is None
    )


def test_another_offender_managers_person_cannot_be_changed(
    session: Session, om: Staff, now: datetime
) -> None:
    """The answer is the same as for a person who does not exist."""
    person = builders.person(session, om)
    stranger = builders.actor(builders.staff(session, om.memberships[0].hub, name="Dai Rees"))
    for change in (
        lambda: phones.set_number(session, stranger, person.id, OTHER, now=now),
        lambda: phones.verify_number(session, stranger, person.id, how="x", now=now),
        lambda: service.update_person(session, stranger, person.id, {"first_name": "X"}, now=now),
    ):
        with pytest.raises(NotFound):
            change()
