"""Setting a service up: areas, their hubs and agencies, and the numbers of the rule book that a hub
has chosen for itself.

Done rarely, by whoever has a shell on the machine. Nothing here touches a person's record.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.agencies.hub_settings import rules_of, setting_named, zone
from engage.agencies.model import Agency, AgencyKind, Area, Hub, HubSettingsSpell
from engage.core import events
from engage.core.errors import Conflict, Invalid
from engage.core.working_days import closed_days

LONGEST_NAME = 80
LONGEST_PHONE = 12
MOST_CLOSED_DAYS = 40
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
"""Since when the first settings of a hub hold, as far as anybody can say."""


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
    """A hub, in the area of that name, which is made when it is new. `phone` is the number that
    texts tell people to ring.

    Raises Invalid when the name is taken in the area, the number does not fit into a text, or there
    is no such time zone.
    """
    found = _area(session, _named("area", area))
    name = _named("name", name)
    if (
        session.scalars(select(Hub.id).where(Hub.area_id == found.id, Hub.name == name)).first()
        is not None
    ):
        raise Invalid(fields={"name": f"There is a hub called {name} in {found.name} already."})
    phone = "".join(phone.split())
    if not 3 <= len(phone) <= LONGEST_PHONE or not (phone.isascii() and phone.isdecimal()):
        raise Invalid(
            fields={
                "phone": f"Enter a phone number of at most {LONGEST_PHONE} digits, such as 01914980100."
            }
        )
    if timezone not in available_timezones():
        raise Invalid(fields={"timezone": "Enter a time zone, such as Europe/London."})
    hub = Hub(
        area_id=found.id, name=name, phone=phone, timezone=ZoneInfo(timezone).key, settings={}
    )
    session.add(hub)
    session.flush()
    events.record(session, "hub.added", now=now, actor=actor, hub_id=hub.id)
    return hub


def add_agency(
    session: Session, hub: Hub, *, name: str, kind: AgencyKind, actor: str, now: datetime
) -> Agency:
    """An agency that takes part in the hub's area. Raises Invalid when the area has one of that
    name.
    """
    name = _named("name", name)
    taken = select(Agency.id).where(Agency.area_id == hub.area_id, Agency.name == name)
    if session.scalars(taken).first() is not None:
        raise Invalid(fields={"name": f"There is an agency called {name} already."})
    agency = Agency(area_id=hub.area_id, name=name, kind=kind)
    session.add(agency)
    session.flush()
    events.record(session, "agency.added", now=now, actor=actor, hub_id=hub.id, agency=agency.id)
    return agency


def set_hub_setting(
    session: Session, hub: Hub, setting: str, value: int | bool | str, *, actor: str, now: datetime
) -> None:
    """Set one number of the rule book for this hub, from now on; what held before is kept. Choosing
    what it is already changes nothing.

    Raises Invalid for a setting that there is not, or a value out of its range.
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
    """On these days nobody is at the hub (or, with `closed` False, somebody is after all); returns
    every closed day.

    A due time of so many working days passes over them, as over weekends. Raises Invalid when the
    hub would hardly ever be open.
    """
    session.refresh(hub, with_for_update=True)
    known = closed_days(hub.settings)
    wanted = known | set(days) if closed else known - set(days)
    if len(wanted) > MOST_CLOSED_DAYS:
        raise Invalid(
            fields={
                "days": f"A hub may list {MOST_CLOSED_DAYS} closed days. Take past ones off first."
            }
        )
    listed = [day.isoformat() for day in sorted(wanted)]
    _change(
        session, hub, {**hub.settings, "closed_days": listed}, "closed_days", listed, actor, now
    )
    return wanted


def close_hub(session: Session, hub: Hub, on: date, *, actor: str, now: datetime) -> None:
    """The hub closes as the day begins: nothing is booked there from then on, nobody joins, and
    enrolments end.

    Raises Invalid for a day that is past, Conflict where it has closed already.
    """
    session.refresh(hub, with_for_update=True)
    at = datetime.combine(on, time(), tzinfo=zone(hub))
    if hub.closed_at is not None and hub.closed_at <= now:
        raise Conflict("This hub has closed already.")
    if on < now.astimezone(zone(hub)).date():
        raise Invalid(fields={"on": "Choose today or a day to come."})
    hub.closed_at = at
    session.flush()
    events.record(session, "hub.closing", now=now, actor=actor, hub_id=hub.id, closes_at=at)


def keep_open(session: Session, hub: Hub, *, actor: str, now: datetime) -> None:
    """The hub does not close after all. Raises Conflict once it has closed, or where it was not to
    close.
    """
    session.refresh(hub, with_for_update=True)
    if hub.closed_at is None:
        raise Conflict("This hub is not to close.")
    if hub.closed_at <= now:
        raise Conflict("This hub has closed: enrolments there have ended. Open a new one.")
    hub.closed_at = None
    session.flush()
    events.record(session, "hub.kept_open", now=now, actor=actor, hub_id=hub.id)


def history(session: Session, hub: Hub, *, limit: int = 100) -> Sequence[HubSettingsSpell]:
    """The hub's settings as they were, the latest first."""
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
    """Keep what held until now, and begin what holds from now on."""
    if not history(session, hub, limit=1):
        session.add(
            HubSettingsSpell(
                hub_id=hub.id, since=BEGINNING, settings=dict(hub.settings), changed_by="system"
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


def _named(field: str, given: str) -> str:
    name = " ".join(given.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Invalid(fields={field: f"Enter a name of at most {LONGEST_NAME} characters."})
    return name
