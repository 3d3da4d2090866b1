"""Intake of texts: who a text is from, what it means after what was asked, and what follows, in one
transaction.

messaging.inbound passes each text to `handle`. It keeps one reply record for every text; handling a
text again does nothing. STOP and START are looked for before the text is interpreted, and danger
comes before every other meaning. Nothing here may call a network.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from engage.conversation import (
    answers,
    bursts,
    open_questions,
    phone_owner,
    rate_limits,
    routing,
    shared_phone,
)
from engage.conversation.context import Handled, ReplyContext
from engage.conversation.handlers import absences, check_ins, stop
from engage.conversation.model import Alarm, QuestionKind, ReplyRecord
from engage.conversation.outcomes import FOR_WORKER
from engage.conversation.phone_owner import PhoneOwner
from engage.conversation.safety import after_danger, alerts, compromised_phone, net
from engage.conversation.safety.copied_advice import copied_advice
from engage.conversation.sent_texts import latest_bodies
from engage.conversation.steps import Result, Steps, handles, learns, run
from engage.conversation.writers import other_writers
from engage.core import events
from engage.core.db import new_id
from engage.people.model import Person
from engage.texts import TextKind
from engage.understanding.auto_replies import carries_a_call, is_auto_reply
from engage.understanding.interpret import interpret
from engage.understanding.joining import JoinMode
from engage.understanding.keywords import is_stop_slip
from engage.understanding.speaker.quotes import MIN_QUOTED, own_words
from engage.understanding.vocabulary import Intent, Prompt, Speaker
from messaging import suppression
from messaging.tables import Inbound

LONGEST = 1600
"""The characters of a text over the limits that are searched. No network carries a longer text."""
# Stored with the suppression.
BLOCKED = "the text service blocked it at a word it takes for STOP"
_RECORDED = select(ReplyRecord.id).where(ReplyRecord.inbound_id == bindparam("inbound"))


def handle(session: Session, inbound: Inbound, now: datetime) -> None:
    """Handle a text. A text that has a reply record is left alone."""
    number = inbound.from_number
    phone_owner.lock_number(session, number)
    if session.scalar(_RECORDED, {"inbound": inbound.id}) is not None:
        return
    owners = phone_owner.owners_of(session, number, now)
    recent = rate_limits.recent_texts(session, inbound)
    if rate_limits.is_over_limit(recent, owners):
        context = _skim(session, inbound, owners, now)
        context, handled = run(SKIM_STEPS, context, owners)
    else:
        prompt = _prompt(session, owners, number, inbound.received_at)
        context = _interpret(session, inbound, prompt, owners, now, first=not recent.others)
        context, handled = run(STEPS, context, owners)
    _record(context, net.catch(context, handled, owners), owners)


def _stop_word(context: ReplyContext, owners: Sequence[PhoneOwner]) -> Handled | None:
    is_stop = suppression.stop_word(context.body) or is_stop_slip(context.body)
    return stop.stop_texts(context, owners) if is_stop else None


def _start_word(context: ReplyContext, owners: Sequence[PhoneOwner]) -> Handled | None:
    return stop.restart_texts(context, owners) if suppression.start_word(context.body) else None


def _danger(context: ReplyContext, owners: Sequence[PhoneOwner]) -> Handled | None:
    handled = _danger_alone(context, owners)
    if handled is None:
        return None
    handled = handled.with_words(check_ins.record_beside_danger(context, owners))
    return handled.with_words(absences.record_reason_beside_danger(context, owners))


def _danger_alone(context: ReplyContext, owners: Sequence[PhoneOwner]) -> Handled | None:
    former: Sequence[Person] = ()
    if not owners:
        former = phone_owner.former_owners_of(context.session, context.number)
    return alerts.raise_alert(context, owners, former)


def _automatic_reply(context: ReplyContext, owners: Sequence[PhoneOwner]) -> Handled | None:
    if not is_auto_reply(context.body):
        return None
    has_call = carries_a_call(context.body)
    return Handled(
        f"An automatic text about a call; {FOR_WORKER}"
        if has_call
        else "An automatic reply from a phone or an office: nothing to do",
        needs_human=has_call,
        person_id=owners[0].person.id if len(owners) == 1 else None,
        intent=Intent.OTHER,
        acted=False,
    )


def _blocked(context: ReplyContext, owners: Sequence[PhoneOwner]) -> Result:
    """Record that a provider may have blocked the number without telling us, as some do at CANCEL,
    END and QUIT. These words are interpreted all the same.
    """
    is_blocked = context.inbound.params.get("OptOutType") == "STOP"
    if not is_blocked and not suppression.may_block_word(context.body):
        return context, None
    for owner in owners:
        events.record_for_person(
            context.session,
            "number.may_be_blocked",
            owner.person,
            now=context.now,
            actor="system",
            inbound=context.inbound.id,
        )
    if is_blocked or context.prompt is Prompt.NONE:
        return context, stop.stop_texts(context, owners, why=BLOCKED)
    return replace(context, may_be_blocked=True), None


def _by_owner(context: ReplyContext, owners: Sequence[PhoneOwner]) -> Result:
    match owners:
        case []:
            handled = _of_unknown_number(context)
        case [owner]:
            context, handled = routing.route(context, owner)
        case _:
            context, handled = shared_phone.route(context, owners, _interpret_as_theirs)
    if context.may_be_blocked:
        handled = handled.with_words("the text service may have blocked the number at this word")
    return context, handled


def _of_unknown_number(context: ReplyContext) -> Handled:
    """Send one answer without content to a number that nobody has. A coordinator finds out whose it
    is.
    """
    if handled := stop.handle_request(context, []):
        return handled
    words = "Unknown number"
    if answers.send_neutral(context, TextKind.UNKNOWN_NUMBER, "en"):
        words = "Unknown number: answered without naming anybody"
    return Handled(f"{words}; for a coordinator to read", needs_human=True, acted=False)


STEPS: Steps[Sequence[PhoneOwner]] = (
    (
        "shows that another person reads the phone",
        learns(compromised_phone.silence_if_read_by_other),
    ),
    ("is STOP", handles(_stop_word)),
    ("is START", handles(_start_word)),
    ("reports danger", handles(_danger)),
    ("is an automatic reply", handles(_automatic_reply)),
    ("only reacts or quotes", handles(other_writers.take_no_words)),
    ("says the same words again", learns(rate_limits.silence_repeats)),
    ("is of another reader", handles(compromised_phone.leave_to_worker)),
    ("may be blocked by the provider", _blocked),
    ("comes after danger", after_danger.handle),
    ("is read as its owner's", _by_owner),
)
"""The steps for every text, before its sender is known."""

SKIM_STEPS: Steps[Sequence[PhoneOwner]] = (
    (
        "shows that another person reads the phone",
        learns(compromised_phone.silence_if_read_by_other),
    ),
    ("is STOP", handles(_stop_word)),
    ("reports danger", handles(_danger_alone)),
    ("ends texts", handles(stop.handle_request_to_end)),
    ("is of another reader", handles(compromised_phone.leave_to_worker)),
    ("comes after danger", handles(after_danger.pass_over)),
    ("is passed over", handles(rate_limits.pass_over)),
)
"""The steps for a text over the limits of its number."""


def _prompt(
    session: Session, owners: list[PhoneOwner], number: str, received_at: datetime
) -> Prompt:
    """The last question to the number. If several people have it, a question to any of them."""
    if len(owners) > 1 and open_questions.open_for(session, number, received_at, QuestionKind.WHO):
        return Prompt.WHO
    prompts = [routing.prompt_for(session, owner, number, received_at) for owner in owners]
    return next((prompt for prompt in _PROMPT_ORDER if prompt in prompts), Prompt.NONE)


_PROMPT_ORDER = (
    Prompt.NUMBER_CHECK,
    Prompt.REBOOK,
    Prompt.TODAY,
    Prompt.APPOINTMENT,
    Prompt.ABSENCE,
    Prompt.CHECKIN,
    Prompt.ANSWERED,
    Prompt.SPOKEN,
)
"""Which prompt counts if several people were asked."""


def _interpret_as_theirs(
    context: ReplyContext, inbound: Inbound, owner: PhoneOwner
) -> ReplyContext:
    """Interpret a text from this number as an answer to what `owner` was asked."""
    prompt = routing.prompt_for(context.session, owner, context.number, inbound.received_at)
    theirs = _interpret(context.session, inbound, prompt, [owner], context.now)
    if inbound is not context.inbound:
        return theirs
    return replace(
        context,
        prompt=theirs.prompt,
        interpretation=theirs.interpretation,
        burst=theirs.burst,
        written=theirs.written,
        earlier_evidence=theirs.earlier_evidence,
        notes=theirs.notes,
    )


def _skim(
    session: Session, inbound: Inbound, owners: Sequence[PhoneOwner], now: datetime
) -> ReplyContext:
    """Interpret a text over the limits by itself, to look for danger and the like."""
    language = phone_owner.language_of(owners)
    return ReplyContext(
        session,
        inbound,
        now,
        interpret(inbound.body[:LONGEST], Prompt.NONE, language),
        Prompt.NONE,
        answer_to=inbound,
        record_id=new_id(),
    )


def _interpret(
    session: Session,
    inbound: Inbound,
    prompt: Prompt,
    owners: Sequence[PhoneOwner],
    now: datetime,
    *,
    first: bool = False,
) -> ReplyContext:
    # Most texts are too short to hold a copy of ours.
    is_long = len(inbound.body) >= MIN_QUOTED
    ours = latest_bodies(session, inbound.from_number, inbound.received_at) if is_long else []
    ours += copied_advice(inbound.body)
    interpretation, asked, burst = bursts.interpret_inbound(
        session, inbound, prompt, owners, first=first, ours=ours
    )
    written = own_words(inbound.body, ours)
    return ReplyContext(
        session,
        inbound,
        now,
        interpretation,
        asked,
        answer_to=inbound,
        record_id=new_id(),
        earlier_evidence=tuple(bursts.evidence(burst)),
        burst=burst,
        first=first,
        written=written.words if written.is_quote else None,
        notes=("Read together with the text before",) if burst.mode is JoinMode.JOINED else (),
    )


def _is_lost(context: ReplyContext, handled: Handled) -> bool:
    """Whether nothing became of a text: nothing was done and nobody was answered. Only a machine's
    own text may end so.
    """
    if handled.acted or handled.passed_over or context.interpretation.speaker is Speaker.MACHINE:
        return False
    waits_for_name = open_questions.open_for(
        context.session, context.number, context.received_at, QuestionKind.WHO
    )
    return not waits_for_name and not answers.was_answered(context)


def _record(context: ReplyContext, handled: Handled, owners: Sequence[PhoneOwner]) -> None:
    context.inbound.redact = any(owner.contactability.hub.redact_after_delivery for owner in owners)
    record = ReplyRecord(
        id=context.record_id,
        inbound_id=context.inbound.id,
        number=context.number[:16],
        person_id=handled.person_id,
        appointment_id=handled.appointment_id,
        prompt=context.prompt,
        intent=handled.intent or context.interpretation.intent,
        confidence=context.interpretation.confidence,
        intents=list(context.interpretation.intents),
        evidence=list(context.interpretation.evidence),
        act=handled.acted,
        speaker=context.interpretation.speaker,
        basis=context.interpretation.basis,
        done="; ".join([*context.notes, handled.words])[:200],
        at=context.received_at,
        needs_human=handled.needs_human
        or context.effects.answer_limited
        or _is_lost(context, handled),
        passed_over=handled.passed_over,
        read_with=list(context.burst.earlier) if context.burst.mode is JoinMode.JOINED else [],
    )
    context.session.add(record)
    if handled.alarming:
        context.session.flush()
        context.session.add(Alarm(reply_record_id=record.id, next_at=context.now))
    person = next((owner.person for owner in owners if owner.person.id == handled.person_id), None)
    events.record(
        context.session,
        "reply.read",
        now=context.now,
        actor="system",
        person_id=handled.person_id,
        hub_id=person.hub_id if person else None,
        inbound=context.inbound.id,
        intent=record.intent,
        act=record.act,
    )
    context.session.flush()
