"""Callers that stall during a request: the web service must continue to answer others."""

import os
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import requests

from engage.core.settings import PROJECT
from tests.end_to_end.service import eventually, free_port

APP = """
def app(environ, start_response):
    if environ["REQUEST_METHOD"] == "POST":
        environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Length", "2")])
    return [b"ok"]
"""
HALVES = [
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\nhalf",
    b"GET / HTTP/1.1\r\nHo",
]


def test_half_sent_requests_do_not_stop_the_service(tmp_path: Path) -> None:
    """More half-sent bodies and heads than there are threads, from unknown callers: another caller
    is still answered.
    """
    port = free_port()
    (tmp_path / "silent_app.py").write_text(APP)
    config = tmp_path / "gunicorn.conf.py"
    config.write_text((PROJECT / "gunicorn.conf.py").read_text() + "\nread_timeout = 1\n")
    environment = {
        **{
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("ENGAGE_", "TWILIO_"))
        },
        "ENGAGE_PORT": str(port),
        "PYTHONPATH": f"{tmp_path}:{PROJECT}",
    }
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--config",
        str(config),
        "--workers",
        "1",
        "silent_app:app",
    ]
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=log, stderr=log)
    try:
        eventually(lambda: _answers(port, within=1), what="gunicorn starts")
        held = [_half(port, HALVES[number % 3]) for number in range(24)]
        assert _answers(port, within=20)
        for one in held:
            one.close()
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait(10)


def _half(port: int, sent: bytes) -> socket.socket:
    one = socket.create_connection(("127.0.0.1", port))
    one.sendall(sent)
    return one


def _answers(port: int, *, within: float) -> bool:
    with closing(requests.Session()) as session:
        try:
            return session.get(f"http://127.0.0.1:{port}/", timeout=within).text == "ok"
        except requests.RequestException:
            return False
