"""What the phrases of a text come to, in the light of what was asked. A table of cases: no case, no
act. Pure.

Each case names the meanings that may stand together. A text with any other meaning beside them is
not that case, so a yes never has a no beside it, and two different numbers choose nothing.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass

from engage.understanding.language.tiling import Means, Phrase
from engage.understanding.vocabulary import Asks, Intent, Prompt

M = Means
_CHAT = frozenset({M.THANKS, M.POLITE})
_APPOINTMENT = frozenset({Prompt.APPOINTMENT, Prompt.TODAY, Prompt.ANSWERED, Prompt.SPOKEN})
_NUMBERED = frozenset({Prompt.REBOOK, Prompt.WHICH})
_MAY_ASK = frozenset(
    {
        Intent.OPT_OUT,
        Intent.WRONG_NUMBER,
        Intent.CALL_ME,
        Intent.OPT_IN,
        Intent.HELP,
        Intent.QUESTION,
    }
)
_MAKES: dict[Means, Intent] = {
    M.STOP: Intent.OPT_OUT,
    M.STOP_TEXTS: Intent.OPT_OUT,
    M.WRONG: Intent.WRONG_NUMBER,
    M.CALL: Intent.CALL_ME,
    M.MOVE: Intent.RESCHEDULE,
    M.WONT: Intent.DECLINE,
    M.NO: Intent.DECLINE,
    M.NONE_OF_THEM: Intent.DECLINE,
    M.LATE: Intent.RUNNING_LATE,
    M.SOON: Intent.RUNNING_LATE,
    M.HERE: Intent.ARRIVED,
    M.NEXT: Intent.QUESTION,
    M.SCALE: Intent.CHECKIN_ANSWER,
    M.FEELS: Intent.CHECKIN_ANSWER,
    M.WILL: Intent.CONFIRM,
    M.SEE_YOU: Intent.CONFIRM,
    M.YES: Intent.CONFIRM,
    M.START: Intent.OPT_IN,
    M.START_TEXTS: Intent.OPT_IN,
    M.HELP: Intent.HELP,
    M.ACK: Intent.THANKS,
    M.THANKS: Intent.THANKS,
}
_WEAK = frozenset({M.STOP, M.SOON, M.HERE, M.NEXT, M.START, M.HELP})
"""Words that say something as a whole text and next to nothing inside another."""
STRENGTH = {intent: place for place, intent in enumerate(Intent)}


@dataclass(frozen=True)
class Decision:
    """What a text comes to: every intent that it carries, strongest first, and the value that goes
    with the first.
    """

    intents: tuple[Intent, ...]
    value: int | None = None
    day: str | None = None
    asks: Asks | None = None


def decide(phrases: Sequence[Phrase], prompt: Prompt, *, asks: bool) -> Decision | None:
    """The meaning of a text that `phrases` cover wholly, or None when they do not come to one thing
    for certain.

    `asks` says that there is a question mark: only a request may have one.
    """
    said = {phrase.means for phrase in phrases} - {M.POLITE}
    days = {phrase.day for phrase in phrases if phrase.day}
    if len(days) > 1:
        return None
    decision = (
        _ends_texts(said)
        or _request(said, prompt)
        or _moment(phrases, said, prompt)
        or _answer(phrases, said, prompt)
    )
    if decision is None or (asks and decision.intents[0] not in _MAY_ASK):
        return None
    return Decision(decision.intents, decision.value, next(iter(days), None), decision.asks)


def hints(phrases: Sequence[Phrase], prompt: Prompt) -> tuple[Intent, ...]:
    """What a text that is not understood seems to touch on, strongest first: for the person who
    reads it.
    """
    found = {
        _MAKES[phrase.means]
        for phrase in phrases
        if phrase.means in _MAKES and phrase.means not in _WEAK
    }
    if prompt is Prompt.CHECKIN and any(phrase.means is M.NUMBER for phrase in phrases[:1]):
        found.add(Intent.CHECKIN_ANSWER)
    return tuple(sorted(found - {Intent.THANKS}, key=STRENGTH.__getitem__))


def _ends_texts(said: Set[Means]) -> Decision | None:
    if _only(said, {M.STOP}, _CHAT):
        return Decision((Intent.OPT_OUT,))
    if _only(said, {M.STOP_TEXTS}, _CHAT | {M.STOP, M.NO, M.YES, M.WILL, M.ACK, M.WONT}):
        return Decision((Intent.OPT_OUT, *_beside(said)))
    if _only(said, {M.WRONG}, _CHAT | {M.NO}):
        return Decision((Intent.WRONG_NUMBER,))
    if _only(said, {M.START}, _CHAT | {M.YES}) or _only(
        said, {M.START_TEXTS}, _CHAT | {M.YES, M.START}
    ):
        return Decision((Intent.OPT_IN,))
    return None


def _request(said: Set[Means], prompt: Prompt) -> Decision | None:
    if _only(said, {M.CALL}, _CHAT | {M.YES, M.ACK, M.WILL, M.DAY, M.WHENEVER}):
        return Decision((Intent.CALL_ME, *((Intent.CONFIRM,) if M.WILL in said else ())))
    if _only(said, {M.CALL}, _CHAT | {M.WONT, M.WHENEVER}) and prompt in (
        _APPOINTMENT | {Prompt.NONE}
    ):
        return Decision((Intent.CALL_ME, Intent.DECLINE))
    if _only(said, {M.HELP}, _CHAT) and prompt is not Prompt.CHECKIN:
        return Decision((Intent.HELP,))
    if _only(said, {M.NEXT}, _CHAT) and prompt not in _NUMBERED:
        return Decision((Intent.QUESTION,), asks=Asks.NEXT)
    return None


def _moment(phrases: Sequence[Phrase], said: Set[Means], prompt: Prompt) -> Decision | None:
    """Late and here: about an appointment of now, whatever was asked, unless numbers were."""
    if prompt not in (_APPOINTMENT | {Prompt.NONE, Prompt.ABSENCE}):
        return None
    if any(phrase.day not in (None, "today") for phrase in phrases):
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
    timed = M.MINUTES in said or M.NUMBER in said
    if _only(said, {M.LATE}, with_late) or _only(said, {M.SOON}, with_late):
        if M.SOON in said and not timed:
            return None
        minutes = {phrase.value for phrase in phrases if phrase.means in (M.MINUTES, M.NUMBER)}
        if len(minutes) > 1 or (M.NUMBER in said and M.SOON not in said):
            return None
        return Decision((Intent.RUNNING_LATE,), value=next(iter(minutes), None))
    if _only(said, {M.HERE}, _CHAT | {M.YES, M.ACK, M.WHENEVER}):
        return Decision((Intent.ARRIVED,))
    return None


def _answer(phrases: Sequence[Phrase], said: Set[Means], prompt: Prompt) -> Decision | None:
    if _only(said, {M.THANKS}, frozenset()):
        return Decision((Intent.THANKS,))
    match prompt:
        case Prompt.APPOINTMENT | Prompt.TODAY:
            return _will_or_wont(said, bare=prompt is Prompt.APPOINTMENT, acknowledged=True)
        case Prompt.ANSWERED | Prompt.SPOKEN:
            if said and said <= _CHAT | {M.ACK, M.SEE_YOU}:
                return Decision((Intent.THANKS,))
            bare = prompt is Prompt.ANSWERED and not said & {M.ACK, M.THANKS}
            return _will_or_wont(said, bare=bare, acknowledged=False)
        case Prompt.NONE:
            return _acknowledged(said) or _will_or_wont(said, bare=False, acknowledged=False)
        case Prompt.ABSENCE:
            return _acknowledged(said)
        case Prompt.CHECKIN:
            return _on_the_scale(phrases, said)
        case Prompt.REBOOK | Prompt.WHICH:
            return _chosen(phrases, said, prompt) or _acknowledged(said)
        case Prompt.NUMBER_CHECK:
            return _whose_phone(phrases, said)
        case Prompt.WHO:
            return None


def _will_or_wont(said: Set[Means], *, bare: bool, acknowledged: bool) -> Decision | None:
    """Will they come? With `bare`, a yes or a no by itself is an answer, and with `acknowledged` an
    ok; else only a clause.
    """
    if _only(said, {M.WONT}, _CHAT | {M.NO, M.YES, M.ACK, M.GOT, M.DAY}):
        return Decision((Intent.DECLINE,))
    if bare and _only(said, {M.NO}, _CHAT | {M.GOT}):
        return Decision((Intent.DECLINE,))
    if acknowledged or M.DAY in said:  # with nothing asked and no day named, `see you` is a goodbye
        said = frozenset(M.WILL if means is M.SEE_YOU else means for means in said)
    if _only(said, {M.WILL}, _CHAT | {M.YES, M.ACK, M.GOT, M.DAY}):
        return Decision((Intent.CONFIRM,))
    if bare and _only(said, {M.YES}, _CHAT | {M.ACK, M.GOT, M.DAY}):
        return Decision((Intent.CONFIRM,))
    if acknowledged and _only(said, {M.ACK}, _CHAT | {M.GOT, M.DAY}):
        return Decision((Intent.CONFIRM,))
    return None


def _acknowledged(said: Set[Means]) -> Decision | None:
    return Decision((Intent.THANKS,)) if _only(said, {M.ACK}, _CHAT) else None


def _on_the_scale(phrases: Sequence[Phrase], said: Set[Means]) -> Decision | None:
    values = {phrase.value for phrase in phrases if phrase.means in (M.NUMBER, M.SCALE)}
    if len(values) != 1 or not said <= (_CHAT | {M.NUMBER, M.SCALE, M.YES, M.ACK}):
        return None
    value = values.pop()
    return Decision((Intent.CHECKIN_ANSWER,), value=value) if value in (1, 2, 3, 4) else None


def _chosen(phrases: Sequence[Phrase], said: Set[Means], prompt: Prompt) -> Decision | None:
    if _only(said, {M.NONE_OF_THEM}, _CHAT | {M.NO}) and prompt is Prompt.REBOOK:
        return Decision((Intent.DECLINE,), value=0)
    if _only(said, {M.BOTH}, _CHAT | {M.YES}) and prompt is Prompt.WHICH:
        return Decision((Intent.SLOT_CHOICE,), value=3)
    values = {phrase.value for phrase in phrases if phrase.means is M.NUMBER}
    if len(values) != 1 or not _only(said, {M.NUMBER}, _CHAT | {M.YES, M.ACK}):
        return None
    value = values.pop()
    if value == 0 and prompt is Prompt.REBOOK:
        return Decision((Intent.DECLINE,), value=0)
    return Decision((Intent.SLOT_CHOICE,), value=value) if value in range(1, 10) else None


def _whose_phone(phrases: Sequence[Phrase], said: Set[Means]) -> Decision | None:
    values = {phrase.value for phrase in phrases if phrase.means is M.NUMBER}
    if (
        values <= {1}
        and said
        and said <= (_CHAT | {M.NUMBER, M.YES, M.MINE})
        and said & {M.NUMBER, M.YES, M.MINE}
    ):
        return Decision((Intent.CONFIRM,), value=1)
    if values <= {2} and said and said <= (_CHAT | {M.NUMBER, M.NO}) and said & {M.NUMBER, M.NO}:
        return Decision((Intent.WRONG_NUMBER,), value=2)
    return None


def _only(said: Set[Means], must: Set[Means], may: Set[Means]) -> bool:
    """Whether everything in `must` was said and nothing outside `must` and `may`."""
    return must <= said <= must | may


def _beside(said: Set[Means]) -> tuple[Intent, ...]:
    """What stands beside the strongest: a yes, or a refusal, never both."""
    if M.WONT in said:
        return () if M.WILL in said else (Intent.DECLINE,)
    return (Intent.CONFIRM,) if M.WILL in said and M.NO not in said else ()
