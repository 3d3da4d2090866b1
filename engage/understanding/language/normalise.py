"""A text as the reader sees it: lower-case words in one spelling, and nothing dropped that could
carry meaning.

Letters keep their order; spellings of one word (`yeah`, `yh`, `ye`) become one. Characters that
show nothing (controls, direction marks, lone surrogates, skin tones) go; every other sign that is
not plain punctuation stays as a word of its own, so that a text with something unknown in it is
seen to have it.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from engage.understanding.language.spellings import EMOJI, ONE_WORD, SPELLINGS

_APOSTROPHES = re.compile("['‘’ʼ`´′]")
_PIECES = re.compile(r"[^\W\d_]+|\d+|[^\w\s]", re.UNICODE)
_PUNCTUATION = frozenset('.,!;:-–—…()"“”/*_~·•[]¡¿‐‑ \t')
_UNSEEN = frozenset(["Cc", "Cf", "Cs", "Co", "Cn", "Mn", "Me"])
_STRUCK_OUT = frozenset("\u0335\u0336\u0337\u0338\u20dd\u20e0")
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_AFTER_WILL = frozenset(
    ["be", "b", "come", "cum", "there", "see", "c", "do", "make", "try", "get", "attend", "pop"]
)


@dataclass(frozen=True)
class Words:
    """`words` in one spelling; `typed` the same pieces as typed (folded); `asks` whether there is a
    question mark.
    """

    words: tuple[str, ...]
    typed: tuple[str, ...]
    asks: bool

    @property
    def line(self) -> str:
        """The words as one line, for searching."""
        return " ".join(self.words)


def normalise(text: str) -> Words:
    """`text` as words. Never raises, whatever the text holds; linear in its length."""
    pieces = _pieces(_plain(text))
    asks = "?" in pieces
    typed = [piece for piece in pieces if piece != "?"]
    words, shown = _spelt(typed)
    return Words(_alone(words, shown), tuple(shown), asks)


def visible(text: str) -> str:
    """`text` in lower case as a reader of it sees it: spellings and signs stay, what shows nothing
    goes.
    """
    plain = unicodedata.normalize("NFKC", text).lower()
    return "".join(
        one if unicodedata.category(one) not in _UNSEEN else " " if one.isspace() else ""
        for one in plain
    )


def spell(words: Sequence[str]) -> tuple[str, ...]:
    """`words` of a phrase list in the one spelling that the reader looks them up in."""
    return tuple(_spelt(words)[0])


def _spelt(typed: Sequence[str]) -> tuple[list[str], list[str]]:
    """Each word in its one spelling, beside what was typed for it."""
    words: list[str] = []
    shown: list[str] = []
    index = 0
    while index < len(typed):
        following = typed[index + 1] if index + 1 < len(typed) else ""
        pair = ONE_WORD.get((typed[index], following))
        words.append(_spelling(typed[index], following) if pair is None else pair)
        shown.append(typed[index] if pair is None else f"{typed[index]} {following}")
        index += 1 if pair is None else 2
    return words, shown


def _plain(text: str) -> str:
    """Lower case without accents, unseen characters or apostrophes; emoji that mean a word become
    that word.
    """
    lowered = unicodedata.normalize("NFKD", text).lower()
    lowered = re.sub(r"\bod'?[’]?d\b", "overdosed", lowered)
    lowered = re.sub(r"\b(i|we|he|she|it|they|you|u)['‘’]ll\b", r"\1l", lowered)
    lowered = re.sub(r"[:;=]['’]?-?[(/\\|\[]|\)[-']?:", " ☹ ", lowered)
    kept = []
    for character in _APOSTROPHES.sub("", lowered):
        if character.isspace():
            kept.append(" ")
        elif character in _STRUCK_OUT:
            kept.append(
                " ⊘ "
            )  # a word struck through is taken back: an unknown sign, so that a person looks
        elif ord(character) in _SKIN_TONES or character == "\ufffd":
            continue
        elif unicodedata.category(character) not in _UNSEEN:
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
        spread = re.sub(r"(?<=\w)[&+](?=\w)", " and ", chunk)
        pieces.extend(piece for piece in _PIECES.findall(spread) if piece not in _PUNCTUATION)
    return pieces


def _spelling(piece: str, following: str) -> str:
    if piece == "ill" and following in _AFTER_WILL:
        return "il"
    for candidate in _candidates(piece):
        known = SPELLINGS.get(candidate)
        if known is not None:
            return known
    return piece


def _candidates(piece: str) -> list[str]:
    """`piece`, and where a letter is held down (`yesss`, `nooo`) the word with one or two of it."""
    if not re.search(r"([^\W\d_])\1\1", piece):
        return [piece]
    return [
        piece,
        re.sub(r"([^\W\d_])\1{2,}", r"\1", piece),
        re.sub(r"([^\W\d_])\1{2,}", r"\1\1", piece),
    ]


def _alone(words: list[str], typed: list[str]) -> tuple[str, ...]:
    """Short forms that are an answer only when they stand alone: `y`, `n`, and a word with its last
    letter doubled.
    """
    if len(words) == 1:
        word = typed[0]
        if word in ("y", "n"):
            return ("yes" if word == "y" else "no",)
        if len(word) > 2 and word[-1] == word[-2]:
            return (SPELLINGS.get(word[:-1], words[0]),)
    return tuple(words)
