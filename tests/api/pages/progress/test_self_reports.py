"""Self-reports on a person's page: shown, verified, disputed with a reason, added by a worker."""

import uuid
from collections.abc import Callable
from datetime import datetime

import pytest

from engage.agencies.model import Agency, Staff
from engage.core.db import Database
from engage.people.model import Person
from engage.people.service import ensure_involved
from engage.progress.model import ReportKind, ReportState, SelfReport
from tests import builders
from tests.api.pages.conftest import House
from tests.api.pages.visitor import Visitor
from tests.engage.conversation.phones import text_in

SitDown = Callable[[Staff], Visitor]


@pytest.fixture
def katrina(committed: Database, house: House) -> Person:
    """One person of Pat's."""
    with committed.begin() as session:
        return builders.person(session, house.pat)


def told(
    database: Database, person: Person, at: datetime, body: str, kind: ReportKind
) -> uuid.UUID:
    """News that the person texted."""
    with database.begin() as session:
        text = text_in(session, body, at)
        return builders.report(
            session,
            person,
            at,
            kind=kind,
            fact=None,
            inbound_id=text.id,
            recorded_by="person",
        ).id


def state(database: Database, report: uuid.UUID) -> ReportState:
    """The state of a report."""
    with database.begin() as session:
        return session.get_one(SelfReport, report).state


def test_news_is_shown_and_verified_with_one_click(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, now: datetime
) -> None:
    """Kind, words and day, and then who verified it."""
    report = told(committed, katrina, now, "got the keys to my flat", ReportKind.HOUSING)
    visitor = sit_down(house.pat)
    page = visitor.open(f"/people/{katrina.id}")
    assert "Self-reports" in page.words and "“got the keys to my flat”" in page.words
    assert "Self-reported" in page.words
    after = visitor.send(page.form(f"/reports/{report}/verify"))
    assert (
        "Verified by Pat Hale" in after.words and state(committed, report) is ReportState.VERIFIED
    )


def test_disputing_needs_a_reason(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, now: datetime
) -> None:
    """The form says what is missing; the report stays."""
    report = told(committed, katrina, now, "got a job", ReportKind.WORK)
    visitor = sit_down(house.coordinator)
    form = visitor.open(f"/reports/{report}/dispute").form("/dispute")
    refused = visitor.send(form, note=" ")
    assert refused.status == 422 and "Say what you found" in refused.words
    page = visitor.send(form, note="The shop knows nothing of it")
    assert "Disputed by Chidi Okafor" in page.words and "got a job" in page.words


def test_a_worker_adds_news_once(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """Sent twice it is stored once. News of an unknown kind is refused beside its field."""
    visitor = sit_down(house.pat)
    form = visitor.open(f"/people/{katrina.id}").words
    assert "Add a self-report" in form
    blank = visitor.open(f"/people/{katrina.id}/reports/new").form("/reports/new")
    wrong = visitor.send(blank, kind="housing", fact="got_work")
    assert wrong.status == 422 and "Choose a fact of the chosen kind" in wrong.words
    for _ in range(2):
        page = visitor.send(blank, kind="work", fact="got_work", note="In the bakery")
        assert (
            page.status == 200
            and "In the bakery" in page.words
            and "reported to Pat Hale" in page.words
        )
    with committed.begin() as session:
        assert session.query(SelfReport).count() == 1


def test_health_news_requires_health_access(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, now: datetime
) -> None:
    """The drug worker sees the lapse; the auditor sees only that there was news.

    Neither the form nor a forged one lets others verify or dispute it.
    """
    report = told(committed, katrina, now, "had a slip", ReportKind.LAPSE)
    with committed.begin() as session:
        agency = session.query(Agency).filter_by(name="Tyne Recovery").one()
        ensure_involved(session, katrina.id, agency.id, now=now)
    shown = sit_down(house.partner).open(f"/people/{katrina.id}").words
    assert "Lapse" in shown and "had a slip" in shown
    auditor = sit_down(house.auditor)
    hidden = auditor.open(f"/people/{katrina.id}").words.split("Self-reports")[1][:200]
    assert "Health, not shown" in hidden and "Lapse" not in hidden and "slip" not in hidden
    forged = {"csrf_token": auditor.token(), "note": "x"}
    for what in ("verify", "dispute"):
        assert auditor.post(f"/reports/{report}/{what}", forged).status == 403
    stranger = sit_down(house.other)
    forged = {"csrf_token": stranger.token(), "note": "x"}
    for what in ("verify", "dispute"):
        assert stranger.post(f"/reports/{report}/{what}", forged).status == 404
    assert state(committed, report) is ReportState.SELF_REPORTED
