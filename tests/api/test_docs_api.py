"""docs/api.md is true: its examples are sent to the service, and it names every route."""

import re
import shlex
import threading
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from api.access import Caller, allowance_of
from api.cli.main import main
from engage.access.policy import SCOPES, staff_actor
from engage.agencies.model import Staff
from engage.conversation import intake
from engage.core.db import Database
from engage.core.settings import PROJECT, Settings
from engage.demo.seed import seed
from engage.documents.evidence_pack import service as evidence_packs
from engage.people.model import Person
from messaging import inbound
from messaging.gateways.twilio import webhooks as twilio
from messaging.tables import Inbound
from tests.api.examples import Example, Names, blocks, examples

DOCUMENT = (PROJECT / "docs" / "api.md").read_text(encoding="utf-8")
_ROUTE = re.compile(
    r"^\| `(GET|POST|PATCH|PUT|DELETE) (/v1/\S*)` \| `?([a-z:]+)`? \|", re.MULTILINE
)


@pytest.fixture
def demonstration(committed: Database, now: datetime) -> None:
    """What `make run` starts with, and two things that only people do: Leanne has texted, and Pat
    has made an evidence pack about Marcus.
    """
    with committed.begin() as session:
        seed(session, now=now)
    with committed.begin() as session:
        leanne = session.scalars(select(Person).where(Person.crn == "X700201")).one()
        number = next(point.number for point in leanne.contact_points if point.number)
        sent = {
            "MessageSid": "SM" + "1" * 32,
            "From": number,
            "To": "+447700900999",
            "Body": "can you ring me please",
            "NumMedia": "0",
        }
        inbound.store(session, twilio.read_text(sent), now=now - timedelta(minutes=5))
        text = session.scalars(select(Inbound)).one()
        intake.handle(session, text, now - timedelta(minutes=5))
        marcus = session.scalars(select(Person).where(Person.crn == "X700202")).one()
        pat = session.scalars(select(Staff).where(Staff.email == "p.hale@probation.example")).one()
        evidence_packs.make(
            session,
            staff_actor(pat),
            marcus.id,
            from_on=now.date() - timedelta(days=180),
            until_on=now.date(),
            purpose="Breach hearing",
            recipient="Newcastle Magistrates",
            now=now,
        )


@pytest.fixture
def issued(committed: Database, demonstration: None, now: datetime) -> str:
    """The key that the document's own command issues."""
    (command,) = (
        shlex.split(block.replace("\\\n", " "))
        for _line, block in blocks(DOCUMENT, "sh")
        if "engage key issue" in block
    )
    arguments = command[command.index("engage") + 1 if "engage" in command else 1 :]
    environment = {
        "DATABASE_URL": committed.url.render_as_string(hide_password=False),
        "ENGAGE_NOW": now.isoformat(),
    }
    done = CliRunner().invoke(main, arguments, env=environment)
    assert done.exit_code == 0, done.output
    return done.stdout.strip()


def send(client: FlaskClient, key: str, example: Example, names: Names) -> list[str]:
    """Send the request of an example. Returns where the answer differs from the one shown."""
    body = None if example.body is None else names.fill(example.body).encode()
    answer = client.open(
        names.fill(example.path),
        method=example.method,
        headers={"Authorization": f"Bearer {key}", **example.headers},
        data=body,
        content_type=None if body is None else "application/json",
    )
    if answer.status_code != example.status:
        return [f"{example.status} is {answer.status_code}: {answer.text}"]
    headers = {name: answer.headers.get(name) for name in example.answer_headers}
    return [
        *names.differences(dict(example.answer_headers), headers, "headers"),
        *names.differences(example.answer, answer.get_json()),
    ]


def test_the_examples_are_true(client: FlaskClient, issued: str) -> None:
    """Each request, sent in order, gets the answer that the document shows."""
    names, wrong = Names(), []
    for example in examples(DOCUMENT):
        found = send(client, issued, example, names)
        for _ in range(200 if example.path.startswith("/v1/events") else 0):
            if not found:
                break
            # The feed waits for transactions that other tests on this server hold open.
            threading.Event().wait(0.05)
            found = send(client, issued, example, Names(dict(names.values)))
        wrong += [f"line {example.line}, {example.method} {example.path}: {one}" for one in found]
    assert not wrong, "\n".join(wrong)


def test_the_curl_command_works(client: FlaskClient, issued: str) -> None:
    """Against the address of `make run`, with the key in `KEY`."""
    (command,) = (shlex.split(block) for _line, block in blocks(DOCUMENT, "sh") if "curl" in block)
    curl, header_option, header, address = command
    assert (curl, header_option) == ("curl", "-H")
    url = urlsplit(address)
    assert url.port == Settings.from_environment({}).port
    name, _, value = header.partition(": ")
    answer = client.get(f"{url.path}?{url.query}", headers={name: value.replace("$KEY", issued)})
    assert answer.status_code == 200 and len(answer.get_json()["items"]) == 1


def test_every_route_is_named_with_its_scope(app: Flask) -> None:
    """The tables of the document are exactly the routes of the API."""
    named = [(method, path, scope) for method, path, scope in _ROUTE.findall(DOCUMENT)]
    assert len(named) == len(set(named))
    real = set()
    for rule in app.url_map.iter_rules():
        allowance = allowance_of(app, rule.endpoint)
        assert allowance is not None
        if allowance.caller is Caller.KEY:
            path = re.sub("<[^<>]*>", "{id}", rule.rule)
            (method,) = (rule.methods or set()) - {"HEAD", "OPTIONS"}
            real.add((method, path, allowance.scope))
        elif rule.rule.startswith("/v1/"):
            assert f"`GET {rule.rule}`" in DOCUMENT
    assert set(named) == real


def test_every_scope_is_explained() -> None:
    """The table of scopes has every scope of a key, and the command issues them all."""
    table = DOCUMENT.split("## Scopes")[1].split("\n## ")[0]
    assert set(re.findall(r"`([a-z]+:[a-z]+)`", table)) == set(SCOPES)
    assert set(re.findall(r"--scope ([a-z:]+)", DOCUMENT)) == set(SCOPES)


def test_the_codes_of_errors_exist() -> None:
    """Each code in the document is one that the source raises."""
    table = DOCUMENT.split("Codes of 409")[1].split("\n## ")[0]
    rows = [row.split(" | ")[0] for row in table.splitlines() if row.startswith("| `")]
    codes = re.findall(r"`([a-z_]+)`", " ".join(rows))
    source = "".join(
        file.read_text(encoding="utf-8")
        for floor in ("api", "engage")
        for file in (PROJECT / floor).rglob("*.py")
    )
    assert [code for code in codes if f'"{code}"' not in source] == []
    assert len(codes) > 15


def test_lines_are_short() -> None:
    """The document wraps at 100 columns."""
    assert [line for line in DOCUMENT.splitlines() if len(line) > 100] == []
