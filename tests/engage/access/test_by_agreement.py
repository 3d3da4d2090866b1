"""What staff see by a sharing agreement: no health unless the agreement names it."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from engage.access import agreements
from engage.access.agreements import NewAgreement
from engage.access.policy import SYSTEM, Actor
from engage.access.sharing import RecordPart
from engage.agencies.model import AgencyKind, Hub, Role, Staff
from engage.appointments.kinds import AppointmentType
from engage.legal import requirements
from engage.legal.model import RequirementKind
from engage.people.model import Involvement, Person
from engage.queries.appointments import shared_appointments
from engage.queries.legal import legal
from tests import builders
from tests.builders import NOW
from tests.engage.legal import scenes
from tests.engage.legal.scenes import TODAY


@pytest.fixture
def om(session: Session) -> Staff:
    """An offender manager."""
    return builders.staff(session, builders.hub(session))


@pytest.fixture
def katrina(session: Session, om: Staff) -> Person:
    """A person on their caseload."""
    return builders.person(session, om)


@pytest.fixture
def worker(session: Session, om: Staff, katrina: Person) -> Actor:
    """A worker of a housing agency that works with her. An agreement opens appointments and orders
    to it.
    """
    hub = session.get_one(Hub, katrina.hub_id)
    agency = builders.agency(session, hub, "Homes North", AgencyKind.HOUSING)
    session.add(Involvement(person_id=katrina.id, agency_id=agency.id, since=NOW))
    new = NewAgreement(
        hub_id=hub.id,
        agency_id=agency.id,
        purpose="Housing",
        lawful_basis="Public task",
        fields=(RecordPart.APPOINTMENTS, RecordPart.LEGAL),
        starts_on=TODAY,
        ends_on=TODAY + timedelta(days=30),
    )
    agreements.record_agreement(session, SYSTEM, new, now=NOW)
    made = builders.staff(
        session, hub, Role.SUPPORT_WORKER, name="Jo Lamb", agency_name="Homes North"
    )
    return builders.actor(made)


def test_drug_tests_are_left_out_of_the_appointments(
    session: Session, om: Staff, worker: Actor, katrina: Person
) -> None:
    """The other appointments are shown. The offender manager sees all of them."""
    for days, sort in enumerate((AppointmentType.OFFICE, AppointmentType.DRUG_TEST), start=1):
        builders.appointment(session, katrina, NOW + timedelta(days=days), type=sort)
    shared = shared_appointments.load(session, worker, katrina.id, now=NOW).rows
    assert [one.type for one in shared] == [AppointmentType.OFFICE]
    assert len(shared_appointments.load(session, builders.actor(om), katrina.id, now=NOW).rows) == 2


def test_treatment_is_left_out_of_the_requirements(
    session: Session, om: Staff, worker: Actor, katrina: Person
) -> None:
    """The order is shown with its activity days. The drug rehabilitation requirement is shown only
    to users who see the whole case.
    """
    order = scenes.order(session, katrina)
    scenes.rar(session, order)
    requirements.add_requirement(
        session,
        SYSTEM,
        order.id,
        kind=RequirementKind.DRR,
        starts_on=order.starts_on,
        tests_every_days=7,
        now=NOW,
    )
    (shown,) = legal.load(session, worker, katrina.id, now=NOW).orders
    assert [one.kind for one in shown.requirements] == [RequirementKind.RAR]
    (whole,) = legal.load(session, builders.actor(om), katrina.id, now=NOW).orders
    assert len(whole.requirements) == 2
