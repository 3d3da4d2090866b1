"""What a meeting's decisions do to somebody's time on the cohort: adopted, kept, moved to another
strand, deregistered.

Each is called with the decision in hand, by whoever may record what a meeting decided, and takes
effect in that transaction. Nothing here is done by a rule or by time alone, and an enrolment that
has ended is never opened again: a new adoption is a new one.
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
    ExitReason,
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
from engage.legal.model import CustodySpell
from engage.people.contactability import note_contactability_changed, withdraw_all
from engage.people.model import ContactStatus, LegalStatus, Person
from engage.plan import actions
from engage.signals import SignalKind

LONGEST_REASON = 500
LEFT = "They have left the cohort"


def open_enrolment(session: Session, person_id: uuid.UUID) -> Enrolment | None:
    """The person's time on the cohort that is going on, if there is one."""
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
    """Begin a time on the cohort, with its first strand and status. Somebody in custody may be
    adopted: rule 1 keeps texts from them.

    Where an earlier enrolment had closed contact it is open again; whether a text may go is rule
    1's to say. A re-referral that waited is done. Raises NotFound or Forbidden for whoever may not
    decide, Invalid for the lead agency or the reason, Conflict when they are on the cohort already
    (`enrolled`), have died (`dead`), or the hub is closed (`hub_closed`).
    """
    found = _open(session, actor, person.id, "adopt", now)
    hub = session.get_one(Hub, found.hub_id)
    words = checked_reason(reason)
    if found.contact_status is ContactStatus.DEAD:
        raise Conflict("This person has died.", code="dead")
    if hub.closed_at is not None:
        raise Conflict("This hub is closed: nobody joins its cohort.", code="hub_closed")
    if open_enrolment(session, found.id) is not None:
        raise Conflict("This person is on the cohort already.", code="enrolled")
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
    _resolve(
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
    """Work with somebody by another strand from today on; the lead agency stays. Raises Conflict
    when they are on it already or on no cohort.
    """
    person = _open(session, actor, person_id, "change strand", now)
    enrolment = lock_enrolment(session, person)
    words = checked_reason(reason)
    current = current_strand(session, enrolment.id)
    if current is not None and current.strand is strand:
        raise Conflict("They are on this strand already.", code="same_strand")
    return write_strand(session, actor, person, enrolment, strand=strand, reason=words, now=now)


def retain(
    session: Session, actor: Actor, person_id: uuid.UUID, *, rag: Rag, reason: str, now: datetime
) -> RagReview:
    """Keep somebody on the cohort with this status: the meeting's review. Raises Conflict when they
    are on no cohort.
    """
    person = _open(session, actor, person_id, "retain", now)
    enrolment = lock_enrolment(session, person)
    return write_review(
        session, actor, person, enrolment, rag=rag, reason=checked_reason(reason), now=now
    )


def deregister(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    *,
    exit_reason: ExitReason,
    note: str,
    now: datetime,
    stays_in_touch: bool = False,
) -> Enrolment:
    """End the time on the cohort. Contact is closed, waiting texts are called back and open actions
    of the plan withdrawn, unless they stay in touch of their own will.

    Only somebody who is under no order can stay in touch so. After a long custody they are to be
    referred again before their release: the day is noted. Raises Conflict when they are on no
    cohort, or no custody with its release is recorded for that reason.
    """
    person = _open(session, actor, person_id, "deregister", now)
    enrolment = lock_enrolment(session, person)
    return end_enrolment(
        session,
        actor,
        person,
        enrolment,
        exit_reason=exit_reason,
        note=checked_reason(note, field="note"),
        now=now,
        stays_in_touch=stays_in_touch,
    )


def end_enrolment(
    session: Session,
    actor: Actor,
    person: Person,
    enrolment: Enrolment,
    *,
    exit_reason: ExitReason,
    note: str,
    now: datetime,
    stays_in_touch: bool = False,
) -> Enrolment:
    """As `deregister`, for whoever has opened the person and holds the row."""
    hub = session.get_one(Hub, person.hub_id)
    if stays_in_touch and person.legal_status is LegalStatus.STATUTORY:
        words = (
            "They are under an order: staying in touch of their own will begins when it has ended."
        )
        raise Invalid(fields={"stays_in_touch": words})
    if exit_reason is ExitReason.LONG_CUSTODY:
        _note_re_referral(session, person, enrolment, hub_rules(hub).re_referral_months)
    day = hub_today(hub, now)
    enrolment.ended_on, enrolment.exit_reason, enrolment.exit_note = day, exit_reason, note
    if stays_in_touch and enrolment.voluntary_since is None:
        enrolment.voluntary_since = day
    elif not stays_in_touch:
        _close_contact(session, person, now)
        actions.withdraw_all(session, actor, person, reason=LEFT, now=now)
    session.flush()
    for kind in (SignalKind.REVIEW_DUE, SignalKind.GREEN_THREE_MONTHS):
        _resolve(session, person, kind, f"{LEFT}.", actor, now)
    record(
        session,
        "enrolment.ended",
        person,
        enrolment,
        actor=actor,
        now=now,
        reason=exit_reason.value,
        stays_in_touch=stays_in_touch,
    )
    return enrolment


def lock_enrolment(session: Session, person: Person) -> Enrolment:
    """The person's open enrolment, freshly read under the lock of their row. Raises Conflict when
    there is none.
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
    """The strand that holds now: the one decided last."""
    return session.scalars(
        select(StrandSpell)
        .where(StrandSpell.enrolment_id == enrolment_id)
        .order_by(StrandSpell.since.desc(), StrandSpell.decided_at.desc(), StrandSpell.id.desc())
        .limit(1)
    ).one_or_none()


def current_review(session: Session, enrolment_id: uuid.UUID) -> RagReview | None:
    """The status that holds now: the one decided last."""
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
    """Write the strand from today on beside what rule 11 suggests, for whoever holds the person's
    row and may decide.
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
    """Write the status from today on beside what rule 9 suggests, and when it is looked at again,
    for whoever holds the person's row and may decide.
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
    _resolve(session, person, SignalKind.REVIEW_DUE, "It was reviewed.", actor, now)
    if rag is not Rag.GREEN:
        _resolve(
            session,
            person,
            SignalKind.GREEN_THREE_MONTHS,
            "The status is green no more.",
            actor,
            now,
        )
    record(session, "rag.decided", person, enrolment, actor=actor, now=now, rag=rag.value)
    return review


def checked_reason(reason: str, *, field: str = "reason") -> str:
    """The reason as it is stored. Raises Invalid if it is missing or too long."""
    return clean_text(field, reason, LONGEST_REASON, missing="Give the reason.")


def check_lead_agency(session: Session, hub: Hub, agency_id: uuid.UUID) -> Agency:
    """The agency, if it takes part in the hub's area. Raises Invalid for the field `lead_agency`."""
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


def _open(session: Session, actor: Actor, person_id: uuid.UUID, what: str, now: datetime) -> Person:
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


def _resolve(
    session: Session, person: Person, kind: SignalKind, how: str, actor: Actor, now: datetime
) -> None:
    signals.resolve_cause(session, kind, person_id=person.id, how=how, actor=actor.label, now=now)


def _close_contact(session: Session, person: Person, now: datetime) -> None:
    if person.contact_status is not ContactStatus.DEAD:
        person.contact_status = ContactStatus.CLOSED
    person.updated_at = now
    session.flush()
    withdraw_all(session, person, LEFT, now)
    note_contactability_changed(session, person, now)


def _note_re_referral(session: Session, person: Person, enrolment: Enrolment, months: int) -> None:
    spell = session.scalars(
        select(CustodySpell).where(
            CustodySpell.person_id == person.id, CustodySpell.released_on.is_(None)
        )
    ).one_or_none()
    if spell is None or spell.release_on is None:
        raise Conflict(
            "Record the custody and the day of release first: they are to be referred again before it.",
            code="no_release_date",
        )
    session.add(
        ReReferral(
            id=new_id(),
            enrolment_id=enrolment.id,
            person_id=person.id,
            custody_spell_id=spell.id,
            due_on=rules.re_referral_due(spell.release_on, months),
        )
    )
