"""Signing in and out: who may, for how long, and what a refusal discloses."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from api.auth.session import safe_next
from engage.agencies.model import Staff
from engage.agencies.service import set_password
from engage.core.db import Database
from tests.api.conftest import StoppedClock
from tests.api.pages.conftest import House
from tests.api.pages.visitor import PASSWORD, Visitor

SitDown = Callable[[Staff], Visitor]


def test_the_right_password_opens_today(app: Flask, house: House) -> None:
    """The address, in any case, and the password open Today, with the worker's name on it."""
    page = Visitor(app).sign_in("PAT@probation.example")
    assert page.status == 200 and page.address == "/today" and "Signed in as Pat Hale" in page.words


def test_every_refusal_is_the_same(app: Flask, house: House) -> None:
    """A wrong password, an unknown address and a locked account get the same words and status."""
    unknown = Visitor(app).sign_in("nobody@probation.example")
    wrong = [Visitor(app).sign_in("pat@probation.example", "not the password") for _ in range(6)]
    assert {page.status for page in [unknown, *wrong]} == {422}
    assert {page.words for page in wrong} == {unknown.words.replace("nobody@", "pat@")}


def test_five_wrong_passwords_lock_the_account_for_fifteen_minutes(
    app: Flask, house: House, clock: StoppedClock
) -> None:
    """Meanwhile the right password is refused; afterwards it is accepted."""
    for _ in range(5):
        Visitor(app).sign_in("pat@probation.example", "not the password")
    assert Visitor(app).sign_in("pat@probation.example").status == 422
    clock.at += timedelta(minutes=15, seconds=1)
    assert Visitor(app).sign_in("pat@probation.example").address == "/today"


def test_the_requested_page_is_opened_after_sign_in(app: Flask, house: House) -> None:
    """An anonymous visitor is sent to sign in, and then to the requested page with its query."""
    visitor = Visitor(app)
    page = visitor.open("/caseload?q=dodds")
    assert page.address.startswith("/sign-in") and "Sign in" in page.words
    signed_in = visitor.send(
        page.form("/sign-in"), email="pat@probation.example", password=PASSWORD
    )
    assert signed_in.address == "/caseload?q=dodds"


def test_the_session_ends_after_thirty_idle_minutes(
    house: House, sit_down: SitDown, clock: StoppedClock
) -> None:
    """The worker is signed out and told why. Each page viewed restarts the half hour."""
    visitor = sit_down(house.pat)
    for _ in range(3):
        clock.at += timedelta(minutes=29)
        assert visitor.open("/today").address == "/today"
    clock.at += timedelta(minutes=31)
    page = visitor.open("/today")
    assert page.address.startswith("/sign-in") and "You were signed out" in page.words


def test_the_session_ends_after_twelve_hours_of_work(
    house: House, sit_down: SitDown, clock: StoppedClock
) -> None:
    """After 12 hours even an active worker must sign in again."""
    visitor = sit_down(house.pat)
    for _ in range(12 * 3):
        clock.at += timedelta(minutes=20)
        visitor.open("/today")
    assert visitor.open("/today").address == "/today"
    clock.at += timedelta(minutes=1)
    assert visitor.open("/today").address.startswith("/sign-in")


def test_signing_out_ends_a_copied_cookie_too(app: Flask, house: House, sit_down: SitDown) -> None:
    """After sign-out the cookie is invalid on every machine."""
    visitor, thief = sit_down(house.pat), Visitor(app)
    cookie = visitor.client.get_cookie("engage")
    assert cookie is not None
    thief.client.set_cookie("engage", cookie.value)
    assert thief.open("/today").address == "/today"
    page = visitor.send(visitor.open("/today").form("/sign-out"))
    assert "You are signed out" in page.words
    assert thief.open("/today").address.startswith("/sign-in")
    assert visitor.open("/today").address.startswith("/sign-in")


def test_a_new_password_ends_every_session(
    committed: Database, house: House, sit_down: SitDown, clock: StoppedClock
) -> None:
    """The worker must sign in with the new one."""
    visitor = sit_down(house.pat)
    with committed.begin() as session:
        staff = session.get_one(Staff, house.pat.id)
        set_password(session, staff, "another password", actor="system", now=clock.at)
    assert visitor.open("/today").address.startswith("/sign-in")


def test_an_inactive_worker_is_signed_out_at_once(
    committed: Database, house: House, sit_down: SitDown
) -> None:
    """Deactivation ends the session at the next request."""
    visitor = sit_down(house.pat)
    with committed.begin() as session:
        session.get_one(Staff, house.pat.id).active = False
    assert visitor.open("/today").address.startswith("/sign-in")


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(app: Flask, house: House) -> None:
    """HttpOnly and SameSite are on every session cookie."""
    visitor = Visitor(app)
    form = visitor.open("/sign-in").form("/sign-in")
    response = visitor.client.post(
        "/sign-in", data={**form.fields, "email": "pat@probation.example", "password": PASSWORD}
    )
    cookie = response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie


def test_signing_in_without_the_forms_token_is_refused(app: Flask, house: House) -> None:
    """A form from another site signs no worker in, and is answered with a page."""
    page = Visitor(app).post("/sign-in", {"email": "pat@probation.example", "password": PASSWORD})
    assert page.status == 400 and "This page was open too long" in page.words


def test_a_signed_in_worker_is_not_asked_again(house: House, sit_down: SitDown) -> None:
    """The sign-in page redirects them."""
    assert sit_down(house.pat).open("/sign-in").address == "/today"


@pytest.mark.parametrize(
    ("given", "allowed"),
    [
        ("/caseload?q=a", True),
        ("/today", True),
        ("", False),
        (None, False),
        ("today", False),
        ("//evil.example", False),
        ("https://evil.example", False),
        ("/\\evil.example", False),
        ("javascript:alert(1)", False),
        ("/today\r\nX: y", False),
        ("/sign-out", False),
        ("/" + "a" * 600, False),
    ],
)
def test_sign_in_never_redirects_to_another_site(given: str | None, allowed: bool) -> None:
    """Only pages of this service are allowed."""
    assert (safe_next(given) == given) is allowed if given else safe_next(given) is None


def test_empty_fields_are_named(app: Flask, house: House) -> None:
    """An empty form says what to enter, in the summary and beside the fields."""
    page = Visitor(app).sign_in("", "")
    assert page.status == 422 and page.words.count("Enter your email address") == 2
    assert page.words.count("Enter your password") == 2 and page.html.count("<title>Error: ") == 1


def test_one_network_address_may_fail_only_so_often(app: Flask, house: House) -> None:
    """Trying one account after another is stopped, without further password checks."""
    for number in range(20):
        assert (
            Visitor(app).sign_in(f"nobody{number}@probation.example", "not the password").status
            == 422
        )
    assert Visitor(app).sign_in("pat@probation.example").status == 429
