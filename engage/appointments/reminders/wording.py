"""The words of a reminder: which text of the catalogue, filled in for one appointment or for
several of one day.

It never decides whether a text goes, and never puts a place into one that a stranger should not
read: engage.texts leaves it out.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from engage import texts
from engage.appointments.kinds import AppointmentType, ReminderKind
from engage.appointments.model import Appointment
from engage.appointments.reminders import rules
from engage.people.model import Person
from engage.texts import AppointmentDetails, MeetingWay, TextKind, TextValueError

_WAYS = {
    AppointmentType.HOME_VISIT: MeetingWay.HOME,
    AppointmentType.PHONE: MeetingWay.PHONE,
    AppointmentType.VIDEO: MeetingWay.VIDEO,
}
LONGEST_ALIAS = 60
_OF_THE_DAY = frozenset({ReminderKind.ONE_DAY, ReminderKind.TWO_HOURS})


@dataclass(frozen=True)
class RenderedReminder:
    """A text ready to go. `day` is the local day on which its words are true ("tomorrow"), None
    when they always are.
    """

    body: str
    kind: TextKind
    day: date | None


def way_of(kind: AppointmentType) -> MeetingWay:
    """How the two will meet."""
    return _WAYS.get(kind, MeetingWay.IN_PERSON)


def for_text(appointment: Appointment, starts_at: datetime | None = None) -> AppointmentDetails:
    """What a text may know of an appointment; `starts_at` when it is about another time than the
    present one.
    """
    return AppointmentDetails(
        starts_at=starts_at or appointment.starts_at,
        worker=_shown(appointment.worker_name),
        place=appointment.place_alias or None,
        way=way_of(appointment.type),
    )


def alias_for(place: str) -> str:
    """What texts call a place that nobody has given an everyday name: the place itself, or nothing
    if a stranger should not read it.
    """
    if not texts.discreet(place):
        return ""
    return place if len(place) <= LONGEST_ALIAS else texts.shorten_place(place)


def _shown(worker: str) -> str:
    """The worker's name, unless a stranger should not read it ("Police"): the text then says
    someone.
    """
    return worker if texts.discreet(texts.shorten_worker(worker)) else ""


def write(
    kind: ReminderKind,
    person: Person,
    booked: Sequence[AppointmentDetails],
    *,
    now: datetime,
    zone: ZoneInfo,
) -> RenderedReminder:
    """The text of `kind` about one appointment, or one text about several of a day. Raises
    TextValueError when it cannot be written.
    """
    first = texts.shorten_first_name(person.first_name, person.preferred_name)
    if len(booked) > 1:
        body = texts.merged_reminder(person.language, first=first, booked=booked, zone=zone)
        return RenderedReminder(body, TextKind.SEVERAL, None)
    said = rules.wording_kind(kind, booked[0].starts_at, now, zone)
    text_kind = TextKind(said.value)
    body = texts.appointment_text(
        text_kind, person.language, first=first, about=booked[0], zone=zone
    )
    return RenderedReminder(
        body, text_kind, rules.local_day(now, zone) if said in _OF_THE_DAY else None
    )


def write_chase(
    kind: ReminderKind,
    person: Person,
    missed: AppointmentDetails,
    *,
    now: datetime,
    zone: ZoneInfo,
    last_day: date,
    phone: str,
) -> RenderedReminder:
    """The text about a missed appointment. On its own day it says "today" and gives the hub's
    telephone; later it names the day.
    """
    first = texts.shorten_first_name(person.first_name, person.preferred_name)
    by = texts.day_named(last_day, person.language)
    today = rules.local_day(now, zone)
    if kind is ReminderKind.MISSED and rules.local_day(missed.starts_at, zone) == today:
        with suppress(
            TextValueError
        ):  # a telephone that no text can carry: the other words do without
            body = texts.appointment_text(
                TextKind.MISSED,
                person.language,
                first=first,
                about=missed,
                zone=zone,
                day=by,
                phone=phone,
            )
            return RenderedReminder(body, TextKind.MISSED, today)
    body = texts.appointment_text(
        TextKind.MISSED_ON, person.language, first=first, about=missed, zone=zone, day=by
    )
    return RenderedReminder(body, TextKind.MISSED_ON, None)
