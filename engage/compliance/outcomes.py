"""Outcomes recorded from pages, partner systems or self-reports: appointments keeps the record, and
the rules of compliance are applied at once.

All callers use these functions, so that no failure waits for the nightly sweep. An absence that a
supervisor has decided can only be changed by a supervisor.
"""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import (
    Ability,
    Actor,
    ActorKind,
    abilities,
)
from engage.appointments import absence_rules, absences, attendance
from engage.appointments.kinds import AbsenceDecision, OutcomeCode
from engage.appointments.model import AbsenceReason, Appointment, Outcome
from engage.appointments.open_record import open_appointment, record_event
from engage.appointments.reminders.rules import ACCEPTABLE_ABSENCES
from engage.compliance import escalation
from engage.core.errors import Conflict, Invalid
from engage.core.model import Event
from engage.core.text_fields import clean_text
from engage.people.model import Person

OVERRULED = "absence.overruled"
ABSENCES = absence_rules.ABSENT | ACCEPTABLE_ABSENCES
"""The outcomes that a supervisor may overrule, and those that may replace them (except the
provisional one).
"""
LONGEST_REASON = 900


def record_outcome(
    session: Session,
    actor: Actor,
    appointment_id: uuid.UUID,
    *,
    code: OutcomeCode,
    note: str = "",
    now: datetime,
) -> Outcome:
    """Record an outcome, and apply the rules.

    Raises what `attendance.record_outcome` raises, and Conflict (code `overruled`) if a supervisor
    has decided.
    """
    appointment, before = _lock_appointment(session, actor, appointment_id, now=now)
    outcome = attendance.record_outcome(
        session, actor, appointment_id, code=code, note=note, now=now
    )
    if before is None or before.id != outcome.id:
        _apply_rules(session, actor, appointment, now=now)
    return outcome


def decide_absence(
    session: Session,
    actor: Actor,
    appointment_id: uuid.UUID,
    reason_id: uuid.UUID,
    decision: AbsenceDecision,
    *,
    now: datetime,
) -> AbsenceReason:
    """Decide about a reason for an absence, and apply the rules to the outcome.

    Raises what `absences.decide` raises, and Conflict as above.
    """
    appointment, _ = _lock_appointment(session, actor, appointment_id, now=now)
    reason = absences.decide(session, actor, appointment_id, reason_id, decision, now=now)
    _apply_rules(session, actor, appointment, now=now)
    return reason


def overrule(
    session: Session,
    actor: Actor,
    appointment_id: uuid.UUID,
    *,
    code: OutcomeCode,
    reason: str,
    now: datetime,
) -> Outcome:
    """Replace a worker's decision about an absence with a supervisor's, with the reason. Both stay
    on record.

    Raises Conflict if no absence is recorded, Invalid for a code that is not a decision about an
    absence, for the same code, or without a reason.
    """
    appointment = open_appointment(
        session,
        actor,
        appointment_id,
        now=now,
        what="overrule absence",
        ability=Ability.OVERRULE,
        change=True,
        lock=True,
    )
    before = attendance.current_outcome(session, appointment.id)
    if before is None or before.code not in ABSENCES:
        raise Conflict("No absence is recorded that could be overruled.", code="no_absence")
    words = clean_text("reason", reason, LONGEST_REASON, missing="Say why.")
    if code not in ABSENCES or code is OutcomeCode.FAILED_TO_ATTEND:
        raise Invalid(fields={"code": "Choose an acceptable absence, or an unacceptable one."})
    if code is before.code:
        raise Invalid(fields={"code": "This outcome is already recorded."})
    outcome = attendance.record_outcome(
        session, actor, appointment.id, code=code, note=f"Decided by a supervisor: {words}", now=now
    )
    record_event(
        session,
        OVERRULED,
        appointment,
        now=now,
        actor=actor.label,
        outcome=outcome.id,
        earlier=before.id,
    )
    _apply_rules(session, actor, appointment, now=now)
    return outcome


def _lock_appointment(
    session: Session, actor: Actor, appointment_id: uuid.UUID, *, now: datetime
) -> tuple[Appointment, Outcome | None]:
    """The appointment and its current outcome, with the person locked. Raises Conflict if a
    supervisor has decided and the actor may not overrule.
    """
    appointment = open_appointment(
        session,
        actor,
        appointment_id,
        now=now,
        what="record outcome",
        ability=Ability.RECORD,
        change=True,
        lock=True,
    )
    before = attendance.current_outcome(session, appointment.id)
    person = session.get_one(Person, appointment.person_id)
    if (
        before is not None
        and not _may_overrule(actor, person)
        and _is_overruled(session, person, before)
    ):
        raise Conflict(
            "A supervisor has decided this absence. Ask them to change it.", code="overruled"
        )
    return appointment, before


def _apply_rules(
    session: Session, actor: Actor, appointment: Appointment, *, now: datetime
) -> None:
    person = session.get_one(Person, appointment.person_id)
    session.flush()
    escalation.apply_rules(session, person, now=now, actor=actor.label)
    escalation.flag_changed_ground(session, person, appointment.id, now=now, actor=actor.label)


def _may_overrule(actor: Actor, person: Person) -> bool:
    return actor.kind is ActorKind.SYSTEM or Ability.OVERRULE in abilities(actor, person)


def _is_overruled(session: Session, person: Person, before: Outcome) -> bool:
    return (
        session.scalar(
            select(Event.id)
            .where(
                Event.person_id == person.id,
                Event.kind == OVERRULED,
                Event.data["outcome"].astext == str(before.id),
            )
            .limit(1)
        )
        is not None
    )
