"""A worker in its own process, to be killed: the engine's real parts in the real worker loop, with
short leases and waits.

Its handler of texts writes one effect and queues one answer in the handler's transaction, and
sometimes fails after having done so.
"""

import os
import signal
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from sqlalchemy import text
from sqlalchemy.orm import Session

from engage.core.db import Database
from engage.core.worker_loop import Tick, WorkerLoop
from messaging import inbound, outbox, receipts
from messaging.gateways.twilio.send import TwilioGateway
from messaging.outbox import Lane, Text, enqueue
from messaging.sending.dispatch import Dispatcher
from messaging.sending.reconcile import Schedule, settle_unknown
from messaging.tables import Inbound
from tests.messaging.builders import SENDER, allow_all

LEASE = timedelta(seconds=3)
SEND_WITHIN = timedelta(seconds=2)
TIMEOUT = 1.0
SCHEDULE = Schedule(
    first_wait=timedelta(seconds=0.3),
    longest_wait=timedelta(seconds=1),
    after_lease=timedelta(seconds=2.5),
    hold=timedelta(seconds=2),
    give_up_after=11,
)
CREATE_EFFECT = (
    "CREATE TABLE effect (n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, sid text,"
    " from_number text, body text)"
)
_EFFECT = text("INSERT INTO effect (sid, from_number, body) VALUES (:sid, :from_number, :body)")


@dataclass(frozen=True)
class Orders:
    """What a worker is given. `ahead` sets its clock forward by so many seconds; `rate` is how fast
    its clock runs, counted from `since` (seconds since 1970); `failing` is the share of texts at
    which the handler fails.
    """

    database: str
    simulator: str
    callback_url: str | None = None
    ahead: float = 0.0
    rate: float = 1.0
    since: float = 0.0
    failing: float = 0.0


class FaultyClock:
    """A clock that is wrong, or runs too fast."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders

    def now(self) -> datetime:
        """The time on this clock."""
        since = self._orders.since
        shown = since + (time.time() - since) * self._orders.rate + self._orders.ahead
        return datetime.fromtimestamp(shown, UTC)


class HandlerFailure(Exception):
    """The handler's own failure."""


class FaultyWorker:
    """Dispatch, receipts, reconciliation and the inbox, as the service's worker has them."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._database = Database(orders.database)
        self._clock = FaultyClock(orders)
        self._dice = Random()
        self._gateway = TwilioGateway(
            "AC" + "0" * 32,
            "simulator-token",
            from_number=SENDER,
            api_base_url=orders.simulator,
            timeout=TIMEOUT,
        )
        self._dispatcher = Dispatcher(
            self._database.begin,
            self._gateway,
            allow_all,
            orders.callback_url,
            self._clock,
            f"mortal-{os.getpid()}",
            lease=LEASE,
            send_within=SEND_WITHIN,
            segments_per_second=10_000.0,
        )
        ticks = [
            Tick("inbox-0", self._read, timedelta(seconds=0.5), (inbound.CHANNEL,)),
            Tick("inbox-1", self._read, timedelta(seconds=0.5), (inbound.CHANNEL,)),
            Tick("receipts", self._apply, timedelta(seconds=0.5), (receipts.CHANNEL,)),
            Tick(
                "outbox", self._send, timedelta(seconds=0.2), (outbox.channel(self._gateway.name),)
            ),
            Tick("reconcile", self._reconcile, timedelta(seconds=0.3)),
        ]
        self._clockwork = WorkerLoop(ticks, self._database.url)

    def run(self) -> None:
        """Work until SIGTERM."""
        over = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: over.set())
        self._clockwork.start()
        over.wait()
        self._dispatcher.stop()
        self._clockwork.stop()

    def _read(self) -> bool:
        return (
            inbound.handle_next(self._database.begin, self._handle, now=self._clock.now())
            is not None
        )

    def _handle(self, session: Session, received: Inbound, now: datetime) -> None:
        values = {
            "sid": received.message_sid,
            "from_number": received.from_number,
            "body": received.body,
        }
        session.execute(_EFFECT, values)
        answer = Text(
            received.from_number,
            f"Thank you for {received.body}",
            Lane.REPLY,
            f"reply:{received.id}",
        )
        enqueue(session, answer, now=now)
        if self._dice.random() < self._orders.failing:
            raise HandlerFailure

    def _apply(self) -> bool:
        with self._database.begin() as session:
            return bool(receipts.apply_waiting(session, self._clock.now()))

    def _send(self) -> bool:
        self._dispatcher.run_once()
        return False

    def _reconcile(self) -> bool:
        done = settle_unknown(
            self._database.begin, self._gateway, now=self._clock.now(), schedule=SCHEDULE
        )
        return done.asked > 0 and not done.unavailable
