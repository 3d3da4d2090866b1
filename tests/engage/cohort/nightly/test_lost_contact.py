"""A number with no contact for sixty days is asked again whose it is (rule 17)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engage.access.policy import SYSTEM
from engage.agencies.model import Hub, Staff
from engage.core.model import Event
from engage.people import phones
from engage.people.model import ContactPoint, ContactStatus, CustodyStatus, NumberState, Person
from messaging.states import MessageStatus
from messaging.tables import Message
from tests import builders
from tests.engage.cohort.nightly.nights import swept
from tests.engage.conversation.phones import gone, point_of, says

DAY = timedelta(days=1)


@pytest.fixture
def pat(session: Session) -> Staff:
    """An offender manager at a hub with the usual settings."""
    return builders.staff(session, builders.hub(session))


def silent(session: Session, pat: Staff, now: datetime, days: int, **values: Any) -> Person:
    """A person with no contact for so many days, whose number was verified before."""
    person = builders.person(session, pat, created_at=now - days * DAY, **values)
    _verified_since(session, person, now - days * DAY)
    return person


def _verified_since(session: Session, person: Person, at: datetime) -> None:
    session.execute(
        update(ContactPoint).where(ContactPoint.person_id == person.id).values(verified_at=at)
    )
    session.expire_all()


def checks(session: Session, person: Person) -> list[Message]:
    """The texts that asked the person whose phone it is, in order."""
    return list(
        session.scalars(
            select(Message)
            .where(
                Message.recipient == str(person.id),
                Message.context["purpose"].astext == "number_check",
            )
            .order_by(Message.created_at)
        )
    )


@pytest.mark.parametrize(("days", "asked"), [(59, False), (60, True), (200, True)])
def test_the_number_is_asked_after_sixty_silent_days(
    session: Session, pat: Staff, now: datetime, days: int, asked: bool
) -> None:
    """The text that asks a new number goes, by day, and nothing else until it is confirmed."""
    person = silent(session, pat, now, days)
    swept(session, now.replace(hour=2))
    texts = checks(session, person)
    assert len(texts) == asked
    assert point_of(session, person).state is (
        NumberState.CHECKING if asked else NumberState.VERIFIED
    )
    if asked:
        assert texts[0].body == "Hi, is this Katrina's phone? Reply 1 for yes, 2 for no"
        assert texts[0].send_after.hour >= 9
        kinds = session.scalars(
            select(Event.kind).where(Event.person_id == person.id).order_by(Event.id)
        ).all()
        assert kinds.count("number.check_asked") == 1


def test_once_for_each_silence(session: Session, pat: Staff, now: datetime) -> None:
    """Another night does not ask again, nor after a worker has verified the number; a new silence
    does.
    """
    person = silent(session, pat, now, 70)
    swept(session, now)
    swept(session, now + DAY)
    assert len(checks(session, person)) == 1
    checks(session, person)[0].status = MessageStatus.UNDELIVERED
    phones.verify_number(session, SYSTEM, person.id, how="asked face to face", now=now + DAY)
    phones.confirm_safe(session, SYSTEM, person.id, now=now + 80 * DAY)
    swept(session, now + 90 * DAY)
    assert len(checks(session, person)) == 1
    gone(session, person, now + 91 * DAY).delivered_at = now + 91 * DAY
    phones.confirm_safe(session, SYSTEM, person.id, now=now + 150 * DAY)
    swept(session, now + 152 * DAY)
    assert len(checks(session, person)) == 2


def test_a_number_that_a_worker_verified_is_left_alone(
    session: Session, pat: Staff, now: datetime
) -> None:
    """Verified in person counts: sixty days from then."""
    person = silent(session, pat, now, 200)
    _verified_since(session, person, now - 20 * DAY)
    swept(session, now)
    assert checks(session, person) == []


@pytest.mark.parametrize(
    "values",
    [
        {"contact_status": ContactStatus.CLOSED},
        {"custody_status": CustodyStatus.CUSTODY},
        {"custody_status": CustodyStatus.UNLAWFULLY_AT_LARGE},
        {"restricted": True},
        {"texts_paused_at": builders.NOW},
        {"number": None},
        {"verified": False},
    ],
)
def test_who_may_not_be_texted_is_not_asked(
    session: Session, pat: Staff, now: datetime, values: dict[str, Any]
) -> None:
    """Rule 1 applies to this text as to every other."""
    person = silent(session, pat, now, 70, **values)
    swept(session, now)
    assert checks(session, person) == []


def test_their_yes_confirms_the_number_and_ends_the_silence(
    session: Session, pat: Staff, now: datetime
) -> None:
    """The answer is read like that of a new number."""
    person = silent(session, pat, now, 70)
    swept(session, now)
    text = checks(session, person)[0]
    text.status, text.claimed_at, text.delivered_at = MessageStatus.DELIVERED, now, now
    session.flush()
    says(session, "1", now + timedelta(hours=1))
    assert point_of(session, person).state is NumberState.VERIFIED
    swept(session, now + DAY)
    assert len(checks(session, person)) == 1


def test_a_hub_chooses_after_how_many_days(session: Session, now: datetime) -> None:
    """The number of days is the hub's setting."""
    hub: Hub = builders.hub(session, recheck_number_days=90)
    person = silent(session, builders.staff(session, hub), now, 89)
    swept(session, now)
    assert checks(session, person) == []
    swept(session, now + DAY)
    assert len(checks(session, person)) == 1
