"""What staff do in a conversation: write to the person, mark a reply as read, and claim an unknown
number for a person.

A text by staff obeys rule 1 like any other text. The author may overrule the warning about discreet
words, and this is recorded.
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
from engage.conversation.safety.alerts import CHANNEL, PAUSE_REASON, about, record_item
from engage.conversation.safety.responses import RESPONSES
from engage.conversation.signals import raise_signal
from engage.core import events
from engage.core.db import new_id, wake
from engage.core.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
)
from engage.people import phones
from engage.people.contactability import contactability_of
from engage.people.model import ContactPoint, NumberState, Person
from engage.people.pause import pause
from engage.people.rules import PAUSED
from engage.signals import Evidence, SignalKind, SignalState
from engage.texts import Purpose
from engage.understanding.language.normalise import normalise
from engage.understanding.safety.danger_kind import kinds_of_danger
from engage.understanding.vocabulary import Intent
from messaging import outbox
from messaging.tables import Inbound, Message
from messaging.text import plain

MAX_LENGTH = 612
"""Characters: four segments of GSM-7."""
TEXT_LIFE = timedelta(hours=12)


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
    """Write to the person in the worker's own words (1 to 612 characters). A `key` that was used
    before gives the same text.

    A worker who writes takes over the conversation (takeover.py); `over` is the id of a colleague's
    takeover that they were warned about. A text of the offender manager needs no standing approval.

    Raises Invalid for the words (`anyway` overrules only the warning about discreet words), and
    Conflict with every reason of rule 1 against a text now, or if a colleague has the conversation.
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
    words = _checked_words(body, person, anyway)
    contactability = contactability_of(session, [person.id], now)[person.id]
    is_manager = actor.kind is ActorKind.STAFF and actor.id == person.offender_manager_id
    ignored = {PAUSED.code, "not_approved"} if is_manager else {PAUSED.code}
    reasons = [
        reason.words for reason in contactability.verdict.reasons if reason.code not in ignored
    ]
    if reasons or contactability.number is None:
        raise Conflict(
            f"This person may not be texted now: {'; '.join(reasons)}.", code="may_not_text"
        )
    if actor.kind is ActorKind.STAFF and actor.id is not None:
        takeover.take_over_person(session, actor, person, actor.id, now=now, over=over)
    message = outbox.enqueue(
        session,
        outbox.Text(
            to=contactability.number,
            body=words,
            lane=outbox.Lane.REPLY,
            dedupe_key=f"staff:{person.id}:{key or new_id()}"[:200],
            recipient=str(person.id),
            expires_at=now + TEXT_LIFE,
            context={
                "purpose": Purpose.STAFF,
                "texts": "staff",
                "person": str(person.id),
                "by": actor.label,
            },
            route=contactability.hub.route,
            redact=contactability.hub.redact_after_delivery,
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


def _checked_words(body: str, person: Person, anyway: bool) -> str:
    if any(
        unicodedata.category(character) in ("Cs", "Cc") and character not in "\n\r\t"
        for character in body
    ):
        raise Invalid(fields={"body": "The text has a character that cannot be sent."})
    words = plain(body).strip()
    if not words:
        raise Invalid(fields={"body": "Enter a text."})
    if len(words) > MAX_LENGTH:
        raise Invalid(
            fields={
                "body": f"The text must be {MAX_LENGTH} characters or fewer. It has {len(words)}."
            }
        )
    problems = [] if anyway else texts.lint(words, private=[person.last_name])
    if problems:
        listed = "; ".join(f"“{problem.word}” {problem.why}" for problem in problems)
        raise Invalid(
            "These words could tell a stranger what the texts are about.",
            fields={
                "body": f"Somebody else may read this: {listed}. Change it, or send it anyway."
            },
        )
    return words


def mark_read(
    session: Session, actor: Actor, record_id: uuid.UUID, *, now: datetime
) -> ReplyRecord:
    """Mark a reply as read; twice changes nothing. Coordinators and supervisors read texts from
    unknown numbers. Raises NotFound or Forbidden.
    """
    people = _people_concerned(session, actor, record_id, now)
    record = session.get_one(ReplyRecord, record_id, with_for_update=True, populate_existing=True)
    if record.read_at is not None:
        return record
    record.read_at, record.read_by = now, actor.label
    session.flush()
    outbox.withdraw(session, now=now, reason=signals.TAKEN_UP, group_key=record_item(record.id))
    events.record(
        session,
        "reply.marked_read",
        now=now,
        actor=actor.label,
        person_id=record.person_id,
        hub_id=people[0].hub_id if record.person_id else None,
        reading=record.id,
    )
    unknown_number = record.number if record.person_id is None else None
    for person in people:
        if not _has_unread(session, person.id, unknown_number):
            signals.resolve_cause(
                session,
                SignalKind.REPLY_UNREAD,
                person_id=person.id,
                how="Every reply was read.",
                actor=actor.label,
                now=now,
            )
    return record


def _people_concerned(
    session: Session, actor: Actor, record_id: uuid.UUID, now: datetime
) -> Sequence[Person]:
    """The people that a reply concerns, if the actor may mark it as read. Their rows are locked, in
    the order in which texts are handled: number, person, record.
    """
    person_id, number = _owner_and_number(session, record_id)
    if person_id is None:
        lock_number(session, number)
        # The number may have been claimed meanwhile.
        person_id, _ = _owner_and_number(session, record_id)
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
    ids = [person.id for person, _ in phones.people_on(session, number)]
    people = session.scalars(
        select(Person).where(Person.id.in_(ids)).order_by(Person.id).with_for_update(key_share=True)
    ).all()
    may_read = not people or any(_may_read(session, actor, person) for person in people)
    if not _may_see_unknown(actor) or not may_read:
        raise NotFound("There is no such reply, or you may not see it.")
    return people


def _owner_and_number(session: Session, record_id: uuid.UUID) -> tuple[uuid.UUID | None, str]:
    row = session.execute(
        select(ReplyRecord.person_id, ReplyRecord.number).where(ReplyRecord.id == record_id)
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such reply, or you may not see it.")
    return row.person_id, row.number


def mark_seen_read(
    session: Session, actor: Actor, person_id: uuid.UUID, seen: Sequence[int], *, now: datetime
) -> None:
    """Mark as read those of the person's replies that the worker had seen when they answered or
    dealt with the signal.

    `seen` are ids of inbound texts. Later texts stay unread, and those of other people are left
    alone.
    """
    unread = select(ReplyRecord.id).where(
        ReplyRecord.person_id == person_id,
        ReplyRecord.inbound_id.in_(seen),
        ReplyRecord.needs_human,
        ReplyRecord.read_at.is_(None),
    )
    for record_id in session.scalars(unread.order_by(ReplyRecord.id)).all():
        mark_read(session, actor, record_id, now=now)


def _has_unread(session: Session, person_id: uuid.UUID, unknown_number: str | None) -> bool:
    """Whether replies that concern a person are unread, including those of an unknown number."""
    concerns_person = ReplyRecord.person_id == person_id
    if unknown_number is not None:
        concerns_person |= ReplyRecord.person_id.is_(None) & (ReplyRecord.number == unknown_number)
    unread = (
        select(ReplyRecord.id)
        .where(concerns_person, ReplyRecord.needs_human, ReplyRecord.read_at.is_(None))
        .limit(1)
    )
    return session.scalar(unread) is not None


def claim_number(
    session: Session, actor: Actor, number: str, person_id: uuid.UUID, *, now: datetime
) -> int:
    """Claim an unknown number for a person: it becomes their number, and its texts move to them.
    Returns how many texts moved.

    Only texts since the last owner gave up the number move. Raises Forbidden for actors who are
    neither coordinator nor supervisor, Conflict if somebody else has the number, and NotFound if no
    text from it is unclaimed.
    """
    if not _may_see_unknown(actor):
        raise Forbidden("Only a coordinator or supervisor may claim an unknown number.")
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
    since = _last_given_up_at(session, number, person.id)
    moving = session.scalars(
        select(ReplyRecord)
        .where(
            ReplyRecord.number == number, ReplyRecord.person_id.is_(None), ReplyRecord.at > since
        )
        .order_by(ReplyRecord.at, ReplyRecord.id)
        .with_for_update()
    ).all()
    if not moving:
        raise NotFound("This number has no texts that nobody has claimed.")
    phones.set_number(session, actor, person.id, number, now=now)
    for record in moving:
        record.person_id = person.id
        outbox.withdraw(session, now=now, reason=signals.TAKEN_UP, group_key=record_item(record.id))
    session.execute(
        update(Message)
        .where(Message.to_number == number, Message.recipient.is_(None), Message.created_at > since)
        .values(recipient=str(person.id))
        .execution_options(synchronize_session="fetch")
    )
    events.record_for_person(
        session, "number.claimed", person, now=now, actor=actor.label, readings=len(moving)
    )
    _raise_danger_signals(session, person, moving, now)
    session.flush()
    return len(moving)


def _raise_danger_signals(
    session: Session, person: Person, moved: Sequence[ReplyRecord], now: datetime
) -> None:
    """Raise the signals of unread texts that reported danger while their number belonged to
    nobody.
    """
    for record in moved:
        dangers = kinds_of_danger(
            normalise(session.get_one(Inbound, record.inbound_id).body).line,
            [Intent(intent) for intent in record.intents],
        )
        if not dangers or record.read_at is not None:
            continue
        response = RESPONSES[dangers[0]]
        raise_signal(
            session,
            response.signal,
            person,
            about=about(dangers[0]),
            why="A text that reports danger came from a number that is now known to be theirs.",
            evidence=[Evidence("inbound", str(record.inbound_id))],
            now=now,
            due_at=now + response.due_within,
            action=response.action,
            joins=(SignalState.OPEN,),
            danger=dangers[0],
        )
        wake(session, CHANNEL)
        if response.pauses:
            pause(session, person, why=PAUSE_REASON, actor="system", now=now)


def _last_given_up_at(session: Session, number: str, person_id: uuid.UUID) -> datetime:
    """When the last owner other than this person gave up the number."""
    last = session.scalar(
        select(func.max(ContactPoint.retired_at)).where(
            ContactPoint.number == number,
            ContactPoint.state == NumberState.RETIRED,
            ContactPoint.person_id != person_id,
        )
    )
    return last or datetime.min.replace(tzinfo=UTC)


def _may_read(session: Session, actor: Actor, person: Person) -> bool:
    visible = session.scalar(select(Person.id).where(Person.id == person.id, visible_to(actor)))
    return visible is not None and Ability.CONVERSE in abilities(actor, person)


def _may_see_unknown(actor: Actor) -> bool:
    return actor.kind is ActorKind.SYSTEM or actor.has(Role.COORDINATOR, Role.SUPERVISOR)
