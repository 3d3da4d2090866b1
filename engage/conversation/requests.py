"""What people ask for: a call, what is booked, how the texts work. Everything else that is asked goes to a human."""

from engage import texts
from engage.appointments.wording import for_text
from engage.conversation import about, answers, replies
from engage.conversation.reading import Asks, Intent
from engage.conversation.telling import next_working_day, tell
from engage.conversation.turn import Done, Turn
from engage.conversation.whose import Holder
from engage.signals import SignalKind
from engage.texts import TextKind

NEXT_SHOWN = 3


def call(turn: Turn, holder: Holder) -> Done:
    """They want to be phoned: a task with a due time. What it says beside that about coming is recorded too."""
    tell(
        turn.session,
        SignalKind.CALL_REQUESTED,
        holder.person,
        about="call",
        why="They asked by text to be phoned.",
        evidence=turn.evidence,
        now=turn.now,
        due_at=next_working_day(turn.session, holder.person, turn.now),
    )
    also = replies.beside(turn, holder)
    answers.personal(turn, TextKind.CALL, holder)
    done = Done("Call asked of the offender manager", person_id=holder.person.id, intent=Intent.CALL_ME)
    return replies.and_beside(done, also)


def explain(turn: Turn, holder: Holder | None, language: str) -> Done:
    """How the texts work."""
    answers.neutral(turn, TextKind.HELP, language, holder=holder)
    return Done("Sent how the texts work", person_id=holder.person.id if holder else None, intent=Intent.HELP)


def question(turn: Turn, holder: Holder) -> Done:
    """Answer from the record what it can answer for certain (what is booked next); else a human reads it."""
    if turn.heard.asks is not Asks.NEXT:
        return replies.unsure(turn, holder, "A question")
    booked = about.ahead(turn.session, holder.person.id, turn.now, NEXT_SHOWN)
    body = texts.next_text(
        holder.person.language,
        first=answers.first_name(holder),
        booked=[for_text(one) for one in booked],
        zone=holder.reach.zone,
    )
    answers.answer(turn, TextKind.NEXT, body, holder=holder)
    return Done("Sent what is booked next", person_id=holder.person.id, intent=Intent.QUESTION)
