"""The entry points: staff pages, the `/v1` API, webhooks and the command line. The only place that
assembles the web service.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from engage.core.clock import Clock
    from engage.core.db import Database
    from engage.core.settings import Settings

__all__ = ["create_app"]


def create_app(
    settings: "Settings | None" = None,
    database: "Database | None" = None,
    clock: "Clock | None" = None,
) -> "Flask":
    """Create the web service. Arguments that are left out come from the environment.

    Raises SettingsError for a bad setting and RuntimeError if a view has no @allow.
    """
    # Imported here so that a command such as `engage understand` does not load the web libraries.
    from api.assembly import assemble

    return assemble(settings, database, clock)
