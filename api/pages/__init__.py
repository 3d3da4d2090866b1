"""The staff pages: plain HTML forms that work without JavaScript, in the look of the GOV.UK Design System.

A view parses its form, calls one use case or one read model, and renders. Nothing here asks the database itself.
"""

from flask import Flask
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader

from api import problems
from api.pages import (
    actions,
    appointments,
    assets,
    caseload,
    checkins,
    cohort,
    cohort_words,
    conversation,
    corrections,
    errors,
    frame,
    free_times,
    imports,
    log,
    numbers,
    on_call,
    person,
    plan,
    plan_words,
    queues,
    reports,
    signals,
    takeover,
    today,
    unknown,
    words,
)
from api.pages.blueprint import pages

__all__ = ["install"]

VIEWS = (
    actions,
    appointments,
    assets,
    caseload,
    checkins,
    cohort,
    conversation,
    corrections,
    free_times,
    imports,
    log,
    numbers,
    on_call,
    person,
    plan,
    queues,
    reports,
    signals,
    takeover,
    today,
    unknown,
)


def install(app: Flask) -> None:
    """Give `app` the staff pages and their way of telling a refusal."""
    app.jinja_loader = ChoiceLoader(
        [PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})]
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    words.install(app)
    app.jinja_env.globals.update(plan_words.TABLES)
    app.jinja_env.globals.update({"BEHIND": cohort_words.BEHIND})
    app.register_blueprint(pages)
    app.context_processor(frame.context)
    problems.render_pages_with(app, errors.render)
