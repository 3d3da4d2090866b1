"""A hub's settings: the numbers of RULES.md with their defaults, overridden by what the hub has
set.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.agencies.model import Agency, Hub, HubSettingsSpell
from engage.core.errors import Invalid, NotFound
from messaging.sending import routes
from messaging.sending.routes import Route


@dataclass(frozen=True)
class HubRules:
    """Every number of the rule book that a hub may set, with the default of RULES.md. Hours are
    local, 0 to 24; days are calendar days.
    """

    safe_days: int = 90
    daily_cap: int = 3
    text_from_hour: int = 9
    text_until_hour: int = 20
    evidence_days: int = 7
    late_times: int = 3
    late_days: int = 30
    check_imported_numbers: bool = True
    standing_approval: bool = True
    unanswered_texts: int = 3
    check_in_hours: int = 72
    check_in_nudge_hours: int = 24
    conversation_timeout_minutes: int = 120
    texts_together_minutes: int = 3
    texts_read_a_minute: int = 20
    texts_read_an_hour: int = 100
    one_day_until_hours: int = 4
    two_hours_until_minutes: int = 30
    booked_until_minutes: int = 30
    late_booking_hours: int = 24
    texts_apart_hours: int = 2
    offer_notice_hours: int = 2
    offer_days_ahead: int = 14
    hold_minutes: int = 60
    rebook_enforceable: bool = True
    provider: str = routes.TWILIO
    failover: bool = False
    failover_minutes: int = 10
    redact_after_delivery: bool = False
    on_call_minutes: int = 15
    work_from_hour: int = 9
    work_until_hour: int = 17
    count_months: int = 12
    count_sent_home: bool = False
    failures_to_consider: int = 2
    referral_working_days: int = 10
    silent_days: int = 14
    recheck_number_days: int = 60
    red_without_contact_days: int = 14
    rag_window_days: int = 28
    green_strict: bool = False
    green_months: int = 3
    long_custody_years: int = 5
    re_referral_months: int = 12
    review_red_days: int = 7
    review_amber_days: int = 14
    review_green_days: int = 28
    meeting_days: int = 7
    test_days: int = 7
    report_days: int = 7
    release_days: int = 14
    break_glass_hours: int = 4
    keep_bodies_months: int = 12
    keep_people_years: int = 6
    keep_access_log_years: int = 6

    @property
    def route(self) -> Route:
        """By which provider the hub's texts go, and whether one not yet tried may go by the other."""
        if not self.failover:
            return Route(self.provider)
        other = next(name for name in _CHOICES["provider"] if name != self.provider)
        return Route(self.provider, other, timedelta(minutes=self.failover_minutes))


_CHOICES = {"provider": (routes.TWILIO, routes.NOTIFY)}
_RANGES = {
    "safe_days": (1, 365),
    "daily_cap": (1, 10),
    "text_from_hour": (0, 23),
    "text_until_hour": (1, 24),
    "evidence_days": (1, 28),
    "late_times": (2, 20),
    "late_days": (7, 180),
    "unanswered_texts": (2, 20),
    "check_in_hours": (24, 144),
    "check_in_nudge_hours": (2, 23),
    "conversation_timeout_minutes": (5, 1440),
    "texts_together_minutes": (0, 15),
    "texts_read_a_minute": (5, 60),
    "texts_read_an_hour": (20, 1000),
    "one_day_until_hours": (1, 23),
    "two_hours_until_minutes": (0, 119),
    "booked_until_minutes": (0, 240),
    "late_booking_hours": (1, 48),
    "texts_apart_hours": (0, 12),
    "offer_notice_hours": (0, 72),
    "offer_days_ahead": (1, 28),
    "hold_minutes": (10, 240),
    "failover_minutes": (1, 120),
    "on_call_minutes": (1, 120),
    "work_from_hour": (0, 23),
    "work_until_hour": (1, 24),
    "count_months": (1, 36),
    "failures_to_consider": (1, 10),
    "referral_working_days": (1, 30),
    "silent_days": (3, 90),
    "recheck_number_days": (14, 365),
    "red_without_contact_days": (3, 90),
    "rag_window_days": (7, 182),
    "green_months": (1, 12),
    "long_custody_years": (1, 30),
    "re_referral_months": (1, 36),
    "review_red_days": (1, 28),
    "review_amber_days": (1, 56),
    "review_green_days": (1, 91),
    "meeting_days": (1, 14),
    "test_days": (1, 90),
    "report_days": (1, 28),
    "release_days": (1, 90),
    "break_glass_hours": (1, 24),
    "keep_bodies_months": (1, 84),
    "keep_people_years": (1, 20),
    "keep_access_log_years": (1, 20),
}


def hub_rules(hub: Hub) -> HubRules:
    """The hub's rules. Raises ValueError naming the setting when a stored value is out of its
    range.
    """
    return rules_of(hub.settings)


def rules_of(settings: Mapping[str, Any]) -> HubRules:
    """The rules that these settings of a hub make. Raises ValueError naming the setting when a
    value is out of its range.
    """
    known = {field.name: field.default for field in fields(HubRules)}
    given = {
        name: _checked(name, value, known[name])
        for name, value in settings.items()
        if name in known
    }
    return HubRules(**given)


def rules_at(session: Session, hub: Hub, at: datetime) -> HubRules:
    """The rules that the hub had at a moment: those of today where it has never changed any."""
    return rules_of(settings_at(session, hub, at))


def settings_at(session: Session, hub: Hub, at: datetime) -> dict[str, Any]:
    """The settings that the hub had at a moment, its closed days among them."""
    found = session.scalars(
        select(HubSettingsSpell)
        .where(HubSettingsSpell.hub_id == hub.id, HubSettingsSpell.since <= at)
        .order_by(HubSettingsSpell.since.desc(), HubSettingsSpell.id.desc())
        .limit(1)
    ).one_or_none()
    return dict(hub.settings if found is None else found.settings)


def limits(setting: str) -> tuple[Any, Any] | tuple[str, ...] | None:
    """The lowest and highest value of a setting, or the words to choose from; None for one that is
    on or off.
    """
    return _CHOICES.get(setting) or _RANGES.get(setting)


def zone(hub: Hub) -> ZoneInfo:
    """The hub's time zone."""
    return ZoneInfo(hub.timezone)


def find_hub(session: Session, name: str | None) -> Hub:
    """The hub of that name, or the only one when no name is given. Raises NotFound, or Invalid when
    there are several.
    """
    query = select(Hub).order_by(Hub.name)
    found = session.scalars(query if name is None else query.where(Hub.name == name)).all()
    if not found:
        raise NotFound(
            "There is no hub yet." if name is None else f"There is no hub called {name}."
        )
    if len(found) > 1:
        names = ", ".join(sorted({hub.name for hub in found}))
        raise Invalid(
            fields={
                "hub": f"There are several hubs: {names}. Name one that is the only one of its name."
            }
        )
    return found[0]


def find_agency(session: Session, hub: Hub, name: str) -> Agency:
    """The agency of that name in the hub's area. Raises NotFound."""
    found = session.scalars(
        select(Agency).where(Agency.area_id == hub.area_id, Agency.name == name)
    ).one_or_none()
    if found is None:
        raise NotFound(f"There is no agency called {name} in this hub's area.")
    return found


def agency_in(session: Session, hub_id: uuid.UUID | None, name: str) -> Agency:
    """The agency of that name in the area of a hub, for somebody who typed it. Raises Invalid for
    the field `agency`.
    """
    found = session.scalars(
        select(Agency)
        .join(Hub, Hub.area_id == Agency.area_id)
        .where(Hub.id == hub_id, Agency.name == name)
    ).one_or_none()
    if found is None:
        raise Invalid(fields={"agency": "Give the name of an agency of this hub's area."})
    return found


def _checked(name: str, value: Any, default: Any) -> Any:
    if type(value) is not type(default):
        raise ValueError(f"hub setting {name} must be a {type(default).__name__}")
    if value not in _CHOICES.get(name, (value,)):
        raise ValueError(f"hub setting {name} must be one of {', '.join(_CHOICES[name])}")
    low, high = _RANGES.get(name, (value, value))
    if not low <= value <= high:
        raise ValueError(f"hub setting {name} must be from {low} to {high}")
    return value
