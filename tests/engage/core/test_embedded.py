"""The embedded PostgreSQL, with real processes: shared by them, stopped by the last one, and
recovered after a crash.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from sqlalchemy.engine import make_url

from engage.core import embedded
from engage.core.settings import PROJECT, Settings, SettingsError

JOIN = """
import sys
from pathlib import Path
from engage.core import embedded
print(embedded.start(Path(sys.argv[1]), durable=False), flush=True)
sys.stdin.readline()
"""


class JoinedProcess:
    """A process that uses the server until it is told to leave, or is killed."""

    def __init__(self, place: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", "-c", JOIN, str(place)],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def url(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def leave(self) -> None:
        self.process.communicate("\n", timeout=60)
        assert self.process.returncode == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=60)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """A data directory. A server that still runs in it at the end is stopped."""
    place = tmp_path / "var" / "postgres"
    yield place
    with embedded.embedded_database(place, durable=False):
        pass
    assert server_of(place) is None


def server_of(place: Path) -> psutil.Process | None:
    """The server's process, if it is running."""
    try:
        process = psutil.Process(int((place / "postmaster.pid").read_text().splitlines()[0]))
    except (FileNotFoundError, psutil.NoSuchProcess):
        return None
    return None if process.status() == psutil.STATUS_ZOMBIE else process


def run(url: str, statement: str) -> list[tuple[object, ...]]:
    """Run one statement on the server."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def test_data_survive_a_restart(place: Path) -> None:
    """Rows are there after the server has stopped and started again. In between no server runs."""
    with embedded.embedded_database(place, durable=False) as url:
        assert url.startswith("postgresql+psycopg://")
        run(url, "CREATE TABLE kept AS SELECT 42 AS answer")
    assert server_of(place) is None
    with embedded.embedded_database(place, durable=False) as url:
        assert run(url, "SELECT answer, current_database() FROM kept") == [(42, "engage")]


def test_two_starts_at_once_share_one_server(place: Path) -> None:
    """Two processes that start together get the same address. The server stops when the last of
    them leaves.
    """
    first, second = JoinedProcess(place), JoinedProcess(place)
    assert first.url() == second.url() != ""
    first.leave()
    assert server_of(place) is not None
    second.leave()
    assert server_of(place) is None


def test_a_killed_process_does_not_keep_the_server_running(place: Path) -> None:
    """A killed process cannot leave. The next one to leave finds that it is dead and stops the
    server.
    """
    killed, other = JoinedProcess(place), JoinedProcess(place)
    assert killed.url() == other.url()
    killed.kill()
    other.leave()
    assert server_of(place) is None


def test_a_server_left_by_a_killed_process_is_taken_over(place: Path) -> None:
    """If the only process is killed, the server keeps running. The next process joins it and stops
    it on leaving.
    """
    killed = JoinedProcess(place)
    url = killed.url()
    killed.kill()
    left = server_of(place)
    assert left is not None
    with embedded.embedded_database(place, durable=False) as again:
        assert again == url
        now_running = server_of(place)
        assert now_running is not None and now_running.pid == left.pid
    assert server_of(place) is None


def test_a_killed_server_recovers(place: Path) -> None:
    """After `kill -9` of the server, its stale pid file is ignored and committed rows are there."""
    with embedded.embedded_database(place) as url:
        run(url, "CREATE TABLE kept AS SELECT 7 AS answer")
        server = server_of(place)
        assert server is not None
        server.send_signal(signal.SIGKILL)
        psutil.wait_procs([server], timeout=10)
    with embedded.embedded_database(place) as url:
        assert run(url, "SELECT answer FROM kept") == [(7,)]


def test_a_pid_file_that_names_another_process_is_ignored(place: Path) -> None:
    """After a reboot the id in the pid file may belong to any process: here, to this test."""
    with embedded.embedded_database(place, durable=False):
        pass
    (place / "postmaster.pid").write_text(
        f"{os.getpid()}\n{place}\n0\n5432\n{place}\n\n0 0\nready\n"
    )
    with embedded.embedded_database(place, durable=False) as url:
        assert run(url, "SELECT 1") == [(1,)]


def test_half_made_data_are_made_again(place: Path) -> None:
    """A first start that is killed half-way does not stop the next one."""
    half = place.with_name(place.name + ".new")
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with embedded.embedded_database(place, durable=False) as url:
        assert run(url, "SELECT 1") == [(1,)]
    assert not half.exists()


@pytest.mark.parametrize("name", ["with space, and comma", "long" * 30])
def test_any_project_path_works(tmp_path: Path, name: str) -> None:
    """The path of the socket is short and plain even if that of the project is not."""
    place = tmp_path / name / "postgres"
    with embedded.embedded_database(place, durable=False) as url:
        assert run(url, "SELECT current_database()") == [("engage",)]
    assert server_of(place) is None


def test_case_is_folded_by_unicode_in_any_locale(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Welsh letters fold to lower case. A locale that is not installed does not stop the start."""
    monkeypatch.setenv("LC_ALL", "xx_XX.UTF-8")
    with embedded.embedded_database(place, durable=False) as url:
        assert run(url, "SELECT lower('ŴYN')") == [("ŵyn",)]
    assert os.environ["LC_ALL"] == "xx_XX.UTF-8"


def test_data_of_another_version_are_refused(tmp_path: Path) -> None:
    """An old data directory is never changed. The message says what to do."""
    (tmp_path / "PG_VERSION").write_text("16\n")
    with pytest.raises(SettingsError, match=r"made by PostgreSQL 16.*DATABASE_URL"):
        embedded.start(tmp_path)


def test_production_never_uses_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Production without DATABASE_URL is refused with the name of the variable, by the settings and
    by the embedded server.
    """
    with pytest.raises(SettingsError, match="DATABASE_URL"):
        Settings.from_environment({"ENGAGE_ENV": "production", "ENGAGE_SECRET_KEY": "x" * 40})
    settings = Settings.from_environment({"ENGAGE_DATA": str(tmp_path)})
    monkeypatch.setattr(Settings, "production", True)
    with pytest.raises(SettingsError, match="DATABASE_URL"):
        embedded.database_url(settings)
    assert list(tmp_path.iterdir()) == []
