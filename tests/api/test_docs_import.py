"""docs/import.md is true: its example is imported, and its columns, values and messages exist."""

import ast
import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from api.cli.imports import import_appointments, import_free_times
from api.cli.main import main
from engage.appointments.imports import uploads
from engage.appointments.imports.row_parser import TIME_COLUMNS
from engage.appointments.imports.sheets import COLUMNS, LARGEST, MOST_ROWS
from engage.appointments.kinds import AppointmentType
from engage.core.db import Database
from engage.core.settings import PROJECT
from engage.demo.seed import seed
from tests.api.examples import Names, blocks, read_answer

DOCUMENT = (PROJECT / "docs" / "import.md").read_text(encoding="utf-8")
Import = Callable[..., Result]


@pytest.fixture
def imported(committed: Database, now: datetime, tmp_path: Path) -> Import:
    """Imports a file by the command on the demonstration data."""
    with committed.begin() as session:
        seed(session, now=now, arranged=False)
    environment = {
        "DATABASE_URL": committed.url.render_as_string(hide_password=False),
        "ENGAGE_NOW": now.isoformat(),
    }
    file = tmp_path / "file.csv"

    def run(what: str, content: str, *options: str) -> Result:
        file.write_text(content, encoding="utf-8")
        return CliRunner().invoke(main, ["import", what, str(file), *options], env=environment)

    return run


def block(language: str) -> str:
    """The one block in a language."""
    ((_line, found),) = blocks(DOCUMENT, language)
    return found


def table(heading: str) -> list[list[str]]:
    """The rows of the first table under a heading, without its head."""
    section = DOCUMENT.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (.*) \|$", section, re.MULTILINE)
    return [[cell.strip() for cell in row.split(" | ")] for row in rows[2:]]


def values(heading: str) -> dict[str, list[str]]:
    """The columns in a table with the values that it says are accepted."""
    return {row[0].strip("`"): re.findall("`([^`]*)`", row[2]) for row in table(heading)}


def refusals(done: Result) -> list[str]:
    """The columns that an import refused, each with the reason."""
    report = json.loads(done.stdout)
    return [f"{row['column']}: {row['reason']}" for row in report["refused"]]


def test_the_example_is_reported_as_shown(imported: Import) -> None:
    """The file, the report of a dry run and the report as JSON."""
    dry = imported("appointments", block("csv"), "--dry-run")
    assert dry.output == block("text")
    done = imported("appointments", block("csv"), "--json")
    assert list(Names().differences(read_answer(block("json")), json.loads(done.stdout))) == []


def test_the_options_exist() -> None:
    """Each option in the commands is one of the command's, and none is left out."""
    for line, command in zip(
        block("sh").splitlines(), (import_appointments, import_free_times), strict=True
    ):
        shown = set(re.findall(r"--[a-z-]+", line))
        options = [one for one in command.params if isinstance(one, click.Option)]
        assert shown == {name for option in options for name in option.opts}


def test_every_appointment_value_is_accepted(imported: Import) -> None:
    """The columns are those of the import, and each value of the table is accepted."""
    accepted = values("Columns")
    assert tuple(accepted) == COLUMNS
    first = {name: found[0] for name, found in accepted.items()}
    rows = [
        {**first, "ref": f"B-{name}-{index}", name: value}
        for name, found in accepted.items()
        for index, value in enumerate(found)
    ]
    done = imported("appointments", csv(rows), "--json", "--dry-run")
    assert refusals(done) == []
    types = DOCUMENT.split("\nTypes: ")[1].split("\n\n")[0]
    assert re.findall("`([a-z_]+)`", types) == [kind.value for kind in AppointmentType]


def test_the_longest_values(imported: Import) -> None:
    """A value may be as long as the table says and no longer."""
    first = {name: found[0] for name, found in values("Columns").items()}
    longest = {
        row[0].strip("`"): int(limit[1])
        for row in table("Columns")
        if (limit := re.search(r"at most ([0-9]+) characters", row[2]))
    }
    assert set(longest) == {"ref", "first_name", "last_name", "place", "worker"}
    fine = [{**first, "ref": f"C-{name}", name: "a" * most} for name, most in longest.items()]
    assert refusals(imported("appointments", csv(fine), "--json", "--dry-run")) == []
    long = [{**first, "ref": f"C-{name}", name: "a" * (most + 1)} for name, most in longest.items()]
    refused = refusals(imported("appointments", csv(long), "--json", "--dry-run"))
    assert [one.partition(":")[0] for one in refused] == list(longest)


def test_every_free_time_value_is_accepted(imported: Import) -> None:
    """The columns are those of the import, and each value of the table is accepted."""
    accepted = values("Free times")
    assert tuple(accepted) == TIME_COLUMNS
    first = {name: found[0] for name, found in accepted.items()}
    for name, found in accepted.items():
        for value in found:
            done = imported("free-times", csv([{**first, name: value}]), "--json", "--dry-run")
            assert refusals(done) == [], value


def test_the_limits() -> None:
    """Size and number of rows are those of the code."""
    assert f"At most {LARGEST // 2**20} MB and {MOST_ROWS:,} rows." in DOCUMENT
    assert f"files up to {uploads.LARGEST // 2**20} MB" in DOCUMENT


@pytest.mark.parametrize("heading", ["Refusals", "Warnings"])
def test_the_messages_exist(heading: str) -> None:
    """Each message in the tables is one that the code can give."""
    known = list(messages())
    shown = [row[0] for row in table(heading)]
    assert len(shown) > 5
    assert [one for one in shown if not any(re.fullmatch(form, one) for form in known)] == []


def test_lines_are_short() -> None:
    """The document wraps at 100 columns, except rows of a file, which cannot."""
    lines = DOCUMENT.replace(block("csv"), "").splitlines()
    assert [line for line in lines if len(line) > 100] == []


def messages() -> Iterator[str]:
    """Every string of the imports and of what they call, as a pattern: values match anything."""
    folder = PROJECT / "engage" / "appointments"
    local_time = PROJECT / "engage" / "core" / "local_time.py"
    for file in (*folder.glob("imports/*.py"), *folder.glob("reminders/*.py"), local_time):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                yield "".join(
                    re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+"
                    for part in node.values
                )
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield re.escape(node.value)


def csv(rows: list[dict[str, str]]) -> str:
    """A file of rows that have the same columns."""
    lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
    return "\n".join(lines) + "\n"
