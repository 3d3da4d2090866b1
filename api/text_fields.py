"""What a word that somebody gives us may be made of: the check that every text field of the API and
of the forms goes through.

Names in any alphabet and emoji pass. Characters that cannot be stored, cannot be seen, or turn the
reading order round do not. Nothing here changes what was given, except the blanks around it.
"""

import unicodedata

_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LINE_ENDS = frozenset("\n\r")
_UNSEEN = frozenset({"Cc", "Cs", "Zl", "Zp"})


def problem_with(given: str, *, longest: int, shortest: int = 0, lines: bool = False) -> str | None:
    """What is wrong with `given`, in words for whoever gave it; None when nothing is. Lengths are
    in characters.

    `lines` allows more than one line.
    """
    if len(given) < shortest:
        return "This is needed." if shortest == 1 else f"Use at least {shortest} characters."
    if len(given) > longest:
        return f"Use at most {longest} characters."
    if any(_refused(character, lines) for character in given):
        return "This holds a character that cannot be used."
    return None


def _refused(character: str, lines: bool) -> bool:
    if character in _TURNING:
        return True
    if lines and character in _LINE_ENDS:
        return False
    return unicodedata.category(character) in _UNSEEN
