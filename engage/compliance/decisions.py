"""Decisions about non-compliance: a warning, a referral to court, a licence letter, a recall, or no
action.

The rules suggest; a worker with the power decides, with a reason. A letter is printed and given by
hand or post; no text ever mentions it. A decision stays on record. If its ground is gone it is
withdrawn, with who and why, never erased.
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
    """Decide about the failures under one order that nobody has decided yet. A letter is written in
    `language`, or else in the person's language.

    A warning rests on the undecided failures, a referral or a recall on all in the window. Raises
    Conflict if there is nothing to decide (`no_failure`, so the second of two simultaneous
    decisions is refused) or a warning in force rules out another (`already_warned`), Invalid
    without a reason or for a kind that does not fit the order.
    """
    person = _lock_person(session, actor, person_id, now=now, what="decide on compliance")
    words = clean_text("reason", reason, LONGEST_REASON, missing="Say why.")
    found = counting.assess(session, person, now=now)
    position = _position(found, order_id)
    _check(kind, position, found)
    rests_on = (
        position.suggestion.counted if kind in _RESTS_ON_ALL else position.suggestion.undecided
    )
    letter_language = (language or person.language) if kind in rules.LETTERS else None
    decision = Enforcement(
        id=new_id(),
        person_id=person.id,
        order_id=order_id,
        kind=kind,
        reason=words,
        suggested=_suggested(position),
        letter_language=letter_language,
        letter=None,
        decided_by=actor.label,
        decided_at=now,
        due_on=_due_on(kind, position, found),
        failures=[
            EnforcementFailure(appointment_id=one.appointment_id, outcome_id=one.outcome_id)
            for one in rests_on
        ],
    )
    if letter_language is not None and position.order is not None:
        decision.letter = _letter(
            session, person, position.order, rests_on, kind, letter_language, found
        )
    session.add(decision)
    session.flush()
    _record_event(
        session, "enforcement.decided", actor, person, decision, now, enforcement_kind=kind.value
    )
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
    """Record when and how a letter was given. A warning is in force from that day.

    Raises Conflict if there is no letter, or it was already given.
    """
    person, decision = _lock_decision(session, actor, decision_id, now=now, what="give letter")
    if decision.letter is None:
        raise Conflict("This decision has no letter.", code="no_letter")
    if decision.given_on is not None:
        raise Conflict("The letter is already recorded as given.", code="given")
    _check_day("given_on", on, person, decision, session, now)
    decision.given_on, decision.given_how = on, how
    session.flush()
    _record_event(
        session, "enforcement.given", actor, person, decision, now, on=on.isoformat(), how=how.value
    )
    escalation.apply_rules(session, person, now=now, actor=actor.label)
    return decision


def record_completion(
    session: Session, actor: Actor, decision_id: uuid.UUID, *, on: date, now: datetime
) -> Enforcement:
    """Record that a referral is with the court, or a recall was requested. Raises Conflict for
    other decisions, or if already recorded.
    """
    person, decision = _lock_decision(
        session, actor, decision_id, now=now, what="finish enforcement"
    )
    if decision.kind not in _RESTS_ON_ALL:
        raise Conflict("Only a referral or a recall goes to a court or prison.", code="no_referral")
    if decision.done_on is not None:
        raise Conflict("This is already recorded as done.", code="done")
    _check_day("done_on", on, person, decision, session, now)
    decision.done_on = on
    session.flush()
    _record_event(session, "enforcement.done", actor, person, decision, now, on=on.isoformat())
    return decision


def withdraw(
    session: Session, actor: Actor, decision_id: uuid.UUID, *, why: str, now: datetime
) -> Enforcement:
    """Withdraw a decision, with the reason. Its failures await a decision again, and a warning no
    longer counts.

    Raises Conflict if it is already withdrawn.
    """
    person, decision = _lock_decision(
        session, actor, decision_id, now=now, what="withdraw enforcement"
    )
    decision.withdrawn_at, decision.withdrawn_by = now, actor.label
    decision.withdrawn_why = clean_text("why", why, LONGEST_WHY, missing="Say why it is withdrawn.")
    session.flush()
    _record_event(session, "enforcement.withdrawn", actor, person, decision, now)
    about_decision = session.scalars(
        select(Signal).where(
            Signal.person_id == person.id,
            Signal.key.startswith(
                f"{SignalKind.GROUND_GONE}:{person.id}:{decision.id}", autoescape=True
            ),
            Signal.state != SignalState.RESOLVED,
        )
    )
    for signal in about_decision.all():
        signals.resolve(
            session, signal, how="The decision was withdrawn.", actor=actor.label, now=now
        )
    escalation.apply_rules(session, person, now=now, actor=actor.label)
    return decision


_RESTS_ON_ALL = frozenset({EnforcementKind.REFERRAL, EnforcementKind.RECALL})


def _lock_person(
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


def _lock_decision(
    session: Session, actor: Actor, decision_id: uuid.UUID, *, now: datetime, what: str
) -> tuple[Person, Enforcement]:
    person_id = session.scalar(select(Enforcement.person_id).where(Enforcement.id == decision_id))
    if person_id is None:
        raise NotFound("There is no such decision, or you may not see it.")
    person = _lock_person(session, actor, person_id, now=now, what=what)
    decision = session.get_one(Enforcement, decision_id, populate_existing=True)
    if decision.withdrawn_at is not None:
        raise Conflict("This decision has been withdrawn.", code="withdrawn")
    return person, decision


def _position(found: Compliance, order_id: uuid.UUID | None) -> OrderPosition:
    for position in found.positions:
        if (position.order.id if position.order is not None else None) == order_id:
            return position
    raise Conflict(
        "This order is not in force, so nothing can be decided under it.", code="not_in_force"
    )


def _check(kind: EnforcementKind, position: OrderPosition, found: Compliance) -> None:
    order, suggestion = position.order, position.suggestion
    if order is None and kind is not EnforcementKind.NONE:
        raise Invalid(fields={"kind": "Record the order first: the choice depends on it."})
    if order is not None and kind not in rules.ALLOWED_DECISIONS[order.kind in rules.LADDER]:
        raise Invalid(
            fields={
                "kind": "Choose a warning, a referral to court or nothing on an order; "
                "a letter, a recall or nothing on licence."
            }
        )
    if not suggestion.undecided:
        raise Conflict("No failure to comply awaits a decision.", code="no_failure")
    if kind is EnforcementKind.WARNING and suggestion.step is rules.Step.MUST_REFER:
        raise Conflict(
            f"A warning from the last {found.settings.months} months is in force. "
            "Refer to court: another warning cannot be given.",
            code="already_warned",
        )


def _suggested(position: OrderPosition) -> dict[str, Any]:
    suggestion = position.suggestion
    return {
        "step": suggestion.step.value,
        "reasons": list(suggestion.reasons),
        "counted": len(suggestion.counted),
        "due_on": suggestion.due_on.isoformat() if suggestion.due_on else None,
    }


def _due_on(kind: EnforcementKind, position: OrderPosition, found: Compliance) -> date | None:
    if kind is not EnforcementKind.REFERRAL:
        return None
    suggestion = position.suggestion
    first = min(one.decided_at for one in suggestion.undecided)
    return suggestion.due_on or rules.refer_by(first, found.settings)


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
            months=found.settings.months,
            failures=[
                letters.LetterFailure(one.starts_at, types[one.appointment_id], one.code)
                for one in rests_on
            ],
            zone=found.settings.zone,
        ),
    )


def _check_day(
    field: str, on: date, person: Person, decision: Enforcement, session: Session, now: datetime
) -> None:
    zone = counting.compliance_settings(session.get_one(Hub, person.hub_id)).zone
    first, last = local_day(decision.decided_at, zone), local_day(now, zone)
    if not first <= on <= last:
        raise Invalid(fields={field: "Enter a date from the day of the decision to today."})


def _record_event(
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
