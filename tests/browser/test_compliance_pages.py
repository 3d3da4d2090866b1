"""The compliance pages in a real browser: no axe findings, no sideways scrolling on a phone."""

from datetime import date

import pytest
from playwright.sync_api import expect

from engage.agencies.model import Role, Staff
from engage.agencies.service import set_password
from engage.appointments.model import OutcomeCode
from engage.compliance import decisions, outcomes
from engage.compliance.kinds import EnforcementKind
from engage.core.db import Database
from engage.documents.evidence_pack import service
from tests import builders
from tests.browser.conftest import PASSWORD, House, SitDown
from tests.browser.test_pages import LONG, faults, overflow
from tests.engage.compliance.stage import missed, order


@pytest.fixture
def supervisor(committed: Database, house: House) -> Staff:
    """A supervisor of the hub."""
    with committed.begin() as session:
        made = builders.staff(
            session, house.hub, Role.SUPERVISOR, name="Sal Rowe", email="sal@probation.example"
        )
        set_password(session, made, PASSWORD, actor="system", now=builders.NOW)
        return made


@pytest.fixture
def addresses(committed: Database, house: House, supervisor: Staff) -> list[str]:
    """One address of every page.

    There are a warning whose ground has changed, pending failures and a pack.
    """
    with committed.begin() as session:
        person = builders.person(session, house.pat, first_name="Maximiliana", last_name=LONG)
        under = order(session, person)
        actor = builders.actor(supervisor)
        changed = missed(session, person, 40)
        made = decisions.decide(
            session,
            actor,
            person.id,
            kind=EnforcementKind.WARNING,
            order_id=under.id,
            reason="w" * 200,
            now=builders.NOW,
        )
        outcomes.record_outcome(
            session, actor, changed.id, code=OutcomeCode.ABSENT_MEDICAL, now=builders.NOW
        )
        missed(session, person, 3)
        missed(session, person, 2, code=OutcomeCode.FAILED_TO_ATTEND)
        service.make(
            session,
            actor,
            person.id,
            from_on=date(2026, 3, 21),
            until_on=date(2027, 3, 20),
            purpose="p" * 80,
            recipient="Newcastle Magistrates' Court",
            now=builders.NOW,
        )
        taken = builders.person(session, house.pat, number=None)
        before = order(session, taken)
        missed(session, taken, 9)
        referred = decisions.decide(
            session,
            actor,
            taken.id,
            kind=EnforcementKind.REFERRAL,
            order_id=before.id,
            reason="A second warning would not help",
            now=builders.NOW,
        )
    home, decision = f"/people/{person.id}/compliance", f"/enforcements/{made.id}"
    return [
        home,
        f"{home}/decide?order={under.id}",
        f"{home.removesuffix('/compliance')}/evidence-packs/new",
        *(f"{decision}/{what}" for what in ("letter", "given", "withdraw")),
        f"/enforcements/{referred.id}/done",
        f"/appointments/{changed.id}/overrule",
    ]


@pytest.mark.parametrize("width", [1280, 320])
def test_no_axe_findings_and_no_sideways_scrolling(
    width: int, addresses: list[str], supervisor: Staff, sit_down: SitDown
) -> None:
    """Every page, wide and narrow, and its refused form."""
    found = {}
    with sit_down(supervisor, width=width) as page:
        for address in addresses:
            page.goto(address)
            problems = faults(page) + [f"sticks out by {by}" for by in [overflow(page)] if by]
            box = page.locator("main form[method=post] button[class=govuk-button]")
            if box.count():
                for words in page.locator(
                    "main form[method=post] textarea, main form[method=post] input[type=text]"
                ).all():
                    words.fill("")
                box.last.click()
                expect(page.locator(".govuk-error-summary"), address).to_be_visible()
                problems += faults(page) + [f"sticks out by {by}" for by in [overflow(page)] if by]
            if problems:
                found[address] = problems
    assert found == {}
