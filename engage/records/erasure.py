"""Erasure of people, with everything that belongs to them, six years after their last enrolment
ended (rule 18).

The log lists who is due before anybody is erased. Nobody is erased who has a legal hold, is
enrolled, has an order in force, is in custody, or has been seen, booked or texted within those
years; people who were never enrolled are not erased by this rule [ours]. The event log keeps what
happened, but no longer to whom. A number that said STOP stays stopped.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import structlog
from dateutil.relativedelta import relativedelta
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from engage.agencies.hub_settings import hub_rules, hub_today
from engage.agencies.model import Hub
from engage.core import events

# ruff: noqa: S608 (this SQL is put together from our own words; every value is a parameter)

log = structlog.get_logger(__name__)

Begin = Callable[[], AbstractContextManager[Session]]

_DUE = """
WITH cutoff AS (
    SELECT * FROM unnest(CAST(:hubs AS uuid[]), CAST(:befores AS date[])) AS one(hub_id, before)
), left_since AS (
    SELECT person_id, max(ended_on) AS on_day
    FROM enrolment GROUP BY person_id HAVING bool_and(ended_on IS NOT NULL)
), due AS (
SELECT person.id, person.hub_id, left_since.on_day
FROM person
JOIN cutoff ON cutoff.hub_id = person.hub_id
JOIN left_since ON left_since.person_id = person.id AND left_since.on_day < cutoff.before
WHERE NOT person.legal_hold AND person.merged_into_id IS NULL
  AND (person.custody_status = 'community' OR person.contact_status = 'dead')
  AND NOT EXISTS (
      SELECT FROM person AS merged WHERE merged.merged_into_id = person.id AND merged.legal_hold
  )
  AND NOT EXISTS (
      SELECT FROM court_order
      WHERE court_order.person_id = person.id AND ended_on IS NULL AND ends_on >= cutoff.before
  )
  AND NOT EXISTS (
      SELECT FROM custody_spell
      WHERE custody_spell.person_id = person.id AND released_on IS NULL
  )
  AND NOT EXISTS (
      SELECT FROM appointment
      WHERE appointment.person_id = person.id AND starts_at >= cutoff.before
  )
  AND NOT EXISTS (
      SELECT FROM message
      WHERE recipient = person.id::text AND message.created_at >= cutoff.before
  )
  AND NOT EXISTS (
      SELECT FROM reply_record
      WHERE reply_record.person_id = person.id AND reply_record.at >= cutoff.before
  )
  AND NOT EXISTS (
      SELECT FROM re_referral WHERE re_referral.person_id = person.id AND done_at IS NULL
  )
)
"""
_COUNTED = text(
    f"{_DUE} SELECT hub_id, count(*) AS many, min(on_day) AS oldest FROM due GROUP BY hub_id"
)
_FOUND = text(f"{_DUE} SELECT id FROM due ORDER BY id LIMIT :limit")
_ONE = text(
    f"{_DUE} SELECT person.id, person.hub_id FROM person JOIN due ON due.id = person.id"
    " WHERE person.id = :person FOR UPDATE OF person SKIP LOCKED"
)
_THEIRS = (
    "WITH theirs AS (SELECT id FROM referral WHERE person_id = ANY(:people) OR crn = ANY(:crns))"
)
_SENT = "WITH sent AS (SELECT id FROM message WHERE recipient = ANY(:recipients))"
# In this order, so that nothing points at a row that is gone. What is not named here is deleted
# with the person's row, by its foreign keys.
_ERASE = tuple(
    text(statement)
    for statement in (
        "DELETE FROM event_seal WHERE person_id = ANY(:people)",
        "DELETE FROM person_merge WHERE kept_id = ANY(:people) OR gone_id = ANY(:people)",
        f"{_THEIRS} UPDATE referral SET duplicate_of_id = NULL FROM theirs"
        " WHERE duplicate_of_id = theirs.id",
        f"{_THEIRS} UPDATE re_referral SET referral_id = NULL FROM theirs"
        " WHERE referral_id = theirs.id",
        f"{_THEIRS} DELETE FROM referral USING theirs WHERE referral.id = theirs.id",
        "DELETE FROM enforcement WHERE person_id = ANY(:people)",
        "DELETE FROM appointment WHERE person_id = ANY(:people)",
        "UPDATE inbound SET from_number = 'forgotten', body = '', params = '{}' FROM reply_record"
        " WHERE reply_record.inbound_id = inbound.id AND reply_record.person_id = ANY(:people)",
        "DELETE FROM reply_record WHERE person_id = ANY(:people)",
        "DELETE FROM person WHERE id = ANY(:people)",
        f"{_SENT} DELETE FROM question USING sent WHERE message_id = sent.id",
        f"{_SENT} DELETE FROM receipt USING sent WHERE message_id = sent.id",
        "DELETE FROM message WHERE recipient = ANY(:recipients)",
    )
)


@dataclass(frozen=True)
class DuePerson:
    """The people of one hub who are due for erasure: how many they are, the earliest day on which
    one of them left, and the day before which all of them did.
    """

    hub_id: UUID
    hub: str
    many: int
    oldest: date
    before: date


def due(session: Session, *, now: datetime) -> list[DuePerson]:
    """Everybody whom `forget` would erase now, by hub. Changes nothing."""
    befores = _befores(session, now)
    rows = session.execute(_COUNTED, _given(befores))
    found = [
        DuePerson(row.hub_id, befores[row.hub_id][0], row.many, row.oldest, befores[row.hub_id][1])
        for row in rows
    ]
    return sorted(found, key=lambda one: (one.hub, one.hub_id))


def forget(begin: Begin, *, now: datetime, limit: int = 5_000) -> int:
    """Erase those who are due, at most `limit`. Returns how many were erased.

    Each person has a transaction of their own, in which they are checked again while their row is
    held: it may be stopped at any moment, and the next run goes on. Each erasure is an event of the
    hub.
    """
    with begin() as session:
        for leaving in due(session, now=now):
            log.info("erasure.due", hub=str(leaving.hub_id), many=leaving.many)
        found = [
            row.id
            for row in session.execute(_FOUND, {**_given(_befores(session, now)), "limit": limit})
        ]
    done = 0
    for person_id in found:
        with begin() as session:
            done += _forget_one(session, person_id, now)
    return done


def _forget_one(session: Session, person_id: UUID, now: datetime) -> int:
    row = session.execute(
        _ONE, {**_given(_befores(session, now)), "person": person_id}
    ).one_or_none()
    if row is None:
        return 0
    records = session.execute(
        text(
            "SELECT id, crn FROM person WHERE id = :person OR merged_into_id = :person FOR UPDATE"
        ),
        {"person": person_id},
    ).all()
    people = [record.id for record in records]
    given = {
        "people": people,
        "crns": [record.crn for record in records],
        "recipients": [str(id) for id in people],
    }
    for statement in _ERASE:
        session.execute(statement, given)
    events.record(session, "person.forgotten", now=now, actor="system", hub_id=row.hub_id)
    return 1


def _befores(session: Session, now: datetime) -> dict[UUID, tuple[str, date]]:
    """Each hub's name, and the day before which people must have left, by the hub's calendar."""
    return {
        hub.id: (
            hub.name,
            hub_today(hub, now) - relativedelta(years=hub_rules(hub).keep_people_years),
        )
        for hub in session.scalars(select(Hub))
    }


def _given(befores: dict[UUID, tuple[str, date]]) -> dict[str, object]:
    return {"hubs": list(befores), "befores": [before for _, before in befores.values()]}
