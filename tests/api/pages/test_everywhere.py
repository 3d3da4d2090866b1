"""What holds on every staff page: sign-in, form tokens, no server errors, one look for refusals."""

import random
import re
import uuid
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from api.access import STAFF, Caller, allow, allowance_of
from engage.agencies.model import Role, Staff
from engage.core.db import Database
from engage.signals import SignalKind
from tests import builders, case_builders
from tests.api.pages.conftest import House
from tests.api.pages.signals.made import heard, signal
from tests.api.pages.visitor import Page, Visitor
from tests.engage.cohort import table
from tests.engage.legal import scenes

SitDown = Callable[[Staff], Visitor]


@pytest.fixture
def addresses(app: Flask, committed: Database, house: House) -> dict[str, list[str]]:
    """Every address of the staff pages by method, with ids of existing rows.

    The administrator's are tested in test_queues.py.
    """
    now = builders.NOW
    with committed.begin() as session:
        person = builders.person(session, house.pat)
        booked = builders.appointment(session, person, now)
        report = builders.report(session, person, now)
        order = scenes.order(session, person)
        requirement = scenes.rar(session, order)
        spell = scenes.in_prison(session, person)
        action = case_builders.action(session, person)
        keeper = builders.actor(house.coordinator)
        referral = table.refer(session, keeper, house.hub)
        meeting = table.call(session, keeper, house.hub)
        item = table.item_of(session, meeting, referral)
    heard(committed, person, "hello", now, needs_human=True)
    values = {
        "person_id": person.id,
        "appointment_id": booked.id,
        "signal_id": signal(committed, person, SignalKind.CALL_REQUESTED, now),
        "reading_id": uuid.UUID(int=7),
        "upload_id": uuid.UUID(int=8),
        "report_id": report.id,
        "order_id": order.id,
        "requirement_id": requirement.id,
        "spell_id": spell.id,
        "kind": "rar",
        "turn_id": uuid.UUID(int=9),
        "free_time_id": uuid.UUID(int=10),
        "action_id": action.id,
        "approval_id": uuid.UUID(int=11),
        "referral_id": referral.id,
        "meeting_id": meeting.id,
        "item_id": item.id,
        "decision": "adopt",
        "what": "change",
        "day": "2027-03-20",
    }
    found: dict[str, list[str]] = {"GET": [], "POST": []}
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        allowance = allowance_of(app, rule.endpoint)
        if (
            allowance is None
            or allowance.caller is not Caller.STAFF
            or allowance.roles == {Role.ADMINISTRATOR}
        ):
            continue
        given = {name: values.get(name, uuid.UUID(int=11)) for name in rule.arguments}
        for method in set(rule.methods or ()) & set(found):
            found[method].append(adapter.build(rule.endpoint, given, method=method))
    return found


def test_the_url_map_has_pages_and_forms(addresses: dict[str, list[str]]) -> None:
    """Otherwise the tests below would test nothing."""
    assert len(addresses["GET"]) > 12 and len(addresses["POST"]) > 12


def test_anonymous_requests_see_and_do_nothing(app: Flask, addresses: dict[str, list[str]]) -> None:
    """Every page leads to the sign-in page; every form is refused."""
    visitor = Visitor(app)
    for address in addresses["GET"]:
        assert visitor.open(address).address.startswith("/sign-in"), address
    for address in addresses["POST"]:
        page = visitor.post(address, {})
        assert page.status == 400 or page.address.startswith("/sign-in"), address


def test_every_form_needs_its_token(
    house: House, addresses: dict[str, list[str]], sit_down: SitDown
) -> None:
    """A signed-in request without the token is refused with a page, for every form."""
    visitor = sit_down(house.coordinator)
    for address in addresses["POST"]:
        page = visitor.post(address, {"csrf_token": "forged"})
        assert page.status == 400 and "Nothing was saved" in page.words, address


def test_a_form_from_another_site_is_refused_even_with_a_token(
    house: House, addresses: dict[str, list[str]], sit_down: SitDown
) -> None:
    """The browser reports the origin of the form."""
    visitor = sit_down(house.pat)
    token = visitor.token()
    for address in addresses["POST"]:
        response = visitor.client.post(
            address, data={"csrf_token": token}, headers={"Sec-Fetch-Site": "cross-site"}
        )
        assert response.status_code == 403, address


def rubbish(seed: int) -> Iterator[str]:
    """Values that have broken other programs."""
    dice = random.Random(seed)
    worst = [
        "",
        "\x00",
        "\ud800",
        "\u202e",
        "👨‍👩‍👧",
        "'; DROP TABLE person; --",
        "-1",
        "9" * 40,
        "<b>",
        "%s",
        "{{7*7}}",
    ]
    while True:
        yield dice.choice(worst) * dice.choice([1, 1, 3, 400])


def test_no_form_fails_on_bad_input(
    house: House, addresses: dict[str, list[str]], sit_down: SitDown
) -> None:
    """Every form with bad values is refused or processed, never a server error."""
    visitor = sit_down(house.coordinator)
    values = rubbish(20270320)
    for address in addresses["POST"]:
        if address == "/sign-out":
            continue
        form_address = address if address in addresses["GET"] else None
        names = set(visitor.open(form_address).forms[-1].fields) if form_address else set()
        names |= {
            "body",
            "how",
            "why",
            "reason",
            "code",
            "person",
            "time",
            "date-day",
            "date-month",
            "date-year",
        }
        for _ in range(4):
            filled = {
                name: next(values).encode(errors="replace").decode() for name in sorted(names)
            }
            page = visitor.post(address, {**filled, "csrf_token": visitor.token()})
            assert page.status < 500, (address, filled)


def test_no_address_fails_on_bad_values(house: House, sit_down: SitDown) -> None:
    """Invalid searches and positions in lists."""
    visitor = sit_down(house.coordinator)
    values = rubbish(1)
    for address in ("/caseload", "/today", "/book", f"/people/{uuid.UUID(int=1)}"):
        for name in ("q", "after", "person", "thread", "past"):
            for _ in range(3):
                given = next(values).encode(errors="replace").decode()[:300]
                response = visitor.client.get(address, query_string={name: given})
                assert response.status_code < 500, (address, name, given)


def test_every_refusal_is_an_ordinary_page(
    own_app: Flask, house: House, addresses: dict[str, list[str]]
) -> None:
    """404, 405, 403, 413 and 500 are pages with the header, the menu and a way back.

    None discloses more than it should.
    """

    @own_app.get("/broken")
    @allow(STAFF)
    def broken() -> str:
        raise RuntimeError("Katrina Dodds 07700 900101")

    visitor = Visitor(own_app)
    visitor.sign_in(house.pat.email)
    token = visitor.token()
    pages = {
        404: visitor.open("/nowhere"),
        405: visitor.open("/sign-out"),
        403: visitor.open("/unknown-numbers"),
        413: visitor.post(
            "/people/" + str(uuid.UUID(int=1)) + "/text",
            {"csrf_token": token, "body": "x" * 70_000},
        ),
        500: visitor.open("/broken"),
    }
    for status, page in pages.items():
        assert page.status == status, page.words[:200]
        assert "Engage" in page.words and "Go to Today" in page.words and "Sign out" in page.words
        assert "Katrina" not in page.html and "Traceback" not in page.html


def test_invalid_ids_are_not_found(house: House, sit_down: SitDown) -> None:
    """An unknown id and a malformed one get the same page."""
    visitor = sit_down(house.pat)
    for what in ("people", "appointments", "signals"):
        for id in (str(uuid.UUID(int=5)), "5", "x" * 300):
            assert visitor.open(f"/{what}/{id}").status == 404


def test_only_styles_and_scripts_are_served_and_cached(app: Flask) -> None:
    """The named files are cached for a year under an address that changes with them.

    Other files and versions are not found.
    """
    page = Page(app.test_client().get("/sign-in"))
    found = re.findall(r'(?:href|src|content)="(/assets/[^"]+)"', page.html)
    assert len(found) >= 5
    for address in found:
        with app.test_client().get(address) as response:
            assert response.status_code == 200 and response.data
        assert {"immutable", "max-age=31536000"} <= set(
            response.headers["Cache-Control"].split(", ")
        )
    for address in (
        "/assets/govuk-frontend/0/govuk-frontend.min.css",
        "/assets/engage/0/engage.css",
        f"{found[0].rsplit('/', 1)[0]}/..%2f..%2fpackage.json",
        "/assets/fonts/light-94a07e06a1-v2.woff2",
        "/assets/images/govuk-crest.svg",
    ):
        assert app.test_client().get(address).status_code == 404


def test_staff_pages_are_never_cached(house: House, sit_down: SitDown) -> None:
    """No cache stores a staff page, and no other site can frame it."""
    headers = sit_down(house.pat).client.get("/today").headers
    assert (
        headers["Cache-Control"] == "no-store"
        and "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    )
