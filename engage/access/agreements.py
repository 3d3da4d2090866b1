"""Sharing agreements: recorded, ended and listed by whoever answers for a hub. What they open is
decided in sharing.py.

An agreement is never changed: it is ended, and another one recorded, so that it can be said at any
time what an agency could see on a day. It names agencies and parts of records, never a person.
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
from engage.agencies.hub_settings import zone
from engage.agencies.model import Agency, Hub, Role
from engage.core import events
from engage.core.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
)

KEEPERS = (Role.COORDINATOR, Role.SUPERVISOR, Role.ADMINISTRATOR)
"""Who records the agreements of their hub."""
LONGEST_YEARS = 3
"""An agreement is looked at again after so many years at the latest [ours]."""
LONGEST_WORDS = 200
MOST = 200


@dataclass(frozen=True)
class NewAgreement:
    """An agreement to record. It holds on the days from `starts_on` to `ends_on` inclusive."""

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

    Raises Forbidden for a hub that the actor does not answer for, Invalid where words or parts are
    missing, the agency is of another area, or the days make no sense: an agreement ends in the
    future, after it starts, and within three years of that.
    """
    _may_keep(actor, new.hub_id)
    hub = session.get_one(Hub, new.hub_id)
    agency = session.get(Agency, new.agency_id)
    purpose, basis = " ".join(new.purpose.split()), " ".join(new.lawful_basis.split())
    if wrong := _wrong(hub, agency, purpose, basis, new, now):
        raise Invalid(fields=wrong)
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
    """End an agreement at once: nothing more is seen by it. Raises NotFound, or Conflict where it
    is over already.
    """
    found = session.get(
        SharingAgreement, agreement_id, with_for_update=True, populate_existing=True
    )
    if found is None or not may_manage(actor, found.hub_id):
        raise NotFound("There is no such agreement, or you may not see it.")
    today = now.astimezone(zone(session.get_one(Hub, found.hub_id))).date()
    if found.ended_at is not None or found.ends_on < today:
        raise Conflict("This agreement is over already.")
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
    """The agreements of some hubs, ended ones too, the one recorded last first; those recorded
    before `after`.
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
    """Whether something is seen by the agreement on this day."""
    return agreement.ended_at is None and agreement.starts_on <= today <= agreement.ends_on


def managed_hubs(session: Session, actor: Actor) -> Sequence[Hub]:
    """The hubs whose agreements the actor keeps, by name."""
    return session.scalars(
        select(Hub).where(Hub.id.in_(actor.hubs(*KEEPERS))).order_by(Hub.name, Hub.id)
    ).all()


def may_manage(actor: Actor, hub_id: uuid.UUID) -> bool:
    """Whether the actor answers for the agreements of a hub."""
    return actor.kind is ActorKind.SYSTEM or hub_id in actor.hubs(*KEEPERS)


def _may_keep(actor: Actor, hub_id: uuid.UUID) -> None:
    if not may_manage(actor, hub_id):
        raise Forbidden(
            "Only a coordinator, supervisor or administrator records the agreements of their hub."
        )


def _wrong(
    hub: Hub, agency: Agency | None, purpose: str, basis: str, new: NewAgreement, now: datetime
) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if agency is None or agency.area_id != hub.area_id:
        wrong["agency"] = "Choose an agency of this hub’s area."
    for name, given, missing in (
        ("purpose", purpose, "Say what the agency needs it for"),
        ("lawful_basis", basis, "Say on what lawful basis it is shared"),
    ):
        if not given or len(given) > LONGEST_WORDS:
            wrong[name] = f"{missing}, in at most {LONGEST_WORDS} characters."
    if not new.fields:
        wrong["fields"] = "Choose at least one part of the record."
    if new.ends_on < new.starts_on:
        wrong["ends_on"] = "The last day must not be before the first."
    elif new.ends_on < now.astimezone(zone(hub)).date():
        wrong["ends_on"] = "The last day is past."
    elif new.ends_on > new.starts_on + relativedelta(years=LONGEST_YEARS):
        wrong["ends_on"] = (
            f"An agreement holds for at most {LONGEST_YEARS} years. Record the next one then."
        )
    return wrong
