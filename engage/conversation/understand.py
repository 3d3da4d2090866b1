"""Reads one text: what the person means by it, and whether that is sure enough to act on.

Pure: no database, no clock, no network. It acts only when known phrases cover the whole text and agree; anything left
over, and anything that could be two things, goes to a person. It must never guess, and never read a refusal as a yes.
Danger is looked for first and always goes to a person.
"""

from collections.abc import Sequence

from engage.conversation.danger import crisis_words, harm_words
from engage.conversation.deciding import STRENGTH, Decision, decide, hints
from engage.conversation.normalise import Words, normalise
from engage.conversation.phrases import table
from engage.conversation.reading import Act, Asks, Context, Intent, Prompt, Reading
from engage.conversation.tiling import Tile, glimpse, tile

__all__ = ["Act", "Asks", "Context", "Intent", "Prompt", "Reading", "understand"]

SURE, FAIRLY_SURE, HINTED, NO_IDEA, DANGER = 0.99, 0.97, 0.5, 0.2, 0.9
_SAYS_NOTHING = frozenset({"please", "kiss"})


def understand(
    text: str, prompt: Prompt | str, language: str = "en", context: Context | None = None
) -> Reading:
    """Read `text`, sent in answer to `prompt` by somebody whose texts are in `language` (`en` or `cy`).

    With a `context`, the texts before it and this one are read as one, joined by a space.
    Never raises for any text; raises ValueError for an unknown prompt. Linear in the length of the text.
    """
    asked = Prompt(prompt)
    said = normalise(text if context is None else " ".join((*context.before, text)))
    kept = [place for place, word in enumerate(said.words) if word not in _SAYS_NOTHING]
    words = [said.words[place] for place in kept]
    typed = [said.typed[place] for place in kept]
    known = table("cy" if language == "cy" else "en", scale=asked is Prompt.CHECKIN)
    tiles = tile(words, known.phrases, known.longest) if words else None
    phrases = [one.phrase for one in tiles or glimpse(words, known.phrases, known.longest)]
    decision = decide(phrases, asked, asks=said.asks) if tiles else None
    if danger := _danger(said):
        return _in_danger(danger, decision or Decision(hints(phrases, asked)))
    if decision and tiles:
        return _acting(decision, tiles, typed)
    return _for_a_person(hints(phrases, asked), said)


def _acting(decision: Decision, tiles: Sequence[Tile], typed: Sequence[str]) -> Reading:
    return Reading(
        intent=decision.intents[0],
        confidence=SURE if len(tiles) == 1 else FAIRLY_SURE,
        act=Act.ACT,
        intents=decision.intents,
        value=decision.value,
        day=decision.day,
        asks=decision.asks,
        evidence=tuple(" ".join(typed[one.start : one.end]) for one in tiles),
        sure=frozenset(decision.intents),
    )


def _for_a_person(found: tuple[Intent, ...], said: Words) -> Reading:
    guessed = found or ((Intent.QUESTION,) if said.asks and len(said.words) > 1 else ())
    return Reading(
        intent=guessed[0] if guessed else Intent.OTHER,
        confidence=HINTED if guessed else NO_IDEA,
        act=Act.HUMAN,
        intents=guessed or (Intent.OTHER,),
    )


def _danger(said: Words) -> dict[Intent, str]:
    """Words of danger to the person and to others."""
    found = {Intent.CRISIS: crisis_words(said.line), Intent.HARM_TO_OTHERS: harm_words(said.line)}
    return {intent: words for intent, words in found.items() if words}


def _in_danger(danger: dict[Intent, str], beside: Decision) -> Reading:
    intents = tuple(sorted({*danger, *beside.intents}, key=STRENGTH.__getitem__))
    return Reading(
        intent=intents[0],
        confidence=DANGER,
        act=Act.HUMAN,
        intents=intents,
        evidence=tuple(danger.values()),
    )
