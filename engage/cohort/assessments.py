"""Assessments of a person's offending, risk and needs. Each is a new version; none is overwritten.

Intelligence is never here: it has its own flag and date, seen only by the police and the offender
manager.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from engage.access import hub_roles
from engage.access.policy import (
    Ability,
    Actor,
    ActorKind,
    abilities,
    open_person,
    visible_to,
)
from engage.access.sharing import RecordPart, open_part
from engage.cohort.model import Assessment, Referral, Risk
from engage.cohort.referral_access import open_referral
from engage.core import events
from engage.core.db import new_id
from engage.core.errors import Invalid
from engage.people.model import Person
from engage.plan.kinds import Pathway

HIGHEST_NEED = 3
HIGHEST_SCORE = 100
MOST_OFFENCES = 1000
MOST_PENCE = 2_000_000_000


@dataclass(frozen=True)
class Judgement:
    """What was judged.

    `needs` scores pathways from 0 (none) to 3 (urgent); `cost_pence` is the estimated yearly cost
    of the offending.
    """

    harm_to_others: Risk
    harm_to_self: Risk
    offences_a_year: int | None = None
    nature: str = ""
    cost_pence: int | None = None
    local_priorities: str = ""
    needs: Mapping[Pathway, int] = field(default_factory=dict)
    predictor: str = ""
    predictor_version: str = ""
    predictor_score: int | None = None
    note: str = ""


def assess_person(
    session: Session, actor: Actor, person_id: uuid.UUID, judged: Judgement, *, now: datetime
) -> Assessment:
    """Add a version for a known person, by a worker who manages them. Raises NotFound, Forbidden or
    Invalid.
    """
    person = open_person(
        session,
        actor,
        person_id,
        now=now,
        what="assess",
        ability=Ability.MANAGE,
        change=True,
        lock=True,
    )
    made = _add_version(session, actor, judged, now, person_id=person.id)
    _record(session, made, actor, now, person_id=person.id, hub_id=person.hub_id)
    return made


def assess_referral(
    session: Session, actor: Actor, referral_id: uuid.UUID, judged: Judgement, *, now: datetime
) -> Assessment:
    """Add a version for a person who is referred. If Engage knows the person, it becomes a version
    of theirs.

    A referral gives no right over the record: a known person is assessed only by a worker who
    manages them, or a system that may see them. Raises NotFound, Forbidden or Invalid.
    """
    referral = open_referral(session, actor, referral_id, now=now, lock=True)
    hub_roles.require(actor, hub_roles.hubs_to_assess_in(actor), referral.hub_id)
    if referral.person_id is not None:
        ability = Ability.VIEW if actor.kind is ActorKind.KEY else Ability.MANAGE
        open_person(
            session,
            actor,
            referral.person_id,
            now=now,
            what="assess",
            ability=ability,
            change=True,
            lock=True,
        )
    made = _add_version(
        session, actor, judged, now, person_id=referral.person_id, referral_id=referral.id
    )
    _record(session, made, actor, now, person_id=referral.person_id, hub_id=referral.hub_id)
    return made


def of_person(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    *,
    now: datetime,
    limit: int,
    before: int | None = None,
) -> tuple[Person, Sequence[Assessment]]:
    """A person's assessments, latest first, below version `before`.

    Read by role or by a sharing agreement on the status; the reading is logged.
    """
    person = open_part(session, actor, person_id, RecordPart.STATUS, now=now, what="assessments")
    query = select(Assessment).where(Assessment.person_id == person.id)
    if before is not None:
        query = query.where(Assessment.version < before)
    return person, session.scalars(query.order_by(Assessment.version.desc()).limit(limit)).all()


def of_referral(session: Session, actor: Actor, referral: Referral) -> Sequence[Assessment]:
    """The assessments of a referral that the caller has opened, latest first.

    Those of a known person belong to the person: an actor who may not read the case sees none, even
    if their own agency made the referral.
    """
    if referral.person_id is not None:
        person = session.scalars(
            select(Person).where(Person.id == referral.person_id, visible_to(actor))
        ).one_or_none()
        if person is None or Ability.CASE not in abilities(actor, person):
            return ()
    same_person = (
        Assessment.referral_id == referral.id
        if referral.person_id is None
        else Assessment.person_id == referral.person_id
    )
    return session.scalars(
        select(Assessment).where(same_person).order_by(Assessment.version.desc()).limit(10)
    ).all()


def attach_to_person(session: Session, referral: Referral, person_id: uuid.UUID) -> None:
    """Make the assessments of an unknown person the person's own, after the versions that they
    have.
    """
    last = _last_version(session, Assessment.person_id == person_id)
    moved = session.scalars(
        select(Assessment).where(Assessment.referral_id == referral.id).order_by(Assessment.version)
    ).all()
    for place, one in enumerate(moved, start=1):
        one.referral_id, one.person_id, one.version = None, person_id, last + place
    session.flush()


def _add_version(
    session: Session,
    actor: Actor,
    judged: Judgement,
    now: datetime,
    *,
    person_id: uuid.UUID | None = None,
    referral_id: uuid.UUID | None = None,
) -> Assessment:
    """Add the next version for a person, or for a referral of an unknown person. The caller has
    locked the row.
    """
    _check(judged)
    same_person = (
        Assessment.referral_id == referral_id
        if person_id is None
        else Assessment.person_id == person_id
    )
    values = asdict(judged) | {"needs": {name.value: score for name, score in judged.needs.items()}}
    made = Assessment(
        id=new_id(),
        person_id=person_id,
        referral_id=None if person_id is not None else referral_id,
        version=_last_version(session, same_person) + 1,
        made_by=actor.label,
        made_at=now,
        **values,
    )
    session.add(made)
    session.flush()
    return made


def _last_version(session: Session, same_person: ColumnElement[bool]) -> int:
    return session.scalar(select(func.max(Assessment.version)).where(same_person)) or 0


def _check(judged: Judgement) -> None:
    wrong: dict[str, str] = {}
    if not _within(judged.offences_a_year, MOST_OFFENCES):
        wrong["offences_a_year"] = f"Give a number of offences from 0 to {MOST_OFFENCES}."
    if not _within(judged.cost_pence, MOST_PENCE):
        wrong["cost_pence"] = "Give what the offending costs in a year, in pounds, 0 or more."
    if not _within(judged.predictor_score, HIGHEST_SCORE):
        wrong["predictor_score"] = f"Give a score from 0 to {HIGHEST_SCORE}."
    if judged.predictor_score is not None and not (judged.predictor and judged.predictor_version):
        wrong["predictor"] = "Say which predictor gave the score, and its version."
    if any(not 0 <= score <= HIGHEST_NEED for score in judged.needs.values()):
        wrong["needs"] = f"Score each need from 0 to {HIGHEST_NEED}."
    if wrong:
        raise Invalid(fields=wrong)


def _within(value: int | None, most: int) -> bool:
    return value is None or 0 <= value <= most


def _record(
    session: Session,
    made: Assessment,
    actor: Actor,
    now: datetime,
    *,
    person_id: uuid.UUID | None,
    hub_id: uuid.UUID,
) -> None:
    events.record(
        session,
        "assessment.made",
        now=now,
        actor=actor.label,
        person_id=person_id,
        hub_id=hub_id,
        assessment=made.id,
        version=made.version,
    )
