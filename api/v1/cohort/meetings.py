"""`/v1/meetings` and `/v1/agenda-items`: meetings with their agendas, what they decided, and the
case pack of a person.
"""

import uuid
from datetime import date
from typing import Any

from marshmallow import Schema, fields, validate

from api.access import allow, current_actor, scope
from api.database import now, transaction
from api.v1.documents.case_pack import CasePackOut, shape
from api.v1.fields import Crn, Day, Flag, Given, Id, Nothing, Words, one_of
from api.v1.once import once
from api.v1.paging import PageQuery, page, page_of, read
from api.v1.parsing import Resource
from engage.agencies.lookups import agency_in
from engage.agencies.service import find_staff
from engage.cohort import agenda, decisions, meetings
from engage.cohort.decisions import MISSING, DecisionDetails
from engage.cohort.enrolments import LONGEST_REASON
from engage.cohort.kinds import (
    AgendaReason,
    Cohort,
    DecisionKind,
    ExitReason,
    Rag,
    Strand,
)
from engage.cohort.meetings import LONGEST_MINUTES, Presence
from engage.core.errors import Forbidden, Invalid
from engage.documents.case_pack import facts as packs
from engage.queries.cohort import meetings as model
from engage.queries.cohort.meetings import MeetingPage, MeetingRow

meeting_routes = Resource(
    "meetings", __name__, url_prefix="/v1", description="Meetings, and what they decide."
)
MOST_AGENCIES = 100


class MeetingIn(Given):
    """A meeting to call."""

    held_on = Day(required=True)
    chair = Words(80, shortest=0, load_default="")


class PresenceIn(Given):
    """Whether an agency, by its name, came, and by whom."""

    agency = Words(80, required=True)
    came = Flag(required=True)
    names = Words(200, shortest=0, load_default="")


class AttendanceIn(Given):
    """Who came. Agencies that are not named stay as they were noted."""

    agencies = fields.List(
        fields.Nested(PresenceIn), required=True, validate=validate.Length(1, MOST_AGENCIES)
    )


class MinutesIn(Given):
    """The minutes."""

    minutes = Words(LONGEST_MINUTES, lines=True, required=True)


class AskIn(Given):
    """Somebody to put on the agenda."""

    person_id = Id(required=True)


class DecisionIn(Given):
    """A decision with its reason, and what its kind must name.

    To adopt: `cohort`, `strand`, `rag`, `lead_agency` (its name), and of somebody unknown `crn` and
    `offender_manager` (an email address); to retain: `rag`; to change the strand: `strand`, and
    `rag` if it changes too; to deregister: `exit_reason`.
    """

    kind = one_of(DecisionKind, required=True)
    reason = Words(LONGEST_REASON, lines=True, required=True)
    cohort = one_of(Cohort, load_default=None, allow_none=True)
    strand = one_of(Strand, load_default=None, allow_none=True)
    rag = one_of(Rag, load_default=None, allow_none=True)
    lead_agency = Words(80, load_default=None, allow_none=True)
    exit_reason = one_of(ExitReason, load_default=None, allow_none=True)
    stays_in_touch = Flag(load_default=False)
    crn = Crn(load_default=None, allow_none=True)
    offender_manager = Words(254, load_default=None, allow_none=True)


class DecisionOut(Schema):
    """What was decided about an item."""

    id = fields.UUID(required=True)
    kind = one_of(DecisionKind, required=True)
    reason = fields.String(required=True)
    at = fields.AwareDateTime(required=True)


class ItemOut(Schema):
    """Somebody on the agenda: a person, or a referral of somebody unknown. `rag` and `strand` are
    null for whoever is not on the cohort.
    """

    id = fields.UUID(required=True)
    person_id = fields.UUID(required=True, allow_none=True)
    referral_id = fields.UUID(required=True, allow_none=True)
    reasons = fields.List(one_of(AgendaReason), required=True)
    rag = one_of(Rag, required=True, allow_none=True)
    strand = one_of(Strand, required=True, allow_none=True)
    decision = fields.Nested(DecisionOut, required=True, allow_none=True)


class CameOut(Schema):
    """Whether an agency came; null while nobody has noted it."""

    agency = fields.String(required=True, attribute="agency.name")
    came = fields.Boolean(required=True, allow_none=True)
    names = fields.String(required=True)


class MeetingRowOut(Schema):
    """A meeting in the list, with how many stand on its agenda and how many of them are decided."""

    id = fields.UUID(required=True)
    held_on = fields.Date(required=True)
    chair = fields.String(required=True)
    closed_at = fields.AwareDateTime(required=True, allow_none=True)
    items = fields.Integer(required=True)
    decided = fields.Integer(required=True)


class MeetingOut(Schema):
    """One meeting. `hidden` counts what stands on the agenda and is kept from the key."""

    id = fields.UUID(required=True, attribute="meeting.id")
    held_on = fields.Date(required=True, attribute="meeting.held_on")
    chair = fields.String(required=True, attribute="meeting.chair")
    minutes = fields.String(required=True)
    closed_at = fields.AwareDateTime(required=True, allow_none=True, attribute="meeting.closed_at")
    items = fields.List(fields.Nested(ItemOut), required=True)
    hidden = fields.Integer(required=True)
    agencies = fields.List(fields.Nested(CameOut), required=True)


@meeting_routes.get("/meetings")
@allow(scope("meetings:read"))
@meeting_routes.reads(PageQuery, location="query")
@meeting_routes.answers(200, page_of(MeetingRowOut, "MeetingPage"))
def list_meetings(query: dict[str, Any]) -> dict[str, Any]:
    """The hub's meetings, the latest first."""
    limit, what = query["limit"], "meetings"
    place = read(query["after"], what)
    before = None if place is None else (date.fromisoformat(place[0]), uuid.UUID(place[1]))
    with transaction() as session:
        rows: list[MeetingRow] = model.listed(
            session, current_actor(), before=before, limit=limit + 1
        )
    return page(rows, limit, what, lambda row: (row.held_on, row.id))


@meeting_routes.post("/meetings")
@allow(scope("meetings:write"))
@once
@meeting_routes.reads(MeetingIn)
@meeting_routes.answers(201, MeetingOut)
def call_meeting(given: dict[str, Any]) -> MeetingPage:
    """Call a meeting of the hub of the key; its agenda builds itself. One a day (409,
    `meeting_called`).
    """
    actor = current_actor()
    if actor.hub_id is None:
        raise Forbidden("This key belongs to no hub.")
    with transaction() as session:
        made = meetings.call(session, actor, actor.hub_id, **given, now=now())
        return model.one(session, actor, made.id, now=now())


@meeting_routes.get("/meetings/<uuid:meeting_id>")
@allow(scope("meetings:read"))
@meeting_routes.answers(200, MeetingOut)
def get_meeting(meeting_id: uuid.UUID) -> MeetingPage:
    """One meeting with its agenda, who came, and what was decided."""
    with transaction() as session:
        return model.one(session, current_actor(), meeting_id, now=now())


@meeting_routes.post("/meetings/<uuid:meeting_id>/agenda")
@allow(scope("meetings:write"))
@once
@meeting_routes.reads(Nothing, required=False)
@meeting_routes.answers(200, MeetingOut)
def build_agenda(_given: dict[str, Any], meeting_id: uuid.UUID) -> MeetingPage:
    """Bring the agenda up to date."""
    with transaction() as session:
        meetings.rebuild_agenda(session, current_actor(), meeting_id, now=now())
        return model.one(session, current_actor(), meeting_id, now=now())


@meeting_routes.post("/meetings/<uuid:meeting_id>/people")
@allow(scope("case:write"))
@once
@meeting_routes.reads(AskIn)
@meeting_routes.answers(200, MeetingOut)
def ask_for_person(given: dict[str, Any], meeting_id: uuid.UUID) -> MeetingPage:
    """Put a person on the agenda."""
    with transaction() as session:
        agenda.request_item(session, current_actor(), meeting_id, given["person_id"], now=now())
        return model.one(session, current_actor(), meeting_id, now=now())


@meeting_routes.post("/meetings/<uuid:meeting_id>/attendance")
@allow(scope("meetings:write"))
@once
@meeting_routes.reads(AttendanceIn)
@meeting_routes.answers(200, MeetingOut)
def note_attendance(given: dict[str, Any], meeting_id: uuid.UUID) -> MeetingPage:
    """Say which agencies came, and by whom."""
    actor = current_actor()
    with transaction() as session:
        named = {
            agency_in(session, actor.hub_id, one["agency"]).id: Presence(one["came"], one["names"])
            for one in given["agencies"]
        }
        meetings.note_attendance(session, actor, meeting_id, named, now=now())
        return model.one(session, actor, meeting_id, now=now())


@meeting_routes.post("/meetings/<uuid:meeting_id>/close")
@allow(scope("meetings:write"))
@once
@meeting_routes.reads(MinutesIn)
@meeting_routes.answers(200, MeetingOut)
def close_meeting(given: dict[str, Any], meeting_id: uuid.UUID) -> MeetingPage:
    """End a meeting with its minutes; nothing is decided in it after that."""
    with transaction() as session:
        meetings.close(session, current_actor(), meeting_id, minutes=given["minutes"], now=now())
        return model.one(session, current_actor(), meeting_id, now=now())


@meeting_routes.post("/agenda-items/<uuid:item_id>/decision")
@allow(scope("meetings:write"))
@once
@meeting_routes.reads(DecisionIn)
@meeting_routes.answers(201, MeetingOut)
def decide(given: dict[str, Any], item_id: uuid.UUID) -> MeetingPage:
    """Record what the meeting decided; what it says takes effect with it. A second decision is
    refused (409, `decided`).

    Adopting somebody whom Engage does not know adds them as a person, which needs `people:write`
    too.
    """
    actor, at = current_actor(), now()
    lead, manager = given.pop("lead_agency"), given.pop("offender_manager")
    with transaction() as session:
        item = decisions.open_item(session, actor, item_id, now=at)
        lead_id = agency_in(session, actor.hub_id, lead).id if lead else None
        found = find_staff(session, manager) if manager else None
        if manager and found is None:
            raise Invalid(fields={"offender_manager": MISSING["offender_manager"]})
        choice = DecisionDetails(
            **given, lead_agency=lead_id, offender_manager=found.id if found is not None else None
        )
        meeting_id = item.meeting_id
        decisions.decide(session, actor, item_id, choice, now=at)
        return model.one(session, actor, meeting_id, now=at)


@meeting_routes.get("/people/<uuid:person_id>/case-pack")
@allow(scope("meetings:read"))
@meeting_routes.answers(200, CasePackOut)
def get_case_pack(person_id: uuid.UUID) -> dict[str, Any]:
    """What a meeting wants to know of one person. Tests are null for a key without `health:read`,
    signals empty without `signals:read`.
    """
    with transaction() as session:
        return shape(packs.load(session, current_actor(), person_id, now=now()))
