"""`engage log verify`: the audit chain of every person, computed again."""

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from api.cli.main import main
from engage.core.db import Database
from tests import builders
from tests.engage.compliance.stage import missed, order, settle


@pytest.fixture
def engage(committed: Database) -> Callable[..., Result]:
    """Run `engage` against the test's own database."""
    url = committed.url.render_as_string(hide_password=False)
    return lambda *arguments: CliRunner().invoke(main, arguments, env={"DATABASE_URL": url})


def test_an_intact_chain_and_a_broken_one(
    committed: Database, engage: Callable[..., Result]
) -> None:
    """The output says which person, where and why. The exit code is 1, for monitoring."""
    with committed.begin() as session:
        om = builders.staff(session, builders.hub(session))
        people = [
            builders.person(session, om, number=None, crn=crn) for crn in ("X320741", "X320742")
        ]
        for person in people:
            order(session, person)
            missed(session, person, 3)
    for person in people:
        settle(committed, person.id)
    good = engage("log", "verify")
    assert (good.exit_code, good.output) == (0, "Checked 2 chains; none broken.\n")
    with committed.begin() as session:
        session.execute(
            text("UPDATE event SET actor = 'person' WHERE person_id = :person"),
            {"person": people[1].id},
        )
    bad = engage("log", "verify")
    assert bad.exit_code == 1 and "X320742: broken at place 1. The event was changed" in bad.output
    assert engage("log", "verify", "--crn", "x320741").exit_code == 0
    unknown = engage("log", "verify", "--crn", "X999999")
    assert unknown.exit_code == 2 and "There is no person with the CRN X999999." in unknown.output
