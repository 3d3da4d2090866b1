"""What a meeting's decisions do to a person's enrolment: adopted, retained, moved to another
strand.

Each function is called with a decision, by an actor who may record what a meeting decided, and
takes effect in that transaction. No rule and no passing of time does any of this. An ended
enrolment is never reopened: a new adoption is a new enrolment.
"""

import uuid
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engage import signals
from engage.access.policy import Ability, Actor, open_person
from engage.agencies.hub_settings import hub_rules, hub_today, today_at
from engage.agencies.model import Agency, Hub
from engage.cohort import rules, suggestions
from engage.cohort.kinds import (
    Cohort,
    Rag,
    Strand,
)
from engage.cohort.model import (
    Enrolment,
    RagReview,
    ReReferral,
    StrandSpell,
)
from engage.core import events
from engage.core.db import new_id
from engage.core.errors import Conflict, Invalid
from engage.core.text_fields import clean_text
from engage.people.contactability import note_contactability_changed
from engage.people.model import ContactStatus, Person
from engage.signals import SignalKind

LONGEST_REASON = 500


def open_enrolment(session: Session, person_id: uuid.UUID) -> Enrolment | None:
    """The person's open enrolment, if any."""
    return session.scalars(
        select(Enrolment).where(Enrolment.person_id == person_id, Enrolment.ended_on.is_(None))
    ).one_or_none()


def adopt(
    session: Session,
    actor: Actor,
    person: Person,
    *,
    cohort: Cohort,
    strand: Strand,
    lead_agency_id: uuid.UUID,
    rag: Rag,
    reason: str,
    now: datetime,
) -> Enrolment:
    """Start an enrolment with its first strand and status. A person in custody may be adopted: rule
    1 stops their texts.

    Contact that an earlier deregistration closed is opened again; rule 1 decides whether texts may
    go. A waiting re-referral is completed. Raises NotFound or Forbidden if the actor may not
    decide, Invalid for the lead agency or the reason, Conflict if the person is on the cohort
    already (`enrolled`) or has died (`dead`), or the hub is closed (`hub_closed`).
    """
    found = open_to_decide(session, actor, person.id, "adopt", now)
    hub = session.get_one(Hub, found.hub_id)
    words = checked_reason(reason)
    if found.contact_status is ContactStatus.DEAD:
        raise Conflict("This person has died.", code="dead")
    if hub.closed_at is not None:
        raise Conflict("This hub is closed: nobody can join its cohort.", code="hub_closed")
    if open_enrolment(session, found.id) is not None:
        raise Conflict("This person is already on the cohort.", code="enrolled")
    check_lead_agency(session, hub, lead_agency_id)
    enrolment = Enrolment(
        id=new_id(),
        person_id=found.id,
        hub_id=hub.id,
        cohort=cohort,
        lead_agency_id=lead_agency_id,
        adopted_on=hub_today(hub, now),
    )
    session.add(enrolment)
    session.flush()
    if found.contact_status is ContactStatus.CLOSED:
        found.contact_status = ContactStatus.OPEN
        note_contactability_changed(session, found, now)
    session.execute(
        update(ReReferral)
        .where(ReReferral.person_id == found.id, ReReferral.done_at.is_(None))
        .values(done_at=now, done_by=actor.label)
    )
    resolve_signal(
        session, found, SignalKind.RE_REFERRAL_DUE, "They are on the cohort again.", actor, now
    )
    record(
        session,
        "enrolment.began",
        found,
        enrolment,
        actor=actor,
        now=now,
        cohort=cohort.value,
        lead_agency=lead_agency_id,
    )
    write_strand(session, actor, found, enrolment, strand=strand, reason=words, now=now)
    write_review(session, actor, found, enrolment, rag=rag, reason=words, now=now)
    return enrolment


def change_strand(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    *,
    strand: Strand,
    reason: str,
    now: datetime,
) -> StrandSpell:
    """Change the strand from today. The lead agency stays.

    Raises Conflict if the person is on this strand already, or on no cohort.
    """
    person = open_to_decide(session, actor, person_id, "change strand", now)
    enrolment = lock_enrolment(session, person)
    words = checked_reason(reason)
    current = current_strand(session, enrolment.id)
    if current is not None and current.strand is strand:
        raise Conflict("They are already on this strand.", code="same_strand")
    return write_strand(session, actor, person, enrolment, strand=strand, reason=words, now=now)


def retain(
    session: Session, actor: Actor, person_id: uuid.UUID, *, rag: Rag, reason: str, now: datetime
) -> RagReview:
    """Keep a person on the cohort with this status: the meeting's review.

    Raises Conflict if the person is on no cohort.
    """
    person = open_to_decide(session, actor, person_id, "retain", now)
    enrolment = lock_enrolment(session, person)
    return write_review(
        session, actor, person, enrolment, rag=rag, reason=checked_reason(reason), now=now
    )


def lock_enrolment(session: Session, person: Person) -> Enrolment:
    """The open enrolment of a person whose row the caller has locked, read again. Raises Conflict
    if there is none.
    """
    found = session.scalars(
        select(Enrolment)
        .where(Enrolment.person_id == person.id, Enrolment.ended_on.is_(None))
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise Conflict("This person is not on the cohort.", code="not_enrolled")
    return found


def current_strand(session: Session, enrolment_id: uuid.UUID) -> StrandSpell | None:
    """The current strand: the one decided last."""
    return session.scalars(
        select(StrandSpell)
        .where(StrandSpell.enrolment_id == enrolment_id)
        .order_by(StrandSpell.since.desc(), StrandSpell.decided_at.desc(), StrandSpell.id.desc())
        .limit(1)
    ).one_or_none()


def current_review(session: Session, enrolment_id: uuid.UUID) -> RagReview | None:
    """The current status: the one decided last."""
    return session.scalars(
        select(RagReview)
        .where(RagReview.enrolment_id == enrolment_id)
        .order_by(RagReview.held_on.desc(), RagReview.decided_at.desc(), RagReview.id.desc())
        .limit(1)
    ).one_or_none()


def write_strand(
    session: Session,
    actor: Actor,
    person: Person,
    enrolment: Enrolment,
    *,
    strand: Strand,
    reason: str,
    now: datetime,
) -> StrandSpell:
    """Record the strand from today, with what rule 11 suggests. The caller has locked the person's
    row and checked access.
    """
    suggested = suggestions.suggest(session, [person.id], now=now)[person.id]
    spell = StrandSpell(
        id=new_id(),
        enrolment_id=enrolment.id,
        strand=strand,
        since=today_at(session, person.hub_id, now),
        reason=reason,
        suggested=suggestions.strand_as_stored(suggested.strand),
        decided_by=actor.label,
        decided_at=now,
    )
    session.add(spell)
    session.flush()
    record(session, "strand.decided", person, enrolment, actor=actor, now=now, strand=strand.value)
    return spell


def write_review(
    session: Session,
    actor: Actor,
    person: Person,
    enrolment: Enrolment,
    *,
    rag: Rag,
    reason: str,
    now: datetime,
) -> RagReview:
    """Record the status from today, with what rule 9 suggests and the day of the next review. The
    caller has locked the person's row and checked access.
    """
    hub = session.get_one(Hub, person.hub_id)
    suggested = suggestions.suggest(session, [person.id], now=now)[person.id]
    day = hub_today(hub, now)
    review = RagReview(
        id=new_id(),
        enrolment_id=enrolment.id,
        rag=rag,
        held_on=day,
        reason=reason,
        suggested=suggestions.status_as_stored(suggested.status),
        next_due_on=rules.review_due(rag, day, suggestions.status_rules(hub_rules(hub))),
        decided_by=actor.label,
        decided_at=now,
    )
    session.add(review)
    session.flush()
    resolve_signal(session, person, SignalKind.REVIEW_DUE, "It was reviewed.", actor, now)
    if rag is not Rag.GREEN:
        resolve_signal(
            session,
            person,
            SignalKind.GREEN_THREE_MONTHS,
            "The status is no longer green.",
            actor,
            now,
        )
    record(session, "rag.decided", person, enrolment, actor=actor, now=now, rag=rag.value)
    return review


def checked_reason(reason: str, *, field: str = "reason") -> str:
    """The reason as it is stored. Raises Invalid if it is missing or too long."""
    return clean_text(field, reason, LONGEST_REASON, missing="Give the reason.")


def check_lead_agency(session: Session, hub: Hub, agency_id: uuid.UUID) -> Agency:
    """The agency, if it belongs to the hub's area. Raises Invalid for the field `lead_agency`."""
    found = session.get(Agency, agency_id)
    if found is None or found.area_id != hub.area_id:
        raise Invalid(fields={"lead_agency": "Choose an agency of this hub's area."})
    return found


def record(
    session: Session,
    kind: str,
    person: Person,
    enrolment: Enrolment,
    *,
    actor: Actor,
    now: datetime,
    **data: object,
) -> None:
    """Write that something happened to an enrolment: ids and codes, never a reason's words."""
    events.record_for_person(
        session, kind, person, now=now, actor=actor.label, enrolment=enrolment.id, **data
    )


def open_to_decide(
    session: Session, actor: Actor, person_id: uuid.UUID, what: str, now: datetime
) -> Person:
    """The person, locked, for an actor who may decide. Raises NotFound or Forbidden."""
    return open_person(
        session,
        actor,
        person_id,
        now=now,
        what=what,
        ability=Ability.DECIDE,
        change=True,
        lock=True,
    )


def resolve_signal(
    session: Session, person: Person, kind: SignalKind, how: str, actor: Actor, now: datetime
) -> None:
    """Resolve the person's signals of this kind."""
    signals.resolve_cause(session, kind, person_id=person.id, how=how, actor=actor.label, now=now)
