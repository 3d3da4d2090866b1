"""How an enrolment ends: by a meeting's decision, by a death, or by the closing of the hub. Also
staying voluntarily, and re-referral before release.

A death and a closed hub end an enrolment without a meeting, because nothing is left to decide.
Nobody leaves because an order ended, data is missing, or a rule says that they could (rules 2 and
10).
"""

import uuid
from datetime import date, datetime

from sqlalchemy import or_, select, text
from sqlalchemy.orm import Session

from engage import signals
from engage.access.policy import (
    SYSTEM,
    Ability,
    Actor,
    open_person,
)
from engage.agencies.hub_settings import HubRules, hub_rules, hub_today, today_at
from engage.agencies.model import Hub
from engage.cohort import enrolments, rules
from engage.cohort.kinds import ExitReason
from engage.cohort.model import Enrolment, ReReferral
from engage.core.db import new_id
from engage.core.errors import Conflict, Invalid
from engage.legal import death
from engage.legal.model import CustodySpell
from engage.people.contactability import note_contactability_changed, withdraw_all
from engage.people.model import ContactStatus, LegalStatus, Person
from engage.plan import actions
from engage.signals import SignalKind

LEFT_COHORT = "They have left the cohort"
DIED = "They have died"
CLOSED = "The hub has closed"
BATCH_SIZE = 100
RESOLVED_BY_DEATH = (
    SignalKind.SECOND_FAILURE,
    SignalKind.MUST_REFER,
    SignalKind.NO_SHOW,
    SignalKind.EVIDENCE_DUE,
    SignalKind.NO_REPLY,
    SignalKind.LATE_PATTERN,
)
"""Signals about what a person missed: once they have died, nothing follows. The nightly sweep
resolves its own signals.
"""


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
    """End the enrolment. Contact is closed, queued texts are withdrawn and open actions of the plan
    are withdrawn, unless the person stays in touch voluntarily.

    Only a person under no order can stay in touch. After a long custody, the day of re-referral is
    noted. Raises Conflict if the person is on no cohort or, for a long custody, if no custody with
    a release day is recorded.
    """
    person = enrolments.open_to_decide(session, actor, person_id, "deregister", now)
    enrolment = enrolments.lock_enrolment(session, person)
    return end_enrolment(
        session,
        actor,
        person,
        enrolment,
        exit_reason=exit_reason,
        note=enrolments.checked_reason(note, field="note"),
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
    """As `deregister`. The caller has opened the person and locked the row."""
    hub = session.get_one(Hub, person.hub_id)
    if stays_in_touch and person.legal_status is LegalStatus.STATUTORY:
        words = "They are under an order: they can stay in touch voluntarily when it has ended."
        raise Invalid(fields={"stays_in_touch": words})
    if exit_reason is ExitReason.LONG_CUSTODY:
        _add_re_referral(session, person, enrolment, hub_rules(hub).re_referral_months)
    day = hub_today(hub, now)
    enrolment.ended_on, enrolment.exit_reason, enrolment.exit_note = day, exit_reason, note
    if stays_in_touch and enrolment.voluntary_since is None:
        enrolment.voluntary_since = day
    elif not stays_in_touch:
        _close_contact(session, person, now)
        actions.withdraw_all(session, actor, person, reason=LEFT_COHORT, now=now)
    session.flush()
    for kind in (SignalKind.REVIEW_DUE, SignalKind.GREEN_THREE_MONTHS):
        enrolments.resolve_signal(session, person, kind, f"{LEFT_COHORT}.", actor, now)
    enrolments.record(
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


def stay_voluntarily(
    session: Session, actor: Actor, person_id: uuid.UUID, *, now: datetime
) -> Enrolment:
    """Record that a person whose order has ended stays on the cohort voluntarily, as they told the
    actor. Repeating it changes nothing.

    The record, texts and plan continue. Raises Conflict while an order runs, or if the person is
    not on the cohort.
    """
    person = open_person(
        session,
        actor,
        person_id,
        now=now,
        what="stay voluntarily",
        ability=Ability.MANAGE,
        change=True,
        lock=True,
    )
    enrolment = enrolments.lock_enrolment(session, person)
    if enrolment.voluntary_since is not None:
        return enrolment
    if person.legal_status is LegalStatus.STATUTORY:
        raise Conflict(
            "They are under an order or licence: it must end first.",
            code="under_order",
        )
    enrolment.voluntary_since = today_at(session, person.hub_id, now)
    session.flush()
    enrolments.record(session, "enrolment.voluntary", person, enrolment, actor=actor, now=now)
    return enrolment


def record_death(
    session: Session, actor: Actor, person_id: uuid.UUID, *, on: date, now: datetime
) -> Enrolment | None:
    """Record a death. Texts stop, orders and the enrolment end, and signals about what the person
    missed are resolved.

    Raises what engage.legal.death raises.
    """
    person = death.record_death(session, actor, person_id, on, now)
    for kind in RESOLVED_BY_DEATH:
        signals.resolve_cause(
            session, kind, person_id=person.id, how=f"{DIED}.", actor=actor.label, now=now
        )
    enrolment = enrolments.open_enrolment(session, person.id)
    if enrolment is None:
        return None
    return end_enrolment(
        session, actor, person, enrolment, exit_reason=ExitReason.DIED, note=DIED, now=now
    )


def end_due(session: Session, *, now: datetime, limit: int = BATCH_SIZE) -> int:
    """End the enrolments of people who have died and of hubs that have closed. Returns how many.

    Rows locked by another transaction are left for later. It can be stopped at any moment and
    repeated.
    """
    people = session.scalars(
        select(Person)
        .join(Enrolment, Enrolment.person_id == Person.id)
        .join(Hub, Hub.id == Person.hub_id)
        .where(
            Enrolment.ended_on.is_(None),
            or_(Person.contact_status == ContactStatus.DEAD, Hub.closed_at <= now),
        )
        .order_by(Person.id)
        .limit(limit)
        .with_for_update(of=Person, skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    for person in people:
        enrolment = enrolments.lock_enrolment(session, person)
        dead = person.contact_status is ContactStatus.DEAD
        end_enrolment(
            session,
            SYSTEM,
            person,
            enrolment,
            exit_reason=ExitReason.DIED if dead else ExitReason.HUB_CLOSED,
            note=DIED if dead else CLOSED,
            now=now,
        )
    return len(people)


def end_due_and_follow_releases(session: Session, *, now: datetime, limit: int = BATCH_SIZE) -> int:
    """The nightly run: end what is due, and move re-referrals with their releases. Returns the
    number of changes, 0 when all is done.
    """
    return end_due(session, now=now, limit=limit) + follow_releases(session)


_FOLLOW = text("""
UPDATE re_referral SET due_on = wanted.due_on
FROM (
    SELECT waiting.id, (spell.release_on
        - make_interval(months => coalesce((hub.settings ->> 're_referral_months')::int,
            :months)))::date AS due_on
    FROM re_referral waiting
    JOIN custody_spell spell ON spell.id = waiting.custody_spell_id
    JOIN enrolment ON enrolment.id = waiting.enrolment_id
    JOIN hub ON hub.id = enrolment.hub_id
    WHERE waiting.done_at IS NULL AND spell.release_on IS NOT NULL
      AND (CAST(:person AS uuid) IS NULL OR waiting.person_id = :person)
) wanted
WHERE re_referral.id = wanted.id AND re_referral.due_on <> wanted.due_on
    AND re_referral.done_at IS NULL
RETURNING re_referral.id
""")


def follow_releases(session: Session, person_id: uuid.UUID | None = None) -> int:
    """Move the day of each re-referral with its release, for one person or for everybody. Returns
    how many moved.
    """
    moved = session.execute(_FOLLOW, {"person": person_id, "months": HubRules().re_referral_months})
    return len(moved.all())


def open_re_referral(session: Session, person_id: uuid.UUID) -> ReReferral | None:
    """The person's next open re-referral, if any. The caller checks access."""
    return session.scalars(
        select(ReReferral)
        .where(ReReferral.person_id == person_id, ReReferral.done_at.is_(None))
        .order_by(ReReferral.due_on)
        .limit(1)
    ).one_or_none()


def _close_contact(session: Session, person: Person, now: datetime) -> None:
    if person.contact_status is not ContactStatus.DEAD:
        person.contact_status = ContactStatus.CLOSED
    person.updated_at = now
    session.flush()
    withdraw_all(session, person, LEFT_COHORT, now)
    note_contactability_changed(session, person, now)


def _add_re_referral(session: Session, person: Person, enrolment: Enrolment, months: int) -> None:
    spell = session.scalars(
        select(CustodySpell).where(
            CustodySpell.person_id == person.id, CustodySpell.released_on.is_(None)
        )
    ).one_or_none()
    if spell is None or spell.release_on is None:
        raise Conflict(
            "Record the custody and the release date first: re-referral is due before release.",
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
