"""Weighs an interpretation: what Engage may do with it depends on who wrote the text and on how
certain its meaning is. Pure.

`Meaning.needs` says for each meaning what Engage needs before it acts. Where a guess would do harm
the person is asked once instead (`asks_back`).
"""

from collections.abc import Sequence
from dataclasses import replace

from engage.understanding.known import explicit
from engage.understanding.speaker.quotes import OwnWords
from engage.understanding.speaker.who import names_in
from engage.understanding.vocabulary import (
    Act,
    Basis,
    Certainty,
    Intent,
    Interpretation,
    Reaction,
    Speaker,
)

ASK_FROM = 0.5
"""The confidence from which the person is asked whether they mean it."""
_SURE = 0.99


def weighed(found: Interpretation, speaker: Speaker, line: str) -> Interpretation:
    """`found` with its speaker, and held back where its meaning needs more certainty. `line` is the
    normalised text.
    """
    found = replace(found, speaker=speaker)
    if speaker is Speaker.MACHINE and found.intent.meaning.needs is not Certainty.PERSON:
        return replace(found, intent=Intent.OTHER, act=Act.HUMAN, sure=frozenset())
    if found.intent.meaning.needs is Certainty.PHRASE_OR_ANSWER:
        return _strict(found, line)
    sure = frozenset(
        intent
        for intent in found.sure
        if intent.meaning.needs is not Certainty.PHRASE_OR_ANSWER or found.basis is Basis.RULE
    )
    if speaker.is_another_person:
        return replace(found, act=Act.HUMAN, sure=frozenset())
    return replace(found, sure=sure)


def _strict(found: Interpretation, line: str) -> Interpretation:
    """Act on a known phrase; ask about anything less."""
    if found.acts and (found.basis is Basis.RULE or _is_plain(found, line)):
        return found
    is_on_behalf = found.speaker in (Speaker.RELATIVE, Speaker.WORKER)
    may_mean_it = found.acts and found.confidence >= ASK_FROM and not explicit.is_limited(line)
    asks = not is_on_behalf and (found.asks_back or may_mean_it)
    return replace(found, act=Act.HUMAN, sure=frozenset(), asks_back=asks)


def _is_plain(found: Interpretation, line: str) -> bool:
    """Whether the text says it in plain words, and a relative or a worker does not say it."""
    is_own = found.speaker in (Speaker.PERSON, Speaker.STRANGER)
    return is_own and found.confidence >= explicit.ALSO_FROM and explicit.says(found.intent, line)


def denial_asked_back(found: Interpretation, line: str, names: Sequence[str]) -> Interpretation:
    """`found`, asked about if it is a denial with the name of somebody who has the phone."""
    if found.intent is not Intent.WRONG_NUMBER or not found.acts or not names_in(line, names):
        return found
    return replace(found, act=Act.HUMAN, sure=frozenset(), asks_back=True)


def of_quotation(written: OwnWords) -> Interpretation:
    """The interpretation of a text in which the writer said nothing: a reaction, or a quotation.

    A like may be meant as a yes, so the person is asked; nothing is taken from it.
    """
    is_reaction = written.reaction is not None
    return Interpretation(
        Intent.OTHER,
        _SURE,
        Act.HUMAN,
        (Intent.OTHER,),
        speaker=Speaker.REACTION if is_reaction else Speaker.QUOTE,
        basis=Basis.RULE,
        asks_back=written.reaction is Reaction.LIKES,
        reaction=written.reaction,
    )
