"""Custody: entering prison, the expected release and its changes, the release plan, and release.

The person's custody status changes in the same transaction, so that texts stop on entry and may
start on release (rules 1 and 2). Appointments in prison may be booked; rule 1 holds their texts
back. Nothing here books or tells the person anything.
"""

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage import signals
from engage.access.policy import Ability, Actor, abilities
from engage.agencies.hub_settings import hub_rules, today_at
from engage.agencies.model import Hub
from engage.core import events
from engage.core.db import new_id
from engage.core.errors import Conflict, Forbidden
from engage.core.text_fields import Characters, clean_text
from engage.legal import orders, rules
from engage.legal.model import CustodyKind, CustodySpell, ReleasePlan
from engage.legal.open_record import (
    day_problems,
    found,
    refuse,
    to_change,
)
from engage.people.model import CustodyStatus, Person
from engage.people.service import update_person
from engage.signals import Evidence, SignalKind

LONGEST_PRISON = 80
LONGEST_LINE = 200
LONGEST_NOTE = 500
LONGEST_SENTENCE_DAYS = 36_525
_STATUS = {CustodyKind.CUSTODY: CustodyStatus.CUSTODY, CustodyKind.REMAND: CustodyStatus.REMAND}
_RELEASED = "They have left prison."


def start(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    *,
    kind: CustodyKind,
    since: date,
    prison: str = "",
    sentence_days: int | None = None,
    release_on: date | None = None,
    now: datetime,
) -> CustodySpell:
    """Record that the person has been in prison since a day. Queued texts are withdrawn.
    `release_on` is the day expected now.

    Raises Invalid for impossible days, Conflict (code `in_custody`) if they are already in prison.
    """
    person = to_change(session, actor, person_id, now=now, what="take into custody")
    if current(session, person.id) is not None:
        raise Conflict(
            "They are already recorded as in prison. Change or end that record.", code="in_custody"
        )
    today = today_at(session, person.hub_id, now)
    problems = day_problems({"since": since}, today, past=("since",))
    last = session.scalar(
        select(CustodySpell.released_on)
        .where(CustodySpell.person_id == person.id)
        .order_by(CustodySpell.released_on.desc())
        .limit(1)
    )
    if not problems and last is not None and since < last:
        problems["since"] = "They were in prison until a later day. Enter that day or a later one"
    refuse(problems | _problems(kind, sentence_days, release_on, today))
    spell = CustodySpell(
        id=new_id(),
        person_id=person.id,
        kind=kind,
        since=since,
        prison=clean_text("prison", prison, LONGEST_PRISON, characters=Characters.PLAIN),
        sentence_days=sentence_days,
        release_on=release_on,
        recorded_by=actor.label,
        recorded_at=now,
        plan=None,
    )
    session.add(spell)
    session.flush()
    events.record_for_person(
        session,
        "custody.entered",
        person,
        actor=actor.label,
        now=now,
        custody=spell.id,
        custody_kind=kind.value,
        since=since,
        release_on=release_on,
    )
    _set_status(session, actor, person, _STATUS[kind], now)
    _signal_release_soon(session, person, spell, today, now)
    return spell


def change(
    session: Session,
    actor: Actor,
    spell_id: uuid.UUID,
    *,
    kind: CustodyKind,
    prison: str,
    sentence_days: int | None,
    release_on: date | None,
    now: datetime,
) -> CustodySpell:
    """Change the kind, prison, sentence or expected release. Repeating it changes nothing. Raises
    Conflict after release.
    """
    person, spell = _open(session, actor, spell_id, "change custody", now)
    today = today_at(session, person.hub_id, now)
    refuse(_problems(kind, sentence_days, release_on, today, before=spell.release_on))
    given = {
        "kind": kind,
        "prison": clean_text("prison", prison, LONGEST_PRISON, characters=Characters.PLAIN),
        "sentence_days": sentence_days,
        "release_on": release_on,
    }
    changed = sorted(name for name, value in given.items() if getattr(spell, name) != value)
    if not changed:
        return spell
    for name in changed:
        setattr(spell, name, given[name])
    session.flush()
    events.record_for_person(
        session,
        "custody.changed",
        person,
        actor=actor.label,
        now=now,
        custody=spell.id,
        fields=changed,
        release_on=release_on,
    )
    if "kind" in changed:
        _set_status(session, actor, person, _STATUS[kind], now)
    if "release_on" in changed:
        _resolve_release_soon(session, actor.label, person, "The day of release has changed.", now)
        _signal_release_soon(session, person, spell, today, now)
    return spell


def change_release(
    session: Session, actor: Actor, spell_id: uuid.UUID, *, release_on: date | None, now: datetime
) -> CustodySpell:
    """Change the expected release, or remove it. A release that is near is signalled at once."""
    spell = found(session.get(CustodySpell, spell_id), "time in prison")
    return change(
        session,
        actor,
        spell_id,
        kind=spell.kind,
        prison=spell.prison,
        sentence_days=spell.sentence_days,
        release_on=release_on,
        now=now,
    )


def release(
    session: Session, actor: Actor, spell_id: uuid.UUID, *, on: date, now: datetime
) -> CustodySpell:
    """Record a release, today at the latest. Texts may go from now on.

    A person on warrant or unlawfully at large by then stays so. Raises Invalid for a future day or
    one before entry, Conflict if they are already released.
    """
    person, spell = _open(session, actor, spell_id, "release from custody", now)
    today = today_at(session, person.hub_id, now)
    problems = day_problems({"on": on}, today, past=("on",))
    if not problems and on < spell.since:
        problems["on"] = "They entered prison after that day"
    refuse(problems)
    write_release(session, person, spell, on, actor=actor.label, now=now)
    if person.custody_status in _STATUS.values():
        _set_status(session, actor, person, CustodyStatus.COMMUNITY, now)
    orders.update_legal_status(session, actor, person, today, now=now)
    return spell


def write_release(
    session: Session, person: Person, spell: CustodySpell, on: date, *, actor: str, now: datetime
) -> None:
    """End a period in prison. The caller has locked the person and made all checks."""
    spell.released_on = on
    session.flush()
    events.record_for_person(
        session, "custody.released", person, actor=actor, now=now, custody=spell.id, released_on=on
    )
    _resolve_release_soon(session, actor, person, _RELEASED, now)


def make_plan(
    session: Session,
    actor: Actor,
    spell_id: uuid.UUID,
    *,
    home: str,
    travel: str = "",
    health: str | None = None,
    note: str = "",
    now: datetime,
) -> ReleasePlan:
    """Save the release plan, in place of the earlier one.

    `health` needs health access; None leaves it unchanged. Raises Invalid without a home, Forbidden
    for health without that access, Conflict after release.
    """
    person, spell = _open(session, actor, spell_id, "make release plan", now)
    if health is not None and Ability.HEALTH not in abilities(actor, person):
        raise Forbidden("Your role does not include health information.")
    plan = spell.plan
    if plan is None:
        plan = ReleasePlan(custody_spell_id=spell.id, health="")
    plan.home = clean_text(
        "home", home, LONGEST_LINE, missing="Say where they will live", characters=Characters.PLAIN
    )
    plan.travel = clean_text("travel", travel, LONGEST_LINE, characters=Characters.PLAIN)
    plan.note = clean_text("note", note, LONGEST_NOTE, characters=Characters.PLAIN)
    if health is not None:
        plan.health = clean_text("health", health, LONGEST_LINE, characters=Characters.PLAIN)
    plan.made_by, plan.made_at = actor.label, now
    spell.plan = plan
    session.flush()
    events.record_for_person(
        session, "release_plan.made", person, actor=actor.label, now=now, custody=spell.id
    )
    return plan


def current(session: Session, person_id: uuid.UUID) -> CustodySpell | None:
    """The person's current period in prison, if any. The caller checks access."""
    return session.scalars(
        select(CustodySpell).where(
            CustodySpell.person_id == person_id, CustodySpell.released_on.is_(None)
        )
    ).one_or_none()


def of_person(session: Session, person_id: uuid.UUID, limit: int) -> Sequence[CustodySpell]:
    """A person's periods in prison, latest first. The caller checks access."""
    return session.scalars(
        select(CustodySpell)
        .where(CustodySpell.person_id == person_id)
        .order_by(CustodySpell.since.desc(), CustodySpell.id.desc())
        .limit(limit)
    ).all()


def release_cause(spell_id: uuid.UUID, release_on: date) -> str:
    """The cause of a `release_soon` signal: one for each expected day, whether raised by the sweep
    or by a change.
    """
    return f"{spell_id}:{release_on.isoformat()}"


def _problems(
    kind: CustodyKind,
    sentence_days: int | None,
    release_on: date | None,
    today: date,
    *,
    before: date | None = None,
) -> dict[str, str]:
    problems = day_problems({"release_on": release_on}, today, past=())
    if (
        "release_on" not in problems
        and release_on is not None
        and release_on < today
        and release_on != before
    ):
        problems["release_on"] = "This day has passed. If they have left prison, record the release"
    if kind is CustodyKind.REMAND and sentence_days is not None:
        problems["sentence_days"] = "Leave this out: on remand there is no sentence yet"
    elif sentence_days is not None and not 1 <= sentence_days <= LONGEST_SENTENCE_DAYS:
        problems["sentence_days"] = f"Give the length in days, from 1 to {LONGEST_SENTENCE_DAYS}"
    return problems


def _open(
    session: Session, actor: Actor, spell_id: uuid.UUID, what: str, now: datetime
) -> tuple[Person, CustodySpell]:
    spell = found(session.get(CustodySpell, spell_id), "time in prison")
    person = to_change(session, actor, spell.person_id, now=now, what=what)
    session.refresh(spell)
    if spell.released_on is not None:
        raise Conflict(_RELEASED, code="released")
    return person, spell


def _set_status(
    session: Session, actor: Actor, person: Person, status: CustodyStatus, now: datetime
) -> None:
    if person.custody_status is not status:
        update_person(session, actor, person.id, {"custody_status": status}, now=now)


def _signal_release_soon(
    session: Session, person: Person, spell: CustodySpell, today: date, now: datetime
) -> None:
    """Signal a release within the sweep's horizon now, not tonight."""
    days = hub_rules(session.get_one(Hub, person.hub_id)).release_days
    if (
        spell.release_on is None
        or not rules.plan_due(spell.release_on, days) <= today <= spell.release_on
    ):
        return
    signals.raise_signal(
        session,
        SignalKind.RELEASE_SOON,
        person_id=person.id,
        hub_id=person.hub_id,
        cause=release_cause(spell.id, spell.release_on),
        why=f"They leave prison within {days} days.",
        evidence=[Evidence("custody_spell", str(spell.id))],
        now=now,
    )


def _resolve_release_soon(
    session: Session, actor: str, person: Person, how: str, now: datetime
) -> None:
    signals.resolve_cause(
        session, SignalKind.RELEASE_SOON, person_id=person.id, how=how, actor=actor, now=now
    )
