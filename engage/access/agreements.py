"""Sharing agreements of a hub: record, end and list them. What they open is decided in sharing.py.

An agreement must never be changed. It is ended and a new one recorded, so that the record shows
what an agency could see on any day. It names agencies and parts of records, never a person.
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from dateutil.relativedelta import relativedelta
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from engage.access.model import SharingAgreement
from engage.access.policy import Actor, ActorKind
from engage.access.sharing import RecordPart
from engage.agencies.hub_settings import hub_today, today_at
from engage.agencies.model import Agency, Hub, Role
from engage.core import events
from engage.core.errors import Conflict, Forbidden, Invalid, NotFound
from engage.core.text_fields import Characters, problem_with

MANAGERS = (Role.COORDINATOR, Role.SUPERVISOR, Role.ADMINISTRATOR)
"""The roles that manage the agreements of their hub."""
LONGEST_YEARS = 3
"""An agreement must be reviewed after this many years at the latest [ours]."""
LONGEST_WORDS = 200
MOST = 200


@dataclass(frozen=True)
class NewAgreement:
    """An agreement to record. It is in force from `starts_on` to `ends_on`, both included."""

    hub_id: uuid.UUID
    agency_id: uuid.UUID
    purpose: str
    lawful_basis: str
    fields: Collection[RecordPart]
    starts_on: date
    ends_on: date


def record_agreement(
    session: Session, actor: Actor, new: NewAgreement, *, now: datetime
) -> SharingAgreement:
    """Record an agreement of a hub with an agency of its area.

    Raises Forbidden if the actor does not manage the hub's agreements. Raises Invalid if words or
    parts are missing, the agency is of another area, or the dates are wrong: an agreement ends in
    the future, after it starts, and within three years.
    """
    if not may_manage(actor, new.hub_id):
        raise Forbidden(
            "Only a coordinator, supervisor or administrator can record agreements of their hub."
        )
    hub = session.get_one(Hub, new.hub_id)
    agency = session.get(Agency, new.agency_id)
    purpose, basis = " ".join(new.purpose.split()), " ".join(new.lawful_basis.split())
    if problems := _problems(hub, agency, purpose, basis, new, now):
        raise Invalid(fields=problems)
    made = SharingAgreement(
        hub_id=hub.id,
        agency_id=new.agency_id,
        purpose=purpose,
        lawful_basis=basis,
        fields=[part.value for part in RecordPart if part in new.fields],
        starts_on=new.starts_on,
        ends_on=new.ends_on,
        recorded_by=actor.label,
        recorded_at=now,
    )
    session.add(made)
    session.flush()
    events.record(
        session,
        "agreement.recorded",
        now=now,
        actor=actor.label,
        hub_id=hub.id,
        agreement=made.id,
        agency=made.agency_id,
        fields=made.fields,
        starts_on=made.starts_on.isoformat(),
        ends_on=made.ends_on.isoformat(),
    )
    return made


def end_agreement(
    session: Session, actor: Actor, agreement_id: uuid.UUID, *, now: datetime
) -> SharingAgreement:
    """End an agreement at once. Raises NotFound, or Conflict if it has already ended."""
    found = session.get(
        SharingAgreement, agreement_id, with_for_update=True, populate_existing=True
    )
    if found is None or not may_manage(actor, found.hub_id):
        raise NotFound("There is no such agreement, or you may not see it.")
    today = today_at(session, found.hub_id, now)
    if found.ended_at is not None or found.ends_on < today:
        raise Conflict("This agreement has already ended.")
    found.ended_at, found.ended_by = now, actor.label
    events.record(
        session,
        "agreement.ended",
        now=now,
        actor=actor.label,
        hub_id=found.hub_id,
        agreement=found.id,
    )
    return found


def agreements_of(
    session: Session,
    hub_ids: Collection[uuid.UUID],
    *,
    after: uuid.UUID | None = None,
    limit: int = MOST,
) -> Sequence[SharingAgreement]:
    """The agreements of some hubs, ended ones included, latest first. With `after`, only those
    recorded before that one.
    """
    query = (
        select(SharingAgreement)
        .where(SharingAgreement.hub_id.in_(hub_ids))
        .options(joinedload(SharingAgreement.agency))
        .order_by(SharingAgreement.id.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(SharingAgreement.id < after)
    return session.scalars(query).all()


def in_force(agreement: SharingAgreement, today: date) -> bool:
    """Whether the agreement is in force on this day."""
    return agreement.ended_at is None and agreement.starts_on <= today <= agreement.ends_on


def managed_hubs(session: Session, actor: Actor) -> Sequence[Hub]:
    """The hubs whose agreements the actor manages, by name."""
    return session.scalars(
        select(Hub).where(Hub.id.in_(actor.hubs(*MANAGERS))).order_by(Hub.name, Hub.id)
    ).all()


def may_manage(actor: Actor, hub_id: uuid.UUID) -> bool:
    """Whether the actor manages the agreements of a hub."""
    return actor.kind is ActorKind.SYSTEM or hub_id in actor.hubs(*MANAGERS)


def _problems(
    hub: Hub, agency: Agency | None, purpose: str, basis: str, new: NewAgreement, now: datetime
) -> dict[str, str]:
    problems: dict[str, str] = {}
    if agency is None or agency.area_id != hub.area_id:
        problems["agency"] = "Choose an agency of this hub’s area."
    for name, given, missing in (
        ("purpose", purpose, "Say what the agency needs it for."),
        ("lawful_basis", basis, "Give the lawful basis for sharing."),
    ):
        problem = problem_with(
            given, longest=LONGEST_WORDS, missing=missing, characters=Characters.STORABLE
        )
        if problem is not None:
            problems[name] = problem
    if not new.fields:
        problems["fields"] = "Choose at least one part of the record."
    if new.ends_on < new.starts_on:
        problems["ends_on"] = "The last day must not be before the first day."
    elif new.ends_on < hub_today(hub, now):
        problems["ends_on"] = "The last day must not be in the past."
    elif new.ends_on > new.starts_on + relativedelta(years=LONGEST_YEARS):
        problems["ends_on"] = f"An agreement lasts at most {LONGEST_YEARS} years."
    return problems
