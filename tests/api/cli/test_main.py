"""The `engage` command: plain messages, plain exit codes and a quick start."""

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
    """Run `engage` on the test's database, where there is one hub."""
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
    """How many appointments there are."""
    with database.begin() as session:
        return session.scalar(select(func.count()).select_from(Appointment)) or 0


def test_a_file_is_imported_and_each_refusal_reported(
    engage: Callable[..., Result], committed: Database, tmp_path: Path
) -> None:
    """Good rows are imported. Each bad row is reported with line, reference, column and reason. The
    import has succeeded.
    """
    done = engage("import", "appointments", sheet(tmp_path, GOOD, BAD))
    assert done.exit_code == 0
    assert "line 3 (A-2): refused: crn: " in done.output
    assert "2 rows: 1 booked, 0 moved, 0 unchanged, 1 refused." in done.output
    assert booked(committed) == 1


def test_a_dry_run_changes_nothing(
    engage: Callable[..., Result], committed: Database, tmp_path: Path
) -> None:
    """It says what would happen and that nothing was changed."""
    done = engage("import", "appointments", sheet(tmp_path, GOOD), "--dry-run")
    assert "1 booked" in done.output
    assert "Nothing was changed." in done.output
    assert booked(committed) == 0


def test_the_report_as_json(engage: Callable[..., Result], tmp_path: Path) -> None:
    """One object on standard output, for programs. The same file again changes nothing."""
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
    """A dash means standard input."""
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
def test_a_refusal_is_one_plain_line(
    engage: Callable[..., Result], tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    """It goes to standard error, with exit code 2 and no traceback."""
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
    """It stops the command with the name of the variable."""
    done = engage("key", "list", **variables)
    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_file_that_is_not_a_table_is_refused(
    engage: Callable[..., Result], tmp_path: Path
) -> None:
    """The whole file is refused, with exit code 2."""
    file = tmp_path / "picture.csv"
    file.write_bytes(bytes(range(256)) * 10)
    done = engage("import", "appointments", str(file))
    assert done.exit_code == 2
    assert done.stderr.startswith("engage: ")


def test_staff_sign_in_with_the_password_they_were_given(
    engage: Callable[..., Result], committed: Database
) -> None:
    """A member of staff is added, gets a password over standard input, and is on the list."""
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
    """The rule for passwords applies here too."""
    done = engage(
        "staff", "set-password", "p.hale@probation.example", "--password-stdin", typed="short\n"
    )
    assert done.exit_code == 2
    assert "12 to 200 characters" in done.stderr


def test_a_key_is_shown_once_and_revoked_at_once(
    engage: Callable[..., Result], committed: Database
) -> None:
    """The key is printed when it is issued and never again. A revoked key is not valid."""
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
        assert service.find_key(session, presented, now=builders.NOW) is not None
    assert engage("key", "revoke", prefix).exit_code == 0
    assert "\trevoked until" in engage("key", "list").stdout
    with committed.begin() as session:
        assert service.find_key(session, presented, now=builders.NOW) is None


def test_every_scope_can_be_issued(engage: Callable[..., Result]) -> None:
    """A key may have each scope of the API."""
    wanted = [word for scope in SCOPES for word in ("--scope", scope)]
    assert engage("key", "issue", "--name", "All", *wanted).exit_code == 0


def test_production_refuses_demonstrations(engage: Callable[..., Result]) -> None:
    """Neither made-up people nor a simulated phone network belong in production."""
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
    """`engage understand` in its own process."""
    return subprocess.Popen(
        [sys.executable, "-m", "api", "understand"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONWARNINGS": ""},
    )


def test_understanding_answers_line_by_line() -> None:
    """Each line is answered before the next is sent, so that a program can use it interactively."""
    with understanding() as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for text in ("yes", "cant make it", "👍", ""):
            process.stdin.write(f"appointment\t{text}\n")
            process.stdin.flush()
            fields = process.stdout.readline().rstrip("\n").split("\t")
            assert len(fields) == 3
            assert fields[2] in ("act", "human")
        process.stdin.close()
        assert process.wait(timeout=30) == 0


def test_understanding_loads_neither_web_nor_database() -> None:
    """It starts quickly because it imports only what it needs."""
    code = (
        "import sys; from click.testing import CliRunner; from api.cli.main import main;"
        "done = CliRunner().invoke(main, ['understand'], input='appointment\\tyes\\n');"
        "assert done.exit_code == 0, done.output;"
        "print(sorted({'flask', 'sqlalchemy', 'twilio', 'apscheduler'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
