"""`/v1/agreements` and `/v1/people/{id}/disclosures`, and health redaction in threads and
signals.
"""

from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from engage.access.model import Disclosure, SharingAgreement
from engage.agencies.model import Hub, Staff
from engage.conversation import intake
from engage.core.db import Database
from engage.people.model import Person
from tests import builders
from tests.api.conftest import KeyMaker
from tests.engage.conversation.phones import text_in


@pytest.fixture
def katrina(committed: Database, place: tuple[Hub, Staff], now: datetime) -> Person:
    """A person with two disclosures under the first of two agreements."""
    with committed.begin() as session:
        pat = session.get_one(Staff, place[1].id)
        made = builders.person(session, pat)
        for day in range(2):
            agreement = SharingAgreement(
                hub_id=place[0].id,
                agency_id=pat.agency_id,
                purpose="to house them",
                lawful_basis="public task",
                fields=["plan", "progress"],
                starts_on=now.date(),
                ends_on=now.date() + timedelta(days=day),
                recorded_by="system",
                recorded_at=now,
            )
            session.add(agreement)
            session.flush()
            session.add(
                Disclosure(
                    person_id=made.id,
                    agreement_id=agreement.id,
                    agency_id=pat.agency_id,
                    recipient="Probation",
                    purpose="to house them",
                    lawful_basis="public task",
                    fields=["plan"],
                    actor="system",
                    at=now + timedelta(minutes=day),
                )
            )
        return made


def test_agreements_and_disclosures_are_read_page_by_page(
    client: FlaskClient, key: KeyMaker, katrina: Person
) -> None:
    """The latest first. A cursor of another list is refused."""
    headers = key("case:read")
    for address in ("/v1/agreements", f"/v1/people/{katrina.id}/disclosures"):
        first = client.get(f"{address}?limit=1", headers=headers).get_json()
        second = client.get(
            address, query_string={"limit": 1, "after": first["next"]}, headers=headers
        ).get_json()
        assert second["next"] is None
        both = client.get(address, headers=headers).get_json()["items"]
        assert [*first["items"], *second["items"]] == both and len(both) == 2
    assert both[0]["at"] > both[1]["at"] and both[0]["fields"] == ["plan"]
    assert client.get("/v1/agreements?after=x", headers=headers).status_code == 422


def test_scopes_and_hubs(
    client: FlaskClient, key: KeyMaker, katrina: Person, committed: Database
) -> None:
    """Keys without the scope or of another hub are refused."""
    with committed.begin() as session:
        elsewhere = builders.hub(session, "Gwent")
    agreements, disclosures = "/v1/agreements", f"/v1/people/{katrina.id}/disclosures"
    for address in (agreements, disclosures):
        assert client.get(address, headers=key("people:read")).status_code == 403
    far = key("case:read", hub=elsewhere)
    assert client.get(agreements, headers=far).get_json() == {"items": [], "next": None}
    assert client.get(disclosures, headers=far).status_code == 404


def test_health_requires_its_scope(
    client: FlaskClient, key: KeyMaker, katrina: Person, committed: Database, now: datetime
) -> None:
    """Without `health:read`, a thread hides texts about health and the list has no health
    signals.
    """
    with committed.begin() as session:
        intake.handle(session, text_in(session, "i used again last night", now), now)
    address = f"/v1/people/{katrina.id}/messages"
    for scopes, shown in (((), False), (("health:read",), True)):
        headers = key("messages:read", "signals:read", *scopes)
        thread = client.get(address, headers=headers).get_json()["items"]
        kinds = {
            one["kind"] for one in client.get("/v1/signals", headers=headers).get_json()["items"]
        }
        assert ("used again" in str(thread), "lapse" in str(thread)) == (shown, shown)
        assert ("lapse_told" in kinds) is shown
