"""Self-reported reasons for an absence, and a worker's decision about them (rule 5).

A reason is stored beside the appointment with the outcome that it proposes. Nothing follows by
itself: only `decide`, by a worker who may record outcomes, turns it into an outcome.
"""

import uuid
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
from engage.appointments.open_record import open_appointment, record_event
from engage.appointments.reminders import absence_chasers
from engage.core.db import new_id
from engage.core.errors import Conflict, NotFound
from engage.signals import Evidence, SignalKind

BATCH = 500


def unexplained(
    session: Session, person_id: uuid.UUID, *, at: datetime, days: int
) -> list[tuple[Appointment, OutcomeCode | None]]:
    """The person's appointments that a reason or a claim received at `at` can be about, latest
    first, each with its outcome.

    They have started, are within the evidence window, and have no outcome, or one that says absent
    without an accepted reason.
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


def store_reason(
    session: Session,
    appointment: Appointment,
    *,
    inbound_id: int,
    cause: str | None,
    said_at: datetime,
    now: datetime,
) -> bool:
    """Store the reason that a text gives for an absence, with the outcome that it proposes, and
    cancel the question why. Returns False if the text's reason is stored already.
    """
    proposed = absence_rules.proposed_outcome(cause)
    reason_id = session.scalar(
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
    if reason_id is None:
        return False
    session.expire(appointment, ["absence_reasons"])
    absence_chasers.cancel(session, appointment, absence_rules.REASON_GIVEN, now=now)
    record_event(
        session,
        "absence.explained",
        appointment,
        now=now,
        actor="person",
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
    """Decide about a reason: accept the proposed outcome, record the absence as unacceptable, or
    leave it.

    Raises NotFound for a reason of another appointment, Conflict if it is decided already, if no
    outcome is proposed to accept, or if no absence is recorded any longer.
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
        raise NotFound("No such reason is recorded for this absence.")
    _check_decision(session, appointment, reason, decision)
    code = _outcome_code(reason, decision)
    if code is not None:
        said_at = texts.when(reason.said_at, zone(session.get_one(Hub, appointment.hub_id)), "en")
        verb = "Accepted" if decision is AbsenceDecision.ACCEPTED else "Did not accept"
        note = f"{verb} the reason given by text on {said_at}."
        attendance.record_outcome(session, actor, appointment.id, code=code, note=note, now=now)
    reason.decision, reason.decided_by, reason.decided_at = decision, actor.label, now
    session.flush()
    record_event(
        session,
        "absence.decided",
        appointment,
        now=now,
        actor=actor.label,
        reason=reason.id,
        decision=decision.value,
    )
    return reason


def _check_decision(
    session: Session, appointment: Appointment, reason: AbsenceReason, decision: AbsenceDecision
) -> None:
    if reason.decision is not None:
        raise Conflict("A worker has already decided about this reason.", code="decided")
    recorded = attendance.current_outcome(session, appointment.id)
    if recorded is None or recorded.code not in absence_rules.ABSENT:
        raise Conflict(
            "No absence is recorded for this appointment any more, so there is nothing to decide.",
            code="no_absence",
        )
    if decision is AbsenceDecision.ACCEPTED and reason.proposed is None:
        raise Conflict(
            "No outcome is proposed for this reason. Record the outcome yourself.",
            code="no_proposal",
        )


def _outcome_code(reason: AbsenceReason, decision: AbsenceDecision) -> OutcomeCode | None:
    if decision is AbsenceDecision.ACCEPTED:
        return reason.proposed
    return OutcomeCode.UNACCEPTABLE_ABSENCE if decision is AbsenceDecision.NOT_ACCEPTED else None


# Provisional absences near the end of the evidence window. The query counts roughly; the exact day
# in the hub's zone is checked afterwards.
_PROVISIONAL = text("""
SELECT outcome.id, appointment.id AS appointment_id
FROM outcome
JOIN appointment ON appointment.id = outcome.appointment_id
JOIN hub ON hub.id = appointment.hub_id
JOIN person ON person.id = appointment.person_id
WHERE outcome.superseded_at IS NULL
  AND outcome.code = 'AFTA'
  AND person.contact_status <> 'dead'
  AND appointment.starts_at <= :now - make_interval(days => GREATEST(
      COALESCE((hub.settings ->> 'evidence_days')::int, :default_days) - :last_days - 1, 0))
  AND NOT EXISTS (
      SELECT FROM signal
      WHERE signal.key = 'evidence_due:' || appointment.person_id
                         || ':' || appointment.id || ':' || outcome.id)
ORDER BY appointment.starts_at, outcome.id LIMIT :limit
""")


def raise_evidence_due(session: Session, *, now: datetime) -> int:
    """Raise a signal, once, for each absence that must be decided within two days. Returns how many
    were raised.
    """
    parameters = {
        "now": now,
        "default_days": HubRules().evidence_days,
        "last_days": absence_rules.LAST_DAYS,
        "limit": BATCH,
    }
    rows = session.execute(_PROVISIONAL, parameters).all()
    return sum(_raise_if_due(session, row.appointment_id, row.id, now) for row in rows)


def _raise_if_due(
    session: Session, appointment_id: uuid.UUID, outcome_id: uuid.UUID, now: datetime
) -> bool:
    appointment = session.get_one(Appointment, appointment_id)
    hub = session.get_one(Hub, appointment.hub_id)
    where, days = zone(hub), hub_rules(hub).evidence_days
    if now < absence_rules.decision_due_from(appointment.starts_at, where, days):
        return False
    ends = absence_rules.window_ends(appointment.starts_at, where, days)
    reasons = session.scalars(
        select(AbsenceReason).where(AbsenceReason.appointment_id == appointment.id)
    ).all()
    missed = texts.when(appointment.starts_at, where, "en")
    last_day = absence_rules.last_day_to_explain(appointment.starts_at, where, days)
    given = "They have given" if reasons else "They have not given"
    return signals.raise_signal(
        session,
        SignalKind.EVIDENCE_DUE,
        person_id=appointment.person_id,
        hub_id=appointment.hub_id,
        cause=f"{appointment.id}:{outcome_id}",
        why=(
            f"Did not attend on {missed}. They can explain until "
            f"{texts.day_named(last_day, 'en')}. {given} a reason by text."
        ),
        evidence=[
            Evidence("outcome", str(outcome_id)),
            Evidence("appointment", str(appointment.id)),
            *(Evidence("inbound", str(reason.inbound_id)) for reason in reasons),
            Evidence("rule", "5"),
        ],
        now=now,
        due_at=max(ends, now),
    )
