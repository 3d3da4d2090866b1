"""The check of every text field, for pages, the API and engage.

Text is stored as it was given, without surrounding white space; in a field of one line, white space
between words becomes one space. Fields differ in the characters that they allow: see `Characters`.
"""

import unicodedata
from enum import Enum, auto

from engage.core.errors import Invalid

BAD_CHARACTER = "This contains a character that is not allowed."

_DIRECTION_MARKS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LINE_ENDS = frozenset("\n\r")


class Characters(Enum):
    """The characters that a field allows. Names in any alphabet and emoji are always allowed."""

    STORABLE = auto()
    """Everything that the database can store: no NUL, no half of a surrogate pair."""
    READABLE = auto()
    """Storable and visible: no control characters, no line ends, nothing that reverses the reading
    order.
    """
    PLAIN = auto()
    """No control characters, line ends or invisible marks."""
    PRINTABLE = auto()
    """Printable in Python's sense: plain, no private or unassigned characters, and no white space
    other than the space.
    """


_REFUSED = {
    Characters.READABLE: frozenset({"Cc", "Cs", "Zl", "Zp"}),
    Characters.PLAIN: frozenset({"Cc", "Cs", "Cf"}),
}


def problem_with(
    given: str,
    *,
    longest: int,
    shortest: int = 0,
    lines: bool = False,
    missing: str | None = None,
    characters: Characters = Characters.READABLE,
) -> str | None:
    """What is wrong with a text, for the person who entered it; None if it is fine. Lengths are in
    characters.

    `missing` is the message if the text is shorter than `shortest`; with it, at least 1 is needed.
    `lines` allows line breaks in a readable field.
    """
    if missing is not None and len(given) < max(shortest, 1):
        return missing
    if len(given) < shortest:
        return (
            "This field is required." if shortest == 1 else f"Use at least {shortest} characters."
        )
    if len(given) > longest:
        return f"Use at most {longest} characters."
    if any(_refused(character, characters, lines) for character in given):
        return BAD_CHARACTER
    return None


def clean_text(
    field: str,
    given: str,
    longest: int,
    *,
    shortest: int = 0,
    missing: str | None = None,
    one_line: bool = False,
    characters: Characters = Characters.STORABLE,
) -> str:
    """The text as it is stored: without white space around it, and with `one_line` with one space
    between words.

    Raises Invalid for `field` with the words of `problem_with`.
    """
    text = " ".join(given.split()) if one_line else given.strip()
    problem = problem_with(
        text, longest=longest, shortest=shortest, missing=missing, characters=characters
    )
    if problem is not None:
        raise Invalid(fields={field: problem})
    return text


def _refused(character: str, characters: Characters, lines: bool) -> bool:
    if characters is Characters.STORABLE:
        return character == "\0" or "\ud800" <= character <= "\udfff"
    if characters is Characters.PRINTABLE:
        return not character.isprintable()
    if characters is Characters.READABLE:
        if character in _DIRECTION_MARKS:
            return True
        if lines and character in _LINE_ENDS:
            return False
    return unicodedata.category(character) in _REFUSED[characters]
