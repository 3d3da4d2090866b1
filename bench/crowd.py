"""Many people with a history, written straight into the tables, so that pages and workers can be
measured at size.
"""

from sqlalchemy import text

from bench.ground import NOW
from engage.core.db import Database

CASELOAD = 50

STATEMENTS = (
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
    """
    INSERT INTO person (id, crn, hub_id, offender_manager_id, first_name, last_name, language,
        legal_status, custody_status,
        contact_status, restricted, restricted_texts_allowed, texts_approved_at, two_hour_reminder,
            created_at, updated_at)
    SELECT gen_random_uuid(), 'C' || lpad(n::text, 6, '0'), hub.id, staff.id, 'First' || n,
        'Last' || n, 'en', 'statutory', 'community',
        'open', false, false, :now, false, :now, :now
    FROM generate_series(1, :people) n, hub, staff
        WHERE staff.email = 'om' || (1 + (n - 1) / :caseload) || '@probation.example'
    """,
    """
    INSERT INTO contact_point (id, person_id, given, number, state, verified_at, verified_how,
        safe_until, created_at)
    SELECT gen_random_uuid(), id, 'given', '+447700900' || substr(crn, 3), 'verified', :now,
        'seen', :now + interval '60 days', :now
    FROM person WHERE crn LIKE 'C%'
    """,
    """
    INSERT INTO appointment (id, hub_id, person_id, agency_id, type, starts_at, minutes,
        worker_name, place, place_alias, enforceable,
        state, revision, created_by, created_at, updated_at)
    SELECT gen_random_uuid(), person.hub_id, person.id,
        (SELECT id FROM agency WHERE name = 'Probation'), 'office',
        date_trunc('day', :now) + interval '10 hours' + (n - 10) * interval '7 days'
            + (right(person.crn, 1)::int % 7) * interval '1 day',
        30, 'Pat', '', '', true, 'booked', 1, 'system', :now, :now
    FROM person, generate_series(1, 12) n WHERE crn LIKE 'C%'
    """,
    """
    INSERT INTO message (id, recipient, to_number, sender, lane, body, encoding, segments, status,
        send_after, expires_at, dedupe_key,
        context, created_at, accepted_at, sent_at, delivered_at, ended_at)
    SELECT gen_random_uuid(), person.id::text, '+447700900' || substr(person.crn, 3),
        '+447700900999', 3, 'A reminder', 'gsm7', 1,
        'delivered', moment, moment + interval '1 day', person.crn || ':' || n,
            '{"purpose": "reminder"}', moment, moment, moment, moment, moment
    FROM person, generate_series(1, 100) n,
        LATERAL (SELECT :now - n * interval '3 days' AS moment) at
    WHERE crn LIKE 'C%'
    """,
    """
    INSERT INTO reminder (id, appointment_id, kind, revision, attempt, due_at, expires_at, state,
        reasons)
    SELECT gen_random_uuid(), appointment.id, kind.name, 1, 1, starts_at - interval '1 day',
        starts_at, 'skipped', '[]'
    FROM appointment JOIN person ON person.id = person_id,
        (VALUES ('booked'), ('one_day')) kind(name) WHERE crn LIKE 'C%'
    """,
    """
    INSERT INTO signal (id, person_id, hub_id, kind, severity, key, why, action, evidence, state,
        raised_at, due_at)
    SELECT gen_random_uuid(), id, hub_id, 'call_requested', 'medium', 'bench:' || crn,
        'Asked for a call', 'Ring', '[]', 'open', :now, :now
    FROM person WHERE crn LIKE 'C%' AND right(crn, 1)::int % 5 = 0
    """,
)


def fill(database: Database, people: int) -> None:
    """Add `people` people, 50 to an offender manager, each with 12 appointments and 100 texts; then
    gather statistics.
    """
    with database.begin() as session:
        for statement in STATEMENTS:
            session.execute(text(statement), {"now": NOW, "people": people, "caseload": CASELOAD})
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM (ANALYZE)"))
