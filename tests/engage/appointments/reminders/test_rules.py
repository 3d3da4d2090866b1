"""Rule 3 as tables: what is planned when, on the wall clock of London, across quiet hours and both
clock changes.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.agencies.hub_settings import HubRules
from engage.appointments.kinds import ReminderKind as K
from engage.appointments.reminders import rules
from engage.appointments.reminders.reminder_settings import reminder_rules

LONDON = ZoneInfo("Europe/London")
HOURS = (9, 20)
RULES = reminder_rules(HubRules())


def local(words: str) -> datetime:
    """`2027-03-22 10:00` on the wall clock of London, as a moment in UTC."""
    return datetime.fromisoformat(words).replace(tzinfo=LONDON).astimezone(UTC)


def shown(moment: datetime) -> str:
    """A moment as the wall clock of London shows it."""
    return f"{moment.astimezone(LONDON):%Y-%m-%d %H:%M}"


def planned(
    starts: str, now: str, *, first: K | None = K.BOOKED, two_hours: bool = False
) -> dict[str, str]:
    """The plan: the wall-clock due time of each text to be sent, or the code of why it is not."""
    reminders = rules.plan(
        local(starts),
        now=local(now),
        zone=LONDON,
        hours=HOURS,
        first=first,
        two_hours=two_hours,
        rules=RULES,
    )
    return {
        reminder.kind.value: reminder.reason.code if reminder.reason else shown(reminder.due_at)
        for reminder in reminders
    }


@pytest.mark.parametrize(
    ("starts", "now", "expected"),
    [
        (
            "2027-03-26 14:00",
            "2027-03-20 09:00",
            {
                "booked": "2027-03-20 09:00",
                "three_days": "2027-03-23 14:00",
                "one_day": "2027-03-25 14:00",
            },
        ),
        # two days ahead: three days are past, the day before still helps
        (
            "2027-03-22 10:00",
            "2027-03-20 09:00",
            {
                "booked": "2027-03-20 09:00",
                "three_days": "booked_late",
                "one_day": "2027-03-21 10:00",
            },
        ),
        # under 24 hours: one text
        (
            "2027-03-21 08:30",
            "2027-03-20 09:00",
            {"booked": "2027-03-20 09:00", "three_days": "booked_late", "one_day": "booked_late"},
        ),
        # 25 hours ahead: the day-before text would come an hour after the first
        (
            "2027-03-21 10:00",
            "2027-03-20 09:00",
            {"booked": "2027-03-20 09:00", "three_days": "booked_late", "one_day": "just_told"},
        ),
        # booked at night: the first text waits for the morning
        (
            "2027-03-26 14:00",
            "2027-03-20 21:30",
            {
                "booked": "2027-03-21 09:00",
                "three_days": "2027-03-23 14:00",
                "one_day": "2027-03-25 14:00",
            },
        ),
        # booked at night for the early morning: no hour is left
        (
            "2027-03-21 09:15",
            "2027-03-20 21:30",
            {"booked": "quiet_hours", "three_days": "booked_late", "one_day": "booked_late"},
        ),
        # within the last half hour nothing helps
        (
            "2027-03-20 09:20",
            "2027-03-20 09:00",
            {"booked": "too_late", "three_days": "booked_late", "one_day": "booked_late"},
        ),
        # an early appointment: what falls before nine moves to the evening before
        (
            "2027-03-26 08:00",
            "2027-03-20 09:00",
            {
                "booked": "2027-03-20 09:00",
                "three_days": "2027-03-22 19:00",
                "one_day": "2027-03-24 19:00",
            },
        ),
        # a late one: to the evening of the same day
        (
            "2027-03-26 20:30",
            "2027-03-20 09:00",
            {
                "booked": "2027-03-20 09:00",
                "three_days": "2027-03-23 19:00",
                "one_day": "2027-03-25 19:00",
            },
        ),
        # the evening before is past: nine o'clock, the same moment as the first text, which says it
        # all
        (
            "2027-03-22 08:00",
            "2027-03-20 21:00",
            {"booked": "2027-03-21 09:00", "three_days": "booked_late", "one_day": "just_told"},
        ),
        # within the last hour of the evening: now is still the evening before
        (
            "2027-03-22 08:00",
            "2027-03-20 19:30",
            {"booked": "2027-03-20 19:30", "three_days": "booked_late", "one_day": "just_told"},
        ),
    ],
)
def test_what_a_booking_plans(starts: str, now: str, expected: dict[str, str]) -> None:
    """A text at booking, three days and one day before; booked late, the nearest that still helps;
    never in quiet hours.
    """
    assert planned(starts, now) == expected


@pytest.mark.parametrize(
    ("starts", "expected"),
    [
        ("2027-03-26 14:00", "2027-03-26 12:00"),
        ("2027-03-26 10:30", "2027-03-25 19:00"),
        ("2027-03-26 11:00", "2027-03-26 09:00"),
    ],
)
def test_two_hours_before_only_if_asked_for(starts: str, expected: str) -> None:
    """The two-hour text is planned only if it was asked for; before nine it moves to the evening
    before.
    """
    assert planned(starts, "2027-03-20 09:00", two_hours=True)["two_hours"] == expected
    assert "two_hours" not in planned(starts, "2027-03-20 09:00")


def test_two_hours_at_nine_when_the_evening_has_passed() -> None:
    """If the evening before has passed, it moves to nine o'clock unless it expires by then."""
    assert (
        planned("2027-03-26 10:45", "2027-03-25 20:30", first=None, two_hours=True)["two_hours"]
        == "2027-03-26 09:00"
    )
    assert (
        planned("2027-03-26 09:20", "2027-03-25 20:30", first=None, two_hours=True)["two_hours"]
        == "quiet_hours"
    )


@pytest.mark.parametrize(
    ("starts", "three_days", "one_day"),
    [
        ("2027-03-28 10:00", "2027-03-25 10:00", "2027-03-27 10:00"),
        ("2027-03-29 10:00", "2027-03-26 10:00", "2027-03-28 10:00"),
        ("2027-10-31 10:00", "2027-10-28 10:00", "2027-10-30 10:00"),
        ("2027-11-01 10:00", "2027-10-29 10:00", "2027-10-31 10:00"),
    ],
)
def test_wall_clock_times_across_both_clock_changes(
    starts: str, three_days: str, one_day: str
) -> None:
    """A ten o'clock appointment's texts are sent at ten o'clock local time, though the day between
    had 23 or 25 hours.
    """
    found = planned(starts, "2027-03-20 09:00")
    assert (found["three_days"], found["one_day"]) == (three_days, one_day)


@pytest.mark.parametrize(
    ("starts", "now"),
    [
        ("2027-03-28 10:00", "2027-03-27 10:30"),
        ("2027-03-28 10:00", "2027-03-27 09:30"),
        ("2027-10-31 10:00", "2027-10-30 10:30"),
    ],
)
def test_one_text_when_booked_the_day_before_a_clock_change(starts: str, now: str) -> None:
    """Whether the day has 23 or 25 hours, an appointment booked the day before gets exactly one
    text.
    """
    found = planned(starts, now)
    assert {kind for kind, due in found.items() if due.startswith("2027")} == {"booked"}


def test_when_texts_expire() -> None:
    """Three days: when the day-before text is due; one day: 4 hours before; two hours and booked:
    30 minutes before.
    """
    starts = local("2027-03-26 14:00")
    reminders = rules.plan(
        starts,
        now=local("2027-03-20 09:00"),
        zone=LONDON,
        hours=HOURS,
        first=K.BOOKED,
        two_hours=True,
        rules=RULES,
    )
    expires = {reminder.kind: reminder.expires_at for reminder in reminders}
    assert expires == {
        K.BOOKED: starts - timedelta(minutes=30),
        K.THREE_DAYS: local("2027-03-25 14:00"),
        K.ONE_DAY: starts - timedelta(hours=4),
        K.TWO_HOURS: starts - timedelta(minutes=30),
    }


def test_a_change_is_sent_until_the_new_time() -> None:
    """ "Do not come at the old time" helps up to the last minute."""
    starts = local("2027-03-20 09:20")
    reminder = rules.plan(
        starts,
        now=local("2027-03-20 09:00"),
        zone=LONDON,
        hours=HOURS,
        first=K.CHANGED,
        two_hours=False,
        rules=RULES,
    )[0]
    assert (reminder.kind, reminder.reason, reminder.expires_at) == (K.CHANGED, None, starts)


@given(
    ahead=st.timedeltas(min_value=timedelta(minutes=1), max_value=timedelta(days=400)),
    minutes=st.integers(min_value=0, max_value=2 * 365 * 24 * 60),
    two_hours=st.booleans(),
)
def test_no_text_is_planned_at_night_or_after_it_expires(
    ahead: timedelta, minutes: int, two_hours: bool
) -> None:
    """For any booking at any time: planned texts lie ahead, within the hours, before they expire,
    and hours after the first.
    """
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    reminders = rules.plan(
        moment + ahead,
        now=moment,
        zone=LONDON,
        hours=HOURS,
        first=K.BOOKED,
        two_hours=two_hours,
        rules=RULES,
    )
    going = [reminder for reminder in reminders if reminder.reason is None]
    for reminder in going:
        assert moment <= reminder.due_at < reminder.expires_at
        assert 9 <= reminder.due_at.astimezone(LONDON).hour < 20
    if ahead < timedelta(hours=24):
        assert len(going) <= 1
    assert all(reminder.due_at - going[0].due_at >= RULES.min_gap for reminder in going[1:])


@pytest.mark.parametrize(
    ("kind", "now", "words"),
    [
        (K.ONE_DAY, "2027-03-25 14:00", K.ONE_DAY),
        (K.ONE_DAY, "2027-03-24 19:00", K.THREE_DAYS),
        (K.ONE_DAY, "2027-03-26 09:00", K.TWO_HOURS),
        (K.TWO_HOURS, "2027-03-25 19:00", K.ONE_DAY),
        (K.THREE_DAYS, "2027-03-25 09:00", K.ONE_DAY),
        (K.BOOKED, "2027-03-26 09:00", K.BOOKED),
        (K.CALLED_OFF, "2027-03-25 09:00", K.CALLED_OFF),
    ],
)
def test_today_and_tomorrow_follow_the_calendar(kind: K, now: str, words: K) -> None:
    """A day-before text sent two evenings before does not say tomorrow, nor does one sent on the
    day.
    """
    assert rules.wording_kind(kind, local("2027-03-26 14:00"), local(now), LONDON) is words


@pytest.mark.parametrize(
    ("now", "tomorrow", "expected"),
    [
        ("2027-03-20 07:00", False, "2027-03-20 09:00"),
        ("2027-03-20 21:00", False, "2027-03-21 09:00"),
        ("2027-03-20 12:00", True, "2027-03-21 09:00"),
        ("2027-03-20 07:00", True, "2027-03-21 09:00"),
    ],
)
def test_when_to_try_again(now: str, tomorrow: bool, expected: str) -> None:
    """Quiet hours end at the next opening; a full day ends with the day."""
    assert (
        shown(rules.next_try(local(now), zone=LONDON, hours=HOURS, tomorrow=tomorrow)) == expected
    )


def test_hours_that_leave_no_time_move_nothing() -> None:
    """If the person's own hours and the hub's do not overlap, the plan keeps the times, and rule 1
    says why nothing is sent.
    """
    moment = local("2027-03-22 21:00")
    assert (
        rules.within_hours(moment, now=local("2027-03-20 09:00"), zone=LONDON, hours=(20, 9))
        == moment
    )


def test_overlapping_appointments() -> None:
    """Two appointments overlap when they share any time; one may start as the other ends."""
    ten = local("2027-03-22 10:00")
    assert rules.overlaps(ten, 30, ten + timedelta(minutes=29), 30)
    assert not rules.overlaps(ten, 30, ten + timedelta(minutes=30), 30)
