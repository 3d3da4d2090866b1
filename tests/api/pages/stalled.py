"""An engine with one of everything stuck, for tests of the administrator's page."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update

from engage.core.db import Database
from engage.people.model import Person
from messaging import inbound, outbox
from messaging.gateways.base import NotProcessed
from messaging.gateways.registry import TWILIO
from messaging.gateways.twilio import webhooks as twilio
from messaging.inbound import MAX_ATTEMPTS
from messaging.outbox import Lane
from messaging.sending import pacing, routes
from messaging.states import MessageStatus
from messaging.tables import Inbound, Message

WORDS = "Dear Katrina, I was at the needle exchange"
NUMBER = "+447700900101"


def put(
    database: Database,
    key: str,
    status: MessageStatus,
    now: datetime,
    person: Person,
    **columns: object,
) -> UUID:
    """A text to the person in a given status."""
    with database.begin() as session:
        text = outbox.Text(
            NUMBER,
            WORDS,
            Lane.REMINDER,
            key,
            recipient=str(person.id),
            context={"purpose": "reminder"},
        )
        message = outbox.enqueue(session, text, now=now)
        values = {"status": status, "claimed_at": now, "ended_at": now, **columns}
        session.execute(update(Message).where(Message.id == message.id).values(values))
        return message.id


def set_aside(
    database: Database, now: datetime, *, words: str = WORDS, number: str = NUMBER
) -> int:
    """A text from a person that failed until it was set aside. Returns its id."""
    with database.begin() as session:
        sid = f"SM{number}{words}"[:64]
        inbound.store(
            session, twilio.read_text({"MessageSid": sid, "From": number, "Body": words}), now=now
        )
        id = session.scalars(select(Inbound.id).order_by(Inbound.id.desc()).limit(1)).one()

    def stumble(*given: object) -> None:
        raise ValueError(words)

    for attempt in range(MAX_ATTEMPTS):
        assert inbound.handle_next(database.begin, stumble, now=now + timedelta(hours=attempt))
    return id


def stall(database: Database, now: datetime, person: Person) -> tuple[UUID, int]:
    """Add one of everything stuck, and return the ids of the unknown and of the set-aside text.

    There are late texts, failures, a slowed sender and a provider out of reach too.
    """
    put(database, "late", MessageStatus.QUEUED, now - timedelta(hours=2), person)
    put(database, "sending", MessageStatus.SENDING, now, person)
    unknown = put(
        database,
        "unknown",
        MessageStatus.UNKNOWN,
        now,
        person,
        reason="It did not answer in time",
        reconcile_looks=10,
    )
    for n in range(3):
        put(
            database,
            f"dead {n}",
            MessageStatus.UNDELIVERED,
            now - timedelta(days=n),
            person,
            error_code=30005,
            reason="The number is not in use",
        )
    put(
        database,
        "long ago",
        MessageStatus.FAILED,
        now - timedelta(days=8),
        person,
        reason="Long ago",
    )
    with database.begin() as session:
        pacing.register(session, "+447700900999", 10)
        pacing.slow(session, "+447700900999", timedelta(minutes=1), "The text service was too busy")
        routes.record_outcomes(session, TWILIO.name, [NotProcessed()], now)
    return unknown, set_aside(database, now)
