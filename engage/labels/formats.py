"""Dates, times and phone numbers in the style of GOV.UK."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


_UNITS: tuple[tuple[float, int, str], ...] = (
    (3600, 60, "minute"),
    (48 * 3600, 3600, "hour"),
    (float("inf"), 86400, "day"),
)


def clock_time(moment: datetime, zone: ZoneInfo) -> str:
    """The wall clock in the style of GOV.UK: `9am`, `1:30pm`, `midday`, `midnight`."""
    local = moment.astimezone(zone)
    if (local.hour, local.minute) in ((0, 0), (12, 0)):
        return "midnight" if local.hour == 0 else "midday"
    minutes = f":{local.minute:02}" if local.minute else ""
    return f"{local.hour % 12 or 12}{minutes}{'am' if local.hour < 12 else 'pm'}"


def day(moment: date, zone: ZoneInfo | None = None) -> str:
    """`Mon 22 March`; with the year, use `day_and_year`."""
    local = moment.astimezone(zone).date() if isinstance(moment, datetime) else moment
    return f"{local:%a} {local.day} {local:%B}"


def day_and_year(moment: date, zone: ZoneInfo | None = None) -> str:
    """`22 March 2027`."""
    local = moment.astimezone(zone).date() if isinstance(moment, datetime) else moment
    return f"{local.day} {local:%B %Y}"


def month_and_year(month: date) -> str:
    """`March 2027`."""
    return f"{month:%B %Y}"


def moment(at: datetime, zone: ZoneInfo) -> str:
    """`Mon 22 March, 9:30am`."""
    return f"{day(at, zone)}, {clock_time(at, zone)}"


def time_between(at: datetime, now: datetime) -> str:
    """The time between two moments: `15 minutes`, `3 hours`, `2 days`."""
    seconds = abs((at - now).total_seconds())
    if seconds < 60:
        return "less than a minute"
    unit, name = next((unit, name) for limit, unit, name in _UNITS if seconds < limit)
    count = int(seconds // unit)
    return f"{count} {name}{'' if count == 1 else 's'}"


def phone(number: str | None) -> str:
    """A UK mobile number as people write it: `07700 900101`."""
    if number is None:
        return ""
    return (
        f"0{number[3:7]} {number[7:]}" if number.startswith("+44") and len(number) == 13 else number
    )


def shift_day(of: date, days: int) -> date:
    """The day some days later, or earlier."""
    return of + timedelta(days=days)
