"""Read single values from environment variables; every refusal names the variable.

The environment itself is handed in. Nothing here may read it from the process.
"""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from urllib.parse import urlsplit

__all__ = ["EnvironmentReader", "SettingsError"]


class SettingsError(Exception):
    """A setting is missing or wrong; the message names the variable and says what it must be."""


class EnvironmentReader:
    """Parses single variables. A variable that is set to nothing counts as not set."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = {name: value for name, value in values.items() if value != ""}

    def raw(self, name: str, default: str | None = None) -> str | None:
        """The value as it stands."""
        return self._values.get(name, default)

    def required(self, name: str, default: str | None, what: str) -> str:
        """The value; `what` says in the refusal what the variable is for."""
        value = self.raw(name, default)
        if value is None:
            raise SettingsError(f"{name} is not set: {what}.")
        return value

    def number(self, name: str, default: int, low: int, high: int) -> int:
        """A whole number from `low` to `high`."""
        raw = self.raw(name)
        if raw is None:
            return default
        if not raw.isascii() or not raw.isdigit() or not low <= int(raw) <= high:
            raise SettingsError(f"{name} must be a whole number from {low} to {high}, not {raw!r}.")
        return int(raw)

    def url(
        self,
        name: str,
        default: str | None,
        *,
        what: str = "an http or https address",
        secure: bool = False,
    ) -> str:
        """An address without a query and without a slash at its end; with `secure`, https only."""
        raw = self.required(name, default, what)
        parts = urlsplit(raw)
        if (
            parts.scheme not in ("http", "https")
            or not parts.hostname
            or parts.query
            or parts.fragment
        ):
            raise SettingsError(f"{name} must be an http or https address, not {raw!r}.")
        if secure and parts.scheme != "https":
            raise SettingsError(f"{name} must be an https address in production, not {raw!r}.")
        return raw.rstrip("/")

    def numbers(self, name: str) -> tuple[str, ...]:
        """Phone numbers in their international form, separated by commas."""
        given = tuple(part.strip() for part in (self.raw(name) or "").split(",") if part.strip())
        for number in given:
            if not re.fullmatch(r"\+[1-9][0-9]{6,14}", number):
                raise SettingsError(
                    f"{name} must be a number such as +447700900999, or several, "
                    "separated by commas."
                )
        if len(set(given)) < len(given):
            raise SettingsError(f"{name} names a number twice.")
        return given

    def rates(self, name: str, senders: Sequence[str | None]) -> Mapping[str, float]:
        """Segments a second of single senders: +447700900999=10,+447700900998=5."""
        found: dict[str, float] = {}
        for part in (self.raw(name) or "").split(","):
            sender, _, rate = (piece.strip() for piece in part.partition("="))
            if not part.strip():
                continue
            if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,2})?", rate) or float(rate) <= 0:
                raise SettingsError(f"{name} must be like +447700900999=10, separated by commas.")
            if sender not in senders:
                raise SettingsError(f"{name} names {sender}, which is not one of the senders.")
            found[sender] = float(rate)
        return MappingProxyType(found)
