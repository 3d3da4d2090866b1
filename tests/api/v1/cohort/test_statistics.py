"""`/v1/cohort`: statistics of a key's hub."""

from flask.testing import FlaskClient

from engage.agencies.model import Hub, Staff
from engage.appointments.model import OutcomeCode
from engage.core.db import Database
from tests.api.conftest import KeyMaker
from tests.engage.queries.cohort.test_statistics import came, member


def test_rates_have_a_denominator_and_an_interval(
    committed: Database, client: FlaskClient, key: KeyMaker, place: tuple[Hub, Staff]
) -> None:
    """A rate with denominator 0 is null."""
    with committed.begin() as session:
        om = session.get_one(Staff, place[1].id)
        came(session, member(session, om), 3, OutcomeCode.ATTENDED_COMPLIED)
    answer = client.get("/v1/cohort?days=91", headers=key("cohort:read"))
    assert answer.status_code == 200, answer.text
    given = answer.get_json()
    assert (given["people"], given["since"], given["until"]) == (1, "2026-12-19", "2027-03-20")
    tables = {table["id"]: table for table in given["tables"]}
    (line,) = tables["attendance"]["lines"]
    assert (line["key"], line["count"], line["of"], line["rate"]) == ("all", 1, 1, 1.0)
    assert round(line["interval"]["low"], 2) == 0.21 and line["interval"]["high"] == 1.0
    assert tables["breach"]["lines"][0]["of"] == 1
    assert (
        tables["release"]["lines"][0]["rate"] is None
        and tables["release"]["lines"][0]["interval"] is None
    )


def test_other_periods_and_other_scopes_are_refused(client: FlaskClient, key: KeyMaker) -> None:
    """An unknown period gets 422, another scope 403."""
    assert client.get("/v1/cohort?days=30", headers=key("cohort:read")).status_code == 422
    assert client.get("/v1/cohort?hub=x", headers=key("cohort:read")).status_code == 422
    assert client.get("/v1/cohort", headers=key("case:read")).status_code == 403
    assert client.get("/v1/cohort").status_code == 401
