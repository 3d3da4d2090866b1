"""The causes of signals that the calendar raises, for many people at once: one statement for each
kind.

Each statement returns every cause that holds, not only new ones, so that signals whose cause has
gone can be resolved. Numbers are the hub's settings; days are those of its calendar. Nothing here
writes. Nothing is concluded from a silent network: a text that did not arrive is simply no contact
(rule 8).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import TextClause, text

from engage import texts
from engage.agencies.hub_settings import HubRules
from engage.signals import SignalKind

CHUNK = """
WITH chunk AS MATERIALIZED (
    SELECT person.id, person.hub_id, person.contact_status, person.custody_status,
        person.legal_status, person.created_at, hub.settings, hub.timezone,
           (CAST(:now AS timestamptz) AT TIME ZONE hub.timezone)::date AS today
    FROM person JOIN hub ON hub.id = person.hub_id
    WHERE person.id > :after AND person.id <= :upto AND person.merged_into_id IS NULL
        AND person.contact_status <> 'dead'
)
"""

# Rule 17. People who cannot answer, because they are in prison or their case is closed, are not
# lost. Silence is counted in the hub's calendar days, as for the status (rule 9). A phone that was
# off may receive a text days after a later one: of the week before the newest delivered text, the
# one delivered last counts.
_LOST_CONTACT = """
SELECT chunk.id AS person_id, chunk.hub_id,
    (silence.since AT TIME ZONE chunk.timezone)::date::text AS cause,
       (silence.since AT TIME ZONE chunk.timezone)::date AS day,
           chunk.today - (silence.since AT TIME ZONE chunk.timezone)::date AS days,
       heard.type AS link_type, CASE WHEN heard.at >= silence.since THEN heard.id END AS link_id
FROM chunk
LEFT JOIN LATERAL (
    SELECT * FROM (
        (SELECT reply_record.at, 'inbound' AS type, reply_record.inbound_id::text AS id
            FROM reply_record
         WHERE reply_record.person_id = chunk.id AND reply_record.at <= :now
             ORDER BY reply_record.at DESC LIMIT 1)
        UNION ALL
        (SELECT message.delivered_at, 'message', message.id::text FROM (
             SELECT written.created_at FROM message AS written
             WHERE written.recipient = chunk.id::text AND written.created_at <= :now
               AND written.status = 'delivered'
             ORDER BY written.created_at DESC LIMIT 1) AS newest
         JOIN message ON message.recipient = chunk.id::text AND message.status = 'delivered'
              AND message.created_at > newest.created_at - interval '7 days'
              AND message.created_at <= newest.created_at
         ORDER BY message.delivered_at DESC LIMIT 1)
        UNION ALL
        (SELECT appointment.starts_at, 'appointment', appointment.id::text FROM appointment
         JOIN outcome ON outcome.appointment_id = appointment.id AND outcome.superseded_at IS NULL
                     AND outcome.code IN ('ATTC', 'AFTC', 'ATSH', 'ATSS')
         WHERE appointment.person_id = chunk.id AND appointment.starts_at <= :now
             ORDER BY appointment.starts_at DESC LIMIT 1)
    ) AS each ORDER BY at DESC NULLS LAST LIMIT 1
) AS heard ON true
LEFT JOIN LATERAL (
    SELECT max(released_on) AS released_on FROM custody_spell
        WHERE custody_spell.person_id = chunk.id
) AS prison ON true
CROSS JOIN LATERAL (
    SELECT GREATEST(heard.at, chunk.created_at,
        prison.released_on::timestamp AT TIME ZONE chunk.timezone) AS since
) AS silence
WHERE chunk.contact_status = 'open' AND chunk.custody_status NOT IN ('custody', 'remand')
  AND chunk.today - (silence.since AT TIME ZONE chunk.timezone)::date
      >= COALESCE((chunk.settings ->> 'silent_days')::int, :silent_days)
"""

_RELEASE_SOON = """
SELECT chunk.id AS person_id, chunk.hub_id, spell.id || ':' || spell.release_on AS cause,
    spell.release_on AS day,
       'custody' AS link_type, spell.id::text AS link_id
FROM chunk
JOIN custody_spell AS spell ON spell.person_id = chunk.id AND spell.released_on IS NULL
WHERE spell.release_on <= chunk.today + COALESCE((chunk.settings ->> 'release_days')::int,
    :release_days)
  AND NOT EXISTS (SELECT FROM release_plan AS plan WHERE plan.custody_spell_id = spell.id)
"""

# Rule 13. Once the report is made, nothing is left to do before the day.
_COURT_REVIEW_SOON = """
SELECT chunk.id AS person_id, chunk.hub_id, review.id::text AS cause, review.review_on AS day,
       'court_review' AS link_type, review.id::text AS link_id
FROM chunk
JOIN court_review AS review ON review.person_id = chunk.id AND review.held_on IS NULL
    AND review.cancelled_at IS NULL
WHERE review.report_made_at IS NULL AND review.review_on >= chunk.today
  AND review.review_on <= chunk.today + COALESCE((chunk.settings ->> 'report_days')::int,
      :report_days)
"""

_ACTION_OVERDUE = """
SELECT chunk.id AS person_id, chunk.hub_id, action.id || ':' || action.due_on AS cause,
    action.due_on AS day,
       agency.name AS agency, 'action' AS link_type, action.id::text AS link_id
FROM chunk
JOIN action ON action.person_id = chunk.id AND action.state = 'live' AND action.due_on < chunk.today
JOIN agency ON agency.id = action.agency_id
"""

# Rule 12: on its day, or at once if an urgent signal was raised after the last review.
_REVIEW_DUE = """
SELECT chunk.id AS person_id, chunk.hub_id, COALESCE(last.id, enrolment.id)::text AS cause,
       CASE WHEN last.next_due_on <= chunk.today THEN last.next_due_on END AS day,
           last.id IS NULL AS never,
       'enrolment' AS link_type, enrolment.id::text AS link_id
FROM chunk
JOIN enrolment ON enrolment.person_id = chunk.id AND enrolment.ended_on IS NULL
LEFT JOIN LATERAL (
    SELECT review.id, review.next_due_on, review.decided_at FROM rag_review AS review
    WHERE review.enrolment_id = enrolment.id ORDER BY review.held_on DESC,
        review.decided_at DESC LIMIT 1
) AS last ON true
WHERE last.id IS NULL OR last.next_due_on <= chunk.today
   OR EXISTS (SELECT FROM signal WHERE signal.person_id = chunk.id
       AND signal.severity = 'urgent' AND signal.raised_at > last.decided_at)
"""

# Rule 10, without a break: from the first green review after the last one that was not green.
_GREEN_THREE_MONTHS = """
SELECT chunk.id AS person_id, chunk.hub_id, enrolment.id || ':' || green.since AS cause,
    green.since AS day,
       'enrolment' AS link_type, enrolment.id::text AS link_id
FROM chunk
JOIN enrolment ON enrolment.person_id = chunk.id AND enrolment.ended_on IS NULL
LEFT JOIN LATERAL (
    SELECT review.held_on, review.decided_at FROM rag_review AS review
    WHERE review.enrolment_id = enrolment.id AND review.rag <> 'green'
        ORDER BY review.held_on DESC, review.decided_at DESC LIMIT 1
) AS broken ON true
CROSS JOIN LATERAL (
    SELECT min(review.held_on) AS since FROM rag_review AS review
    WHERE review.enrolment_id = enrolment.id AND review.rag = 'green'
      AND (broken.held_on IS NULL OR (review.held_on, review.decided_at) > (broken.held_on,
          broken.decided_at))
) AS green
WHERE green.since + make_interval(months => COALESCE((chunk.settings ->> 'green_months')::int,
    :green_months)) <= chunk.today
"""

_RE_REFERRAL_DUE = """
SELECT chunk.id AS person_id, chunk.hub_id, task.id::text AS cause, task.due_on AS day,
       'enrolment' AS link_type, task.enrolment_id::text AS link_id
FROM chunk
JOIN re_referral AS task ON task.person_id = chunk.id AND task.done_at IS NULL
    AND task.due_on <= chunk.today
"""


@dataclass(frozen=True)
class SignalCause:
    """A kind of signal that the calendar raises: the statement that finds its causes, its rule, and
    the words for staff.
    """

    kind: SignalKind
    rule: str
    find: TextClause
    explain: Callable[[Any], str]

    @property
    def defaults(self) -> Mapping[str, Any]:
        """The defaults of the settings that the statement names."""
        return {name: value for name, value in _DEFAULTS.items() if f":{name}" in str(self.find)}


_DEFAULTS = {
    name: getattr(HubRules(), name)
    for name in ("silent_days", "release_days", "report_days", "green_months")
}


def day_with_year(of: date) -> str:
    """A day in words, with its year."""
    return f"{texts.day_named(of, 'en')} {of.year}"


def _lost_contact(row: Any) -> str:
    if row.link_id is None:
        since = f"{day_with_year(row.day)}, {row.days} days ago"
        return f"No reply, attendance or delivered text since {since}."
    what = {
        "inbound": "Their last reply came",
        "message": "The last text was delivered",
        "appointment": "They last attended",
    }
    last = f"{day_with_year(row.day)}, {row.days} days ago"
    return f"{what[row.link_type]} on {last}. No contact since."


def _release_soon(row: Any) -> str:
    return f"Release is expected on {day_with_year(row.day)}, and there is no release plan yet."


def _court_review_soon(row: Any) -> str:
    return f"The court review is on {day_with_year(row.day)}, and the report has not been made."


def _action_overdue(row: Any) -> str:
    return f"An action for {row.agency} was due by {day_with_year(row.day)}."


def _review_due(row: Any) -> str:
    if row.never:
        return "No review has been held since they joined."
    if row.day is None:
        return "An urgent signal has been raised since the last review."
    return f"The next review was due on {day_with_year(row.day)}."


def _green_three_months(row: Any) -> str:
    return f"Green without a break since {day_with_year(row.day)}."


def _re_referral_due(row: Any) -> str:
    return f"Re-referral has been due since {day_with_year(row.day)}, a year before their release."


def _cause(
    kind: SignalKind, rule: str, statement: str, explain: Callable[[Any], str]
) -> SignalCause:
    return SignalCause(kind, rule, text(CHUNK + statement), explain)


CAUSES = (
    _cause(SignalKind.LOST_CONTACT, "17", _LOST_CONTACT, _lost_contact),
    _cause(SignalKind.RELEASE_SOON, "11", _RELEASE_SOON, _release_soon),
    _cause(SignalKind.COURT_REVIEW_SOON, "13", _COURT_REVIEW_SOON, _court_review_soon),
    _cause(SignalKind.ACTION_OVERDUE, "10", _ACTION_OVERDUE, _action_overdue),
    _cause(SignalKind.REVIEW_DUE, "12", _REVIEW_DUE, _review_due),
    _cause(SignalKind.GREEN_THREE_MONTHS, "10", _GREEN_THREE_MONTHS, _green_three_months),
    _cause(SignalKind.RE_REFERRAL_DUE, "10", _RE_REFERRAL_DUE, _re_referral_due),
)
