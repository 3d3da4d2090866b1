"""Benchmarks measure the work, not the log of it."""

import logging

from engage.core import logs


def quiet() -> None:
    """From now on this process logs warnings and worse only."""
    logs.configure(development=False)
    for name in ("engage", "messaging", "api"):
        logging.getLogger(name).setLevel(logging.WARNING)
