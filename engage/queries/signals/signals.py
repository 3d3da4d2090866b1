"""Signals as staff see them: most urgent first, each with the person, the reason, the action and
its evidence.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Executable, Label, Select, and_, case, literal, select, union_all
from sqlalchemy.orm import Session

from engage.access import health_redaction, scope
from engage.access.policy import (
    HUB_WIDE_ROLES,
    Ability,
    Actor,
    abilities,
    may_change,
)
from engage.agencies.hub_settings import zone
from engage.agencies.model import Hub, Staff
from engage.appointments.model import Appointment
from engage.conversation.model import ReplyRecord
from engage.core.paging import aware_moment, cut, rows_after
from engage.people.model import ContactPoint, NumberState, Person
from engage.queries import actor_names
from engage.queries.people import shared_numbers
from engage.queries.people.shared_numbers import Sharer
from engage.signals import DANGER, MEANINGS, RANK, Severity, Signal, SignalKind, SignalState
from messaging.tables import Inbound, Message

PAGE = 25
COUNTED = 50
_SEVERITY_OF_RANK = {rank: severity for severity, rank in RANK.items()}


@dataclass(frozen=True)
class EvidenceView:
    """One piece of evidence for a signal: its type and id for a link and, if any, its words, time
    and the person whose text it is.
    """

    type: str
    id: str
    words: str | None = None
    at: datetime | None = None
    owner: str | None = None
    of_health: bool = False


@dataclass(frozen=True)
class SignalView:
    """One signal in a list.

    `manager` is the person's offender manager, None if that is the reader; `may_act` is whether the
    reader may take it on. `same_number` are the other people of a signal that a number is shared,
    named only if the reader may see them.
    """

    id: uuid.UUID
    person_id: uuid.UUID
    person_name: str
    crn: str
    manager: str | None
    may_act: bool
    number: str | None
    same_number: tuple[Sharer, ...]
    kind: SignalKind
    title: str
    severity: Severity
    why: str
    action: str
    raised_at: datetime
    due_at: datetime
    overdue: bool
    state: SignalState
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    resolved_at: datetime | None
    resolved_by: str | None
    resolution: str | None
    evidence: tuple[EvidenceView, ...]
    zone: ZoneInfo


class SignalCursor(NamedTuple):
    """A place in the list, after which the next page starts."""

    rank: int
    due_at: datetime
    id: uuid.UUID

    def __str__(self) -> str:
        return f"{self.rank}.{self.due_at.isoformat()}.{self.id}"

    @classmethod
    def parse(cls, given: str) -> "SignalCursor":
        """Read what `str` wrote. Raises ValueError for anything else."""
        rank, _, rest = given.partition(".")
        moment, _, id = rest.rpartition(".")
        if rank not in ("0", "1", "2", "3"):
            raise ValueError("not a place in the list")
        return cls(int(rank), aware_moment(moment), uuid.UUID(id))


@dataclass(frozen=True)
class SignalPage:
    """A page of the list; `following` is where the next page starts, if there is one.

    `counts` gives the signals of each severity from here on, up to `COUNTED` of each.
    """

    signals: tuple[SignalView, ...]
    following: SignalCursor | None
    counts: Mapping[Severity, int]


def open_signals(
    session: Session, actor: Actor, *, now: datetime, after: SignalCursor | None = None
) -> SignalPage:
    """The unresolved signals that the actor may see, most urgent and soonest due first."""
    unresolved = session.execute(_unresolved(actor, after)).all()
    counts = dict.fromkeys(Severity, 0)
    for row in unresolved:
        counts[_SEVERITY_OF_RANK[row.rank]] += 1
    ordered = sorted(unresolved, key=lambda row: (row.rank, row.due_at, row.id.int))
    rows, following = cut(ordered, PAGE, lambda row: SignalCursor(row.rank, row.due_at, row.id))
    shown = [row.id for row in rows]
    found = {row[0].id: row for row in session.execute(_listed().where(Signal.id.in_(shown)))}
    views = _views(session, actor, [found[id] for id in shown], now)
    return SignalPage(views, following, counts)


def of_person(
    session: Session, actor: Actor, person_id: uuid.UUID, *, now: datetime
) -> tuple[SignalView, ...]:
    """The unresolved signals of one person. The caller has checked that the actor may see them."""
    rank = case(
        {severity.value: place for severity, place in RANK.items()}, value=Signal.severity, else_=9
    )
    rows = session.execute(
        _listed()
        .where(
            Signal.person_id == person_id,
            Signal.state != SignalState.RESOLVED,
            scope.signals(actor),
        )
        .order_by(rank, Signal.due_at, Signal.id)
        .limit(PAGE)
    ).all()
    return _views(session, actor, rows, now)


def load_signal(
    session: Session, actor: Actor, signal_id: uuid.UUID, *, now: datetime
) -> SignalView | None:
    """One signal in any state, or None if the actor may not see it."""
    rows = session.execute(
        _listed().where(
            Signal.id == signal_id, scope.people(actor, Ability.SIGNALS), scope.signals(actor)
        )
    ).all()
    views = _views(session, actor, rows, now)
    return views[0] if views else None


def _listed() -> Select[Signal, Person, Hub, str | None, str]:
    # The number comes with the signal, so that the reader can ring at once.
    return (
        select(Signal, Person, Hub, ContactPoint.number, Staff.name)
        .join(Person, Person.id == Signal.person_id)
        .join(Hub, Hub.id == Person.hub_id)
        .join(Staff, Staff.id == Person.offender_manager_id)
        .outerjoin(
            ContactPoint,
            and_(ContactPoint.person_id == Person.id, ContactPoint.state != NumberState.RETIRED),
        )
    )


def _unresolved(actor: Actor, after: SignalCursor | None) -> Executable:
    # Readers of a whole hub: one ordered walk for each severity, each with a limit, so that the
    # cost does not grow with the number of signals. Readers of a caseload: all of it, which is
    # bounded by its people.
    if actor.hubs(*HUB_WIDE_ROLES):
        walks = (_of_severity(actor, severity, after).subquery() for severity in Severity)
        return union_all(*(select(walk) for walk in walks))
    rank = case(
        {severity.value: place for severity, place in RANK.items()}, value=Signal.severity, else_=9
    )
    query = rows_after(_places(actor, rank.label("rank")), (rank, Signal.due_at, Signal.id), after)
    return query.order_by(rank, Signal.due_at, Signal.id).limit(COUNTED * len(Severity))


def _of_severity(
    actor: Actor, severity: Severity, after: SignalCursor | None
) -> Select[uuid.UUID, int, datetime]:
    query = _places(actor, literal(RANK[severity]).label("rank")).where(Signal.severity == severity)
    if after is not None and RANK[severity] < after.rank:
        query = query.where(literal(False))
    if after is not None and RANK[severity] == after.rank:
        query = rows_after(query, (Signal.due_at, Signal.id), (after.due_at, after.id))
    return query.order_by(Signal.due_at, Signal.id).limit(COUNTED)


def _places(actor: Actor, rank: Label[int]) -> Select[uuid.UUID, int, datetime]:
    return (
        select(Signal.id, rank, Signal.due_at)
        .join(Person, Person.id == Signal.person_id)
        .where(
            Signal.state != SignalState.RESOLVED,
            scope.people(actor, Ability.SIGNALS),
            scope.signals(actor),
        )
    )


def _views(
    session: Session, actor: Actor, rows: Sequence[Any], now: datetime
) -> tuple[SignalView, ...]:
    evidence = _evidence(session, [link for signal, *_ in rows for link in signal.evidence])
    labels = {signal.acknowledged_by for signal, *_ in rows} | {
        signal.resolved_by for signal, *_ in rows
    }
    names = actor_names.names_by_label(session, labels)
    shared = {number for signal, _, _, number, _ in rows if signal.kind is SignalKind.NUMBER_SHARED}
    sharers = shared_numbers.of_numbers(session, actor, shared - {None})
    return tuple(
        SignalView(
            id=signal.id,
            person_id=person.id,
            person_name=person.name,
            crn=person.crn,
            manager=actor_names.other_manager(actor, person, manager),
            may_act=may_change(actor, person) and Ability.SIGNALS in abilities(actor, person),
            number=number,
            same_number=tuple(
                one.shown for one in sharers.get(number, ()) if one.person_id != person.id
            )
            if signal.kind is SignalKind.NUMBER_SHARED
            else (),
            kind=signal.kind,
            title=_title(signal),
            severity=signal.severity,
            why=signal.why,
            action=signal.action,
            raised_at=signal.raised_at,
            due_at=signal.due_at,
            overdue=signal.due_at < now and signal.state is not SignalState.RESOLVED,
            state=signal.state,
            acknowledged_at=signal.acknowledged_at,
            acknowledged_by=names[signal.acknowledged_by] if signal.acknowledged_by else None,
            resolved_at=signal.resolved_at,
            resolved_by=names[signal.resolved_by] if signal.resolved_by else None,
            resolution=signal.resolution,
            evidence=tuple(
                _shown(
                    evidence.get(
                        (link["type"], link["id"]), EvidenceView(link["type"], link["id"])
                    ),
                    signal,
                    health=health_redaction.sees_health(actor, person),
                )
                for link in signal.evidence
            ),
            zone=zone(hub),
        )
        for signal, person, hub, number, manager in rows
    )


def _title(signal: Signal) -> str:
    """The title of a signal; for danger with its kind."""
    title = MEANINGS[signal.kind].title
    return title if signal.danger is None else f"{title}: {signal.danger.label}"


def _evidence(
    session: Session, links: Sequence[Mapping[str, str]]
) -> dict[tuple[str, str], EvidenceView]:
    found: dict[tuple[str, str], EvidenceView] = {}
    inbound = [
        int(link["id"]) for link in links if link["type"] == "inbound" and link["id"].isdigit()
    ]
    texts = (
        select(Inbound, ReplyRecord.person_id, health_redaction.is_about_health())
        .outerjoin(ReplyRecord, ReplyRecord.inbound_id == Inbound.id)
        .where(Inbound.id.in_(inbound))
    )
    for text, person_id, about_health in session.execute(texts):
        owner = str(person_id) if person_id else None
        found["inbound", str(text.id)] = EvidenceView(
            "inbound", str(text.id), text.body, text.received_at, owner, about_health
        )
    for message in session.scalars(select(Message).where(Message.id.in_(_ids(links, "message")))):
        found["message", str(message.id)] = EvidenceView(
            "message",
            str(message.id),
            message.body,
            message.created_at,
            message.recipient,
            health_redaction.reveals_health(message),
        )
    for appointment in session.scalars(
        select(Appointment).where(Appointment.id.in_(_ids(links, "appointment")))
    ):
        found["appointment", str(appointment.id)] = EvidenceView(
            "appointment", str(appointment.id), None, appointment.starts_at
        )
    return found


def _shown(evidence: EvidenceView, signal: Signal, *, health: bool) -> EvidenceView:
    """Evidence as it may be shown.

    Health words are shown only with `health`, and words from a shared phone only for their own
    person, unless the signal is about danger.
    """
    from_other = evidence.type in ("inbound", "message") and evidence.owner != str(signal.person_id)
    withheld = from_other or (evidence.of_health and not health)
    return replace(evidence, words=None) if withheld and signal.kind not in DANGER else evidence


def _ids(links: Collection[Mapping[str, str]], kind: str) -> list[uuid.UUID]:
    return [uuid.UUID(link["id"]) for link in links if link["type"] == kind]
