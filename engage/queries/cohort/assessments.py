"""A person's assessments as staff see them, latest first.

Scores of needs about health are for users with health access.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from engage.access.policy import (
    Ability,
    Actor,
    abilities,
    may_change,
)
from engage.agencies.hub_settings import zone
from engage.agencies.model import Hub
from engage.cohort import assessments
from engage.cohort.model import Assessment
from engage.people.model import Person
from engage.plan.kinds import Pathway
from engage.queries import actor_names

SHOWN = 20
HEALTH = frozenset({Pathway.HEALTH, Pathway.DRUGS_AND_ALCOHOL})


@dataclass(frozen=True)
class AssessmentPage:
    """The versions of one person. `health` is whether scores about health may be shown."""

    person: Person
    zone: ZoneInfo
    rows: Sequence[Assessment]
    called: Mapping[str | None, str]
    health: bool
    may_assess: bool

    def scores(self, row: Assessment) -> Mapping[Pathway, int]:
        """The scores of one version that may be shown."""
        return scores(row, health=self.health)


def of_person(
    session: Session, actor: Actor, person_id: uuid.UUID, *, now: datetime
) -> AssessmentPage:
    """The page of one person's assessments; the reading is logged. Raises NotFound or Forbidden."""
    person, rows = assessments.of_person(session, actor, person_id, now=now, limit=SHOWN)
    granted = abilities(actor, person)
    return AssessmentPage(
        person=person,
        zone=zone(session.get_one(Hub, person.hub_id)),
        rows=rows,
        called=actor_names.names_by_label(session, {row.made_by for row in rows}),
        health=Ability.HEALTH in granted,
        may_assess=Ability.MANAGE in granted and may_change(actor, person),
    )


def scores(row: Assessment, *, health: bool) -> Mapping[Pathway, int]:
    """The scores of an assessment that may be shown, by pathway, in the order of Pathway."""
    return {
        pathway: int(row.needs[pathway.value])
        for pathway in Pathway
        if pathway.value in row.needs and (health or pathway not in HEALTH)
    }
