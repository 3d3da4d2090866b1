"""Reads which of the times offered a text picks: "2", "the wed one", "2pm", "first", "yr un dydd
Mercher", or none of them.

Pure and strict: every word must be a time, a number or a polite word, and together they must fit
exactly one of the times. A text that fits two of them, that refuses something or that says more
picks nothing here: it is left to interpret.py, or the question is asked again.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from itertools import product

from engage.understanding.choices import has_doubtful_sign

NONE_OF_THEM = 0
MAX_WORDS = 16
MatchingTimes = frozenset[int]
"""The numbers (from 1) of the times that a word fits."""

_NONE_OF_THEM = re.compile(
    r"(?:0|o|zero|sero|nil|none|neither|"
    r"no none)(?: of (?:them|these|those|em))?(?: (?:work|works|any good|good))?(?: for me)?"
    r"(?: (?:please|pls|plz|sorry|thanks|thank you|ta|mate|x+))*"
    r"|(?:dim un|dim)(?: (?:ohonyn nhw|o'r rhain|o rhain))?(?: (?:sori|diolch|mae'n ddrwg gen i))*"
)
_ILL_FOR_I_WILL = re.compile(r"\bill(?= (?:take|have|do|pick|choose|book|put|go)\b)")
""" "ill" for "I'll", before a verb. In "ill wed" the person is ill."""
_MISLEADING = re.compile(r"\bfor the last time\b|\b(?:2|two) day\b")
"""These name neither the last time nor the second, so such a text picks nothing."""
_CHOOSING_WORDS = re.compile(
    r"\b(?:suits?|siwtio|perfect|ideal|b?perffaith|berffaith|best|gorau|orau|better|gwell|well|"
    r"good|great|fine|lovely|calm|sound|cool|"
    r"yes|yeah|yep|yh|aye|ie|ok|okay|iawn|plis|number|option|rhif|slot|one|un|1|yr ail|first|"
    r"second|third|last|cyntaf|olaf|"
    r"(?:the|then) (?:[\w':.]+ )?then|then if|gis|gimme|book|pick|choose|prefer|dewis|"
    r"(?:i'll|ill|il|id|i'd|i|can|could|would|will|lets|let's|gonna|cymer\w*|gymr\w*) (?:tek|"
    r"take|have|do|go|make|prefer|want|like|gymryd|mynd)|"
    r"go (?:for|with|mon|tue|tues|wed|weds|thu|thur|thurs|fri)|put me|put it)\b"
)
_REFUSING_WORDS = re.compile(
    r"\b(?:ill|sick|poorly|sal|busy|brysur|away|working|work|gweithio|shift|hospital|ysbyty|"
    r"doctors?|court|funeral|holiday|kids?|childcare|signing|"
    r"rubbish|rubish|not|no|nope|dont|don't|doesnt|cant|can't|wont|never|unless|if it|maybe|"
    r"might|dim|methu|except|but)\b"
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
_BEFORE_HOUR, _BEFORE_TIME = "at", frozenset({"am", "o'r"})
_ONE = frozenset({"one", "un"})
_NUMBERS = {"two": 2, "dau": 2, "three": 3, "tri": 3}
_ORDINALS = {
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
            "january jan ionawr ion",
            "february feb chwefror chwe",
            "march mawrth mar maw",
            "april apr ebrill ebr",
            "may mai",
            "june jun mehefin meh",
            "july jul gorffennaf gorff",
            "august aug awst",
            "september sep sept medi",
            "october oct hydref hyd",
            "november nov tachwedd tach",
            "december dec rhagfyr rhag",
        ),
        1,
    )
    for word in words.split()
}
_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?(am|pm|yb|yp|yh)?")
_DAY_OF_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th|eg|fed|ydd)")
_SPACE_BEFORE_AM_PM = re.compile(r"(?<=\d) (?=(?:am|pm|yb|yp|yh)\b)")
_MIDDAY, _MIDNIGHT = (
    re.compile(r"\b(?:noon|(?:canol|hanner) dydd)\b"),
    re.compile(r"\b(?:canol|hanner) nos\b"),
)
_NAMED_HOURS = {"midday": 12, "midnight": 0}
_DOTTED_AM_PM = re.compile(r"(?<=[\d ])([ap])\.m\b\.?")


def read_time_choice(text: str, starts: Sequence[datetime], today: date) -> int | None:
    """The number (from 1) of the time that the text picks; 0 for none of them, None if it is not an
    answer. Never raises.

    `starts` are local times in the order offered. `today` is the day on which the text was written.
    """
    words = _words(text)
    if not words or not starts:
        return None
    if _NONE_OF_THEM.fullmatch(words):
        return NONE_OF_THEM
    if _MISLEADING.search(words):
        return None
    listed = _ILL_FOR_I_WILL.sub("i'll", words).split()
    if len(listed) > MAX_WORDS:
        return None
    matches = _TimeReader(starts, today).matches(listed)
    found = (
        {number for choice in product(*matches) for number in frozenset.intersection(*choice)}
        if matches
        else set()
    )
    return found.pop() if len(found) == 1 else None


def may_choose(text: str) -> bool:
    """Whether the text has a word that people choose with, and none that refuses: "ill wed", "busy
    wed" and "kids wed" name a day on which the person cannot come.

    It confirms a choice that the classifier found, and finds none by itself.
    """
    words = _words(text)
    return (
        _CHOOSING_WORDS.search(words) is not None
        and _REFUSING_WORDS.search(_ILL_FOR_I_WILL.sub("i'll", words)) is None
    )


def _words(text: str) -> str:
    """`text` in lower case, without accents, with the marks inside a time; empty if a mark or sign
    could change what it means.
    """
    if has_doubtful_sign(text):
        return ""
    folded = unicodedata.normalize("NFKD", text.replace("’", "'").replace("`", "'")).casefold()
    plain = "".join(c for c in folded if not unicodedata.combining(c))
    joined = _DOTTED_AM_PM.sub(r"\1m", plain)
    kept = " ".join(re.sub(r"[^\w':.]|_|(?<!\d)[:.]|[:.](?!\d)", " ", joined).split())
    named = _MIDNIGHT.sub("midnight", _MIDDAY.sub("midday", kept))
    return _SPACE_BEFORE_AM_PM.sub("", named)


class _TimeReader:
    """Matches words against the times offered.

    `alone` tells that a word is the only one in the text that can name a time.
    """

    def __init__(self, starts: Sequence[datetime], today: date) -> None:
        self.starts, self.today = starts, today
        self.count = len(starts)

    def matches(self, words: Sequence[str]) -> list[list[MatchingTimes]]:
        """The times that each word may name, for every word that matters. Empty if a word is
        unknown, or if none matters.
        """
        indexes = [
            index
            for index, word in enumerate(words)
            if word not in _FILLERS and word not in (_BEFORE_HOUR, *_BEFORE_TIME)
        ]
        found = []
        for index in indexes:
            before = words[index - 1] if index else ""
            options = self._word(words[index], before, alone=len(indexes) == 1)
            if not options:
                return []
            found.append(options)
        return found

    def _word(self, word: str, before: str, *, alone: bool) -> list[MatchingTimes]:
        if word in _ONE:
            return [self._number(1)] if alone else [self._number(1), self._where(lambda _: True)]
        if word in _NUMBERS:
            return [self._number(_NUMBERS[word])]
        if word in _ORDINALS:
            numbered = [self._number(_ORDINALS[word])]
            if alone or not word[0].isdigit():
                return numbered
            return [*numbered, self._day_of_month(int(word[0]))]
        if word in _LAST:
            return [self._number(self.count)]
        if word in _NAMED_HOURS:
            hour = _NAMED_HOURS[word]
            return [self._where(lambda start: (start.hour, start.minute) == (hour, 0))]
        if word in _TODAY or word in _TOMORROW:
            day = self.today + timedelta(days=word in _TOMORROW)
            return [self._where(lambda start: start.date() == day)]
        named = self._day_or_month(word, alone=alone)
        return named or self._digits(word, before, alone=alone)

    def _day_or_month(self, word: str, *, alone: bool) -> list[MatchingTimes]:
        found = []
        if word in _DAYS:
            found.append(self._where(lambda start: start.weekday() == _DAYS[word]))
        if word in _MONTHS and not alone:
            found.append(self._where(lambda start: start.month == _MONTHS[word]))
        return found

    def _digits(self, word: str, before: str, *, alone: bool) -> list[MatchingTimes]:
        if day := _DAY_OF_MONTH.fullmatch(word):
            return [self._day_of_month(int(day[1]))]
        clock = _CLOCK.fullmatch(word) if word.isascii() else None
        if clock is None:
            return []
        if clock[2] or clock[3]:
            return [self._time(int(clock[1]), int(clock[2] or 0), clock[3])]
        number = int(word)
        if before == _BEFORE_HOUR:
            return [self._time(number, 0, None)]
        if alone and before not in _BEFORE_TIME:
            return [self._number(number)]
        return [self._number(number), self._time(number, 0, None), self._day_of_month(number)]

    def _number(self, number: int) -> MatchingTimes:
        return frozenset({number} if 1 <= number <= self.count else ())

    def _day_of_month(self, day: int) -> MatchingTimes:
        return self._where(lambda start: start.day == day)

    def _time(self, hour: int, minute: int, am_pm: str | None) -> MatchingTimes:
        if am_pm is None:
            hours = {hour} if hour > 12 else {hour, (hour + 12) % 24}
        elif 1 <= hour <= 12:
            hours = {hour % 12 + (12 if am_pm in ("pm", "yp", "yh") else 0)}
        else:
            hours = set()
        return self._where(lambda start: start.hour in hours and start.minute == minute)

    def _where(self, condition: Callable[[datetime], bool]) -> MatchingTimes:
        return frozenset(number for number, start in enumerate(self.starts, 1) if condition(start))
