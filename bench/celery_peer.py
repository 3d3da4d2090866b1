"""The first peer: Celery with Redis, a task for each text, as its documentation shows it."""

import os

from celery import Celery

from bench.peer_results import send

app = Celery("peer", broker=os.environ["PEER_REDIS"])


@app.task(ignore_result=True)
def send_reminder(n: int) -> None:
    """Send one reminder."""
    send(n)
