"""The people, staff and appointments of the small demonstration. The people are invented and their
numbers are in the range that Ofcom reserves for drama.
"""

from dataclasses import dataclass
from datetime import time

from engage.agencies.model import AgencyKind, Role
from engage.appointments.model import AppointmentType, OutcomeCode
from engage.demo import seed_case
from engage.people.model import CustodyStatus, Language, LegalStatus
from engage.progress.kinds import ReportFact, ReportKind

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
class SeedPerson:
    """One invented person: who they are, and their number."""

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
    SeedPerson("X700201", "Leanne", "Archer", "07700 900201"),
    SeedPerson("X700202", "Marcus", "Bell", "07700 900202"),
    SeedPerson("X700203", "Rhiannon", "Price", "07700 900203", language=Language.WELSH),
    SeedPerson("X700204", "Anthony", "Cairns", "07700 900204", preferred_name="Tony"),
    SeedPerson(
        "X700205", "Bethany", "Dunn", "07700 900205", legal_status=LegalStatus.NON_STATUTORY
    ),
    SeedPerson("X700206", "Craig", "Ellis", "07700 900206", custody_status=CustodyStatus.CUSTODY),
    SeedPerson("X700207", "Donna", "Fenwick", None),
    SeedPerson("X700208", "Ewan", "Grant", "07700 900208", verified=False),
    SeedPerson("X700209", "Faye", "Hewitt", "07700 900209"),
    SeedPerson("X700210", "Gary", "Irwin", "07700 900209"),
    SeedPerson(
        "X700211",
        "Huw",
        "Jenkins",
        "07700 900211",
        om="d.rees@probation.example",
        language=Language.WELSH,
    ),
    SeedPerson("X700212", "Imogen", "Kerr", "07700 900212", om="d.rees@probation.example"),
]


@dataclass(frozen=True)
class SeedAppointment:
    """One invented appointment. `day` counts from today; past days are negative and have an
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


OFFICE, HALL = "the centre on Bridge St", "the hall, Mill Lane"


APPOINTMENTS = [
    SeedAppointment("X700201", 1, time(10), "Probation", AppointmentType.OFFICE, "Pat", OFFICE),
    SeedAppointment("X700201", 8, time(10), "Probation", AppointmentType.OFFICE, "Pat", OFFICE),
    SeedAppointment("X700202", 1, time(11, 30), "Probation", AppointmentType.OFFICE, "Pat", OFFICE),
    SeedAppointment(
        "X700202", 1, time(15), "City Housing", AppointmentType.HOME_VISIT, "Lin", "", 60, False
    ),
    SeedAppointment(
        "X700203",
        2,
        time(13, 30),
        "Tyne Recovery",
        AppointmentType.GROUP,
        "Jo",
        HALL,
        90,
        False,
    ),
    SeedAppointment("X700204", 3, time(9, 30), "Probation", AppointmentType.PHONE, "Pat", "", 20),
    SeedAppointment(
        "X700205", 4, time(10), "Women's Hub", AppointmentType.GROUP, "Bev", "the Hub", 120, False
    ),
    SeedAppointment("X700206", 5, time(14), "Probation", AppointmentType.OFFICE, "Pat", OFFICE),
    SeedAppointment(
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
    SeedAppointment("X700208", 6, time(12), "Probation", AppointmentType.OFFICE, "Pat", OFFICE),
    SeedAppointment("X700209", 2, time(12, 30), "Probation", AppointmentType.OFFICE, "Pat", OFFICE),
    SeedAppointment("X700210", 2, time(14), "Probation", AppointmentType.OFFICE, "Pat", OFFICE),
    SeedAppointment(
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
    SeedAppointment("X700212", 3, time(11), "Probation", AppointmentType.OFFICE, "Dai", OFFICE),
    SeedAppointment(
        "X700201",
        -7,
        time(10),
        "Probation",
        AppointmentType.OFFICE,
        "Pat",
        OFFICE,
        outcome=OutcomeCode.ATTENDED_COMPLIED,
    ),
    SeedAppointment(
        "X700204",
        -2,
        time(9, 30),
        "Probation",
        AppointmentType.OFFICE,
        "Pat",
        OFFICE,
        outcome=OutcomeCode.FAILED_TO_ATTEND,
    ),
    SeedAppointment(
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


MISSED_APPOINTMENTS = [
    SeedAppointment(
        seed_case.FULL_CASE,
        day,
        time(10),
        "Probation",
        AppointmentType.OFFICE,
        "Pat",
        OFFICE,
        outcome=OutcomeCode.UNACCEPTABLE_ABSENCE,
    )
    for day in (-7, -3)
]
"""Part of the case: without its order these would not count."""


MOBILES = {
    "p.hale@probation.example": "07700 900951",
    "c.okafor@police.example": "07700 900952",
    "s.ward@probation.example": "07700 900953",
}


ON_CALL = ("c.okafor@police.example", "s.ward@probation.example")
"""First and second level, for the coming month."""


FREE_AT = (time(15), time(16))
"""When Pat is free on the next working days."""


FREE_DAYS = 5


MAY_REBOOK = ("X700201", "X700202")


CHECK_IN = ("X700204", time(10))
"""Every week, from tomorrow."""


SELF_REPORTS = [
    ("X700205", ReportKind.COURSE, ReportFact.STARTED_COURSE, "Level 1 in catering, Tuesdays"),
    ("X700204", ReportKind.WORK, ReportFact.LOST_WORK, "The warehouse let the agency staff go"),
]
