"""Danger comes before everything else in a text: a human is told at once, and whoever is in danger
gets the safety answer.

It never weighs what else the text says. Where it is not known whose text it is, everybody's
offender manager is told; a number that is nobody's raises an alarm with whoever is on call
anywhere. A stopped number, or a phone that somebody else reads, gets no text, but somebody is told
all the same. After a text that tells of danger to the person, texts that nobody asked for wait
(people/pause.py).
"""

import uuid
from collections.abc import Sequence

import structlog

from engage.conversation import answers
from engage.conversation.context import Handled, ReplyContext
from engage.conversation.phone_owner import PhoneOwner, language_of
from engage.conversation.signals import raise_signal
from engage.core.db import wake
from engage.people.model import Person
from engage.people.pause import pause
from engage.signals import SignalKind, SignalState
from engage.texts import TextKind
from engage.understanding.vocabulary import Intent

CHANNEL = "engage_alarms"
"""Notified, in the transaction, when somebody must be told at once (on_call.py)."""
PAUSED_FOR = "A text reads as if they may be in danger"

log = structlog.get_logger(__name__)

SIGNALS = {Intent.CRISIS: SignalKind.CRISIS, Intent.HARM_TO_OTHERS: SignalKind.HARM_TO_OTHERS}
_WHY = {
    SignalKind.CRISIS: "A text reads as if they may be in danger.",
    SignalKind.HARM_TO_OTHERS: "A text reads as if somebody may be in danger from them, or tells of harm to somebody.",
}
_UNSURE = {
    SignalKind.CRISIS: "A text from a phone that they share, or once had, reads as if somebody may be in danger.",
    SignalKind.HARM_TO_OTHERS: "A text from a phone that they share, or once had, tells of danger to somebody.",
}


def reading_item(reading_id: uuid.UUID) -> str:
    """How a notice to staff names a text of a number of nobody that waits for them, to be called
    back by.
    """
    return f"reading:{reading_id}"


def raise_alert(
    context: ReplyContext, owners: Sequence[PhoneOwner], former: Sequence[Person]
) -> Handled | None:
    """If the text tells of danger: raise urgent signals, send the safety answer where it helps, and
    say what was done; else None.

    `former` are people who once had a number that is nobody's now: it may still be their phone.
    """
    found = [intent for intent in SIGNALS if intent in context.interpretation.intents]
    if not found:
        return None
    people = [owner.person for owner in owners] or list(former)
    only = owners[0] if len(owners) == 1 else None
    for intent in found:
        for person in people:
            _tell(context, SIGNALS[intent], person, sure=only is not None)
    told = "Urgent signal raised"
    if not people:
        log.error("danger.unknown_number", inbound=context.inbound.id, intent=found[0].value)
        told = "The number is nobody's: whoever is on call is told, and a coordinator must read this now"
    if Intent.CRISIS in found:
        for owner in owners:
            pause(context.session, owner.person, why=PAUSED_FOR, actor="system", now=context.now)
        if answers.neutral(context, TextKind.CRISIS, language_of(owners), owner=only):
            told += "; safety advice sent"
    wake(context.session, CHANNEL)
    return Handled(
        told,
        needs_human=True,
        person_id=only.person.id if only else None,
        intent=found[0],
        alarming=not people,
    )


def _tell(context: ReplyContext, kind: SignalKind, person: Person, *, sure: bool) -> None:
    """Joins a signal that nobody has taken up yet; once somebody has, a new text is news."""
    raise_signal(
        context.session,
        kind,
        person,
        about="text",
        why=(_WHY if sure else _UNSURE)[kind],
        evidence=context.evidence,
        now=context.now,
        joins=(SignalState.OPEN,),
    )
