"""A simulated Twilio for tests, and a client to control it: read its ledger, use its phones, script
its faults.

    with simulator_process(inbound_url=f"{web}/webhooks/twilio/inbound") as simulator:
        simulator.script(answer="hang_after", to=ANN, times=1)
        ...
        text = simulator.phone(ANN).wait_for("tomorrow")
        simulator.phone(ANN).reply("yes")

It speaks HTTP to its own server, in a thread or in another process; it never looks inside the
simulator.
"""

import json
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from messaging.gateways.simulator import Between, Delays, SimulatorServer, SimulatorSettings

ACCOUNT = "AC" + "0" * 32
TOKEN = "simulator-token"
ENGAGE = "+447700900999"
_PROJECT = Path(__file__).parent.parent


@dataclass(frozen=True)
class SeenText:
    """A text in the provider's ledger. `callbacks` are dicts: status, at, http_status, attempts,
    error.
    """

    number: int
    sid: str
    to: str
    sender: str | None
    body: str
    segments: int
    status: str
    error_code: int | None
    callback_url: str | None
    accepted_at: datetime
    history: tuple[str, ...]
    callbacks: tuple[Mapping[str, Any], ...]
    redacted: bool
    from_phone: bool

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> "SeenText":
        """From a row of the control interface."""
        return cls(
            number=row["number"],
            sid=row["sid"],
            to=row["to"],
            sender=row["from"],
            body=row["body"],
            segments=row["segments"],
            status=row["status"],
            error_code=row["error_code"],
            callback_url=row["callback_url"],
            accepted_at=datetime.fromisoformat(row["accepted_at"]),
            history=tuple(step["status"] for step in row["history"]),
            callbacks=tuple(row["callbacks"]),
            redacted=row["redacted"],
            from_phone=row["direction"] == "inbound",
        )


@dataclass(frozen=True)
class Reply:
    """The result of a phone's text: its sid, and for each post what the webhook answered
    (http_status, body, …).
    """

    sid: str
    answers: tuple[Mapping[str, Any], ...]

    @property
    def statuses(self) -> list[int | None]:
        """The HTTP status of each answer; None if there was none."""
        return [answer["http_status"] for answer in self.answers]


class Phone:
    """One simulated phone."""

    def __init__(self, simulator: "Simulator", number: str) -> None:
        self.number = number
        self._simulator = simulator
        self._path = f"/simulator/phones/{number}"

    def texts(self) -> list[SeenText]:
        """The thread, in both directions, oldest first."""
        return [SeenText.read(row) for row in self._simulator.get(self._path)["texts"]]

    def received(self) -> list[str]:
        """The words of the texts sent to this phone, oldest first."""
        return [text.body for text in self.texts() if not text.from_phone]

    def wait_for(self, words: str = "", *, count: int = 1, timeout: float = 30) -> SeenText:
        """Wait for the `count`-th text to this phone with these words in it. AssertionError if it
        does not come.
        """
        end = time.monotonic() + timeout
        while True:
            texts = self.texts()
            found = [text for text in texts if not text.from_phone and words in text.body]
            if len(found) >= count:
                return found[count - 1]
            if time.monotonic() > end:
                seen = [text.body for text in texts]
                raise AssertionError(
                    f"text {count} with {words!r} did not come within {timeout} s; thread: {seen}"
                )
            time.sleep(0.02)

    def reply(self, body: str, **how: Any) -> Reply:
        """Text the service. `how`: to, sid, copies, signature (valid, wrong, absent), media,
        wait.
        """
        answer = self._simulator.call("POST", f"{self._path}/texts", {"body": body, **how})
        return Reply(answer["sid"], tuple(answer["answers"]))

    def set_state(self, state: str) -> None:
        """Set the phone's state: on, off, unknown, landline, filtered, slow."""
        self._simulator.call("PUT", f"{self._path}/state", {"state": state})

    @property
    def opted_out(self) -> bool:
        """Whether the provider blocks texts to it."""
        return bool(self._simulator.get(self._path)["opted_out"])


class Simulator:
    """A simulator at an address."""

    def __init__(self, url: str, account_sid: str = ACCOUNT, token: str = TOKEN) -> None:
        self.url = url
        self.account_sid = account_sid
        self.token = token

    def client(self, *, timeout: float = 10) -> Client:
        """Twilio's own client library, pointed here. Not to be shared by threads."""
        client = Client(self.account_sid, self.token, http_client=TwilioHttpClient(timeout=timeout))
        client.api.base_url = self.url
        return client

    def phone(self, number: str) -> Phone:
        """The phone with a number."""
        return Phone(self, number)

    # Results

    def ledger(self) -> list[SeenText]:
        """Every text that the provider accepted, oldest first."""
        return [SeenText.read(row) for row in self.get("/simulator/ledger")["texts"]]

    def accepted(self) -> int:
        """How many texts the provider accepted."""
        return int(self.get("/simulator/health")["texts"])

    def doubled(self) -> list[str]:
        """Status callback addresses (each carries the service's own id) under which more than one
        text was accepted.
        """
        urls = Counter(text.callback_url for text in self.ledger() if text.callback_url is not None)
        return [url for url, times in urls.items() if times > 1]

    def requests(self) -> list[Mapping[str, Any]]:
        """Every request to send, accepted or not: at, to, body, answer, code, sid."""
        return list(self.get("/simulator/requests")["requests"])

    def settle(self, timeout: int = 30) -> None:
        """Wait until no text is moving and no webhook post is under way. AssertionError if that
        takes too long.
        """
        assert self.call("POST", "/simulator/idle", {"timeout": timeout})["idle"], (
            "the simulator is still busy"
        )

    # Scripts

    def script(self, **rule: Any) -> None:
        """Add one rule; the fields are described in the simulator's package."""
        self.call("POST", "/simulator/script", rule)

    def rules(self, rules: Sequence[Mapping[str, Any]], *, seed: int = 0) -> None:
        """Replace all rules with these."""
        self.call("PUT", "/simulator/script", {"rules": list(rules), "seed": seed})

    def remove_rules(self) -> None:
        """Remove rules and outage."""
        self.call("DELETE", "/simulator/script")
        self.call("DELETE", "/simulator/outage")

    @contextmanager
    def outage(self, kind: str = "unavailable") -> Iterator[None]:
        """An outage for the block: unavailable, error, too_many, drop, hang."""
        self.call("PUT", "/simulator/outage", {"kind": kind})
        try:
            yield
        finally:
            self.call("DELETE", "/simulator/outage")

    def change(self, **settings: Any) -> Mapping[str, Any]:
        """Change now, inbound_url, opt_out (reduced, full, none) or opt_out_type; returns the
        settings in force.
        """
        return dict(self.call("PUT", "/simulator/settings", settings))

    def set_clock(self, now: datetime) -> None:
        """Set its clock to another moment; it runs on from there."""
        self.change(now=now.isoformat())

    def reset(self) -> None:
        """Forget everything."""
        self.call("POST", "/simulator/reset")

    # HTTP

    def get(self, path: str) -> Any:
        """GET as JSON."""
        return self.call("GET", path)

    def call(self, method: str, path: str, body: object = None) -> Any:
        """One request of the control interface. AssertionError with its words if it is refused."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.url + path, data=data, method=method, headers={"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                raise AssertionError(
                    f"{method} {path}: {error.code} {error.read().decode()}"
                ) from error


@contextmanager
def simulator_thread(**settings: Any) -> Iterator[Simulator]:
    """A simulator in threads of this process, on a free port. Settings as in SimulatorSettings."""
    server = SimulatorServer(SimulatorSettings(**settings)).start()
    try:
        yield Simulator(server.url, server.settings.account_sid, server.settings.auth_token)
    finally:
        server.stop()


@contextmanager
def simulator_process(
    *,
    at: datetime | None = None,
    delays: Mapping[str, float] | None = None,
    port: int = 0,
    **settings: Any,
) -> Iterator[Simulator]:
    """A simulator in its own process.

    at: where its clock starts (it then runs on). delays: seconds for queued, sending, sent, ended.
    port: 0 for a free one. Other settings as in SimulatorSettings, as far as JSON can carry them.
    """
    given = {
        "at": None if at is None else at.isoformat(),
        "delays": delays,
        "port": port,
        "settings": settings,
    }
    child = subprocess.Popen(
        [sys.executable, "-c", "from tests.simulator import child; child()", json.dumps(given)],
        cwd=_PROJECT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert child.stdout is not None
        url = child.stdout.readline().strip()
        assert url, "the simulator did not start"
        yield Simulator(
            url, settings.get("account_sid", ACCOUNT), settings.get("auth_token", TOKEN)
        )
    finally:
        child.send_signal(signal.SIGTERM)
        child.communicate(timeout=30)


def child() -> None:
    """The other process of `simulator_process`: prints its address, then serves until SIGTERM."""
    given = json.loads(sys.argv[1])
    settings = dict(given["settings"])
    if "numbers" in settings:
        settings["numbers"] = tuple(settings["numbers"])
    if given["delays"] is not None:
        settings["delays"] = Delays(
            **{name: Between(length, length) for name, length in given["delays"].items()}
        )
    if given["at"] is not None:
        settings["now"] = _clock_from(datetime.fromisoformat(given["at"]))
    server = SimulatorServer(SimulatorSettings(**settings), port=given["port"])
    sys.stdout.write(server.url + "\n")
    sys.stdout.flush()
    sys.stdout = sys.stderr
    server.run()


def _clock_from(start: datetime) -> Any:
    began = SimulatorSettings().now()
    return lambda: start + (SimulatorSettings().now() - began)
