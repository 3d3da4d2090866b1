"""A worker takes a conversation over: while they have it, Engage keeps what the person texts and
leaves the answer to them.

Danger is still looked for, STOP, START and a wrong number still act, and reminders still go;
nothing else is recorded or answered. A conversation that nobody writes in comes back by itself, so
that no person is forgotten by everybody. Taking over and reading a text hold the person's row: a
text comes wholly before a worker or wholly after.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from engage.access.policy import (
    Ability,
    Actor,
    ActorKind,
    abilities,
    may_change,
    open_person,
    staff_actor,
    visible_to,
)
from engage.agencies import staff_notices
from engage.agencies.hub_settings import hub_rules
from engage.agencies.model import Hub, Staff
from engage.agencies.service import find_staff
from engage.conversation.context import Handled, ReplyContext
from engage.conversation.handlers import number_check, stop
from engage.conversation.model import Takeover, TakeoverEnd
from engage.conversation.phone_owner import PhoneOwner
from engage.core import events
from engage.core.errors import Conflict, Invalid
from engage.people.model import Person
from engage.progress.check_ins import service as check_ins
from engage.understanding.choices import read_check

AT_ONCE = 100


def current(session: Session, person_id: uuid.UUID, now: datetime) -> Takeover | None:
    """Who has the conversation with a person now, if anybody has."""
    return _current(session, [person_id], now)


def take_over(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    *,
    now: datetime,
    over: uuid.UUID | None = None,
    staff_email: str | None = None,
) -> Takeover:
    """Take the conversation over for the hub's time-out; taken over again by the same worker it
    lasts from now.

    `over` is the id of somebody else's hold that the worker was warned of: without it theirs
    stands. A system says by `staff_email` who has the conversation. Raises Conflict
    (`conversation_taken`) when somebody else has it, Invalid for a worker who may not write to the
    person.
    """
    person = open_person(
        session,
        actor,
        person_id,
        now=now,
        what="take conversation over",
        ability=Ability.CONVERSE,
        change=True,
        lock=True,
    )
    return hold(
        session, actor, person, _worker(session, actor, person, staff_email), now=now, over=over
    )


def hold(
    session: Session,
    actor: Actor,
    person: Person,
    staff_id: uuid.UUID,
    *,
    now: datetime,
    over: uuid.UUID | None = None,
) -> Takeover:
    """As `take_over`, for whoever has opened the person and holds the row."""
    until = now + timedelta(
        minutes=hub_rules(session.get_one(Hub, person.hub_id)).conversation_timeout_minutes
    )
    _end_if_over(session, person.id, now)
    standing = current(session, person.id, now)
    if standing is not None and standing.staff_id == staff_id:
        standing.until = max(standing.until, until)
        session.flush()
        return standing
    if standing is not None:
        if standing.id != over:
            raise Conflict(
                f"{standing.staff.name} has the conversation. Take it over from them first, or leave it to them.",
                code="conversation_taken",
            )
        _end(session, standing, TakeoverEnd.TAKEN_BY_ANOTHER, now, actor.label, person.hub_id)
    taken = Takeover(
        person_id=person.id, staff=session.get_one(Staff, staff_id), since=now, until=until
    )
    session.add(taken)
    session.flush()
    events.record_for_person(
        session,
        "conversation.taken_over",
        person,
        now=now,
        actor=actor.label,
        hold=taken.id,
        staff=staff_id,
        until=until,
        over=standing.id if standing is not None else None,
    )
    return taken


def hand_back(session: Session, actor: Actor, person_id: uuid.UUID, *, now: datetime) -> None:
    """Engage reads and answers again from the next text on. When nobody has the conversation
    nothing changes.

    Raises Conflict when another worker has it; a system may hand back for the worker whom it named.
    """
    person = open_person(
        session,
        actor,
        person_id,
        now=now,
        what="hand conversation back",
        ability=Ability.CONVERSE,
        change=True,
        lock=True,
    )
    _end_if_over(session, person.id, now)
    standing = current(session, person.id, now)
    if standing is None:
        return
    if actor.kind is ActorKind.STAFF and standing.staff_id != actor.id:
        raise Conflict(
            f"{standing.staff.name} has the conversation. Take it over from them first.",
            code="conversation_taken",
        )
    _end(session, standing, TakeoverEnd.HANDED_BACK, now, actor.label, person.hub_id)


def leave_to_worker(context: ReplyContext, owner: PhoneOwner) -> Handled | None:
    """What becomes of a person's text while a worker has the conversation: they read it, and
    nothing else is done; None when nobody has.

    "Not my phone" in answer to the check of the number acts all the same.
    """
    standing = current(context.session, owner.person.id, context.now)
    if standing is None:
        return None
    if (
        owner in number_check.pending(context.session, [owner])
        and read_check(context.body) is False
    ):
        return stop.wrong_number(context, [owner])
    _tell(context, standing)
    check_ins.mark_left_to_worker(context.session, owner.person.id, at=context.received_at)
    return Handled(
        f"{standing.staff.first_name} has the conversation: for them to answer",
        needs_human=True,
        person_id=owner.person.id,
        acted=False,
    )


def leave_shared_to_worker(context: ReplyContext, owners: Sequence[PhoneOwner]) -> Handled | None:
    """The same for a phone that several people have: when a worker has the conversation with one of
    them, nothing is asked or answered.
    """
    standing = _current(context.session, [owner.person.id for owner in owners], context.now)
    if standing is None:
        return None
    return Handled(
        "A worker has the conversation with somebody on this phone: for a coordinator to read",
        needs_human=True,
        acted=False,
    )


def end_overdue(session: Session, *, now: datetime) -> int:
    """Give back what ran out of time; returns how many. A row that somebody is at is left for the
    next time.
    """
    over = session.execute(
        select(Takeover, Person.hub_id)
        .join(Person, Person.id == Takeover.person_id)
        .where(Takeover.ended_at.is_(None), Takeover.until <= now)
        .order_by(Takeover.until)
        .limit(AT_ONCE)
        .with_for_update(of=[Takeover, Person], skip_locked=True, key_share=True)
    ).all()
    for one, hub_id in over:
        _end(session, one, TakeoverEnd.TIMED_OUT, one.until, "system", hub_id, now)
    return len(over)


def end_unseen(session: Session, person_id: uuid.UUID, *, actor: Actor, now: datetime) -> None:
    """Give the conversation back where whoever has it may not write to the person any more. The
    caller holds the person's row.
    """
    standing = current(session, person_id, now)
    if standing is None:
        return
    person = session.get_one(Person, person_id)
    if not _may_converse(session, standing.staff, person):
        _end(session, standing, TakeoverEnd.HANDED_BACK, now, actor.label, person.hub_id)


_CURRENT = (
    select(Takeover)
    .where(
        Takeover.person_id.in_(bindparam("people", expanding=True)),
        Takeover.ended_at.is_(None),
        Takeover.until > bindparam("now"),
    )
    .order_by(Takeover.since)
    .limit(1)
    .execution_options(populate_existing=True)
)


def _current(session: Session, people: Sequence[uuid.UUID], now: datetime) -> Takeover | None:
    return session.scalars(_CURRENT, {"people": list(people), "now": now}).one_or_none()


def _end_if_over(session: Session, person_id: uuid.UUID, now: datetime) -> None:
    """One that ran out and that no sweep has seen yet makes room."""
    over = session.execute(
        select(Takeover, Person.hub_id)
        .join(Person, Person.id == Takeover.person_id)
        .where(
            Takeover.person_id == person_id,
            Takeover.ended_at.is_(None),
            Takeover.until <= now,
        )
    ).one_or_none()
    if over is not None:
        _end(session, over[0], TakeoverEnd.TIMED_OUT, over[0].until, "system", over[1], now)


def _end(
    session: Session,
    standing: Takeover,
    how: TakeoverEnd,
    at: datetime,
    actor: str,
    hub_id: uuid.UUID,
    now: datetime | None = None,
) -> None:
    standing.ended_at, standing.how = at, how
    session.flush()
    events.record(
        session,
        f"conversation.{how.value}",
        now=now or at,
        actor=actor,
        person_id=standing.person_id,
        hub_id=hub_id,
        hold=standing.id,
        staff=standing.staff_id,
    )


def _worker(session: Session, actor: Actor, person: Person, email: str | None) -> uuid.UUID:
    """Who has the conversation from now on: the actor, or the member of staff whom a system names."""
    if actor.kind is ActorKind.STAFF and actor.id is not None:
        return actor.id
    found = find_staff(session, email) if email else None
    if found is None or not _may_converse(session, found, person):
        raise Invalid(
            fields={"staff": "Give the address of a member of staff who may write to this person."}
        )
    return found.id


def _may_converse(session: Session, staff: Staff, person: Person) -> bool:
    who = staff_actor(staff)
    seen = session.scalar(select(Person.id).where(Person.id == person.id, visible_to(who)))
    return (
        seen is not None and Ability.CONVERSE in abilities(who, person) and may_change(who, person)
    )


def _tell(context: ReplyContext, standing: Takeover) -> None:
    """One notice for each of the worker's texts: what the person sends after it, in however many
    pieces, is one item.
    """
    about = f"conversation:{standing.id}:{standing.until:%m%d%H%M%S}"
    staff_notices.notify_worker(context.session, standing.staff, about=about, now=context.now)
