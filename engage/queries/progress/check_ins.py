"""Check-ins as staff see them: the schedule, the answers in the person's own words, and what was
not answered.

Silence is shown as silence and nothing more: a text that is not known to have arrived is never
shown as unanswered.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access import health_redaction, scope
from engage.access.policy import Ability, Actor
from engage.agencies.model import Staff
from engage.people.model import Person
from engage.progress.check_ins import rules, service
from engage.progress.check_ins.model import CheckIn, CheckInPlan, CheckInState, HelpSaid
from engage.queries import actor_names
from messaging.tables import Inbound

SHOWN = 5
UNANSWERED_SHOWN_FOR = timedelta(days=7)
"""How long an unanswered check-in is shown on Today [ours]."""
UNANSWERED_SHOWN = 20


@dataclass(frozen=True)
class CheckInView:
    """One check-in. `words` are those beside the number, empty if there were none or they are
    erased. `earlier` are the earlier answers.
    """

    id: uuid.UUID
    due_on: date
    due_at: datetime
    state: CheckInState
    asked_at: datetime | None
    closes_at: datetime | None
    nudged: bool
    value: int | None
    words: str
    answered_at: datetime | None
    earlier: tuple[int, ...]
    call: HelpSaid | None
    reasons: tuple[str, ...]
    inbound_id: int | None


@dataclass(frozen=True)
class CheckIns:
    """A person's schedule, None if it was never set, and their latest check-ins, newest first."""

    plan: CheckInPlan | None
    rounds: tuple[CheckInView, ...]


@dataclass(frozen=True)
class Unanswered:
    """A check-in that reached the phone and was not answered. This is not a breach. `manager` as in
    actor_names.other_manager.
    """

    person_id: uuid.UUID
    person_name: str
    manager: str | None
    due_on: date


def of_person(session: Session, person_id: uuid.UUID, *, health: bool) -> CheckIns:
    """What a person's page shows. The caller has opened the person for an actor who may read their
    texts; health matters only with `health`.
    """
    rows = session.scalars(
        select(CheckIn)
        .where(CheckIn.person_id == person_id)
        .order_by(CheckIn.due_on.desc())
        .limit(SHOWN)
    ).all()
    return CheckIns(session.get(CheckInPlan, person_id), views(session, rows, health=health))


def listed(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    *,
    before: date | None,
    limit: int,
    now: datetime,
) -> tuple[CheckInView, ...]:
    """A page of a person's check-ins, newest first. The access is logged. Raises NotFound or
    Forbidden.
    """
    rows = service.read_check_ins(session, actor, person_id, before=before, limit=limit, now=now)
    health = health_redaction.sees_health(actor, session.get_one(Person, person_id))
    return views(session, rows, health=health)


def views(session: Session, rows: Sequence[CheckIn], *, health: bool) -> tuple[CheckInView, ...]:
    """Check-ins with the words of their answers. Words about health only with `health`."""
    inbound_ids = {one.answer.inbound_id for one in rows if one.answer is not None}
    found = (
        session.execute(
            select(Inbound.id, Inbound.body, health_redaction.is_about_health()).where(
                Inbound.id.in_(inbound_ids)
            )
        ).all()
        if inbound_ids
        else ()
    )
    words = {
        id: health_redaction.NOT_SHOWN if delicate and not health else rules.extra_words(body)
        for id, body, delicate in found
    }
    return tuple(_view(one, words) for one in rows)


def unanswered(session: Session, actor: Actor, *, now: datetime) -> tuple[Unanswered, ...]:
    """Unanswered check-ins of the last days, latest first, of people whose texts the actor may
    read.
    """
    rows = session.execute(
        select(CheckIn.due_on, Person, Staff.name)
        .join(Person, Person.id == CheckIn.person_id)
        .join(Staff, Staff.id == Person.offender_manager_id)
        .where(
            CheckIn.state == CheckInState.UNANSWERED,
            CheckIn.closes_at > now - UNANSWERED_SHOWN_FOR,
            scope.people(actor, Ability.CONVERSE),
        )
        .order_by(CheckIn.closes_at.desc(), CheckIn.id)
        .limit(UNANSWERED_SHOWN)
    )
    return tuple(
        Unanswered(
            person.id, person.name, actor_names.other_manager(actor, person, manager), due_on
        )
        for due_on, person, manager in rows
    )


def _view(one: CheckIn, words: Mapping[int, str]) -> CheckInView:
    answer = one.answer
    return CheckInView(
        id=one.id,
        due_on=one.due_on,
        due_at=one.due_at,
        state=one.state,
        asked_at=one.asked_at,
        closes_at=one.closes_at,
        nudged=one.nudge_id is not None,
        value=None if answer is None else answer.value,
        words="" if answer is None else words.get(answer.inbound_id, ""),
        answered_at=None if answer is None else answer.said_at,
        earlier=tuple(given.value for given in one.answers[:-1]),
        call=one.help_said,
        reasons=tuple(reason["words"] for reason in one.reasons),
        inbound_id=None if answer is None else answer.inbound_id,
    )
