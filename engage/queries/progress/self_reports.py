"""Self-reports as staff see them: kind, fact, day, words and state.

Health matters require health access: other readers see only that there was a self-report, and when.
Words are those of the text, so they are shown only to readers of the person's texts; if the text
also reports on health, only with health access.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, aliased

from engage.access.policy import (
    Ability,
    Actor,
    abilities,
    may_change,
    open_person,
)
from engage.core.paging import MomentCursor, rows_before
from engage.people.model import Person
from engage.progress import rules
from engage.progress.model import ReportFact, ReportKind, ReportState, SelfReport
from engage.queries import actor_names
from messaging.tables import Inbound

PAGE = 20


@dataclass(frozen=True)
class ReportView:
    """One self-report. If it is `hidden`, only its day is shown, and its kind is always `health`.

    `words` are None if the viewer may not read them, and empty once erased.
    """

    id: uuid.UUID
    kind: ReportKind
    fact: ReportFact | None
    said_at: datetime
    inbound_id: int | None
    words: str | None
    recorded_by: str | None
    state: ReportState | None
    judged_by: str | None
    judged_at: datetime | None
    judged_note: str | None
    hidden: bool
    may_judge: bool

    @property
    def by_text(self) -> bool:
        """Whether it came by text, not through a worker."""
        return self.inbound_id is not None


def of_person(
    session: Session,
    actor: Actor,
    person: Person,
    *,
    after: MomentCursor | None = None,
    limit: int = PAGE,
    health: bool = False,
) -> tuple[ReportView, ...]:
    """A person's self-reports, latest first, in two statements; health matters only with `health`.

    The caller has opened the person for the actor.
    """
    rows = session.execute(_told(person.id, after, limit, health)).all()
    labels = {
        label for report, *_ in rows for label in (report.recorded_by, report.judged_by) if label
    }
    who = actor_names.names_by_label(session, labels)
    granted, changes = abilities(actor, person), may_change(actor, person)
    return tuple(_view(report, body, mixed, granted, changes, who) for report, body, mixed in rows)


def listed(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    *,
    now: datetime,
    after: MomentCursor | None,
    limit: int,
    health: bool = False,
) -> tuple[ReportView, ...]:
    """A person's self-reports for the API. The access is logged. Raises NotFound, or Forbidden for
    health matters without health access.
    """
    ability = Ability.HEALTH if health else Ability.VIEW
    person = open_person(
        session, actor, person_id, now=now, what="read self-reports", ability=ability
    )
    return of_person(session, actor, person, after=after, limit=limit, health=health)


def one(session: Session, actor: Actor, report: SelfReport) -> ReportView:
    """The view of a self-report that the actor has just changed."""
    person = session.get_one(Person, report.person_id)
    query = _told(person.id, None, 1, False).where(SelfReport.id == report.id)
    row = session.execute(query).one()
    who = actor_names.names_by_label(session, {report.recorded_by, report.judged_by})
    return _view(row[0], row[1], row[2], abilities(actor, person), may_change(actor, person), who)


def _told(
    person_id: uuid.UUID, after: MomentCursor | None, limit: int, health: bool
) -> Select[SelfReport, str, bool]:
    other = aliased(SelfReport)
    mixed = exists().where(
        other.inbound_id == SelfReport.inbound_id,
        other.person_id == SelfReport.person_id,
        other.kind.in_(rules.HEALTH),
    )
    query = (
        select(SelfReport, Inbound.body, mixed)
        .outerjoin(Inbound, Inbound.id == SelfReport.inbound_id)
        .where(SelfReport.person_id == person_id)
        .order_by(SelfReport.said_at.desc(), SelfReport.id.desc())
        .limit(limit)
    )
    if health:
        query = query.where(SelfReport.kind.in_(rules.HEALTH))
    return rows_before(query, (SelfReport.said_at, SelfReport.id), after)


def _view(
    report: SelfReport,
    body: str | None,
    mixed: bool,
    granted: frozenset[Ability],
    changes: bool,
    who: Mapping[str | None, str],
) -> ReportView:
    delicate = report.kind in rules.HEALTH
    if delicate and Ability.HEALTH not in granted:
        return _hidden(report)
    reads = Ability.HEALTH in granted if delicate or mixed else True
    if not delicate and report.inbound_id is not None:
        reads = reads and Ability.CONVERSE in granted
    return ReportView(
        id=report.id,
        kind=report.kind,
        fact=report.fact,
        said_at=report.said_at,
        inbound_id=report.inbound_id,
        words=(body if report.inbound_id is not None else report.note) if reads else None,
        recorded_by=who[report.recorded_by],
        state=report.state,
        judged_by=who[report.judged_by] if report.judged_by else None,
        judged_at=report.judged_at,
        judged_note=report.judged_note,
        hidden=False,
        may_judge=changes and Ability.RECORD in granted,
    )


def _hidden(report: SelfReport) -> ReportView:
    """A self-report on health without its content: a lapse looks the same as good news."""
    return ReportView(
        id=report.id,
        kind=ReportKind.HEALTH,
        fact=None,
        said_at=report.said_at,
        inbound_id=report.inbound_id,
        words=None,
        recorded_by=None,
        state=None,
        judged_by=None,
        judged_at=None,
        judged_note=None,
        hidden=True,
        may_judge=False,
    )
