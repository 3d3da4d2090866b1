"""Finds words that take an earlier text back: "sorry meant no", "ignore that", "wrong one, 2 not
1", "*no", and the same in Welsh.

Pure and strict. The result holds the words that replace the earlier text; whether they are sure
enough to act on is for interpret.py. A text that only mentions something ("i meant to ring you")
takes nothing back unless its other words are an answer.
"""

import re
from dataclasses import dataclass

from engage.understanding.choices import plain_words

MAX_LENGTH = 200
"""Characters. A text that takes an earlier one back is short."""

_SORRY = (
    r"(?:(?:sorry|srry|soz|sos|o+ps?|wh?o+ps|my bad|my mistake|omg|ah|aw|argh|hang on|hold on|"
    r"wait|ignore me|"
    r"sori|mae'n ddrwg gen i|mae'n ddrwg gyda fi|wps|aros|daria|nope|no|na|nah|mate|love|pat) )*"
)
"""No two of these start or end alike, so that a row of them matches in one way only."""
_LAST_TEXT = (
    r"(?:(?:my |the |that )?(?:last |previous |other )?(?:text|txt|message|msg|reply|answer)|"
    r"that last one|the last one|last one|"
    r"my last one|my last|that one|that|tht|dat|this|it)"
)
_LAST_TEXT_WELSH = (
    r"(?:hwnna|hwnnw|hynny|hynna|honna|hwn|y neges|y neges ddiwethaf|y neges dwetha|fy neges|"
    r"y tecst|y tecst dwetha|y testun)"
)
_EXPLICIT_PHRASES = [
    rf"(?:just |please |pls |plz )?(?:ignore|scrap|forget|disregard|scratch) {_LAST_TEXT}",
    rf"(?:please |pls )?(?:dont|don't|do not) (?:mind|read|listen to) {_LAST_TEXT}",
    (
        r"(?:i )?(?:didn't|didnt|did not|"
        rf"never) mean (?:to (?:send|put|write|type|say|text) )?{_LAST_TEXT}"
    ),
    rf"(?:i )?(?:sent|typed|put) {_LAST_TEXT} (?:by (?:mistake|accident)|in error)",
    (
        r"(?:it's |its |that was |that's |thats |was )?(?:the )?wrong (?:one|button|"
        r"number pressed|key|answer|reply|text|message|txt|msg)"
    ),
    r"(?:that was |that's |thats |it was )?(?:a )?typo",
    (
        r"that was (?:a mistake|my mistake|an accident|"
        r"an error)(?= (?:sorry|soz|i meant|i ment|ignore)|$)"
    ),
    r"correction",
    r"(?:i(?:'ve| have|ve)? )?(?:changed|change) my mind",
    (
        r"(?:that is|that's|thats|this is|it's|its|you got that|you've got that|u got that) "
        r"(?:wrong|not right|not true|incorrect|not what i (?:said|meant|mean|put|wrote))"
        r"(?= (?:i meant|i ment|i said|sorry|soz|no |yes )|$)"
    ),
    r"(?:i )?(?:didn't|didnt|did not|never) (?:say|said) (?:that|i was coming|i wasn't coming)",
    (
        r"(?:mae|ma) (?:hynny|hynna|hwnna)(?:'n| yn)? (?:anghywir|rong)|"
        r"(?:nid|dim) (?:dyna|hynna|hynny) (?:ddywedais|wedais|ddudes|ddedais|oeddwn)(?: i)?.*"
    ),
    (
        r"(?:plis )?(?:anwybydda|anwybyddwch|anghofia|anghofiwch|dileuwch|dilea|diystyra|"
        rf"diystyrwch) {_LAST_TEXT_WELSH}"
    ),
    rf"(?:paid|peidiwch) a (?:chymryd|gymryd) sylw(?: o {_LAST_TEXT_WELSH})?",
    rf"(?:anfonais|nes i anfon|wnes i anfon) {_LAST_TEXT_WELSH} (?:trwy|drwy|mewn) gamgymeriad",
    (
        r"(?:camgymeriad|camgymeriad oedd (?:hwnna|hynny|hynna)|cywiriad|yr un anghywir|"
        r"un anghywir|botwm anghywir|neges anghywir|tecst anghywir)"
    ),
    r"(?:dwi |rwy |rydw i )?wedi newid (?:fy|y) meddwl",
]
"""These take the earlier text back, whatever follows."""
_PHRASES_BEFORE_ANSWER = [
    r"(?:i |what i )?(?:meant|ment|mean)(?: to (?:say|put|write|type|send|text|press))?",
    r"(?:that|it) (?:should|shud|shld) (?:have said|of said|have been|of been|say|read)",
    r"(?:i )?was supposed to (?:say|put)",
    r"(?:actually|on second thoughts?|rather|make that)",
    (
        r"(?:o'n i'n|on i'n|oni'n|on in|onin|roeddwn i'n|ro'n i'n|ron in|dwi'n|dwin|"
        r"rwy'n) (?:meddwl|feddwl|golygu|trio dweud)(?: dweud| deud| gweud)?"
    ),
    r"(?:nes i|wnes i) (?:feddwl|olygu)(?: dweud| deud| gweud)?",
    r"(?:golygu|meddwl) (?:dweud|deud|gweud)",
    r"(?:a dweud y gwir|erbyn meddwl|mewn gwirionedd)",
]
"""These take it back only if an answer follows."""
_EXPLICIT = re.compile(rf"{_SORRY}(?:{'|'.join(_EXPLICIT_PHRASES)})(?: |$)(.*)")
_BEFORE_ANSWER = re.compile(rf"{_SORRY}(?:{'|'.join(_PHRASES_BEFORE_ANSWER)}) (.+)")
_NUMBER = r"(\d|one|two|three|four|un|dau|tri|pedwar)"
_SWAPPED = re.compile(
    rf"{_SORRY}(?:number |rhif |its |it's )?{_NUMBER} (?:not|nid|dim|instead of|yn lle) {_NUMBER}"
)
_SWAPPED_BACK = re.compile(
    rf"{_SORRY}(?:not|nid|dim) (?:number |rhif )?{_NUMBER} (?:but |its |it's |ond |number |"
    rf"rhif )?{_NUMBER}"
)
_LEADING_WORDS = re.compile(
    r"^(?:(?:and|but|it's|its|it is|sorry|soz|plz|please|pls|a|ond|mae'n|mai|taw|sori|"
    r"the answer is|answer is|i mean|i meant|is) )+"
)
_TRAILING_WORD = re.compile(
    r"(?:^| )(?:sorry|soz|x+|thanks|ta|cheers|mate|sori|diolch|please|pls|plz|lol|haha)$"
)


@dataclass(frozen=True)
class Retraction:
    """A text that takes an earlier one back, with the words that replace it, if any.

    `is_explicit`: it takes the earlier text back whatever the `replacement` means.
    """

    replacement: str
    is_explicit: bool


def find_retraction(text: str) -> Retraction | None:
    """The retraction in `text`, if it takes an earlier text back. A question does not. Never
    raises.
    """
    if not text.strip() or len(text) > MAX_LENGTH or "?" in text:
        return None
    if starred := _starred_word(text):
        return Retraction(starred, is_explicit=False)
    words = plain_words(text)
    if match := _SWAPPED.fullmatch(_without_trailing_words(words)):
        return Retraction(match[1], is_explicit=True) if match[1] != match[2] else None
    if match := _SWAPPED_BACK.fullmatch(_without_trailing_words(words)):
        return Retraction(match[2], is_explicit=True) if match[1] != match[2] else None
    if match := _EXPLICIT.fullmatch(words):
        return _explicit_retraction(match[1])
    if match := _BEFORE_ANSWER.fullmatch(words):
        answer = _answer_in(match[1])
        return Retraction(answer, is_explicit=False) if answer else None
    return None


def _explicit_retraction(rest: str) -> Retraction:
    """The rest may retract in other words too: "wrong one, 2 not 1", "ignore that, i meant no"."""
    again = find_retraction(rest) if rest else None
    replacement = again.replacement if again is not None else _answer_in(rest)
    return Retraction(replacement, is_explicit=True)


def _answer_in(words: str) -> str:
    return _without_trailing_words(_LEADING_WORDS.sub("", words))


def _without_trailing_words(words: str) -> str:
    """`words` without sorry, thanks and kisses at the end."""
    while (shorter := _TRAILING_WORD.sub("", words).strip()) != words:
        words = shorter
    return words


def _starred_word(text: str) -> str:
    """The words after a star, or one word before it: "*no", "no*" correct what was typed before.

    A longer text that ends with a star may be a rating or an oath, so it corrects nothing.
    """
    stripped = text.strip()
    ends_one_word = stripped.endswith("*") and len(stripped.split()) == 1
    if stripped.count("*") != 1 or not (stripped.startswith("*") or ends_one_word):
        return ""
    return stripped.strip("*").strip()
