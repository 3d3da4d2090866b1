"""A worker takes over a conversation: until they hand it back, Engage stores what the person texts
and leaves the answers to them.

Danger is still looked for, STOP, START and a wrong number still work, and reminders are still sent.
Nothing else is recorded or answered. A takeover ends by itself if the worker stops writing, so that
nobody is forgotten. Taking over and handling a text both lock the person's row: a text comes
completely before a takeover or completely after it.
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

BATCH = 100


def current(session: Session, person_id: uuid.UUID, now: datetime) -> Takeover | None:
    """The takeover of a person's conversation at `now`, if there is one."""
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
    """Take over the conversation for the hub's time-out. If the worker has it already, the time
    starts again.

    `over` is the id of a colleague's takeover that the worker was warned about; without it theirs
    continues. A system names the worker by `staff_email`. Raises Conflict (`conversation_taken`) if
    a colleague has the conversation, and Invalid for a worker who may not write to the person.
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
    staff_id = _staff_id(session, actor, person, staff_email)
    return take_over_person(session, actor, person, staff_id, now=now, over=over)


def take_over_person(
    session: Session,
    actor: Actor,
    person: Person,
    staff_id: uuid.UUID,
    *,
    now: datetime,
    over: uuid.UUID | None = None,
) -> Takeover:
    """As `take_over`, for a caller that has opened the person and locked the row."""
    rules = hub_rules(session.get_one(Hub, person.hub_id))
    until = now + timedelta(minutes=rules.conversation_timeout_minutes)
    _end_timed_out(session, person.id, now)
    existing = current(session, person.id, now)
    if existing is not None and existing.staff_id == staff_id:
        existing.until = max(existing.until, until)
        session.flush()
        return existing
    if existing is not None:
        if existing.id != over:
            raise Conflict(
                f"{existing.staff.name} has the conversation. Take it over from them first, or"
                " leave it to them.",
                code="conversation_taken",
            )
        _end(session, existing, TakeoverEnd.TAKEN_BY_ANOTHER, now, actor.label, person.hub_id)
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
        over=existing.id if existing is not None else None,
    )
    return taken


def hand_back(session: Session, actor: Actor, person_id: uuid.UUID, *, now: datetime) -> None:
    """End a takeover: Engage handles texts again from the next one on. Without a takeover nothing
    changes.

    Raises Conflict if a colleague has the conversation. A system may hand back for any worker.
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
    _end_timed_out(session, person.id, now)
    takeover = current(session, person.id, now)
    if takeover is None:
        return
    if actor.kind is ActorKind.STAFF and takeover.staff_id != actor.id:
        raise Conflict(
            f"{takeover.staff.name} has the conversation. Take it over from them first.",
            code="conversation_taken",
        )
    _end(session, takeover, TakeoverEnd.HANDED_BACK, now, actor.label, person.hub_id)


def leave_to_worker(context: ReplyContext, owner: PhoneOwner) -> Handled | None:
    """Leave a text to the worker who has the conversation, if there is one.

    "Not my phone" in answer to a number check still works.
    """
    takeover = current(context.session, owner.person.id, context.now)
    if takeover is None:
        return None
    if (
        owner in number_check.pending(context.session, [owner])
        and read_check(context.body) is False
    ):
        return stop.mark_wrong_number(context, [owner])
    _notify_worker(context, takeover)
    check_ins.mark_left_to_worker(context.session, owner.person.id, at=context.received_at)
    return Handled(
        f"{takeover.staff.first_name} has the conversation and will answer",
        needs_human=True,
        person_id=owner.person.id,
        acted=False,
    )


def leave_shared_to_worker(context: ReplyContext, owners: Sequence[PhoneOwner]) -> Handled | None:
    """Leave a text from a shared phone to a coordinator if a worker has the conversation with one
    of its owners. Nothing is asked or answered.
    """
    takeover = _current(context.session, [owner.person.id for owner in owners], context.now)
    if takeover is None:
        return None
    return Handled(
        "A worker has the conversation with somebody on this phone; for a coordinator to read",
        needs_human=True,
        acted=False,
    )


def end_overdue(session: Session, *, now: datetime) -> int:
    """End takeovers whose time has run out. Returns how many. Locked rows are left for the next
    time.
    """
    overdue = session.execute(
        select(Takeover, Person.hub_id)
        .join(Person, Person.id == Takeover.person_id)
        .where(Takeover.ended_at.is_(None), Takeover.until <= now)
        .order_by(Takeover.until)
        .limit(BATCH)
        .with_for_update(of=[Takeover, Person], skip_locked=True, key_share=True)
    ).all()
    for takeover, hub_id in overdue:
        _end(session, takeover, TakeoverEnd.TIMED_OUT, takeover.until, "system", hub_id, now)
    return len(overdue)


def end_without_access(
    session: Session, person_id: uuid.UUID, *, actor: Actor, now: datetime
) -> None:
    """End a takeover whose worker may no longer write to the person. The caller has locked the
    person's row.
    """
    takeover = current(session, person_id, now)
    if takeover is None:
        return
    person = session.get_one(Person, person_id)
    if not _may_converse(session, takeover.staff, person):
        _end(session, takeover, TakeoverEnd.HANDED_BACK, now, actor.label, person.hub_id)


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


def _end_timed_out(session: Session, person_id: uuid.UUID, now: datetime) -> None:
    """End a takeover whose time has run out before a sweep does."""
    row = session.execute(
        select(Takeover, Person.hub_id)
        .join(Person, Person.id == Takeover.person_id)
        .where(
            Takeover.person_id == person_id,
            Takeover.ended_at.is_(None),
            Takeover.until <= now,
        )
    ).one_or_none()
    if row is not None:
        takeover, hub_id = row
        _end(session, takeover, TakeoverEnd.TIMED_OUT, takeover.until, "system", hub_id, now)


def _end(
    session: Session,
    takeover: Takeover,
    how: TakeoverEnd,
    at: datetime,
    actor: str,
    hub_id: uuid.UUID,
    now: datetime | None = None,
) -> None:
    takeover.ended_at, takeover.how = at, how
    session.flush()
    events.record(
        session,
        f"conversation.{how.value}",
        now=now or at,
        actor=actor,
        person_id=takeover.person_id,
        hub_id=hub_id,
        hold=takeover.id,
        staff=takeover.staff_id,
    )


def _staff_id(session: Session, actor: Actor, person: Person, email: str | None) -> uuid.UUID:
    """Who takes over: the actor, or the worker that a system names. Raises Invalid."""
    if actor.kind is ActorKind.STAFF and actor.id is not None:
        return actor.id
    staff = find_staff(session, email) if email else None
    if staff is None or not _may_converse(session, staff, person):
        raise Invalid(
            fields={"staff": "Give the address of a member of staff who may write to this person."}
        )
    return staff.id


def _may_converse(session: Session, staff: Staff, person: Person) -> bool:
    actor = staff_actor(staff)
    visible = session.scalar(select(Person.id).where(Person.id == person.id, visible_to(actor)))
    return (
        visible is not None
        and Ability.CONVERSE in abilities(actor, person)
        and may_change(actor, person)
    )


def _notify_worker(context: ReplyContext, takeover: Takeover) -> None:
    """Send the worker one notice for all that the person texts after each text of theirs."""
    about = f"conversation:{takeover.id}:{takeover.until:%m%d%H%M%S}"
    staff_notices.notify_worker(context.session, takeover.staff, about=about, now=context.now)
