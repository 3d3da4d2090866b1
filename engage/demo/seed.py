"""The small demonstration: one hub with its agencies, staff and caseload, made through the same use
cases as real data (seed_data.py).

Besides people and appointments it has what a hub sets up over time: the on-call rota, answers to
common questions (seed_answers.py), Pat's free times, who may rebook by text, check-ins,
self-reports given to a worker, and one full case (seed_case.py).

Seeding twice changes nothing. Never run in production: the callers refuse.
"""

from datetime import datetime, time, timedelta
from itertools import count, islice
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import SYSTEM
from engage.agencies import service as agencies
from engage.agencies import staff_notices
from engage.agencies.hub_settings import zone
from engage.agencies.model import Agency, Area, Hub, Staff
from engage.appointments import booking as appointments
from engage.appointments.booking import NewAppointment
from engage.appointments.free_times import service as slots
from engage.appointments.free_times.service import NewTimes
from engage.appointments.model import AppointmentType
from engage.compliance import outcomes
from engage.conversation.safety import rota
from engage.conversation.safety.rota import NewTurn
from engage.core.local_time import local_day
from engage.core.working_days import is_working_day
from engage.demo import seed_answers, seed_case
from engage.demo.seed_data import (
    AGENCIES,
    APPOINTMENTS,
    CASELOAD,
    CHECK_IN,
    FREE_AT,
    FREE_DAYS,
    HALL,
    MAY_REBOOK,
    MISSED_APPOINTMENTS,
    MOBILES,
    OFFICE,
    ON_CALL,
    SELF_REPORTS,
    STAFF,
    SeedAppointment,
    SeedPerson,
)
from engage.people import phones, rebooking_permission
from engage.people import service as people
from engage.people.model import Person
from engage.people.service import NewPerson
from engage.progress import service as progress
from engage.progress.check_ins import service as check_ins
from engage.progress.check_ins.rules import Schedule

HUB = "Tyneside"
PASSWORD = "demonstration-only"  # noqa: S105 — opens nothing but invented people


def seed(session: Session, *, now: datetime, arranged: bool = True) -> bool:
    """Fill an empty database with the demonstration. False if it already exists.

    Without `arranged` there are only people, staff and appointments. At night the hub's contact
    hours are widened, so that the demonstration can be tried at once.
    """
    if session.scalars(select(Hub.id).where(Hub.name == HUB)).first() is not None:
        return False
    hub = _hub(session, now)
    offices = _agencies(session, hub)
    staff = _staff(session, hub, offices, now)
    before = now - timedelta(days=14)
    caseload = {one.crn: _person(session, hub, one, staff, before) for one in CASELOAD}
    for meeting in APPOINTMENTS:
        _appointment(session, hub, offices, caseload[meeting.crn], meeting, now)
    if arranged:
        _set_up_hub(session, hub, staff, caseload, now)
        seed_case.write(session, hub, staff, caseload, now)
        for meeting in MISSED_APPOINTMENTS:
            _appointment(session, hub, offices, caseload[meeting.crn], meeting, now)
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
    session: Session, hub: Hub, one: SeedPerson, staff: dict[str, Staff], now: datetime
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


def _appointment(
    session: Session,
    hub: Hub,
    offices: dict[str, Agency],
    whose: Person,
    meeting: SeedAppointment,
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


def _set_up_hub(
    session: Session, hub: Hub, staff: dict[str, Staff], caseload: dict[str, Person], now: datetime
) -> None:
    """Add what a hub sets up over time."""
    for email, mobile in MOBILES.items():
        staff_notices.set_mobile(
            session, staff[email], mobile, wants=True, actor=SYSTEM.label, now=now
        )
    for level, email in enumerate(ON_CALL, start=1):
        turn = NewTurn(hub.id, staff[email].id, now, now + rota.LONGEST_TURN, level)
        rota.add(session, SYSTEM, turn, now=now)
    seed_answers.write(session, hub, office=OFFICE, hall=HALL, actor=SYSTEM.label, now=now)
    _free_times(session, hub, staff[CASELOAD[0].om], now)
    for crn in MAY_REBOOK:
        rebooking_permission.allow(session, SYSTEM, caseload[crn].id, allowed=True, now=now)
    crn, at = CHECK_IN
    tomorrow = _on_day(now, 1, at, zone(hub))
    weekly = Schedule(every_weeks=1, weekday=tomorrow.weekday(), hour=tomorrow.hour)
    check_ins.set_plan(session, SYSTEM, caseload[crn].id, weekly, now=now)
    for crn, kind, fact, note in SELF_REPORTS:
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
                place=OFFICE,
                place_alias=OFFICE,
            )
            slots.add(session, SYSTEM, hub.id, new, now=now)


def _on_day(now: datetime, day: int, at: time, where: ZoneInfo) -> datetime:
    return datetime.combine(local_day(now, where) + timedelta(days=day), at, tzinfo=where)
