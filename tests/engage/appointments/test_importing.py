"""The import: what must come out of the sample file row by row, what a second import changes, and what a bad file may not do."""

import csv
import io
import threading
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.agencies.model import Hub, Role
from engage.appointments import importing, numbers, reminders, service, taking_in
from engage.appointments.importing import ImportReport
from engage.appointments.model import Appointment, Reminder, ReminderState
from engage.appointments.sheets import COLUMNS
from engage.db import Database
from engage.errors import Forbidden, Invalid, NotFound
from engage.events import Event
from engage.people import phones
from engage.people.access import SYSTEM, Actor
from engage.people.model import ContactPoint, NumberState, Person
from engage.signals import Signal
from messaging.states import MessageStatus
from messaging.tables import Message
from tests import builders
from tests.engage.appointments.stage import becomes, local, messages

SAMPLE = Path(__file__).parents[2] / "data" / "appointments.csv"
AGENCIES = ("Probation", "Tyne Recovery", "City Housing", "Coleg y Cwm", "Jobcentre", "Women's Hub")
REFUSED = {
    "A-1009": ("start", "01:30 does not exist on 28 March 2027: the clocks go forward"),
    "A-1018": ("crn", "There is no CRN"),
    "A-1019": ("crn", "A CRN is one letter and six digits, such as X123456"),
    "A-1020": ("om_email", "No offender manager of this hub has this address"),
    "A-1021": ("date", "There is no 31/04/2027"),
    "A-1022": ("start", "There is no time 25:10"),
    "A-1023": (
        "type",
        "The type must be one of: office, home_visit, phone, video, group, course, drug_test, court",
    ),
    "A-1024": ("date", "The appointment is in the past"),
    "A-1025": ("language", "Texts are in English (en) or Welsh (cy)"),
    "A-1026": ("first_name", "It starts with a sign (=+-@ or a tab) that a spreadsheet would run"),
    "A-1030": ("minutes", "The length must be whole minutes, from 1 to 1440"),
    "A-1034": ("mobile", "The row has 4 columns and needs 15"),
}
NOT_TEXTED = {
    "A-1014": "The number is from another country: the person will not be texted",
    "A-1015": "This is not a mobile number, so it cannot be texted: the person will not be texted",
    "A-1016": "The number has too few digits: the person will not be texted",
    "A-1017": "There is no mobile number: the person will not be texted",
}
BOOKED = [
    f"A-10{number:02}" for number in range(1, 34) if number not in (9, 18, 19, 20, 21, 22, 23, 24, 25, 26, 30)
]


def make_hub(session: Session) -> Hub:
    """The hub of samples/README.md."""
    hub = builders.hub(session)
    for name in AGENCIES:
        builders.agency(session, hub, name)
    builders.staff(session, hub, name="Pat Hale", email="p.hale@probation.example")
    builders.staff(session, hub, name="Dai Rees", email="d.rees@probation.example")
    return hub


@pytest.fixture
def hub_id(committed: Database) -> uuid.UUID:
    """The hub, committed."""
    with committed.begin() as session:
        return make_hub(session).id


def take_in(
    database: Database, hub_id: uuid.UUID, content: bytes, now: datetime, **options: Any
) -> ImportReport:
    """Import bytes as the system."""
    actor: Actor = options.pop("actor", SYSTEM)
    return importing.import_file(database.begin, actor, hub_id, io.BytesIO(content), now=now, **options)


def sheet(*rows: dict[str, str], columns: Sequence[str] = COLUMNS) -> bytes:
    """A file with these rows; what a row does not say is as in a good row."""
    good = dict(
        zip(
            COLUMNS,
            [
                "B-1",
                "X700001",
                "Katrina",
                "Dodds",
                "07700900131",
                "en",
                "p.hale@probation.example",
                "Probation",
                "office",
                "26/03/2027",
                "14:00",
                "30",
                "the hall",
                "Pat",
                "yes",
            ],
            strict=True,
        )
    )
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({**good, **row} for row in rows)
    return out.getvalue().encode("utf-8", "surrogatepass")


def only(report: ImportReport) -> tuple[str, str]:
    """The column and reason of the one refused row."""
    found = report.as_json()["refused"]
    assert len(found) == 1, found
    return found[0]["column"], found[0]["reason"]


def state(database: Database) -> dict[str, Any]:
    """Everything that an import may change, without ids."""
    with database.begin() as session:
        appointments = session.execute(
            select(
                Appointment.source_ref, Appointment.starts_at, Appointment.revision, Appointment.place_alias
            ).order_by(Appointment.source_ref)
        ).all()
        rows = session.execute(
            select(Appointment.source_ref, Reminder.kind, Reminder.revision, Reminder.state, Reminder.due_at)
            .join(Reminder.appointment)
            .order_by(Appointment.source_ref, Reminder.revision, Reminder.kind)
        ).all()
        points = session.execute(
            select(Person.crn, ContactPoint.given, ContactPoint.state)
            .join(ContactPoint)
            .order_by(Person.crn, ContactPoint.given)
        ).all()
        counts = [
            session.scalar(select(func.count()).select_from(table)) for table in (Person, Event, Signal)
        ]
    return {"appointments": appointments, "reminders": rows, "points": points, "counts": counts}


def test_the_sample_file_row_by_row(committed: Database, hub_id: uuid.UUID, now: datetime) -> None:
    """Good rows go in whatever the bad ones do; each bad row is reported with line, column and reason."""
    found = take_in(committed, hub_id, SAMPLE.read_bytes(), now).as_json()
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
        ("A-1012", "The same number is on somebody else: neither is texted until a worker has looked"),
        ("A-1013", "The same number is on somebody else: neither is texted until a worker has looked"),
        ("A-1029", "01:30 comes twice that day, when the clocks go back: the first is taken"),
        ("A-1033", "The place would tell a stranger too much (probation, Court): texts will not name it"),
    }


def test_what_the_sample_file_leaves_behind(committed: Database, hub_id: uuid.UUID, now: datetime) -> None:
    """The rows as samples/README.md wants them: times, people never merged, numbers, reminders, signals."""
    take_in(committed, hub_id, SAMPLE.read_bytes(), now)
    with committed.begin() as session:
        booked = {one.source_ref: one for one in session.scalars(select(Appointment))}
        person = {ref: session.get_one(Person, one.person_id) for ref, one in booked.items()}
        point = {ref: phones.current_point(session, one.id) for ref, one in person.items()}
        assert booked["A-1004"].starts_at == local("2027-03-22 09:30") and booked["A-1004"].revision == 2
        old = session.scalars(
            select(Reminder).where(Reminder.appointment_id == booked["A-1004"].id, Reminder.revision == 1)
        ).all()
        assert old and {row.state for row in old} <= {ReminderState.VOID, ReminderState.SKIPPED}
        assert booked["A-1029"].starts_at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
        assert booked["A-1031"].starts_at == local("2027-04-07 09:30") and booked["A-1031"].enforceable
        assert booked["A-1032"].starts_at == local("2027-04-07 14:00") and person["A-1032"].language == "en"
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
        assert [states[f"A-10{number}"] for number in (14, 15, 16, 17)] == [NumberState.UNUSABLE] * 3 + [None]
        shared = session.scalars(select(Signal.person_id).where(Signal.kind == "number_shared")).all()
        assert set(shared) == {person["A-1012"].id, person["A-1013"].id}


def test_nobody_unconfirmed_is_texted_content(committed: Database, hub_id: uuid.UUID, now: datetime) -> None:
    """After the import every number is asked whose it is, and no other text goes; those that cannot be texted say why."""
    take_in(committed, hub_id, SAMPLE.read_bytes(), now)
    with committed.begin() as session:
        while reminders.send_due(session, now=now, limit=10):
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


def test_not_even_a_check_goes_to_a_shared_number_between_its_two_rows(
    committed: Database, hub_id: uuid.UUID, now: datetime
) -> None:
    """A worker that ticks in the middle of the import texts neither: the file is known to give the number twice."""

    def tick(done: int, _rows: int) -> None:
        with committed.begin() as session:
            reminders.send_due(session, now=now)

    with SAMPLE.open("rb") as stream:
        importing.import_file(committed.begin, SYSTEM, hub_id, stream, now=now, progress=tick)
    with committed.begin() as session:
        texted = set(session.scalars(select(Message.to_number)))
    assert "+447700900101" in texted and "+447700900108" not in texted


def test_the_sample_file_twice_changes_nothing(committed: Database, hub_id: uuid.UUID, now: datetime) -> None:
    """The second import leaves every row, reminder, event and signal alone."""
    take_in(committed, hub_id, SAMPLE.read_bytes(), now)
    before = state(committed)
    again = take_in(committed, hub_id, SAMPLE.read_bytes(), now + timedelta(minutes=5)).as_json()
    assert state(committed) == before
    assert (again["booked"], again["moved"]) == ([], [])
    assert sorted(again["unchanged"]) == sorted([*BOOKED, "A-1001", "A-1004"])
    assert {row["ref"]: (row["column"], row["reason"]) for row in again["refused"]} == REFUSED


@pytest.mark.parametrize("after", [1, 4, 5, 9, 20, 25])
def test_stopped_and_repeated(committed: Database, hub_id: uuid.UUID, now: datetime, after: int) -> None:
    """Stopped after any row and repeated, the result is that of one import."""

    class Stopped(Exception):
        """The plug is pulled."""

    def stop(done: int, _total: int) -> None:
        if done >= after + len(REFUSED) - 1:
            raise Stopped

    with pytest.raises(Stopped):
        take_in(committed, hub_id, SAMPLE.read_bytes(), now, progress=stop)
    take_in(committed, hub_id, SAMPLE.read_bytes(), now)
    with committed.begin() as session:
        refs = session.scalars(select(Appointment.source_ref).order_by(Appointment.source_ref)).all()
        moved = session.scalars(select(Appointment).where(Appointment.source_ref == "A-1004")).one()
    assert list(refs) == BOOKED
    assert moved.starts_at == local("2027-03-22 09:30")


def test_a_dry_run_says_the_same_and_changes_nothing(
    committed: Database, hub_id: uuid.UUID, now: datetime
) -> None:
    """The preview reports exactly what the import would, and leaves nothing behind."""
    before = state(committed)
    rehearsed = take_in(committed, hub_id, SAMPLE.read_bytes(), now, dry_run=True).as_json()
    assert state(committed) == before
    assert take_in(committed, hub_id, SAMPLE.read_bytes(), now).as_json() == rehearsed


def test_two_imports_at_once(committed: Database, hub_id: uuid.UUID, now: datetime) -> None:
    """Two clerks import the same file at the same moment: each appointment and person is there once."""
    reports: list[ImportReport] = []
    workers = [
        threading.Thread(target=lambda: reports.append(take_in(committed, hub_id, SAMPLE.read_bytes(), now)))
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


def test_a_moved_row_tells_whoever_was_told(committed: Database, hub_id: uuid.UUID, now: datetime) -> None:
    """A later file with another time: the person who knows the old one is told of the change."""
    take_in(committed, hub_id, sheet({}), now)
    with committed.begin() as session:
        person = session.scalars(select(Person)).one()
        phones.verify_number(session, SYSTEM, person.id, how="face to face", now=now)
        reminders.send_due(session, now=now)
        session.flush()
        becomes(session, messages(session)[0], MessageStatus.SENDING, MessageStatus.ACCEPTED, now=now)
    assert take_in(committed, hub_id, sheet({"start": "15:00"}), now).moved == ["B-1"]
    with committed.begin() as session:
        reminders.send_due(session, now=now)
        session.flush()
        assert "changed to Fri 26 March, 3:00pm" in messages(session)[-1].body


def test_another_place_counts_as_moved(committed: Database, hub_id: uuid.UUID, now: datetime) -> None:
    """Details without a new time are taken over, and are told again if a text had gone."""
    take_in(committed, hub_id, sheet({}), now)
    changed = {"place": "the centre", "worker": "Jo", "minutes": "45"}
    assert take_in(committed, hub_id, sheet(changed), now).moved == ["B-1"]
    with committed.begin() as session:
        found = session.scalars(select(Appointment)).one()
        assert (found.place, found.place_alias, found.worker_name, found.minutes, found.revision) == (
            "the centre",
            "the centre",
            "Jo",
            45,
            1,
        )


def test_an_old_file_does_not_undo_a_worker(committed: Database, hub_id: uuid.UUID, now: datetime) -> None:
    """A worker moved it in Engage; the file that says what it said before changes nothing. One that says something new does."""
    take_in(committed, hub_id, sheet({}), now)
    with committed.begin() as session:
        found = session.scalars(select(Appointment)).one()
        service.move(session, SYSTEM, found.id, starts_at=local("2027-03-27 10:00"), now=now)
    assert take_in(committed, hub_id, sheet({}), now).unchanged == ["B-1"]
    assert take_in(committed, hub_id, sheet({"start": "16:00"}), now).moved == ["B-1"]


def test_a_cancelled_appointment_is_not_revived(
    committed: Database, hub_id: uuid.UUID, now: datetime
) -> None:
    """The row that wants to change it is refused with the reason; the same row again is left alone."""
    take_in(committed, hub_id, sheet({}), now)
    with committed.begin() as session:
        found = session.scalars(select(Appointment)).one()
        service.cancel(session, SYSTEM, found.id, reason="Worker ill", now=now)
    assert take_in(committed, hub_id, sheet({}), now).unchanged == ["B-1"]
    assert only(take_in(committed, hub_id, sheet({"start": "16:00"}), now)) == (
        "ref",
        "This appointment is cancelled. Book a new one",
    )


def test_the_same_file_after_the_appointment(committed: Database, hub_id: uuid.UUID, now: datetime) -> None:
    """What is in the past but known is left alone; what is in the past and new is refused."""
    take_in(committed, hub_id, sheet({}), now)
    later = now + timedelta(days=30)
    assert take_in(committed, hub_id, sheet({}), later).unchanged == ["B-1"]
    assert only(take_in(committed, hub_id, sheet({"ref": "B-2"}), later))[0] == "date"


def number_after(database: Database) -> tuple[str, NumberState]:
    """The person's current number."""
    with database.begin() as session:
        point = phones.current_point(session, session.scalars(select(Person.id)).one())
        assert point is not None
        return point.number or point.given, point.state


def test_a_confirmed_number_is_kept(committed: Database, hub_id: uuid.UUID, now: datetime) -> None:
    """A file never changes a number that somebody has confirmed; it warns."""
    take_in(committed, hub_id, sheet({}), now)
    with committed.begin() as session:
        phones.verify_number(
            session, SYSTEM, session.scalars(select(Person.id)).one(), how="face to face", now=now
        )
    report = take_in(
        committed, hub_id, sheet({"ref": "B-2", "date": "27/03/2027", "mobile": "07700900199"}), now
    )
    assert [warning["reason"] for warning in report.warnings] == [numbers.CONFIRMED]
    assert number_after(committed) == ("+447700900131", NumberState.VERIFIED)


def test_an_unconfirmed_number_gives_way_and_an_old_one_stays_old(
    committed: Database, hub_id: uuid.UUID, now: datetime
) -> None:
    """The file's newer number is taken and will be checked; the old one in an older file is not taken back."""
    take_in(committed, hub_id, sheet({}), now)
    newer = sheet({"ref": "B-2", "date": "27/03/2027", "mobile": "07700900199"})
    report = take_in(committed, hub_id, newer, now)
    assert [warning["reason"] for warning in report.warnings] == [numbers.CHANGED]
    report = take_in(committed, hub_id, sheet({}), now)
    assert [warning["reason"] for warning in report.warnings] == [numbers.OLD]
    assert number_after(committed) == ("+447700900199", NumberState.UNVERIFIED)
    report = take_in(committed, hub_id, sheet({"mobile": "12345"}), now)
    assert "the recorded one was kept" in report.warnings[0]["reason"]


def test_another_name_on_a_known_crn_changes_nobody(
    committed: Database, hub_id: uuid.UUID, now: datetime
) -> None:
    """The CRN is the identity: the appointment goes in with a warning, and neither name nor number is touched."""
    take_in(committed, hub_id, sheet({}), now)
    other = {"ref": "B-2", "date": "27/03/2027", "first_name": "Dean", "mobile": "07700900199"}
    report = take_in(committed, hub_id, sheet(other), now)
    assert report.booked == ["B-2"]
    assert [warning["reason"] for warning in report.warnings] == [taking_in.NAME_DIFFERS]
    assert number_after(committed)[0] == "+447700900131"


def test_a_reference_belongs_to_one_person(committed: Database, hub_id: uuid.UUID, now: datetime) -> None:
    """The same reference with another CRN is refused, whoever came first."""
    take_in(committed, hub_id, sheet({}), now)
    assert only(take_in(committed, hub_id, sheet({"crn": "X700002"}), now)) == (
        "ref",
        "This reference is already another person's appointment",
    )


def test_a_clash_is_taken_with_a_warning(committed: Database, hub_id: uuid.UUID, now: datetime) -> None:
    """Another system's double booking is that system's to put right."""
    report = take_in(committed, hub_id, sheet({}, {"ref": "B-2", "start": "14:15"}), now)
    assert report.booked == ["B-1", "B-2"]
    assert [warning["reason"] for warning in report.warnings] == [taking_in.CLASH]


def test_people_of_another_hub_are_left_alone(committed: Database, hub_id: uuid.UUID, now: datetime) -> None:
    """A CRN of another hub's caseload is refused."""
    with committed.begin() as session:
        elsewhere = builders.hub(session, "Elsewhere")
        builders.person(session, builders.staff(session, elsewhere), crn="X700001")
    assert only(take_in(committed, hub_id, sheet({}), now)) == (
        "crn",
        "This person is on another hub's caseload",
    )


def test_who_may_import(committed: Database, hub_id: uuid.UUID, now: datetime) -> None:
    """Coordinators for the hub, offender managers for their own caseload, nobody else."""
    with committed.begin() as session:
        hub = session.get_one(Hub, hub_id)
        coordinator = builders.actor(builders.staff(session, hub, Role.COORDINATOR, name="Co"))
        manager = builders.actor(builders.staff(session, hub, name="Om", email="o.m@probation.example"))
        worker = builders.actor(builders.staff(session, hub, Role.SUPPORT_WORKER, name="Su"))
    assert take_in(committed, hub_id, sheet({}), now, actor=coordinator).booked == ["B-1"]
    assert only(take_in(committed, hub_id, sheet({"ref": "B-2"}), now, actor=manager)) == (
        "crn",
        "This person is not on your caseload",
    )
    own = {"ref": "B-3", "crn": "X700003", "om_email": "o.m@probation.example", "mobile": ""}
    assert take_in(committed, hub_id, sheet(own), now, actor=manager).booked == ["B-3"]
    strange = {**own, "ref": "B-4", "crn": "X700004", "om_email": "d.rees@probation.example"}
    assert (
        "a coordinator may add them"
        in only(take_in(committed, hub_id, sheet(strange), now, actor=manager))[1]
    )
    with pytest.raises(Forbidden):
        take_in(committed, hub_id, sheet({}), now, actor=worker)
    with pytest.raises(NotFound):
        take_in(committed, uuid.uuid4(), sheet({}), now)


def test_the_worker_is_found_by_first_name(committed: Database, hub_id: uuid.UUID, now: datetime) -> None:
    """Exactly one worker of the agency with that first name: it is them. Two: nobody is guessed."""
    take_in(committed, hub_id, sheet({}), now)
    with committed.begin() as session:
        found = session.scalars(select(Appointment)).one()
        assert found.worker_id is not None
        builders.staff(session, session.get_one(Hub, hub_id), name="Pat Other")
    take_in(committed, hub_id, sheet({"ref": "B-2", "date": "27/03/2027"}), now)
    with committed.begin() as session:
        second = session.scalars(select(Appointment).where(Appointment.source_ref == "B-2")).one()
        assert second.worker_id is None


@pytest.mark.parametrize(
    ("change", "column", "reason"),
    [
        ({"ref": ""}, "ref", "Give the appointment's reference"),
        ({"ref": "x" * 41}, "ref", "Too long: at most 40 characters"),
        ({"first_name": ""}, "first_name", "Give the first name"),
        ({"first_name": "Kat\0rina"}, "first_name", "It has a character that cannot be seen: type it again"),
        (
            {"first_name": "\U0001f600"},
            "first_name",
            "A first name has letters, spaces, hyphens and apostrophes only",
        ),
        (
            {"last_name": "@SUM(1)"},
            "last_name",
            "It starts with a sign (=+-@ or a tab) that a spreadsheet would run",
        ),
        ({"worker": "\tcmd"}, "worker", "It starts with a sign (=+-@ or a tab) that a spreadsheet would run"),
        (
            {"last_name": "-"},
            "last_name",
            "It starts with a sign (=+-@ or a tab) that a spreadsheet would run",
        ),
        ({"last_name": "''"}, "last_name", "Give the last name in letters"),
        (
            {"last_name": "D\ud800odds"},
            "last_name",
            "It has letters that cannot be read: save the file as CSV UTF-8",
        ),
        ({"om_email": "p.hale"}, "om_email", "This is not an email address"),
        ({"agency": "Nobody"}, "agency", "No agency of this area has this name"),
        ({"date": "3/22/2027"}, "date", "There is no 3/22/2027"),
        ({"date": "22/3/27"}, "date", "Write the date as day/month/year, such as 22/03/2027"),
        ({"date": "26/03/2037"}, "date", "The appointment is more than 2 years ahead"),
        ({"date": "01/01/0001"}, "date", "The appointment is in the past"),
        ({"start": "14"}, "start", "Write the time as hours and minutes, such as 09:30 or 9.30am"),
        ({"start": "13pm"}, "start", "There is no time 13pm"),
        ({"minutes": "1441"}, "minutes", "The length must be whole minutes, from 1 to 1440"),
        ({"minutes": "½"}, "minutes", "The length must be whole minutes, from 1 to 1440"),
        ({"place": "x" * 121}, "place", "Too long: at most 120 characters"),
        ({"place": "x" * 200_000}, "row", "A quotation mark is not closed or is in the wrong place"),
        ({"worker": ""}, "worker", "Say whom the person will see"),
        ({"enforceable": "maybe"}, "enforceable", "Write yes or no"),
    ],
)
def test_bad_values_are_refused_in_words(
    committed: Database, hub_id: uuid.UUID, now: datetime, change: dict[str, str], column: str, reason: str
) -> None:
    """Each fault is named by its column; the good row beside it goes in."""
    good = {"ref": "B-2", "crn": "X700002", "mobile": ""}
    report = take_in(committed, hub_id, sheet(change, good), now)
    assert only(report) == (column, reason)
    assert report.booked == ["B-2"]


@pytest.mark.parametrize(
    "change",
    [
        {"start": "2pm"},
        {"start": "2.00 PM"},
        {"start": "14:00:00"},
        {"start": "14.00"},
        {"date": "2027-3-26"},
        {"date": "26-3-2027"},
        {"date": "26.03.2027"},
        {"type": "OFFICE"},
        {"minutes": "30.0"},
        {"enforceable": "True"},
        {"first_name": "\u202eKatrina\u200b"},
        {"agency": "PROBATION"},
        {"om_email": "P.Hale@Probation.Example"},
        {"crn": "x700001"},
        {"mobile": "\u202a+44 7700 900131\u202c"},
        {"place": "the\u00a0hall"},
    ],
)
def test_what_people_type_is_taken(
    committed: Database, hub_id: uuid.UUID, now: datetime, change: dict[str, str]
) -> None:
    """Other ways to write the same row are the same row."""
    take_in(committed, hub_id, sheet({}), now)
    assert take_in(committed, hub_id, sheet(change), now).as_json() == {
        "rows": 1,
        "booked": [],
        "moved": [],
        "unchanged": ["B-1"],
        "refused": [],
        "warnings": [],
    }


HEADER = ",".join(COLUMNS)
GOOD = sheet({}).decode().splitlines()[1]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty."),
        (b"\xef\xbb\xbf\r\n \r\n", "The file is empty."),
        (b"PK\x03\x04rubbish", "This is a workbook"),
        (HEADER.encode("utf-16"), "another alphabet code"),
        (HEADER.replace(",", ";").encode(), "must be separated by commas"),
        (b"a,b,c\n1,2,3\n", "The first line must hold the names of the columns"),
        (HEADER.replace("mobile,", "").encode(), "missing: mobile"),
        ((HEADER + ",colour").encode(), "not known: colour"),
        ((HEADER + ",ref").encode(), "there twice: ref"),
        ((HEADER + "\n" + "x" * (10 * 1024 * 1024)).encode(), "larger than 10 MB"),
        ((HEADER + "\n" + (GOOD + "\n") * 20_001).encode(), "more than 20,000 rows"),
    ],
)
def test_a_file_that_is_none_is_refused_whole(
    committed: Database, hub_id: uuid.UUID, now: datetime, content: bytes, words: str
) -> None:
    """One clear reason, and nothing is changed."""
    with pytest.raises(Invalid) as found:
        take_in(committed, hub_id, content, now)
    assert words in found.value.fields["file"]


def test_a_quotation_mark_left_open_spoils_one_row(
    committed: Database, hub_id: uuid.UUID, now: datetime
) -> None:
    """The rows after it go in, and it is reported with its line and reference."""
    bad = GOOD.replace("B-1", "B-9").replace("the hall", '"the hall')
    lines = [HEADER, bad, GOOD, GOOD.replace("B-1,X700001", "B-2,X700002").replace("07700900131", ""), "", ""]
    report = take_in(committed, hub_id, "\n".join(lines).encode(), now)
    assert report.as_json()["refused"] == [
        {
            "line": 2,
            "ref": "B-9",
            "column": "row",
            "reason": "A quotation mark is not closed or is in the wrong place",
        }
    ]
    assert report.booked == ["B-1", "B-2"] and report.rows == 3


def test_a_value_over_a_line_break_is_put_together(
    committed: Database, hub_id: uuid.UUID, now: datetime
) -> None:
    """A place on two lines is one place; lines are still counted as the file has them."""
    two = GOOD.replace("the hall", '"the hall\r\nMill Lane"')
    bad = GOOD.replace("B-1,X700001", "B-2,Q")
    report = take_in(committed, hub_id, f"{HEADER}\r\n{two}\r\n,,,\r\n{bad}\r\n".encode(), now)
    assert (report.rows, report.booked, report.refused[0]["line"]) == (2, ["B-1"], 5)
    with committed.begin() as session:
        assert session.scalars(select(Appointment.place)).one() == "the hall Mill Lane"


def test_another_alphabet_code_spoils_only_its_rows(
    committed: Database, hub_id: uuid.UUID, now: datetime
) -> None:
    """A file saved as Windows-1252: rows with accents are refused in words, the others go in."""
    accented = GOOD.replace("B-1,X700001,Katrina", "B-2,X700002,Siân").encode("cp1252")
    report = take_in(committed, hub_id, b"\n".join([HEADER.encode(), GOOD.encode(), accented]), now)
    assert report.booked == ["B-1"]
    assert only(report) == ("first_name", "It has letters that cannot be read: save the file as CSV UTF-8")


def test_columns_in_another_order(committed: Database, hub_id: uuid.UUID, now: datetime) -> None:
    """Columns are known by name, in any order and case."""
    turned = sheet({}, columns=tuple(reversed(COLUMNS))).replace(b"first_name", b"First Name", 1)
    assert take_in(committed, hub_id, turned, now).booked == ["B-1"]


_CELL = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["", "=1+1", '"', "22/03/2027", "10:00", "X123456", "yes", "\0", "\ud800", "9" * 50, "-1"]
    ),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.dictionaries(st.sampled_from(COLUMNS), _CELL, max_size=3), max_size=4),
    noise=st.binary(max_size=40),
)
def test_whatever_a_row_holds_it_is_taken_or_refused(
    session: Session, now: datetime, rows: list[dict[str, str]], noise: bytes
) -> None:
    """Every data row ends as booked, moved, unchanged or refused, with nothing unexpected raised and a report that can be written."""
    from contextlib import contextmanager

    @contextmanager
    def begin() -> Any:
        with session.begin_nested():
            yield session

    with session.begin_nested() as undo:
        hub = make_hub(session)
        hub_id = hub.id
        session.expunge_all()
        content = sheet(*rows) + noise
        report = importing.import_file(begin, SYSTEM, hub_id, io.BytesIO(content), now=now).as_json()
        undo.rollback()
    session.expunge_all()
    ends = sum(len(report[kind]) for kind in ("booked", "moved", "unchanged", "refused"))
    assert ends == report["rows"]
    str(report).encode()
