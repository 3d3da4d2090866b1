"""The provider's copy of the words is erased once a text has ended; the provider is asked until it
has done so.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from engage.core.db import Database
from messaging import inbound
from messaging.gateways.base import GatewayUnavailable, NotOffered
from messaging.gateways.twilio import webhooks as twilio
from messaging.gateways.twilio.send import TwilioGateway
from messaging.redaction import Redacted, redact
from messaging.sending.dispatch import Dispatcher
from messaging.states import MessageStatus
from messaging.tables import Inbound, InboundStatus, Message
from tests.messaging.builders import NOW, put_committed, read
from tests.messaging.conftest import SimulatorClient

S = MessageStatus
MakeWorker = Callable[..., Dispatcher]


class Eraser:
    """A provider that remembers what it was asked to erase, and may refuse."""

    name = "twilio"
    senders = ("one",)

    def __init__(self, *refusals: Exception) -> None:
        self.asked: list[str] = []
        self._refusals = list(refusals)

    def redact(self, sid: str) -> None:
        """Refuse while there are refusals left."""
        self.asked.append(sid)
        if self._refusals:
            raise self._refusals.pop(0)


def run(database: Database, gateway: Any, now: datetime = NOW) -> Redacted:
    """One run, with every wait over."""
    with database.begin() as session:
        session.execute(update(Message).values(redact_at=None))
        session.execute(update(Inbound).values(redact_at=None))
    return redact(database.begin, gateway, now=now)


def put(database: Database, key: str, status: MessageStatus, **columns: Any) -> UUID:
    """A text to be erased, in a status, whose id at the provider is its key."""
    id = put_committed(database, key, redact=True)
    values = {"status": status, "provider_sid": key, "accepted_at": NOW, **columns}
    with database.begin() as session:
        session.execute(update(Message).where(Message.id == id).values(values))
    return id


def test_after_delivery_only_the_providers_copy_is_erased(
    committed: Database, worker: MakeWorker, gateway: TwilioGateway, simulator: SimulatorClient
) -> None:
    """Over HTTP: sent, delivered, erased once; our own copy stays."""
    wanted, other = put_committed(committed, "one", redact=True), put_committed(committed, "two")
    worker().run_once()
    simulator.wait_until_idle()
    with committed.begin() as session:
        session.execute(update(Message).values(status=S.DELIVERED))
    assert run(committed, gateway) == Redacted(asked=1, erased=1)
    assert run(committed, gateway) == Redacted()
    erased = {row["sid"]: row["redacted"] for row in simulator.texts()}
    assert erased == {
        read(committed, wanted).provider_sid: True,
        read(committed, other).provider_sid: False,
    }
    assert (read(committed, wanted).redacted_at, read(committed, wanted).body) == (NOW, "Hello one")


@pytest.mark.parametrize(
    ("status", "age", "asked"),
    [
        (S.DELIVERED, timedelta(0), True),
        (S.UNDELIVERED, timedelta(0), True),
        (S.FAILED, timedelta(0), True),
        (S.SENT, timedelta(hours=1), False),
        (S.SENT, timedelta(days=4), True),
        (S.ACCEPTED, timedelta(hours=1), False),
        (S.ACCEPTED, timedelta(days=4), True),
        (S.UNKNOWN, timedelta(days=4), False),
        (S.QUEUED, timedelta(days=4), False),
    ],
)
def test_only_texts_that_have_ended_are_erased(
    committed: Database, status: MessageStatus, age: timedelta, asked: bool
) -> None:
    """A text that may still be delivered needs its words; one without a receipt for days does
    not.
    """
    put(committed, "one", status, accepted_at=NOW - age)
    eraser = Eraser()
    run(committed, eraser)
    assert eraser.asked == (["one"] if asked else [])


def test_failed_requests_are_repeated_less_and_less_often(committed: Database) -> None:
    """Each failure doubles the wait, up to six hours; no text is forgotten."""
    id = put(committed, "one", S.DELIVERED)
    eraser = Eraser(*[GatewayUnavailable()] * 3)
    waits = []
    for _ in range(3):
        assert run(committed, eraser) == Redacted(asked=1, postponed=1)
        message = read(committed, id)
        assert message.redact_at is not None and message.redacted_at is None
        waits.append(message.redact_at)
        assert redact(committed.begin, eraser, now=NOW) == Redacted()  # type: ignore[arg-type]
    assert waits == sorted(waits)
    assert run(committed, eraser) == Redacted(asked=1, erased=1)


def test_a_provider_that_erases_nothing_is_not_asked_for_ever(committed: Database) -> None:
    """GOV.UK Notify has no such call."""
    put(committed, "one", S.DELIVERED)
    eraser = Eraser(NotOffered())
    assert run(committed, eraser) == Redacted(asked=1, not_offered=1)
    assert run(committed, eraser) == Redacted()


def test_texts_of_another_provider_are_left_to_it(committed: Database) -> None:
    """Their ids mean nothing to this provider."""
    put(committed, "one", S.DELIVERED, provider="notify")
    assert run(committed, Eraser()) == Redacted()


@pytest.mark.parametrize(
    ("status", "wanted", "asked"),
    [
        (InboundStatus.HANDLED, True, True),
        (InboundStatus.DISMISSED, True, True),
        (InboundStatus.RECEIVED, True, False),
        (InboundStatus.SET_ASIDE, True, False),
        (InboundStatus.HANDLED, False, False),
    ],
)
def test_texts_to_us_are_erased_too(
    committed: Database, status: InboundStatus, wanted: bool, asked: bool
) -> None:
    """Once they are handled, and only if the caller chose that."""
    with committed.begin() as session:
        inbound.store(
            session,
            twilio.read_text({"MessageSid": "SM1", "From": "+447700900001", "Body": "yes"}),
            now=NOW,
        )
        session.execute(update(Inbound).values(status=status, redact=wanted))
    eraser = Eraser()
    run(committed, eraser)
    assert eraser.asked == (["SM1"] if asked else [])
    with committed.begin() as session:
        assert session.scalars(select(Inbound.redacted_at)).one() == (NOW if asked else None)
