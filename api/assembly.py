"""Assembles the web service. The order of the steps matters."""

from flask import Flask

from api import access, auth, observability, pages, problems, security, v1, webhooks
from api.database import open_database
from api.pages.jinja import PageEnvironment
from engage import models
from engage.core import logs
from engage.core.clock import Clock
from engage.core.db import Database
from engage.core.settings import Settings


def assemble(
    settings: Settings | None = None, database: Database | None = None, clock: Clock | None = None
) -> Flask:
    """See `api.create_app`."""
    if settings is None:
        settings = Settings.from_environment()
        logs.configure(development=not settings.production)
    app = Flask("api", static_folder=None)
    # Before the first use of Jinja, which makes the environment.
    app.jinja_environment = PageEnvironment
    # An automatic answer to OPTIONS would be a view without a declaration.
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.extensions["engage.settings"] = settings
    app.extensions["engage.database"] = database or open_database(settings)
    app.extensions["engage.clock"] = clock or Clock.from_settings(settings)
    app.extensions["engage.tables"] = models.METADATA
    problems.install(app)
    observability.install(app)
    access.install(app)
    security.install(app, settings)
    webhooks.install(app)
    v1.install(app)
    auth.install(app)
    pages.install(app)
    access.refuse_undeclared(app)
    return app
