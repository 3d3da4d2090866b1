"""Finds the people who may have reached a milestone since the last night (rule 16): something was
recorded about them, or a number of days has passed.

It only finds them; engage/cohort/milestones/award.py does the rest. If no earlier night has
finished, everybody is checked.
"""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from engage.cohort.milestones import award
from engage.cohort.nightly.signal_causes import CHUNK

STEPS = (28, 90, 180, 365)
"""The days without an offence, and with a home, that a milestone counts. One day is allowed on
either side, because days follow the hub's calendar.

Days with a home may count from any move between homes, and from adoption or release.
"""
_LOOK_BACK = timedelta(days=60)
"""An outcome recorded late for an older appointment is counted with the next one."""

_TOUCHED = text(
    CHUNK  # noqa: S608 — two constants
    + """
SELECT chunk.id
FROM chunk
JOIN enrolment ON enrolment.person_id = chunk.id AND enrolment.ended_on IS NULL
LEFT JOIN LATERAL (SELECT max(happened_on) AS last FROM offence
                   WHERE offence.person_id = chunk.id AND offence.withdrawn_at IS NULL) AS crime
                       ON true
LEFT JOIN LATERAL (SELECT max(released_on) AS last FROM custody_spell
    WHERE custody_spell.person_id = chunk.id) AS prison ON true
CROSS JOIN LATERAL (SELECT GREATEST(enrolment.adopted_on, prison.last) AS began) AS home
WHERE EXISTS (SELECT FROM unnest(CAST(:steps AS int[])) AS step(days),
                          (SELECT GREATEST(home.began,
                              crime.last) UNION ALL SELECT home.began UNION ALL
                           SELECT since FROM housing_spell
                               WHERE housing_spell.person_id = chunk.id) AS count(began)
              WHERE chunk.today - count.began BETWEEN step.days - 1 AND step.days + :nights + 1)
   OR EXISTS (SELECT FROM appointment JOIN outcome ON outcome.appointment_id = appointment.id
       AND outcome.superseded_at IS NULL
              WHERE appointment.person_id = chunk.id
                  AND appointment.starts_at BETWEEN :earliest AND :now
                  AND outcome.recorded_at >= :since)
   OR EXISTS (SELECT FROM drug_test WHERE drug_test.person_id = chunk.id
       AND drug_test.recorded_at >= :since)
   OR EXISTS (SELECT FROM housing_spell AS spell WHERE spell.person_id = chunk.id
       AND GREATEST(spell.recorded_at, spell.judged_at) >= :since)
   OR EXISTS (SELECT FROM activity WHERE activity.person_id = chunk.id
              AND (GREATEST(activity.recorded_at, activity.judged_at) >= :since
                  OR activity.ended_on >= chunk.today - :nights - 1))
   OR EXISTS (SELECT FROM offence WHERE offence.person_id = chunk.id
       AND offence.withdrawn_at >= :since)
   OR EXISTS (SELECT FROM court_order WHERE court_order.person_id = chunk.id
       AND court_order.ended_on >= chunk.today - :nights - 1)
   OR enrolment.voluntary_since >= chunk.today - :nights - 1
"""
)


def award_since_last_night(
    session: Session, *, after: uuid.UUID, upto: uuid.UUID, since: datetime | None, now: datetime
) -> int:
    """Award milestones reached by people in (after, upto] since the last finished night. Returns
    how many.
    """
    if since is None:
        return award.award_between(session, after=after, upto=upto, now=now)
    found = session.scalars(
        _TOUCHED,
        {
            "after": after,
            "upto": upto,
            "now": now,
            "since": since,
            "earliest": now - _LOOK_BACK,
            "nights": (now - since).days,
            "steps": list(STEPS),
        },
    ).all()
    return sum(
        award.award(session, found[start : start + award.BATCH_SIZE], now=now)
        for start in range(0, len(found), award.BATCH_SIZE)
    )
