"""Reading bodies and queries of the API: strictly, with every error in one form."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NoReturn

from flask import current_app, request
from flask_smorest.blueprint import Blueprint
from marshmallow import RAISE, Schema, ValidationError
from webargs import missing
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from engage.core.errors import Invalid

JSON = "application/json"


class _Parser(FlaskParser):
    """Reads standard JSON. Unknown fields and parameters are refused."""

    DEFAULT_UNKNOWN_BY_LOCATION = {"json": RAISE, "query": RAISE}

    def load_json(self, req: Any, schema: Schema) -> Any:
        body = req.get_data()
        if not body:
            return missing
        try:
            return json.loads(body, parse_constant=_refuse_constant)
        except (ValueError, RecursionError):
            raise BadRequest from None

    def handle_error(
        self,
        error: ValidationError,
        req: Any,
        schema: Schema,
        *,
        error_status_code: int | None,
        error_headers: Any,
    ) -> NoReturn:
        raise Invalid(fields=dict(_errors(error.messages)))


View = Callable[..., Any]


class Resource(Blueprint):
    """A flask-smorest blueprint that reads with `_Parser`."""

    ARGUMENTS_PARSER = _Parser()

    def __init__(self, name: str, import_name: str, *, url_prefix: str, description: str) -> None:
        super().__init__(name, import_name, url_prefix=url_prefix, description=description)  # type: ignore[no-untyped-call]

    def reads(
        self, schema: type[Schema], *, location: str = "json", required: bool = True
    ) -> Callable[[View], View]:
        """Pass the body or query to the view as its first argument. `location` is `json` or
        `query`.
        """
        decorate: Callable[[View], View] = self.arguments(
            schema, location=location, required=required
        )  # type: ignore[no-untyped-call]
        return decorate

    def answers(self, status: int, schema: type[Schema]) -> Callable[[View], View]:
        """Send what the view returns, by `schema`, with this status."""
        decorate: Callable[[View], View] = self.response(status, schema)  # type: ignore[no-untyped-call]
        return decorate


def check_form() -> None:
    """Refuse a body that is not JSON (415), and a query on a route that takes none (422)."""
    has_body = bool(request.content_length) or "chunked" in request.headers.get(
        "Transfer-Encoding", ""
    )
    if has_body and request.mimetype != JSON and request.method not in ("GET", "HEAD"):
        raise UnsupportedMediaType
    if request.args and not _takes_query(request.endpoint):
        raise Invalid(
            fields={f"?{name}": "This address has no such parameter." for name in request.args}
        )


def _takes_query(endpoint: str | None) -> bool:
    description = getattr(current_app.view_functions.get(endpoint or ""), "_apidoc", {})
    parameters = description.get("arguments", {}).get("parameters", [])
    return any(parameter["in"] == "query" for parameter in parameters)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _errors(messages: Any) -> Iterator[tuple[str, str]]:
    """The first error of each location. A location is `field`, `list/0` or `?parameter`."""
    for location, errors in (
        messages.items() if isinstance(messages, Mapping) else [("json", messages)]
    ):
        prefix = "?" if location == "query" else ""
        for place, message in _walk(errors):
            yield prefix + place, message


def _walk(found: Any, place: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(found, Mapping):
        for name, inner in found.items():
            step = "" if name == "_schema" else str(name)
            yield from _walk(inner, "/".join(part for part in (place, step) if part))
    elif isinstance(found, list):
        yield place, str(found[0])
    else:
        yield place, str(found)
