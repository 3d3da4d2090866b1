"""Compliance on the pages: why failures count, decisions, letters, packs, and absences."""

import json
import re
from collections.abc import Callable
from html import unescape
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import event, select

from engage.agencies.model import Hub, Role, Staff
from engage.appointments.model import OutcomeCode
from engage.compliance import decisions
from engage.compliance.model import Enforcement, EnforcementKind, EvidencePack
from engage.core.db import Database
from engage.legal.model import Order
from engage.people.model import Language, Person
from tests import builders
from tests.api.conftest import StoppedClock
from tests.api.pages.conftest import House
from tests.api.pages.visitor import Page, Visitor
from tests.engage.compliance.stage import missed, order

SitDown = Callable[[Staff], Visitor]


@pytest.fixture
def katrina(committed: Database, house: House) -> Person:
    """One person of Pat's on a community order, with two failures."""
    with committed.begin() as session:
        person = builders.person(session, house.pat)
        order(session, person)
        missed(session, person, 30)
        missed(session, person, 3, code=OutcomeCode.ATTENDED_FAILED_TO_COMPLY)
        return person


@pytest.fixture
def supervisor(committed: Database, house: House) -> Staff:
    """A supervisor of the hub."""
    with committed.begin() as session:
        made = builders.staff(
            session,
            session.get_one(Hub, house.hub.id),
            Role.SUPERVISOR,
            name="Sal Rowe",
            email="sal@probation.example",
        )
        made.password_hash = house.pat.password_hash
        return made


def links(page: Page) -> list[str]:
    """The targets of a page's links."""
    return [unescape(found) for found in re.findall(r'href="([^"]+)"', page.html)]


def warned(visitor: Visitor, katrina: Person, **more: str) -> str:
    """Record a warning by the page. Returns the address of the next page."""
    page = visitor.open(f"/people/{katrina.id}/compliance")
    link = next(one for one in links(page) if "/compliance/decide" in one)
    form = visitor.open(link).form(field="reason")
    return visitor.send(
        form, **{"kind": "warning", "reason": "Two failures.", "language": "en", **more}
    ).words


def only(database: Database) -> Enforcement:
    """The only decision."""
    with database.begin() as session:
        return session.scalars(select(Enforcement)).one()


def test_the_page_says_what_counts_and_why(
    house: House, katrina: Person, sit_down: SitDown
) -> None:
    """The page shows the suggestion with its reasons.

    Each failure has the delivery status of its texts. The person's page links to it.
    """
    visitor = sit_down(house.pat)
    assert f"/people/{katrina.id}/compliance" in links(visitor.open(f"/people/{katrina.id}"))
    words = visitor.open(f"/people/{katrina.id}/compliance").words
    for said in (
        "Community order Warn or refer",
        "2 failures to comply in the last 12 months, 2 without a decision.",
        "No warning was given before in the last 12 months: warn, or refer to court.",
        "No text about it reached them: none was sent.",
        "A text that was not delivered is never held against the person.",
        "No decisions yet.",
    ):
        assert said in words, said


def test_a_warning_from_the_decision_to_the_letter_given(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """Decided, read, printed, given and withdrawn. The decision stays visible."""
    visitor = sit_down(house.pat)
    words = warned(visitor, katrina)
    assert (
        "The decision is recorded." in words
        and "Not given yet" in words
        and "Nothing to decide" in words
    )
    made = only(committed)
    letter = visitor.open(f"/enforcements/{made.id}/letter")
    assert (
        "Formal warning" in letter.words and "liable to be brought before a court" in letter.words
    )
    paper = visitor.client.get(f"/enforcements/{made.id}/letter.pdf")
    assert paper.mimetype == "application/pdf"
    assert "Dear Katrina Dodds" in PdfReader(BytesIO(paper.data)).pages[0].extract_text()
    given = visitor.open(f"/enforcements/{made.id}/given").form(field="on-day")
    page = visitor.send(given, how="post", **{"on-day": "20", "on-month": "3", "on-year": "2027"})
    assert (
        "Given by post on 20 March 2027. The warning is in force until 19 March 2028" in page.words
    )
    withdraw = visitor.open(f"/enforcements/{made.id}/withdraw").form(field="why")
    page = visitor.send(withdraw, why="A doctor's note came.")
    assert (
        "Withdrawn" in page.words
        and "A doctor's note came." in page.words
        and "Warn or refer" in page.words
    )


def test_a_letter_in_welsh_says_that_the_template_is_a_draft(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """The form offers the person's language first."""
    with committed.begin() as session:
        session.get_one(Person, katrina.id).language = Language.WELSH
    visitor = sit_down(house.pat)
    link = next(
        one
        for one in links(visitor.open(f"/people/{katrina.id}/compliance"))
        if "/compliance/decide" in one
    )
    assert visitor.open(link).form(field="reason").fields["language"] == "cy"
    warned(visitor, katrina, language="cy")
    words = visitor.open(f"/enforcements/{only(committed).id}/letter").words
    assert "Rhybudd ffurfiol" in words and "is a draft" in words


def test_a_changed_outcome_is_shown_beside_the_decision(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """It stays on the page until a worker withdraws the decision."""
    visitor = sit_down(house.pat)
    warned(visitor, katrina)
    appointment = only(committed).failures[0].appointment_id
    form = visitor.open(f"/appointments/{appointment}/outcome").form(field="note")
    visitor.send(form, code="AAME", note="Hospital")
    assert (
        "1 of 2 outcomes this is based on has changed since."
        in visitor.open(f"/people/{katrina.id}/compliance").words
    )


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"reason": ""}, "Say why"),
        ({"kind": "recall"}, "Choose a warning, a referral to court or nothing on an order"),
        ({"kind": ""}, "Choose a decision"),
        ({"language": "fr"}, "Not a valid choice"),
    ],
)
def test_an_error_is_shown_beside_the_field(
    committed: Database,
    house: House,
    katrina: Person,
    sit_down: SitDown,
    given: dict[str, str],
    words: str,
) -> None:
    """Nothing is decided."""
    visitor = sit_down(house.pat)
    assert words in warned(visitor, katrina, **given)
    with committed.begin() as session:
        assert session.scalars(select(Enforcement.id)).all() == []


def test_a_referral_is_recorded_as_done(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """With the working day by which it is due."""
    visitor = sit_down(house.pat)
    assert "Due by 2 April 2027" in warned(visitor, katrina, kind="referral")
    form = visitor.open(f"/enforcements/{only(committed).id}/done").form(field="on-day")
    page = visitor.send(form, **{"on-day": "21", "on-month": "3", "on-year": "2027"})
    assert (
        page.status == 422 and "Enter a date from the day of the decision to today." in page.words
    )
    page = visitor.send(form, **{"on-day": "20", "on-month": "3", "on-year": "2027"})
    assert "On 20 March 2027" in page.words


def test_a_pack_is_made_and_downloaded(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """As a PDF and as JSON, the same bytes every time. Sent twice it is made once."""
    visitor = sit_down(house.pat)
    form = visitor.open(f"/people/{katrina.id}/evidence-packs/new").form(field="purpose")
    assert (form.fields["first-day"], form.fields["first-year"]) == ("21", "2026")
    for _ in range(2):
        page = visitor.send(
            form, purpose="Breach hearing", recipient="Newcastle Magistrates' Court"
        )
    assert (
        "Newcastle Magistrates’ Court" in page.words.replace("'", "’")
        and "Breach hearing" in page.words
    )
    with committed.begin() as session:
        made = session.scalars(select(EvidencePack.id)).one()
    paper, plain = (
        visitor.client.get(f"/evidence-packs/{made}.pdf"),
        visitor.client.get(f"/evidence-packs/{made}.json"),
    )
    assert paper.mimetype == "application/pdf" and len(PdfReader(BytesIO(paper.data)).pages) >= 2
    assert 'attachment; filename="evidence-X' in plain.headers["Content-Disposition"]
    assert len(json.loads(plain.data)["appointments"]) == 2
    assert visitor.client.get(f"/evidence-packs/{made}.json").data == plain.data
    page = visitor.send(
        visitor.open(f"/people/{katrina.id}/evidence-packs/new").form(field="purpose"),
        purpose="",
        recipient="x",
    )
    assert page.status == 422 and "Enter the purpose" in page.words


def test_a_supervisor_decides_an_absence(
    committed: Database, house: House, katrina: Person, supervisor: Staff, sit_down: SitDown
) -> None:
    """From the appointment's page. The worker's form is refused afterwards."""
    with committed.begin() as session:
        which = missed(session, session.get_one(Person, katrina.id), 2).id
    visitor = sit_down(supervisor)
    assert "Decide the absence as a supervisor" in visitor.open(f"/appointments/{which}").words
    form = visitor.open(f"/appointments/{which}/overrule").form(field="reason")
    assert "Say why" in visitor.send(form, code="AAME", reason="").words
    page = visitor.send(form, code="AAME", reason="Seen in hospital.")
    assert "Decided by a supervisor: Seen in hospital." in page.words
    worker = sit_down(house.pat)
    assert "as a supervisor" not in worker.open(f"/appointments/{which}").words
    form = worker.open(f"/appointments/{which}/outcome").form(field="note")
    assert "A supervisor has decided this absence." in worker.send(form, code="UAAB").words


def test_who_may_not_see_or_decide(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """Other offender managers and partners see nothing; coordinators and auditors read only."""
    with committed.begin() as session:
        actor = builders.actor(session.get_one(Staff, house.pat.id))
        made = decisions.decide(
            session,
            actor,
            katrina.id,
            kind=EnforcementKind.WARNING,
            order_id=session.scalars(select(Order.id)).one(),
            reason="x",
            now=builders.NOW,
        ).id
    home = f"/people/{katrina.id}/compliance"
    pages = (
        home,
        f"{home}/decide",
        f"{home.removesuffix('/compliance')}/evidence-packs/new",
        *(f"/enforcements/{made}/{what}" for what in ("letter", "given", "withdraw")),
    )
    for who, expected in (
        (house.other, [404] * 6),
        (house.partner, [404] * 6),
        (house.coordinator, [200, *[403] * 5]),
        (house.auditor, [200, *[403] * 5]),
        (house.administrator, [404] * 6),
    ):
        visitor = sit_down(who)
        assert [visitor.open(page).status for page in pages] == expected, who.name
    words = sit_down(house.coordinator).open(home).words
    assert "Evidence packs" not in words and "Withdraw" not in words


def test_without_an_order_nothing_counts(
    committed: Database, house: House, sit_down: SitDown
) -> None:
    """The page of a voluntary person says so, and nothing can be decided."""
    with committed.begin() as session:
        person = builders.person(session, house.pat)
        missed(session, person, 3)
    visitor = sit_down(house.pat)
    assert (
        "so nothing counts as non-compliance"
        in visitor.open(f"/people/{person.id}/compliance").words
    )
    assert visitor.open(f"/people/{person.id}/compliance/decide").status == 404
    assert visitor.open(f"/people/{person.id}/compliance/decide?order=nonsense").status == 404


def test_the_number_of_statements_is_constant(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, clock: StoppedClock
) -> None:
    """Ten more failures need no more statements."""
    visitor, counts = sit_down(house.pat), []
    for _ in range(2):
        seen: list[str] = []

        def note(*given: object, into: list[str] = seen) -> None:
            into.append(str(given[2]))

        event.listen(committed.engine, "before_cursor_execute", note)
        assert visitor.open(f"/people/{katrina.id}/compliance").status == 200
        event.remove(committed.engine, "before_cursor_execute", note)
        counts.append(len(seen))
        with committed.begin() as session:
            person = session.get_one(Person, katrina.id)
            for days in range(10):
                missed(session, person, 40 + days)
    assert counts[0] == counts[1]
