"""What staff do in a conversation: write to the person, mark a reply as read, say whose an unknown
number is.

A text by staff obeys rule 1 like every other, and the linter's warning can be overruled by whoever
writes, never silently.
"""

import unicodedata
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from engage import signals, texts
from engage.access.policy import (
    Ability,
    Actor,
    ActorKind,
    abilities,
    open_person,
    visible_to,
)
from engage.agencies.model import Role
from engage.conversation import takeover
from engage.conversation.model import ReplyRecord
from engage.conversation.phone_owner import lock_number
from engage.conversation.safety.alerts import (
    CHANNEL,
    PAUSED_FOR,
    SIGNALS,
    reading_item,
)
from engage.conversation.signals import raise_signal
from engage.core import events
from engage.core.db import new_id, wake
from engage.core.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
)
from engage.people import contactability, phones
from engage.people.model import ContactPoint, NumberState, Person
from engage.people.pause import pause
from engage.people.rules import PAUSED
from engage.signals import Evidence, SignalKind, SignalState
from engage.texts import Purpose
from engage.understanding.vocabulary import Intent
from messaging import outbox
from messaging.tables import Message
from messaging.text import plain

LONGEST = 612
"""Four segments of GSM-7."""
LIFE = timedelta(hours=12)


def send_text(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    body: str,
    *,
    now: datetime,
    anyway: bool = False,
    key: str | None = None,
    over: uuid.UUID | None = None,
) -> Message:
    """Write to the person in the worker's own words (1 to 612 characters); the same `key` again is
    the same text.

    A worker who writes has the conversation from then on (holds.py); `over` is somebody else's hold
    that they were warned of. Raises Invalid for the words (unless `anyway`, which overrules the
    discreet-word warning only), Conflict with every reason of rule 1 that stands against a text
    now, or when somebody else has the conversation. The offender manager's own text needs no
    standing approval.
    """
    person = open_person(
        session,
        actor,
        person_id,
        now=now,
        what="send text",
        ability=Ability.CONVERSE,
        change=True,
        lock=True,
    )
    words = _checked(body, person, anyway)
    reach = contactability.contactability_of(session, [person.id], now)[person.id]
    own_word = actor.kind is ActorKind.STAFF and actor.id == person.offender_manager_id
    spared = {PAUSED.code, "not_approved"} if own_word else {PAUSED.code}
    against = [reason.words for reason in reach.verdict.reasons if reason.code not in spared]
    if against or reach.number is None:
        raise Conflict(
            f"No text may go to this person now: {'; '.join(against)}.", code="may_not_text"
        )
    if actor.kind is ActorKind.STAFF and actor.id is not None:
        takeover.hold(session, actor, person, actor.id, now=now, over=over)
    message = outbox.enqueue(
        session,
        outbox.Text(
            to=reach.number,
            body=words,
            lane=outbox.Lane.REPLY,
            dedupe_key=f"staff:{person.id}:{key or new_id()}"[:200],
            recipient=str(person.id),
            expires_at=now + LIFE,
            context={
                "purpose": Purpose.STAFF,
                "texts": "staff",
                "person": str(person.id),
                "by": actor.label,
            },
            route=reach.hub.route,
            redact=reach.hub.redact_after_delivery,
        ),
        now=now,
    )
    events.record_for_person(
        session,
        "text.written",
        person,
        now=now,
        actor=actor.label,
        message=message.id,
        overruled=anyway,
    )
    signals.resolve_cause(
        session,
        SignalKind.REPLY_UNREAD,
        person_id=person.id,
        how="A worker wrote to them.",
        actor=actor.label,
        now=now,
    )
    return message


def _checked(body: str, person: Person, anyway: bool) -> str:
    if any(unicodedata.category(one) in ("Cs", "Cc") and one not in "\n\r\t" for one in body):
        raise Invalid(fields={"body": "The text holds a character that cannot be sent."})
    words = plain(body).strip()
    if not words:
        raise Invalid(fields={"body": "Write a text."})
    if len(words) > LONGEST:
        raise Invalid(
            fields={"body": f"The text must be {LONGEST} characters or fewer. It has {len(words)}."}
        )
    problems = [] if anyway else texts.lint(words, private=[person.last_name])
    if problems:
        found = "; ".join(f"“{problem.word}” {problem.why}" for problem in problems)
        raise Invalid(
            "A stranger could learn from these words what the texts are about.",
            fields={"body": f"Somebody else may read this: {found}. Change it, or send it anyway."},
        )
    return words


def mark_read(
    session: Session, actor: Actor, reading_id: uuid.UUID, *, now: datetime
) -> ReplyRecord:
    """Somebody has read a reply. Reading it twice changes nothing. A text that is nobody's is read
    by a coordinator or supervisor.
    """
    concerned = _concerned(session, actor, reading_id, now)
    reading = session.get_one(ReplyRecord, reading_id, with_for_update=True, populate_existing=True)
    if reading.read_at is not None:
        return reading
    reading.read_at, reading.read_by = now, actor.label
    session.flush()
    outbox.withdraw(session, now=now, reason=signals.TAKEN_UP, group_key=reading_item(reading.id))
    events.record(
        session,
        "reply.marked_read",
        now=now,
        actor=actor.label,
        person_id=reading.person_id,
        hub_id=concerned[0].hub_id if reading.person_id else None,
        reading=reading.id,
    )
    for person in concerned:
        if not _unread(session, person.id, reading.number if reading.person_id is None else None):
            signals.resolve_cause(
                session,
                SignalKind.REPLY_UNREAD,
                person_id=person.id,
                how="Every reply was read.",
                actor=actor.label,
                now=now,
            )
    return reading


def _concerned(
    session: Session, actor: Actor, reading_id: uuid.UUID, now: datetime
) -> Sequence[Person]:
    """Whom a reply concerns, if the actor may mark it as read. They are held in the order in which
    texts are handled: number, person, reading.
    """
    person_id, number = _whose(session, reading_id)
    if person_id is None:
        lock_number(session, number)
        person_id, _ = _whose(
            session, reading_id
        )  # somebody may have been found to own it meanwhile
    if person_id is not None:
        return [
            open_person(
                session,
                actor,
                person_id,
                now=now,
                what="mark reply read",
                ability=Ability.CONVERSE,
                change=True,
                lock=True,
            )
        ]
    on_it = [person.id for person, _ in phones.people_on(session, number)]
    found = session.scalars(
        select(Person)
        .where(Person.id.in_(on_it))
        .order_by(Person.id)
        .with_for_update(key_share=True)
    ).all()
    if not _may_see_unknown(actor) or (
        found and not any(_may_read(session, actor, one) for one in found)
    ):
        raise NotFound("There is no such reply, or you may not see it.")
    return found


def _whose(session: Session, reading_id: uuid.UUID) -> tuple[uuid.UUID | None, str]:
    row = session.execute(
        select(ReplyRecord.person_id, ReplyRecord.number).where(ReplyRecord.id == reading_id)
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such reply, or you may not see it.")
    return row.person_id, row.number


def read_before_acting(
    session: Session, actor: Actor, person_id: uuid.UUID, seen: Sequence[int], *, now: datetime
) -> None:
    """Mark as read those of the person's replies that the worker had in front of them when they
    answered or dealt with the signal.

    `seen` are ids of texts to us. What came since was not seen and stays unread; texts of others
    are left alone.
    """
    waiting = select(ReplyRecord.id).where(
        ReplyRecord.person_id == person_id,
        ReplyRecord.inbound_id.in_(seen),
        ReplyRecord.needs_human,
        ReplyRecord.read_at.is_(None),
    )
    for reading_id in session.scalars(waiting.order_by(ReplyRecord.id)).all():
        mark_read(session, actor, reading_id, now=now)


def _unread(session: Session, person_id: uuid.UUID, shared_number: str | None) -> bool:
    mine = ReplyRecord.person_id == person_id
    if shared_number is not None:
        mine |= ReplyRecord.person_id.is_(None) & (ReplyRecord.number == shared_number)
    waiting = (
        select(ReplyRecord.id)
        .where(mine, ReplyRecord.needs_human, ReplyRecord.read_at.is_(None))
        .limit(1)
    )
    return session.scalar(waiting) is not None


def claim_number(
    session: Session, actor: Actor, number: str, person_id: uuid.UUID, *, now: datetime
) -> int:
    """Say whose an unknown number is: it becomes the person's number and what it wrote moves to
    them; returns how many texts moved.

    Only what came after the last person with that number gave it up moves. For coordinators and
    supervisors, who read unknown numbers. Raises Forbidden for others, Conflict when somebody else
    has the number, NotFound when the number wrote nothing that is nobody's.
    """
    if not _may_see_unknown(actor):
        raise Forbidden("Only a coordinator or supervisor may say whose an unknown number is.")
    lock_number(session, number)
    person = open_person(
        session,
        actor,
        person_id,
        now=now,
        what="claim number",
        ability=Ability.MANAGE,
        change=True,
        lock=True,
    )
    if any(other.id != person.id for other, _ in phones.people_on(session, number)):
        raise Conflict("Somebody else has this number.", code="number_taken")
    since = _given_up(session, number, person.id)
    moving = session.scalars(
        select(ReplyRecord)
        .where(
            ReplyRecord.number == number, ReplyRecord.person_id.is_(None), ReplyRecord.at > since
        )
        .order_by(ReplyRecord.at, ReplyRecord.id)
        .with_for_update()
    ).all()
    if not moving:
        raise NotFound("This number has written nothing that is nobody's.")
    phones.set_number(session, actor, person.id, number, now=now)
    for reading in moving:
        reading.person_id = person.id
        outbox.withdraw(
            session, now=now, reason=signals.TAKEN_UP, group_key=reading_item(reading.id)
        )
    session.execute(
        update(Message)
        .where(Message.to_number == number, Message.recipient.is_(None), Message.created_at > since)
        .values(recipient=str(person.id))
        .execution_options(synchronize_session="fetch")
    )
    events.record_for_person(
        session, "number.claimed", person, now=now, actor=actor.label, readings=len(moving)
    )
    _tell_of_danger(session, person, moving, now)
    session.flush()
    return len(moving)


def _tell_of_danger(
    session: Session, person: Person, moved: Sequence[ReplyRecord], now: datetime
) -> None:
    """A text that told of danger while it was nobody's becomes the signal that it could not be
    then.
    """
    for reading in moved:
        kind = SIGNALS.get(Intent(reading.intent))
        if kind is not None and reading.read_at is None:
            raise_signal(
                session,
                kind,
                person,
                about="text",
                why="A text from a number that has now been found to be theirs tells of danger.",
                evidence=[Evidence("inbound", str(reading.inbound_id))],
                now=now,
                joins=(SignalState.OPEN,),
            )
            wake(session, CHANNEL)
        if kind is SignalKind.CRISIS and reading.read_at is None:
            pause(session, person, why=PAUSED_FOR, actor="system", now=now)


def _given_up(session: Session, number: str, by_other_than: uuid.UUID) -> datetime:
    """When the last other person with this number stopped having it."""
    last = session.scalar(
        select(func.max(ContactPoint.retired_at)).where(
            ContactPoint.number == number,
            ContactPoint.state == NumberState.RETIRED,
            ContactPoint.person_id != by_other_than,
        )
    )
    return last or datetime.min.replace(tzinfo=UTC)


def _may_read(session: Session, actor: Actor, person: Person) -> bool:
    seen = session.scalar(select(Person.id).where(Person.id == person.id, visible_to(actor)))
    return seen is not None and Ability.CONVERSE in abilities(actor, person)


def _may_see_unknown(actor: Actor) -> bool:
    return actor.kind is ActorKind.SYSTEM or actor.has(Role.COORDINATOR, Role.SUPERVISOR)
