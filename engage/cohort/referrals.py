"""Referrals: any agency asks for somebody to join, or the police select them at the point of
arrest; the next meeting decides.

A referral by itself changes nothing about a person: it starts no text, opens no record and shows
the agency that made it nothing of what others know. The same CRN waiting twice is one referral: the
later is kept as a duplicate of the first, with its own words.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import Session

from engage import signals
from engage.access import hub_roles
from engage.access.policy import Actor, ActorKind, visible_to
from engage.agencies.hub_settings import hub_today
from engage.agencies.model import Agency, Hub
from engage.cohort import agenda
from engage.cohort.model import Referral, ReferralState, ReReferral
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
REFERRED_ALREADY = "Somebody with this CRN waits already"


@dataclass(frozen=True)
class NewReferral:
    """Somebody who is referred. `agency_id` is needed from a system; staff refer for their own
    agency.
    """

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
    """Refer somebody to a hub of the actor's. It stands on the agenda of the meeting that is
    called, or of the next one.

    Raises NotFound or Forbidden for a hub that is not the actor's, Conflict for one that is closed,
    Invalid for values that make no sense.
    """
    hub = _hub(session, actor, new.hub_id)
    agency = _agency(session, actor, hub, new.agency_id)
    _check(new, hub, agency, now)
    _one_at_a_time(session, hub.id)
    person_id = _known(session, hub.id, new.crn)
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
        _end(referral, ReferralState.DUPLICATE, actor, REFERRED_ALREADY, now)
        referral.duplicate_of_id = first.id
    session.add(referral)
    session.flush()
    record(
        session, "referral.made", referral, actor, now, at_arrest=new.at_arrest, agency=agency.id
    )
    if first is None:
        _answer_re_referral(session, actor, referral, now)
        agenda.add_referral(session, referral, actor=actor.label, now=now)
    return referral


def withdraw(
    session: Session, actor: Actor, referral_id: uuid.UUID, *, why: str, now: datetime
) -> Referral:
    """Take a referral back before a meeting decided it: by the agency that made it, or by whoever
    keeps the queue.

    One agency takes back only what it asked for itself: where others referred the same person, the
    oldest of theirs waits from now on.
    """
    _one_at_a_time(session, open_referral(session, actor, referral_id, now=now).hub_id)
    referral = open_referral(session, actor, referral_id, now=now, lock=True)
    own = actor.kind is ActorKind.STAFF and referral.agency_id == actor.agency_id
    may_refer = hub_roles.may(actor, hub_roles.hubs_to_refer_to(actor), referral.hub_id)
    if not (
        hub_roles.may(actor, hub_roles.hubs_to_decide_in(actor), referral.hub_id)
        or (own and may_refer)
        or _by(actor, referral)
    ):
        raise Forbidden(
            "Only the agency that made a referral, or the coordinator, may take it back."
        )
    _must_wait(referral)
    _end(referral, ReferralState.WITHDRAWN, actor, why, now)
    session.flush()
    record(session, "referral.withdrawn", referral, actor, now)
    agenda.remove_referral(session, referral)
    _next_waits(session, actor, referral, now)
    return referral


def mark_duplicate(
    session: Session, actor: Actor, referral_id: uuid.UUID, of_id: uuid.UUID, *, now: datetime
) -> Referral:
    """Say that a referral is of somebody for whom another one waits. Its words are kept under the
    other.

    Raises Invalid where the other is not a waiting referral of the same hub, Conflict where this
    one waits no longer.
    """
    hub_id = open_referral(session, actor, referral_id, now=now).hub_id
    hub_roles.require(actor, hub_roles.hubs_to_decide_in(actor), hub_id)
    # Of two that are each said to be the other's duplicate at the same moment, one must go on
    # waiting.
    _one_at_a_time(session, hub_id)
    referral = open_referral(session, actor, referral_id, now=now, lock=True)
    _must_wait(referral)
    other = session.get(Referral, of_id, with_for_update=True, populate_existing=True)
    if (
        other is None
        or other.id == referral.id
        or other.hub_id != referral.hub_id
        or other.state is not ReferralState.WAITING
    ):
        raise Invalid(fields={"of": "Choose another referral that waits in this hub."})
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
    """Add who it is, for whoever keeps the queue: the CRN without which nobody is adopted, and the
    date of birth.

    Raises Conflict where another referral with this CRN waits: mark this one as its duplicate
    instead.
    """
    hub_id = open_referral(session, actor, referral_id, now=now).hub_id
    hub_roles.require(actor, hub_roles.hubs_to_decide_in(actor), hub_id)
    _one_at_a_time(session, hub_id)
    referral = open_referral(session, actor, referral_id, now=now, lock=True)
    _must_wait(referral)
    _check_birth(date_of_birth, session.get_one(Hub, hub_id), now)
    other = _waiting_with(session, hub_id, crn)
    if other is not None and other.id != referral.id:
        raise Conflict(
            f"A referral with the CRN {crn} waits already. Mark this one as its duplicate.",
            code="referred_already",
        )
    referral.crn, referral.date_of_birth = crn, date_of_birth
    referral.person_id = _known(session, hub_id, crn)
    session.flush()
    record(session, "referral.identified", referral, actor, now)
    _answer_re_referral(session, actor, referral, now)
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
    """A meeting has decided: these referrals wait no longer. The caller holds their rows."""
    for referral in referrals:
        _must_wait(referral)
        _end(referral, state, actor, why, now)
        record(session, f"referral.{state.value}", referral, actor, now)
    session.flush()


def open_referral(
    session: Session, actor: Actor, referral_id: uuid.UUID, *, now: datetime, lock: bool = False
) -> Referral:
    """A referral that the actor may see. With `lock` its row is held until the transaction ends.
    Raises NotFound.
    """
    query = select(Referral).outerjoin(Person, Person.id == Referral.person_id)
    query = query.where(Referral.id == referral_id, visible(actor))
    if lock:
        query = query.with_for_update(of=Referral).execution_options(populate_existing=True)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("There is no such referral, or you may not see it.")
    if found.person_id is not None and actor.kind is not ActorKind.SYSTEM and not lock:
        events.record_access(
            session, now=now, actor=actor.label, person_id=found.person_id, what="referral"
        )
    return found


def visible(actor: Actor) -> ColumnElement[bool]:
    """The condition on Referral, with Person joined from the left, for those that the actor may
    see.

    Whoever reads the hub's queue sees all but those of people who are kept from them; other staff
    see what their own agency sent.
    """
    if actor.kind is ActorKind.SYSTEM:
        return true()
    queue = and_(
        Referral.hub_id.in_(hub_roles.hubs_with_queue(actor)),
        or_(Referral.person_id.is_(None), visible_to(actor)),
    )
    if actor.kind is not ActorKind.STAFF:
        return or_(queue, Referral.referred_by == actor.label)
    own = and_(
        Referral.hub_id.in_(hub_roles.hubs_to_refer_to(actor)),
        Referral.agency_id == actor.agency_id,
    )
    return or_(queue, own)


def record(
    session: Session, what: str, referral: Referral, actor: Actor, now: datetime, **data: object
) -> None:
    """The event says that a referral was made or ended, never of whom where Engage does not know
    them, nor why.
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
            "This hub is closed. Refer them to the hub that took its place.", code="hub_closed"
        )
    return hub


def _agency(session: Session, actor: Actor, hub: Hub, agency_id: uuid.UUID | None) -> Agency:
    wanted = actor.agency_id if actor.kind is ActorKind.STAFF else agency_id
    found = session.get(Agency, wanted) if wanted is not None else None
    if found is None or (actor.kind is not ActorKind.STAFF and found.area_id != hub.area_id):
        raise Invalid(fields={"agency": "Say which agency of this hub’s area refers them."})
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


def _one_at_a_time(session: Session, hub_id: uuid.UUID) -> None:
    """Two referrals of one CRN at the same moment go one after the other, so that the later finds
    the earlier.
    """
    session.execute(
        select(func.pg_advisory_xact_lock(func.hashtextextended(f"referrals:{hub_id}", 0)))
    )


def _known(session: Session, hub_id: uuid.UUID, crn: str | None) -> uuid.UUID | None:
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


def _answer_re_referral(session: Session, actor: Actor, referral: Referral, now: datetime) -> None:
    """They were to be referred again before their release (RULES.md 10): this is it."""
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


def _next_waits(session: Session, actor: Actor, gone: Referral, now: datetime) -> None:
    """The oldest referral that was kept as a duplicate of one taken back waits in its place; the
    others are duplicates of it.
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


def _must_wait(referral: Referral) -> None:
    if referral.state is not ReferralState.WAITING:
        raise Conflict("This referral waits no longer.", code="referral_ended")


def _end(referral: Referral, state: ReferralState, actor: Actor, why: str, now: datetime) -> None:
    referral.state, referral.ended_at, referral.ended_by, referral.ended_why = (
        state,
        now,
        actor.label,
        why,
    )


def _by(actor: Actor, referral: Referral) -> bool:
    return actor.kind is ActorKind.KEY and referral.referred_by == actor.label
