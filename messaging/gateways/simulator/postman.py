"""Posts webhooks as Twilio does: form-encoded, signed, and retried by the policy in the address.

The policy is the fragment of the address, ``#rc=3&rp=ct,rt,5xx``: `rc` retries, `rp` the failures
to retry (`ct` no connection, `rt` no answer, `4xx`, `5xx`, `all`), `ct`, `rt` and `tt` the
milliseconds to wait for a connection, for an answer, and altogether. The fragment must never be
sent or signed.
"""

import base64
import hashlib
import hmac
import http.client
import json
import secrets
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from messaging.gateways.simulator.texts import Post

_KEEP_CONNECTION = 1.0
_MOST_BODY = 16_384
_ONLY_CONNECTIONS = frozenset({"ct"})


class Signature(StrEnum):
    """How a post is signed; the last two are forgeries."""

    VALID = "valid"
    WRONG = "wrong"
    ABSENT = "absent"


def sign(token: str, url: str, params: Mapping[str, str]) -> str:
    """Twilio's X-Twilio-Signature: base64 of HMAC-SHA1 over the address and the sorted fields."""
    signed = url + "".join(name + params[name] for name in sorted(params))
    digest = hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Twilio's connection overrides, in seconds. The defaults are Twilio's."""

    retries: int = 1
    on: frozenset[str] = _ONLY_CONNECTIONS
    connect: float = 5.0
    read: float = 15.0
    total: float = 15.0

    @classmethod
    def from_fragment(cls, fragment: str) -> "RetryPolicy":
        """Read ``rc=3&rp=ct,rt,5xx``. Anything unreadable or outside Twilio's limits is ignored."""
        given = dict(parse_qsl(fragment))

        def length(name: str, default: float, most: int) -> float:
            value = given.get(name, "")
            return int(value) / 1000 if value.isdecimal() and 100 <= int(value) <= most else default

        retries = given.get("rc", "")
        return cls(
            retries=int(retries) if retries.isdecimal() and int(retries) <= 5 else 1,
            on=frozenset(given["rp"].split(",")) if "rp" in given else _ONLY_CONNECTIONS,
            connect=length("ct", 5.0, 10_000),
            read=length("rt", 15.0, 15_000),
            total=length("tt", 15.0, 15_000),
        )

    def again(self, failure: str) -> bool:
        """Whether to retry after a failure of this kind."""
        return failure in self.on or "all" in self.on


@dataclass(frozen=True, slots=True)
class _Attempt:
    failure: str | None
    http_status: int | None = None
    error: str | None = None
    content_type: str = ""
    body: str = ""


class Postman:
    """Signs and posts. Safe for many threads, which share the open connections."""

    def __init__(self, token: str, *, now: Callable[[], datetime], retry_pause: float) -> None:
        self._token = token
        self._now = now
        self._retry_pause = retry_pause
        self._lock = threading.Lock()
        self._kept: dict[str, list[tuple[http.client.HTTPConnection, float]]] = {}

    def post(
        self,
        status: str,
        url: str,
        params: Mapping[str, str],
        signature: Signature = Signature.VALID,
        bearer: str | None = None,
    ) -> Post:
        """Post one webhook, with as many attempts as its policy allows. Never raises for a bad
        answer or none.

        Without `bearer` it is a form with Twilio's signature; with it, JSON with that token, as
        GOV.UK Notify posts. `status` is only copied into the result, to show what the post was
        about.
        """
        bare, _, fragment = url.partition("#")
        policy = RetryPolicy.from_fragment(fragment)
        parts = urlsplit(bare)
        if bearer is None:
            body, headers = urlencode(params).encode(), self._headers(bare, params, signature)
        else:
            body, headers = json.dumps(params).encode(), _bearer_headers(bearer, signature)
        until = time.monotonic() + policy.total
        attempts = 0
        while True:
            attempts += 1
            attempt = self._attempt(parts, body, headers, policy)
            spent = attempts > policy.retries or time.monotonic() + self._retry_pause >= until
            if attempt.failure is None or spent or not policy.again(attempt.failure):
                break
            time.sleep(self._retry_pause)
        return Post(
            status=status,
            at=self._now(),
            http_status=attempt.http_status,
            attempts=attempts,
            error=attempt.error,
            content_type=attempt.content_type,
            body=attempt.body,
        )

    def _headers(self, url: str, params: Mapping[str, str], signature: Signature) -> dict[str, str]:
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "Accept": "*/*",
            "User-Agent": "TwilioProxy/1.1",
            "I-Twilio-Idempotency-Token": secrets.token_hex(18),
        }
        match signature:
            case Signature.VALID:
                headers["X-Twilio-Signature"] = sign(self._token, url, params)
            case Signature.WRONG:
                headers["X-Twilio-Signature"] = sign(self._token + "-of-somebody-else", url, params)
            case Signature.ABSENT:
                pass
        return headers

    def close(self) -> None:
        """Close the open connections."""
        with self._lock:
            kept, self._kept = self._kept, {}
        for connections in kept.values():
            for connection, _ in connections:
                connection.close()

    def _attempt(
        self, parts: SplitResult, body: bytes, headers: Mapping[str, str], policy: RetryPolicy
    ) -> _Attempt:
        try:
            connection = self._connect(parts, policy)
        except (OSError, http.client.HTTPException, ValueError) as error:
            return _Attempt(failure="ct", error=f"no connection: {_why(error)}")
        try:
            attempt, again = self._exchange(connection, parts, body, headers)
        except (OSError, http.client.HTTPException, ValueError) as error:
            connection.close()
            return _Attempt(failure="rt", error=f"no answer: {_why(error)}")
        if again:
            with self._lock:
                self._kept.setdefault(parts.netloc, []).append((connection, time.monotonic()))
        else:
            connection.close()
        return attempt

    @staticmethod
    def _exchange(
        connection: http.client.HTTPConnection,
        parts: SplitResult,
        body: bytes,
        headers: Mapping[str, str],
    ) -> tuple[_Attempt, bool]:
        """One post and its answer, and whether the connection can be used again."""
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body=body, headers=dict(headers))
        response = connection.getresponse()
        words = response.read(_MOST_BODY).decode("utf-8", "replace")
        failure = None if response.status < 400 else f"{response.status // 100}xx"
        attempt = _Attempt(
            failure=failure,
            http_status=response.status,
            error=None if failure is None else f"answered {response.status}",
            content_type=response.headers.get("Content-Type", ""),
            body=words,
        )
        return attempt, response.isclosed() and not response.will_close

    def _connect(self, parts: SplitResult, policy: RetryPolicy) -> http.client.HTTPConnection:
        """An open connection: one used a moment ago, or a new one.

        Servers drop idle connections. A dropped one would look like a lost answer, so old
        connections are not reused.
        """
        connection = self._take_kept(parts.netloc)
        if connection is None:
            secure = parts.scheme == "https"
            maker = http.client.HTTPSConnection if secure else http.client.HTTPConnection
            connection = maker(parts.hostname or "", parts.port, timeout=policy.connect)
            connection.connect()
        connection.sock.settimeout(policy.read)
        return connection

    def _take_kept(self, netloc: str) -> http.client.HTTPConnection | None:
        while True:
            with self._lock:
                kept = self._kept.get(netloc)
                if not kept:
                    return None
                connection, used = kept.pop()
            if time.monotonic() - used <= _KEEP_CONNECTION and not _dropped(connection):
                return connection
            connection.close()


def _bearer_headers(token: str, signature: Signature) -> dict[str, str]:
    given = {Signature.VALID: token, Signature.WRONG: f"{token}-of-somebody-else"}.get(signature)
    return {
        "Content-Type": "application/json",
        **({} if given is None else {"Authorization": f"Bearer {given}"}),
    }


def _why(error: Exception) -> str:
    """A broken connection in a word or two; never an address."""
    match error:
        case ConnectionRefusedError():
            return "refused"
        case TimeoutError():
            return "too slow"
        case socket.gaierror():
            return "no such host"
        case ConnectionError() | http.client.HTTPException():
            return "closed"
        case _:
            return type(error).__name__


def _dropped(connection: http.client.HTTPConnection) -> bool:
    """Whether the other side has closed an idle connection."""
    connection.sock.setblocking(False)
    try:
        connection.sock.recv(1, socket.MSG_PEEK)
    except (BlockingIOError, InterruptedError):
        return False
    except OSError:
        return True
    return True
