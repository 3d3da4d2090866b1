"""Evidence packs made of a person, without their content."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import (
    Ability,
    Actor,
    open_person,
)
from engage.compliance.model import EvidencePack
from engage.core.paging import MomentCursor, rows_before


def of_person(
    session: Session,
    person_id: uuid.UUID,
    *,
    before: MomentCursor | None = None,
    limit: int = 20,
) -> Sequence[EvidencePack]:
    """The packs made of a person, latest first, after `before` (moment, id), without their content.
    The caller checks access.
    """
    made = select(EvidencePack).where(EvidencePack.person_id == person_id)
    made = rows_before(made, (EvidencePack.made_at, EvidencePack.id), before)
    return session.scalars(
        made.order_by(EvidencePack.made_at.desc(), EvidencePack.id.desc()).limit(limit)
    ).all()


def list_packs(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    *,
    before: MomentCursor | None = None,
    limit: int,
    now: datetime,
) -> Sequence[EvidencePack]:
    """As `of_person`, for a worker who may enforce; the reading is logged. Raises NotFound or
    Forbidden.
    """
    open_person(session, actor, person_id, now=now, what="evidence packs", ability=Ability.ENFORCE)
    return of_person(session, person_id, before=before, limit=limit)
