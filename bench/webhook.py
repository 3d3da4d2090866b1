"""The inbound webhook under gunicorn, compared with a bare view that checks the signature and does
one insert on the same PostgreSQL.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from bench.figures import Figure, at_least
from bench.ground import address, fresh
from bench.load import post, requests_per_second
from engage.core.settings import PROJECT

TOKEN = "simulator-token"
TEXTS = 3000
ROUNDS = 3


def measure(server_url: str) -> list[Figure]:
    """The median ratio of three rounds, each one after the other on the same database."""
    ratios = []
    with (
        fresh(server_url) as database,
        _gunicorn("wsgi:app", address(database), "/health/live") as ours,
        _gunicorn("bench.bare:app", address(database), None) as bare,
    ):
        for number in range(ROUNDS):
            baseline = requests_per_second(bare, _texts(bare, "/inbound", f"b{number}"))
            engage = requests_per_second(
                ours, _texts(ours, "/webhooks/twilio/inbound", f"e{number}")
            )
            ratios.append((engage / baseline, engage, baseline))
    ratio, engage, baseline = sorted(ratios)[len(ratios) // 2]
    detail = (
        f"{engage:,.0f}/s against {baseline:,.0f}/s of a bare Flask view with one insert;"
        " gunicorn, 1 process, 8 threads"
    )
    return [at_least("inbound webhook", ratio, 0.8, detail)]


def _texts(base: str, path: str, mark: str) -> list[bytes]:
    validator, host = RequestValidator(TOKEN), base.removeprefix("http://")
    made = []
    for number in range(TEXTS):
        sid = f"SM{mark.encode().hex():0>8}{number:024d}"
        form = {
            "ApiVersion": "2010-04-01",
            "AccountSid": "AC" + "0" * 32,
            "MessageSid": sid,
            "SmsSid": sid,
            "SmsMessageSid": sid,
            "From": f"+447700900{number % 1000:03d}",
            "To": "+447700900999",
            "Body": "yes I will be there, running a bit late",
            "NumMedia": "0",
            "NumSegments": "1",
            "SmsStatus": "received",
            "FromCountry": "GB",
            "FromCity": "",
        }
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Twilio-Signature": validator.compute_signature(base + path, form),
        }
        made.append(post(path, host, urlencode(form).encode(), headers))
    return made


@contextmanager
def _gunicorn(app: str, database_url: str, ready: str | None) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ,
        "DATABASE_URL": database_url,
        "ENGAGE_PORT": str(port),
        "ENGAGE_PUBLIC_URL": base,
        "TWILIO_AUTH_TOKEN": TOKEN,
    }
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--config",
        "gunicorn.conf.py",
        "--workers",
        "1",
        app,
    ]
    process = subprocess.Popen(
        command, cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(base + (ready or "/"), process)
        yield base
    finally:
        process.terminate()
        process.wait(30)


def _wait(url: str, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode}")
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"{url} does not answer")
