"""Somebody takes back what they texted before: it is marked as taken back, and what they say instead is done as the answer to the same question.

Nothing is deleted. What cannot be taken back by a text (danger, a stop, a move of an appointment, a call that was asked for) stands, and a
human sees both texts.
"""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.conversation.context import Burst, Done, Turn
from engage.conversation.corrections import withdrawal
from engage.conversation.handlers import attendance
from engage.conversation.model import Question, QuestionKind, Reading
from engage.conversation.phone_owner import Holder
from engage.core import events
from engage.signals import Evidence
from engage.understanding.interpret import understand
from engage.understanding.joining import DANGER, How
from engage.understanding.retractions import Retraction, retraction
from engage.understanding.vocabulary import Intent, Prompt
from messaging.tables import Inbound, Message

WITHIN = timedelta(hours=24)
"""As long as a question of ours waits for its answer."""
_REPLACED = frozenset(
    {*attendance.KINDS, Intent.THANKS, Intent.OTHER, Intent.QUESTION, Intent.HELP, Intent.CHECKIN_ANSWER}
)
"""What a later text can wholly replace: words about coming are withdrawn here, an answer to a check-in by a new one; the others did nothing."""


def heed(turn: Turn, holder: Holder) -> Done | None:
    """If the text takes the one before back, undo that and leave what is said instead in the turn; a Done where only a human can go on."""
    found = _retracts(turn)
    earlier = None if found is None else _taken_back(turn, holder, found[1])
    if found is None or earlier is None:
        return None
    said = found[0]
    instead = (
        understand(said.instead, Prompt(earlier.prompt), holder.person.language) if said.instead else None
    )
    if not said.plainly and (instead is None or not instead.acts):
        return None
    if not DANGER.isdisjoint(earlier.intents):
        return _to_human(turn, holder, earlier, "Takes back a text that told of danger: the alarm stands")
    _undo(turn, holder, earlier)
    if instead is None or not instead.acts:
        return _to_human(turn, holder, earlier, "Takes back what they said before")
    if Intent(earlier.intent) not in _REPLACED and earlier.act:
        return _to_human(turn, holder, earlier, "They say something else than before, which was done already")
    turn.words, turn.heard, turn.prompt, turn.burst = said.instead, instead, Prompt(earlier.prompt), Burst()
    turn.notes.append("In place of what they said before")
    return None


def plainly(turn: Turn, holder: Holder) -> bool:
    """Whether the text plainly takes an earlier one back: "wrong one, 2 not 1" then speaks of that, and not of a wrong number.

    Where what it says instead asks for no more texts, or says whose phone it is not, that is the reading that counts.
    """
    found = retraction(turn.body)
    if found is None or not found.plainly or _taken_back(turn, holder, turn.inbound.id) is None:
        return False
    instead = understand(found.instead, Prompt.NONE, holder.person.language) if found.instead else None
    if instead is not None and instead.acts and instead.intent in (Intent.OPT_OUT, Intent.WRONG_NUMBER):
        turn.heard = instead
        return False
    return True


def _retracts(turn: Turn) -> tuple[Retraction, int] | None:
    """What takes back, and the first text that belongs to it: this one, or pieces before it ("sorry meant" / "no")."""
    words = turn.body
    if (found := retraction(words)) is not None:
        return found, turn.inbound.id
    for id in reversed(turn.burst.before):
        words = f"{turn.session.get_one(Inbound, id).body} {words}"
        if (found := retraction(words)) is not None:
            return found, id
    return None


def _taken_back(turn: Turn, holder: Holder, before: int) -> Reading | None:
    """The person's text before the one with that id, if an answer could still be put right and no human has written since."""
    earlier = turn.session.scalars(
        select(Reading)
        .where(
            Reading.person_id == holder.person.id,
            Reading.number == turn.number[:16],
            Reading.inbound_id < before,
            Reading.at > turn.heard_at - WITHIN,
            ~Reading.passed_over,
        )
        .order_by(Reading.inbound_id.desc())
        .limit(1)
    ).one_or_none()
    if (
        earlier is None
        or earlier.taken_back_at is not None
        or _human_wrote(turn.session, holder, earlier.at, turn.heard_at)
    ):
        return None
    return earlier


def _human_wrote(session: Session, holder: Holder, since: datetime, until: datetime) -> bool:
    wrote = select(Message.id).where(
        Message.recipient == str(holder.person.id),
        Message.created_at > since,
        Message.created_at <= until,
        Message.context["purpose"].astext == "staff",
    )
    return session.scalar(wrote.limit(1)) is not None


def _undo(turn: Turn, holder: Holder, earlier: Reading) -> None:
    """Withdraw what the earlier text recorded, open again the question that it answered, and mark it."""
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


def _opened_again(turn: Turn, holder: Holder, inbound_id: int) -> bool:
    """ "Which one?" that the text taken back had answered waits again, so that "2, not 1" is an answer to it."""
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


def _asked_since(turn: Turn, person_id: uuid.UUID) -> bool:
    waiting = select(Question.id).where(
        Question.person_id == person_id, Question.kind == QuestionKind.WHICH, Question.closed_at.is_(None)
    )
    return turn.session.scalar(waiting.limit(1)) is not None


def _to_human(turn: Turn, holder: Holder, earlier: Reading, why: str) -> Done:
    """Both texts wait for a human."""
    if earlier.read_at is None:
        earlier.needs_human = True
    turn.burst = Burst(turn.burst.before, How.ALONE)
    return attendance.unsure(turn, holder, why)
