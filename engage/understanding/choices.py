"""Reads answers to our questions that have a fixed set of answers: which number, whose phone,
which name.

Pure and strict: the whole text must be the answer. A text that says more is left to interpret.py,
as is one that asks back ("yes?") or contradicts itself with a sign ("1 👎"). If two answers fit,
none of them may be picked.
"""

import re
import unicodedata
from collections.abc import Sequence

from engage.understanding.language.normalise import normalise
from engage.understanding.language.spellings import EMOJI

_CARDINALS = {
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
_ORDINALS = {
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
    "3 both",
    "3 y ddau",
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
_CARDINAL = re.compile(_BEFORE + "(" + "|".join(_CARDINALS) + ")" + _POLITE)
_ORDINAL = re.compile(_BEFORE + "(?:the |y |yr )?(" + "|".join(_ORDINALS) + ")(?: one)?" + _POLITE)
_SEVERAL = re.compile(r"\d(?: (?:and )?\d)+")
_CHECK_YES = re.compile(
    r"(?:1|one|un|(?:1 )?(?:y|ye|yes|yeah|yea|yep|yh|yup|ie|ia|ydy|ydi))"
    r"(?: (?:1|it is|it's me|its me|this is|thats me|that's me|thats right|speaking))?" + _POLITE
)
_CHECK_NO = re.compile(
    r"(?:2|two|dau|(?:2 )?(?:n|no|nope|nah|na|nac ydy|nag ydy|nac ydi))"
    r"(?: (?:2|it isn't|it isnt|it's not|its not|not me|wrong number|wrong person))?" + _POLITE
)
_NAME_BEFORE = (
    r"(?:(?:hi|hiya|hello|hey|helo|yes|yeah|sorry) )?(?:(?:it's|its|it is|this is|i'm|im|i am|"
    r"dyma|name is|my name is) )?"
)
_NAME_AFTER = r"(?: (?:here|sy yma|speaking|x+))*"


_QUESTION_MARKS = frozenset("?؟")
_STRUCK_OUT = frozenset("\u0335\u0336\u0337\u0338\u20dd\u20e0")
_FRIENDLY_SIGNS = {sign for sign, word in EMOJI.items() if word in ("smile", "thumbsup")}
_DOUBTFUL_MARKS = re.compile(r"[:;=]['’]?-?[(/\\|\[]|\d\s*[-–/]\s*\d")
"""A sad face typed with marks, or two numbers such as "1/2" and "1-3", which may mean either, both
or all in between.
"""


def plain_words(text: str) -> str:
    """`text` in lower case, without accents, marks or repeated spaces. Apostrophes stay."""
    folded = unicodedata.normalize("NFKD", text.replace("’", "'").replace("`", "'")).casefold()
    kept = "".join(
        c if c.isalnum() or c in "' " else " " for c in folded if not unicodedata.combining(c)
    )
    return " ".join(kept.split())


def _answer_words(text: str) -> str:
    """`text` as plain words; empty if a mark or sign could change what they mean."""
    return "" if has_doubtful_sign(text) else plain_words(text)


def has_doubtful_sign(text: str) -> bool:
    """Whether a mark or sign could change what the words mean: a question mark, a strikethrough, a
    sad face, or two numbers in one.
    """
    return bool(_DOUBTFUL_MARKS.search(text)) or any(
        _is_doubtful_sign(sign) for sign in unicodedata.normalize("NFKD", text)
    )


def _is_doubtful_sign(sign: str) -> bool:
    if sign in _QUESTION_MARKS or sign in _STRUCK_OUT:
        return True
    return (
        unicodedata.category(sign) in ("So", "Sm") and sign not in _FRIENDLY_SIGNS and sign != "+"
    )


def read_choice(text: str, count: int) -> tuple[int, ...] | None:
    """The indexes chosen out of `count` numbered choices, from 0; None if the text chooses none.

    Of two choices, `3` chooses both; `both` and `all` choose all of them.
    """
    words = _answer_words(text)
    if words in _ALL:
        return tuple(range(count))
    if match := _CARDINAL.fullmatch(words):
        number = _CARDINALS[match[1]]
        if count == 2 and number == 3:
            return (0, 1)
        return (number - 1,) if number <= count else None
    if match := _ORDINAL.fullmatch(words):
        number = _ORDINALS[match[1]]
        return (number - 1,) if number <= count else None
    if _SEVERAL.fullmatch(words):
        picked = sorted({int(digit) for digit in re.findall(r"\d", words)})
        return (
            tuple(number - 1 for number in picked)
            if picked[0] >= 1 and picked[-1] <= count
            else None
        )
    return None


_DAY_ONLY = re.compile(
    r"(?:(?:the|its|it is|thats|for|on|just|i|i mean|meant|i meant|sorry|that|y|yr|un|dydd|yes|no|"
    r"about|only|r) )*(mon|tue|wed|thu|fri|sat|sun|today|tomorrow|llun|mawrth|mercher|iau|gwener|"
    r"sadwrn|sul|heddiw|fory|yfory)(?: (?:1|one|only|please|kiss|thanks|mate|un|appointment))*"
)
_WELSH_DAYS = {
    "llun": "mon",
    "mawrth": "tue",
    "mercher": "wed",
    "iau": "thu",
    "gwener": "fri",
    "sadwrn": "sat",
    "sul": "sun",
    "heddiw": "today",
    "fory": "tomorrow",
    "yfory": "tomorrow",
}


def read_day(text: str) -> str | None:
    """The day that the whole text names and nothing else, `mon` to `sun`, `today` or `tomorrow`:
    "the friday one".
    """
    if has_doubtful_sign(text):
        return None
    match = _DAY_ONLY.fullmatch(normalise(text).line)
    return None if match is None else _WELSH_DAYS.get(match[1], match[1])


def says_yes_to_all(text: str) -> bool:
    """Whether the whole text says yes to everything that was asked: `yes to both`."""
    return _answer_words(text) in _YES_TO_ALL


def read_check(text: str) -> bool | None:
    """The answer to "is this your phone? 1 for yes, 2 for no"; None if the text is neither."""
    words = _answer_words(text)
    if _CHECK_YES.fullmatch(words):
        return True
    return False if _CHECK_NO.fullmatch(words) else None


def read_name(text: str, names: Sequence[Sequence[str]]) -> int | None:
    """The index of the person who gives their name; None unless exactly one fits.

    `names` has, for each person, the first names that they use.
    """
    words = _answer_words(text)
    matching = [
        index
        for index, known in enumerate(names)
        if any(name and _gives_name(words, plain_words(name)) for name in known)
    ]
    return matching[0] if len(matching) == 1 else None


def _gives_name(words: str, name: str) -> bool:
    pattern = _NAME_BEFORE + re.escape(name) + _NAME_AFTER
    return bool(name) and re.fullmatch(pattern, words) is not None
