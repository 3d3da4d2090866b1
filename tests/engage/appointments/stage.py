"""The people and moments that tests of appointments share."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import Actor
from engage.agencies.model import Hub, Staff
from engage.appointments import booking
from engage.appointments.model import Appointment, AppointmentType, Reminder, ReminderState
from engage.appointments.reminders.due import send_due
from engage.people.model import Person
from messaging import transitions
from messaging.sending.dispatch import Claimed
from messaging.states import MessageStatus
from messaging.tables import Message
from tests import builders

LONDON = ZoneInfo("Europe/London")


def local(words: str) -> datetime:
    """`2027-03-22 10:00` on the wall clock of London, as a moment in UTC."""
    return datetime.fromisoformat(words).replace(tzinfo=LONDON).astimezone(UTC)


@dataclass
class Stage:
    """A hub with an offender manager and one person who may be texted."""

    session: Session
    hub: Hub
    om: Staff
    person: Person
    actor: Actor
    now: datetime
    extra: dict[str, Any] = field(default_factory=dict)

    def book(
        self,
        starts: str,
        *,
        person: Person | None = None,
        now: datetime | None = None,
        **values: Any,
    ) -> Appointment:
        """Book through the use case at `starts`, local time."""
        person = person or self.person
        agency = builders.agency(self.session, self.hub, values.pop("agency_name", "Probation"))
        new = booking.NewAppointment(
            person_id=person.id,
            agency_id=agency.id,
            starts_at=local(starts),
            **{
                "type": AppointmentType.OFFICE,
                "minutes": 30,
                "worker_name": "Pat",
                "enforceable": True,
                "place": "the centre on Bridge St",
                "place_alias": "the centre on Bridge St",
                **values,
            },
        )
        allow = values.pop("allow_clash", False)
        return booking.book(self.session, self.actor, new, now=now or self.now, allow_clash=allow)

    def send(self, at: str | datetime | None = None) -> list[str]:
        """Decide the reminders due at a moment, and return the bodies of the texts that this
        queued.
        """
        moment = local(at) if isinstance(at, str) else at or self.now
        before = {message.id for message in messages(self.session)}
        send_due(self.session, now=moment)
        self.session.flush()
        return [message.body for message in messages(self.session) if message.id not in before]

    def reminder_states(self, appointment: Appointment) -> dict[str, str]:
        """The newest reminder of each kind: its state and the codes of its reasons."""
        rows = reminder_rows(self.session, appointment.id)
        return {
            row.kind.value: " ".join([row.state.value, *(reason["code"] for reason in row.reasons)])
            for row in rows
        }


def make(session: Session, now: datetime, *, hub_name: str = "Tyneside", **person: Any) -> Stage:
    """A stage at `now`."""
    hub = builders.hub(session, hub_name)
    om = builders.staff(session, hub)
    return Stage(session, hub, om, builders.person(session, om, **person), builders.actor(om), now)


def reminder_rows(session: Session, appointment_id: uuid.UUID) -> Sequence[Reminder]:
    """Every reminder of an appointment, oldest first."""
    return session.scalars(
        select(Reminder)
        .where(Reminder.appointment_id == appointment_id)
        .order_by(Reminder.revision, Reminder.attempt, Reminder.due_at)
        .execution_options(populate_existing=True)
    ).all()


def planned(session: Session, appointment_id: uuid.UUID) -> dict[str, str]:
    """The planned reminders: kind and local due time."""
    return {
        row.kind.value: f"{row.due_at.astimezone(LONDON):%m-%d %H:%M}"
        for row in reminder_rows(session, appointment_id)
        if row.state is ReminderState.PLANNED
    }


def messages(session: Session) -> Sequence[Message]:
    """Every text, oldest first."""
    return session.scalars(
        select(Message)
        .order_by(Message.created_at, Message.id)
        .execution_options(populate_existing=True)
    ).all()


def advance(session: Session, message: Message, *path: MessageStatus, now: datetime) -> None:
    """Move a text along these statuses."""
    for status in path:
        assert transitions.move(session, [message.id], status, now=now)
    session.expire(message)


def claimed(message: Message) -> Claimed:
    """A text as claimed by the dispatcher when it asks the last look."""
    return Claimed(
        id=message.id,
        recipient=message.recipient,
        to_number=message.to_number,
        sender="+447700900999",
        lane=message.lane,
        body=message.body,
        segments=message.segments,
        attempts=1,
        dedupe_key=message.dedupe_key,
        group_key=message.group_key,
        context=message.context,
        despite_stop=False,
        send_after=message.send_after,
        expires_at=message.expires_at,
        created_at=message.created_at,
    )
