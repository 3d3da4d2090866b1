"""The invented hub: its agencies, staff and sharing agreements."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.model import SharingAgreement
from engage.access.policy import SYSTEM
from engage.access.sharing import RecordPart
from engage.agencies import service as agencies
from engage.agencies.model import Agency, AgencyKind, Area, Hub, Role, Staff
from engage.demo.seed import PASSWORD

HUB, AREA = "Wearside", "Wear and Tees"
CASELOAD = 50
"""People per offender manager."""
OFFICERS = (
    "Ann Bates",
    "Bilal Shah",
    "Cerys Pugh",
    "Dom Reilly",
    "Esther Cole",
    "Femi Ade",
    "Gwen Parry",
    "Hugh Lamb",
    "Isla Frost",
    "Jo Marr",
)
PARTNERS = (
    ("Wear Recovery", AgencyKind.DRUG_AND_ALCOHOL, "Kim Dale"),
    ("Riverside Housing", AgencyKind.HOUSING, "Lin Shaw"),
    ("Coleg Gwaith", AgencyKind.EDUCATION, "Nia Pryce"),
    ("Jobcentre Plus", AgencyKind.JOBCENTRE, "Ravi Nair"),
    ("The Bridge", AgencyKind.CHARITY, "Bev Stone"),
)
SENIORS = (
    ("coordinator", "Chris Vale", "Wearside Police", Role.COORDINATOR),
    ("supervisor", "Sal North", "Wearside Probation", Role.SUPERVISOR),
    ("auditor", "Robin East", "Wearside Probation", Role.AUDITOR),
    ("administrator", "Alex West", "Wearside Probation", Role.ADMINISTRATOR),
)


@dataclass(frozen=True)
class DemoHub:
    """The hub and its staff. `partners` are the agencies other than probation, each with a
    worker.
    """

    hub: Hub
    probation: Agency
    police: Agency
    officers: tuple[Staff, ...]
    partners: tuple[tuple[Agency, Staff], ...]
    agreements: tuple[SharingAgreement, ...]
    coordinator: Staff
    supervisor: Staff

    def officer_of(self, number: int) -> Staff:
        """The offender manager of the person with that number."""
        return self.officers[(number // CASELOAD) % len(self.officers)]

    @property
    def agencies(self) -> tuple[Agency, ...]:
        """All agencies."""
        return (self.probation, self.police, *(agency for agency, _ in self.partners))


def exists(session: Session) -> bool:
    """Whether the demonstration already exists."""
    return (
        session.scalar(select(Hub.id).join(Area, Area.id == Hub.area_id).where(Area.name == AREA))
        is not None
    )


def build(session: Session, *, now: datetime, since: datetime) -> DemoHub:
    """Create the hub, its agencies and staff, all with the demonstration's password, and sharing
    agreements with two partners.
    """
    area = Area(name=AREA)
    session.add(area)
    session.flush()
    hub = Hub(
        area_id=area.id, name=HUB, phone="0191 498 0200", timezone="Europe/London", settings={}
    )
    probation = Agency(area_id=area.id, name="Wearside Probation", kind=AgencyKind.PROBATION)
    police = Agency(area_id=area.id, name="Wearside Police", kind=AgencyKind.POLICE)
    others = [Agency(area_id=area.id, name=name, kind=kind) for name, kind, _ in PARTNERS]
    session.add_all([hub, probation, police, *others])
    session.flush()
    officers = tuple(
        _staff(session, hub, probation, name, Role.OFFENDER_MANAGER, since) for name in OFFICERS
    )
    workers = [
        _staff(session, hub, agency, name, Role.SUPPORT_WORKER, since)
        for agency, (_, _, name) in zip(others, PARTNERS, strict=True)
    ]
    seniors = {
        address: _staff(
            session,
            hub,
            police if "Police" in office else probation,
            name,
            role,
            since,
            address=address,
        )
        for address, name, office, role in SENIORS
    }
    agencies.set_password(session, officers[0], PASSWORD, actor=SYSTEM.label, now=now)
    for one in (*officers[1:], *workers, *seniors.values()):
        one.password_hash = officers[0].password_hash
    agreements = tuple(_agreement(hub, agency.id, since) for agency in others[:2])
    session.add_all(agreements)
    session.flush()
    return DemoHub(
        hub=hub,
        probation=probation,
        police=police,
        officers=officers,
        partners=tuple(zip(others, workers, strict=True)),
        agreements=agreements,
        coordinator=seniors["coordinator"],
        supervisor=seniors["supervisor"],
    )


def _staff(
    session: Session,
    hub: Hub,
    agency: Agency,
    name: str,
    role: Role,
    now: datetime,
    *,
    address: str | None = None,
) -> Staff:
    local = address or name.lower().replace(" ", ".")
    return agencies.add_staff(
        session,
        email=f"{local}@wearside.example",
        name=name,
        agency=agency,
        hub=hub,
        roles=[role],
        actor=SYSTEM.label,
        now=now,
    )


def _agreement(hub: Hub, agency_id: uuid.UUID, since: datetime) -> SharingAgreement:
    return SharingAgreement(
        hub_id=hub.id,
        agency_id=agency_id,
        purpose="To plan support together",
        lawful_basis="Crime and Disorder Act 1998, section 115",
        fields=[RecordPart.APPOINTMENTS.value, RecordPart.STATUS.value, RecordPart.PLAN.value],
        starts_on=since.date(),
        ends_on=since.date() + timedelta(days=730),
        recorded_by=SYSTEM.label,
        recorded_at=since,
    )
