"""What a person needs, by pathway, with a simple score: 0 none, 1 some, 2 great, 3 urgent.

Earlier scores stay: they are the history of a need. A score decides nothing.
"""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import Ability, Actor, open_person
from engage.core import events
from engage.core.errors import Invalid
from engage.core.text_fields import clean_text
from engage.plan import rules
from engage.plan.kinds import Pathway
from engage.plan.model import NeedScore
from engage.plan.open_record import LONGEST_NOTE, must_see


def score(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    *,
    pathway: Pathway,
    score: int,
    note: str = "",
    now: datetime,
) -> NeedScore:
    """Record how great a need is now. If score and note equal the latest, that one is returned.

    For those who manage the person. Raises Invalid for an unknown score, Forbidden for a health
    matter without health access.
    """
    person = open_person(
        session,
        actor,
        person_id,
        now=now,
        what="score need",
        ability=Ability.MANAGE,
        change=True,
        lock=True,
    )
    must_see(actor, person, pathway)
    if score not in rules.SCORES:
        raise Invalid(fields={"score": "Choose 0 none, 1 some, 2 great or 3 urgent."})
    words = clean_text("note", note, LONGEST_NOTE)
    latest = session.scalars(
        select(NeedScore)
        .where(NeedScore.person_id == person.id, NeedScore.pathway == pathway)
        .order_by(NeedScore.scored_at.desc(), NeedScore.id.desc())
        .limit(1)
    ).first()
    if latest is not None and (latest.score, latest.note) == (score, words):
        return latest
    made = NeedScore(
        person_id=person.id,
        pathway=pathway,
        score=score,
        note=words,
        scored_by=actor.label,
        scored_at=now,
    )
    session.add(made)
    session.flush()
    events.record_for_person(
        session, "need.scored", person, now=now, actor=actor.label, need=made.id
    )
    return made
