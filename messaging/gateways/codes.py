"""What a provider's error codes mean: the shape of the table that each provider fills in.

The words are for staff who know nothing about phone networks. They must never blame the person,
because nothing the network does counts against them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["HTTP_ABOUT_ACCOUNT", "HTTP_BUSY", "ErrorCode", "ErrorCodes"]

HTTP_BUSY = 429
HTTP_ABOUT_ACCOUNT = frozenset({401, 403, 404, 407})
"""Statuses that refuse our account, or come from a proxy, and say nothing about the text."""


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """What one code means. `dead`: this number will never take a text."""

    words: str
    dead: bool = False


@dataclass(frozen=True, slots=True)
class ErrorCodes:
    """The error codes of one provider.

    `about_account`: refusals because of our account, our queue or a proxy. The same text may be
    accepted once that is corrected. `busy`: the provider asks for fewer texts a second.
    `opted_out`: the person asked the provider for no more texts.
    """

    known: Mapping[int, ErrorCode] = field(default_factory=dict)
    about_account: frozenset[int] = HTTP_ABOUT_ACCOUNT
    busy: frozenset[int] = frozenset({HTTP_BUSY})
    opted_out: frozenset[int] = frozenset()

    def words(self, code: int | None) -> str:
        """What a code means, for staff."""
        if code is None:
            return "The text service gave no reason"
        known = self.known.get(code)
        return known.words if known else f"The text service refused or dropped it (code {code})"

    def number_dead(self, code: int | None) -> bool:
        """Whether this code says that the number itself will never take a text."""
        return code is not None and code in self.known and self.known[code].dead
