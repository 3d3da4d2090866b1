"""`/v1/meetings` and `/v1/agenda-items`: meetings, their agendas and decisions, and a person's case
pack.
"""

import uuid
from typing import Any

from marshmallow import Schema, fields, validate

from api.access import allow, current_actor, scope
from api.database import now, transaction
from api.v1.documents.case_pack import CasePackOut, shape
from api.v1.fields import Crn, Day, Flag, Given, Id, Nothing, Words, one_of
from api.v1.once import once
from api.v1.paging import PageQuery, page, page_of, read_day
from api.v1.parsing import Resource
from engage.agencies.lookups import agency_in
from engage.agencies.service import find_staff
from engage.cohort import agenda, decisions, meetings
from engage.cohort.decision_details import MISSING_FIELD, DecisionDetails
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
from engage.documents.case_pack import facts as case_packs
from engage.queries.cohort import meetings as meeting_queries
from engage.queries.cohort.meetings import MeetingPage, MeetingRow

meeting_routes = Resource(
    "meetings", __name__, url_prefix="/v1", description="Meetings, agendas and decisions."
)
MOST_AGENCIES = 100


class MeetingIn(Given):
    """A meeting to call."""

    held_on = Day(required=True)
    chair = Words(80, shortest=0, load_default="")


class PresenceIn(Given):
    """Whether an agency attended, and who came. `agency` is its name."""

    agency = Words(80, required=True)
    came = Flag(required=True)
    names = Words(200, shortest=0, load_default="")


class AttendanceIn(Given):
    """The attendance. Agencies that are left out stay as they are."""

    agencies = fields.List(
        fields.Nested(PresenceIn), required=True, validate=validate.Length(1, MOST_AGENCIES)
    )


class MinutesIn(Given):
    """The minutes."""

    minutes = Words(LONGEST_MINUTES, lines=True, required=True)


class AskIn(Given):
    """The person to put on the agenda."""

    person_id = Id(required=True)


class DecisionIn(Given):
    """A decision with its reason and the fields that its kind requires.

    To adopt: `cohort`, `strand`, `rag`, `lead_agency` (its name), and for a person who is not yet
    in Engage `crn` and `offender_manager` (an email address). To retain: `rag`. To change the
    strand: `strand`, and `rag` if it changes too. To deregister: `exit_reason`.
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
    """The decision about an agenda item."""

    id = fields.UUID(required=True)
    kind = one_of(DecisionKind, required=True)
    reason = fields.String(required=True)
    at = fields.AwareDateTime(required=True)


class ItemOut(Schema):
    """An agenda item: a person, or a referral of a person who is not yet in Engage. `rag` and
    `strand` are null if they are not on the cohort.
    """

    id = fields.UUID(required=True)
    person_id = fields.UUID(required=True, allow_none=True)
    referral_id = fields.UUID(required=True, allow_none=True)
    reasons = fields.List(one_of(AgendaReason), required=True)
    rag = one_of(Rag, required=True, allow_none=True)
    strand = one_of(Strand, required=True, allow_none=True)
    decision = fields.Nested(DecisionOut, required=True, allow_none=True)


class CameOut(Schema):
    """Whether an agency attended; null if it is not recorded."""

    agency = fields.String(required=True, attribute="agency.name")
    came = fields.Boolean(required=True, allow_none=True)
    names = fields.String(required=True)


class MeetingRowOut(Schema):
    """A meeting in the list, with the number of agenda items and how many are decided."""

    id = fields.UUID(required=True)
    held_on = fields.Date(required=True)
    chair = fields.String(required=True)
    closed_at = fields.AwareDateTime(required=True, allow_none=True)
    items = fields.Integer(required=True)
    decided = fields.Integer(required=True)


class MeetingOut(Schema):
    """A meeting. `hidden` counts agenda items that the key may not see."""

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
    """List the hub's meetings, latest first."""
    limit, list_name = query["limit"], "meetings"
    before = read_day(query["after"], list_name)
    with transaction() as session:
        rows: list[MeetingRow] = meeting_queries.list_meetings(
            session, current_actor(), before=before, limit=limit + 1
        )
    return page(rows, limit, list_name, lambda row: (row.held_on, row.id))


@meeting_routes.post("/meetings")
@allow(scope("meetings:write"))
@once
@meeting_routes.reads(MeetingIn)
@meeting_routes.answers(201, MeetingOut)
def call_meeting(body: dict[str, Any]) -> MeetingPage:
    """Call a meeting of the key's hub.

    Its agenda is built automatically. A second meeting on a day is refused (409, `meeting_called`).
    """
    actor = current_actor()
    if actor.hub_id is None:
        raise Forbidden("This key does not belong to a hub.")
    with transaction() as session:
        made = meetings.call(session, actor, actor.hub_id, **body, now=now())
        return meeting_queries.load_meeting(session, actor, made.id, now=now())


@meeting_routes.get("/meetings/<uuid:meeting_id>")
@allow(scope("meetings:read"))
@meeting_routes.answers(200, MeetingOut)
def get_meeting(meeting_id: uuid.UUID) -> MeetingPage:
    """Get a meeting with its agenda, attendance and decisions."""
    with transaction() as session:
        return meeting_queries.load_meeting(session, current_actor(), meeting_id, now=now())


@meeting_routes.post("/meetings/<uuid:meeting_id>/agenda")
@allow(scope("meetings:write"))
@once
@meeting_routes.reads(Nothing, required=False)
@meeting_routes.answers(200, MeetingOut)
def build_agenda(_body: dict[str, Any], meeting_id: uuid.UUID) -> MeetingPage:
    """Update the agenda of a meeting."""
    with transaction() as session:
        meetings.rebuild_agenda(session, current_actor(), meeting_id, now=now())
        return meeting_queries.load_meeting(session, current_actor(), meeting_id, now=now())


@meeting_routes.post("/meetings/<uuid:meeting_id>/people")
@allow(scope("case:write"))
@once
@meeting_routes.reads(AskIn)
@meeting_routes.answers(200, MeetingOut)
def ask_for_person(body: dict[str, Any], meeting_id: uuid.UUID) -> MeetingPage:
    """Put a person on the agenda."""
    with transaction() as session:
        agenda.request_item(session, current_actor(), meeting_id, body["person_id"], now=now())
        return meeting_queries.load_meeting(session, current_actor(), meeting_id, now=now())


@meeting_routes.post("/meetings/<uuid:meeting_id>/attendance")
@allow(scope("meetings:write"))
@once
@meeting_routes.reads(AttendanceIn)
@meeting_routes.answers(200, MeetingOut)
def note_attendance(body: dict[str, Any], meeting_id: uuid.UUID) -> MeetingPage:
    """Record which agencies attended a meeting, and who came."""
    actor = current_actor()
    with transaction() as session:
        named = {
            agency_in(session, actor.hub_id, one["agency"]).id: Presence(one["came"], one["names"])
            for one in body["agencies"]
        }
        meetings.note_attendance(session, actor, meeting_id, named, now=now())
        return meeting_queries.load_meeting(session, actor, meeting_id, now=now())


@meeting_routes.post("/meetings/<uuid:meeting_id>/close")
@allow(scope("meetings:write"))
@once
@meeting_routes.reads(MinutesIn)
@meeting_routes.answers(200, MeetingOut)
def close_meeting(body: dict[str, Any], meeting_id: uuid.UUID) -> MeetingPage:
    """Close a meeting with its minutes. No decision can be made after that."""
    with transaction() as session:
        meetings.close(session, current_actor(), meeting_id, minutes=body["minutes"], now=now())
        return meeting_queries.load_meeting(session, current_actor(), meeting_id, now=now())


@meeting_routes.post("/agenda-items/<uuid:item_id>/decision")
@allow(scope("meetings:write"))
@once
@meeting_routes.reads(DecisionIn)
@meeting_routes.answers(201, MeetingOut)
def decide(body: dict[str, Any], item_id: uuid.UUID) -> MeetingPage:
    """Record the decision about an agenda item.

    It takes effect at once. A second decision is refused (409, `decided`). Adopting a person who is
    not yet in Engage adds them, which also requires `people:write`.
    """
    actor, at = current_actor(), now()
    lead, manager = body.pop("lead_agency"), body.pop("offender_manager")
    with transaction() as session:
        item = decisions.open_item(session, actor, item_id, now=at)
        lead_id = agency_in(session, actor.hub_id, lead).id if lead else None
        found = find_staff(session, manager) if manager else None
        if manager and found is None:
            raise Invalid(fields={"offender_manager": MISSING_FIELD["offender_manager"]})
        choice = DecisionDetails(
            **body, lead_agency=lead_id, offender_manager=found.id if found is not None else None
        )
        meeting_id = item.meeting_id
        decisions.decide(session, actor, item_id, choice, now=at)
        return meeting_queries.load_meeting(session, actor, meeting_id, now=at)


@meeting_routes.get("/people/<uuid:person_id>/case-pack")
@allow(scope("meetings:read"))
@meeting_routes.answers(200, CasePackOut)
def get_case_pack(person_id: uuid.UUID) -> dict[str, Any]:
    """Get a person's case pack for a meeting.

    `tests` is null for a key without `health:read`, `signals` is empty without `signals:read`.
    """
    with transaction() as session:
        return shape(case_packs.load(session, current_actor(), person_id, now=now()))
