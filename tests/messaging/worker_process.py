"""A worker in its own process, for tests that kill it: `python -m tests.messaging.worker_process
DATABASE SIMULATOR`.
"""

import sys
from datetime import timedelta

from engage.core.db import Database
from messaging.sending.dispatch import Dispatcher
from tests.messaging.builders import StoppedClock, allow_all
from tests.messaging.conftest import gateway_to


def main(database_url: str, simulator_url: str) -> None:
    """Send everything that is due, a few at a time, with leases of two seconds."""
    dispatcher = Dispatcher(
        Database(database_url).begin,
        gateway_to(simulator_url),
        allow_all,
        None,
        StoppedClock(),
        "mortal",
        concurrency=4,
        batch=16,
        lease=timedelta(seconds=4),
        send_within=timedelta(seconds=2),
        segments_per_second=10_000.0,
    )
    dispatcher.run_once()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
