"""Splits a text into clauses that may each say something: "yes il be there, got my flat" is a yes
and news. Pure.
"""

import re

_BREAKS = re.compile(
    r"[.!?;,\n]+|\s(?:but|and|n|also|btw|tho|though|cos|coz|because|ond|hefyd|achos)\s",
    re.IGNORECASE,
)
MAX_CLAUSES = 12


def clauses(text: str) -> list[str]:
    """The parts of `text` between stops and joining words; empty if there is only one."""
    parts = [part for part in (piece.strip() for piece in _BREAKS.split(text)) if part]
    return parts[:MAX_CLAUSES] if len(parts) > 1 else []
