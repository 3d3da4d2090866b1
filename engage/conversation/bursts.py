"""Bursts: several texts in a row from one phone within minutes, with none of ours in between except
answers to them.

It finds the texts that a text continues, has them interpreted as one if joining.py says so, and
withdraws what an earlier one recorded if together they mean something else. It must never wait: a
text is handled when it comes.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from engage.agencies.hub_settings import HubRules
from engage.appointments.kinds import IntentKind
from engage.conversation.context import Burst, Handled, ReplyContext
from engage.conversation.corrections import withdrawal
from engage.conversation.handlers.intent_kinds import KIND_OF
from engage.conversation.model import QuestionKind, ReplyRecord
from engage.conversation.open_questions import close, open_for
from engage.conversation.outcomes import UNCLEAR, leave_to_worker
from engage.conversation.phone_owner import PhoneOwner, language_of, names_of
from engage.conversation.sent_texts import left_at, left_for_number
from engage.signals import Evidence
from engage.understanding.choices import read_choice
from engage.understanding.interpret import interpret
from engage.understanding.joining import DANGER, JoinMode, choose, may_refuse
from engage.understanding.keywords import keyword
from engage.understanding.vocabulary import Act, Intent, Interpretation, Prompt, Speaker
from messaging import suppression
from messaging.tables import Inbound, Message

MAX_EARLIER_TEXTS = 5
"""A text is never interpreted with more earlier texts than this."""
_NUMBERED_PROMPTS = frozenset(
    {Prompt.REBOOK, Prompt.WHICH, Prompt.NUMBER_CHECK, Prompt.WHO, Prompt.CHECKIN}
)
_MAX_CHOICES = 9
_DIRECTION_OVERRIDES = frozenset("\u202d\u202e")
"""These show letters in another order than they are stored, so the person saw another text."""
_ATTENDANCE_PROMPTS = frozenset(
    {Prompt.APPOINTMENT, Prompt.TODAY, Prompt.ANSWERED, Prompt.SPOKEN, Prompt.NONE}
)
"""After any of these the texts of a burst may answer the same question about attending."""
_ATTENDANCE = frozenset({Intent.CONFIRM, Intent.DECLINE})

_EARLIER = (
    select(Inbound, ReplyRecord)
    .join(ReplyRecord, ReplyRecord.inbound_id == Inbound.id)
    .where(
        Inbound.from_number == bindparam("number"),
        Inbound.received_at >= bindparam("since"),
        Inbound.id < bindparam("id"),
    )
    .order_by(Inbound.received_at.desc(), Inbound.id.desc())
    .limit(MAX_EARLIER_TEXTS)
)
_OUR_TEXTS = (
    select(left_at(), Message.context)
    .where(
        Message.created_at >= bindparam("since") - timedelta(hours=1),
        left_at() > bindparam("since"),
        left_for_number("until"),
    )
    .order_by(left_at().desc())
)


@dataclass(frozen=True)
class _EarlierText:
    inbound: Inbound
    record: ReplyRecord


def interpret_inbound(
    session: Session,
    inbound: Inbound,
    prompt: Prompt,
    owners: Sequence[PhoneOwner],
    *,
    first: bool = False,
    ours: Sequence[str] = (),
) -> tuple[Interpretation, Prompt, Burst]:
    """Interpret a text, with the texts that it continues (`first`: there are none). Returns the
    interpretation, the prompt that it answers, and the burst. `ours` are our latest texts to the
    number: copies of them are not read.

    On a shared phone nobody knows whose each text is, so only danger is looked for across texts.
    """
    language = language_of(owners)
    names = names_of(owners)
    alone = interpret(inbound.body, prompt, language, ours=ours, names=names)
    if alone.speaker in (Speaker.REACTION, Speaker.QUOTE):
        return alone, prompt, Burst()
    if not _DIRECTION_OVERRIDES.isdisjoint(inbound.body):
        return replace(alone, act=Act.HUMAN, sure=frozenset()), prompt, Burst()
    earlier = [] if first else _earlier_texts(session, inbound, prompt, owners)
    if not earlier:
        return alone, prompt, Burst()
    asked = Prompt(earlier[0].record.prompt)
    bodies = [one.inbound.body for one in earlier]
    ids = tuple(one.inbound.id for one in earlier)
    joint = interpret(inbound.body, asked, language, bodies, ours, names)
    if any(_reports_harm(one.record) for one in earlier):
        # "im gonna kill" / "myself": what looked like harm to others may be harm to themselves.
        # Nothing else is joined to such a text.
        if Intent.CRISIS in joint.intents and Intent.CRISIS not in alone.intents:
            return joint, asked, Burst(ids, JoinMode.JOINED)
        return alone, prompt, Burst()
    decision = choose(
        alone,
        joint,
        interpret(bodies[-1], asked, language, bodies[:-1], ours, names),
        text=inbound.body,
        earlier=bodies,
        acted_on=[Intent(one.record.intent) if one.record.act else None for one in earlier],
    )
    if len(owners) > 1 and DANGER.isdisjoint(decision.interpretation.intents):
        return alone, prompt, Burst()
    is_joint = decision.mode in (JoinMode.JOINED, JoinMode.SAME)
    return decision.interpretation, asked if is_joint else prompt, Burst(ids, decision.mode)


def evidence(burst: Burst) -> list[Evidence]:
    """The earlier texts that a joint interpretation rests on."""
    return [Evidence("inbound", str(id)) for id in burst.earlier if burst.mode is JoinMode.JOINED]


def reconcile(context: ReplyContext, owner: PhoneOwner) -> Handled | None:
    """Withdraw what the earlier texts recorded and the burst as a whole does not say. Handles a
    text that adds nothing, or that may take back what they said.
    """
    burst = context.burst
    if not burst.earlier:
        return None
    if burst.mode is JoinMode.SAME:
        return Handled("Continues the text before; nothing new", person_id=owner.person.id)
    if kinds := _kinds_to_withdraw(context.interpretation, burst.mode):
        withdrawal.withdraw(context, owner, burst.earlier, kinds=kinds)
    if burst.mode is JoinMode.JOINED and context.interpretation.acts:
        _close_earlier_pieces(context, owner)
    if burst.mode is JoinMode.DOUBTED:
        return leave_to_worker(context, owner, "May take back what they just said")
    return None


def _earlier_texts(
    session: Session, inbound: Inbound, prompt: Prompt, owners: Sequence[PhoneOwner]
) -> list[_EarlierText]:
    """The texts that this one continues, oldest first."""
    max_gap = _max_gap(owners)
    if not max_gap or _stands_alone(inbound.body):
        return []
    given = {
        "number": inbound.from_number,
        "id": inbound.id,
        "since": inbound.received_at - MAX_EARLIER_TEXTS * max_gap,
    }
    rows = [_EarlierText(text, record) for text, record in session.execute(_EARLIER, given)]
    person_id = owners[0].person.id if len(owners) == 1 else None
    found: list[_EarlierText] = []
    next_text, later_answer = inbound, None
    for one in rows:
        gap = next_text.received_at - one.inbound.received_at
        answered = one.record.intent if one.record.act else None
        if gap > max_gap or not _can_be_continued(one, prompt, person_id):
            break
        if later_answer and answered in _ATTENDANCE and answered != later_answer:
            break  # They changed their mind: what came before the later answer is over.
        found.append(one)
        next_text = one.inbound
        if later_answer is None and answered in _ATTENDANCE:
            later_answer = answered
    return _since_our_last_text(session, inbound, found)[::-1]


def _max_gap(owners: Sequence[PhoneOwner]) -> timedelta:
    rules = [owner.contactability.hub for owner in owners] or [HubRules()]
    return timedelta(minutes=min(one.texts_together_minutes for one in rules))


def _can_be_continued(one: _EarlierText, prompt: Prompt, person_id: uuid.UUID | None) -> bool:
    """Whether the next text can continue this one: no worker has dealt with it, and it was no
    complete answer, no keyword and no crisis.
    """
    record = one.record
    asked = Prompt(record.prompt)
    return (
        record.person_id == person_id
        and record.read_at is None
        and record.taken_back_at is None
        and not record.passed_over
        and Intent.CRISIS not in record.intents
        and not _stands_alone(one.inbound.body)
        and (_reports_harm(record) or not (record.act and asked in _NUMBERED_PROMPTS))
        and (asked is prompt or {asked, prompt} <= _ATTENDANCE_PROMPTS)
    )


def _reports_harm(record: ReplyRecord) -> bool:
    return Intent.HARM_TO_OTHERS in record.intents


def _stands_alone(body: str) -> bool:
    """Whether a text is no piece of a sentence: a keyword, a bare choice ("2", "both"), or
    empty.
    """
    word = suppression.stop_word(body) or suppression.start_word(body) or keyword(body)
    return not body.strip() or bool(word) or read_choice(body, _MAX_CHOICES) is not None


def _since_our_last_text(
    session: Session, inbound: Inbound, found: list[_EarlierText]
) -> list[_EarlierText]:
    """Those of `found` (newest first) after which no text of ours left but answers to them."""
    if not found:
        return []
    ids = {one.inbound.id for one in found}
    ours = session.execute(
        _OUR_TEXTS,
        {
            "number": inbound.from_number,
            "since": found[-1].inbound.received_at,
            "until": inbound.received_at,
        },
    )
    for at, context in ours:
        if context.get("purpose") == "reply" and context.get("inbound") in ids:
            continue
        return [one for one in found if one.inbound.received_at >= at]
    return found


def _kinds_to_withdraw(interpretation: Interpretation, mode: JoinMode) -> frozenset[IntentKind]:
    """The intents that no longer count: a yes that is in doubt or that they want moved, and, if the
    texts count as one, all that they do not say together.
    """
    if mode is JoinMode.JOINED:
        stated = {kind for intent, kind in KIND_OF.items() if interpretation.surely(intent)}
        kept = set() if may_refuse(interpretation) else {IntentKind.WILL_ATTEND}
        return frozenset(IntentKind) - stated - kept
    wants_move = interpretation.surely(Intent.RESCHEDULE) and not interpretation.surely(
        Intent.CONFIRM
    )
    if mode is JoinMode.DOUBTED or wants_move:
        return frozenset({IntentKind.WILL_ATTEND})
    return frozenset()


def _close_earlier_pieces(context: ReplyContext, owner: PhoneOwner) -> None:
    """Close what was left to a worker, or asked, only because the rest of the text was missing."""
    records = context.session.scalars(
        select(ReplyRecord).where(ReplyRecord.inbound_id.in_(context.burst.earlier))
    ).all()
    for record in records:
        is_unclear = record.done.startswith(UNCLEAR)
        if record.needs_human and record.read_at is None and is_unclear:
            record.needs_human = False
            record.done = f"{UNCLEAR} alone; understood with the next text"
    ids = {str(record.id) for record in records}
    for question in open_for(
        context.session, context.number, context.received_at, QuestionKind.WHICH
    ):
        if question.person_id == owner.person.id and question.options["reading"] in ids:
            close(question, now=context.now, inbound_id=context.inbound.id)
