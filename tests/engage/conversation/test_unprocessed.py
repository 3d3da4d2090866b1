"""A text that Engage failed at waits for the human whose it is, with its words, and blocks nobody."""

from datetime import datetime

import pytest
from sqlalchemy import func, select

from engage.access.policy import Actor
from engage.conversation import intake, unprocessed
from engage.conversation.model import ReplyRecord
from engage.core.db import Database
from engage.core.model import Event
from engage.queries.conversation import unread
from messaging import inbound
from messaging.gateways.twilio import webhooks as twilio
from messaging.tables import Inbound, InboundStatus
from tests import builders
from tests.api.pages.stalled import NUMBER, WORDS
from tests.api.pages.stalled import set_aside as fail


def test_it_waits_for_the_offender_manager_of_whoever_wrote(
    committed: Database, now: datetime
) -> None:
    """One reading that understands nothing and asks for a human; again it finds nothing to do."""
    with committed.begin() as session:
        om = builders.staff(session, builders.hub(session))
        person = builders.person(session, om)
    id = fail(committed, now)
    with committed.begin() as session:
        assert unprocessed.show(session, now=now) == 1
        assert unprocessed.show(session, now=now) == 0
    with committed.begin() as session:
        reading = session.scalars(select(ReplyRecord)).one()
        assert (reading.inbound_id, reading.person_id, reading.needs_human) == (id, person.id, True)
        assert (reading.intent, reading.act, reading.done) == ("other", False, unprocessed.DONE)
        (waiting,) = unread.unread(session, actor_of(om))
        assert waiting.words == WORDS
        event = session.scalars(select(Event).where(Event.kind == "reply.set_aside")).one()
        assert (event.person_id, event.data) == (person.id, {"inbound": id})


def actor_of(om: object) -> Actor:
    """The actor that a member of staff is."""
    return builders.actor(om)  # type: ignore[arg-type]


@pytest.mark.parametrize("holders", [0, 2])
def test_of_nobody_or_of_several_it_waits_for_a_coordinator(
    committed: Database, now: datetime, holders: int
) -> None:
    """Never guessed: it is under the unknown numbers."""
    with committed.begin() as session:
        om = builders.staff(session, builders.hub(session))
        for _ in range(holders):
            builders.person(session, om)
    fail(committed, now)
    with committed.begin() as session:
        unprocessed.show(session, now=now)
        assert session.scalars(select(ReplyRecord.person_id)).one() is None


def test_texts_behind_it_go_on(committed: Database, now: datetime) -> None:
    """The next text of the same number, and those of others, are read as ever."""
    with committed.begin() as session:
        builders.person(session, builders.staff(session, builders.hub(session)))
    fail(committed, now)
    with committed.begin() as session:
        inbound.store(
            session,
            twilio.read_text({"MessageSid": "SM2", "From": NUMBER, "Body": "HELP"}),
            now=now,
        )
        inbound.store(
            session,
            twilio.read_text({"MessageSid": "SM3", "From": "+447700900555", "Body": "hello"}),
            now=now,
        )
    while inbound.handle_next(committed.begin, intake.handle, now=now):
        pass
    with committed.begin() as session:
        states = session.execute(
            select(Inbound.status, func.count()).group_by(Inbound.status)
        ).all()
        assert {(status, count) for status, count in states} == {
            (InboundStatus.SET_ASIDE, 1),
            (InboundStatus.HANDLED, 2),
        }
