"""A person's appointments with every agency, for an agency whose sharing agreement names them:
when, with whom, and what was recorded.

It shows neither what the person said nor any text, and no place: those belong to the agency that
booked, and to whoever sees the whole case. Drug tests are a matter of health: another agency's are
left out for whoever may not see those.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import and_, literal, select, tuple_
from sqlalchemy.orm import Session

from engage.access.policy import Ability, Actor, abilities
from engage.access.sharing import RecordPart, open_part
from engage.agencies.hub_settings import zone
from engage.agencies.model import Agency, Hub
from engage.appointments.kinds import AppointmentState, AppointmentType, OutcomeCode
from engage.appointments.model import Appointment, Outcome
from engage.people.model import Person
from engage.queries.people.person import PersonCursor

PAGE = 30


@dataclass(frozen=True)
class SharedAppointment:
    """One appointment, as far as it is shared."""

    id: uuid.UUID
    starts_at: datetime
    type: AppointmentType
    agency: str
    enforceable: bool
    stands: bool
    outcome: OutcomeCode | None


@dataclass(frozen=True)
class SharedPage:
    """A page of them, the latest first; `older` is where the page before it ends, if there is one."""

    person: Person
    zone: ZoneInfo
    rows: tuple[SharedAppointment, ...]
    older: PersonCursor | None


def load(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    *,
    now: datetime,
    before: PersonCursor | None = None,
) -> SharedPage:
    """The page, by role or by an agreement, which is then logged as used. Raises NotFound or
    Forbidden as open_part does.
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
    if before is not None:
        here = tuple_(literal(before.starts_at), literal(before.id))
        query = query.where(tuple_(Appointment.starts_at, Appointment.id) < here)
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
    rows = tuple(found[:PAGE])
    older = PersonCursor(rows[-1].starts_at, rows[-1].id) if len(found) > PAGE else None
    return SharedPage(person, zone(session.get_one(Hub, person.hub_id)), rows, older)
