"""What happens with time: unread replies, no reply, and questions without an answer."""

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.agencies.model import Hub
from engage.conversation import sweeps
from engage.conversation.sweeps import SweepCounts
from engage.core.db import Database
from engage.people.model import ContactStatus, NumberState, Person
from engage.signals import Signal, SignalKind
from messaging.states import MessageStatus
from tests import builders
from tests.engage.conversation.phones import (
    OTHER,
    asked,
    gone,
    minutes,
    open_questions,
    open_signals,
    point_of,
    says,
    signal,
)

DAY = timedelta(days=1)
UNCLEAR = "my nan has the dog"


@pytest.mark.parametrize(
    ("came", "not_yet", "then"),
    [
        ("2027-03-22T10:00", "2027-03-23T09:59", "2027-03-23T10:00"),
        ("2027-03-19T16:00", "2027-03-22T15:59", "2027-03-22T16:00"),
        ("2027-03-20T12:00", "2027-03-23T08:59", "2027-03-23T09:00"),
        ("2027-03-26T16:00", "2027-03-29T14:59", "2027-03-29T15:00"),
    ],
)
def test_a_reply_unread_for_a_working_day_raises_a_signal(
    session: Session, katrina: Person, came: str, not_yet: str, then: str
) -> None:
    """Weekends do not count. The clock is the hub's, also across the change to summer time."""
    at = [datetime.fromisoformat(f"{moment}+00:00") for moment in (came, not_yet, then)]
    says(session, UNCLEAR, at[0])
    assert sweeps.signal_unread_replies(session, now=at[1]) == 0
    assert sweeps.signal_unread_replies(session, now=at[2]) == 1
    assert open_signals(session, katrina) == [SignalKind.REPLY_UNREAD]


def test_a_closed_day_of_the_hub_does_not_count(session: Session, now: datetime) -> None:
    """The hub lists the days on which it is closed."""
    hub = builders.hub(session, closed_days=["2027-03-23"])
    builders.person(session, builders.staff(session, hub))
    says(session, UNCLEAR, now + 2 * DAY)
    assert sweeps.signal_unread_replies(session, now=now + 3 * DAY) == 0
    assert sweeps.signal_unread_replies(session, now=now + 4 * DAY) == 1


def test_one_signal_for_all_that_waits_and_a_new_one_for_later_texts(
    session: Session, katrina: Person, now: datetime
) -> None:
    """A text raises no second signal, and a resolved signal does not hide a later text."""
    for count in range(3):
        says(session, UNCLEAR, now + minutes(count))
    assert sweeps.signal_unread_replies(session, now=now + 7 * DAY) == 1
    assert len(signal(session, katrina, SignalKind.REPLY_UNREAD).evidence) == 3
    for _ in range(2):
        assert sweeps.signal_unread_replies(session, now=now + 8 * DAY) == 0
    from engage import signals

    signals.resolve(
        session,
        signal(session, katrina, SignalKind.REPLY_UNREAD),
        how="Rang.",
        actor="staff:x",
        now=now + 8 * DAY,
    )
    assert sweeps.signal_unread_replies(session, now=now + 9 * DAY) == 0
    says(session, UNCLEAR, now + 9 * DAY)
    assert sweeps.signal_unread_replies(session, now=now + 20 * DAY) == 1


def test_a_text_that_needs_no_worker_raises_no_signal(
    session: Session, katrina: Person, now: datetime
) -> None:
    """Only replies that need a worker count."""
    says(session, "thanks", now)
    assert sweeps.signal_unread_replies(session, now=now + 9 * DAY) == 0


def three_texts(session: Session, whose: Person, now: datetime, **values: object) -> None:
    """Three texts that reached the phone, on three days."""
    for day in range(3):
        gone(session, whose, now + day * DAY, texts="one_day", **values)  # type: ignore[arg-type]


def test_three_texts_without_an_answer_raise_one_signal(
    session: Session, katrina: Person, now: datetime
) -> None:
    """A day after the third, with the three texts as evidence. However long it lasts, no second one
    is raised.
    """
    three_texts(session, katrina, now)
    assert sweeps.signal_no_reply(session, now=now + 2 * DAY + timedelta(hours=23)) == 0
    assert sweeps.signal_no_reply(session, now=now + 3 * DAY) == 1
    raised = signal(session, katrina, SignalKind.NO_REPLY)
    assert [link["type"] for link in raised.evidence] == ["message"] * 3
    gone(session, katrina, now + 4 * DAY)
    assert sweeps.signal_no_reply(session, now=now + 9 * DAY) == 0


def test_an_answer_restarts_the_count(session: Session, katrina: Person, now: datetime) -> None:
    """Two texts before it and two after raise nothing; three after raise a new signal."""
    for day in range(2):
        gone(session, katrina, now + day * DAY)
    says(session, "thanks", now + 2 * DAY)
    for day in range(2):
        gone(session, katrina, now + (3 + day) * DAY)
    assert sweeps.signal_no_reply(session, now=now + 9 * DAY) == 0
    gone(session, katrina, now + 5 * DAY)
    assert sweeps.signal_no_reply(session, now=now + 9 * DAY) == 1
    says(session, "thanks", now + 10 * DAY)
    three_texts(session, katrina, now + 11 * DAY)
    assert sweeps.signal_no_reply(session, now=now + 20 * DAY) == 1


@pytest.mark.parametrize(
    "values",
    [
        {"status": MessageStatus.UNDELIVERED},
        {"status": MessageStatus.UNKNOWN},
        {"status": MessageStatus.WITHDRAWN},
        {"purpose": "reply"},
        {"purpose": "number_check"},
        {"to": OTHER},
    ],
)
def test_only_texts_that_asked_and_arrived_count(
    session: Session, katrina: Person, now: datetime, values: dict[str, object]
) -> None:
    """The person did not ignore what the network lost."""
    three_texts(session, katrina, now, **values)
    assert sweeps.signal_no_reply(session, now=now + 9 * DAY) == 0


def test_a_cancellation_asks_nothing(session: Session, katrina: Person, now: datetime) -> None:
    """There is nothing to answer."""
    for day in range(3):
        gone(session, katrina, now + day * DAY, texts="called_off_home")
    assert sweeps.signal_no_reply(session, now=now + 9 * DAY) == 0


def test_only_people_who_may_be_texted_count(
    session: Session, katrina: Person, now: datetime
) -> None:
    """A suspended number or a closed case has its own reasons."""
    three_texts(session, katrina, now)
    katrina.contact_status = ContactStatus.CLOSED
    session.flush()
    assert sweeps.signal_no_reply(session, now=now + 9 * DAY) == 0
    katrina.contact_status = ContactStatus.OPEN
    point_of(session, katrina).state = NumberState.SUSPENDED
    session.flush()
    assert sweeps.signal_no_reply(session, now=now + 9 * DAY) == 0


def test_the_number_of_texts_is_a_hub_setting(session: Session, now: datetime) -> None:
    """Three is the default."""
    hub: Hub = builders.hub(session, unanswered_texts=5)
    person = builders.person(session, builders.staff(session, hub))
    three_texts(session, person, now)
    assert sweeps.signal_no_reply(session, now=now + 9 * DAY) == 0
    for _ in range(2):
        gone(session, person, now + 3 * DAY)
    assert sweeps.signal_no_reply(session, now=now + 9 * DAY) == 1


def test_an_unanswered_which_one_goes_to_a_worker(
    session: Session, katrina: Person, now: datetime
) -> None:
    """The yes is known, and the appointment is not."""
    for day in range(2):
        asked(session, builders.appointment(session, katrina, now + (2 + day) * DAY), now - DAY)
    reading = says(session, "yes", now)
    assert sweeps.sweep(session, now=now + timedelta(hours=23)) == SweepCounts()
    assert sweeps.sweep(session, now=now + DAY).unanswered == 1
    session.refresh(reading)
    assert reading.needs_human
    assert reading.done.endswith("no answer came")
    assert open_questions(session) == []
    assert sweeps.sweep(session, now=now + DAY).unanswered == 0


def test_two_workers_sweep_once(committed: Database, now: datetime) -> None:
    """While one runs the other leaves; a repeat finds nothing new."""
    with committed.begin() as session:
        person = builders.person(session, builders.staff(session, builders.hub(session)))
        says(session, UNCLEAR, now)
        three_texts(session, person, now - 9 * DAY)
    inside, over = threading.Event(), threading.Event()
    found: list[SweepCounts] = []

    def first() -> None:
        with committed.begin() as session:
            found.append(sweeps.sweep(session, now=now + 7 * DAY))
            inside.set()
            over.wait(20)

    worker = threading.Thread(target=first)
    worker.start()
    assert inside.wait(20)
    with committed.begin() as session:
        assert sweeps.sweep(session, now=now + 7 * DAY) == SweepCounts()
    over.set()
    worker.join()
    assert found == [SweepCounts(unread=1)]
    with committed.begin() as session:
        assert sweeps.sweep(session, now=now + 7 * DAY) == SweepCounts()
        assert session.scalar(select(func.count()).select_from(Signal)) == 1
