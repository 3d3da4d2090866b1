"""An officer's day in a browser, with and without scripts: sign in, book, reply, record, leave."""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from engage.appointments.reminders.due import send_due
from engage.core.db import Database
from engage.people.model import Person
from messaging.states import MessageStatus
from messaging.tables import Message
from messaging.transitions import move
from tests import builders
from tests.api.conftest import StoppedClock
from tests.browser.conftest import House, SitDown
from tests.browser.test_pages import write

WITH_AND_WITHOUT = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])


@pytest.fixture
def katrina(committed: Database, house: House) -> Person:
    """One person of Pat's, who can be texted."""
    with committed.begin() as session:
        return builders.person(session, house.pat)


def delivered(database: Database, at: datetime) -> None:
    """Mark every waiting text as delivered."""
    with database.begin() as session:
        ids = session.scalars(select(Message.id).order_by(Message.id)).all()
        move(session, ids, MessageStatus.SENDING, now=at)
        move(session, ids, MessageStatus.DELIVERED, now=at)


@WITH_AND_WITHOUT
def test_book_read_a_reply_and_record(
    scripts: bool,
    committed: Database,
    house: House,
    katrina: Person,
    sit_down: SitDown,
    clock: StoppedClock,
    now: datetime,
) -> None:
    """She is booked from Today with one choice and one time, and the text is sent.

    Her yes is shown under Said. The outcome is recorded beside it.
    """
    with sit_down(house.pat, scripts=scripts) as page:
        page.get_by_label("Book an appointment for").select_option(
            label=f"Dodds, Katrina ({katrina.crn})"
        )
        page.get_by_role("button", name="Book", exact=True).click()
        page.get_by_label("Time").fill("10am")
        page.get_by_role("button", name="Book", exact=True).click()
        expect(page.get_by_role("heading", name="Booked")).to_be_visible()
        expect(page.get_by_text("Mon 22 March, 10am").first).to_be_visible()

        with committed.begin() as session:
            assert send_due(session, now=now + timedelta(minutes=1)) == 1
        delivered(committed, now + timedelta(minutes=2))
        clock.at = now + timedelta(minutes=10)
        write(committed, "+447700900101", "yes", clock.at)
        page.get_by_role("link", name="Katrina Dodds").first.click()
        expect(page.get_by_role("row").filter(has_text="Mon 22 March")).to_contain_text("Will come")
        expect(page.get_by_role("row").filter(has_text="Mon 22 March")).to_contain_text("Delivered")
        expect(page.get_by_text("Read as: will come")).to_be_visible()

        clock.at = datetime.fromisoformat("2027-03-22T11:00:00+00:00")
        page.goto("/today")
        page.get_by_label("Email address").fill(house.pat.email)
        page.get_by_label("Password").fill("a password of sixteen")
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("link", name="Record").click()
        page.get_by_label("Attended and complied").check()
        with page.expect_navigation():
            page.get_by_role("button", name="Record").click()
        page.goto("/today")
        row = page.get_by_role("row").filter(has_text="Katrina Dodds")
        expect(row).to_contain_text("Will come")
        expect(row).to_contain_text("Attended and complied")
        if scripts:
            expect(page.get_by_role("button", name="Menu")).to_be_hidden()
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()


def test_length_and_words_are_checked_while_writing(
    house: House, katrina: Person, sit_down: SitDown
) -> None:
    """Each pause in typing shows the length and any words a stranger should not read.

    Better words clear the warning.
    """
    with sit_down(house.pat) as page:
        page.goto(f"/people/{katrina.id}/text")
        expect(page.get_by_role("button", name="Check length and words")).to_be_hidden()
        page.get_by_label("Text", exact=True).fill("See you at court")
        expect(page.get_by_text("16 characters, 1 text.")).to_be_visible()
        expect(page.get_by_text("This may reveal too much to a stranger")).to_be_visible()
        expect(page.locator("strong", has_text="court")).to_be_visible()
        page.get_by_label("Text", exact=True).fill("x" * 161)
        expect(page.get_by_text("161 characters, costs 2 texts.")).to_be_visible()
        expect(page.get_by_text("This may reveal too much to a stranger")).to_be_hidden()


@WITH_AND_WITHOUT
def test_words_that_disclose_too_much_need_a_tick(
    scripts: bool, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """Refused with the words named and the text kept. Ticked, it is sent and is in the thread."""
    with sit_down(house.pat, scripts=scripts) as page:
        page.goto(f"/people/{katrina.id}")
        page.get_by_label("Text", exact=True).fill("See you at court")
        page.get_by_role("button", name="Send").click()
        expect(page.locator(".govuk-error-summary")).to_contain_text(
            "tick the box to send it as it is"
        )
        expect(page.get_by_label("Text", exact=True)).to_have_value("See you at court")
        page.get_by_label("Send it with these words").check()
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_text("The text is on its way")).to_be_visible()
        expect(page.locator(".engage-thread")).to_contain_text("See you at court")


def test_the_menu_folds_on_a_narrow_phone(house: House, sit_down: SitDown) -> None:
    """At 320 pixels the menu is behind a button, and opens."""
    with sit_down(house.pat, width=320) as page:
        expect(page.get_by_role("link", name="Caseload")).to_be_hidden()
        page.get_by_role("button", name="Menu").click()
        page.get_by_role("link", name="Caseload").click()
        expect(page.get_by_role("heading", name="Caseload")).to_be_visible()


def test_without_scripts_the_menu_is_open_on_a_narrow_phone(
    house: House, sit_down: SitDown
) -> None:
    """Nothing is hidden behind a button that needs scripts."""
    with sit_down(house.pat, width=320, scripts=False) as page:
        page.get_by_role("link", name="Caseload").click()
        expect(page.get_by_role("heading", name="Caseload")).to_be_visible()
