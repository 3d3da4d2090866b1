"""What surrounds every page: the menu for the roles of the actor, and the messages about what was
just done.
"""

from dataclasses import dataclass
from typing import Any

from flask import flash, g, request, url_for

from api.pages.assets import govuk_version, version_of
from engage.access import scope
from engage.access.hub_settings import READERS
from engage.access.policy import Ability, Actor
from engage.agencies.model import Role
from engage.appointments.free_times.service import WORKER_ROLES
from engage.conversation.safety.rota import MANAGERS
from engage.queries.cohort import meetings
from engage.queries.conversation.unread import may_see_unknown

IMPORTERS = (Role.OFFENDER_MANAGER, Role.COORDINATOR, Role.SUPERVISOR)


@dataclass(frozen=True)
class Frame:
    """The menu and the name in the page's head. Empty for an anonymous visitor."""

    name: str | None
    navigation: list[dict[str, Any]]


def context() -> dict[str, Any]:
    """What every template may use."""
    return {"frame": _frame(), "asset": asset, "govuk_version": govuk_version}


def asset(name: str) -> str:
    """The address of one of our own files; it changes with the file, so browsers may keep it."""
    return url_for("pages.own_asset", version=version_of(name), name=name)


def say(words: str) -> None:
    """Put word of what was just done at the top of the next page."""
    flash(words, "done")


def _frame() -> Frame:
    staff, actor = g.get("staff"), g.get("actor")
    if staff is None or actor is None:
        return Frame(None, [])
    return Frame(staff.name, [item for item in _items(actor) if item])


def _items(actor: Actor) -> list[dict[str, Any]]:
    items = [_item("Today", "pages.today", "/today")]
    if scope.may_see_people(actor):
        items.append(_item("Caseload", "pages.caseload", "/caseload", below="/people/"))
        items.append(_item("Actions", "pages.actions", "/actions"))
    if scope.may_anywhere(actor, Ability.CASE):
        items.append(_item("Cohort", "pages.cohort", "/cohort"))
    if meetings.may_refer(actor):
        items.append(_item("Referrals", "pages.referrals", "/referrals"))
    if meetings.may_attend(actor):
        items.append(_item("Meetings", "pages.meetings", "/meetings"))
    if actor.has(*WORKER_ROLES):
        items.append(_item("Free times", "pages.free_times", "/free-times"))
    if actor.has(*IMPORTERS):
        items.append(_item("Import", "pages.new_import", "/import"))
    if actor.has(Role.ADMINISTRATOR):
        items.append(_item("Queues", "pages.queues", "/queues"))
        items.append(_item("Corrections", "pages.corrections", "/corrections"))
    if may_see_unknown(actor):
        items.append(_item("Unknown numbers", "pages.unknown_numbers", "/unknown-numbers"))
    if actor.has(*MANAGERS):
        items.append(_item("On call", "pages.on_call", "/on-call"))
    if actor.has(*READERS):
        items.append(_item("Hub", "pages.hubs", "/hubs"))
    items.append(_item("Notices", "pages.notices", "/notices"))
    return items


def _item(text: str, endpoint: str, path: str, below: str | None = None) -> dict[str, Any]:
    """An item of the menu. It is the active one on every page whose path starts with `below`."""
    here = request.path == path
    return {
        "text": text,
        "href": url_for(endpoint),
        "current": here,
        "active": not here and request.path.startswith(below or f"{path}/"),
    }
