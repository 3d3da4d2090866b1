"""The simulator's pages: choose a phone, read its texts, answer; by plain HTTP and in a browser,
narrow and wide.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from twilio.rest import Client

from messaging.gateways.simulator import Between, Delays
from tests.simulator import ENGAGE, Simulator, simulator_thread
from tests.webhook_receiver import Receiver, webhook_receiver

ANN, BOB = "+447700900123", "+447700900124"
AT_ONCE = Delays(*[Between(0, 0)] * 4)
PAGES = [
    "/?refresh=15",
    "/phones?number=x",
    f"/phones/{ANN}",
    "/phones/+447700900555",
    "/ledger",
    "/nowhere",
]


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    """The service's webhooks."""
    with webhook_receiver() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def running(receiver: Receiver) -> Iterator[Simulator]:
    """One simulator for the module, without delays."""
    with simulator_thread(delays=AT_ONCE, inbound_url=f"{receiver.url}/inbound") as simulator:
        yield simulator


@pytest.fixture
def simulator(running: Simulator) -> Simulator:
    """The simulator, empty."""
    running.reset()
    return running


@pytest.fixture
def client(running: Simulator) -> Iterator[Client]:
    """Twilio's library, pointed at the simulator."""
    client: Any = running.client()
    yield client
    client.http_client.session.close()


@pytest.fixture(params=[(320, False), (1280, True)], ids=["narrow-without-scripts", "wide"])
def page(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page in a browser, once narrow without JavaScript and once wide."""
    width, scripts = request.param
    context = chromium.new_context(
        viewport={"width": width, "height": 800}, java_script_enabled=scripts
    )
    yield context.new_page()
    context.close()


def send(client: Any, body: str, to: str = ANN, callback: str | None = None) -> None:
    """Send a text to a phone."""
    extra = {} if callback is None else {"status_callback": callback}
    client.messages.create(to=to, from_=ENGAGE, body=body, **extra)


def fill_story(simulator: Simulator, client: Any, callback: str) -> None:
    """Two phones with everything that the pages can show: both directions, a failure, an opt-out, a
    long word.
    """
    send(client, "Hi Bob. See you today, 2pm.", to=BOB)
    send(
        client,
        "Hi Ann. You see Sam: Wed 24 September, 11:20am. Reply YES if you can come.",
        callback=callback,
    )
    simulator.phone(ANN).reply("yes " + "long" * 60)
    simulator.phone(ANN).set_state("off")
    send(client, "Thanks Ann.", callback=callback)
    simulator.phone(ANN).reply("STOP")
    simulator.settle()


def test_a_person_picks_a_phone_reads_and_answers(
    simulator: Simulator, client: Client, receiver: Receiver, page: Page
) -> None:
    """By hand: list, phone, text, answer; the service gets it signed."""
    send(client, "Can you come at 9?")
    simulator.settle()
    page.goto(simulator.url)
    page.get_by_role("link", name="07700 900123").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("07700 900123")
    expect(page.get_by_role("region", name="Texts")).to_contain_text("Can you come at 9?")
    expect(page.get_by_role("region", name="Texts")).to_contain_text("Delivered")
    page.get_by_label("Write a text").fill("yes\nbut late")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("region", name="Texts")).to_contain_text("Received by the service")
    assert receiver.posts[-1].params["Body"] == "yes\nbut late"
    assert receiver.posts[-1].signed
    expect(page.get_by_label("Write a text")).to_have_value("")


def test_any_phone_can_be_opened_by_its_number(simulator: Simulator, page: Page) -> None:
    """Typed as people write it; a new phone has no texts and can write first."""
    page.goto(simulator.url)
    page.get_by_label("Open a phone by its number").fill("07700 900 555")
    page.get_by_role("button", name="Open").click()
    page.wait_for_url("**/phones/+447700900555")
    expect(page.get_by_role("main")).to_contain_text("No texts on this phone yet")
    page.get_by_label("Write a text").fill("Who is this?")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("region", name="Texts")).to_contain_text("Who is this?")
    assert simulator.phone("+447700900555").texts()[0].body == "Who is this?"


def test_a_phone_can_be_switched_off_by_hand(
    simulator: Simulator, client: Client, page: Page
) -> None:
    """The next text does not reach it, and the page says why."""
    page.goto(f"{simulator.url}/phones/{ANN}")
    page.get_by_label("This phone is").select_option("off")
    with page.expect_navigation():
        page.get_by_role("button", name="Change").click()
    expect(page.get_by_label("This phone is")).to_have_value("off")
    send(client, "Hello?")
    simulator.settle()
    page.get_by_role("link", name="Refresh", exact=True).click()
    expect(page.get_by_role("region", name="Texts")).to_contain_text("Not delivered to this phone")


def test_everything_can_be_deleted(simulator: Simulator, client: Client, page: Page) -> None:
    """The list is empty again."""
    send(client, "Hello")
    page.goto(simulator.url)
    page.get_by_text("Reset the simulator").click()
    page.get_by_role("button", name="Delete everything").click()
    expect(page.get_by_role("main")).to_contain_text("No texts yet")


@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_no_fault_on_any_page(
    simulator: Simulator, client: Client, receiver: Receiver, chromium: Browser, width: int
) -> None:
    """Labels, headings, contrast, landmarks; and nothing is wider than the screen."""
    fill_story(simulator, client, f"{receiver.url}/status")
    page = chromium.new_page(viewport={"width": width, "height": 800})
    for path in PAGES:
        page.goto(simulator.url + path)
        results = Axe().run(page)
        assert results.violations_count == 0, f"{path}: {results.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    page.close()


def test_the_phone_with_the_newest_text_comes_first(simulator: Simulator, client: Client) -> None:
    """The newest text comes first, in either direction."""
    send(client, "first", to=ANN)
    send(client, "second", to=BOB)

    def order() -> list[str]:
        return re.findall(r'href="/phones/([^"]+)"', requests.get(simulator.url, timeout=5).text)

    assert [number.replace("%2B", "+") for number in order()] == [BOB, ANN]
    simulator.phone(ANN).reply("newest")
    assert [number.replace("%2B", "+") for number in order()] == [ANN, BOB]


def test_a_text_is_shown_as_words_and_never_as_markup(simulator: Simulator, client: Client) -> None:
    """A phone can write anything."""
    simulator.phone(ANN).reply("<script>alert(1)</script>")
    for path in ("/", f"/phones/{ANN}"):
        shown = requests.get(simulator.url + path, timeout=5)
        assert "<script>" not in shown.text and "&lt;script&gt;" in shown.text
        assert "default-src 'none'" in shown.headers["Content-Security-Policy"]


@pytest.mark.parametrize("body", ["", "  ", "x" * 1601])
def test_an_empty_or_too_long_text_is_not_sent(simulator: Simulator, body: str) -> None:
    """The page comes back with the reason and what was typed."""
    answer = requests.post(f"{simulator.url}/phones/{ANN}/texts", data={"body": body}, timeout=5)
    assert answer.status_code == 400
    assert "Write between 1 and 1600 characters." in answer.text
    assert simulator.phone(ANN).texts() == []


def test_another_sites_form_is_refused(simulator: Simulator) -> None:
    """A page elsewhere on the web cannot make a simulated phone send a text."""
    answer = requests.post(
        f"{simulator.url}/phones/{ANN}/texts",
        data={"body": "yes"},
        headers={"Origin": "http://elsewhere.example"},
        timeout=5,
    )
    assert answer.status_code == 403
    assert simulator.phone(ANN).texts() == []


def test_a_page_refreshes_only_on_request(simulator: Simulator) -> None:
    """By a header, and only at the intervals that are offered."""
    url = f"{simulator.url}/phones/{ANN}"
    assert requests.get(f"{url}?refresh=2", timeout=5).headers["Refresh"] == "2"
    assert "Refresh" not in requests.get(url, timeout=5).headers
    assert "Refresh" not in requests.get(f"{url}?refresh=0", timeout=5).headers


def test_anything_but_a_phone_number_is_not_found(simulator: Simulator) -> None:
    """A readable page, not a stack trace."""
    answer = requests.get(f"{simulator.url}/phones/hello", timeout=5)
    assert answer.status_code == 404
    assert "not a phone number" in answer.text
