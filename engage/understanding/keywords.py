"""The keywords: NEXT, WEEK, PROGRESS, WHO CAN SEE THIS and HELP, in English and Welsh.

Pure. A keyword must be the whole text, in any case and with any punctuation; a text that is longer,
or has an emoji or another sign, is interpreted elsewhere. STOP and START are not here:
messaging/suppression.py looks for them before anything else.
"""

import unicodedata
from enum import StrEnum

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
