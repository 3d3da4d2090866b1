"""Keeping what people tell of how they are getting on: a text says it, or a worker writes it down;
staff confirm or dispute it.

What somebody tells stays theirs and stays: judging it changes its state, never its words. No news
has a consequence for the person, a lapse least of all; what is told here raises at most a signal
that somebody should help.
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
SIGNALS = {
    ReportFact.LOST_HOME: SignalKind.HOUSING_LOSS,
    ReportFact.LOST_WORK: SignalKind.WORK_LOSS,
}
ABOUT = "told"
"""What the signals of this module, and of what is told by text, are about: they join while one is
open.
"""


def signal_for(kind: ReportKind, fact: ReportFact | None) -> SignalKind | None:
    """What somebody should know because of this news, if anything."""
    if kind is ReportKind.LAPSE:
        return SignalKind.LAPSE_TOLD
    return SIGNALS.get(fact) if fact is not None else None


def told_by_text(
    session: Session,
    person: Person,
    kind: ReportKind,
    fact: ReportFact | None,
    *,
    inbound_id: int,
    said_at: datetime,
    now: datetime,
) -> bool:
    """Keep one kind of news that a text tells; False when this text has told it before. The words
    stay in the text.
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
    """Write down what a person told the actor. A loss or a lapse is signalled like one told by
    text.

    Raises Invalid for a fact of another kind, news of tomorrow, or neither a fact nor a note;
    Forbidden for a matter of health to whoever may not see those.
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
    _may_know(actor, person, kind)
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
            cause=f"{ABOUT}:{report.id}",
            why="They told a worker, who wrote it down.",
            evidence=[Evidence("self_report", str(report.id))],
            now=now,
        )
    return report


def verify(
    session: Session, actor: Actor, report_id: uuid.UUID, *, note: str = "", now: datetime
) -> SelfReport:
    """Somebody has made sure that it is so. The same again changes nothing."""
    words = clean_text("note", note, LONGEST_NOTE)
    return _judge(session, actor, report_id, ReportState.VERIFIED, words, now)


def dispute(
    session: Session, actor: Actor, report_id: uuid.UUID, *, note: str, now: datetime
) -> SelfReport:
    """Somebody has found otherwise, and says what. Raises Invalid without a note.

    A home or an activity that was recorded from it by their word alone is disputed with it; one
    that a worker made sure of stands.
    """
    found = clean_text("note", note, LONGEST_NOTE, missing="Say what you found")
    report = _judge(session, actor, report_id, ReportState.DISPUTED, found, now)
    _dispute_what_came_of_it(session, actor, report, now)
    return report


def good_news(session: Session, person_id: uuid.UUID) -> int:
    """How many pieces of good news stand: those that somebody disputes do not count."""
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


def to_judge(
    session: Session, actor: Actor, report_id: uuid.UUID, *, now: datetime
) -> tuple[Person, SelfReport]:
    """The report with its person, if the actor may judge it; the row is held until the transaction
    ends.

    Raises NotFound where the actor may not see the person, Forbidden where they may not record, or
    may not see matters of health.
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
    _may_know(actor, person, report.kind)
    return person, report


def _judge(
    session: Session,
    actor: Actor,
    report_id: uuid.UUID,
    state: ReportState,
    note: str,
    now: datetime,
) -> SelfReport:
    person, report = to_judge(session, actor, report_id, now=now)
    if (report.state, report.judged_note) == (state, note):
        return report
    report.state, report.judged_note = state, note
    report.judged_by, report.judged_at = actor.label, now
    session.flush()
    _record(session, f"progress.{state.value}", person, report.id, actor=actor.label, now=now)
    return report


def _dispute_what_came_of_it(
    session: Session, actor: Actor, report: SelfReport, now: datetime
) -> None:
    person = session.get_one(Person, report.person_id)
    for kind, rows in (
        ("housing", session.scalars(_by_word(HousingSpell, report)).all()),
        ("activity", session.scalars(_by_word(Activity, report)).all()),
    ):
        for row in rows:
            row.state, row.judged_note = ReportState.DISPUTED, report.judged_note
            row.judged_by, row.judged_at = actor.label, now
            events.record_for_person(
                session, f"{kind}.disputed", person, now=now, actor=actor.label, **{kind: row.id}
            )


def _by_word(kind: type[Made], report: SelfReport) -> Select[Made]:
    """What was recorded from a piece of news and rests on the person's word alone."""
    return select(kind).where(kind.report_id == report.id, kind.state == ReportState.SELF_REPORTED)


def _may_know(actor: Actor, person: Person, kind: ReportKind) -> None:
    if kind in rules.HEALTH and Ability.HEALTH not in abilities(actor, person):
        raise Forbidden("Your role does not let you see what they tell of their health.")


def _checked(
    kind: ReportKind, fact: ReportFact | None, note: str, said_at: datetime, now: datetime
) -> str:
    wrong: dict[str, str] = {}
    if fact is not None and rules.fact_for(kind, fact) is None:
        wrong["fact"] = "Choose news of the kind that you chose"
    if said_at > now + _CLOCKS_DIFFER_BY:
        wrong["said_at"] = "The date must be today or in the past"
    tidy = clean_text("note", note, LONGEST_NOTE)
    if fact is None and not tidy:
        wrong["note"] = "Say what they told you"
    if wrong:
        raise Invalid(fields=wrong)
    return tidy


def _record(
    session: Session, what: str, person: Person, report_id: uuid.UUID, *, actor: str, now: datetime
) -> None:
    """The event says that there is news, not which: what somebody tells of their health goes to
    nobody by this way.
    """
    events.record_for_person(session, what, person, now=now, actor=actor, report=report_id)
