"""Sharing agreements: who records them, what they open to which agency, and when."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.access import agreements
from engage.access.agreements import NewAgreement
from engage.access.model import Disclosure, SharingAgreement
from engage.access.policy import SYSTEM
from engage.access.sharing import RecordPart, open_part, parts_for
from engage.agencies.model import AgencyKind, Hub, Role, Staff
from engage.core.errors import Conflict, Forbidden, NotFound
from engage.core.model import Event
from engage.people import restrictions
from engage.people.model import Involvement, Person
from tests import builders


@pytest.fixture
def hub(session: Session) -> Hub:
    """A hub where a charity takes part."""
    made = builders.hub(session)
    builders.agency(session, made, "Homes North", AgencyKind.HOUSING)
    return made


@pytest.fixture
def jo(session: Session, hub: Hub) -> Staff:
    """A support worker of the charity."""
    return builders.staff(
        session, hub, Role.SUPPORT_WORKER, name="Jo Lamb", agency_name="Homes North"
    )


@pytest.fixture
def katrina(session: Session, hub: Hub, jo: Staff) -> Person:
    """A person with whom the charity works."""
    made = builders.person(session, builders.staff(session, hub))
    session.add(Involvement(person_id=made.id, agency_id=jo.agency_id, since=builders.NOW))
    session.flush()
    return made


def agree(
    session: Session,
    hub: Hub,
    jo: Staff,
    now: datetime,
    *,
    fields: Collection[RecordPart] = (RecordPart.PLAN,),
    starts_on: date = date(2027, 3, 20),
    ends_on: date = date(2027, 3, 31),
) -> SharingAgreement:
    """An agreement with the charity."""
    new = NewAgreement(
        hub.id, jo.agency_id, "to house them", "public task", fields, starts_on, ends_on
    )
    return agreements.record_agreement(session, SYSTEM, new, now=now)


def may_read(session: Session, jo: Staff, katrina: Person, part: RecordPart, at: datetime) -> bool:
    """Whether the support worker may read a part at a time."""
    try:
        open_part(session, builders.actor(jo), katrina.id, part, now=at, what="test")
    except Forbidden:
        return False
    return True


@pytest.mark.parametrize("part", list(RecordPart))
def test_an_agency_sees_what_is_agreed_and_no_other_part(
    session: Session, hub: Hub, jo: Staff, katrina: Person, now: datetime, part: RecordPart
) -> None:
    """An agreement opens health only if it names it."""
    agree(session, hub, jo, now, fields={part})
    assert {one for one in RecordPart if may_read(session, jo, katrina, one, now)} == {part}
    assert parts_for(session, builders.actor(jo), katrina, now=now) == {part}


@pytest.mark.parametrize(
    ("at", "open_then"),
    [
        ("2027-03-19T23:59:00+00:00", False),
        ("2027-03-20T00:00:00+00:00", True),
        ("2027-03-31T22:59:00+00:00", True),
        ("2027-03-31T23:00:00+00:00", False),
    ],
)
def test_it_is_in_force_from_its_first_day_to_its_last(
    session: Session, hub: Hub, jo: Staff, katrina: Person, now: datetime, at: str, open_then: bool
) -> None:
    """By the hub's local date: on the last day the clocks have changed."""
    agree(session, hub, jo, now - timedelta(days=2))
    assert may_read(session, jo, katrina, RecordPart.PLAN, datetime.fromisoformat(at)) is open_then


def test_each_use_of_an_agreement_is_logged_as_a_disclosure(
    session: Session, hub: Hub, jo: Staff, katrina: Person, now: datetime
) -> None:
    """The log names the agreement. Access by role is not a disclosure."""
    made = agree(session, hub, jo, now)
    assert may_read(session, jo, katrina, RecordPart.PLAN, now)
    assert not may_read(session, jo, katrina, RecordPart.LEGAL, now)
    assert may_read(session, katrina.offender_manager, katrina, RecordPart.PLAN, now)
    logged = session.scalars(select(Disclosure)).one()
    assert (logged.agreement_id, logged.recipient, logged.fields) == (
        made.id,
        "Homes North",
        ["plan"],
    )
    assert session.scalar(select(func.count()).where(Event.kind == "record.disclosed")) == 1


def test_an_ended_agreement_opens_nothing(
    session: Session, hub: Hub, jo: Staff, katrina: Person, now: datetime
) -> None:
    """It ends at once and cannot be ended again."""
    made = agree(session, hub, jo, now)
    agreements.end_agreement(session, SYSTEM, made.id, now=now)
    assert not may_read(session, jo, katrina, RecordPart.PLAN, now)
    with pytest.raises(Conflict):
        agreements.end_agreement(session, SYSTEM, made.id, now=now)


def test_it_does_not_open_people_of_other_agencies_or_restricted_records(
    session: Session, hub: Hub, jo: Staff, katrina: Person, now: datetime
) -> None:
    """An agreement adds parts of records, never people."""
    agree(session, hub, jo, now, fields=set(RecordPart))
    stranger = builders.person(session, katrina.offender_manager, number=None)
    katrina.restricted = True
    session.flush()
    for person in (stranger, katrina):
        with pytest.raises(NotFound):
            may_read(session, jo, person, RecordPart.PLAN, now)
    restrictions.name_staff(session, SYSTEM, katrina.id, jo.id, excluded=False, now=now)
    assert may_read(session, jo, katrina, RecordPart.PLAN, now)


@pytest.mark.parametrize("role", list(Role))
def test_who_records_and_ends_them(
    session: Session, hub: Hub, jo: Staff, now: datetime, role: Role
) -> None:
    """Coordinators, supervisors and administrators, for their own hub."""
    actor = builders.actor(builders.staff(session, hub, role, name="Ann Bold"))
    new = NewAgreement(hub.id, jo.agency_id, "a", "b", {RecordPart.PLAN}, now.date(), now.date())
    made = agree(session, hub, jo, now)
    if role in agreements.MANAGERS:
        assert agreements.record_agreement(session, actor, new, now=now).recorded_by == actor.label
        assert agreements.end_agreement(session, actor, made.id, now=now).ended_by == actor.label
    else:
        with pytest.raises(Forbidden):
            agreements.record_agreement(session, actor, new, now=now)
        with pytest.raises(NotFound):
            agreements.end_agreement(session, actor, made.id, now=now)
