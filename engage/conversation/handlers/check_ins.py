"""Answers to "How are things?": kept, thanked for, and after a hard one a call is offered and the
offender manager is told the same day (rule 15).

An answer is kept as given. A later answer replaces it while the check-in is open, and the signals
follow. A text with another meaning is handled by that meaning, and the check-in stays open. No
answer, and no silence, may ever count against the person.
"""

from collections.abc import Sequence
from dataclasses import replace

from engage.conversation import answers
from engage.conversation.context import Handled, ReplyContext
from engage.conversation.handlers import MeaningHandler, attendance, requests
from engage.conversation.handlers.check_in_values import (
    may_contradict,
    may_replace,
    read_call_answer,
    value_of,
    with_leading_number,
)
from engage.conversation.handlers.open_check_ins import OpenCheckIn, open_for
from engage.conversation.outcomes import leave_to_worker
from engage.conversation.phone_owner import PhoneOwner
from engage.conversation.signals import raise_signal, withdraw_signal
from engage.people.rules import AnswerScope
from engage.progress.check_ins import rules, service
from engage.progress.check_ins.model import CheckIn, HelpSaid
from engage.signals import Evidence, SignalKind
from engage.texts import TextKind
from engage.understanding.vocabulary import Intent, Prompt

_NEWS = frozenset(
    {
        Intent.PROGRESS_HOUSING,
        Intent.PROGRESS_COURSE,
        Intent.PROGRESS_GROUP,
        Intent.PROGRESS_WORK,
        Intent.PROGRESS_HEALTH,
    }
)
"""Beside one of these a hard answer comes first: the answer sent is the offer of a call."""


def record_answer(context: ReplyContext, owner: PhoneOwner) -> Handled:
    """Keep an answer to the check-in, raise a signal for a hard one, and thank or offer a call."""
    found = open_for(context.session, owner, context.number, context.received_at)
    value = value_of(context)
    if found is None:
        return leave_to_worker(context, owner, "No check-in is open")
    if value is None:
        return leave_to_worker(context, owner, "No answer on the scale")
    if not may_replace(context, found.check_in, value):
        return _more_words(owner, found)
    _store_answer(context, owner, found.check_in, value)
    side = attendance.record_beside(context, owner)
    handled = Handled(
        _words(value),
        needs_human=Intent.OTHER in context.interpretation.intents,
        person_id=owner.person.id,
        intent=Intent.CHECKIN_ANSWER,
    ).with_words(_send_reply(context, owner, found, value))
    if value < rules.LOW and may_contradict(context, owner):
        handled = replace(handled, needs_human=True).with_words("the other words may contradict it")
    return attendance.with_side_answer(handled, side)


def record_beside(context: ReplyContext, owner: PhoneOwner) -> tuple[ReplyContext, str]:
    """Keep an answer that stands beside a stronger meaning. Returns the context to go on with, and
    words for the thread, if something was kept.

    The handler of the stronger meaning sends the answer. Only beside news a hard answer comes
    first: the news is kept, and the answer sent offers a call.
    """
    context = with_leading_number(context, owner)
    interpretation = context.interpretation
    if interpretation.intent is Intent.CHECKIN_ANSWER:
        return context, ""
    if not interpretation.surely(Intent.CHECKIN_ANSWER):
        return context, ""
    found = open_for(context.session, owner, context.number, context.received_at)
    value = value_of(context)
    if found is None or value is None or not may_replace(context, found.check_in, value):
        return context, ""
    _store_answer(context, owner, found.check_in, value)
    words = _words_beside(value)
    if value >= rules.LOW and interpretation.intent in _NEWS:
        reply = _send_reply(context, owner, found, value)
        return replace(context, quiet=True), f"{words}; {reply}" if reply else words
    return context, words


def record_beside_danger(context: ReplyContext, owners: Sequence[PhoneOwner]) -> str:
    """Keep the number of the scale that a dangerous text starts with, for the worker who takes up
    the danger. Returns words for the thread, if something was kept.

    The safety advice is the only answer sent.
    """
    value = rules.leading_number(context.body)
    if len(owners) != 1 or context.prompt is not Prompt.CHECKIN or value is None:
        return ""
    if owners[0].scope is not AnswerScope.OPEN:
        return ""
    found = open_for(context.session, owners[0], context.number, context.received_at)
    if found is None:
        return ""
    _store_answer(context, owners[0], found.check_in, value)
    return _words_beside(value)


def accept_call_offer(
    context: ReplyContext, owner: PhoneOwner, handled: Handled, *, is_answered: bool
) -> None:
    """Record that a request for a call accepts the offer of one. `is_answered`: the same text
    answered the check-in.
    """
    if not handled.acted:
        return
    if Intent.CALL_ME not in (handled.intent, context.interpretation.intent):
        return
    found = open_for(context.session, owner, context.number, context.received_at)
    if found is not None and (found.offers_call or is_answered):
        found.check_in.help_said = HelpSaid.CALL


def answer_call_offer(context: ReplyContext, owner: PhoneOwner) -> Handled | None:
    """Handle a plain yes or no to "Would a call help?" if that was the last question."""
    if context.prompt is not Prompt.CHECKIN:
        return None
    wants_call = read_call_answer(context.body)
    if wants_call is None:
        return None
    found = open_for(context.session, owner, context.number, context.received_at)
    if found is None or not found.offers_call:
        return None
    if wants_call:
        found.check_in.help_said = HelpSaid.CALL
        return requests.request_call(context, owner)
    found.check_in.help_said = HelpSaid.NO_CALL
    answer = found.check_in.answer
    if answer is not None:
        _raise_signal(context, owner, found.check_in, answer.value)
    answers.send_personal(context, TextKind.CHECK_IN_THANKS, owner)
    return Handled(
        "No call wanted; the signal stays",
        person_id=owner.person.id,
        intent=Intent.CHECKIN_ANSWER,
    )


def _more_words(owner: PhoneOwner, found: OpenCheckIn) -> Handled:
    """Words after an answer that do not change it. After the offer of a call a worker reads them:
    they may be a yes.
    """
    return Handled(
        "More words after the check-in; the answer stays",
        needs_human=found.offers_call,
        person_id=owner.person.id,
        intent=Intent.CHECKIN_ANSWER,
        acted=not found.offers_call,
    )


def _store_answer(context: ReplyContext, owner: PhoneOwner, check_in: CheckIn, value: int) -> None:
    """Keep the answer. If it differs from an earlier one, resolve the signal of that one; raise a
    signal if it is hard.
    """
    before = check_in.answer
    is_new = service.record_answer(
        context.session,
        owner.person,
        check_in,
        value=value,
        inbound_id=context.inbound.id,
        said_at=context.received_at,
        now=context.now,
    )
    latest = check_in.answer
    if not is_new or latest is None or latest.inbound_id != context.inbound.id:
        return
    if before is not None and before.value != value:
        check_in.help_said = None
        withdraw_signal(
            context.session,
            SignalKind.FEELING_LOW,
            person_id=owner.person.id,
            about=_about(check_in, before.value),
            how=f"A later answer to the check-in: {value}, {rules.MEANS[value]}.",
            now=context.now,
        )
    if value >= rules.LOW:
        _raise_signal(context, owner, check_in, value)


def _raise_signal(context: ReplyContext, owner: PhoneOwner, check_in: CheckIn, value: int) -> None:
    hub = owner.contactability.hub
    raise_signal(
        context.session,
        SignalKind.FEELING_LOW,
        owner.person,
        about=_about(check_in, value),
        why=f"They answered the check-in with {value}, {rules.MEANS[value]}.",
        evidence=[
            *context.evidence,
            Evidence("message", str(check_in.message_id)),
            Evidence("rule", "15"),
        ],
        now=context.now,
        due_at=rules.call_deadline(context.now, owner.contactability.zone, hub.work_until_hour),
        action="Ring today: they need help." if value == max(rules.MEANS) else None,
    )


def _about(check_in: CheckIn, value: int) -> str:
    return f"check_in:{check_in.id}:{value}"


def _send_reply(context: ReplyContext, owner: PhoneOwner, found: OpenCheckIn, value: int) -> str:
    """Send thanks for an answer or, once, the offer of a call after a hard one. Returns words for
    the thread about the offer.
    """
    check_in = found.check_in
    if value < rules.LOW or found.offers_call:
        if value < rules.LOW:
            check_in.help_asked_at = check_in.help_said = None
        answers.send_personal(context, TextKind.CHECK_IN_THANKS, owner)
        return ""
    is_worst = value == max(rules.MEANS)
    kind = TextKind.CHECK_IN_HELP_NOW if is_worst else TextKind.CHECK_IN_HELP
    if not answers.send_personal(context, kind, owner):
        return ""
    check_in.help_asked_at, check_in.help_said = context.now, None
    return "asked whether a call would help"


def _words(value: int) -> str:
    return f"Check-in answered: {value}, {rules.MEANS[value]}"


def _words_beside(value: int) -> str:
    return f"check-in answered: {value}, {rules.MEANS[value]}"


HANDLES = {Intent.CHECKIN_ANSWER: MeaningHandler(record_answer, raises=SignalKind.FEELING_LOW)}
