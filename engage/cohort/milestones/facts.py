"""The facts of rule 16 for many people at once, in a constant number of statements. It judges and
changes nothing.

Only what staff recorded counts: attendance, verified homes and courses, tests. Something that
nobody recorded is not a lapse.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Executable, func, select, text
from sqlalchemy.orm import Session

from engage.agencies.model import Hub
from engage.appointments.attendance_streak import NEUTRAL
from engage.appointments.kinds import AppointmentType, OutcomeCode
from engage.cohort.milestones.rules import ATTENDED, Course, MilestoneFacts, ReachedStep
from engage.cohort.model import Enrolment, Milestone
from engage.core.local_time import local_day
from engage.legal.kinds import OrderEnding
from engage.legal.model import CustodySpell, Offence, Order
from engage.people.model import ContactStatus, CustodyStatus, Person
from engage.progress.activities.kinds import ActivityEnding, ActivityKind
from engage.progress.activities.model import Activity
from engage.progress.drug_tests.model import DrugTest
from engage.progress.housing.model import HousingSpell
from engage.progress.housing.rules import Dwelling
from engage.progress.kinds import ReportState

log = structlog.get_logger(__name__)

# Of a long history only what can still matter: the last outcome that broke the run, as many
# outcomes since then as any step needs, and groups.
_OUTCOMES = text("""
WITH seen AS (
    SELECT appointment.person_id, appointment.starts_at, appointment.id, appointment.type,
        outcome.code,
           max(appointment.starts_at) FILTER (WHERE outcome.code <> 'ATTC')
               OVER (PARTITION BY appointment.person_id) AS broke
    FROM enrolment
    JOIN appointment ON appointment.person_id = enrolment.person_id AND appointment.state = 'booked'
                    AND appointment.starts_at >= enrolment.adopted_on - 1
                        AND appointment.starts_at <= :now
    JOIN outcome ON outcome.appointment_id = appointment.id AND outcome.superseded_at IS NULL
        AND outcome.code <> ALL(:neither)
    WHERE enrolment.person_id = ANY(:ids) AND enrolment.ended_on IS NULL
), placed AS (
    SELECT seen.*, row_number() OVER (PARTITION BY person_id ORDER BY starts_at, id) AS place
    FROM seen WHERE broke IS NULL OR starts_at >= broke
)
SELECT person_id, starts_at, type, code FROM (
    SELECT person_id, starts_at, id, type, code FROM placed WHERE place <= :enough + 1
    UNION
    SELECT person_id, starts_at, id, type, code FROM seen WHERE type = 'group' AND code = 'ATTC'
) AS kept
ORDER BY person_id, starts_at, id
""")

Rows = Mapping[uuid.UUID, Sequence[Any]]
"""The rows of a query, by the person in its first column."""


def gather(
    session: Session, people: Collection[uuid.UUID], *, now: datetime
) -> dict[uuid.UUID, MilestoneFacts]:
    """The facts of those of `people` who are on the cohort now. Nobody else reaches a milestone."""
    enrolled = session.execute(
        select(
            Person.id,
            Person.custody_status,
            Enrolment.adopted_on,
            Enrolment.voluntary_since,
            Hub.id,
            Hub.timezone,
        )
        .join(Enrolment, Enrolment.person_id == Person.id)
        .join(Hub, Hub.id == Person.hub_id)
        .where(
            Person.id.in_(people),
            Enrolment.ended_on.is_(None),
            Person.contact_status != ContactStatus.DEAD,
            Person.merged_into_id.is_(None),
        )
    ).all()
    if not enrolled:
        return {}
    gathered = _MilestoneRows(session, [row[0] for row in enrolled], now)
    zones: dict[uuid.UUID, ZoneInfo | None] = {}
    found = {}
    for id, custody, adopted_on, voluntary_since, hub_id, timezone in enrolled:
        if hub_id not in zones:
            zones[hub_id] = _zone(hub_id, timezone)
        zone = zones[hub_id]
        if zone is not None:
            away = custody is not CustodyStatus.COMMUNITY
            found[id] = gathered.of(id, adopted_on, voluntary_since, zone, away=away, now=now)
    return found


def _zone(hub_id: uuid.UUID, name: str) -> ZoneInfo | None:
    """The hub's time zone. If it is invalid: None, and logged; the hub's people are checked on a
    later night.
    """
    try:
        return ZoneInfo(name)
    except (ValueError, KeyError) as problem:
        log.error("milestones.zone_invalid", hub=str(hub_id), problem=type(problem).__name__)
        return None


class _MilestoneRows:
    """The records of some people, each kind read once for all of them."""

    def __init__(self, session: Session, ids: Sequence[uuid.UUID], now: datetime) -> None:
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
        self.outcomes = self._by_person(
            _OUTCOMES, ids=ids, now=now, neither=sorted(NEUTRAL), enough=max(ATTENDED)
        )
        self.tests = self._by_person(
            select(DrugTest.person_id, DrugTest.due_on, DrugTest.result)
            .where(
                DrugTest.person_id.in_(ids),
                DrugTest.result.is_not(None),
                DrugTest.superseded_at.is_(None),
            )
            .order_by(DrugTest.due_on, DrugTest.id)
        )
        self.homes = self._by_person(
            select(
                HousingSpell.person_id, HousingSpell.stage, HousingSpell.since, HousingSpell.state
            )
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

    def of(
        self,
        id: uuid.UUID,
        adopted_on: date,
        voluntary_since: date | None,
        zone: ZoneInfo,
        *,
        away: bool,
        now: datetime,
    ) -> MilestoneFacts:
        """The facts of one person, by the days of their hub's calendar."""
        custody, offence = self.custody.get(id, ()), self.offences.get(id, ())
        seen = [
            (local_day(starts_at, zone), OutcomeCode(code), kind)
            for _, starts_at, kind, code in self.outcomes.get(id, ())
        ]
        seen = [one for one in seen if one[0] >= adopted_on]
        return MilestoneFacts(
            adopted_on=adopted_on,
            today=local_day(now, zone),
            away=away or any(row[2] for row in custody),
            released_on=custody[0][1] if custody else None,
            last_offence_on=offence[0][1] if offence else None,
            outcomes=[(day, code) for day, code, _ in seen],
            tests=[row[1:] for row in self.tests.get(id, ()) if row[1] >= adopted_on],
            homes=[Dwelling(*row[1:]) for row in self.homes.get(id, ())],
            courses=[
                Course(started, ended if ending is ActivityEnding.FINISHED else None)
                for _, started, ended, ending in self.courses.get(id, ())
            ],
            groups=[day for day, code, kind in seen if _is_group_attended(kind, code)],
            orders=[row[1:] for row in self.orders.get(id, ())],
            voluntary_since=voluntary_since,
            known=[ReachedStep(*row[1:]) for row in self.known.get(id, ())],
        )

    def _by_person(self, query: Executable, **given: Any) -> Rows:
        found: dict[uuid.UUID, list[Any]] = defaultdict(list)
        for row in self._session.execute(query, given):
            found[row[0]].append(row)
        return found


def _is_group_attended(kind: str, code: OutcomeCode) -> bool:
    return kind == AppointmentType.GROUP and code is OutcomeCode.ATTENDED_COMPLIED
