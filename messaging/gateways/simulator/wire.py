"""Requests that end without an answer: the connection is closed, or kept open until the caller
gives up.
"""

import socket
from contextlib import suppress

from flask import Response, request


def hang_up() -> Response:
    """Close the caller's connection, so that it gets no answer at all."""
    connection = _connection()
    with suppress(OSError):  # the caller may have closed it first
        connection.shutdown(socket.SHUT_RDWR)
    return Response(status=500)


def keep_waiting(seconds: float) -> Response:
    """Send nothing until the caller closes the connection or the time is up, then hang up."""
    connection = _connection()
    before = connection.gettimeout()
    connection.settimeout(seconds or None)
    with suppress(OSError):  # the time is up, or the connection broke
        connection.recv(1, socket.MSG_PEEK)
    connection.settimeout(before)
    return hang_up()


def _connection() -> socket.socket:
    connection = request.environ.get("werkzeug.socket")
    if not isinstance(connection, socket.socket):
        raise ConnectionResetError("dropping a connection needs the simulator's own server")
    return connection
