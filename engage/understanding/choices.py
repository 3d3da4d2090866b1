"""Reads answers to questions of our own that have a closed set of answers: which number, whose
phone, which name.

Pure and strict: the whole text must be an answer, or it is none. A text that says more is read by
understand.py, and so is one that asks back ("yes?") or takes itself back with a sign ("1 👎").
Nothing here may ever pick between two things that both fit.
"""

import re
import unicodedata
from collections.abc import Sequence

from engage.understanding.language.spellings import EMOJI

_COUNTED = {
    "1": 1,
    "2": 2,
    "3": 3,
    "4": 4,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "un": 1,
    "dau": 2,
    "tri": 3,
    "pedwar": 4,
}
_ORDERED = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "cyntaf": 1,
    "ail": 2,
    "trydydd": 3,
    "pedwerydd": 4,
}
_ALL = {
    "both",
    "both of them",
    "for both",
    "3 for both",
    "all",
    "all of them",
    "y ddau",
    "y ddwy",
    "pob un",
    "i gyd",
}
_YES_TO_ALL = {
    "yes both",
    "yes to both",
    "both yes",
    "yes all",
    "yes to all",
    "ie i'r ddau",
    "ie y ddau",
}
_BEFORE = r"(?:(?:number|option|for|its|it's|i mean|rhif|am) )*"
_POLITE = r"(?: (?:please|pls|plz|thanks|thank you|ta|mate|x+|diolch))*"
_COUNT = re.compile(_BEFORE + "(" + "|".join(_COUNTED) + ")" + _POLITE)
_ORDER = re.compile(_BEFORE + "(?:the |y |yr )?(" + "|".join(_ORDERED) + ")(?: one)?" + _POLITE)
_SEVERAL = re.compile(r"\d(?: (?:and )?\d)+")
_CHECK_YES = re.compile(
    r"(?:1|one|un|(?:1 )?(?:y|ye|yes|yeah|yea|yep|yh|yup|ie|ia|ydy|ydi))"
    r"(?: (?:1|it is|it's me|its me|this is|thats me|that's me|thats right|speaking))?" + _POLITE
)
_CHECK_NO = re.compile(
    r"(?:2|two|dau|(?:2 )?(?:n|no|nope|nah|na|nac ydy|nag ydy|nac ydi))"
    r"(?: (?:2|it isn't|it isnt|it's not|its not|not me|wrong number|wrong person))?" + _POLITE
)
_NAME_BEFORE = r"(?:(?:hi|hiya|hello|hey|helo|yes|yeah|sorry) )?(?:(?:it's|its|it is|this is|i'm|im|i am|dyma|name is|my name is) )?"
_NAME_AFTER = r"(?: (?:here|sy yma|speaking|x+))*"


_ASKS_BACK = frozenset("?؟")
_STRUCK_OUT = frozenset("\u0335\u0336\u0337\u0338\u20dd\u20e0")
_WORDLESS = {sign for sign, word in EMOJI.items() if word in ("smile", "thumbsup")}
_TURNED = re.compile(r"[:;=]['’]?-?[(/\\|\[]|\d\s*[-–/]\s*\d")
"""A sad face typed with marks, or two numbers as "1/2" and "1-3", which may mean either, both or
all between.
"""


def plain_words(text: str) -> str:
    """`text` in lower case without accents, marks or doubled spaces; apostrophes stay."""
    folded = unicodedata.normalize("NFKD", text.replace("’", "'").replace("`", "'")).casefold()
    kept = "".join(
        c if c.isalnum() or c in "' " else " " for c in folded if not unicodedata.combining(c)
    )
    return " ".join(kept.split())


def _answer(text: str) -> str:
    """`text` as plain words; nothing when a mark or sign in it could turn what the words say."""
    return "" if turns_words(text) else plain_words(text)


def turns_words(text: str) -> bool:
    """Whether a mark or sign in `text` could turn what its words say: asked back, struck out, sad,
    or two numbers in one.
    """
    return bool(_TURNED.search(text)) or any(
        _turns(one) for one in unicodedata.normalize("NFKD", text)
    )


def _turns(sign: str) -> bool:
    if sign in _ASKS_BACK or sign in _STRUCK_OUT:
        return True
    return unicodedata.category(sign) in ("So", "Sm") and sign not in _WORDLESS and sign != "+"


def read_choice(text: str, count: int) -> tuple[int, ...] | None:
    """Which of `count` numbered things the text chooses, from 0; None when it is not an answer to
    that.

    With two, `3` is both; `both` and `all` are all of them.
    """
    said = _answer(text)
    if said in _ALL:
        return tuple(range(count))
    if found := _COUNT.fullmatch(said):
        number = _COUNTED[found[1]]
        if count == 2 and number == 3:
            return (0, 1)
        return (number - 1,) if number <= count else None
    if found := _ORDER.fullmatch(said):
        number = _ORDERED[found[1]]
        return (number - 1,) if number <= count else None
    if _SEVERAL.fullmatch(said):
        picked = sorted({int(digit) for digit in re.findall(r"\d", said)})
        return (
            tuple(number - 1 for number in picked)
            if picked[0] >= 1 and picked[-1] <= count
            else None
        )
    return None


def says_yes_to_all(text: str) -> bool:
    """Whether the whole text is a yes to everything that was asked: `yes to both`."""
    return _answer(text) in _YES_TO_ALL


def read_check(text: str) -> bool | None:
    """The answer to "is this your phone? 1 for yes, 2 for no"; None when the text is no plain
    answer.
    """
    said = _answer(text)
    if _CHECK_YES.fullmatch(said):
        return True
    return False if _CHECK_NO.fullmatch(said) else None


def read_name(text: str, names: Sequence[Sequence[str]]) -> int | None:
    """Which of several people gives their name, each with the first names they go by; None when
    none or more than one fits.
    """
    said = _answer(text)
    fitting = [
        place
        for place, known in enumerate(names)
        if any(name and _names(said, plain_words(name)) for name in known)
    ]
    return fitting[0] if len(fitting) == 1 else None


def _names(said: str, name: str) -> bool:
    return (
        bool(name) and re.fullmatch(_NAME_BEFORE + re.escape(name) + _NAME_AFTER, said) is not None
    )
