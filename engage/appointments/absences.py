"""Why somebody was not there, by their own word, and what a worker makes of it (RULES.md 5).

A reason is kept against the appointment with the outcome that its cause comes under. Nothing
changes by itself: only `decide`, by a worker who may record outcomes, makes an outcome of it.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from engage import signals, texts
from engage.access.policy import Ability, Actor
from engage.agencies.hub_settings import HubRules, hub_rules, zone
from engage.agencies.model import Hub
from engage.appointments import absence_rules, attendance
from engage.appointments.kinds import AbsenceDecision, AppointmentState, OutcomeCode
from engage.appointments.model import AbsenceReason, Appointment, Outcome
from engage.appointments.open_record import open_appointment
from engage.appointments.reminders import absence_chasers
from engage.core import events
from engage.core.db import new_id
from engage.core.errors import Conflict, NotFound
from engage.signals import Evidence, SignalKind

AT_ONCE = 500


def unexplained(
    session: Session, person_id: uuid.UUID, *, at: datetime, days: int
) -> list[tuple[Appointment, OutcomeCode | None]]:
    """The person's appointments that a reason or a claim, heard at `at`, can be about, latest
    first, with what is recorded.

    They have begun, lie within the evidence window, and nobody has recorded that the person came or
    was rightly away.
    """
    rows = session.execute(
        select(Appointment, Outcome.code)
        .outerjoin(
            Outcome, (Outcome.appointment_id == Appointment.id) & Outcome.superseded_at.is_(None)
        )
        .join(Hub, Hub.id == Appointment.hub_id)
        .where(
            Appointment.person_id == person_id,
            Appointment.state == AppointmentState.BOOKED,
            Appointment.starts_at <= at,
            Appointment.starts_at > at - timedelta(days=days + 2),
            (Outcome.id.is_(None)) | Outcome.code.in_(absence_rules.ABSENT),
        )
        .order_by(Appointment.starts_at.desc(), Appointment.id)
    ).all()
    return [
        (appointment, code)
        for appointment, code in rows
        if at < absence_rules.window_ends(appointment.starts_at, zone(appointment.hub), days)
    ]


def store(
    session: Session,
    appointment: Appointment,
    *,
    inbound_id: int,
    cause: str | None,
    said_at: datetime,
    now: datetime,
) -> bool:
    """Keep what a text says of an absence, with the outcome it proposes; once for each text.
    Nothing more is asked about it. True when new.
    """
    proposed = absence_rules.proposed(cause)
    made = session.scalar(
        insert(AbsenceReason)
        .values(
            id=new_id(),
            appointment_id=appointment.id,
            inbound_id=inbound_id,
            cause=cause,
            said_at=said_at,
            proposed=proposed,
        )
        .on_conflict_do_nothing(
            index_elements=[AbsenceReason.appointment_id, AbsenceReason.inbound_id]
        )
        .returning(AbsenceReason.id)
    )
    if made is None:
        return False
    session.expire(appointment, ["absence_reasons"])
    absence_chasers.withdraw(session, appointment, absence_rules.SAID_WHY, now=now)
    events.record(
        session,
        "absence.explained",
        now=now,
        actor="person",
        person_id=appointment.person_id,
        hub_id=appointment.hub_id,
        appointment=appointment.id,
        inbound=inbound_id,
        cause=cause,
        proposed=proposed.value if proposed else None,
    )
    return True


def decide(
    session: Session,
    actor: Actor,
    appointment_id: uuid.UUID,
    reason_id: uuid.UUID,
    decision: AbsenceDecision,
    *,
    now: datetime,
) -> AbsenceReason:
    """What a worker makes of a reason: accept the proposed outcome, record the absence as
    unacceptable, or leave it.

    Raises NotFound for a reason of another appointment, Conflict when it is decided already, when
    nothing was proposed to accept, or when something else than an absence is recorded by now.
    """
    appointment = open_appointment(
        session,
        actor,
        appointment_id,
        now=now,
        what="decide absence",
        ability=Ability.RECORD,
        change=True,
        lock=True,
    )
    reason = session.scalars(
        select(AbsenceReason)
        .where(AbsenceReason.id == reason_id, AbsenceReason.appointment_id == appointment.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if reason is None:
        raise NotFound("There is no such reason for this absence.")
    _check(session, appointment, reason, decision)
    code = _code(reason, decision)
    if code is not None:
        told = texts.when(reason.said_at, zone(session.get_one(Hub, appointment.hub_id)), "en")
        words = "accepted" if decision is AbsenceDecision.ACCEPTED else "not accepted"
        note = f"{words.capitalize()} what they said by text on {told}."
        attendance.record_outcome(session, actor, appointment.id, code=code, note=note, now=now)
    reason.decision, reason.decided_by, reason.decided_at = decision, actor.label, now
    session.flush()
    events.record(
        session,
        "absence.decided",
        now=now,
        actor=actor.label,
        person_id=appointment.person_id,
        hub_id=appointment.hub_id,
        appointment=appointment.id,
        reason=reason.id,
        decision=decision.value,
    )
    return reason


def _check(
    session: Session, appointment: Appointment, reason: AbsenceReason, decision: AbsenceDecision
) -> None:
    if reason.decision is not None:
        raise Conflict("Somebody has decided about this already.", code="decided")
    recorded = attendance.current_outcome(session, appointment.id)
    if recorded is None or recorded.code not in absence_rules.ABSENT:
        raise Conflict(
            "No absence is recorded any more that this could explain.", code="no_absence"
        )
    if decision is AbsenceDecision.ACCEPTED and reason.proposed is None:
        raise Conflict(
            "Nothing is proposed: record the outcome that you judge right.", code="no_proposal"
        )


def _code(reason: AbsenceReason, decision: AbsenceDecision) -> OutcomeCode | None:
    if decision is AbsenceDecision.ACCEPTED:
        return reason.proposed
    return OutcomeCode.UNACCEPTABLE_ABSENCE if decision is AbsenceDecision.NOT_ACCEPTED else None


# Absences whose last days may have come; each hub's own days are counted exactly afterwards.
_PROVISIONAL = text("""
SELECT outcome.id, appointment.id AS appointment_id
FROM outcome
JOIN appointment ON appointment.id = outcome.appointment_id
JOIN hub ON hub.id = appointment.hub_id
JOIN person ON person.id = appointment.person_id
WHERE outcome.superseded_at IS NULL AND outcome.code = 'AFTA' AND person.contact_status <> 'dead'
  AND appointment.starts_at <= :now - make_interval(days => GREATEST(
      COALESCE((hub.settings ->> 'evidence_days')::int, :usual) - :before - 1, 0))
  AND NOT EXISTS (SELECT FROM signal
                  WHERE signal.key = 'evidence_due:' || appointment.person_id || ':' || appointment.id || ':' || outcome.id)
ORDER BY appointment.starts_at, outcome.id LIMIT :limit
""")


def raise_evidence_due(session: Session, *, now: datetime) -> int:
    """Tell offender managers of absences that must be decided within two days; returns how many are
    new. Each is told once.
    """
    given = {
        "now": now,
        "usual": HubRules().evidence_days,
        "before": absence_rules.LAST_ASKED,
        "limit": AT_ONCE,
    }
    rows = session.execute(_PROVISIONAL, given).all()
    return sum(_raise(session, row.appointment_id, row.id, now) for row in rows)


def _raise(
    session: Session, appointment_id: uuid.UUID, outcome_id: uuid.UUID, now: datetime
) -> bool:
    appointment = session.get_one(Appointment, appointment_id)
    hub = session.get_one(Hub, appointment.hub_id)
    where, days = zone(hub), hub_rules(hub).evidence_days
    if now < absence_rules.decision_near(appointment.starts_at, where, days):
        return False
    ends = absence_rules.window_ends(appointment.starts_at, where, days)
    reasons = session.scalars(
        select(AbsenceReason).where(AbsenceReason.appointment_id == appointment.id)
    ).all()
    last = texts.day_named(absence_rules.last_day(appointment.starts_at, where, days), "en")
    return signals.raise_signal(
        session,
        SignalKind.EVIDENCE_DUE,
        person_id=appointment.person_id,
        hub_id=appointment.hub_id,
        cause=f"{appointment.id}:{outcome_id}",
        why=f"They were not there on {texts.when(appointment.starts_at, where, 'en')}, and the time to explain ends with {last}. {_said(reasons)}",
        evidence=[
            Evidence("outcome", str(outcome_id)),
            Evidence("appointment", str(appointment.id)),
            *(Evidence("inbound", str(reason.inbound_id)) for reason in reasons),
            Evidence("rule", "5"),
        ],
        now=now,
        due_at=max(ends, now),
    )


def _said(reasons: Sequence[AbsenceReason]) -> str:
    return "They have said why by text." if reasons else "They have not said why."
