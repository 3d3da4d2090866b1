"""A case's status on the pages: shown with its reasons, reviewed, transferred; who may see it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, select

from engage.access.model import Disclosure, SharingAgreement
from engage.access.policy import staff_actor
from engage.agencies.model import AgencyKind, Role, Staff
from engage.cohort import enrolments
from engage.cohort.exits import deregister
from engage.cohort.kinds import (
    Cohort,
    ExitReason,
    MilestoneKind,
    Rag,
    Strand,
)
from engage.cohort.model import Enrolment, RagReview, Transfer
from engage.core.db import Database
from engage.legal.model import IntelligenceFlag
from engage.people.model import Involvement, LegalStatus, Person
from tests import builders, case_builders
from tests.api.conftest import StoppedClock
from tests.api.pages.conftest import House
from tests.api.pages.visitor import Visitor

SitDown = Callable[[Staff], Visitor]


@pytest.fixture
def katrina(committed: Database, house: House, now: datetime) -> Person:
    """One person of Pat's, adopted ten days ago and red since."""
    with committed.begin() as session:
        made = builders.person(session, house.pat, legal_status=LegalStatus.NON_STATUTORY)
        enrolments.adopt(
            session,
            staff_actor(session.get_one(Staff, house.coordinator.id)),
            made,
            cohort=Cohort.FIXED,
            strand=Strand.CATCH_AND_CONTROL,
            lead_agency_id=house.pat.agency_id,
            rag=Rag.RED,
            reason="Burglaries on Bridge Street",
            now=now - timedelta(days=10),
        )
        return made


def test_status_strand_and_reviews_are_shown(
    house: House, katrina: Person, sit_down: SitDown
) -> None:
    """With what the rules suggest, and that the review is overdue."""
    page = sit_down(house.pat).open(f"/people/{katrina.id}/status")
    for words in (
        "Red since 10 March 2027",
        "Next review 17 March 2027 overdue",
        "Catch and Control since 10 March 2027",
        "Burglaries on Bridge Street",
        "Still needed for green",
        "Still needed before they can leave",
    ):
        assert words in page.words, page.words


def test_recent_milestones_are_shown_but_tests_only_with_health_access(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """Rule 16: the last few, with a link to all of them."""
    with committed.begin() as session:
        for days in range(6):
            case_builders.milestone(
                session,
                katrina,
                MilestoneKind.ATTENDED,
                step=10,
                counted_from=builders.NOW.date() - timedelta(days=days),
                reached_on=builders.NOW.date() - timedelta(days=days),
            )
        case_builders.milestone(session, katrina, MilestoneKind.NEGATIVE_TESTS, step=4)
    page = sit_down(house.pat).open(f"/people/{katrina.id}/status")
    assert page.words.count("10 appointments") == 4 and "4 negative tests" in page.words, page.words
    assert "All milestones of Katrina" in page.words
    page = sit_down(house.auditor).open(f"/people/{katrina.id}/status")
    assert page.words.count("10 appointments") == 5 and "negative" not in page.words


def test_a_review_is_recorded_once(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """Sent twice it is one review. Without a status or a reason none is recorded."""
    visitor = sit_down(house.pat)
    form = visitor.open(f"/people/{katrina.id}/review").form(field="reason")
    refused = visitor.send(form, reason="")
    assert (
        refused.status == 422
        and "Choose a status" in refused.words
        and "Give the reason" in refused.words
    )
    for _ in range(2):
        page = visitor.send(form, rag="amber", reason="Keeps what is booked")
        assert "Amber since 20 March 2027" in page.words
    with committed.begin() as session:
        assert [
            one.rag for one in session.scalars(select(RagReview).order_by(RagReview.held_on))
        ] == [
            Rag.RED,
            Rag.AMBER,
        ]


def test_the_caseload_shows_the_status(house: House, katrina: Person, sit_down: SitDown) -> None:
    """Red, and that the review is overdue. A partner sees no status."""
    assert "Red review overdue" in sit_down(house.pat).open("/caseload").words
    assert "Status" not in sit_down(house.partner).open("/caseload").words


def test_staying_voluntarily(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """Offered if no order is in force; once recorded it is shown and not offered again.

    Under an order the page says why it is not offered.
    """
    visitor = sit_down(house.pat)
    form = visitor.open(f"/people/{katrina.id}/status").form("/stay")
    page = visitor.send(form)
    assert "voluntary since 20 March 2027" in page.words
    assert "They have chosen to stay" not in page.words
    with committed.begin() as session:
        session.get_one(Person, katrina.id).legal_status = LegalStatus.STATUTORY
        session.scalars(select(Enrolment)).one().voluntary_since = None
    assert "it must end first" in visitor.send(form).words


def test_a_transfer(committed: Database, house: House, katrina: Person, sit_down: SitDown) -> None:
    """The old offender manager no longer sees the person; the new one finds the note."""
    visitor = sit_down(house.pat)
    form = visitor.open(f"/people/{katrina.id}/transfer").form(field="note")
    refused = visitor.send(form, note="")
    assert refused.status == 422 and "Choose an offender manager" in refused.words
    page = visitor.send(form, to=str(house.other.id), note="Ring before you visit")
    assert page.status == 200 and "transferred" in page.words
    assert visitor.open(f"/people/{katrina.id}/status").status == 404
    seen = sit_down(house.other).open(f"/people/{katrina.id}/status").words
    assert "from Pat Hale to Dai Rees, by Pat Hale." in seen and "Ring before you visit" in seen
    thread = sit_down(house.other).open(f"/people/{katrina.id}").words
    assert (
        "Transferred to another offender manager" in thread
        and "From now Dai is your worker." in thread
    )


def test_a_caseload_is_transferred(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """The chosen people go to one other offender manager.

    A name that the page did not offer is refused.
    """
    with committed.begin() as session:
        archer = builders.person(session, house.pat, last_name="Archer", number=None)
        foreign = builders.person(
            session, builders.staff(session, builders.hub(session, "Gwent")), number=None
        )
    visitor = sit_down(house.coordinator)
    assert "Hand over a caseload" in visitor.open("/caseload").words
    form = visitor.open(f"/handover?whose={house.pat.id}").form(field="note")
    for people in ("", str(foreign.id)):
        refused = visitor.send(form, people=people, to=str(house.other.id), note="Leaves")
        assert refused.status == 422
    page = visitor.send(form, people=str(archer.id), to=str(house.other.id), note="Leaves")
    assert "1 person is transferred." in page.words
    with committed.begin() as session:
        assert [one.person_id for one in session.scalars(select(Transfer))] == [archer.id]
    assert visitor.open("/handover?whose=nobody").status == 404
    assert sit_down(house.auditor).open("/handover").status == 403


def test_a_death_is_recorded(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """A future date is refused. Recording it ends the enrolment, and it is recorded once."""
    visitor = sit_down(house.pat)
    form = visitor.open(f"/people/{katrina.id}/death").form(field="date-day")
    assert "Enter a date" in visitor.send(form).words
    tomorrow = visitor.send(form, date_day="21", date_month="3", date_year="2027")
    assert tomorrow.status == 422 and "today or in the past" in tomorrow.words
    day = {"date_day": "19", "date_month": "3", "date_year": "2027"}
    page = visitor.send(form, **day)
    assert "The death is recorded." in page.words and "Has died" in page.words
    assert "already recorded" in visitor.send(form, **day).words


def test_who_may_not_see_or_change(house: House, katrina: Person, sit_down: SitDown) -> None:
    """Other staff get not found; an auditor reads and changes nothing."""
    address = f"/people/{katrina.id}"
    auditor = sit_down(house.auditor)
    assert auditor.open(f"{address}/status").status == 200
    assert "Review" not in [form.action for form in auditor.open(f"{address}/status").forms]
    for staff, status in ((house.auditor, 403), (house.other, 404), (house.partner, 404)):
        visitor = sit_down(staff)
        for page in ("review", "transfer", "death"):
            assert visitor.open(f"{address}/{page}").status == status
            assert (
                visitor.post(f"{address}/{page}", {"csrf_token": visitor.token()}).status == status
            )
        assert visitor.post(f"{address}/stay", {"csrf_token": visitor.token()}).status == status
    assert sit_down(house.other).open(f"{address}/status").status == 404


def test_intelligence_is_for_police_and_the_offender_manager(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, now: datetime
) -> None:
    """The coordinator here is of probation, and sees only that there is some."""
    with committed.begin() as session:
        session.add(
            IntelligenceFlag(
                person_id=katrina.id, flagged_on=now.date(), recorded_by="system", recorded_at=now
            )
        )
        police = builders.agency(session, house.hub, "Northumbria Police", AgencyKind.POLICE)
        officer = builders.staff(
            session, house.hub, Role.COORDINATOR, name="Moz Bell", agency_name=police.name
        )
        officer.password_hash = house.pat.password_hash
    address, words = f"/people/{katrina.id}/status", "Current intelligence since 20 March 2027"
    for staff, told in ((house.pat, True), (officer, True), (house.coordinator, False)):
        page = sit_down(staff).open(address)
        assert (words in page.words) is told
        assert ("A reason that your role does not show" in page.words) is not told


def test_an_agency_reads_the_status_by_an_agreement_only(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, now: datetime
) -> None:
    """It reads what was decided, not the rules' suggestion or notes between workers.

    The view is logged.
    """
    with committed.begin() as session:
        session.add(Involvement(person_id=katrina.id, agency_id=house.partner.agency_id, since=now))
    visitor, address = sit_down(house.partner), f"/people/{katrina.id}/status"
    assert visitor.open(address).status == 403
    with committed.begin() as session:
        session.add(
            SharingAgreement(
                hub_id=house.hub.id,
                agency_id=house.partner.agency_id,
                purpose="Treatment",
                lawful_basis="Crime and Disorder Act 1998, s.115",
                fields=["status"],
                starts_on=now.date(),
                ends_on=now.date(),
                recorded_by="system",
                recorded_at=now,
            )
        )
    page = visitor.open(address)
    assert "Red since 10 March 2027" in page.words and "What the rules suggest" not in page.words
    with committed.begin() as session:
        assert session.scalars(select(Disclosure.fields)).one() == ["status"]


def test_a_deregistered_person(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, clock: StoppedClock
) -> None:
    """Their enrolment is shown as history, and nothing can be reviewed."""
    with committed.begin() as session:
        deregister(
            session,
            staff_actor(session.get_one(Staff, house.coordinator.id)),
            katrina.id,
            exit_reason=ExitReason.MOVED_AWAY,
            note="To Leeds",
            now=clock.at,
        )
    visitor = sit_down(house.pat)
    page = visitor.open(f"/people/{katrina.id}/status")
    assert "is no longer on the cohort" in page.words
    assert "10 March 2027 to 20 March 2027: Moved away. To Leeds" in page.words
    form = visitor.open(f"/people/{katrina.id}/review").form(field="reason")
    refused = visitor.send(form, rag="green", reason="Late")
    assert refused.status == 422 and "not on the cohort" in refused.words


def test_the_page_runs_a_constant_number_of_statements(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, now: datetime
) -> None:
    """However many reviews there are."""
    visitor, counts = sit_down(house.pat), []
    for reviews in (0, 15):
        with committed.begin() as session:
            enrolment = session.scalars(select(Enrolment)).one()
            for day in range(reviews):
                session.add(
                    RagReview(
                        enrolment_id=enrolment.id,
                        rag=Rag.RED,
                        held_on=now.date() - timedelta(days=day),
                        reason="Again",
                        next_due_on=now.date(),
                        decided_by=f"staff:{house.pat.id}",
                        decided_at=now,
                    )
                )
        statements: list[str] = []

        def note(*given: object, into: list[str] = statements) -> None:
            into.append(str(given[2]))

        event.listen(committed.engine, "before_cursor_execute", note)
        assert visitor.open(f"/people/{katrina.id}/status").status == 200
        event.remove(committed.engine, "before_cursor_execute", note)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 40, counts
