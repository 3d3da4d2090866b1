"""Gunicorn settings. `WEB_CONCURRENCY` sets the number of processes; each opens up to 20 database
connections.
"""

import socket
import struct
from typing import Any

from engage.core.settings import Settings

_settings = Settings.from_environment()

bind = f"{_settings.host}:{_settings.port}"
worker_class = "gthread"
threads = 8
timeout = 30  # a request is one short transaction; one that takes this long is stuck
graceful_timeout = 30
keepalive = 75  # longer than a proxy's usual limit, so that the proxy closes the connection
limit_request_line = 8190
limit_request_field_size = 8190
limit_request_fields = 60
control_socket_disable = True

# A caller that stops half-way through a request must not hold a thread: eight of them would stop
# the service.
read_timeout = 10  # seconds


def post_worker_init(worker: Any) -> None:
    """Limit every read to `read_timeout`. Linux applies the listener's limit to its connections."""
    for listener in worker.sockets:
        listener.sock.setsockopt(
            socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", read_timeout, 0)
        )
