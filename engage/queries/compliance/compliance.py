"""A person's compliance as staff see it: what counts and why, what was decided, and which absences
await a decision. It changes nothing.

Beside every failure is what the network reported about its texts: a text that did not arrive is
never held against the person (rule 8).
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import (
    Ability,
    Actor,
    abilities,
    may_change,
    open_person,
)
from engage.access.sharing import RecordPart, open_part
from engage.agencies.hub_settings import hub_rules, zone
from engage.agencies.model import Hub
from engage.appointments import absence_rules, attendance
from engage.appointments.model import (
    Appointment,
    AppointmentState,
    Outcome,
    OutcomeCode,
)
from engage.appointments.reminders import message_history
from engage.compliance import counting, rules
from engage.compliance.counting import Compliance
from engage.compliance.kinds import EnforcementKind
from engage.compliance.model import Enforcement, EvidencePack
from engage.compliance.rules import Step
from engage.core.errors import NotFound
from engage.core.paging import MomentCursor
from engage.legal.kinds import OrderKind
from engage.people.model import Person
from engage.queries import actor_names
from engage.queries.compliance.compliance_views import (
    AbsenceToDecide,
    CompliancePage,
    EnforcementView,
    FailureView,
    LetterPage,
    OrderPositionView,
    PackView,
)
from engage.queries.compliance.packs import of_person

MOST_DECISIONS = 20
MOST_WAITING = 20


def load(session: Session, actor: Actor, person_id: uuid.UUID, *, now: datetime) -> CompliancePage:
    """The page of one person, for a reader who may see this part; the reading is logged. A constant
    number of statements. Raises NotFound or Forbidden.
    """
    person = open_part(
        session, actor, person_id, RecordPart.COMPLIANCE, now=now, what="compliance.page"
    )
    found = counting.assess(session, person, now=now)
    granted, changes = abilities(actor, person), may_change(actor, person)
    may_enforce = changes and Ability.ENFORCE in granted
    packs = of_person(session, person.id) if may_enforce else ()
    shown = found.decisions[:MOST_DECISIONS]
    outcomes = _outcomes(session, found, shown)
    names = actor_names.names_by_label(
        session,
        {
            *(one.recorded_by for one in outcomes.values()),
            *(label for one in shown for label in (one.decided_by, one.withdrawn_by)),
            *(one.made_by for one in packs),
        },
    )
    hub = session.get_one(Hub, person.hub_id)
    return CompliancePage(
        person=person,
        zone=zone(hub),
        today=found.on,
        months=found.settings.months,
        statutory=bool(found.positions),
        may_enforce=may_enforce,
        may_overrule=changes and Ability.OVERRULE in granted,
        standings=_order_positions(session, found, outcomes, names),
        decisions=tuple(_decision(one, found, outcomes, names) for one in shown),
        waiting=_waiting(session, person, hub, now),
        packs=tuple(_pack(one, names) for one in packs),
    )


def list_decisions(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    *,
    before: MomentCursor | None,
    limit: int,
    now: datetime,
) -> tuple[EnforcementView, ...]:
    """A page of decisions, latest first; the reading is logged. Raises NotFound or Forbidden."""
    person = open_part(
        session, actor, person_id, RecordPart.COMPLIANCE, now=now, what="enforcements"
    )
    found = counting.assess(session, person, now=now)
    rows = [one for one in found.decisions if before is None or (one.decided_at, one.id) < before][
        :limit
    ]
    outcomes = _outcomes(session, found, rows)
    names = actor_names.names_by_label(
        session, {label for one in rows for label in (one.decided_by, one.withdrawn_by)}
    )
    return tuple(_decision(one, found, outcomes, names) for one in rows)


def load_enforcement_form(
    session: Session, actor: Actor, person_id: uuid.UUID, *, now: datetime
) -> CompliancePage:
    """The same page, for the forms of a worker who may enforce. Raises NotFound or Forbidden."""
    open_person(
        session,
        actor,
        person_id,
        now=now,
        what="compliance.form",
        ability=Ability.ENFORCE,
        change=True,
    )
    return load(session, actor, person_id, now=now)


def load_decision(
    session: Session, actor: Actor, decision_id: uuid.UUID, *, now: datetime
) -> LetterPage:
    """One decision for a worker who may enforce, with its letter (empty if none). Raises NotFound
    or Forbidden.
    """
    person_id = session.scalar(select(Enforcement.person_id).where(Enforcement.id == decision_id))
    if person_id is None:
        raise NotFound("There is no such decision, or you may not see it.")
    person = open_person(
        session, actor, person_id, now=now, what="compliance.letter", ability=Ability.ENFORCE
    )
    found = counting.assess(session, person, now=now)
    row = next(one for one in found.decisions if one.id == decision_id)
    outcomes = _outcomes(session, found, [row])
    names = actor_names.names_by_label(session, {row.decided_by, row.withdrawn_by})
    return LetterPage(person, _decision(row, found, outcomes, names), row.letter or "")


def _outcomes(
    session: Session, found: Compliance, decisions: Sequence[Enforcement]
) -> Mapping[uuid.UUID, Outcome]:
    ids = {one.outcome_id for one in found.counted}
    ids |= {failure.outcome_id for one in decisions for failure in one.failures}
    return {one.id: one for one in session.scalars(select(Outcome).where(Outcome.id.in_(ids)))}


def _order_positions(
    session: Session,
    found: Compliance,
    outcomes: Mapping[uuid.UUID, Outcome],
    names: Mapping[str | None, str],
) -> tuple[OrderPositionView, ...]:
    appointments = _appointments(session, {one.appointment_id for one in found.counted})
    delivery = _delivery_notes(session, appointments)
    return tuple(
        OrderPositionView(
            order_id=position.order.id if position.order else None,
            order=position.order.kind if position.order else None,
            ends_on=position.order.ends_on if position.order else None,
            step=position.suggestion.step,
            reasons=position.suggestion.reasons,
            due_on=position.suggestion.due_on,
            failures=tuple(
                FailureView(
                    appointment_id=one.appointment_id,
                    outcome_id=one.outcome_id,
                    on=one.on,
                    starts_at=one.starts_at,
                    type=appointments[one.appointment_id].type,
                    code=one.code,
                    recorded_by=names[outcomes[one.outcome_id].recorded_by],
                    reached=delivery[one.appointment_id],
                    decided=one not in position.suggestion.undecided,
                )
                for one in reversed(position.suggestion.counted)
            ),
            kinds=_kinds(position.order.kind if position.order else None, position.suggestion.step),
        )
        for position in found.positions
    )


def _kinds(order: OrderKind | None, step: Step) -> tuple[EnforcementKind, ...]:
    """The decisions possible now, in the order in which they are offered."""
    if step is Step.NOTHING:
        return ()
    if order is None:
        return (EnforcementKind.NONE,)
    allowed = rules.ALLOWED_DECISIONS[order in rules.LADDER]
    barred = {EnforcementKind.WARNING} if step is Step.MUST_REFER else set()
    return tuple(kind for kind in EnforcementKind if kind in allowed - barred)


def _appointments(session: Session, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Appointment]:
    return {
        one.id: one for one in session.scalars(select(Appointment).where(Appointment.id.in_(ids)))
    }


def _delivery_notes(
    session: Session, appointments: Mapping[uuid.UUID, Appointment]
) -> Mapping[uuid.UUID, str]:
    about: dict[uuid.UUID, list[message_history.SentReminder]] = {id: [] for id in appointments}
    for one in message_history.reminders_of(session, list(appointments)):
        of = appointments[one.reminder.appointment_id]
        if one.reminder.revision == of.revision and one.reminder.kind not in absence_rules.CHASERS:
            about[of.id].append(one)
    return {id: attendance.delivery_note(standing) for id, standing in about.items()}


def _decision(
    one: Enforcement,
    found: Compliance,
    outcomes: Mapping[uuid.UUID, Outcome],
    names: Mapping[str | None, str],
) -> EnforcementView:
    kinds = {order.id: order.kind for order in found.orders}
    given = one.given_on if one.kind is EnforcementKind.WARNING else None
    return EnforcementView(
        id=one.id,
        kind=one.kind,
        order=kinds.get(one.order_id) if one.order_id else None,
        reason=one.reason,
        reasons=tuple(one.suggested.get("reasons", ())),
        by=names[one.decided_by],
        at=one.decided_at,
        rests_on=len(one.failures),
        changed=sum(
            1 for failure in one.failures if outcomes[failure.outcome_id].superseded_at is not None
        ),
        due_on=one.due_on,
        done_on=one.done_on,
        letter=one.letter,
        language=one.letter_language,
        given_on=one.given_on,
        given_how=one.given_how,
        holds_until=rules.liability_ends(given, found.settings.months) if given else None,
        withdrawn_by=names[one.withdrawn_by] if one.withdrawn_by else None,
        withdrawn_at=one.withdrawn_at,
        withdrawn_why=one.withdrawn_why,
    )


def _waiting(
    session: Session, person: Person, hub: Hub, now: datetime
) -> tuple[AbsenceToDecide, ...]:
    rows = session.execute(
        select(Appointment.id, Appointment.starts_at)
        .join(Outcome, (Outcome.appointment_id == Appointment.id) & Outcome.superseded_at.is_(None))
        .where(
            Appointment.person_id == person.id,
            Appointment.state == AppointmentState.BOOKED,
            Outcome.code == OutcomeCode.FAILED_TO_ATTEND,
        )
        .order_by(Appointment.starts_at, Appointment.id)
        .limit(MOST_WAITING)
    )
    hub_zone, days = zone(hub), hub_rules(hub).evidence_days
    return tuple(
        AbsenceToDecide(
            id,
            starts_at,
            absence_rules.last_day_to_explain(starts_at, hub_zone, days),
            now >= absence_rules.window_ends(starts_at, hub_zone, days),
        )
        for id, starts_at in rows
    )


def _pack(one: EvidencePack, names: Mapping[str | None, str]) -> PackView:
    return PackView(
        id=one.id,
        from_on=one.from_on,
        until_on=one.until_on,
        purpose=one.purpose,
        recipient=one.recipient,
        by=names[one.made_by],
        at=one.made_at,
        digest=one.digest,
    )
