"""Which due reminders share one text. It must never merge a change, a cancellation or a question
about an absence with anything else.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from engage.appointments.absence_rules import CHASERS
from engage.appointments.kinds import AppointmentState, ReminderKind, ReminderState
from engage.appointments.model import Appointment, Reminder
from engage.appointments.reminders import rules
from engage.core.local_time import local_day

URGENT = (ReminderKind.CALLED_OFF, ReminderKind.CHANGED)
"""Always a text of its own, and sent before the others."""


@dataclass(frozen=True)
class ReminderGroup:
    """The reminders of one text, soonest appointment first, and the kind of the text."""

    kind: ReminderKind
    reminders: tuple[Reminder, ...]


def groups_for_texts(
    chosen: Sequence[Reminder],
    planned: Sequence[Reminder],
    appointments: Mapping[uuid.UUID, Appointment],
    *,
    zone: ZoneInfo,
    due_by: datetime,
) -> list[ReminderGroup]:
    """The chosen reminders, grouped into texts in the order of sending.

    Reminders of one kind for appointments on one day share a text. Those that are not due yet join
    it; 2-hour reminders only if they are due by `due_by`.
    """

    def order(reminder: Reminder) -> tuple[datetime, uuid.UUID]:
        return appointments[reminder.appointment_id].starts_at, reminder.id

    groups: list[ReminderGroup] = []
    grouped: set[uuid.UUID] = set()
    for reminder in sorted(chosen, key=lambda one: (one.kind not in URGENT, *order(one))):
        if reminder.id in grouped:
            continue
        others = _companions(reminder, chosen, planned, appointments, grouped, zone, due_by)
        together = (reminder, *others)
        grouped.update(one.id for one in together)
        groups.append(ReminderGroup(reminder.kind, tuple(sorted(together, key=order))))
    return groups


def _companions(
    reminder: Reminder,
    chosen: Sequence[Reminder],
    planned: Sequence[Reminder],
    appointments: Mapping[uuid.UUID, Appointment],
    grouped: Collection[uuid.UUID],
    zone: ZoneInfo,
    due_by: datetime,
) -> list[Reminder]:
    """The other reminders that go into this reminder's text."""
    if reminder.kind in URGENT or reminder.kind in CHASERS:
        return []

    def day(one: Reminder) -> date:
        return local_day(appointments[one.appointment_id].starts_at, zone)

    covered = {one.appointment_id for one in chosen}
    return [
        one
        for one in planned
        if one.id != reminder.id
        and one.id not in grouped
        and one.state is ReminderState.PLANNED
        and one.kind is reminder.kind
        and day(one) == day(reminder)
        and (one in chosen or one.appointment_id not in covered)
        and (reminder.kind in rules.SAME_DAY_MERGED or one.due_at <= due_by)
        and _applies(one, appointments[one.appointment_id])
    ]


def _applies(reminder: Reminder, appointment: Appointment) -> bool:
    return (
        appointment.state is AppointmentState.BOOKED and appointment.revision == reminder.revision
    )
