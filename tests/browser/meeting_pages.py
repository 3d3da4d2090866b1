"""Referrals, assessments, a meeting and the case pack, with much on them."""

from sqlalchemy.orm import Session

from engage.cohort import agenda, assessments, meetings
from engage.cohort.decision_details import DecisionDetails
from engage.cohort.kinds import DecisionKind
from engage.cohort.meetings import Presence
from engage.people.model import Person
from tests import builders
from tests.browser.conftest import House
from tests.engage.cohort import table

LONG = (
    "She is seen near the shops most days, and the three of them sell what they take before noon. "
    * 3
)


def fill(session: Session, house: House, whose: Person) -> list[str]:
    """Refer and assess a person, put people on an agenda and decide one item.

    Returns the addresses of the pages.
    """
    keeper = builders.actor(house.coordinator)
    name = {"first_name": whose.first_name, "last_name": whose.last_name}
    first = table.refer(session, keeper, house.hub, **name, date_of_birth=table.BORN, reasons=LONG)
    table.refer(session, keeper, house.hub, **name, reasons="Again", at_arrest=False)
    gone = table.refer(session, keeper, house.hub, first_name="Bo", last_name="Lane")
    assessments.assess_referral(session, keeper, first.id, table.JUDGED, now=builders.NOW)
    assessments.assess_person(session, keeper, whose.id, table.JUDGED, now=builders.NOW)
    meeting = table.call(session, keeper, house.hub)
    came = {house.pat.agency_id: Presence(True, "Pat Hale and somebody from the office upstairs")}
    meetings.note_attendance(session, keeper, meeting.id, came, now=builders.NOW)
    agenda.request_item(session, keeper, meeting.id, whose.id, now=builders.NOW)
    table.decided(
        session,
        keeper,
        meeting,
        gone,
        DecisionDetails(DecisionKind.DECLINE, "Low predictor. " * 20),
    )
    known = table.item_of(session, meeting, whose).id
    unknown = table.item_of(session, meeting, first).id
    return [
        "/referrals",
        "/referrals/new",
        *(f"/referrals/{first.id}{what}" for what in ("", "/withdraw", "/assess")),
        *(f"/people/{whose.id}/{what}" for what in ("assessments", "assessments/new", "case-pack")),
        "/meetings",
        "/meetings/new",
        *(f"/meetings/{meeting.id}{what}" for what in ("", "/attendance", "/minutes")),
        f"/agenda/{unknown}",
        *(f"/agenda/{unknown}/{what}" for what in ("adopt", "decline")),
        *(f"/agenda/{known}/{what}" for what in ("retain", "change_strand", "deregister")),
    ]
