"""What a row or a file may contain, and how it is refused in words."""

import io
import uuid
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import SYSTEM
from engage.appointments.imports import file_import
from engage.appointments.imports.sheets import COLUMNS
from engage.appointments.model import Appointment
from engage.core.db import Database
from engage.core.errors import Invalid
from tests.engage.appointments.files import import_bytes, make_hub, only, sheet


@pytest.mark.parametrize(
    ("change", "column", "reason"),
    [
        ({"ref": ""}, "ref", "Enter the appointment's reference"),
        ({"ref": "x" * 41}, "ref", "Too long: at most 40 characters"),
        ({"first_name": ""}, "first_name", "Enter the first name"),
        (
            {"first_name": "Kat\0rina"},
            "first_name",
            "It has an invisible character: type it again",
        ),
        (
            {"first_name": "\U0001f600"},
            "first_name",
            "A first name can only have letters, spaces, hyphens and apostrophes",
        ),
        (
            {"last_name": "@SUM(1)"},
            "last_name",
            "It starts with a sign (=+-@ or a tab) that a spreadsheet runs as a formula",
        ),
        (
            {"worker": "\tcmd"},
            "worker",
            "It starts with a sign (=+-@ or a tab) that a spreadsheet runs as a formula",
        ),
        (
            {"last_name": "-"},
            "last_name",
            "It starts with a sign (=+-@ or a tab) that a spreadsheet runs as a formula",
        ),
        ({"last_name": "''"}, "last_name", "Enter the last name in letters"),
        (
            {"last_name": "D\ud800odds"},
            "last_name",
            "It has characters that cannot be read: save the file as CSV UTF-8",
        ),
        ({"om_email": "p.hale"}, "om_email", "This is not an email address"),
        ({"agency": "Nobody"}, "agency", "No agency in this area has this name"),
        ({"date": "3/22/2027"}, "date", "3/22/2027 is not a real date"),
        ({"date": "22/3/27"}, "date", "Enter the date as day/month/year, such as 22/03/2027"),
        ({"date": "26/03/2037"}, "date", "The appointment is more than 2 years ahead"),
        ({"date": "01/01/0001"}, "date", "The appointment is in the past"),
        ({"start": "14"}, "start", "Enter the time as hours and minutes, such as 09:30 or 9.30am"),
        ({"start": "13pm"}, "start", "13pm is not a real time"),
        ({"minutes": "1441"}, "minutes", "The length must be in whole minutes, from 1 to 1440"),
        ({"minutes": "½"}, "minutes", "The length must be in whole minutes, from 1 to 1440"),
        ({"place": "x" * 121}, "place", "Too long: at most 120 characters"),
        (
            {"place": "x" * 200_000},
            "row",
            "A quotation mark is not closed or is in the wrong place",
        ),
        ({"worker": ""}, "worker", "Enter the worker's name"),
        ({"enforceable": "maybe"}, "enforceable", "Enter yes or no"),
    ],
)
def test_bad_values_are_refused_in_words(
    committed: Database,
    hub_id: uuid.UUID,
    now: datetime,
    change: dict[str, str],
    column: str,
    reason: str,
) -> None:
    """The refusal names the column; the valid row beside it is imported."""
    good = {"ref": "B-2", "crn": "X700002", "mobile": ""}
    report = import_bytes(committed, hub_id, sheet(change, good), now)
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
def test_what_people_type_is_accepted(
    committed: Database, hub_id: uuid.UUID, now: datetime, change: dict[str, str]
) -> None:
    """Other ways to write the same row give the same row."""
    import_bytes(committed, hub_id, sheet({}), now)
    assert import_bytes(committed, hub_id, sheet(change), now).as_json() == {
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
        (HEADER.encode("utf-16"), "encoded as UTF-16"),
        (HEADER.replace(",", ";").encode(), "must be separated by commas"),
        (b"a,b,c\n1,2,3\n", "The first line must have the column names"),
        (HEADER.replace("mobile,", "").encode(), "missing: mobile"),
        ((HEADER + ",colour").encode(), "unknown: colour"),
        ((HEADER + ",ref").encode(), "repeated: ref"),
        ((HEADER + "\n" + "x" * (10 * 1024 * 1024)).encode(), "larger than 10 MB"),
        ((HEADER + "\n" + (GOOD + "\n") * 20_001).encode(), "more than 20,000 rows"),
    ],
)
def test_another_kind_of_file_is_refused(
    committed: Database, hub_id: uuid.UUID, now: datetime, content: bytes, words: str
) -> None:
    """One clear reason is given, and nothing changes."""
    with pytest.raises(Invalid) as found:
        import_bytes(committed, hub_id, content, now)
    assert words in found.value.fields["file"]


def test_a_quotation_mark_left_open_spoils_one_row(
    committed: Database, hub_id: uuid.UUID, now: datetime
) -> None:
    """The rows after it are imported, and it is reported with its line and reference."""
    bad = GOOD.replace("B-1", "B-9").replace("the hall", '"the hall')
    lines = [
        HEADER,
        bad,
        GOOD,
        GOOD.replace("B-1,X700001", "B-2,X700002").replace("07700900131", ""),
        "",
        "",
    ]
    report = import_bytes(committed, hub_id, "\n".join(lines).encode(), now)
    assert report.as_json()["refused"] == [
        {
            "line": 2,
            "ref": "B-9",
            "column": "row",
            "reason": "A quotation mark is not closed or is in the wrong place",
        }
    ]
    assert report.booked == ["B-1", "B-2"] and report.rows == 3


def test_a_value_over_a_line_break_is_joined(
    committed: Database, hub_id: uuid.UUID, now: datetime
) -> None:
    """A place on two lines is one place; lines are still counted as in the file."""
    two = GOOD.replace("the hall", '"the hall\r\nMill Lane"')
    bad = GOOD.replace("B-1,X700001", "B-2,Q")
    report = import_bytes(committed, hub_id, f"{HEADER}\r\n{two}\r\n,,,\r\n{bad}\r\n".encode(), now)
    assert (report.rows, report.booked, report.refused[0]["line"]) == (2, ["B-1"], 5)
    with committed.begin() as session:
        assert session.scalars(select(Appointment.place)).one() == "the hall Mill Lane"


def test_another_encoding_spoils_only_its_rows(
    committed: Database, hub_id: uuid.UUID, now: datetime
) -> None:
    """In a file saved as Windows-1252 the rows with accents are refused in words and the others are
    imported.
    """
    accented = GOOD.replace("B-1,X700001,Katrina", "B-2,X700002,Siân").encode("cp1252")
    report = import_bytes(
        committed, hub_id, b"\n".join([HEADER.encode(), GOOD.encode(), accented]), now
    )
    assert report.booked == ["B-1"]
    assert only(report) == (
        "first_name",
        "It has characters that cannot be read: save the file as CSV UTF-8",
    )


def test_columns_in_another_order(committed: Database, hub_id: uuid.UUID, now: datetime) -> None:
    """Columns are found by name, in any order and case."""
    turned = sheet({}, columns=tuple(reversed(COLUMNS))).replace(b"first_name", b"First Name", 1)
    assert import_bytes(committed, hub_id, turned, now).booked == ["B-1"]


_CELL = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["", "=1+1", '"', "22/03/2027", "10:00", "X123456", "yes", "\0", "\ud800", "9" * 50, "-1"]
    ),
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    rows=st.lists(st.dictionaries(st.sampled_from(COLUMNS), _CELL, max_size=3), max_size=4),
    noise=st.binary(max_size=40),
)
def test_any_row_is_imported_or_refused(
    session: Session, now: datetime, rows: list[dict[str, str]], noise: bytes
) -> None:
    """Every data row ends as booked, moved, unchanged or refused; nothing unexpected is raised, and
    the report can be written.
    """
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
        report = file_import.import_file(
            begin, SYSTEM, hub_id, io.BytesIO(content), now=now
        ).as_json()
        undo.rollback()
    session.expunge_all()
    ends = sum(len(report[kind]) for kind in ("booked", "moved", "unchanged", "refused"))
    assert ends == report["rows"]
    str(report).encode()
