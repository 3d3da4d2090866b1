"""Who may call what: every view says it, and whatever does not say it is refused.

    @pages.get("/today")
    @allow(STAFF)                              # anybody who is signed in
    @allow(staff(Role.ADMINISTRATOR))          # signed in, with one of these roles in some hub
    @allow(scope("people:read"))               # a system with a live key that has this scope (only
    /v1)
    @allow(PUBLIC)                             # anybody at all
    @allow(STAFF, largest_body=10 * MEGABYTE)  # and how much it reads at most (64 kB unless said)

`create_app` fails when a view has no such line. The check runs before every request; the view then
asks `current_actor()`. Which
*people* the actor may see is not decided here but in engage/access/policy.py. Nothing here may look
  at a body or a form.

Pages plug in by `identify_staff(app, identify, challenge)`: `identify()` returns the signed-in
Actor or None, `challenge()` what an anonymous visitor gets (the way to the sign-in page).
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask, current_app, g, request
from flask.typing import ResponseReturnValue
from werkzeug.routing import Rule as UrlRule

from engage.access.policy import SCOPES, Actor
from engage.agencies.model import Role
from engage.core.errors import EngageError, Forbidden

KILOBYTE = 1024
MEGABYTE = 1024 * KILOBYTE
MARK = "__allowed__"

View = TypeVar("View", bound=Callable[..., Any])


class Caller(StrEnum):
    """The sorts of caller that a view can be for."""

    PUBLIC = "public"
    STAFF = "staff"
    KEY = "key"
    TWILIO = "twilio"
    NOTIFY = "notify"
    MONITOR = "monitor"


@dataclass(frozen=True)
class Allowance:
    """Who may call a view: a sort of caller, with one of `roles` if there are any, or with `scope`.

    Twilio, GOV.UK Notify and the monitor prove themselves in their views, by a signature or a
    token.
    """

    caller: Caller
    roles: frozenset[Role] = frozenset()
    scope: str | None = None
    largest_body: int = 64 * KILOBYTE

    @property
    def by_machine(self) -> bool:
        """No browser calls this, so there is neither session nor forged form to fear."""
        return self.caller in (Caller.KEY, Caller.TWILIO, Caller.NOTIFY, Caller.MONITOR)


PUBLIC = Allowance(Caller.PUBLIC)
STAFF = Allowance(Caller.STAFF)
TWILIO = Allowance(Caller.TWILIO)
NOTIFY = Allowance(Caller.NOTIFY)
MONITOR = Allowance(Caller.MONITOR)


def staff(*roles: Role) -> Allowance:
    """Signed-in staff who have at least one of `roles` in some hub."""
    return Allowance(Caller.STAFF, roles=frozenset(roles))


def scope(name: str) -> Allowance:
    """A system whose key has the scope `name`; raises KeyError for a scope that does not exist."""
    SCOPES[name]
    return Allowance(Caller.KEY, scope=name, largest_body=MEGABYTE)


def allow(allowance: Allowance, *, largest_body: int | None = None) -> Callable[[View], View]:
    """Declare who may call a view and how many bytes of body it reads at most; anything longer is
    answered 413.
    """
    if largest_body is not None:
        allowance = Allowance(allowance.caller, allowance.roles, allowance.scope, largest_body)

    def declare(view: View) -> View:
        setattr(view, MARK, allowance)
        return view

    return declare


class Unauthenticated(EngageError):
    """Nobody has said who they are, or not in a way that can be believed."""

    status = 401
    code = "unauthenticated"
    title = "Say who you are"


@dataclass(frozen=True)
class _Identities:
    identify_staff: Callable[[], Actor | None] = lambda: None
    challenge: Callable[[], ResponseReturnValue] | None = None
    identify_key: Callable[[], Actor | None] = lambda: None


def install(app: Flask) -> None:
    """Make the check run before every request."""
    app.extensions["engage.identities"] = _Identities()
    app.before_request(_check)


def identify_staff(
    app: Flask, identify: Callable[[], Actor | None], challenge: Callable[[], ResponseReturnValue]
) -> None:
    """Say how the signed-in member of staff is found, and what an anonymous visitor of a staff page
    gets.
    """
    known: _Identities = app.extensions["engage.identities"]
    app.extensions["engage.identities"] = _Identities(identify, challenge, known.identify_key)


def identify_key(app: Flask, identify: Callable[[], Actor | None]) -> None:
    """Say how the system behind an API key is found."""
    known: _Identities = app.extensions["engage.identities"]
    app.extensions["engage.identities"] = _Identities(
        known.identify_staff, known.challenge, identify
    )


def current_actor() -> Actor:
    """Who makes this request. Raises Unauthenticated in a view that anybody may call when nobody is
    signed in.
    """
    actor: Actor | None = g.get("actor")
    if actor is None and allowance_of_request() == PUBLIC:
        actor = g.actor = _identities().identify_staff()
    if actor is None:
        raise Unauthenticated("Sign in first.")
    return actor


def allowance_of(app: Flask, endpoint: str) -> Allowance | None:
    """What the view behind `endpoint` declares, or None."""
    declared = getattr(app.view_functions.get(endpoint), MARK, None)
    return declared if isinstance(declared, Allowance) else None


def allowance_of_request() -> Allowance | None:
    """What the view that answers this request declares; None where there is no such view."""
    return allowance_of(current_app, request.endpoint) if request.endpoint is not None else None


def undeclared(app: Flask) -> list[UrlRule]:
    """The routes whose views do not say who may call them; there must be none."""
    return [rule for rule in app.url_map.iter_rules() if allowance_of(app, rule.endpoint) is None]


def refuse_undeclared(app: Flask) -> None:
    """Stop the start when a view does not say who may call it."""
    if missing := undeclared(app):
        raise RuntimeError("No @allow on: " + ", ".join(sorted(rule.endpoint for rule in missing)))


def _identities() -> _Identities:
    identities: _Identities = current_app.extensions["engage.identities"]
    return identities


def _check() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None  # no such address: Flask answers 404 or 405
    allowance = allowance_of_request()
    if allowance is None:
        raise Forbidden("Nobody may call this.")
    request.max_content_length = allowance.largest_body
    if allowance.caller is Caller.STAFF:
        return _check_staff(allowance)
    if allowance.caller is Caller.KEY:
        _check_key(allowance)
    return None


def _check_staff(allowance: Allowance) -> ResponseReturnValue | None:
    identities = _identities()
    g.actor = actor = identities.identify_staff()
    if actor is None:
        if identities.challenge is None:
            raise Unauthenticated("Sign in first.")
        return identities.challenge()
    if allowance.roles and not actor.has(*allowance.roles):
        raise Forbidden("Your role does not open this page.")
    return None


def _check_key(allowance: Allowance) -> None:
    g.actor = actor = _identities().identify_key()
    if actor is None:
        raise Unauthenticated("Send a live API key as: Authorization: Bearer engage_…")
    if allowance.scope not in actor.scopes:
        raise Forbidden(
            f"This key does not have the scope {allowance.scope}.", code="insufficient_scope"
        )
