"""Referrals: an agency asks for a person to join, or the police select them at the point of arrest.
The next meeting decides.

A referral alone changes nothing about a person: it sends no text, opens no record, and shows the
referring agency nothing that others know. One CRN has one waiting referral: a later one is kept,
with its own words, as a duplicate of the first.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage import signals
from engage.access import hub_roles
from engage.access.policy import Actor, ActorKind
from engage.agencies.hub_settings import hub_today
from engage.agencies.model import Agency, Hub
from engage.cohort import agenda
from engage.cohort.model import Referral, ReferralState, ReReferral
from engage.cohort.referral_access import open_referral
from engage.core import events
from engage.core.db import new_id
from engage.core.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
)
from engage.people.model import Person
from engage.plan.kinds import Pathway
from engage.signals import SignalKind

EARLIEST_BIRTH = date(1900, 1, 1)
ALREADY_REFERRED = "A referral with this CRN already waits"


@dataclass(frozen=True)
class NewReferral:
    """A person to refer. A system must give `agency_id`; staff refer for their own agency."""

    hub_id: uuid.UUID
    first_name: str
    last_name: str
    reasons: str
    agency_id: uuid.UUID | None = None
    crn: str | None = None
    date_of_birth: date | None = None
    number: str | None = None
    at_arrest: bool = False
    offending: str = ""
    needs: tuple[Pathway, ...] = ()
    risks: str = ""


def refer(session: Session, actor: Actor, new: NewReferral, *, now: datetime) -> Referral:
    """Refer a person to one of the actor's hubs.

    The referral goes on the agenda of every meeting that has been called, or of the next one.
    Raises NotFound or Forbidden for a hub that is not the actor's, Conflict for a closed hub,
    Invalid for impossible values.
    """
    hub = _hub(session, actor, new.hub_id)
    agency = _agency(session, actor, hub, new.agency_id)
    _check(new, hub, agency, now)
    _lock_queue(session, hub.id)
    person_id = _person_with_crn(session, hub.id, new.crn)
    first = _waiting_with(session, hub.id, new.crn)
    referral = Referral(
        id=new_id(),
        hub_id=hub.id,
        agency_id=agency.id,
        person_id=person_id,
        crn=new.crn,
        first_name=new.first_name,
        last_name=new.last_name,
        date_of_birth=new.date_of_birth,
        number=new.number,
        at_arrest=new.at_arrest,
        reasons=new.reasons,
        offending=new.offending,
        needs=[pathway.value for pathway in Pathway if pathway in new.needs],
        risks=new.risks,
        state=ReferralState.WAITING,
        referred_by=actor.label,
        referred_at=now,
    )
    if first is not None:
        _end(referral, ReferralState.DUPLICATE, actor, ALREADY_REFERRED, now)
        referral.duplicate_of_id = first.id
    session.add(referral)
    session.flush()
    record(
        session, "referral.made", referral, actor, now, at_arrest=new.at_arrest, agency=agency.id
    )
    if first is None:
        _complete_re_referral(session, actor, referral, now)
        agenda.add_referral(session, referral, actor=actor.label, now=now)
    return referral


def withdraw(
    session: Session, actor: Actor, referral_id: uuid.UUID, *, why: str, now: datetime
) -> Referral:
    """Withdraw a referral before a meeting has decided it: by the agency that made it, or by the
    coordinator.

    An agency withdraws only its own request. If others referred the same person, the oldest of
    their referrals waits instead.
    """
    _lock_queue(session, open_referral(session, actor, referral_id, now=now).hub_id)
    referral = open_referral(session, actor, referral_id, now=now, lock=True)
    own = actor.kind is ActorKind.STAFF and referral.agency_id == actor.agency_id
    may_refer = hub_roles.may(actor, hub_roles.hubs_to_refer_to(actor), referral.hub_id)
    if not (
        hub_roles.may(actor, hub_roles.hubs_to_decide_in(actor), referral.hub_id)
        or (own and may_refer)
        or _made_with_key(actor, referral)
    ):
        raise Forbidden(
            "Only the agency that made a referral, or the coordinator, may withdraw it."
        )
    _check_waiting(referral)
    _end(referral, ReferralState.WITHDRAWN, actor, why, now)
    session.flush()
    record(session, "referral.withdrawn", referral, actor, now)
    agenda.remove_referral(session, referral)
    _promote_duplicate(session, actor, referral, now)
    return referral


def mark_duplicate(
    session: Session, actor: Actor, referral_id: uuid.UUID, of_id: uuid.UUID, *, now: datetime
) -> Referral:
    """Mark a referral as a duplicate of another that waits for the same person. Its words are kept
    with the other.

    Raises Invalid if the other is not a waiting referral of the same hub, Conflict if this one no
    longer waits.
    """
    hub_id = open_referral(session, actor, referral_id, now=now).hub_id
    hub_roles.require(actor, hub_roles.hubs_to_decide_in(actor), hub_id)
    # If two referrals are each marked as the other's duplicate at the same moment, one must still
    # wait.
    _lock_queue(session, hub_id)
    referral = open_referral(session, actor, referral_id, now=now, lock=True)
    _check_waiting(referral)
    other = session.get(Referral, of_id, with_for_update=True, populate_existing=True)
    if (
        other is None
        or other.id == referral.id
        or other.hub_id != referral.hub_id
        or other.state is not ReferralState.WAITING
    ):
        raise Invalid(fields={"of": "Choose another waiting referral in this hub."})
    _end(
        referral,
        ReferralState.DUPLICATE,
        actor,
        "The same person is referred by another agency",
        now,
    )
    referral.duplicate_of_id = other.id
    session.flush()
    record(session, "referral.duplicate", referral, actor, now, of=other.id)
    agenda.remove_referral(session, referral)
    return referral


def identify(
    session: Session,
    actor: Actor,
    referral_id: uuid.UUID,
    *,
    crn: str,
    date_of_birth: date | None,
    now: datetime,
) -> Referral:
    """Add the CRN, without which nobody is adopted, and the date of birth. For the coordinator.

    Raises Conflict if another referral with this CRN waits: mark this one as its duplicate instead.
    """
    hub_id = open_referral(session, actor, referral_id, now=now).hub_id
    hub_roles.require(actor, hub_roles.hubs_to_decide_in(actor), hub_id)
    _lock_queue(session, hub_id)
    referral = open_referral(session, actor, referral_id, now=now, lock=True)
    _check_waiting(referral)
    _check_birth(date_of_birth, session.get_one(Hub, hub_id), now)
    other = _waiting_with(session, hub_id, crn)
    if other is not None and other.id != referral.id:
        raise Conflict(
            f"A referral with the CRN {crn} already waits. Mark this one as its duplicate.",
            code="referred_already",
        )
    referral.crn, referral.date_of_birth = crn, date_of_birth
    referral.person_id = _person_with_crn(session, hub_id, crn)
    session.flush()
    record(session, "referral.identified", referral, actor, now)
    _complete_re_referral(session, actor, referral, now)
    agenda.remove_referral(session, referral)
    agenda.add_referral(session, referral, actor=actor.label, now=now)
    return referral


def close_with_decision(
    session: Session,
    actor: Actor,
    referrals: Sequence[Referral],
    state: ReferralState,
    *,
    why: str,
    now: datetime,
) -> None:
    """Close referrals that a meeting has decided. The caller has locked their rows."""
    for referral in referrals:
        _check_waiting(referral)
        _end(referral, state, actor, why, now)
        record(session, f"referral.{state.value}", referral, actor, now)
    session.flush()


def record(
    session: Session, what: str, referral: Referral, actor: Actor, now: datetime, **data: object
) -> None:
    """Record an event about a referral. It never names a person unknown to Engage, or gives the
    reason.
    """
    events.record(
        session,
        what,
        now=now,
        actor=actor.label,
        person_id=referral.person_id,
        hub_id=referral.hub_id,
        referral=referral.id,
        **data,
    )


def _hub(session: Session, actor: Actor, hub_id: uuid.UUID) -> Hub:
    hub_roles.require(actor, hub_roles.hubs_to_refer_to(actor), hub_id)
    hub = session.get(Hub, hub_id)
    if hub is None:
        raise NotFound("There is no such hub, or it is not yours.")
    if hub.closed_at is not None:
        raise Conflict(
            "This hub is closed. Refer them to the hub that replaced it.", code="hub_closed"
        )
    return hub


def _agency(session: Session, actor: Actor, hub: Hub, agency_id: uuid.UUID | None) -> Agency:
    wanted = actor.agency_id if actor.kind is ActorKind.STAFF else agency_id
    found = session.get(Agency, wanted) if wanted is not None else None
    if found is None or (actor.kind is not ActorKind.STAFF and found.area_id != hub.area_id):
        raise Invalid(fields={"agency": "Choose the referring agency from this hub’s area."})
    return found


def _check(new: NewReferral, hub: Hub, agency: Agency, now: datetime) -> None:
    wrong = {
        name: "This is needed."
        for name in ("first_name", "last_name", "reasons")
        if not getattr(new, name).strip()
    }
    if new.at_arrest and agency.kind is not hub_roles.SELECTS_AT_ARREST:
        wrong["at_arrest"] = "Only the police select at the point of arrest."
    if wrong:
        raise Invalid(fields=wrong)
    _check_birth(new.date_of_birth, hub, now)


def _check_birth(given: date | None, hub: Hub, now: datetime) -> None:
    if given is not None and not EARLIEST_BIRTH <= given < hub_today(hub, now):
        raise Invalid(fields={"date_of_birth": "The date of birth must be in the past."})


def _lock_queue(session: Session, hub_id: uuid.UUID) -> None:
    """Make two referrals of one CRN at the same moment wait for each other, so that the later finds
    the earlier.
    """
    session.execute(
        select(func.pg_advisory_xact_lock(func.hashtextextended(f"referrals:{hub_id}", 0)))
    )


def _person_with_crn(session: Session, hub_id: uuid.UUID, crn: str | None) -> uuid.UUID | None:
    if crn is None:
        return None
    found = session.execute(
        select(Person.id, Person.merged_into_id).where(Person.crn == crn, Person.hub_id == hub_id)
    ).one_or_none()
    return None if found is None else found.merged_into_id or found.id


def _waiting_with(session: Session, hub_id: uuid.UUID, crn: str | None) -> Referral | None:
    if crn is None:
        return None
    return session.scalars(
        select(Referral)
        .where(
            Referral.hub_id == hub_id, Referral.crn == crn, Referral.state == ReferralState.WAITING
        )
        .order_by(Referral.referred_at, Referral.id)
        .limit(1)
    ).one_or_none()


def _complete_re_referral(
    session: Session, actor: Actor, referral: Referral, now: datetime
) -> None:
    """If the person was due for re-referral before release (rule 10), this referral
    completes it.
    """
    if referral.person_id is None:
        return
    due = session.scalars(
        select(ReReferral)
        .where(ReReferral.person_id == referral.person_id, ReReferral.done_at.is_(None))
        .with_for_update()
    ).all()
    for one in due:
        one.done_at, one.done_by, one.referral_id = now, actor.label, referral.id
    if due:
        session.flush()
        signals.resolve_cause(
            session,
            SignalKind.RE_REFERRAL_DUE,
            person_id=referral.person_id,
            how="They were referred again.",
            actor=actor.label,
            now=now,
        )


def _promote_duplicate(session: Session, actor: Actor, gone: Referral, now: datetime) -> None:
    """Let the oldest duplicate of a withdrawn referral wait in its place. The others become its
    duplicates.
    """
    copies = session.scalars(
        select(Referral)
        .where(Referral.duplicate_of_id == gone.id, Referral.state == ReferralState.DUPLICATE)
        .order_by(Referral.referred_at, Referral.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    if not copies:
        return
    first, *rest = copies
    first.state, first.duplicate_of_id = ReferralState.WAITING, None
    first.ended_at, first.ended_by, first.ended_why = None, None, ""
    for other in rest:
        other.duplicate_of_id = first.id
    session.flush()
    record(session, "referral.waits_again", first, actor, now)
    agenda.add_referral(session, first, actor=actor.label, now=now)


def _check_waiting(referral: Referral) -> None:
    if referral.state is not ReferralState.WAITING:
        raise Conflict("This referral no longer waits.", code="referral_ended")


def _end(referral: Referral, state: ReferralState, actor: Actor, why: str, now: datetime) -> None:
    referral.state, referral.ended_at, referral.ended_by, referral.ended_why = (
        state,
        now,
        actor.label,
        why,
    )


def _made_with_key(actor: Actor, referral: Referral) -> bool:
    return actor.kind is ActorKind.KEY and referral.referred_by == actor.label
