"""Texts about appointments: the wording for the way of meeting, with or without the place.

A place that would tell a stranger too much is left out, and a wording without a place is used: no
person goes without a reminder because of a place's name. When several appointments are listed,
details are left out by rule until the text fits one segment; a text is never cut.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from engage.texts.catalogue import TextValueError, render, wording
from engage.texts.discreet import discreet
from engage.texts.kinds import MeetingWay, TextKind
from engage.texts.times import day_of, short_day_of, time_of, when
from engage.texts.values import shorten_place, shorten_worker
from messaging.text import measure

_KINDS = frozenset(TextKind)
_BY_WAY = {MeetingWay.HOME: "_home", MeetingWay.PHONE: "_phone", MeetingWay.VIDEO: "_video"}
_MEETING = {
    (MeetingWay.PHONE, "en"): "by phone",
    (MeetingWay.VIDEO, "en"): "by video",
    (MeetingWay.PHONE, "cy"): "galwad",
    (MeetingWay.VIDEO, "cy"): "fideo",
}
_CALLS = {
    TextKind.CALLED_OFF: TextKind.CALLED_OFF_CALL,
    TextKind.MISSED: TextKind.MISSED_CALL,
    TextKind.MISSED_ON: TextKind.MISSED_ON_CALL,
    TextKind.LATE: TextKind.LATE_CALL,
}


@dataclass(frozen=True)
class AppointmentDetails:
    """What a text needs to know about an appointment. `starts_at` is aware; `place` is the everyday
    name, if there is one.
    """

    starts_at: datetime
    worker: str
    place: str | None = None
    way: MeetingWay = MeetingWay.IN_PERSON


def place_for_text(place: str | None) -> str | None:
    """The place's name as a text shows it. None if there is no name, or a stranger should not read
    it.
    """
    if not place or not discreet(place):
        return None
    return shorten_place(place) or None


def kind_for(kind: TextKind, way: MeetingWay, place: str | None = None) -> TextKind:
    """The variant of `kind` for the way of meeting, without a place if none may be shown."""
    if kind in _CALLS:
        if way in (MeetingWay.PHONE, MeetingWay.VIDEO):
            return _CALLS[kind]
        return (
            TextKind.CALLED_OFF_HOME
            if (kind, way) == (TextKind.CALLED_OFF, MeetingWay.HOME)
            else kind
        )
    ending = _BY_WAY.get(way, "")
    variant = TextKind(f"{kind}{ending}") if f"{kind}{ending}" in _KINDS else kind
    if "place" in wording(variant, "en").blanks and place_for_text(place) is None:
        return TextKind(f"{variant}_no_place")
    return variant


def appointment_text(
    kind: TextKind,
    language: str,
    *,
    first: str,
    about: AppointmentDetails,
    zone: tzinfo,
    **more: str | int,
) -> str:
    """A text about one appointment: a reminder, a change, or the answer to a reply. `more` holds
    further values, such as `phone`.

    Uses the variant for the way of meeting, and leaves out a place that may not be shown. Raises
    TextValueError if the wording needs a value that is not given.
    """
    variant = kind_for(kind, about.way, about.place)
    known: dict[str, str | int] = {
        "first": first,
        "worker": about.worker,
        "place": place_for_text(about.place) or "",
        "when": when(about.starts_at, zone, language),
        "time": time_of(about.starts_at, zone, language),
        "day": day_of(about.starts_at, zone, language),
        **more,
    }
    blanks = wording(variant, language).blanks
    return render(variant, language, **{name: known[name] for name in blanks & known.keys()})


def merged_reminder(
    language: str, *, first: str, booked: Sequence[AppointmentDetails], zone: tzinfo
) -> str:
    """One text for two or more appointments on one day (rule 3), in order of time.

    If the text is too long, workers are left out first, then places, then the last times, marked by
    `...`.
    """
    ordered = sorted(booked, key=lambda one: one.starts_at)
    if len(ordered) < 2:
        raise TextValueError("A merged reminder is about two appointments or more.")
    day = day_of(ordered[0].starts_at, zone, language)

    times = [time_of(one.starts_at, zone, language) for one in ordered]
    forms = [
        [
            _entry(time, _worker(one), _where(one, language))
            for time, one in zip(times, ordered, strict=True)
        ],
        [_entry(time, _where(one, language)) for time, one in zip(times, ordered, strict=True)],
        [_entry(time, _worker(one)) for time, one in zip(times, ordered, strict=True)],
        *_fewer(times),
    ]
    return _first_that_fits(
        lambda listed: render(
            TextKind.SEVERAL, language, first=first, n=len(ordered), day=day, list=listed
        ),
        ("; ".join(form) for form in forms),
    )


def next_text(
    language: str, *, first: str, booked: Sequence[AppointmentDetails], zone: tzinfo
) -> str:
    """The answer to NEXT: the next appointments, soonest first, at most three; or that there are
    none.
    """
    if not booked:
        return render(TextKind.NEXT_NONE, language, first=first)
    soonest = sorted(booked, key=lambda one: one.starts_at)[:3]
    bare = [when(one.starts_at, zone, language) for one in soonest]
    full = [
        _entry(moment, _worker(one), _where(one, language))
        for moment, one in zip(bare, soonest, strict=True)
    ]
    forms = (full, _told_apart(bare, soonest), *_fewer(bare))
    return _first_that_fits(
        lambda listed: render(TextKind.NEXT, language, first=first, list=listed),
        ("; ".join(form) for form in forms),
    )


def rebook(
    language: str, *, first: str, starts: Sequence[datetime], zone: tzinfo, gone: bool = False
) -> str:
    """The offer of one to three other times, numbered in the order given. With `gone` it first says
    that the time picked is taken.
    """
    if not 1 <= len(starts) <= 3:
        raise TextValueError("One to three times can be offered.")
    for_number = {"en": "for", "cy": "am"}[language]
    listed = ", ".join(
        f"{number} {for_number} {short_day_of(one, zone, language)} {time_of(one, zone, language)}"
        for number, one in enumerate(starts, 1)
    )
    return render(
        TextKind.REBOOK_AGAIN if gone else TextKind.REBOOK, language, first=first, list=listed
    )


def week_text(
    language: str, *, first: str, booked: Sequence[AppointmentDetails], zone: tzinfo
) -> str:
    """The answer to WEEK: every appointment in the next days, soonest first, in as much detail as
    fits.
    """
    if not booked:
        return render(TextKind.WEEK_NONE, language, first=first)
    ordered = sorted(booked, key=lambda one: one.starts_at)
    names = [
        f"{short_day_of(one.starts_at, zone, language)}, {time_of(one.starts_at, zone, language)}"
        for one in ordered
    ]
    full = [
        _entry(name, _worker(one), _where(one, language))
        for name, one in zip(names, ordered, strict=True)
    ]
    forms = (full, _told_apart(names, ordered), *_fewer(names))
    return _first_that_fits(
        lambda listed: render(TextKind.WEEK, language, first=first, list=listed),
        ("; ".join(form) for form in forms),
    )


def which_one(language: str, *, booked: Sequence[AppointmentDetails], zone: tzinfo) -> str:
    """The question of which appointment a reply is about, numbered in the order given.

    Of two: 1, 2, or 3 for both. Of more: as many numbers as fit (never fewer than four).
    """
    if len(booked) < 2:
        raise TextValueError("There is nothing to ask about fewer than two appointments.")
    if len(booked) == 2:
        return _which_of_two(language, booked, zone)
    whole = [when(one.starts_at, zone, language) for one in booked]
    short = [
        f"{short_day_of(one.starts_at, zone, language)}, {time_of(one.starts_at, zone, language)}"
        for one in booked
    ]
    for_number = {"en": "for", "cy": "am"}[language]
    numbered = [
        [f"{number} {for_number} {name}" for number, name in enumerate(names, 1)]
        for names in (_told_apart(whole, booked), whole, _told_apart(short, booked), short)
    ]
    return _first_that_fits(
        lambda listed: render(TextKind.WHICH_ONE_OF_MANY, language, n=len(booked), list=listed),
        ("; ".join(form) for form in (*numbered, *_fewer(numbered[-1]))),
    )


def _which_of_two(language: str, booked: Sequence[AppointmentDetails], zone: tzinfo) -> str:
    one_day = len({day_of(one.starts_at, zone, language) for one in booked}) == 1
    name = time_of if one_day else when
    a, b = _told_apart([name(one.starts_at, zone, language) for one in booked], booked)
    return render(TextKind.WHICH_ONE, language, a=a, b=b)


def _told_apart(names: Sequence[str], booked: Sequence[AppointmentDetails]) -> list[str]:
    """`names`, each with the worker if known, so that two at the same time can be told apart."""
    return [_entry(name, _worker(one)) for name, one in zip(names, booked, strict=True)]


def _worker(one: AppointmentDetails) -> str:
    return shorten_worker(one.worker)


def _where(one: AppointmentDetails, language: str) -> str:
    """The place, or how they will meet. Empty if a place may not be shown."""
    return _MEETING.get((one.way, language)) or place_for_text(one.place) or ""


def _entry(time: str, *details: str) -> str:
    """`11:20am Sam, the hall`: the first detail belongs to the time."""
    shown = [detail for detail in details if detail]
    return ", ".join([" ".join([time, *shown[:1]]), *shown[1:]])


def _fewer(names: Sequence[str]) -> Iterable[list[str]]:
    """The whole list, then the list with its last entries left out one by one, marked by `...`."""
    yield list(names)
    for kept in range(len(names) - 1, 0, -1):
        yield [*names[:kept], "..."]


def _first_that_fits(build: Callable[[str], str], lists: Iterable[str]) -> str:
    for listed in lists:
        try:
            text = build(listed)
        except TextValueError:
            continue
        if measure(text).segments == 1:
            return text
    raise TextValueError("No form of the list fits one text.")
