"""The nightly sweep: everything that time makes of the case, for everybody, in chunks of people.

Each chunk is a transaction of its own that also moves the cursor of the night, so a sweep that is
stopped or killed anywhere goes on behind the last whole chunk, and a chunk that is done twice
changes nothing. One worker at a time does a chunk; any may do the next.
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
AT_ONCE = 2000
ORDERS_AT_ONCE = 200
FIRST = uuid.UUID(int=0)
KINDS = frozenset(cause.kind for cause in CAUSES)

Begin = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True)
class NightProgress:
    """How far the sweep of a night is: people looked at, signals raised and resolved, and whether
    it is over.
    """

    people: int
    raised: int
    resolved: int
    finished: bool


def sweep(
    begin: Begin, *, day: date, now: datetime, at_once: int = AT_ONCE
) -> NightProgress | None:
    """Do the whole sweep of the night of `day`, or what is left of it; None where another worker is
    at it.
    """
    while True:
        swept = advance(begin, day=day, now=now, at_once=at_once)
        if swept is None or swept.finished:
            return swept


def advance(
    begin: Begin, *, day: date, now: datetime, at_once: int = AT_ONCE
) -> NightProgress | None:
    """Do the next `at_once` people of the night of `day`; None where another worker is at it. A
    finished night is left as it is.
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
    if night.after is None and _orders(session, now) + exits.settle(session, now=now) > 0:
        return
    after = night.after or FIRST
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
    standing = _look(session, after, upto, now)
    raised, resolved = reconcile(session, standing, kinds=KINDS, after=after, upto=upto, now=now)
    lost_contact.recheck_numbers(session, standing, now=now)
    milestones.award_since_last_night(
        session, after=after, upto=upto, since=_last(session), now=now
    )
    night.after = upto
    night.people += many
    night.raised += raised
    night.resolved += resolved


def sweep_people(
    session: Session, *, after: uuid.UUID, upto: uuid.UUID, now: datetime
) -> tuple[int, int]:
    """Look at the people in (after, upto], whatever night it is; how many signals of the calendar
    were raised, and how many resolved.

    Nobody is texted for it.
    """
    standing = _look(session, after, upto, now)
    return reconcile(session, standing, kinds=KINDS, after=after, upto=upto, now=now)


def _look(session: Session, after: uuid.UUID, upto: uuid.UUID, now: datetime) -> list[CurrentCause]:
    compliance.catch_up(session, after=after, upto=upto, now=now)
    return [one for cause in CAUSES for one in _standing(session, cause, after, upto, now)]


def _orders(session: Session, now: datetime) -> int:
    """Orders begin and end first, so that the night finds everybody as they stand."""
    ended = orders.end_due(session, now=now, limit=ORDERS_AT_ONCE)
    return ended + orders.start_due(session, now=now, limit=ORDERS_AT_ONCE)


def _last(session: Session) -> datetime | None:
    """When the last night that was finished began."""
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


def _standing(
    session: Session, cause: SignalCause, after: uuid.UUID, upto: uuid.UUID, now: datetime
) -> list[CurrentCause]:
    rows = session.execute(cause.find, {"after": after, "upto": upto, "now": now, **cause.asks})
    return [
        CurrentCause(
            kind=cause.kind,
            person_id=row.person_id,
            hub_id=row.hub_id,
            cause=row.cause,
            why=cause.tell(row),
            evidence=(
                ("rule", cause.rule),
                *(((row.link_type, row.link_id),) if row.link_id is not None else ()),
            ),
        )
        for row in rows
    ]
