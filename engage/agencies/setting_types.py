"""What one hub setting may be: a number, a switch, a choice or words.

Each knows its label, its default, its rule, what it accepts and how staff read its value. The
settings themselves are the rows of `hub_settings.HubRules`.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar

from engage.texts import fold, lint, writable

_ROW = "setting"
_LONGEST_NUMBER = 20


class Unit(StrEnum):
    """What a number counts."""

    CLOCK = "hour of the day"
    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    WORKING_DAYS = "working days"
    MONTHS = "months"
    YEARS = "years"
    TEXTS = "texts"
    TIMES = "times"
    FAILURES = "failures"


@dataclass(frozen=True)
class Setting(ABC):
    """One row of the table. `rule` is its number in docs/rules.md, or the heading of its section
    there if the rule has no number.
    """

    label: str
    default: Any
    rule: int | str

    @property
    @abstractmethod
    def allowed(self) -> str:
        """The values to choose from, in words."""

    @property
    def described(self) -> str:
        """The whole row in words, for help."""
        rule = self.rule if isinstance(self.rule, str) else f"rule {self.rule}"
        return f"{self.label}: {self.allowed}; default {self.in_words(self.default)} ({rule})"

    @abstractmethod
    def check(self, value: object) -> None:
        """Raise ValueError if the setting cannot have this value."""

    @abstractmethod
    def parse(self, given: str) -> Any:
        """The value that a member of staff typed. Raises ValueError."""

    @abstractmethod
    def in_words(self, value: object) -> str:
        """A value in words."""


@dataclass(frozen=True)
class Number(Setting):
    """A whole number from `low` to `high`."""

    low: int
    high: int
    unit: Unit

    @property
    def allowed(self) -> str:
        """Both bounds."""
        return f"{self.low} to {self.high}"

    def check(self, value: object) -> None:
        """True and False are not numbers here."""
        if type(value) is not int:
            raise ValueError(f"{self.label} must be a whole number")
        if not self.low <= value <= self.high:
            raise ValueError(f"{self.label} must be between {self.low} and {self.high}")

    def parse(self, given: str) -> int:
        """Digits only."""
        if not (given.isascii() and given.isdigit() and len(given) <= _LONGEST_NUMBER):
            raise ValueError(f"{self.label} must be a whole number")
        value = int(given)
        self.check(value)
        return value

    def in_words(self, value: object) -> str:
        """With its unit: 1 day, 7 days, 9:00."""
        if self.unit is Unit.CLOCK:
            return f"{value}:00"
        return f"{value} {self.unit.removesuffix('s') if value == 1 else self.unit}"


@dataclass(frozen=True)
class Switch(Setting):
    """On or off."""

    allowed: ClassVar[str] = "yes or no"
    _TYPED: ClassVar[Mapping[str, bool]] = {"yes": True, "no": False, "true": True, "false": False}

    def check(self, value: object) -> None:
        """Only True and False."""
        if type(value) is not bool:
            raise ValueError(f"{self.label} must be yes or no")

    def parse(self, given: str) -> bool:
        """Yes, no, true or false, in any case."""
        if given.casefold() not in self._TYPED:
            raise ValueError(f"{self.label} must be yes or no")
        return self._TYPED[given.casefold()]

    def in_words(self, value: object) -> str:
        """Yes or no."""
        return "Yes" if value else "No"


@dataclass(frozen=True)
class Choice(Setting):
    """One of several codes, each with its name."""

    names: Mapping[str, str]

    @property
    def allowed(self) -> str:
        """The codes."""
        return " or ".join(self.names)

    def check(self, value: object) -> None:
        """Only a known code."""
        if not isinstance(value, str) or value not in self.names:
            raise ValueError(f"{self.label} must be {self.allowed}")

    def parse(self, given: str) -> str:
        """A code, in any case."""
        value = given.casefold()
        self.check(value)
        return value

    def in_words(self, value: object) -> str:
        """The name of a code. A code that is no longer offered is shown as it is."""
        return self.names.get(str(value), str(value))


@dataclass(frozen=True)
class Words(Setting):
    """Words that texts quote, at most `longest` characters. A stranger may read them. Empty: none
    are quoted.
    """

    longest: int

    @property
    def allowed(self) -> str:
        """The length."""
        return f"at most {self.longest} characters, or nothing"

    def check(self, value: object) -> None:
        """Only words that fit, that a phone can show, and that tell a stranger nothing."""
        if not isinstance(value, str) or len(value) > self.longest or value != value.strip():
            raise ValueError(f"{self.label} must be {self.allowed}")
        if not writable(value) or fold(value) != value:
            raise ValueError(f"{self.label} must use plain letters, digits and punctuation")
        if problems := lint(value):
            raise ValueError(f"{self.label} must not tell a stranger anything: {problems[0].word}")

    def parse(self, given: str) -> str:
        """The words without spaces around them."""
        value = " ".join(given.split())
        self.check(value)
        return value

    def in_words(self, value: object) -> str:
        """The words, or that there are none."""
        return str(value) or "None"


def number(label: str, default: int, low: int, high: int, unit: Unit, *, rule: int | str) -> int:
    """A dataclass field whose row is a Number."""
    row = Number(label, default, rule, low=low, high=high, unit=unit)
    return field(default=default, metadata={_ROW: row})


def switch(label: str, default: bool, *, rule: int | str) -> bool:
    """A dataclass field whose row is a Switch."""
    return field(default=default, metadata={_ROW: Switch(label, default, rule)})


def choice(label: str, default: str, names: Mapping[str, str], *, rule: int | str) -> str:
    """A dataclass field whose row is a Choice."""
    return field(default=default, metadata={_ROW: Choice(label, default, rule, names=names)})


def words(label: str, longest: int, *, rule: int | str) -> str:
    """A dataclass field whose row is Words. Nothing is chosen at first."""
    return field(default="", metadata={_ROW: Words(label, "", rule, longest=longest)})


def row_of(metadata: Mapping[Any, Any]) -> Setting:
    """The row that a dataclass field carries."""
    row = metadata[_ROW]
    assert isinstance(row, Setting)  # noqa: S101 (number, switch and choice put nothing else there)
    return row
