"""Whether a text is read alone or as the end of what the texts before it began. A rule, pure:
readings in, one reading out.

People split what they say: "i cant" / "make it", "yes" / "but not thursday". A text that is sure
alone is done as it stands; the texts read as one count where they are surer, or where this one
alone is not sure. What is refused in any of it is never made a yes by reading it otherwise: where a
yes may hang on what was said before or after it, a human reads both.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from engage.understanding.choices import plain_words
from engage.understanding.vocabulary import Act, Intent, Interpretation

DANGER = frozenset({Intent.CRISIS, Intent.HARM_TO_OTHERS})
AGAINST = frozenset({Intent.DECLINE, Intent.RESCHEDULE})
_TURNS_BACK = frozenset(
    re.split(
        r" +",
        "no not dont doesnt didnt cant cannot couldnt wont wouldnt isnt aint never doubt doubtful unless if unlikely might maybe may depends "
        "depending only except but nope nah hardly without neither nor dim ddim nid na nac nad methu heb os efallai ella falle ond oni onid",
    )
)
"""Words with which a clause beside it can turn a yes: a refusal, a doubt or a condition."""
_GOES_WITH_YES = frozenset({Intent.CONFIRM, Intent.THANKS})
_BANTER = frozenset(
    re.split(r" +", "lol haha hehe ha mate m8 pal love bro bruv x xx xxx btw boss chief")
)
_YES = frozenset(
    {
        "yes",
        "yeah",
        "yep",
        "yup",
        "ye",
        "yea",
        "yh",
        "yeh",
        "aye",
        "y",
        "ie",
        "ydw",
        "oes",
        "byddaf",
        "bydda",
        "iawn",
    }
)


class How(StrEnum):
    """How a text was read."""

    ALONE = "alone"
    JOINED = "joined"
    """With the texts before it, and so it means something that they did not."""
    SAME = "same"
    """With the texts before it, and it adds nothing to what was done then."""
    DOUBTED = "doubted"
    """A yes that something beside it may take back: for a human, whatever either says alone."""


@dataclass(frozen=True)
class Joined:
    """The reading that counts, and how it came about."""

    how: How
    interpretation: Interpretation


def choose(
    alone: Interpretation,
    joint: Interpretation,
    before: Interpretation,
    *,
    text: str,
    earlier: Sequence[str],
    done: Sequence[Intent | None],
) -> Joined:
    """Which reading counts: of this text (`alone`), of all texts as one (`joint`), given that of
    the earlier ones (`before`).

    `text` are the words of this one, `earlier` those of the others, oldest first; `done` says what
    was acted on for each of those, None for one that was not sure enough.
    """
    if _dangerous(alone):
        return Joined(How.ALONE, alone)
    if _dangerous(joint):
        return Joined(How.JOINED, joint)
    acted = any(one is not None for one in done)
    if not alone.acts:
        return _unsure_alone(alone, joint, before, text, acted, said_yes=Intent.CONFIRM in done)
    if _says_yes(alone) and _may_hang(before, text, earlier[-1], done[-1]):
        if joint.acts and _refuses(joint):
            return _whole(joint, before, acted)
        if not (joint.acts and _says_yes(joint)):
            return _doubt(alone)
    surer = joint.acts and joint.confidence > alone.confidence and alone.intent in joint.intents
    return (
        _whole(joint, before, acted)
        if surer and not _same(joint, alone)
        else Joined(How.ALONE, alone)
    )


def _may_hang(before: Interpretation, text: str, last: str, done: Intent | None) -> bool:
    """Whether a yes may be the end of a sentence that refuses: "no way" / "il be there", "not sure"
    / "il make it".

    A text that begins with yes begins a sentence: after a whole no it is the later word.
    """
    if done is None:
        return _hints_against(before) or turns_back(last)
    return done in AGAINST and _YES.isdisjoint(_words(text)[:1])


def _unsure_alone(
    alone: Interpretation,
    joint: Interpretation,
    before: Interpretation,
    text: str,
    acted: bool,
    *,
    said_yes: bool,
) -> Joined:
    if said_yes and joint.acts and _says_yes(joint):
        # "il be there" / "doubt it", "jk", "wait": to the yes that was said such a piece adds
        # nothing, and may take it back
        if _begins_turning(text):
            return _doubt(alone)
        if alone.intent not in _GOES_WITH_YES and not _BANTER.issuperset(_words(text)):
            return Joined(How.ALONE, alone)
    if joint.acts:
        return (
            _doubt(alone)
            if _says_yes(joint) and _hints_against(alone)
            else _whole(joint, before, acted)
        )
    if said_yes and (_hints_against(alone, joint) or _begins_turning(text)):
        return _doubt(alone)
    return Joined(How.ALONE, alone)


def _whole(joint: Interpretation, before: Interpretation, acted: bool) -> Joined:
    return Joined(How.SAME if acted and _same(joint, before) else How.JOINED, joint)


def turns_back(words: str) -> bool:
    """Whether a refusal, a doubt or a condition stands anywhere in the words."""
    return not _TURNS_BACK.isdisjoint(_words(words))


def _begins_turning(text: str) -> bool:
    """A text that goes on with "but", "if", "not": what was said before it does not stand as it was
    said.
    """
    return not _TURNS_BACK.isdisjoint(_words(text)[:2])


def _words(text: str) -> list[str]:
    return plain_words(text).replace("'", "").split()


def _doubt(reading: Interpretation) -> Joined:
    return Joined(How.DOUBTED, replace(reading, act=Act.HUMAN, sure=frozenset()))


def _dangerous(reading: Interpretation) -> bool:
    return not DANGER.isdisjoint(reading.intents)


def _says_yes(reading: Interpretation) -> bool:
    return reading.surely(Intent.CONFIRM) and not _refuses(reading)


def _refuses(reading: Interpretation) -> bool:
    return not AGAINST.isdisjoint(reading.sure)


def _hints_against(*readings: Interpretation) -> bool:
    return any(not AGAINST.isdisjoint(one.intents) for one in readings)


def _same(one: Interpretation, other: Interpretation) -> bool:
    """Whether two readings ask for the same."""
    return one.sure == other.sure and _values(one) == _values(other)


def _values(reading: Interpretation) -> tuple[object, ...]:
    said = reading
    return said.intent, said.value, said.day, said.time, said.cause, said.fact, said.asks, said.name
