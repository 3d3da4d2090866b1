"""Which appointment a reply can be about. It lists candidates and never picks one of several.

An appointment can be answered only if a text that asks about it, at its present time, has left for
this number: nobody says yes to what they were never asked.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from engage.appointments.model import (
    Appointment,
    AppointmentState,
    IntentKind,
    Reminder,
    ReminderKind,
    ReminderState,
    StatedIntent,
)
from engage.core.local_time import local_day
from engage.texts import TextKind
from engage.understanding.vocabulary import Prompt
from messaging.states import MessageStatus
from messaging.tables import Message

LEFT = (
    MessageStatus.SENDING,
    MessageStatus.ACCEPTED,
    MessageStatus.SENT,
    MessageStatus.DELIVERED,
    MessageStatus.UNKNOWN,
)
"""A text in one of these may have been read. `unknown` may have, so a reply may be to it."""

CLOCKS_DIFFER_BY = timedelta(minutes=5)
"""A text left by a worker's clock, a reply came by a web server's; they may differ by this much."""

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LATE_FROM, HERE_FROM, HERE_UNTIL = timedelta(hours=4), timedelta(hours=1), timedelta(minutes=15)


@dataclass(frozen=True)
class AskedAppointment:
    """An appointment that a text has asked about, when and how it last did, and what the person
    last said of it (at its present time).
    """

    appointment: Appointment
    asked_at: datetime
    how: ReminderKind
    said: StatedIntent | None

    @property
    def waits(self) -> bool:
        """Whether the last question about it has no answer yet."""
        return self.said is None or self.said.said_at < self.asked_at


# Statements that every reply needs are written once: to write them anew each time costs more than
# to run them.
_left_at = func.coalesce(Message.claimed_at, Message.created_at)
_ASKED = (
    select(Appointment, _left_at, Reminder.kind, StatedIntent)
    .join(Reminder, Reminder.appointment_id == Appointment.id)
    .join(Message, Message.id == Reminder.message_id)
    .outerjoin(
        StatedIntent,
        (StatedIntent.appointment_id == Appointment.id)
        & (StatedIntent.revision == Appointment.revision)
        & StatedIntent.withdrawn_at.is_(None),
    )
    .where(
        Appointment.person_id == bindparam("person"),
        Appointment.state == AppointmentState.BOOKED,
        Appointment.starts_at > bindparam("heard_at"),
        Reminder.state == ReminderState.SENT,
        Reminder.revision == Appointment.revision,
        Reminder.kind != ReminderKind.CALLED_OFF,
        Message.to_number == bindparam("number"),
        Message.status.in_(LEFT),
        _left_at <= bindparam("left_by"),
    )
    .order_by(_left_at, Reminder.due_at, StatedIntent.said_at, StatedIntent.id)
)
"""Of the rows of an appointment the last has the latest text about it, and the latest that the
person said of it.
"""
_TOLD = (
    select(Message.context)
    .where(
        Message.recipient == bindparam("person"),
        Message.to_number == bindparam("number"),
        Message.status.in_(LEFT),
        _left_at > bindparam("since"),
        _left_at <= bindparam("heard_at"),
    )
    .order_by(_left_at.desc(), Message.id.desc())
    .limit(1)
)
_ASKING = frozenset({TextKind.WHICH_ONE, TextKind.WHO, TextKind.HELP})
"""Answers that ask, or say how to answer: a yes or an ok after them is to the question about the
appointment.
"""
_PROMISES = frozenset(
    {
        TextKind.CANNOT_ATTEND,
        TextKind.CALL,
        TextKind.CRISIS,
        TextKind.CHECK_IN_HELP,
        TextKind.CHECK_IN_HELP_NOW,
    }
)
_OF_NOW = (
    select(Appointment)
    .where(
        Appointment.person_id == bindparam("person"),
        Appointment.state == AppointmentState.BOOKED,
        Appointment.starts_at <= bindparam("until"),
        Appointment.starts_at > bindparam("since"),
    )
    .order_by(Appointment.starts_at, Appointment.id)
)


def asked_about(
    session: Session, person_id: uuid.UUID, number: str, received_at: datetime
) -> list[AskedAppointment]:
    """The person's appointments that lay ahead at `heard_at` and that a text to this number had
    asked about by then, soonest first.
    """
    given = {
        "person": person_id,
        "number": number,
        "heard_at": received_at,
        "left_by": received_at + CLOCKS_DIFFER_BY,
    }
    rows = session.execute(_ASKED, given).all()
    last = {row[0].id: AskedAppointment(*row) for row in rows}
    return sorted(last.values(), key=lambda one: (one.appointment.starts_at, one.appointment.id))


def candidates(
    session: Session, person_id: uuid.UUID, number: str, received_at: datetime, kind: IntentKind
) -> list[Appointment]:
    """What a reply of this kind, heard at `heard_at`, can be about, soonest first.

    A yes answers what waits for an answer; when nothing does, it can repeat or correct an answer
    given. A no can also take back an earlier yes, so every appointment asked about is a candidate.
    Late and here are about appointments of now, asked about or not.
    """
    if kind in (IntentKind.LATE, IntentKind.HERE):
        return of_now(session, person_id, received_at, kind)
    asked = asked_about(session, person_id, number, received_at)
    waiting = [one for one in asked if one.waits]
    chosen = waiting if kind is IntentKind.WILL_ATTEND and waiting else asked
    return [one.appointment for one in chosen]


def of_now(
    session: Session, person_id: uuid.UUID, received_at: datetime, kind: IntentKind
) -> list[Appointment]:
    """The booked appointments that "late" or "here" can be about at `heard_at`, soonest first."""
    ahead = LATE_FROM if kind is IntentKind.LATE else HERE_FROM
    after = timedelta(0) if kind is IntentKind.LATE else HERE_UNTIL
    near = session.scalars(
        _OF_NOW,
        {
            "person": person_id,
            "until": received_at + ahead,
            "since": received_at - timedelta(days=2),
        },
    )
    return [appointment for appointment in near if received_at <= appointment.ends_at + after]


def prompt(asked: Sequence[AskedAppointment], near: bool, since: Prompt | None = None) -> Prompt:
    """What the person was last asked about appointments, and whether we said something else
    `since`.

    `near` says that one of now could be meant by late or here, which counts only where nothing was
    asked.
    """
    if not asked:
        return Prompt.TODAY if near else Prompt.NONE
    last = max(asked, key=lambda one: one.asked_at)
    if last.how is ReminderKind.TWO_HOURS:
        return Prompt.TODAY if since is None else Prompt.SPOKEN
    return since or Prompt.APPOINTMENT


def told_since(
    session: Session,
    person_id: uuid.UUID,
    number: str,
    asked: Sequence[AskedAppointment],
    received_at: datetime,
) -> Prompt | None:
    """What the last text that left for the person before `heard_at` makes of the question before
    it; None where it asks or there is none.

    An ok after "we will be in touch about another time" is no yes to the appointment that they
    cannot come to.
    """
    if not asked:
        return None
    since = max(one.asked_at for one in asked)
    given = {"person": str(person_id), "number": number, "since": since, "heard_at": received_at}
    context = session.execute(_TOLD, given).scalar()
    if context is None or context.get("texts") in _ASKING:
        return None
    answers = context.get("purpose") == "reply" and context.get("texts") not in _PROMISES
    return Prompt.ANSWERED if answers else Prompt.SPOKEN


def on_day(
    appointments: Sequence[Appointment], day: str, received_at: datetime, zone: tzinfo
) -> list[Appointment]:
    """Those on a day that the person named: `mon` to `sun`, `today` or `tomorrow`, on the hub's
    calendar.
    """
    today = local_day(received_at, zone)

    def named(appointment: Appointment) -> bool:
        date = local_day(appointment.starts_at, zone)
        if day in ("today", "tomorrow"):
            return date == today + timedelta(days=day == "tomorrow")
        return _DAYS[date.weekday()] == day

    return [appointment for appointment in appointments if named(appointment)]


def still_stands(session: Session, appointment_id: uuid.UUID, revision: int) -> Appointment | None:
    """The appointment if it is still booked at the time that was asked about."""
    appointment = session.get(Appointment, appointment_id, populate_existing=True)
    if appointment is None or appointment.state is not AppointmentState.BOOKED:
        return None
    return appointment if appointment.revision == revision else None


def ahead(session: Session, person_id: uuid.UUID, now: datetime, limit: int) -> list[Appointment]:
    """The person's next appointments, soonest first."""
    return list(
        session.scalars(
            select(Appointment)
            .where(
                Appointment.person_id == person_id,
                Appointment.state == AppointmentState.BOOKED,
                Appointment.starts_at > now,
            )
            .order_by(Appointment.starts_at, Appointment.id)
            .limit(limit)
        )
    )
