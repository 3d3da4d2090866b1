"""What people ask for: a call, what is booked, how the texts work. Everything else that is asked goes to a human."""

from engage import texts
from engage.appointments.kinds import IntentKind
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
    """They want to be phoned: a task with a due time. A text that also says they cannot come is recorded as that too, if it is clear where."""
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
    appointment_id = None
    if Intent.DECLINE in turn.heard.intents and turn.heard.day is None:
        found = about.candidates(
            turn.session, holder.person.id, turn.number, turn.heard_at, IntentKind.CANNOT_ATTEND
        )
        if len(found) == 1:
            replies.record(turn, holder, found[0], IntentKind.CANNOT_ATTEND)
            appointment_id = found[0].id
    answers.personal(turn, TextKind.CALL, holder)
    also = ", and recorded: cannot attend" if appointment_id else ""
    return Done(
        f"Call asked of the offender manager{also}",
        person_id=holder.person.id,
        appointment_id=appointment_id,
        intent=Intent.CALL_ME,
    )


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
