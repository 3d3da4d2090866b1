"""Styles and scripts: GOV.UK Frontend as npm installed it, and the few files of our own. Named
files only, kept long by browsers.
"""

import hashlib
import json
from functools import cache
from pathlib import Path

from flask import Response, abort, send_file

from api.access import PUBLIC, allow
from api.pages.blueprint import pages
from engage.core.settings import PROJECT

GOVUK = PROJECT / "node_modules" / "govuk-frontend"
GOVUK_FILES = {
    "govuk-frontend.min.css": ("text/css", GOVUK / "dist" / "govuk" / "govuk-frontend.min.css"),
    "govuk-frontend.min.js": (
        "text/javascript",
        GOVUK / "dist" / "govuk" / "govuk-frontend.min.js",
    ),
}
STATIC = Path(__file__).parent / "static"
OWN_FILES = {
    "engage.css": ("text/css", STATIC / "engage.css"),
    "engage.js": ("text/javascript", STATIC / "engage.js"),
    "icon.svg": ("image/svg+xml", STATIC / "icon.svg"),
}
_KEPT = 365 * 24 * 3600


@pages.get("/assets/govuk-frontend/<version>/<name>")
@allow(PUBLIC)
def govuk_asset(version: str, name: str) -> Response:
    """A file of GOV.UK Frontend, but not its fonts and its crown, which only GOV.UK may use."""
    return (
        _send(*GOVUK_FILES[name])
        if name in GOVUK_FILES and version == govuk_version()
        else abort(404)
    )


@pages.get("/assets/engage/<version>/<name>")
@allow(PUBLIC)
def own_asset(version: str, name: str) -> Response:
    """A file of our own."""
    return (
        _send(*OWN_FILES[name]) if name in OWN_FILES and version == version_of(name) else abort(404)
    )


@cache
def govuk_version() -> str:
    """The version of GOV.UK Frontend that is installed."""
    version: str = json.loads((GOVUK / "package.json").read_text())["version"]
    return version


@cache
def version_of(name: str) -> str:
    """A short digest of one of our own files."""
    return hashlib.sha256(OWN_FILES[name][1].read_bytes()).hexdigest()[:12]


def _send(kind: str, path: Path) -> Response:
    response = send_file(path, mimetype=kind, max_age=_KEPT, conditional=True)
    response.cache_control.public = True
    response.cache_control.no_cache = None
    response.cache_control.immutable = True
    return response
