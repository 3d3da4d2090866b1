"""Everything that the simulated provider remembers, behind one lock: texts, opt-outs and requests.

It only stores: it decides nothing and posts nothing.
"""

import secrets
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from threading import RLock

from messaging.gateways.simulator.texts import IN_PROGRESS, Direction, Status, Text, iso


@dataclass(frozen=True, slots=True)
class Request:
    """One request to send and its answer, for tests that count attempts."""

    at: datetime
    to: str
    body: str
    answer: str
    code: int | None
    sid: str | None

    def as_json(self) -> dict[str, object]:
        """For the control interface."""
        return {
            "at": iso(self.at),
            "to": self.to,
            "body": self.body,
            "answer": self.answer,
            "code": self.code,
            "sid": self.sid,
        }


class Ledger:
    """The memory. Take `lock()` around anything that reads or changes a Text."""

    def __init__(self, keep: int | None = None) -> None:
        self._lock = RLock()
        self._keep = keep
        self.reset()

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep everything unchanged for the block."""
        with self._lock:
            yield

    def reset(self) -> None:
        """Forget everything."""
        with self._lock:
            self._texts: dict[str, Text] = {}
            self._by_phone: dict[str, list[Text]] = {}
            self._outbound: deque[Text] = deque()
            self._opted_out: set[tuple[str, str]] = set()
            self._requests: deque[Request] = deque(maxlen=self._keep)
            self._answers: Counter[str] = Counter()
            self._next_number = 1

    def next_number(self) -> int:
        """The number of the next text, in order of acceptance."""
        with self._lock:
            number = self._next_number
            self._next_number += 1
            return number

    def add(self, text: Text) -> None:
        """Add a text to the thread of its phone."""
        with self._lock:
            self._texts[text.sid] = text
            self._by_phone.setdefault(phone_of(text), []).append(text)
            if text.direction is Direction.OUTBOUND:
                self._outbound.append(text)
                self._forget_old()

    def _forget_old(self) -> None:
        while self._keep is not None and len(self._outbound) > self._keep:
            if self._outbound[0].status in IN_PROGRESS:
                return
            oldest = self._outbound.popleft()
            del self._texts[oldest.sid]
            thread = self._by_phone[phone_of(oldest)]
            thread.remove(oldest)
            if not thread:
                del self._by_phone[phone_of(oldest)]

    def find(self, sid: str) -> Text | None:
        """A text by its sid."""
        with self._lock:
            return self._texts.get(sid)

    def outbound(self, *, after: int = 0, limit: int | None = None) -> list[Text]:
        """Accepted texts from the interface after a number, oldest first; at most `limit`."""
        with self._lock:
            return list(islice((text for text in self._outbound if text.number > after), limit))

    def outbound_count(self) -> int:
        """How many texts from the interface are remembered."""
        return len(self._outbound)

    def everything(self) -> list[Text]:
        """Every text, both ways, oldest first."""
        with self._lock:
            return list(self._texts.values())

    def thread(self, phone: str) -> list[Text]:
        """The texts of one phone, oldest first."""
        with self._lock:
            return list(self._by_phone.get(phone, ()))

    def threads(self) -> list[tuple[str, Sequence[Text]]]:
        """Every phone with its texts; the phone with the newest text first."""
        with self._lock:
            threads = [(phone, list(texts)) for phone, texts in self._by_phone.items()]
        return sorted(threads, key=lambda thread: thread[1][-1].number, reverse=True)

    def move(self, text: Text, status: Status, at: datetime, error_code: int | None = None) -> None:
        """Give a text a new status and record when."""
        with self._lock:
            text.status = status
            text.updated = at
            text.error_code = error_code
            text.history.append((status, at))

    def opt_out(self, pool: str, phone: str) -> None:
        """The phone wants no more texts from this number or service."""
        with self._lock:
            self._opted_out.add((pool, phone))

    def opt_in(self, pool: str, phone: str) -> None:
        """The phone wants texts again."""
        with self._lock:
            self._opted_out.discard((pool, phone))

    def is_opted_out(self, pool: str, phone: str) -> bool:
        """Whether the provider blocks texts to this phone."""
        return (pool, phone) in self._opted_out

    def opted_out(self) -> list[tuple[str, str]]:
        """All blocks: (number or service, phone)."""
        with self._lock:
            return sorted(self._opted_out)

    def note_request(self, request: Request) -> None:
        """Record a request to send."""
        with self._lock:
            self._requests.append(request)
            self._answers[request.answer] += 1

    def requests(self) -> list[Request]:
        """Every request to send, oldest first."""
        with self._lock:
            return list(self._requests)

    def answers(self) -> dict[str, int]:
        """How often each kind of answer was given to a request to send."""
        with self._lock:
            return dict(self._answers)

    def statuses(self) -> dict[str, int]:
        """How many accepted texts are in each status."""
        with self._lock:
            return dict(Counter(text.status.value for text in self._outbound))


def phone_of(text: Text) -> str:
    """The number of a text that is not the account's."""
    if text.direction is Direction.INBOUND and text.sender is not None:
        return text.sender
    return text.to


def new_sid(prefix: str = "SM") -> str:
    """A new identifier in Twilio's format."""
    return prefix + secrets.token_hex(16)
