"""A call is due at the time asked for, or within one working day if the words give no usable
time.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from engage.conversation.handlers.call_times import due
from engage.signals import SignalKind
from engage.understanding.vocabulary import Intent
from tests import builders
from tests.engage.conversation.phones import signal
from tests.engage.conversation.turns import hear, read_as

LONDON = ZoneInfo("Europe/London")
WEDNESDAY = "2027-03-24T10:00"


def local(words: str) -> datetime:
    """A moment in London time."""
    return datetime.fromisoformat(words).replace(tzinfo=LONDON)


@pytest.mark.parametrize(
    ("received", "day", "at", "expected"),
    [
        (WEDNESDAY, None, None, "2027-03-25T10:00"),
        (WEDNESDAY, "today", None, "2027-03-24T17:00"),
        (WEDNESDAY, None, "14:30", "2027-03-24T14:30"),
        (WEDNESDAY, None, "09:00", "2027-03-25T09:00"),
        (WEDNESDAY, "tomorrow", None, "2027-03-25T17:00"),
        (WEDNESDAY, "tomorrow", "14:00", "2027-03-25T14:00"),
        (WEDNESDAY, "fri", "11:15", "2027-03-26T11:15"),
        (WEDNESDAY, "wed", None, "2027-03-24T17:00"),
        (WEDNESDAY, "tue", None, "2027-03-30T17:00"),
        (WEDNESDAY, "sat", "11:00", "2027-03-25T10:00"),
        (WEDNESDAY, "mon", None, "2027-03-25T10:00"),
        (WEDNESDAY, None, "02:00", "2027-03-25T10:00"),
        ("2027-03-24T18:00", "today", None, "2027-03-25T18:00"),
        ("2027-03-24T18:00", "today", "17:30", "2027-03-25T18:00"),
        ("2027-03-26T18:00", None, "14:00", "2027-03-30T18:00"),
        ("2027-03-27T12:00", None, None, "2027-03-31T09:00"),
    ],
)
def test_when_a_call_is_due(received: str, day: str | None, at: str | None, expected: str) -> None:
    """The hub is closed on Monday 29 March; the clocks go forward on the 28th."""
    closed = {date(2027, 3, 29)}
    assert due(day, at, received_at=local(received), zone=LONDON, closed=closed) == local(expected)


@pytest.mark.parametrize(
    ("intents", "words", "due", "why"),
    [
        ((Intent.CALL_ME,), {}, "2027-03-23T09:00", "They asked by text for a call."),
        (
            (Intent.CALL_ME,),
            {"day": "mon", "time": "14:30"},
            "2027-03-22T14:30",
            "They asked by text for a call, Monday at 14:30.",
        ),
        (
            (Intent.CALL_ME, Intent.DECLINE),
            {"day": "mon"},
            "2027-03-23T09:00",
            "They asked by text for a call.",
        ),
    ],
)
def test_a_call_is_due_when_it_was_asked_for(
    session: Session,
    now: datetime,
    intents: tuple[Intent, ...],
    words: dict[str, str],
    due: str,
    why: str,
) -> None:
    """The day of an appointment that they cannot attend is not the day of the call."""
    katrina = builders.person(session, builders.staff(session, builders.hub(session)))
    hear(session, katrina, read_as(*intents, **words), now)
    raised = signal(session, katrina, SignalKind.CALL_REQUESTED)
    assert (raised.due_at, raised.why) == (local(due), why)
