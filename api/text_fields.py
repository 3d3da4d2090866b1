"""The check for every text field of the API and of the forms.

It accepts any alphabet and emoji, and refuses characters that cannot be stored, are invisible or
change the reading direction. It never changes the text.
"""

import unicodedata

_DIRECTION_MARKS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LINE_ENDS = frozenset("\n\r")
_INVISIBLE_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})


def problem_with(given: str, *, longest: int, shortest: int = 0, lines: bool = False) -> str | None:
    """What is wrong with a text, for the person who entered it; None if it is fine. Lengths are in
    characters. `lines` allows line breaks.
    """
    if len(given) < shortest:
        return (
            "This field is required." if shortest == 1 else f"Use at least {shortest} characters."
        )
    if len(given) > longest:
        return f"Use at most {longest} characters."
    if any(_refused(character, lines) for character in given):
        return "This contains a character that is not allowed."
    return None


def _refused(character: str, lines: bool) -> bool:
    if character in _DIRECTION_MARKS:
        return True
    if lines and character in _LINE_ENDS:
        return False
    return unicodedata.category(character) in _INVISIBLE_CATEGORIES
