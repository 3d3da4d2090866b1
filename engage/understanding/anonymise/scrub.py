"""Takes identity out of a text, so that what it means can be learnt from and nobody be found by it.

Numbers, names, places, addresses and dates of the calendar become `[number]`, `[name]`, `[place]`
and `[date]`; weekdays, times of day and single digits stay, because a reply means nothing without
them. It would rather take out too much than too little. It knows words, not meaning: a person looks
at every line before anything is learnt from it, and passing here must never be taken for anonymity.
Pure.
"""

import re
import unicodedata
from collections.abc import Collection

from engage.understanding.anonymise.common_names import (
    CAPITALISED,
    COMMON,
    WORDS_TOO,
    words,
)

NAME, PLACE, NUMBER, DATE, LINK = "[name]", "[place]", "[number]", "[date]", "[link]"
LONGEST = 1600

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?"
    r"|dec(?:ember)?|ionawr|chwefror|mawrth|ebrill|mai|mehefin|gorffennaf|awst|medi|hydref|tachwedd|rhagfyr)"
)
_STREET = r"(?:street|st|road|rd|avenue|ave|lane|ln|close|drive|terrace|crescent|gardens|grove|court|walk|place|house|heol|stryd|ffordd|lon|lôn)"
_DIGIT_WORD = (
    r"(?:oh|zero|nought|one|two|three|four|five|six|seven|eight|nine|hundred|double|treble|triple)"
)
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), instead)
    for pattern, instead in (
        (r"\S+@\S+\.\w+", LINK),
        (
            r"\b(?:https?://|www\.)\S+|\b[\w-]+\.(?:com|net|org|co\.uk|gov\.uk|org\.uk|cymru|wales)\b\S*",
            LINK,
        ),
        (r"(?<!\w)@\w{2,}", NAME),
        # Case numbers, National Insurance numbers, postcodes.
        (r"\b[a-z]\d{6}\b|\b[a-z]\d{4}[a-z]{2}\b|\b[a-z]{2} ?\d{2} ?\d{2} ?\d{2} ?[a-d]\b", NUMBER),
        (r"\b[a-z]{1,2}\d[a-z\d]? ?\d[abd-hjlnp-uw-z]{2}\b", PLACE),
        # Dates of the calendar.
        (r"\b\d{4}-\d{1,2}-\d{1,2}\b|\b\d{1,2}([/.-])\d{1,2}\1\d{2,4}\b|\b\d{1,2}/\d{1,2}\b", DATE),
        (
            rf"\b\d{{1,2}}(?:st|nd|rd|th|fed|ed|af|ain|eg)? ?(?:of |o )?{_MONTH}\b(?:,? ?\d{{4}})?",
            DATE,
        ),
        (
            rf"\b{_MONTH} (?:the )?\d{{1,2}}(?:st|nd|rd|th)?\b(?! ?(?:am|pm|o'?clock|[:.]\d))(?:,? ?\d{{4}})?",
            DATE,
        ),
        # Addresses.
        (
            rf"\b(?:flat|apartment|fflat) \d+[a-z]?\b|\b\d{{1,4}}[a-z]?,? (?:[^\W\d_]+['’]?[^\W\d_]* ){{1,3}}?{_STREET}\b",
            PLACE,
        ),
        (
            r"\b(?!the\b|my\b|our\b|this\b|that\b|your\b|ur\b|a\b|on\b|in\b|off\b|cross\b|of\b|same\b|across\b)[^\W\d_]{3,}"
            r" (?:street|road|rd|avenue|crescent|terrace|grove)\b",
            PLACE,
        ),
        # Numbers that are too long for a time, an amount or a choice, also in words.
        (r"(?<![\w+])\+?\(?\d(?:[ ().-]{0,3}\d){4,}", NUMBER),
        (r"\b(?:[4-9]|[12]\d|3[01])(?:st|nd|rd|th)\b|\b(?:19|20)\d{2}\b(?! ?(?:hrs|hours))", DATE),
        (r"(?<![\d:.£])(?!(?:[01]?\d|2[0-3])[0-5]\d(?!\d))\d{4}(?!\d)", NUMBER),
        (rf"\b{_DIGIT_WORD}(?:[ ,-]+{_DIGIT_WORD}){{5,}}\b", NUMBER),
    )
)
_SAID_NAME = re.compile(
    r"\b(?:my name is|my names|my name's|name is|fy enw i yw|fy enw i ydi|enw i yw|mr|mrs|ms|miss|dr)\.? ([^\W\d_]{2,}(?:['’-][^\W\d_]+)?)",
    re.IGNORECASE,
)
_OWNER = re.compile(
    r"\b(?:this is|im|i'm|i’m|its|it's|it’s) (?!(?:my|his|her|their|our|your|the|it|that|he|she)\b)([^\W\d_]{3,})['’]?s (?=(?:mum|mam|dad|nan"
    r"|gran|wife|husband|partner|girlfriend|boyfriend|missus|sister|brother|son|daughter|mate|friend|carer|phone|number)\b)",
    re.IGNORECASE,
)
_WORD = re.compile(r"\[\w+\]|[^\W\d_]+(?:['’-][^\W\d_]+)*")
_LEADS_TO_NAME = words(
    "hi hiya hello hey helo its it's from thanks thank ta cheers diolch with see tell ask to for dear ms mr mrs miss"
)
_PLAIN_PLACE = words(
    """
    the a an on at in of and by near to st street rd road house centre center office building room floor hall community library church
    health surgery clinic town city high park lane court new old college school
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

    `names` are those of the person and of their workers, looked for however they are typed;
    `others` those of people who may be meant, looked for where they stand with a capital; `places`
    where the person goes, each as it may be written. Never raises; doing it twice changes nothing.
    """
    line = " ".join("".join(" " if _blank(one) else one for one in text).split())
    for way in sorted({way for place in places for way in _ways(place)}, key=len, reverse=True):
        line = _without_place(line, way)
    for pattern, instead in _PATTERNS:
        line = pattern.sub(instead, line)
    for said in (_SAID_NAME, _OWNER):
        line = said.sub(lambda found: found.group().replace(found.group(1), NAME, 1), line)
    line = _without_names(
        line, _parts(names), _parts(others), {part for place in places for part in _parts([place])}
    )
    return _joined(line)[:LONGEST].strip()


def _blank(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")


def _ways(place: str) -> set[str]:
    """A place as a whole and in parts, as people shorten it: `the centre on Bridge St`, `Bridge
    St`, `Bridge Street`.
    """
    parts = {place, *re.split(r",|\b(?:on|at|in|near|by|opposite|behind|ar|yn|ger|wrth)\b", place)}
    parts = {re.sub(r"^\W*the\b", "", part, flags=re.IGNORECASE).strip() for part in parts}
    for short, long in (("st", "street"), ("rd", "road"), ("ave", "avenue")):
        for one, other in ((short, long), (long, short)):
            parts |= {re.sub(rf"\b{one}\b", other, part, flags=re.IGNORECASE) for part in parts}
    return parts


def _without_place(line: str, place: str) -> str:
    parts = [re.escape(word) for word in re.findall(r"\w+", place)]
    if not parts or all(word.casefold() in _PLAIN_PLACE for word in parts):
        return line
    phrase = r"[\W_]+".join(parts)
    return re.sub(rf"(?<!\w){phrase}(?!\w)", PLACE, line, flags=re.IGNORECASE)


def _without_names(line: str, names: set[str], others: set[str], places: set[str]) -> str:
    telltale = [
        one.group() for one in _WORD.finditer(line) if one.group().casefold() not in CAPITALISED
    ]
    capitals = sum(word[0].isupper() or word[0] == "[" for word in telltale)
    shouted = len(telltale) > 2 and capitals * 2 > len(telltale)
    before = ""

    def instead(found: re.Match[str]) -> str:
        nonlocal before
        word, led = found.group(), before in _LEADS_TO_NAME
        before = word.casefold()
        if word.startswith("["):
            return word
        starts = _starts_sentence(line, found.start())
        known = _fold(word)
        telling = word[:1].isupper() and not starts and not shouted
        if _is(known, names):
            return NAME if telling or led or not _everyday(known) else word
        if _is(known, places - _PLAIN_PLACE):
            return PLACE if telling or (len(known) > 3 and not _everyday(known)) else word
        if _is(known, COMMON) and not _everyday(known):
            return NAME
        if _is(known, others) and word[:1].isupper():
            return NAME if telling or led or not (_everyday(known) or shouted) else word
        if (
            telling
            and word[1:].islower()
            and known not in CAPITALISED
            and not known.startswith(("i'", "dydd"))
        ):
            return NAME
        return word

    return _WORD.sub(instead, line)


def _is(word: str, known: Collection[str]) -> bool:
    """Whether it is one of them: as it is, as a genitive (`sam's`, `sams`), or drawn out (`saaam`)."""
    short = re.sub(r"(.)\1{2,}", r"\1", word)
    ways = {word, short, word.removesuffix("'s"), short.removesuffix("'s")}
    if len(word) > 3 and word.endswith("s"):
        ways.add(word[:-1])
    return not ways.isdisjoint(known)


def _everyday(word: str) -> bool:
    return not {word, word.removesuffix("'s"), word.removesuffix("s")}.isdisjoint(
        WORDS_TOO | CAPITALISED
    )


def _starts_sentence(line: str, at: int) -> bool:
    ahead = line[:at].rstrip()
    return not ahead or not (ahead[-1].isalnum() or ahead[-1] in ",'’]-&/")


def _parts(names: Collection[str]) -> set[str]:
    found = {
        _fold(word) for name in names for word in re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", name)
    }
    found |= {part for word in found for part in word.split("-")}
    return {word for word in found if len(word) > 1} - _PARTICLES


def _fold(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word.casefold()).replace("’", "'")
    return "".join(one for one in plain if not unicodedata.combining(one))


def _joined(line: str) -> str:
    """Two names, or two parts of a place, side by side are one."""
    for mark in (NAME, PLACE, NUMBER, DATE):
        line = re.sub(rf"{re.escape(mark)}(?:[ ,]+{re.escape(mark)})+", mark, line)
    return line
