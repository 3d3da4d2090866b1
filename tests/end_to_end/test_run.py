"""`engage run`, which `make run` starts: everything starts by itself, and everything stops
with it.
"""

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import psutil
import pytest

from engage.core.settings import PROJECT
from tests.end_to_end.service import free_port


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An environment with no database, no Twilio, ports of its own, and an empty place for data."""
    ours = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("ENGAGE_", "TWILIO_", "DATABASE_"))
    }
    return ours | {
        "ENGAGE_DATA": str(tmp_path),
        "ENGAGE_PORT": str(free_port()),
        "ENGAGE_SIMULATOR_PORT": str(free_port()),
        "ENGAGE_NOW": "2027-03-20T09:00:00+00:00",
        "PYTHONUNBUFFERED": "1",
    }


def start(environment: dict[str, str]) -> subprocess.Popen[str]:
    """Start `engage run` and read its output."""
    command = [sys.executable, "-m", "api", "run"]
    return subprocess.Popen(
        command,
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def read_until(process: subprocess.Popen[str], words: str) -> str:
    """The output up to a line with these words; all of it if it ended without them."""
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if words in line:
            break
    return said


def test_everything_comes_up_and_goes_down_together(
    environment: dict[str, str], tmp_path: Path
) -> None:
    """With nothing set up, one command prints the addresses and sign-ins; SIGTERM leaves no process
    behind.
    """
    for _again in range(2):
        process = start(environment)
        try:
            said = read_until(process, "Ctrl-C")
            web, phones = environment["ENGAGE_PORT"], environment["ENGAGE_SIMULATOR_PORT"]
            assert f"http://127.0.0.1:{web}/" in said and f"http://127.0.0.1:{phones}/" in said, (
                said
            )
            assert "p.hale@probation.example" in said and "password" in said
            for address in (f"http://127.0.0.1:{web}/health/ready", f"http://127.0.0.1:{phones}/"):
                with urllib.request.urlopen(address, timeout=10) as response:
                    assert response.status == 200
            family = psutil.Process(process.pid).children(recursive=True)
            assert len(family) >= 3
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=60)
        assert process.returncode == 0
        assert psutil.wait_procs(family, timeout=5)[1] == []
        assert not (tmp_path / "postgres" / "postmaster.pid").exists()


def test_a_part_that_dies_is_named_and_the_rest_stops(
    environment: dict[str, str], tmp_path: Path
) -> None:
    """A killed worker is not quietly replaced: the run ends, names the part, and leaves nothing
    running.
    """
    process = start(environment)
    read_until(process, "Ctrl-C")
    family = psutil.Process(process.pid).children(recursive=True)
    (worker,) = [child for child in family if "worker" in child.cmdline()]
    worker.kill()
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "The worker was killed by signal 9" in said
    assert psutil.wait_procs(family, timeout=5)[1] == []
    assert not (tmp_path / "postgres" / "postmaster.pid").exists()


@pytest.mark.parametrize("variable", ["ENGAGE_PORT", "ENGAGE_SIMULATOR_PORT"])
def test_a_taken_port_is_said_plainly(environment: dict[str, str], variable: str) -> None:
    """The message names the port and the variable that changes it; nothing has been started by
    then.
    """
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = start(environment | {variable: str(port)})
        said, _ = process.communicate(timeout=30)
    assert process.returncode == 2
    assert f"Port {port}" in said and variable in said and "Traceback" not in said


def test_production_is_not_run_this_way(environment: dict[str, str]) -> None:
    """`engage run` refuses production in one line."""
    process = start(environment | {"ENGAGE_ENV": "production"})
    said, _ = process.communicate(timeout=30)
    assert process.returncode == 2
    assert "DATABASE_URL" in said or "ENGAGE_" in said
    assert "Traceback" not in said
