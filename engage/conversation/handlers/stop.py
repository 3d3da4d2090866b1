"""Texts that end or restart texting: STOP, START, and "you have the wrong number".

A stop takes effect in the transaction that reads it: the number is stopped, everything queued to it
is withdrawn, one confirmation goes. Only START from the phone itself undoes a STOP, or a text from
it that surely asks for the texts again. Nothing here looks at whether stopping is convenient.
"""

from collections.abc import Sequence

from engage import signals, texts
from engage.appointments.reminders import planning
from engage.conversation import answers, open_questions
from engage.conversation.context import Handled, ReplyContext
from engage.conversation.phone_owner import AnswerScope, PhoneOwner, language_of, owners_of
from engage.conversation.signals import raise_signal
from engage.core import events
from engage.people import phones
from engage.people.model import LegalStatus
from engage.signals import SignalKind
from engage.texts import TextKind
from engage.understanding.vocabulary import Intent
from messaging import suppression

STOPPED = "it asked for no more texts"
WRONG = "a reply said that it is the wrong number"


def stop(turn: ReplyContext, held: Sequence[PhoneOwner], *, why: str = STOPPED) -> Handled:
    """Stop texts to the number for everybody on it, confirm once, and tell their offender managers."""
    new = suppression.suppress(
        turn.session, turn.number, why, f"inbound:{turn.inbound.id}", turn.now
    )
    open_questions.close_all(turn.session, turn.number, now=turn.now, inbound_id=turn.inbound.id)
    only = held[0] if len(held) == 1 else None
    if not new:
        return _done(only, "The number was stopped already; no answer went", intent=Intent.OPT_OUT)
    confirmed = answers.neutral(turn, _last_words(held), language_of(held), holder=only)
    for holder in held:
        _record(turn, "number.stopped", holder)
        raise_signal(
            turn.session,
            SignalKind.OPTED_OUT,
            holder.person,
            about="stop",
            why="A text from their number asked for no more texts. Nothing more is sent to it.",
            evidence=turn.evidence,
            now=turn.now,
        )
    how = "and confirmed it once" if confirmed else "without a word to the phone"
    return _done(only, f"Stopped all texts to the number {how}", intent=Intent.OPT_OUT)


def start(
    turn: ReplyContext, held: Sequence[PhoneOwner], *, how: str = "They texted START."
) -> Handled:
    """Let texts to the number go again, and plan anew what was skipped.

    A number said to be wrong stays stopped until a worker has verified it for everybody who has it.
    """
    only = held[0] if len(held) == 1 else None
    reason = suppression.suppressed(turn.session, [turn.number]).get(turn.number)
    if reason == WRONG and not (held and all(holder.verified for holder in held)):
        return _done(
            only,
            "START from a number that was said to be wrong: still stopped",
            intent=Intent.OPT_IN,
            needs_human=True,
        )
    suppression.restore(turn.session, turn.number, f"inbound:{turn.inbound.id}", turn.now)
    if not held:
        return _done(
            None, "Texts to the number may go again", intent=Intent.OPT_IN, needs_human=True
        )
    for holder in held:
        _record(turn, "number.restarted", holder)
        signals.resolve_cause(
            turn.session,
            SignalKind.OPTED_OUT,
            person_id=holder.person.id,
            how=how,
            actor="person",
            now=turn.now,
        )
    now_held = owners_of(turn.session, turn.number, turn.now)
    silent = [holder for holder in now_held if holder.standing is AnswerScope.SILENT]
    for holder in now_held:
        if holder not in silent:
            planning.replan_skipped(turn.session, holder.person.id, now=turn.now)
    if silent:
        return _done(
            only,
            "START: the number is free again, but other reasons keep texts back",
            intent=Intent.OPT_IN,
            needs_human=True,
        )
    _welcome_back(turn, now_held)
    return _done(only, "Restarted texts to the number and confirmed it", intent=Intent.OPT_IN)


def wished_back(turn: ReplyContext, held: Sequence[PhoneOwner]) -> Handled | None:
    """Do as START does for a text that surely asks for texts again, from a stopped number that
    somebody has; None for any other.
    """
    if turn.heard.intent is not Intent.OPT_IN or not turn.heard.surely(Intent.OPT_IN) or not held:
        return None
    if not suppression.is_suppressed(turn.session, turn.number):
        return None
    return start(turn, held, how="They asked by text for texts again.")


def _welcome_back(turn: ReplyContext, held: Sequence[PhoneOwner]) -> None:
    only = held[0] if len(held) == 1 and held[0].standing is AnswerScope.OPEN else None
    first = answers.first_name(only) if only else ""
    answers.answer(
        turn,
        TextKind.START,
        texts.render(TextKind.START, language_of(held), first=first),
        holder=only,
    )


def wrong_number(turn: ReplyContext, held: Sequence[PhoneOwner]) -> Handled:
    """The phone is not theirs: stop the number, suspend it on everybody who has it, apologise once
    without saying for whom.
    """
    new = suppression.suppress(
        turn.session, turn.number, WRONG, f"inbound:{turn.inbound.id}", turn.now
    )
    open_questions.close_all(turn.session, turn.number, now=turn.now, inbound_id=turn.inbound.id)
    for holder in held:
        phones.mark_suspended(
            turn.session,
            holder.person,
            holder.point,
            why="A reply from this number says that it is somebody else's",
            actor="person",
            now=turn.now,
        )
        raise_signal(
            turn.session,
            SignalKind.WRONG_NUMBER,
            holder.person,
            about=str(holder.point.id),
            why="A reply says that the number is not theirs. Nothing more is sent to it.",
            evidence=turn.evidence,
            now=turn.now,
        )
    only = held[0] if len(held) == 1 else None
    if not new:
        return _done(
            only, "The number was stopped already; no answer went", intent=Intent.WRONG_NUMBER
        )
    apologised = answers.neutral(turn, TextKind.WRONG_NUMBER, language_of(held), holder=only)
    how = "and apologised" if apologised else "without a word to the phone"
    return _done(only, f"Took the number off {how}", intent=Intent.WRONG_NUMBER)


def _last_words(held: Sequence[PhoneOwner]) -> TextKind:
    """The confirmation for people under an order reminds them to come; a stranger who may hold the
    phone must not read that.
    """
    ordered = held and all(
        holder.verified and holder.person.legal_status is LegalStatus.STATUTORY for holder in held
    )
    return TextKind.OPTED_OUT_ORDER if ordered else TextKind.OPTED_OUT_VOLUNTARY


def _record(turn: ReplyContext, kind: str, holder: PhoneOwner) -> None:
    events.record(
        turn.session,
        kind,
        now=turn.now,
        actor="person",
        person_id=holder.person.id,
        hub_id=holder.person.hub_id,
        inbound=turn.inbound.id,
        point=holder.point.id,
    )


def _done(
    only: PhoneOwner | None, words: str, *, intent: Intent, needs_human: bool = False
) -> Handled:
    return Handled(
        words, needs_human=needs_human, person_id=only.person.id if only else None, intent=intent
    )
