"""`/v1/people/{id}/status`, `/v1/people/{id}/reviews` and `/v1/people/{id}/transfer`: a person's
status on the cohort, and their offender manager.

Adoption, deregistration and changes of strand are decided in a meeting (`/v1/meetings`), never
here.
"""

import uuid
from typing import Any

from marshmallow import Schema, fields

from api.access import allow, current_actor, scope
from api.database import now, transaction
from api.v1.fields import Day, Given, Nothing, Words, one_of
from api.v1.once import once
from api.v1.paging import PageQuery, page, page_of, read_moment
from api.v1.parsing import Resource
from engage.agencies.service import find_staff
from engage.cohort import exits, reviews
from engage.cohort.enrolments import LONGEST_REASON
from engage.cohort.kinds import (
    Cohort,
    ExitReason,
    Rag,
    Strand,
)
from engage.cohort.transfers import LONGEST_NOTE
from engage.conversation import transfers
from engage.core.errors import Invalid
from engage.queries.cohort import status as status_queries
from engage.queries.cohort.status import ReviewView, StatusPage

enrolments = Resource(
    "enrolments",
    __name__,
    url_prefix="/v1",
    description="People's status on the cohort, and their offender managers.",
)


class RuleReasonOut(Schema):
    """A reason for what a rule says. The code is `withheld` if the key may not see it."""

    code = fields.String(required=True)
    words = fields.String(required=True)


class EnrolmentOut(Schema):
    """An enrolment. From `voluntary_since` on the person stays voluntarily, without an order."""

    id = fields.UUID(required=True)
    cohort = one_of(Cohort, required=True)
    lead_agency = fields.String(required=True)
    adopted_on = fields.Date(required=True)
    ended_on = fields.Date(required=True, allow_none=True)
    exit_reason = one_of(ExitReason, required=True, allow_none=True)
    voluntary_since = fields.Date(required=True, allow_none=True)


class StandingOut(Schema):
    """The current status, since when, and the day by which its next review is due."""

    rag = one_of(Rag, required=True)
    since = fields.Date(required=True)
    due_on = fields.Date(required=True)
    late = fields.Boolean(required=True)


class StrandOut(Schema):
    """A strand from a day on, with the reason."""

    strand = one_of(Strand, required=True)
    since = fields.Date(required=True)
    reason = fields.String(required=True)


class SuggestionOut(Schema):
    """What the rules suggest now. Staff decide."""

    rag = one_of(Rag, required=True)
    reasons = fields.List(fields.Nested(RuleReasonOut), required=True)
    to_green = fields.List(fields.Nested(RuleReasonOut), required=True)
    strand = one_of(Strand, required=True)
    strand_reasons = fields.List(fields.Nested(RuleReasonOut), required=True)
    prison_leads = fields.Boolean(required=True)
    exit_because = one_of(ExitReason, required=True, allow_none=True)
    exit_reasons = fields.List(fields.Nested(RuleReasonOut), required=True)
    exit_missing = fields.List(fields.Nested(RuleReasonOut), required=True)


class ReReferralOut(Schema):
    """The day by which a person must be referred again before their release."""

    due_on = fields.Date(required=True)


class CohortStatusOut(Schema):
    """A person's status. `enrolment`, `standing` and `suggestion` are null if they are not on the
    cohort now. `strands` has the latest first.
    """

    offender_manager = fields.String(required=True, attribute="manager")
    enrolment = fields.Nested(EnrolmentOut, required=True, allow_none=True, attribute="current")
    standing = fields.Nested(StandingOut, required=True, allow_none=True)
    strands = fields.List(fields.Nested(StrandOut), required=True)
    suggestion = fields.Nested(SuggestionOut, required=True, allow_none=True)
    earlier = fields.List(fields.Nested(EnrolmentOut), required=True)
    re_referral = fields.Nested(ReReferralOut, required=True, allow_none=True)


class RagReviewOut(Schema):
    """A review: what was decided, and what the rule suggested then."""

    id = fields.UUID(required=True)
    rag = one_of(Rag, required=True)
    held_on = fields.Date(required=True)
    reason = fields.String(required=True)
    next_due_on = fields.Date(required=True)
    decided_at = fields.AwareDateTime(required=True)
    suggested = one_of(Rag, required=True, allow_none=True)


class RagReviewIn(Given):
    """The status from today on, and the reason."""

    rag = one_of(Rag, required=True)
    reason = Words(LONGEST_REASON, lines=True, required=True)


class TransferIn(Given):
    """The email address of the new offender manager, and a note for them."""

    to = Words(254, required=True)
    note = Words(LONGEST_NOTE, lines=True, required=True)


class TransferOut(Schema):
    """A transfer. `told` says whether the person gets a text about it."""

    id = fields.UUID(required=True)
    at = fields.AwareDateTime(required=True)
    told = fields.Boolean(required=True)


class DeathIn(Given):
    """The day of death."""

    on = Day(required=True)


@enrolments.get("/people/<uuid:person_id>/status")
@allow(scope("case:read"))
@enrolments.answers(200, CohortStatusOut)
def get_status(person_id: uuid.UUID) -> StatusPage:
    """Get a person's status on the cohort, and what the rules suggest.

    Reasons about tests also require `health:read`.
    """
    with transaction() as session:
        return status_queries.load(session, current_actor(), person_id, now=now())


@enrolments.get("/people/<uuid:person_id>/reviews")
@allow(scope("case:read"))
@enrolments.reads(PageQuery, location="query")
@enrolments.answers(200, page_of(RagReviewOut, "RagReviewPage"))
def list_reviews(query: dict[str, Any], person_id: uuid.UUID) -> dict[str, Any]:
    """List a person's reviews, latest first."""
    list_name, limit = f"reviews {person_id}", query["limit"]
    after = read_moment(query["after"], list_name)
    with transaction() as session:
        rows = status_queries.list_reviews(
            session, current_actor(), person_id, now=now(), after=after, limit=limit + 1
        )
    return page(rows, limit, list_name, lambda row: (row.decided_at, row.id))


@enrolments.post("/people/<uuid:person_id>/reviews")
@allow(scope("case:write"))
@once
@enrolments.reads(RagReviewIn)
@enrolments.answers(201, RagReviewOut)
def add_review(body: dict[str, Any], person_id: uuid.UUID) -> ReviewView:
    """Record a review: the status from today on.

    Refused (409, `not_enrolled`) if the person is not on the cohort.
    """
    with transaction() as session:
        reviews.review(session, current_actor(), person_id, **body, now=now())
        return status_queries.list_reviews(
            session, current_actor(), person_id, now=now(), after=None, limit=1
        )[0]


@enrolments.post("/people/<uuid:person_id>/stay")
@allow(scope("case:write"))
@once
@enrolments.reads(Nothing, required=False)
@enrolments.answers(200, CohortStatusOut)
def stay(_body: dict[str, Any], person_id: uuid.UUID) -> StatusPage:
    """Record that a person stays voluntarily after their order.

    Refused (409, `under_order`) while an order is in force.
    """
    with transaction() as session:
        exits.stay_voluntarily(session, current_actor(), person_id, now=now())
        return status_queries.load(session, current_actor(), person_id, now=now())


@enrolments.post("/people/<uuid:person_id>/death")
@allow(scope("case:write"))
@once
@enrolments.reads(DeathIn)
@enrolments.answers(200, CohortStatusOut)
def record_death(body: dict[str, Any], person_id: uuid.UUID) -> StatusPage:
    """Record a death.

    All texts stop, and orders and enrolment end. Refused (409, `dead`) if it is already recorded.
    """
    with transaction() as session:
        exits.record_death(session, current_actor(), person_id, on=body["on"], now=now())
        return status_queries.load(session, current_actor(), person_id, now=now())


@enrolments.post("/people/<uuid:person_id>/transfer")
@allow(scope("case:write"))
@once
@enrolments.reads(TransferIn)
@enrolments.answers(201, TransferOut)
def transfer(body: dict[str, Any], person_id: uuid.UUID) -> dict[str, Any]:
    """Transfer a person to another offender manager of the hub.

    Appointments and actions move too. The previous offender manager no longer sees the person.
    """
    with transaction() as session:
        taker = find_staff(session, body["to"])
        if taker is None:
            raise Invalid(
                fields={"to": "Enter the email address of an offender manager of this hub."}
            )
        made = transfers.transfer_people(
            session, current_actor(), [person_id], to_id=taker.id, note=body["note"], now=now()
        )[0]
        return {"id": made.id, "at": made.at, "told": made.message_id is not None}
