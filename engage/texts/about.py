"""Texts about appointments: the wording for the way of meeting, with or without the place.

A place that would tell a stranger too much is left out, and a wording without a place is used: no
person goes without a reminder because of a place's name. When several appointments are listed,
details are left out by rule until the text fits; a text is never cut. Only a text with choices may
take two segments.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from engage.texts.catalogue import TextValueError, render, wording
from engage.texts.discreet import discreet
from engage.texts.kinds import CHOICES, MeetingWay, TextKind
from engage.texts.times import day_named, day_of, short_day_of, short_when, time_of, when
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
    TextKind.MISSED_ONE: TextKind.MISSED_ONE_CALL,
    TextKind.LATE_ON: TextKind.LATE_ON_CALL,
}
_MAX_CHOICES = 3
"""Times in an offer."""
_BOTH = {"en": "both", "cy": "y ddau"}
_ALL = {"en": ("both", "them all"), "cy": ("i'r ddau", "i bob un")}
"""Two appointments, and more than two, as what a person may come to."""


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
            TextKind.SEVERAL,
            language,
            first=first,
            n=len(ordered),
            day=day,
            list=listed,
            all=_ALL[language][len(ordered) > 2],
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


def closed_text(
    language: str,
    *,
    first: str,
    closed: Sequence[date],
    booked: Sequence[AppointmentDetails],
    zone: tzinfo,
) -> str:
    """The days on which the hub is closed, soonest first, and what is booked next, or that nothing
    is.
    """
    days = ", ".join(day_named(day, language) for day in closed)
    if not booked:
        return render(TextKind.CLOSED_NONE, language, first=first, closed=days)
    soonest = min(booked, key=lambda one: one.starts_at)
    moment = when(soonest.starts_at, zone, language)
    forms = [
        _entry(moment, _worker(soonest), _where(soonest, language)),
        _entry(moment, _worker(soonest)),
        moment,
    ]
    return _first_that_fits(
        lambda entry: render(TextKind.CLOSED, language, first=first, closed=days, list=entry),
        forms,
    )


def with_rest(text: str, language: str, worker: str) -> str:
    """`text` with the promise that the worker answers the rest of a question, if it still fits one
    segment.
    """
    longer = f"{text} {render(TextKind.REST, language, worker=worker)}"
    return longer if measure(longer).segments == 1 else text


def rebook(
    language: str, *, first: str, starts: Sequence[datetime], zone: tzinfo, gone: bool = False
) -> str:
    """The offer of one to three other times, one a line, numbered in the order given. With `gone`
    it first says that the time picked is taken.
    """
    if not 1 <= len(starts) <= _MAX_CHOICES:
        raise TextValueError("One to three times can be offered.")
    choices = _numbered([short_when(one, zone, language) for one in starts])
    return render(
        TextKind.REBOOK_AGAIN if gone else TextKind.REBOOK, language, first=first, choices=choices
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
    """The question of which appointment a reply is about, one a line, numbered in the order given.

    Of two: 1, 2, or 3 for both. Of more: as many numbers as fit (never fewer than four).
    """
    if len(booked) < 2:
        raise TextValueError("There is nothing to ask about fewer than two appointments.")
    names = [short_when(one.starts_at, zone, language) for one in booked]
    both = [_BOTH[language]] if len(booked) == 2 else []
    return _first_that_fits(
        lambda listed: render(TextKind.WHICH_ONE, language, choices=listed),
        (
            _numbered([*_told_apart(names, booked), *both]),
            *("\n".join(form) for form in _fewer(_numbered([*names, *both]).split("\n"))),
        ),
        segments=CHOICES[TextKind.WHICH_ONE],
    )


def _numbered(choices: Sequence[str]) -> str:
    """One choice a line, numbered from 1."""
    return "\n".join(f"{number} {choice}" for number, choice in enumerate(choices, 1))


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


def _first_that_fits(
    build: Callable[[str], str], lists: Iterable[str], *, segments: int = 1
) -> str:
    for listed in lists:
        try:
            text = build(listed)
        except TextValueError:
            continue
        if measure(text).segments <= segments:
            return text
    raise TextValueError("No form of the list fits the text.")
