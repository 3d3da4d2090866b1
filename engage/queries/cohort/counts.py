"""The counts of the statistics page, each for all its people in one statement.

Nothing here names a person or stores anything.
"""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from engage.access import scope
from engage.access.policy import Ability, Actor
from engage.agencies.model import Hub
from engage.cohort.kinds import Cohort
from engage.cohort.model import Enrolment
from engage.people.model import CustodyStatus, LegalStatus, Person


@dataclass(frozen=True)
class Member:
    """An enrolment that ran in the period, with its person's status now."""

    enrolment_id: uuid.UUID
    person_id: uuid.UUID
    hub: str
    cohort: Cohort
    legal: LegalStatus
    custody: CustodyStatus
    adopted_on: date
    ended_on: date | None


@dataclass(frozen=True)
class MemberStatus:
    """What was decided and recorded about one enrolment. None: nothing was."""

    strand: str | None
    rag: str | None
    rag_before: str | None
    breach: bool
    arrested: bool
    charged: bool
    convicted: bool


@dataclass(frozen=True)
class AppointmentCounts:
    """A number of appointments of one group, by result.

    `came` is None while nothing is recorded; `excused` is an accepted absence.
    """

    hub: str
    cohort: str
    legal: str
    agency: str
    type: str
    came: bool | None
    excused: bool
    texted: bool
    delivered: bool
    answered: bool
    many: int


@dataclass(frozen=True)
class OverdueActions:
    """The live actions of one agency, and how many of them are overdue."""

    agency: str
    live: int
    overdue: int


def members(session: Session, actor: Actor, hub_id: uuid.UUID | None, since: date) -> list[Member]:
    """The enrolments that ran at `since` or later, of everybody whose case the actor may read."""
    query = (
        select(
            Enrolment.id,
            Person.id,
            Hub.name,
            Enrolment.cohort,
            Person.legal_status,
            Person.custody_status,
            Enrolment.adopted_on,
            Enrolment.ended_on,
        )
        .join(Person, Person.id == Enrolment.person_id)
        .join(Hub, Hub.id == Person.hub_id)
        .where(scope.people(actor, Ability.CASE))
        .where(Enrolment.ended_on.is_(None) | (Enrolment.ended_on >= since))
    )
    if hub_id is not None:
        query = query.where(Person.hub_id == hub_id)
    return [Member(*row) for row in session.execute(query)]


_STATUSES = text("""
SELECT enrolment.id, strand.strand, now.rag, before.rag AS rag_before,
       EXISTS (SELECT FROM enforcement WHERE enforcement.person_id = enrolment.person_id
           AND enforcement.kind IN ('referral', 'recall')
               AND enforcement.withdrawn_at IS NULL AND enforcement.decided_at >= :since) AS breach,
       COALESCE(crime.arrested, false) AS arrested, COALESCE(crime.charged, false) AS charged,
       COALESCE(crime.convicted, false) AS convicted
FROM unnest(CAST(:enrolments AS uuid[])) AS wanted(id)
JOIN enrolment ON enrolment.id = wanted.id
LEFT JOIN LATERAL (SELECT spell.strand FROM strand_spell AS spell
    WHERE spell.enrolment_id = enrolment.id
                   ORDER BY spell.since DESC, spell.decided_at DESC LIMIT 1) AS strand ON true
LEFT JOIN LATERAL (SELECT review.rag FROM rag_review AS review
    WHERE review.enrolment_id = enrolment.id
                   ORDER BY review.held_on DESC, review.decided_at DESC LIMIT 1) AS now ON true
LEFT JOIN LATERAL (SELECT review.rag FROM rag_review AS review
    WHERE review.enrolment_id = enrolment.id AND review.held_on <= :day
                   ORDER BY review.held_on DESC, review.decided_at DESC LIMIT 1) AS before ON true
LEFT JOIN LATERAL (SELECT bool_or(kind = 'arrest') AS arrested,
    bool_or(kind = 'charge') AS charged, bool_or(kind = 'conviction') AS convicted
                   FROM offence WHERE offence.person_id = enrolment.person_id
                       AND offence.happened_on >= :day
                     AND offence.happened_on >= enrolment.adopted_on
                         AND offence.withdrawn_at IS NULL) AS crime ON true
""")


def member_statuses(
    session: Session, those: Sequence[Member], since: datetime
) -> dict[uuid.UUID, MemberStatus]:
    """The status of each enrolment now and at `since`, and what was decided or recorded since then.

    Breach and offences are separate (rule 19).
    """
    rows = session.execute(
        _STATUSES,
        {"enrolments": [one.enrolment_id for one in those], "since": since, "day": since.date()},
    )
    return {row[0]: MemberStatus(*row[1:]) for row in rows}


# An appointment counts while its person was on the cohort. A text counts if a provider accepted it;
# texts that chase an absence are not reminders.
_BOOKED = text("""
WITH member AS MATERIALIZED (
    SELECT * FROM unnest(CAST(:people AS uuid[]), CAST(:hubs AS text[]), CAST(:cohorts AS text[]),
        CAST(:legal AS text[]),
                         CAST(:adopted AS date[]), CAST(:ended AS date[]))
    AS one(person_id, hub, cohort, legal, adopted_on, ended_on)
),
booked AS MATERIALIZED (
    SELECT appointment.id, appointment.agency_id, appointment.type, member.hub, member.cohort,
        member.legal,
           CASE WHEN outcome.code IN ('ATTC', 'AFTC', 'ATSH', 'ATSS') THEN true
               WHEN outcome.code IN ('AFTA', 'UAAB') THEN false END AS came,
           outcome.code IS NOT NULL AND outcome.code NOT IN ('ATTC', 'AFTC', 'ATSH', 'ATSS',
               'AFTA', 'UAAB') AS excused
    FROM member
    JOIN appointment ON appointment.person_id = member.person_id
        AND appointment.starts_at >= :since AND appointment.starts_at < :until
                    AND appointment.state = 'booked' AND appointment.starts_at >= member.adopted_on
                    AND (member.ended_on IS NULL OR appointment.starts_at < member.ended_on + 1)
    LEFT JOIN outcome ON outcome.appointment_id = appointment.id AND outcome.superseded_at IS NULL
),
texted AS (
    SELECT booked.id, bool_or(message.status = 'delivered') AS delivered
    FROM booked
    JOIN reminder ON reminder.appointment_id = booked.id
        AND reminder.kind IN ('booked', 'three_days', 'one_day', 'two_hours', 'changed')
    JOIN message ON message.id = reminder.message_id
                AND message.status IN ('accepted', 'sent', 'delivered', 'undelivered', 'failed',
                    'unknown')
    GROUP BY booked.id
),
answered AS (
    SELECT DISTINCT booked.id FROM booked JOIN intent ON intent.appointment_id = booked.id
        AND intent.withdrawn_at IS NULL
)
SELECT booked.hub, booked.cohort, booked.legal, agency.name AS agency, booked.type, booked.came,
    booked.excused,
       texted.id IS NOT NULL AS texted, COALESCE(texted.delivered, false) AS delivered,
           answered.id IS NOT NULL AS answered, count(*) AS many
FROM booked
JOIN agency ON agency.id = booked.agency_id
LEFT JOIN texted ON texted.id = booked.id
LEFT JOIN answered ON answered.id = booked.id
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
""")


def appointment_counts(
    session: Session, those: Sequence[Member], since: datetime, until: datetime
) -> list[AppointmentCounts]:
    """The appointments of the period and their results, by group: at most a few hundred rows,
    however many people.
    """
    rows = session.execute(
        _BOOKED,
        {
            "people": [one.person_id for one in those],
            "hubs": [one.hub for one in those],
            "cohorts": [one.cohort.value for one in those],
            "legal": [one.legal.value for one in those],
            "adopted": [one.adopted_on for one in those],
            "ended": [one.ended_on for one in those],
            "since": since,
            "until": until,
        },
    )
    return [AppointmentCounts(*row) for row in rows]


# First contact is made by the person: a reply or an attendance. A delivered text does not count.
_RELEASES = text("""
SELECT CASE WHEN first.at IS NOT NULL
            THEN (first.at AT TIME ZONE hub.timezone)::date - spell.released_on END AS days,
       count(*) AS many
FROM unnest(CAST(:people AS uuid[])) AS wanted(id)
JOIN custody_spell AS spell ON spell.person_id = wanted.id AND spell.released_on >= :day
JOIN person ON person.id = wanted.id
JOIN hub ON hub.id = person.hub_id
CROSS JOIN LATERAL (SELECT spell.released_on::timestamp AT TIME ZONE hub.timezone AS at) AS out
LEFT JOIN LATERAL (
    SELECT min(each.at) AS at FROM (
        (SELECT reply_record.at FROM reply_record WHERE reply_record.person_id = wanted.id
            AND reply_record.at >= out.at ORDER BY reply_record.at LIMIT 1)
        UNION ALL
        (SELECT appointment.starts_at FROM appointment
         JOIN outcome ON outcome.appointment_id = appointment.id AND outcome.superseded_at IS NULL
                     AND outcome.code IN ('ATTC', 'AFTC', 'ATSH', 'ATSS')
         WHERE appointment.person_id = wanted.id AND appointment.starts_at >= out.at
             ORDER BY appointment.starts_at LIMIT 1)
    ) AS each
) AS first ON true
GROUP BY 1
""")


def days_to_first_contact(
    session: Session, those: Sequence[Member], since: date
) -> Counter[int | None]:
    """For the releases since a day: the number of days until first contact, counted. None: there
    has been none yet.
    """
    people = list({one.person_id for one in those})
    rows = session.execute(_RELEASES, {"people": people, "day": since})
    return Counter({row.days: row.many for row in rows})


_OVERDUE = text("""
SELECT agency.name, count(*) AS live,
    count(*) FILTER (WHERE action.due_on < (CAST(:now AS timestamptz)
        AT TIME ZONE hub.timezone)::date) AS overdue
FROM unnest(CAST(:people AS uuid[])) AS wanted(id)
JOIN person ON person.id = wanted.id
JOIN hub ON hub.id = person.hub_id
JOIN action ON action.person_id = wanted.id AND action.state = 'live'
JOIN agency ON agency.id = action.agency_id
GROUP BY agency.name ORDER BY overdue DESC, agency.name
""")


def overdue_actions(
    session: Session, those: Sequence[Member], now: datetime
) -> list[OverdueActions]:
    """Each agency's live actions for people who are on the cohort now."""
    people = [one.person_id for one in those if one.ended_on is None]
    return [
        OverdueActions(*row) for row in session.execute(_OVERDUE, {"people": people, "now": now})
    ]
