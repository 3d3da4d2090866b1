"""Rule 15: when a check-in is due, when to ring after a low answer, and what a number in a text
means.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.core.local_time import hour_of_day
from engage.progress.check_ins import rules
from engage.progress.check_ins.rules import Schedule

LONDON = ZoneInfo("Europe/London")
TUESDAY, SUNDAY = 1, 6


def at(text: str) -> datetime:
    """A moment in London, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "weekday", "hour", "day"),
    [
        ("2027-03-20 09:00", TUESDAY, 10, "2027-03-23"),  # a Saturday: the next Tuesday
        ("2027-03-23 09:59", TUESDAY, 10, "2027-03-23"),  # the day itself, before the hour
        ("2027-03-23 10:00", TUESDAY, 10, "2027-03-30"),  # at the hour it is too late for today
        (
            "2027-03-28 00:30",
            SUNDAY,
            1,
            "2027-03-28",
        ),  # the clocks skip one o'clock: it is two
        ("2027-12-24 12:00", SUNDAY, 10, "2027-12-26"),  # Boxing Day is a day like any other
    ],
)
def test_the_first_day(now: str, weekday: int, hour: int, day: str) -> None:
    """The next such weekday whose hour has not come yet, closed day or not."""
    assert rules.first_day(Schedule(1, weekday, hour), at(now), LONDON) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("every", "planned", "now", "due", "following"),
    [
        (
            1,
            "2027-03-23",
            "2027-03-23 10:00",
            "2027-03-23",
            "2027-03-30",
        ),  # across the spring change
        (
            2,
            "2027-10-26",
            "2027-10-26 10:00",
            "2027-10-26",
            "2027-11-09",
        ),  # across the autumn change
        (4, "2027-03-23", "2027-03-23 18:00", "2027-03-23", "2027-04-20"),
        (
            8,
            "2027-03-23",
            "2027-03-23 10:00",
            "2027-03-23",
            "2027-05-18",
        ),  # over Easter and a bank holiday
        (
            1,
            "2027-03-23",
            "2027-04-08 10:00",
            "2027-04-06",
            "2027-04-13",
        ),  # two weeks missed: only the last
        (
            8,
            "2027-11-02",
            "2027-11-02 10:00",
            "2027-11-02",
            "2027-12-28",
        ),  # over the turn of the year
    ],
)
def test_what_is_due_and_what_comes_next(
    every: int, planned: str, now: str, due: str, following: str
) -> None:
    """Whole weeks on the calendar; of several missed ones, only the last is due."""
    found = rules.falls_due(
        Schedule(every, TUESDAY, 10), date.fromisoformat(planned), at(now), LONDON
    )
    assert found == (date.fromisoformat(due), date.fromisoformat(following))


@pytest.mark.parametrize(
    ("day", "hour", "moment"),
    [
        ("2027-03-23", 10, "2027-03-23T10:00:00+00:00"),
        (
            "2027-03-30",
            10,
            "2027-03-30T09:00:00+00:00",
        ),  # summer time: the wall clock still says ten
        ("2027-03-28", 1, "2027-03-28T01:00:00+00:00"),  # skipped: two o'clock
        ("2027-10-31", 1, "2027-10-31T00:00:00+00:00"),  # comes twice: the first
    ],
)
def test_the_hour_on_the_wall_clock(day: str, hour: int, moment: str) -> None:
    """Ten o'clock stays ten o'clock on both sides of a clock change."""
    assert hour_of_day(date.fromisoformat(day), hour, LONDON) == datetime.fromisoformat(moment)


@given(
    every=st.sampled_from(rules.INTERVALS_IN_WEEKS),
    weekday=st.integers(0, 6),
    hour=st.integers(0, 23),
    ahead=st.timedeltas(timedelta(0), timedelta(days=2000)),
    late=st.timedeltas(timedelta(0), timedelta(weeks=30)),
)
def test_any_schedule_keeps_its_day_hour_and_weeks(
    every: int, weekday: int, hour: int, ahead: timedelta, late: timedelta
) -> None:
    """For any start and any delay: the due day has come, the next has not, and both fit the
    schedule.
    """
    schedule = Schedule(every, weekday, hour)
    start = at("2026-01-01 00:00") + ahead
    first = rules.first_day(schedule, start, LONDON)
    begins = hour_of_day(first, hour, LONDON)
    assert start < begins <= start + timedelta(days=7, hours=2) and first.weekday() == weekday
    now = begins + late
    due, following = rules.falls_due(schedule, first, now, LONDON)
    assert hour_of_day(due, hour, LONDON) <= now < hour_of_day(following, hour, LONDON)
    assert (due - first).days % (7 * every) == 0 and following - due == timedelta(weeks=every)
    local = hour_of_day(following, hour, LONDON).astimezone(LONDON)
    assert local.date() == following and local.time() in (time(hour), time(min(hour + 1, 23)))


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2027-03-23 09:00", "2027-03-23 17:00"),
        ("2027-03-23 16:30", "2027-03-23 17:30"),  # there is an hour to ring
        ("2027-03-23 20:00", "2027-03-23 21:00"),
        ("2027-03-23 23:40", "2027-03-24 00:00"),  # never the next day
        ("2027-03-28 00:30", "2027-03-28 17:00"),
    ],
)
def test_a_low_answer_is_due_the_same_day(now: str, due: str) -> None:
    """By the end of the working day; after that, within the hour."""
    assert rules.call_deadline(at(now), LONDON, 17) == at(due)


@pytest.mark.parametrize(
    ("body", "number", "extra"),
    [
        ("3", 3, ""),
        ("3 not sleeping", 3, "not sleeping"),
        (" 2. got a job", 2, "got a job"),
        ("(4) help", 4, "help"),
        ("1👍🏽", 1, "👍🏽"),
        ("3not good", 3, "not good"),
        ("4, pls ring", 4, "pls ring"),
        ("not too bad", None, "not too bad"),
        ("3 weeks clean", None, "3 weeks clean"),
        ("2pm is fine", None, "2pm is fine"),
        ("3:30 works", None, "3:30 works"),
        ("2nd time lucky", None, "2nd time lucky"),
        ("4 mins late", None, "4 mins late"),
        ("3 diwrnod", None, "3 diwrnod"),
        ("2 be honest not great", None, "2 be honest not great"),
        ("2 bad", None, "2 bad"),
        ("1 sec", None, "1 sec"),
        ("4get it", None, "4get it"),
        ("12", None, "12"),
        ("5", None, "5"),
        ("1/2", None, "1/2"),
        ("2-3", None, "2-3"),
        ("", None, ""),
    ],
)
def test_the_number_that_a_text_begins_with(body: str, number: int | None, extra: str) -> None:
    """An answer on the scale, and no time, date or count; the words beside it are kept
    separately.
    """
    assert rules.leading_number(body) == number and rules.extra_words(body) == extra


@pytest.mark.parametrize(
    ("body", "number"),
    [
        ("sorry meant 3", 3),
        ("Sorry, I meant 4 not 2!", 4),
        ("actually 1", 1),
        ("i’m not 3", None),
        ("meant 3 or 4", None),
        ("meant to come at 3", None),
        ("3", None),
    ],
)
def test_a_text_that_only_corrects_an_answer(body: str, number: int | None) -> None:
    """The text may hold nothing else."""
    assert rules.corrected_number(body) == number
