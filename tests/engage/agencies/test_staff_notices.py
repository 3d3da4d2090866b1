"""Notices to staff: nothing personal is disclosed, each item is notified once, and staff may
decline notices.
"""

from dataclasses import fields
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import SYSTEM
from engage.agencies import staff_notices
from engage.agencies.model import Staff
from engage.conversation import sweeps
from engage.core.errors import Invalid, NotFound
from engage.queries import listings
from engage.sending import last_look
from messaging import suppression
from messaging.outbox import Lane
from messaging.sending.dispatch import Claimed, Withhold
from messaging.tables import Message
from tests import builders

NOW = builders.NOW
MOBILE = "+447700900990"


@pytest.fixture
def worker(session: Session) -> Staff:
    """A member of staff who wants notices on a mobile."""
    made = builders.staff(session, builders.hub(session))
    staff_notices.set_mobile(session, made, "07700 900990", wants=True, actor="system", now=NOW)
    return made


def queued(session: Session) -> list[Message]:
    """Every text in the queue, oldest first."""
    return list(session.scalars(select(Message).order_by(Message.created_at, Message.id)))


def claimed(message: Message) -> Claimed:
    """The text as the last look before sending sees it."""
    given = {field.name: getattr(message, field.name, None) for field in fields(Claimed)}
    return Claimed(**given)


def test_it_says_that_an_item_needs_them_and_nothing_else(session: Session, worker: Staff) -> None:
    """The words are fixed and the recipient is not the id of a person. An ordinary notice goes in
    the lane of replies, an urgent one in the safety lane.
    """
    assert staff_notices.notify_worker(session, worker, about="late:1", now=NOW)
    assert staff_notices.notify_worker(session, worker, about="alarm:1", now=NOW, urgent=True)
    ordinary, urgent = queued(session)
    assert {ordinary.body, urgent.body} == {"Engage: an item needs you. Please sign in."}
    assert ordinary.recipient == f"staff:{worker.id}" and ordinary.to_number == MOBILE
    assert (ordinary.lane, urgent.lane) == (Lane.REPLY, Lane.SAFETY)
    assert last_look.last_look(session, [claimed(ordinary), claimed(urgent)], NOW) == {}


def test_one_item_is_notified_once(session: Session, worker: Staff) -> None:
    """A second notice with the same `about` queues nothing."""
    assert staff_notices.notify_worker(session, worker, about="late:1", now=NOW)
    assert staff_notices.notify_worker(
        session, worker, about="late:1", now=NOW + timedelta(hours=1)
    )
    assert len(queued(session)) == 1


@pytest.mark.parametrize("reason", ["no mobile", "wants none", "left", "stopped"])
def test_no_notice_goes_to_staff_who_cannot_or_do_not_want_to_get_one(
    session: Session, worker: Staff, reason: str
) -> None:
    """No text is queued without a mobile, to staff who have left or declined notices, or to a
    suppressed number.
    """
    if reason == "no mobile":
        staff_notices.set_mobile(session, worker, "", wants=True, actor="system", now=NOW)
    elif reason == "wants none":
        staff_notices.set_mobile(session, worker, MOBILE, wants=False, actor="system", now=NOW)
    elif reason == "left":
        worker.active = False
    else:
        suppression.suppress(session, MOBILE, "STOP", "inbound:1", NOW)
    assert not staff_notices.notify_worker(session, worker, about="late:1", now=NOW)
    assert queued(session) == []


def test_a_notice_that_is_not_urgent_waits_for_the_morning(session: Session, worker: Staff) -> None:
    """At 22:30 an ordinary notice is postponed to 7:00; an urgent one goes at once."""
    night = datetime.fromisoformat("2027-03-20T22:30:00+00:00")
    staff_notices.notify_worker(session, worker, about="a", now=night)
    staff_notices.notify_worker(session, worker, about="b", now=night, urgent=True)
    sent = {message.lane: message.send_after for message in queued(session)}
    assert sent[Lane.REPLY] == datetime.fromisoformat("2027-03-21T07:00:00+00:00")
    assert sent[Lane.SAFETY] == night


def test_declining_notices_stops_those_in_the_queue(session: Session, worker: Staff) -> None:
    """A queued notice is withdrawn, and the last look stops one that is already leased."""
    staff_notices.notify_worker(session, worker, about="a", now=NOW)
    (message,) = queued(session)
    staff_notices.set_mobile(session, worker, MOBILE, wants=False, actor="system", now=NOW)
    session.refresh(message)
    assert message.status.value == "withdrawn"
    assert isinstance(last_look.last_look(session, [claimed(message)], NOW)[message.id], Withhold)


@pytest.mark.parametrize("given", ["0191 498 0100", "hello", "07700", "+33612345678"])
def test_a_number_that_is_not_a_uk_mobile_is_refused(
    session: Session, worker: Staff, given: str
) -> None:
    """The old number stays."""
    with pytest.raises(Invalid) as refused:
        staff_notices.set_mobile(session, worker, given, wants=True, actor="system", now=NOW)
    assert "mobile" in refused.value.fields
    assert worker.mobile == MOBILE


def test_a_notice_is_not_a_persons_text(session: Session, worker: Staff) -> None:
    """It cannot be read as a person's message, and does not count as an unanswered text."""
    builders.person(session, worker, number=MOBILE)
    for about in ("a", "b", "c", "d"):
        staff_notices.notify_worker(session, worker, about=about, now=NOW)
    for message in queued(session):
        message.status = type(message.status)("delivered")
    session.flush()
    assert sweeps.signal_no_reply(session, now=NOW + timedelta(days=3)) == 0
    with pytest.raises(NotFound):
        listings.message(session, SYSTEM, queued(session)[0].id, now=NOW)
