"""Somebody takes back what they texted before: it is marked as taken back, and what they say
instead is done as the answer to the same question.

Nothing is deleted. What cannot be taken back by a text (danger, a stop, a move of an appointment, a
call that was asked for) stands, and a human sees both texts.
"""

import uuid
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.conversation.context import Burst, ReplyContext
from engage.conversation.corrections import withdrawal
from engage.conversation.handlers import attendance
from engage.conversation.model import Question, QuestionKind, ReplyRecord
from engage.conversation.phone_owner import PhoneOwner
from engage.conversation.steps import Result
from engage.core import events
from engage.understanding.interpret import interpret
from engage.understanding.joining import DANGER, How
from engage.understanding.retractions import Retraction, retraction
from engage.understanding.vocabulary import Intent, Interpretation, Prompt
from messaging.tables import Inbound, Message

WITHIN = timedelta(hours=24)
"""As long as a question of ours waits for its answer."""


def plain(context: ReplyContext, owner: PhoneOwner) -> Retraction | None:
    """The retraction, if the text plainly takes an earlier one back: "wrong one, 2 not 1"."""
    found = retraction(context.body)
    if found is None or not found.plainly:
        return None
    return None if _earlier_text(context, owner, context.inbound.id) is None else found


def ends_texts_instead(said: Retraction, owner: PhoneOwner) -> Interpretation | None:
    """What a retraction says instead, if that asks for no more texts or says that the number is
    another person's.
    """
    if not said.instead:
        return None
    instead = interpret(said.instead, Prompt.NONE, owner.person.language)
    ends = instead.acts and instead.intent in (Intent.OPT_OUT, Intent.WRONG_NUMBER)
    return instead if ends else None


def take_back(context: ReplyContext, owner: PhoneOwner) -> Result:
    """If the text takes back the one before, undo that one and go on with what is said instead.

    The text goes to a worker where nothing certain is said instead, or where what was done cannot
    be undone.
    """
    found = _retracts(context)
    earlier = None if found is None else _earlier_text(context, owner, found[1])
    if found is None or earlier is None:
        return context, None
    said = found[0]
    instead = None
    if said.instead:
        instead = interpret(said.instead, Prompt(earlier.prompt), owner.person.language)
    if not said.plainly and (instead is None or not instead.acts):
        return context, None
    if not DANGER.isdisjoint(earlier.intents):
        why = "Takes back a text that told of danger: the alarm stands"
        return _to_human(context, owner, earlier, why)
    context = _undo(context, owner, earlier)
    if instead is None or not instead.acts:
        return _to_human(context, owner, earlier, "Takes back what they said before")
    if not Intent(earlier.intent).meaning.replaceable and earlier.act:
        why = "They say something else than before, which was done already"
        return _to_human(context, owner, earlier, why)
    context = replace(
        context,
        remainder=said.instead,
        interpretation=instead,
        prompt=Prompt(earlier.prompt),
        burst=Burst(),
    )
    return context.with_note("In place of what they said before"), None


def _retracts(context: ReplyContext) -> tuple[Retraction, int] | None:
    """What takes back, and the first text that belongs to it: this one, or pieces before it ("sorry
    meant" / "no").
    """
    words = context.body
    if (found := retraction(words)) is not None:
        return found, context.inbound.id
    for id in reversed(context.burst.before):
        words = f"{context.session.get_one(Inbound, id).body} {words}"
        if (found := retraction(words)) is not None:
            return found, id
    return None


def _earlier_text(context: ReplyContext, owner: PhoneOwner, before: int) -> ReplyRecord | None:
    """The person's text before the one with that id, if an answer could still be put right and no
    human has written since.
    """
    earlier = context.session.scalars(
        select(ReplyRecord)
        .where(
            ReplyRecord.person_id == owner.person.id,
            ReplyRecord.number == context.number[:16],
            ReplyRecord.inbound_id < before,
            ReplyRecord.at > context.received_at - WITHIN,
            ~ReplyRecord.passed_over,
        )
        .order_by(ReplyRecord.inbound_id.desc())
        .limit(1)
    ).one_or_none()
    if (
        earlier is None
        or earlier.taken_back_at is not None
        or _human_wrote(context.session, owner, earlier.at, context.received_at)
    ):
        return None
    return earlier


def _human_wrote(session: Session, owner: PhoneOwner, since: datetime, until: datetime) -> bool:
    wrote = select(Message.id).where(
        Message.recipient == str(owner.person.id),
        Message.created_at > since,
        Message.created_at <= until,
        Message.context["purpose"].astext == "staff",
    )
    return session.scalar(wrote.limit(1)) is not None


def _undo(context: ReplyContext, owner: PhoneOwner, earlier: ReplyRecord) -> ReplyContext:
    """Withdraw what the earlier text recorded, reopen the question that it answered, and mark it."""
    appointments = withdrawal.withdraw(context, owner, [earlier.inbound_id, *earlier.read_with])
    reopened = _reopen_question(context, owner, earlier.inbound_id)
    only_about = frozenset[uuid.UUID]() if reopened else frozenset(one.id for one in appointments)
    earlier.taken_back_at = context.now
    earlier.done = f"{earlier.done}; taken back by a later text"[:200]
    events.record_for_person(
        context.session,
        "reply.taken_back",
        owner.person,
        now=context.now,
        actor=withdrawal.BY,
        inbound=earlier.inbound_id,
        by=context.inbound.id,
    )
    return replace(context.with_evidence(earlier.inbound_id), only_about=only_about)


def _reopen_question(context: ReplyContext, owner: PhoneOwner, inbound_id: int) -> bool:
    """ "Which one?" that the text taken back had answered waits again, so that "2, not 1" is an
    answer to it.
    """
    question = context.session.scalars(
        select(Question).where(
            Question.person_id == owner.person.id,
            Question.kind == QuestionKind.WHICH,
            Question.closed_by_id == inbound_id,
            Question.expires_at > context.received_at,
        )
    ).one_or_none()
    if question is None or _asked_since(context, owner.person.id):
        return False
    question.closed_at = question.closed_by_id = None
    context.session.flush()
    return True


def _asked_since(context: ReplyContext, person_id: uuid.UUID) -> bool:
    waiting = select(Question.id).where(
        Question.person_id == person_id,
        Question.kind == QuestionKind.WHICH,
        Question.closed_at.is_(None),
    )
    return context.session.scalar(waiting.limit(1)) is not None


def _to_human(context: ReplyContext, owner: PhoneOwner, earlier: ReplyRecord, why: str) -> Result:
    """Leave both texts to a worker."""
    if earlier.read_at is None:
        earlier.needs_human = True
    context = replace(context, burst=Burst(context.burst.before, How.ALONE))
    return context, attendance.unsure(context, owner, why)
