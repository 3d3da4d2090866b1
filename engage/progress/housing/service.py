"""Recording where people live, by their own word or because staff made sure. Nothing here judges
the person, and no text goes.

A spell runs until the next one begins. None is overwritten: what turns out wrong is disputed and
stays.
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
FACTS = frozenset({ReportFact.GOT_HOME, ReportFact.LOST_HOME})
"""News that says where somebody lives now."""


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
    """Where the person lives from a day on; `sure` when a worker made sure. From news, that is
    verified with it.

    Raises Invalid for a day to come, NotFound or Conflict for news that says nothing of a home, is
    disputed, or was used before.
    """
    person = verification.to_record(session, actor, person_id, now=now, what="record housing")
    verification.past_day(since, today_at(session, person.hub_id, now), "since")
    tidy = clean_text("note", note, LONGEST_NOTE)
    if report_id is not None:
        verification.told(session, actor, person, report_id, FACTS, sure=sure, now=now)
        if made_from(session, report_id):
            raise Conflict("Where they live is recorded from this news already.", code="recorded")
    spell = HousingSpell(
        person_id=person.id,
        stage=stage,
        since=since,
        note=tidy,
        report_id=report_id,
        judged_note="",
        **verification.made(actor, now, sure=sure),
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
    """Somebody has made sure of it. The same again changes nothing."""
    person, spell = to_judge(session, actor, spell_id, now=now)
    verification.verify(session, actor, person, spell, "housing", note=note, now=now)
    return spell


def dispute(
    session: Session, actor: Actor, spell_id: uuid.UUID, *, note: str, now: datetime
) -> HousingSpell:
    """Somebody has found otherwise: it counts for nothing and stays. Raises Invalid without a note."""
    person, spell = to_judge(session, actor, spell_id, now=now)
    verification.dispute(session, actor, person, spell, "housing", note=note, now=now)
    return spell


def to_judge(
    session: Session, actor: Actor, spell_id: uuid.UUID, *, now: datetime
) -> tuple[Person, HousingSpell]:
    """The spell with its person, held until the transaction ends, if the actor may judge it. Raises
    NotFound or Forbidden.
    """
    whose = session.scalar(select(HousingSpell.person_id).where(HousingSpell.id == spell_id))
    if whose is None:
        raise NotFound("There is no such record of housing, or you may not see it.")
    person = verification.to_record(session, actor, whose, now=now, what="judge housing")
    return person, session.get_one(HousingSpell, spell_id, populate_existing=True)


def of_person(
    session: Session, person_id: uuid.UUID, *, limit: int | None = None
) -> Sequence[HousingSpell]:
    """Where a person lives and lived, latest first; the caller has opened the person."""
    query = (
        select(HousingSpell)
        .where(HousingSpell.person_id == person_id)
        .order_by(
            HousingSpell.since.desc(), HousingSpell.recorded_at.desc(), HousingSpell.id.desc()
        )
        .limit(limit)
    )
    return session.scalars(query).all()


def made_from(session: Session, report_id: uuid.UUID) -> bool:
    """Whether a spell that stands was made from this news."""
    found = select(HousingSpell.id).where(
        HousingSpell.report_id == report_id, HousingSpell.state != ReportState.DISPUTED
    )
    return session.scalar(found.limit(1)) is not None
