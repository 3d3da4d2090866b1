"""The facts of a case pack: one person on one page, for the meeting that discusses them.

It gathers what is recorded and judges nothing. What the actor may not see (tests, intelligence) is
left out. A constant number of statements. Attendance is given as counts out of totals: failures of
the network never count against a person (rule 8).
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session, joinedload

from engage.access import health_redaction
from engage.access.policy import (
    Ability,
    Actor,
    abilities,
    open_person,
)
from engage.agencies.hub_settings import hub_rules, hub_today, zone
from engage.agencies.model import Agency, Hub, Staff
from engage.appointments.kinds import AppointmentState, AppointmentType, OutcomeCode
from engage.appointments.model import Appointment, Outcome
from engage.appointments.reminders.rules import ACCEPTABLE_ABSENCES
from engage.cohort import suggestions
from engage.cohort.kinds import DecisionKind
from engage.cohort.meeting_model import AgendaItem, Meeting, MeetingDecision
from engage.cohort.model import (
    Assessment,
    Enrolment,
    RagReview,
    StrandSpell,
)
from engage.cohort.rules import StatusReason
from engage.cohort.suggestions import StatusSuggestion
from engage.legal.kinds import OffenceKind
from engage.legal.model import CustodySpell, IntelligenceFlag, Offence, Order
from engage.people.model import Person
from engage.plan import rules as plan_rules
from engage.plan.model import Action, ActionState
from engage.progress.activities.model import Activity, ActivityKind
from engage.progress.drug_tests.model import DrugTest
from engage.progress.housing.model import HousingSpell
from engage.progress.model import ReportState
from engage.queries import actor_names
from engage.queries.signals import signals
from engage.queries.signals.signals import SignalView

YEAR = timedelta(days=365)
SHOWN = 10
MOST_APPOINTMENTS = 600
FAILED = frozenset({OutcomeCode.UNACCEPTABLE_ABSENCE, OutcomeCode.ATTENDED_FAILED_TO_COMPLY})


@dataclass(frozen=True)
class AttendanceTally:
    """Appointments of a period: `all` that were booked and have passed, by recorded outcome."""

    days: int
    all: int
    attended: int
    acceptable: int
    unacceptable: int
    awaiting: int
    other: int
    unrecorded: int


@dataclass(frozen=True)
class AppointmentLine:
    """One appointment with its outcome, None if none is recorded."""

    starts_at: datetime
    type: AppointmentType
    agency: str
    outcome: OutcomeCode | None


@dataclass(frozen=True)
class DecisionLine:
    """The latest decision of a meeting about the person."""

    kind: DecisionKind
    reason: str
    held_on: date
    by: str


@dataclass(frozen=True)
class OverdueActionLine:
    """A live action that is past its date. Without health access, a health action is named only as
    such.
    """

    id: uuid.UUID
    what: str
    due_on: date
    responsible: str
    agency: str


@dataclass(frozen=True)
class CasePack:
    """Everything on the page. `tests` is None if the actor may not see them; so are `intelligence`
    and `arrests`.
    """

    person: Person
    hub: Hub
    zone: ZoneInfo
    offender_manager: str
    made_at: datetime
    made_by: str
    suggestion: StatusSuggestion | None
    lead_agency: str | None
    why: tuple[StatusReason, ...]
    to_green: tuple[StatusReason, ...]
    statuses: tuple[RagReview, ...]
    strands: tuple[StrandSpell, ...]
    called: Mapping[str | None, str]
    window: AttendanceTally
    year: AttendanceTally
    visits: tuple[AppointmentLine, ...]
    orders: tuple[Order, ...]
    custody: CustodySpell | None
    offences: tuple[Offence, ...]
    may_know_intelligence: bool
    intelligence: IntelligenceFlag | None
    tests: tuple[DrugTest, ...] | None
    housing: HousingSpell | None
    activities: tuple[Activity, ...]
    assessment: Assessment | None
    signals: tuple[SignalView, ...]
    overdue: tuple[OverdueActionLine, ...]
    live_actions: int
    decision: DecisionLine | None

    @property
    def enrolment(self) -> Enrolment | None:
        """The current enrolment."""
        return self.suggestion.facts.enrolment if self.suggestion else None


def load(session: Session, actor: Actor, person_id: uuid.UUID, *, now: datetime) -> CasePack:
    """Return the pack of one person, for actors who may read the whole case. The access is logged.
    Raises NotFound or Forbidden.
    """
    person = open_person(session, actor, person_id, now=now, what="case pack", ability=Ability.CASE)
    granted = abilities(actor, person)
    hub = session.get_one(Hub, person.hub_id)
    today = hub_today(hub, now)
    suggestion = suggestions.suggest(session, [person.id], now=now).get(person.id)
    on_cohort = suggestion is not None and suggestion.facts.enrolment is not None
    statuses = session.scalars(_statuses(person.id)).all()
    strands = session.scalars(_strands(person.id)).all()
    past = session.execute(_past(person.id, now)).all()
    orders = session.scalars(_orders(person.id, today)).all()
    actions = session.scalars(_live(person.id)).unique().all()
    decision = session.execute(_last_decision(person.id)).one_or_none()
    labels = (
        {one.decided_by for one in statuses} | {one.decided_by for one in strands} | {actor.label}
    )
    called = actor_names.names_by_label(
        session, labels | ({decision.decided_by} if decision else set())
    )
    return CasePack(
        person=person,
        hub=hub,
        zone=zone(hub),
        offender_manager=session.get_one(Staff, person.offender_manager_id).name,
        made_at=now,
        made_by=called[actor.label],
        suggestion=suggestion,
        lead_agency=_lead(session, suggestion),
        why=suggestions.reasons_visible_to(granted, suggestion.status.reasons)
        if suggestion and on_cohort
        else (),
        to_green=suggestions.reasons_visible_to(granted, suggestion.status.to_green)
        if suggestion and on_cohort
        else (),
        statuses=tuple(statuses),
        strands=tuple(strands),
        called=called,
        window=_tally(past, now, hub_rules(hub).rag_window_days),
        year=_tally(past, now, YEAR.days),
        visits=tuple(AppointmentLine(*row) for row in past[:SHOWN]),
        orders=tuple(orders),
        custody=suggestion.facts.custody if suggestion else None,
        offences=tuple(session.scalars(_offences(person.id, today)).all()),
        may_know_intelligence=Ability.INTELLIGENCE in granted,
        intelligence=_flag(session, person.id) if Ability.INTELLIGENCE in granted else None,
        tests=tuple(session.scalars(_tests(person.id)).all())
        if Ability.HEALTH in granted
        else None,
        housing=session.scalars(_housing(person.id)).one_or_none(),
        activities=tuple(
            session.scalars(_activities(person.id, health=Ability.HEALTH in granted)).all()
        ),
        assessment=session.scalars(_assessment(person.id)).one_or_none(),
        signals=signals.of_person(session, actor, person.id, now=now)
        if Ability.SIGNALS in granted
        else (),
        overdue=tuple(
            _overdue(action, health=Ability.HEALTH in granted)
            for action in actions
            if action.due_on < today
        ),
        live_actions=len(actions),
        decision=DecisionLine(
            decision.kind, decision.reason, decision.held_on, called[decision.decided_by]
        )
        if decision
        else None,
    )


def _overdue(action: Action, *, health: bool) -> OverdueActionLine:
    hidden = action.pathway in plan_rules.HEALTH and not health
    return OverdueActionLine(
        id=action.id,
        what=health_redaction.NOT_SHOWN if hidden else action.what,
        due_on=action.due_on,
        responsible=action.responsible,
        agency=action.agency.name,
    )


def _lead(session: Session, suggestion: StatusSuggestion | None) -> str | None:
    enrolment = suggestion.facts.enrolment if suggestion else None
    return session.get_one(Agency, enrolment.lead_agency_id).name if enrolment else None


def _statuses(person_id: uuid.UUID) -> Select[RagReview]:
    return (
        select(RagReview)
        .join(Enrolment, Enrolment.id == RagReview.enrolment_id)
        .where(Enrolment.person_id == person_id)
        .order_by(RagReview.held_on.desc(), RagReview.decided_at.desc(), RagReview.id.desc())
        .limit(SHOWN)
    )


def _strands(person_id: uuid.UUID) -> Select[StrandSpell]:
    return (
        select(StrandSpell)
        .join(Enrolment, Enrolment.id == StrandSpell.enrolment_id)
        .where(Enrolment.person_id == person_id)
        .order_by(StrandSpell.since.desc(), StrandSpell.decided_at.desc(), StrandSpell.id.desc())
        .limit(SHOWN)
    )


def _past(
    person_id: uuid.UUID, now: datetime
) -> Select[datetime, AppointmentType, str, OutcomeCode | None]:
    return (
        select(Appointment.starts_at, Appointment.type, Agency.name, Outcome.code)
        .join(Agency, Agency.id == Appointment.agency_id)
        .outerjoin(
            Outcome, and_(Outcome.appointment_id == Appointment.id, Outcome.superseded_at.is_(None))
        )
        .where(
            Appointment.person_id == person_id,
            Appointment.state == AppointmentState.BOOKED,
            Appointment.starts_at < now,
            Appointment.starts_at >= now - YEAR,
        )
        .order_by(Appointment.starts_at.desc(), Appointment.id.desc())
        .limit(MOST_APPOINTMENTS)
    )


def _tally(
    past: Sequence[tuple[datetime, AppointmentType, str, OutcomeCode | None]],
    now: datetime,
    days: int,
) -> AttendanceTally:
    codes = [code for starts_at, _, _, code in past if starts_at >= now - timedelta(days=days)]
    counts = {
        "attended": sum(code is OutcomeCode.ATTENDED_COMPLIED for code in codes),
        "acceptable": sum(code in ACCEPTABLE_ABSENCES for code in codes),
        "unacceptable": sum(code in FAILED for code in codes),
        "awaiting": sum(code is OutcomeCode.FAILED_TO_ATTEND for code in codes),
        "unrecorded": sum(code is None for code in codes),
    }
    return AttendanceTally(
        days=days, all=len(codes), other=len(codes) - sum(counts.values()), **counts
    )


def _orders(person_id: uuid.UUID, today: date) -> Select[Order]:
    runs = and_(Order.starts_on <= today, Order.ends_on >= today, Order.ended_on.is_(None))
    return (
        select(Order)
        .where(Order.person_id == person_id, runs)
        .order_by(Order.starts_on)
        .limit(SHOWN)
    )


def _offences(person_id: uuid.UUID, today: date) -> Select[Offence]:
    return (
        select(Offence)
        .where(
            Offence.person_id == person_id,
            Offence.withdrawn_at.is_(None),
            Offence.happened_on >= today - YEAR,
            Offence.kind.in_([OffenceKind.ARREST, OffenceKind.CONVICTION]),
        )
        .order_by(Offence.happened_on.desc(), Offence.id.desc())
        .limit(SHOWN)
    )


def _flag(session: Session, person_id: uuid.UUID) -> IntelligenceFlag | None:
    return session.scalars(
        select(IntelligenceFlag).where(
            IntelligenceFlag.person_id == person_id, IntelligenceFlag.ended_on.is_(None)
        )
    ).one_or_none()


def _tests(person_id: uuid.UUID) -> Select[DrugTest]:
    return (
        select(DrugTest)
        .where(
            DrugTest.person_id == person_id,
            DrugTest.superseded_at.is_(None),
            DrugTest.result.is_not(None),
        )
        .order_by(DrugTest.due_on.desc(), DrugTest.id.desc())
        .limit(SHOWN)
    )


def _housing(person_id: uuid.UUID) -> Select[HousingSpell]:
    return (
        select(HousingSpell)
        .where(HousingSpell.person_id == person_id, HousingSpell.state != ReportState.DISPUTED)
        .order_by(
            HousingSpell.since.desc(), HousingSpell.recorded_at.desc(), HousingSpell.id.desc()
        )
        .limit(1)
    )


def _activities(person_id: uuid.UUID, *, health: bool) -> Select[Activity]:
    query = select(Activity).where(
        Activity.person_id == person_id,
        Activity.ended_on.is_(None),
        Activity.state != ReportState.DISPUTED,
    )
    if not health:
        query = query.where(Activity.kind != ActivityKind.TREATMENT)
    return query.order_by(Activity.started_on.desc(), Activity.id.desc()).limit(SHOWN)


def _assessment(person_id: uuid.UUID) -> Select[Assessment]:
    return (
        select(Assessment)
        .where(Assessment.person_id == person_id)
        .order_by(Assessment.version.desc())
        .limit(1)
    )


def _live(person_id: uuid.UUID) -> Select[Action]:
    return (
        select(Action)
        .where(Action.person_id == person_id, Action.state == ActionState.LIVE)
        .options(joinedload(Action.agency))
        .order_by(Action.due_on, Action.id)
        .limit(100)
    )


def _last_decision(person_id: uuid.UUID) -> Select[DecisionKind, str, str, date]:
    return (
        select(
            MeetingDecision.kind,
            MeetingDecision.reason,
            MeetingDecision.decided_by,
            Meeting.held_on,
        )
        .join(AgendaItem, AgendaItem.id == MeetingDecision.item_id)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .where(AgendaItem.person_id == person_id)
        .order_by(MeetingDecision.decided_at.desc(), MeetingDecision.id.desc())
        .limit(1)
    )
