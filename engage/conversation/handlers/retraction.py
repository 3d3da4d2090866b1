"""Somebody takes back what they texted before: it is marked as taken back, and what they say
instead is done as the answer to the same question.

Nothing is deleted. What cannot be taken back by a text (danger, a stop, a move of an appointment, a
call that was asked for) stands, and a human sees both texts.
"""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.conversation.context import Burst, Handled, ReplyContext
from engage.conversation.corrections import withdrawal
from engage.conversation.handlers import attendance
from engage.conversation.model import Question, QuestionKind, ReplyRecord
from engage.conversation.phone_owner import PhoneOwner
from engage.core import events
from engage.signals import Evidence
from engage.understanding.interpret import interpret
from engage.understanding.joining import DANGER, How
from engage.understanding.retractions import Retraction, retraction
from engage.understanding.vocabulary import Intent, Prompt
from messaging.tables import Inbound, Message

WITHIN = timedelta(hours=24)
"""As long as a question of ours waits for its answer."""
_REPLACED = frozenset(
    {
        *attendance.KINDS,
        Intent.THANKS,
        Intent.OTHER,
        Intent.QUESTION,
        Intent.HELP,
        Intent.CHECKIN_ANSWER,
    }
)
"""What a later text can wholly replace: words about coming are withdrawn here, an answer to a
check-in by a new one; the others did nothing.
"""


def heed(turn: ReplyContext, holder: PhoneOwner) -> Handled | None:
    """If the text takes the one before back, undo that and leave what is said instead in the turn;
    a Done where only a human can go on.
    """
    found = _retracts(turn)
    earlier = None if found is None else _taken_back(turn, holder, found[1])
    if found is None or earlier is None:
        return None
    said = found[0]
    instead = (
        interpret(said.instead, Prompt(earlier.prompt), holder.person.language)
        if said.instead
        else None
    )
    if not said.plainly and (instead is None or not instead.acts):
        return None
    if not DANGER.isdisjoint(earlier.intents):
        return _to_human(
            turn, holder, earlier, "Takes back a text that told of danger: the alarm stands"
        )
    _undo(turn, holder, earlier)
    if instead is None or not instead.acts:
        return _to_human(turn, holder, earlier, "Takes back what they said before")
    if Intent(earlier.intent) not in _REPLACED and earlier.act:
        return _to_human(
            turn, holder, earlier, "They say something else than before, which was done already"
        )
    turn.words, turn.heard, turn.prompt, turn.burst = (
        said.instead,
        instead,
        Prompt(earlier.prompt),
        Burst(),
    )
    turn.notes.append("In place of what they said before")
    return None


def plainly(turn: ReplyContext, holder: PhoneOwner) -> bool:
    """Whether the text plainly takes an earlier one back: "wrong one, 2 not 1" then speaks of that,
    and not of a wrong number.

    Where what it says instead asks for no more texts, or says whose phone it is not, that is the
    reading that counts.
    """
    found = retraction(turn.body)
    if found is None or not found.plainly or _taken_back(turn, holder, turn.inbound.id) is None:
        return False
    instead = (
        interpret(found.instead, Prompt.NONE, holder.person.language) if found.instead else None
    )
    if (
        instead is not None
        and instead.acts
        and instead.intent in (Intent.OPT_OUT, Intent.WRONG_NUMBER)
    ):
        turn.heard = instead
        return False
    return True


def _retracts(turn: ReplyContext) -> tuple[Retraction, int] | None:
    """What takes back, and the first text that belongs to it: this one, or pieces before it ("sorry
    meant" / "no").
    """
    words = turn.body
    if (found := retraction(words)) is not None:
        return found, turn.inbound.id
    for id in reversed(turn.burst.before):
        words = f"{turn.session.get_one(Inbound, id).body} {words}"
        if (found := retraction(words)) is not None:
            return found, id
    return None


def _taken_back(turn: ReplyContext, holder: PhoneOwner, before: int) -> ReplyRecord | None:
    """The person's text before the one with that id, if an answer could still be put right and no
    human has written since.
    """
    earlier = turn.session.scalars(
        select(ReplyRecord)
        .where(
            ReplyRecord.person_id == holder.person.id,
            ReplyRecord.number == turn.number[:16],
            ReplyRecord.inbound_id < before,
            ReplyRecord.at > turn.heard_at - WITHIN,
            ~ReplyRecord.passed_over,
        )
        .order_by(ReplyRecord.inbound_id.desc())
        .limit(1)
    ).one_or_none()
    if (
        earlier is None
        or earlier.taken_back_at is not None
        or _human_wrote(turn.session, holder, earlier.at, turn.heard_at)
    ):
        return None
    return earlier


def _human_wrote(session: Session, holder: PhoneOwner, since: datetime, until: datetime) -> bool:
    wrote = select(Message.id).where(
        Message.recipient == str(holder.person.id),
        Message.created_at > since,
        Message.created_at <= until,
        Message.context["purpose"].astext == "staff",
    )
    return session.scalar(wrote.limit(1)) is not None


def _undo(turn: ReplyContext, holder: PhoneOwner, earlier: ReplyRecord) -> None:
    """Withdraw what the earlier text recorded, open again the question that it answered, and mark
    it.
    """
    appointments = withdrawal.withdraw(turn, holder, [earlier.inbound_id, *earlier.read_with])
    turn.only = frozenset(one.id for one in appointments)
    if _opened_again(turn, holder, earlier.inbound_id):
        turn.only = frozenset()
    earlier.taken_back_at = turn.now
    earlier.done = f"{earlier.done}; taken back by a later text"[:200]
    turn.also.append(Evidence("inbound", str(earlier.inbound_id)))
    events.record(
        turn.session,
        "reply.taken_back",
        now=turn.now,
        actor=withdrawal.BY,
        person_id=holder.person.id,
        hub_id=holder.person.hub_id,
        inbound=earlier.inbound_id,
        by=turn.inbound.id,
    )


def _opened_again(turn: ReplyContext, holder: PhoneOwner, inbound_id: int) -> bool:
    """ "Which one?" that the text taken back had answered waits again, so that "2, not 1" is an
    answer to it.
    """
    question = turn.session.scalars(
        select(Question).where(
            Question.person_id == holder.person.id,
            Question.kind == QuestionKind.WHICH,
            Question.closed_by_id == inbound_id,
            Question.expires_at > turn.heard_at,
        )
    ).one_or_none()
    if question is None or _asked_since(turn, holder.person.id):
        return False
    question.closed_at = question.closed_by_id = None
    turn.session.flush()
    return True


def _asked_since(turn: ReplyContext, person_id: uuid.UUID) -> bool:
    waiting = select(Question.id).where(
        Question.person_id == person_id,
        Question.kind == QuestionKind.WHICH,
        Question.closed_at.is_(None),
    )
    return turn.session.scalar(waiting.limit(1)) is not None


def _to_human(turn: ReplyContext, holder: PhoneOwner, earlier: ReplyRecord, why: str) -> Handled:
    """Both texts wait for a human."""
    if earlier.read_at is None:
        earlier.needs_human = True
    turn.burst = Burst(turn.burst.before, How.ALONE)
    return attendance.unsure(turn, holder, why)
