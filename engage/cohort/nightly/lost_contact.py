"""Asks again whose a number is after a long silence, once in each silence (rule 17).

It starts from the silences that the night has found; engage/people/contactability.py decides
whether a text may go. A number verified during the silence is left alone for as long. Nothing is
concluded from silence: only an answer or a worker changes anything.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from engage.agencies.hub_settings import HubRules
from engage.cohort.nightly.bulk_signals import CurrentCause
from engage.people import contactability
from engage.signals import SignalKind

BATCH_SIZE = 500

# People whose rows are locked wait until the next night. A number that has been asked is no longer
# a verified one.
_SILENT = text("""
SELECT person.id, silence.since
FROM unnest(CAST(:people AS uuid[]), CAST(:days AS date[])) AS silence(person_id, since)
JOIN person ON person.id = silence.person_id
JOIN hub ON hub.id = person.hub_id
JOIN contact_point AS point ON point.person_id = person.id AND point.state = 'verified'
CROSS JOIN LATERAL (
    SELECT COALESCE((hub.settings ->> 'recheck_number_days')::int, :recheck_number_days) AS days,
           (CAST(:now AS timestamptz) AT TIME ZONE hub.timezone)::date AS today
) AS asks
WHERE silence.since <= asks.today - asks.days
  AND (point.verified_at IS NULL
      OR (point.verified_at AT TIME ZONE hub.timezone)::date <= asks.today - asks.days)
ORDER BY person.id
FOR UPDATE OF person SKIP LOCKED
""")


def recheck_numbers(session: Session, current: Sequence[CurrentCause], *, now: datetime) -> int:
    """Ask the numbers of people among `current` whose silence is long enough. Returns how many were
    asked. Repeating it asks nobody.
    """
    silent = [one for one in current if one.kind is SignalKind.LOST_CONTACT]
    if not silent:
        return 0
    rows = session.execute(
        _SILENT,
        {
            "people": [one.person_id for one in silent],
            "days": [date.fromisoformat(one.cause) for one in silent],
            "recheck_number_days": HubRules().recheck_number_days,
            "now": now,
        },
    )
    since = {row.id: row.since for row in rows}
    return sum(_ask(session, since, now))


def _ask(session: Session, since: Mapping[uuid.UUID, date], now: datetime) -> Iterator[bool]:
    ids = list(since)
    for start in range(0, len(ids), BATCH_SIZE):
        for id, contact in contactability.contactability_of(
            session, ids[start : start + BATCH_SIZE], now
        ).items():
            yield contactability.ask_again(session, contact, since=since[id], now=now) is not None
    session.flush()
