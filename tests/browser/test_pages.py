"""Every page in a real browser: no axe findings, and no sideways scrolling on a narrow phone."""

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from engage.access.policy import SYSTEM
from engage.agencies.model import Hub
from engage.appointments import booking as appointments
from engage.appointments.booking import NewAppointment
from engage.appointments.model import AppointmentType
from engage.conversation import intake as conversation
from engage.conversation.learning import rises
from engage.conversation.model import ReplyRecord
from engage.core.db import Database
from engage.signals import Evidence, Signal, SignalKind, raise_signal
from messaging import inbound, outbox
from messaging.gateways.twilio import webhooks as twilio
from messaging.states import MessageStatus
from messaging.transitions import move
from tests import builders, case_builders
from tests.api.pages import stalled
from tests.browser import (
    enrolment_pages,
    hub_answers_pages,
    legal_pages,
    meeting_pages,
    progress_pages,
    sharing_pages,
)
from tests.browser.conftest import House, SitDown
from tests.engage.conversation.learning.read_texts import read, rise

CSV = (
    "ref,crn,first_name,last_name,mobile,language,om_email,agency,type,date,start,minutes,place,"
    "worker,enforceable\r\n"
    "B-1,X320741,Katrina,Dodds,07700 900141,en,pat@probation.example,Probation,office,"
    "23/03/2027,10:00,45,the centre,Pat,yes\r\n"
    "B-2,nonsense,Ann,Other,07700 900102,en,pat@probation.example,Probation,office,"
    "23/03/2027,11:00,45,the centre,Pat,yes\r\n"
)
NOWHERE = "/nowhere"
LONG = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh"


def write(database: Database, number: str, words: str, now: datetime) -> None:
    """A text from a number, handled as in the worker process."""
    with database.begin() as session:
        inbound.store(
            session,
            twilio.read_text(
                {
                    "MessageSid": f"SM{uuid.uuid4().hex}",
                    "From": number,
                    "To": "+447700900999",
                    "Body": words,
                    "NumMedia": "0",
                }
            ),
            now=now,
        )
    inbound.handle_next(database.begin, conversation.handle, now=now)


@pytest.fixture
def addresses(committed: Database, house: House, now: datetime) -> list[str]:
    """One address of every page.

    There are long names, every kind of entry and signals of every urgency.
    """
    with committed.begin() as session:
        person = builders.person(session, house.pat, first_name="Maximiliana", last_name=LONG)
        archer = builders.person(session, house.pat, number=None, last_name="Archer")
        rise(session, archer, now)
        rises.record_new(session, now=now)
        read(session, archer, now - timedelta(days=30), "other", "progress_housing", acted=False)
        booked = appointments.book(
            session,
            SYSTEM,
            NewAppointment(
                person_id=person.id,
                agency_id=house.pat.agency_id,
                type=AppointmentType.OFFICE,
                starts_at=now + timedelta(hours=4),
                minutes=45,
                worker_name="Pat",
                place_alias="the centre on Bridge St",
                enforceable=True,
            ),
            now=now,
        )
        past = builders.appointment(session, person, now - timedelta(days=3))
        progress = progress_pages.fill(session, person)
        report = builders.report(session, person, now, note="w" * 120)
        legal = legal_pages.fill(
            session, builders.person(session, house.pat, number=None, last_name=LONG)
        )
        stands = enrolment_pages.fill(session, person)
        action = case_builders.plan(session, person, LONG)
        met = meeting_pages.fill(session, house, person)
        for number, status in enumerate(
            (MessageStatus.DELIVERED, MessageStatus.UNKNOWN, MessageStatus.UNDELIVERED)
        ):
            message = outbox.enqueue(
                session,
                outbox.Text(
                    to="+447700900101",
                    body="Hi. https://example.test/" + "x" * 100,
                    lane=outbox.Lane.REMINDER,
                    dedupe_key=f"text {number}",
                    recipient=str(person.id),
                ),
                now=now - timedelta(hours=number),
            )
            session.flush()
            move(session, [message.id], MessageStatus.SENDING, now=now)
            move(session, [message.id], status, now=now, reason="The phone is off")
        for kind in (SignalKind.CRISIS, SignalKind.WRONG_NUMBER, SignalKind.CALL_REQUESTED):
            raise_signal(
                session,
                kind,
                person_id=person.id,
                hub_id=house.hub.id,
                cause="test",
                why="Said so",
                evidence=[
                    Evidence("appointment", str(booked.id)),
                    Evidence("message", str(message.id)),
                ],
                now=now - timedelta(hours=2),
            )
    with committed.begin() as session:
        hub_answers_pages.fill(session, session.get_one(Hub, house.hub.id), now)
        whom = builders.person(session, house.pat, number=None, last_name=LONG)
        shared = sharing_pages.fill(session, session.get_one(Hub, house.hub.id), whom, now)
    write(committed, "+447700900101", "a" * 120, now)
    write(committed, "+447700900555", "its kat, new phone", now)
    with committed.begin() as session:
        signal = session.scalars(select(Signal.id).limit(1)).one()
        reading = session.scalars(
            select(ReplyRecord.id).where(ReplyRecord.person_id.is_(None))
        ).one()
    whose, which = f"/people/{person.id}", f"/appointments/{booked.id}"
    return [
        "/today",
        "/cohort",
        "/caseload",
        "/caseload?q=nobody",
        whose,
        f"{whose}/details",
        f"{whose}/check-ins",
        f"{whose}/book",
        f"{whose}/text",
        f"{whose}/conversation-log",
        f"{whose}/reports/new",
        *legal,
        *(f"{whose}/plan{what}" for what in ("", "/needs", "/actions/new")),
        *stands,
        *met,
        *shared,
        "/actions",
        *(f"/actions/{action.id}{what}" for what in ("", "/done", "/withdraw", "/change")),
        f"/reports/{report.id}/dispute",
        *(f"{whose}/phone-number/{what}" for what in ("change", "verify", "suspend", "shared")),
        "/book",
        "/book?q=a",
        which,
        f"{which}?booked=yes",
        f"{which}/move",
        f"{which}/cancel",
        f"/appointments/{past.id}/outcome",
        f"/signals/{signal}",
        *progress,
        "/unknown-numbers",
        "/day/2027-03-20",
        f"/unknown-numbers/{reading}/claim?q=a",
        "/import",
        "/free-times",
        "/on-call",
        f"/hubs/{house.hub.id}/help-lines",
        "/notices",
        f"/hubs/{house.hub.id}/answers",
        f"/hubs/{house.hub.id}/learning-from-use",
        f"/hubs/{house.hub.id}/learning-from-use?month=2027-01",
        NOWHERE,
    ]


def faults(page: Page) -> list[str]:
    """What axe finds on a page once it is fully rendered, and words without a space between."""
    page.wait_for_load_state()
    return [
        f"{found['id']}: {node['html'][:200]}"
        for found in Axe().run(page).response["violations"]
        for node in found["nodes"]
    ] + [f"no space before: {words}" for words in page.evaluate(JOINED_WORDS)]


JOINED_WORDS = """
() => [...document.querySelectorAll("a, strong, em, span")].filter(one =>
  [one, one.previousSibling].every(part => part?.nodeType !== 1
    || getComputedStyle(part).display === "inline" && part.getBoundingClientRect().width > 1)
  && /[\\p{L}\\p{N}.,;:!?]$/u.test(one.previousSibling?.textContent ?? "")
  && /^[\\p{L}\\p{N}]/u.test(one.textContent)
).map(one => one.textContent)
"""
"""The text of inline elements that follow a word or an inline element without a space."""


def overflow(page: Page) -> int:
    """How far a page can be scrolled sideways, in pixels."""
    return int(
        page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    )


OPENED_ELSEWHERE = {
    *("compliance", "decide_compliance", "overrule", "new_evidence_pack", "enforcement_done"),
    *("letter", "letter_given", "withdraw_enforcement", "give_approval"),
    *("corrections", "queues", "preview_import", "hubs", "staff_notices", "flag"),
    "write_hub_answer",
}
"""Pages that other tests of this folder open."""


def test_every_page_is_opened(app: Flask, addresses: list[str]) -> None:
    """A new page must be among the addresses. Downloads and redirects need not be."""
    paths = app.url_map.bind("")
    opened = {
        paths.match(address.partition("?")[0])[0] for address in addresses if address != NOWHERE
    }
    pages = {
        rule.endpoint.removeprefix("pages.")
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("pages.") and "GET" in (rule.methods or ())
        if not rule.rule.startswith("/assets") and "." not in rule.rule and rule.rule != "/"
    }
    walked = {endpoint.removeprefix("pages.") for endpoint in opened}
    assert {name for name in pages if not name.startswith("moved_")} - walked == OPENED_ELSEWHERE


@pytest.mark.parametrize("width", [1280, 320])
def test_pages_of_other_roles(
    width: int, committed: Database, house: House, sit_down: SitDown, now: datetime
) -> None:
    """What a coordinator may not open: the administrator's pages, and the intelligence flag."""
    with committed.begin() as session:
        person = builders.person(session, house.pat, last_name=LONG)
        rise(session, person, now)
        rises.record_new(session, now=now)
        hub_answers_pages.fill(session, session.get_one(Hub, house.hub.id), now)
    for who, address in (
        (house.administrator, "/today"),
        (house.administrator, "/hubs"),
        (house.administrator, f"/hubs/{house.hub.id}/learning-from-use"),
        (house.administrator, f"/hubs/{house.hub.id}/answers"),
        (house.administrator, f"/hubs/{house.hub.id}/answers/write?topic=parking"),
        (house.administrator, f"/hubs/{house.hub.id}/help-lines"),
        (house.administrator, f"/staff/{house.pat.id}/notices"),
        (house.pat, f"/people/{person.id}/flag"),
    ):
        with sit_down(who, width=width) as page:
            response = page.goto(address)
            assert response is not None and response.status == 200, address
            assert faults(page) == [] and overflow(page) == 0, address


@pytest.mark.parametrize("width", [1280, 320])
def test_no_axe_findings_and_no_sideways_scrolling(
    width: int, addresses: list[str], house: House, sit_down: SitDown
) -> None:
    """Every page, wide and narrow, with the longest names."""
    found = {}
    with sit_down(house.coordinator, width=width) as page:
        for address in addresses:
            response = page.goto(address)
            assert response is not None
            assert response.status == (404 if address == NOWHERE else 200), address
            if problems := faults(page) + [f"sticks out by {by}" for by in [overflow(page)] if by]:
                found[address] = problems
    assert found == {}


@pytest.mark.parametrize("width", [1280, 320])
def test_takeover_correction_and_its_review(
    width: int, committed: Database, house: House, sit_down: SitDown, now: datetime
) -> None:
    """The person's page with its banner and an open correction.

    The administrator's list. Both wide and narrow.
    """
    with committed.begin() as session:
        person = builders.person(session, house.pat)
    write(committed, "+447700900101", "a" * 120, now)
    with sit_down(house.pat, width=width) as page:
        page.goto(f"/people/{person.id}")
        page.get_by_role("button", name="Take over").click()
        expect(page.get_by_role("button", name="Hand back to Engage")).to_be_visible()
        page.get_by_text("Misread?").click()
        page.get_by_label("It means").select_option("decline")
        assert faults(page) == [] and overflow(page) == 0
        page.get_by_role("button", name="Correct", exact=True).click()
        expect(page.get_by_text("Corrected to: cannot come")).to_be_visible()
        assert faults(page) == [] and overflow(page) == 0
    with sit_down(house.administrator, width=width) as page:
        page.goto("/corrections")
        expect(page.get_by_role("button", name="Accept")).to_be_visible()
        assert faults(page) == [] and overflow(page) == 0


@pytest.mark.parametrize("width", [1280, 320])
def test_the_queues_page(
    width: int, committed: Database, house: House, sit_down: SitDown, now: datetime
) -> None:
    """With one of everything stuck, and idle after its buttons were pressed."""
    with committed.begin() as session:
        person = builders.person(session, house.pat)
    stalled.stall(committed, now, person)
    with sit_down(house.administrator, width=width) as page:
        page.goto("/queues")
        expect(page.get_by_role("heading", name="Queues")).to_be_visible()
        assert faults(page) == [] and overflow(page) == 0
        page.get_by_role("button", name="Dismiss").click()
        expect(page.get_by_text("Dismissed. Staff who may see")).to_be_visible()
        assert faults(page) == [] and overflow(page) == 0


def test_refused_forms_are_accessible(
    addresses: list[str], house: House, sit_down: SitDown
) -> None:
    """The error summary takes the focus and links to the field; axe finds nothing there either."""
    refused = 0
    with sit_down(house.coordinator, width=320) as page:
        for address in addresses:
            form = page.goto(address) and page.locator(
                "main form[method=post] button[class=govuk-button]"
            )
            if not form or "/text" in address or form.count() == 0 or "/details" in address:
                continue
            for box in page.locator("main form[method=post] input[type=text]").all():
                box.fill("")
            with page.expect_navigation() as answer:
                form.last.click()
            if answer.value.status != 422:  # nothing on this form must be filled in
                continue
            refused += 1
            expect(page.locator(".govuk-error-summary")).to_be_visible()
            expect(page.locator(".govuk-error-summary"), address).to_be_focused()
            assert faults(page) == [] and overflow(page) == 0, address
            for link in page.locator(".govuk-error-summary a").all():
                target = link.get_attribute("href")
                assert target and page.locator(target).count() == 1, (address, target)
    assert refused > 30


def test_an_import_preview_and_result(house: House, sit_down: SitDown) -> None:
    """Both on a narrow screen, and neither needs scripts."""
    with sit_down(house.coordinator, width=320) as page:
        page.goto("/import")
        page.locator("#file").set_input_files(
            {"name": "week.csv", "mimeType": "text/csv", "buffer": CSV.encode()}
        )
        page.get_by_role("button", name="Preview the import").click()
        expect(page.get_by_text("Preview of the import")).to_be_visible()
        assert faults(page) == [] and overflow(page) == 0
        page.get_by_role("button", name="Import 1 appointment").click()
        expect(page.get_by_role("heading", name="Imported")).to_be_visible()
        assert faults(page) == [] and overflow(page) == 0


@pytest.fixture
def window(chromium: Browser, address: str) -> Iterator[Page]:
    """A window that is not signed in."""
    context = chromium.new_context(viewport={"width": 320, "height": 900}, base_url=address)
    yield context.new_page()
    context.close()


def test_the_pages_before_signing_in(house: House, window: Page) -> None:
    """Signing in, refused or not, and signed out."""
    window.goto("/sign-in")
    assert faults(window) == [] and overflow(window) == 0
    window.get_by_role("button", name="Sign in").click()
    expect(window.locator(".govuk-error-summary")).to_be_visible()
    assert faults(window) == []
    window.goto("/signed-out")
    assert faults(window) == [] and overflow(window) == 0
