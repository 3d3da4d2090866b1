"""The nightly sweep signals lost contact: no reply, delivered text or attendance (rule 17)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.agencies.model import Hub, Staff
from engage.appointments.model import Outcome, OutcomeCode
from engage.core.model import Event
from engage.people.model import ContactStatus, CustodyStatus
from engage.signals import SignalKind
from messaging.states import MessageStatus
from messaging.tables import Message
from tests import builders
from tests.engage.cohort.nightly.nights import in_prison, swept, told
from tests.engage.conversation.phones import gone, says

DAY = timedelta(days=1)


@pytest.fixture
def hub(session: Session) -> Hub:
    """A hub with the usual settings."""
    return builders.hub(session)


@pytest.fixture
def pat(session: Session, hub: Hub) -> Staff:
    """An offender manager."""
    return builders.staff(session, hub)


@pytest.mark.parametrize(("days", "lost"), [(13, False), (14, True), (60, True)])
@pytest.mark.parametrize("last", ["reply", "delivery", "attendance", "release"])
def test_silence_is_signalled_after_fourteen_days(
    session: Session, pat: Staff, now: datetime, days: int, last: str, lost: bool
) -> None:
    """Rule 17: counted from the last reply, delivered text or attendance, and never from before
    release.
    """
    person = builders.person(session, pat, created_at=now - 365 * DAY)
    at = now - days * DAY
    if last == "reply":
        says(session, "ok see you", at)
        for answer in session.scalars(select(Message)):
            answer.status = MessageStatus.UNDELIVERED
    elif last == "delivery":
        gone(session, person, at).delivered_at = at
    elif last == "attendance":
        came = builders.appointment(session, person, at)
        session.add(
            Outcome(
                appointment_id=came.id,
                code=OutcomeCode.ATTENDED_COMPLIED,
                recorded_by="system",
                recorded_at=at,
            )
        )
    else:
        in_prison(session, person, None, released_on=at.date())
    swept(session, now + timedelta(hours=12) if last == "release" else now)
    assert [kind for kind, _ in told(session, person)] == [SignalKind.LOST_CONTACT] * lost


@pytest.mark.parametrize(
    "values",
    [
        {"custody_status": CustodyStatus.CUSTODY},
        {"custody_status": CustodyStatus.REMAND},
        {"contact_status": ContactStatus.CLOSED},
        {"contact_status": ContactStatus.SUSPENDED},
        {"contact_status": ContactStatus.DEAD},
    ],
)
def test_who_cannot_answer_is_not_lost(
    session: Session, pat: Staff, now: datetime, values: dict[str, Any]
) -> None:
    """A person in prison, or whose case allows no contact, is not lost; a person unlawfully at
    large is.
    """
    builders.person(session, pat, created_at=now - 60 * DAY, **values)
    at_large = builders.person(
        session,
        pat,
        number=None,
        created_at=now - 60 * DAY,
        custody_status=CustodyStatus.UNLAWFULLY_AT_LARGE,
    )
    assert swept(session, now).raised == 1
    assert [kind for kind, _ in told(session, at_large)] == [SignalKind.LOST_CONTACT]


def test_texts_that_did_not_arrive_are_no_contact_and_no_fault(
    session: Session, pat: Staff, now: datetime
) -> None:
    """Rules 8 and 17: an undelivered text is not contact, and the signal blames nobody."""
    person = builders.person(session, pat, created_at=now - 60 * DAY)
    gone(session, person, now - DAY, status=MessageStatus.UNDELIVERED)
    swept(session, now)
    why = "No reply, attendance or delivered text since Tue 19 January 2027, 60 days ago."
    assert told(session, person) == [(SignalKind.LOST_CONTACT, why)]


@pytest.mark.parametrize(
    ("heard", "night", "lost"),
    [
        ("2027-03-06T15:00:00+00:00", "2027-03-20T02:00:00+00:00", True),
        ("2027-03-06T00:00:00+00:00", "2027-03-19T23:59:00+00:00", False),
        ("2027-10-19T00:30:00+01:00", "2027-11-01T23:45:00+00:00", False),
        ("2027-10-19T00:30:00+01:00", "2027-11-02T00:00:00+00:00", True),
    ],
)
def test_silence_is_counted_in_calendar_days(
    session: Session, pat: Staff, heard: str, night: str, lost: bool
) -> None:
    """At any hour, and across the end of summer time, as for the status."""
    person = builders.person(session, pat, created_at=datetime.fromisoformat(heard))
    swept(session, datetime.fromisoformat(night))
    assert [kind for kind, _ in told(session, person)] == [SignalKind.LOST_CONTACT] * lost


def test_the_text_delivered_last_counts(session: Session, pat: Staff, now: datetime) -> None:
    """A text that was written earlier may be delivered later, when the phone is on again."""
    person = builders.person(session, pat, created_at=now - 60 * DAY)
    gone(session, person, now - 17 * DAY).delivered_at = now - 14 * DAY
    gone(session, person, now - 16 * DAY).delivered_at = now - 16 * DAY
    swept(session, now)
    assert [why for _, why in told(session, person)] == [
        "The last text was delivered on Sat 6 March 2027, 14 days ago. No contact since."
    ]


def test_a_hub_chooses_how_long_silence_may_last(session: Session, now: datetime) -> None:
    """The number of days is the hub's setting."""
    patient = builders.hub(session, silent_days=30)
    person = builders.person(session, builders.staff(session, patient), created_at=now - 29 * DAY)
    assert swept(session, now).raised == 0
    swept(session, now + DAY)
    assert [kind for kind, _ in told(session, person)] == [SignalKind.LOST_CONTACT]


def test_contact_resolves_the_signal_and_a_new_silence_is_a_new_cause(
    session: Session, pat: Staff, now: datetime
) -> None:
    """One signal for each silence: resolved on contact, raised again for the next silence."""
    person = builders.person(session, pat, created_at=now - 60 * DAY)
    assert swept(session, now).raised == 1
    gone(session, person, now + DAY).delivered_at = now + DAY
    assert swept(session, now + 2 * DAY).resolved == 1
    assert told(session, person) == []
    swept(session, now + 15 * DAY)
    assert [why for _, why in told(session, person)] == [
        "The last text was delivered on Sun 21 March 2027, 14 days ago. No contact since."
    ]
    kinds = session.scalars(
        select(Event.kind)
        .where(Event.person_id == person.id, Event.actor == "system")
        .order_by(Event.id)
    )
    assert [kind for kind in kinds if kind.startswith("signal.")] == [
        "signal.raised",
        "signal.resolved",
        "signal.raised",
    ]
