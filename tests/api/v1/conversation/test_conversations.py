"""`/v1/people/{id}/conversation` and `/v1/readings/{id}/correct`, and the command that writes the
accepted lines.
"""

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import select, update

from api.cli.main import main
from engage.agencies.model import Hub, Role, Staff
from engage.conversation.corrections.model import CorpusLine, LineState
from engage.conversation.model import ReplyRecord
from engage.core.db import Database
from engage.people.model import Person
from tests import builders
from tests.api.conftest import KeyMaker
from tests.api.pages.signals.made import heard


@pytest.fixture
def headers(key: KeyMaker) -> dict[str, str]:
    """A key that may do everything."""
    return key()


@pytest.fixture
def person(committed: Database, place: tuple[Hub, Staff]) -> Person:
    """Somebody on the caseload."""
    with committed.begin() as session:
        return builders.person(session, place[1])


def test_a_worker_takes_over_and_hands_back(
    client: FlaskClient, person: Person, place: tuple[Hub, Staff], headers: dict[str, str]
) -> None:
    """By their address; the answer says who has it until when."""
    base = f"/v1/people/{person.id}/conversation"
    assert client.get(base, headers=headers).get_json()["held_by"] is None
    taken = client.post(f"{base}/take-over", headers=headers, json={"staff": place[1].email})
    assert taken.status_code == 200
    held = client.get(base, headers=headers).get_json()["held_by"]
    assert held == taken.get_json()["held_by"]
    assert held["staff"]["email"] == place[1].email and held["until"] == "2027-03-20T11:00:00+00:00"
    assert client.post(f"{base}/hand-back", headers=headers).get_json()["held_by"] is None


def test_what_is_wrong_is_refused(
    client: FlaskClient,
    committed: Database,
    person: Person,
    place: tuple[Hub, Staff],
    headers: dict[str, str],
) -> None:
    """An unknown worker, somebody else's conversation, nobody, a scope that is missing."""
    with committed.begin() as session:
        lou = builders.staff(
            session, session.get_one(Hub, place[0].id), Role.COORDINATOR, name="Lou Marsh"
        ).email
    base = f"/v1/people/{person.id}/conversation"
    for given in (
        {},
        {"staff": "nobody@probation.example"},
        {"staff": place[1].email, "over": "x"},
    ):
        assert client.post(f"{base}/take-over", headers=headers, json=given).status_code == 422
    first = client.post(
        f"{base}/take-over", headers=headers, json={"staff": place[1].email}
    ).get_json()
    refused = client.post(f"{base}/take-over", headers=headers, json={"staff": lou})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "conversation_taken")
    over = {"staff": lou, "over": first["held_by"]["id"]}
    assert client.post(f"{base}/take-over", headers=headers, json=over).status_code == 200
    nobody = f"/v1/people/{uuid.uuid4()}/conversation"
    assert client.get(nobody, headers=headers).status_code == 404
    assert client.post(f"{nobody}/hand-back", headers=headers).status_code == 404


def test_a_reading_is_shown_with_its_reason_and_corrected(
    client: FlaskClient, committed: Database, person: Person, headers: dict[str, str]
) -> None:
    """The thread says meaning, sureness and words, and then what it was corrected to; nonsense and
    strangers are refused.
    """
    heard(committed, person, "il be there", builders.NOW)
    with committed.begin() as session:
        session.execute(
            update(ReplyRecord).values(confidence=0.97, evidence=["il be there"], act=True)
        )
    (entry,) = client.get(f"/v1/people/{person.id}/messages", headers=headers).get_json()["items"]
    assert (entry["confidence"], entry["evidence"], entry["corrected_to"]) == (
        0.97,
        ["il be there"],
        None,
    )
    address = f"/v1/readings/{entry['reading_id']}/correct"
    for wrong in ({}, {"intent": "marvellous"}, {"intent": "other"}):
        assert client.post(address, headers=headers, json=wrong).status_code == 422
    done = client.post(address, headers=headers, json={"intent": "thanks"})
    assert done.status_code == 200 and done.get_json()["now"] == "thanks"
    (entry,) = client.get(f"/v1/people/{person.id}/messages", headers=headers).get_json()["items"]
    assert entry["corrected_to"] == "thanks" and entry["read_at"] is not None
    stranger = client.post(
        f"/v1/readings/{uuid.uuid4()}/correct", headers=headers, json={"intent": "thanks"}
    )
    assert stranger.status_code == 404


@pytest.fixture
def run(committed: Database) -> Callable[..., str]:
    """Runs `engage corrections …` on the test's own database."""
    url = committed.url.render_as_string(hide_password=False)

    def run(*arguments: str, code: int = 0) -> str:
        done = CliRunner().invoke(main, ["corrections", *arguments], env={"DATABASE_URL": url})
        assert done.exit_code == code, done.output
        return done.output

    return run


def test_accepted_lines_are_written_as_the_corpus_has_them(
    committed: Database, place: tuple[Hub, Staff], run: Callable[..., str], tmp_path: Path
) -> None:
    """Prompt, intent, text, parted by tabs; of one hub where it is named; nothing that waits or was
    declined.
    """
    with committed.begin() as session:
        for state, words in (
            (LineState.ACCEPTED, "bws yn hwyr ŵ"),
            (LineState.WAITING, "x"),
            (LineState.DECLINED, ""),
        ):
            session.add(
                CorpusLine(
                    hub_id=place[0].id,
                    prompt="none",
                    intent="running_late",
                    read_as="other",
                    words=words,
                    state=state,
                    added_on=builders.NOW.date(),
                )
            )
    target = tmp_path / "lines.tsv"
    assert "Wrote 1 lines." in run("export", str(target))
    assert target.read_bytes().decode() == "none\trunning_late\tbws yn hwyr ŵ\n"
    assert run("export", "-", "--hub", place[0].name) == "none\trunning_late\tbws yn hwyr ŵ\n"
    assert "no hub called" in run("export", "-", "--hub", "Nowhere", code=2)
    run("export", str(tmp_path), code=2)
    with committed.begin() as session:
        assert len(session.scalars(select(CorpusLine)).all()) == 3
