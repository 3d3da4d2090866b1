"""Recording where people live, self-reported or verified by a worker. Nothing here judges the
person or sends a text.

A spell runs until the next one begins. None is overwritten: a wrong one is disputed and kept.
"""

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import Actor
from engage.agencies.hub_settings import today_at
from engage.core import events
from engage.core.errors import Conflict, NotFound
from engage.core.text_fields import clean_text
from engage.people.model import Person
from engage.progress import verification
from engage.progress.housing.kinds import HousingStage
from engage.progress.housing.model import HousingSpell
from engage.progress.kinds import ReportFact, ReportState

LONGEST_NOTE = 200
HOME_FACTS = frozenset({ReportFact.GOT_HOME, ReportFact.LOST_HOME})
"""Facts that say where a person lives now."""


def record(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    *,
    stage: HousingStage,
    since: date,
    sure: bool,
    note: str = "",
    report_id: uuid.UUID | None = None,
    now: datetime,
) -> HousingSpell:
    """Record where the person lives from a day on. `sure`: a worker has verified it, and with it
    the self-report it is recorded from.

    Raises Invalid for a future day; NotFound or Conflict for a self-report that is not about a
    home, is disputed or already used.
    """
    person = verification.open_to_record(session, actor, person_id, now=now, what="record housing")
    verification.check_not_future(since, today_at(session, person.hub_id, now), "since")
    tidy = clean_text("note", note, LONGEST_NOTE)
    if report_id is not None:
        verification.use_report(session, actor, person, report_id, HOME_FACTS, sure=sure, now=now)
        if is_recorded_from(session, report_id):
            raise Conflict("A home is already recorded from this self-report.", code="recorded")
    spell = HousingSpell(
        person_id=person.id,
        stage=stage,
        since=since,
        note=tidy,
        report_id=report_id,
        judged_note="",
        **verification.recorded_columns(actor, now, sure=sure),
    )
    session.add(spell)
    session.flush()
    events.record_for_person(
        session, "housing.recorded", person, actor=actor.label, now=now, housing=spell.id
    )
    return spell


def verify(
    session: Session, actor: Actor, spell_id: uuid.UUID, *, note: str = "", now: datetime
) -> HousingSpell:
    """Mark a spell as verified. Repeating the call changes nothing."""
    person, spell = open_to_judge(session, actor, spell_id, now=now)
    verification.verify(session, actor, person, spell, "housing", note=note, now=now)
    return spell


def dispute(
    session: Session, actor: Actor, spell_id: uuid.UUID, *, note: str, now: datetime
) -> HousingSpell:
    """Dispute a spell: it stays and does not count. Raises Invalid without a note."""
    person, spell = open_to_judge(session, actor, spell_id, now=now)
    verification.dispute(session, actor, person, spell, "housing", note=note, now=now)
    return spell


def open_to_judge(
    session: Session, actor: Actor, spell_id: uuid.UUID, *, now: datetime
) -> tuple[Person, HousingSpell]:
    """Return the spell with its person, locked until the transaction ends, if the actor may judge
    it. Raises NotFound or Forbidden.
    """
    whose = session.scalar(select(HousingSpell.person_id).where(HousingSpell.id == spell_id))
    if whose is None:
        raise NotFound("There is no such record of housing, or you may not see it.")
    person = verification.open_to_record(session, actor, whose, now=now, what="judge housing")
    return person, session.get_one(HousingSpell, spell_id, populate_existing=True)


def of_person(
    session: Session, person_id: uuid.UUID, *, limit: int | None = None
) -> Sequence[HousingSpell]:
    """A person's spells, latest first. The caller has opened the person."""
    query = (
        select(HousingSpell)
        .where(HousingSpell.person_id == person_id)
        .order_by(
            HousingSpell.since.desc(), HousingSpell.recorded_at.desc(), HousingSpell.id.desc()
        )
        .limit(limit)
    )
    return session.scalars(query).all()


def is_recorded_from(session: Session, report_id: uuid.UUID) -> bool:
    """Whether an undisputed spell is recorded from this self-report."""
    found = select(HousingSpell.id).where(
        HousingSpell.report_id == report_id, HousingSpell.state != ReportState.DISPUTED
    )
    return session.scalar(found.limit(1)) is not None
