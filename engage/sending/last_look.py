"""The last look: the guard that messaging asks in the transaction in which it claims texts.

What has changed since a text was queued still stops it: the first look of its row in `REGISTRY`
that applies decides. Reads only. Messaging itself checks for stopped numbers, and its verdict
counts first.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from engage.sending.looks import PurposeRow
from engage.sending.registry import REGISTRY
from messaging.sending.dispatch import Claimed, Defer, Verdict

log = structlog.get_logger(__name__)

UNKNOWN_PURPOSE = "This version has no last look for this kind of text"
UNKNOWN_WAIT = timedelta(minutes=1)
"""A text of an unknown purpose waits for a worker that knows it: one of a newer version."""

_ROWS: Mapping[str, PurposeRow[Any]] = {row.purpose: row for row in REGISTRY}


def last_look(
    session: Session, claimed: Sequence[Claimed], now: datetime
) -> Mapping[UUID, Verdict]:
    """Verdicts on the texts that must not go now. Those that it does not name may go."""
    verdicts: dict[UUID, Verdict] = {}
    by_facts: dict[Any, list[tuple[PurposeRow[Any], Claimed]]] = defaultdict(list)
    for one in claimed:
        row = _ROWS.get(one.context.get("purpose", ""))
        if row is None:
            log.error("last_look.unknown_purpose", message=str(one.id))
            verdicts[one.id] = Defer(now + UNKNOWN_WAIT, UNKNOWN_PURPOSE)
        else:
            by_facts[row.facts].append((row, one))
    for read_facts, rows in by_facts.items():
        facts = read_facts(session, [one for _, one in rows], now)
        for row, one in rows:
            if verdict := row.judge(facts[one.id]):
                verdicts[one.id] = verdict
    return verdicts
