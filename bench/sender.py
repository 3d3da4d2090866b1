"""One worker's dispatcher in its own process: prints "ready", waits for a line, sends all that is
due, prints how many: `python -m bench.sender`.
"""

import sys

from bench.provider import dispatcher
from bench.quiet import quiet
from engage.core.db import Database


def main(database_url: str, provider: str, name: str) -> None:
    """Connect first, so that the start is not measured."""
    quiet()
    database = Database(database_url)
    hands = dispatcher(database, provider, name)
    with database.begin() as session:
        session.connection()
    print("ready", flush=True)
    sys.stdin.readline()
    done = hands.run_once()
    print(done.accepted, flush=True)
    hands.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
