"""Claim, send, settle: the loop that hands queued texts to a provider.

A text is committed as `sending` before the provider hears of it, no database session is open while
the provider is asked, and the result is written by conditional statements. A worker that dies
leaves a lease, which becomes `unknown`; nothing that may have been sent is ever sent again from
here. The loop keeps a limited number of sends in flight, so one slow answer delays no other text.
"""

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Protocol
from urllib.parse import urlencode, urlsplit, urlunsplit

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from messaging.gateways.base import Gateway, Outcome, OutgoingText, Unknown
from messaging.sending import circuit_breaker, pacing, routes
from messaging.sending.claim import (
    Claim,
    Claimed,
    Defer,
    Guard,
    Verdict,
    Withhold,
    claim,
    expire,
    lapse,
)
from messaging.sending.outage import is_outage
from messaging.sending.settle import NotStarted, Result, settle
from messaging.states import MessageStatus

__all__ = ["Claimed", "Clock", "Defer", "Dispatched", "Dispatcher", "Guard", "Verdict", "Withhold"]

_log = structlog.get_logger(__name__)
_LONGEST_VALIDITY = 36_000
_GATHER = 0.03
"""Seconds for which results are collected before they are settled together."""
_IDLE_WAIT = 0.25
"""Seconds between claims while sends are in flight and the last claim found no text."""
_SWEEP_EVERY = 1.0
"""Seconds between sweeps for expired and lost texts. They are not urgent, and runs follow each
other closely in a rush.
"""
_SETTLE_WAITS = (0.1, 0.2, 0.5, 1.0, 2.0)
"""Seconds between attempts to settle while the database does not answer. Then the error is raised
and the results are kept.
"""

Begin = Callable[[], AbstractContextManager[Session]]


class Clock(Protocol):
    """A source of the time."""

    def now(self) -> datetime:
        """The present moment, aware."""


@dataclass(frozen=True, slots=True)
class Dispatched:
    """What one run did, in texts. `lapsed` texts were lost by some worker. `waiting`: a sender's
    rate left due texts in the queue.
    """

    claimed: int = 0
    accepted: int = 0
    refused: int = 0
    retried: int = 0
    unknown: int = 0
    withheld: int = 0
    deferred: int = 0
    expired: int = 0
    handed_back: int = 0
    lapsed: int = 0
    waiting: bool = False


class Dispatcher:
    """Sends for one worker by one provider. `run_once` may be called from any thread, repeatedly;
    runs of one dispatcher never overlap.
    """

    def __init__(
        self,
        begin: Begin,
        gateway: Gateway,
        guard: Guard,
        callback_url: str | None,
        clock: Clock,
        worker: str,
        *,
        concurrency: int = 16,
        lease: timedelta = timedelta(minutes=2),
        send_within: timedelta = timedelta(seconds=30),
        batch: int = 128,
        segments_per_second: float = 10.0,
        rates: Mapping[str, float] | None = None,
    ) -> None:
        """`rates` are for senders with a speed of their own; the others have `segments_per_second`.

        `send_within` limits how long one call of the gateway may take. A text with less of its
        lease left than that is not started.

        Raises ValueError if the lease is not longer than `send_within`.
        """
        if lease <= send_within:
            raise ValueError("the lease must be longer than a send may take")
        self._begin = begin
        self._gateway = gateway
        self._guard = guard
        self._callback_url = callback_url
        self._clock = clock
        self._worker = worker
        self._lease = lease
        self._send_within = send_within
        self._batch = max(batch, concurrency)
        self._rates = {
            sender: (rates or {}).get(sender, segments_per_second) for sender in gateway.senders
        }
        self._registered = False
        self._pool = ThreadPoolExecutor(concurrency, thread_name_prefix="send")
        self._done: SimpleQueue[Result | None] = SimpleQueue()
        self._ready: list[Result] = []
        self._in_flight = 0
        self._next_claim_at = self._next_sweep_at = 0.0
        self._nothing_left = False
        self._tally: Counter[str] = Counter()
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._running = threading.Lock()
        self._unanswered: Counter[str] = Counter()
        self._results_lock = threading.Lock()

    def run_once(self) -> Dispatched:
        """Send everything that is due and within capacity, and return when all of it is settled.
        Texts queued meanwhile may wait for the next run.

        Raises the database's error if results cannot be settled; they are kept and the next run
        settles them first.
        """
        with self._running:
            self._tally = Counter()
            self._next_claim_at = 0.0
            self._settle()
            if not self._stopping.is_set() and monotonic() >= self._next_sweep_at:
                self._sweep()
            self._claim()
            while self._in_flight or self._ready:
                self._collect()
                self._settle()
                if self._in_flight or not self._nothing_left:
                    self._claim()
            waiting = bool(self._tally.pop("waiting", 0))
            done = {name: count for name, count in self._tally.items() if count}
            if done:
                _log.info("dispatch.done", worker=self._worker, waiting=waiting, **done)
            return Dispatched(**done, waiting=waiting)

    def wake(self) -> None:
        """Claim new texts at once, if a run is under way. For a listener that receives a
        notification.
        """
        self._woken.set()
        self._done.put(None)

    def stop(self, timeout: float = 30.0) -> bool:
        """Start nothing more, hand back what was not started, and wait up to `timeout` seconds for
        what is in flight.

        True if everything was settled. Anything else becomes `unknown` when its lease is over.
        """
        self._stopping.set()
        self.wake()
        if not self._running.acquire(timeout=timeout):
            return False
        try:
            while self._in_flight:
                self._collect()
            self._settle()
        except DBAPIError as problem:
            _log.warning(
                "dispatch.unsettled", results=len(self._ready), problem=type(problem).__name__
            )
            return False
        finally:
            self._running.release()
            self._pool.shutdown(wait=False, cancel_futures=False)
        return True

    def _sweep(self) -> None:
        """Work that needs no provider: register the senders the first time, then end expired texts
        and give up lost ones.
        """
        with self._begin() as session:
            if not self._registered:
                for sender, rate in self._rates.items():
                    pacing.register(session, sender, rate)
            self._tally["expired"] += expire(session, self._clock.now())
            self._tally["lapsed"] += lapse(session)
        self._registered = True
        self._next_sweep_at = monotonic() + _SWEEP_EVERY
        if self._tally["lapsed"]:
            _log.warning("dispatch.leases_lapsed", texts=self._tally["lapsed"])

    def _claim(self) -> None:
        """Claim more texts if there is room for them, and start sending them."""
        if (
            self._stopping.is_set()
            or self._in_flight > self._batch // 2
            or monotonic() < self._next_claim_at
        ):
            return
        if self._in_flight and any(map(self._circuit_open, self._gateway.senders)):
            return  # until all is settled, and the database knows what this worker knows
        started = monotonic()
        with self._begin() as session:
            # Before the claim: a text keeps its provider once it was tried, so it must not be tried
            # at a provider that is out of reach.
            routes.reroute(session, now=self._clock.now())
            taken = claim(
                session,
                now=self._clock.now(),
                limit=self._batch - self._in_flight,
                worker=self._worker,
                lease=self._lease,
                provider=self._gateway.name,
                senders=self._gateway.senders,
                guard=self._guard,
            )
        self._count(taken)
        self._nothing_left = taken.nothing_left
        if not taken.texts:
            self._next_claim_at = monotonic() + _IDLE_WAIT
        latest = started + (self._lease - self._send_within).total_seconds()
        with self._results_lock:
            self._unanswered = Counter(
                {s: n for s, n in self._unanswered.items() if n < circuit_breaker.OPENS_AFTER}
            )
        for claimed in taken.texts:
            self._in_flight += 1
            self._pool.submit(self._send, claimed, latest)

    def _count(self, taken: Claim) -> None:
        self._tally["claimed"] += len(taken.texts)
        self._tally["withheld"] += taken.withheld
        self._tally["deferred"] += taken.deferred
        self._tally["expired"] += taken.expired
        self._tally["waiting"] = taken.senders_full

    def _send(self, claimed: Claimed, latest: float) -> None:
        """Ask the provider, in a thread of the pool and with no session, unless the worker is
        stopping, the lease is nearly over, or the circuit is open.
        """
        if self._stopping.is_set() or monotonic() > latest or self._circuit_open(claimed.sender):
            self._done.put(Result(claimed, NotStarted()))
            return
        try:
            outcome = self._gateway.send(self._outgoing(claimed))
        except Exception as problem:
            _log.exception(
                "dispatch.gateway_raised", message=str(claimed.id), problem=type(problem).__name__
            )
            outcome = Unknown(f"the send ended in a fault of ours ({type(problem).__name__})")
        self._record(claimed.sender, outcome)
        self._done.put(Result(claimed, outcome))

    def _circuit_open(self, sender: str) -> bool:
        """Whether this worker had so many sends without an answer that the texts it has leased go
        back. It knows before the database does, which then decides.
        """
        with self._results_lock:
            return self._unanswered[sender] >= circuit_breaker.OPENS_AFTER

    def _record(self, sender: str, outcome: Outcome) -> None:
        with self._results_lock:
            state = circuit_breaker.state_after(
                self._unanswered[sender], [circuit_breaker.SendResult(outcome)]
            )
            self._unanswered[sender] = state.unanswered

    def _outgoing(self, claimed: Claimed) -> OutgoingText:
        left = int((claimed.expires_at - self._clock.now()).total_seconds())
        return OutgoingText(
            id=claimed.id,
            to=claimed.to_number,
            sender=claimed.sender,
            body=claimed.body,
            callback_url=_with_mid(self._callback_url, claimed) if self._callback_url else None,
            validity=min(max(left, 1), _LONGEST_VALIDITY),
        )

    def _collect(self) -> None:
        """Wait for a result (or a wake-up, or the time for another claim), then a moment longer for
        those that follow closely.

        The moment is slept through instead of being spent on each result as it comes: the sending
        threads need the processor more.
        """
        try:
            self._add_result(self._done.get(timeout=_IDLE_WAIT))
            if self._in_flight:
                self._woken.wait(_GATHER)
            while True:
                self._add_result(self._done.get_nowait())
        except Empty:
            return

    def _add_result(self, result: Result | None) -> None:
        """Add a result to those to be settled; None is a wake-up."""
        if result is None:
            self._woken.clear()
            self._next_claim_at = 0.0
        else:
            self._ready.append(result)
            self._in_flight -= 1

    def _settle(self) -> None:
        """Write the results; while the database does not answer, keep them and try again."""
        for wait in (*_SETTLE_WAITS, None):
            if not self._ready:
                return
            try:
                self._write(self._ready)
                self._ready = []
            except DBAPIError as problem:
                if not is_outage(problem):
                    self._settle_each()
                elif wait is None:
                    raise
                else:
                    threading.Event().wait(wait)

    def _settle_each(self) -> None:
        """One result makes the bulk fail: write each alone, and leave the bad one to its lease."""
        while self._ready:
            try:
                self._write(self._ready[:1])
            except DBAPIError as problem:
                if is_outage(problem):
                    raise
                claimed = self._ready[0].text
                _log.error(
                    "dispatch.cannot_settle",
                    message=str(claimed.id),
                    problem=type(problem).__name__,
                )
            self._ready = self._ready[1:]

    def _write(self, results: list[Result]) -> None:
        with self._begin() as session:
            moved = settle(session, results, now=self._clock.now(), provider=self._gateway.name)
        not_started = {
            result.text.id for result in results if isinstance(result.outcome, NotStarted)
        }
        self._nothing_left = self._nothing_left and not not_started
        for one in moved:
            self._tally[
                _COUNTED_AS.get(one.new, "retried") if one.id not in not_started else "handed_back"
            ] += 1


_COUNTED_AS = {
    MessageStatus.ACCEPTED: "accepted",
    MessageStatus.REFUSED: "refused",
    MessageStatus.UNKNOWN: "unknown",
    MessageStatus.EXPIRED: "expired",
}


def _with_mid(address: str, claimed: Claimed) -> str:
    """The callback address with our id in its query, whatever the query contains already."""
    parts = urlsplit(address)
    query = "&".join(filter(None, [parts.query, urlencode({"mid": str(claimed.id)})]))
    return urlunsplit(parts._replace(query=query))
