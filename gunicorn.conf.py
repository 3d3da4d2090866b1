"""How gunicorn serves Engage. `WEB_CONCURRENCY` sets the number of processes; each holds up to 20
database connections.
"""

import socket
import struct
from typing import Any

from engage.core.settings import Settings

_settings = Settings.from_environment()

bind = f"{_settings.host}:{_settings.port}"
worker_class = "gthread"
threads = 8
timeout = 30  # a request does one short transaction; one that hangs this long is stuck
graceful_timeout = 30
keepalive = 75  # longer than the usual proxy's, so that the proxy is the one to hang up
limit_request_line = 8190
limit_request_field_size = 8190
limit_request_fields = 60
control_socket_disable = True

# A client that falls silent half-way through a request must not hold a thread: eight of them would
# stop the service.
silence = 10  # seconds


def post_worker_init(worker: Any) -> None:
    """Let reads of every accepted connection end after `silence`; Linux hands the listener's limit
    on to them.
    """
    for listener in worker.sockets:
        listener.sock.setsockopt(
            socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", silence, 0)
        )
