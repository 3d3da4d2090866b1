"""The end of a time on the cohort that no meeting has to wait for, staying on of one's own will,
and being referred again later.

A death and a hub that closed end an enrolment by themselves, because nothing is left to decide.
Nobody leaves because an order ended, data is missing, or a rule says that they could (RULES.md 2,
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
from engage.agencies.hub_settings import HubRules, today_at
from engage.agencies.model import Hub
from engage.cohort import enrolments
from engage.cohort.kinds import ExitReason
from engage.cohort.model import Enrolment, ReReferral
from engage.core.errors import Conflict
from engage.legal import death
from engage.people.model import ContactStatus, LegalStatus, Person
from engage.signals import SignalKind

DIED = "They have died"
CLOSED = "The hub has closed"
AT_ONCE = 100
NO_LONGER_ASKED = (
    SignalKind.SECOND_FAILURE,
    SignalKind.MUST_REFER,
    SignalKind.NO_SHOW,
    SignalKind.EVIDENCE_DUE,
    SignalKind.NO_REPLY,
    SignalKind.LATE_PATTERN,
)
"""Signals of what somebody missed: of whoever has died nothing follows from it. What the night
finds goes with the next night.
"""


def stay_voluntarily(
    session: Session, actor: Actor, person_id: uuid.UUID, *, now: datetime
) -> Enrolment:
    """Their order has ended, and they stay on the cohort of their own will, as they told the actor.
    Said twice it changes nothing.

    The record, the texts and the plan go on as they were. Raises Conflict while an order still
    runs, or when they are not on the cohort.
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
            "They are under an order or licence: that has to end first.",
            code="under_order",
        )
    enrolment.voluntary_since = today_at(session, person.hub_id, now)
    session.flush()
    enrolments.record(session, "enrolment.voluntary", person, enrolment, actor=actor, now=now)
    return enrolment


def record_death(
    session: Session, actor: Actor, person_id: uuid.UUID, *, on: date, now: datetime
) -> Enrolment | None:
    """They died on a day: no text goes any more, their orders and their time on the cohort end, and
    nobody is asked to act on what they missed. Raises as engage.legal.death does.
    """
    person = death.record_death(session, actor, person_id, on, now)
    for kind in NO_LONGER_ASKED:
        signals.resolve_cause(
            session, kind, person_id=person.id, how=f"{DIED}.", actor=actor.label, now=now
        )
    enrolment = enrolments.open_enrolment(session, person.id)
    if enrolment is None:
        return None
    return enrolments.end_enrolment(
        session, actor, person, enrolment, exit_reason=ExitReason.DIED, note=DIED, now=now
    )


def end_settled(session: Session, *, now: datetime, limit: int = AT_ONCE) -> int:
    """End the enrolments of people who have died and of hubs that have closed; returns how many.
    Rows that somebody is at wait.

    Done again it finds nothing: it can be killed at any moment.
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
        enrolments.end_enrolment(
            session,
            SYSTEM,
            person,
            enrolment,
            exit_reason=ExitReason.DIED if dead else ExitReason.HUB_CLOSED,
            note=DIED if dead else CLOSED,
            now=now,
        )
    return len(people)


def settle(session: Session, *, now: datetime, limit: int = AT_ONCE) -> int:
    """What the night does here: ends what is settled, and lets re-referrals follow their releases.
    How much there was; 0 when all is done.
    """
    return end_settled(session, now=now, limit=limit) + follow_releases(session)


_FOLLOW = text("""
UPDATE re_referral SET due_on = wanted.due_on
FROM (
    SELECT waiting.id, (spell.release_on
        - make_interval(months => coalesce((hub.settings ->> 're_referral_months')::int, :months)))::date AS due_on
    FROM re_referral waiting
    JOIN custody_spell spell ON spell.id = waiting.custody_spell_id
    JOIN enrolment ON enrolment.id = waiting.enrolment_id
    JOIN hub ON hub.id = enrolment.hub_id
    WHERE waiting.done_at IS NULL AND spell.release_on IS NOT NULL
      AND (CAST(:person AS uuid) IS NULL OR waiting.person_id = :person)
) wanted
WHERE re_referral.id = wanted.id AND re_referral.due_on <> wanted.due_on AND re_referral.done_at IS NULL
RETURNING re_referral.id
""")


def follow_releases(session: Session, person_id: uuid.UUID | None = None) -> int:
    """A day of release was moved, earlier or later: the day by which to refer again moves with it
    (one person's, or everybody's).
    """
    moved = session.execute(_FOLLOW, {"person": person_id, "months": HubRules().re_referral_months})
    return len(moved.all())


def re_referral_due_on(session: Session, person_id: uuid.UUID) -> ReReferral | None:
    """By when somebody is to be referred again, if they are; for whoever has opened the person."""
    return session.scalars(
        select(ReReferral)
        .where(ReReferral.person_id == person_id, ReReferral.done_at.is_(None))
        .order_by(ReReferral.due_on)
        .limit(1)
    ).one_or_none()
