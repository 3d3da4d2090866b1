"""Refusals and failures as pages in the same look as all others."""

from flask import g, render_template
from flask.typing import ResponseReturnValue

from api.auth.session import identify
from api.problems import Problem

_TITLES = {
    400: "The request could not be read",
    403: "You may not do this",
    404: "Page not found",
    405: "This address does not accept that request",
    409: "Something has changed in the meantime",
    413: "That is too large",
    422: "Check what you entered",
    429: "Too many attempts",
    500: "Something went wrong here",
}


def render(problem: Problem) -> ResponseReturnValue:
    """The page for a problem. It repeats the problem's own words and nothing of the request."""
    if problem.status in (404, 405) and "actor" not in g:
        # Nobody has asked who this is, because there is no view; the menu is still theirs.
        g.actor = identify()
    title = (
        problem.title
        if problem.code == "stale_form"
        else _TITLES.get(problem.status, problem.title)
    )
    return render_template("shared/problem.html", problem=problem, title=title)
