"""Moments as people read them in a text: `Wed 24 September, 11:20am` and `Mer 24 Medi, 11:20yb`.

A whole hour has no minutes (`3pm`), and noon and midnight have their names.

Always on the wall clock of the hub's zone, so a reminder is right on both sides of a clock change.
Never a naive datetime, and never a letter outside GSM-7: no Welsh day or month here has a
circumflex. The names are listed here because a machine's locale may be missing or different.
"""

from datetime import date, datetime, tzinfo

_DAYS = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "cy": ("Llun", "Maw", "Mer", "Iau", "Gwe", "Sad", "Sul"),
}
_MONTHS = {
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    "cy": (
        "Ionawr",
        "Chwefror",
        "Mawrth",
        "Ebrill",
        "Mai",
        "Mehefin",
        "Gorffennaf",
        "Awst",
        "Medi",
        "Hydref",
        "Tachwedd",
        "Rhagfyr",
    ),
}
_SHORT_MONTHS = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "cy": (
        "Ion",
        "Chwe",
        "Maw",
        "Ebr",
        "Mai",
        "Meh",
        "Gorff",
        "Awst",
        "Medi",
        "Hyd",
        "Tach",
        "Rhag",
    ),
}
_PARTS_OF_DAY = {
    "en": ((12, "am"), (24, "pm")),
    "cy": ((12, "yb"), (18, "yp"), (24, "yh")),
}
"""The hour before which each part of the day ends. Welsh: yb, y bore, the morning; yp, y prynhawn,
the afternoon; yh, yr hwyr, the evening.
"""
_NAMED = {"en": {0: "midnight", 12: "midday"}, "cy": {0: "hanner nos", 12: "canol dydd"}}
LANGUAGES = tuple(_DAYS)


def when(moment: datetime, zone: tzinfo, language: str) -> str:
    """The day and time of `moment` (aware) in `zone`: at most 26 characters, 30 in Welsh."""
    return f"{day_of(moment, zone, language)}, {time_of(moment, zone, language)}"


def day_of(moment: datetime, zone: tzinfo, language: str) -> str:
    """The day of `moment` (aware) in `zone`: `Wed 24 September`."""
    return _day(_local(moment, zone).date(), language)


def day_named(day: date, language: str) -> str:
    """A calendar day: `Wed 24 September`."""
    return _day(day, language)


def short_day_of(moment: datetime, zone: tzinfo, language: str) -> str:
    """The day without its month, for lists that would otherwise be too long: `Wed 24`."""
    return _day(_local(moment, zone).date(), language).rpartition(" ")[0]


def short_when(moment: datetime, zone: tzinfo, language: str) -> str:
    """The day and time of `moment` (aware) for a line of a list: `Wed 24 Sep 11:20am`."""
    month = _SHORT_MONTHS[_known(language)][_local(moment, zone).month - 1]
    day = short_day_of(moment, zone, language)
    return f"{day} {month} {time_of(moment, zone, language)}"


def time_of(moment: datetime, zone: tzinfo, language: str) -> str:
    """The time of `moment` (aware) in `zone`: `11:20am`, `3pm`, `midday`; in Welsh `11:20yb`,
    `3yp`, `canol dydd`.
    """
    local, known = _local(moment, zone), _known(language)
    if not local.minute and local.hour in _NAMED[known]:
        return _NAMED[known][local.hour]
    part = next(part for until, part in _PARTS_OF_DAY[known] if local.hour < until)
    minutes = f":{local.minute:02d}" if local.minute else ""
    return f"{local.hour % 12 or 12}{minutes}{part}"


def _day(day: date, language: str) -> str:
    known = _known(language)
    return f"{_DAYS[known][day.weekday()]} {day.day} {_MONTHS[known][day.month - 1]}"


def _local(moment: datetime, zone: tzinfo) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("A moment without a zone cannot be told to anybody.")
    return moment.astimezone(zone)


def _known(language: str) -> str:
    if language not in LANGUAGES:
        raise ValueError(f"There are no texts in the language {language!r}.")
    return language
