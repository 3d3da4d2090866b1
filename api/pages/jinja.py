"""What every template may use: the labels of codes, and moments as people read them."""

from typing import Any

from flask import Flask
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader

from api.pages import frame
from engage import labels


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
