"""The phone network: moves an accepted text along and posts its callbacks.

One timer thread starts what is due; a few courier threads post. The callbacks of one text are
posted in order unless a script says otherwise. Nothing here answers a request.
"""

import heapq
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from queue import SimpleQueue
from random import Random
from zlib import crc32

from messaging.gateways.simulator.ledger import Ledger
from messaging.gateways.simulator.postman import Postman
from messaging.gateways.simulator.script import Fate, Order
from messaging.gateways.simulator.settings import Between, SimulatorSettings
from messaging.gateways.simulator.texts import API_VERSION, NOTIFY, Status, Text, iso

Params = dict[str, str]
_LAST = frozenset({Status.DELIVERED, Status.UNDELIVERED, Status.FAILED})
_QUEUE = frozenset({Status.QUEUED, Status.SENDING})


@dataclass(frozen=True, slots=True)
class _Step:
    """A status that a text will reach, so many seconds after the one before."""

    status: Status
    delay: float
    error_code: int | None = None


@dataclass(slots=True)
class _Journey:
    """One text being carried. Changed under the network's lock."""

    text: Text
    fate: Fate
    dice: Random
    run: int
    steps: deque["_Step"]
    held: list[Params] = field(default_factory=list)
    waiting: deque[Params] = field(default_factory=deque)
    posting: bool = False
    unfinished: int = 1
    finished: threading.Event | None = None


class Network:
    """Carries texts. `stop` ends its threads; a stopped network carries nothing."""

    def __init__(self, settings: SimulatorSettings, ledger: Ledger, postman: Postman) -> None:
        self._settings = settings
        self._ledger = ledger
        self._postman = postman
        self._lock = threading.Lock()
        self._due = threading.Condition(self._lock)
        self._idle = threading.Condition(self._lock)
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self._run = 0
        self._open = 0
        self._posts: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._stopped = False
        self._threads: list[threading.Thread] = []

    def carry(
        self, text: Text, fate: Fate, dice: Random, finished: threading.Event | None = None
    ) -> None:
        """Start to carry a text. The event, if given, is set when its last callback has been
        posted.
        """
        journey = _Journey(
            text, fate, dice, self._run, self._plan(text, fate, dice), finished=finished
        )
        with self._lock:
            self._start_threads()
            self._open += 1
        self._walk(journey)

    def post_soon(self, work: Callable[[], object]) -> None:
        """Let a courier do some work, counted as under way until it is done."""
        with self._lock:
            self._start_threads()
            self._open += 1
            run = self._run

        def job() -> None:
            try:
                work()
            finally:
                self._close(run)

        self._posts.put(job)

    def wait_until_idle(self, timeout: float) -> bool:
        """Wait until no text is moving and no post is under way; False if that takes longer than
        `timeout` seconds.
        """
        with self._lock:
            return self._idle.wait_for(lambda: self._open == 0, timeout)

    def forget(self) -> None:
        """Drop every text that is being carried; nothing more is posted about them."""
        with self._lock:
            self._run += 1
            self._open = 0
            self._timers.clear()
            self._idle.notify_all()

    def stop(self) -> None:
        """End the threads; posts already started are left to finish."""
        with self._lock:
            self._stopped = True
            self._due.notify_all()
            threads = len(self._threads)
        for _ in range(threads):
            self._posts.put(None)

    # Carrying a text

    def _walk(self, journey: _Journey) -> None:
        """Take every step that needs no waiting, then set a timer for the next."""
        while journey.steps:
            delay = journey.steps[0].delay
            if delay > 0:
                self._after(delay, lambda: self._step_on(journey))
                return
            self._step(journey)
        self._end_walk(journey)

    def _step_on(self, journey: _Journey) -> None:
        if journey.run == self._run:
            self._step(journey)
            self._walk(journey)

    def _step(self, journey: _Journey) -> None:
        step = journey.steps.popleft()
        text, status = journey.text, step.status
        now = self._settings.now()
        with self._ledger.lock():
            if text.status is Status.CANCELED:
                journey.steps.clear()
                return
            if text.sender is None:
                text.sender = _sender_for(text.to, self._settings.numbers)
            if status is Status.SENT:
                text.sent = now
                text.redacted = text.redacted or text.discard
            self._ledger.move(text, status, now, step.error_code)
            params = (
                _notification(text)
                if text.provider == NOTIFY
                else self._callback(text, status, now)
            )
        told = status in _LAST or text.provider != NOTIFY
        if text.callback_url is not None and told and status.value not in journey.fate.withhold:
            self._offer(journey, params)

    def _plan(self, text: Text, fate: Fate, dice: Random) -> deque[_Step]:
        """The steps ahead of a text, up to its scripted end or the end of its validity."""
        steps: deque[_Step] = deque()
        queued = 0.0
        for status in _road(text.status, fate.ends):
            delay = self._delay(fate, status, dice)
            if status in _QUEUE:
                if queued + delay > text.validity:
                    steps.append(_Step(Status.FAILED, text.validity - queued, 30036))
                    return steps
                queued += delay
            steps.append(_Step(status, delay, _error_code(status, fate)))
        return steps

    def _delay(self, fate: Fate, status: Status, dice: Random) -> float:
        name = "ended" if status in _LAST else status.value
        scripted: Between | None = getattr(fate, name)
        usual: Between = getattr(self._settings.delays, name)
        return (scripted or usual).draw(dice)

    def _callback(self, text: Text, status: Status, now: datetime) -> Params:
        params = {
            "AccountSid": self._settings.account_sid,
            "ApiVersion": API_VERSION,
            "From": text.sender or "",
            "MessageSid": text.sid,
            "MessageStatus": status.value,
            "SmsSid": text.sid,
            "SmsStatus": status.value,
            "To": text.to,
        }
        if text.service_sid is not None:
            params["MessagingServiceSid"] = text.service_sid
        if text.error_code is not None:
            params["ErrorCode"] = str(text.error_code)
        if status in {Status.DELIVERED, Status.UNDELIVERED}:
            params["RawDlrDoneDate"] = now.strftime("%y%m%d%H%M")
        return params

    def _end_walk(self, journey: _Journey) -> None:
        held, journey.held = journey.held, []
        match journey.fate.order:
            case Order.REVERSED:
                held.reverse()
            case Order.SHUFFLED:
                journey.dice.shuffle(held)
            case Order.TOGETHER:
                for params in held:
                    self._later(journey, params, together=True)
                held = []
            case Order.IN_ORDER:
                pass
        for params in held:
            self._later(journey, params)
        self._done(journey)

    # Callbacks

    def _offer(self, journey: _Journey, params: Params) -> None:
        for _ in range(1 + journey.fate.repeat):
            if journey.fate.order is Order.IN_ORDER:
                self._later(journey, params)
            else:
                journey.held.append(params)

    def _later(self, journey: _Journey, params: Params, *, together: bool = False) -> None:
        with self._lock:
            journey.unfinished += 1
        delay = journey.fate.late.draw(journey.dice)

        def send() -> None:
            if together:
                self._posts.put(lambda: self._post(journey, params))
            else:
                self._queue(journey, params)

        if delay > 0:
            self._after(delay, send)
        else:
            send()

    def _queue(self, journey: _Journey, params: Params) -> None:
        with self._lock:
            journey.waiting.append(params)
            if journey.posting:
                return
            journey.posting = True
        self._posts.put(lambda: self._post_waiting(journey))

    def _post_waiting(self, journey: _Journey) -> None:
        while True:
            with self._lock:
                if not journey.waiting:
                    journey.posting = False
                    return
                params = journey.waiting.popleft()
            self._post(journey, params)

    def _post(self, journey: _Journey, params: Params) -> None:
        try:
            if journey.run == self._run and journey.text.callback_url is not None:
                notify = journey.text.provider == NOTIFY
                post = self._postman.post(
                    params["status" if notify else "MessageStatus"],
                    journey.text.callback_url,
                    params,
                    bearer=self._settings.notify.token if notify else None,
                )
                with self._ledger.lock():
                    journey.text.posts.append(post)
        finally:
            self._done(journey)

    def _done(self, journey: _Journey) -> None:
        with self._lock:
            journey.unfinished -= 1
            if journey.unfinished:
                return
        if journey.finished is not None:
            journey.finished.set()
        self._close(journey.run)

    def _close(self, run: int) -> None:
        with self._lock:
            if run != self._run:
                return
            self._open -= 1
            if self._open == 0:
                self._idle.notify_all()

    # Threads

    def _start_threads(self) -> None:
        if self._threads or self._stopped:
            return
        self._threads = [
            threading.Thread(target=self._keep_time, name="simulator-timer", daemon=True)
        ] + [
            threading.Thread(target=self._courier, name=f"simulator-courier-{number}", daemon=True)
            for number in range(self._settings.couriers)
        ]
        for thread in self._threads:
            thread.start()

    def _after(self, delay: float, action: Callable[[], None]) -> None:
        with self._lock:
            entry = (time.monotonic() + delay, next(self._order), action)
            heapq.heappush(self._timers, entry)
            if self._timers[0] is entry:
                self._due.notify()

    def _keep_time(self) -> None:
        while True:
            with self._lock:
                while not self._stopped and (
                    not self._timers or (wait := self._timers[0][0] - time.monotonic()) > 0
                ):
                    self._due.wait(wait if self._timers else None)
                if self._stopped:
                    return
                _, _, action = heapq.heappop(self._timers)
            action()

    def _courier(self) -> None:
        while (job := self._posts.get()) is not None:
            job()


def _notification(text: Text) -> Params:
    """What Notify posts about a text: only its final status."""
    return {
        "id": text.sid,
        "reference": text.reference or "",
        "to": text.to,
        "status": text.notify_status,
        "created_at": iso(text.created),
        "completed_at": iso(text.updated),
        "sent_at": iso(text.sent or text.updated),
        "notification_type": "sms",
    }


def _road(start: Status, end: Status) -> list[Status]:
    """The statuses after `start` on the way to `end`."""
    way = [Status.QUEUED, Status.SENDING, Status.SENT]
    if end in way:
        way = way[: way.index(end) + 1]
    elif end is Status.FAILED:
        way = [Status.QUEUED, Status.SENDING, end]
    else:
        way = [*way, end]
    return way if start is Status.ACCEPTED else way[1:]


def _error_code(status: Status, fate: Fate) -> int | None:
    if status is Status.UNDELIVERED:
        return fate.error_code or 30003
    if status is Status.FAILED:
        return fate.error_code or 30008
    return None


def _sender_for(phone: str, numbers: tuple[str, ...]) -> str:
    """The number of the pool that always texts this phone."""
    return numbers[crc32(phone.encode()) % len(numbers)]
