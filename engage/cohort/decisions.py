"""What a meeting decides: adopt, decline, retain, change strand, deregister. People join and leave
a cohort only here; exits.py has the exceptions.

An item takes one decision, recorded by a user who may decide, on the day of the meeting or later,
before it is closed. The decision and its effects are one transaction. A second decision is refused,
even if two are recorded at the same moment.
"""

import uuid
from collections.abc import Sequence
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
from engage.cohort.decision_details import (
    MISSING_FIELD,
    DecisionDetails,
    check_complete,
    possible_decisions,
)
from engage.cohort.exits import deregister
from engage.cohort.kinds import (
    DecisionKind,
    ReferralState,
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


def decide(
    session: Session, actor: Actor, item_id: uuid.UUID, choice: DecisionDetails, *, now: datetime
) -> MeetingDecision:
    """Record the decision and carry it out.

    Raises NotFound or Forbidden if the actor does not decide in that hub or may not see the person,
    Invalid with what is missing, Conflict if the item is already decided, the meeting is closed or
    not yet held, or the decision does not fit the person's enrolment.
    """
    item = open_item(session, actor, item_id, now=now)
    waiting = _lock_waiting_referrals(session, item)
    meeting = session.get_one(
        Meeting, item.meeting_id, with_for_update={"read": True}, populate_existing=True
    )
    item = _lock_item(session, item_id)
    _check_open(session, meeting, item, now)
    check_complete(choice)
    person = _person_decided(session, actor, item, waiting, choice, now)
    _check_fits(session, choice, person, waiting)
    details = _take_effect(session, actor, person, choice, now)
    if person is not None:
        item.person_id, item.referral_id = person.id, None
        _close_declined_re_referral(session, actor, person, choice, now)
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
    """An agenda item about which the actor may record a decision, decided or not. Raises NotFound
    or Forbidden.
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


def _lock_waiting_referrals(session: Session, item: AgendaItem) -> Sequence[Referral]:
    """The referrals that the decision answers, oldest first. Locks their rows."""
    answered = Referral.id == item.referral_id
    if item.person_id is not None:
        answered = Referral.person_id == item.person_id
    return session.scalars(
        select(Referral)
        .where(answered, Referral.state == ReferralState.WAITING)
        .order_by(Referral.referred_at, Referral.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def _lock_item(session: Session, item_id: uuid.UUID) -> AgendaItem:
    item = session.get(AgendaItem, item_id, with_for_update=True, populate_existing=True)
    if item is None:
        raise NotFound("This item is no longer on the agenda: its reason no longer holds.")
    return item


def _check_open(session: Session, meeting: Meeting, item: AgendaItem, now: datetime) -> None:
    decided = session.scalars(
        select(MeetingDecision.kind).where(MeetingDecision.item_id == item.id)
    ).one_or_none()
    if decided is not None:
        raise Conflict(
            f"This meeting has already decided about them: {decided.value.replace('_', ' ')}.",
            code="decided",
        )
    if meeting.closed_at is not None:
        raise Conflict("This meeting is closed.", code="meeting_closed")
    if not meetings.has_started(meeting, session.get_one(Hub, meeting.hub_id), now):
        raise Conflict("This meeting has not been held yet.", code="not_held")


def _person_decided(
    session: Session,
    actor: Actor,
    item: AgendaItem,
    waiting: Sequence[Referral],
    choice: DecisionDetails,
    now: datetime,
) -> Person | None:
    """The person, opened and locked. An unknown person is added if adopted, and is None
    otherwise.
    """
    if item.person_id is not None:
        return _open_person(session, actor, item.person_id, now)
    if not waiting:
        raise Conflict("This referral no longer waits.", code="referral_ended")
    if choice.kind is not DecisionKind.ADOPT:
        return None
    return _person_adopted(session, actor, item, waiting[0], choice, now)


def _person_adopted(
    session: Session,
    actor: Actor,
    item: AgendaItem,
    referral: Referral,
    choice: DecisionDetails,
    now: datetime,
) -> Person:
    crn = choice.crn or referral.crn
    if crn is None:
        raise Invalid(fields={"crn": MISSING_FIELD["crn"]})
    known = session.scalars(
        select(Person).where(Person.crn == crn, Person.hub_id == referral.hub_id)
    ).one_or_none()
    if known is not None:
        _check_not_listed(session, item, known.id)
        person = _open_person(session, actor, known.id, now)
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
        raise Invalid(fields={"offender_manager": MISSING_FIELD["offender_manager"]})
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
            "A person with this CRN is already on this agenda. "
            "Update the agenda, and decide there.",
            code="listed_already",
        )


def _open_person(session: Session, actor: Actor, person_id: uuid.UUID, now: datetime) -> Person:
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
    asks = bool(waiting) or (
        person is not None and _open_re_referral(session, person.id) is not None
    )
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
    """Carry out the decision. Returns what it set, by name and id."""
    if person is None or choice.kind is DecisionKind.DECLINE:
        return {}
    if choice.kind is DecisionKind.ADOPT:
        lead = _required(choice.lead_agency, "lead_agency")
        enrolment = enrolments.adopt(
            session,
            actor,
            person,
            cohort=_required(choice.cohort, "cohort"),
            strand=_required(choice.strand, "strand"),
            lead_agency_id=lead,
            rag=_required(choice.rag, "rag"),
            reason=choice.reason,
            now=now,
        )
        ensure_involved(session, person.id, lead, now=now)
        names = ("cohort", "strand", "rag", "lead_agency")
        return {"enrolment": str(enrolment.id), **_values_of(choice, *names)}
    if choice.kind is DecisionKind.DEREGISTER:
        deregister(
            session,
            actor,
            person.id,
            exit_reason=_required(choice.exit_reason, "exit_reason"),
            note=choice.reason,
            stays_in_touch=choice.stays_in_touch,
            now=now,
        )
        return {"stays_in_touch": choice.stays_in_touch, **_values_of(choice, "exit_reason")}
    if choice.kind is DecisionKind.CHANGE_STRAND:
        strand = _required(choice.strand, "strand")
        enrolments.change_strand(
            session, actor, person.id, strand=strand, reason=choice.reason, now=now
        )
    if choice.rag is not None:
        enrolments.retain(session, actor, person.id, rag=choice.rag, reason=choice.reason, now=now)
    signals.resolve_cause(
        session,
        SignalKind.GREEN_THREE_MONTHS,
        person_id=person.id,
        how="The meeting has discussed them.",
        actor=actor.label,
        now=now,
    )
    return _values_of(
        choice, *(("strand",) if choice.kind is DecisionKind.CHANGE_STRAND else ()), "rag"
    )


def _required(value: Value | None, name: str) -> Value:
    if value is None:
        raise Invalid(fields={name: MISSING_FIELD[name]})
    return value


def _values_of(choice: DecisionDetails, *names: str) -> dict[str, Any]:
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


def _open_re_referral(session: Session, person_id: uuid.UUID) -> uuid.UUID | None:
    return session.scalar(
        select(ReReferral.id)
        .where(ReReferral.person_id == person_id, ReReferral.done_at.is_(None))
        .limit(1)
    )


def _close_declined_re_referral(
    session: Session, actor: Actor, person: Person, choice: DecisionDetails, now: datetime
) -> None:
    """Close the re-referral of a person whom the meeting declined."""
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
