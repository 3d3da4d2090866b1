"""Run the benchmarks named on the command line, or all: `make bench`, `make bench ARGS="webhook
pages"`.
"""

import os
import platform
import sys

import psutil

from bench import (
    answering,
    case_pack,
    claiming,
    cohorts,
    dispatch,
    importing,
    memory,
    pages,
    peers,
    reading,
    sweep,
    webhook,
    workers,
)
from bench.figures import show
from bench.ground import server
from bench.quiet import quiet

BENCHMARKS = {
    "webhook": webhook.measure,
    "import": importing.measure,
    "pages": pages.measure,
    "memory": memory.measure,
    "dispatch": dispatch.measure,
    "workers": workers.measure,
    "answering": answering.measure,
    "reading": reading.measure,
    "peers": peers.measure,
    "claiming": claiming.measure,
    "case-pack": case_pack.measure,
    "cohort": cohorts.measure,
    "sweep": sweep.measure,
}


def main(names: list[str]) -> int:
    """Exit code 0 if every target is met, 1 if one is missed, 2 for an unknown name."""
    if unknown := [name for name in names if name not in BENCHMARKS]:
        print(f"No benchmark is called {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}.")
        return 2
    gibibytes = psutil.virtual_memory().total / 2**30
    print(
        f"Python {platform.python_version()}, {os.cpu_count()} cores, {gibibytes:.0f} GiB of memory"
    )
    figures = []
    quiet()
    with server() as url:
        for name in names or list(BENCHMARKS):
            print(f"measuring {name} …", flush=True)
            figures += BENCHMARKS[name](url)
    show(figures)
    return 0 if all(figure.met for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
