"""Said that they were there, recorded as absent: two facts that disagree, put side by side for a
person to look at.

It must never change either of them. A claim is no attendance, and a record is no proof against a
claim.
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


def compare_claim(
    session: Session,
    appointment: Appointment,
    outcome: Outcome | None,
    *,
    actor: str,
    now: datetime,
) -> bool:
    """Tell of a claim to have been there that stands against the record; once the record agrees,
    resolve it. True when it is disputed.
    """
    if outcome is None:
        return False
    if outcome.code not in ABSENT:
        for signal in _open(session, appointment):
            signals.resolve(
                session, signal, how=f"{outcome.code.value} was recorded.", actor=actor, now=now
            )
        return False
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
        return False
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
    return True


def _why(session: Session, appointment: Appointment, claim: StatedIntent, outcome: Outcome) -> str:
    where = zone(session.get_one(Hub, appointment.hub_id))
    said, booked = (
        texts.when(moment, where, "en") for moment in (claim.said_at, appointment.starts_at)
    )
    later = " (after it was over)" if claim.said_at > appointment.ends_at else ""
    return (
        f"By text on {said}{later} they said that they came to the appointment of {booked}. "
        f"{outcome.code.value} is recorded."
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
    """An open dispute goes on under another absent code; a resolved one is opened only by another
    record.
    """
    for signal in _open(session, appointment):
        return signal.key.removeprefix(f"{SignalKind.CLAIM_DISPUTED}:{appointment.person_id}:")
    return f"{appointment.id}:{outcome.id}"
