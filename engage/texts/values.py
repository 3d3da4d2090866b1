"""The values that go into a text: names, places and numbers, folded to GSM-7 and shortened by
rules.

A letter outside GSM-7 would cut the whole segment from 160 to 70, so names are folded to the
nearest letter: Siân is texted as Sian, Zoë as Zoe, Gŵyr as Gwyr; é and ö are in GSM-7 and stay. A
name with letters that have no near one (another script) is left out whole, never half. A value
holds no line break, no control and no direction mark, so nobody can forge a second line. Every rule
is idempotent: a shortened value shortens to itself, and a person's page can show it.
"""

import re
import unicodedata

FIRST_NAME_LONGEST = 12
WORKER_LONGEST = 10
PLACE_LONGEST = 24
PHONE_LONGEST = 12

# The Latin letters and everyday signs of GSM-7 (3GPP TS 23.038). Its Greek capitals are left out:
# half a Greek name is no name. So are signs of the extension table, which cost two.
_LATIN = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789ÄÖÑÜäöñüàèéùìòÇØøÅåÆæßÉ"
)
_SIGNS = frozenset(" .,'!?&()/+-:;\"@#%=*£$")
_STANDS_FOR = str.maketrans(
    {
        "Ł": "L",
        "ł": "l",
        "Đ": "D",
        "đ": "d",
        "Ð": "D",
        "ð": "d",
        "Þ": "Th",
        "þ": "th",
        "Œ": "OE",
        "œ": "oe",
        "ı": "i",
        "Ħ": "H",
        "ħ": "h",
        "‘": "'",
        "’": "'",
        "ʼ": "'",
        "`": "'",
        "´": "'",
        "“": '"',
        "”": '"',
        "‐": "-",
        "‑": "-",
        "‒": "-",
        "–": "-",
        "—": "-",
        "…": "...",
        "_": "-",
    }
)
_TITLES = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "miss",
        "mx",
        "dr",
        "prof",
        "rev",
        "sir",
        "dame",
        "pc",
        "ps",
        "dc",
        "ds",
        "di",
        "dci",
        "insp",
        "inspector",
        "sgt",
        "sergeant",
        "constable",
        "officer",
        "judge",
    ]
)
_STREET_WORDS = {
    "street": "St",
    "road": "Rd",
    "avenue": "Ave",
    "square": "Sq",
    "stryd": "Str",
}


def fold(value: str) -> str:
    """`value` with letters that GSM-7 lacks folded to the nearest one and every control or
    direction mark gone.

    Letters and signs without a near one are dropped; see `writable` for whether that would lose
    letters.
    """
    return " ".join("".join(_fold_one(character) for character in _tidy(value)).split())


def writable(value: str) -> bool:
    """Whether folding keeps every letter of `value`: False for a name in another script."""
    return all(_fold_one(character) or not character.isalnum() for character in _tidy(value))


def shorten_first_name(first_name: str, preferred: str | None = None) -> str:
    """What a text calls the person: the preferred first name, else the first name, at most 12
    letters.

    Too long: the first word, else the first part of a double name, else its first 12 letters. Empty
    when the name cannot be written in GSM-7 letters: the text then greets without a name.
    """
    for name in (preferred, first_name):
        if name and writable(name) and (folded := fold(name)):
            return _cut_name(folded, FIRST_NAME_LONGEST)
    return ""


def shorten_worker(worker: str) -> str:
    """What a text calls the worker: the first name alone, without title or surname, at most 10
    letters.

    Empty when no first name is known (`Mr Okafor`, `PC Hall`): the text then says `someone`.
    """
    if not writable(worker):
        return ""
    words = fold(worker).split()
    if words and words[0].rstrip(".").casefold() in _TITLES:
        titled = [word for word in words if word.rstrip(".").casefold() not in _TITLES]
        words = titled if len(titled) > 1 else []
    return _cut_name(words[0], WORKER_LONGEST) if words else ""


def shorten_place(place: str) -> str:
    """The everyday name of a place, at most 24 letters: first by short forms (`Street` → `St`),
    then by whole words.

    The last resort takes the first word's 24 letters. Empty when there are no letters that a text
    can carry.
    """
    if not writable(place):
        return ""
    folded = fold(place).strip(" .,;:")
    if len(folded) <= PLACE_LONGEST:
        return folded
    short = " ".join(_short_word(word) for word in folded.split())
    if len(short) <= PLACE_LONGEST:
        return short
    before_comma = short.split(",")[0].strip()
    kept = _whole_words(before_comma if len(before_comma) <= PLACE_LONGEST else short)
    return kept.rstrip(" .,;:&/-(")


def shorten_phone(phone: str) -> str:
    """A telephone number for people to ring, at most 12 signs: spaces go when it is longer. Raises
    ValueError if it still is.
    """
    folded = fold(phone)
    if len(folded) > PHONE_LONGEST:
        folded = re.sub(r"[\s()./-]", "", folded)
    if len(folded) > PHONE_LONGEST and folded.startswith("+44"):
        folded = "0" + folded[3:]
    if len(folded) > PHONE_LONGEST:
        raise ValueError("A telephone number in a text has at most 12 digits.")
    return folded


def _tidy(value: str) -> str:
    """One line of composed characters; controls, direction marks, lone surrogates and emoji joiners
    become nothing.
    """
    spaced = re.sub(r"[\t\n\r\v\f\x85\u2028\u2029]+", " ", value)
    kept = "".join(
        c
        for c in spaced
        if c == " " or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )
    return " ".join(unicodedata.normalize("NFC", kept).translate(_STANDS_FOR).split())


def _fold_one(character: str) -> str:
    if character in _LATIN or character in _SIGNS:
        return character
    stripped = "".join(
        c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c)
    )
    return stripped if stripped and all(c in _LATIN or c in _SIGNS for c in stripped) else ""


def _cut_name(name: str, longest: int) -> str:
    if len(name) <= longest:
        return name
    for piece in (name.split()[0], re.split(r"[\s-]", name)[0]):
        if 1 < len(piece) <= longest:
            return piece
    return name[:longest].rstrip(" -'.,")


def _short_word(word: str) -> str:
    bare = word.rstrip(",.")
    short = _STREET_WORDS.get(bare.casefold())
    return short + word[len(bare) :].replace(".", "") if short else word


def _whole_words(text: str) -> str:
    kept = ""
    for word in text.split():
        longer = f"{kept} {word}".strip()
        if len(longer) > PLACE_LONGEST:
            break
        kept = longer
    return kept or text[:PLACE_LONGEST]
