"""Retention (rule 18): the words of a text are erased twelve months after it was sent or received,
the access log after six years, unless the hub chose other times.

Only the words of a text are erased. Evidence packs need the rest: that there was one, when, to
whom, how it ended and how it was interpreted. Nothing of a person with a legal hold is touched, and
no text that still waits for something. The log lists what is due before it is erased. This module
must never delete a text's row.
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
"""Texts of unknown numbers, and of people who are no longer recorded, have no hub: they are kept
for the default time.
"""

Begin = Callable[[], AbstractContextManager[Session]]

_CUTOFFS = """
WITH cutoff AS (
    SELECT *
    FROM unnest(CAST(:hubs AS uuid[]), CAST(:befores AS timestamptz[])) AS one(hub_id, before)
)
"""
_OUT = """
FROM message
LEFT JOIN person ON person.id::text = message.recipient
LEFT JOIN cutoff ON cutoff.hub_id = person.hub_id
WHERE message.created_at < :latest
  AND COALESCE(message.accepted_at, message.created_at) < COALESCE(cutoff.before, :usual)
  AND message.body <> '' AND message.status NOT IN ('queued', 'sending', 'unknown')
  AND person.legal_hold IS NOT TRUE
"""
# A number that a person with a legal hold has or once had keeps all its texts: they may be theirs.
_IN = """
FROM inbound
LEFT JOIN reply_record ON reply_record.inbound_id = inbound.id
LEFT JOIN person ON person.id = reply_record.person_id
LEFT JOIN cutoff ON cutoff.hub_id = person.hub_id
WHERE inbound.received_at < :latest AND inbound.received_at < COALESCE(cutoff.before, :usual)
  AND (inbound.body <> '' OR inbound.params <> '{}')
  AND inbound.status IN ('handled', 'dismissed') AND person.legal_hold IS NOT TRUE
  AND NOT EXISTS (
      SELECT FROM contact_point JOIN person AS other ON other.id = contact_point.person_id
      WHERE contact_point.number = inbound.from_number AND other.legal_hold
  )
"""
# With the text go the words that its interpretation rests on, and the link from a correction to the
# line that was learnt from it.
_ERASE_WITH_EVIDENCE = """
, unread AS (
    UPDATE reply_record SET evidence = '[]' FROM chosen
    WHERE reply_record.inbound_id = chosen.id RETURNING reply_record.id
), parted AS (
    UPDATE reply_correction SET line_id = NULL FROM reply_record, chosen
    WHERE reply_correction.reply_record_id = reply_record.id
      AND reply_record.inbound_id = chosen.id
)
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
WHERE access_record.at < :latest AND access_record.at < COALESCE(cutoff.before, :usual)
  AND person.legal_hold IS NOT TRUE
"""


@dataclass(frozen=True)
class _Kind:
    """One kind of data: its name, for how many months it is kept, what is due, and how that is
    erased.
    """

    words: str
    months: Callable[[HubRules], int]
    count: TextClause
    find: TextClause
    erase: TextClause


def _kind(
    words: str, table: str, when: str, due: str, erasure: str, months: Callable[[HubRules], int]
) -> _Kind:
    counted = (
        f"{_CUTOFFS} SELECT person.hub_id, count(*) AS many, min({when}) AS oldest {due}"
        " GROUP BY person.hub_id"
    )
    found = f"{_CUTOFFS} SELECT {table}.id {due} LIMIT :limit"
    # Checked again while the row is locked: a legal hold may have been set a moment ago.
    erased = (
        f"{_CUTOFFS}, chosen AS MATERIALIZED"
        f" (SELECT {table}.id {due} AND {table}.id = ANY(:ids) FOR UPDATE OF {table})"
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
        _ERASE_WITH_EVIDENCE,
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
    """What is due for erasure in one hub: the kind of data, how much of it, the oldest, and the
    moment before which all of it falls.
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
    """Everything that `erase` would erase now, by hub and kind. Changes nothing."""
    found = []
    for kind in _KINDS:
        limits = _limits(session, kind, now)
        for row in session.execute(kind.count, limits.given()):
            name, before = limits.hubs.get(row.hub_id, (NOBODY, limits.usual))
            found.append(DueErasure(row.hub_id, name, kind.words, row.many, row.oldest, before))
    return sorted(found, key=lambda share: (share.hub_id is None, share.hub, share.what))


def erase(begin: Begin, *, now: datetime, limit: int = 50_000) -> int:
    """Erase what is due, at most `limit` of each kind. Returns how many were erased.

    Each thousand has a transaction of its own: it may be stopped at any moment, and the next run
    goes on.
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
    """Record one event per hub with what was due. What got a legal hold meanwhile was left."""
    counts: dict[UUID | None, dict[str, int]] = {}
    for share in shares:
        counts.setdefault(share.hub_id, {})[share.what.replace(" ", "_")] = share.many
    for hub_id, many in counts.items():
        events.record(session, "words.erased", now=now, actor="system", hub_id=hub_id, counts=many)


def _limits(session: Session, kind: _Kind, now: datetime) -> _Limits:
    """The moment before which the data of each hub is due, by the hub's own calendar."""
    hubs = {
        hub.id: (hub.name, _before(now, kind.months(hub_rules(hub)), hub))
        for hub in session.scalars(select(Hub))
    }
    return _Limits(hubs, _before(now, kind.months(HubRules()), None))


def _before(now: datetime, months: int, hub: Hub | None) -> datetime:
    return (now.astimezone(zone(hub)) if hub else now) - relativedelta(months=months)
