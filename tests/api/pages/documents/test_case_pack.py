"""The case pack as a PDF: everything the page says, on one sheet for most people."""

from datetime import date

from sqlalchemy.orm import Session

from engage.agencies.model import Role
from engage.cohort import assessments
from engage.documents.case_pack import facts, pdf
from engage.documents.case_pack.facts import CasePack
from engage.legal.kinds import OffenceKind
from engage.legal.model import IntelligenceFlag, Offence
from engage.progress.activities.model import Activity, ActivityKind
from engage.progress.housing.model import HousingSpell, HousingStage
from engage.progress.kinds import ReportState
from tests import builders
from tests.engage.cohort.table import JUDGED, TODAY
from tests.engage.documents.test_case_pack import busy, visit


def pack_of(session: Session, *, size: int) -> CasePack:
    """A full pack, with an entry of every kind, for the offender manager."""
    hub = builders.hub(session)
    om = builders.staff(session, hub)
    person = builders.person(session, om, last_name="Dodds-Ŵyn")
    builders.staff(session, hub, Role.COORDINATOR)
    busy(session, person, size)
    visit(session, person, 20, None)
    made = {"person_id": person.id, "recorded_by": "system", "recorded_at": builders.NOW}
    session.add_all(
        [
            IntelligenceFlag(flagged_on=TODAY, **made),
            Offence(
                kind=OffenceKind.ARREST,
                happened_on=date(2027, 3, 1),
                what="Theft",
                acquisitive=True,
                **made,
            ),
            HousingSpell(
                stage=HousingStage.HOSTEL, since=TODAY, state=ReportState.VERIFIED, **made
            ),
            Activity(
                kind=ActivityKind.COURSE,
                name="Bricklaying",
                started_on=TODAY,
                state=ReportState.SELF_REPORTED,
                **made,
            ),
        ]
    )
    session.flush()
    assessments.assess_person(session, builders.actor(om), person.id, JUDGED, now=builders.NOW)
    return facts.load(session, builders.actor(om), person.id, now=builders.NOW)


def pages(paper: bytes) -> int:
    """The number of pages of a document."""
    return paper.count(b"/Type /Page\n")


def test_a_case_fits_on_one_page(session: Session) -> None:
    """With signals, tests, an overdue action, housing, a course, an arrest and the flag on it."""
    paper = pdf.render(pack_of(session, size=3))
    assert paper.startswith(b"%PDF") and pages(paper) == 1


def test_a_long_case_continues_and_the_bytes_are_repeatable(session: Session) -> None:
    """Nothing is cut off, and the same case gives the same bytes."""
    pack = pack_of(session, size=20)
    paper = pdf.render(pack)
    assert pages(paper) > 1 and pdf.render(pack) == paper
