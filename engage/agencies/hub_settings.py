"""The settings of a hub: the table of them, and what a hub has chosen.

`HubRules` is the table. Defaults, checks, the settings page and the command line are computed from
its rows. A new setting is one row here, its use, and a mention under its rule in docs/rules.md.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.agencies.model import Hub, HubSettingsSpell
from engage.agencies.setting_types import Setting, Unit, choice, number, row_of, switch, words
from engage.core.errors import Invalid
from engage.core.local_time import local_day
from messaging.gateways import registry
from messaging.sending.routes import Route

SENDER_LONGEST = 24
_CLOCK, _MINUTES, _HOURS, _DAYS = Unit.CLOCK, Unit.MINUTES, Unit.HOURS, Unit.DAYS
_MONTHS, _YEARS, _TEXTS = Unit.MONTHS, Unit.YEARS, Unit.TEXTS
_CONVERSATION, _DANGER = "Conversation", "Danger"
_MEETINGS, _REBOOKING = "Referrals and meetings", "Rebooking by text"
_PROVIDERS = {provider.name: provider.label for provider in registry.PROVIDERS}


@dataclass(frozen=True)
class HubRules:
    """Every setting of a hub, one row each: its name in the stored settings, its label, default,
    lowest and highest value, unit and rule. Hours of the day are local; days are calendar days.
    """

    safe_days: int = number("Days a number stays confirmed as safe", 90, 1, 365, _DAYS, rule=1)
    daily_cap: int = number("Most texts to one person in a day", 3, 1, 10, _TEXTS, rule=1)
    text_from_hour: int = number("Hour at which texts may start", 9, 0, 23, _CLOCK, rule=1)
    text_until_hour: int = number("Hour at which texts must stop", 20, 1, 24, _CLOCK, rule=1)
    check_imported_numbers: bool = switch("Ask imported numbers whose they are", True, rule=1)
    standing_approval: bool = switch("Approve texts to new people from the start", True, rule=1)

    one_day_until_hours: int = number(
        "Hours before an appointment to stop the 1-day reminder", 4, 1, 23, _HOURS, rule=3
    )
    two_hours_until_minutes: int = number(
        "Minutes before an appointment to stop the 2-hour reminder", 30, 0, 119, _MINUTES, rule=3
    )
    booked_until_minutes: int = number(
        "Minutes before an appointment to stop the booking text", 30, 0, 240, _MINUTES, rule=3
    )
    late_booking_hours: int = number(
        "Hours before an appointment at which a booking is late", 24, 1, 48, _HOURS, rule=3
    )
    texts_apart_hours: int = number("Hours between two reminders", 2, 0, 12, _HOURS, rule=3)

    evidence_days: int = number("Days to explain an absence", 7, 1, 28, _DAYS, rule=5)
    late_times: int = number("Late arrivals that make a pattern", 3, 2, 20, Unit.TIMES, rule=5)
    late_days: int = number("Days over which late arrivals count", 30, 7, 180, _DAYS, rule=5)

    count_months: int = number(
        "Months over which failures to comply count", 12, 1, 36, _MONTHS, rule=6
    )
    count_sent_home: bool = switch(
        "Count being sent home for behaviour as a failure", False, rule=6
    )
    failures_to_consider: int = number(
        "Failures at which to consider a warning or breach", 2, 1, 10, Unit.FAILURES, rule=6
    )
    referral_working_days: int = number(
        "Working days to refer to court", 10, 1, 30, Unit.WORKING_DAYS, rule=7
    )

    red_without_contact_days: int = number(
        "Days without contact that suggest red", 14, 3, 90, _DAYS, rule=9
    )
    rag_window_days: int = number(
        "Days of attendance used for red, amber or green", 28, 7, 182, _DAYS, rule=9
    )
    green_strict: bool = switch(
        "Require both negative tests and stable housing or work for green", False, rule=9
    )
    green_months: int = number("Months of green that suggest leaving", 3, 1, 12, _MONTHS, rule=10)
    long_custody_years: int = number(
        "Years in custody that suggest leaving", 5, 1, 30, _YEARS, rule=10
    )
    re_referral_months: int = number(
        "Months before release to refer again", 12, 1, 36, _MONTHS, rule=10
    )
    review_red_days: int = number("Days between reviews while red", 7, 1, 28, _DAYS, rule=12)
    review_amber_days: int = number("Days between reviews while amber", 14, 1, 56, _DAYS, rule=12)
    review_green_days: int = number("Days between reviews while green", 28, 1, 91, _DAYS, rule=12)
    meeting_days: int = number("Days between meetings", 7, 1, 14, _DAYS, rule=12)
    release_days: int = number(
        "Days before release when the plan is due", 14, 1, 90, _DAYS, rule=_MEETINGS
    )

    test_days: int = number(
        "Days between drug tests if the order does not say", 7, 1, 90, _DAYS, rule=13
    )
    report_days: int = number(
        "Days before a court review when the report is due", 7, 1, 28, _DAYS, rule=13
    )
    check_in_hours: int = number("Hours a check-in stays open", 72, 24, 144, _HOURS, rule=15)
    check_in_nudge_hours: int = number(
        "Hours before a check-in closes when the nudge goes", 24, 2, 24, _HOURS, rule=15
    )
    silent_days: int = number("Days without contact that raise a signal", 14, 3, 90, _DAYS, rule=17)
    recheck_number_days: int = number(
        "Days without contact before a number is checked again", 60, 14, 365, _DAYS, rule=17
    )
    unanswered_texts: int = number(
        "Unanswered texts that raise a signal", 3, 2, 20, _TEXTS, rule=17
    )

    keep_bodies_months: int = number(
        "Months the words of texts are kept", 12, 1, 84, _MONTHS, rule=18
    )
    keep_people_years: int = number(
        "Years people are kept after leaving", 6, 1, 20, _YEARS, rule=18
    )
    keep_access_log_years: int = number("Years the access log is kept", 6, 1, 20, _YEARS, rule=18)

    conversation_timeout_minutes: int = number(
        "Minutes of silence that end a takeover", 120, 5, 1440, _MINUTES, rule=_CONVERSATION
    )
    texts_together_minutes: int = number(
        "Minutes within which texts are read as one", 3, 0, 15, _MINUTES, rule=_CONVERSATION
    )
    texts_read_a_minute: int = number(
        "Most texts read from one number in a minute", 20, 5, 60, _TEXTS, rule=_CONVERSATION
    )
    texts_read_an_hour: int = number(
        "Most texts read from one number in an hour", 100, 20, 1000, _TEXTS, rule=_CONVERSATION
    )
    sender: str = words("Who texts say they come from", SENDER_LONGEST, rule=_CONVERSATION)
    sender_cy: str = words(
        "Who texts say they come from, in Welsh", SENDER_LONGEST, rule=_CONVERSATION
    )
    provider: str = choice("Text provider", registry.DEFAULT, _PROVIDERS, rule=_CONVERSATION)
    failover: bool = switch(
        "Use the other text provider when this one is down", False, rule=_CONVERSATION
    )
    failover_minutes: int = number(
        "Minutes to wait before using the other provider", 10, 1, 120, _MINUTES, rule=_CONVERSATION
    )
    redact_after_delivery: bool = switch(
        "Have the provider erase its copy of a text", False, rule=_CONVERSATION
    )

    on_call_minutes: int = number(
        "Minutes before the next on-call level is told", 15, 1, 120, _MINUTES, rule=_DANGER
    )
    work_from_hour: int = number("Hour at which staff start work", 9, 0, 23, _CLOCK, rule=_DANGER)
    work_until_hour: int = number(
        "Hour at which staff finish work", 17, 1, 24, _CLOCK, rule=_DANGER
    )
    break_glass_hours: int = number(
        "Hours a record stays open after emergency access", 4, 1, 24, _HOURS, rule=_DANGER
    )

    offer_notice_hours: int = number(
        "Hours of notice before an offered time", 2, 0, 72, _HOURS, rule=_REBOOKING
    )
    offer_days_ahead: int = number(
        "Days ahead that free times are offered", 14, 1, 28, _DAYS, rule=_REBOOKING
    )
    hold_minutes: int = number(
        "Minutes an offered time is held", 60, 10, 240, _MINUTES, rule=_REBOOKING
    )
    rebook_enforceable: bool = switch(
        "Let people rebook enforceable appointments by text", True, rule=_REBOOKING
    )

    @property
    def route(self) -> Route:
        """The provider of the hub's texts and, with failover, the one for texts never tried."""
        fallback = registry.fallback_for(self.provider) if self.failover else None
        if fallback is None:
            return Route(self.provider)
        return Route(self.provider, fallback, timedelta(minutes=self.failover_minutes))


SETTINGS: Mapping[str, Setting] = {field.name: row_of(field.metadata) for field in fields(HubRules)}
"""Every row by its name in the stored settings."""


def hub_rules(hub: Hub) -> HubRules:
    """The hub's settings. Raises ValueError if a stored value is not allowed."""
    return rules_of(hub.settings)


def rules_of(settings: Mapping[str, Any]) -> HubRules:
    """The settings as rules, with defaults for the rest. Names outside the table are ignored:
    `closed_days` is stored beside them. Raises ValueError if a value is not allowed.
    """
    chosen = {name: value for name, value in settings.items() if name in SETTINGS}
    for name, value in chosen.items():
        SETTINGS[name].check(value)
    return HubRules(**chosen)


def rules_at(session: Session, hub: Hub, at: datetime) -> HubRules:
    """The hub's settings at a time, or the present ones if it never changed any."""
    return rules_of(settings_at(session, hub, at))


def settings_at(session: Session, hub: Hub, at: datetime) -> dict[str, Any]:
    """The stored settings of the hub at a time, closed days included."""
    found = session.scalars(
        select(HubSettingsSpell)
        .where(HubSettingsSpell.hub_id == hub.id, HubSettingsSpell.since <= at)
        .order_by(HubSettingsSpell.since.desc(), HubSettingsSpell.id.desc())
        .limit(1)
    ).one_or_none()
    return dict(hub.settings if found is None else found.settings)


def setting_named(name: str) -> Setting:
    """The row of a setting. Raises Invalid for the field `name` if there is no such setting."""
    row = SETTINGS.get(name)
    if row is None:
        raise Invalid(fields={name: "There is no such setting."})
    return row


def parse(name: str, given: str) -> int | bool | str:
    """The value that a member of staff typed for a setting. Raises Invalid for the field `name` if
    there is no such setting or the value is not allowed.
    """
    row = setting_named(name)
    try:
        value: int | bool | str = row.parse(given)
    except ValueError as problem:
        raise Invalid(fields={name: str(problem)}) from problem
    return value


def zone(hub: Hub) -> ZoneInfo:
    """The hub's time zone."""
    return ZoneInfo(hub.timezone)


def hub_today(hub: Hub, now: datetime) -> date:
    """The day it is at the hub."""
    return local_day(now, zone(hub))


def today_at(session: Session, hub_id: uuid.UUID, now: datetime) -> date:
    """The day it is at the hub with this id."""
    return hub_today(session.get_one(Hub, hub_id), now)
