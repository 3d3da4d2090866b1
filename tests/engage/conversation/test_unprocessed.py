"""A text that Engage failed to handle waits for a worker with its words, and delays no other
text.
"""

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


def test_it_waits_for_the_offender_manager_of_the_person(
    committed: Database, now: datetime
) -> None:
    """One record without a meaning that needs a worker. A second run finds nothing to do."""
    with committed.begin() as session:
        om = builders.staff(session, builders.hub(session))
        person = builders.person(session, om)
    id = fail(committed, now)
    with committed.begin() as session:
        assert unprocessed.add_missing_records(session, now=now) == 1
        assert unprocessed.add_missing_records(session, now=now) == 0
    with committed.begin() as session:
        reading = session.scalars(select(ReplyRecord)).one()
        assert (reading.inbound_id, reading.person_id, reading.needs_human) == (id, person.id, True)
        assert (reading.intent, reading.act, reading.done) == ("other", False, unprocessed.DONE)
        (waiting,) = unread.unread(session, actor_of(om))
        assert waiting.words == WORDS
        event = session.scalars(select(Event).where(Event.kind == "reply.set_aside")).one()
        assert (event.person_id, event.data) == (person.id, {"inbound": id})


def actor_of(om: object) -> Actor:
    """The actor of a member of staff."""
    return builders.actor(om)  # type: ignore[arg-type]


@pytest.mark.parametrize("holders", [0, 2])
def test_with_no_owner_or_several_it_waits_for_a_coordinator(
    committed: Database, now: datetime, holders: int
) -> None:
    """It is listed under the unknown numbers, and nothing is guessed."""
    with committed.begin() as session:
        om = builders.staff(session, builders.hub(session))
        for _ in range(holders):
            builders.person(session, om)
    fail(committed, now)
    with committed.begin() as session:
        unprocessed.add_missing_records(session, now=now)
        assert session.scalars(select(ReplyRecord.person_id)).one() is None


def test_later_texts_are_handled(committed: Database, now: datetime) -> None:
    """The next text of the same number, and those of other numbers, are handled as usual."""
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
