"""Set up the service: areas, hubs and their settings, agencies.

Done rarely, on the command line or on the hub's page. Must never touch a person's record.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.agencies.hub_settings import hub_today, rules_of, setting_named, zone
from engage.agencies.model import Agency, AgencyKind, Area, Hub, HubSettingsSpell
from engage.core import events
from engage.core.errors import Conflict, Invalid
from engage.core.local_time import start_of_day
from engage.core.text_fields import Characters, clean_text
from engage.core.working_days import closed_days

LONGEST_NAME = 80
LONGEST_PHONE = 12
MOST_CLOSED_DAYS = 40
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
"""`since` of a hub's first settings, which were in force from a time that is not known."""


def add_hub(
    session: Session,
    *,
    name: str,
    area: str,
    phone: str,
    timezone: str = "Europe/London",
    actor: str,
    now: datetime,
) -> Hub:
    """Add a hub in the area called `area`, which is created if it is new. `phone` is the number
    that texts ask people to ring.

    Raises Invalid if the area has a hub of that name, the number does not fit into a text, or the
    time zone is unknown.
    """
    in_area = _area(session, _name("area", area))
    name = _name("name", name)
    taken = select(Hub.id).where(Hub.area_id == in_area.id, Hub.name == name)
    if session.scalars(taken).first() is not None:
        raise Invalid(fields={"name": f"There is already a hub called {name} in {in_area.name}."})
    phone = "".join(phone.split())
    if not 3 <= len(phone) <= LONGEST_PHONE or not (phone.isascii() and phone.isdecimal()):
        raise Invalid(
            fields={
                "phone": f"Enter a phone number of at most {LONGEST_PHONE} digits, "
                "such as 01914980100."
            }
        )
    if timezone not in available_timezones():
        raise Invalid(fields={"timezone": "Enter a time zone, such as Europe/London."})
    hub = Hub(
        area_id=in_area.id, name=name, phone=phone, timezone=ZoneInfo(timezone).key, settings={}
    )
    session.add(hub)
    session.flush()
    events.record(session, "hub.added", now=now, actor=actor, hub_id=hub.id)
    return hub


def add_agency(
    session: Session, hub: Hub, *, name: str, kind: AgencyKind, actor: str, now: datetime
) -> Agency:
    """Add an agency to the hub's area. Raises Invalid if the area has an agency of that name."""
    name = _name("name", name)
    taken = select(Agency.id).where(Agency.area_id == hub.area_id, Agency.name == name)
    if session.scalars(taken).first() is not None:
        raise Invalid(fields={"name": f"There is already an agency called {name}."})
    agency = Agency(area_id=hub.area_id, name=name, kind=kind)
    session.add(agency)
    session.flush()
    events.record(session, "agency.added", now=now, actor=actor, hub_id=hub.id, agency=agency.id)
    return agency


def set_hub_setting(
    session: Session, hub: Hub, setting: str, value: int | bool | str, *, actor: str, now: datetime
) -> None:
    """Change one setting of the hub, from now on. The settings before are kept. The value that it
    has already changes nothing.

    Raises Invalid if there is no such setting or the value is not allowed.
    """
    session.refresh(hub, with_for_update=True)
    setting_named(setting)
    wanted = {**hub.settings, setting: value}
    try:
        rules = rules_of(wanted)
    except ValueError as problem:
        raise Invalid(fields={setting: str(problem)}) from problem
    if (
        rules.text_from_hour >= rules.text_until_hour
        or rules.work_from_hour >= rules.work_until_hour
    ):
        raise Invalid(fields={setting: "The first hour must be before the last."})
    if rules == rules_of(hub.settings):
        return
    _change(session, hub, wanted, setting, value, actor, now)


def close_days(
    session: Session, hub: Hub, days: Collection[date], *, closed: bool, actor: str, now: datetime
) -> frozenset[date]:
    """Add closed days to the hub or, with `closed` False, remove them. Returns every closed day.

    Due times in working days skip closed days, as they skip weekends. Raises Invalid if the hub
    would have too many.
    """
    session.refresh(hub, with_for_update=True)
    known = closed_days(hub.settings)
    wanted = known | set(days) if closed else known - set(days)
    if len(wanted) > MOST_CLOSED_DAYS:
        raise Invalid(
            fields={
                "days": f"A hub may have {MOST_CLOSED_DAYS} closed days. Remove past ones first."
            }
        )
    listed = [day.isoformat() for day in sorted(wanted)]
    _change(
        session, hub, {**hub.settings, "closed_days": listed}, "closed_days", listed, actor, now
    )
    return wanted


def close_hub(session: Session, hub: Hub, on: date, *, actor: str, now: datetime) -> None:
    """Close the hub at the start of a day: nothing is booked from then on, no person is adopted,
    and enrolments end.

    Raises Invalid for a day in the past, Conflict if the hub has already closed.
    """
    session.refresh(hub, with_for_update=True)
    at = start_of_day(on, zone(hub))
    if hub.closed_at is not None and hub.closed_at <= now:
        raise Conflict("This hub has already closed.")
    if on < hub_today(hub, now):
        raise Invalid(fields={"on": "Choose today or a later day."})
    hub.closed_at = at
    session.flush()
    events.record(session, "hub.closing", now=now, actor=actor, hub_id=hub.id, closes_at=at)


def keep_open(session: Session, hub: Hub, *, actor: str, now: datetime) -> None:
    """Cancel the closing of the hub. Raises Conflict if it has already closed, or no closing is
    planned.
    """
    session.refresh(hub, with_for_update=True)
    if hub.closed_at is None:
        raise Conflict("No closing is planned for this hub.")
    if hub.closed_at <= now:
        raise Conflict("This hub has closed and its enrolments have ended. Add a new hub.")
    hub.closed_at = None
    session.flush()
    events.record(session, "hub.kept_open", now=now, actor=actor, hub_id=hub.id)


def history(session: Session, hub: Hub, *, limit: int = 100) -> Sequence[HubSettingsSpell]:
    """The hub's settings over time, latest first."""
    return session.scalars(
        select(HubSettingsSpell)
        .where(HubSettingsSpell.hub_id == hub.id)
        .order_by(HubSettingsSpell.since.desc(), HubSettingsSpell.id.desc())
        .limit(limit)
    ).all()


def _change(
    session: Session,
    hub: Hub,
    wanted: dict[str, Any],
    setting: str,
    value: Any,
    actor: str,
    now: datetime,
) -> None:
    """Store the hub's new settings and, before the first change, those in force until now."""
    if not history(session, hub, limit=1):
        session.add(
            HubSettingsSpell(
                hub_id=hub.id, since=EARLIEST, settings=dict(hub.settings), changed_by="system"
            )
        )
    session.add(HubSettingsSpell(hub_id=hub.id, since=now, settings=wanted, changed_by=actor))
    hub.settings = wanted
    session.flush()
    events.record(
        session,
        "hub.setting_changed",
        now=now,
        actor=actor,
        hub_id=hub.id,
        setting=setting,
        value=value,
    )


def _area(session: Session, name: str) -> Area:
    area = session.scalars(select(Area).where(Area.name == name)).one_or_none()
    if area is None:
        area = Area(name=name)
        session.add(area)
        session.flush()
    return area


def _name(field: str, given: str) -> str:
    return clean_text(
        field,
        given,
        LONGEST_NAME,
        missing="Enter a name.",
        one_line=True,
        characters=Characters.PRINTABLE,
    )
