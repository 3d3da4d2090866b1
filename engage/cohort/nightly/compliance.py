"""Finds the people whose failures must be assessed at night by rules 6 and 7: a new outcome was
recorded elsewhere, or time has moved the window.

It only finds them; engage/compliance/escalation.py applies the rules.
"""

import uuid
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from engage.agencies.hub_settings import HubRules
from engage.cohort.nightly.signal_causes import CHUNK
from engage.compliance import escalation
from engage.people.model import Person

# The latest failure of a person under an order is dealt with once a signal, or a decision that has
# not been withdrawn, names it. An open signal is checked again if its failures may no longer be
# enough or the order has ended. An open duty to refer is always checked: its warning may have
# expired.
_DUE = text(
    CHUNK  # noqa: S608 — two constants
    + """
SELECT chunk.id
FROM chunk
CROSS JOIN LATERAL (
    SELECT count(*) AS many, (array_agg(outcome.id ORDER BY appointment.starts_at DESC,
        appointment.id DESC))[1] AS latest
    FROM appointment
    JOIN outcome ON outcome.appointment_id = appointment.id AND outcome.superseded_at IS NULL
                AND (outcome.code IN ('UAAB', 'AFTC')
                     OR (outcome.code = 'ATSH'
                         AND COALESCE((chunk.settings ->> 'count_sent_home')::boolean,
                         :count_sent_home)))
    WHERE appointment.person_id = chunk.id AND appointment.enforceable
        AND appointment.state = 'booked' AND appointment.starts_at <= :now
      AND appointment.starts_at >= CAST(:now AS timestamptz)
        - make_interval(months => COALESCE((chunk.settings ->> 'count_months')::int, :count_months))
) AS failed
CROSS JOIN LATERAL (SELECT COALESCE((chunk.settings ->> 'failures_to_consider')::int,
    :failures_to_consider) AS enough) AS hub
WHERE chunk.legal_status = 'statutory' AND failed.many > 0
  AND (failed.many >= hub.enough
       OR EXISTS (SELECT FROM enforcement WHERE enforcement.person_id = chunk.id
           AND enforcement.kind = 'warning' AND enforcement.withdrawn_at IS NULL))
  AND NOT EXISTS (SELECT FROM signal WHERE signal.person_id = chunk.id
      AND signal.kind IN ('second_failure', 'must_refer')
                  AND split_part(signal.key, ':', 3) = failed.latest::text)
  AND NOT EXISTS (SELECT FROM enforcement_failure JOIN enforcement
      ON enforcement.id = enforcement_failure.enforcement_id
                  WHERE enforcement_failure.outcome_id = failed.latest
                      AND enforcement.withdrawn_at IS NULL)
   OR EXISTS (SELECT FROM signal WHERE signal.person_id = chunk.id AND signal.state <> 'resolved'
              AND (signal.kind = 'must_refer'
                   OR (signal.kind = 'second_failure'
                       AND (failed.many < hub.enough OR chunk.legal_status <> 'statutory'))))
"""
)
_DEFAULTS = {
    name: getattr(HubRules(), name)
    for name in ("count_sent_home", "count_months", "failures_to_consider")
}


def apply_rules_where_due(
    session: Session, *, after: uuid.UUID, upto: uuid.UUID, now: datetime
) -> int:
    """Apply the rules to the people in (after, upto] who need it. Returns how many.

    People whose rows are locked wait until the next night.
    """
    found = session.scalars(_DUE, {"after": after, "upto": upto, "now": now, **_DEFAULTS}).all()
    if not found:
        return 0
    people = session.scalars(
        select(Person)
        .where(Person.id.in_(found))
        .order_by(Person.id)
        .with_for_update(skip_locked=True, of=Person)
        .execution_options(populate_existing=True)
    ).all()
    escalation.catch_up(session, people, now=now)
    session.flush()
    return len(people)
