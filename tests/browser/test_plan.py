"""The offender manager's plan pages in a real browser: approve, approve in advance and flag."""

import pytest
from playwright.sync_api import expect

from engage.core.db import Database
from tests import builders, case_builders
from tests.browser.conftest import House, SitDown
from tests.browser.test_pages import faults, overflow


@pytest.mark.parametrize("width", [1280, 320])
def test_approving(width: int, committed: Database, house: House, sit_down: SitDown) -> None:
    """An action with its text, and a kind of action."""
    with committed.begin() as session:
        person = builders.person(session, house.pat)
        case_builders.plan(session, person)
    with sit_down(house.pat, width=width) as page:
        page.goto(f"/people/{person.id}/plan")
        assert faults(page) == [] and overflow(page) == 0
        page.get_by_role("button", name="Approve").click()
        expect(page.get_by_text("The action is live.")).to_be_visible()
        assert faults(page) == [] and overflow(page) == 0
        page.goto(f"/people/{person.id}/plan/approvals")
        assert faults(page) == [] and overflow(page) == 0
        page.get_by_role("button", name="Give approval").click()
        expect(page.locator(".govuk-error-summary")).to_be_visible()
        assert faults(page) == [] and overflow(page) == 0
        page.goto(f"/people/{person.id}/flag")
        assert faults(page) == [] and overflow(page) == 0
