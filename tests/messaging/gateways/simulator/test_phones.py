"""The simulator's phones: texts to the service, signed and retried as Twilio does, and the keywords
that block.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from messaging.gateways.simulator import Between, Delays, OptOutWords
from tests.simulator import ACCOUNT, ENGAGE, Simulator, simulator_process, simulator_thread
from tests.webhook_receiver import Receiver, webhook_receiver

ANN, BOB = "+447700900123", "+447700900124"
AT_ONCE = Delays(*[Between(0, 0)] * 4)
TOKEN = "0123456789abcdef0123456789abcdef"
INBOUND = "/webhooks/twilio/inbound"


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    """One simulator for the module, without delays."""
    with simulator_thread(delays=AT_ONCE, retry_pause=0.01, auth_token=TOKEN) as simulator:
        yield simulator


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """The service's webhooks."""
    with webhook_receiver(TOKEN) as receiver:
        yield receiver


@pytest.fixture
def simulator(running: Simulator, receiver: Receiver) -> Simulator:
    """The simulator, empty, posting to the receiver with the retry policy that the service asks
    for.
    """
    running.reset()
    running.change(inbound_url=f"{receiver.url}{INBOUND}#rc=3&rp=ct,rt,5xx")
    return running


@pytest.fixture
def client(running: Simulator) -> Iterator[Client]:
    """Twilio's library, pointed at the simulator."""
    client: Any = running.client()
    yield client
    client.http_client.session.close()


def send(client: Any, **changes: Any) -> Any:
    """Send a text to Ann, with these changes."""
    return client.messages.create(**{"to": ANN, "from_": ENGAGE, "body": "Hello", **changes})


def test_a_phones_text_is_posted_with_every_field_and_signed(
    simulator: Simulator, receiver: Receiver
) -> None:
    """All three sids, blank places, no fragment in the address, and a signature that Twilio's
    validator accepts.
    """
    reply = simulator.phone(ANN).reply("👍 running 10 late ")
    (posted,) = receiver.posts
    assert posted.path == INBOUND
    assert posted.signed is True
    assert posted.headers["Content-Type"].startswith("application/x-www-form-urlencoded")
    assert posted.params == {
        "AccountSid": ACCOUNT,
        "ApiVersion": "2010-04-01",
        "Body": "👍 running 10 late ",
        "From": ANN,
        "FromCity": "",
        "FromCountry": "GB",
        "FromState": "",
        "FromZip": "",
        "MessageSid": reply.sid,
        "NumMedia": "0",
        "NumSegments": "1",
        "SmsMessageSid": reply.sid,
        "SmsSid": reply.sid,
        "SmsStatus": "received",
        "To": ENGAGE,
        "ToCity": "",
        "ToCountry": "GB",
        "ToState": "",
        "ToZip": "",
    }
    assert reply.statuses == [200]
    assert reply.answers[0]["body"] == "<Response/>"
    assert [text.body for text in simulator.phone(ANN).texts()] == ["👍 running 10 late "]


def test_a_picture_has_its_address_and_type(simulator: Simulator, receiver: Receiver) -> None:
    """Media adds NumMedia, MediaUrl and MediaContentType, and an MM sid."""
    reply = simulator.phone(ANN).reply("", media=2)
    params = receiver.posts[0].params
    assert reply.sid.startswith("MM")
    assert params["NumMedia"] == "2"
    assert params["MediaContentType1"] == "image/jpeg"
    assert f"/Messages/{reply.sid}/Media/ME" in params["MediaUrl1"]


def test_five_posts_of_one_sid_at_once(simulator: Simulator, receiver: Receiver) -> None:
    """copies: the same text arrives five times at once; on the phone it is one text."""
    reply = simulator.phone(ANN).reply("yes", copies=5)
    assert reply.statuses == [200] * 5
    assert {posted.params["MessageSid"] for posted in receiver.posts} == {reply.sid}
    assert len(simulator.phone(ANN).texts()) == 1


def test_an_earlier_text_can_be_posted_again(simulator: Simulator, receiver: Receiver) -> None:
    """sid: the same words under the same sid, later."""
    first = simulator.phone(ANN).reply("yes")
    again = simulator.phone(ANN).reply("ignored", sid=first.sid)
    assert again.sid == first.sid
    assert receiver.posts[0].params == receiver.posts[1].params


@pytest.mark.parametrize(("signature", "signed"), [("wrong", False), ("absent", None)])
def test_a_forgery_is_posted_but_is_not_stored(
    simulator: Simulator, receiver: Receiver, signature: str, signed: bool | None
) -> None:
    """A stranger's STOP reaches the webhook with a bad signature; the phone never sent it and is
    not blocked.
    """
    receiver.answer = lambda posted: 200 if posted.signed else 403
    reply = simulator.phone(ANN).reply("STOP", signature=signature)
    assert receiver.posts[0].signed is signed
    assert reply.statuses == [403]
    assert simulator.phone(ANN).texts() == []
    assert not simulator.phone(ANN).opted_out


def test_a_text_in_the_background(simulator: Simulator, receiver: Receiver) -> None:
    """wait=False answers at once; the post follows."""
    reply = simulator.phone(ANN).reply("yes", wait=False)
    assert reply.answers == ()
    simulator.settle()
    assert receiver.posts[0].params["MessageSid"] == reply.sid


# Retries


@pytest.mark.parametrize(
    ("fragment", "failure", "attempts"),
    [
        ("", 500, 1),
        ("", 404, 1),
        ("", None, 1),
        ("#rc=3&rp=ct,rt,5xx", 500, 4),
        ("#rc=3&rp=ct,rt,5xx", 404, 1),
        ("#rc=3&rp=ct,rt,5xx", None, 4),
        ("#rc=2&rp=4xx", 404, 3),
        ("#rc=1&rp=all", 503, 2),
        ("#rc=0&rp=all", 503, 1),
        ("#rc=9&rp=all", 503, 2),
    ],
)
def test_the_fragment_decides_what_is_retried(
    simulator: Simulator, receiver: Receiver, fragment: str, failure: int | None, attempts: int
) -> None:
    """Without a fragment, a text answered with a 500 is lost; with rc and rp it is posted again,
    under one sid and token.
    """
    simulator.change(inbound_url=f"{receiver.url}{INBOUND}{fragment}")
    receiver.answer = lambda posted: failure
    reply = simulator.phone(ANN).reply("yes")
    assert [answer["attempts"] for answer in reply.answers] == [attempts]
    assert reply.statuses == [failure]
    assert len(receiver.posts) == attempts
    assert len({posted.headers["I-Twilio-Idempotency-Token"] for posted in receiver.posts}) == 1


def test_a_successful_retry_is_the_last(simulator: Simulator, receiver: Receiver) -> None:
    """A single failure of the service loses nothing."""
    answers = iter([None, 503, 200])
    receiver.answer = lambda posted: next(answers)
    assert simulator.phone(ANN).reply("yes").statuses == [200]
    assert len(receiver.posts) == 3


def test_a_refused_connection_is_retried_once(simulator: Simulator) -> None:
    """Connection refused is retried once under Twilio's usual policy; then the text is lost, and
    the answer says why.
    """
    with webhook_receiver() as gone:
        url = gone.url
    simulator.change(inbound_url=f"{url}{INBOUND}")
    (answer,) = simulator.phone(ANN).reply("yes").answers
    assert (answer["http_status"], answer["attempts"]) == (None, 2)
    assert "no connection" in answer["error"]


# Keywords


def refused(client: Any, **changes: Any) -> int | None:
    """The code a text is refused with; None if it is accepted."""
    try:
        send(client, **changes)
    except TwilioRestException as refusal:
        return int(refusal.code)
    return None


def test_stop_blocks_the_pair_and_start_unblocks_it(
    simulator: Simulator, client: Client, receiver: Receiver
) -> None:
    """STOP in any case reaches the webhook and blocks; HELP changes nothing; START ends the
    block.
    """
    ann = simulator.phone(ANN)
    ann.reply(" stop ")
    assert refused(client) == 21610
    assert refused(client, to=BOB) is None
    ann.reply("HELP")
    ann.reply("Stop it please, START")
    assert refused(client) == 21610
    ann.reply("Start")
    assert refused(client) is None
    assert receiver.posts[0].params["Body"] == " stop "
    assert all("OptOutType" not in posted.params for posted in receiver.posts)


@pytest.mark.parametrize("word", ["CANCEL", "END", "QUIT", "YES", "STOPALL"])
def test_everyday_words_mean_nothing_under_the_reduced_list(
    simulator: Simulator, client: Client, word: str
) -> None:
    """With the list reduced to STOP, HELP and START, an answer to a reminder blocks no one."""
    simulator.phone(ANN).reply(word)
    assert refused(client) is None


def test_twilios_own_list_has_the_traps(
    simulator: Simulator, client: Client, receiver: Receiver
) -> None:
    """CANCEL blocks and YES unblocks, with OptOutType if that is switched on."""
    simulator.change(opt_out="full", opt_out_type=True)
    simulator.phone(ANN).reply("cancel")
    assert refused(client) == 21610
    simulator.phone(ANN).reply("yes")
    assert refused(client) is None
    simulator.phone(ANN).reply("info")
    assert [posted.params["OptOutType"] for posted in receiver.posts] == ["STOP", "START", "HELP"]
    simulator.change(opt_out="none")
    simulator.phone(ANN).reply("STOP")
    assert refused(client) is None


def test_a_block_holds_for_the_whole_messaging_service() -> None:
    """With a service, STOP to one of its numbers blocks them all; without one, only that number."""
    second = "+447700900998"
    for service, code in ((None, None), ("MG" + "1" * 32, 21610)):
        with simulator_thread(
            numbers=(ENGAGE, second),
            messaging_service_sid=service,
            inbound_url=None,
            delays=AT_ONCE,
        ) as simulator:
            client: Any = simulator.client()
            simulator.phone(ANN).reply("STOP", to=ENGAGE)
            assert refused(client) == 21610
            assert refused(client, from_=second) == code
            client.http_client.session.close()


def test_the_providers_own_answer_to_a_keyword() -> None:
    """If the account has one, the phone gets it even though it is blocked; the ledger of our texts
    does not show it.
    """
    words = OptOutWords(
        frozenset({"STOP"}), frozenset({"START"}), frozenset({"HELP"}), stop_reply="No more texts."
    )
    with simulator_thread(opt_out=words, inbound_url=None) as simulator:
        simulator.phone(ANN).reply("STOP")
        assert simulator.phone(ANN).received() == ["No more texts."]
        assert simulator.ledger() == []


# Phones


def test_a_phone_answers_the_number_that_texted_it() -> None:
    """With several numbers, the answer goes to the one that texted last."""
    second = "+447700900998"
    with (
        webhook_receiver() as receiver,
        simulator_thread(
            numbers=(ENGAGE, second), inbound_url=receiver.url, delays=AT_ONCE
        ) as simulator,
    ):
        client: Any = simulator.client()
        send(client, from_=second)
        simulator.phone(ANN).reply("yes")
        simulator.phone(BOB).reply("hello")
        assert [posted.params["To"] for posted in receiver.posts] == [second, ENGAGE]
        client.http_client.session.close()


@pytest.mark.parametrize(
    ("state", "error_code"),
    [("off", 30003), ("unknown", 30005), ("landline", 30006), ("filtered", 30007)],
)
def test_a_phone_can_be_switched_off_and_on(
    simulator: Simulator, client: Client, state: str, error_code: int
) -> None:
    """A broken phone gets nothing and the provider says why; repaired, it gets the next text."""
    phone = simulator.phone(ANN)
    phone.set_state(state)
    send(client)
    phone.set_state("on")
    send(client)
    simulator.settle()
    assert [(text.status, text.error_code) for text in simulator.ledger()] == [
        ("undelivered", error_code),
        ("delivered", None),
    ]


def test_a_thread_holds_both_sides_in_order(simulator: Simulator, client: Client) -> None:
    """The phone's thread has the texts in both directions, with their senders."""
    send(client, body="Can you come?")
    simulator.phone(ANN).wait_for("come")
    simulator.phone(ANN).reply("yes")
    assert [(text.from_phone, text.body) for text in simulator.phone(ANN).texts()] == [
        (False, "Can you come?"),
        (True, "yes"),
    ]
    assert simulator.get("/simulator/phones") == {"phones": [{"number": ANN, "texts": 2}]}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"body": 5}, "body must be"),
        ({"body": "x" * 10_001}, "body must be"),
        ({"body": "\ud800"}, "body must be"),
        ({"body": "x", "copies": 0}, "copies must be"),
        ({"body": "x", "signature": "odd"}, "signature must be"),
        ({"body": "x", "colour": "red"}, "unknown field"),
        ([], "a JSON object"),
    ],
)
def test_a_request_that_cannot_be_read_is_refused_in_words(
    simulator: Simulator, body: object, words: str
) -> None:
    """A mistake in a test must be noticed."""
    with pytest.raises(AssertionError, match=words):
        simulator.call("POST", f"/simulator/phones/{ANN}/texts", body)


def test_the_ledger_finds_a_text_accepted_twice(simulator: Simulator, client: Client) -> None:
    """doubled() goes by the callback address, which carries the service's own id."""
    for mid in (1, 2, 2):
        send(client, status_callback=f"http://127.0.0.1:1/status?mid={mid}")
    assert simulator.doubled() == ["http://127.0.0.1:1/status?mid=2"]


def test_a_simulator_in_another_process_signs_with_the_same_rule(receiver: Receiver) -> None:
    """The separate process has its own settings, and its signature is HMAC-SHA1 over the address
    and the sorted fields.
    """
    with simulator_process(
        auth_token=TOKEN, inbound_url=receiver.url + INBOUND, numbers=[ENGAGE]
    ) as simulator:
        assert simulator.phone(ANN).reply("yes").statuses == [200]
    (posted,) = receiver.posts
    plain = (
        receiver.url
        + INBOUND
        + "".join(name + posted.params[name] for name in sorted(posted.params))
    )
    digest = hmac.new(TOKEN.encode(), plain.encode(), hashlib.sha1).digest()
    assert posted.headers["X-Twilio-Signature"] == base64.b64encode(digest).decode()
