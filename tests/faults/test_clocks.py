"""Workers whose clocks are wrong."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

from engage.core.db import Database
from tests.faults import account
from tests.faults.account import Account
from tests.faults.conftest import Size, assert_nothing_lost
from tests.faults.crew import crew, wait_until
from tests.faults.worker_process import FaultyClock, Orders
from tests.simulator import simulator_process

TEN_MINUTES = 600.0


def test_one_worker_is_ten_minutes_fast_and_one_slow(
    own_database: Database,
    tmp_path: Path,
    size: Size,
    seed: int,
    dice: Random,
    stopwatch: Callable[[], float],
    report: Callable[[Account], None],
) -> None:
    """Leases and checks use the database's clock, so neither worker steals a text of the right one
    or sends it again, killed or not.
    """
    with simulator_process(inbound_url=None) as provider:
        provider.rules(
            [{"probability": 0.1, "answer": "drop_after"}, {"latency": [0, 0.1]}], seed=seed
        )
        right = Orders(
            own_database.url.render_as_string(hide_password=False), provider.url, account.CALLBACK
        )
        account.put(own_database, account.texts(size.texts), FaultyClock(right))
        with crew(
            tmp_path,
            dice,
            [right, *(replace(right, ahead=off) for off in (TEN_MINUTES, -TEN_MINUTES))],
        ) as workers:
            for share in (3, 2):
                wait_until(
                    lambda share=share: provider.accepted() >= size.texts // share,
                    "some texts are with the provider",
                    within=size.time_limit,
                )
                workers.kill_one()
            wait_until(
                lambda: not account.unsettled(own_database),
                "all is settled",
                within=size.time_limit,
            )
        result = account.compare(
            own_database,
            provider,
            run="clock off",
            seed=seed,
            seconds=stopwatch(),
            notes=f"three workers, one {TEN_MINUTES / 60:+.0f} and one {-TEN_MINUTES / 60:+.0f}"
            f" minutes; {workers.killed} kills",
        )
    report(result)
    assert_nothing_lost(result)
    assert result.unknown == 0
