"""The cohort in numbers: who is on it, their status, whether they attend, and what follows release.

Every rate has its denominator and a 95% interval, and breach is separate from reoffending (rule
19). Only people whose case the actor may read are counted, and nobody is named. At most six
statements, however many people.
"""

import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise, product
from statistics import median

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access import scope
from engage.access.policy import Ability, Actor, ActorKind
from engage.agencies.model import Hub
from engage.cohort.kinds import Cohort as CohortKind
from engage.cohort.kinds import Rag, Strand
from engage.core.errors import Invalid, NotFound
from engage.core.intervals import Interval, wilson
from engage.people.model import CustodyStatus, LegalStatus
from engage.queries.cohort import counts
from engage.queries.cohort.counts import AppointmentCounts, Member, MemberStatus

PERIODS = (28, 91, 182, 365)
"""The periods on offer, in days. The first is the default."""
UNKNOWN = "unknown"
AFTER_RELEASE = (("0_1", 1), ("2_3", 3), ("4_7", 7), ("8_14", 14))
LATER, NOT_YET = "later", "not_yet"


@dataclass(frozen=True)
class TableLine:
    """A count out of a denominator, by key."""

    key: str
    count: int
    of: int

    @property
    def rate(self) -> float | None:
        """The rate, from 0 to 1. None without a denominator."""
        return self.count / self.of if self.of else None

    @property
    def interval(self) -> Interval | None:
        """The interval of the rate. None without a denominator."""
        return wilson(self.count, self.of) if self.of else None


@dataclass(frozen=True)
class StatisticsTable:
    """Lines of one kind.

    A `measured` table measures results, and its rates have intervals. Other tables count everybody.
    """

    id: str
    measured: bool
    lines: tuple[TableLine, ...]


@dataclass(frozen=True)
class HubFilter:
    """A hub that can be selected."""

    id: uuid.UUID
    name: str


@dataclass(frozen=True)
class CohortView:
    """The cohort of one hub, or of all that the actor may see, since the day `since`."""

    since: date
    until: date
    days: int
    hub_id: uuid.UUID | None
    hubs: tuple[HubFilter, ...]
    people: int
    tables: tuple[StatisticsTable, ...]
    days_to_contact: float | None

    def table(self, id: str) -> StatisticsTable:
        """The table with that id."""
        return next(table for table in self.tables if table.id == id)


def load(
    session: Session,
    actor: Actor,
    *,
    now: datetime,
    days: int = PERIODS[0],
    hub_id: uuid.UUID | None = None,
) -> CohortView:
    """The cohort over the last `days`.

    Raises Invalid for a period not in PERIODS, NotFound for a hub the actor does not work in.
    """
    if days not in PERIODS:
        raise Invalid(fields={"days": f"Use one of {', '.join(map(str, PERIODS))}."})
    hubs = _hubs(session, actor)
    if hub_id is not None and hub_id not in {hub.id for hub in hubs}:
        raise NotFound("There is no such hub, or you do not work there.")
    since = now - timedelta(days=days)
    members = counts.members(session, actor, hub_id, since.date())
    statuses = counts.member_statuses(session, members, since)
    current = [one for one in members if one.ended_on is None]
    appointments = counts.appointment_counts(session, members, since, now)
    releases = counts.days_to_first_contact(session, members, since.date())
    return CohortView(
        since=since.date(),
        until=now.date(),
        days=days,
        hub_id=hub_id,
        hubs=hubs,
        people=len(current),
        tables=(
            *_composition(current, statuses),
            _movement(current, statuses),
            *_attendance(appointments),
            *_funnel(appointments),
            _released(releases),
            StatisticsTable(
                "overdue",
                True,
                tuple(
                    TableLine(one.agency, one.overdue, one.live)
                    for one in counts.overdue_actions(session, members, now)
                ),
            ),
            *_breach_and_reoffending(members, statuses),
        ),
        days_to_contact=_median(releases),
    )


def _hubs(session: Session, actor: Actor) -> tuple[HubFilter, ...]:
    query = select(Hub.id, Hub.name).order_by(Hub.name)
    if actor.kind is ActorKind.KEY:
        query = query.where(Hub.id == actor.hub_id)
    elif actor.kind is ActorKind.STAFF:
        query = query.where(Hub.id.in_(actor.hubs()))
    return tuple(HubFilter(*row) for row in session.execute(query)) if _may(actor) else ()


def _may(actor: Actor) -> bool:
    return actor.kind is not ActorKind.STAFF or scope.may_anywhere(actor, Ability.CASE)


def _composition(
    here: Sequence[Member], found: dict[uuid.UUID, MemberStatus]
) -> Iterator[StatisticsTable]:
    """Everybody who is on the cohort now, counted in six ways."""
    hubs = sorted({one.hub for one in here})
    strand = {one.enrolment_id: found[one.enrolment_id].strand or UNKNOWN for one in here}
    rag = {one.enrolment_id: found[one.enrolment_id].rag or UNKNOWN for one in here}
    yield _by("hub", hubs, (one.hub for one in here))
    yield _by("cohort", CohortKind, (one.cohort for one in here))
    yield _by("strand", [*Strand, UNKNOWN], (strand[one.enrolment_id] for one in here))
    yield _by("rag", [*Rag, UNKNOWN], (rag[one.enrolment_id] for one in here))
    yield _by("custody", CustodyStatus, (one.custody for one in here))
    yield _by("legal", LegalStatus, (one.legal for one in here))


def _by(id: str, keys: Iterable[str], values: Iterable[str]) -> StatisticsTable:
    found = Counter(str(value) for value in values)
    wanted = [str(key) for key in keys if str(key) != UNKNOWN or found[UNKNOWN]]
    return StatisticsTable(
        id, False, tuple(TableLine(key, found[key], found.total()) for key in wanted)
    )


def _movement(here: Sequence[Member], found: dict[uuid.UUID, MemberStatus]) -> StatisticsTable:
    """The change from the status at the start of the period to the status now, for those who have
    both.
    """
    moved = Counter(
        (one.rag_before, one.rag)
        for one in (found[member.enrolment_id] for member in here)
        if one.rag_before is not None
    )
    began = Counter({rag: sum(moved[rag, to] for to in Rag) for rag in Rag})
    return StatisticsTable(
        "movement",
        True,
        tuple(
            TableLine(f"{was}_{now}", moved[was, now], began[was]) for was, now in product(Rag, Rag)
        ),
    )


def _attendance(appointments: Sequence[AppointmentCounts]) -> Iterator[StatisticsTable]:
    """Attended, of those expected: without accepted absences and without unrecorded outcomes."""
    every: list[tuple[str, Callable[[AppointmentCounts], str]]] = [
        ("attendance", lambda _: "all"),
        ("attendance_hub", lambda one: one.hub),
        ("attendance_cohort", lambda one: one.cohort),
        ("attendance_legal", lambda one: one.legal),
        ("attendance_agency", lambda one: one.agency),
        ("attendance_type", lambda one: one.type),
    ]
    for id, key in every:
        keys = sorted({key(one) for one in appointments}) if id != "attendance" else ["all"]
        lines = []
        for name in keys:
            mine = [one for one in appointments if key(one) == name]
            lines.append(
                TableLine(
                    name,
                    _count(mine, came=True),
                    _count(mine, came=True) + _count(mine, came=False),
                )
            )
        yield StatisticsTable(id, True, tuple(lines))
    total = sum(one.many for one in appointments)
    recorded = {
        "attended": _count(appointments, came=True),
        "excused": sum(one.many for one in appointments if one.excused),
        "absent": _count(appointments, came=False),
        "unrecorded": sum(one.many for one in appointments if one.came is None and not one.excused),
    }
    yield StatisticsTable(
        "recorded", False, tuple(TableLine(key, many, total) for key, many in recorded.items())
    )


def _count(appointments: Iterable[AppointmentCounts], *, came: bool) -> int:
    return sum(one.many for one in appointments if one.came is came)


def _funnel(appointments: Sequence[AppointmentCounts]) -> Iterator[StatisticsTable]:
    """Each step out of the step before; then attendance by how far the reminder got. It compares,
    and proves no cause.
    """
    texted = [one for one in appointments if one.texted]
    delivered = [one for one in texted if one.delivered]
    answered = [one for one in delivered if one.answered]
    steps = {"booked": appointments, "texted": texted, "delivered": delivered, "answered": answered}
    sizes = {name: sum(one.many for one in group) for name, group in steps.items()}
    names = list(sizes)
    lines = [TableLine(name, sizes[name], sizes[before]) for before, name in pairwise(names)]
    came, expected = (
        _count(answered, came=True),
        _count(answered, came=True) + _count(answered, came=False),
    )
    yield StatisticsTable("funnel", True, (*lines, TableLine("attended", came, expected)))
    groups = {
        "answered": answered,
        "delivered": [one for one in delivered if not one.answered],
        "not_delivered": [one for one in texted if not one.delivered],
        "not_texted": [one for one in appointments if not one.texted],
    }
    yield StatisticsTable(
        "came_after",
        True,
        tuple(
            TableLine(
                name, _count(group, came=True), _count(group, came=True) + _count(group, came=False)
            )
            for name, group in groups.items()
        ),
    )


def _released(after: Counter[int | None]) -> StatisticsTable:
    total = after.total()
    lines, left = [], Counter({days: many for days, many in after.items() if days is not None})
    for key, last in AFTER_RELEASE:
        within = [days for days in left if days <= last]
        lines.append(TableLine(key, sum(left.pop(days) for days in within), total))
    return StatisticsTable(
        "release",
        True,
        (*lines, TableLine(LATER, left.total(), total), TableLine(NOT_YET, after[None], total)),
    )


def _median(after: Counter[int | None]) -> float | None:
    known = [days for days in after.elements() if days is not None]
    return float(median(known)) if known else None


def _breach_and_reoffending(
    those: Sequence[Member], found: dict[uuid.UUID, MemberStatus]
) -> Iterator[StatisticsTable]:
    """Breach of people under an order, and offences of everybody: two measures, never
    one number.
    """
    people: dict[uuid.UUID, list[MemberStatus]] = {}
    for one in those:
        people.setdefault(one.person_id, []).append(found[one.enrolment_id])
    statutory = {one.person_id for one in those if one.legal is LegalStatus.STATUTORY}
    breached = sum(any(one.breach for one in people[person]) for person in statutory)
    yield StatisticsTable("breach", True, (TableLine("breach", breached, len(statutory)),))
    kinds: list[tuple[str, Callable[[MemberStatus], bool]]] = [
        ("arrest", lambda one: one.arrested),
        ("charge", lambda one: one.charged),
        ("conviction", lambda one: one.convicted),
    ]
    yield StatisticsTable(
        "reoffending",
        True,
        tuple(
            TableLine(key, sum(any(map(is_so, each)) for each in people.values()), len(people))
            for key, is_so in kinds
        ),
    )
