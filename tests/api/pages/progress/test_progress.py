"""The progress page and its forms: home, work and treatment, recorded, verified and disputed."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from engage.access.model import Disclosure, SharingAgreement
from engage.access.sharing import RecordPart
from engage.agencies.model import Agency, Staff
from engage.core.db import Database
from engage.people.model import Person
from engage.people.service import ensure_involved
from engage.progress.activities.kinds import ActivityKind
from engage.progress.activities.model import Activity
from engage.progress.housing.kinds import HousingStage
from engage.progress.housing.model import HousingSpell
from engage.progress.kinds import ReportFact, ReportKind, ReportState
from engage.progress.model import SelfReport
from tests import builders
from tests.api.pages.conftest import House
from tests.api.pages.visitor import Visitor
from tests.engage.progress import stage
from tests.engage.progress.stage import TODAY

SitDown = Callable[[Staff], Visitor]


@pytest.fixture
def katrina(committed: Database, house: House) -> Person:
    """One person of Pat's."""
    with committed.begin() as session:
        return builders.person(session, house.pat)


def involve_partner(
    database: Database, house: House, whose: Person, now: datetime, *fields: RecordPart
) -> None:
    """The drug service works with the person, and sees these fields under an agreement."""
    with database.begin() as session:
        agency = session.query(Agency).filter_by(name="Tyne Recovery").one()
        ensure_involved(session, whose.id, agency.id, now=now)
        if fields:
            session.add(
                SharingAgreement(
                    hub_id=house.hub.id,
                    agency_id=agency.id,
                    purpose="to plan treatment",
                    lawful_basis="consent",
                    fields=[field.value for field in fields],
                    starts_on=now.date(),
                    ends_on=now.date() + timedelta(days=30),
                    recorded_by="staff:x",
                    recorded_at=now,
                )
            )


def test_a_home_is_recorded_from_news_and_counts_as_stable(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, now: datetime
) -> None:
    """The page links the news to the form.

    Sent twice it is recorded once. The news is verified with it.
    """
    with committed.begin() as session:
        report = builders.report(
            session, katrina, now - timedelta(days=2), fact=ReportFact.GOT_HOME
        )
    visitor = sit_down(house.pat)
    page = visitor.open(f"/people/{katrina.id}/progress")
    assert (
        "Self-reported, not recorded yet" in page.words and "Record where they live" in page.words
    )
    assert "Stable home No, or not verified" in page.words
    form = visitor.open(f"/people/{katrina.id}/housing/new?report={report.id}").form("/housing/new")
    assert form.fields["since-day"] == "18"
    refused = visitor.send(form, stage="social_tenancy")
    assert refused.status == 422 and "Say whether you have verified it" in refused.words
    for _ in range(2):
        page = visitor.send(form, stage="social_tenancy", sure="yes", note="Two rooms")
    assert (
        "Social tenancy" in page.words
        and "Stable home Yes" in page.words
        and "Two rooms" in page.words
    )
    assert "Self-reported, not recorded yet" not in page.words
    with committed.begin() as session:
        assert session.query(HousingSpell).one().report_id == report.id
        assert session.get_one(SelfReport, report.id).state is ReportState.VERIFIED


def test_verifying_news_of_a_home_leads_to_its_form(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, now: datetime
) -> None:
    """The news is verified either way.

    Once the home is recorded, the button returns to the person.
    """
    with committed.begin() as session:
        report = builders.report(session, katrina, now)
    visitor = sit_down(house.pat)
    button = visitor.open(f"/people/{katrina.id}").form(f"/reports/{report.id}/verify")
    page = visitor.send(button)
    assert page.address.startswith(f"/people/{katrina.id}/housing/new?report=")
    assert "Marked as verified" in page.words and "has a home" in page.words
    visitor.send(page.form("/housing/new"), stage="family", sure="yes")
    assert visitor.send(button).address == f"/people/{katrina.id}"


def test_a_home_is_verified_and_disputed(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """By a button, and by a form that asks why. An earlier home shows its end."""
    with committed.begin() as session:
        stage.spell(session, katrina, HousingStage.HOSTEL, TODAY - timedelta(days=40))
        spell = stage.spell(session, katrina, state=ReportState.SELF_REPORTED)
    visitor = sit_down(house.coordinator)
    page = visitor.open(f"/people/{katrina.id}/progress")
    assert "until 20 March 2027" in page.words and "Self-reported" in page.words
    page = visitor.send(page.form(f"/housing/{spell.id}/verify"))
    assert "Verified by Chidi Okafor" in page.words and "Stable home Yes" in page.words
    form = visitor.open(f"/housing/{spell.id}/dispute").form("/dispute")
    assert "Say what you found" in visitor.send(form, note=" ").words
    page = visitor.send(form, note="The landlord knows nothing")
    assert "Disputed by Chidi Okafor" in page.words and "Stable home No" in page.words


def test_work_starts_from_news_and_ends(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, now: datetime
) -> None:
    """The form is filled with the kind.

    Later news of its loss leads to the end form. An end before the start is refused beside the day.
    """
    with committed.begin() as session:
        got = builders.report(
            session,
            katrina,
            now - timedelta(days=9),
            kind=ReportKind.WORK,
            fact=ReportFact.GOT_WORK,
        )
        builders.report(session, katrina, now, kind=ReportKind.WORK, fact=ReportFact.LOST_WORK)
    visitor = sit_down(house.pat)
    assert "They have lost" not in visitor.open(f"/people/{katrina.id}/progress").words
    form = visitor.open(f"/people/{katrina.id}/activities/new?report={got.id}").form(
        "/activities/new"
    )
    assert form.fields["kind"] == "work"
    page = visitor.send(form, name="The bakery", agency="Probation", sure="yes")
    assert "The bakery Work, Probation" in page.words and "Stable work Yes" in page.words
    with committed.begin() as session:
        job = session.query(Activity).one()
    end = visitor.open(f"/activities/{job.id}/end").form("/end")
    refused = visitor.send(end, ending="lost", ended_day="1")
    assert refused.status == 422 and "The end cannot be before the start" in refused.words
    page = visitor.send(end, ending="lost")
    assert "Lost, not by their choice, 20 March 2027" in page.words
    page = visitor.send(
        visitor.open(f"/activities/{job.id}/dispute").form("/dispute"), note="Never was"
    )
    assert "Stable work No" in page.words
    page = visitor.send(page.form(f"/activities/{job.id}/verify"))
    assert "Stable work Yes" in page.words


def test_treatment_requires_health_access(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, now: datetime
) -> None:
    """An auditor sees it neither on the page nor on the form.

    The drug worker records it and, without an agreement, sees nothing else.
    """
    involve_partner(committed, house, katrina, now)
    with committed.begin() as session:
        stage.activity(session, katrina, ActivityKind.TREATMENT, name="Methadone scripts")
    assert "Methadone" in sit_down(house.pat).open(f"/people/{katrina.id}/progress").words
    auditor = sit_down(house.auditor).open(f"/people/{katrina.id}/progress")
    assert (
        auditor.status == 200
        and "Methadone" not in auditor.words
        and "Dispute this" not in auditor.words
    )
    worker = sit_down(house.partner)
    assert worker.open(f"/people/{katrina.id}/progress").status == 403
    form = worker.open(f"/people/{katrina.id}/activities/new").form("/activities/new")
    page = worker.send(form, kind="treatment", name="Key work", sure="yes")
    assert page.status == 200 and page.address.startswith(f"/people/{katrina.id}")
    with committed.begin() as session:
        assert (
            session.query(Activity).filter_by(name="Key work").one().kind is ActivityKind.TREATMENT
        )


def test_an_agreement_opens_the_page_and_each_view_is_a_disclosure(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, now: datetime
) -> None:
    """The drug service sees the home under its agreement, and that view is recorded."""
    involve_partner(committed, house, katrina, now, RecordPart.PROGRESS)
    with committed.begin() as session:
        stage.spell(session, katrina)
    assert "Social tenancy" in sit_down(house.partner).open(f"/people/{katrina.id}/progress").words
    with committed.begin() as session:
        assert session.query(Disclosure).one().fields == ["progress"]


def test_strangers_and_auditors_change_nothing(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """For forged forms another offender manager gets not found, and an auditor is refused."""
    with committed.begin() as session:
        spell, job = stage.spell(session, katrina), stage.activity(session, katrina)
    for who, status in ((house.other, 404), (house.auditor, 403)):
        visitor = sit_down(who)
        forged = {"csrf_token": visitor.token(), "note": "x"}
        for address in (
            f"/people/{katrina.id}/housing/new",
            f"/people/{katrina.id}/activities/new",
            f"/housing/{spell.id}/dispute",
            f"/activities/{job.id}/dispute",
            f"/activities/{job.id}/end",
        ):
            assert visitor.open(address).status == status, address
            assert visitor.post(address, forged).status == status, address
        for address in (f"/housing/{spell.id}/verify", f"/activities/{job.id}/verify"):
            assert visitor.post(address, forged).status == status, address
    with committed.begin() as session:
        assert session.get_one(HousingSpell, spell.id).state is ReportState.VERIFIED
