"""Answering a text: whose it is, what it means in the light of what was asked, and what follows,
all in one transaction.

`handle` is what messaging.inbound hands each text to. It keeps one reading of every text, whatever
happens, and doing it again does nothing. STOP and START come before reading, danger before
everything that is read. It calls no network.
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
)
from engage.conversation.context import Handled, ReplyContext
from engage.conversation.handlers import check_ins, shared_phone, stop
from engage.conversation.model import Alarm, QuestionKind, ReplyRecord
from engage.conversation.phone_owner import PhoneOwner
from engage.conversation.safety import alerts, compromised_phone
from engage.core import events
from engage.core.db import new_id
from engage.people.model import Person
from engage.texts import TextKind
from engage.understanding import auto_replies
from engage.understanding.interpret import interpret
from engage.understanding.joining import How
from engage.understanding.vocabulary import Intent, Prompt
from messaging import suppression
from messaging.tables import Inbound

LONGEST = 1600
"""Characters of a text of very many that danger is looked for in: no network carries a longer one.
"""
_READ = select(ReplyRecord.id).where(ReplyRecord.inbound_id == bindparam("inbound"))
BLOCKED = "the text service blocked it at a word it takes for STOP"


def handle(session: Session, inbound: Inbound, now: datetime) -> None:
    """Read one text and do what follows. Idempotent: a text that has a reading is left alone."""
    number = inbound.from_number
    phone_owner.lock_number(session, number)
    if session.scalar(_READ, {"inbound": inbound.id}) is not None:
        return
    held = phone_owner.owners_of(session, number, now)
    before = rate_limits.before(session, inbound)
    if rate_limits.over(before, held):
        turn = _skim(session, inbound, held, now)
        done = _act_on_danger(turn, held) or rate_limits.pass_over(turn, held)
    else:
        prompt = _prompt(session, held, number, inbound.received_at)
        turn = _listen(session, inbound, prompt, held, now, first=not before.others)
        done = _act(turn, held)
    _keep(turn, done, held)


def _act(turn: ReplyContext, held: list[PhoneOwner]) -> Handled:
    unsafe = compromised_phone.hush(turn, held)
    if suppression.stop_word(turn.body):
        return stop.stop(turn, held)
    if suppression.start_word(turn.body):
        return stop.start(turn, held)
    former: Sequence[Person] = (
        () if held else phone_owner.former_owners_of(turn.session, turn.number)
    )
    if danger := alerts.look(turn, held, former):
        return check_ins.beside_danger(turn, held, danger)
    if auto_replies.automatic(turn.body):
        return _nobody_wrote(held)
    if not turn.first:
        rate_limits.hush_repeats(turn)
    if unsafe:
        return compromised_phone.hand_over(turn, held)
    if not suppression.may_block_word(turn.body) and not _says_blocked(turn):
        return _hear(turn, held)
    _record_block(turn, held)
    if _says_blocked(turn) or turn.prompt is Prompt.NONE:
        return stop.stop(turn, held, why=BLOCKED)
    done = _hear(turn, held)
    return replace(
        done, words=f"{done.words}; the text service may have blocked the number at this word"
    )


def _act_on_danger(turn: ReplyContext, held: list[PhoneOwner]) -> Handled | None:
    """What is heeded in a text however many came before it: another reader, STOP, danger, and a
    wish for no more texts.
    """
    unsafe = compromised_phone.hush(turn, held)
    if suppression.stop_word(turn.body):
        return stop.stop(turn, held)
    former: Sequence[Person] = (
        () if held else phone_owner.former_owners_of(turn.session, turn.number)
    )
    if danger := alerts.look(turn, held, former):
        return danger
    if turn.heard.acts and turn.heard.intent in (Intent.OPT_OUT, Intent.WRONG_NUMBER):
        return routing.ends_texts(turn, held)
    return compromised_phone.hand_over(turn, held) if unsafe else None


def _nobody_wrote(held: Sequence[PhoneOwner]) -> Handled:
    return Handled(
        "An automatic reply of a phone or an office: nothing to do",
        person_id=held[0].person.id if len(held) == 1 else None,
        intent=Intent.OTHER,
        acted=False,
    )


def _hear(turn: ReplyContext, held: list[PhoneOwner]) -> Handled:
    match held:
        case []:
            return _unknown(turn)
        case [holder]:
            return routing.hear(turn, holder)
        case _:
            return shared_phone.hear(
                turn, held, lambda inbound, holder: _as_theirs(turn, inbound, holder)
            )


def _says_blocked(turn: ReplyContext) -> bool:
    """The provider says with the text that it has blocked the number."""
    return turn.inbound.params.get("OptOutType") == "STOP"


def _record_block(turn: ReplyContext, held: list[PhoneOwner]) -> None:
    """CANCEL, END and QUIT are read by what they mean, but a provider may block the number at them
    without a word: that is recorded.
    """
    for holder in held:
        events.record(
            turn.session,
            "number.may_be_blocked",
            now=turn.now,
            actor="system",
            person_id=holder.person.id,
            hub_id=holder.person.hub_id,
            inbound=turn.inbound.id,
        )


def _unknown(turn: ReplyContext) -> Handled:
    """Nobody has the number now, whoever once had it: one answer that says nothing, and a human
    finds out whose it is.
    """
    if ended := routing.ends_texts(turn, []):
        return ended
    answered = answers.neutral(turn, TextKind.UNKNOWN_NUMBER, "en")
    words = (
        "Nobody has this number: answered without a word about anybody"
        if answered
        else "Nobody has this number"
    )
    return Handled(f"{words}; for a coordinator to read", needs_human=True, acted=False)


def _prompt(session: Session, held: list[PhoneOwner], number: str, heard_at: datetime) -> Prompt:
    """What was last asked of the number; with several people on it, anything that any of them was
    asked.
    """
    if len(held) > 1 and open_questions.open_for(session, number, heard_at, QuestionKind.WHO):
        return Prompt.WHO
    prompts = [routing.prompt_for(session, holder, number, heard_at) for holder in held]
    return next((prompt for prompt in _FIRST if prompt in prompts), Prompt.NONE)


_FIRST = (
    Prompt.NUMBER_CHECK,
    Prompt.REBOOK,
    Prompt.TODAY,
    Prompt.APPOINTMENT,
    Prompt.ABSENCE,
    Prompt.CHECKIN,
    Prompt.ANSWERED,
    Prompt.SPOKEN,
)


def _as_theirs(turn: ReplyContext, inbound: Inbound, holder: PhoneOwner) -> ReplyContext:
    """A text of this number read again in the light of what `holder` was asked; the one in hand
    stays in hand.
    """
    prompt = routing.prompt_for(turn.session, holder, turn.number, inbound.received_at)
    again = _listen(turn.session, inbound, prompt, [holder], turn.now)
    if inbound is not turn.inbound:
        return again
    turn.prompt, turn.heard, turn.burst = again.prompt, again.heard, again.burst
    turn.also, turn.notes = again.also, again.notes
    return turn


def _skim(
    session: Session, inbound: Inbound, held: Sequence[PhoneOwner], now: datetime
) -> ReplyContext:
    """A text of very many: read by itself, for danger and the like only."""
    heard = interpret(inbound.body[:LONGEST], Prompt.NONE, phone_owner.language_of(held))
    return ReplyContext(
        session, inbound, now, heard, Prompt.NONE, answers_to=inbound, reading_id=new_id()
    )


def _listen(
    session: Session,
    inbound: Inbound,
    prompt: Prompt,
    held: Sequence[PhoneOwner],
    now: datetime,
    *,
    first: bool = False,
) -> ReplyContext:
    heard, asked, burst = bursts.listen(session, inbound, prompt, held, first=first)
    return ReplyContext(
        session,
        inbound,
        now,
        heard,
        asked,
        answers_to=inbound,
        reading_id=new_id(),
        also=bursts.evidence(burst),
        burst=burst,
        first=first,
        notes=["Read with what came just before"] if burst.how is How.JOINED else [],
    )


def _keep(turn: ReplyContext, done: Handled, held: Sequence[PhoneOwner]) -> None:
    turn.inbound.redact = any(holder.reach.hub.redact_after_delivery for holder in held)
    reading = ReplyRecord(
        id=turn.reading_id,
        inbound_id=turn.inbound.id,
        number=turn.number[:16],
        person_id=done.person_id,
        appointment_id=done.appointment_id,
        prompt=turn.prompt,
        intent=done.intent or turn.heard.intent,
        confidence=turn.heard.confidence,
        intents=list(turn.heard.intents),
        evidence=list(turn.heard.evidence),
        act=done.acted,
        done="; ".join([*turn.notes, done.words])[:200],
        at=turn.heard_at,
        needs_human=done.needs_human or turn.limited,
        passed_over=turn.passed_over,
        read_with=list(turn.burst.before) if turn.burst.how is How.JOINED else [],
    )
    turn.session.add(reading)
    if done.alarming:
        turn.session.flush()
        turn.session.add(Alarm(reply_record_id=reading.id, next_at=turn.now))
    person = next((holder.person for holder in held if holder.person.id == done.person_id), None)
    events.record(
        turn.session,
        "reply.read",
        now=turn.now,
        actor="system",
        person_id=done.person_id,
        hub_id=person.hub_id if person else None,
        inbound=turn.inbound.id,
        intent=reading.intent,
        act=reading.act,
    )
    turn.session.flush()
