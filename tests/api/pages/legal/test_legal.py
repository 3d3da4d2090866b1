"""The legal page and its forms: orders, their requirements and progress, and refused input."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from engage.agencies.model import Staff
from engage.core.db import Database
from engage.legal.model import Order, OrderKind, Requirement, RequirementCredit
from engage.people.model import LegalStatus, Person
from tests import builders
from tests.api.pages.conftest import House
from tests.api.pages.visitor import Visitor
from tests.engage.legal import scenes
from tests.engage.legal.scenes import TODAY

SitDown = Callable[[Staff], Visitor]
A_DAY = timedelta(days=1)


def day(name: str, day: int, month: int, year: int) -> dict[str, Any]:
    """A date as three form fields."""
    return {f"{name}_day": str(day), f"{name}_month": str(month), f"{name}_year": str(year)}


@pytest.fixture
def katrina(committed: Database, house: House) -> Person:
    """One person of Pat's."""
    with committed.begin() as session:
        return builders.person(session, house.pat)


@pytest.fixture
def order(committed: Database, katrina: Person) -> Order:
    """Her community order, made on 9 January 2027 for a year."""
    with committed.begin() as session:
        return scenes.order(session, katrina)


def test_an_order_is_recorded_and_shown(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """With its status. The same form sent again records nothing more."""
    visitor = sit_down(house.pat)
    assert "Legal" in visitor.open(f"/people/{katrina.id}").words
    form = visitor.open(f"/people/{katrina.id}/orders/new").form(field="once")
    given: dict[str, Any] = {
        "kind": "community_order",
        "court": "Newcastle Crown Court",
        **day("made_on", 9, 1, 2027),
        **day("starts_on", 9, 1, 2027),
        **day("ends_on", 8, 1, 2028),
    }
    page = visitor.send(form, **given)
    assert "Community order In force 9 January 2027 to 8 January 2028" in page.words, page.words
    assert "Statutory" in page.words and "The order is recorded." in page.words
    assert visitor.send(form, **given).status == 200
    with committed.begin() as session:
        assert session.query(Order).count() == 1


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "Choose the type"),
        ({"kind": "prison"}, "Not a valid choice"),
        (day("ends_on", 30, 2, 2028), "Enter a real date"),
        (day("ends_on", 8, 1, 2026), "The last day must not come before the first"),
        (day("made_on", 21, 3, 2027), "The date must be today or in the past"),
    ],
)
def test_an_error_is_shown_beside_the_field(
    house: House, katrina: Person, sit_down: SitDown, given: dict[str, Any], words: str
) -> None:
    """Nothing is recorded, and the form keeps what was typed."""
    visitor = sit_down(house.pat)
    whole: dict[str, Any] = {
        "kind": "licence",
        **day("made_on", 9, 1, 2027),
        **day("starts_on", 9, 1, 2027),
        **day("ends_on", 8, 1, 2028),
        "court": "Durham",
    }
    if not given:
        whole.pop("kind")
    page = visitor.send(
        visitor.open(f"/people/{katrina.id}/orders/new").form(field="once"), **{**whole, **given}
    )
    assert page.status == 422 and words in page.words
    assert page.form(field="once").fields["court"] == "Durham"
    assert "None in force." in visitor.open(f"/people/{katrina.id}/legal").words


def test_an_order_is_changed_ended_and_reopened(
    house: House, order: Order, sit_down: SitDown
) -> None:
    """The form holds what is recorded. A withdrawn ending leaves no effect."""
    visitor = sit_down(house.pat)
    form = visitor.open(f"/orders/{order.id}/change").form(field="court")
    assert (form.fields["court"], form.fields["ends_on-year"]) == ("Newcastle Crown Court", "2028")
    page = visitor.send(form, **day("ends_on", 29, 2, 2028))
    assert "to 29 February 2028" in page.words
    end = visitor.open(f"/orders/{order.id}/end").form(field="on-day")
    refused = visitor.send(end, ending="recalled", **day("on", 20, 3, 2027))
    assert refused.status == 422 and "Only a licence can be recalled" in refused.words
    page = visitor.send(end, ending="revoked", **day("on", 20, 3, 2027))
    assert "Revoked by the court" in page.words and "Non-statutory" in page.words, page.words
    assert "None in force." in page.words
    page = visitor.send(page.form("/take-back-end"))
    assert "The order continues." in page.words and "In force" in page.words
    assert (
        visitor.post(f"/orders/{order.id}/take-back-end", {"csrf_token": visitor.token()}).status
        == 200
    )


def test_rar_days_are_required_and_counted(
    committed: Database, house: House, order: Order, sit_down: SitDown
) -> None:
    """Rule 14: a bar with the figures beside it.

    Days that do not count are shown, and a day can be withdrawn.
    """
    visitor, person = sit_down(house.pat), order.person_id
    form = visitor.open(f"/orders/{order.id}/requirements/rar").form(field="once")
    assert "tests" not in form.fields and form.fields["starts_on-day"] == "9"
    refused = visitor.send(form, amount="0")
    assert refused.status == 422 and "Give the most days that the court set" in refused.words
    assert "20 days at the most" in visitor.send(form, amount="20").words
    with committed.begin() as session:
        rar = session.query(Requirement).one()
    for on, planned, activity in ((18, "yes", "Thinking skills"), (19, "no", "")):
        form = visitor.open(f"/requirements/{rar.id}/days/new").form(field="once")
        page = visitor.send(form, planned=planned, activity=activity, **day("done_on", on, 3, 2027))
        assert page.status == 200, page.words
    assert (
        "1 day of 20 days" in page.words
        and "1 day kept that were not a planned activity" in page.words
    )
    assert 'value="1"' in page.html and "18 March 2027: Thinking skills" in page.words
    refused = visitor.send(
        visitor.open(f"/requirements/{rar.id}/days/new").form(field="once"),
        planned="yes",
        activity="x",
        **day("done_on", 18, 3, 2027),
    )
    assert refused.status == 422 and "That day is already recorded" in refused.words
    with committed.begin() as session:
        credit = session.query(RequirementCredit).filter_by(planned_activity=True).one()
    page = visitor.open(f"/people/{person}/legal")
    page = visitor.send(page.form(f"/requirement-days/{credit.id}/withdraw"))
    assert "0 days of 20 days" in page.words and "18 March 2027 withdrawn" in page.words


def test_unpaid_work_is_recorded_in_hours_and_minutes(
    committed: Database, house: House, order: Order, sit_down: SitDown
) -> None:
    """Required in hours, worked in hours and minutes; varied by the court, and ended."""
    visitor = sit_down(house.pat)
    visitor.send(
        visitor.open(f"/orders/{order.id}/requirements/unpaid_work").form(field="once"), amount="80"
    )
    with committed.begin() as session:
        work = session.query(Requirement).one()
    form = visitor.open(f"/requirements/{work.id}/days/new").form(field="once")
    page = visitor.send(form, hours="7", minutes="30", **day("done_on", 19, 3, 2027))
    assert "7 hours 30 minutes of 80 hours" in page.words
    form = visitor.open(f"/requirements/{work.id}/change").form(field="amount")
    assert form.fields["amount"] == "80"
    assert "of 100 hours" in visitor.send(form, amount="100").words
    form = visitor.open(f"/requirements/{work.id}/end").form(field="on-day")
    assert "Ended" in visitor.send(form, **day("on", 20, 3, 2027)).words
    refused = visitor.send(form, **day("on", 20, 3, 2027))
    assert refused.status == 422 and "This requirement has ended." in refused.words


def test_a_drr_has_its_intervals(house: House, order: Order, sit_down: SitDown) -> None:
    """Rule 13: weekly tests are offered; reviews less than a month apart are refused."""
    visitor = sit_down(house.pat)
    form = visitor.open(f"/orders/{order.id}/requirements/drr").form(field="once")
    assert form.fields["tests"] == "7" and "amount" not in form.fields
    refused = visitor.send(form, reviews="14")
    assert refused.status == 422 and "at least a month apart" in refused.words
    page = visitor.send(form, reviews="28")
    assert "A test every 7 days, a court review every 28 days" in page.words
    assert visitor.open(f"/orders/{order.id}/requirements/tagging").status == 404


def test_who_may_read_and_who_may_change(
    committed: Database, house: House, order: Order, sit_down: SitDown
) -> None:
    """A coordinator changes and an auditor reads.

    Another offender manager and an outsider get not found.
    """
    address, change = f"/people/{order.person_id}/legal", f"/orders/{order.id}/change"
    expected = [
        (house.coordinator, 200, 200),
        (house.auditor, 200, 403),
        (house.other, 404, 404),
        (house.partner, 404, 404),
        (house.administrator, 404, 404),
    ]
    for staff, reads, changes in expected:
        visitor = sit_down(staff)
        assert (visitor.open(address).status, visitor.open(change).status) == (reads, changes), (
            staff.name
        )
        answer = visitor.post(f"/orders/{order.id}/take-back-end", {"csrf_token": visitor.token()})
        assert answer.status == (200 if changes == 200 else changes), staff.name
    words = sit_down(house.auditor).open(address).words
    assert "Record an order" not in words and "Intelligence flag" not in words
    with committed.begin() as session:
        assert session.get_one(Person, order.person_id).legal_status is LegalStatus.STATUTORY


def test_a_licence_that_starts_later_and_an_order_past_its_last_day(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """Neither is shown as in force."""
    with committed.begin() as session:
        scenes.order(
            session, katrina, kind=OrderKind.LICENCE, made_on=TODAY, starts_on=TODAY + A_DAY
        )
        scenes.order(session, katrina, ends_on=TODAY - A_DAY)
    words = sit_down(house.pat).open(f"/people/{katrina.id}/legal").words
    assert "Licence Starts later" in words and "Community order Last day passed" in words
