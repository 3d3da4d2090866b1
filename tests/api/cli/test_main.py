"""The `engage` command: plain messages, plain exit codes and a fast start."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from api.cli.main import main
from engage.access.policy import SCOPES
from engage.agencies import service
from engage.agencies.model import Hub, Role, Staff
from engage.appointments.model import Appointment
from engage.core.db import Database
from tests import builders

NOW = "2027-03-20T09:00:00+00:00"
HEAD = (
    "ref,crn,first_name,last_name,mobile,language,om_email,agency,type,date,start,minutes,place,"
    "worker,enforceable"
)
GOOD = (
    "A-1,X320741,Katrina,Dodds,07700 900101,en,p.hale@probation.example,Probation,office,"
    "22/03/2027,10:00,45,the centre,Pat,yes"
)
BAD = (
    "A-2,nobody,Ian,Bell,07700 900102,en,p.hale@probation.example,Probation,office,"
    "22/03/2027,11:00,45,the centre,Pat,yes"
)


@pytest.fixture
def engage(committed: Database, place: tuple[Hub, Staff]) -> Callable[..., Result]:
    """Runs `engage` with arguments against the test database, which has one hub."""
    url = committed.url.render_as_string(hide_password=False)

    def run(*arguments: str, typed: str | bytes | None = None, **variables: str) -> Result:
        environment = {"DATABASE_URL": url, "ENGAGE_NOW": NOW, **variables}
        return CliRunner().invoke(main, arguments, env=environment, input=typed)

    return run


def sheet(tmp_path: Path, *rows: str) -> str:
    """A file of appointments."""
    file = tmp_path / "appointments.csv"
    file.write_text("\r\n".join([HEAD, *rows]) + "\r\n", encoding="utf-8-sig")
    return str(file)


def booked(database: Database) -> int:
    """The number of appointments."""
    with database.begin() as session:
        return session.scalar(select(func.count()).select_from(Appointment)) or 0


def test_an_import_reports_refused_rows(
    engage: Callable[..., Result], committed: Database, tmp_path: Path
) -> None:
    """Good rows are imported. Each bad row is reported with its line, reference, column and reason.
    The exit code is 0.
    """
    done = engage("import", "appointments", sheet(tmp_path, GOOD, BAD))
    assert done.exit_code == 0
    assert "line 3 (A-2): refused: crn: " in done.output
    assert "2 rows: 1 booked, 0 moved, 0 unchanged, 1 refused." in done.output
    assert booked(committed) == 1


def test_a_dry_run_changes_nothing(
    engage: Callable[..., Result], committed: Database, tmp_path: Path
) -> None:
    """A dry run reports what would happen and changes nothing."""
    done = engage("import", "appointments", sheet(tmp_path, GOOD), "--dry-run")
    assert "1 booked" in done.output
    assert "Nothing was changed." in done.output
    assert booked(committed) == 0


def test_the_report_as_json(engage: Callable[..., Result], tmp_path: Path) -> None:
    """One JSON object on standard output. A second import of the same file changes nothing."""
    file = sheet(tmp_path, GOOD, BAD)
    first = json.loads(engage("import", "appointments", file, "--json").stdout)
    assert set(first) == {"rows", "booked", "moved", "unchanged", "refused", "warnings"}
    assert (first["rows"], first["booked"], first["moved"]) == (2, ["A-1"], [])
    assert {"line", "ref", "column", "reason"} == set(first["refused"][0])
    second = json.loads(engage("import", "appointments", file, "--json").stdout)
    assert (second["booked"], second["unchanged"]) == ([], ["A-1"])


def test_standard_input_is_read(
    engage: Callable[..., Result], committed: Database, tmp_path: Path
) -> None:
    """`-` reads standard input."""
    done = engage("import", "appointments", "-", typed=Path(sheet(tmp_path, GOOD)).read_bytes())
    assert done.exit_code == 0, done.output
    assert booked(committed) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("import", "appointments", "/nowhere/at/all.csv"), "No such file"),
        (("import", "appointments", "{folder}"), "directory"),
        (("import", "appointments", "{file}", "--hub", "Wearside"), "no hub called Wearside"),
        (
            ("import", "appointments", "{file}", "--as", "nobody@probation.example"),
            "no active member of staff",
        ),
        (("key", "revoke", "0123"), "no key"),
        (("key", "issue", "--name", "x", "--scope", "everything"), "Choose from"),
        (
            ("staff", "set-password", "nobody@probation.example", "--password-stdin"),
            "no active member",
        ),
        (("staff", "add", "x", "--name", "X", "--role", "offender_manager"), "email address"),
        (("staff", "add", "x@y.example", "--name", "X", "--role", "king"), "Choose from"),
        (
            ("staff", "add", "x@y.example", "--name", "X", "--agency", "None", "--role", "auditor"),
            "no agency called",
        ),
    ],
)
def test_a_refusal_is_one_line(
    engage: Callable[..., Result], tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    """Every refusal is one line on standard error, with exit code 2 and no traceback."""
    file = sheet(tmp_path, GOOD)
    filled = [argument.format(file=file, folder=tmp_path) for argument in arguments]
    done = engage(*filled, typed="a long enough password\n")
    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("engage: ")
    assert said in done.stderr


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"ENGAGE_PORT": "eighty"}, "ENGAGE_PORT"),
        ({"DATABASE_URL": "mysql://x"}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgresql://127.0.0.1:1/nowhere"}, "database does not answer"),
        ({"ENGAGE_ENV": "production", "ENGAGE_NOW": "", "DATABASE_URL": ""}, "DATABASE_URL"),
    ],
)
def test_a_wrong_setting_is_named(
    engage: Callable[..., Result], variables: dict[str, str], said: str
) -> None:
    """A bad setting stops the command and names the variable."""
    done = engage("key", "list", **variables)
    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_file_of_another_type_is_refused(engage: Callable[..., Result], tmp_path: Path) -> None:
    """A file that is not CSV is refused as a whole, with exit code 2."""
    file = tmp_path / "picture.csv"
    file.write_bytes(bytes(range(256)) * 10)
    done = engage("import", "appointments", str(file))
    assert done.exit_code == 2
    assert done.stderr.startswith("engage: ")


def test_staff_are_added_and_can_sign_in(
    engage: Callable[..., Result], committed: Database
) -> None:
    """A member of staff is added, gets a password from standard input, and is listed."""
    assert (
        engage(
            "staff", "add", "dai@probation.example", "--name", "Dai Rees", "--role", "coordinator"
        ).exit_code
        == 0
    )
    set_it = engage(
        "staff",
        "set-password",
        "dai@probation.example",
        "--password-stdin",
        typed="correct horse battery\n",
    )
    assert set_it.exit_code == 0, set_it.output
    assert (
        "dai@probation.example\tDai Rees\tProbation\tcoordinator in Tyneside"
        in engage("staff", "list").output
    )
    with committed.begin() as session:
        signed_in = service.authenticate(
            session, "dai@probation.example", "correct horse battery", now=builders.NOW
        )
        assert signed_in.staff is not None
        assert {membership.role for membership in signed_in.staff.memberships} == {Role.COORDINATOR}


def test_a_short_password_is_refused(engage: Callable[..., Result]) -> None:
    """The password rule applies on the command line too."""
    done = engage(
        "staff", "set-password", "p.hale@probation.example", "--password-stdin", typed="short\n"
    )
    assert done.exit_code == 2
    assert "12 to 200 characters" in done.stderr


def test_a_key_is_shown_once_and_revoked_at_once(
    engage: Callable[..., Result], committed: Database
) -> None:
    """A key is printed only when it is issued. A revoked key opens nothing."""
    issued = engage(
        "key", "issue", "--name", "Case system", "--scope", "people:read", "--days", "30"
    )
    assert issued.exit_code == 0, issued.output
    presented = issued.stdout.strip()
    prefix = presented.split("_")[1]
    listed = engage("key", "list").stdout
    assert (
        f"{prefix}\tCase system\tTyneside\tpeople:read\tlive until 2027-04-19\tnever used" in listed
    )
    assert presented not in listed
    with committed.begin() as session:
        assert service.use_key(session, presented, now=builders.NOW) is not None
    assert engage("key", "revoke", prefix).exit_code == 0
    assert "\trevoked until" in engage("key", "list").stdout
    with committed.begin() as session:
        assert service.use_key(session, presented, now=builders.NOW) is None


def test_every_scope_can_be_issued(engage: Callable[..., Result]) -> None:
    """A key can have every scope of the API."""
    wanted = [word for scope in SCOPES for word in ("--scope", scope)]
    assert engage("key", "issue", "--name", "All", *wanted).exit_code == 0


def test_demonstrations_are_refused_in_production(engage: Callable[..., Result]) -> None:
    """Demonstration data and the simulator are refused in production."""
    production = {
        "ENGAGE_ENV": "production",
        "ENGAGE_NOW": "",
        "ENGAGE_SECRET_KEY": "k" * 40,
        "ENGAGE_PUBLIC_URL": "https://engage.example.gov.uk",
        "TWILIO_ACCOUNT_SID": "AC" + "1" * 32,
        "TWILIO_AUTH_TOKEN": "t" * 32,
        "TWILIO_FROM": "+447700900999",
    }
    for command in ("seed", "demo", "simulator", "run"):
        done = engage(command, **production)
        assert done.exit_code == 2, command
        assert "production" in done.stderr


def understanding() -> subprocess.Popen[str]:
    """`engage understand` as a process."""
    return subprocess.Popen(
        [sys.executable, "-m", "api", "understand"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONWARNINGS": ""},
    )


def test_understanding_answers_line_by_line() -> None:
    """Each line is answered before the next is sent, so that a program can hold a conversation."""
    with understanding() as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for text, after in (
            ("yes", ["act", "person", "-"]),
            ("cant make it", ["act", "person", "-"]),
            ("👍", ["act", "person", "-"]),
            ("", ["human", "person", "-"]),
            ("its his mum he wont be coming", ["human", "relative", "-"]),
            ("ive took 30 tablets", ["human", "person", "overdose_or_injury"]),
        ):
            process.stdin.write(f"appointment\t{text}\n")
            process.stdin.flush()
            fields = process.stdout.readline().rstrip("\n").split("\t")
            assert fields[2:] == after
        process.stdin.close()
        assert process.wait(timeout=30) == 0


HEAVY = "{'flask', 'sqlalchemy', 'twilio', 'apscheduler', 'numpy', 'marshmallow', 'rich'}"


def loaded_modules(*arguments: str, typed: str = "") -> str:
    """The heavy libraries that a fresh process imports for a command that succeeds."""
    code = (
        "import sys; from click.testing import CliRunner; from api.cli.main import main;"
        f"done = CliRunner().invoke(main, {list(arguments)!r}, input={typed!r});"
        "assert done.exit_code == 0, done.output;"
        f"print(sorted({HEAVY} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_understanding_loads_neither_web_nor_database() -> None:
    """It imports neither Flask nor SQLAlchemy, so that it starts fast."""
    found = loaded_modules("understand", typed="appointment\tyes\n")
    assert found in ("[]", "['numpy']")


@pytest.mark.parametrize("command", ["", "import", "hub", "run"])
def test_help_loads_nothing_heavy(command: str) -> None:
    """Help is shown at once because no command imports what it needs before it runs."""
    assert loaded_modules(*command.split(), "--help") == "[]"
