"""A person said that they were there and is recorded as absent: a signal shows both facts to a
worker.

Nothing here changes either fact. A claim is not attendance, and a record does not disprove a claim.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage import signals, texts
from engage.agencies.hub_settings import zone
from engage.agencies.model import Hub
from engage.appointments.absence_rules import ABSENT
from engage.appointments.kinds import IntentKind
from engage.appointments.model import Appointment, Outcome, StatedIntent
from engage.signals import Evidence, Signal, SignalKind, SignalState


def update_dispute(
    session: Session,
    appointment: Appointment,
    outcome: Outcome | None,
    *,
    actor: str,
    now: datetime,
) -> None:
    """Raise a signal if the person claims to have been there and is recorded as absent. Resolve it
    once the outcome agrees.
    """
    if outcome is None:
        return
    if outcome.code not in ABSENT:
        for signal in _open(session, appointment):
            signals.resolve(
                session, signal, how=f"{outcome.code.value} was recorded.", actor=actor, now=now
            )
        return
    claims = session.scalars(
        select(StatedIntent)
        .where(
            StatedIntent.appointment_id == appointment.id,
            StatedIntent.kind == IntentKind.HERE,
            StatedIntent.revision == appointment.revision,
            StatedIntent.withdrawn_at.is_(None),
        )
        .order_by(StatedIntent.said_at, StatedIntent.id)
    ).all()
    if not claims:
        return
    signals.raise_signal(
        session,
        SignalKind.CLAIM_DISPUTED,
        person_id=appointment.person_id,
        hub_id=appointment.hub_id,
        cause=_cause(session, appointment, outcome),
        why=_why(session, appointment, claims[0], outcome),
        evidence=[
            Evidence("outcome", str(outcome.id)),
            Evidence("appointment", str(appointment.id)),
            *(
                Evidence("inbound", str(claim.inbound_id))
                for claim in claims
                if claim.inbound_id is not None
            ),
        ],
        now=now,
        actor=actor,
    )


def _why(session: Session, appointment: Appointment, claim: StatedIntent, outcome: Outcome) -> str:
    where = zone(session.get_one(Hub, appointment.hub_id))
    claimed, booked = (
        texts.when(moment, where, "en") for moment in (claim.said_at, appointment.starts_at)
    )
    later = " (after it had ended)" if claim.said_at > appointment.ends_at else ""
    return (
        f"They said by text on {claimed}{later} that they came to the appointment on {booked}. "
        f"The recorded outcome is {outcome.code.value}."
    )


def _open(session: Session, appointment: Appointment) -> list[Signal]:
    prefix = f"{SignalKind.CLAIM_DISPUTED}:{appointment.person_id}:{appointment.id}:"
    return list(
        session.scalars(
            select(Signal).where(
                Signal.person_id == appointment.person_id,
                Signal.kind == SignalKind.CLAIM_DISPUTED,
                Signal.state != SignalState.RESOLVED,
                Signal.key.startswith(prefix, autoescape=True),
            )
        )
    )


def _cause(session: Session, appointment: Appointment, outcome: Outcome) -> str:
    """The signal's cause: that of the open dispute, if there is one. A resolved dispute is reopened
    only by another outcome.
    """
    for signal in _open(session, appointment):
        return signal.key.removeprefix(f"{SignalKind.CLAIM_DISPUTED}:{appointment.person_id}:")
    return f"{appointment.id}:{outcome.id}"
