"""How long words are kept (RULES.md 18): twelve months after a text was sent or came in, unless the
hub chose otherwise; the log of who looked at whose record, six years.

What a text said is erased; that there was one, when, to whom and what became of it stays, and so
does how it was read: an evidence pack needs those. Nothing of a person who is held for a case is
touched, nor a text that still waits for something. What would be erased is said before it is
erased. Of texts this module must never delete a row.
"""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from dateutil.relativedelta import relativedelta
from sqlalchemy import TextClause, select, text
from sqlalchemy.orm import Session

from engage.agencies.hub_settings import HubRules, hub_rules, zone
from engage.agencies.model import Hub
from engage.core import events

log = structlog.get_logger(__name__)

AT_ONCE = 1000
NOBODY = "nobody's or no longer recorded"
"""Texts of numbers that are nobody's, and of people who are no longer here, have no hub: they are
kept for the usual time.
"""

Begin = Callable[[], AbstractContextManager[Session]]

_CUTOFFS = """
WITH cutoff AS (
    SELECT * FROM unnest(CAST(:hubs AS uuid[]), CAST(:befores AS timestamptz[])) AS one(hub_id, before)
)
"""
_OUT = """
FROM message
LEFT JOIN person ON person.id::text = message.recipient
LEFT JOIN cutoff ON cutoff.hub_id = person.hub_id
WHERE message.created_at < :latest AND COALESCE(message.accepted_at, message.created_at) < COALESCE(cutoff.before, :usual)
  AND message.body <> '' AND message.status NOT IN ('queued', 'sending', 'unknown') AND person.legal_hold IS NOT TRUE
"""
# A number that held people share, or once had, keeps its texts: nobody can say for certain whose
# they are.
_IN = """
FROM inbound
LEFT JOIN reply_record ON reply_record.inbound_id = inbound.id
LEFT JOIN person ON person.id = reply_record.person_id
LEFT JOIN cutoff ON cutoff.hub_id = person.hub_id
WHERE inbound.received_at < :latest AND inbound.received_at < COALESCE(cutoff.before, :usual)
  AND (inbound.body <> '' OR inbound.params <> '{}') AND inbound.status IN ('handled', 'dismissed') AND person.legal_hold IS NOT TRUE
  AND NOT EXISTS (SELECT FROM contact_point JOIN person AS other ON other.id = contact_point.person_id
                  WHERE contact_point.number = inbound.from_number AND other.legal_hold)
"""
# The words that a reading rests on go with the text, and so does the way from a correction to the
# line that was learnt from it.
_ERASE_WITH_WHAT_WAS_READ = """
, unread AS (UPDATE reply_record SET evidence = '[]' FROM chosen WHERE reply_record.inbound_id = chosen.id RETURNING reply_record.id),
parted AS (UPDATE reply_correction SET line_id = NULL FROM reply_record, chosen
           WHERE reply_correction.reply_record_id = reply_record.id AND reply_record.inbound_id = chosen.id)
UPDATE inbound SET body = '', params = '{}', problem = split_part(inbound.problem, ':', 1) FROM
"""
_SAID = """
FROM receipt
LEFT JOIN message ON message.id = receipt.message_id
LEFT JOIN person ON person.id::text = message.recipient
LEFT JOIN cutoff ON cutoff.hub_id = person.hub_id
WHERE receipt.received_at < :latest AND receipt.received_at < COALESCE(cutoff.before, :usual)
  AND receipt.params <> '{}' AND receipt.look_at IS NULL AND person.legal_hold IS NOT TRUE
"""
_LOOKED = """
FROM access_record
LEFT JOIN person ON person.id = access_record.person_id
LEFT JOIN cutoff ON cutoff.hub_id = person.hub_id
WHERE access_record.at < :latest AND access_record.at < COALESCE(cutoff.before, :usual) AND person.legal_hold IS NOT TRUE
"""


@dataclass(frozen=True)
class _Kind:
    """One kind of thing that is kept for a time: what it is called, for how many months, which are
    due, and how they are erased.
    """

    words: str
    months: Callable[[HubRules], int]
    count: TextClause
    find: TextClause
    erase: TextClause


def _kind(
    words: str, table: str, when: str, due: str, erasure: str, months: Callable[[HubRules], int]
) -> _Kind:
    counted = f"{_CUTOFFS} SELECT person.hub_id, count(*) AS many, min({when}) AS oldest {due} GROUP BY person.hub_id"
    found = f"{_CUTOFFS} SELECT {table}.id {due} LIMIT :limit"
    # Looked at once more while it is locked: a person may have been held a moment ago.
    erased = (
        f"{_CUTOFFS}, chosen AS MATERIALIZED (SELECT {table}.id {due} AND {table}.id = ANY(:ids) FOR UPDATE OF {table})"
        f" {erasure} chosen WHERE {table}.id = chosen.id RETURNING {table}.id"
    )
    return _Kind(words, months, text(counted), text(found), text(erased))


def _months_of_words(rules: HubRules) -> int:
    return rules.keep_bodies_months


_KINDS = (
    _kind(
        "texts to people",
        "message",
        "message.created_at",
        _OUT,
        "UPDATE message SET body = '' FROM",
        _months_of_words,
    ),
    _kind(
        "texts from people",
        "inbound",
        "inbound.received_at",
        _IN,
        _ERASE_WITH_WHAT_WAS_READ,
        _months_of_words,
    ),
    _kind(
        "raw receipts",
        "receipt",
        "receipt.received_at",
        _SAID,
        "UPDATE receipt SET params = '{}' FROM",
        _months_of_words,
    ),
    _kind(
        "lines of the access log",
        "access_record",
        "access_record.at",
        _LOOKED,
        "DELETE FROM access_record USING",
        lambda rules: rules.keep_access_log_years * 12,
    ),
)


@dataclass(frozen=True)
class DueErasure:
    """Some words of one hub that are due to be erased: how many of what, the oldest of them, and
    the day before which they fall.
    """

    hub_id: UUID | None
    hub: str
    what: str
    many: int
    oldest: datetime
    before: datetime


@dataclass(frozen=True)
class _Limits:
    hubs: dict[UUID, tuple[str, datetime]]
    usual: datetime

    def given(self, **more: object) -> dict[str, object]:
        befores = [before for _, before in self.hubs.values()]
        return {
            "hubs": list(self.hubs),
            "befores": befores,
            "usual": self.usual,
            "latest": max([*befores, self.usual]),
            **more,
        }


def due(session: Session, *, now: datetime) -> list[DueErasure]:
    """Everything that `erase` would erase now, by hub and kind; changes nothing."""
    found = []
    for kind in _KINDS:
        limits = _limits(session, kind, now)
        for row in session.execute(kind.count, limits.given()):
            name, before = limits.hubs.get(row.hub_id, (NOBODY, limits.usual))
            found.append(DueErasure(row.hub_id, name, kind.words, row.many, row.oldest, before))
    return sorted(found, key=lambda share: (share.hub_id is None, share.hub, share.what))


def erase(begin: Begin, *, now: datetime, limit: int = 50_000) -> int:
    """Erase what is due, at most `limit` of each kind, and return how many were erased.

    Each thousand is a transaction of its own, and done again it finds nothing: it may be stopped
    anywhere.
    """
    with begin() as session:
        shares = due(session, now=now)
        for share in shares:
            log.info("retention.due", what=share.what, many=share.many, hub=str(share.hub_id))
    done = sum(_erase_kind(begin, kind, now, limit) for kind in _KINDS) if shares else 0
    if done:
        with begin() as session:
            _record(session, shares, now)
    return done


def _erase_kind(begin: Begin, kind: _Kind, now: datetime, limit: int) -> int:
    with begin() as session:
        ids = list(session.scalars(kind.find, _limits(session, kind, now).given(limit=limit)))
    erased = 0
    for start in range(0, len(ids), AT_ONCE):
        with begin() as session:
            given = _limits(session, kind, now).given(ids=ids[start : start + AT_ONCE])
            erased += len(session.execute(kind.erase, given).all())
    return erased


def _record(session: Session, shares: Iterable[DueErasure], now: datetime) -> None:
    """One event per hub. It says what was due; what came to be held in the same moment was left."""
    counts: dict[UUID | None, dict[str, int]] = {}
    for share in shares:
        counts.setdefault(share.hub_id, {})[share.what.replace(" ", "_")] = share.many
    for hub_id, many in counts.items():
        events.record(session, "words.erased", now=now, actor="system", hub_id=hub_id, counts=many)


def _limits(session: Session, kind: _Kind, now: datetime) -> _Limits:
    """The moment before which what each hub keeps falls: so many months back, by its own calendar."""
    hubs = {
        hub.id: (hub.name, _before(now, kind.months(hub_rules(hub)), hub))
        for hub in session.scalars(select(Hub))
    }
    return _Limits(hubs, _before(now, kind.months(HubRules()), None))


def _before(now: datetime, months: int, hub: Hub | None) -> datetime:
    return (now.astimezone(zone(hub)) if hub else now) - relativedelta(months=months)
