"""Self-reports: recorded from a text or by a worker, then verified or disputed by staff.

A judgement changes the state of a self-report, never its words. No self-report has a consequence
for the person, a lapse least of all; it raises at most a signal that a worker should help.
"""

import uuid
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from engage import signals
from engage.access.policy import (
    Ability,
    Actor,
    abilities,
    open_person,
)
from engage.core import events
from engage.core.db import new_id
from engage.core.errors import Forbidden, Invalid, NotFound
from engage.core.text_fields import clean_text
from engage.people.model import Person
from engage.progress import rules
from engage.progress.activities.model import Activity
from engage.progress.housing.model import HousingSpell
from engage.progress.model import ReportFact, ReportKind, ReportState, SelfReport
from engage.signals import Evidence, SignalKind

Made = TypeVar("Made", HousingSpell, Activity)
LONGEST_NOTE = 500
_CLOCKS_DIFFER_BY = timedelta(minutes=5)
LOSS_SIGNALS = {
    ReportFact.LOST_HOME: SignalKind.HOUSING_LOSS,
    ReportFact.LOST_WORK: SignalKind.WORK_LOSS,
}
SIGNAL_CAUSE = "told"
"""The cause of the signals raised here and of those raised from texts, so that they join while one
is open.
"""


def signal_for(kind: ReportKind, fact: ReportFact | None) -> SignalKind | None:
    """The kind of signal that a self-report raises, if any."""
    if kind is ReportKind.LAPSE:
        return SignalKind.LAPSE_TOLD
    return LOSS_SIGNALS.get(fact) if fact is not None else None


def add_from_text(
    session: Session,
    person: Person,
    kind: ReportKind,
    fact: ReportFact | None,
    *,
    inbound_id: int,
    said_at: datetime,
    now: datetime,
) -> bool:
    """Record one kind of self-report from a text. False if this text has reported it already. The
    words stay in the text.
    """
    made = session.scalar(
        insert(SelfReport)
        .values(
            id=new_id(),
            person_id=person.id,
            kind=kind,
            fact=rules.fact_for(kind, fact),
            inbound_id=inbound_id,
            note="",
            said_at=said_at,
            recorded_by="person",
            state=ReportState.SELF_REPORTED,
            judged_note="",
        )
        .on_conflict_do_nothing(
            index_elements=[SelfReport.person_id, SelfReport.inbound_id, SelfReport.kind]
        )
        .returning(SelfReport.id)
    )
    if made is None:
        return False
    _record(session, "progress.told", person, made, actor="person", now=now)
    return True


def add(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    *,
    kind: ReportKind,
    fact: ReportFact | None,
    note: str,
    said_at: datetime,
    now: datetime,
) -> SelfReport:
    """Record what a person reported to the actor. A loss or a lapse raises a signal, as one by text
    does.

    Raises Invalid if the fact is of another kind, the time is in the future, or there is neither
    fact nor note; Forbidden for a health matter without health access.
    """
    person = open_person(
        session,
        actor,
        person_id,
        now=now,
        what="add self-report",
        ability=Ability.RECORD,
        change=True,
    )
    _must_see(actor, person, kind)
    report = SelfReport(
        id=new_id(),
        person_id=person.id,
        kind=kind,
        fact=fact,
        note=_checked(kind, fact, note, said_at, now),
        said_at=said_at,
        recorded_by=actor.label,
    )
    session.add(report)
    session.flush()
    _record(session, "progress.added", person, report.id, actor=actor.label, now=now)
    if (signal := signal_for(kind, fact)) is not None:
        signals.raise_signal(
            session,
            signal,
            person_id=person.id,
            hub_id=person.hub_id,
            cause=f"{SIGNAL_CAUSE}:{report.id}",
            why="They told a worker, who recorded it.",
            evidence=[Evidence("self_report", str(report.id))],
            now=now,
        )
    return report


def verify(
    session: Session, actor: Actor, report_id: uuid.UUID, *, note: str = "", now: datetime
) -> SelfReport:
    """Mark a self-report as verified. Repeating the call changes nothing."""
    words = clean_text("note", note, LONGEST_NOTE)
    return _judge(session, actor, report_id, ReportState.VERIFIED, words, now)


def dispute(
    session: Session, actor: Actor, report_id: uuid.UUID, *, note: str, now: datetime
) -> SelfReport:
    """Dispute a self-report. Raises Invalid without a note.

    Homes and activities that were recorded from it and are only self-reported are disputed with it.
    Verified ones stay.
    """
    found = clean_text("note", note, LONGEST_NOTE, missing="Say what you found")
    report = _judge(session, actor, report_id, ReportState.DISPUTED, found, now)
    _dispute_records_made_from(session, actor, report, now)
    return report


def count_good_news(session: Session, person_id: uuid.UUID) -> int:
    """The number of self-reports with good news that are not disputed."""
    return (
        session.scalar(
            select(func.count())
            .select_from(SelfReport)
            .where(
                SelfReport.person_id == person_id,
                SelfReport.fact.in_(rules.GOOD),
                SelfReport.state != ReportState.DISPUTED,
            )
        )
        or 0
    )


def open_to_judge(
    session: Session, actor: Actor, report_id: uuid.UUID, *, now: datetime
) -> tuple[Person, SelfReport]:
    """Return the self-report with its person, if the actor may judge it. The row is locked until
    the transaction ends.

    Raises NotFound if the actor may not see the person, Forbidden if they may not record or it is a
    health matter without health access.
    """
    report = session.get(SelfReport, report_id, with_for_update=True, populate_existing=True)
    if report is None:
        raise NotFound("There is no such report, or you may not see it.")
    person = open_person(
        session,
        actor,
        report.person_id,
        now=now,
        what="judge self-report",
        ability=Ability.RECORD,
        change=True,
    )
    _must_see(actor, person, report.kind)
    return person, report


def _judge(
    session: Session,
    actor: Actor,
    report_id: uuid.UUID,
    state: ReportState,
    note: str,
    now: datetime,
) -> SelfReport:
    person, report = open_to_judge(session, actor, report_id, now=now)
    if (report.state, report.judged_note) == (state, note):
        return report
    report.state, report.judged_note = state, note
    report.judged_by, report.judged_at = actor.label, now
    session.flush()
    _record(session, f"progress.{state.value}", person, report.id, actor=actor.label, now=now)
    return report


def _dispute_records_made_from(
    session: Session, actor: Actor, report: SelfReport, now: datetime
) -> None:
    person = session.get_one(Person, report.person_id)
    for kind, rows in (
        ("housing", session.scalars(_self_reported_from(HousingSpell, report)).all()),
        ("activity", session.scalars(_self_reported_from(Activity, report)).all()),
    ):
        for row in rows:
            row.state, row.judged_note = ReportState.DISPUTED, report.judged_note
            row.judged_by, row.judged_at = actor.label, now
            events.record_for_person(
                session, f"{kind}.disputed", person, now=now, actor=actor.label, **{kind: row.id}
            )


def _self_reported_from(kind: type[Made], report: SelfReport) -> Select[Made]:
    """The rows recorded from a self-report that no worker has verified."""
    return select(kind).where(kind.report_id == report.id, kind.state == ReportState.SELF_REPORTED)


def _must_see(actor: Actor, person: Person, kind: ReportKind) -> None:
    if kind in rules.HEALTH and Ability.HEALTH not in abilities(actor, person):
        raise Forbidden("Your role does not include self-reports about health.")


def _checked(
    kind: ReportKind, fact: ReportFact | None, note: str, said_at: datetime, now: datetime
) -> str:
    wrong: dict[str, str] = {}
    if fact is not None and rules.fact_for(kind, fact) is None:
        wrong["fact"] = "Choose a fact of the chosen kind"
    if said_at > now + _CLOCKS_DIFFER_BY:
        wrong["said_at"] = "The date must be today or in the past"
    tidy = clean_text("note", note, LONGEST_NOTE)
    if fact is None and not tidy:
        wrong["note"] = "Say what they reported"
    if wrong:
        raise Invalid(fields=wrong)
    return tidy


def _record(
    session: Session, what: str, person: Person, report_id: uuid.UUID, *, actor: str, now: datetime
) -> None:
    """Record an event with the id only: an event must not reveal what a person reported about their
    health.
    """
    events.record_for_person(session, what, person, now=now, actor=actor, report=report_id)
