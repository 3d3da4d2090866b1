"""What people answer to "How are things?", and what follows: thanks, or an offer of a call and
somebody who rings the same day (rule 15).

An answer is kept as given; a later one while the check-in is open replaces it, and the signals
follow. A text that says something else is handled by its own meaning and the check-in stays open.
Nothing here is ever held against anybody, no answer and silence alike.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, aliased

from engage.conversation import answers, appointment_match
from engage.conversation.context import Handled, PendingQuestion, ReplyContext
from engage.conversation.handlers import MeaningHandler, attendance, requests
from engage.conversation.phone_owner import AnswerScope, PhoneOwner
from engage.conversation.signals import raise_signal, withdraw_signal
from engage.progress.check_ins import rules
from engage.progress.check_ins.model import CheckIn, HelpSaid
from engage.progress.check_ins.service import record_answer
from engage.signals import Evidence, SignalKind
from engage.texts import TextKind
from engage.understanding.choices import plain_words
from engage.understanding.interpret import interpret
from engage.understanding.joining import turns_back
from engage.understanding.vocabulary import Act, Intent, Prompt
from messaging.tables import Message

PROGRESS = frozenset(
    {
        Intent.PROGRESS_HOUSING,
        Intent.PROGRESS_COURSE,
        Intent.PROGRESS_GROUP,
        Intent.PROGRESS_WORK,
        Intent.PROGRESS_HEALTH,
    }
)
"""News that, told beside a hard answer, leaves the one answer to the offer of a call."""
_YES = re.compile(
    r"(?:(?:yes|yeah|yea|yep|yh|ye|y|ie|ia) ?)*"
    r"(?:yes|yeah|yea|yep|yh|ye|y|ie|ia|please|pls|plz|plis|call|call me|ring me|a call would help|it would|"
    r"that would help|that would be good|galw|galwch|ffoniwch fi|byddai|diolch|thanks|thank you|ta)"
    r"(?: (?:please|pls|plz|plis|thanks|thank you|ta|x+|diolch|call|call me|ring me|galw|mate))*"
)
_ONLY_THANKS = frozenset({"thanks", "thank you", "ta", "diolch", "please", "pls", "plz", "plis"})
_FINE = r"(?:i'?m |im |i am |i'll be |ill be |i will be |dwi'n |dw i'n |rwy'n )?(?:ok|okay|fine|alright|all right|good|allright|iawn|oce)"
_NO = re.compile(
    rf"(?:no|nah|nope|na|n|dim|not now|not really)(?: (?:no|nah|na|dim))*(?: (?:thanks|thank you|ta|diolch|mate))*"
    rf"(?: {_FINE})?(?: (?:thanks|thank you|ta|diolch|mate|cheers|x+|now|really|honest))*"
    rf"|(?:i'?m|im|i am|i'll be|ill be|dwi'n|dw i'n|rwy'n) (?:ok|okay|fine|alright|all right|iawn|oce)"
    rf"(?: (?:thanks|thank you|ta|diolch|mate|cheers|x+|now|really|honest))*"
)
_left_at = func.coalesce(Message.claimed_at, Message.created_at)
_nudge = aliased(Message)
_nudge_left_at = func.coalesce(_nudge.claimed_at, _nudge.created_at)
_OPEN = (
    select(CheckIn, _left_at, _nudge_left_at)
    .join(Message, Message.id == CheckIn.message_id)
    .outerjoin(_nudge, (_nudge.id == CheckIn.nudge_id) & _nudge.status.in_(appointment_match.LEFT))
    .where(
        CheckIn.person_id == bindparam("person"),
        CheckIn.closes_at > bindparam("heard_at"),
        Message.to_number == bindparam("number"),
        Message.status.in_(appointment_match.LEFT),
        _left_at <= bindparam("left_by"),
    )
    .order_by(CheckIn.due_on.desc())
    .limit(1)
)


@dataclass(frozen=True)
class OpenCheckIn:
    """A check-in that can still be answered, and when it, or the offer of a call that followed,
    last asked something.
    """

    check_in: CheckIn
    asked_at: datetime
    offers_call: bool


def open_for(
    session: Session, owner: PhoneOwner, number: str, received_at: datetime
) -> OpenCheckIn | None:
    """The person's check-in that was open at `heard_at`, if its text went to this number.

    A text that came in time but is handled after the check-in was closed still answers it.
    """
    left_by = received_at + appointment_match.CLOCKS_DIFFER_BY
    given = {
        "person": owner.person.id,
        "number": number,
        "heard_at": received_at,
        "left_by": left_by,
    }
    row = session.execute(_OPEN, given).one_or_none()
    if row is None:
        return None
    check_in: CheckIn = row[0]
    offered_at = check_in.help_asked_at
    asked = [at for at in (row[1], row[2], offered_at) if at is not None and at <= left_by]
    offers = (
        offered_at is not None
        and check_in.help_said is None
        and received_at < offered_at + rules.HELP_OFFER_OPEN
    )
    return OpenCheckIn(check_in, max(asked), offers)


def pending(
    session: Session, owner: PhoneOwner, number: str, received_at: datetime
) -> PendingQuestion | None:
    """What of a check-in waits for an answer: the question itself, or the offer of a call.

    Once it is answered, and no call is offered, it may still be corrected, but whatever else waits
    comes first.
    """
    found = open_for(session, owner, number, received_at)
    if found is None:
        return None
    settled = bool(found.check_in.answers) and not found.offers_call
    return PendingQuestion(Prompt.CHECKIN, found.asked_at, settled=settled)


def answered(context: ReplyContext, owner: PhoneOwner) -> Handled:
    """An answer to the check-in and nothing stronger: keep it, tell somebody of a hard one, and
    thank or offer a call.
    """
    found = open_for(context.session, owner, context.number, context.received_at)
    value = _value(context)
    if found is None or value is None:
        return attendance.unsure(
            context, owner, "No check-in is open" if found is None else "No answer on the scale"
        )
    if not _may_replace(context, found.check_in, value):
        return _more_words(owner, found)
    _keep(context, owner, found.check_in, value)
    also = attendance.beside(context, owner)
    words = _said(value) + _answer(context, owner, found, value)
    otherwise = value < rules.LOW and _may_say_otherwise(context, owner)
    done = Handled(
        f"{words}; the words beside it may say otherwise" if otherwise else words,
        needs_human=otherwise or Intent.OTHER in context.interpretation.intents,
        person_id=owner.person.id,
        intent=Intent.CHECKIN_ANSWER,
    )
    return attendance.and_beside(done, also)


def _may_say_otherwise(context: ReplyContext, owner: PhoneOwner) -> bool:
    """Whether the words behind a good number are not good, or not understood: "1 but feeling down"
    is for somebody to read.
    """
    rest = rules.extra_words(context.body) if rules.leading_number(context.body) is not None else ""
    if not rest:
        return False
    said = interpret(rest, Prompt.CHECKIN, owner.person.language)
    low = (
        Intent.CHECKIN_ANSWER in said.intents and said.value is not None and said.value >= rules.LOW
    )
    return low or not said.acts or turns_back(rest)


def beside(context: ReplyContext, owner: PhoneOwner) -> tuple[ReplyContext, str]:
    """Keep an answer that a text gives beside something stronger; in words what was kept, "" where
    nothing was.

    The handler of the stronger meaning sends the one answer. Only beside news a hard answer comes
    first: the news is kept, and the text that goes out offers a call.
    """
    context = _split(context, owner)
    interpretation = context.interpretation
    if interpretation.intent is Intent.CHECKIN_ANSWER or not interpretation.surely(
        Intent.CHECKIN_ANSWER
    ):
        return context, ""
    found = open_for(context.session, owner, context.number, context.received_at)
    value = _value(context)
    if found is None or value is None or not _may_replace(context, found.check_in, value):
        return context, ""
    _keep(context, owner, found.check_in, value)
    words = f"; {_said(value)[0].lower()}{_said(value)[1:]}"
    if value >= rules.LOW and interpretation.intent in PROGRESS:
        words += _answer(context, owner, found, value)
        context = replace(context, quiet=True)
    return context, words


def beside_danger(context: ReplyContext, owners: Sequence[PhoneOwner], done: Handled) -> Handled:
    """`done` about a text of danger, with the number of the scale kept that it began with: whoever
    looks at the danger sees it too.

    No text goes out for it: the safety answer is the one answer.
    """
    value = rules.leading_number(context.body)
    if len(owners) != 1 or context.prompt is not Prompt.CHECKIN or value is None:
        return done
    if owners[0].scope is not AnswerScope.OPEN:
        return done
    found = open_for(context.session, owners[0], context.number, context.received_at)
    if found is None:
        return done
    _keep(context, owners[0], found.check_in, value)
    return replace(done, words=f"{done.words}; {_said(value)[0].lower()}{_said(value)[1:]}")


def _split(context: ReplyContext, owner: PhoneOwner) -> ReplyContext:
    """After "how are things?" the number that a text begins with is the answer, and the words
    behind it mean what they mean by themselves.

    Words that are not understood go with the answer to the worker who reads them.
    """
    found = context.interpretation
    if context.prompt is not Prompt.CHECKIN or rules.leading_number(context.body) is None:
        return context
    if found.surely(Intent.CHECKIN_ANSWER):
        return context
    if not found.acts:
        rest = rules.extra_words(context.body)
        again = interpret(rest, Prompt.NONE, owner.person.language) if rest else None
        if again is not None and again.acts and (again.day or again.intent not in _ONLY_WITH_A_DAY):
            found = again
    sure = found.sure | {Intent.CHECKIN_ANSWER}
    if found.acts and _STRENGTH[found.intent] < _STRENGTH[Intent.CHECKIN_ANSWER]:
        both = replace(found, intents=(*found.intents, Intent.CHECKIN_ANSWER), sure=sure)
        return replace(context, interpretation=both)
    unread = bool(rules.extra_words(context.body)) and not found.acts
    answer = replace(
        found,
        intent=Intent.CHECKIN_ANSWER,
        act=Act.ACT,
        intents=(Intent.CHECKIN_ANSWER, *((Intent.OTHER,) if unread else ())),
        sure=sure,
    )
    return replace(context, interpretation=answer)


_STRENGTH = {intent: place for place, intent in enumerate(Intent)}
_ONLY_WITH_A_DAY = frozenset({Intent.CONFIRM, Intent.DECLINE})
"""A bare "good thanks" behind a number is no word about coming."""


def and_beside(context: ReplyContext, owner: PhoneOwner, done: Handled, words: str) -> Handled:
    """`done`, saying what was kept of a check-in beside it; a call that was asked for takes up the
    offer of one.
    """
    if Intent.CALL_ME in (done.intent, context.interpretation.intent) and done.acted:
        found = open_for(context.session, owner, context.number, context.received_at)
        if found is not None and (found.offers_call or words):
            found.check_in.help_said = HelpSaid.CALL
    return replace(done, words=f"{done.words}{words}") if words else done


def about_call(context: ReplyContext, owner: PhoneOwner) -> Handled | None:
    """A plain yes or no to "Would a call help?", while that was the last thing asked; None when the
    text is none.
    """
    if context.prompt is not Prompt.CHECKIN:
        return None
    wants = wants_call(context.body)
    if wants is None:
        return None
    found = open_for(context.session, owner, context.number, context.received_at)
    if found is None or not found.offers_call:
        return None
    if wants:
        found.check_in.help_said = HelpSaid.CALL
        return requests.call(context, owner)
    found.check_in.help_said = HelpSaid.NO_CALL
    answer = found.check_in.answer
    if answer is not None:
        _tell(context, owner, found.check_in, answer.value)
    answers.personal(context, TextKind.CHECK_IN_THANKS, owner)
    return Handled(
        "No call wanted: noted, the signal stands",
        person_id=owner.person.id,
        intent=Intent.CHECKIN_ANSWER,
    )


def read_again(context: ReplyContext, owner: PhoneOwner, other: Prompt) -> ReplyContext:
    """Read a text that makes no sense as an answer to the last question as one to the other.

    `other` is what was asked about appointments, where a check-in was asked last. Where it was not,
    a text that begins with a number of the scale, and is no plain answer to what was asked, answers
    the check-in.
    """
    if context.prompt is Prompt.CHECKIN:
        meant = rules.corrected_number(context.body)
        if meant is not None:
            answer = replace(
                context.interpretation,
                intent=Intent.CHECKIN_ANSWER,
                intents=(Intent.CHECKIN_ANSWER,),
                sure=frozenset({Intent.CHECKIN_ANSWER}),
                act=Act.ACT,
                value=meant,
            )
            return replace(context, interpretation=answer)
        again = interpret(context.body, other, owner.person.language)
        if again.acts and again.intent in attendance.KINDS:
            return replace(context, prompt=other, interpretation=again)
    elif context.prompt in _NOT_NUMBERED and rules.leading_number(context.body) is not None:
        again = interpret(context.body, Prompt.CHECKIN, owner.person.language)
        if again.surely(Intent.CHECKIN_ANSWER) and open_for(
            context.session, owner, context.number, context.received_at
        ):
            return replace(context, prompt=Prompt.CHECKIN, interpretation=again)
    return context


_NOT_NUMBERED = frozenset(
    {Prompt.APPOINTMENT, Prompt.TODAY, Prompt.ANSWERED, Prompt.SPOKEN, Prompt.ABSENCE, Prompt.NONE}
)


def asked_of(
    session: Session, owners: Sequence[PhoneOwner], number: str, body: str, received_at: datetime
) -> list[PhoneOwner]:
    """Those who share a phone and whose open check-in a text that begins with a number of the scale
    may answer.
    """
    if rules.leading_number(body) is None:
        return []
    return [owner for owner in owners if open_for(session, owner, number, received_at) is not None]


def wants_call(body: str) -> bool | None:
    """The answer to "Would a call help?"; None when the text is no plain answer to it."""
    if "?" in body:
        return None
    said = plain_words(body)
    if said and said not in _ONLY_THANKS and _YES.fullmatch(said):
        return True
    return False if said and _NO.fullmatch(said) else None


def _value(context: ReplyContext) -> int | None:
    """The answer: the number that the text begins with, else what the reader made of its words."""
    led = rules.leading_number(context.body)
    if led is not None:
        return led
    if context.interpretation.surely(Intent.RUNNING_LATE) or context.interpretation.surely(
        Intent.SLOT_CHOICE
    ):
        return None  # the value is that of the minutes, or of the choice
    value = context.interpretation.value if context.interpretation.value in rules.MEANS else None
    if value is not None and value < rules.LOW and str(value) in context.body:
        # "not 1", "no 1 cares", "2 much going on": the number there says nothing of the scale
        return (
            None
            if turns_back(context.body) or rules.begins_with_word_number(context.body)
            else value
        )
    return value


def _may_replace(context: ReplyContext, check_in: CheckIn, value: int) -> bool:
    """A number replaces an earlier answer. Words alone do so only when they say that things are
    worse: an "ok" may be to what we said since.
    """
    before = check_in.answer
    return before is None or value > before.value or any(one in context.body for one in "1234")


def _more_words(owner: PhoneOwner, found: OpenCheckIn) -> Handled:
    """Words after an answer that change nothing; after the offer of a call somebody reads them, for
    they may be a yes.
    """
    return Handled(
        "Said more after the check-in; the answer stands",
        needs_human=found.offers_call,
        person_id=owner.person.id,
        intent=Intent.CHECKIN_ANSWER,
        acted=not found.offers_call,
    )


def _keep(context: ReplyContext, owner: PhoneOwner, check_in: CheckIn, value: int) -> None:
    """Keep the answer; what an earlier one had raised is resolved when this one says otherwise, and
    a hard one is told.
    """
    before = check_in.answer
    fresh = record_answer(
        context.session,
        owner.person,
        check_in,
        value=value,
        inbound_id=context.inbound.id,
        said_at=context.received_at,
        now=context.now,
    )
    latest = check_in.answer
    if not fresh or latest is None or latest.inbound_id != context.inbound.id:
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
        _tell(context, owner, check_in, value)


def _tell(context: ReplyContext, owner: PhoneOwner, check_in: CheckIn, value: int) -> None:
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
        due_at=rules.call_deadline(
            context.now, owner.contactability.zone, owner.contactability.hub.work_until_hour
        ),
        action="Ring today: they ask for help." if value == max(rules.MEANS) else None,
    )


def _about(check_in: CheckIn, value: int) -> str:
    return f"check_in:{check_in.id}:{value}"


def _answer(context: ReplyContext, owner: PhoneOwner, found: OpenCheckIn, value: int) -> str:
    """Thank for an answer, or offer a call after a hard one, once; in words what was offered."""
    if value < rules.LOW or found.offers_call:
        if value < rules.LOW:
            found.check_in.help_asked_at = found.check_in.help_said = None
        answers.personal(context, TextKind.CHECK_IN_THANKS, owner)
        return ""
    kind = TextKind.CHECK_IN_HELP_NOW if value == max(rules.MEANS) else TextKind.CHECK_IN_HELP
    if not answers.personal(context, kind, owner):
        return ""
    found.check_in.help_asked_at, found.check_in.help_said = context.now, None
    return "; asked whether a call would help"


def _said(value: int) -> str:
    return f"Check-in answered: {value}, {rules.MEANS[value]}"


HANDLES = {Intent.CHECKIN_ANSWER: MeaningHandler(answered, raises=SignalKind.FEELING_LOW)}
