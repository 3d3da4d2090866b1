"""What surrounds every page: the menu for the roles of the actor, and the messages about what was
just done.
"""

from collections.abc import Callable
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
    return Frame(staff.name, [_navigation(item) for item in MENU if item.shown(actor)])


@dataclass(frozen=True)
class MenuItem:
    """One entry of the menu: its text, view and path, who is shown it, and the start of the paths
    of the pages that belong to it.
    """

    text: str
    view: str
    path: str
    shown: Callable[[Actor], bool] = lambda actor: True
    below: str = ""


def _is(*roles: Role) -> Callable[[Actor], bool]:
    return lambda actor: actor.has(*roles)


def _reads_cases(actor: Actor) -> bool:
    return scope.may_anywhere(actor, Ability.CASE)


MENU = (
    MenuItem("Today", "today", "/today"),
    MenuItem("Caseload", "caseload", "/caseload", scope.may_see_people, below="/people/"),
    MenuItem("Actions", "actions", "/actions", scope.may_see_people),
    MenuItem("Cohort", "cohort", "/cohort", _reads_cases),
    MenuItem("Referrals", "referrals", "/referrals", meetings.may_refer),
    MenuItem("Meetings", "meetings", "/meetings", meetings.may_attend),
    MenuItem("Free times", "free_times", "/free-times", _is(*WORKER_ROLES)),
    MenuItem("Import", "new_import", "/import", _is(*IMPORTERS)),
    MenuItem("Queues", "queues", "/queues", _is(Role.ADMINISTRATOR)),
    MenuItem("Corrections", "corrections", "/corrections", _is(Role.ADMINISTRATOR)),
    MenuItem("Unknown numbers", "unknown_numbers", "/unknown-numbers", may_see_unknown),
    MenuItem("On call", "on_call", "/on-call", _is(*MANAGERS)),
    MenuItem("Hub", "hubs", "/hubs", _is(*READERS)),
    MenuItem("Notices", "notices", "/notices"),
)


def _navigation(item: MenuItem) -> dict[str, Any]:
    """An entry as GOV.UK's navigation takes it. It is active on the pages that belong to it."""
    here = request.path == item.path
    return {
        "text": item.text,
        "href": url_for(f"pages.{item.view}"),
        "current": here,
        "active": not here and request.path.startswith(item.below or f"{item.path}/"),
    }
