"""Outcomes as they are recorded from above: the record itself is made by appointments, and what it
means for compliance is weighed with it.

Whoever records an outcome for a page, a partner's system or the person's own words calls these
functions, so that no failure waits for the night to be seen. An absence that a supervisor has
decided stays as they decided it for everybody else.
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
"""The outcomes that a supervisor may put another in the place of, and those that they may put
there, but for the provisional one.
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
    """Record what happened, and weigh it. Raises what `attendance.record_outcome` raises, and
    Conflict (code `overruled`) where a supervisor has decided.
    """
    appointment, before = _held(session, actor, appointment_id, now=now)
    outcome = attendance.record_outcome(
        session, actor, appointment_id, code=code, note=note, now=now
    )
    if before is None or before.id != outcome.id:
        _weigh(session, actor, appointment, now=now)
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
    """Decide about a reason for an absence, and weigh the outcome that follows. Raises what
    `absences.decide` raises, and Conflict as above.
    """
    appointment, _ = _held(session, actor, appointment_id, now=now)
    reason = absences.decide(session, actor, appointment_id, reason_id, decision, now=now)
    _weigh(session, actor, appointment, now=now)
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
    """Put another decision about an absence in the place of the worker's, by a supervisor, who says
    why. Both stay to be read.

    Raises Conflict where no absence is recorded, Invalid for a code that is no decision about one,
    for the same code, or without a reason.
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
        raise Conflict("No absence is recorded that could be decided otherwise.", code="no_absence")
    words = clean_text("reason", reason, LONGEST_REASON, missing="Say why.")
    if code not in ABSENCES or code is OutcomeCode.FAILED_TO_ATTEND:
        raise Invalid(fields={"code": "Choose an acceptable absence, or an unacceptable one."})
    if code is before.code:
        raise Invalid(fields={"code": "This is what is recorded already."})
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
    _weigh(session, actor, appointment, now=now)
    return outcome


def _held(
    session: Session, actor: Actor, appointment_id: uuid.UUID, *, now: datetime
) -> tuple[Appointment, Outcome | None]:
    """The appointment, its person held, with what is recorded. Raises Conflict where a supervisor
    has decided and the actor may not.
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
        and _overruled(session, person, before)
    ):
        raise Conflict(
            "A supervisor has decided this absence. Ask them to change it.", code="overruled"
        )
    return appointment, before


def _weigh(session: Session, actor: Actor, appointment: Appointment, *, now: datetime) -> None:
    person = session.get_one(Person, appointment.person_id)
    session.flush()
    escalation.apply_rules(session, person, now=now, actor=actor.label)
    escalation.flag_changed_ground(session, person, appointment.id, now=now, actor=actor.label)


def _may_overrule(actor: Actor, person: Person) -> bool:
    return actor.kind is ActorKind.SYSTEM or Ability.OVERRULE in abilities(actor, person)


def _overruled(session: Session, person: Person, before: Outcome) -> bool:
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
