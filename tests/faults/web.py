"""The web service as in production, under gunicorn, for runs in which the provider posts."""

import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engage.core.db import Database
from engage.core.settings import PROJECT
from tests.end_to_end.service import free_port
from tests.faults.crew import wait_until


@contextmanager
def web(database: Database, directory: Path) -> Iterator[str]:
    """The service on a free port; gives its address."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("ENGAGE_", "TWILIO_"))
    }
    environment = {
        **kept,
        "DATABASE_URL": database.url.render_as_string(hide_password=False),
        "ENGAGE_ENV": "test",
        "ENGAGE_PORT": str(port),
        "ENGAGE_PUBLIC_URL": address,
    }
    with (directory / "web.log").open("wb") as log:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "gunicorn",
                "--config",
                "gunicorn.conf.py",
                "--workers",
                "1",
                "wsgi:app",
            ],
            cwd=PROJECT,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until(lambda: _answers(address, process), "the web service answers", within=60)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def _answers(address: str, process: "subprocess.Popen[bytes]") -> bool:
    assert process.poll() is None, "the web service ended"
    try:
        with urllib.request.urlopen(f"{address}/health/live", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
