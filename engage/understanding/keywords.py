"""The words that always work: NEXT, WEEK, PROGRESS, WHO CAN SEE THIS and HELP, in English and
Welsh.

Pure. A word counts only as the whole text, in any case and with any punctuation; whatever is
longer, or has a face or another sign in it, is read for its meaning elsewhere. STOP and START are
not here: messaging/suppression.py hears them before anything else.
"""

import unicodedata
from enum import StrEnum

_UNSEEN = frozenset({"Cc", "Cf", "Cs"})
LONGEST = 60
"""No keyword is longer with everything around it; what is longer is not looked at."""


class Keyword(StrEnum):
    """What a word asks for."""

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
    """The keyword that the whole text is, or None. Never raises, whatever the text holds."""
    if len(body) > LONGEST:
        return None
    return WORDS.get(_plain(body))


def _plain(body: str) -> str:
    """Small letters without accents, apostrophes, punctuation or what nobody sees; single spaces
    between words.
    """
    folded = unicodedata.normalize("NFKD", body).casefold()
    return " ".join("".join(_letter(character) for character in folded).split())


def _letter(character: str) -> str:
    if character.isspace() or character in "-_":
        return " "
    if character in "'‘’ʼ`´" or unicodedata.combining(character):
        return ""
    return (
        ""
        if unicodedata.category(character)[0] == "P" or unicodedata.category(character) in _UNSEEN
        else character
    )
