"""A small web server that receives webhook posts, stores them, and answers as it is set. Checks
each signature with Twilio's own validator.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

from twilio.request_validator import RequestValidator

_EMPTY = b"<Response/>"


@dataclass(frozen=True)
class Posted:
    """One post. `signed` is None without a signature, else whether it is right."""

    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    signed: bool | None


class Receiver:
    """A receiver of webhooks. `answer` decides the HTTP status of each; None closes the connection
    without an answer.
    """

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self.answer: Callable[[Posted], int | None] = lambda posted: 200
        self._validator = RequestValidator(token)
        self._posts: list[Posted] = []
        self._changed = threading.Condition()

    @property
    def posts(self) -> list[Posted]:
        """All posts, in order of arrival."""
        with self._changed:
            return list(self._posts)

    def statuses(self, path: str = "") -> list[str]:
        """The MessageStatus of each callback posted to paths with this prefix."""
        return [
            posted.params["MessageStatus"] for posted in self.posts if posted.path.startswith(path)
        ]

    def wait_for(self, count: int, timeout: float = 5) -> list[Posted]:
        """Wait until so many posts have come. AssertionError if they do not."""
        with self._changed:
            end = time.monotonic() + timeout
            assert self._changed.wait_for(
                lambda: len(self._posts) >= count, end - time.monotonic()
            ), self._posts
            return list(self._posts)

    def take(self, path: str, headers: Mapping[str, str], body: bytes) -> int | None:
        """Store a post and return the answer."""
        params = dict(parse_qsl(body.decode(), keep_blank_values=True))
        signature = headers.get("X-Twilio-Signature")
        signed = (
            None
            if signature is None
            else self._validator.validate(self.url + path, params, signature)
        )
        posted = Posted(path, params, headers, signed)
        with self._changed:
            self._posts.append(posted)
            self._changed.notify_all()
        return self.answer(posted)


@contextmanager
def webhook_receiver(token: str = "simulator-token") -> Iterator[Receiver]:
    """A receiver on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = receiver.take(self.path, dict(self.headers), body)
            if status is None:
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("Content-Type", "text/xml")
            self.send_header("Content-Length", str(len(_EMPTY)))
            self.end_headers()
            self.wfile.write(_EMPTY)

        def log_message(self, *args: object) -> None:
            """Log nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

    server = Server(("127.0.0.1", 0), Handler)
    receiver = Receiver(f"http://127.0.0.1:{server.server_port}", token)
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    )
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
