"""Who may call each view. Every view declares it; a view without a declaration is refused.

    @pages.get("/today")
    @allow(STAFF)                              # any signed-in member of staff
    @allow(staff(Role.ADMINISTRATOR))          # signed in, with one of these roles in some hub
    @allow(scope("people:read"))               # a system whose live key has this scope (/v1)
    @allow(PUBLIC)                             # any caller
    @allow(STAFF, largest_body=10 * MEGABYTE)  # and the largest body it reads (default 64 kB)

`create_app` fails if a view has no such line. The check runs before every request; the view then
calls `current_actor()`. engage/access/policy.py decides which *people* the actor may see. This
module must never read a body or a form.

The pages register with `identify_staff(app, identify, challenge)`: `identify()` returns the
signed-in Actor or None, `challenge()` the answer for an anonymous visitor (a redirect to the
sign-in page).
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
ALLOWANCE_ATTRIBUTE = "__allowed__"

View = TypeVar("View", bound=Callable[..., Any])


class Caller(StrEnum):
    """The types of caller that a view can be for."""

    PUBLIC = "public"
    STAFF = "staff"
    KEY = "key"
    PROVIDER = "provider"
    MONITOR = "monitor"


@dataclass(frozen=True)
class Allowance:
    """Who may call a view: a type of caller, with one of `roles` if any are given, or with `scope`.

    Text providers and the monitor are authenticated in their views, by a signature or a token.
    """

    caller: Caller
    roles: frozenset[Role] = frozenset()
    scope: str | None = None
    largest_body: int = 64 * KILOBYTE

    @property
    def by_machine(self) -> bool:
        """Whether only programs call the view: it needs neither a session nor a CSRF token."""
        return self.caller in (Caller.KEY, Caller.PROVIDER, Caller.MONITOR)


PUBLIC = Allowance(Caller.PUBLIC)
STAFF = Allowance(Caller.STAFF)
PROVIDER = Allowance(Caller.PROVIDER)
MONITOR = Allowance(Caller.MONITOR)


def staff(*roles: Role) -> Allowance:
    """Signed-in staff with at least one of `roles` in any hub."""
    return Allowance(Caller.STAFF, roles=frozenset(roles))


def scope(name: str) -> Allowance:
    """A system whose key has the scope `name`. Raises KeyError for an unknown scope."""
    SCOPES[name]
    return Allowance(Caller.KEY, scope=name, largest_body=MEGABYTE)


def allow(allowance: Allowance, *, largest_body: int | None = None) -> Callable[[View], View]:
    """Declare who may call a view and the largest body in bytes. A larger one gets 413."""
    if largest_body is not None:
        allowance = Allowance(allowance.caller, allowance.roles, allowance.scope, largest_body)

    def decorate(view: View) -> View:
        setattr(view, ALLOWANCE_ATTRIBUTE, allowance)
        return view

    return decorate


class Unauthenticated(EngageError):
    """The caller is not authenticated, or the credentials are not valid."""

    status = 401
    code = "unauthenticated"
    title = "Not authenticated"


@dataclass(frozen=True)
class _Identities:
    identify_staff: Callable[[], Actor | None] = lambda: None
    challenge: Callable[[], ResponseReturnValue] | None = None
    identify_key: Callable[[], Actor | None] = lambda: None


def install(app: Flask) -> None:
    """Run the check before every request."""
    app.extensions["engage.identities"] = _Identities()
    app.before_request(_check)


def identify_staff(
    app: Flask, identify: Callable[[], Actor | None], challenge: Callable[[], ResponseReturnValue]
) -> None:
    """Register how to find the signed-in member of staff, and what an anonymous visitor gets."""
    current: _Identities = app.extensions["engage.identities"]
    app.extensions["engage.identities"] = _Identities(identify, challenge, current.identify_key)


def identify_key(app: Flask, identify: Callable[[], Actor | None]) -> None:
    """Register how to find the system behind an API key."""
    current: _Identities = app.extensions["engage.identities"]
    app.extensions["engage.identities"] = _Identities(
        current.identify_staff, current.challenge, identify
    )


def current_actor() -> Actor:
    """The actor of this request. Raises Unauthenticated in a public view if nobody is signed in."""
    actor: Actor | None = g.get("actor")
    if actor is None and allowance_of_request() == PUBLIC:
        actor = g.actor = _identities().identify_staff()
    if actor is None:
        raise Unauthenticated("Sign in first.")
    return actor


def allowance_of(app: Flask, endpoint: str) -> Allowance | None:
    """The declaration of the view behind `endpoint`, or None."""
    allowance = getattr(app.view_functions.get(endpoint), ALLOWANCE_ATTRIBUTE, None)
    return allowance if isinstance(allowance, Allowance) else None


def allowance_of_request() -> Allowance | None:
    """The declaration of the view for this request; None if there is no such view."""
    return allowance_of(current_app, request.endpoint) if request.endpoint is not None else None


def undeclared(app: Flask) -> list[UrlRule]:
    """The routes whose views have no declaration. There must be none."""
    return [rule for rule in app.url_map.iter_rules() if allowance_of(app, rule.endpoint) is None]


def refuse_undeclared(app: Flask) -> None:
    """Raise RuntimeError if a view has no declaration."""
    if missing := undeclared(app):
        names = ", ".join(sorted(rule.endpoint for rule in missing))
        raise RuntimeError(f"Add @allow to these views: {names}")


def _identities() -> _Identities:
    identities: _Identities = current_app.extensions["engage.identities"]
    return identities


def _check() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None  # no such route: Flask answers 404 or 405
    allowance = allowance_of_request()
    if allowance is None:
        raise Forbidden("This address is closed to all callers.")
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
        raise Forbidden("Your role does not allow you to open this page.")
    return None


def _check_key(allowance: Allowance) -> None:
    g.actor = actor = _identities().identify_key()
    if actor is None:
        raise Unauthenticated("Send a live API key as: Authorization: Bearer engage_…")
    if allowance.scope not in actor.scopes:
        raise Forbidden(
            f"This key does not have the scope {allowance.scope}.", code="insufficient_scope"
        )
