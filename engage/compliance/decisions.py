"""What people decide about non-compliance: a warning, a referral to court, a letter or a recall on
licence, or that nothing follows.

The rules suggest, a worker with the power decides and says why; a letter is printed and given by
hand or by post, and no text ever speaks of it. What was decided stays to be read: where its ground
falls away it is withdrawn, with who and why, never erased.
"""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage import signals
from engage.access.policy import Ability, Actor, open_person
from engage.agencies.model import Hub, Staff
from engage.appointments.model import Appointment
from engage.compliance import (
    counting,
    escalation,
    letters,
    rules,
)
from engage.compliance.counting import Compliance, OrderPosition
from engage.compliance.kinds import Delivery, EnforcementKind
from engage.compliance.model import Enforcement, EnforcementFailure
from engage.compliance.rules import Failure
from engage.core import events
from engage.core.db import new_id
from engage.core.errors import Conflict, Invalid, NotFound
from engage.core.local_time import local_day
from engage.core.text_fields import clean_text
from engage.legal.model import Order
from engage.people.model import Language, Person
from engage.signals import Signal, SignalKind, SignalState

LONGEST_REASON = 1000
LONGEST_WHY = 500


def decide(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    *,
    kind: EnforcementKind,
    order_id: uuid.UUID | None,
    reason: str,
    language: Language | None = None,
    now: datetime,
) -> Enforcement:
    """Decide about the failures under one order that nobody has decided about. A letter is written
    in `language`, else in the person's own.

    A warning rests on the failures that are new, a referral and a recall on all of the window.
    Raises Conflict where there is nothing to decide (`no_failure`, so the second of two who decide
    at once is told) or a warning in force forbids another (`already_warned`), Invalid for a kind
    that does not go with the order, or without a reason.
    """
    person = _held(session, actor, person_id, now=now, what="decide on compliance")
    words = clean_text("reason", reason, LONGEST_REASON, missing="Say why.")
    found = counting.assess(session, person, now=now)
    standing = _standing(found, order_id)
    _check(kind, standing, found)
    rests_on = standing.suggestion.counted if kind in _ON_ALL else standing.suggestion.fresh
    tongue = (language or person.language) if kind in rules.LETTERS else None
    decision = Enforcement(
        id=new_id(),
        person_id=person.id,
        order_id=order_id,
        kind=kind,
        reason=words,
        suggested=_suggested(standing),
        letter_language=tongue,
        letter=None,
        decided_by=actor.label,
        decided_at=now,
        due_on=_due(kind, standing, found),
        failures=[
            EnforcementFailure(appointment_id=one.appointment_id, outcome_id=one.outcome_id)
            for one in rests_on
        ],
    )
    if tongue is not None and standing.order is not None:
        decision.letter = _letter(session, person, standing.order, rests_on, kind, tongue, found)
    session.add(decision)
    session.flush()
    _note(session, "enforcement.decided", actor, person, decision, now, enforcement_kind=kind.value)
    escalation.apply_rules(session, person, now=now, actor=actor.label)
    return decision


def record_delivery(
    session: Session,
    actor: Actor,
    decision_id: uuid.UUID,
    *,
    on: date,
    how: Delivery,
    now: datetime,
) -> Enforcement:
    """Record when and how a letter reached the person; a warning is in force from that day. Raises
    Conflict where it has none, or was given.
    """
    person, decision = _found(session, actor, decision_id, now=now, what="give letter")
    if decision.letter is None:
        raise Conflict("This decision has no letter.", code="no_letter")
    if decision.given_on is not None:
        raise Conflict("It is recorded already that the letter was given.", code="given")
    _check_day("given_on", on, person, decision, session, now)
    decision.given_on, decision.given_how = on, how
    session.flush()
    _note(
        session, "enforcement.given", actor, person, decision, now, on=on.isoformat(), how=how.value
    )
    escalation.apply_rules(session, person, now=now, actor=actor.label)
    return decision


def record_completion(
    session: Session, actor: Actor, decision_id: uuid.UUID, *, on: date, now: datetime
) -> Enforcement:
    """Record that a referral is with the court, or a recall asked for. Raises Conflict for other
    decisions and the second time.
    """
    person, decision = _found(session, actor, decision_id, now=now, what="finish enforcement")
    if decision.kind not in _ON_ALL:
        raise Conflict("Only a referral or a recall goes to somebody else.", code="no_referral")
    if decision.done_on is not None:
        raise Conflict("It is recorded already that it was done.", code="done")
    _check_day("done_on", on, person, decision, session, now)
    decision.done_on = on
    session.flush()
    _note(session, "enforcement.done", actor, person, decision, now, on=on.isoformat())
    return decision


def withdraw(
    session: Session, actor: Actor, decision_id: uuid.UUID, *, why: str, now: datetime
) -> Enforcement:
    """Take a decision back, saying why: its failures are to be decided about again, and a warning
    counts no more. Raises Conflict the second time.
    """
    person, decision = _found(session, actor, decision_id, now=now, what="withdraw enforcement")
    decision.withdrawn_at, decision.withdrawn_by = now, actor.label
    decision.withdrawn_why = clean_text("why", why, LONGEST_WHY, missing="Say why it is withdrawn.")
    session.flush()
    _note(session, "enforcement.withdrawn", actor, person, decision, now)
    told = session.scalars(
        select(Signal).where(
            Signal.person_id == person.id,
            Signal.key.startswith(
                f"{SignalKind.GROUND_GONE}:{person.id}:{decision.id}", autoescape=True
            ),
            Signal.state != SignalState.RESOLVED,
        )
    )
    for signal in told.all():
        signals.resolve(
            session, signal, how="The decision was withdrawn.", actor=actor.label, now=now
        )
    escalation.apply_rules(session, person, now=now, actor=actor.label)
    return decision


_ON_ALL = frozenset({EnforcementKind.REFERRAL, EnforcementKind.RECALL})


def _held(
    session: Session, actor: Actor, person_id: uuid.UUID, *, now: datetime, what: str
) -> Person:
    return open_person(
        session,
        actor,
        person_id,
        now=now,
        what=what,
        ability=Ability.ENFORCE,
        change=True,
        lock=True,
    )


def _found(
    session: Session, actor: Actor, decision_id: uuid.UUID, *, now: datetime, what: str
) -> tuple[Person, Enforcement]:
    person_id = session.scalar(select(Enforcement.person_id).where(Enforcement.id == decision_id))
    if person_id is None:
        raise NotFound("There is no such decision, or you may not see it.")
    person = _held(session, actor, person_id, now=now, what=what)
    decision = session.get_one(Enforcement, decision_id, populate_existing=True)
    if decision.withdrawn_at is not None:
        raise Conflict("This decision has been withdrawn.", code="withdrawn")
    return person, decision


def _standing(found: Compliance, order_id: uuid.UUID | None) -> OrderPosition:
    for standing in found.standings:
        if (standing.order.id if standing.order is not None else None) == order_id:
            return standing
    raise Conflict(
        "This order is not in force, so nothing can follow under it.", code="not_in_force"
    )


def _check(kind: EnforcementKind, standing: OrderPosition, found: Compliance) -> None:
    order, suggestion = standing.order, standing.suggestion
    if order is None and kind is not EnforcementKind.NONE:
        raise Invalid(fields={"kind": "Record the order first: what can follow depends on it."})
    if order is not None and kind not in rules.FOLLOWS[order.kind in rules.LADDER]:
        raise Invalid(
            fields={
                "kind": "Choose a warning, a referral to court or nothing on an order; a letter, a recall or nothing on licence."
            }
        )
    if not suggestion.fresh:
        raise Conflict("No failure to comply waits for a decision.", code="no_failure")
    if kind is EnforcementKind.WARNING and suggestion.step is rules.Step.MUST_REFER:
        raise Conflict(
            f"A warning of the last {found.numbers.months} months is in force: another cannot be given. Refer to court.",
            code="already_warned",
        )


def _suggested(standing: OrderPosition) -> dict[str, Any]:
    suggestion = standing.suggestion
    return {
        "step": suggestion.step.value,
        "reasons": list(suggestion.reasons),
        "counted": len(suggestion.counted),
        "due_on": suggestion.due_on.isoformat() if suggestion.due_on else None,
    }


def _due(kind: EnforcementKind, standing: OrderPosition, found: Compliance) -> date | None:
    if kind is not EnforcementKind.REFERRAL:
        return None
    suggestion = standing.suggestion
    first = min(one.decided_at for one in suggestion.fresh)
    return suggestion.due_on or rules.refer_by(first, found.numbers)


def _letter(
    session: Session,
    person: Person,
    order: Order,
    rests_on: tuple[Failure, ...],
    kind: EnforcementKind,
    language: Language,
    found: Compliance,
) -> str:
    hub = session.get_one(Hub, person.hub_id)
    manager = session.get_one(Staff, person.offender_manager_id)
    ids = [one.appointment_id for one in rests_on]
    rows = session.execute(select(Appointment.id, Appointment.type).where(Appointment.id.in_(ids)))
    types = {row.id: row.type for row in rows}
    return letters.letter(
        kind,
        language,
        letters.LetterFacts(
            name=person.name,
            crn=person.crn,
            hub=hub.name,
            phone=hub.phone or "",
            order=order.kind,
            made_on=order.made_on,
            court=order.court,
            reference=order.reference,
            manager=manager.name,
            written_on=found.on,
            months=found.numbers.months,
            failures=[
                letters.Missed(one.starts_at, types[one.appointment_id], one.code)
                for one in rests_on
            ],
            zone=found.numbers.zone,
        ),
    )


def _check_day(
    field: str, on: date, person: Person, decision: Enforcement, session: Session, now: datetime
) -> None:
    where = counting.numbers_of(session.get_one(Hub, person.hub_id)).zone
    first, last = local_day(decision.decided_at, where), local_day(now, where)
    if not first <= on <= last:
        raise Invalid(fields={field: "Give a day from that of the decision to today."})


def _note(
    session: Session,
    what: str,
    actor: Actor,
    person: Person,
    decision: Enforcement,
    now: datetime,
    **more: str,
) -> None:
    events.record_for_person(
        session, what, person, now=now, actor=actor.label, enforcement=decision.id, **more
    )
