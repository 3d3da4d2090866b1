"""Texts from unknown numbers: coordinators read them and find out whose they are."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from engage.access.policy import SYSTEM
from engage.agencies import staff_notices
from engage.agencies.model import Staff
from engage.conversation import intake
from engage.conversation.model import ReplyRecord
from engage.conversation.safety import on_call, rota
from engage.conversation.safety.rota import NewTurn
from engage.core.db import Database
from engage.people.model import ContactPoint
from messaging import inbound
from messaging.gateways.twilio import webhooks as twilio
from tests import builders
from tests.api.pages.conftest import House
from tests.api.pages.visitor import Visitor
from tests.engage.conversation.phones import says

SitDown = Callable[[Staff], Visitor]


@pytest.fixture
def stranger(committed: Database, house: House, now: datetime) -> uuid.UUID:
    """A text from an unknown number. Returns the id of its reading."""
    with committed.begin() as session:
        inbound.store(
            session,
            twilio.read_text(
                {
                    "MessageSid": "SM" + "1" * 32,
                    "From": "+447700900555",
                    "To": "+447700900999",
                    "Body": "its kat, new phone",
                    "NumMedia": "0",
                }
            ),
            now=now,
        )
    inbound.handle_next(committed.begin, intake.handle, now=now)
    with committed.begin() as session:
        return session.scalars(select(ReplyRecord.id)).one()


def test_only_a_coordinator_reads_them(
    house: House, stranger: uuid.UUID, sit_down: SitDown
) -> None:
    """Today links the coordinator to them.

    An offender manager, a partner and an auditor have no such page.
    """
    coordinator = sit_down(house.coordinator)
    assert "1 unknown number" in coordinator.open("/today").words
    page = coordinator.open("/unknown-numbers")
    assert "“its kat, new phone”" in page.words and "07700 900555" in page.words
    for who in (house.pat, house.partner, house.auditor, house.administrator):
        visitor = sit_down(who)
        assert visitor.open("/unknown-numbers").status == 403
        assert "unknown number" not in visitor.open("/today").words.lower()
        assert visitor.open(f"/unknown-numbers/{stranger}/claim").status == 403


def test_danger_from_an_unknown_number_shows_who_was_notified(
    committed: Database, house: House, now: datetime, sit_down: SitDown
) -> None:
    """Each step of the alarm is shown beside the text, as on a signal's page.

    A text without danger shows none.
    """
    with committed.begin() as session:
        coordinator = session.get_one(Staff, house.coordinator.id)
        staff_notices.set_mobile(
            session, coordinator, "07700900991", wants=True, actor="system", now=now
        )
        new = NewTurn(house.hub.id, coordinator.id, now, now + timedelta(hours=1))
        rota.add(session, SYSTEM, new, now=now)
        says(session, "who is this", now, number="+447700900556")
        says(session, "i want to die", now, number="+447700900555")
        on_call.advance_due(session, now=now)
    page = sit_down(house.coordinator).open("/unknown-numbers")
    assert page.words.count("Notified") == 1
    assert "Chidi Okafor was told, on call at level 1" in page.words
    assert "Not marked as read" in page.words


def test_a_text_is_marked_as_read(house: House, stranger: uuid.UUID, sit_down: SitDown) -> None:
    """It then leaves the list."""
    visitor = sit_down(house.coordinator)
    page = visitor.send(visitor.open("/unknown-numbers").form("/read"))
    assert page.address == "/unknown-numbers" and "Nothing waits to be read" in page.words


def test_a_number_is_claimed_for_a_person_and_its_texts_move(
    committed: Database, house: House, stranger: uuid.UUID, sit_down: SitDown
) -> None:
    """Found by name and chosen; the text is then in that person's thread."""
    with committed.begin() as session:
        person = builders.person(session, house.pat)
    visitor = sit_down(house.coordinator)
    page = visitor.open(f"/unknown-numbers/{stranger}/claim?q=dodds")
    assert visitor.send(page.form("/claim", "csrf_token")).status == 422
    page = visitor.send(page.form("/claim", "csrf_token"), person=str(person.id))
    assert page.address == f"/people/{person.id}" and "its kat, new phone" in page.words
    with committed.begin() as session:
        assert "+447700900555" in session.scalars(select(ContactPoint.number)).all()
    assert visitor.open(f"/unknown-numbers/{stranger}/claim").status == 404
