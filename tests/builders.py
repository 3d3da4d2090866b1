"""Builders of people and what belongs to them. Each adds a row and flushes; the caller's
transaction keeps it or not.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.access.policy import Actor, staff_actor
from engage.agencies.model import Agency, AgencyKind, Area, Hub, Membership, Role, Staff
from engage.appointments.model import Appointment, AppointmentType
from engage.people.model import ContactPoint, NumberState, Person
from engage.progress.model import ReportFact, ReportKind, SelfReport

NOW = datetime.fromisoformat("2027-03-20T09:00:00+00:00")


def hub(session: Session, name: str = "Tyneside", **settings: Any) -> Hub:
    """A hub in an area of its own, with the agency Probation."""
    area = Area(name=f"{name} area")
    session.add(area)
    session.flush()
    made = Hub(
        area_id=area.id,
        name=name,
        phone="0191 498 0100",
        timezone="Europe/London",
        settings=settings,
    )
    session.add_all([made, Agency(area_id=area.id, name="Probation", kind=AgencyKind.PROBATION)])
    session.flush()
    return made


def agency(
    session: Session, at: Hub, name: str = "Probation", kind: AgencyKind = AgencyKind.CHARITY
) -> Agency:
    """The agency of that name in the hub's area, added if it does not exist."""
    found = session.scalars(
        select(Agency).where(Agency.area_id == at.area_id, Agency.name == name)
    ).one_or_none()
    if found is None:
        found = Agency(area_id=at.area_id, name=name, kind=kind)
        session.add(found)
        session.flush()
    return found


def staff(
    session: Session,
    at: Hub,
    *roles: Role,
    name: str = "Pat Hale",
    email: str | None = None,
    agency_name: str = "Probation",
) -> Staff:
    """A member of staff with roles (offender manager by default)."""
    count = session.scalar(select(func.count()).select_from(Staff))
    made = Staff(
        agency=agency(session, at, agency_name),
        email=email or f"{name.split()[0].lower()}.{count}@probation.example",
        name=name,
        first_name=name.split()[0],
    )
    made.memberships = [
        Membership(hub_id=at.id, role=role) for role in roles or (Role.OFFENDER_MANAGER,)
    ]
    session.add(made)
    session.flush()
    return made


def actor(of: Staff) -> Actor:
    """The actor for a member of staff."""
    return staff_actor(of)


def person(
    session: Session,
    om: Staff,
    *,
    number: str | None = "+447700900101",
    verified: bool = True,
    first_name: str = "Katrina",
    last_name: str = "Dodds",
    crn: str | None = None,
    now: datetime = NOW,
    **values: Any,
) -> Person:
    """A person of that offender manager, by default with approval of texts and a number that can be
    texted.
    """
    count = session.scalar(select(func.count()).select_from(Person)) or 0
    made = Person(
        crn=crn or f"X{100000 + count}",
        hub_id=min(om.memberships, key=lambda held: held.role is not Role.OFFENDER_MANAGER).hub_id,
        offender_manager_id=om.id,
        first_name=first_name,
        last_name=last_name,
        **{"texts_approved_at": now, "texts_approved_by_id": om.id, **values},
    )
    session.add(made)
    session.flush()
    if number is not None:
        session.add(
            ContactPoint(
                person_id=made.id,
                given=number,
                number=number,
                state=NumberState.VERIFIED if verified else NumberState.UNVERIFIED,
                verified_at=now if verified else None,
                verified_how="asked face to face" if verified else None,
                safe_until=now + timedelta(days=90) if verified else None,
                created_at=now,
            )
        )
        session.flush()
    return made


def appointment(
    session: Session,
    whose: Person,
    starts_at: datetime,
    *,
    agency_name: str = "Probation",
    now: datetime = NOW,
    **values: Any,
) -> Appointment:
    """An appointment row alone, without the reminders that booking would plan."""
    at = session.get_one(Hub, whose.hub_id)
    made = Appointment(
        hub_id=at.id,
        person_id=whose.id,
        agency_id=agency(session, at, agency_name).id,
        starts_at=starts_at,
        created_at=now,
        updated_at=now,
        **{
            "type": AppointmentType.OFFICE,
            "minutes": 30,
            "worker_name": "Pat",
            "place": "the centre on Bridge St",
            "place_alias": "the centre on Bridge St",
            "enforceable": True,
            "created_by": "system",
            **values,
        },
    )
    session.add(made)
    session.flush()
    return made


def report(
    session: Session,
    whose: Person,
    said_at: datetime,
    *,
    kind: ReportKind = ReportKind.HOUSING,
    fact: ReportFact | None = ReportFact.GOT_HOME,
    **values: Any,
) -> SelfReport:
    """A self-report given to a worker, or by the text `inbound_id`."""
    made = SelfReport(
        person_id=whose.id,
        kind=kind,
        fact=fact,
        said_at=said_at,
        **{"recorded_by": "system", **values},
    )
    session.add(made)
    session.flush()
    return made
