"""Which faults occur, and when: rules that are applied to each request. Chance only, no input or
output.

Every rule that matches a request applies; where two give the same field, the earlier rule wins.
Chance is drawn from the seed together with the request itself (its number, its words, which
attempt), so a run can be repeated exactly even if its texts arrive in another order.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from random import Random
from threading import Lock
from typing import Any

from messaging.gateways.simulator.settings import AT_ONCE, Between
from messaging.gateways.simulator.texts import Status


class Operation(StrEnum):
    """What the caller asked for."""

    CREATE = "create"
    FETCH = "fetch"
    LIST = "list"
    REDACT = "redact"


class Answer(StrEnum):
    """How a request is answered. `_after` answers are given after the text was accepted."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    TOO_MANY = "too_many"
    ERROR_BEFORE = "error_before"
    ERROR_AFTER = "error_after"
    DROP_BEFORE = "drop_before"
    DROP_AFTER = "drop_after"
    HANG_BEFORE = "hang_before"
    HANG_AFTER = "hang_after"
    UNREADABLE = "unreadable"
    EMPTY = "empty"


class Order(StrEnum):
    """The order in which the callbacks of one text are posted."""

    IN_ORDER = "in_order"
    REVERSED = "reversed"
    SHUFFLED = "shuffled"
    TOGETHER = "together"


ENDS = frozenset(
    {
        Status.QUEUED,
        Status.SENDING,
        Status.SENT,
        Status.DELIVERED,
        Status.UNDELIVERED,
        Status.FAILED,
    }
)
ALL_STATUSES = frozenset(status.value for status in Status)


class ScriptError(ValueError):
    """A rule that cannot be read. The message says which part, for the author."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What will happen to one request. By default nothing goes wrong."""

    latency: Between = AT_ONCE
    answer: Answer = Answer.ACCEPT
    code: int | None = None
    hold: float | None = None
    retry_after: int | None = None
    ends: Status = Status.DELIVERED
    error_code: int | None = None
    queued: Between | None = None
    sending: Between | None = None
    sent: Between | None = None
    ended: Between | None = None
    early: bool = False
    late: Between = AT_ONCE
    repeat: int = 0
    order: Order = Order.IN_ORDER
    withhold: frozenset[str] = frozenset()


FINE = Fate()

# These fields come from the same rule: a code belongs to the answer that it was written with.
_TIED = {"code": "answer", "hold": "answer", "retry_after": "answer", "error_code": "ends"}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a script: which requests, how often, and its effects."""

    effects: Mapping[str, Any]
    source: Mapping[str, Any]
    on: Operation = Operation.CREATE
    to: str | None = None
    contains: str | None = None
    probability: float = 1.0
    times: int | None = None
    phone: str | None = field(default=None, compare=False)

    def matches(self, operation: Operation, to: str, body: str) -> bool:
        """Whether the rule applies to this request."""
        return (
            self.on is operation
            and (self.to is None or self.to == to)
            and (self.contains is None or self.contains in body)
        )


class Script:
    """The rules in force, safe for many threads."""

    def __init__(self, seed: int) -> None:
        self._lock = Lock()
        self._seed = seed
        self._fine_dice = Random(seed)
        self._rules: list[Rule] = []
        self._attempts: Counter[tuple[str, str, str]] = Counter()

    def add(self, rules: Sequence[Rule]) -> None:
        """Add rules after those in force."""
        with self._lock:
            self._rules = [*self._rules, *rules]

    def put_phone(self, phone: str, rule: Rule | None) -> None:
        """Set how one phone behaves, before all other rules. None: as usual."""
        with self._lock:
            others = [other for other in self._rules if other.phone != phone]
            self._rules = [*([rule] if rule is not None else []), *others]

    def phone_rule(self, phone: str) -> Rule | None:
        """The rule set by `put_phone`, if any."""
        return next((rule for rule in self._rules if rule.phone == phone), None)

    def clear(self, seed: int | None = None) -> None:
        """Remove all rules; with a seed, use that seed from now on."""
        with self._lock:
            self._rules = []
            self._attempts.clear()
            if seed is not None:
                self._seed = seed

    def as_json(self) -> dict[str, object]:
        """The seed and the rules still in force, with the remaining times of each."""
        with self._lock:
            rules = [
                {**rule.source, "times": rule.times}
                if rule.times is not None
                else dict(rule.source)
                for rule in self._rules
            ]
            return {"seed": self._seed, "rules": rules}

    def fate(self, operation: Operation, to: str = "", body: str = "") -> tuple[Fate, Random]:
        """What will happen to a request, and the random numbers for the rest of its course."""
        if not self._rules:
            return FINE, self._fine_dice
        with self._lock:
            return self._draw(operation, to, body)

    def _draw(self, operation: Operation, to: str, body: str) -> tuple[Fate, Random]:
        key = (operation.value, to, body)
        self._attempts[key] += 1
        dice = Random(f"{self._seed}|{operation}|{to}|{body}|{self._attempts[key]}")
        effects: dict[str, Any] = {}
        left: list[Rule] = []
        for rule in self._rules:
            applies = rule.matches(operation, to, body) and (
                rule.probability >= 1 or dice.random() < rule.probability
            )
            if applies and self._merge(effects, rule.effects) and rule.times is not None:
                if rule.times > 1:
                    left.append(replace(rule, times=rule.times - 1))
                continue
            left.append(rule)
        self._rules = left
        return Fate(**effects), dice

    @staticmethod
    def _merge(effects: dict[str, Any], more: Mapping[str, Any]) -> bool:
        """Add the fields that are not set yet; True if any was added."""
        news = {
            name: value
            for name, value in more.items()
            if name not in effects and (_TIED.get(name, name) not in effects)
        }
        effects.update(news)
        return bool(news)
