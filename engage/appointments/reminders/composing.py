"""The text for a group of due reminders, ready for the outbox: the times that it names, its words,
and what the outbox has to know of it.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from engage.agencies.model import Hub
from engage.appointments import absence_rules
from engage.appointments.absence_rules import CHASERS
from engage.appointments.kinds import ReminderKind
from engage.appointments.model import Appointment, Reminder
from engage.appointments.reminders import message_history, wording
from engage.appointments.reminders.wording import RenderedReminder
from engage.people.contactability import Contactability
from engage.texts import Purpose
from messaging import outbox


def times_to_name(
    session: Session, group: Sequence[Reminder], appointments: Mapping[uuid.UUID, Appointment]
) -> dict[uuid.UUID, datetime]:
    """The time that the text names for each appointment.

    A cancellation names the time that the person was told, which may not be the present one.
    """
    times = {}
    for reminder in group:
        appointment = appointments[reminder.appointment_id]
        expected = None
        if reminder.kind is ReminderKind.CALLED_OFF:
            reminders = message_history.reminders_of(session, [appointment.id])
            expected = message_history.last_named_time(reminders)
        times[appointment.id] = expected or appointment.starts_at
    return times


def render(
    session: Session,
    contact: Contactability,
    kind: ReminderKind,
    group: Sequence[Reminder],
    times: Mapping[uuid.UUID, datetime],
    appointments: Mapping[uuid.UUID, Appointment],
    *,
    now: datetime,
) -> RenderedReminder:
    """The words of the group's text, naming `times`. Raises TextValueError when it cannot be
    written.
    """
    booked = [appointments[one.appointment_id] for one in group]
    if kind in CHASERS:
        return _render_chaser(session, contact, kind, booked[0], now)
    details = [wording.details_for_text(one, times[one.id]) for one in booked]
    return wording.write_reminder(kind, contact.person, details, now=now, zone=contact.zone)


def outbox_text(
    contact: Contactability,
    group: Sequence[Reminder],
    rendered: RenderedReminder,
    times: Mapping[uuid.UUID, datetime],
) -> outbox.Text:
    """The text as the outbox takes it. Its context names the reminders, and the times that the text
    names.
    """
    first, person_id = group[0], contact.person.id
    return outbox.Text(
        to=contact.number or "",
        body=rendered.body,
        lane=outbox.Lane.REMINDER,
        dedupe_key=f"reminder:{first.id}",
        recipient=str(person_id),
        group_key=(
            f"appointment:{first.appointment_id}" if len(group) == 1 else f"reminders:{person_id}"
        ),
        expires_at=min(one.expires_at for one in group),
        context={
            "purpose": Purpose.REMINDER,
            "person": str(person_id),
            "reminders": [str(one.id) for one in group],
            "texts": rendered.kind.value,
            "starts": {str(id): time.isoformat() for id, time in times.items()},
            **({"day": rendered.day.isoformat()} if rendered.day else {}),
        },
        route=contact.hub.route,
        redact=contact.hub.redact_after_delivery,
    )


def _render_chaser(
    session: Session,
    contact: Contactability,
    kind: ReminderKind,
    missed: Appointment,
    now: datetime,
) -> RenderedReminder:
    return wording.write_chaser(
        kind,
        contact.person,
        wording.details_for_text(missed),
        now=now,
        zone=contact.zone,
        last_day=absence_rules.last_day_to_explain(
            missed.starts_at, contact.zone, contact.hub.evidence_days
        ),
        phone=session.get_one(Hub, missed.hub_id).phone,
    )
