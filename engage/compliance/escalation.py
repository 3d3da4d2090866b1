"""What follows at once from an outcome: a person's failures weighed by rules 6 and 7, and whoever
must know told.

It raises signals and never decides. A decision whose ground has changed is not touched: whoever
made it is told, and a person withdraws it.
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
    """Raise what rules 6 and 7 say of the person now, once for each failure; resolve what they no
    longer say. The caller holds the person.
    """
    found = counting.assess(session, person, now=now)
    for standing in found.standings:
        _raise(session, person, standing, found, now=now, actor=actor)
    if not any(standing.suggestion.consider for standing in found.standings):
        _gone(session, person.id, SignalKind.SECOND_FAILURE, now=now, actor=actor)
    if not any(standing.suggestion.step is Step.MUST_REFER for standing in found.standings):
        _gone(session, person.id, SignalKind.MUST_REFER, now=now, actor=actor)
    return found


def flag_changed_ground(
    session: Session, person: Person, appointment_id: uuid.UUID, *, now: datetime, actor: str
) -> None:
    """Tell whoever must know that a decision which stands rests on an outcome that has been put
    right since.
    """
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
            why=f"{_CALLED[decision.kind]} of {decision.decided_at:%d.%m.%Y} rests on an outcome that has been changed since.{given}",
            evidence=[
                Evidence("appointment", str(appointment_id)),
                Evidence("outcome", str(outcome_id)),
                Evidence("rule", "7"),
            ],
            now=now,
            actor=actor,
        )


def catch_up(session: Session, people: Iterable[Person], *, now: datetime) -> None:
    """Weigh these people anew, for the nightly sweep: time alone moves the window, and what was
    recorded elsewhere is caught here.
    """
    for person in people:
        apply_rules(session, person, now=now, actor="system")


def _raise(
    session: Session,
    person: Person,
    standing: OrderPosition,
    found: Compliance,
    *,
    now: datetime,
    actor: str,
) -> None:
    suggestion = standing.suggestion
    if not suggestion.fresh:
        return
    last, told = suggestion.fresh[-1], suggestion.reasons
    evidence = [Evidence("rule", "6"), Evidence("rule", "7")]
    for one in reversed(suggestion.counted):
        evidence += [
            Evidence("appointment", str(one.appointment_id)),
            Evidence("outcome", str(one.outcome_id)),
        ]
    under = str(standing.order.id) if standing.order is not None else "none"
    if suggestion.step is Step.MUST_REFER and suggestion.due_on is not None:
        kind, due_at = (
            SignalKind.MUST_REFER,
            start_of_day(suggestion.due_on + timedelta(days=1), found.numbers.zone),
        )
        told = told[
            1:
        ]  # what must follow, and by when: with the count before it there would not be room for it
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
        why=" ".join(told),
        evidence=evidence,
        now=now,
        due_at=due_at,
        actor=actor,
    )


def _gone(
    session: Session, person_id: uuid.UUID, kind: SignalKind, *, now: datetime, actor: str
) -> None:
    signals.resolve_cause(
        session,
        kind,
        person_id=person_id,
        how="It no longer holds: it was decided about, or an outcome was changed.",
        actor=actor,
        now=now,
    )


_CALLED = {
    EnforcementKind.WARNING: "The warning",
    EnforcementKind.REFERRAL: "The referral to court",
    EnforcementKind.LICENCE_LETTER: "The letter",
    EnforcementKind.RECALL: "The recall",
}
