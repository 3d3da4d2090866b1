"""API keys: `Authorization: Bearer engage_…`, looked up by hash, and their rate limit.

The limit applies to each key and is counted in the memory of each process, so several processes
allow a multiple of it. It protects other systems from one system's mistake. It is not a security
control.
"""

import math

import structlog
from flask import Flask, current_app, request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from api import access
from api.database import now, transaction
from engage.access.policy import Actor, key_actor
from engage.agencies.service import use_key
from engage.core.clock import Clock
from engage.core.errors import EngageError

log = structlog.get_logger(__name__)
PER_MINUTE = 600


class TooManyRequests(EngageError):
    """The key is over its rate limit."""

    status = 429
    code = "too_many_requests"
    title = "Too many requests"

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Try again in {seconds} seconds.")
        self.headers = {"Retry-After": str(seconds)}


class Limiter:
    """Counts the requests of each key in the last minute."""

    def __init__(self, per_minute: int = PER_MINUTE) -> None:
        self._limit = RateLimitItemPerMinute(per_minute)
        self._window = MovingWindowRateLimiter(MemoryStorage())

    def count(self, who: str) -> int:
        """Count a request. Returns 0 if it is allowed, otherwise the seconds to wait."""
        if self._window.hit(self._limit, who):
            return 0
        reset = self._window.get_window_stats(self._limit, who).reset_time
        # The library uses the computer's clock, even if ENGAGE_NOW moves the service's clock.
        return max(math.ceil(reset - Clock().now().timestamp()), 1)


def install(app: Flask, limiter: Limiter | None = None) -> None:
    """Register the authentication by key."""
    app.extensions["engage.limiter"] = limiter or Limiter()
    access.identify_key(app, _identify)


def _identify() -> Actor | None:
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not secret:
        return None
    with transaction() as session:
        key = use_key(session, secret.strip(), now=now())
    if key is None:
        log.warning("key.refused")
        return None
    actor = key_actor(key)
    limiter: Limiter = current_app.extensions["engage.limiter"]
    if seconds := limiter.count(actor.label):
        log.warning("key.limited", key=str(key.id))
        raise TooManyRequests(seconds)
    return actor
