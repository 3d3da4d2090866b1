"""Benchmarks measure the work, not the log of it."""

import logging

from engage.core import logs


def quiet() -> None:
    """Log only warnings and errors in this process."""
    logs.configure(development=False)
    for name in ("engage", "messaging", "api"):
        logging.getLogger(name).setLevel(logging.WARNING)
