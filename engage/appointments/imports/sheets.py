"""Read a CSV file of appointments or free times into records, each with its line number. Files come
from spreadsheets and case systems, with their faults.

One physical line is one record, so an unclosed quotation mark spoils only its own row. A value that
runs over a line break is joined again if that gives a whole row. What the values mean is for
row_parser.py. Nothing here touches the database. A file is read completely before any row is
imported.
"""

import csv
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from engage.core.errors import Invalid

COLUMNS = (
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
)
LARGEST = 10 * 1024 * 1024
MOST_ROWS = 20_000
WHOLE_ROW = "row"
"""Named as the column when the problem is not in one column."""

_LINE_END = re.compile(rb"\r\n|\n|\r")
_RUNS_OVER = 5
_BOM = b"\xef\xbb\xbf"
_NOT_TEXT = {
    b"PK\x03\x04": "This is a workbook. Save it as CSV UTF-8 and import that.",
    b"\xd0\xcf\x11\xe0": "This is a workbook. Save it as CSV UTF-8 and import that.",
    b"\xff\xfe": "The file is encoded as UTF-16. Save it as CSV UTF-8.",
    b"\xfe\xff": "The file is encoded as UTF-16. Save it as CSV UTF-8.",
    b"%PDF": "This is a PDF. Save the list as CSV UTF-8.",
}


class RowProblem(Exception):
    """Why a row is refused: the column, and the reason in words for the person who imports."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason


@dataclass(frozen=True)
class Record:
    """One row of the file. `line` counts from 1, the header. `cells` are by column name; `problem`
    is set if the row could not be read.
    """

    line: int
    ref: str
    cells: dict[str, str]
    problem: RowProblem | None = None


def read_sheet(stream: IO[bytes], columns: Sequence[str] = COLUMNS) -> list[Record]:
    """The rows of the file, without blank ones. Raises Invalid, with the field `file`, if it is not
    a file with these columns.
    """
    content = stream.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise _refuse("The file is larger than 10 MB. Split it into smaller files.")
    for start, reason in _NOT_TEXT.items():
        if content.startswith(start):
            raise _refuse(reason)
    lines = [
        line.decode("utf-8", "surrogateescape")
        for line in _LINE_END.split(content.removeprefix(_BOM))
    ]
    first = next((number for number, line in enumerate(lines, 1) if line.strip()), None)
    if first is None:
        raise _refuse("The file is empty.")
    header = _header(lines[first - 1], columns)
    records = list(_records(lines, first, header))
    if len(records) > MOST_ROWS:
        raise _refuse(f"The file has more than {MOST_ROWS:,} rows. Split it into smaller files.")
    return records


def shown(value: str) -> str:
    """The value as a report shows it: one line of visible characters, at most 40 long."""
    visible = "".join(
        " "
        if character.isspace()
        else "\ufffd"
        if unicodedata.category(character)[0] == "C"
        else character
        for character in value[:200]
    )
    return " ".join(visible.split())[:40]


def _header(line: str, columns: Sequence[str]) -> list[str]:
    """The column names in the order of the file. Raises Invalid if one is missing, unknown or there
    twice.
    """
    try:
        cells = _split(line)
    except csv.Error:
        raise _refuse("The first line must have the column names.") from None
    names = [
        "_".join(shown(cell).casefold().replace("-", " ").replace("_", " ").split())
        for cell in cells
    ]
    while names and not names[-1]:
        names.pop()
    problems = []
    if missing := [name for name in columns if name not in names]:
        if len(missing) == len(columns):
            raise _refuse(_no_header(line, columns))
        problems.append(f"missing: {', '.join(missing)}")
    if unknown := [name for name in names if name not in columns]:
        problems.append(f"unknown: {', '.join(name or '(no name)' for name in unknown[:10])}")
    if twice := sorted({name for name in names if name in columns and names.count(name) > 1}):
        problems.append(f"repeated: {', '.join(twice)}")
    if problems:
        raise _refuse(
            f"The columns are wrong ({'; '.join(problems)}). They must be: {', '.join(columns)}."
        )
    return names


def _no_header(line: str, columns: Sequence[str]) -> str:
    if any(line.count(mark) >= len(columns) - 1 for mark in ";\t|"):
        return (
            "The columns must be separated by commas. Save the file as CSV UTF-8 (comma separated)."
        )
    return f"The first line must have the column names: {', '.join(columns)}."


def _records(lines: Sequence[str], first: int, header: Sequence[str]) -> Iterator[Record]:
    number = first
    while number < len(lines):
        line = lines[number]
        number += 1
        if not line.strip(", \t\0\ufeff"):
            continue
        cells, used = _split_record(lines, number - 1, len(header))
        if cells is None:
            problem = RowProblem(
                WHOLE_ROW, "A quotation mark is not closed or is in the wrong place"
            )
            yield Record(number, shown(line.split(",")[0].strip('"')), {}, problem)
        else:
            yield _record(number, cells, header)
            number += used - 1


def _split_record(lines: Sequence[str], index: int, width: int) -> tuple[list[str] | None, int]:
    """The cells of the record that starts at `index`, and how many lines it takes. None if it
    cannot be split.
    """
    try:
        return _split(lines[index]), 1
    except csv.Error:
        pass
    for more in range(2, _RUNS_OVER + 1):
        if index + more > len(lines):
            break
        try:
            cells = _split("\n".join(lines[index : index + more]))
        except csv.Error:
            continue
        if len(cells) == width:
            return cells, more
    return None, 1


def _split(line: str) -> list[str]:
    rows = list(csv.reader([line], strict=True))
    return rows[0] if rows else []


def _record(line: int, cells: list[str], header: Sequence[str]) -> Record:
    while len(cells) > len(header) and not cells[-1].strip():
        cells.pop()
    named = dict(zip(header, cells, strict=False))
    ref = shown(named.get("ref", ""))
    if len(cells) < len(header):
        reason = f"The row has {len(cells)} columns and needs {len(header)}"
        return Record(line, ref, named, RowProblem(header[len(cells)], reason))
    if len(cells) > len(header):
        reason = (
            f"The row has {len(cells)} columns and should have {len(header)}: "
            "put quotation marks around a value that has a comma"
        )
        return Record(line, ref, named, RowProblem(header[-1], reason))
    return Record(line, ref, named)


def _refuse(reason: str) -> Invalid:
    return Invalid(reason, fields={"file": reason})
