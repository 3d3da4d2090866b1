"""Reads which of the offered times a text picks: "2", "the wed one", "2pm", "first", "yr un dydd
Mercher", or none of them.

Pure and strict: every word must be one that speaks of a time, a number or politeness, and all that
is said must fit exactly one of the times. What could be two of them, denies something, or says more
is no answer here, and is read by understand.py or asked again.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from itertools import product

from engage.understanding.choices import turns_words

NONE_OF_THEM = 0
MOST_WORDS = 16
Fits = frozenset[int]
"""The places (from 1) of the times that something said fits."""

_NONE = re.compile(
    r"(?:0|o|zero|sero|nil|none|neither|no none)(?: of (?:them|these|those|em))?(?: (?:work|works|any good|good))?(?: for me)?"
    r"(?: (?:please|pls|plz|sorry|thanks|thank you|ta|mate|x+))*"
    r"|(?:dim un|dim)(?: (?:ohonyn nhw|o'r rhain|o rhain))?(?: (?:sori|diolch|mae'n ddrwg gen i))*"
)
_ILL_TAKE = re.compile(r"\bill(?= (?:take|have|do|pick|choose|book|put|go)\b)")
"""I'll, where a word follows that makes it so; "ill wed" is somebody who is ill."""
_NO_CHOICE = re.compile(r"\bfor the last time\b|\b(?:2|two) day\b")
"""Neither the last of the times nor the second: what is said with them is no choice."""
_CHOOSES = re.compile(
    r"\b(?:suits?|siwtio|perfect|ideal|b?perffaith|berffaith|best|gorau|orau|better|gwell|well|good|great|fine|lovely|calm|sound|cool|"
    r"yes|yeah|yep|yh|aye|ie|ok|okay|iawn|plis|number|option|rhif|slot|one|un|1|yr ail|first|second|third|last|cyntaf|olaf|"
    r"(?:the|then) (?:[\w':.]+ )?then|then if|gis|gimme|book|pick|choose|prefer|dewis|"
    r"(?:i'll|ill|il|id|i'd|i|can|could|would|will|lets|let's|gonna|cymer\w*|gymr\w*) (?:tek|take|have|do|go|make|prefer|want|like|gymryd|mynd)|"
    r"go (?:for|with|mon|tue|tues|wed|weds|thu|thur|thurs|fri)|put me|put it)\b"
)
_AGAINST = re.compile(
    r"\b(?:ill|sick|poorly|sal|busy|brysur|away|working|work|gweithio|shift|hospital|ysbyty|doctors?|court|funeral|holiday|kids?|childcare|signing|"
    r"rubbish|rubish|not|no|nope|dont|don't|doesnt|cant|can't|wont|never|unless|if it|maybe|might|dim|methu|except|but)\b"
)
_FILLERS = frozenset(
    [
        "the",
        "slot",
        "option",
        "number",
        "num",
        "its",
        "it's",
        "for",
        "on",
        "please",
        "pls",
        "plz",
        "thanks",
        "thank",
        "you",
        "ta",
        "cheers",
        "mate",
        "x",
        "xx",
        "xxx",
        "yes",
        "yeah",
        "yep",
        "yea",
        "ok",
        "okay",
        "i'll",
        "il",
        "i",
        "will",
        "take",
        "have",
        "do",
        "me",
        "book",
        "put",
        "pick",
        "choose",
        "lets",
        "let's",
        "like",
        "would",
        "id",
        "i'd",
        "that",
        "is",
        "good",
        "great",
        "fine",
        "works",
        "day",
        "time",
        "can",
        "could",
        "want",
        "a",
        "thats",
        "that's",
        "love",
        "hi",
        "hello",
        "yr",
        "y",
        "rhif",
        "dydd",
        "ddydd",
        "ie",
        "iawn",
        "diolch",
        "os",
        "gwelwch",
        "yn",
        "dda",
        "cymera",
        "cymeraf",
        "gymryd",
        "fi'n",
        "i",
        "bydd",
        "gloch",
    ]
)
_AT, _FOR = "at", frozenset({"am", "o'r"})
_ONE = frozenset({"one", "un"})
_NUMBERS = {"two": 2, "dau": 2, "three": 3, "tri": 3}
_ORDERS = {
    "first": 1,
    "1st": 1,
    "cyntaf": 1,
    "gyntaf": 1,
    "second": 2,
    "2nd": 2,
    "ail": 2,
    "third": 3,
    "3rd": 3,
    "trydydd": 3,
    "drydydd": 3,
}
_LAST = frozenset({"last", "olaf"})
_DAYS = {
    word: day
    for day, words in enumerate(
        (
            "mon monday llun",
            "tue tues tuesday maw mawrth fawrth",
            "wed weds wednesday wensday mer mercher fercher",
            "thu thur thurs thursday iau",
            "fri friday gwe gwener wener",
            "sat saturday sad sadwrn",
            "sun sunday sul",
        )
    )
    for word in words.split()
}
_TODAY = frozenset({"today", "heddiw"})
_TOMORROW = frozenset(
    {"tomorrow", "tomorow", "tmrw", "tmw", "2moro", "2moz", "tomoz", "yfory", "fory"}
)
_MONTHS = {
    word: month
    for month, words in enumerate(
        (
            "january jan ionawr",
            "february feb chwefror",
            "march mawrth",
            "april apr ebrill",
            "may mai",
            "june jun mehefin",
            "july jul gorffennaf",
            "august aug awst",
            "september sep sept medi",
            "october oct hydref",
            "november nov tachwedd",
            "december dec rhagfyr",
        ),
        1,
    )
    for word in words.split()
}
_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?(am|pm|yb|yh)?")
_OF_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th|eg|fed|ydd)")
_HALF_APART = re.compile(r"(?<=\d) (?=(?:am|pm|yb|yh)\b)")
_DOTTED_HALF = re.compile(r"(?<=[\d ])([ap])\.m\b\.?")


def read_slot(text: str, starts: Sequence[datetime], today: date) -> int | None:
    """Which of the times (from 1, in the order offered, on the wall clock) the text picks; 0 for
    none of them, None when it is no answer.

    `today` is the day on which it was written. Never raises for any text.
    """
    said = _words(text)
    if not said or not starts:
        return None
    if _NONE.fullmatch(said):
        return NONE_OF_THEM
    if _NO_CHOICE.search(said):
        return None
    words = _ILL_TAKE.sub("i'll", said).split()
    if len(words) > MOST_WORDS:
        return None
    meanings = _Reader(starts, today).meanings(words)
    found = (
        {place for choice in product(*meanings) for place in frozenset.intersection(*choice)}
        if meanings
        else set()
    )
    return found.pop() if len(found) == 1 else None


def _words(text: str) -> str:
    """`text` in lower case without accents, with the marks that stand inside a time; nothing when a
    mark turns what it says.
    """
    if turns_words(text):
        return ""
    folded = unicodedata.normalize("NFKD", text.replace("’", "'").replace("`", "'")).casefold()
    plain = "".join(c for c in folded if not unicodedata.combining(c))
    joined = _DOTTED_HALF.sub(r"\1m", plain)
    kept = re.sub(r"[^\w':.]|_|(?<!\d)[:.]|[:.](?!\d)", " ", joined)
    return _HALF_APART.sub("", " ".join(kept.split()))


def chooses(text: str) -> bool:
    """Whether the text has a word with which people choose: "ill wed", "busy wed", "kids wed" name
    a day that they cannot do.

    For what a reader takes for a choice; it never makes one by itself.
    """
    said = _words(text)
    return (
        _CHOOSES.search(said) is not None and _AGAINST.search(_ILL_TAKE.sub("i'll", said)) is None
    )


class _Reader:
    """What each word may mean for these times."""

    def __init__(self, starts: Sequence[datetime], today: date) -> None:
        self.starts, self.today = starts, today
        self.count = len(starts)

    def meanings(self, words: Sequence[str]) -> list[list[Fits]]:
        """For each word that matters what it may mean, one of which holds; empty when a word is
        unknown or none matters.
        """
        matter = [
            place
            for place, word in enumerate(words)
            if word not in _FILLERS and word not in (_AT, *_FOR)
        ]
        found = []
        for place in matter:
            before = words[place - 1] if place else ""
            options = self._word(words[place], before, alone=len(matter) == 1)
            if not options:
                return []
            found.append(options)
        return found

    def _word(self, word: str, before: str, *, alone: bool) -> list[Fits]:
        if word in _ONE:
            return [self._number(1)] if alone else [self._number(1), self._where(lambda _: True)]
        if word in _NUMBERS:
            return [self._number(_NUMBERS[word])]
        if word in _ORDERS:
            order = [self._number(_ORDERS[word])]
            return (
                order if alone or not word[0].isdigit() else [*order, self._of_month(int(word[0]))]
            )
        if word in _LAST:
            return [self._number(self.count)]
        if word in _TODAY or word in _TOMORROW:
            day = self.today + timedelta(days=word in _TOMORROW)
            return [self._where(lambda start: start.date() == day)]
        named = self._named(word, alone=alone)
        return named or self._digits(word, before, alone=alone)

    def _named(self, word: str, *, alone: bool) -> list[Fits]:
        found = []
        if word in _DAYS:
            found.append(self._where(lambda start: start.weekday() == _DAYS[word]))
        if word in _MONTHS and not alone:
            found.append(self._where(lambda start: start.month == _MONTHS[word]))
        return found

    def _digits(self, word: str, before: str, *, alone: bool) -> list[Fits]:
        if of_month := _OF_MONTH.fullmatch(word):
            return [self._of_month(int(of_month[1]))]
        clock = _CLOCK.fullmatch(word) if word.isascii() else None
        if clock is None:
            return []
        if clock[2] or clock[3]:
            return [self._at(int(clock[1]), int(clock[2] or 0), clock[3])]
        number = int(word)
        if before == _AT:
            return [self._at(number, 0, None)]
        if alone and before not in _FOR:
            return [self._number(number)]
        return [self._number(number), self._at(number, 0, None), self._of_month(number)]

    def _number(self, number: int) -> Fits:
        return frozenset({number} if 1 <= number <= self.count else ())

    def _of_month(self, day: int) -> Fits:
        return self._where(lambda start: start.day == day)

    def _at(self, hour: int, minute: int, half: str | None) -> Fits:
        if half is None:
            hours = {hour} if hour > 12 else {hour, (hour + 12) % 24}
        else:
            hours = {hour % 12 + (12 if half in ("pm", "yh") else 0)} if 1 <= hour <= 12 else set()
        return self._where(lambda start: start.hour in hours and start.minute == minute)

    def _where(self, fits: Callable[[datetime], bool]) -> Fits:
        return frozenset(place for place, start in enumerate(self.starts, 1) if fits(start))
