"""Reads the JSON of a script into rules, and says in plain words what is wrong with it."""

from collections.abc import Callable, Mapping
from typing import Any

from messaging.gateways.simulator.script import (
    ALL_STATUSES,
    ENDS,
    Answer,
    Operation,
    Order,
    Rule,
    ScriptError,
)
from messaging.gateways.simulator.settings import Between
from messaging.gateways.simulator.texts import Status

_LONGEST = 3600.0


def read_rule(given: object, *, phone: str | None = None) -> Rule:
    """One rule from its JSON. Raises ScriptError for an unknown field or a value out of range."""
    if not isinstance(given, Mapping):
        raise ScriptError("a rule is a JSON object")
    unknown = sorted(set(given) - set(_EFFECTS) - set(_CONDITIONS))
    if unknown:
        raise ScriptError(f"unknown field: {', '.join(map(str, unknown))}")
    conditions = {
        name: read(name, given[name]) for name, read in _CONDITIONS.items() if name in given
    }
    effects = {name: read(name, given[name]) for name, read in _EFFECTS.items() if name in given}
    if not effects:
        raise ScriptError(
            "the rule does nothing: give latency, answer, ends, a delay or a callback field"
        )
    _agree(effects)
    return Rule(effects=effects, source=dict(given), phone=phone, **conditions)


def _agree(effects: Mapping[str, Any]) -> None:
    answer = effects.get("answer")
    if answer is Answer.REFUSE and "code" not in effects:
        raise ScriptError("answer refuse needs a code")
    if "code" in effects and answer is not Answer.REFUSE:
        raise ScriptError("code goes with answer refuse")
    if "hold" in effects and answer not in {Answer.HANG_BEFORE, Answer.HANG_AFTER}:
        raise ScriptError("hold goes with answer hang_before or hang_after")
    if "retry_after" in effects and answer is not Answer.TOO_MANY:
        raise ScriptError("retry_after goes with answer too_many")
    if "error_code" in effects and effects.get("ends") not in {Status.UNDELIVERED, Status.FAILED}:
        raise ScriptError("error_code goes with ends undelivered or failed")


def _text(name: str, value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ScriptError(f"{name} must be a text")
    return value


def _number(name: str, value: object, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ScriptError(f"{name} must be a number from {low:g} to {high:g}")
    return float(value)


def _whole(low: int, high: int) -> Callable[[str, object], int]:
    def read(name: str, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ScriptError(f"{name} must be a whole number from {low} to {high}")
        return value

    return read


def _seconds(name: str, value: object) -> float:
    return _number(name, value, 0, _LONGEST)


def _range(name: str, value: object) -> Between:
    if not isinstance(value, list):
        length = _seconds(name, value)
        return Between(length, length)
    if len(value) != 2:
        raise ScriptError(f"{name} must be seconds, or [shortest, longest]")
    low, high = _seconds(name, value[0]), _seconds(name, value[1])
    if low > high:
        raise ScriptError(f"{name} must have its shorter end first")
    return Between(low, high)


def _yes_no(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise ScriptError(f"{name} must be true or false")
    return value


def _one_of(name: str, value: object, known: frozenset[str]) -> str:
    if not isinstance(value, str) or value not in known:
        raise ScriptError(f"{name} must be one of {', '.join(sorted(known))}")
    return value


def _withheld(name: str, value: object) -> frozenset[str]:
    if isinstance(value, list):
        return frozenset(_one_of(name, status, ALL_STATUSES) for status in value)
    return ALL_STATUSES if _yes_no(name, value) else frozenset()


_CONDITIONS: Mapping[str, Callable[[str, object], Any]] = {
    "on": lambda name, value: Operation(_one_of(name, value, frozenset(Operation))),
    "to": _text,
    "contains": _text,
    "probability": lambda name, value: _number(name, value, 0, 1),
    "times": _whole(1, 1_000_000),
}

_EFFECTS: Mapping[str, Callable[[str, object], Any]] = {
    "latency": _range,
    "answer": lambda name, value: Answer(_one_of(name, value, frozenset(Answer))),
    "code": _whole(10_000, 99_999),
    "hold": _seconds,
    "retry_after": _whole(0, 3600),
    "ends": lambda name, value: Status(_one_of(name, value, frozenset(ENDS))),
    "error_code": _whole(10_000, 99_999),
    "queued": _range,
    "sending": _range,
    "sent": _range,
    "ended": _range,
    "early": _yes_no,
    "late": _range,
    "repeat": _whole(0, 100),
    "order": lambda name, value: Order(_one_of(name, value, frozenset(Order))),
    "withhold": _withheld,
}
