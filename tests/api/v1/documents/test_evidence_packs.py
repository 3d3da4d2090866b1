"""`/v1/people/{id}/packs` and `/v1/packs/{id}`."""

import hashlib
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from engage.access.policy import Actor
from engage.agencies.model import Hub, Role, Staff
from engage.compliance.model import EvidencePack
from engage.core.db import Database
from engage.core.model import AccessRecord
from engage.documents.evidence_pack import service
from engage.people.model import Person
from tests import builders
from tests.api.conftest import KeyMaker
from tests.engage.compliance.stage import missed, order


@pytest.fixture
def katrina(committed: Database, place: tuple[Hub, Staff]) -> Person:
    """A person on an order, with a failure."""
    with committed.begin() as session:
        person = builders.person(session, session.get_one(Staff, place[1].id))
        order(session, person)
        missed(session, person, 30)
        return person


def make(database: Database, actor: Actor, person: Person, *, days: int = 0) -> EvidencePack:
    """Make a pack of one year, `days` after today."""
    with database.begin() as session:
        return service.make(
            session,
            actor,
            person.id,
            from_on=date(2026, 3, 21),
            until_on=date(2027, 3, 20),
            purpose="A breach hearing",
            recipient="Newcastle Magistrates' Court",
            now=builders.NOW + timedelta(days=days),
        )


@pytest.fixture
def om(committed: Database, place: tuple[Hub, Staff]) -> Actor:
    """The offender manager."""
    with committed.begin() as session:
        return builders.actor(session.get_one(Staff, place[1].id))


def test_packs_are_listed_in_pages(
    client: FlaskClient, key: KeyMaker, committed: Database, katrina: Person, om: Actor
) -> None:
    """The latest first, with digests and without documents."""
    made = [make(committed, om, katrina, days=days) for days in range(3)]
    headers, address = key("packs:read"), f"/v1/people/{katrina.id}/packs"
    first = client.get(f"{address}?limit=2", headers=headers).get_json()
    rest = client.get(address, query_string={"after": first["next"]}, headers=headers).get_json()
    assert [one["id"] for one in first["items"] + rest["items"]] == [
        str(one.id) for one in reversed(made)
    ]
    assert rest["next"] is None
    assert first["items"][0] == {
        "id": str(made[2].id),
        "from_on": "2026-03-21",
        "until_on": "2027-03-20",
        "purpose": "A breach hearing",
        "recipient": "Newcastle Magistrates' Court",
        "made_at": "2027-03-22T09:00:00+00:00",
        "digest": made[2].digest,
        "head": made[2].head,
    }


def test_a_pack_is_sent_unchanged_and_logged(
    client: FlaskClient, key: KeyMaker, committed: Database, katrina: Person, om: Actor
) -> None:
    """The SHA-256 of the answer is the digest of the pack."""
    made = make(committed, om, katrina)
    answer = client.get(f"/v1/packs/{made.id}", headers=key("packs:read", "health:read"))
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert hashlib.sha256(answer.data).hexdigest() == made.digest
    assert answer.get_json()["count"]["failures"][0]["code"] == "UAAB"
    with committed.begin() as session:
        read = select(AccessRecord.actor).where(AccessRecord.what == "evidence pack")
        assert [actor.partition(":")[0] for actor in session.scalars(read)] == ["key"]


def test_who_may_not_read_a_pack(
    client: FlaskClient, key: KeyMaker, committed: Database, katrina: Person, om: Actor
) -> None:
    """A key without the scope gets 403. A key of another hub or an unknown id gets 404."""
    made = make(committed, om, katrina)
    with committed.begin() as session:
        elsewhere = builders.hub(session, "Teesside")
    for address in (f"/v1/people/{katrina.id}/packs", f"/v1/packs/{made.id}"):
        assert client.get(address, headers=key("compliance:read", "health:read")).status_code == 403
        other = key("packs:read", "health:read", hub=elsewhere)
        assert client.get(address, headers=other).status_code == 404
    assert client.get(f"/v1/packs/{katrina.id}", headers=key()).status_code == 404


def test_words_of_texts_require_health_access(
    client: FlaskClient,
    key: KeyMaker,
    committed: Database,
    katrina: Person,
    om: Actor,
    place: tuple[Hub, Staff],
) -> None:
    """An offender manager's pack has the words of texts, a supervisor's does not."""
    with committed.begin() as session:
        supervisor = builders.actor(
            builders.staff(session, place[0], Role.SUPERVISOR, name="Sal Rowe")
        )
    whole, wordless = make(committed, om, katrina), make(committed, supervisor, katrina)
    refused = client.get(f"/v1/packs/{whole.id}", headers=key("packs:read"))
    assert refused.status_code == 403 and "words of texts" in refused.get_json()["detail"]
    assert client.get(f"/v1/packs/{wordless.id}", headers=key("packs:read")).status_code == 200
