"""How a text answers a check-in: the number of the scale, a yes or a no to the offer of a call, and
the words beside the number.
"""

import re
from dataclasses import replace

from engage.conversation.context import ReplyContext
from engage.conversation.handlers.intent_kinds import KIND_OF
from engage.conversation.handlers.open_check_ins import open_for
from engage.conversation.phone_owner import PhoneOwner
from engage.progress.check_ins import rules
from engage.progress.check_ins.model import CheckIn
from engage.understanding.choices import plain_words
from engage.understanding.decisions import STRENGTH
from engage.understanding.interpret import interpret
from engage.understanding.joining import has_doubt
from engage.understanding.vocabulary import Act, Basis, Intent, Prompt

_NOT_NUMBERED = frozenset(
    {Prompt.APPOINTMENT, Prompt.TODAY, Prompt.ANSWERED, Prompt.SPOKEN, Prompt.ABSENCE, Prompt.NONE}
)
_NEEDS_DAY = frozenset({Intent.CONFIRM, Intent.DECLINE})
"""Without a day, "good thanks" after a number is not about attending."""
_CALL_YES = re.compile(
    r"(?:(?:yes|yeah|yea|yep|yh|ye|y|ie|ia) ?)*"
    r"(?:yes|yeah|yea|yep|yh|ye|y|ie|ia|please|pls|plz|plis|call|call me|ring me|"
    r"a call would help|it would|"
    r"that would help|that would be good|"
    r"go on|go on then|go for it|why not|might as well|"
    r"if you like|please do|id like that|that would be nice|cer amdani|galw|galwch|"
    r"ffoniwch fi|byddai|diolch|thanks|thank you|ta)"
    r"(?: (?:please|pls|plz|plis|thanks|thank you|ta|x+|diolch|call|call me|ring me|galw|mate))*"
)
_ONLY_THANKS = frozenset({"thanks", "thank you", "ta", "diolch", "please", "pls", "plz", "plis"})
_FINE = (
    r"(?:i'?m |im |i am |i'll be |ill be |i will be |dwi'n |dw i'n |rwy'n )?(?:ok|okay|fine|"
    r"alright|all right|good|allright|iawn|oce)"
)
_CALL_NO = re.compile(
    r"(?:no|nah|nope|na|n|dim|not now|"
    r"not really)(?: (?:no|nah|na|dim))*(?: (?:thanks|thank you|ta|diolch|mate))*"
    rf"(?: {_FINE})?(?: (?:thanks|thank you|ta|diolch|mate|cheers|x+|now|really|honest))*"
    r"|(?:i'?m|im|i am|i'll be|ill be|dwi'n|dw i'n|rwy'n) (?:ok|okay|fine|alright|all right|"
    r"iawn|oce)"
    rf"(?: (?:thanks|thank you|ta|diolch|mate|cheers|x+|now|really|honest))*"
)


def value_of(context: ReplyContext) -> int | None:
    """The answer: the number that the text starts with, or ends with, else the value of its
    words.
    """
    leading = rules.leading_number(context.body)
    if leading is not None:
        return leading
    interpretation = context.interpretation
    if interpretation.basis is Basis.RULE and interpretation.intent is Intent.CHECKIN_ANSWER:
        return interpretation.value
    if interpretation.surely(Intent.RUNNING_LATE) or interpretation.surely(Intent.SLOT_CHOICE):
        return None  # the value is the minutes late, or the choice
    value = interpretation.value if interpretation.value in rules.MEANS else None
    if value is not None and value < rules.LOW and str(value) in context.body:
        # "not 1", "no 1 cares", "2 much going on": here the number is not one of the scale.
        is_other_number = has_doubt(context.body) or rules.begins_with_word_number(context.body)
        return None if is_other_number else value
    return value


def may_replace(context: ReplyContext, check_in: CheckIn, value: int) -> bool:
    """Whether a value may replace an earlier answer. A number may; words only if they say that
    things are worse, because an "ok" may answer what we said since.
    """
    answer = check_in.answer
    return answer is None or value > answer.value or any(digit in context.body for digit in "1234")


def may_contradict(context: ReplyContext, owner: PhoneOwner) -> bool:
    """Whether the words after a good number are not good, or not clear: a worker must read "1 but
    feeling down".
    """
    if rules.leading_number(context.body) is None:
        return False
    words = rules.extra_words(context.body)
    if not words:
        return False
    interpretation = interpret(words, Prompt.CHECKIN, owner.person.language)
    is_low = (
        Intent.CHECKIN_ANSWER in interpretation.intents
        and interpretation.value is not None
        and interpretation.value >= rules.LOW
    )
    return is_low or not interpretation.acts or has_doubt(words)


def with_leading_number(context: ReplyContext, owner: PhoneOwner) -> ReplyContext:
    """After "how are things?" count the number that a text starts with as the answer, and interpret
    the words after it by themselves.

    Words that are not clear go to a worker together with the answer.
    """
    found = context.interpretation
    if context.prompt is not Prompt.CHECKIN or rules.leading_number(context.body) is None:
        return context
    if found.surely(Intent.CHECKIN_ANSWER):
        return context
    words = rules.extra_words(context.body)
    if not found.acts and words:
        by_words = interpret(words, Prompt.NONE, owner.person.language)
        if by_words.acts and (by_words.day or by_words.intent not in _NEEDS_DAY):
            found = by_words
    sure = found.sure | {Intent.CHECKIN_ANSWER}
    if found.acts and STRENGTH[found.intent] < STRENGTH[Intent.CHECKIN_ANSWER]:
        both = replace(found, intents=(*found.intents, Intent.CHECKIN_ANSWER), sure=sure)
        return replace(context, interpretation=both)
    is_unclear = bool(words) and not found.acts
    answer = replace(
        found,
        intent=Intent.CHECKIN_ANSWER,
        act=Act.ACT,
        intents=(Intent.CHECKIN_ANSWER, *((Intent.OTHER,) if is_unclear else ())),
        sure=sure,
    )
    return replace(context, interpretation=answer)


def reinterpret(context: ReplyContext, owner: PhoneOwner, earlier: Prompt) -> ReplyContext:
    """Interpret a text that does not answer the last question as an answer to an earlier one.

    After a check-in, `earlier` is the last question about appointments. After another question, a
    text that starts with a number of the scale and does not answer that question answers an open
    check-in.
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
        about_earlier = interpret(context.body, earlier, owner.person.language)
        if about_earlier.acts and about_earlier.intent in KIND_OF:
            return replace(context, prompt=earlier, interpretation=about_earlier)
    elif context.prompt in _NOT_NUMBERED and rules.leading_number(context.body) is not None:
        answer = interpret(context.body, Prompt.CHECKIN, owner.person.language)
        if answer.surely(Intent.CHECKIN_ANSWER) and open_for(
            context.session, owner, context.number, context.received_at
        ):
            return replace(context, prompt=Prompt.CHECKIN, interpretation=answer)
    return context


def read_call_answer(body: str) -> bool | None:
    """The answer to "Would a call help?"; None if the text is not a plain answer."""
    if "?" in body:
        return None
    words = plain_words(body)
    if words and words not in _ONLY_THANKS and _CALL_YES.fullmatch(words):
        return True
    return False if words and _CALL_NO.fullmatch(words) else None
