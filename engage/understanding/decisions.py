"""Decides what the phrases of a text mean together, after what was asked. Pure.

A table of cases: a text that fits no case decides nothing. Each case lists the meanings that may
stand together; a text with any other meaning is not that case. So a yes never has a no beside it,
and two different numbers choose nothing.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass

from engage.understanding.language.matching import Phrase
from engage.understanding.language.means import Means
from engage.understanding.vocabulary import Intent, Prompt, QuestionTopic

M = Means
_CHAT = frozenset({M.THANKS, M.POLITE})
_APPOINTMENT = frozenset({Prompt.APPOINTMENT, Prompt.TODAY, Prompt.ANSWERED, Prompt.SPOKEN})
_NUMBERED = frozenset({Prompt.REBOOK, Prompt.WHICH})
_MAY_BE_QUESTION = frozenset(
    {
        Intent.OPT_OUT,
        Intent.WRONG_NUMBER,
        Intent.CALL_ME,
        Intent.OPT_IN,
        Intent.HELP,
        Intent.QUESTION,
    }
)
STRENGTH = {intent: rank for rank, intent in enumerate(Intent)}
"""The rank of each intent; 0 is the strongest."""


@dataclass(frozen=True)
class Decision:
    """Every intent of a text, strongest first, and the value that goes with the strongest."""

    intents: tuple[Intent, ...]
    value: int | None = None
    day: str | None = None
    topic: QuestionTopic | None = None


def decide(
    phrases: Sequence[Phrase], prompt: Prompt, *, has_question_mark: bool
) -> Decision | None:
    """Decide what a text means that `phrases` cover completely; None if that is not certain.

    Only a request may have a question mark.
    """
    meanings = {phrase.means for phrase in phrases} - {M.POLITE}
    days = {phrase.day for phrase in phrases if phrase.day}
    if len(days) > 1:
        return None
    decision = (
        _ends_texts(meanings)
        or _request(meanings, prompt)
        or _late_or_here(phrases, meanings, prompt)
        or _answer(phrases, meanings, prompt)
    )
    if decision is None or (has_question_mark and decision.intents[0] not in _MAY_BE_QUESTION):
        return None
    return Decision(decision.intents, decision.value, next(iter(days), None), decision.topic)


def _ends_texts(meanings: Set[Means]) -> Decision | None:
    if _only(meanings, {M.STOP}, _CHAT):
        return Decision((Intent.OPT_OUT,))
    if _only(meanings, {M.STOP_TEXTS}, _CHAT | {M.STOP, M.NO, M.YES, M.WILL, M.ACK, M.WONT}):
        return Decision((Intent.OPT_OUT, *_weaker_intents(meanings)))
    if _only(meanings, {M.WRONG}, _CHAT | {M.NO}):
        return Decision((Intent.WRONG_NUMBER,))
    if _only(meanings, {M.START}, _CHAT | {M.YES}) or _only(
        meanings, {M.START_TEXTS}, _CHAT | {M.YES, M.START}
    ):
        return Decision((Intent.OPT_IN,))
    return None


def _request(meanings: Set[Means], prompt: Prompt) -> Decision | None:
    if _only(meanings, {M.CALL}, _CHAT | {M.YES, M.ACK, M.WILL, M.DAY, M.WHENEVER}):
        return Decision((Intent.CALL_ME, *((Intent.CONFIRM,) if M.WILL in meanings else ())))
    if _only(meanings, {M.CALL}, _CHAT | {M.WONT, M.WHENEVER}) and prompt in (
        _APPOINTMENT | {Prompt.NONE}
    ):
        return Decision((Intent.CALL_ME, Intent.DECLINE))
    for intent in Intent:
        phrase = intent.meaning.phrase
        if phrase and _only(meanings, {phrase}, _CHAT) and prompt is not Prompt.CHECKIN:
            return Decision((intent,))
    if _only(meanings, {M.NEXT}, _CHAT) and prompt not in _NUMBERED:
        return Decision((Intent.QUESTION,), topic=QuestionTopic.NEXT)
    return None


def _late_or_here(
    phrases: Sequence[Phrase], meanings: Set[Means], prompt: Prompt
) -> Decision | None:
    """Late or here, for an appointment of now. After any question but a numbered one."""
    if prompt not in (_APPOINTMENT | {Prompt.NONE, Prompt.ABSENCE}):
        return None
    has_other_day = any(phrase.day not in (None, "today") for phrase in phrases)
    if has_other_day and not {M.LATE, M.DAY} <= meanings:
        return None
    with_late = _CHAT | {
        M.LATE,
        M.SOON,
        M.MINUTES,
        M.NUMBER,
        M.YES,
        M.ACK,
        M.WILL,
        M.SEE_YOU,
        M.DAY,
    }
    has_minutes = M.MINUTES in meanings or M.NUMBER in meanings
    if _only(meanings, {M.LATE}, with_late) or _only(meanings, {M.SOON}, with_late):
        if M.SOON in meanings and not has_minutes:
            return None
        minutes = {phrase.value for phrase in phrases if phrase.means in (M.MINUTES, M.NUMBER)}
        if len(minutes) > 1 or (M.NUMBER in meanings and M.SOON not in meanings):
            return None
        return Decision((Intent.RUNNING_LATE,), value=next(iter(minutes), None))
    if _only(meanings, {M.HERE}, _CHAT | {M.YES, M.ACK, M.WHENEVER}):
        return Decision((Intent.ARRIVED,))
    return None


def _answer(phrases: Sequence[Phrase], meanings: Set[Means], prompt: Prompt) -> Decision | None:
    if _only(meanings, {M.THANKS}, frozenset()):
        return Decision((Intent.THANKS,))
    match prompt:
        case Prompt.APPOINTMENT | Prompt.TODAY:
            return _will_or_wont(meanings, bare=prompt is Prompt.APPOINTMENT, acknowledged=True)
        case Prompt.ANSWERED | Prompt.SPOKEN:
            return _second_answer(meanings, spoken=prompt is Prompt.SPOKEN)
        case Prompt.NONE:
            return _thanks(meanings) or _will_or_wont(meanings, bare=False, acknowledged=False)
        case Prompt.ABSENCE:
            return _thanks(meanings)
        case Prompt.CHECKIN:
            return _check_in_answer(phrases, meanings)
        case Prompt.REBOOK | Prompt.WHICH:
            return _numbered_choice(phrases, meanings, prompt) or _thanks(meanings)
        case Prompt.NUMBER_CHECK:
            return _number_check_answer(phrases, meanings)
        case Prompt.WHO:
            return None


def _second_answer(meanings: Set[Means], *, spoken: bool) -> Decision | None:
    """What a text means after the question was answered, or after a worker has written."""
    if meanings and meanings <= _CHAT | {M.ACK, M.SEE_YOU}:
        return Decision((Intent.THANKS,))
    bare = not spoken and not meanings & {M.ACK, M.THANKS}
    return _will_or_wont(meanings, bare=bare, acknowledged=False)


def _will_or_wont(meanings: Set[Means], *, bare: bool, acknowledged: bool) -> Decision | None:
    """Whether they will attend.

    With `bare`, a yes or a no alone is an answer, and with `acknowledged` an ok is a yes; without
    them only a whole clause is.
    """
    if _only(meanings, {M.WONT}, _CHAT | {M.NO, M.YES, M.ACK, M.GOT, M.DAY}):
        return Decision((Intent.DECLINE,))
    if bare and _only(meanings, {M.NO}, _CHAT | {M.GOT}):
        return Decision((Intent.DECLINE,))
    if acknowledged or M.DAY in meanings:
        # If nothing was asked and no day is named, `see you` is a goodbye.
        meanings = frozenset(M.WILL if means is M.SEE_YOU else means for means in meanings)
    if _only(meanings, {M.WILL}, _CHAT | {M.YES, M.ACK, M.GOT, M.DAY}):
        return Decision((Intent.CONFIRM,))
    if bare and _only(meanings, {M.YES}, _CHAT | {M.ACK, M.GOT, M.DAY}):
        return Decision((Intent.CONFIRM,))
    if acknowledged and _only(meanings, {M.ACK}, _CHAT | {M.GOT, M.DAY}):
        return Decision((Intent.CONFIRM,))
    return None


def _thanks(meanings: Set[Means]) -> Decision | None:
    return Decision((Intent.THANKS,)) if _only(meanings, {M.ACK}, _CHAT) else None


def _check_in_answer(phrases: Sequence[Phrase], meanings: Set[Means]) -> Decision | None:
    values = {phrase.value for phrase in phrases if phrase.means in (M.NUMBER, M.SCALE)}
    if len(values) != 1 or not meanings <= (_CHAT | {M.NUMBER, M.SCALE, M.YES, M.ACK}):
        return None
    value = values.pop()
    return Decision((Intent.CHECKIN_ANSWER,), value=value) if value in (1, 2, 3, 4) else None


def _numbered_choice(
    phrases: Sequence[Phrase], meanings: Set[Means], prompt: Prompt
) -> Decision | None:
    if _only(meanings, {M.NONE_OF_THEM}, _CHAT | {M.NO}) and prompt is Prompt.REBOOK:
        return Decision((Intent.DECLINE,), value=0)
    if _only(meanings, {M.BOTH}, _CHAT | {M.YES}) and prompt is Prompt.WHICH:
        return Decision((Intent.SLOT_CHOICE,), value=3)
    values = {phrase.value for phrase in phrases if phrase.means is M.NUMBER}
    if len(values) != 1 or not _only(meanings, {M.NUMBER}, _CHAT | {M.YES, M.ACK}):
        return None
    value = values.pop()
    if value == 0 and prompt is Prompt.REBOOK:
        return Decision((Intent.DECLINE,), value=0)
    return Decision((Intent.SLOT_CHOICE,), value=value) if value in range(1, 10) else None


def _number_check_answer(phrases: Sequence[Phrase], meanings: Set[Means]) -> Decision | None:
    values = {phrase.value for phrase in phrases if phrase.means is M.NUMBER}
    yes, no = {M.NUMBER, M.YES, M.MINE}, {M.NUMBER, M.NO}
    if values <= {1} and meanings <= (_CHAT | yes) and meanings & yes:
        return Decision((Intent.CONFIRM,), value=1)
    if values <= {2} and meanings <= (_CHAT | no) and meanings & no:
        return Decision((Intent.WRONG_NUMBER,), value=2)
    return None


def _only(meanings: Set[Means], required: Set[Means], allowed: Set[Means]) -> bool:
    """Whether `meanings` hold all that are `required`, and no others than those `allowed`."""
    return required <= meanings <= required | allowed


def _weaker_intents(meanings: Set[Means]) -> tuple[Intent, ...]:
    """What is said beside the strongest meaning: a yes or a refusal, never both."""
    if M.WONT in meanings:
        return () if M.WILL in meanings else (Intent.DECLINE,)
    return (Intent.CONFIRM,) if M.WILL in meanings and M.NO not in meanings else ()
