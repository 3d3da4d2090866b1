"""The values in a text: names, places and numbers, folded to GSM-7 and shortened by rules.

A letter outside GSM-7 would cut the segment from 160 to 70 characters, so letters are folded to the
nearest one: Siân is texted as Sian, Zoë as Zoe, Gŵyr as Gwyr; é and ö are in GSM-7 and stay. A name
in another script is left out completely, never in part. A value has no line break, control
character or direction mark, so that it cannot fake a second line. Every rule is idempotent: a
shortened value shortens to itself, so the person's page can show it.
"""

import re
import unicodedata

FIRST_NAME_LONGEST = 12
WORKER_LONGEST = 10
PLACE_LONGEST = 24
PHONE_LONGEST = 12

# The Latin letters and everyday signs of GSM-7 (3GPP TS 23.038). Its Greek capitals are left out,
# because they could write only part of a Greek name; so are the signs of the extension table, which
# count as two characters.
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
    """`value` in GSM-7: other letters become the nearest one, and control characters and direction
    marks are removed.

    Letters and signs with no near one are dropped; `writable` says whether that would lose letters.
    """
    return " ".join("".join(_fold_one(character) for character in _tidy(value)).split())


def writable(value: str) -> bool:
    """Whether folding keeps every letter of `value`. False for a name in another script."""
    return all(_fold_one(character) or not character.isalnum() for character in _tidy(value))


def shorten_first_name(first_name: str, preferred: str | None = None) -> str:
    """The name that a text uses for the person: the preferred first name or else the first name, at
    most 12 characters.

    A longer name becomes its first word, else the first part of a double name, else its first 12
    characters. Empty if GSM-7 cannot write the name: the text then greets without a name.
    """
    for name in (preferred, first_name):
        if name and writable(name) and (folded := fold(name)):
            return _cut_name(folded, FIRST_NAME_LONGEST)
    return ""


def shorten_worker(worker: str) -> str:
    """The name that a text uses for the worker: the first name without title or surname, at most 10
    characters.

    Empty if there is no first name (`Mr Okafor`, `PC Hall`): the text then says `someone`.
    """
    if not writable(worker):
        return ""
    words = fold(worker).split()
    if words and words[0].rstrip(".").casefold() in _TITLES:
        titled = [word for word in words if word.rstrip(".").casefold() not in _TITLES]
        words = titled if len(titled) > 1 else []
    return _cut_name(words[0], WORKER_LONGEST) if words else ""


def shorten_place(place: str) -> str:
    """The everyday name of a place in at most 24 characters: shortened by short forms (`Street` →
    `St`), then to whole words, then to the first 24 characters.

    Empty if GSM-7 cannot write the name.
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
    """A telephone number to ring, in at most 12 characters: a longer one loses its spaces. Raises
    ValueError if it is still too long.
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
    """The value on one line in composed characters, without control characters, direction marks,
    lone surrogates and emoji joiners.
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
