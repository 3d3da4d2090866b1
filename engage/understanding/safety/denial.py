"""Finds words that play down an earlier text: "im fine", "only joking", "o'n i'n jocian". Pure.

After danger such a text is passed on and never believed. The patterns expect normalised text.
"""

import re

_PLAYS_DOWN = re.compile(
    r"\b(?:im|i am|am|feeling|feel|all|its|everythings?|dwi|rwyn|fi) (?:\w+ ){0,2}?(?:fine|ok|okay|"
    r"alright|all right|good|better|sound|grand|safe|iawn|well|saff|lawn|gwell)\b|\b(?:only|just|"
    r"was|were|im|i was) (?:jok\w+|kidding|messing|messin|mucking|having a laugh|drunk|pissed|"
    r"being (?:silly|daft|dramatic))\b|\b(?:ignore|forget|disregard) (?:that|it|me|my|the last|"
    r"what i)\b|\bdidnt mean (?:it|that)\b|\b(?:dont|no need to) worry\b|\b(?:lol|haha|jk)\b|"
    r"\b(?:jocian|jocan|joio|tynnu coes|anghofi\w*|paid a phoeni|peidiwch (?:a )?(?:phoeni|"
    r"poeni))\b"
)


def plays_down(line: str) -> bool:
    """Whether a normalised line says that all is well, or that an earlier text was no more than
    words.
    """
    return bool(_PLAYS_DOWN.search(line))
