"""A service of many people with a year of history, written straight into the tables, for the
nightly sweep and the cohort view.
"""

from collections.abc import Sequence

from sqlalchemy import text

from bench.ground import NOW
from engage.core.db import Database

CASELOAD = 50
WEEKS = 48
AT_ONCE = 10_000
"""People whose appointments are written in one transaction."""

PEOPLE = (
    """
    INSERT INTO staff (id, agency_id, email, name, first_name, active, failed_sign_ins,
        session_epoch, created_at)
    SELECT gen_random_uuid(), (SELECT id FROM agency WHERE name = 'Probation'),
        'om' || n || '@probation.example', 'Officer ' || n,
           'Officer', true, 0, 0, :now
    FROM generate_series(1, :people / :caseload) n
    """,
    """
    INSERT INTO membership (id, staff_id, hub_id, role)
    SELECT gen_random_uuid(), staff.id, hub.id, 'offender_manager' FROM staff, hub
        WHERE staff.email LIKE 'om%@probation.example'
    """,
    # A third in prison, a third voluntary, as in a cohort; increasing ids, as those of real people.
    """
    INSERT INTO person (id, crn, hub_id, offender_manager_id, first_name, last_name, language,
        legal_status, custody_status,
        contact_status, restricted, restricted_texts_allowed, texts_approved_at, two_hour_reminder,
            created_at, updated_at)
    SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
        chr(65 + n / 1000000) || lpad((n % 1000000)::text, 6, '0'), hub.id,
        staff.id, 'First' || n, 'Last' || n, 'en',
        CASE WHEN n % 3 = 2 THEN 'non_statutory' ELSE 'statutory' END,
        CASE WHEN n % 3 = 1 THEN 'custody' ELSE 'community' END, 'open', false, false, :now, false,
        :now - interval '400 days', :now
    FROM generate_series(1, :people) n, (SELECT * FROM hub LIMIT 1) hub, staff
    WHERE staff.email = 'om' || (1 + (n - 1) / :caseload) || '@probation.example'
    """,
    """
    INSERT INTO enrolment (id, person_id, hub_id, cohort, lead_agency_id, adopted_on, exit_note)
    SELECT gen_random_uuid(), person.id, person.hub_id, 'fixed',
        (SELECT id FROM agency WHERE name = 'Probation'),
        :now - interval '395 days' + (right(crn, 2)::int || ' days')::interval, ''
    FROM person WHERE first_name LIKE 'First%'
    """,
    """
    INSERT INTO strand_spell (id, enrolment_id, strand, since, reason, suggested, decided_by,
        decided_at)
    SELECT gen_random_uuid(), id, 'catch_and_control', adopted_on, 'So', '{}', 'system', adopted_on
        FROM enrolment WHERE exit_note = ''
    """,
    # Thirteen reviews of each, the last due in four weeks for most.
    """
    INSERT INTO rag_review (id, enrolment_id, rag, held_on, reason, suggested, next_due_on,
        decided_by, decided_at)
    SELECT gen_random_uuid(), enrolment.id,
        (ARRAY['red', 'amber', 'green', 'green'])[1 + (right(person.crn, 2)::int + n / 4) % 4],
        (:now - n * interval '28 days'
            - (right(person.crn, 3)::int % 27 || ' days')::interval)::date, 'So', '{}',
        (:now - (n - 1) * interval '28 days'
            - (right(person.crn, 3)::int % 27 || ' days')::interval)::date, 'system',
        :now - n * interval '28 days' - (right(person.crn, 3)::int % 27 || ' days')::interval
    FROM enrolment JOIN person ON person.id = enrolment.person_id, generate_series(0, 12) n
        WHERE person.first_name LIKE 'First%'
    """,
    """
    INSERT INTO custody_spell (id, person_id, kind, since, prison, sentence_days, release_on,
        recorded_by, recorded_at)
    SELECT gen_random_uuid(), id, 'custody', (:now - interval '60 days')::date, 'HMP', 400,
        (:now + (right(crn, 3)::int % 400 || ' days')::interval)::date, 'system', :now
    FROM person WHERE custody_status = 'custody' AND first_name LIKE 'First%'
    """,
    """
    INSERT INTO court_order (id, person_id, kind, court, reference, made_on, starts_on, ends_on,
        recorded_by, recorded_at)
    SELECT gen_random_uuid(), id, 'community_order', '', '', (:now - interval '390 days')::date,
        (:now - interval '390 days')::date,
        (:now + (CASE WHEN right(crn, 3) = '500' THEN -1 ELSE 200 END || ' days')::interval)::date,
            'system', :now
    FROM person WHERE legal_status = 'statutory' AND first_name LIKE 'First%'
    """,
    """
    INSERT INTO action (id, person_id, pathway, action_class, what, agency_id, responsible, due_on,
        exit_plan, state, proposed_by, proposed_at,
        approval, approved_by, approved_at, ended_note)
    SELECT gen_random_uuid(), person.id, 'accommodation', 'support', 'Find a room',
        (SELECT id FROM agency WHERE name = 'Probation'), 'Lin',
        (:now + ((n * 37 + right(crn, 3)::int) % 200 - 10 || ' days')::interval)::date, false,
            'live', 'system', :now, 'single', 'system', :now, ''
    FROM person, generate_series(1, 3) n WHERE first_name LIKE 'First%'
    """,
)

# Every week, but for the last 60 days in prison; 1 in 100 recorded as an unacceptable absence,
# yesterday's and today's not recorded yet.
HISTORY = (
    """
    INSERT INTO appointment (id, hub_id, person_id, agency_id, type, starts_at, minutes,
        worker_name, place, place_alias, enforceable,
        state, revision, created_by, created_at, updated_at)
    SELECT gen_random_uuid(), person.hub_id, person.id,
        (SELECT id FROM agency WHERE name = 'Probation'), 'office',
        date_trunc('day', CAST(:now AS timestamptz)) + interval '10 hours'
            - (n - 3) * interval '7 days' - (right(person.crn, 1)::int % 7) * interval '1 day',
        30, 'Pat', '', '', person.legal_status = 'statutory', 'booked', 1, 'system', :now, :now
    FROM person, generate_series(1, :weeks) n WHERE person.id > :after AND person.id <= :upto
    """,
    """
    INSERT INTO outcome (id, appointment_id, code, note, recorded_by, recorded_at)
    SELECT gen_random_uuid(), appointment.id, CASE
        WHEN hashtext(appointment.id::text) % 100 = 0 THEN 'UAAB' ELSE 'ATTC' END, '', 'system',
        appointment.starts_at + interval '5 hours'
    FROM appointment WHERE appointment.person_id > :after AND appointment.person_id <= :upto
        AND appointment.starts_at < :now
    """,
    # One text a fortnight; a few people's phones are dead.
    """
    INSERT INTO message (id, recipient, to_number, sender, lane, body, encoding, segments, status,
        send_after, expires_at, dedupe_key,
        context, created_at, accepted_at, sent_at, delivered_at, ended_at)
    SELECT gen_random_uuid(), person.id::text, '+447700900' || right(person.crn, 3),
        '+447700900999', 3, 'A reminder', 'gsm7', 1,
        CASE WHEN right(person.crn, 2) = '77' THEN 'undelivered' ELSE 'delivered' END, moment,
            moment + interval '1 day',
        person.id || ':' || n, '{"purpose": "reminder"}', moment, moment, moment,
        CASE WHEN right(person.crn, 2) = '77' THEN NULL ELSE moment END, moment
    FROM person, generate_series(1, 4) n,
        LATERAL (SELECT CAST(:now AS timestamptz) - n * interval '12 days' AS moment) at
    WHERE person.id > :after AND person.id <= :upto
    """,
    """
    INSERT INTO reminder (id, appointment_id, kind, revision, attempt, due_at, expires_at, state,
        reasons, message_id)
    SELECT gen_random_uuid(), appointment.id, 'one_day', 1, 1, starts_at - interval '1 day',
        starts_at,
        CASE WHEN texted.id IS NULL THEN 'skipped' ELSE 'sent' END, '[]', texted.id
    FROM appointment
    LEFT JOIN LATERAL (SELECT message.id FROM message
        WHERE message.recipient = appointment.person_id::text
                         AND message.created_at BETWEEN appointment.starts_at - interval '6 days'
                             AND appointment.starts_at LIMIT 1) AS texted ON true
    WHERE appointment.person_id > :after AND appointment.person_id <= :upto AND :reminders
      AND appointment.starts_at BETWEEN CAST(:now AS timestamptz) - interval '60 days' AND :now
    """,
)

# Assessed when they were recorded, all but one in a hundred: the sweep catches those.
WEIGHED = """
    INSERT INTO signal (id, person_id, hub_id, kind, severity, key, why, action, evidence, state,
        raised_at, due_at, resolved_at, resolved_by)
    SELECT gen_random_uuid(), person.id, person.hub_id, 'second_failure', 'high',
        'second_failure:' || person.id || ':' || failed.latest || ':' || 'none',
        'So', 'Consider', '[]', 'resolved', CAST(:now AS timestamptz) - interval '1 day', :now,
            :now, 'system'
    FROM person
    CROSS JOIN LATERAL (SELECT (array_agg(outcome.id
        ORDER BY appointment.starts_at DESC, appointment.id DESC))[1] AS latest
        FROM appointment JOIN outcome ON outcome.appointment_id = appointment.id
            AND outcome.code = 'UAAB'
        WHERE appointment.person_id = person.id HAVING count(*) > 1) AS failed
    WHERE person.id > :after AND person.id <= :upto AND person.legal_status = 'statutory'
        AND right(person.crn, 2) <> '13'
"""

# What earlier nights have found: new tonight is only what follows from the last day's outcomes.
KNOWN = """
    INSERT INTO milestone (id, person_id, kind, step, counted_from, reached_on, found_at,
        not_praised)
    SELECT gen_random_uuid(), enrolment.person_id, reached.kind, reached.step,
        (CAST(:now AS timestamptz) - interval '1 day')::date,
        (CAST(:now AS timestamptz) - interval '1 day')::date,
        CAST(:now AS timestamptz) - interval '1 day', 'Earlier'
    FROM enrolment
    CROSS JOIN LATERAL (SELECT max(appointment.starts_at) AS at FROM appointment
        JOIN outcome ON outcome.appointment_id = appointment.id AND outcome.code = 'UAAB'
            WHERE appointment.person_id = enrolment.person_id) AS broke
    CROSS JOIN LATERAL (SELECT count(*) AS many FROM appointment
        JOIN outcome ON outcome.appointment_id = appointment.id AND outcome.code = 'ATTC'
            AND outcome.recorded_at < CAST(:now AS timestamptz) - interval '1 day'
        WHERE appointment.person_id = enrolment.person_id
            AND appointment.starts_at > GREATEST(broke.at, enrolment.adopted_on)) AS run
    CROSS JOIN LATERAL (
        SELECT 'attended' AS kind, step FROM unnest(ARRAY[5, 10, 20]) AS step WHERE step <= run.many
        UNION ALL
        SELECT 'offence_free', days FROM unnest(ARRAY[28, 90, 180, 365]) AS days
            WHERE enrolment.adopted_on + days < CAST(:now AS timestamptz) - interval '1 day'
    ) AS reached
    WHERE enrolment.person_id > :after AND enrolment.person_id <= :upto
"""


def fill(database: Database, people: int, *, reminders: bool = False) -> int:
    """Add `people` people with 48 weekly appointments each; returns the number of appointments.
    Then gather statistics.
    """
    with database.begin() as session:
        for statement in PEOPLE:
            session.execute(text(statement), {"now": NOW, "people": people, "caseload": CASELOAD})
    for statements in (HISTORY, (WEIGHED, KNOWN)):
        for start in range(0, people, AT_ONCE):
            _write(database, statements, start, reminders=reminders)
        with database.engine.connect().execution_options(
            isolation_level="AUTOCOMMIT"
        ) as connection:
            connection.execute(text("VACUUM (ANALYZE)"))
    with database.begin() as session:
        return int(session.execute(text("SELECT count(*) FROM appointment")).scalar_one())


def _write(database: Database, statements: Sequence[str], start: int, *, reminders: bool) -> None:
    names = {
        "after": _id(start),
        "upto": _id(start + AT_ONCE),
        "now": NOW,
        "weeks": WEEKS,
        "reminders": reminders,
    }
    for statement in statements:
        wanted = {name: value for name, value in names.items() if f":{name}" in statement}
        with database.begin() as session:
            session.execute(text(statement), wanted)


def _id(number: int) -> str:
    return f"01900000-0000-7000-8000-{number:012x}"
