"""Decides whether a text is interpreted alone or together with the texts just before it. Pure.

People split what they say: "i cant" / "make it", "yes" / "but not thursday". A text that is sure
alone counts as it stands. The joint interpretation counts if it is surer, or if this text alone is
not sure. Joining never turns a refusal into a yes: if a yes may depend on what stands before or
after it, a human reads both.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from engage.understanding.choices import plain_words
from engage.understanding.vocabulary import Act, Intent, Interpretation

DANGER = frozenset({Intent.CRISIS, Intent.HARM_TO_OTHERS})
REFUSALS = frozenset({Intent.DECLINE, Intent.RESCHEDULE})
_DOUBT_WORDS = frozenset(
    re.split(
        r" +",
        "no not dont doesnt didnt cant cannot couldnt wont wouldnt isnt aint never doubt "
        "doubtful unless if unlikely might maybe may depends "
        "depending only except but nope nah hardly without neither nor dim ddim nid na nac nad "
        "methu heb os efallai ella falle ond oni onid",
    )
)
"""Words that can turn a yes in the clause beside them: a refusal, a doubt or a condition."""
_FITS_A_YES = frozenset({Intent.CONFIRM, Intent.THANKS})
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


_CAN_COME = re.compile(
    r"\b(?:can|will|il|i'll|im|i'm|gonna) (?:\w+ )?(?:come|coming|make it|be there|get there|"
    r"cum)\b",
    re.IGNORECASE,
)
"""Words that may take a refusal back, though the text does not say so surely."""
_TURNS = re.compile(
    r"\b(?:actually|after all|wait|changed my mind|scrap that|ignore that|forget that|instead|"
    r"already|wedir cwbl|wedi r cwbl|i can (?:\w+ )?(?:come|make it)|can come|dwi yn gallu|now)\b"
)
"""Words that take a no back: what follows is the later answer."""
_SCRAP_WORDS = 3
"""A text of so few words, without a beginning, is the rest of a sentence: "make it"."""
_BEGINNINGS = frozenset(
    re.split(
        r" +", "i im il ive id ill we you u he she it its my but actually ok sorry no nah wait"
    )
)


class JoinMode(StrEnum):
    """How a text was interpreted."""

    ALONE = "alone"
    JOINED = "joined"
    """Together with the texts before it, and with a meaning that they did not have."""
    SAME = "same"
    """Together with the texts before it, and it adds nothing to what was done for them."""
    DOUBTED = "doubted"
    """A yes that another text may take back: a human reads them, whatever each says alone."""


@dataclass(frozen=True)
class JoinDecision:
    """The interpretation that counts, and how the text was interpreted."""

    mode: JoinMode
    interpretation: Interpretation


def choose(
    alone: Interpretation,
    joint: Interpretation,
    before: Interpretation,
    *,
    text: str,
    earlier: Sequence[str],
    acted_on: Sequence[Intent | None],
) -> JoinDecision:
    """Choose the interpretation that counts: this text `alone`, or all texts `joint`.

    `before` interprets the earlier texts without this one. `text` are the words of this one,
    `earlier` those of the others, oldest first. `acted_on` is what Engage acted on for each of
    those; None if it was not sure enough.
    """
    if _is_dangerous(alone):
        return JoinDecision(JoinMode.ALONE, alone)
    if _is_dangerous(joint):
        return JoinDecision(JoinMode.JOINED, joint)
    if alone.worrying:
        return JoinDecision(JoinMode.ALONE, alone)
    has_acted = any(intent is not None for intent in acted_on)
    if not alone.acts:
        said_yes = Intent.CONFIRM in acted_on
        return _choose_when_unsure(alone, joint, before, text, has_acted, said_yes=said_yes)
    if _says_yes(alone) and _yes_may_complete_refusal(before, text, earlier[-1], acted_on[-1]):
        if joint.acts and _refuses(joint):
            return _joined(joint, before, has_acted, alone=alone, text=text)
        if not (joint.acts and _says_yes(joint)):
            return _doubted(alone)
    is_surer = joint.acts and joint.confidence > alone.confidence and alone.intent in joint.intents
    if is_surer and not _asks_the_same(joint, alone):
        return _joined(joint, before, has_acted, alone=alone, text=text)
    return JoinDecision(JoinMode.ALONE, alone)


def has_doubt(words: str) -> bool:
    """Whether the words contain a refusal, a doubt or a condition."""
    return not _DOUBT_WORDS.isdisjoint(_words(words))


def _yes_may_complete_refusal(
    before: Interpretation, text: str, last: str, acted_on: Intent | None
) -> bool:
    """Whether a yes may be the end of a refusal: "no way" / "il be there", "not sure" / "il make
    it".

    A text that starts with yes is a new sentence: after a complete no it is the later answer.
    """
    if acted_on is None:
        return may_refuse(before) or has_doubt(last)
    return (
        acted_on in REFUSALS
        and _YES.isdisjoint(_words(text)[:1])
        and not _TURNS.search(" ".join(_words(text)))
    )


def _choose_when_unsure(
    alone: Interpretation,
    joint: Interpretation,
    before: Interpretation,
    text: str,
    has_acted: bool,
    *,
    said_yes: bool,
) -> JoinDecision:
    if said_yes and joint.acts and _says_yes(joint):
        # "il be there" / "doubt it", "jk", "wait": this text adds nothing to the yes before it, and
        # may take it back.
        if _starts_with_doubt(text):
            return _doubted(alone)
        if alone.intent not in _FITS_A_YES and not _BANTER.issuperset(_words(text)):
            return JoinDecision(JoinMode.ALONE, alone)
    if joint.acts:
        if _says_yes(joint) and may_refuse(alone):
            return _doubted(alone)
        may_come = Intent.CONFIRM in alone.intents or _CAN_COME.search(text)
        if _refuses(joint) and may_come and not _is_scrap(text):
            return _doubted(alone)
        return _joined(joint, before, has_acted, alone=alone, text=text)
    if said_yes and (may_refuse(alone, joint) or _starts_with_doubt(text)):
        return _doubted(alone)
    return JoinDecision(JoinMode.ALONE, alone)


def _joined(
    joint: Interpretation,
    before: Interpretation,
    has_acted: bool,
    *,
    alone: Interpretation,
    text: str,
) -> JoinDecision:
    """The joint interpretation, or the text alone if the joint one would lose what it says."""
    if not (has_acted and _asks_the_same(joint, before)):
        return JoinDecision(JoinMode.JOINED, joint)
    is_small_talk = alone.intent is Intent.THANKS or _BANTER.issuperset(_words(text))
    if is_small_talk or _is_scrap(text) or (alone.acts and alone.sure <= before.sure):
        return JoinDecision(JoinMode.SAME, joint)
    return _doubted(alone) if _says_yes(before) or may_refuse(before) else _unsure(alone)


def _is_scrap(text: str) -> bool:
    """Whether the text is a few words without a beginning, the rest of a sentence."""
    words = _words(text)
    return len(words) <= _SCRAP_WORDS and (_BEGINNINGS | _YES).isdisjoint(words[:1])


def _unsure(alone: Interpretation) -> JoinDecision:
    """The text alone, for a worker: it adds something that is not certain."""
    return JoinDecision(JoinMode.ALONE, replace(alone, act=Act.HUMAN, sure=frozenset()))


def _doubted(alone: Interpretation) -> JoinDecision:
    return JoinDecision(JoinMode.DOUBTED, replace(alone, act=Act.HUMAN, sure=frozenset()))


def _starts_with_doubt(text: str) -> bool:
    """Whether the text starts with "but", "if", "not": it changes what was said before it."""
    return not _DOUBT_WORDS.isdisjoint(_words(text)[:2])


def _words(text: str) -> list[str]:
    return plain_words(text).replace("'", "").split()


def _is_dangerous(interpretation: Interpretation) -> bool:
    return not DANGER.isdisjoint(interpretation.intents)


def _says_yes(interpretation: Interpretation) -> bool:
    return interpretation.surely(Intent.CONFIRM) and not _refuses(interpretation)


def _refuses(interpretation: Interpretation) -> bool:
    return not REFUSALS.isdisjoint(interpretation.sure)


def may_refuse(*interpretations: Interpretation) -> bool:
    """Whether one of them may refuse or move an appointment."""
    return any(not REFUSALS.isdisjoint(one.intents) for one in interpretations)


def _asks_the_same(one: Interpretation, other: Interpretation) -> bool:
    """Whether both call for the same action."""
    return one.sure == other.sure and _details(one) == _details(other)


def _details(one: Interpretation) -> tuple[object, ...]:
    asked = (one.topic, one.other_topics, one.asks_more)
    return one.intent, one.value, one.day, one.time, one.cause, one.fact, asked, one.name
