"""The report to the court before a review of a drug rehabilitation requirement (rule 13): dated
facts of one period, each with its source.

It states what is recorded and nothing else: no judgement, no suggestion, no words of the person's
texts. Tests count as staff recorded them; void ones are counted separately. The same records at the
same moment give the same bytes.
"""

import hashlib
import json
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.access.policy import Ability, Actor, abilities
from engage.access.sharing import RecordPart, open_part
from engage.agencies.hub_settings import zone
from engage.agencies.model import Hub, Staff
from engage.appointments.kinds import AppointmentState, OutcomeCode
from engage.appointments.model import Appointment, Outcome
from engage.appointments.reminders.rules import ACCEPTABLE_ABSENCES
from engage.core.errors import Forbidden, NotFound
from engage.core.local_time import local_day, start_of_day
from engage.legal.model import Order, OrderKind, Requirement
from engage.people.model import Person
from engage.progress.activities import service as activities
from engage.progress.activities.kinds import ActivityEnding, ActivityKind
from engage.progress.drug_tests import court_reviews, rules, service
from engage.progress.drug_tests.kinds import DrugTestResult
from engage.progress.drug_tests.model import CourtReview
from engage.progress.housing import rules as housing_rules
from engage.progress.housing import service as housing
from engage.progress.housing.kinds import HousingStage
from engage.progress.kinds import ReportState
from engage.queries import actor_names


@dataclass(frozen=True)
class Attendance:
    """Recorded outcomes of the appointments of a period. `open` are those without a final
    outcome.
    """

    arranged: int
    attended: int
    acceptable: int
    unacceptable: int
    sent_home: int
    open: int


@dataclass(frozen=True)
class TestLine:
    """One test with its result."""

    due_on: date
    result: DrugTestResult
    note: str


@dataclass(frozen=True)
class HomeLine:
    """Where the person lives, and whether staff have verified it."""

    stage: HousingStage
    since: date
    state: ReportState


@dataclass(frozen=True)
class ActivityLine:
    """An activity, and whether staff have verified it."""

    kind: ActivityKind
    name: str
    started_on: date
    ended_on: date | None
    ending: ActivityEnding | None
    state: ReportState


@dataclass(frozen=True)
class CourtReport:
    """The facts of the period from one review to the next."""

    name: str
    date_of_birth: date | None
    crn: str
    court: str
    reference: str
    order: OrderKind
    order_made_on: date
    order_ends_on: date
    requirement_starts_on: date
    tests_every_days: int | None
    review_on: date
    from_on: date
    until_on: date
    tests: tuple[TestLine, ...]
    counts: rules.TestTally
    not_recorded: int
    attendance: Attendance
    home: HomeLine | None
    activities: tuple[ActivityLine, ...]
    earlier_finding: str
    offender_manager: str
    made_at: datetime
    made_by: str


@dataclass(frozen=True)
class ReportPage:
    """A report with its person. `made`: a report was made for this review. `changed`: the records
    have changed since.
    """

    person: Person
    review: CourtReview
    zone: ZoneInfo
    report: CourtReport
    made: bool
    changed: bool
    may_make: bool


def load(session: Session, actor: Actor, review_id: uuid.UUID, *, now: datetime) -> ReportPage:
    """Return the report for a review as it was made, or as it would be now. The access is logged.
    Raises NotFound or Forbidden.
    """
    person, review = _opened(session, actor, review_id, now)
    made = review.report_made_at is not None
    report = gather(
        session,
        person,
        review,
        made_at=review.report_made_at or now,
        made_by=review.report_made_by or actor.label,
    )
    over = review.held_on is not None or review.cancelled_at is not None
    return ReportPage(
        person=person,
        review=review,
        zone=zone(session.get_one(Hub, person.hub_id)),
        report=report,
        made=made,
        changed=made and digest(report) != review.digest,
        may_make=not over
        and {Ability.RECORD, Ability.HEALTH, Ability.CASE} <= abilities(actor, person),
    )


def make(session: Session, actor: Actor, review_id: uuid.UUID, *, now: datetime) -> CourtReview:
    """Make the report: record its digest and log its disclosure to the court. Raises as
    court_reviews.record_report does.
    """
    person, review = court_reviews.open_to_change(session, actor, review_id, now=now)
    report = gather(session, person, review, made_at=now, made_by=actor.label)
    return court_reviews.record_report(session, actor, review.id, digest=digest(report), now=now)


def gather(
    session: Session, person: Person, review: CourtReview, *, made_at: datetime, made_by: str
) -> CourtReport:
    """Return the facts, in a constant number of statements. The caller has opened the person's
    health record and case.
    """
    need = session.get_one(Requirement, review.requirement_id)
    order: Order = need.order
    hub_zone = zone(session.get_one(Hub, person.hub_id))
    until_on = min(local_day(made_at, hub_zone), review.review_on)
    before = _review_before(session, review)
    from_on = min(_day_after(before) or need.starts_on, until_on)
    tests = service.results_between(session, person.id, from_on, until_on)
    done = [
        TestLine(test.due_on, test.result, test.note) for test in tests if test.result is not None
    ]
    return CourtReport(
        name=person.name,
        date_of_birth=person.date_of_birth,
        crn=person.crn,
        court=order.court,
        reference=order.reference,
        order=order.kind,
        order_made_on=order.made_on,
        order_ends_on=order.ends_on,
        requirement_starts_on=need.starts_on,
        tests_every_days=need.tests_every_days,
        review_on=review.review_on,
        from_on=from_on,
        until_on=until_on,
        tests=tuple(done),
        counts=rules.tally(line.result for line in done),
        not_recorded=service.count_without_result(
            session, person.id, from_on, until_on - timedelta(days=1)
        ),
        attendance=_attendance(session, person.id, start_of_day(from_on, hub_zone), made_at),
        home=_home(session, person.id, until_on),
        activities=_activities(session, person.id, from_on, until_on),
        earlier_finding=before.finding if before is not None else "",
        offender_manager=session.get_one(Staff, person.offender_manager_id).name,
        made_at=made_at,
        made_by=actor_names.names_by_label(session, [made_by])[made_by],
    )


def as_json(report: CourtReport) -> dict[str, Any]:
    """The report as plain JSON: days and times in ISO form, enums by value."""
    found: dict[str, Any] = json.loads(json.dumps(asdict(report), default=_plain))
    return found


def digest(report: CourtReport) -> str:
    """The SHA-256 of the report's JSON."""
    plain = json.dumps(as_json(report), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def _opened(
    session: Session, actor: Actor, review_id: uuid.UUID, now: datetime
) -> tuple[Person, CourtReview]:
    review = session.get(CourtReview, review_id)
    if review is None:
        raise NotFound("There is no such review, or you may not see it.")
    person = open_part(
        session, actor, review.person_id, RecordPart.HEALTH, now=now, what="court report"
    )
    if not {Ability.CASE, Ability.HEALTH} <= abilities(actor, person):
        raise Forbidden("Your role does not include reports to the court.")
    return person, review


def _review_before(session: Session, review: CourtReview) -> CourtReview | None:
    return session.scalars(
        select(CourtReview)
        .where(
            CourtReview.requirement_id == review.requirement_id,
            CourtReview.held_on < review.review_on,
            CourtReview.id != review.id,
        )
        .order_by(CourtReview.held_on.desc(), CourtReview.id)
        .limit(1)
    ).one_or_none()


def _day_after(before: CourtReview | None) -> date | None:
    """The day after a review: events of the review's own day were before the court."""
    if before is None or before.held_on is None:
        return None
    return before.held_on + timedelta(days=1)


def _attendance(
    session: Session, person_id: uuid.UUID, since: datetime, until: datetime
) -> Attendance:
    rows = session.execute(
        select(Outcome.code, func.count())
        .select_from(Appointment)
        .outerjoin(
            Outcome, (Outcome.appointment_id == Appointment.id) & Outcome.superseded_at.is_(None)
        )
        .where(
            Appointment.person_id == person_id,
            Appointment.state == AppointmentState.BOOKED,
            Appointment.starts_at >= since,
            Appointment.starts_at < until,
        )
        .group_by(Outcome.code)
    )
    counts: Counter[OutcomeCode | None] = Counter({row[0]: row[1] for row in rows})
    return Attendance(
        arranged=counts.total(),
        attended=counts[OutcomeCode.ATTENDED_COMPLIED]
        + counts[OutcomeCode.ATTENDED_FAILED_TO_COMPLY],
        acceptable=sum(counts[code] for code in ACCEPTABLE_ABSENCES),
        unacceptable=counts[OutcomeCode.UNACCEPTABLE_ABSENCE],
        sent_home=counts[OutcomeCode.SENT_HOME_BEHAVIOUR] + counts[OutcomeCode.SENT_HOME_SERVICE],
        open=counts[None] + counts[OutcomeCode.FAILED_TO_ATTEND],
    )


def _home(session: Session, person_id: uuid.UUID, on: date) -> HomeLine | None:
    spells = [
        housing_rules.Dwelling(spell.stage, spell.since, spell.state)
        for spell in reversed(housing.of_person(session, person_id))
    ]
    found = housing_rules.current(spells, on)
    return None if found is None else HomeLine(found.stage, found.since, found.state)


def _activities(
    session: Session, person_id: uuid.UUID, from_on: date, until_on: date
) -> tuple[ActivityLine, ...]:
    rows: Sequence[Any] = activities.of_person(session, person_id, health=True)
    return tuple(
        ActivityLine(one.kind, one.name, one.started_on, one.ended_on, one.ending, one.state)
        for one in reversed(rows)
        if one.state is not ReportState.DISPUTED
        and one.started_on <= until_on
        and (one.ended_on is None or one.ended_on >= from_on)
    )


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a report")
