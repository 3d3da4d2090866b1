"""A closed record opened in an emergency: with a reason, for some hours, for reading, and never in
secret.
"""

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access import emergency, scope
from engage.access.model import BreakGlass
from engage.access.policy import (
    Ability,
    Actor,
    abilities,
    may_change,
    open_person,
)
from engage.agencies.model import Hub, Role, Staff
from engage.core.db import Database
from engage.core.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
)
from engage.core.model import AccessRecord, Event
from engage.people import restrictions
from engage.people.model import Person, RecordAccess
from engage.signals import Signal, SignalKind
from messaging.tables import Message
from tests import builders

REASON = "Found hurt in the street, needs their worker now"


@pytest.fixture
def hub(session: Session) -> Hub:
    """One hub, where emergencies last two hours."""
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
    """Somebody else's offender manager reads the case and the texts, no health, and changes
    nothing; then it is closed again.
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


def test_lists_for_more_than_reading_leave_it_out(
    session: Session, hub: Hub, katrina: Person, now: datetime
) -> None:
    """On a list for reading the person is there; on one of signals or of health they are not."""
    dai = opened(session, builders.actor(builders.staff(session, hub, name="Dai Rees")), now)

    def listed(ability: Ability) -> list[Person]:
        return list(session.scalars(select(Person).where(scope.people(dai, ability))))

    assert listed(Ability.VIEW) == listed(Ability.CONVERSE) == [katrina]
    assert listed(Ability.SIGNALS) == listed(Ability.HEALTH) == listed(Ability.MANAGE) == []


def test_the_offender_manager_is_told_at_once(
    session: Session, hub: Hub, pat: Staff, katrina: Person, now: datetime
) -> None:
    """A signal with who it was, a notice that says nothing of it, an event and a line of the access
    log; the reason is in none of them.
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
def test_a_restricted_record_opens_for_whoever_works_in_the_hub(
    session: Session, hub: Hub, katrina: Person, now: datetime, role: Role
) -> None:
    """It was closed to all three; a coordinator who opened it so may still change nothing."""
    katrina.restricted = True
    actor = opened(
        session, builders.actor(builders.staff(session, hub, role, name="Ann Bold")), now
    )
    assert open_person(session, actor, katrina.id, now=now, what="test") is katrina
    assert not restrictions.may_limit(actor, katrina) and not may_change(actor, katrina)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
def test_who_has_no_emergencies(
    session: Session, hub: Hub, katrina: Person, now: datetime, role: Role
) -> None:
    """Auditors and administrators."""
    actor = builders.actor(builders.staff(session, hub, role, name="Ann Bold"))
    with pytest.raises(Forbidden):
        opened(session, actor, now)


def test_nobody_opens_what_is_closed_to_them_by_name(
    session: Session, hub: Hub, katrina: Person, now: datetime
) -> None:
    """They are told what everybody is told of a CRN that does not exist; barred later, they lose
    what they had opened.
    """
    ann = builders.staff(session, hub, Role.SUPERVISOR, name="Ann Bold")
    dai = builders.staff(session, hub, name="Dai Rees")
    session.add(RecordAccess(person_id=katrina.id, staff_id=ann.id, excluded=True))
    session.flush()
    with pytest.raises(NotFound) as barred:
        opened(session, builders.actor(ann), now)
    with pytest.raises(NotFound) as unknown:
        emergency.open_record(session, builders.actor(ann), "X999999", reason=REASON, now=now)
    assert barred.value.detail == unknown.value.detail
    actor = opened(session, builders.actor(dai), now)
    session.add(RecordAccess(person_id=katrina.id, staff_id=dai.id, excluded=True))
    session.flush()
    with pytest.raises(NotFound):
        open_person(session, actor, katrina.id, now=now, what="test")
    assert not emergency.with_opened(session, builders.actor(dai), now=now).opened


def test_another_hub_s_people_stay_closed(session: Session, katrina: Person, now: datetime) -> None:
    """There is no such record for them."""
    stranger = builders.staff(session, builders.hub(session, "Gwent"))
    with pytest.raises(NotFound):
        opened(session, builders.actor(stranger), now)


def test_who_sees_the_record_already_need_not_open_it(
    session: Session, hub: Hub, pat: Staff, katrina: Person, now: datetime
) -> None:
    """By role, or because it is opened still."""
    with pytest.raises(Conflict):
        opened(session, builders.actor(pat), now)
    dai = builders.actor(builders.staff(session, hub, name="Dai Rees"))
    opened(session, dai, now)
    with pytest.raises(Conflict):
        opened(session, dai, now)


@pytest.mark.parametrize("reason", ["", "urgent", " " * 40, "a" * 501])
def test_a_reason_must_say_something(
    session: Session, hub: Hub, katrina: Person, now: datetime, reason: str
) -> None:
    """In words; nothing is opened otherwise."""
    dai = builders.actor(builders.staff(session, hub, name="Dai Rees"))
    with pytest.raises(Invalid):
        emergency.open_record(session, dai, "X320741", reason=reason, now=now)
    assert session.scalars(select(BreakGlass)).all() == []


def test_pressed_twice_at_once_it_opens_once(committed: Database, now: datetime) -> None:
    """The second is told that it is open."""
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


def test_it_ends_with_the_work_in_the_hub(
    session: Session, hub: Hub, katrina: Person, now: datetime
) -> None:
    """Who works in another hub by now reads nothing more here, whatever hours are left."""
    dai = builders.staff(session, hub, name="Dai Rees")
    opened(session, builders.actor(dai), now)
    dai.memberships[0].hub_id = builders.hub(session, "Gwent").id
    session.flush()
    moved = emergency.with_opened(session, builders.actor(dai), now=now)
    with pytest.raises(NotFound):
        open_person(session, moved, katrina.id, now=now, what="test")
