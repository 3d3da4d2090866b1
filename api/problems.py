"""Every refusal and failure in one form: RFC 9457 problem+json for programs, a page for people.

`/v1`, `/webhooks`, `/health` and `/metrics` answer with problem+json, every other address with a
page, which the pages design through `render_pages_with(app, renderer)`. Never put the message of an
unexpected error into an answer or a log line: it may quote personal data.
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
    """What went wrong. `code` is stable, for programs; `title` and `detail` are for people;
    `errors` map a field to what to do.
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
                {**_location(name), "detail": detail} for name, detail in self.errors.items()
            ]
        return body


def _location(name: str) -> dict[str, str]:
    """The location of an error: `?name` is a query parameter, `Name:` a header, anything else a
    field of the body.
    """
    if name.startswith("?"):
        return {"parameter": name[1:]}
    if name.endswith(":"):
        return {"header": name[:-1]}
    return {"pointer": f"#/{name}" if name else "#"}


Renderer = Callable[[Problem], ResponseReturnValue]

_DETAILS: dict[int, tuple[str, str]] = {
    400: ("malformed", "The request cannot be read."),
    401: ("unauthenticated", "Authenticate first."),
    403: ("forbidden", "You may not do this."),
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not accept this method."),
    406: ("not_acceptable", "The answer is not available in the format you asked for."),
    408: ("too_slow", "The request took too long to arrive."),
    409: ("conflict", "This conflicts with what is recorded."),
    411: ("length_required", "Send a Content-Length header."),
    413: ("too_large", "The request is larger than this address accepts."),
    415: ("unsupported_media_type", "Send the body as application/json."),
    422: ("invalid", "Some values are wrong."),
    429: ("too_many_requests", "Too many requests. Try again later."),
}

_PLAIN_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ problem.title }}</title></head>
<body><main><h1>{{ problem.title }}</h1><p>{{ problem.detail }}</p>
{% if problem.errors %}<ul>
{% for detail in problem.errors.values() %}<li>{{ detail }}</li>{% endfor %}
</ul>{% endif %}
<p><a href="/">Go to the start</a></p></main></body></html>
"""


def install(app: Flask) -> None:
    """Answer every refusal and failure with a problem."""
    app.extensions["engage.problem_page"] = _plain_page
    app.register_error_handler(EngageError, _answer_refusal)
    app.register_error_handler(HTTPException, _answer_http_error)
    for error in (OperationalError, PoolExhausted, psycopg.OperationalError):
        app.register_error_handler(error, _answer_lost_database)
    app.register_error_handler(Exception, _answer_failure)


def render_pages_with(app: Flask, renderer: Renderer) -> None:
    """Register the renderer of the problem page. We set the status and headers."""
    app.extensions["engage.problem_page"] = renderer


def respond(problem: Problem) -> Response:
    """The response for a problem: JSON or a page, by the address."""
    if for_machines():
        response = current_app.response_class(json.dumps(problem.as_json()), mimetype=MEDIA_TYPE)
    else:
        renderer: Renderer = current_app.extensions["engage.problem_page"]
        response = current_app.make_response(renderer(problem))
    response.status_code = problem.status
    response.headers.update(problem.headers)
    return response


def for_machines() -> bool:
    """Whether programs call this request's address."""
    return request.path.startswith(MACHINE_PATHS)


def from_error(error: EngageError) -> Problem:
    """The problem for an error that a use case raised."""
    fields = error.fields if isinstance(error, Invalid) else {}
    return Problem(error.status, error.code, error.title, error.detail, fields, _challenge(error))


def _challenge(error: EngageError) -> dict[str, str]:
    if error.status == 401:
        return {"WWW-Authenticate": 'Bearer realm="engage"'}
    if error.code == "insufficient_scope":
        return {"WWW-Authenticate": 'Bearer realm="engage", error="insufficient_scope"'}
    return dict(getattr(error, "headers", {}))


def _answer_refusal(error: EngageError) -> Response:
    return respond(from_error(error))


def _answer_http_error(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error.response
    status = error.code or 500
    if status < 400:
        return error.get_response()
    if status >= 500:
        return _answer_failure(error)
    code, detail = _DETAILS.get(status, ("refused", "The request was refused."))
    headers = {
        name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")
    }
    return respond(Problem(status, code, HTTPStatus(status).phrase, detail, headers=headers))


def _answer_lost_database(error: Exception) -> Response:
    """Answer 503 if the database is down. Text providers retry after it."""
    log.error("request.unavailable", error=type(error).__name__)
    return respond(
        Problem(
            503,
            "unavailable",
            "Engage is temporarily unavailable",
            "Nothing was changed. Try again in a minute.",
            headers={"Retry-After": "5"},
        )
    )


def _answer_failure(error: Exception) -> Response:
    frames = traceback.extract_tb(error.__traceback__)
    own_frames = [frame for frame in frames if "site-packages" not in frame.filename]
    traceback_lines = [
        f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}"
        for frame in [*own_frames[-6:], *frames[-1:]]
    ]
    log.error("request.failed", error=type(error).__name__, where=traceback_lines)
    return respond(
        Problem(
            500,
            "failed",
            "Something went wrong here",
            "Nothing was changed. Try again. If it happens again, contact your administrator.",
        )
    )


def _plain_page(problem: Problem) -> ResponseReturnValue:
    return render_template_string(_PLAIN_PAGE, problem=problem)
