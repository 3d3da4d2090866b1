"""A killed worker loses no text and doubles none."""

import subprocess
import sys
from collections.abc import Callable
from time import monotonic

from sqlalchemy import select

from engage.core.db import Database
from engage.core.settings import PROJECT
from messaging.gateways.twilio.send import TwilioGateway
from messaging.sending.dispatch import Dispatcher
from messaging.sending.reconcile import settle_unknown
from messaging.states import MessageStatus
from messaging.tables import Message
from tests.messaging.builders import NOW, let_leases_end, let_looks_be_due, number, put
from tests.messaging.conftest import SimulatorClient

S = MessageStatus
TEXTS = 60


def test_kill_nine_in_the_middle_of_sending(
    committed: Database,
    gateway: TwilioGateway,
    worker: Callable[..., Dispatcher],
    simulator: SimulatorClient,
) -> None:
    """Killed with sends in flight, twice: the texts it had leased become unknown, are found or
    proved never received, and are sent once.
    """
    simulator.script({"latency": [0.02, 0.1]})
    with committed.begin() as session:
        for n in range(TEXTS):
            put(session, f"text-{n}", to=number(n))
    for enough in (TEXTS // 5, TEXTS // 2):
        kill_a_worker_at(enough, committed, simulator)
    let_leases_end(committed)
    assert worker().run_once().lapsed > 0
    for _ in range(3):
        let_leases_end(committed)
        with committed.begin() as session:
            let_looks_be_due(session)
        settle_unknown(committed.begin, gateway, now=NOW, limit=TEXTS)
    worker().run_once()
    bodies = [text["body"] for text in simulator.texts()]
    assert sorted(bodies) == sorted(f"Hello text-{n}" for n in range(TEXTS))
    with committed.begin() as session:
        statuses = set(session.scalars(select(Message.status)))
        sids = set(session.scalars(select(Message.provider_sid)))
    assert statuses <= {S.ACCEPTED, S.SENT, S.DELIVERED}
    assert sids == {text["sid"] for text in simulator.texts()}


def kill_a_worker_at(texts: int, database: Database, simulator: SimulatorClient) -> None:
    """Start a worker in another process, and kill it as soon as the provider has so many texts."""
    url = database.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.messaging.worker_process", url, simulator.url]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL) as process:
        until = monotonic() + 30
        while len(simulator.texts()) < texts and process.poll() is None and monotonic() < until:
            pass
        assert process.poll() is None, "the worker ended before it could be killed"
        process.kill()
