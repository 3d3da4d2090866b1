"""Runs several programs at one terminal: starts them, notices if one ends, and stops them in order.

For development only; in production use the machine's process manager. Never restarts a program: one
that ends unexpectedly must be noticed.
"""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
STOP_TIMEOUT = 20.0  # seconds
POLL_INTERVAL = 0.2  # seconds


class ChildEnded(Exception):
    """A program ended unexpectedly. The message names it and quotes the end of its log."""


@dataclass(frozen=True)
class Program:
    """A program to run: its name for people, its command, and the log file for its output."""

    name: str
    command: Sequence[str]
    log: Path


class Supervisor:
    """Programs that run together. Leaving the block stops them, in reverse order."""

    def __init__(self, environment: Mapping[str, str], directory: Path) -> None:
        self._directory = directory
        self._environment = dict(environment)
        self._running: list[tuple[Program, subprocess.Popen[bytes]]] = []
        self._previous_handlers: dict[signal.Signals, object] = {}
        self.stop_requested = False

    def __enter__(self) -> "Supervisor":
        for number in STOP_SIGNALS:
            self._previous_handlers[number] = signal.signal(number, self._request_stop)
        return self

    def __exit__(self, *_exc: object) -> None:
        try:
            self.stop()
        finally:
            for number, handler in self._previous_handlers.items():
                signal.signal(number, handler)  # type: ignore[arg-type]

    def start(self, program: Program) -> None:
        """Start a program in its own process group, so that Ctrl-C reaches only us."""
        program.log.parent.mkdir(parents=True, exist_ok=True)
        with program.log.open("wb") as log:
            process = subprocess.Popen(
                program.command,
                cwd=self._directory,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,
            )
        self._running.append((program, process))

    def check(self) -> None:
        """Raise ChildEnded if a program has ended."""
        for program, process in self._running:
            if process.poll() is not None:
                raise ChildEnded(_describe_end(program, process.returncode))

    def wait(self) -> None:
        """Wait for a stop signal. Raises ChildEnded if a program ends before it."""
        while not self.stop_requested:
            self.check()
            time.sleep(POLL_INTERVAL)

    def stop(self) -> None:
        """Stop each program in reverse order. Kill one that does not end within 20 seconds."""
        while self._running:
            _program, process = self._running.pop()
            _end(process)

    def _request_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stop_requested = True


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _describe_end(program: Program, code: int) -> str:
    how = f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
    lines = program.log.read_text(errors="replace").splitlines()[-15:]
    return "\n".join([f"The {program.name} {how}. The last lines of {program.log}:", *lines])
