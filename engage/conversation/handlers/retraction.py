"""Retractions: a person takes back an earlier text. It is marked as taken back, and what replaces
it is handled as the answer to the same question.

Nothing is deleted. What a text cannot undo stays in force (danger, a stop, an appointment that was
moved, a call that was requested), and a worker reads both texts.
"""

import uuid
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.conversation import answers
from engage.conversation.context import Burst, Handled, ReplyContext
from engage.conversation.corrections import withdrawal
from engage.conversation.model import Question, QuestionKind, ReplyRecord
from engage.conversation.outcomes import FOR_WORKER, leave_to_worker
from engage.conversation.phone_owner import PhoneOwner
from engage.conversation.steps import Result
from engage.core import events
from engage.texts import TextKind
from engage.understanding.interpret import interpret
from engage.understanding.joining import DANGER, JoinMode
from engage.understanding.retractions import Retraction, find_retraction
from engage.understanding.vocabulary import Intent, Interpretation, Prompt
from messaging.tables import Inbound, Message

MAX_AGE = timedelta(hours=24)
"""As long as a question awaits its answer."""
_TAKES_BACK = "Takes back what they said before"


def explicit(context: ReplyContext, owner: PhoneOwner) -> Retraction | None:
    """The retraction, if the text explicitly takes an earlier one back: "wrong one, 2 not 1"."""
    found = find_retraction(context.body)
    if found is None or not found.is_explicit:
        return None
    return None if _earlier_record(context, owner, context.inbound.id) is None else found


def ending_texts(found: Retraction, owner: PhoneOwner) -> Interpretation | None:
    """The meaning of the replacement, if it asks for no more texts or says that the number is
    another person's.
    """
    if not found.replacement:
        return None
    replacement = interpret(found.replacement, Prompt.NONE, owner.person.language)
    ends_texts = replacement.intent in (Intent.OPT_OUT, Intent.WRONG_NUMBER)
    return replacement if replacement.acts and ends_texts else None


def take_back(context: ReplyContext, owner: PhoneOwner) -> Result:
    """If the text takes back the one before, undo that one and go on with the replacement.

    The text goes to a worker if its replacement is not certain, or if what was done cannot be
    undone.
    """
    retraction = _retraction(context)
    if retraction is None:
        return context, None
    found, first_id = retraction
    earlier = _earlier_record(context, owner, first_id)
    if earlier is None:
        return context, None
    replacement = None
    if found.replacement:
        replacement = interpret(found.replacement, Prompt(earlier.prompt), owner.person.language)
    is_certain = replacement is not None and replacement.acts
    if not found.is_explicit and not is_certain:
        return context, None
    if not DANGER.isdisjoint(earlier.intents):
        why = "Takes back a text that reported danger: the alarm stays"
        return _leave_both(context, owner, earlier, why)
    context = _undo(context, owner, earlier)
    if not found.replacement and _is_undone(earlier):
        context = _for_worker(context, earlier)
        return context, _ask_what_they_meant(context, owner)
    if replacement is None or not replacement.acts:
        return _leave_both(context, owner, earlier, _TAKES_BACK)
    if not _is_undone(earlier):
        why = "Replaces an earlier text that has been acted on already"
        return _leave_both(context, owner, earlier, why)
    context = replace(
        context,
        remainder=found.replacement,
        interpretation=replacement,
        prompt=Prompt(earlier.prompt),
        burst=Burst(),
    )
    return context.with_note("Replaces what they said before"), None


def _retraction(context: ReplyContext) -> tuple[Retraction, int] | None:
    """A retraction and the id of the first text that it is in: this one, or a piece of it sent
    before ("sorry meant" / "no").
    """
    words = context.body
    if (found := find_retraction(words)) is not None:
        return found, context.inbound.id
    for id in reversed(context.burst.earlier):
        words = f"{context.session.get_one(Inbound, id).body} {words}"
        if (found := find_retraction(words)) is not None:
            return found, id
    return None


def _earlier_record(context: ReplyContext, owner: PhoneOwner, before_id: int) -> ReplyRecord | None:
    """The record of the person's text before the one with that id, if it can still be taken back
    and no worker has written since.
    """
    record = context.session.scalars(
        select(ReplyRecord)
        .where(
            ReplyRecord.person_id == owner.person.id,
            ReplyRecord.number == context.number[:16],
            ReplyRecord.inbound_id < before_id,
            ReplyRecord.at > context.received_at - MAX_AGE,
            ~ReplyRecord.passed_over,
        )
        .order_by(ReplyRecord.inbound_id.desc())
        .limit(1)
    ).one_or_none()
    if record is None or record.taken_back_at is not None:
        return None
    if _worker_wrote(context.session, owner, record.at, context.received_at):
        return None
    return record


def _worker_wrote(session: Session, owner: PhoneOwner, since: datetime, until: datetime) -> bool:
    written = select(Message.id).where(
        Message.recipient == str(owner.person.id),
        Message.created_at > since,
        Message.created_at <= until,
        Message.context["purpose"].astext == "staff",
    )
    return session.scalar(written.limit(1)) is not None


def _undo(context: ReplyContext, owner: PhoneOwner, earlier: ReplyRecord) -> ReplyContext:
    """Withdraw what the earlier text recorded, reopen the question that it answered, and mark
    it.
    """
    appointments = withdrawal.withdraw(context, owner, [earlier.inbound_id, *earlier.read_with])
    is_reopened = _reopen_question(context, owner, earlier.inbound_id)
    only_about = frozenset[uuid.UUID]()
    if not is_reopened:
        only_about = frozenset(appointment.id for appointment in appointments)
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
    """Reopen "which one?" if the earlier text answered it, so that "2, not 1" answers it. Returns
    whether it did.
    """
    question = context.session.scalars(
        select(Question).where(
            Question.person_id == owner.person.id,
            Question.kind == QuestionKind.WHICH,
            Question.closed_by_id == inbound_id,
            Question.expires_at > context.received_at,
        )
    ).one_or_none()
    if question is None or _has_open_question(context, owner.person.id):
        return False
    question.closed_at = question.closed_by_id = None
    context.session.flush()
    return True


def _has_open_question(context: ReplyContext, person_id: uuid.UUID) -> bool:
    unclosed = select(Question.id).where(
        Question.person_id == person_id,
        Question.kind == QuestionKind.WHICH,
        Question.closed_at.is_(None),
    )
    return context.session.scalar(unclosed.limit(1)) is not None


def _leave_both(context: ReplyContext, owner: PhoneOwner, earlier: ReplyRecord, why: str) -> Result:
    """Leave both texts to a worker."""
    context = _for_worker(context, earlier)
    return context, leave_to_worker(context, owner, why)


def _for_worker(context: ReplyContext, earlier: ReplyRecord) -> ReplyContext:
    """Put the earlier text on a worker's list. This one is not joined to any."""
    if earlier.read_at is None:
        earlier.needs_human = True
    return replace(context, burst=Burst(context.burst.earlier, JoinMode.ALONE))


def _is_undone(earlier: ReplyRecord) -> bool:
    """Whether nothing of what the earlier text did is left after it was taken back."""
    return Intent(earlier.intent).meaning.replaceable or not earlier.act


def _ask_what_they_meant(context: ReplyContext, owner: PhoneOwner) -> Handled:
    """Tell the person that it is taken back, and ask what they meant. A worker reads it too."""
    if not answers.send_personal(context, TextKind.TAKEN_BACK, owner):
        answers.send_not_sure(context, owner)
    return Handled(
        f"{_TAKES_BACK}; {FOR_WORKER}", needs_human=True, person_id=owner.person.id, acted=False
    )
