"""Runs a few programs together for one person at one terminal: starts them, notices when one ends,
stops them in order.

It restarts nothing: a program that ends by itself is a fault to be seen. For development; where
people depend on the service, the machine's own process manager does this.
"""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PATIENCE = 20.0
GLANCE = 0.2


class ChildEnded(Exception):
    """One of the programs ended by itself; the message names it and ends with its last words."""


@dataclass(frozen=True)
class Program:
    """A program to run: what people call it, its command, and where what it prints goes."""

    name: str
    command: Sequence[str]
    log: Path


class Supervisor:
    """Programs that run together. Leaving the block stops them, the last started first."""

    def __init__(self, environment: Mapping[str, str], directory: Path) -> None:
        self._directory = directory
        self._environment = dict(environment)
        self._running: list[tuple[Program, subprocess.Popen[bytes]]] = []
        self._before: dict[signal.Signals, object] = {}
        self.stop_asked = False

    def __enter__(self) -> "Supervisor":
        for number in STOPPING:
            self._before[number] = signal.signal(number, self._ask_to_stop)
        return self

    def __exit__(self, *_exc: object) -> None:
        try:
            self.stop()
        finally:
            for number, handler in self._before.items():
                signal.signal(number, handler)  # type: ignore[arg-type]

    def start(self, program: Program) -> None:
        """Start a program in a group of its own, so that Ctrl-C reaches only us and we stop it in
        order.
        """
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

    def look(self) -> None:
        """Raises ChildEnded when a program has ended by itself."""
        for program, process in self._running:
            if process.poll() is not None:
                raise ChildEnded(_epitaph(program, process.returncode))

    def watch(self) -> None:
        """Wait until somebody asks us to stop. Raises ChildEnded when a program ends before that."""
        while not self.stop_asked:
            self.look()
            time.sleep(GLANCE)

    def stop(self) -> None:
        """Ask each program to end, the last started first, and end by force one that does not
        within twenty seconds.
        """
        while self._running:
            _program, process = self._running.pop()
            _end(process)

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stop_asked = True


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _epitaph(program: Program, code: int) -> str:
    how = f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
    lines = program.log.read_text(errors="replace").splitlines()[-15:]
    return "\n".join([f"The {program.name} {how}. Its log, {program.log}, ends:", *lines])
