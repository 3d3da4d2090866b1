"""Words that take an earlier text back: "sorry meant no", "ignore that", "wrong one, 2 not 1", "*
no", and the same in Welsh.

Pure and strict. It says what is left when the words that only take back are left out; whether that
is sure enough to act on is for the reader. A text that merely tells of something ("i meant to ring
you") takes nothing back unless what is left is an answer.
"""

import re
from dataclasses import dataclass

from engage.understanding.choices import plain_words

LONGEST = 200
"""A text that takes an earlier one back is short; what is longer is read for itself."""

_SORRY = (
    r"(?:(?:sorry|srry|soz|sos|o+ps?|wh?o+ps|my bad|my mistake|omg|ah|aw|argh|hang on|hold on|wait|ignore me|"
    r"sori|mae'n ddrwg gen i|mae'n ddrwg gyda fi|wps|aros|daria|nope|no|na|nah|mate|love|pat) )*"
)
"""No two of these begin or end alike, so that a row of them is read in one way only."""
_LAST = (
    r"(?:(?:my |the |that )?(?:last |previous |other )?(?:text|txt|message|msg|reply|answer)|that last one|the last one|last one|"
    r"my last one|my last|that one|that|tht|dat|this|it)"
)
_HYN = r"(?:hwnna|hwnnw|hynny|hynna|honna|hwn|y neges|y neges ddiwethaf|y neges dwetha|fy neges|y tecst|y tecst dwetha|y testun)"
_PLAINLY = [
    rf"(?:just |please |pls |plz )?(?:ignore|scrap|forget|disregard|scratch) {_LAST}",
    rf"(?:please |pls )?(?:dont|don't|do not) (?:mind|read|listen to) {_LAST}",
    rf"(?:i )?(?:didn't|didnt|did not|never) mean (?:to (?:send|put|write|type|say|text) )?{_LAST}",
    rf"(?:i )?(?:sent|typed|put) {_LAST} (?:by (?:mistake|accident)|in error)",
    r"(?:it's |its |that was |that's |thats |was )?(?:the )?wrong (?:one|button|number pressed|key|answer|reply|text|message|txt|msg)",
    r"(?:that was |that's |thats |it was )?(?:a )?typo",
    r"that was (?:a mistake|my mistake|an accident|an error)(?= (?:sorry|soz|i meant|i ment|ignore)|$)",
    r"correction",
    r"(?:i(?:'ve| have|ve)? )?(?:changed|change) my mind",
    rf"(?:plis )?(?:anwybydda|anwybyddwch|anghofia|anghofiwch|dileuwch|dilea|diystyra|diystyrwch) {_HYN}",
    rf"(?:paid|peidiwch) a (?:chymryd|gymryd) sylw(?: o {_HYN})?",
    rf"(?:anfonais|nes i anfon|wnes i anfon) {_HYN} (?:trwy|drwy|mewn) gamgymeriad",
    r"(?:camgymeriad|camgymeriad oedd (?:hwnna|hynny|hynna)|cywiriad|yr un anghywir|un anghywir|botwm anghywir|neges anghywir|tecst anghywir)",
    r"(?:dwi |rwy |rydw i )?wedi newid (?:fy|y) meddwl",
]
"""These take back what was said before, whatever follows."""
_WITH_ANSWER = [
    r"(?:i |what i )?(?:meant|ment|mean)(?: to (?:say|put|write|type|send|text|press))?",
    r"(?:that|it) (?:should|shud|shld) (?:have said|of said|have been|of been|say|read)",
    r"(?:i )?was supposed to (?:say|put)",
    r"(?:actually|on second thoughts?|rather|make that)",
    r"(?:o'n i'n|on i'n|oni'n|on in|onin|roeddwn i'n|ro'n i'n|ron in|dwi'n|dwin|rwy'n) (?:meddwl|feddwl|golygu|trio dweud)(?: dweud| deud| gweud)?",
    r"(?:nes i|wnes i) (?:feddwl|olygu)(?: dweud| deud| gweud)?",
    r"(?:golygu|meddwl) (?:dweud|deud|gweud)",
    r"(?:a dweud y gwir|erbyn meddwl|mewn gwirionedd)",
]
"""These do so only where an answer follows."""
_PLAIN = re.compile(rf"{_SORRY}(?:{'|'.join(_PLAINLY)})(?: |$)(.*)")
_ANSWERED = re.compile(rf"{_SORRY}(?:{'|'.join(_WITH_ANSWER)}) (.+)")
_NUMBER = r"(\d|one|two|three|four|un|dau|tri|pedwar)"
_SWAPPED = re.compile(
    rf"{_SORRY}(?:number |rhif |its |it's )?{_NUMBER} (?:not|nid|dim|instead of|yn lle) {_NUMBER}"
)
_SWAPPED_BACK = re.compile(
    rf"{_SORRY}(?:not|nid|dim) (?:number |rhif )?{_NUMBER} (?:but |its |it's |ond |number |rhif )?{_NUMBER}"
)
_JOIN = re.compile(
    r"^(?:(?:and|but|it's|its|it is|sorry|soz|plz|please|pls|a|ond|mae'n|mai|taw|sori|the answer is|answer is|i mean|i meant|is) )+"
)
_TAIL = re.compile(
    r"(?:^| )(?:sorry|soz|x+|thanks|ta|cheers|mate|sori|diolch|please|pls|plz|lol|haha)$"
)


@dataclass(frozen=True)
class Retraction:
    """What takes an earlier text back: what stands `instead`, if anything, and whether it does so
    whatever that is.
    """

    instead: str
    plainly: bool


def retraction(text: str) -> Retraction | None:
    """What in `text` takes an earlier one back; None when it does not. A question takes nothing
    back. Never raises.
    """
    if not text.strip() or len(text) > LONGEST or "?" in text:
        return None
    if starred := _starred(text):
        return Retraction(starred, plainly=False)
    said = plain_words(text)
    if found := _SWAPPED.fullmatch(_cut(said)):
        return Retraction(found[1], plainly=True) if found[1] != found[2] else None
    if found := _SWAPPED_BACK.fullmatch(_cut(said)):
        return Retraction(found[2], plainly=True) if found[1] != found[2] else None
    if found := _PLAIN.fullmatch(said):
        return _plainly(found[1])
    if found := _ANSWERED.fullmatch(said):
        return Retraction(_answer(found[1]), plainly=False) if _answer(found[1]) else None
    return None


def _plainly(rest: str) -> Retraction:
    """What follows may say it again in other words: "wrong one, 2 not 1", "ignore that, i meant
    no".
    """
    again = retraction(rest) if rest else None
    return Retraction(again.instead if again is not None else _answer(rest), plainly=True)


def _answer(words: str) -> str:
    return _cut(_JOIN.sub("", words))


def _cut(words: str) -> str:
    """Without sorry, thanks and kisses at the end."""
    while (shorter := _TAIL.sub("", words).strip()) != words:
        words = shorter
    return words


def _starred(text: str) -> str:
    """A star before what was meant, or after a word, puts right what was typed before: "*no",
    "no*". A rating or an oath ends with one too.
    """
    plain = text.strip()
    after = plain.endswith("*") and len(plain.split()) == 1
    if plain.count("*") != 1 or not (plain.startswith("*") or after):
        return ""
    return plain.strip("*").strip()
