"""Demonstration data: one hub with its agencies, staff and a small caseload, made through the same
use cases as real data.

Beside the people and their appointments it has what a hub sets up in time: who is on call and on
which mobile, when Pat is free, who may rebook by text, whom Engage asks how things are, and news
that people told a worker; and the case of one person, whole (seed_case.py).

Seeding twice changes nothing. The people are invented and their numbers come from the range that
Ofcom keeps for drama. Never run in production: the callers refuse.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import count, islice
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import SYSTEM
from engage.agencies import service as agencies
from engage.agencies import staff_notices
from engage.agencies.hub_settings import zone
from engage.agencies.model import Agency, AgencyKind, Area, Hub, Role, Staff
from engage.appointments import booking as appointments
from engage.appointments.booking import NewAppointment
from engage.appointments.free_times import service as slots
from engage.appointments.free_times.service import NewTimes
from engage.appointments.model import AppointmentType, OutcomeCode
from engage.compliance import outcomes
from engage.conversation.safety import rota
from engage.conversation.safety.rota import NewTurn
from engage.core.local_time import local_day
from engage.core.working_days import is_working_day
from engage.demo import seed_case
from engage.people import phones, rebooking_permission
from engage.people import service as people
from engage.people.model import CustodyStatus, Language, LegalStatus, Person
from engage.people.service import NewPerson
from engage.progress import service as progress
from engage.progress.check_ins import service as check_ins
from engage.progress.check_ins.rules import Schedule
from engage.progress.kinds import ReportFact, ReportKind

HUB = "Tyneside"
PASSWORD = "demonstration-only"  # noqa: S105 — opens nothing but invented people

AGENCIES = [
    ("Probation", AgencyKind.PROBATION),
    ("Tyne Recovery", AgencyKind.DRUG_AND_ALCOHOL),
    ("City Housing", AgencyKind.HOUSING),
    ("Coleg y Cwm", AgencyKind.EDUCATION),
    ("Jobcentre", AgencyKind.JOBCENTRE),
    ("Women's Hub", AgencyKind.CHARITY),
    ("Northumbria Police", AgencyKind.POLICE),
]

STAFF = [
    ("p.hale@probation.example", "Pat Hale", "Probation", Role.OFFENDER_MANAGER),
    ("d.rees@probation.example", "Dai Rees", "Probation", Role.OFFENDER_MANAGER),
    ("c.okafor@police.example", "Chidi Okafor", "Northumbria Police", Role.COORDINATOR),
    ("s.ward@probation.example", "Sheila Ward", "Probation", Role.SUPERVISOR),
    ("jo@tynerecovery.example", "Jo Lamb", "Tyne Recovery", Role.SUPPORT_WORKER),
    ("admin@engage.example", "Alex Reid", "Probation", Role.ADMINISTRATOR),
    ("audit@engage.example", "Robin Platt", "Probation", Role.AUDITOR),
]


@dataclass(frozen=True)
class _SeedPerson:
    """One invented person: who they are, and how they may be reached."""

    crn: str
    first_name: str
    last_name: str
    number: str | None
    om: str = "p.hale@probation.example"
    language: Language = Language.ENGLISH
    legal_status: LegalStatus = LegalStatus.STATUTORY
    custody_status: CustodyStatus = CustodyStatus.COMMUNITY
    verified: bool = True
    preferred_name: str | None = None


CASELOAD = [
    _SeedPerson("X700201", "Leanne", "Archer", "07700 900201"),
    _SeedPerson("X700202", "Marcus", "Bell", "07700 900202"),
    _SeedPerson("X700203", "Rhiannon", "Price", "07700 900203", language=Language.WELSH),
    _SeedPerson("X700204", "Anthony", "Cairns", "07700 900204", preferred_name="Tony"),
    _SeedPerson(
        "X700205", "Bethany", "Dunn", "07700 900205", legal_status=LegalStatus.NON_STATUTORY
    ),
    _SeedPerson("X700206", "Craig", "Ellis", "07700 900206", custody_status=CustodyStatus.CUSTODY),
    _SeedPerson("X700207", "Donna", "Fenwick", None),
    _SeedPerson("X700208", "Ewan", "Grant", "07700 900208", verified=False),
    _SeedPerson("X700209", "Faye", "Hewitt", "07700 900209"),
    _SeedPerson("X700210", "Gary", "Irwin", "07700 900209"),
    _SeedPerson(
        "X700211",
        "Huw",
        "Jenkins",
        "07700 900211",
        om="d.rees@probation.example",
        language=Language.WELSH,
    ),
    _SeedPerson("X700212", "Imogen", "Kerr", "07700 900212", om="d.rees@probation.example"),
]


@dataclass(frozen=True)
class _Meeting:
    """One invented appointment: `day` counts from today, negative days are past and have an
    outcome.
    """

    crn: str
    day: int
    at: time
    agency: str
    type: AppointmentType
    worker: str
    alias: str
    minutes: int = 30
    enforceable: bool = True
    outcome: OutcomeCode | None = None


_OFFICE = "the centre on Bridge St"
MEETINGS = [
    _Meeting("X700201", 1, time(10), "Probation", AppointmentType.OFFICE, "Pat", _OFFICE),
    _Meeting("X700201", 8, time(10), "Probation", AppointmentType.OFFICE, "Pat", _OFFICE),
    _Meeting("X700202", 1, time(11, 30), "Probation", AppointmentType.OFFICE, "Pat", _OFFICE),
    _Meeting(
        "X700202", 1, time(15), "City Housing", AppointmentType.HOME_VISIT, "Lin", "", 60, False
    ),
    _Meeting(
        "X700203",
        2,
        time(13, 30),
        "Tyne Recovery",
        AppointmentType.GROUP,
        "Jo",
        "the hall, Mill Lane",
        90,
        False,
    ),
    _Meeting("X700204", 3, time(9, 30), "Probation", AppointmentType.PHONE, "Pat", "", 20),
    _Meeting(
        "X700205", 4, time(10), "Women's Hub", AppointmentType.GROUP, "Bev", "the Hub", 120, False
    ),
    _Meeting("X700206", 5, time(14), "Probation", AppointmentType.OFFICE, "Pat", _OFFICE),
    _Meeting(
        "X700207",
        2,
        time(16),
        "Jobcentre",
        AppointmentType.OFFICE,
        "Ravi",
        "the Jobcentre",
        20,
        False,
    ),
    _Meeting("X700208", 6, time(12), "Probation", AppointmentType.OFFICE, "Pat", _OFFICE),
    _Meeting("X700209", 2, time(12, 30), "Probation", AppointmentType.OFFICE, "Pat", _OFFICE),
    _Meeting("X700210", 2, time(14), "Probation", AppointmentType.OFFICE, "Pat", _OFFICE),
    _Meeting(
        "X700211",
        1,
        time(9, 30),
        "Coleg y Cwm",
        AppointmentType.COURSE,
        "Nia",
        "Coleg y Cwm",
        360,
        False,
    ),
    _Meeting("X700212", 3, time(11), "Probation", AppointmentType.OFFICE, "Dai", _OFFICE),
    _Meeting(
        "X700201",
        -7,
        time(10),
        "Probation",
        AppointmentType.OFFICE,
        "Pat",
        _OFFICE,
        outcome=OutcomeCode.ATTENDED_COMPLIED,
    ),
    _Meeting(
        "X700204",
        -2,
        time(9, 30),
        "Probation",
        AppointmentType.OFFICE,
        "Pat",
        _OFFICE,
        outcome=OutcomeCode.FAILED_TO_ATTEND,
    ),
    _Meeting(
        "X700205",
        -3,
        time(10),
        "Women's Hub",
        AppointmentType.GROUP,
        "Bev",
        "the Hub",
        120,
        False,
        OutcomeCode.ATTENDED_COMPLIED,
    ),
]

MISSED = [
    _Meeting(
        seed_case.WHOLE,
        day,
        time(10),
        "Probation",
        AppointmentType.OFFICE,
        "Pat",
        _OFFICE,
        outcome=OutcomeCode.UNACCEPTABLE_ABSENCE,
    )
    for day in (-7, -3)
]
"""Part of the case: without it there is no order by which they count."""

MOBILES = {
    "p.hale@probation.example": "07700 900951",
    "c.okafor@police.example": "07700 900952",
    "s.ward@probation.example": "07700 900953",
}
ON_CALL = ("c.okafor@police.example", "s.ward@probation.example")
"""First and second level, for the month to come."""
FREE_AT = (time(15), time(16))
"""When Pat has time on the next working days."""
FREE_DAYS = 5
MAY_REBOOK = ("X700201", "X700202")
ASKED_HOW_THINGS_ARE = ("X700204", time(10))
"""Every week, first tomorrow."""
NEWS = [
    ("X700205", ReportKind.COURSE, ReportFact.STARTED_COURSE, "Level 1 in catering, Tuesdays"),
    ("X700204", ReportKind.WORK, ReportFact.LOST_WORK, "The warehouse let the agency staff go"),
]


def seed(session: Session, *, now: datetime, arranged: bool = True) -> bool:
    """Fill an empty database with the demonstration; False where it is there already.

    Without `arranged` there are people, staff and appointments alone, and nothing that a hub sets
    up for itself. When it is night, the hub texts at any hour, so that the demonstration can be
    tried at once.
    """
    if session.scalars(select(Hub.id).where(Hub.name == HUB)).first() is not None:
        return False
    hub = _hub(session, now)
    offices = _agencies(session, hub)
    staff = _staff(session, hub, offices, now)
    before = now - timedelta(days=14)
    caseload = {one.crn: _person(session, hub, one, staff, before) for one in CASELOAD}
    for meeting in MEETINGS:
        _meeting(session, hub, offices, caseload[meeting.crn], meeting, now)
    if arranged:
        _arrange(session, hub, staff, caseload, now)
        seed_case.write(session, hub, staff, caseload, now)
        for meeting in MISSED:
            _meeting(session, hub, offices, caseload[meeting.crn], meeting, now)
    return True


def _hub(session: Session, now: datetime) -> Hub:
    area = Area(name="Northumbria")
    session.add(area)
    session.flush()
    hub = Hub(
        area_id=area.id, name=HUB, phone="0191 498 0100", timezone="Europe/London", settings={}
    )
    if not 9 <= now.astimezone(zone(hub)).hour < 20:
        hub.settings = {"text_from_hour": 0, "text_until_hour": 24}
    session.add(hub)
    session.flush()
    return hub


def _agencies(session: Session, hub: Hub) -> dict[str, Agency]:
    made = {name: Agency(area_id=hub.area_id, name=name, kind=kind) for name, kind in AGENCIES}
    session.add_all(made.values())
    session.flush()
    return made


def _staff(
    session: Session, hub: Hub, offices: dict[str, Agency], now: datetime
) -> dict[str, Staff]:
    made = {}
    for email, name, agency, role in STAFF:
        staff = agencies.add_staff(
            session,
            email=email,
            name=name,
            agency=offices[agency],
            hub=hub,
            roles=[role],
            actor=SYSTEM.label,
            now=now,
        )
        agencies.set_password(session, staff, PASSWORD, actor=SYSTEM.label, now=now)
        made[email] = staff
    return made


def _person(
    session: Session, hub: Hub, one: _SeedPerson, staff: dict[str, Staff], now: datetime
) -> Person:
    new = NewPerson(
        crn=one.crn,
        first_name=one.first_name,
        last_name=one.last_name,
        preferred_name=one.preferred_name,
        language=one.language,
        legal_status=one.legal_status,
        custody_status=one.custody_status,
        hub_id=hub.id,
        offender_manager_id=staff[one.om].id,
        given_number=one.number,
    )
    person = people.create_person(session, SYSTEM, new, now=now)
    if one.number is not None and one.verified:
        phones.verify_number(session, SYSTEM, person.id, how="asked face to face", now=now)
    return person


def _meeting(
    session: Session,
    hub: Hub,
    offices: dict[str, Agency],
    whose: Person,
    meeting: _Meeting,
    now: datetime,
) -> None:
    starts_at = _on_day(now, meeting.day, meeting.at, zone(hub))
    new = NewAppointment(
        person_id=whose.id,
        agency_id=offices[meeting.agency].id,
        type=meeting.type,
        starts_at=starts_at,
        minutes=meeting.minutes,
        worker_name=meeting.worker,
        place=meeting.alias,
        place_alias=meeting.alias,
        enforceable=meeting.enforceable,
    )
    booked_at = now if meeting.day > 0 else starts_at - timedelta(days=5)
    appointment = appointments.book(session, SYSTEM, new, now=booked_at)
    if meeting.outcome is not None:
        recorded_at = starts_at + timedelta(hours=2)
        outcomes.record_outcome(
            session, SYSTEM, appointment.id, code=meeting.outcome, now=recorded_at
        )


def _arrange(
    session: Session, hub: Hub, staff: dict[str, Staff], caseload: dict[str, Person], now: datetime
) -> None:
    """What a hub sets up in time."""
    for email, mobile in MOBILES.items():
        staff_notices.set_mobile(
            session, staff[email], mobile, wants=True, actor=SYSTEM.label, now=now
        )
    for level, email in enumerate(ON_CALL, start=1):
        turn = NewTurn(hub.id, staff[email].id, now, now + rota.LONGEST_TURN, level)
        rota.add(session, SYSTEM, turn, now=now)
    _free_times(session, hub, staff[CASELOAD[0].om], now)
    for crn in MAY_REBOOK:
        rebooking_permission.allow(session, SYSTEM, caseload[crn].id, allowed=True, now=now)
    crn, at = ASKED_HOW_THINGS_ARE
    tomorrow = _on_day(now, 1, at, zone(hub))
    weekly = Schedule(every_weeks=1, weekday=tomorrow.weekday(), hour=tomorrow.hour)
    check_ins.set_plan(session, SYSTEM, caseload[crn].id, weekly, now=now)
    for crn, kind, fact, note in NEWS:
        progress.add(
            session,
            SYSTEM,
            caseload[crn].id,
            kind=kind,
            fact=fact,
            note=note,
            said_at=now - timedelta(hours=2),
            now=now,
        )


def _free_times(session: Session, hub: Hub, worker: Staff, now: datetime) -> None:
    days = (day for day in count(1) if is_working_day(_on_day(now, day, time(0), zone(hub)).date()))
    for day in islice(days, FREE_DAYS):
        for at in FREE_AT:
            new = NewTimes(
                worker_id=worker.id,
                type=AppointmentType.OFFICE,
                starts_at=_on_day(now, day, at, zone(hub)),
                minutes=30,
                place=_OFFICE,
                place_alias=_OFFICE,
            )
            slots.add(session, SYSTEM, hub.id, new, now=now)


def _on_day(now: datetime, day: int, at: time, where: ZoneInfo) -> datetime:
    return datetime.combine(local_day(now, where) + timedelta(days=day), at, tzinfo=where)
