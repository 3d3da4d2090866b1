"""Danger in a text comes before everything else: staff are told at once, and a person in danger
gets safety advice.

It must never weigh danger against the rest of the text. If several people have the number, each
offender manager is told; if nobody has it, the staff on call of any hub are. A stopped number, or a
phone that somebody else reads, gets no text, but staff are told. After a text about danger to the
person, texts that they did not ask for wait (people/pause.py).
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
"""Notified, within the transaction, when staff must be told at once (on_call.py)."""
PAUSE_REASON = "A text suggests that they may be in danger"

log = structlog.get_logger(__name__)

SIGNAL_KINDS = {Intent.CRISIS: SignalKind.CRISIS, Intent.HARM_TO_OTHERS: SignalKind.HARM_TO_OTHERS}
_WHY = {
    SignalKind.CRISIS: "A text suggests that they may be in danger.",
    SignalKind.HARM_TO_OTHERS: (
        "A text suggests that they may be a danger to somebody, or reports harm to somebody."
    ),
}
_WHY_UNSURE = {
    SignalKind.CRISIS: (
        "A text from a phone that they share, or had in the past, suggests that somebody may be in"
        " danger."
    ),
    SignalKind.HARM_TO_OTHERS: (
        "A text from a phone that they share, or had in the past, reports danger to somebody."
    ),
}
"""Where it is not certain whose text it is."""


def record_item(record_id: uuid.UUID) -> str:
    """The item of notices to staff about a text from an unknown number. It withdraws them when the
    text is dealt with.
    """
    return f"reading:{record_id}"


def raise_alert(
    context: ReplyContext, owners: Sequence[PhoneOwner], former: Sequence[Person]
) -> Handled | None:
    """If the text reports danger, raise urgent signals and send safety advice if that helps. None
    for any other text.

    `former` are the people who had an unknown number in the past: it may still be their phone.
    """
    found = [intent for intent in SIGNAL_KINDS if intent in context.interpretation.intents]
    if not found:
        return None
    people = [owner.person for owner in owners] or list(former)
    only = owners[0] if len(owners) == 1 else None
    for intent in found:
        for person in people:
            _raise_signal(context, SIGNAL_KINDS[intent], person, is_certain=only is not None)
    words = "Urgent signal raised"
    if not people:
        log.error("danger.unknown_number", inbound=context.inbound.id, intent=found[0].value)
        words = "Unknown number: staff on call are told, and a coordinator must read this now"
    if Intent.CRISIS in found:
        for owner in owners:
            pause(context.session, owner.person, why=PAUSE_REASON, actor="system", now=context.now)
        if answers.send_neutral(context, TextKind.CRISIS, language_of(owners), owner=only):
            words += "; safety advice sent"
    wake(context.session, CHANNEL)
    return Handled(
        words,
        needs_human=True,
        person_id=only.person.id if only else None,
        intent=found[0],
        alarming=not people,
    )


def _raise_signal(
    context: ReplyContext, kind: SignalKind, person: Person, *, is_certain: bool
) -> None:
    """Raise a signal, or add the text to one that is open. An acknowledged signal gets a new
    one.
    """
    raise_signal(
        context.session,
        kind,
        person,
        about="text",
        why=(_WHY if is_certain else _WHY_UNSURE)[kind],
        evidence=context.evidence,
        now=context.now,
        joins=(SignalState.OPEN,),
    )
