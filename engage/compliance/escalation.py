"""What follows at once from an outcome: rules 6 and 7 applied to the person's failures, and workers
told by signals.

It raises signals and never decides. A decision whose ground has changed stays as it is until a
person withdraws it: the worker who made it gets a signal.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage import signals
from engage.appointments.model import Outcome
from engage.compliance import counting
from engage.compliance.counting import Compliance, OrderPosition
from engage.compliance.kinds import EnforcementKind
from engage.compliance.model import Enforcement, EnforcementFailure
from engage.compliance.rules import Step
from engage.core.local_time import start_of_day
from engage.people.model import Person
from engage.signals import Evidence, SignalKind


def apply_rules(session: Session, person: Person, *, now: datetime, actor: str) -> Compliance:
    """Raise the signals of rules 6 and 7 that apply now, once for each failure, and resolve those
    that no longer apply. The caller has locked the person.
    """
    found = counting.assess(session, person, now=now)
    for position in found.positions:
        _raise(session, person, position, found, now=now, actor=actor)
    if not any(position.suggestion.consider for position in found.positions):
        _resolve(session, person.id, SignalKind.SECOND_FAILURE, now=now, actor=actor)
    if not any(position.suggestion.step is Step.MUST_REFER for position in found.positions):
        _resolve(session, person.id, SignalKind.MUST_REFER, now=now, actor=actor)
    return found


def flag_changed_ground(
    session: Session, person: Person, appointment_id: uuid.UUID, *, now: datetime, actor: str
) -> None:
    """Raise a signal if a decision in force rests on an outcome that has since been corrected."""
    rows = session.execute(
        select(Enforcement, EnforcementFailure.outcome_id)
        .join(EnforcementFailure, EnforcementFailure.enforcement_id == Enforcement.id)
        .join(Outcome, Outcome.id == EnforcementFailure.outcome_id)
        .where(
            EnforcementFailure.appointment_id == appointment_id,
            Enforcement.withdrawn_at.is_(None),
            Enforcement.kind != EnforcementKind.NONE,
            Outcome.superseded_at.is_not(None),
        )
    ).all()
    for decision, outcome_id in rows:
        given = " The letter has been given." if decision.given_on is not None else ""
        signals.raise_signal(
            session,
            SignalKind.GROUND_GONE,
            person_id=person.id,
            hub_id=person.hub_id,
            cause=f"{decision.id}:{outcome_id}",
            why=f"{_DECISION_NAMES[decision.kind]} of {decision.decided_at:%d.%m.%Y} "
            f"rests on an outcome that has since been changed.{given}",
            evidence=[
                Evidence("appointment", str(appointment_id)),
                Evidence("outcome", str(outcome_id)),
                Evidence("rule", "7"),
            ],
            now=now,
            actor=actor,
        )


def catch_up(session: Session, people: Iterable[Person], *, now: datetime) -> None:
    """Apply the rules to these people, for the nightly sweep: time alone moves the window, and
    outcomes may be recorded elsewhere.
    """
    for person in people:
        apply_rules(session, person, now=now, actor="system")


def _raise(
    session: Session,
    person: Person,
    position: OrderPosition,
    found: Compliance,
    *,
    now: datetime,
    actor: str,
) -> None:
    suggestion = position.suggestion
    if not suggestion.undecided:
        return
    last, reasons = suggestion.undecided[-1], suggestion.reasons
    evidence = [Evidence("rule", "6"), Evidence("rule", "7")]
    for one in reversed(suggestion.counted):
        evidence += [
            Evidence("appointment", str(one.appointment_id)),
            Evidence("outcome", str(one.outcome_id)),
        ]
    under = str(position.order.id) if position.order is not None else "none"
    if suggestion.step is Step.MUST_REFER and suggestion.due_on is not None:
        kind, due_at = (
            SignalKind.MUST_REFER,
            start_of_day(suggestion.due_on + timedelta(days=1), found.settings.zone),
        )
        # Leave out the count: there is no room for it beside what must follow, and by when.
        reasons = reasons[1:]
    elif suggestion.consider:
        kind, due_at = SignalKind.SECOND_FAILURE, None
    else:
        return
    signals.raise_signal(
        session,
        kind,
        person_id=person.id,
        hub_id=person.hub_id,
        cause=f"{last.outcome_id}:{under}"[:80],
        why=" ".join(reasons),
        evidence=evidence,
        now=now,
        due_at=due_at,
        actor=actor,
    )


def _resolve(
    session: Session, person_id: uuid.UUID, kind: SignalKind, *, now: datetime, actor: str
) -> None:
    signals.resolve_cause(
        session,
        kind,
        person_id=person_id,
        how="It no longer applies: a decision was made, or an outcome was changed.",
        actor=actor,
        now=now,
    )


_DECISION_NAMES = {
    EnforcementKind.WARNING: "The warning",
    EnforcementKind.REFERRAL: "The referral to court",
    EnforcementKind.LICENCE_LETTER: "The letter",
    EnforcementKind.RECALL: "The recall",
}
