"""What courts, police and prisons have decided or recorded about a person, as staff see it. It
changes nothing.

It is read by role or by a sharing agreement. The intelligence flag is only for the police and the
offender manager; the health part of a release plan is for users with health access.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from engage.access.policy import (
    Ability,
    Actor,
    abilities,
    may_change,
    open_person,
)
from engage.access.sharing import RecordPart, open_part
from engage.agencies.hub_settings import hub_rules, hub_today
from engage.agencies.model import Hub
from engage.core.paging import DayCursor, rows_before
from engage.legal import intelligence
from engage.legal.model import CustodySpell, IntelligenceFlag, Offence, Order, Requirement
from engage.legal.open_record import found
from engage.people.model import CustodyStatus, Person
from engage.queries.legal.legal_views import (
    FlagView,
    LegalReader,
    OffenceView,
    OrderView,
    RequirementView,
    SpellView,
)

MOST_SHOWN = 50
"""The most rows of each kind on one page. The API pages through more."""
Row = TypeVar("Row", Order, Offence, CustodySpell)


@dataclass(frozen=True)
class LegalPage:
    """Everything the page shows.

    `flags` is None for a reader who may not know if there are any. `at_odds` is whether the custody
    status and the custody record disagree.
    """

    person: Person
    zone: ZoneInfo
    today: date
    may_change: bool
    may_flag: bool
    orders: tuple[OrderView, ...]
    offences: tuple[OffenceView, ...]
    custody: SpellView | None
    earlier: tuple[SpellView, ...]
    flags: tuple[FlagView, ...] | None
    at_odds: bool

    @property
    def running(self) -> tuple[OrderView, ...]:
        """The orders with no recorded end."""
        return tuple(order for order in self.orders if order.running)

    @property
    def ended(self) -> tuple[OrderView, ...]:
        """The orders that have ended."""
        return tuple(order for order in self.orders if not order.running)


def load(session: Session, actor: Actor, person_id: uuid.UUID, *, now: datetime) -> LegalPage:
    """The page of one person; the reading is logged. A constant number of statements. Raises
    NotFound or Forbidden.
    """
    person = open_part(session, actor, person_id, RecordPart.LEGAL, now=now, what="legal.page")
    reader = LegalReader(session, actor, person, now)
    orders = session.scalars(_latest(Order, person.id, None, MOST_SHOWN)).all()
    offences = session.scalars(_latest(Offence, person.id, None, MOST_SHOWN)).all()
    spells = session.scalars(_latest(CustodySpell, person.id, None, MOST_SHOWN)).all()
    flags = _flags(session, person.id) if intelligence.may_see(actor, person) else None
    reader.name([*orders, *offences, *spells, *(flags or ())])
    views = tuple(reader.spell(spell) for spell in spells)
    current = next((spell for spell in views if spell.released_on is None), None)
    in_custody = person.custody_status in (CustodyStatus.CUSTODY, CustodyStatus.REMAND)
    return LegalPage(
        person=person,
        zone=reader.zone,
        today=reader.today,
        may_change=_may_manage(actor, person),
        may_flag=flags is not None and may_change(actor, person),
        orders=tuple(reader.order(order) for order in orders),
        offences=tuple(reader.offence(offence) for offence in offences),
        custody=current,
        earlier=tuple(spell for spell in views if spell is not current),
        flags=None
        if flags is None
        else tuple(FlagView(one.flagged_on, one.ended_on, reader.by(one)) for one in flags),
        at_odds=(current is not None) is not in_custody,
    )


def list_orders(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    *,
    before: DayCursor | None,
    limit: int,
    now: datetime,
) -> list[OrderView]:
    """A page of a person's orders, latest start first; the reading is logged. Raises NotFound or
    Forbidden.
    """
    reader, rows = _listed(session, actor, person_id, Order, before, limit, now)
    return [reader.order(row) for row in rows]


def list_offences(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    *,
    before: DayCursor | None,
    limit: int,
    now: datetime,
) -> list[OffenceView]:
    """A page of a person's offences, latest first; the reading is logged. Raises NotFound or
    Forbidden.
    """
    reader, rows = _listed(session, actor, person_id, Offence, before, limit, now)
    return [reader.offence(row) for row in rows]


def list_custody(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    *,
    before: DayCursor | None,
    limit: int,
    now: datetime,
) -> list[SpellView]:
    """A page of a person's periods in prison, latest first; the reading is logged. Raises NotFound
    or Forbidden.
    """
    reader, rows = _listed(session, actor, person_id, CustodySpell, before, limit, now)
    return [reader.spell(row) for row in rows]


def load_order(session: Session, actor: Actor, order_id: uuid.UUID, *, now: datetime) -> OrderView:
    """One order with its requirements; the reading is logged. Raises NotFound or Forbidden."""
    row = found(session.get(Order, order_id), "order")
    person = open_part(session, actor, row.person_id, RecordPart.LEGAL, now=now, what="order")
    return LegalReader(session, actor, person, now).named([row]).order(row)


@dataclass(frozen=True)
class LegalFormPage:
    """What a form about a person's legal record needs."""

    person: Person
    today: date
    test_days: int
    release_days: int
    may_health: bool


def load_form(
    session: Session, actor: Actor, person_id: uuid.UUID, *, now: datetime
) -> LegalFormPage:
    """The start of a form that changes something, so that a user who may not is refused before
    filling it in. Raises NotFound or Forbidden.
    """
    return _form(session, actor, person_id, Ability.MANAGE, now)


def load_flag_form(
    session: Session, actor: Actor, person_id: uuid.UUID, *, now: datetime
) -> tuple[LegalFormPage, bool]:
    """The start of the intelligence form, and whether a flag is current. Raises NotFound or
    Forbidden.
    """
    form = _form(session, actor, person_id, Ability.INTELLIGENCE, now)
    return form, intelligence.current(session, form.person.id) is not None


def load_order_form(
    session: Session, actor: Actor, order_id: uuid.UUID, *, now: datetime
) -> tuple[LegalFormPage, OrderView]:
    """The start of a form about an order. Raises NotFound or Forbidden."""
    row = found(session.get(Order, order_id), "order")
    form = load_form(session, actor, row.person_id, now=now)
    return form, LegalReader(session, actor, form.person, now).named([row]).order(row)


def load_requirement_form(
    session: Session, actor: Actor, requirement_id: uuid.UUID, *, now: datetime
) -> tuple[LegalFormPage, RequirementView]:
    """The start of a form about a requirement. Raises NotFound or Forbidden."""
    row = found(session.get(Requirement, requirement_id), "requirement")
    form, view = load_order_form(session, actor, row.order_id, now=now)
    return form, next(one for one in view.requirements if one.id == row.id)


def load_custody_form(
    session: Session, actor: Actor, spell_id: uuid.UUID, *, now: datetime
) -> tuple[LegalFormPage, SpellView]:
    """The start of a form about a period in prison. Raises NotFound or Forbidden."""
    row = found(session.get(CustodySpell, spell_id), "time in prison")
    form = load_form(session, actor, row.person_id, now=now)
    return form, LegalReader(session, actor, form.person, now).named([row]).spell(row)


def offence_view(session: Session, actor: Actor, row: Offence, *, now: datetime) -> OffenceView:
    """An offence that the actor has just recorded."""
    person = session.get_one(Person, row.person_id)
    return LegalReader(session, actor, person, now).named([row]).offence(row)


def order_view(session: Session, actor: Actor, row: Order, *, now: datetime) -> OrderView:
    """An order that the actor has just recorded."""
    person = session.get_one(Person, row.person_id)
    return LegalReader(session, actor, person, now).named([row]).order(row)


def requirement_view(
    session: Session, actor: Actor, row: Requirement, *, now: datetime
) -> RequirementView:
    """A requirement that the actor has just recorded."""
    whole = order_view(session, actor, row.order, now=now)
    return next(one for one in whole.requirements if one.id == row.id)


def custody_view(session: Session, actor: Actor, row: CustodySpell, *, now: datetime) -> SpellView:
    """A period in prison that the actor has just recorded."""
    person = session.get_one(Person, row.person_id)
    return LegalReader(session, actor, person, now).named([row]).spell(row)


def _form(
    session: Session, actor: Actor, person_id: uuid.UUID, ability: Ability, now: datetime
) -> LegalFormPage:
    person = open_person(
        session, actor, person_id, now=now, what="legal.form", ability=ability, change=True
    )
    hub = session.get_one(Hub, person.hub_id)
    settings = hub_rules(hub)
    return LegalFormPage(
        person=person,
        today=hub_today(hub, now),
        test_days=settings.test_days,
        release_days=settings.release_days,
        may_health=Ability.HEALTH in abilities(actor, person),
    )


def _listed(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    kind: type[Row],
    before: DayCursor | None,
    limit: int,
    now: datetime,
) -> tuple[LegalReader, Sequence[Row]]:
    what = f"{kind.__tablename__} list"
    person = open_part(session, actor, person_id, RecordPart.LEGAL, now=now, what=what)
    rows = session.scalars(_latest(kind, person.id, before, limit)).all()
    return LegalReader(session, actor, person, now).named(rows), rows


def _latest(
    kind: type[Row], person_id: uuid.UUID, before: DayCursor | None, limit: int
) -> Select[Row]:
    day = {Order: Order.starts_on, Offence: Offence.happened_on, CustodySpell: CustodySpell.since}[
        kind
    ]
    query = rows_before(select(kind).where(kind.person_id == person_id), (day, kind.id), before)
    return query.order_by(day.desc(), kind.id.desc()).limit(limit)


def _flags(session: Session, person_id: uuid.UUID) -> Sequence[IntelligenceFlag]:
    return session.scalars(
        select(IntelligenceFlag)
        .where(IntelligenceFlag.person_id == person_id)
        .order_by(IntelligenceFlag.flagged_on.desc(), IntelligenceFlag.id.desc())
        .limit(MOST_SHOWN)
    ).all()


def _may_manage(actor: Actor, person: Person) -> bool:
    return Ability.MANAGE in abilities(actor, person) and may_change(actor, person)
