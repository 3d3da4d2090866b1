"""Whether people have a stable home and stable work on a day: facts for the suggestion of rule 9,
for many people in two statements.

Only verified records count. Nothing here judges the person.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.progress.activities import rules as activity_rules
from engage.progress.activities.kinds import ActivityKind
from engage.progress.activities.model import Activity
from engage.progress.housing import rules as housing_rules
from engage.progress.housing.model import HousingSpell


class Stability(NamedTuple):
    """Whether housing and work are stable."""

    housing: bool
    work: bool


def stability_of(session: Session, person_id: uuid.UUID, on: date) -> Stability:
    """Whether a person has a stable home and stable work on a day (rule 9)."""
    return stability_by_person(session, [person_id], on)[person_id]


def stability_by_person(
    session: Session, people: Collection[uuid.UUID], on: date
) -> Mapping[uuid.UUID, Stability]:
    """Stability by person, for many people in two statements."""
    dwellings: dict[uuid.UUID, list[housing_rules.Dwelling]] = defaultdict(list)
    for whose, stage, since, state in session.execute(
        select(HousingSpell.person_id, HousingSpell.stage, HousingSpell.since, HousingSpell.state)
        .where(HousingSpell.person_id.in_(people), HousingSpell.since <= on)
        .order_by(HousingSpell.since, HousingSpell.recorded_at, HousingSpell.id)
    ):
        dwellings[whose].append(housing_rules.Dwelling(stage, since, state))
    work: dict[uuid.UUID, list[activity_rules.ActivitySpell]] = defaultdict(list)
    for whose, kind, started_on, ended_on, state in session.execute(
        select(
            Activity.person_id,
            Activity.kind,
            Activity.started_on,
            Activity.ended_on,
            Activity.state,
        ).where(
            Activity.person_id.in_(people),
            Activity.kind == ActivityKind.WORK,
            Activity.started_on <= on,
        )
    ):
        work[whose].append(activity_rules.ActivitySpell(kind, started_on, ended_on, state))
    return {
        whose: Stability(
            housing_rules.is_stable(dwellings[whose], on),
            activity_rules.is_work_stable(work[whose], on),
        )
        for whose in people
    }
