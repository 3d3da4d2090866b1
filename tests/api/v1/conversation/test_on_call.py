"""`/v1/on-call`, the pause of texts through the API, and where staff get notices by the command
line.
"""

from datetime import timedelta

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from api.cli.main import main
from engage.access.policy import SYSTEM
from engage.agencies.model import Hub, Role, Staff
from engage.conversation.safety import rota
from engage.conversation.safety.rota import NewTurn
from engage.core.db import Database
from engage.people import pause
from engage.people.model import Person
from tests import builders
from tests.api.conftest import KeyMaker, StoppedClock


@pytest.fixture
def person(committed: Database, place: tuple[Hub, Staff]) -> Person:
    """Somebody on the caseload."""
    with committed.begin() as session:
        return builders.person(session, place[1])


def test_the_rota_of_the_keys_hub_is_shown_and_no_other(
    client: FlaskClient,
    committed: Database,
    key: KeyMaker,
    place: tuple[Hub, Staff],
    clock: StoppedClock,
) -> None:
    """Who, which level, from when to when, and whether anybody is on call now; no mobile number."""
    now = clock.now()
    with committed.begin() as session:
        hub = session.get_one(Hub, place[0].id)
        near = builders.staff(session, hub, Role.COORDINATOR, name="Sam First")
        far = builders.staff(
            session, builders.hub(session, "Gwent"), Role.COORDINATOR, name="Far Away"
        )
        for who in (near, far):
            begins = now + timedelta(hours=1)
            new = NewTurn(who.memberships[0].hub_id, who.id, begins, begins + timedelta(hours=8), 2)
            rota.add(session, SYSTEM, new, now=now)
    shown = client.get("/v1/on-call", headers=key()).get_json()
    assert shown["covered"] is False
    (turn,) = shown["items"]
    assert (turn["staff"]["name"], turn["level"]) == ("Sam First", 2)
    assert "mobile" not in turn["staff"]
    assert client.get("/v1/on-call?x=1", headers=key()).status_code == 422
    assert client.get("/v1/on-call", headers=key("people:read")).status_code == 403


def test_texts_go_on_by_the_api(
    client: FlaskClient, committed: Database, key: KeyMaker, person: Person, clock: StoppedClock
) -> None:
    """The person shows since when texts wait; said twice it is as said once; without the scope it
    is refused.
    """
    with committed.begin() as session:
        found = session.get_one(Person, person.id)
        pause.pause(session, found, why="A text of danger", actor="system", now=clock.now())
    address = f"/v1/people/{person.id}"
    assert client.get(address, headers=key()).get_json()["texts_paused_at"] is not None
    assert client.post(f"{address}/texts/resume", headers=key("people:read")).status_code == 403
    for _ in range(2):
        answer = client.post(f"{address}/texts/resume", headers=key())
        assert (answer.status_code, answer.get_json()["texts_paused_at"]) == (200, None)


def test_a_person_of_another_hub_cannot_be_let_go_on(
    client: FlaskClient,
    committed: Database,
    key: KeyMaker,
    place: tuple[Hub, Staff],
    clock: StoppedClock,
) -> None:
    """There is no such person for this key."""
    with committed.begin() as session:
        elsewhere = builders.staff(session, builders.hub(session, "Gwent"), name="Far Away")
        other = builders.person(session, elsewhere)
        pause.pause(session, other, why="A text of danger", actor="system", now=clock.now())
    assert client.post(f"/v1/people/{other.id}/texts/resume", headers=key()).status_code == 404


def test_a_mobile_is_recorded_by_the_command_line(
    committed: Database, place: tuple[Hub, Staff]
) -> None:
    """A UK mobile, or none; what is no mobile is refused in one plain line."""
    environment = {"DATABASE_URL": committed.url.render_as_string(hide_password=False)}

    def engage(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(
            main, ["staff", "set-mobile", place[1].email, *arguments], env=environment
        )
        return done.exit_code, done.output

    def kept() -> tuple[str | None, bool]:
        with committed.begin() as session:
            found = session.get_one(Staff, place[1].id)
            return found.mobile, found.wants_notices

    assert engage("07700 900990")[0] == 0 and kept() == ("+447700900990", True)
    code, words = engage("0191 498 0100")
    assert code == 2 and "not a mobile" in words and kept()[0] == "+447700900990"
    assert engage("07700 900990", "--no-notices")[0] == 0 and kept() == ("+447700900990", False)
    assert engage()[0] == 0 and kept()[0] is None
