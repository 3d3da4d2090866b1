"""Finding what people have reached: kept once, told once to whoever works with them, praised by one
text where rule 1 allows it.

Done again, or by two at once, it finds nothing twice. What praise says is the same whatever was
reached: a stranger who reads it learns that somebody did well, and no more.
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
from engage.cohort.milestones.facts import facts
from engage.cohort.milestones.rules import MilestoneFacts, Reached
from engage.cohort.model import Enrolment, Milestone
from engage.core import events
from engage.core.db import new_id
from engage.people import contactability, unprompted
from engage.people.contactability import Contactability
from engage.people.model import Person
from engage.signals import Evidence, SignalKind
from engage.texts import Purpose, TextKind, TextValueError

log = structlog.get_logger(__name__)

AT_ONCE = 500
EVIDENCE = "milestone"
LONGEST_WHY = 200
TOO_LATE = "It was found too late to be praised"
UNWRITABLE = "The text could not be written"


def award(session: Session, people: Collection[uuid.UUID], *, now: datetime) -> int:
    """Find what those of `people` who are on the cohort have reached; how many things were found.
    People with news are held by their rows.
    """
    known = facts(session, people, now=now)
    fresh = {id: found for id, one in known.items() if (found := rules.newly_reached(one))}
    if not fresh:
        return 0
    session.execute(
        select(Person.id)
        .where(Person.id.in_(fresh))
        .order_by(Person.id)
        .with_for_update(key_share=True)
    )
    reaches = _reaches(session, list(fresh), now)
    kept = _keep(session, {id: fresh[id] for id in reaches}, known, reaches, now)
    for id, ones in kept.items():
        in_time = [
            (one_id, one) for one_id, one in ones if rules.praise_in_time(one, known[id].today)
        ]
        if in_time:
            _praise(session, reaches[id], in_time, now)
            _tell(session, reaches[id].person, in_time, now)
    return sum(len(ones) for ones in kept.values())


def award_between(session: Session, *, after: uuid.UUID, upto: uuid.UUID, now: datetime) -> int:
    """The same for everybody on the cohort with an id in (after, upto]: a chunk of the nightly
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
        award(session, ids[start : start + AT_ONCE], now=now)
        for start in range(0, len(ids), AT_ONCE)
    )


def count_reached(session: Session, person_id: uuid.UUID) -> int:
    """How many things the person has ever reached, whatever they are: a number that may be told by
    text.
    """
    reached = select(func.count()).select_from(Milestone).where(Milestone.person_id == person_id)
    return session.scalar(reached) or 0


def _reaches(
    session: Session, people: Sequence[uuid.UUID], now: datetime
) -> Mapping[uuid.UUID, Contactability]:
    """The reach of all at once; where a hub's settings make no sense, of everybody else. What those
    have reached is found another night.
    """
    try:
        return contactability.contactability_of(session, people, now)
    except (ValueError, KeyError):
        found: dict[uuid.UUID, Contactability] = {}
    for id in people:
        try:
            found.update(contactability.contactability_of(session, [id], now))
        except (ValueError, KeyError) as problem:
            log.error("milestones.no_reach", person=str(id), problem=type(problem).__name__)
    return found


def _keep(
    session: Session,
    fresh: Mapping[uuid.UUID, Sequence[Reached]],
    known: Mapping[uuid.UUID, MilestoneFacts],
    reaches: Mapping[uuid.UUID, Contactability],
    now: datetime,
) -> dict[uuid.UUID, list[tuple[uuid.UUID, Reached]]]:
    """Keep what is new, in the transaction of the caller; another who found it meanwhile has kept
    and praised it.
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
            "not_praised": None if rules.praise_in_time(one, known[id].today) else TOO_LATE,
        }
        for id, found in fresh.items()
        for one in found
    ]
    if not rows:
        return {}
    statement = insert(Milestone).on_conflict_do_nothing().returning(Milestone.id)
    mine = set(session.scalars(statement, rows))
    kept: dict[uuid.UUID, list[tuple[uuid.UUID, Reached]]] = defaultdict(list)
    for row in rows:
        if row["id"] not in mine:
            continue
        id, person = row["id"], reaches[row["person_id"]].person
        reached = Reached(row["kind"], row["step"], row["counted_from"], row["reached_on"])
        kept[person.id].append((id, reached))
        events.record_for_person(
            session, "milestone.reached", person, now=now, actor="system", milestone=id
        )
    session.flush()
    return kept


def _praise(
    session: Session,
    reach: Contactability,
    kept: Sequence[tuple[uuid.UUID, Reached]],
    now: datetime,
) -> None:
    """One text for all that was found at once."""
    ids = [id for id, _ in kept]
    try:
        body = _words(reach.person, [one for _, one in kept])
    except TextValueError:
        log.error("milestones.unwritable", person=str(reach.person.id))
        _note(session, ids, None, UNWRITABLE)
        return
    queued = unprompted.queue(
        session, reach, unprompted.UnpromptedText(body, Purpose.PRAISE, ids[0]), now=now
    )
    _note(session, ids, queued.message.id if queued.message is not None else None, queued.why_not)


def _words(person: Person, reached: Sequence[Reached]) -> str:
    named = {
        "first": texts.shorten_first_name(person.first_name, person.preferred_name),
        "worker": person.offender_manager.first_name,
    }
    weeks = rules.weeks_to_praise(reached)
    if weeks is None:
        return texts.render(TextKind.PRAISE_STEP, person.language, **named)
    return texts.render(TextKind.PRAISE, person.language, n=weeks, **named)


def _note(
    session: Session, ids: Sequence[uuid.UUID], praise_id: uuid.UUID | None, why_not: str | None
) -> None:
    session.execute(
        update(Milestone)
        .where(Milestone.id.in_(ids))
        .values(praise_id=praise_id, not_praised=None if why_not is None else why_not[:LONGEST_WHY])
    )


def _tell(
    session: Session, person: Person, kept: Sequence[tuple[uuid.UUID, Reached]], now: datetime
) -> None:
    """Whoever works with them is told what it is, but for matters of health, of which only that
    there is something.
    """
    named = [
        rules.description(one.kind, one.step) for _, one in kept if one.kind not in rules.HEALTH
    ]
    signals.raise_signal(
        session,
        SignalKind.MILESTONE,
        person_id=person.id,
        hub_id=person.hub_id,
        cause=f"{EVIDENCE}:{kept[0][0]}",
        why=f"{'; '.join(named)}."
        if named
        else "They have done something well. It stands on their plan.",
        evidence=[*(Evidence(EVIDENCE, str(id)) for id, _ in kept), Evidence("rule", "16")],
        now=now,
    )
