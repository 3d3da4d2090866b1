"""Health checks, metrics, and one log line per request.

Nothing here may carry personal data: a request is logged by the rule of its route, never by its
path or body. Queue depths are counted in the database for each request to /metrics, so the figures
are the same in every process.
"""

import hmac
import os
import re
import secrets
import time
from collections.abc import Iterator, Mapping

import structlog
from flask import Blueprint, Flask, Response, current_app, g, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from api.access import MONITOR, PUBLIC, allow
from api.database import database, now, transaction
from engage.core import migrate
from engage.core.errors import NotFound
from engage.core.settings import Settings
from engage.queries.messaging import queues

log = structlog.get_logger("api.request")
health = Blueprint("health", __name__)
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
# Not logged: health checks, because they are frequent, and stored texts and receipts, because each
# is a row that says more than a log line.
_NOT_LOGGED = frozenset({"health.live", "health.ready", "health.metrics"})
_BLUEPRINT_NOT_LOGGED = "webhooks"


class _Requests:
    """Counters of the requests that this process has answered, labelled with the process id."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("process", "route", "method", "status")
        self.count = Counter("engage_requests", "Requests answered", labels, registry=self.registry)
        self.seconds = Histogram(
            "engage_request_seconds", "Time to answer", ("process", "route"), registry=self.registry
        )
        # Looking up a labelled figure costs more than incrementing it, so figures are cached.
        self._figures: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def add(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one answer."""
        figures = self._figures.get((route, method, status))
        if figures is None:
            process = str(os.getpid())
            figures = (
                self.count.labels(process, route, method, str(status)),
                self.seconds.labels(process, route),
            )
            self._figures[route, method, status] = figures
        figures[0].inc()
        figures[1].observe(seconds)


def install(app: Flask) -> None:
    """Add the health and metrics routes, request ids and the request log."""
    app.extensions["engage.requests"] = _Requests()
    app.before_request(_start_request)
    app.after_request(_finish_request)
    app.register_blueprint(health)


@health.get("/health/live")
@allow(PUBLIC)
def live() -> ResponseReturnValue:
    """The process is running."""
    return jsonify(status="live")


@health.get("/health/ready")
@allow(PUBLIC)
def ready() -> ResponseReturnValue:
    """The database answers and all migrations have run; otherwise 503 with the reason."""
    try:
        with database().engine.connect() as connection:
            if not current_app.extensions.get("engage.migrated"):
                if migrate.pending(connection):
                    return jsonify(status="not ready", reason="migrations are pending"), 503
                current_app.extensions["engage.migrated"] = True
            else:
                connection.exec_driver_sql("SELECT 1")
    except SQLAlchemyError:
        return jsonify(status="not ready", reason="the database does not answer"), 503
    return jsonify(status="ready")


@health.get("/metrics")
@allow(MONITOR)
def metrics() -> ResponseReturnValue:
    """Prometheus metrics: queue depths from the database, request counters of this process."""
    _check_monitor()
    with transaction() as session:
        depths = queues.depths(session, now=now())
    registry = CollectorRegistry()
    registry.register(_QueueDepths(depths))
    requests: _Requests = current_app.extensions["engage.requests"]
    text = generate_latest(registry) + generate_latest(requests.registry)
    return Response(text, content_type=CONTENT_TYPE_LATEST)


def _check_monitor() -> None:
    """Check the token, which production requires. Raises NotFound if it is wrong or not set."""
    settings: Settings = current_app.extensions["engage.settings"]
    if settings.metrics_token is None:
        if settings.production:
            raise NotFound("There is nothing at this address.")
        return
    sent = request.headers.get("Authorization", "")
    if not hmac.compare_digest(sent.encode(), f"Bearer {settings.metrics_token}".encode()):
        raise NotFound("There is nothing at this address.")


class _QueueDepths(Collector):
    """The queue depths as gauges."""

    def __init__(self, depths: queues.Depths) -> None:
        self._depths = depths

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield from (
            self._labelled_gauge(
                "engage_messages", "Texts by status", "status", self._depths.messages
            ),
            self._labelled_gauge(
                "engage_inbound", "Texts to us by status", "status", self._depths.inbound
            ),
            self._labelled_gauge(
                "engage_signals_open", "Signals not yet resolved", "severity", self._depths.signals
            ),
            self._gauge(
                "engage_oldest_due_seconds",
                "How late the oldest queued text is",
                self._depths.oldest_due,
            ),
            self._gauge(
                "engage_oldest_inbound_seconds",
                "How long the oldest text to us has waited",
                self._depths.oldest_inbound,
            ),
            self._labelled_gauge(
                "engage_provider_out_of_reach_seconds",
                "How long a provider has processed nothing",
                "provider",
                self._depths.out_of_reach,
            ),
            self._gauge(
                "engage_receipts_waiting", "Receipts not yet applied", self._depths.receipts
            ),
            self._gauge(
                "engage_reminders_due", "Reminders past due and not decided", self._depths.reminders
            ),
        )

    @staticmethod
    def _labelled_gauge(
        name: str, description: str, label: str, values: Mapping[str, float]
    ) -> GaugeMetricFamily:
        family = GaugeMetricFamily(name, description, labels=[label])
        for key, value in sorted(values.items()):
            family.add_metric([key], value)
        return family

    @staticmethod
    def _gauge(name: str, description: str, value: float) -> GaugeMetricFamily:
        return GaugeMetricFamily(name, description, value=value)


def _start_request() -> None:
    request_id = request.headers.get("X-Request-Id")
    g.request_id = (
        request_id if request_id and _REQUEST_ID.fullmatch(request_id) else secrets.token_hex(16)
    )
    g.started = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request=g.request_id)


def _finish_request(response: Response) -> Response:
    context = g._get_current_object()
    if "started" not in context:
        return response
    seconds = time.perf_counter() - context.started
    status, route = (
        response.status_code,
        request.url_rule.rule if request.url_rule is not None else "none",
    )
    counters: _Requests = current_app.extensions["engage.requests"]
    counters.add(route, request.method, status, seconds)
    response.headers["X-Request-Id"] = context.request_id
    unlogged = request.endpoint in _NOT_LOGGED or request.blueprint == _BLUEPRINT_NOT_LOGGED
    if not unlogged or (status >= 400 and request.endpoint != "health.ready"):
        log.info(
            "request.finished",
            route=route,
            method=request.method,
            status=status,
            ms=round(seconds * 1000, 1),
        )
    return response
