"""Import by page: check a file, then import exactly it, once, by the worker who uploaded it."""

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from engage.agencies.model import Staff
from engage.appointments.imports import uploads
from engage.appointments.imports.model import ImportUpload
from engage.appointments.model import Appointment
from engage.core.db import Database
from tests.api.conftest import StoppedClock
from tests.api.pages.conftest import House
from tests.api.pages.visitor import Page, Visitor

SitDown = Callable[[Staff], Visitor]
HEAD = (
    "ref,crn,first_name,last_name,mobile,language,om_email,agency,type,date,start,minutes,"
    "place,worker,enforceable"
)
GOOD = (
    "B-1,X320741,Katrina,Dodds,07700 900101,en,pat@probation.example,Probation,office,"
    "23/03/2027,10:00,45,the centre,Pat,yes"
)
BAD = (
    "B-2,nonsense,Ann,Other,07700 900102,en,pat@probation.example,Probation,office,"
    "23/03/2027,11:00,45,the centre,Pat,yes"
)


def upload(visitor: Visitor, content: bytes, name: str = "week.csv") -> Page:
    """Choose a file and submit it."""
    form = visitor.open("/import").form("/import")
    response = visitor.client.post(
        "/import", data={**form.fields, "file": (io.BytesIO(content), name)}, follow_redirects=True
    )
    return Page(response)


def rows(*lines: str) -> bytes:
    """A file with a header and some lines."""
    return "\r\n".join([HEAD, *lines, ""]).encode()


def booked(database: Database) -> int:
    """The number of appointments in the database."""
    with database.begin() as session:
        return session.scalar(select(func.count()).select_from(Appointment)) or 0


def test_the_preview_books_nothing_and_the_import_does(
    committed: Database, house: House, sit_down: SitDown
) -> None:
    """The preview shows the line, column and reason of the bad row.

    The import books the good row and says what was done.
    """
    visitor = sit_down(house.coordinator)
    preview = upload(visitor, rows(GOOD, BAD))
    assert "Preview of the import" in preview.words and booked(committed) == 0
    assert "Line: 3 Ref: B-2 Column: crn" in preview.words
    result = visitor.send(preview.forms[-1])
    assert "Imported" in result.words and "Booked 1" in result.words and booked(committed) == 1


def test_a_second_import_shows_the_first_result(
    committed: Database, house: House, sit_down: SitDown
) -> None:
    """A reload or a second click changes nothing, and still says "Booked 1"."""
    visitor = sit_down(house.coordinator)
    form = upload(visitor, rows(GOOD)).forms[-1]
    pages = [visitor.send(form) for _ in range(2)]
    assert all("Booked 1" in page.words for page in pages) and booked(committed) == 1
    again = upload(visitor, rows(GOOD))
    assert "There is nothing to import" in again.words and "Unchanged 1" in again.words


def test_only_the_uploader_can_use_a_file_for_one_hour(
    app: Flask, house: House, sit_down: SitDown, clock: StoppedClock
) -> None:
    """Other workers can neither open nor import it, and after an hour no worker can."""
    visitor = sit_down(house.coordinator)
    preview = upload(visitor, rows(GOOD))
    other = sit_down(house.pat)
    assert other.open(preview.address).status == 404
    assert other.post(preview.address, {"csrf_token": other.token()}).status == 404
    clock.at += timedelta(minutes=29)
    assert visitor.open(preview.address).status == 200
    clock.at += timedelta(minutes=29)
    assert visitor.open(preview.address).status == 200
    clock.at += timedelta(minutes=3)
    assert visitor.open(preview.address).status == 404


def test_old_files_are_deleted(
    committed: Database, house: House, sit_down: SitDown, clock: StoppedClock
) -> None:
    """They hold names and numbers, so they are deleted after an hour."""
    upload(sit_down(house.coordinator), rows(GOOD))
    with committed.begin() as session:
        assert uploads.delete_expired(session, now=clock.at) == 0
        assert uploads.delete_expired(session, now=clock.at + uploads.KEPT_FOR) == 1
        assert session.scalars(select(ImportUpload)).first() is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty"),
        (b"  \r\n ", "The file is empty"),
        (b"\xff\xfe\x00\x01" * 50, "There is a problem"),
        (b"%PDF-1.7 nonsense", "There is a problem"),
        (b"ref,crn\r\n1,X123456\r\n", "There is a problem"),
        ("ref;crn;first_name\r\n".encode("utf-16"), "There is a problem"),
        (HEAD.encode() + b"\r\n" + b"\x00" * 100, "Engage"),
    ],
)
def test_an_unreadable_file_is_refused_with_a_message(
    content: bytes, words: str, committed: Database, house: House, sit_down: SitDown
) -> None:
    """It never causes an error page, and books nothing."""
    page = upload(sit_down(house.coordinator), content)
    assert page.status < 500 and words in page.words and booked(committed) == 0


def test_a_form_without_a_file_says_so(house: House, sit_down: SitDown) -> None:
    """The message says to choose a file."""
    visitor = sit_down(house.coordinator)
    assert "Choose a file" in visitor.send(visitor.open("/import").form("/import")).words


def test_a_file_that_is_too_large_is_answered_with_a_page(house: House, sit_down: SitDown) -> None:
    """The limit is 4 MB; beyond it the answer is an ordinary page."""
    visitor = sit_down(house.coordinator)
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    body = head + b"a" * (uploads.LARGEST + 128 * 1024) + b"\r\n--x--\r\n"
    page = Page(
        visitor.client.post("/import", data=body, content_type="multipart/form-data; boundary=x")
    )
    assert page.status == 413 and "That is too large" in page.words


@pytest.mark.parametrize("who", ["partner", "auditor", "administrator"])
def test_staff_who_may_not_import_have_no_page_for_it(
    who: str, house: House, sit_down: SitDown
) -> None:
    """The menu does not show it and its address is refused."""
    visitor = sit_down(getattr(house, who))
    assert "Import" not in visitor.open("/today").words and visitor.open("/import").status == 403
