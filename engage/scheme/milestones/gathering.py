"""The facts of rule 16, for many people at once in a constant number of statements. It judges nothing, and changes nothing.

Only what staff recorded counts: attendance, verified homes and courses, tests. What nobody recorded is no lapse.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Executable, func, select
from sqlalchemy.orm import Session

from engage.agencies.hubs import zone
from engage.agencies.model import Hub
from engage.appointments.kinds import AppointmentState, AppointmentType, OutcomeCode
from engage.appointments.model import Appointment, Outcome
from engage.legal.kinds import OrderEnding
from engage.legal.model import CustodySpell, Offence, Order
from engage.people.model import ContactStatus, CustodyStatus, Person
from engage.progress.activities.kinds import ActivityEnding, ActivityKind
from engage.progress.activities.model import Activity
from engage.progress.housing.model import HousingSpell
from engage.progress.housing.rules import Dwelling
from engage.progress.kinds import ReportState
from engage.progress.testing.model import DrugTest
from engage.scheme.milestones.rules import Course, Facts, Reached
from engage.scheme.model import Enrolment, Milestone

log = structlog.get_logger(__name__)

Rows = Mapping[uuid.UUID, Sequence[Any]]
"""What a query found, by the person in its first column."""


def facts(session: Session, people: Collection[uuid.UUID], *, now: datetime) -> dict[uuid.UUID, Facts]:
    """The facts of those of `people` who are on the cohort now; of nobody else anything is reached."""
    enrolled = session.execute(
        select(Person, Enrolment, Hub)
        .join(Enrolment, Enrolment.person_id == Person.id)
        .join(Hub, Hub.id == Person.hub_id)
        .where(
            Person.id.in_(people),
            Enrolment.ended_on.is_(None),
            Person.contact_status != ContactStatus.DEAD,
            Person.merged_into_id.is_(None),
        )
    ).all()
    ids = [person.id for person, *_ in enrolled]
    if not ids:
        return {}
    gathered = _Gathered(session, ids)
    found = {}
    for person, enrolment, hub in enrolled:
        try:
            where = zone(hub)
        except (ValueError, KeyError) as problem:
            log.error("milestones.no_zone", hub=str(hub.id), problem=type(problem).__name__)
            continue
        found[person.id] = gathered.of(person, enrolment, where, now)
    return found


class _Gathered:
    """What is recorded of some people, each kind of thing read once for all of them."""

    def __init__(self, session: Session, ids: Sequence[uuid.UUID]) -> None:
        self._session = session
        self.offences = self._by_person(
            select(Offence.person_id, func.max(Offence.happened_on))
            .where(Offence.person_id.in_(ids), Offence.withdrawn_at.is_(None))
            .group_by(Offence.person_id)
        )
        self.custody = self._by_person(
            select(
                CustodySpell.person_id,
                func.max(CustodySpell.released_on),
                func.count().filter(CustodySpell.released_on.is_(None)),
            )
            .where(CustodySpell.person_id.in_(ids))
            .group_by(CustodySpell.person_id)
        )
        self.outcomes = self._by_person(_outcomes(ids))
        self.tests = self._by_person(
            select(DrugTest.person_id, DrugTest.due_on, DrugTest.result)
            .where(
                DrugTest.person_id.in_(ids), DrugTest.result.is_not(None), DrugTest.superseded_at.is_(None)
            )
            .order_by(DrugTest.due_on, DrugTest.id)
        )
        self.homes = self._by_person(
            select(HousingSpell.person_id, HousingSpell.stage, HousingSpell.since, HousingSpell.state)
            .where(HousingSpell.person_id.in_(ids))
            .order_by(HousingSpell.since, HousingSpell.recorded_at, HousingSpell.id)
        )
        self.courses = self._by_person(
            select(Activity.person_id, Activity.started_on, Activity.ended_on, Activity.ending)
            .where(
                Activity.person_id.in_(ids),
                Activity.kind == ActivityKind.COURSE,
                Activity.state == ReportState.VERIFIED,
            )
            .order_by(Activity.started_on, Activity.id)
        )
        self.orders = self._by_person(
            select(Order.person_id, Order.starts_on, Order.ended_on)
            .where(Order.person_id.in_(ids), Order.ending == OrderEnding.COMPLETED)
            .order_by(Order.starts_on, Order.id)
        )
        self.known = self._by_person(
            select(
                Milestone.person_id,
                Milestone.kind,
                Milestone.step,
                Milestone.counted_from,
                Milestone.reached_on,
            ).where(Milestone.person_id.in_(ids))
        )

    def of(self, person: Person, enrolment: Enrolment, where: ZoneInfo, now: datetime) -> Facts:
        """The facts of one person, on the days of their hub's calendar."""
        adopted_on = enrolment.adopted_on
        held = self.custody.get(person.id, ())
        seen = [
            (starts_at.astimezone(where).date(), kind, code)
            for _, starts_at, kind, code in self.outcomes.get(person.id, ())
            if starts_at <= now
        ]
        seen = [one for one in seen if one[0] >= adopted_on]
        offence = self.offences.get(person.id, ())
        return Facts(
            adopted_on=adopted_on,
            today=now.astimezone(where).date(),
            away=person.custody_status is not CustodyStatus.COMMUNITY or any(row[2] for row in held),
            released_on=held[0][1] if held else None,
            last_offence_on=offence[0][1] if offence else None,
            outcomes=[(day, code) for day, _, code in seen],
            tests=[row[1:] for row in self.tests.get(person.id, ()) if row[1] >= adopted_on],
            homes=[Dwelling(*row[1:]) for row in self.homes.get(person.id, ())],
            courses=[
                Course(began, ended if how is ActivityEnding.FINISHED else None)
                for _, began, ended, how in self.courses.get(person.id, ())
            ],
            groups=[day for day, kind, code in seen if _group(kind, code)],
            orders=[row[1:] for row in self.orders.get(person.id, ())],
            voluntary_since=enrolment.voluntary_since,
            known=[Reached(*row[1:]) for row in self.known.get(person.id, ())],
        )

    def _by_person(self, query: Executable) -> Rows:
        found: dict[uuid.UUID, list[Any]] = defaultdict(list)
        for row in self._session.execute(query):
            found[row[0]].append(row)
        return found


def _group(kind: AppointmentType, code: OutcomeCode) -> bool:
    return kind is AppointmentType.GROUP and code is OutcomeCode.ATTENDED_COMPLIED


def _outcomes(ids: Sequence[uuid.UUID]) -> Executable:
    """What is recorded now of the appointments since people were adopted, a day to spare for the time zone."""
    return (
        select(Appointment.person_id, Appointment.starts_at, Appointment.type, Outcome.code)
        .join(Outcome, Outcome.appointment_id == Appointment.id)
        .join(Enrolment, Enrolment.person_id == Appointment.person_id)
        .where(
            Appointment.person_id.in_(ids),
            Appointment.state == AppointmentState.BOOKED,
            Outcome.superseded_at.is_(None),
            Enrolment.ended_on.is_(None),
            Appointment.starts_at >= Enrolment.adopted_on - 1,
        )
        .order_by(Appointment.starts_at, Appointment.id)
    )
