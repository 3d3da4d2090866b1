"""The OpenAPI document and the page that shows it.

The document is generated from the routes: who may call them, what they read and what they answer.
Nothing is declared twice.
"""

import re
from collections.abc import Iterator, Sequence
from threading import Lock
from typing import Any

from flask import Blueprint, Flask, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_smorest import Api
from markupsafe import Markup, escape
from marshmallow import Schema, fields
from werkzeug.routing import Rule

from api.access import PUBLIC, allow, allowance_of
from api.problems import MEDIA_TYPE
from api.v1 import fields as ours
from api.v1.once import HEADER, LONGEST_KEY
from api.v1.parsing import Resource, check_form
from engage.core.settings import Settings

VERSION = "1"
PREFIX = "/v1"
KEY_SCHEME = "key"
_CODE = re.compile(r"`([^`]*)`")
_PARAMETER = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")
_ABOUT = """
Authenticate with a key: `Authorization: Bearer engage_…`. A key belongs to one hub, has scopes, and
reaches only that hub's people. Times have an offset from UTC. Unknown fields and parameters are
refused. Errors are problems (RFC 9457). A POST with an Idempotency-Key is done once. Lists return
`next`; send it as `after` for the next page. A key may make 600 requests a minute.
"""

docs = Blueprint("api_docs", __name__, template_folder="templates")


class Fault(Schema):
    """One error and its location: a field of the body, a query parameter or a header."""

    pointer = fields.String(metadata={"description": "A JSON pointer into the body."})
    parameter = fields.String(metadata={"description": "The name of a query parameter."})
    header = fields.String(metadata={"description": "The name of a header."})
    detail = fields.String(required=True)


class ProblemSchema(Schema):
    """Why a request was refused (RFC 9457). `code` is stable, for programs."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    code = fields.String(required=True)
    errors = fields.List(fields.Nested(Fault))


class Contract(Api):
    """flask-smorest's document with our Problem as the error schema and without its error handlers.

    The document is generated on the first request for it, because that is the slowest part of a
    start.
    """

    ERROR_SCHEMA = ProblemSchema  # type: ignore[assignment]

    def __init__(self, app: Flask, **options: Any) -> None:
        self._resources: list[Resource] = []
        self._lock = Lock()
        self._document: dict[str, Any] | None = None
        super().__init__(app, **options)  # type: ignore[no-untyped-call]

    def register_blueprint(self, blp: Resource, **options: Any) -> None:
        """Register a resource. It is described when the document is generated."""
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blp.name] = self
        self._app.register_blueprint(blp, **options)
        self._resources.append(blp)

    @property
    def document(self) -> dict[str, Any]:
        """The OpenAPI document. Generated once, by the first thread that needs it."""
        with self._lock:
            if self._document is None:
                for resource in self._resources:
                    resource.register_views_in_doc(
                        self, self._app, self.spec, name=resource.name, parameters=None
                    )  # type: ignore[no-untyped-call]
                    self.spec.tag({"name": resource.name, "description": resource.description})
                self._document = _document(self._app, self)
            return self._document

    def _register_error_handlers(self) -> None:
        """Leave errors to api/problems.py, which answers them for the whole service."""


def install(app: Flask, resources: Sequence[Resource]) -> None:
    """Register the resources and the document that describes them."""
    app.config.update(API_TITLE="Engage", API_VERSION=VERSION, OPENAPI_VERSION="3.1.0")
    api = Contract(app, spec_kwargs={"info": {"description": _ABOUT.strip()}})
    for field, kind, form in (
        (ours.Words, "string", None),
        (ours.Crn, "string", None),
        (ours.Moment, "string", "date-time"),
        (ours.Day, "string", "date"),
        (ours.Flag, "boolean", None),
        (ours.Whole, "integer", None),
        (ours.Id, "string", "uuid"),
    ):
        api.register_field(field, kind, form)  # type: ignore[no-untyped-call]
    for resource in resources:
        api.register_blueprint(resource)
    app.register_blueprint(docs)
    app.before_request(_check_form)
    app.extensions["engage.contract"] = api


def _check_form() -> None:
    if request.endpoint is not None and request.path.startswith(f"{PREFIX}/"):
        check_form()


@docs.app_template_filter("marked")
def _marked(text: str) -> Markup:
    """Escape a text and turn `code` into code elements, for the page."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704 (escaped here)


@docs.get("/v1/openapi.json")
@allow(PUBLIC)
def openapi() -> ResponseReturnValue:
    """The OpenAPI document, for programs."""
    return jsonify(_contract().document)


@docs.get("/v1/docs")
@allow(PUBLIC)
def read() -> ResponseReturnValue:
    """The OpenAPI document, as a page."""
    document = _contract().document
    return render_template(
        "api_docs.html", document=document, operations=list(_operations(document))
    )


def _contract() -> Contract:
    found: Contract = current_app.extensions["engage.contract"]
    return found


def _document(app: Flask, api: Contract) -> dict[str, Any]:
    settings: Settings = app.extensions["engage.settings"]
    document: dict[str, Any] = api.spec.to_dict()
    document["servers"] = [{"url": settings.public_url}]
    components = document.setdefault("components", {})
    components["securitySchemes"] = {KEY_SCHEME: {"type": "http", "scheme": "bearer"}}
    for unused in ("headers", "parameters"):
        components.pop(unused, None)
    components["schemas"].pop("PaginationMetadata", None)
    for response in components.get("responses", {}).values():
        response["content"] = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            operation = (
                document["paths"].get(_PARAMETER.sub(r"{\1}", rule.rule), {}).get(method.lower())
            )
            if operation is not None:
                _complete(app, rule, method, operation)
    return document


def _complete(app: Flask, rule: Rule, method: str, operation: dict[str, Any]) -> None:
    """Add to an operation its id, its scope and its headers."""
    allowance = allowance_of(app, rule.endpoint)
    operation["operationId"] = rule.endpoint.rpartition(".")[2]
    if allowance is not None and allowance.scope is not None:
        operation["security"] = [{KEY_SCHEME: []}]
        operation["x-scope"] = allowance.scope
    if method == "POST":
        operation.setdefault("parameters", []).append(
            {
                "in": "header",
                "name": HEADER,
                "required": False,
                "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
                "description": "A repeat with this key within 24 hours gets the first answer.",
            }
        )


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every operation with its path, parameters and schemas, in the order of the routes."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method not in ("get", "post", "patch", "put", "delete"):
                continue
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            answers = [
                (status, answer.get("content", {}).get("application/json", {}).get("schema", {}))
                for status, answer in operation["responses"].items()
                if str(status).startswith("2")
            ]
            yield {
                **operation,
                "path": path,
                "method": method.upper(),
                "parameters": [*methods.get("parameters", []), *operation.get("parameters", [])],
                "takes": _name(body.get("schema", {})),
                "gives": [(status, _name(schema)) for status, schema in answers],
            }


def _name(schema: dict[str, Any]) -> str | None:
    reference = schema.get("$ref")
    return reference.rpartition("/")[2] if isinstance(reference, str) else None
