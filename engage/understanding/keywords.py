"""The keywords: NEXT, WEEK, PROGRESS, WHO CAN SEE THIS and HELP, in English and Welsh.

Pure. A keyword must be the whole text, in any case and with any punctuation; a text that is longer,
or has an emoji or another sign, is interpreted elsewhere. STOP and START are not here:
messaging/suppression.py looks for them before anything else.
"""

import re
import unicodedata
from enum import StrEnum
from string import ascii_lowercase

_INVISIBLE = frozenset({"Cc", "Cf", "Cs"})
MAX_LENGTH = 60
"""Characters. No keyword is longer, with its punctuation."""


class Keyword(StrEnum):
    """What a keyword asks for."""

    NEXT = "next"
    WEEK = "week"
    PROGRESS = "progress"
    WHO_SEES = "who_sees"
    HELP = "help"


WORDS = {
    "next": Keyword.NEXT,
    "nesaf": Keyword.NEXT,
    "week": Keyword.WEEK,
    "wythnos": Keyword.WEEK,
    "progress": Keyword.PROGRESS,
    "cynnydd": Keyword.PROGRESS,
    "who can see this": Keyword.WHO_SEES,
    "who sees this": Keyword.WHO_SEES,
    "pwy syn gweld hyn": Keyword.WHO_SEES,
    "pwy syn gweld hwn": Keyword.WHO_SEES,
    "pwy all weld hyn": Keyword.WHO_SEES,
    "pwy all weld hwn": Keyword.WHO_SEES,
    "help": Keyword.HELP,
    "info": Keyword.HELP,
    "cymorth": Keyword.HELP,
}


def keyword(body: str) -> Keyword | None:
    """The keyword, if the whole text is one. Never raises."""
    if len(body) > MAX_LENGTH:
        return None
    return WORDS.get(_bare_words(body))


_STOP_WORDS = frozenset({"stop", "end", "quit", "cancel", "unsubscribe", "stopall", "atal"})
_KEYS_BESIDE = {"s": "adwexz", "t": "rygf5", "o": "ipkl90", "p": "ol0"}
_WORDS_LIKE_STOP = frozenset({"shop", "step", "atop", "slop", "stow", "stops", "top"})


def _slips_of(word: str) -> frozenset[str]:
    """What a thumb makes of a word: a letter beside it, doubled, swapped, left out or added."""
    found = set()
    for place, letter in enumerate(word):
        before, after = word[:place], word[place + 1 :]
        found |= {before + beside + after for beside in _KEYS_BESIDE[letter]}
        found |= {before + letter + beside + after for beside in (letter, *_KEYS_BESIDE[letter])}
        found |= {before + beside + letter + after for beside in _KEYS_BESIDE[letter]}
        if after:
            found.add(before + after[0] + letter + after[1:])
        if 0 < place < len(word) - 1:
            found.add(before + after)
    found |= {word + letter for letter in ascii_lowercase}
    found.add(word[:2] + word[2] * 2 + word[3:])
    return frozenset(found) - _WORDS_LIKE_STOP


_STOP_SLIPS = _slips_of("stop")


def is_stop_slip(body: str) -> bool:
    """Whether the whole text is STOP with a slip of the thumb (`Sttop`, `Dtop`), or several words
    that each end texts (`Quit#End`). Never raises.
    """
    if len(body) > MAX_LENGTH:
        return False
    words = re.findall(r"[a-z]+", unicodedata.normalize("NFKD", body).casefold())
    if len(words) > 1 and all(len(word) == 1 for word in words):
        return "".join(words) == "stop" and not re.search(r"\d", body)
    if len(words) == 1:
        return words[0] in _STOP_SLIPS and not re.search(r"\d", body)
    return len(words) > 1 and _STOP_WORDS.issuperset(words)


def _bare_words(body: str) -> str:
    """Lower case without accents, apostrophes, punctuation or invisible characters, with single
    spaces.
    """
    folded = unicodedata.normalize("NFKD", body).casefold()
    return " ".join("".join(_bare_letter(character) for character in folded).split())


def _bare_letter(character: str) -> str:
    if character.isspace() or character in "-_":
        return " "
    if character in "'‘’ʼ`´" or unicodedata.combining(character):
        return ""
    return (
        ""
        if unicodedata.category(character)[0] == "P"
        or unicodedata.category(character) in _INVISIBLE
        else character
    )
