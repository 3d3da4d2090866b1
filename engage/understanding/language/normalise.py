"""Normalises a text: lower-case words in one spelling. Nothing may be dropped that could carry
meaning.

Letters keep their order, and all spellings of a word (`yeah`, `yh`, `ye`) become one. Invisible
characters (controls, direction marks, lone surrogates, skin tones) go. Every other sign that is not
plain punctuation stays as a word of its own, so that an unknown sign in a text is noticed.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from engage.understanding.language.spellings import EMOJI, ONE_WORD, SPELLINGS

_APOSTROPHES = re.compile("['‘’ʼ`´′]")
_PIECES = re.compile(r"[^\W\d_]+|\d+|[^\w\s]", re.UNICODE)
_PUNCTUATION = frozenset('.,!;:-–—…()"“”/*_~·•[]¡¿‐‑ \t')
_INVISIBLE = frozenset(["Cc", "Cf", "Cs", "Co", "Cn", "Mn", "Me"])
_STRUCK_OUT = frozenset("\u0335\u0336\u0337\u0338\u20dd\u20e0")
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_OVERDOSED = re.compile(
    r"\bOD['’]?d\b|\b[Oo]\.?[Dd]\.?['’][Dd]\b|"
    r"\b([Ii]['’]?(?:ve|VE)? (?:nearly |almost |just )?)odd\b"
    r"(?! (?:y|yr|yn|o|i|fi|hi|na|job|jobs|one|socks?)\b)"
)
"""Overdosed, as people type it. Else `odd` is English for strange, and Welsh for was."""
_AFTER_WILL = frozenset(
    ["be", "b", "come", "cum", "there", "see", "c", "do", "make", "try", "get", "attend", "pop"]
)


@dataclass(frozen=True)
class NormalisedText:
    """The `words` of a text in one spelling, and the same words as `typed`, in lower case."""

    words: tuple[str, ...]
    typed: tuple[str, ...]
    has_question_mark: bool

    @cached_property
    def line(self) -> str:
        """The words as one line, for searching."""
        return " ".join(self.words)


@lru_cache(maxsize=64)
def normalise(text: str) -> NormalisedText:
    """Normalise `text`. Never raises; linear in the length of the text.

    One reading asks for the same words several times, so the latest results are kept.
    """
    pieces = _pieces(_simplified(text))
    words, typed = _standard_words([piece for piece in pieces if piece != "?"])
    return NormalisedText(_single_word_answer(words, typed), tuple(typed), "?" in pieces)


def visible_text(text: str) -> str:
    """`text` in lower case without invisible characters. Spellings and signs stay."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return "".join(
        character
        if unicodedata.category(character) not in _INVISIBLE
        else " "
        if character.isspace()
        else ""
        for character in plain
    )


def standard_spelling(words: Sequence[str]) -> tuple[str, ...]:
    """The `words` of a phrase in the spelling in which they are looked up."""
    return tuple(_standard_words(words)[0])


def _standard_words(pieces: Sequence[str]) -> tuple[list[str], list[str]]:
    """The pieces as words in one spelling, and what was typed for each word."""
    words: list[str] = []
    typed: list[str] = []
    index = 0
    while index < len(pieces):
        following = pieces[index + 1] if index + 1 < len(pieces) else ""
        pair = ONE_WORD.get((pieces[index], following))
        words.append(_standard_word(pieces[index], following) if pair is None else pair)
        typed.append(pieces[index] if pair is None else f"{pieces[index]} {following}")
        index += 1 if pair is None else 2
    return words, typed


def _simplified(text: str) -> str:
    """`text` in lower case without accents, apostrophes or invisible characters. An emoji that
    stands for a word becomes that word.
    """
    plain = unicodedata.normalize("NFKD", text)
    lowered = _OVERDOSED.sub(lambda found: f"{found[1] or ''}overdosed", plain).lower()
    lowered = re.sub(r"\b(i|we|he|she|it|they|you|u)['‘’]ll\b", r"\1l", lowered)
    lowered = re.sub(r"[:;=]['’]?-?[(/\\|\[]|\)[-']?:", " ☹ ", lowered)
    kept = []
    for character in _APOSTROPHES.sub("", lowered):
        if character.isspace():
            kept.append(" ")
        elif character in _STRUCK_OUT:
            # A word struck through is taken back. An unknown sign makes a human read the text.
            kept.append(" ⊘ ")
        elif ord(character) in _SKIN_TONES or character == "\ufffd":
            continue
        elif unicodedata.category(character) not in _INVISIBLE:
            kept.append(f" {EMOJI[character]} " if character in EMOJI else character)
    return "".join(kept)


def _pieces(plain: str) -> list[str]:
    pieces: list[str] = []
    for chunk in plain.split():
        bare = chunk.strip('.,!?;:-–—…()"“”*_~')
        if bare in SPELLINGS and not bare.isalpha():
            pieces.append(bare)
            if "?" in chunk:
                pieces.append("?")
            continue
        with_and = re.sub(r"(?<=\w)[&+](?=\w)", " and ", chunk)
        pieces.extend(piece for piece in _PIECES.findall(with_and) if piece not in _PUNCTUATION)
    return pieces


def _standard_word(piece: str, following: str) -> str:
    if piece == "ill" and following in _AFTER_WILL:
        return "il"
    for candidate in _candidates(piece):
        known = SPELLINGS.get(candidate)
        if known is not None:
            return known
    return piece


def _candidates(piece: str) -> list[str]:
    """`piece`, and if a letter is held down (`yesss`, `nooo`) the same with one or two of it."""
    if not re.search(r"([^\W\d_])\1\1", piece):
        return [piece]
    return [
        piece,
        re.sub(r"([^\W\d_])\1{2,}", r"\1", piece),
        re.sub(r"([^\W\d_])\1{2,}", r"\1\1", piece),
    ]


def _single_word_answer(words: list[str], typed: list[str]) -> tuple[str, ...]:
    """The words, with forms that are an answer only if they are the whole text: `y`, `n`, and a
    word with its last letter doubled.
    """
    if len(words) == 1:
        word = typed[0]
        if word in ("y", "n"):
            return ("yes" if word == "y" else "no",)
        if len(word) > 2 and word[-1] == word[-2]:
            return (SPELLINGS.get(word[:-1], words[0]),)
    return tuple(words)
