"""Security headers, cookies and the CSRF check."""

from pathlib import Path

import govuk_frontend_jinja
import pytest
from flask import Flask
from flask.testing import FlaskClient

from api import create_app, security
from api.access import PUBLIC, allow
from engage.core.db import Database
from tests.api.conftest import StoppedClock, settings

PRODUCTION = {
    "ENGAGE_ENV": "production",
    "ENGAGE_SECRET_KEY": "k" * 40,
    "ENGAGE_PUBLIC_URL": "https://engage.example.gov.uk",
    "TWILIO_ACCOUNT_SID": "AC" + "1" * 32,
    "TWILIO_FROM": "+447700900999",
}


@pytest.fixture
def app(own_app: Flask) -> Flask:
    """A web service for each test, because some tests change it."""
    return own_app


def test_every_answer_carries_the_headers(client: FlaskClient) -> None:
    """Pages, problems and health checks all have the security headers."""
    for address in ("/", "/no-such-page", "/v1/people", "/health/live", "/v1/docs"):
        headers = client.get(address).headers
        policy = headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"


def test_the_inline_script_has_the_hash_of_the_policy() -> None:
    """The policy allows GOV.UK Frontend's inline script by its hash, which must match the
    template.
    """
    template = Path(govuk_frontend_jinja.__file__).parent / "templates" / "template.html"
    assert f">{security.GOVUK_SCRIPT}</script>" in template.read_text()


def test_production_requires_https(committed: Database, clock: StoppedClock) -> None:
    """In production, answers have HSTS and the session cookie is sent over https only."""
    app = create_app(settings(committed, **PRODUCTION), committed, clock)
    answer = app.test_client().get("/health/live")
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
    assert app.config["SESSION_COOKIE_SECURE"] is True
    assert app.config["SESSION_COOKIE_NAME"].startswith("__Host-")


def test_the_session_cookie_is_protected(app: Flask) -> None:
    """The session cookie is HttpOnly and SameSite."""
    assert app.config["SESSION_COOKIE_HTTPONLY"] is True
    assert app.config["SESSION_COOKIE_SAMESITE"] == "Lax"


@pytest.fixture
def form(app: Flask) -> FlaskClient:
    """A service with a public form."""

    @allow(PUBLIC)
    def take() -> str:
        return "taken"

    app.add_url_rule("/form", "form", take, methods=["POST"])
    return app.test_client()


def test_a_form_without_its_token_is_refused(form: FlaskClient) -> None:
    """A post without a CSRF token changes nothing."""
    answer = form.post("/form", data={"x": "1"})
    assert answer.status_code == 400
    assert b"taken" not in answer.data


def test_a_form_from_another_site_is_refused(form: FlaskClient) -> None:
    """A post that the browser marks as cross-site is refused, whatever it contains."""
    answer = form.post("/form", data={"x": "1"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_a_form_is_read_up_to_its_limit(form: FlaskClient, app: Flask) -> None:
    """A form larger than 64 kB is refused by its length."""
    answer = form.post("/form", data={"x": "1" * 70_000})
    assert answer.status_code == 413


def test_proxy_headers_need_the_setting(committed: Database, clock: StoppedClock) -> None:
    """X-Forwarded headers count only if the settings name trusted proxies."""
    plain = create_app(settings(committed), committed, clock)
    behind = create_app(settings(committed, ENGAGE_TRUSTED_PROXIES="1"), committed, clock)
    assert type(plain.wsgi_app).__name__ != "ProxyFix"
    assert type(behind.wsgi_app).__name__ == "ProxyFix"
