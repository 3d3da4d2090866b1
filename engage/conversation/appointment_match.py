"""Which appointments a reply can be about. It lists candidates and must never pick one of several.

A yes or a no needs a question: a text that asked about the appointment, at its present time, and
left for this number.
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from sqlalchemy import bindparam, select
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
from engage.conversation.sent_texts import MAX_CLOCK_DIFFERENCE, left_at, left_for_number
from engage.core.local_time import local_day
from engage.texts import SAFETY_TEXTS, Purpose, TextKind
from engage.understanding.vocabulary import Prompt
from messaging.tables import Message

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LATE_FROM, HERE_FROM, HERE_UNTIL = timedelta(hours=4), timedelta(hours=1), timedelta(minutes=15)


@dataclass(frozen=True)
class AskedAppointment:
    """An appointment that a text asked about: when and by which reminder it last did, and what the
    person last said about the appointment at its present time. `message_id` and `text_kind` are the
    text.
    """

    appointment: Appointment
    asked_at: datetime
    reminder_kind: ReminderKind
    last_intent: StatedIntent | None
    message_id: uuid.UUID
    text_kind: str | None

    @property
    def awaits_answer(self) -> bool:
        """Whether the last question about it has no answer yet."""
        return self.last_intent is None or self.last_intent.said_at < self.asked_at


# Statements that every reply needs are built once: building one takes longer than running it.
_left_at = left_at()
_ASKED = (
    select(
        Appointment,
        _left_at,
        Reminder.kind,
        StatedIntent,
        Message.id,
        Message.context["texts"].astext,
    )
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
        Appointment.starts_at > bindparam("received_at"),
        Reminder.state == ReminderState.SENT,
        Reminder.revision == Appointment.revision,
        Reminder.kind != ReminderKind.CALLED_OFF,
        left_for_number("left_by"),
    )
    .order_by(_left_at, Reminder.due_at, StatedIntent.said_at, StatedIntent.id)
)
"""The last row of an appointment has the latest text about it and the person's latest intent."""
_ASKING = frozenset(
    {
        TextKind.WHICH_ONE,
        TextKind.WHO,
        TextKind.HELP,
        TextKind.LIKE_ASKED,
        TextKind.ASK_COMING,
        TextKind.UNDECIDED,
        TextKind.UNDECIDED_SOON,
        TextKind.TAKEN_BACK,
    }
)
"""Answers that ask about the appointment or explain how to answer. A yes or an ok after one of
these answers the question about the appointment.
"""
_CLOSES_NOTHING = (Purpose.PRAISE, Purpose.WORKER_CHANGED, Purpose.NUMBER_CHECK)
"""Texts of ours that ask nothing about an appointment and answer nothing: a question that was open
before one of these is open after it. After any other text of ours an ok answers that text.
"""
_LATEST_TEXT = (
    select(Message.context)
    .where(
        Message.recipient == bindparam("person"),
        Message.context["purpose"].astext.not_in([purpose.value for purpose in _CLOSES_NOTHING]),
        _left_at > bindparam("since"),
        left_for_number("received_at"),
    )
    .order_by(_left_at.desc(), Message.id.desc())
    .limit(1)
)
_PROMISES = SAFETY_TEXTS | frozenset(
    {
        TextKind.CANNOT_ATTEND,
        TextKind.NO_RECORDED,
        TextKind.NO_BECAUSE,
        TextKind.NO_SORRY,
        TextKind.GET_WELL,
        TextKind.CALL,
        TextKind.AFTER_DANGER,
        TextKind.HEARD,
        TextKind.CHECK_IN_HELP,
        TextKind.CHECK_IN_HELP_NOW,
    }
)
_CURRENT = (
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
    """The person's coming appointments that a text to this number had asked about by
    `received_at`, soonest first.
    """
    given = {
        "person": person_id,
        "number": number,
        "received_at": received_at,
        "left_by": received_at + MAX_CLOCK_DIFFERENCE,
    }
    rows = session.execute(_ASKED, given).all()
    latest = {row[0].id: AskedAppointment(*row) for row in rows}
    return sorted(latest.values(), key=lambda one: (one.appointment.starts_at, one.appointment.id))


def candidates(
    session: Session, person_id: uuid.UUID, number: str, received_at: datetime, kind: IntentKind
) -> list[Appointment]:
    """The appointments that a reply of this kind can be about, soonest first.

    A yes is about those that await an answer; if none does, it can repeat or correct an earlier
    answer. A no can also take back an earlier yes, so it can be about every appointment asked
    about. Late and here are about current appointments, asked about or not.
    """
    if kind in (IntentKind.LATE, IntentKind.HERE):
        return current(session, person_id, received_at, kind)
    asked = asked_about(session, person_id, number, received_at)
    waiting = [one for one in asked if one.awaits_answer]
    chosen = waiting if kind is IntentKind.WILL_ATTEND and waiting else asked
    return [one.appointment for one in chosen]


def asked_in_one_text(
    session: Session,
    person_id: uuid.UUID,
    number: str,
    received_at: datetime,
    appointments: Collection[Appointment],
) -> bool:
    """Whether one reminder of several appointments, which says that YES is for all of them, asked
    about exactly these, and no later text asked about any of them.
    """
    asked = asked_about(session, person_id, number, received_at)
    texts = {(one.message_id, one.text_kind) for one in asked if one.appointment in appointments}
    if len(texts) != 1:
        return False
    message_id, kind = texts.pop()
    if kind != TextKind.SEVERAL:
        return False
    together = {one.appointment.id for one in asked if one.message_id == message_id}
    return together == {one.id for one in appointments}


def current(
    session: Session, person_id: uuid.UUID, received_at: datetime, kind: IntentKind
) -> list[Appointment]:
    """The booked appointments that "late" or "here" can be about, soonest first."""
    before = LATE_FROM if kind is IntentKind.LATE else HERE_FROM
    after = timedelta(0) if kind is IntentKind.LATE else HERE_UNTIL
    near = session.scalars(
        _CURRENT,
        {
            "person": person_id,
            "until": received_at + before,
            "since": received_at - timedelta(days=2),
        },
    )
    return [appointment for appointment in near if received_at <= appointment.ends_at + after]


def appointment_prompt(
    asked: Sequence[AskedAppointment], *, has_current: bool, since: Prompt | None = None
) -> Prompt:
    """What the person was last asked about appointments.

    `has_current`: late or here could be about a current appointment; it counts only if nothing was
    asked. `since` is what a later text of ours makes of the question.
    """
    if not asked:
        return Prompt.TODAY if has_current else Prompt.NONE
    last = max(asked, key=lambda one: one.asked_at)
    if last.reminder_kind is ReminderKind.TWO_HOURS:
        return Prompt.TODAY if since is None else Prompt.SPOKEN
    return since or Prompt.APPOINTMENT


def prompt_of_later_text(
    session: Session,
    person_id: uuid.UUID,
    number: str,
    asked: Sequence[AskedAppointment],
    received_at: datetime,
) -> Prompt | None:
    """The prompt after a text of ours that left since the last question; None if there is no such
    text, or if it asks something.

    An ok after "we will be in touch about another time" is no yes to the appointment that the
    person cannot attend.
    """
    if not asked:
        return None
    since = max(one.asked_at for one in asked)
    given = {
        "person": str(person_id),
        "number": number,
        "since": since,
        "received_at": received_at,
    }
    context = session.execute(_LATEST_TEXT, given).scalar()
    if context is None or context.get("texts") in _ASKING:
        return None
    is_answer = context.get("purpose") == "reply" and context.get("texts") not in _PROMISES
    return Prompt.ANSWERED if is_answer else Prompt.SPOKEN


def on_day(
    appointments: Sequence[Appointment], day: str, received_at: datetime, zone: tzinfo
) -> list[Appointment]:
    """Those on a day that the person named: `mon` to `sun`, `today` or `tomorrow`, on the hub's
    calendar.
    """
    today = local_day(received_at, zone)

    def is_on_day(appointment: Appointment) -> bool:
        date = local_day(appointment.starts_at, zone)
        if day in ("today", "tomorrow"):
            return date == today + timedelta(days=day == "tomorrow")
        return _DAYS[date.weekday()] == day

    return [appointment for appointment in appointments if is_on_day(appointment)]


def at_time(appointments: Sequence[Appointment], time: str, zone: tzinfo) -> list[Appointment]:
    """Those that begin at a time of day that the person named, as `14:30` on the hub's clock."""
    return [one for one in appointments if f"{one.starts_at.astimezone(zone):%H:%M}" == time]


def if_unchanged(session: Session, appointment_id: uuid.UUID, revision: int) -> Appointment | None:
    """The appointment, if it is still booked as it was at this revision."""
    appointment = session.get(Appointment, appointment_id, populate_existing=True)
    if appointment is None or appointment.state is not AppointmentState.BOOKED:
        return None
    return appointment if appointment.revision == revision else None


def upcoming(
    session: Session, person_id: uuid.UUID, now: datetime, limit: int
) -> list[Appointment]:
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
