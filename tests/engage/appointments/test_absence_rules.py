"""Rules 4 and 5 as tables: which outcome is proposed, until when an absence can be explained, and
when the person is asked.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from engage.appointments.absence_rules import (
    PROPOSED_OUTCOMES,
    decision_due_from,
    plan_chasers,
    proposed_outcome,
    window_ends,
)
from engage.appointments.kinds import OutcomeCode
from engage.appointments.reminders.rules import ACCEPTABLE_ABSENCES
from engage.understanding.vocabulary import Cause

LONDON = ZoneInfo("Europe/London")
HOURS = (9, 20)


def local(words: str) -> datetime:
    """A moment on the wall clock of London."""
    return datetime.fromisoformat(words).replace(tzinfo=LONDON)


@pytest.mark.parametrize(
    ("cause", "code"),
    [
        ("illness", "AAME"),
        ("work", "AAEM"),
        ("family", "AAFC"),
        ("childcare", "AAFC"),
        ("bereavement", "AAFC"),
        ("court", "AACL"),
        ("custody", "AARC"),
        ("religion", "AARE"),
        ("holiday", "AAHO"),
        ("transport", None),
        ("money", None),
        ("phone", None),
        ("forgot", None),
        ("overslept", None),
        (None, None),
        ("", None),
    ],
)
def test_which_outcome_a_cause_proposes(cause: str | None, code: str | None) -> None:
    """Rule 4: the national code for the cause, or else a worker's judgement."""
    assert proposed_outcome(cause) == (None if code is None else OutcomeCode(code))


def test_only_acceptable_absences_are_ever_proposed() -> None:
    """A self-reported reason can help the person and never harm them; and Engage recognises every
    cause.
    """
    assert set(PROPOSED_OUTCOMES.values()) <= ACCEPTABLE_ABSENCES
    assert set(PROPOSED_OUTCOMES) <= set(Cause)


@pytest.mark.parametrize(
    ("starts", "days", "near", "ends"),
    [
        ("2027-03-22T10:00", 7, "2027-03-27T00:00", "2027-03-30T00:00"),
        ("2027-03-22T00:00", 7, "2027-03-27T00:00", "2027-03-30T00:00"),
        ("2027-03-22T23:59", 7, "2027-03-27T00:00", "2027-03-30T00:00"),
        ("2027-10-25T10:00", 7, "2027-10-30T00:00", "2027-11-02T00:00"),
        ("2027-06-30T00:30", 7, "2027-07-05T00:00", "2027-07-08T00:00"),
        ("2028-02-22T10:00", 7, "2028-02-27T00:00", "2028-03-01T00:00"),
        ("2028-02-29T10:00", 7, "2028-03-05T00:00", "2028-03-08T00:00"),
        ("2027-02-22T10:00", 7, "2027-02-27T00:00", "2027-03-02T00:00"),
        ("2027-03-22T10:00", 10, "2027-03-30T00:00", "2027-04-02T00:00"),
    ],
)
def test_the_window_is_in_calendar_days(starts: str, days: int, near: str, ends: str) -> None:
    """Rule 5 [practice]: until the end of the seventh day after the appointment's, by the hub's
    clock, over 29 February and both clock changes.
    """
    assert window_ends(local(starts), LONDON, days) == local(ends)
    assert decision_due_from(local(starts), LONDON, days) == local(near)


@pytest.mark.parametrize(
    ("recorded", "days", "first", "second"),
    [
        ("2027-03-22T11:00", 7, "2027-03-22T11:00", "2027-03-27T10:00"),
        ("2027-03-22T21:00", 7, "2027-03-23T09:00", "2027-03-27T10:00"),
        ("2027-03-25T16:00", 7, "2027-03-25T16:00", "2027-03-27T10:00"),
        ("2027-03-26T16:00", 7, "2027-03-26T16:00", "just_told"),
        ("2027-03-28T16:00", 7, "2027-03-28T16:00", "just_told"),
        ("2027-03-29T19:00", 7, "2027-03-29T19:00", "just_told"),
        ("2027-03-29T21:00", 7, "quiet_hours", "too_late"),
        ("2027-03-30T00:00", 7, "too_late", "too_late"),
        ("2027-04-20T12:00", 7, "too_late", "too_late"),
        ("2027-03-22T11:00", 1, "2027-03-22T11:00", "just_told"),
        ("2027-03-22T11:00", 3, "2027-03-22T11:00", "just_told"),
        ("2027-03-22T11:00", 4, "2027-03-22T11:00", "2027-03-24T10:00"),
    ],
)
def test_when_the_person_is_asked(recorded: str, days: int, first: str, second: str) -> None:
    """Rule 5: at once within texting hours, and once more two days before the end; not twice within
    a day; never after the window.
    """
    slots = plan_chasers(
        local("2027-03-22T10:00"), now=local(recorded), zone=LONDON, hours=HOURS, days=days
    )
    assert [slot.reason.code if slot.reason else slot.due_at for slot in slots] == [
        local(words) if words[0].isdigit() else words for words in (first, second)
    ]
