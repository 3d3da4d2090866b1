"""Danger in a text comes before everything else: staff are told at once, and a person in danger
gets safety advice for the kind of danger (responses.py).

It must never weigh danger against the rest of the text. If several people have the number, each
offender manager is told; if nobody has it, the staff on call of any hub are. A stopped number, or a
phone that somebody else reads, gets no text, but staff are told. After most kinds of danger, texts
that they did not ask for wait (people/pause.py).
"""

import uuid
from collections.abc import Sequence

import structlog

from engage import texts
from engage.agencies import help_lines
from engage.conversation import answers
from engage.conversation.context import Handled, ReplyContext
from engage.conversation.phone_owner import PhoneOwner, language_of
from engage.conversation.safety.responses import RESPONSES, DangerResponse
from engage.conversation.signals import raise_signal
from engage.core.db import wake
from engage.people.model import Person
from engage.people.pause import pause
from engage.signals import SignalKind, SignalState
from engage.texts import TextKind
from engage.understanding.safety.kinds import DangerKind
from engage.understanding.vocabulary import Intent

CHANNEL = "engage_alarms"
"""Notified, within the transaction, when staff must be told at once (on_call.py)."""
PAUSE_REASON = "A text suggests that they may be in danger"

log = structlog.get_logger(__name__)

DANGER_OF = {
    Intent.CRISIS: DangerKind.UNCLEAR,
    Intent.HARM_TO_OTHERS: DangerKind.THREATS_TO_OTHERS,
}
"""The kind of a danger of which nothing more is known."""
_FROM_OTHER_PHONE = " It came from a phone that they share, or had in the past."


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
    found = [intent for intent in DANGER_OF if intent in context.interpretation.intents]
    if not found:
        return None
    dangers = context.interpretation.dangers or tuple(DANGER_OF[intent] for intent in found)
    people = [owner.person for owner in owners] or list(former)
    only = owners[0] if len(owners) == 1 else None
    for danger in _one_for_each_signal(dangers):
        for person in people:
            _raise_signal(context, danger, person, is_certain=only is not None)
    words = f"Urgent signal raised: {dangers[0].label}"
    if not people:
        log.error("danger.unknown_number", inbound=context.inbound.id, intent=found[0].value)
        words = (
            f"Unknown number, {dangers[0].label}: staff on call are told, and a coordinator must"
            " read this now"
        )
    if any(RESPONSES[danger].pauses for danger in dangers):
        for owner in owners:
            pause(context.session, owner.person, why=PAUSE_REASON, actor="system", now=context.now)
    if _send_advice(context, owners, dangers):
        words += "; safety advice sent"
    wake(context.session, CHANNEL)
    return Handled(
        words,
        needs_human=True,
        person_id=only.person.id if only else None,
        intent=found[0],
        alarming=not people,
    )


def about(danger: DangerKind) -> str:
    """What a signal about this danger is about. An unclear danger joins whatever is open."""
    return "text" if danger is DangerKind.UNCLEAR else f"text:{danger.value}"


def _one_for_each_signal(dangers: Sequence[DangerKind]) -> Sequence[DangerKind]:
    """The most urgent danger to the person, and the most urgent one to others."""
    first: dict[SignalKind, DangerKind] = {}
    for danger in dangers:
        first.setdefault(RESPONSES[danger].signal, danger)
    return list(first.values())


def _raise_signal(
    context: ReplyContext, danger: DangerKind, person: Person, *, is_certain: bool
) -> None:
    """Raise a signal, or add the text to one that is open. An acknowledged signal gets a new
    one.
    """
    response = RESPONSES[danger]
    raise_signal(
        context.session,
        response.signal,
        person,
        about=about(danger),
        why=response.why if is_certain else response.why + _FROM_OTHER_PHONE,
        evidence=context.evidence,
        now=context.now,
        due_at=context.now + response.due_within,
        action=response.action,
        joins=(SignalState.OPEN,),
        danger=danger,
    )


def _send_advice(
    context: ReplyContext, owners: Sequence[PhoneOwner], dangers: Sequence[DangerKind]
) -> bool:
    """Send the advice for the most urgent danger that has one. Straight after the same advice the
    person gets a short line instead.
    """
    responses = [RESPONSES[danger] for danger in dangers]
    response = next((one for one in responses if one.advice is not None), None)
    if response is None or response.advice is None:
        return False
    language, only = language_of(owners), owners[0] if len(owners) == 1 else None
    last = answers.last_safety_text(context)
    is_unclear = dangers[0] is DangerKind.UNCLEAR
    if last is not None and (is_unclear or last in (response.advice, response.advice_with_line)):
        return answers.send_neutral(context, TextKind.SAFETY_AGAIN, language, owner=only)
    phone = _own_number(context, owners, response)
    if phone is None or response.advice_with_line is None:
        return answers.send_neutral(context, response.advice, language, owner=only)
    body = texts.render(response.advice_with_line, language, phone=phone)
    return answers.send(context, response.advice_with_line, body, owner=only)


def _own_number(
    context: ReplyContext, owners: Sequence[PhoneOwner], response: DangerResponse
) -> str | None:
    """The checked number of the hub for this danger, if everybody who has the phone is of one
    hub.
    """
    hubs = {owner.person.hub_id for owner in owners}
    if response.line is None or len(hubs) != 1:
        return None
    return help_lines.checked_number(context.session, hubs.pop(), response.line)
