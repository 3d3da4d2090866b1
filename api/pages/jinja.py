"""What every template may use: the labels of codes, and moments as people read them."""

from collections.abc import MutableMapping
from typing import Any

from flask import Flask
from flask.templating import Environment
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader

from api.pages import frame
from engage import labels


class PageEnvironment(Environment):
    """Flask's environment, with the globals of each template in a dict.

    Jinja compares them at every import in a template. Its own chain of maps is compared name by
    name in Python, which took some 3 ms of a person's page.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The environment's globals and the template's own. Globals that are added after a
        template was loaded do not reach it.
        """
        return {**self.globals, **(d or {})}


def install(app: Flask) -> None:
    """Set Jinja up for `app`: GOV.UK's macros, labels as globals, formats as filters."""
    app.jinja_loader = ChoiceLoader(
        [PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})]
    )
    environment: Any = app.jinja_env
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.globals.update(labels.tables(), **labels.functions())
    environment.filters.update(labels.functions())
    app.context_processor(frame.context)
