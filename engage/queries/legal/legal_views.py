"""A person's legal rows as staff see them: orders with their requirements, offences, periods in
prison. It decides nothing.

The health part of a release plan is only for users with health access. A drug rehabilitation
requirement is for readers of the whole case, and never shared by an agreement on legal matters
alone.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from engage.access.policy import Ability, Actor, abilities
from engage.agencies.hub_settings import hub_rules, zone
from engage.agencies.model import Hub
from engage.core.local_time import local_day
from engage.legal import orders, rules
from engage.legal.model import (
    CustodyKind,
    CustodySpell,
    IntelligenceFlag,
    Offence,
    OffenceKind,
    Order,
    OrderEnding,
    OrderKind,
    Requirement,
    RequirementCredit,
    RequirementKind,
)
from engage.legal.rules import Progress
from engage.people.model import Person
from engage.queries import actor_names

DAYS_SHOWN = 60
Names = Mapping[str | None, str]


@dataclass(frozen=True)
class DayView:
    """What was done of a requirement on one day, withdrawn or not."""

    id: uuid.UUID
    done_on: date
    amount: int
    planned_activity: bool
    activity: str
    by: str
    withdrawn: bool


@dataclass(frozen=True)
class RequirementView:
    """A requirement. `progress` is None if it is not measured; `days` are latest first."""

    id: uuid.UUID
    order_id: uuid.UUID
    kind: RequirementKind
    amount: int | None
    tests_every_days: int | None
    reviews_every_days: int | None
    starts_on: date
    ended_on: date | None
    note: str
    progress: Progress | None
    days: tuple[DayView, ...]


@dataclass(frozen=True)
class OrderView:
    """An order or a licence. `running`: no end is recorded. `in_force`: it is in force today."""

    id: uuid.UUID
    kind: OrderKind
    court: str
    reference: str
    made_on: date
    starts_on: date
    ends_on: date
    ended_on: date | None
    ending: OrderEnding | None
    in_force: bool
    by: str
    recorded_at: datetime
    requirements: tuple[RequirementView, ...]

    @property
    def running(self) -> bool:
        """Whether no end is recorded."""
        return self.ended_on is None


@dataclass(frozen=True)
class OffenceView:
    """An arrest, a charge or a conviction, withdrawn or not."""

    id: uuid.UUID
    kind: OffenceKind
    happened_on: date
    what: str
    acquisitive: bool
    by: str
    recorded_at: datetime
    withdrawn: bool


@dataclass(frozen=True)
class PlanView:
    """A release plan. `health` is None for a reader without health access."""

    home: str
    travel: str
    health: str | None
    note: str
    by: str
    made_at: datetime


@dataclass(frozen=True)
class SpellView:
    """A period in prison.

    `plan_due` is the day by which the release plan must be made, None if no release is expected.
    """

    id: uuid.UUID
    kind: CustodyKind
    since: date
    prison: str
    sentence_days: int | None
    release_on: date | None
    released_on: date | None
    plan_due: date | None
    plan: PlanView | None
    by: str
    recorded_at: datetime


@dataclass(frozen=True)
class FlagView:
    """An intelligence flag. `ended_on` is None while it is current."""

    flagged_on: date
    ended_on: date | None
    by: str


class LegalReader:
    """Turns one person's rows into views, with the names of the staff who recorded them."""

    def __init__(self, session: Session, actor: Actor, person: Person, now: datetime) -> None:
        hub = session.get_one(Hub, person.hub_id)
        self.zone = zone(hub)
        self.today = local_day(now, self.zone)
        self._session = session
        self._release_days = hub_rules(hub).release_days
        self._health = Ability.HEALTH in abilities(actor, person)
        self._treatment = bool({Ability.HEALTH, Ability.CASE} & abilities(actor, person))
        self._names: Names = {}

    def name(self, rows: Sequence[Order | Offence | CustodySpell | IntelligenceFlag]) -> None:
        """Look up who recorded these rows and their parts, in one statement."""
        labels: set[str | None] = {row.recorded_by for row in rows}
        for row in rows:
            if isinstance(row, Order):
                labels |= {day.recorded_by for one in row.requirements for day in one.credits}
            elif isinstance(row, CustodySpell) and row.plan is not None:
                labels.add(row.plan.made_by)
        self._names = actor_names.names_by_label(self._session, labels)

    def named(self, rows: Sequence[Order | Offence | CustodySpell]) -> "LegalReader":
        """The same reader, with the names looked up."""
        self.name(rows)
        return self

    def by(self, row: Order | Offence | CustodySpell | IntelligenceFlag | RequirementCredit) -> str:
        """The name of the actor who recorded a row."""
        return self._names[row.recorded_by]

    def order(self, row: Order) -> OrderView:
        """An order with the requirements that the actor may see."""
        return OrderView(
            id=row.id,
            kind=row.kind,
            court=row.court,
            reference=row.reference,
            made_on=row.made_on,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            ended_on=row.ended_on,
            ending=row.ending,
            in_force=rules.in_force(orders.facts_of(row), self.today),
            by=self.by(row),
            recorded_at=row.recorded_at,
            requirements=tuple(
                self._requirement(one)
                for one in row.requirements
                if self._treatment or one.kind is not RequirementKind.DRR
            ),
        )

    def offence(self, row: Offence) -> OffenceView:
        """An arrest, charge or conviction."""
        return OffenceView(
            id=row.id,
            kind=row.kind,
            happened_on=row.happened_on,
            what=row.what,
            acquisitive=row.acquisitive,
            by=self.by(row),
            recorded_at=row.recorded_at,
            withdrawn=row.withdrawn_at is not None,
        )

    def spell(self, row: CustodySpell) -> SpellView:
        """A time in custody."""
        ahead = row.release_on is not None and row.released_on is None
        return SpellView(
            id=row.id,
            kind=row.kind,
            since=row.since,
            prison=row.prison,
            sentence_days=row.sentence_days,
            release_on=row.release_on,
            released_on=row.released_on,
            plan_due=rules.plan_due(row.release_on, self._release_days)
            if ahead and row.release_on is not None
            else None,
            plan=self._plan(row),
            by=self.by(row),
            recorded_at=row.recorded_at,
        )

    def _plan(self, row: CustodySpell) -> PlanView | None:
        plan = row.plan
        if plan is None:
            return None
        health = plan.health if self._health else None
        return PlanView(
            plan.home, plan.travel, health, plan.note, self._names[plan.made_by], plan.made_at
        )

    def _requirement(self, row: Requirement) -> RequirementView:
        days = sorted(row.credits, key=lambda day: (day.done_on, day.recorded_at), reverse=True)
        return RequirementView(
            id=row.id,
            order_id=row.order_id,
            kind=row.kind,
            amount=row.amount,
            tests_every_days=row.tests_every_days,
            reviews_every_days=row.reviews_every_days,
            starts_on=row.starts_on,
            ended_on=row.ended_on,
            note=row.note,
            progress=orders.progress_of(row),
            days=tuple(self._day(day) for day in days[:DAYS_SHOWN]),
        )

    def _day(self, row: RequirementCredit) -> DayView:
        return DayView(
            id=row.id,
            done_on=row.done_on,
            amount=row.amount,
            planned_activity=row.planned_activity,
            activity=row.activity,
            by=self.by(row),
            withdrawn=row.withdrawn_at is not None,
        )
