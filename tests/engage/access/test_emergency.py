"""Emergency access to a record: with a reason, for some hours, reading only, never in secret."""

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access import emergency, scope
from engage.access.model import BreakGlass
from engage.access.policy import Ability, Actor, abilities, may_change, open_person
from engage.agencies.model import Hub, Role, Staff
from engage.core.db import Database
from engage.core.errors import Conflict, Forbidden, Invalid, NotFound
from engage.core.model import AccessRecord, Event
from engage.people import restrictions
from engage.people.model import Person, RecordAccess
from engage.signals import Signal, SignalKind
from messaging.tables import Message
from tests import builders

REASON = "Found hurt in the street, needs their worker now"


@pytest.fixture
def hub(session: Session) -> Hub:
    """A hub where emergency access lasts two hours."""
    return builders.hub(session, break_glass_hours=2)


@pytest.fixture
def pat(session: Session, hub: Hub) -> Staff:
    """The offender manager, who has a mobile for notices."""
    made = builders.staff(session, hub)
    made.mobile = "+447700900777"
    session.flush()
    return made


@pytest.fixture
def katrina(session: Session, pat: Staff) -> Person:
    """One of Pat's people."""
    return builders.person(session, pat, crn="X320741")


def opened(session: Session, actor: Actor, now: datetime) -> Actor:
    """The actor after opening the record."""
    emergency.open_record(session, actor, "X320741", reason=REASON, now=now)
    return emergency.with_opened(session, actor, now=now)


def test_it_opens_for_reading_for_the_hours_that_the_hub_allows(
    session: Session, hub: Hub, katrina: Person, now: datetime
) -> None:
    """Another offender manager reads the case and the texts, but no health, and changes nothing.
    Then the record is closed again.
    """
    dai = builders.actor(builders.staff(session, hub, name="Dai Rees"))
    with pytest.raises(NotFound):
        open_person(session, dai, katrina.id, now=now, what="test")
    dai = opened(session, dai, now)
    person = open_person(session, dai, katrina.id, now=now, what="test", ability=Ability.CASE)
    assert abilities(dai, person) == {Ability.VIEW, Ability.CONVERSE, Ability.CASE}
    assert not may_change(dai, person)
    with pytest.raises(Forbidden):
        open_person(session, dai, katrina.id, now=now, what="test", ability=Ability.HEALTH)
    almost = now + timedelta(minutes=119)
    assert emergency.with_opened(session, dai, now=almost).opened == {katrina.id}
    after = now + timedelta(hours=2)
    assert not emergency.with_opened(session, dai, now=after).opened


def test_the_person_is_only_on_lists_for_reading(
    session: Session, hub: Hub, katrina: Person, now: datetime
) -> None:
    """They are not on lists of signals or health."""
    dai = opened(session, builders.actor(builders.staff(session, hub, name="Dai Rees")), now)

    def listed(ability: Ability) -> list[Person]:
        return list(session.scalars(select(Person).where(scope.people(dai, ability))))

    assert listed(Ability.VIEW) == listed(Ability.CONVERSE) == [katrina]
    assert listed(Ability.SIGNALS) == listed(Ability.HEALTH) == listed(Ability.MANAGE) == []


def test_the_offender_manager_is_told_at_once(
    session: Session, hub: Hub, pat: Staff, katrina: Person, now: datetime
) -> None:
    """By a signal that names the member of staff and a notice without details. An event and a line
    of the access log are recorded. None of them contains the reason.
    """
    dai = builders.staff(session, hub, name="Dai Rees")
    emergency.open_record(session, builders.actor(dai), "X320741", reason=REASON, now=now)
    signal = session.scalars(select(Signal)).one()
    assert signal.kind is SignalKind.RECORD_OPENED and signal.person_id == katrina.id
    assert "Dai Rees" in signal.why and REASON not in signal.why
    notice = session.scalars(select(Message)).one()
    assert (
        notice.to_number == pat.mobile and "Katrina" not in notice.body and notice.send_after == now
    )
    event = session.scalars(select(Event).where(Event.kind == "record.opened")).one()
    assert set(event.data) == {"opening", "ends_at"} and event.person_id == katrina.id
    looked = session.scalars(select(AccessRecord)).one()
    assert (looked.what, looked.actor) == ("opened in an emergency", f"staff:{dai.id}")
    assert session.scalars(select(BreakGlass)).one().reason == REASON


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.SUPERVISOR, Role.SUPPORT_WORKER])
def test_a_restricted_record_opens_for_staff_of_the_hub(
    session: Session, hub: Hub, katrina: Person, now: datetime, role: Role
) -> None:
    """It was closed to all three roles. A coordinator who opens it this way may change nothing."""
    katrina.restricted = True
    actor = opened(
        session, builders.actor(builders.staff(session, hub, role, name="Ann Bold")), now
    )
    assert open_person(session, actor, katrina.id, now=now, what="test") is katrina
    assert not restrictions.may_limit(actor, katrina) and not may_change(actor, katrina)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
def test_auditors_and_administrators_have_no_emergency_access(
    session: Session, hub: Hub, katrina: Person, now: datetime, role: Role
) -> None:
    """Their roles do not allow it."""
    actor = builders.actor(builders.staff(session, hub, role, name="Ann Bold"))
    with pytest.raises(Forbidden):
        opened(session, actor, now)


def test_staff_excluded_by_name_cannot_open_the_record(
    session: Session, hub: Hub, katrina: Person, now: datetime
) -> None:
    """The answer is the same as for a CRN that does not exist. Staff who are excluded later lose
    the access they had.
    """
    ann = builders.staff(session, hub, Role.SUPERVISOR, name="Ann Bold")
    dai = builders.staff(session, hub, name="Dai Rees")
    session.add(RecordAccess(person_id=katrina.id, staff_id=ann.id, excluded=True))
    session.flush()
    with pytest.raises(NotFound) as excluded:
        opened(session, builders.actor(ann), now)
    with pytest.raises(NotFound) as unknown:
        emergency.open_record(session, builders.actor(ann), "X999999", reason=REASON, now=now)
    assert excluded.value.detail == unknown.value.detail
    actor = opened(session, builders.actor(dai), now)
    session.add(RecordAccess(person_id=katrina.id, staff_id=dai.id, excluded=True))
    session.flush()
    with pytest.raises(NotFound):
        open_person(session, actor, katrina.id, now=now, what="test")
    assert not emergency.with_opened(session, builders.actor(dai), now=now).opened


def test_people_of_another_hub_stay_closed(
    session: Session, katrina: Person, now: datetime
) -> None:
    """The record is not found."""
    stranger = builders.staff(session, builders.hub(session, "Gwent"))
    with pytest.raises(NotFound):
        opened(session, builders.actor(stranger), now)


def test_a_record_that_is_open_to_the_actor_is_not_opened_again(
    session: Session, hub: Hub, pat: Staff, katrina: Person, now: datetime
) -> None:
    """It is open by role, or by emergency access that has not expired."""
    with pytest.raises(Conflict):
        opened(session, builders.actor(pat), now)
    dai = builders.actor(builders.staff(session, hub, name="Dai Rees"))
    opened(session, dai, now)
    with pytest.raises(Conflict):
        opened(session, dai, now)


@pytest.mark.parametrize("reason", ["", "urgent", " " * 40, "a" * 501])
def test_a_reason_must_be_long_enough_and_not_too_long(
    session: Session, hub: Hub, katrina: Person, now: datetime, reason: str
) -> None:
    """Otherwise nothing is opened."""
    dai = builders.actor(builders.staff(session, hub, name="Dai Rees"))
    with pytest.raises(Invalid):
        emergency.open_record(session, dai, "X320741", reason=reason, now=now)
    assert session.scalars(select(BreakGlass)).all() == []


def test_two_requests_at_once_open_it_once(committed: Database, now: datetime) -> None:
    """The second is refused because the record is open."""
    with committed.begin() as session:
        hub = builders.hub(session)
        builders.person(session, builders.staff(session, hub), crn="X320741")
        dai = builders.actor(builders.staff(session, hub, name="Dai Rees"))
    answers: list[str] = []
    start = threading.Barrier(2)

    def do() -> None:
        start.wait()
        try:
            with committed.begin() as session:
                opened(session, dai, now)
            answers.append("opened")
        except Conflict as refusal:
            answers.append(refusal.code)

    threads = [threading.Thread(target=do) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["open_already", "opened"]


def test_it_ends_when_the_member_of_staff_leaves_the_hub(
    session: Session, hub: Hub, katrina: Person, now: datetime
) -> None:
    """After a move to another hub they read nothing here, even before the access expires."""
    dai = builders.staff(session, hub, name="Dai Rees")
    opened(session, builders.actor(dai), now)
    dai.memberships[0].hub_id = builders.hub(session, "Gwent").id
    session.flush()
    moved = emergency.with_opened(session, builders.actor(dai), now=now)
    with pytest.raises(NotFound):
        open_person(session, moved, katrina.id, now=now, what="test")
