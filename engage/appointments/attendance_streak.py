"""How many appointments a person has attended in a row, by the outcomes recorded. Used for praise,
never against the person.
"""

import uuid
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.appointments.kinds import AppointmentState, OutcomeCode
from engage.appointments.model import Appointment, Outcome
from engage.appointments.reminders.rules import ACCEPTABLE_ABSENCES

NEUTRAL = ACCEPTABLE_ABSENCES | {OutcomeCode.SENT_HOME_SERVICE}
"""Outcomes that neither count nor break the streak (rule 16): accepted absences, and sent home by
the service.
"""

MOST_APPOINTMENTS = 200
"""How many appointments are looked back over."""


def streak(outcomes: Iterable[OutcomeCode]) -> int:
    """How many of `outcomes`, latest first, were attended before the first that was not."""
    attended = 0
    for code in outcomes:
        if code is OutcomeCode.ATTENDED_COMPLIED:
            attended += 1
        elif code not in NEUTRAL:
            break
    return attended


def current_streak(session: Session, person_id: uuid.UUID) -> int:
    """The person's streak up to now. Appointments without an outcome neither count nor break it."""
    return streak(
        session.scalars(
            select(Outcome.code)
            .join(Appointment, Appointment.id == Outcome.appointment_id)
            .where(
                Appointment.person_id == person_id,
                Appointment.state == AppointmentState.BOOKED,
                Outcome.superseded_at.is_(None),
            )
            .order_by(Appointment.starts_at.desc(), Appointment.id.desc())
            .limit(MOST_APPOINTMENTS)
        )
    )
