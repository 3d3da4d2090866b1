"""What a meeting decides: adopt, decline, retain, change strand, deregister. The one way by which
anybody joins a cohort or leaves it.

One decision for one item, by whoever may record it, on the day of the meeting or after it and
before it is closed; the decision and all that follows from it are one transaction. A second is
refused, also where both are recorded at the same moment.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engage import signals
from engage.access import hub_roles
from engage.access.policy import Ability, Actor, open_person
from engage.agencies.model import Hub
from engage.cohort import (
    agenda,
    assessments,
    enrolments,
    meetings,
    referrals,
)
from engage.cohort.kinds import (
    Cohort,
    DecisionKind,
    ExitReason,
    Rag,
    ReferralState,
    Strand,
)
from engage.cohort.meeting_model import AgendaItem, Meeting, MeetingDecision
from engage.cohort.model import Referral, ReReferral
from engage.core import events
from engage.core.db import new_id
from engage.core.errors import Conflict, Invalid, NotFound
from engage.people.model import Person
from engage.people.service import NewPerson, create_person, ensure_involved
from engage.signals import SignalKind

Value = TypeVar("Value")
NEEDS: dict[DecisionKind, tuple[str, ...]] = {
    DecisionKind.ADOPT: ("cohort", "strand", "rag", "lead_agency"),
    DecisionKind.DECLINE: (),
    DecisionKind.RETAIN: ("rag",),
    DecisionKind.CHANGE_STRAND: ("strand",),
    DecisionKind.DEREGISTER: ("exit_reason",),
}
"""What each decision must name beside its reason."""
MISSING = {
    "cohort": "Choose the cohort.",
    "strand": "Choose the strand.",
    "rag": "Choose red, amber or green.",
    "lead_agency": "Choose the lead agency.",
    "exit_reason": "Choose why they leave.",
    "crn": "Give the CRN: nobody joins without one.",
    "offender_manager": "Choose the offender manager: there is always exactly one.",
}


@dataclass(frozen=True)
class DecisionDetails:
    """A decision and what it sets. `crn` and `offender_manager` are for somebody whom Engage does
    not know yet; a change of strand may set the status too.
    """

    kind: DecisionKind
    reason: str
    cohort: Cohort | None = None
    strand: Strand | None = None
    rag: Rag | None = None
    lead_agency: uuid.UUID | None = None
    exit_reason: ExitReason | None = None
    stays_in_touch: bool = False
    crn: str | None = None
    offender_manager: uuid.UUID | None = None


def possible_decisions(*, enrolled: bool, asks: bool) -> tuple[DecisionKind, ...]:
    """The decisions that make sense of somebody who is on the cohort or not; `asks` when a
    referral, or one that is due, asks for them.
    """
    if enrolled:
        return (DecisionKind.RETAIN, DecisionKind.CHANGE_STRAND, DecisionKind.DEREGISTER)
    return (DecisionKind.ADOPT, DecisionKind.DECLINE) if asks else (DecisionKind.ADOPT,)


def decide(
    session: Session, actor: Actor, item_id: uuid.UUID, choice: DecisionDetails, *, now: datetime
) -> MeetingDecision:
    """Record the decision and do what it says.

    Raises NotFound or Forbidden for whoever does not decide in that hub or may not see the person;
    Invalid naming what is missing; Conflict where it was decided already, the meeting is closed or
    still to come, or the decision does not fit how the person stands.
    """
    item = open_item(session, actor, item_id, now=now)
    waiting = _waiting(session, item)
    meeting = session.get_one(
        Meeting, item.meeting_id, with_for_update={"read": True}, populate_existing=True
    )
    item = _hold(session, item_id)
    _check_open(session, meeting, item, now)
    _check_named(choice)
    person = _whose(session, actor, item, waiting, choice, now)
    _check_fits(session, choice, person, waiting)
    details = _take_effect(session, actor, person, choice, now)
    if person is not None:
        item.person_id, item.referral_id = person.id, None
        _settle_re_referral(session, actor, person, choice, now)
    if waiting:
        details["referrals"] = [str(referral.id) for referral in waiting]
    decision = MeetingDecision(
        id=new_id(),
        item_id=item.id,
        kind=choice.kind,
        reason=enrolments.checked_reason(choice.reason),
        details=details,
        decided_by=actor.label,
        decided_at=now,
    )
    session.add(decision)
    session.flush()
    session.expire(item, ["decision"])
    if waiting:
        _end_referrals(session, actor, waiting, choice, now)
    events.record(
        session,
        "decision.recorded",
        now=now,
        actor=actor.label,
        person_id=item.person_id,
        hub_id=meeting.hub_id,
        meeting=meeting.id,
        item=item.id,
        decision=decision.id,
        decided=choice.kind.value,
    )
    return decision


def open_item(session: Session, actor: Actor, item_id: uuid.UUID, *, now: datetime) -> AgendaItem:
    """An item about which the actor may record a decision, decided or not. Raises NotFound or
    Forbidden.
    """
    item = session.get(AgendaItem, item_id)
    if item is None:
        raise NotFound("There is no such item, or you may not see it.")
    hub_id = meetings.open_meeting(session, actor, item.meeting_id).hub_id
    hub_roles.require(actor, hub_roles.hubs_to_decide_in(actor), hub_id)
    if item.person_id is not None:
        open_person(
            session,
            actor,
            item.person_id,
            now=now,
            what="decide",
            ability=Ability.DECIDE,
            change=True,
        )
    return item


def _waiting(session: Session, item: AgendaItem) -> Sequence[Referral]:
    """The referrals that the decision answers, the oldest first; their rows are held."""
    whose = Referral.id == item.referral_id
    if item.person_id is not None:
        whose = Referral.person_id == item.person_id
    return session.scalars(
        select(Referral)
        .where(whose, Referral.state == ReferralState.WAITING)
        .order_by(Referral.referred_at, Referral.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def _hold(session: Session, item_id: uuid.UUID) -> AgendaItem:
    item = session.get(AgendaItem, item_id, with_for_update=True, populate_existing=True)
    if item is None:
        raise NotFound("There is no such item any longer: what put it on the agenda has gone.")
    return item


def _check_open(session: Session, meeting: Meeting, item: AgendaItem, now: datetime) -> None:
    decided = session.scalars(
        select(MeetingDecision.kind).where(MeetingDecision.item_id == item.id)
    ).one_or_none()
    if decided is not None:
        raise Conflict(
            f"This meeting has decided about them already: {decided.value.replace('_', ' ')}.",
            code="decided",
        )
    if meeting.closed_at is not None:
        raise Conflict("This meeting is closed.", code="meeting_closed")
    if not meetings.has_begun(meeting, session.get_one(Hub, meeting.hub_id), now):
        raise Conflict("The day of this meeting has not come yet.", code="not_held")


def _check_named(choice: DecisionDetails) -> None:
    wrong = {name: MISSING[name] for name in NEEDS[choice.kind] if getattr(choice, name) is None}
    if not choice.reason.strip():
        wrong["reason"] = "Give the reason for the decision."
    if wrong:
        raise Invalid(fields=wrong)


def _whose(
    session: Session,
    actor: Actor,
    item: AgendaItem,
    waiting: Sequence[Referral],
    choice: DecisionDetails,
    now: datetime,
) -> Person | None:
    """The person, opened and held; somebody unknown who is adopted is added first, and one who is
    not stays unknown.
    """
    if item.person_id is not None:
        return _opened(session, actor, item.person_id, now)
    if not waiting:
        raise Conflict("This referral waits no longer.", code="referral_ended")
    if choice.kind is not DecisionKind.ADOPT:
        return None
    return _added(session, actor, item, waiting[0], choice, now)


def _added(
    session: Session,
    actor: Actor,
    item: AgendaItem,
    referral: Referral,
    choice: DecisionDetails,
    now: datetime,
) -> Person:
    crn = choice.crn or referral.crn
    if crn is None:
        raise Invalid(fields={"crn": MISSING["crn"]})
    known = session.scalars(
        select(Person).where(Person.crn == crn, Person.hub_id == referral.hub_id)
    ).one_or_none()
    if known is not None:
        _check_not_listed(session, item, known.id)
        person = _opened(session, actor, known.id, now)
    else:
        person = _create(session, actor, referral, crn, choice, now)
    referral.crn, referral.person_id = crn, person.id
    session.flush()
    assessments.attach_to_person(session, referral, person.id)
    return person


def _create(
    session: Session,
    actor: Actor,
    referral: Referral,
    crn: str,
    choice: DecisionDetails,
    now: datetime,
) -> Person:
    if choice.offender_manager is None:
        raise Invalid(fields={"offender_manager": MISSING["offender_manager"]})
    person = create_person(
        session,
        actor,
        NewPerson(
            crn=crn,
            first_name=referral.first_name,
            last_name=referral.last_name,
            hub_id=referral.hub_id,
            offender_manager_id=choice.offender_manager,
            given_number=referral.number or None,
        ),
        now=now,
    )
    person.date_of_birth = referral.date_of_birth
    session.flush()
    return person


def _check_not_listed(session: Session, item: AgendaItem, person_id: uuid.UUID) -> None:
    listed = session.execute(
        select(AgendaItem.id).where(
            AgendaItem.meeting_id == item.meeting_id, AgendaItem.person_id == person_id
        )
    ).first()
    if listed is not None:
        raise Conflict(
            "Somebody with this CRN is on this agenda under their own name. Bring the agenda up to date, and decide there.",
            code="listed_already",
        )


def _opened(session: Session, actor: Actor, person_id: uuid.UUID, now: datetime) -> Person:
    return open_person(
        session,
        actor,
        person_id,
        now=now,
        what="decide",
        ability=Ability.DECIDE,
        change=True,
        lock=True,
    )


def _check_fits(
    session: Session, choice: DecisionDetails, person: Person | None, waiting: Sequence[Referral]
) -> None:
    enrolled = person is not None and enrolments.open_enrolment(session, person.id) is not None
    asks = bool(waiting) or (person is not None and _re_referral(session, person.id) is not None)
    if choice.kind not in possible_decisions(enrolled=enrolled, asks=asks):
        raise Conflict(
            "They are on the cohort: retain them, change the strand or deregister them."
            if enrolled
            else "They are not on the cohort.",
            code="enrolled" if enrolled else "not_enrolled",
        )


def _take_effect(
    session: Session, actor: Actor, person: Person | None, choice: DecisionDetails, now: datetime
) -> dict[str, Any]:
    """Do what was decided; what it set, by name and id."""
    if person is None or choice.kind is DecisionKind.DECLINE:
        return {}
    if choice.kind is DecisionKind.ADOPT:
        lead = _given(choice.lead_agency, "lead_agency")
        enrolment = enrolments.adopt(
            session,
            actor,
            person,
            cohort=_given(choice.cohort, "cohort"),
            strand=_given(choice.strand, "strand"),
            lead_agency_id=lead,
            rag=_given(choice.rag, "rag"),
            reason=choice.reason,
            now=now,
        )
        ensure_involved(session, person.id, lead, now=now)
        set_by_it = ("cohort", "strand", "rag", "lead_agency")
        return {"enrolment": str(enrolment.id), **_named(choice, *set_by_it)}
    if choice.kind is DecisionKind.DEREGISTER:
        enrolments.deregister(
            session,
            actor,
            person.id,
            exit_reason=_given(choice.exit_reason, "exit_reason"),
            note=choice.reason,
            stays_in_touch=choice.stays_in_touch,
            now=now,
        )
        return {"stays_in_touch": choice.stays_in_touch, **_named(choice, "exit_reason")}
    if choice.kind is DecisionKind.CHANGE_STRAND:
        strand = _given(choice.strand, "strand")
        enrolments.change_strand(
            session, actor, person.id, strand=strand, reason=choice.reason, now=now
        )
    if choice.rag is not None:
        enrolments.retain(session, actor, person.id, rag=choice.rag, reason=choice.reason, now=now)
    signals.resolve_cause(
        session,
        SignalKind.GREEN_THREE_MONTHS,
        person_id=person.id,
        how="The meeting has talked about them.",
        actor=actor.label,
        now=now,
    )
    return _named(
        choice, *(("strand",) if choice.kind is DecisionKind.CHANGE_STRAND else ()), "rag"
    )


def _given(value: Value | None, name: str) -> Value:
    if value is None:
        raise Invalid(fields={name: MISSING[name]})
    return value


def _named(choice: DecisionDetails, *names: str) -> dict[str, Any]:
    values = {name: getattr(choice, name) for name in names}
    return {name: str(value) for name, value in values.items() if value is not None}


def _end_referrals(
    session: Session,
    actor: Actor,
    waiting: Sequence[Referral],
    choice: DecisionDetails,
    now: datetime,
) -> None:
    adopted = choice.kind is DecisionKind.ADOPT
    state = ReferralState.ADOPTED if adopted else ReferralState.DECLINED
    referrals.close_with_decision(
        session, actor, waiting, state, why=choice.reason.strip(), now=now
    )
    for referral in waiting:
        agenda.remove_referral(session, referral)


def _re_referral(session: Session, person_id: uuid.UUID) -> uuid.UUID | None:
    return session.scalar(
        select(ReReferral.id)
        .where(ReReferral.person_id == person_id, ReReferral.done_at.is_(None))
        .limit(1)
    )


def _settle_re_referral(
    session: Session, actor: Actor, person: Person, choice: DecisionDetails, now: datetime
) -> None:
    """They were due to be referred again, and the meeting does not want them: asked and answered."""
    if choice.kind is not DecisionKind.DECLINE:
        return
    session.execute(
        update(ReReferral)
        .where(ReReferral.person_id == person.id, ReReferral.done_at.is_(None))
        .values(done_at=now, done_by=actor.label)
    )
    signals.resolve_cause(
        session,
        SignalKind.RE_REFERRAL_DUE,
        person_id=person.id,
        how="The meeting declined.",
        actor=actor.label,
        now=now,
    )
