"""The nightly sweep: everything that the calendar changes, for everybody, in chunks of people.

Each chunk is one transaction that also moves the night's cursor. A sweep that is stopped or killed
continues after the last whole chunk, and repeating a chunk changes nothing. One worker at a time
does a chunk; any worker may do the next.
"""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime

import structlog
from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from engage.cohort import exits
from engage.cohort.nightly import compliance, lost_contact, milestones
from engage.cohort.nightly.bulk_signals import CurrentCause, reconcile
from engage.cohort.nightly.model import NightlySweep
from engage.cohort.nightly.signal_causes import CAUSES, SignalCause
from engage.legal import orders
from engage.people.model import Person

log = structlog.get_logger(__name__)

_LOCK = 7_020_310
CHUNK_SIZE = 2000
ORDERS_BATCH_SIZE = 200
BEFORE_ALL = uuid.UUID(int=0)
KINDS = frozenset(cause.kind for cause in CAUSES)

Begin = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True)
class NightProgress:
    """How far the sweep of a night is: people checked, signals raised and resolved, and whether it
    has finished.
    """

    people: int
    raised: int
    resolved: int
    finished: bool


def sweep(
    begin: Begin, *, day: date, now: datetime, at_once: int = CHUNK_SIZE
) -> NightProgress | None:
    """Do the whole sweep of the night of `day`, or what is left of it. None if another worker is
    doing it.
    """
    while True:
        swept = advance(begin, day=day, now=now, at_once=at_once)
        if swept is None or swept.finished:
            return swept


def advance(
    begin: Begin, *, day: date, now: datetime, at_once: int = CHUNK_SIZE
) -> NightProgress | None:
    """Do the next `at_once` people of the night of `day`. None if another worker is doing it.

    A finished night is left as it is.
    """
    with begin() as session:
        if not session.scalar(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": _LOCK}):
            return None
        night = _night(session, day, now)
        if night.finished_at is None:
            _next_chunk(session, night, now, at_once)
        return NightProgress(
            night.people, night.raised, night.resolved, night.finished_at is not None
        )


def _night(session: Session, day: date, now: datetime) -> NightlySweep:
    session.execute(insert(NightlySweep).values(day=day, started_at=now).on_conflict_do_nothing())
    return session.get_one(NightlySweep, day, with_for_update=True)


def _next_chunk(session: Session, night: NightlySweep, now: datetime, at_once: int) -> None:
    if (
        night.after is None
        and _end_and_start_orders(session, now)
        + exits.end_due_and_follow_releases(session, now=now)
        > 0
    ):
        return
    after = night.after or BEFORE_ALL
    upto, many = _chunk(session, after, at_once)
    if upto is None:
        night.finished_at = now
        log.info(
            "nightly.swept",
            day=night.day.isoformat(),
            people=night.people,
            raised=night.raised,
            resolved=night.resolved,
        )
        return
    compliance.apply_rules_where_due(session, after=after, upto=upto, now=now)
    current = _current_causes(session, after, upto, now)
    raised, resolved = reconcile(session, current, kinds=KINDS, after=after, upto=upto, now=now)
    lost_contact.recheck_numbers(session, current, now=now)
    milestones.award_since_last_night(
        session, after=after, upto=upto, since=_last_night_started_at(session), now=now
    )
    night.after = upto
    night.people += many
    night.raised += raised
    night.resolved += resolved


def sweep_people(
    session: Session, *, after: uuid.UUID, upto: uuid.UUID, now: datetime
) -> tuple[int, int]:
    """Check the people in (after, upto], on any night. Returns how many signals were raised and how
    many resolved.

    Nobody is texted.
    """
    compliance.apply_rules_where_due(session, after=after, upto=upto, now=now)
    current = _current_causes(session, after, upto, now)
    return reconcile(session, current, kinds=KINDS, after=after, upto=upto, now=now)


def _current_causes(
    session: Session, after: uuid.UUID, upto: uuid.UUID, now: datetime
) -> list[CurrentCause]:
    return [one for cause in CAUSES for one in _causes(session, cause, after, upto, now)]


def _end_and_start_orders(session: Session, now: datetime) -> int:
    """End and start orders first, so that the night works with the right legal status."""
    ended = orders.end_due(session, now=now, limit=ORDERS_BATCH_SIZE)
    return ended + orders.start_due(session, now=now, limit=ORDERS_BATCH_SIZE)


def _last_night_started_at(session: Session) -> datetime | None:
    """When the last finished night started."""
    return session.scalar(
        select(NightlySweep.started_at)
        .where(NightlySweep.finished_at.is_not(None))
        .order_by(NightlySweep.day.desc())
        .limit(1)
    )


def _chunk(session: Session, after: uuid.UUID, at_once: int) -> tuple[uuid.UUID | None, int]:
    ahead = select(Person.id).where(Person.id > after).order_by(Person.id).limit(at_once).subquery()
    last = select(ahead.c.id, func.count().over()).order_by(ahead.c.id.desc()).limit(1)
    row = session.execute(last).one_or_none()
    return (None, 0) if row is None else (row[0], row[1])


def _causes(
    session: Session, cause: SignalCause, after: uuid.UUID, upto: uuid.UUID, now: datetime
) -> list[CurrentCause]:
    rows = session.execute(cause.find, {"after": after, "upto": upto, "now": now, **cause.defaults})
    return [
        CurrentCause(
            kind=cause.kind,
            person_id=row.person_id,
            hub_id=row.hub_id,
            cause=row.cause,
            why=cause.explain(row),
            evidence=(
                ("rule", cause.rule),
                *(((row.link_type, row.link_id),) if row.link_id is not None else ()),
            ),
        )
        for row in rows
    ]
