"""What every answer says to a browser, and what a form must prove."""

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
    """A service of each test's own: some add to it, or count what it did."""
    return own_app


def test_every_answer_carries_the_headers(client: FlaskClient) -> None:
    """Pages, problems and health alike: nothing foreign runs, nothing is framed, sniffed, referred
    to or kept.
    """
    for address in ("/", "/no-such-page", "/v1/people", "/health/live", "/v1/docs"):
        headers = client.get(address).headers
        policy = headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"


def test_the_one_inline_script_is_the_one_of_the_page_template() -> None:
    """The policy admits GOV.UK Frontend's own inline script by its hash, so the hash must be of
    what the template really holds.
    """
    template = Path(govuk_frontend_jinja.__file__).parent / "templates" / "template.html"
    assert f">{security.GOVUK_SCRIPT}</script>" in template.read_text()


def test_production_insists_on_https(committed: Database, clock: StoppedClock) -> None:
    """In production browsers are told to come back by https only, and the session cookie travels no
    other way.
    """
    app = create_app(settings(committed, **PRODUCTION), committed, clock)
    answer = app.test_client().get("/health/live")
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
    assert app.config["SESSION_COOKIE_SECURE"] is True
    assert app.config["SESSION_COOKIE_NAME"].startswith("__Host-")


def test_the_session_cookie_is_closed_to_scripts_and_other_sites(app: Flask) -> None:
    """HttpOnly, and sent along only from our own pages."""
    assert app.config["SESSION_COOKIE_HTTPONLY"] is True
    assert app.config["SESSION_COOKIE_SAMESITE"] == "Lax"


@pytest.fixture
def form(app: Flask) -> FlaskClient:
    """The service with a form that anybody may send."""

    @allow(PUBLIC)
    def take() -> str:
        return "taken"

    app.add_url_rule("/form", "form", take, methods=["POST"])
    return app.test_client()


def test_a_form_without_its_token_is_refused(form: FlaskClient) -> None:
    """A post that did not come from one of our pages changes nothing."""
    answer = form.post("/form", data={"x": "1"})
    assert answer.status_code == 400
    assert b"taken" not in answer.data


def test_a_form_from_another_site_is_refused(form: FlaskClient) -> None:
    """Browsers say where a post comes from; another site's is refused whatever it carries."""
    answer = form.post("/form", data={"x": "1"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_a_form_is_read_up_to_its_limit(form: FlaskClient, app: Flask) -> None:
    """Beyond 64 kB a form is refused by its length."""
    answer = form.post("/form", data={"x": "1" * 70_000})
    assert answer.status_code == 413


def test_proxies_are_not_believed_unless_told(committed: Database, clock: StoppedClock) -> None:
    """Who a caller says it forwards for counts only where the operator said that a proxy stands in
    front.
    """
    plain = create_app(settings(committed), committed, clock)
    behind = create_app(settings(committed, ENGAGE_TRUSTED_PROXIES="1"), committed, clock)
    assert type(plain.wsgi_app).__name__ != "ProxyFix"
    assert type(behind.wsgi_app).__name__ == "ProxyFix"
