"""A provider that hangs, hangs up, fails, refuses for a while, goes down, and posts its receipts in
any order.
"""

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

from sqlalchemy import func, select

from engage.core.db import Database
from messaging.states import MessageStatus
from messaging.tables import Message, Receipt
from tests.faults import account
from tests.faults.account import Account
from tests.faults.conftest import Size, assert_nothing_lost
from tests.faults.crew import crew, wait_until
from tests.faults.web import web
from tests.faults.worker_process import FaultyClock, Orders
from tests.simulator import Simulator, simulator_process

ANSWERS = (
    {"probability": 0.05, "answer": "hang_after", "hold": 2.0},
    {"probability": 0.025, "answer": "drop_before"},
    {"probability": 0.025, "answer": "drop_after"},
    {"probability": 0.025, "answer": "error_before"},
    {"probability": 0.025, "answer": "error_after"},
    {"probability": 0.10, "answer": "too_many", "retry_after": 1},
    {"latency": [0, 0.1]},
)
"""5% read timeouts after acceptance, 5% dropped connections, 5% errors, half of each of these after
acceptance, 10% too many.
"""

LISTS = ({"on": "list", "probability": 0.05, "answer": "error_before"},)
POSTS = (
    {"probability": 0.2, "early": True},
    {"probability": 0.3, "late": [0, 2]},
    {"probability": 0.3, "repeat": 2},
    {"probability": 0.2, "order": "reversed"},
    {"probability": 0.3, "order": "shuffled"},
    {"probability": 0.2, "order": "together"},
    {"probability": 0.1, "ends": "undelivered", "error_code": 30003},
)
TEN_MINUTES = 600.0
MOST_UNKNOWN = 150
"""What two workers with sixteen sends each may have under way, a few times over; some thousands
wait.
"""
RETRIES_SPEED_UP = 4.0
"""How much faster the workers' clocks run, so that refused texts are tried again sooner."""


def test_faults_at_every_send_and_receipts_in_any_order(
    own_database: Database,
    tmp_path: Path,
    size: Size,
    seed: int,
    dice: Random,
    stopwatch: Callable[[], float],
    report: Callable[[Account], None],
) -> None:
    """A quarter of all sends fail, receipts come early, late, several times and out of order: every
    text is sent once, and its final status is right.

    Some pairs have the same words for the same phone; of those, and only of those, some may stay
    unknown.
    """
    with (
        web(own_database, tmp_path) as address,
        simulator_process(
            inbound_url=None, delays={"queued": 0, "sending": 0, "sent": 0.02, "ended": 0.05}
        ) as provider,
    ):
        provider.rules([*ANSWERS, *LISTS, *POSTS], seed=seed)
        orders = _orders(own_database, provider, f"{address}/webhooks/twilio/status")
        account.put(
            own_database, account.texts(size.texts, alike=size.texts // 40), FaultyClock(orders)
        )
        with crew(tmp_path, dice, [orders] * 2):
            wait_until(
                lambda: not account.unsettled(own_database),
                "all is settled",
                within=size.time_limit,
            )
            wait_until(lambda: _at_rest(provider), "everything is posted", within=size.time_limit)
            wait_until(
                lambda: not _ends_that_differ(own_database, provider),
                "receipts are applied",
                within=size.time_limit,
            )
        result = account.compare(
            own_database,
            provider,
            run="provider faults",
            seed=seed,
            seconds=stopwatch(),
            notes=_told(own_database),
        )
    report(result)
    assert_nothing_lost(result)


def test_an_outage_of_ten_minutes(
    own_database: Database,
    tmp_path: Path,
    size: Size,
    seed: int,
    dice: Random,
    stopwatch: Callable[[], float],
    report: Callable[[Account], None],
) -> None:
    """Down for ten minutes of the workers' clocks, alternating between errors, silence and closed
    connections: nothing is lost, doubled, or expired.

    Few become unknown: only those under way before the circuit opened, and the trials afterwards.
    """
    with simulator_process(inbound_url=None, hold=2.0) as provider:
        provider.script(latency=[0, 0.2])
        orders = Orders(
            own_database.url.render_as_string(hide_password=False),
            provider.url,
            account.CALLBACK,
            rate=size.speed_up,
            since=time.time(),
        )
        account.put(own_database, account.texts(size.texts), FaultyClock(orders))
        with crew(tmp_path, dice, [orders] * 2):
            wait_until(lambda: provider.accepted() > size.texts // 4, "it has started", within=60)
            for kind in ("unavailable", "drop", "hang", "error", "too_many"):
                with provider.outage(kind):
                    time.sleep(TEN_MINUTES / size.speed_up / 5)
            unknown = _unknown(own_database)
            wait_until(
                lambda: not account.unsettled(own_database),
                "all is settled",
                within=size.time_limit,
            )
        result = account.compare(
            own_database,
            provider,
            run="outage",
            seed=seed,
            seconds=stopwatch(),
            notes=f"10 minutes, clocks {size.speed_up:.0f} times as fast;"
            f" {unknown} unknown when it ended",
        )
    report(result)
    assert_nothing_lost(result)
    assert result.unknown == 0
    assert unknown <= MOST_UNKNOWN


def _orders(database: Database, provider: Simulator, callback_url: str) -> Orders:
    url = database.url.render_as_string(hide_password=False)
    return Orders(url, provider.url, callback_url, rate=RETRIES_SPEED_UP, since=time.time())


def _at_rest(provider: Simulator) -> bool:
    return bool(provider.call("POST", "/simulator/idle", {"timeout": 10})["idle"])


def _ends_that_differ(database: Database, provider: Simulator) -> int:
    """Texts whose final status on record is not the one that the provider posted."""
    with database.begin() as session:
        rows = session.execute(
            select(Message.provider_sid, Message.status).where(Message.provider_sid.is_not(None))
        )
        recorded = {row.provider_sid: row.status.value for row in rows}
    return sum(recorded.get(text.sid, text.status) != text.status for text in provider.ledger())


def _unknown(database: Database) -> int:
    with database.begin() as session:
        return session.scalars(
            select(func.count()).select_from(Message).where(Message.status == MessageStatus.UNKNOWN)
        ).one()


def _told(database: Database) -> str:
    with database.begin() as session:
        statuses = Counter(session.scalars(select(Message.status)))
        posted = session.scalars(select(func.count()).select_from(Receipt)).one()
    ends = (MessageStatus.DELIVERED, MessageStatus.UNDELIVERED)
    return f"{posted} receipts; " + ", ".join(f"{statuses[end]} {end.value}" for end in ends)
