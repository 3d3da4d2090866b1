"""The facts behind a suggested status, strand or exit: read for many people at once, in a constant
number of statements.

Nothing is judged here: rules.py does that. A failure of the phone network is never a fact (rule 8);
a delivered text or a reply only ever counts for the person.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import DateTime, String, Uuid, and_, cast, column, func, or_, select, table
from sqlalchemy.orm import Session

from engage.agencies.hub_settings import HubRules, hub_rules, hub_today, zone
from engage.agencies.model import Hub
from engage.appointments.kinds import AppointmentState
from engage.appointments.kinds import OutcomeCode as Code
from engage.appointments.model import Appointment, Outcome
from engage.cohort import rules
from engage.cohort.model import Enrolment, RagReview
from engage.cohort.rules import ExitFacts, StatusFacts
from engage.compliance.kinds import EnforcementKind
from engage.compliance.model import Enforcement
from engage.core.local_time import local_day, start_of_day
from engage.legal.kinds import CustodyKind, OffenceKind
from engage.legal.model import CustodySpell, IntelligenceFlag, Offence
from engage.people.model import ContactPoint, CustodyStatus, Person
from engage.plan.kinds import ActionState
from engage.plan.model import Action
from engage.progress.drug_tests.model import DrugTest, DrugTestResult
from engage.progress.model import SelfReport
from engage.progress.stability import stability_by_person
from messaging.tables import Inbound, Message

SEEN_OUTCOMES = (
    Code.ATTENDED_COMPLIED,
    Code.ATTENDED_FAILED_TO_COMPLY,
    Code.SENT_HOME_BEHAVIOUR,
    Code.SENT_HOME_SERVICE,
)
"""Outcomes of a person who was there."""
EXPECTED_OUTCOMES = (
    Code.ATTENDED_COMPLIED,
    Code.ATTENDED_FAILED_TO_COMPLY,
    Code.SENT_HOME_BEHAVIOUR,
    Code.UNACCEPTABLE_ABSENCE,
)
"""Outcomes that count for or against attendance. An acceptable absence, being sent home by the
service, and an absence that nobody has decided yet (rule 5) do not count.
"""
_FAILURE_OUTCOMES = (Code.UNACCEPTABLE_ABSENCE, Code.ATTENDED_FAILED_TO_COMPLY)
_FAILED_TESTS = (DrugTestResult.POSITIVE, DrugTestResult.MISSED, DrugTestResult.REFUSED)
_REPLIES = table("reply_record", column("person_id", Uuid), column("at", DateTime(timezone=True)))
"""Replies by person. Named by table, because cohort must not import conversation."""
_LOOK_BACK = timedelta(days=120)
"""How far back to look for the last contact. A longer silence changes nothing."""


@dataclass(frozen=True)
class CaseFacts:
    """The facts about one person. `enrolment` is the open one, if any; `review` is the last one
    decided in it.
    """

    person: Person
    hub: Hub
    hub_rules: HubRules
    enrolment: Enrolment | None
    review: RagReview | None
    custody: CustodySpell | None
    status: StatusFacts
    exit: ExitFacts


def gather(
    session: Session, people: Collection[uuid.UUID], *, now: datetime
) -> Mapping[uuid.UUID, CaseFacts]:
    """The facts of rules 9 to 12 for these people. Unknown ids are left out. The caller checks
    access.
    """
    ids = list(people)
    rows = session.execute(
        select(Person, Hub, Enrolment)
        .join(Hub, Hub.id == Person.hub_id)
        .outerjoin(Enrolment, and_(Enrolment.person_id == Person.id, Enrolment.ended_on.is_(None)))
        .where(Person.id.in_(ids))
    ).all()
    if not rows:
        return {}
    found = _FactReader(session, ids, now, {person.id: hub for person, hub, _ in rows})
    reviews = _reviews(session, ids)
    return {
        person.id: found.of(person, hub, enrolment, reviews[person.id])
        for person, hub, enrolment in rows
    }


def window_from(hub: Hub, now: datetime) -> date:
    """The first day of the hub's status window. Today is its last day."""
    return hub_today(hub, now) - timedelta(days=hub_rules(hub).rag_window_days - 1)


def _reviews(session: Session, people: list[uuid.UUID]) -> Mapping[uuid.UUID, list[RagReview]]:
    """The reviews of each person's open enrolment, in the order in which they apply."""
    found: dict[uuid.UUID, list[RagReview]] = defaultdict(list)
    for person_id, review in session.execute(
        select(Enrolment.person_id, RagReview)
        .join(Enrolment, Enrolment.id == RagReview.enrolment_id)
        .where(Enrolment.person_id.in_(people), Enrolment.ended_on.is_(None))
        .order_by(RagReview.held_on, RagReview.decided_at, RagReview.id)
    ):
        found[person_id].append(review)
    return found


@dataclass
class _Attendance:
    """Counts of appointments in the window."""

    expected: int = 0
    attended: int = 0
    unrecorded: int = 0
    awaited: int = 0
    failed: int = 0


class _FactReader:
    """Each question answered for all the people at once, and the facts of one person
    put together.
    """

    def __init__(
        self, session: Session, ids: list[uuid.UUID], now: datetime, hubs: Mapping[uuid.UUID, Hub]
    ) -> None:
        self.session, self.ids, self.now = session, ids, now
        starts = {window_from(hub, now) for hub in hubs.values()}
        self.first = min(starts)
        self.begins = min(start_of_day(window_from(hub, now), zone(hub)) for hub in hubs.values())
        day = max(hub_today(hub, now) for hub in hubs.values())
        self.attendance = self._attendance(hubs)
        self.last = self._last_contacts()
        self.flags = dict(
            self._rows(IntelligenceFlag.flagged_on, IntelligenceFlag.ended_on.is_(None))
        )
        self.arrests = self._arrests()
        self.tests = self._tests()
        self.breaches = self._breaches()
        self.custody, self.releases = self._custody()
        self.plans = self._exit_plans()
        self.stable = stability_by_person(session, ids, day)

    def of(
        self, person: Person, hub: Hub, enrolment: Enrolment | None, reviews: list[RagReview]
    ) -> CaseFacts:
        """The facts about one of them."""
        today, begins = hub_today(hub, self.now), window_from(hub, self.now)
        spell, last = self.custody.get(person.id), self.last.get(person.id)
        adopted = (
            enrolment.adopted_on
            if enrolment is not None
            else local_day(person.created_at, zone(hub))
        )
        tests = [result for due_on, result in self.tests.get(person.id, ()) if due_on >= begins]
        breach, counts = self.breaches.get(person.id), self.attendance[person.id]
        status = StatusFacts(
            on=today,
            window_from=begins,
            expected=counts.expected,
            attended=counts.attended,
            unrecorded=counts.unrecorded,
            awaited=counts.awaited,
            failed_to_comply=counts.failed,
            intelligence_since=self.flags.get(person.id),
            arrested_on=self.arrests.get(person.id),
            unlawfully_at_large=person.custody_status is CustodyStatus.UNLAWFULLY_AT_LARGE,
            in_custody=person.custody_status in (CustodyStatus.CUSTODY, CustodyStatus.REMAND),
            breach_since=local_day(breach, zone(hub)) if breach is not None else None,
            tests=len(tests),
            tests_failed=sum(result in _FAILED_TESTS for result in tests),
            housing_stable=self.stable[person.id].housing,
            work_stable=self.stable[person.id].work,
            last_contact=local_day(last, zone(hub)) if last is not None else None,
            counted_from=max(adopted, self.releases.get(person.id, adopted)),
        )
        sentence = (
            spell.sentence_days if spell is not None and spell.kind is CustodyKind.CUSTODY else None
        )
        exit_facts = ExitFacts(
            on=today,
            green_since=rules.green_since([(one.held_on, one.rag) for one in reviews]),
            exit_plan_done=self.plans.get(person.id, False),
            sentence_days=sentence,
        )
        return CaseFacts(
            person=person,
            hub=hub,
            hub_rules=hub_rules(hub),
            enrolment=enrolment,
            review=reviews[-1] if reviews else None,
            custody=spell,
            status=status,
            exit=exit_facts,
        )

    def _attendance(self, hubs: Mapping[uuid.UUID, Hub]) -> dict[uuid.UUID, _Attendance]:
        """For each person: the appointments in the window that were expected, kept, failed,
        awaiting a decision, or without an outcome.
        """
        rows = self.session.execute(
            select(
                Appointment.person_id, Appointment.starts_at, Appointment.enforceable, Outcome.code
            )
            .outerjoin(
                Outcome,
                and_(Outcome.appointment_id == Appointment.id, Outcome.superseded_at.is_(None)),
            )
            .where(
                Appointment.person_id.in_(self.ids),
                Appointment.state == AppointmentState.BOOKED,
                Appointment.starts_at >= start_of_day(self.first, UTC) - timedelta(days=1),
                Appointment.starts_at <= self.now,
            )
        )
        found = {id: _Attendance() for id in self.ids}
        for person_id, starts_at, enforceable, code in rows:
            hub, count = hubs[person_id], found[person_id]
            if local_day(starts_at, zone(hub)) < window_from(hub, self.now):
                continue
            count.unrecorded += code is None
            count.awaited += code is Code.FAILED_TO_ATTEND
            count.expected += code in EXPECTED_OUTCOMES
            count.attended += code is Code.ATTENDED_COMPLIED
            behaviour = hub_rules(hub).count_sent_home and code is Code.SENT_HOME_BEHAVIOUR
            count.failed += enforceable and (code in _FAILURE_OUTCOMES or behaviour)
        return found

    def _last_contacts(self) -> dict[uuid.UUID, datetime]:
        """Each person's last contact: seen at an appointment, a reply, a report to a worker, or a
        delivered text.
        """
        since, names = self.now - _LOOK_BACK, [str(id) for id in self.ids]
        seen = (
            select(Appointment.person_id, func.max(Appointment.starts_at))
            .join(
                Outcome,
                and_(Outcome.appointment_id == Appointment.id, Outcome.superseded_at.is_(None)),
            )
            .where(
                Appointment.person_id.in_(self.ids),
                Appointment.starts_at.between(since, self.now),
                Outcome.code.in_(SEEN_OUTCOMES),
            )
            .group_by(Appointment.person_id)
        )
        wrote = (
            select(ContactPoint.person_id, func.max(Inbound.received_at))
            .join(
                Inbound,
                and_(
                    Inbound.from_number == ContactPoint.number,
                    Inbound.received_at >= ContactPoint.created_at,
                ),
            )
            .where(
                ContactPoint.person_id.in_(self.ids),
                Inbound.received_at >= since,
                or_(
                    ContactPoint.retired_at.is_(None), Inbound.received_at < ContactPoint.retired_at
                ),
            )
            .group_by(ContactPoint.person_id)
            .union_all(
                select(_REPLIES.c.person_id, func.max(_REPLIES.c.at))
                .where(_REPLIES.c.person_id.in_(self.ids), _REPLIES.c.at >= since)
                .group_by(_REPLIES.c.person_id)
            )
        )
        reported = (
            select(SelfReport.person_id, func.max(SelfReport.said_at))
            .where(SelfReport.person_id.in_(self.ids), SelfReport.said_at >= since)
            .group_by(SelfReport.person_id)
        )
        delivered = (
            select(Person.id, func.max(Message.delivered_at))
            .join(Message, Message.recipient == cast(Person.id, String))
            .where(
                Person.id.in_(self.ids), Message.recipient.in_(names), Message.created_at >= since
            )
            .group_by(Person.id)
        )
        last: dict[uuid.UUID, datetime] = {}
        for query in (seen, wrote, reported, delivered):
            for person_id, at in self.session.execute(query):
                if at is not None:
                    last[person_id] = max(last.get(person_id, at), at)
        return last

    def _arrests(self) -> dict[uuid.UUID, date]:
        return dict(
            self.session.execute(
                select(Offence.person_id, func.max(Offence.happened_on))
                .where(
                    Offence.person_id.in_(self.ids),
                    Offence.kind == OffenceKind.ARREST,
                    Offence.withdrawn_at.is_(None),
                    Offence.happened_on >= self.first,
                )
                .group_by(Offence.person_id)
            ).all()
        )

    def _tests(self) -> dict[uuid.UUID, list[tuple[date, DrugTestResult]]]:
        found: dict[uuid.UUID, list[tuple[date, DrugTestResult]]] = defaultdict(list)
        for person_id, due_on, result in self.session.execute(
            select(DrugTest.person_id, DrugTest.due_on, DrugTest.result).where(
                DrugTest.person_id.in_(self.ids),
                DrugTest.due_on >= self.first,
                DrugTest.superseded_at.is_(None),
                DrugTest.result != DrugTestResult.VOID,
            )
        ):
            if result is not None:
                found[person_id].append((due_on, result))
        return found

    def _breaches(self) -> dict[uuid.UUID, datetime]:
        """Since when a breach or recall has been under way: decided, not withdrawn, and not already
        with the court before the window.
        """
        return dict(
            self.session.execute(
                select(Enforcement.person_id, func.min(Enforcement.decided_at))
                .where(
                    Enforcement.person_id.in_(self.ids),
                    Enforcement.kind.in_((EnforcementKind.REFERRAL, EnforcementKind.RECALL)),
                    Enforcement.withdrawn_at.is_(None),
                    or_(
                        Enforcement.done_on >= self.first,
                        and_(
                            Enforcement.done_on.is_(None),
                            or_(
                                Enforcement.kind == EnforcementKind.REFERRAL,
                                Enforcement.decided_at >= self.begins,
                            ),
                        ),
                    ),
                )
                .group_by(Enforcement.person_id)
            ).all()
        )

    def _custody(self) -> tuple[dict[uuid.UUID, CustodySpell], dict[uuid.UUID, date]]:
        """Each person's current custody, and the day of their last release."""
        open_now: dict[uuid.UUID, CustodySpell] = {}
        released: dict[uuid.UUID, date] = {}
        spells = select(CustodySpell).where(CustodySpell.person_id.in_(self.ids))
        for spell in self.session.scalars(spells):
            if spell.released_on is None:
                open_now[spell.person_id] = spell
            else:
                last = released.get(spell.person_id, spell.released_on)
                released[spell.person_id] = max(last, spell.released_on)
        return open_now, released

    def _exit_plans(self) -> dict[uuid.UUID, bool]:
        """Whether each exit plan is implemented: it has actions and all are done."""
        not_withdrawn = Action.state != ActionState.WITHDRAWN
        rows = self.session.execute(
            select(Action.person_id, func.bool_and(Action.state == ActionState.DONE))
            .where(Action.person_id.in_(self.ids), Action.exit_plan, not_withdrawn)
            .group_by(Action.person_id)
        )
        return dict(rows.all())

    def _rows(self, column: Any, *conditions: Any) -> list[tuple[uuid.UUID, Any]]:
        table = column.class_
        rows = self.session.execute(
            select(table.person_id, column).where(table.person_id.in_(self.ids), *conditions)
        )
        return [(person_id, value) for person_id, value in rows]
