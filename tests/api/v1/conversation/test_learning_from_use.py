"""`/v1/learning-from-use`: the figures of a key's hub."""

from flask.testing import FlaskClient

from engage.agencies.model import Hub, Staff
from engage.core.db import Database
from tests import builders
from tests.api.conftest import KeyMaker
from tests.engage.conversation.learning.read_texts import read, rise


def test_figures_have_a_denominator_and_an_interval(
    committed: Database, client: FlaskClient, key: KeyMaker, place: tuple[Hub, Staff]
) -> None:
    """By month, meaning and basis, with the rises of the latest full month."""
    with committed.begin() as session:
        person = builders.person(session, session.get_one(Staff, place[1].id))
        rise(session, person, builders.NOW)
        read(session, person, builders.NOW, "lapse", acted=False)
    answer = client.get("/v1/learning-from-use", headers=key("messages:read"))
    assert answer.status_code == 200, answer.text
    given = answer.get_json()
    assert (given["compared"], given["comparable"]) == ("2027-02-01", True)
    assert [one["about"] for one in given["rises"]] == ["all", "rule", "confirm"]
    lines = given["month_lines"]
    assert [(one["month"], one["meaning"], one["basis"]) for one in lines] == [
        ("2026-12-01", "confirm", "rule"),
        ("2027-02-01", "confirm", "rule"),
        ("2027-03-01", "health", "rule"),
    ]
    texts = lines[1]["texts"]
    assert (texts["acted"], texts["corrected"], texts["rate"]) == (60, 12, 0.2)
    assert round(texts["interval"]["low"], 3) == 0.118
    assert (lines[2]["texts"]["rate"], lines[2]["texts"]["left"]) == (None, 1)
    health = client.get("/v1/learning-from-use", headers=key("messages:read", "health:read"))
    assert health.get_json()["month_lines"][2]["meaning"] == "lapse"


def test_parameters_and_other_scopes_are_refused(client: FlaskClient, key: KeyMaker) -> None:
    """A parameter gets 422, another scope 403, no key 401."""
    headers = key("messages:read")
    assert client.get("/v1/learning-from-use?hub=x", headers=headers).status_code == 422
    assert client.get("/v1/learning-from-use", headers=key("cohort:read")).status_code == 403
    assert client.get("/v1/learning-from-use").status_code == 401
