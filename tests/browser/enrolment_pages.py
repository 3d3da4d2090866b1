"""A person with two enrolments and much on their status page, and the addresses of its pages."""

from datetime import timedelta

from sqlalchemy.orm import Session

from engage.access.policy import SYSTEM
from engage.agencies.model import Hub
from engage.cohort import enrolments, transfers
from engage.cohort.exits import deregister
from engage.cohort.kinds import (
    Cohort,
    ExitReason,
    Rag,
    Strand,
)
from engage.people.model import LegalStatus, Person
from tests import builders


def fill(session: Session, whose: Person) -> list[str]:
    """Add the rows. Returns the addresses that show them."""
    whose.legal_status = LegalStatus.NON_STATUTORY
    hub = session.get_one(Hub, whose.hub_id)
    earlier = whose.offender_manager_id
    other = builders.staff(session, hub, name="Bartholomew Featherstonehaugh-Cholmondeley")
    for days, ended in ((400, 200), (60, None)):
        began = builders.NOW - timedelta(days=days)
        enrolments.adopt(
            session,
            SYSTEM,
            whose,
            cohort=Cohort.FIXED,
            strand=Strand.CATCH_AND_CONTROL,
            lead_agency_id=builders.agency(session, hub).id,
            rag=Rag.RED,
            reason="Burglaries on the estate behind the station, to pay for a habit",
            now=began,
        )
        enrolments.change_strand(
            session,
            SYSTEM,
            whose.id,
            strand=Strand.REHABILITATE_AND_RESETTLE,
            reason="w" * 120,
            now=began + timedelta(days=20),
        )
        for week, rag in enumerate((Rag.AMBER, Rag.GREEN), start=1):
            at = began + timedelta(weeks=week)
            enrolments.retain(
                session, SYSTEM, whose.id, rag=rag, reason="Keeps what is booked", now=at
            )
        if ended is not None:
            deregister(
                session,
                SYSTEM,
                whose.id,
                exit_reason=ExitReason.MOVED_AWAY,
                note="To Leeds, and back again",
                now=builders.NOW - timedelta(days=ended),
            )
    for to_id in (other.id, earlier):
        transfers.transfer(
            session,
            SYSTEM,
            whose.id,
            to_id=to_id,
            note="Ring before you visit. " * 6,
            now=builders.NOW,
        )
    address = f"/people/{whose.id}"
    return [
        *(f"{address}/{page}" for page in ("status", "review", "transfer", "death")),
        "/handover",
        f"/handover?whose={earlier}",
    ]
