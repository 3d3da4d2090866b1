"""Texts that stop or restart our texts: STOP, START, and "you have the wrong number".

A stop takes effect in the transaction that handles it: the number is suppressed, all texts queued
for it are withdrawn, and one confirmation is sent. Only the phone itself can undo it, by START or
by a text that surely asks for texts again. A stop must never be refused or delayed.
"""

from collections.abc import Sequence

from engage import signals, texts
from engage.appointments.reminders.replanning import replan_skipped
from engage.conversation import answers, open_questions
from engage.conversation.context import Handled, ReplyContext
from engage.conversation.phone_owner import PhoneOwner, language_of, owners_of
from engage.conversation.signals import raise_signal
from engage.core import events
from engage.people import phones
from engage.people.model import LegalStatus
from engage.people.rules import AnswerScope
from engage.signals import SignalKind
from engage.texts import TextKind
from engage.understanding.vocabulary import Intent
from messaging import suppression

# These reasons are stored with the suppression and compared later: do not change them.
STOPPED = "it asked for no more texts"
WRONG = "a reply said that it is the wrong number"


def stop_texts(
    context: ReplyContext, owners: Sequence[PhoneOwner], *, why: str = STOPPED
) -> Handled:
    """Stop texts to the number for everybody who has it, confirm once, and tell their offender
    managers.
    """
    is_new = suppression.suppress(
        context.session, context.number, why, f"inbound:{context.inbound.id}", context.now
    )
    open_questions.close_all(
        context.session, context.number, now=context.now, inbound_id=context.inbound.id
    )
    only = owners[0] if len(owners) == 1 else None
    if not is_new:
        return _handled(only, "Stopped already; no answer sent", intent=Intent.OPT_OUT)
    confirmed = answers.send_neutral(
        context, _confirmation(owners), language_of(owners), owner=only
    )
    for owner in owners:
        _record(context, "number.stopped", owner)
        raise_signal(
            context.session,
            SignalKind.OPTED_OUT,
            owner.person,
            about="stop",
            why="A text from their number asked for no more texts. None are sent to it now.",
            evidence=context.evidence,
            now=context.now,
        )
    how = "confirmed once" if confirmed else "no confirmation sent"
    return _handled(only, f"Stopped all texts to the number; {how}", intent=Intent.OPT_OUT)


def restart_texts(
    context: ReplyContext, owners: Sequence[PhoneOwner], *, how: str = "They texted START."
) -> Handled:
    """Allow texts to the number again, and replan what was skipped.

    A number that was reported as wrong stays stopped until a worker has verified it for everybody
    who has it.
    """
    only = owners[0] if len(owners) == 1 else None
    reason = suppression.suppressed(context.session, [context.number]).get(context.number)
    if reason == WRONG and not (owners and all(owner.verified for owner in owners)):
        return _handled(
            only,
            "START from a number that was reported as wrong: still stopped",
            intent=Intent.OPT_IN,
            needs_human=True,
        )
    suppression.restore(
        context.session, context.number, f"inbound:{context.inbound.id}", context.now
    )
    if not owners:
        return _handled(
            None, "Texts to the number are allowed again", intent=Intent.OPT_IN, needs_human=True
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
    owners_now = owners_of(context.session, context.number, context.now)
    silent = [owner for owner in owners_now if owner.scope is AnswerScope.SILENT]
    for owner in owners_now:
        if owner not in silent:
            replan_skipped(context.session, owner.person.id, now=context.now)
    if silent:
        return _handled(
            only,
            "START: texts to the number are allowed again, but other reasons still prevent them",
            intent=Intent.OPT_IN,
            needs_human=True,
        )
    _confirm_restart(context, owners_now)
    return _handled(only, "Restarted texts to the number; confirmed", intent=Intent.OPT_IN)


def handle_request(context: ReplyContext, owners: Sequence[PhoneOwner]) -> Handled | None:
    """Do what a text surely asks about our texts: stop them, suspend the wrong number, or restart
    them. None for any other text.
    """
    if not context.interpretation.acts:
        return None
    match context.interpretation.intent:
        case Intent.OPT_OUT:
            return stop_texts(context, owners)
        case Intent.WRONG_NUMBER:
            return mark_wrong_number(context, owners)
        case _:
            return restart_if_asked(context, owners)


def handle_request_to_end(context: ReplyContext, owners: Sequence[PhoneOwner]) -> Handled | None:
    """Do what a text surely asks if that ends our texts. None for any other text."""
    if context.interpretation.intent not in (Intent.OPT_OUT, Intent.WRONG_NUMBER):
        return None
    return handle_request(context, owners)


def restart_if_asked(context: ReplyContext, owners: Sequence[PhoneOwner]) -> Handled | None:
    """Do as START does for a text that surely asks for texts again, from a stopped number that
    belongs to a person. None for any other text.
    """
    if (
        context.interpretation.intent is not Intent.OPT_IN
        or not context.interpretation.surely(Intent.OPT_IN)
        or not owners
    ):
        return None
    if not suppression.is_suppressed(context.session, context.number):
        return None
    return restart_texts(context, owners, how="They asked by text for texts again.")


def _confirm_restart(context: ReplyContext, owners: Sequence[PhoneOwner]) -> None:
    only = owners[0] if len(owners) == 1 and owners[0].scope is AnswerScope.OPEN else None
    first = answers.first_name(only) if only else ""
    answers.send(
        context,
        TextKind.START,
        texts.render(TextKind.START, language_of(owners), first=first),
        owner=only,
    )


def mark_wrong_number(context: ReplyContext, owners: Sequence[PhoneOwner]) -> Handled:
    """Stop texts to a phone that is not theirs, suspend the number for everybody who has it, and
    apologise once without a name.
    """
    is_new = suppression.suppress(
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
            why="A reply says that the number is not theirs. No texts are sent to it now.",
            evidence=context.evidence,
            now=context.now,
        )
    only = owners[0] if len(owners) == 1 else None
    if not is_new:
        return _handled(only, "Stopped already; no answer sent", intent=Intent.WRONG_NUMBER)
    apologised = answers.send_neutral(
        context, TextKind.WRONG_NUMBER, language_of(owners), owner=only
    )
    how = "apologised" if apologised else "no apology sent"
    return _handled(only, f"Suspended the number; {how}", intent=Intent.WRONG_NUMBER)


def _confirmation(owners: Sequence[PhoneOwner]) -> TextKind:
    """The confirmation of a stop. For a person under an order it says that they must still attend,
    which a stranger with the phone must not read.
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


def _handled(
    only: PhoneOwner | None, words: str, *, intent: Intent, needs_human: bool = False
) -> Handled:
    return Handled(
        words, needs_human=needs_human, person_id=only.person.id if only else None, intent=intent
    )
