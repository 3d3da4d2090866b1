"""Puts the simulator's interfaces together in one Flask application."""

import json
from typing import Any

from flask import Flask, request
from flask.json.provider import DefaultJSONProvider
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from messaging.gateways.simulator import api, control, notify, pages
from messaging.gateways.simulator.provider import Provider
from messaging.gateways.simulator.settings import SimulatorSettings
from messaging.gateways.simulator.texts import API_VERSION

_NAME = "messaging.simulator"


class _Json(DefaultJSONProvider):
    """Compact and unsorted: the ledger of a long run is large."""

    def dumps(self, obj: Any, **options: Any) -> str:
        return json.dumps(obj, separators=(",", ":"), ensure_ascii=True)


def create_simulator(settings: SimulatorSettings) -> Flask:
    """A simulated Twilio account and a GOV.UK Notify service as a web application. Its threads
    start with the first text.

    Faults that close a connection need the server in `server.py`; everything else runs under any
    WSGI server with one process.
    """
    app = Flask(__name__)
    app.json = _Json(app)
    app.config["MAX_CONTENT_LENGTH"] = 1_000_000
    provider = Provider(settings)
    app.extensions[_NAME] = provider
    app.register_blueprint(api.blueprint(provider))
    app.register_blueprint(notify.blueprint(provider))
    app.register_blueprint(control.blueprint(provider))
    app.register_blueprint(pages.blueprint(provider))
    app.register_error_handler(HTTPException, _nowhere)
    return app


def _nowhere(error: HTTPException) -> ResponseReturnValue:
    """Refuse a request without a route, in the format of the interface it was sent to."""
    if request.path.startswith(f"/{API_VERSION}/"):
        return api.refusal(error)
    if request.path.startswith("/v2/"):
        return notify.refusal(error)
    if request.path.startswith("/simulator/"):
        return control.refusal(error)
    return pages.refusal(error)


def provider_of(app: Flask) -> Provider:
    """The account behind an application made by `create_simulator`."""
    provider: Provider = app.extensions[_NAME]
    return provider
