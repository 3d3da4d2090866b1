"""Awarding milestones: each is recorded once, signalled once to the person's workers, and praised
by one text if rule 1 allows.

Repeating it, or running it twice at once, records nothing twice. The praise names what was reached.
A milestone that another reader of the phone should not learn of gets no text: the worker tells the
person.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from engage import signals, texts
from engage.cohort.milestones import rules
from engage.cohort.milestones.facts import gather
from engage.cohort.milestones.rules import MilestoneFacts, ReachedStep
from engage.cohort.model import Enrolment, Milestone
from engage.core import events
from engage.core.db import new_id
from engage.people import contactability, unprompted
from engage.people.contactability import Contactability
from engage.people.model import Person
from engage.signals import Evidence, SignalKind
from engage.texts import Purpose, TextKind, TextValueError

log = structlog.get_logger(__name__)

BATCH_SIZE = 500
EVIDENCE = "milestone"
LONGEST_WHY = 200
TOO_LATE_TO_PRAISE = "It was found too late for praise"
NOT_FOR_TEXTS = "A text may not say what was reached"
UNWRITABLE = "The text could not be written"


def award(session: Session, people: Collection[uuid.UUID], *, now: datetime) -> int:
    """Record what those of `people` who are on the cohort have reached. Returns the number of
    milestones.

    Locks the rows of people who have reached something.
    """
    known = gather(session, people, now=now)
    fresh = {id: found for id, one in known.items() if (found := rules.newly_reached(one))}
    if not fresh:
        return 0
    session.execute(
        select(Person.id)
        .where(Person.id.in_(fresh))
        .order_by(Person.id)
        .with_for_update(key_share=True)
    )
    contacts = _contactability(session, list(fresh), now)
    stored = _store(session, {id: fresh[id] for id in contacts}, known, contacts, now)
    for id, ones in stored.items():
        in_time = [
            (one_id, one) for one_id, one in ones if rules.praise_in_time(one, known[id].today)
        ]
        if in_time:
            _praise(session, contacts[id], in_time, now)
            _signal(session, contacts[id].person, in_time, now)
    return sum(len(ones) for ones in stored.values())


def award_between(session: Session, *, after: uuid.UUID, upto: uuid.UUID, now: datetime) -> int:
    """Do the same for everybody on the cohort with an id in (after, upto]: one chunk of the nightly
    sweep.
    """
    ids = session.scalars(
        select(Enrolment.person_id)
        .where(
            Enrolment.ended_on.is_(None), Enrolment.person_id > after, Enrolment.person_id <= upto
        )
        .order_by(Enrolment.person_id)
    ).all()
    return sum(
        award(session, ids[start : start + BATCH_SIZE], now=now)
        for start in range(0, len(ids), BATCH_SIZE)
    )


def count_reached(session: Session, person_id: uuid.UUID) -> int:
    """The number of milestones that a person has ever reached, of any kind: it may be
    sent by text.
    """
    reached = select(func.count()).select_from(Milestone).where(Milestone.person_id == person_id)
    return session.scalar(reached) or 0


def _contactability(
    session: Session, people: Sequence[uuid.UUID], now: datetime
) -> Mapping[uuid.UUID, Contactability]:
    """The contactability of all the people at once.

    If a hub's settings are invalid, its people are left out; their milestones are found on a later
    night.
    """
    try:
        return contactability.contactability_of(session, people, now)
    except (ValueError, KeyError):
        found: dict[uuid.UUID, Contactability] = {}
    for id in people:
        try:
            found.update(contactability.contactability_of(session, [id], now))
        except (ValueError, KeyError) as problem:
            log.error(
                "milestones.contactability_failed", person=str(id), problem=type(problem).__name__
            )
    return found


def _store(
    session: Session,
    fresh: Mapping[uuid.UUID, Sequence[ReachedStep]],
    known: Mapping[uuid.UUID, MilestoneFacts],
    contacts: Mapping[uuid.UUID, Contactability],
    now: datetime,
) -> dict[uuid.UUID, list[tuple[uuid.UUID, ReachedStep]]]:
    """Record the new milestones in the caller's transaction. One that another process has recorded
    meanwhile is left to it, with its praise.
    """
    rows: list[dict[str, Any]] = [
        {
            "id": new_id(),
            "person_id": id,
            "kind": one.kind,
            "step": one.step,
            "counted_from": one.counted_from,
            "reached_on": one.reached_on,
            "found_at": now,
            "not_praised": None
            if rules.praise_in_time(one, known[id].today)
            else TOO_LATE_TO_PRAISE,
        }
        for id, found in fresh.items()
        for one in found
    ]
    if not rows:
        return {}
    statement = insert(Milestone).on_conflict_do_nothing().returning(Milestone.id)
    mine = set(session.scalars(statement, rows))
    stored: dict[uuid.UUID, list[tuple[uuid.UUID, ReachedStep]]] = defaultdict(list)
    for row in rows:
        if row["id"] not in mine:
            continue
        id, person = row["id"], contacts[row["person_id"]].person
        reached = ReachedStep(row["kind"], row["step"], row["counted_from"], row["reached_on"])
        stored[person.id].append((id, reached))
        events.record_for_person(
            session, "milestone.reached", person, now=now, actor="system", milestone=id
        )
    session.flush()
    return stored


def _praise(
    session: Session,
    contact: Contactability,
    milestones: Sequence[tuple[uuid.UUID, ReachedStep]],
    now: datetime,
) -> None:
    """Queue one text for everything reached, if a text may say what it was."""
    ids = [id for id, _ in milestones]
    try:
        body = _praise_text(contact.person, [one for _, one in milestones])
    except TextValueError:
        log.error("milestones.unwritable", person=str(contact.person.id))
        _note_praise(session, ids, None, UNWRITABLE)
        return
    if body is None:
        _note_praise(session, ids, None, NOT_FOR_TEXTS)
        return
    queued = unprompted.queue(
        session, contact, unprompted.UnpromptedText(body, Purpose.PRAISE, ids[0]), now=now
    )
    _note_praise(
        session, ids, queued.message.id if queued.message is not None else None, queued.why_not
    )


def _praise_text(person: Person, reached: Sequence[ReachedStep]) -> str | None:
    """The praise for the weeks without an offence, else for the last step that a text may name.
    None if there is neither.
    """
    named = {
        "first": texts.shorten_first_name(person.first_name, person.preferred_name),
        "worker": person.offender_manager.first_name,
    }
    weeks = rules.weeks_to_praise(reached)
    if weeks is not None:
        return texts.render(TextKind.PRAISE, person.language, n=weeks, **named)
    words = [texts.step_reached(one.kind, one.step, person.language) for one in reached]
    step = next(filter(None, reversed(words)), None)
    if step is None:
        return None
    return texts.render(TextKind.PRAISE_STEP, person.language, step=step, **named)


def _note_praise(
    session: Session, ids: Sequence[uuid.UUID], praise_id: uuid.UUID | None, why_not: str | None
) -> None:
    session.execute(
        update(Milestone)
        .where(Milestone.id.in_(ids))
        .values(praise_id=praise_id, not_praised=None if why_not is None else why_not[:LONGEST_WHY])
    )


def _signal(
    session: Session,
    person: Person,
    milestones: Sequence[tuple[uuid.UUID, ReachedStep]],
    now: datetime,
) -> None:
    """Tell the person's workers what was reached. A health milestone is not named."""
    named = [
        rules.description(one.kind, one.step)
        for _, one in milestones
        if one.kind not in rules.HEALTH_KINDS
    ]
    signals.raise_signal(
        session,
        SignalKind.MILESTONE,
        person_id=person.id,
        hub_id=person.hub_id,
        cause=f"{EVIDENCE}:{milestones[0][0]}",
        why=f"{'; '.join(named)}." if named else "They have reached a milestone. See their plan.",
        evidence=[*(Evidence(EVIDENCE, str(id)) for id, _ in milestones), Evidence("rule", "16")],
        now=now,
    )
