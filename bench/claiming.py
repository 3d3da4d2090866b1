"""Claiming 10,000 due texts from a table of 10,000,000 rows, compared with a table of nothing but
due texts.
"""

import os
import time
from datetime import timedelta

from sqlalchemy import text

from bench.figures import Figure, at_most
from bench.ground import NOW, fresh
from bench.provider import FAST
from engage.core.db import Database
from messaging.sending import pacing
from messaging.sending.claim import claim

DUE = 10_000
ROWS = int(os.environ.get("BENCH_ROWS", "10000000"))
LATER = 10
"""One in so many of the other rows is queued for a later day; the rest were delivered."""
BATCH = 64
ROUNDS = 3
SENDER = "+447700900999"

_FILL = text("""
    INSERT INTO message (id, recipient, to_number, sender, lane, body, encoding, segments, status,
        send_after, expires_at, dedupe_key,
        group_key, context, created_at, provider, provider_sid, accepted_at, sent_at, delivered_at,
            ended_at)
    SELECT uuidv7(n * interval '-1 second'), 'person:' || n % 200000,
        '+447700900' || lpad((n % 900)::text, 3, '0'), :sender, 3, 'A reminder', 'gsm7', 1,
        CASE WHEN later THEN 'queued' ELSE 'delivered' END,
        CASE WHEN later THEN :now + interval '2 days' ELSE moment END, :now + interval '9 days',
            'history:' || n, 'about:' || n, '{}',
        moment, 'twilio', CASE WHEN later THEN NULL ELSE 'SM' || md5(n::text) END, moment, moment,
            moment, moment
    FROM generate_series(CAST(:first AS int), CAST(:last AS int)) n,
        LATERAL (SELECT :now - n * interval '1 second' AS moment, n % :share = 0 AS later) at
""")
_DUE = text("""
    INSERT INTO message (id, recipient, to_number, lane, body, encoding, segments, status,
        send_after, expires_at, dedupe_key,
        context, created_at, provider)
    SELECT uuidv7(), 'person:' || n, '+447700900' || lpad((n % 900)::text, 3, '0'), 3,
        'A reminder', 'gsm7', 1, 'queued',
        :now - interval '1 minute', :now + interval '1 day', 'due:' || n, '{}', :now, 'twilio'
    FROM generate_series(1, :due) n
""")
_INDEXES = text(
    "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'message' AND indexname NOT IN"
    " (SELECT conname FROM pg_constraint WHERE conrelid = 'message'::regclass)"
)
_PUT_BACK = text(
    "UPDATE message SET status = 'queued', attempts = 0, lease_until = NULL, claimed_by = NULL"
    " WHERE status = 'sending'"
)


def measure(server_url: str) -> list[Figure]:
    """Seconds to claim all that is due, 64 at a time, as a worker does; the median of three rounds,
    each with one table after the other.
    """
    with (
        fresh(server_url, demonstration=False) as small,
        fresh(server_url, demonstration=False) as large,
    ):
        _fill(large, ROWS - DUE)
        for database in (small, large):
            _make_due(database)
        _round(small, large)
        ratio, few, many = sorted(_round(small, large) for _ in range(ROUNDS))[ROUNDS // 2]
    per_claim = DUE / BATCH / 1000
    detail = (
        f"{many / per_claim:.2f} ms for a claim of {BATCH} out of {ROWS:,} rows,"
        f" {few / per_claim:.2f} ms out of {DUE:,}"
    )
    return [at_most("claim in a large table", ratio, 1.3, detail)]


def _round(small: Database, large: Database) -> tuple[float, float, float]:
    few, many = _seconds(small), _seconds(large)
    return many / few, few, many


def _fill(database: Database, rows: int) -> None:
    """Write the history without indexes, which are created afterwards: half the time."""
    with database.begin() as session:
        indexes = session.execute(_INDEXES).all()
        for index in indexes:
            session.execute(text(f'DROP INDEX "{index.indexname}"'))
    step = 1_000_000
    for first in range(1, rows + 1, step):
        given = {
            "first": first,
            "last": min(first + step - 1, rows),
            "now": NOW,
            "sender": SENDER,
            "share": LATER,
        }
        with database.begin() as session:
            session.execute(_FILL, given)
    for index in indexes:
        with database.begin() as session:
            session.execute(text("SET LOCAL maintenance_work_mem = '512MB'"))
            session.execute(text(index.indexdef))


def _make_due(database: Database) -> None:
    with database.begin() as session:
        session.execute(_DUE, {"now": NOW, "due": DUE})
        pacing.register(session, SENDER, FAST)
    _tidy(database)


def _seconds(database: Database) -> float:
    """Claim all texts, and put them back for the next round."""
    seconds = _claim_all(database)
    with database.begin() as session:
        session.execute(_PUT_BACK)
    _tidy(database)
    return seconds


def _tidy(database: Database) -> None:
    """Vacuum, as autovacuum would."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM (ANALYZE) message"))


def _claim_all(database: Database) -> float:
    claimed = 0
    start = time.perf_counter()
    while claimed < DUE:
        with database.begin() as session:
            taken = claim(
                session,
                now=NOW,
                limit=BATCH,
                worker="bench",
                lease=timedelta(minutes=2),
                provider="twilio",
                senders=(SENDER,),
                guard=lambda session, texts, now: {},
            )
        if not taken.texts and not taken.senders_full:
            raise RuntimeError(f"only {claimed} of {DUE} texts could be claimed")
        claimed += len(taken.texts)
    return time.perf_counter() - start
