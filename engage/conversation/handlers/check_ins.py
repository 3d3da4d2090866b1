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
from engage.conversation.handlers import attendance, requests
from engage.conversation.phone_owner import AnswerScope, PhoneOwner
from engage.conversation.signals import raise_signal, withdraw_signal
from engage.progress.check_ins import rules
from engage.progress.check_ins.model import CheckIn, HelpSaid
from engage.progress.check_ins.service import keep_answer
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
    session: Session, holder: PhoneOwner, number: str, heard_at: datetime
) -> OpenCheckIn | None:
    """The person's check-in that was open at `heard_at`, if its text went to this number.

    A text that came in time but is handled after the check-in was closed still answers it.
    """
    left_by = heard_at + appointment_match.CLOCKS_DIFFER_BY
    given = {"person": holder.person.id, "number": number, "heard_at": heard_at, "left_by": left_by}
    row = session.execute(_OPEN, given).one_or_none()
    if row is None:
        return None
    check_in: CheckIn = row[0]
    offered_at = check_in.help_asked_at
    asked = [at for at in (row[1], row[2], offered_at) if at is not None and at <= left_by]
    offers = (
        offered_at is not None
        and check_in.help_said is None
        and heard_at < offered_at + rules.HELP_OPEN
    )
    return OpenCheckIn(check_in, max(asked), offers)


def opened(
    session: Session, holder: PhoneOwner, number: str, heard_at: datetime
) -> PendingQuestion | None:
    """What of a check-in waits for an answer: the question itself, or the offer of a call.

    Once it is answered, and no call is offered, it may still be corrected, but whatever else waits
    comes first.
    """
    found = open_for(session, holder, number, heard_at)
    if found is None:
        return None
    settled = bool(found.check_in.answers) and not found.offers_call
    return PendingQuestion(Prompt.CHECKIN, found.asked_at, settled=settled)


def answered(turn: ReplyContext, holder: PhoneOwner) -> Handled:
    """An answer to the check-in and nothing stronger: keep it, tell somebody of a hard one, and
    thank or offer a call.
    """
    found = open_for(turn.session, holder, turn.number, turn.heard_at)
    value = _value(turn)
    if found is None or value is None:
        return attendance.unsure(
            turn, holder, "No check-in is open" if found is None else "No answer on the scale"
        )
    if not _may_replace(turn, found.check_in, value):
        return _more_words(holder, found)
    _keep(turn, holder, found.check_in, value)
    also = attendance.beside(turn, holder)
    words = _said(value) + _answer(turn, holder, found, value)
    otherwise = value < rules.LOW and _may_say_otherwise(turn, holder)
    done = Handled(
        f"{words}; the words beside it may say otherwise" if otherwise else words,
        needs_human=otherwise or Intent.OTHER in turn.heard.intents,
        person_id=holder.person.id,
        intent=Intent.CHECKIN_ANSWER,
    )
    return attendance.and_beside(done, also)


def _may_say_otherwise(turn: ReplyContext, holder: PhoneOwner) -> bool:
    """Whether the words behind a good number are not good, or not understood: "1 but feeling down"
    is for somebody to read.
    """
    rest = rules.extra_words(turn.body) if rules.leading_number(turn.body) is not None else ""
    if not rest:
        return False
    said = interpret(rest, Prompt.CHECKIN, holder.person.language)
    low = (
        Intent.CHECKIN_ANSWER in said.intents and said.value is not None and said.value >= rules.LOW
    )
    return low or not said.acts or turns_back(rest)


def beside(turn: ReplyContext, holder: PhoneOwner) -> str:
    """Keep an answer that a text gives beside something stronger; in words what was kept, nothing
    when there was none.

    The stronger meaning is done by whoever does it and has the one answer; only beside news, a hard
    answer comes first: the news is kept, and the text that goes out offers a call.
    """
    _split(turn, holder)
    if turn.heard.intent is Intent.CHECKIN_ANSWER or not turn.heard.surely(Intent.CHECKIN_ANSWER):
        return ""
    found = open_for(turn.session, holder, turn.number, turn.heard_at)
    value = _value(turn)
    if found is None or value is None or not _may_replace(turn, found.check_in, value):
        return ""
    _keep(turn, holder, found.check_in, value)
    words = f"; {_said(value)[0].lower()}{_said(value)[1:]}"
    if value >= rules.LOW and turn.heard.intent in PROGRESS:
        words += _answer(turn, holder, found, value)
        turn.quiet = True
    return words


def beside_danger(turn: ReplyContext, held: Sequence[PhoneOwner], done: Handled) -> Handled:
    """`done` about a text of danger, with the number of the scale kept that it began with: whoever
    looks at the danger sees it too.

    No text goes out for it: the safety answer is the one answer.
    """
    value = rules.leading_number(turn.body)
    if len(held) != 1 or turn.prompt is not Prompt.CHECKIN or value is None:
        return done
    if held[0].standing is not AnswerScope.OPEN:
        return done
    found = open_for(turn.session, held[0], turn.number, turn.heard_at)
    if found is None:
        return done
    _keep(turn, held[0], found.check_in, value)
    return replace(done, words=f"{done.words}; {_said(value)[0].lower()}{_said(value)[1:]}")


def _split(turn: ReplyContext, holder: PhoneOwner) -> None:
    """After "how are things?" the number that a text begins with is the answer, and the words
    behind it mean what they mean by themselves.

    Words that are not understood go with the answer to whoever reads them.
    """
    heard = turn.heard
    if turn.prompt is not Prompt.CHECKIN or rules.leading_number(turn.body) is None:
        return
    if heard.surely(Intent.CHECKIN_ANSWER):
        return
    if not heard.acts:
        rest = rules.extra_words(turn.body)
        again = interpret(rest, Prompt.NONE, holder.person.language) if rest else None
        if again is not None and again.acts and (again.day or again.intent not in _ONLY_WITH_A_DAY):
            heard = again
    if heard.acts and _STRENGTH[heard.intent] < _STRENGTH[Intent.CHECKIN_ANSWER]:
        turn.heard = replace(
            heard,
            intents=(*heard.intents, Intent.CHECKIN_ANSWER),
            sure=heard.sure | {Intent.CHECKIN_ANSWER},
        )
        return
    unread = bool(rules.extra_words(turn.body)) and not heard.acts
    turn.heard = replace(
        heard,
        intent=Intent.CHECKIN_ANSWER,
        act=Act.ACT,
        intents=(Intent.CHECKIN_ANSWER, *((Intent.OTHER,) if unread else ())),
        sure=heard.sure | {Intent.CHECKIN_ANSWER},
    )


_STRENGTH = {intent: place for place, intent in enumerate(Intent)}
_ONLY_WITH_A_DAY = frozenset({Intent.CONFIRM, Intent.DECLINE})
"""A bare "good thanks" behind a number is no word about coming."""


def and_beside(turn: ReplyContext, holder: PhoneOwner, done: Handled, words: str) -> Handled:
    """`done`, saying what was kept of a check-in beside it; a call that was asked for takes up the
    offer of one.
    """
    if Intent.CALL_ME in (done.intent, turn.heard.intent) and done.acted:
        found = open_for(turn.session, holder, turn.number, turn.heard_at)
        if found is not None and (found.offers_call or words):
            found.check_in.help_said = HelpSaid.CALL
    return replace(done, words=f"{done.words}{words}") if words else done


def about_call(turn: ReplyContext, holder: PhoneOwner) -> Handled | None:
    """A plain yes or no to "Would a call help?", while that was the last thing asked; None when the
    text is none.
    """
    if turn.prompt is not Prompt.CHECKIN:
        return None
    wants = wants_call(turn.body)
    if wants is None:
        return None
    found = open_for(turn.session, holder, turn.number, turn.heard_at)
    if found is None or not found.offers_call:
        return None
    if wants:
        found.check_in.help_said = HelpSaid.CALL
        return requests.call(turn, holder)
    found.check_in.help_said = HelpSaid.NO_CALL
    answer = found.check_in.answer
    if answer is not None:
        _tell(turn, holder, found.check_in, answer.value)
    answers.personal(turn, TextKind.CHECK_IN_THANKS, holder)
    return Handled(
        "No call wanted: noted, the signal stands",
        person_id=holder.person.id,
        intent=Intent.CHECKIN_ANSWER,
    )


def listen_again(turn: ReplyContext, holder: PhoneOwner, other: Prompt) -> None:
    """A text that makes no sense as an answer to what was asked last may be to the other open
    question: the reading becomes that one.

    `other` is what was asked about appointments, where a check-in was asked last. Where it was not,
    a text that begins with a number of the scale, and that is no plain answer to what was, is the
    check-in's.
    """
    if turn.heard.acts or turn.heard.sure:
        return
    if turn.prompt is Prompt.CHECKIN and (meant := rules.meant_number(turn.body)) is not None:
        turn.heard = replace(
            turn.heard,
            intent=Intent.CHECKIN_ANSWER,
            intents=(Intent.CHECKIN_ANSWER,),
            sure=frozenset({Intent.CHECKIN_ANSWER}),
            act=Act.ACT,
            value=meant,
        )
    elif turn.prompt is Prompt.CHECKIN:
        again = interpret(turn.body, other, holder.person.language)
        if again.acts and again.intent in attendance.KINDS:
            turn.prompt, turn.heard = other, again
    elif turn.prompt in _NOT_NUMBERED and rules.leading_number(turn.body) is not None:
        again = interpret(turn.body, Prompt.CHECKIN, holder.person.language)
        if again.surely(Intent.CHECKIN_ANSWER) and open_for(
            turn.session, holder, turn.number, turn.heard_at
        ):
            turn.prompt, turn.heard = Prompt.CHECKIN, again


_NOT_NUMBERED = frozenset(
    {Prompt.APPOINTMENT, Prompt.TODAY, Prompt.ANSWERED, Prompt.SPOKEN, Prompt.ABSENCE, Prompt.NONE}
)


def asked_of(
    session: Session, held: Sequence[PhoneOwner], number: str, body: str, heard_at: datetime
) -> list[PhoneOwner]:
    """Those who share a phone and whose open check-in a text that begins with a number of the scale
    may answer.
    """
    if rules.leading_number(body) is None:
        return []
    return [holder for holder in held if open_for(session, holder, number, heard_at) is not None]


def wants_call(body: str) -> bool | None:
    """The answer to "Would a call help?"; None when the text is no plain answer to it."""
    if "?" in body:
        return None
    said = plain_words(body)
    if said and said not in _ONLY_THANKS and _YES.fullmatch(said):
        return True
    return False if said and _NO.fullmatch(said) else None


def _value(turn: ReplyContext) -> int | None:
    """The answer: the number that the text begins with, else what the reader made of its words."""
    led = rules.leading_number(turn.body)
    if led is not None:
        return led
    if turn.heard.surely(Intent.RUNNING_LATE) or turn.heard.surely(Intent.SLOT_CHOICE):
        return None  # the value is that of the minutes, or of the choice
    value = turn.heard.value if turn.heard.value in rules.MEANS else None
    if value is not None and value < rules.LOW and str(value) in turn.body:
        # "not 1", "no 1 cares", "2 much going on": the number there says nothing of the scale
        return None if turns_back(turn.body) or rules.for_a_word(turn.body) else value
    return value


def _may_replace(turn: ReplyContext, check_in: CheckIn, value: int) -> bool:
    """A number replaces an earlier answer. Words alone do so only when they say that things are
    worse: an "ok" may be to what we said since.
    """
    before = check_in.answer
    return before is None or value > before.value or any(one in turn.body for one in "1234")


def _more_words(holder: PhoneOwner, found: OpenCheckIn) -> Handled:
    """Words after an answer that change nothing; after the offer of a call somebody reads them, for
    they may be a yes.
    """
    return Handled(
        "Said more after the check-in; the answer stands",
        needs_human=found.offers_call,
        person_id=holder.person.id,
        intent=Intent.CHECKIN_ANSWER,
        acted=not found.offers_call,
    )


def _keep(turn: ReplyContext, holder: PhoneOwner, check_in: CheckIn, value: int) -> None:
    """Keep the answer; what an earlier one had raised is resolved when this one says otherwise, and
    a hard one is told.
    """
    before = check_in.answer
    fresh = keep_answer(
        turn.session,
        holder.person,
        check_in,
        value=value,
        inbound_id=turn.inbound.id,
        said_at=turn.heard_at,
        now=turn.now,
    )
    latest = check_in.answer
    if not fresh or latest is None or latest.inbound_id != turn.inbound.id:
        return
    if before is not None and before.value != value:
        check_in.help_said = None
        withdraw_signal(
            turn.session,
            SignalKind.FEELING_LOW,
            person_id=holder.person.id,
            about=_about(check_in, before.value),
            how=f"A later answer to the check-in: {value}, {rules.MEANS[value]}.",
            now=turn.now,
        )
    if value >= rules.LOW:
        _tell(turn, holder, check_in, value)


def _tell(turn: ReplyContext, holder: PhoneOwner, check_in: CheckIn, value: int) -> None:
    raise_signal(
        turn.session,
        SignalKind.FEELING_LOW,
        holder.person,
        about=_about(check_in, value),
        why=f"They answered the check-in with {value}, {rules.MEANS[value]}.",
        evidence=[
            *turn.evidence,
            Evidence("message", str(check_in.message_id)),
            Evidence("rule", "15"),
        ],
        now=turn.now,
        due_at=rules.same_day(turn.now, holder.reach.zone, holder.reach.hub.work_until_hour),
        action="Ring today: they ask for help." if value == max(rules.MEANS) else None,
    )


def _about(check_in: CheckIn, value: int) -> str:
    return f"check_in:{check_in.id}:{value}"


def _answer(turn: ReplyContext, holder: PhoneOwner, found: OpenCheckIn, value: int) -> str:
    """Thank for an answer, or offer a call after a hard one, once; in words what was offered."""
    if value < rules.LOW or found.offers_call:
        if value < rules.LOW:
            found.check_in.help_asked_at = found.check_in.help_said = None
        answers.personal(turn, TextKind.CHECK_IN_THANKS, holder)
        return ""
    kind = TextKind.CHECK_IN_HELP_NOW if value == max(rules.MEANS) else TextKind.CHECK_IN_HELP
    if not answers.personal(turn, kind, holder):
        return ""
    found.check_in.help_asked_at, found.check_in.help_said = turn.now, None
    return "; asked whether a call would help"


def _said(value: int) -> str:
    return f"Check-in answered: {value}, {rules.MEANS[value]}"
