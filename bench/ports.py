"""Ports for the processes that a benchmark starts."""

import socket


def free_port() -> int:
    """A port without a listener at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
