"""The supervisor of `engage run`: programs run together, an end is noticed, all stop in order."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest

from api.cli.supervisor import ChildEnded, Program, Supervisor

WAITS = """
import signal, sys
def end(*_): open(sys.argv[1], "a").write(sys.argv[2] + " "); sys.exit(0)
signal.signal(signal.SIGTERM, end)
print("up", flush=True)
signal.pause()
"""


def program(tmp_path: Path, name: str, code: str) -> Program:
    """A small Python program. Its arguments are the file it writes to at its end, and its name."""
    command = [sys.executable, "-c", code, str(tmp_path / "ended"), name]
    return Program(name, command, tmp_path / "log" / f"{name}.log")


def wait_for_up(started: Program) -> None:
    """Wait until the program handles signals."""
    while "up" not in started.log.read_text():
        threading.Event().wait(0.02)


def test_programs_stop_in_reverse_order(tmp_path: Path) -> None:
    """The last program stops first, and has ended before the next is stopped."""
    with Supervisor(os.environ, tmp_path) as supervisor:
        for name in ("simulator", "web", "worker"):
            started = program(tmp_path, name, WAITS)
            supervisor.start(started)
            wait_for_up(started)
        supervisor.check()
    assert (tmp_path / "ended").read_text() == "worker web simulator "


def test_a_program_that_ends_is_named_with_its_log(tmp_path: Path) -> None:
    """No program is restarted: the error names it, its exit code and the end of its log."""
    other = program(tmp_path, "web", WAITS)
    with (
        pytest.raises(ChildEnded, match=r"(?s)The worker ended with exit code 3.*no such table"),
        Supervisor(os.environ, tmp_path) as all_of_them,
    ):
        all_of_them.start(other)
        wait_for_up(other)
        all_of_them.start(
            program(tmp_path, "worker", "import sys; print('no such table'); sys.exit(3)")
        )
        all_of_them.wait()
    assert (tmp_path / "ended").read_text() == "web "


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_everything(tmp_path: Path, number: signal.Signals) -> None:
    """SIGTERM and Ctrl-C end the wait, and no program is left behind."""
    code = f"""
import os, pathlib, sys
from api.cli.supervisor import Program, Supervisor
here = pathlib.Path({str(tmp_path)!r})
with Supervisor(os.environ, here) as supervisor:
    command = [sys.executable, "-c", {WAITS!r}, str(here / "ended"), "web"]
    supervisor.start(Program("web", command, here / "web.log"))
    while "up" not in (here / "web.log").read_text(): pass
    print("ready", flush=True)
    supervisor.wait()
"""
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        children = psutil.Process(process.pid).children()
        process.send_signal(number)
        assert process.wait(30) == 0
    assert (tmp_path / "ended").read_text() == "web "
    assert children and not any(child.is_running() for child in children)


def test_a_program_that_does_not_end_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that ignores SIGTERM is killed after the timeout."""
    monkeypatch.setattr("api.cli.supervisor.STOP_TIMEOUT", 0.2)
    deaf = program(
        tmp_path,
        "deaf",
        "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "print('up', flush=True); signal.pause()",
    )
    with Supervisor(os.environ, tmp_path) as supervisor:
        supervisor.start(deaf)
        wait_for_up(deaf)
        found = psutil.Process(os.getpid()).children()
    assert found and not any(
        psutil.pid_exists(child.pid) and "deaf" in str(child.cmdline())
        for child in found
        if child.is_running()
    )
