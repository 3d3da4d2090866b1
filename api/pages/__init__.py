"""The staff pages: plain HTML forms that work without JavaScript, in the look of the GOV.UK Design
System.

A view parses its form, calls one use case or one read model, and renders. Nothing here asks the
database itself.
"""

import importlib
import pkgutil

from flask import Flask

from api import problems
from api.pages import errors, jinja
from api.pages.blueprint import pages

__all__ = ["install"]


def install(app: Flask) -> None:
    """Give `app` the staff pages and their way of telling a refusal."""
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        importlib.import_module(module.name)
    jinja.install(app)
    app.register_blueprint(pages)
    problems.render_pages_with(app, errors.render)
