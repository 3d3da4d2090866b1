"""Texts that end or restart texting: STOP, START, and "you have the wrong number".

A stop takes effect in the transaction that reads it: the number is stopped, everything queued to it
is withdrawn, one confirmation goes. Only START from the phone itself undoes a STOP, or a text from
it that surely asks for the texts again. Nothing here looks at whether stopping is convenient.
"""

from collections.abc import Sequence

from engage import signals, texts
from engage.appointments.reminders.replanning import replan_skipped
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


def stop(context: ReplyContext, owners: Sequence[PhoneOwner], *, why: str = STOPPED) -> Handled:
    """Stop texts to the number for everybody on it, confirm once, and tell their offender managers."""
    new = suppression.suppress(
        context.session, context.number, why, f"inbound:{context.inbound.id}", context.now
    )
    open_questions.close_all(
        context.session, context.number, now=context.now, inbound_id=context.inbound.id
    )
    only = owners[0] if len(owners) == 1 else None
    if not new:
        return _done(only, "The number was stopped already; no answer went", intent=Intent.OPT_OUT)
    confirmed = answers.neutral(context, _last_words(owners), language_of(owners), owner=only)
    for owner in owners:
        _record(context, "number.stopped", owner)
        raise_signal(
            context.session,
            SignalKind.OPTED_OUT,
            owner.person,
            about="stop",
            why="A text from their number asked for no more texts. Nothing more is sent to it.",
            evidence=context.evidence,
            now=context.now,
        )
    how = "and confirmed it once" if confirmed else "without a word to the phone"
    return _done(only, f"Stopped all texts to the number {how}", intent=Intent.OPT_OUT)


def start(
    context: ReplyContext, owners: Sequence[PhoneOwner], *, how: str = "They texted START."
) -> Handled:
    """Let texts to the number go again, and plan anew what was skipped.

    A number said to be wrong stays stopped until a worker has verified it for everybody who has it.
    """
    only = owners[0] if len(owners) == 1 else None
    reason = suppression.suppressed(context.session, [context.number]).get(context.number)
    if reason == WRONG and not (owners and all(owner.verified for owner in owners)):
        return _done(
            only,
            "START from a number that was said to be wrong: still stopped",
            intent=Intent.OPT_IN,
            needs_human=True,
        )
    suppression.restore(
        context.session, context.number, f"inbound:{context.inbound.id}", context.now
    )
    if not owners:
        return _done(
            None, "Texts to the number may go again", intent=Intent.OPT_IN, needs_human=True
        )
    for owner in owners:
        _record(context, "number.restarted", owner)
        signals.resolve_cause(
            context.session,
            SignalKind.OPTED_OUT,
            person_id=owner.person.id,
            how=how,
            actor="person",
            now=context.now,
        )
    now_held = owners_of(context.session, context.number, context.now)
    silent = [owner for owner in now_held if owner.scope is AnswerScope.SILENT]
    for owner in now_held:
        if owner not in silent:
            replan_skipped(context.session, owner.person.id, now=context.now)
    if silent:
        return _done(
            only,
            "START: the number is free again, but other reasons keep texts back",
            intent=Intent.OPT_IN,
            needs_human=True,
        )
    _welcome_back(context, now_held)
    return _done(only, "Restarted texts to the number and confirmed it", intent=Intent.OPT_IN)


def on_request(context: ReplyContext, owners: Sequence[PhoneOwner]) -> Handled | None:
    """Do what a text surely asks about texts to its number: stop them, take the number off, or
    start them again. None for any other text.
    """
    if not context.interpretation.acts:
        return None
    match context.interpretation.intent:
        case Intent.OPT_OUT:
            return stop(context, owners)
        case Intent.WRONG_NUMBER:
            return wrong_number(context, owners)
        case _:
            return wished_back(context, owners)


def on_request_to_end(context: ReplyContext, owners: Sequence[PhoneOwner]) -> Handled | None:
    """Do what a text surely asks where that ends texts. None for any other text."""
    if context.interpretation.intent not in (Intent.OPT_OUT, Intent.WRONG_NUMBER):
        return None
    return on_request(context, owners)


def wished_back(context: ReplyContext, owners: Sequence[PhoneOwner]) -> Handled | None:
    """Do as START does for a text that surely asks for texts again, from a stopped number that
    somebody has; None for any other.
    """
    if (
        context.interpretation.intent is not Intent.OPT_IN
        or not context.interpretation.surely(Intent.OPT_IN)
        or not owners
    ):
        return None
    if not suppression.is_suppressed(context.session, context.number):
        return None
    return start(context, owners, how="They asked by text for texts again.")


def _welcome_back(context: ReplyContext, owners: Sequence[PhoneOwner]) -> None:
    only = owners[0] if len(owners) == 1 and owners[0].scope is AnswerScope.OPEN else None
    first = answers.first_name(only) if only else ""
    answers.answer(
        context,
        TextKind.START,
        texts.render(TextKind.START, language_of(owners), first=first),
        owner=only,
    )


def wrong_number(context: ReplyContext, owners: Sequence[PhoneOwner]) -> Handled:
    """The phone is not theirs: stop the number, suspend it on everybody who has it, apologise once
    without saying for whom.
    """
    new = suppression.suppress(
        context.session, context.number, WRONG, f"inbound:{context.inbound.id}", context.now
    )
    open_questions.close_all(
        context.session, context.number, now=context.now, inbound_id=context.inbound.id
    )
    for owner in owners:
        phones.mark_suspended(
            context.session,
            owner.person,
            owner.point,
            why="A reply from this number says that it is somebody else's",
            actor="person",
            now=context.now,
        )
        raise_signal(
            context.session,
            SignalKind.WRONG_NUMBER,
            owner.person,
            about=str(owner.point.id),
            why="A reply says that the number is not theirs. Nothing more is sent to it.",
            evidence=context.evidence,
            now=context.now,
        )
    only = owners[0] if len(owners) == 1 else None
    if not new:
        return _done(
            only, "The number was stopped already; no answer went", intent=Intent.WRONG_NUMBER
        )
    apologised = answers.neutral(context, TextKind.WRONG_NUMBER, language_of(owners), owner=only)
    how = "and apologised" if apologised else "without a word to the phone"
    return _done(only, f"Took the number off {how}", intent=Intent.WRONG_NUMBER)


def _last_words(owners: Sequence[PhoneOwner]) -> TextKind:
    """The confirmation for people under an order reminds them to come; a stranger who may hold the
    phone must not read that.
    """
    ordered = owners and all(
        owner.verified and owner.person.legal_status is LegalStatus.STATUTORY for owner in owners
    )
    return TextKind.OPTED_OUT_ORDER if ordered else TextKind.OPTED_OUT_VOLUNTARY


def _record(context: ReplyContext, kind: str, owner: PhoneOwner) -> None:
    events.record_for_person(
        context.session,
        kind,
        owner.person,
        now=context.now,
        actor="person",
        inbound=context.inbound.id,
        point=owner.point.id,
    )


def _done(
    only: PhoneOwner | None, words: str, *, intent: Intent, needs_human: bool = False
) -> Handled:
    return Handled(
        words, needs_human=needs_human, person_id=only.person.id if only else None, intent=intent
    )
