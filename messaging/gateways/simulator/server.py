"""Serves the simulator: threads, persistent connections, and a stop within a second.

Werkzeug's own handler closes the connection after each answer, which would limit a client to the
speed of TCP handshakes. This one reads each body completely before it calls the application, so the
connection can be kept.
"""

import sys
import threading
from io import BytesIO
from typing import Any

import structlog
from flask import Flask
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from messaging.gateways.simulator.app import create_simulator, provider_of
from messaging.gateways.simulator.settings import SimulatorSettings
from messaging.shutdown import stop_signals

_log = structlog.get_logger(__name__)
_LARGEST_BODY = 1_000_000
_IDLE_SECONDS = 120
_ACCEPT_SECONDS = 1


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = _IDLE_SECONDS

    def run_wsgi(self) -> None:
        """Answer one request and leave the connection ready for the next."""
        body = self._read_body()
        if body is None:
            return
        environ = self.make_environ()
        environ["wsgi.input"] = BytesIO(body)
        answer: list[Any] = []

        def start_response(
            status: str, headers: list[tuple[str, str]], exc_info: object = None
        ) -> Any:
            answer[:] = [status, headers]

        result = self.server.app(environ, start_response)
        try:
            payload = b"".join(result)
        finally:
            close = getattr(result, "close", None)
            if close is not None:
                close()
        try:
            self._write(answer[0], answer[1], payload)
        except OSError:  # the caller has gone, or its connection was closed on purpose
            self.close_connection = True

    def _read_body(self) -> bytes | None:
        length = self.headers.get("Content-Length", "0")
        if self.headers.get("Transfer-Encoding") or not length.isdecimal():
            self.send_error(411)
            self.close_connection = True
            return None
        if int(length) > _LARGEST_BODY:
            self.send_error(413)
            self.close_connection = True
            return None
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            self.close_connection = True
            return None
        return body

    def _write(self, status: str, headers: list[tuple[str, str]], payload: bytes) -> None:
        lines = [f"HTTP/1.1 {status}", f"Date: {self.date_time_string()}"]
        lines += [f"{name}: {value}" for name, value in headers]
        if self.close_connection:
            lines.append("Connection: close")
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        self.wfile.write(head if self.command == "HEAD" else head + payload)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing: an address may contain a phone number."""

    def log_error(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is http.server's
        """Log nothing, for the same reason."""


class _Server(ThreadedWSGIServer):
    daemon_threads = True
    request_queue_size = 512

    def server_activate(self) -> None:
        """Set a timeout: a caller that hangs up before it is accepted must not make the server wait
        for the next one.
        """
        super().server_activate()
        self.socket.settimeout(_ACCEPT_SECONDS)


class SimulatorServer:
    """A simulator on an address, in threads of this process. `port` 0 takes a free one."""

    def __init__(self, settings: SimulatorSettings, host: str = "127.0.0.1", port: int = 0) -> None:
        self.settings = settings
        self.app: Flask = create_simulator(settings)
        self._server = _Server(host, port, self.app, handler=_Handler)
        self.host = host
        self.port: int = self._server.server_port
        self._thread = threading.Thread(target=self._serve, name="simulator", daemon=True)

    @property
    def url(self) -> str:
        """Where it answers, for TWILIO_API_BASE_URL."""
        return f"http://{self.host}:{self.port}"

    def start(self) -> "SimulatorServer":
        """Serve in its own thread."""
        self._thread.start()
        return self

    def _serve(self) -> None:
        self._server.serve_forever(poll_interval=0.05)

    def stop(self) -> None:
        """Accept no more requests and end the background work; open connections end with the
        process.
        """
        self._server.shutdown()
        self._server.server_close()
        provider_of(self.app).stop()

    def run(self) -> None:
        """Serve until SIGTERM or SIGINT. Main thread only."""
        with stop_signals() as told_to_stop:
            self.start()
            _log.info("simulator.started", host=self.host, port=self.port)
            try:
                told_to_stop()
            finally:
                self.stop()
        _log.info("simulator.stopped")
        sys.stdout.flush()


def serve(settings: SimulatorSettings, host: str, port: int) -> None:
    """Run a simulator in this process until SIGTERM or SIGINT. Raises OSError if the port is
    taken.
    """
    SimulatorServer(settings, host, port).run()
