"""The simulator's Twilio interface, used through Twilio's own client library over HTTP."""

import re
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from messaging.gateways.simulator import Between, Delays
from tests.simulator import ACCOUNT, ENGAGE, Simulator, simulator_thread

ANN, BOB = "+447700900123", "+447700900124"
SERVICE = "MG" + "1" * 32
NOW = datetime(2026, 7, 1, 9, 30, 15, 250_000, tzinfo=UTC)
AT_ONCE = Delays(*[Between(0, 0)] * 4)


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.moment = NOW

    def __call__(self) -> datetime:
        return self.moment


@pytest.fixture(scope="module")
def clock() -> Clock:
    """The clock of the simulator of this module."""
    return Clock()


@pytest.fixture(scope="module")
def running(clock: Clock) -> Iterator[Simulator]:
    """One simulator for the module, without delays."""
    with simulator_thread(
        now=clock, delays=AT_ONCE, messaging_service_sid=SERVICE, inbound_url=None
    ) as simulator:
        yield simulator


@pytest.fixture
def simulator(running: Simulator, clock: Clock) -> Simulator:
    """The simulator, empty."""
    running.reset()
    clock.moment = NOW
    return running


@pytest.fixture(scope="module")
def client(running: Simulator) -> Iterator[Client]:
    """Twilio's library, pointed at the simulator."""
    client = running.client()
    yield client
    client.http_client.session.close()


def send(client: Client, **changes: Any) -> Any:
    """Send a text to Ann, with these changes."""
    return client.messages.create(**{"to": ANN, "from_": ENGAGE, "body": "Hello", **changes})


def test_a_created_text_has_the_exact_format_of_twilios_answer(simulator: Simulator) -> None:
    """The 201 has every field of the Message resource, with numbers as strings and dates in RFC
    2822.
    """
    simulator.script(sending=60)
    answer = requests.post(
        f"{simulator.url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json",
        auth=(ACCOUNT, simulator.token),
        data={"To": ANN, "From": ENGAGE, "Body": "ŵ" * 71},
        timeout=5,
    )
    body = answer.json()
    sid = body["sid"]
    assert answer.status_code == 201
    assert re.fullmatch("SM[0-9a-f]{32}", sid)
    assert body == {
        "account_sid": ACCOUNT,
        "api_version": "2010-04-01",
        "body": "ŵ" * 71,
        "date_created": "Wed, 01 Jul 2026 09:30:15 +0000",
        "date_sent": None,
        "date_updated": "Wed, 01 Jul 2026 09:30:15 +0000",
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": ENGAGE,
        "messaging_service_sid": None,
        "num_media": "0",
        "num_segments": "2",
        "price": None,
        "price_unit": "GBP",
        "sid": sid,
        "status": "queued",
        "subresource_uris": {"media": f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{sid}/Media.json"},
        "to": ANN,
        "uri": f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{sid}.json",
    }


def test_a_messaging_service_answers_accepted_and_picks_a_number_later(
    simulator: Simulator, client: Client
) -> None:
    """Through a service there is no sender and no segment count until the text is queued."""
    simulator.script(queued=0.05)
    created = client.messages.create(to=ANN, messaging_service_sid=SERVICE, body="Hello")
    assert (created.status, created.from_, created.num_segments) == ("accepted", None, "0")
    simulator.settle()
    later = client.messages(created.sid).fetch()
    assert (later.status, later.from_, later.num_segments) == ("delivered", ENGAGE, "1")
    assert later.messaging_service_sid == SERVICE
    assert simulator.ledger()[0].history == ("accepted", "queued", "sending", "sent", "delivered")


def test_a_list_is_newest_first_and_filtered_by_to_and_from(
    simulator: Simulator, client: Client
) -> None:
    """To and From narrow the list; a phone's own texts are in it too, as inbound."""
    first, other, second = send(client), send(client, to=BOB), send(client, body="Again")
    inbound = simulator.phone(ANN).reply("yes").sid
    simulator.settle()
    everything = [text.sid for text in client.messages.list()]
    assert everything == [inbound, second.sid, other.sid, first.sid]
    assert [text.sid for text in client.messages.list(to=ANN)] == [second.sid, first.sid]
    assert [text.sid for text in client.messages.list(from_=ANN)] == [inbound]
    assert [text.sid for text in client.messages.list(to=ENGAGE, from_=ANN)] == [inbound]
    assert client.messages(inbound).fetch().direction == "inbound"


def test_a_list_is_filtered_by_the_date_sent(
    simulator: Simulator, client: Client, clock: Clock
) -> None:
    """Both ends are inclusive, to the second; DateSent alone is the whole day in UTC, however the
    library writes it.
    """
    sids = []
    for hours in (0, 1, 24):
        clock.moment = NOW + timedelta(hours=hours)
        sids.append(send(client).sid)
        simulator.settle()
    second = NOW.replace(microsecond=0)

    def found(**query: object) -> list[str]:
        return [text.sid for text in reversed(client.messages.list(to=ANN, **query))]

    assert found(date_sent_after=second) == sids
    assert found(date_sent_after=second + timedelta(seconds=1)) == sids[1:]
    assert found(date_sent_before=second + timedelta(hours=1)) == sids[:2]
    assert found(date_sent=date(2026, 7, 1)) == sids[:2]
    assert found(date_sent=second) == sids[:2]
    assert found(date_sent_after=date(2026, 7, 2)) == sids[2:]
    assert found(date_sent_after=second, date_sent_before=second) == sids[:1]


def test_a_text_still_in_the_queue_has_no_date_sent_to_be_found_by(
    simulator: Simulator, client: Client
) -> None:
    """By date, the list leaves out what has not been sent yet; by number alone, it includes it."""
    simulator.script(ends="queued")
    sid = send(client).sid
    assert client.messages.list(to=ANN, date_sent_after=NOW - timedelta(hours=1)) == []
    assert [text.sid for text in client.messages.list(to=ANN)] == [sid]


def test_a_date_that_cannot_be_read_is_refused(simulator: Simulator) -> None:
    """A 400, not a list of everything."""
    answer = requests.get(
        f"{simulator.url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json",
        auth=(ACCOUNT, simulator.token),
        params={"DateSent>": "yesterday"},
        timeout=5,
    )
    assert (answer.status_code, answer.json()["code"]) == (400, 20422)


def test_pages_follow_each_other_without_loss_while_texts_arrive(
    simulator: Simulator, client: Client
) -> None:
    """next_page_uri leads through all texts once, even if new ones come in between."""
    sids = [send(client, body=f"text {number}").sid for number in range(7)]
    page = client.messages.page(to=ANN, page_size=3)
    seen = [[text.sid for text in page]]
    send(client, body="newer than the first page")
    while (page := page.next_page()) is not None:
        seen.append([text.sid for text in page])
    assert [len(part) for part in seen] == [3, 3, 1]
    assert [sid for part in seen for sid in part] == sids[::-1]
    assert len(client.messages.list(to=ANN, page_size=2, limit=5)) == 5


def test_redacting_erases_the_words_but_not_the_ledger(
    simulator: Simulator, client: Client
) -> None:
    """An empty Body blanks the text at the interface; a text that has not ended cannot be
    redacted.
    """
    sid = send(client, body="You see Sam at 9").sid
    simulator.settle()
    assert client.messages(sid).update(body="").body == ""
    assert client.messages(sid).fetch().body == ""
    assert (simulator.ledger()[0].body, simulator.ledger()[0].redacted) == (
        "You see Sam at 9",
        True,
    )
    simulator.script(ends="sending")
    moving = send(client).sid
    with pytest.raises(TwilioRestException) as refusal:
        client.messages(moving).update(body="")
    assert (refusal.value.status, refusal.value.code) == (409, 20009)
    with pytest.raises(TwilioRestException) as refusal:
        client.messages(sid).update(body="Other words")
    assert refusal.value.status == 400


def test_content_retention_discard_blanks_the_words_once_sent(
    simulator: Simulator, client: Client
) -> None:
    """With ContentRetention=discard nothing has to be redacted."""
    sid = send(client, content_retention="discard").sid
    simulator.settle()
    assert client.messages(sid).fetch().body == ""


def test_deleting_hides_a_text(simulator: Simulator, client: Client) -> None:
    """A deleted text is neither fetched nor listed; the ledger keeps it."""
    sid = send(client).sid
    simulator.settle()
    assert client.messages(sid).delete()
    assert client.messages.list(to=ANN) == []
    assert len(simulator.ledger()) == 1


def test_a_queued_text_can_be_cancelled(simulator: Simulator, client: Client) -> None:
    """Status=canceled stops a text that has not left the queue, and no other."""
    simulator.script(sending=0.05, times=1)
    sid = send(client).sid
    assert client.messages(sid).update(status="canceled").status == "canceled"
    simulator.settle()
    assert client.messages(sid).fetch().status == "canceled"
    sent = send(client).sid
    simulator.settle()
    with pytest.raises(TwilioRestException):
        client.messages(sent).update(status="canceled")


def test_a_text_that_outlives_its_validity_in_the_queue_fails(
    simulator: Simulator, client: Client
) -> None:
    """ValidityPeriod limits the time in the queue; after it the text fails with 30036 and is never
    sent.
    """
    simulator.script(sending=30)
    began = time.monotonic()
    sid = send(client, validity_period=1).sid
    simulator.settle()
    assert 0.9 < time.monotonic() - began < 20
    text = client.messages(sid).fetch()
    assert (text.status, text.error_code, text.date_sent) == ("failed", 30036, None)


def test_dates_follow_the_clock_of_the_run(
    simulator: Simulator, client: Client, clock: Clock
) -> None:
    """A run on another day shows that day in the interface."""
    clock.moment = datetime(2026, 12, 24, 8, tzinfo=UTC)
    sid = send(client).sid
    simulator.settle()
    assert client.messages(sid).fetch().date_sent == datetime(2026, 12, 24, 8, tzinfo=UTC)


def test_the_clock_can_be_put_forward_while_it_runs(simulator: Simulator, client: Client) -> None:
    """For a story over several days: later texts carry the later day, and a reset ends it."""
    simulator.set_clock(NOW + timedelta(days=3))
    assert send(client).date_created == datetime(2026, 7, 4, 9, 30, 15, tzinfo=UTC)
    with pytest.raises(AssertionError, match="now must be a moment"):
        simulator.change(now="2026-07-04T09:30:15")
    simulator.reset()
    assert send(client).date_created == datetime(2026, 7, 1, 9, 30, 15, tzinfo=UTC)


def test_a_bounded_run_forgets_its_oldest_texts() -> None:
    """With keep set, the ledger holds that many texts; the newest stay."""
    with simulator_thread(keep=3, delays=AT_ONCE) as simulator:
        client = simulator.client()
        for number in range(5):
            send(client, body=f"text {number}")
            simulator.settle()
        assert [text.body for text in simulator.ledger()] == ["text 2", "text 3", "text 4"]
        client.http_client.session.close()
