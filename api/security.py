"""Security headers, cookies and the CSRF check.

Browsers may load only our own scripts, styles and images, may not frame a page, send no referrer
and cache nothing. A form needs its CSRF token, except in views that programs call: they send keys
or signatures, and no cookie is read or written for them.
"""

import base64
import hashlib
from collections.abc import Sequence

from flask import Flask, Request, Response, request
from flask.sessions import NullSession, SecureCookieSession, SecureCookieSessionInterface
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from api.access import KILOBYTE, allowance_of_request
from api.problems import Problem, respond
from engage.core.errors import Forbidden
from engage.core.settings import Settings

SESSION_HOURS = 8
MACHINE_PREFIXES = ("/v1/", "/webhooks/", "/health/", "/metrics")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# The only inline script of GOV.UK Frontend's page template. Its hash allows exactly this text.
GOVUK_SCRIPT = (
    "document.body.className += ' js-enabled' + "
    "('noModule' in HTMLScriptElement.prototype ? ' govuk-frontend-supported' : '');"
)


def _source_hash(script: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() + "'"


CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        f"script-src 'self' {_source_hash(GOVUK_SCRIPT)}",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS: Sequence[tuple[str, str]] = (
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"),
    ("Cache-Control", "no-store"),
)
STRICT_TRANSPORT = ("Strict-Transport-Security", "max-age=31536000")


class _Sessions(SecureCookieSessionInterface):
    """Signed cookies for browsers. Programs get no session, which saves time on every request."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if request.path.startswith(MACHINE_PREFIXES):
            return NullSession()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: object, response: Response) -> None:
        if not isinstance(session, NullSession) and isinstance(session, SecureCookieSession):
            super().save_session(app, session, response)


def install(app: Flask, settings: Settings) -> None:
    """Set up cookies, limits, headers and the CSRF check. Call after access.install."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-engage" if settings.production else "engage",
        SESSION_COOKIE_SECURE=settings.production,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=SESSION_HOURS * 3600,
        MAX_CONTENT_LENGTH=64 * KILOBYTE,
        MAX_FORM_MEMORY_SIZE=256 * KILOBYTE,
        MAX_FORM_PARTS=200,
        WTF_CSRF_CHECK_DEFAULT=False,
        # The strict check needs a Referer, which our pages never send; we check Sec-Fetch-Site.
        WTF_CSRF_SSL_STRICT=False,
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.session_interface = _Sessions()
    csrf = CSRFProtect(app)
    app.before_request(lambda: _check_origin(csrf))
    app.register_error_handler(CSRFError, _stale_form)
    app.after_request(_with_headers_in_production if settings.production else _with_headers)
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.trusted_proxies, x_proto=settings.trusted_proxies
        )


def _check_origin(csrf: CSRFProtect) -> None:
    allowance = allowance_of_request()
    if request.method in SAFE_METHODS or allowance is None or allowance.by_machine:
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Forbidden("This form was sent from another site.")
    csrf.protect()


def _stale_form(error: CSRFError) -> Response:
    return respond(
        Problem(
            400,
            "stale_form",
            "This page was open too long",
            "Nothing was saved. Go back, reload the page and try again.",
        )
    )


def _with_headers(response: Response) -> Response:
    names = response.headers.keys()  # not a dict: iterating over it gives pairs
    present = {name.lower() for name in names}
    for name, value in HEADERS:
        if name.lower() not in present:
            response.headers.add_header(name, value)
    return response


def _with_headers_in_production(response: Response) -> Response:
    response.headers.setdefault(*STRICT_TRANSPORT)
    return _with_headers(response)
