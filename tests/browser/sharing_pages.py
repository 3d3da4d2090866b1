"""Rows for the record access pages: agreements, disclosures, an emergency, limits and a merge."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from engage.access import emergency
from engage.access.model import Disclosure, SharingAgreement
from engage.access.policy import SYSTEM, staff_actor
from engage.agencies import setup
from engage.agencies.model import Hub, Role, Staff
from engage.people import restrictions
from engage.people.model import Person
from engage.records.merging import service as merging
from tests import builders

LONG = "w" * 120


def fill(session: Session, hub: Hub, person: Person, now: datetime) -> list[str]:
    """Add every kind of row. Returns the addresses of the pages."""
    agency = builders.agency(session, hub, "Tyne Recovery")
    for days in (-40, 0, 40):
        agreement = SharingAgreement(
            hub_id=hub.id,
            agency_id=agency.id,
            purpose=f"to house them {LONG}",
            lawful_basis="public task",
            fields=["plan", "progress", "health"],
            starts_on=now.date() + timedelta(days=days),
            ends_on=now.date() + timedelta(days=days + 20),
            recorded_by="system",
            recorded_at=now,
        )
        session.add(agreement)
    session.flush()
    session.add(
        Disclosure(
            person_id=person.id,
            agreement_id=agreement.id,
            agency_id=agency.id,
            recipient="Tyne Recovery",
            purpose=f"to house them {LONG}",
            lawful_basis="public task",
            fields=["plan", "health"],
            actor="system",
            at=now,
        )
    )
    dai: Staff = builders.staff(session, hub, name="Dai Rees", email="dai@probation.example")
    ann: Staff = builders.staff(
        session, hub, Role.SUPERVISOR, name="Ann Bold", email="ann@probation.example"
    )
    emergency.open_record(
        session, staff_actor(dai), person.crn, reason=f"Found hurt in the street {LONG}", now=now
    )
    restrictions.name_staff(session, SYSTEM, person.id, ann.id, excluded=True, now=now)
    for crn in ("X320742", "X320743"):
        builders.person(session, person.offender_manager, crn=crn, last_name=LONG[:60], number=None)
    merging.merge(
        session, SYSTEM, person.id, "X320743", reason=f"The same birthday {LONG}", now=now
    )
    setup.set_hub_setting(session, hub, "silent_days", 21, actor="system", now=now)
    whose = f"/people/{person.id}"
    return [
        "/agreements",
        "/emergency",
        f"/hubs/{hub.id}",
        f"{whose}/record-access",
        f"{whose}/shared-appointments",
        f"{whose}/merge",
        f"{whose}/merge?crn=X320742",
        f"{whose}/merge?crn=X999999",
    ]
