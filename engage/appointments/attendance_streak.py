"""How many appointments a person has kept in a row, by what workers recorded: a number to be glad
of, never one to hold against them.
"""

import uuid
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.appointments.kinds import AppointmentState, OutcomeCode
from engage.appointments.model import Appointment, Outcome
from engage.appointments.reminders.rules import ACCEPTABLE_ABSENCES

NEITHER = ACCEPTABLE_ABSENCES | {OutcomeCode.SENT_HOME_SERVICE}
"""Neither counts nor breaks a row (RULES.md 16): an absence that was accepted, and one that was the
service's doing.
"""

MOST = 200
"""Appointments looked back over; nobody needs a longer row."""


def streak(outcomes: Iterable[OutcomeCode]) -> int:
    """How many of `outcomes`, latest first, were attended before the first that was not."""
    kept = 0
    for code in outcomes:
        if code is OutcomeCode.ATTENDED_COMPLIED:
            kept += 1
        elif code not in NEITHER:
            break
    return kept


def current_streak(session: Session, person_id: uuid.UUID) -> int:
    """The person's row up to now; what nobody has recorded yet neither counts nor breaks it."""
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
            .limit(MOST)
        )
    )
