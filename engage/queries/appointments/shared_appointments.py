"""A person's appointments with every agency, for staff of an agency with a sharing agreement that
covers them: when, with which agency, and the outcome.

It never shows what the person said, a text or a place: those are for the agency that booked and for
staff who see the whole case. Drug tests are health information: another agency's are left out for
staff without health access.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from engage.access.policy import Ability, Actor, abilities
from engage.access.sharing import RecordPart, open_part
from engage.agencies.hub_settings import zone
from engage.agencies.model import Agency, Hub
from engage.appointments.kinds import AppointmentState, AppointmentType, OutcomeCode
from engage.appointments.model import Appointment, Outcome
from engage.core.paging import MomentCursor, cut, rows_before
from engage.people.model import Person

PAGE = 30


@dataclass(frozen=True)
class SharedAppointment:
    """The shared part of one appointment."""

    id: uuid.UUID
    starts_at: datetime
    type: AppointmentType
    agency: str
    enforceable: bool
    stands: bool
    outcome: OutcomeCode | None


@dataclass(frozen=True)
class SharedPage:
    """A page of shared appointments, the latest first. `older` is the cursor of the next, older
    page, if there is one.
    """

    person: Person
    zone: ZoneInfo
    rows: tuple[SharedAppointment, ...]
    older: MomentCursor | None


def load(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    *,
    now: datetime,
    before: MomentCursor | None = None,
) -> SharedPage:
    """A page of the person's appointments, by role or by a sharing agreement. Use of an agreement
    is logged. Raises NotFound or Forbidden, as open_part does.
    """
    person = open_part(
        session, actor, person_id, RecordPart.APPOINTMENTS, now=now, what="shared appointments"
    )
    query = (
        select(Appointment, Agency.name, Outcome.code)
        .join(Agency, Agency.id == Appointment.agency_id)
        .outerjoin(
            Outcome, and_(Outcome.appointment_id == Appointment.id, Outcome.superseded_at.is_(None))
        )
        .where(Appointment.person_id == person.id)
        .order_by(Appointment.starts_at.desc(), Appointment.id.desc())
        .limit(PAGE + 1)
    )
    if not {Ability.CASE, Ability.HEALTH} & abilities(actor, person):
        own = Appointment.agency_id == actor.agency_id
        query = query.where((Appointment.type != AppointmentType.DRUG_TEST) | own)
    query = rows_before(query, (Appointment.starts_at, Appointment.id), before)
    found = [
        SharedAppointment(
            id=one.id,
            starts_at=one.starts_at,
            type=one.type,
            agency=agency,
            enforceable=one.enforceable,
            stands=one.state is AppointmentState.BOOKED,
            outcome=code,
        )
        for one, agency, code in session.execute(query)
    ]
    rows, older = cut(found, PAGE, lambda row: MomentCursor(row.starts_at, row.id))
    return SharedPage(person, zone(session.get_one(Hub, person.hub_id)), tuple(rows), older)
