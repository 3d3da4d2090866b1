"""The worker: its ticks, and how often each runs.

Any number of workers may run on any number of machines: every tick claims its rows or takes an
advisory lock, and can be killed at any moment and repeated. On a stop signal a worker finishes or
hands back its work.
"""

import os
import secrets
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial

import structlog

from engage.appointments import absences
from engage.appointments.imports import uploads
from engage.appointments.reminders import due
from engage.appointments.reminders.reminder_rows import REMINDER_CHANNEL
from engage.appointments.reminders.replanning import replan_contactable
from engage.cohort import agenda
from engage.cohort.nightly import service as nightly
from engage.conversation import (
    intake,
    sweeps,
    takeover,
    unprocessed,
)
from engage.conversation.learning import rises
from engage.conversation.safety import on_call
from engage.core import audit_chain, idempotency
from engage.core.clock import Clock
from engage.core.db import Database
from engage.core.settings import Settings
from engage.core.worker_loop import Tick, WorkerLoop
from engage.people.contactability import CONTACTABILITY_CHANNEL
from engage.progress.check_ins import lifecycle
from engage.progress.drug_tests import schedule
from engage.records import erasure, retention
from engage.sending import follow_up
from engage.sending.last_look import last_look
from engage.understanding.classifier.predict import classifier
from messaging import (
    inbound,
    outbox,
    receipts,
    redaction,
)
from messaging.fairness import RecentNumbers
from messaging.gateways import registry
from messaging.gateways.base import ProviderRoute
from messaging.sending import reconcile
from messaging.sending.dispatch import Dispatcher
from messaging.shutdown import stop_signals

log = structlog.get_logger(__name__)

RECEIPTS_BATCH = 200
REMINDERS_BATCH = 50
SEALS_BATCH = 1000
INBOX_TICKS = 2
RECEIPTS_GATHER = 0.25
"""Seconds for which receipts are gathered: none is urgent, and applying thirty costs little more
than applying one.
"""
SENDS_GATHER = 0.02
"""Seconds for which texts are gathered before they are claimed: too short to notice, and a rush
takes fewer steps.
"""
RETENTION_HOURS = (3, 4)
NIGHT_ENDS = 2
"""From this hour on the hub's day is swept: at once where the worker was not running at night."""


def provider_routes(settings: Settings) -> list[ProviderRoute]:
    """The providers that the settings name, in the order of the registry."""
    return [
        provider.connect(
            found,
            callback_url=f"{settings.public_url}{provider.status_path}",
            segments_per_second=settings.segments_per_second,
        )
        for provider in registry.PROVIDERS
        if (found := provider.settings_in(settings.providers)) is not None
    ]


class Worker:
    """One process's share of the work."""

    def __init__(
        self, settings: Settings, database: Database, clock: Clock, routes: Sequence[ProviderRoute]
    ) -> None:
        self._database = database
        self._clock = clock
        self._zone = settings.timezone
        self._erased_on: date | None = None
        self._gateways = [route.gateway for route in routes]
        self.name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(2)}"
        self._dispatchers = {
            route.gateway.name: Dispatcher(
                database.begin,
                route.gateway,
                last_look,
                route.callback_url,
                clock,
                self.name,
                concurrency=settings.sends_in_flight,
                segments_per_second=route.segments_per_second,
                rates=route.rates,
            )
            for route in routes
        }
        self._loop = WorkerLoop(self._ticks(), database.url)

    def start(self) -> None:
        """Start working."""
        log.info("worker.started", worker=self.name)
        self._loop.start()

    def stop(self) -> None:
        """Finish or hand back the work, then return."""
        with ThreadPoolExecutor(len(self._dispatchers)) as together:
            list(together.map(Dispatcher.stop, self._dispatchers.values()))
        self._loop.stop()
        log.info("worker.stopped", worker=self.name)

    def _ticks(self) -> list[Tick]:
        inboxes = [
            Tick(
                f"inbox-{reader}",
                partial(self._read, RecentNumbers()),
                _seconds(1),
                (inbound.CHANNEL,),
            )
            for reader in range(INBOX_TICKS)
        ]
        outboxes = [
            Tick(
                f"outbox-{name}",
                partial(self._send, name),
                _seconds(0.5),
                (outbox.channel(name),),
                SENDS_GATHER,
            )
            for name in self._dispatchers
        ]
        return [
            *inboxes,
            Tick(
                "receipts", self._apply_receipts, _seconds(1), (receipts.CHANNEL,), RECEIPTS_GATHER
            ),
            *outboxes,
            Tick("reminders", self._remind, _seconds(2), (REMINDER_CHANNEL,)),
            Tick("check-ins", self._check_in, _seconds(10)),
            Tick("replanning", self._replan, _seconds(5), (CONTACTABILITY_CHANNEL,)),
            Tick("alarms", self._raise_alarms, _seconds(10), (on_call.CHANNEL,)),
            Tick("endings", self._follow_failures, _seconds(2)),
            Tick("reconcile", self._reconcile, _seconds(5)),
            Tick("set-aside", self._show_set_aside, _seconds(10)),
            Tick("redaction", self._redact, _seconds(30)),
            Tick("sealing", self._seal, _seconds(5)),
            Tick("sweeps", self._sweep, _seconds(30)),
            Tick("nightly", self._sweep_night, timedelta(minutes=10)),
            Tick("agendas", self._build_agendas, timedelta(minutes=30)),
            Tick("drug-tests", self._plan_tests, timedelta(hours=1)),
            Tick("corrections", self._find_rises, timedelta(hours=6)),
            Tick("retention", self._erase, timedelta(minutes=20)),
        ]

    def _read(self, recent: RecentNumbers) -> bool:
        now = self._clock.now()
        return (
            inbound.handle_next(self._database.begin, intake.handle, now=now, recent=recent)
            is not None
        )

    def _apply_receipts(self) -> bool:
        with self._database.begin() as session:
            return bool(receipts.apply_waiting(session, self._clock.now(), RECEIPTS_BATCH))

    def _send(self, provider: str) -> bool:
        self._dispatchers[provider].run_once()
        return False

    def _remind(self) -> bool:
        with self._database.begin() as session:
            return due.send_due(session, now=self._clock.now(), limit=REMINDERS_BATCH) > 0

    def _check_in(self) -> bool:
        with self._database.begin() as session:
            return lifecycle.advance(session, now=self._clock.now()) > 0

    def _replan(self) -> bool:
        with self._database.begin() as session:
            return replan_contactable(session, now=self._clock.now()) > 0

    def _raise_alarms(self) -> bool:
        with self._database.begin() as session:
            return on_call.advance_due(session, now=self._clock.now()) > 0

    def _follow_failures(self) -> bool:
        with self._database.begin() as session:
            return follow_up.follow_failures(session, now=self._clock.now()) > 0

    def _reconcile(self) -> bool:
        for gateway in self._gateways:
            reconcile.settle_unknown(self._database.begin, gateway, now=self._clock.now())
        return False

    def _seal(self) -> bool:
        with self._database.begin() as session:
            return (
                audit_chain.seal(session, now=self._clock.now(), limit=SEALS_BATCH) == SEALS_BATCH
            )

    def _show_set_aside(self) -> bool:
        with self._database.begin() as session:
            return unprocessed.add_missing_records(session, now=self._clock.now()) > 0

    def _sweep(self) -> bool:
        with self._database.begin() as session:
            sweeps.sweep(session, now=self._clock.now())
            takeover.end_overdue(session, now=self._clock.now())
            absences.raise_evidence_due(session, now=self._clock.now())
            idempotency.delete_old(session, now=self._clock.now())
            uploads.delete_expired(session, now=self._clock.now())
        return False

    def _sweep_night(self) -> bool:
        """Process a chunk of people. True while the night is not finished; another worker that is
        on it continues.
        """
        now = self._clock.now()
        local = now.astimezone(self._zone)
        if local.hour < NIGHT_ENDS:
            return False
        swept = nightly.advance(self._database.begin, day=local.date(), now=now)
        return swept is not None and not swept.finished

    def _build_agendas(self) -> bool:
        with self._database.begin() as session:
            agenda.build_due(session, now=self._clock.now())
        return False

    def _redact(self) -> bool:
        done = [
            redaction.redact(self._database.begin, gateway, now=self._clock.now())
            for gateway in self._gateways
        ]
        return any(one.erased for one in done)

    def _plan_tests(self) -> bool:
        schedule.plan_all(self._database.begin, now=self._clock.now())
        return False

    def _find_rises(self) -> bool:
        with self._database.begin() as session:
            rises.record_new(session, now=self._clock.now())
        return False

    def _erase(self) -> bool:
        """Erase once a night. If another worker does the same, it finds nothing left to erase."""
        now = self._clock.now()
        local = now.astimezone(self._zone)
        if local.hour in RETENTION_HOURS and self._erased_on != local.date():
            retention.erase(self._database.begin, now=now)
            erasure.forget(self._database.begin, now=now)
            self._erased_on = local.date()
        return False


def run(settings: Settings, database: Database) -> None:
    """Work until SIGTERM or SIGINT, then stop cleanly."""
    with stop_signals() as wait_for_stop:
        classifier()  # now, not on the first reply: a worker that cannot load it must not start
        worker = Worker(
            settings, database, Clock.from_settings(settings), provider_routes(settings)
        )
        worker.start()
        try:
            wait_for_stop()
        finally:
            worker.stop()


def _seconds(count: float) -> timedelta:
    return timedelta(seconds=count)
