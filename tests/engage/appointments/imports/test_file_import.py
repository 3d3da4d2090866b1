"""The import: what the sample file gives row by row, what a second import changes, and what a bad
file must not do.
"""

import threading
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from engage.access.policy import SYSTEM
from engage.appointments.imports import file_import
from engage.appointments.imports.file_import import ImportReport
from engage.appointments.model import Appointment, Reminder, ReminderState
from engage.appointments.reminders.due import send_due
from engage.core.db import Database
from engage.core.model import Event
from engage.people import phones
from engage.people.model import ContactPoint, NumberState, Person
from engage.signals import Signal
from messaging.tables import Message
from tests import DATA
from tests.engage.appointments.files import import_bytes
from tests.engage.appointments.stage import local, messages

SAMPLE = DATA / "appointments.csv"
REFUSED = {
    "A-1009": ("start", "01:30 does not exist on 28 March 2027: the clocks go forward"),
    "A-1018": ("crn", "Enter the CRN"),
    "A-1019": ("crn", "A CRN is one letter and six digits, such as X123456"),
    "A-1020": ("om_email", "No offender manager in this hub has this email address"),
    "A-1021": ("date", "31/04/2027 is not a real date"),
    "A-1022": ("start", "25:10 is not a real time"),
    "A-1023": (
        "type",
        "The type must be one of: office, home_visit, phone, video, group, course, drug_test, "
        "court",
    ),
    "A-1024": ("date", "The appointment is in the past"),
    "A-1025": ("language", "The language must be English (en) or Welsh (cy)"),
    "A-1026": (
        "first_name",
        "It starts with a sign (=+-@ or a tab) that a spreadsheet runs as a formula",
    ),
    "A-1030": ("minutes", "The length must be in whole minutes, from 1 to 1440"),
    "A-1034": ("mobile", "The row has 4 columns and needs 15"),
}
NOT_TEXTED = {
    "A-1014": "The number is from another country: the person will not be texted",
    "A-1015": "This is not a mobile number, so it cannot be texted: the person will not be texted",
    "A-1016": "The number has too few digits: the person will not be texted",
    "A-1017": "There is no mobile number: the person will not be texted",
}
BOOKED = [
    f"A-10{number:02}"
    for number in range(1, 34)
    if number not in (9, 18, 19, 20, 21, 22, 23, 24, 25, 26, 30)
]


def state(database: Database) -> dict[str, Any]:
    """Everything that an import may change, without ids."""
    with database.begin() as session:
        appointments = session.execute(
            select(
                Appointment.source_ref,
                Appointment.starts_at,
                Appointment.revision,
                Appointment.place_alias,
            ).order_by(Appointment.source_ref)
        ).all()
        rows = session.execute(
            select(
                Appointment.source_ref,
                Reminder.kind,
                Reminder.revision,
                Reminder.state,
                Reminder.due_at,
            )
            .join(Reminder.appointment)
            .order_by(Appointment.source_ref, Reminder.revision, Reminder.kind)
        ).all()
        points = session.execute(
            select(Person.crn, ContactPoint.given, ContactPoint.state)
            .join(ContactPoint)
            .order_by(Person.crn, ContactPoint.given)
        ).all()
        counts = [
            session.scalar(select(func.count()).select_from(table))
            for table in (Person, Event, Signal)
        ]
    return {"appointments": appointments, "reminders": rows, "points": points, "counts": counts}


def test_the_sample_file_row_by_row(committed: Database, hub_id: uuid.UUID, now: datetime) -> None:
    """Valid rows are imported whatever the others do; each bad row is reported with its line,
    column and reason.
    """
    found = import_bytes(committed, hub_id, SAMPLE.read_bytes(), now).as_json()
    assert found["rows"] == 36
    assert found["booked"] == BOOKED
    assert found["moved"] == ["A-1004"]
    assert found["unchanged"] == ["A-1001"]
    assert {row["ref"]: (row["column"], row["reason"]) for row in found["refused"]} == REFUSED
    lines = {row["ref"]: row["line"] for row in found["refused"]}
    assert (lines["A-1009"], lines["A-1026"], lines["A-1034"]) == (10, 29, 37)
    warned = {(row["ref"], row["reason"]) for row in found["warnings"]}
    assert warned == {
        *NOT_TEXTED.items(),
        (
            "A-1012",
            "Another person has the same number: neither person is texted until a worker has "
            "looked into it",
        ),
        (
            "A-1013",
            "Another person has the same number: neither person is texted until a worker has "
            "looked into it",
        ),
        ("A-1029", "01:30 comes twice that day, when the clocks go back: the first one is used"),
        (
            "A-1033",
            "The place would tell a stranger too much (probation, Court): texts will not name it",
        ),
    }


def test_what_the_sample_file_leaves_behind(
    committed: Database, hub_id: uuid.UUID, now: datetime
) -> None:
    """The rows as samples/README.md describes them: times, people never merged, numbers, reminders,
    signals.
    """
    import_bytes(committed, hub_id, SAMPLE.read_bytes(), now)
    with committed.begin() as session:
        booked = {one.source_ref: one for one in session.scalars(select(Appointment))}
        person = {ref: session.get_one(Person, one.person_id) for ref, one in booked.items()}
        point = {ref: phones.current_point(session, one.id) for ref, one in person.items()}
        assert (
            booked["A-1004"].starts_at == local("2027-03-22 09:30")
            and booked["A-1004"].revision == 2
        )
        old = session.scalars(
            select(Reminder).where(
                Reminder.appointment_id == booked["A-1004"].id, Reminder.revision == 1
            )
        ).all()
        assert old and {row.state for row in old} <= {ReminderState.VOID, ReminderState.SKIPPED}
        assert booked["A-1029"].starts_at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
        assert (
            booked["A-1031"].starts_at == local("2027-04-07 09:30") and booked["A-1031"].enforceable
        )
        assert (
            booked["A-1032"].starts_at == local("2027-04-07 14:00")
            and person["A-1032"].language == "en"
        )
        assert booked["A-1033"].place_alias == "" and "probation" in booked["A-1033"].place
        assert booked["A-1002"].place_alias == "the hall, Mill Lane"
        assert booked["A-1017"].place == 'the Hub, "upstairs"'
        assert person["A-1010"].id != person["A-1011"].id
        assert (person["A-1008"].last_name, person["A-1006"].language) == ("Gŵyr", "cy")
        assert person["A-1027"].last_name == "de la Cruz Fernández"
        assert {one.number for ref in ("A-1001", "A-1008") if (one := point[ref])} == {
            "+447700900101",
            "+447700900104",
        }
        states = {ref: one.state if one else None for ref, one in point.items()}
        assert [states[f"A-10{number}"] for number in (14, 15, 16, 17)] == [
            NumberState.UNUSABLE
        ] * 3 + [None]
        shared = session.scalars(
            select(Signal.person_id).where(Signal.kind == "number_shared")
        ).all()
        assert set(shared) == {person["A-1012"].id, person["A-1013"].id}


def test_unconfirmed_numbers_only_get_a_check(
    committed: Database, hub_id: uuid.UUID, now: datetime
) -> None:
    """After the import every number gets a number check and no other text; numbers that cannot be
    texted have a reason.
    """
    import_bytes(committed, hub_id, SAMPLE.read_bytes(), now)
    with committed.begin() as session:
        while send_due(session, now=now, limit=10):
            pass
        session.flush()
        sent = messages(session)
        assert {message.context["purpose"] for message in sent} == {"number_check"}
        numbers = [message.to_number for message in sent]
        assert len(numbers) == len(set(numbers)) and "+447700900108" not in numbers
        reasons = {
            ref: [reason["code"] for reason in reasons]
            for ref, reasons in session.execute(
                select(Appointment.source_ref, Reminder.reasons)
                .join(Reminder.appointment)
                .where(Reminder.kind == "booked", Reminder.state == ReminderState.SKIPPED)
            )
        }
        assert reasons["A-1012"] == reasons["A-1013"] == ["number_suspended", "number_shared"]
        assert reasons["A-1014"] == ["number_unusable"] and reasons["A-1017"] == ["no_number"]


def test_a_number_given_twice_gets_no_check(
    committed: Database, hub_id: uuid.UUID, now: datetime
) -> None:
    """A worker that runs in the middle of the import texts neither person: the import knows that
    the file gives the number twice.
    """

    def tick(done: int, _rows: int) -> None:
        with committed.begin() as session:
            send_due(session, now=now)

    with SAMPLE.open("rb") as stream:
        file_import.import_file(committed.begin, SYSTEM, hub_id, stream, now=now, progress=tick)
    with committed.begin() as session:
        texted = set(session.scalars(select(Message.to_number)))
    assert "+447700900101" in texted and "+447700900108" not in texted


def test_the_sample_file_twice_changes_nothing(
    committed: Database, hub_id: uuid.UUID, now: datetime
) -> None:
    """The second import changes no row, reminder, event or signal."""
    import_bytes(committed, hub_id, SAMPLE.read_bytes(), now)
    before = state(committed)
    again = import_bytes(
        committed, hub_id, SAMPLE.read_bytes(), now + timedelta(minutes=5)
    ).as_json()
    assert state(committed) == before
    assert (again["booked"], again["moved"]) == ([], [])
    assert sorted(again["unchanged"]) == sorted([*BOOKED, "A-1001", "A-1004"])
    assert {row["ref"]: (row["column"], row["reason"]) for row in again["refused"]} == REFUSED


@pytest.mark.parametrize("after", [1, 4, 5, 9, 20, 25])
def test_an_import_can_be_stopped_and_repeated(
    committed: Database, hub_id: uuid.UUID, now: datetime, after: int
) -> None:
    """Stopped after any row and repeated, it gives the result of one import."""

    class Stopped(Exception):
        """The import is interrupted."""

    def stop(done: int, _total: int) -> None:
        if done >= after + len(REFUSED) - 1:
            raise Stopped

    with pytest.raises(Stopped):
        import_bytes(committed, hub_id, SAMPLE.read_bytes(), now, progress=stop)
    import_bytes(committed, hub_id, SAMPLE.read_bytes(), now)
    with committed.begin() as session:
        refs = session.scalars(
            select(Appointment.source_ref).order_by(Appointment.source_ref)
        ).all()
        moved = session.scalars(select(Appointment).where(Appointment.source_ref == "A-1004")).one()
    assert list(refs) == BOOKED
    assert moved.starts_at == local("2027-03-22 09:30")


def test_a_dry_run_reports_the_same_and_changes_nothing(
    committed: Database, hub_id: uuid.UUID, now: datetime
) -> None:
    """The preview reports exactly what the import would do, and stores nothing."""
    before = state(committed)
    rehearsed = import_bytes(committed, hub_id, SAMPLE.read_bytes(), now, dry_run=True).as_json()
    assert state(committed) == before
    assert import_bytes(committed, hub_id, SAMPLE.read_bytes(), now).as_json() == rehearsed


def test_two_imports_at_once(committed: Database, hub_id: uuid.UUID, now: datetime) -> None:
    """Three imports of the same file at the same moment create each appointment and person once."""
    reports: list[ImportReport] = []
    workers = [
        threading.Thread(
            target=lambda: reports.append(import_bytes(committed, hub_id, SAMPLE.read_bytes(), now))
        )
        for _ in range(3)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(reports) == 3
    for report in reports:
        assert {row["ref"]: (row["column"], row["reason"]) for row in report.refused} == REFUSED
    assert sorted(ref for report in reports for ref in report.booked) == BOOKED
