"""The words of a reminder: a text of the catalogue, filled in for one appointment or for several on
one day.

It never decides whether a text is sent, and it never puts in a place that a stranger should not
read: engage.texts leaves it out.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from engage import texts
from engage.appointments.kinds import ReminderKind
from engage.appointments.model import Appointment
from engage.appointments.reminders import rules
from engage.core.local_time import local_day
from engage.people.model import Person
from engage.texts import AppointmentDetails, TextKind, TextValueError

LONGEST_ALIAS = 60
_NAMES_THE_DAY = frozenset({ReminderKind.ONE_DAY, ReminderKind.TWO_HOURS})


@dataclass(frozen=True)
class RenderedReminder:
    """A text ready to send. `day` is the local day on which its words are true ("tomorrow"), None
    if they always are.
    """

    body: str
    kind: TextKind
    day: date | None


def details_for_text(
    appointment: Appointment, starts_at: datetime | None = None
) -> AppointmentDetails:
    """What a text may know about an appointment. `starts_at` is given when the text names another
    time than the present one.
    """
    return AppointmentDetails(
        starts_at=starts_at or appointment.starts_at,
        worker=_discreet_worker(appointment.worker_name),
        place=appointment.place_alias or None,
        way=appointment.type.row.way,
    )


def default_alias(place: str) -> str:
    """What texts call a place that has no everyday name: the place itself, or nothing if a stranger
    should not read it.
    """
    if not texts.discreet(place):
        return ""
    return place if len(place) <= LONGEST_ALIAS else texts.shorten_place(place)


def _discreet_worker(worker: str) -> str:
    """The worker's name, or nothing if a stranger should not read it ("Police"): the text then says
    someone.
    """
    return worker if texts.discreet(texts.shorten_worker(worker)) else ""


def write_reminder(
    kind: ReminderKind,
    person: Person,
    booked: Sequence[AppointmentDetails],
    *,
    now: datetime,
    zone: ZoneInfo,
) -> RenderedReminder:
    """The text of `kind` about one appointment, or one text about several on one day. Raises
    TextValueError when it cannot be written.
    """
    first = texts.shorten_first_name(person.first_name, person.preferred_name)
    if len(booked) > 1:
        body = texts.merged_reminder(person.language, first=first, booked=booked, zone=zone)
        return RenderedReminder(body, TextKind.SEVERAL, None)
    true_kind = rules.wording_kind(kind, booked[0].starts_at, now, zone)
    text_kind = TextKind(true_kind.value)
    body = texts.appointment_text(
        text_kind, person.language, first=first, about=booked[0], zone=zone
    )
    return RenderedReminder(
        body, text_kind, local_day(now, zone) if true_kind in _NAMES_THE_DAY else None
    )


def write_chaser(
    kind: ReminderKind,
    person: Person,
    missed: AppointmentDetails,
    *,
    now: datetime,
    zone: ZoneInfo,
    last_day: date,
    phone: str,
) -> RenderedReminder:
    """The text about a missed appointment. On the day itself it says "today" and gives the hub's
    telephone number; later it names the day.
    """
    first = texts.shorten_first_name(person.first_name, person.preferred_name)
    by = texts.day_named(last_day, person.language)
    today = local_day(now, zone)
    if kind is ReminderKind.MISSED and local_day(missed.starts_at, zone) == today:
        # If no text can carry the hub's telephone number, the wording without it is used.
        with suppress(TextValueError):
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
