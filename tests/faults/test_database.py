"""PostgreSQL stopped, crashed, cut off and replaced by its standby while texts are queued and
sent.
"""

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

import psycopg
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from engage.core.db import Database
from messaging.outbox import Text
from tests.faults import account
from tests.faults.account import Account
from tests.faults.conftest import Size, assert_nothing_lost, empty_database
from tests.faults.crew import crew, wait_until
from tests.faults.servers import Cluster, address, new_cluster
from tests.faults.worker_process import FaultyClock, Orders
from tests.simulator import Simulator, simulator_process

_BATCH = 10
_AHEAD = 100
"""How many more texts may be written than the provider has, so that writing goes on for as long as
sending.
"""
_CUT = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend' AND random() < 0.5"
)


class Writer:
    """Queues texts a few at a time, as a web service would; failed ones are queued again under the
    same key.
    """

    def __init__(
        self, database: Database, provider: Simulator, wanted: Sequence[Text], clock: FaultyClock
    ) -> None:
        self._database, self._provider, self._wanted, self._clock = (
            database,
            provider,
            wanted,
            clock,
        )
        self._thread = threading.Thread(target=self._write, daemon=True)
        self.failures = 0

    def start(self) -> None:
        """Start."""
        self._thread.start()

    def done(self) -> bool:
        """Whether all of it is committed."""
        return not self._thread.is_alive()

    def _write(self) -> None:
        for first in range(0, len(self._wanted), _BATCH):
            while self._provider.accepted() < first - _AHEAD:
                time.sleep(0.02)
            while not self._written(self._wanted[first : first + _BATCH]):
                self.failures += 1
                time.sleep(0.05)

    def _written(self, batch: Sequence[Text]) -> bool:
        try:
            account.put(self._database, batch, self._clock)
        except OperationalError:
            return False
        return True


def test_the_server_is_stopped_and_started_and_connections_are_cut(
    tmp_path: Path,
    size: Size,
    seed: int,
    dice: Random,
    stopwatch: Callable[[], float],
    report: Callable[[Account], None],
) -> None:
    """Cleanly and as in a crash, with half of all connections cut in between: what was committed is
    sent once, and what was not is not sent.
    """
    with (
        new_cluster() as cluster,
        empty_database(address(cluster)) as database,
        simulator_process(inbound_url=None) as provider,
    ):

        def disturb() -> None:
            _cut(database)
            time.sleep(dice.uniform(0.1, 0.5))
            cluster.stop(dice.choice(["fast", "immediate"]))
            time.sleep(dice.uniform(0, 1))
            cluster.start()

        writer = _run(database, provider, tmp_path, size, dice, [disturb] * size.outages)
        result = account.compare(
            database,
            provider,
            run="database stopped",
            seed=seed,
            seconds=stopwatch(),
            notes=f"{size.outages} stops, connections cut,"
            f" {writer.failures} failed writes repeated",
        )
    report(result)
    assert_nothing_lost(result)
    assert (result.enqueued, result.unknown) == (size.texts, 0)


def test_a_standby_takes_over(
    tmp_path: Path,
    size: Size,
    seed: int,
    dice: Random,
    stopwatch: Callable[[], float],
    report: Callable[[Account], None],
) -> None:
    """The server crashes for good and its synchronous standby is promoted: nothing that was
    committed is lost.
    """
    with new_cluster() as first, simulator_process(inbound_url=None) as provider:
        second = first.standby(first.place.parent / "b", "b")
        second.start()
        _follow_closely(first)
        with empty_database(address(first, second)) as database:

            def take_over() -> None:
                first.stop("immediate")
                second.promote()

            writer = _run(database, provider, tmp_path, size, dice, [take_over])
            result = account.compare(
                database,
                provider,
                run="standby promoted",
                seed=seed,
                seconds=stopwatch(),
                notes=f"synchronous standby, {writer.failures} failed writes asked for again",
            )
    report(result)
    assert_nothing_lost(result)
    assert (result.enqueued, result.unknown) == (size.texts, 0)


def _run(
    database: Database,
    provider: Simulator,
    directory: Path,
    size: Size,
    dice: Random,
    events: Sequence[Callable[[], None]],
) -> Writer:
    """Write and send at once; let the events happen at random moments; wait until everything is
    settled.
    """
    provider.script(latency=[0, 0.1])
    orders = Orders(
        database.url.render_as_string(hide_password=False), provider.url, account.CALLBACK
    )
    writer = Writer(database, provider, account.texts(size.texts), FaultyClock(orders))
    moments = sorted(dice.sample(range(size.texts // 10, size.texts * 9 // 10), len(events)))
    with crew(directory, dice, [orders] * 2):
        writer.start()
        for moment, event in zip(moments, events, strict=True):
            wait_until(
                lambda moment=moment: provider.accepted() >= moment,
                f"{moment} texts are with the provider",
                within=size.time_limit,
            )
            event()
        wait_until(writer.done, "all is written", within=size.time_limit)
        wait_until(
            lambda: not account.unsettled(database), "all is settled", within=size.time_limit
        )
    return writer


def _cut(database: Database) -> None:
    with database.begin() as session:
        session.execute(_CUT)


def _follow_closely(cluster: Cluster) -> None:
    """Make commits wait for the standby; wait until it follows."""
    plain = (
        make_url(address(cluster))
        .set(drivername="postgresql")
        .render_as_string(hide_password=False)
    )
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
        connection.execute("SELECT pg_reload_conf()")

        def follows() -> bool:
            found = connection.execute("SELECT sync_state FROM pg_stat_replication").fetchall()
            return found == [("sync",)]

        wait_until(follows, "the standby follows", within=30)
