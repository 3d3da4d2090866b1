"""Workers killed at random moments in the middle of sending."""

from collections.abc import Callable
from pathlib import Path
from random import Random

from engage.core.db import Database
from tests.faults import account
from tests.faults.account import Account
from tests.faults.conftest import Size, assert_nothing_lost
from tests.faults.crew import crew, wait_until
from tests.faults.worker_process import FaultyClock, Orders
from tests.simulator import simulator_process

WORKERS = 3


def test_kill_nine_at_random_moments(
    own_database: Database,
    tmp_path: Path,
    size: Size,
    seed: int,
    dice: Random,
    stopwatch: Callable[[], float],
    report: Callable[[Account], None],
) -> None:
    """Three workers, killed and replaced repeatedly while the provider takes 0 to 300 ms: each text
    is sent once, or shown as unknown.
    """
    with simulator_process(
        inbound_url=None, delays={"queued": 0, "sending": 0, "sent": 0, "ended": 0}
    ) as provider:
        provider.script(latency=[0, 0.3])
        orders = Orders(
            own_database.url.render_as_string(hide_password=False), provider.url, account.CALLBACK
        )
        account.put(own_database, account.texts(size.texts), FaultyClock(orders))
        moments = sorted(dice.sample(range(1, size.texts), size.kills))
        with crew(tmp_path, dice, [orders] * WORKERS) as workers:
            for moment in moments:
                wait_until(
                    lambda moment=moment: provider.accepted() >= moment,
                    f"{moment} texts are with the provider",
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
            run="kill -9",
            seed=seed,
            seconds=stopwatch(),
            notes=f"{workers.killed} kills of {WORKERS} workers",
        )
    report(result)
    assert_nothing_lost(result)
