"""Phones for these tests: texts to one, texts from one, and what is recorded afterwards."""

import itertools
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.appointments.kinds import IntentKind, ReminderKind, ReminderState
from engage.appointments.model import Appointment, Reminder, StatedIntent
from engage.conversation import intake
from engage.conversation.model import Question, ReplyRecord
from engage.core.model import Event
from engage.people.model import ContactPoint, NumberState, Person
from engage.signals import Signal, SignalKind, SignalState
from messaging import inbound, outbox
from messaging.gateways.twilio import webhooks as twilio
from messaging.states import MessageStatus
from messaging.tables import Inbound, Message

NUMBER, OTHER = "+447700900101", "+447700900102"
ENGAGE = "+447700900999"
YES, NO = IntentKind.WILL_ATTEND, IntentKind.CANNOT_ATTEND
LATE, HERE = IntentKind.LATE, IntentKind.HERE
UNNAMED = "Thanks. We will read this in working hours and get back to you."
CRISIS = "Thank you for telling us. If you are not safe call 999."
_sids = itertools.count(1)


def text_in(
    session: Session,
    body: str,
    at: datetime,
    *,
    number: str = NUMBER,
    media: int = 0,
    **params: str,
) -> Inbound:
    """Store a text from a phone, as a webhook stores it."""
    sid = f"SM{next(_sids):032d}"
    given = {
        "MessageSid": sid,
        "From": number,
        "To": ENGAGE,
        "Body": body,
        "NumMedia": str(media),
        **params,
    }
    assert inbound.store(session, twilio.read_text(given), now=at)
    return session.scalars(select(Inbound).where(Inbound.message_sid == sid)).one()


def says(
    session: Session,
    body: str,
    at: datetime,
    *,
    number: str = NUMBER,
    media: int = 0,
    **params: str,
) -> ReplyRecord:
    """Handle a text from a phone at once. Returns its record."""
    text = text_in(session, body, at, number=number, media=media, **params)
    intake.handle(session, text, at)
    session.flush()
    return session.scalars(select(ReplyRecord).where(ReplyRecord.inbound_id == text.id)).one()


def gone(
    session: Session,
    whose: Person,
    at: datetime,
    *,
    purpose: str = "reminder",
    to: str = NUMBER,
    status: MessageStatus = MessageStatus.DELIVERED,
    group_key: str | None = None,
    lane: outbox.Lane = outbox.Lane.REMINDER,
    **context: str,
) -> Message:
    """A text that reached the person's phone."""
    message = outbox.enqueue(
        session,
        outbox.Text(
            to=to,
            body="Hi",
            lane=lane,
            dedupe_key=f"test:{uuid.uuid4()}",
            recipient=str(whose.id),
            group_key=group_key,
            context={"purpose": purpose, "person": str(whose.id), **context},
        ),
        now=at,
    )
    message.status = status
    message.claimed_at = None if status is MessageStatus.QUEUED else at
    session.flush()
    return message


def asked(
    session: Session,
    about: Appointment,
    at: datetime,
    *,
    kind: ReminderKind = ReminderKind.THREE_DAYS,
    to: str = NUMBER,
    status: MessageStatus = MessageStatus.DELIVERED,
    revision: int | None = None,
) -> Reminder:
    """A reminder of the appointment that reached the person's phone."""
    message = gone(session, about.person, at, to=to, status=status, texts=kind.value)
    reminder = Reminder(
        appointment_id=about.id,
        kind=kind,
        revision=revision or about.revision,
        due_at=at,
        expires_at=about.starts_at,
        state=ReminderState.SENT,
        decided_at=at,
        message_id=message.id,
    )
    session.add(reminder)
    session.flush()
    return reminder


def share(session: Session, people: Sequence[Person], at: datetime, *, agreed: bool = True) -> None:
    """Give all of them the same number, with or without their agreement."""
    for person in people:
        point = point_of(session, person)
        point.number = point.given = NUMBER
        point.shared_agreed_at = at if agreed else None
    session.flush()


def point_of(session: Session, whose: Person) -> ContactPoint:
    """The person's current number."""
    return session.scalars(
        select(ContactPoint).where(
            ContactPoint.person_id == whose.id, ContactPoint.state != NumberState.RETIRED
        )
    ).one()


def answers(session: Session, number: str = NUMBER) -> list[str]:
    """Every automatic answer to a number, oldest first."""
    rows = select(Message).where(
        Message.to_number == number, Message.context["purpose"].astext == "reply"
    )
    return [
        message.body for message in session.scalars(rows.order_by(Message.created_at, Message.id))
    ]


def last_answer(session: Session, number: str = NUMBER) -> str:
    """The latest automatic answer to a number, or nothing."""
    found = answers(session, number)
    return found[-1] if found else ""


def said(session: Session, about: Appointment) -> list[IntentKind]:
    """The intents stated about an appointment, in order."""
    rows = select(StatedIntent.kind).where(StatedIntent.appointment_id == about.id)
    return list(session.scalars(rows.order_by(StatedIntent.said_at, StatedIntent.id)))


def open_signals(session: Session, whose: Person) -> list[SignalKind]:
    """The kinds of the person's unresolved signals."""
    rows = select(Signal.kind).where(
        Signal.person_id == whose.id, Signal.state != SignalState.RESOLVED
    )
    return sorted(session.scalars(rows))


def signal(session: Session, whose: Person, kind: SignalKind) -> Signal:
    """The person's only unresolved signal of that kind."""
    return session.scalars(
        select(Signal).where(
            Signal.person_id == whose.id, Signal.kind == kind, Signal.state != SignalState.RESOLVED
        )
    ).one()


def open_questions(session: Session, number: str = NUMBER) -> list[Question]:
    """Our questions that are not closed."""
    return list(
        session.scalars(
            select(Question).where(Question.number == number, Question.closed_at.is_(None))
        )
    )


def events(session: Session, whose: Person) -> list[str]:
    """The kinds of the person's events, oldest first."""
    session.flush()
    return list(
        session.scalars(select(Event.kind).where(Event.person_id == whose.id).order_by(Event.id))
    )


def minutes(count: float) -> timedelta:
    """A number of minutes."""
    return timedelta(minutes=count)


def current_intents(session: Session, about: Appointment) -> list[IntentKind]:
    """The intents about an appointment that were not withdrawn, in order."""
    rows = select(StatedIntent.kind).where(
        StatedIntent.appointment_id == about.id, StatedIntent.withdrawn_at.is_(None)
    )
    return list(session.scalars(rows.order_by(StatedIntent.said_at, StatedIntent.id)))
