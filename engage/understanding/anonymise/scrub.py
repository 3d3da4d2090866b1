"""Removes identity from a text, so that Engage can learn what it means and it identifies nobody.
Pure.

Numbers, names, places, addresses and calendar dates become `[number]`, `[name]`, `[place]` and
`[date]`. Weekdays, times of day and single digits stay, because a reply means nothing without them.
It removes too much rather than too little. It knows words and not their meaning, so its result must
never be taken for anonymous: an administrator checks every line before Engage learns from it.
"""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from engage.understanding.anonymise.common_names import (
    CAPITALISED,
    COMMON,
    EVERYDAY,
    words,
)

NAME, PLACE, NUMBER, DATE, LINK = "[name]", "[place]", "[number]", "[date]", "[link]"
MAX_LENGTH = 1600

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?"
    r"|dec(?:ember)?|ionawr|chwefror|mawrth|ebrill|mai|mehefin|gorffennaf|awst|medi|hydref|"
    r"tachwedd|rhagfyr)"
)
_STREET = (
    r"(?:street|st|road|rd|avenue|ave|lane|ln|close|drive|terrace|crescent|gardens|grove|court|"
    r"walk|place|house|heol|stryd|ffordd|lon|lôn)"
)
_DIGIT_WORD = (
    r"(?:oh|zero|nought|one|two|three|four|five|six|seven|eight|nine|hundred|double|treble|triple)"
)
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), mark)
    for pattern, mark in (
        (r"\S+@\S+\.\w+", LINK),
        (
            (
                r"\b(?:https?://|www\.)\S+|\b[\w-]+\.(?:com|net|org|co\.uk|gov\.uk|org\.uk|cymru|"
                r"wales)\b\S*"
            ),
            LINK,
        ),
        (r"(?<!\w)@\w{2,}", NAME),
        # Case numbers, National Insurance numbers, postcodes.
        (r"\b[a-z]\d{6}\b|\b[a-z]\d{4}[a-z]{2}\b|\b[a-z]{2} ?\d{2} ?\d{2} ?\d{2} ?[a-d]\b", NUMBER),
        (r"\b[a-z]{1,2}\d[a-z\d]? ?\d[abd-hjlnp-uw-z]{2}\b", PLACE),
        # Calendar dates.
        (r"\b\d{4}-\d{1,2}-\d{1,2}\b|\b\d{1,2}([/.-])\d{1,2}\1\d{2,4}\b|\b\d{1,2}/\d{1,2}\b", DATE),
        (
            rf"\b\d{{1,2}}(?:st|nd|rd|th|fed|ed|af|ain|eg)? ?(?:of |o )?{_MONTH}\b(?:,? ?\d{{4}})?",
            DATE,
        ),
        (
            (
                rf"\b{_MONTH} (?:the )?\d{{1,2}}(?:st|nd|rd|th)?\b(?! ?(?:am|pm|o'?clock|[:.]\d))"
                rf"(?:,? ?\d{{4}})?"
            ),
            DATE,
        ),
        # Addresses.
        (
            (
                r"\b(?:flat|apartment|fflat) \d+[a-z]?\b|"
                rf"\b\d{{1,4}}[a-z]?,? (?:[^\W\d_]+['’]?[^\W\d_]* ){{1,3}}?{_STREET}\b"
            ),
            PLACE,
        ),
        (
            r"\b(?!the\b|my\b|our\b|this\b|that\b|your\b|ur\b|a\b|on\b|in\b|off\b|cross\b|of\b|"
            r"same\b|across\b)[^\W\d_]{3,}"
            r" (?:street|road|rd|avenue|crescent|terrace|grove)\b",
            PLACE,
        ),
        # Numbers that are too long for a time, an amount or a choice, in digits or words.
        (r"(?<![\w+])\+?\(?\d(?:[ ().-]{0,3}\d){4,}", NUMBER),
        (r"\b(?:[4-9]|[12]\d|3[01])(?:st|nd|rd|th)\b|\b(?:19|20)\d{2}\b(?! ?(?:hrs|hours))", DATE),
        (r"(?<![\d:.£])(?!(?:[01]?\d|2[0-3])[0-5]\d(?!\d))\d{4}(?!\d)", NUMBER),
        (rf"\b{_DIGIT_WORD}(?:[ ,-]+{_DIGIT_WORD}){{5,}}\b", NUMBER),
    )
)
_GIVEN_NAME = re.compile(
    (
        r"\b(?:my name is|my names|my name's|name is|fy enw i yw|fy enw i ydi|enw i yw|mr|mrs|ms|"
        r"miss|dr)\.? ([^\W\d_]{2,}(?:['’-][^\W\d_]+)?)"
    ),
    re.IGNORECASE,
)
_RELATIVE_OF = re.compile(
    r"\b(?:this is|im|i'm|i’m|its|it's|"
    r"it’s) (?!(?:my|his|her|their|our|your|the|it|that|he|she)\b)([^\W\d_]{3,})"
    r"['’]?s (?=(?:mum|mam|dad|nan"
    r"|gran|wife|husband|partner|girlfriend|boyfriend|missus|sister|brother|son|daughter|mate|"
    r"friend|carer|phone|number)\b)",
    re.IGNORECASE,
)
_WORD = re.compile(r"\[\w+\]|[^\W\d_]+(?:['’-][^\W\d_]+)*")
_LEADS_TO_NAME = words(
    "hi hiya hello hey helo its it's from thanks thank ta cheers diolch with see tell ask to for "
    "dear ms mr mrs miss"
)
_PLAIN_PLACE = words(
    """
    the a an on at in of and by near to st street rd road house centre center office building room
    floor hall community library church health surgery clinic town city high park lane court new old
    college school
    """
)
_PARTICLES = words("de la le van von der den al el ap ab bin ibn the of and y")


def scrub(
    text: str,
    *,
    names: Collection[str] = (),
    others: Collection[str] = (),
    places: Collection[str] = (),
) -> str:
    """`text` without identity, on one line, at most 1,600 characters.

    `names` are those of the person and their workers, found in any spelling. `others` are those of
    people who may be mentioned, found if they have a capital. `places` are where the person goes,
    found in any form. Never raises. Scrubbing twice changes nothing.
    """
    line = " ".join(
        "".join(" " if _is_blank(character) else character for character in text).split()
    )
    variants = {variant for place in places for variant in _place_variants(place)}
    for variant in sorted(variants, key=len, reverse=True):
        line = _replace_place(line, variant)
    for pattern, mark in _PATTERNS:
        line = pattern.sub(mark, line)
    for pattern in (_GIVEN_NAME, _RELATIVE_OF):
        line = pattern.sub(lambda match: match.group().replace(match.group(1), NAME, 1), line)
    line = _replace_names(
        line,
        _name_parts(names),
        _name_parts(others),
        {part for place in places for part in _name_parts([place])},
    )
    return _merged_marks(line)[:MAX_LENGTH].strip()


def _is_blank(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")


def _place_variants(place: str) -> set[str]:
    """A place as people write it, whole or in part: `the centre on Bridge St`, `Bridge St`, `Bridge
    Street`.
    """
    parts = {place, *re.split(r",|\b(?:on|at|in|near|by|opposite|behind|ar|yn|ger|wrth)\b", place)}
    parts = {re.sub(r"^\W*the\b", "", part, flags=re.IGNORECASE).strip() for part in parts}
    for short, long in (("st", "street"), ("rd", "road"), ("ave", "avenue")):
        for one, other in ((short, long), (long, short)):
            parts |= {re.sub(rf"\b{one}\b", other, part, flags=re.IGNORECASE) for part in parts}
    return parts


def _replace_place(line: str, place: str) -> str:
    parts = [re.escape(word) for word in re.findall(r"\w+", place)]
    if not parts or all(word.casefold() in _PLAIN_PLACE for word in parts):
        return line
    phrase = r"[\W_]+".join(parts)
    return re.sub(rf"(?<!\w){phrase}(?!\w)", PLACE, line, flags=re.IGNORECASE)


def _replace_names(line: str, names: set[str], others: set[str], places: set[str]) -> str:
    known = _KnownNames(names, others, places - _PLAIN_PLACE)
    is_shouted = _is_shouted(line)
    previous = ""

    def replacement(match: re.Match[str]) -> str:
        nonlocal previous
        word, is_introduced = match.group(), previous in _LEADS_TO_NAME
        previous = word.casefold()
        if word.startswith("["):
            return word
        stands_out = (
            word[:1].isupper() and not _starts_sentence(line, match.start()) and not is_shouted
        )
        return known.replacement(
            word, stands_out=stands_out, is_introduced=is_introduced, is_shouted=is_shouted
        )

    return _WORD.sub(replacement, line)


def _is_shouted(line: str) -> bool:
    """Whether most words of a line have capitals, so that a capital shows no name."""
    words = [
        match.group()
        for match in _WORD.finditer(line)
        if match.group().casefold() not in CAPITALISED
    ]
    capitals = sum(word[0].isupper() or word[0] == "[" for word in words)
    return len(words) > 2 and capitals * 2 > len(words)


@dataclass(frozen=True)
class _KnownNames:
    """Parts of the names to look for: of the person and their workers, of others, of places."""

    names: set[str]
    others: set[str]
    places: set[str]

    def replacement(
        self, word: str, *, stands_out: bool, is_introduced: bool, is_shouted: bool
    ) -> str:
        """The mark for a word that is a name or a place, else the word.

        `stands_out`: it has a capital that neither the start of a sentence nor shouting explains.
        `is_introduced`: the word before it leads to a name.
        """
        folded = _fold(word)
        is_likely = stands_out or is_introduced
        if _is_one_of(folded, self.names):
            return NAME if is_likely or not _is_everyday(folded) else word
        if _is_one_of(folded, self.places):
            is_place = stands_out or (len(folded) > 3 and not _is_everyday(folded))
            return PLACE if is_place else word
        if _is_one_of(folded, COMMON) and not _is_everyday(folded):
            return NAME
        if _is_one_of(folded, self.others) and word[:1].isupper():
            return NAME if is_likely or not (_is_everyday(folded) or is_shouted) else word
        looks_like_name = (
            word[1:].islower()
            and folded not in CAPITALISED
            and not folded.startswith(("i'", "dydd"))
        )
        return NAME if stands_out and looks_like_name else word


def _is_one_of(word: str, known: Collection[str]) -> bool:
    """Whether `word` is known as it is, as a genitive (`sam's`, `sams`) or drawn out (`saaam`)."""
    short = re.sub(r"(.)\1{2,}", r"\1", word)
    variants = {word, short, word.removesuffix("'s"), short.removesuffix("'s")}
    if len(word) > 3 and word.endswith("s"):
        variants.add(word[:-1])
    return not variants.isdisjoint(known)


def _is_everyday(word: str) -> bool:
    return not {word, word.removesuffix("'s"), word.removesuffix("s")}.isdisjoint(
        EVERYDAY | CAPITALISED
    )


def _starts_sentence(line: str, start: int) -> bool:
    before = line[:start].rstrip()
    return not before or not (before[-1].isalnum() or before[-1] in ",'’]-&/")


def _name_parts(names: Collection[str]) -> set[str]:
    found = {
        _fold(word) for name in names for word in re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", name)
    }
    found |= {part for word in found for part in word.split("-")}
    return {word for word in found if len(word) > 1} - _PARTICLES


def _fold(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word.casefold()).replace("’", "'")
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _merged_marks(line: str) -> str:
    """`line` with neighbouring marks of one kind as one mark."""
    for mark in (NAME, PLACE, NUMBER, DATE):
        line = re.sub(rf"{re.escape(mark)}(?:[ ,]+{re.escape(mark)})+", mark, line)
    return line
