"""Verifying and disputing records of progress: by whom, when and why.

It changes the state of a record, never its content. A disputed record stays and does not count.
Events name the record, never its content.
"""

import uuid
from datetime import date, datetime
from typing import Protocol

from sqlalchemy.orm import Session

from engage.access.policy import Ability, Actor, open_person
from engage.core import events
from engage.core.db import new_id
from engage.core.errors import Conflict, Invalid, NotFound
from engage.core.text_fields import clean_text
from engage.people.model import Person
from engage.progress import service
from engage.progress.kinds import ReportFact, ReportState
from engage.progress.model import SelfReport

LONGEST_NOTE = service.LONGEST_NOTE
EARLIEST = date(1920, 1, 1)


class Verifiable(Protocol):
    """A record that staff can verify or dispute."""

    id: uuid.UUID
    state: ReportState
    judged_by: str | None
    judged_at: datetime | None
    judged_note: str


def open_to_record(
    session: Session, actor: Actor, person_id: uuid.UUID, *, now: datetime, what: str
) -> Person:
    """Return the person, locked until the transaction ends, if the actor may record their progress.
    Raises NotFound or Forbidden.
    """
    return open_person(
        session,
        actor,
        person_id,
        now=now,
        what=what,
        ability=Ability.RECORD,
        change=True,
        lock=True,
    )


def verify(
    session: Session,
    actor: Actor,
    person: Person,
    row: Verifiable,
    kind: str,
    *,
    note: str,
    now: datetime,
) -> bool:
    """Mark the record as verified. False if it already is, with the same note."""
    words = clean_text("note", note, LONGEST_NOTE)
    return _judge(session, actor, person, row, kind, ReportState.VERIFIED, words, now)


def dispute(
    session: Session,
    actor: Actor,
    person: Person,
    row: Verifiable,
    kind: str,
    *,
    note: str,
    now: datetime,
) -> bool:
    """Mark the record as disputed. Raises Invalid without a note that says what was found."""
    words = clean_text("note", note, LONGEST_NOTE, missing="Say what you found")
    return _judge(session, actor, person, row, kind, ReportState.DISPUTED, words, now)


def use_report(
    session: Session,
    actor: Actor,
    person: Person,
    report_id: uuid.UUID,
    facts: frozenset[ReportFact],
    *,
    sure: bool,
    now: datetime,
) -> SelfReport:
    """Return the self-report that a record is made from. If `sure`, mark it as verified too.

    Raises NotFound if it is another person's, Conflict if it is about something else or disputed.
    """
    report = session.get(SelfReport, report_id, with_for_update=True, populate_existing=True)
    if report is None or report.person_id != person.id:
        raise NotFound("There is no such report, or you may not see it.")
    if report.fact not in facts:
        raise Conflict("This self-report is about something else.", code="other_news")
    if report.state is ReportState.DISPUTED:
        raise Conflict(
            "This self-report is disputed, so nothing can be recorded from it.", code="disputed"
        )
    if sure and report.state is not ReportState.VERIFIED:
        service.verify(session, actor, report.id, now=now)
    return report


def check_not_future(day: date, today: date, field: str) -> date:
    """Return the day. Raises Invalid if it is in the future or implausibly early."""
    if day > today:
        raise Invalid(fields={field: "The date must be today or in the past"})
    if day < EARLIEST:
        raise Invalid(fields={field: f"The date must be after {EARLIEST.year}"})
    return day


def recorded_columns(actor: Actor, now: datetime, *, sure: bool) -> dict[str, object]:
    """The columns of a new record: who recorded it, when, and whether they verified it."""
    found: dict[str, object] = {"id": new_id(), "recorded_by": actor.label, "recorded_at": now}
    if sure:
        return {**found, "state": ReportState.VERIFIED, "judged_by": actor.label, "judged_at": now}
    return {**found, "state": ReportState.SELF_REPORTED}


def _judge(
    session: Session,
    actor: Actor,
    person: Person,
    row: Verifiable,
    kind: str,
    state: ReportState,
    note: str,
    now: datetime,
) -> bool:
    if (row.state, row.judged_note) == (state, note):
        return False
    row.state, row.judged_note = state, note
    row.judged_by, row.judged_at = actor.label, now
    session.flush()
    events.record_for_person(
        session, f"{kind}.{state.value}", person, actor=actor.label, now=now, **{kind: row.id}
    )
    return True
