"""The import of 10,000 good rows, compared with COPY of the same rows into bare tables: in one
transaction, and row by row as the import commits.
"""

import csv
import io
import time
from datetime import timedelta

import psycopg

from bench.figures import Figure, at_most
from bench.ground import NOW, address, fresh, hub_id
from engage.access.policy import SYSTEM
from engage.appointments.imports.file_import import import_file

ROWS = 10_000
PEOPLE = 1_000
HEADER = [
    "ref",
    "crn",
    "first_name",
    "last_name",
    "mobile",
    "language",
    "om_email",
    "agency",
    "type",
    "date",
    "start",
    "minutes",
    "place",
    "worker",
    "enforceable",
]
BARE = (
    "CREATE TABLE bare_person (crn text, first_name text, last_name text, mobile text, language"
    " text, om_email text);"
    "CREATE TABLE bare_appointment (ref text, crn text, agency text, type text, date text, start"
    " text, minutes text,"
    " place text, worker text, enforceable text)"
)
PERSON = [
    HEADER.index(name)
    for name in ("crn", "first_name", "last_name", "mobile", "language", "om_email")
]
APPOINTMENT = [
    HEADER.index(name)
    for name in (
        "ref",
        "crn",
        "agency",
        "type",
        "date",
        "start",
        "minutes",
        "place",
        "worker",
        "enforceable",
    )
]


def measure(server_url: str) -> list[Figure]:
    """Import into an empty caseload; then COPY into bare tables of the same database."""
    rows = [_row(number) for number in range(ROWS)]
    with fresh(server_url) as database:
        stream = io.StringIO(newline="")
        writer = csv.writer(stream)
        writer.writerow(HEADER)
        writer.writerows(rows)
        content = io.BytesIO(stream.getvalue().encode())
        hub = hub_id(database)
        start = time.perf_counter()
        report = import_file(database.begin, SYSTEM, hub, content, now=NOW)
        seconds = time.perf_counter() - start
        booked = len(report.as_json()["booked"])
        if booked != ROWS:
            raise RuntimeError(
                f"{booked} of {ROWS} rows were booked: {report.as_json()['refused'][:3]}"
            )
        whole, each = _copies(address(database), rows)
    told = f"{seconds:.1f} s for {ROWS:,} rows, one transaction each"
    return [
        at_most(
            "import against one COPY",
            seconds / whole,
            30,
            f"{told}; COPY of all at once {whole:.2f} s",
        ),
        at_most(
            "import against COPY row by row",
            seconds / each,
            30,
            f"{told}; COPY committed row by row {each:.2f} s",
        ),
    ]


def _row(number: int) -> list[str]:
    whose, turn = number % PEOPLE, number // PEOPLE
    day = NOW + timedelta(days=2 + turn * 7 + whose % 5)
    return [
        f"B-{number:06d}",
        f"B{whose:06d}",
        f"First{whose}",
        f"Last{whose}",
        f"07700 900{whose:03d}",
        "cy" if whose % 10 == 0 else "en",
        "p.hale@probation.example",
        "Probation",
        "office",
        day.strftime("%d/%m/%Y"),
        f"{9 + whose % 8:02d}:{15 * (turn % 4):02d}",
        "30",
        "the centre on Bridge St",
        "Pat",
        "yes",
    ]


def _copies(url: str, rows: list[list[str]]) -> tuple[float, float]:
    """Seconds for COPY of all rows in one transaction, and for the same with one transaction per
    row.
    """
    plain = url.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(plain) as connection:
        connection.execute(BARE)
        connection.commit()
        start = time.perf_counter()
        _copy(connection, rows)
        connection.commit()
        whole = time.perf_counter() - start
        start = time.perf_counter()
        for row in rows:
            _copy(connection, [row])
            connection.commit()
        return whole, time.perf_counter() - start


def _copy(connection: psycopg.Connection, rows: list[list[str]]) -> None:
    for table, columns in (("bare_person", PERSON), ("bare_appointment", APPOINTMENT)):
        with connection.cursor().copy(f"COPY {table} FROM STDIN") as copy:
            for row in rows:
                copy.write_row([row[column] for column in columns])
