"""Ask the provider to erase its copy of a text's words once the text has ended, if the caller who
queued or read it chose that.

The provider is asked outside any transaction, as for a send. Unlike a send, asking twice does no
harm, so an unanswered request is repeated, later each time. This module must never touch our own
copy: how long that is kept is decided elsewhere.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import text
from sqlalchemy.orm import Session

from messaging.gateways.base import Gateway, GatewayUnavailable, NotOffered

__all__ = ["Redacted", "redact"]

_log = structlog.get_logger(__name__)
_HOLD = timedelta(minutes=2)
_LONGEST_WAIT = timedelta(hours=6)
_NO_RECEIPT = timedelta(days=3)
"""A text with no further receipt for this long counts as ended: providers try for about a day."""

Begin = Callable[[], AbstractContextManager[Session]]

# Texts out and texts in are treated alike. Only the meaning of "ended" and the column of the
# provider's id differ.
_TAKE = """
WITH due AS MATERIALIZED (
    SELECT id FROM {table}
    WHERE redact AND redacted_at IS NULL AND provider = :provider AND {over}
      AND (redact_at IS NULL OR redact_at <= clock_timestamp())
    ORDER BY redact_at NULLS FIRST, id LIMIT :limit FOR UPDATE SKIP LOCKED
)
UPDATE {table} SET redact_tries = LEAST(redact_tries + 1, 1000),
    redact_at = clock_timestamp()
        + GREATEST(:hold, LEAST(interval '1 minute' * 2 ^ LEAST(redact_tries, 12), :longest))
FROM due WHERE {table}.id = due.id RETURNING {table}.id, {sid} AS sid
"""
_OUT = {
    "table": "message",
    "sid": "message.provider_sid",
    "over": "provider_sid IS NOT NULL AND (status IN ('delivered', 'undelivered', 'failed')"
    " OR (status IN ('accepted', 'sent') AND accepted_at < :long_ago))",
}
_IN = {
    "table": "inbound",
    "sid": "inbound.message_sid",
    "over": "status IN ('handled', 'dismissed')",
}
_TABLES = {
    found["table"]: (
        text(_TAKE.format_map(found)),
        text(  # the names are our own
            f"UPDATE {found['table']} SET redacted_at = :now, redact_at = NULL WHERE id = ANY(:ids)"  # noqa: S608
        ),
        text(f"UPDATE {found['table']} SET redact = false, redact_at = NULL WHERE id = ANY(:ids)"),  # noqa: S608
    )
    for found in (_OUT, _IN)
}


@dataclass(frozen=True, slots=True)
class Redacted:
    """What one run did, in texts. `postponed` texts could not be erased now and are asked about
    again; for `not_offered` texts the provider never erases.
    """

    asked: int = 0
    erased: int = 0
    postponed: int = 0
    not_offered: int = 0


def redact(begin: Begin, gateway: Gateway, *, now: datetime, limit: int = 50) -> Redacted:
    """Ask the provider to erase up to `limit` texts out and as many texts in that have ended and
    are due. Safe in any number of workers at once.
    """
    tally: Counter[str] = Counter()
    for take, done, never in _TABLES.values():
        given = {
            "provider": gateway.name,
            "limit": limit,
            "hold": _HOLD,
            "longest": _LONGEST_WAIT,
            "long_ago": now - _NO_RECEIPT,
        }
        with begin() as session:
            asked = session.execute(take, given).all()
        sorted_ids: dict[str, list[Any]] = {"erased": [], "postponed": [], "not_offered": []}
        for row in asked:
            sorted_ids[_ask(gateway, row.sid)].append(row.id)
        with begin() as session:
            session.execute(done, {"now": now, "ids": sorted_ids["erased"]})
            session.execute(never, {"ids": sorted_ids["not_offered"]})
        tally.update(asked=len(asked), **{result: len(ids) for result, ids in sorted_ids.items()})
    if tally["asked"]:
        _log.info("redaction.done", provider=gateway.name, **tally)
    return Redacted(**tally)


def _ask(gateway: Gateway, sid: str) -> str:
    try:
        gateway.redact(sid)
    except NotOffered:
        return "not_offered"
    except GatewayUnavailable:
        return "postponed"
    return "erased"
