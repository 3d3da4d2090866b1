"""Fixtures for the tests of the engine: the simulator as the provider, and a worker that sends to
it.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from engage.core.db import Database
from messaging.gateways.simulator import Delays, SimulatorServer, SimulatorSettings
from messaging.gateways.twilio.send import TwilioGateway
from messaging.sending.dispatch import Dispatcher
from tests.messaging.builders import OTHER, SENDER, StoppedClock, allow_all

_SETTINGS = SimulatorSettings(inbound_url=None, numbers=(SENDER, OTHER), delays=Delays(), hold=3.0)


@pytest.fixture(scope="session")
def running_simulator() -> Iterator[SimulatorServer]:
    """One simulator for the whole test process."""
    server = SimulatorServer(_SETTINGS).start()
    yield server
    server.stop()


@pytest.fixture
def simulator(running_simulator: SimulatorServer) -> "SimulatorClient":
    """The simulator, empty and without a script."""
    far_end = SimulatorClient(running_simulator.url)
    far_end.reset()
    return far_end


class SimulatorClient:
    """What a test may do to the simulator and read from it, over HTTP."""

    def __init__(self, url: str) -> None:
        self.url = url

    def reset(self) -> None:
        """Forget everything."""
        self._post("/simulator/reset", {})

    def script(self, *rules: dict[str, Any]) -> None:
        """Add rules to the script."""
        self._post("/simulator/script", list(rules))

    def remove_rules(self) -> None:
        """Remove all rules."""
        assert requests.delete(f"{self.url}/simulator/script", timeout=20).ok

    def texts(self) -> list[dict[str, Any]]:
        """Every text it accepted, in order."""
        taken: list[dict[str, Any]] = requests.get(
            f"{self.url}/simulator/ledger", timeout=10
        ).json()["texts"]
        return taken

    def requests(self) -> list[dict[str, Any]]:
        """Every request to send, accepted or not."""
        made: list[dict[str, Any]] = requests.get(
            f"{self.url}/simulator/requests", timeout=10
        ).json()["requests"]
        return made

    def wait_until_idle(self) -> None:
        """Wait until no text is moving there."""
        self._post("/simulator/idle", {"timeout": 10})

    def _post(self, path: str, body: Any) -> None:
        answer = requests.post(f"{self.url}{path}", json=body, timeout=20)
        assert answer.ok, answer.text


@pytest.fixture
def gateway(simulator: SimulatorClient) -> TwilioGateway:
    """The real gateway, pointed at the simulator."""
    return gateway_to(simulator.url)


def gateway_to(url: str, **given: Any) -> TwilioGateway:
    """The real gateway, pointed at any address, with a short timeout."""
    settings: dict[str, Any] = {"from_number": SENDER, "api_base_url": url, "timeout": 1.0}
    return TwilioGateway("AC" + "0" * 32, "simulator-token", **{**settings, **given})


@pytest.fixture
def worker(committed: Database, gateway: TwilioGateway) -> Iterator[Callable[..., Dispatcher]]:
    """Makes dispatchers on the committed database; they are stopped when the test ends."""
    made: list[Dispatcher] = []

    def make(**given: Any) -> Dispatcher:
        settings: dict[str, Any] = {
            "begin": committed.begin,
            "gateway": gateway,
            "guard": allow_all,
            "callback_url": None,
            "clock": StoppedClock(),
            "worker": f"worker-{len(made)}",
            "segments_per_second": 10_000.0,
        }
        made.append(Dispatcher(**{**settings, **given}))
        return made[-1]

    yield make
    for dispatcher in made:
        dispatcher.stop(10)
