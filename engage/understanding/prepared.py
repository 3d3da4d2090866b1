"""A text made ready to be interpreted: normalised, with the known phrases in it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from engage.understanding.classifier.lines import PROMPTS
from engage.understanding.language.matching import Phrase, PhraseMatch, match_anywhere, match_whole
from engage.understanding.language.means import Means
from engage.understanding.language.normalise import NormalisedText, normalise
from engage.understanding.language.phrases import table
from engage.understanding.vocabulary import Prompt

_IGNORED_WORDS = frozenset({"please", "kiss"})


@dataclass(frozen=True)
class PreparedText:
    """A text with the phrases found in it.

    `words` and `typed` leave out please and kisses. `matches` cover the whole text, or are None;
    `phrases` are those of `matches`, else whatever phrases the text contains.
    """

    body: str
    prompt: Prompt
    language: str
    normalised: NormalisedText
    words: tuple[str, ...]
    typed: tuple[str, ...]
    matches: Sequence[PhraseMatch] | None
    phrases: Sequence[Phrase]

    @property
    def line(self) -> str:
        """The normalised words as one line."""
        return self.normalised.line

    @property
    def meanings(self) -> set[Means]:
        """What the phrases in it mean."""
        return {phrase.means for phrase in self.phrases}

    @property
    def corpus_prompt(self) -> Prompt:
        """The prompt of the corpus under which its clauses are classified."""
        return self.prompt if self.prompt in PROMPTS else Prompt.NONE


def prepare(body: str, prompt: Prompt, language: str) -> PreparedText:
    """Normalise a text and find the phrases in it."""
    normalised = normalise(body)
    kept = [index for index, word in enumerate(normalised.words) if word not in _IGNORED_WORDS]
    words = tuple(normalised.words[index] for index in kept)
    known = table("cy" if language == "cy" else "en", scale=prompt is Prompt.CHECKIN)
    matches = match_whole(words, known.phrases, known.longest) if words else None
    found = matches or match_anywhere(words, known.phrases, known.longest)
    return PreparedText(
        body,
        prompt,
        language,
        normalised,
        words,
        tuple(normalised.typed[index] for index in kept),
        matches,
        [match.phrase for match in found],
    )
