"""Every refusal and failure, told in one way: RFC 9457 problem+json to machines, a page to people.

`/v1`, `/webhooks`, `/health` and `/metrics` speak problem+json; every other address answers with a
page. The pages' own look plugs in by `render_pages_with(app, renderer)`. Nothing here may tell a
caller, or a log line, what an unexpected error's message says: it may quote personal data.
"""

import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import psycopg
import structlog
from flask import Flask, Response, current_app, json, render_template_string, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from werkzeug.exceptions import HTTPException

from engage.core.errors import EngageError, Invalid

log = structlog.get_logger(__name__)

MACHINE_PATHS = ("/v1", "/webhooks", "/health", "/metrics")
MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Problem:
    """What went wrong: `code` is stable and for programs, `title` and `detail` are for people,
    `errors` map a place to what to do.
    """

    status: int
    code: str
    title: str
    detail: str
    errors: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The members of RFC 9457, with `code`, and `errors` as a list of {pointer | parameter |
        header, detail}.
        """
        body: dict[str, Any] = {
            "type": f"/v1/docs#problem-{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
        }
        if self.errors:
            body["errors"] = [
                {**_place(name), "detail": detail} for name, detail in self.errors.items()
            ]
        return body


def _place(name: str) -> dict[str, str]:
    """Where a fault is: `?name` is a query parameter, `Name:` a header, anything else a field of
    the body.
    """
    if name.startswith("?"):
        return {"parameter": name[1:]}
    if name.endswith(":"):
        return {"header": name[:-1]}
    return {"pointer": f"#/{name}" if name else "#"}


Renderer = Callable[[Problem], ResponseReturnValue]

_WORDS: dict[int, tuple[str, str]] = {
    400: ("malformed", "The request cannot be read."),
    401: ("unauthenticated", "Say who you are first."),
    403: ("forbidden", "You may not do this."),
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not take this method."),
    406: ("not_acceptable", "The answer cannot be given in the form you asked for."),
    408: ("too_slow", "The request took too long to arrive."),
    409: ("conflict", "This does not fit with what is recorded."),
    411: ("length_required", "Say how long the body is."),
    413: ("too_large", "The request is larger than this address reads."),
    415: ("unsupported_media_type", "Send the body as application/json."),
    422: ("invalid", "Some values are wrong."),
    429: ("too_many_requests", "Slow down, and try again later."),
}

_PLAIN_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ problem.title }}</title></head>
<body><main><h1>{{ problem.title }}</h1><p>{{ problem.detail }}</p>
{% if problem.errors %}<ul>{% for detail in problem.errors.values() %}<li>{{ detail }}</li>{% endfor %}</ul>{% endif %}
<p><a href="/">Go to the start</a></p></main></body></html>
"""


def install(app: Flask) -> None:
    """Answer every refusal and failure of `app` as a problem."""
    app.extensions["engage.problem_page"] = _plain_page
    app.register_error_handler(EngageError, _refused)
    app.register_error_handler(HTTPException, _http)
    for lost in (OperationalError, PoolExhausted, psycopg.OperationalError):
        app.register_error_handler(lost, _unreachable)
    app.register_error_handler(Exception, _failed)


def render_pages_with(app: Flask, renderer: Renderer) -> None:
    """Let `renderer(problem)` make the page that people see; the status and headers of the problem
    are set on what it returns.
    """
    app.extensions["engage.problem_page"] = renderer


def respond(problem: Problem) -> Response:
    """The response for a problem, in the form that fits the address."""
    if for_machines():
        response = current_app.response_class(json.dumps(problem.as_json()), mimetype=MEDIA_TYPE)
    else:
        renderer: Renderer = current_app.extensions["engage.problem_page"]
        response = current_app.make_response(renderer(problem))
    response.status_code = problem.status
    response.headers.update(problem.headers)
    return response


def for_machines() -> bool:
    """Whether this request's address is one that programs call."""
    return request.path.startswith(MACHINE_PATHS)


def from_error(error: EngageError) -> Problem:
    """The problem that a refusal of a use case makes."""
    fields = error.fields if isinstance(error, Invalid) else {}
    return Problem(error.status, error.code, error.title, error.detail, fields, _challenge(error))


def _challenge(error: EngageError) -> dict[str, str]:
    if error.status == 401:
        return {"WWW-Authenticate": 'Bearer realm="engage"'}
    if error.code == "insufficient_scope":
        return {"WWW-Authenticate": 'Bearer realm="engage", error="insufficient_scope"'}
    return dict(getattr(error, "headers", {}))


def _refused(error: EngageError) -> Response:
    return respond(from_error(error))


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error.response
    status = error.code or 500
    if status < 400:
        return error.get_response()
    if status >= 500:
        return _failed(error)
    code, detail = _WORDS.get(status, ("refused", "The request was refused."))
    headers = {
        name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")
    }
    return respond(Problem(status, code, HTTPStatus(status).phrase, detail, headers=headers))


def _unreachable(error: Exception) -> Response:
    """The database does not answer: the caller may come again, and Twilio does."""
    log.error("request.unavailable", error=type(error).__name__)
    return respond(
        Problem(
            503,
            "unavailable",
            "Engage cannot be reached just now",
            "Nothing was changed. Try again in a minute.",
            headers={"Retry-After": "5"},
        )
    )


def _failed(error: Exception) -> Response:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "site-packages" not in frame.filename]
    where = [
        f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}"
        for frame in [*ours[-6:], *frames[-1:]]
    ]
    log.error("request.failed", error=type(error).__name__, where=where)
    return respond(
        Problem(
            500,
            "failed",
            "Something went wrong here",
            "Nothing was changed. Try again; if it happens again, tell whoever runs this service.",
        )
    )


def _plain_page(problem: Problem) -> ResponseReturnValue:
    return render_template_string(_PLAIN_PAGE, problem=problem)
