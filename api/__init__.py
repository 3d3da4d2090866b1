"""How the outside reaches in: HTTP, pages, webhooks, command line. Here everything is put together,
and nowhere else.
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
    """The whole web service. What is not given comes from the environment.

    Raises SettingsError for a bad setting and RuntimeError when a view does not say who may call
    it.
    """
    # Imported here, so that a command such as `engage understand` does not wait for the web's
    # libraries.
    from api.assembly import assemble

    return assemble(settings, database, clock)
