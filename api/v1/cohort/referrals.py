"""`/v1/referrals` and `/v1/people/{id}/assessments`: referrals to a hub, and assessments."""

import uuid
from typing import Any

from marshmallow import Schema, fields, validate

from api.access import allow, current_actor, scope
from api.database import now, transaction
from api.v1.fields import Crn, Day, Flag, Given, Whole, Words, one_of
from api.v1.once import once
from api.v1.paging import PageQuery, page, page_of, read, read_moment
from api.v1.parsing import Resource
from engage.access.policy import Actor
from engage.agencies.lookups import agency_in
from engage.cohort import assessments, referrals
from engage.cohort.assessments import (
    HIGHEST_NEED,
    HIGHEST_SCORE,
    MOST_OFFENCES,
    MOST_PENCE,
    Judgement,
)
from engage.cohort.kinds import ReferralState, Risk
from engage.cohort.model import Assessment
from engage.cohort.referral_access import open_referral
from engage.cohort.referrals import NewReferral
from engage.core.errors import Forbidden
from engage.plan.kinds import Pathway
from engage.queries.cohort import assessments as assessment_queries
from engage.queries.cohort import referrals as referral_queries
from engage.queries.cohort.referrals import ReferralView

referral_routes = Resource(
    "referrals", __name__, url_prefix="/v1", description="Referrals to a hub, and assessments."
)


class ReferralIn(Given):
    """A referral. `agency` is the name of the agency that refers. Only the police may set
    `at_arrest`. Do not name victims.
    """

    agency = Words(80, required=True)
    first_name = Words(40, required=True)
    last_name = Words(60, required=True)
    crn = Crn(load_default=None, allow_none=True)
    date_of_birth = Day(load_default=None, allow_none=True)
    mobile = Words(40, load_default=None, allow_none=True)
    at_arrest = Flag(load_default=False)
    reasons = Words(1000, lines=True, required=True)
    offending = Words(2000, shortest=0, lines=True, load_default="")
    needs = fields.List(
        one_of(Pathway), load_default=list, validate=validate.Length(max=len(Pathway))
    )
    risks = Words(1000, shortest=0, lines=True, load_default="")


class WhyIn(Given):
    """Why the referral is withdrawn."""

    why = Words(500, lines=True, required=True)


class IdentityIn(Given):
    """The identity of the person."""

    crn = Crn(required=True)
    date_of_birth = Day(load_default=None, allow_none=True)


class DuplicateIn(Given):
    """The other referral of the same person, which waits."""

    of = fields.UUID(required=True)


class AlikeOut(Schema):
    """A possible match: a person or another referral. `by` is `crn`, `birth` (name and date of
    birth) or `name`.
    """

    by = fields.String(required=True)
    person_id = fields.UUID(required=True, allow_none=True)
    referral_id = fields.UUID(required=True, allow_none=True)


class ReferralOut(Schema):
    """A referral. `person_id` is null until the person is in Engage. `duplicate_of` is the referral
    that it duplicates.
    """

    id = fields.UUID(required=True, attribute="referral.id")
    person_id = fields.UUID(required=True, allow_none=True)
    agency = fields.String(required=True)
    crn = fields.String(required=True, allow_none=True, attribute="referral.crn")
    first_name = fields.String(required=True, attribute="referral.first_name")
    last_name = fields.String(required=True, attribute="referral.last_name")
    date_of_birth = fields.Date(required=True, allow_none=True, attribute="referral.date_of_birth")
    at_arrest = fields.Boolean(required=True, attribute="referral.at_arrest")
    reasons = fields.String(required=True, attribute="referral.reasons")
    offending = fields.String(required=True, attribute="referral.offending")
    needs = fields.List(fields.String(), required=True, attribute="referral.needs")
    risks = fields.String(required=True, attribute="referral.risks")
    state = one_of(ReferralState, required=True, attribute="referral.state")
    duplicate_of = fields.UUID(required=True, allow_none=True, attribute="referral.duplicate_of_id")
    referred_at = fields.AwareDateTime(required=True, attribute="referral.referred_at")
    ended_at = fields.AwareDateTime(required=True, allow_none=True, attribute="referral.ended_at")
    ended_why = fields.String(required=True, attribute="referral.ended_why")
    alike = fields.List(fields.Nested(AlikeOut), required=True)


class ReferralQuery(PageQuery):
    """Filters for referrals."""

    state = one_of(ReferralState, load_default=None)
    crn = Crn(load_default=None)


class AssessedNeedIn(Given):
    """The score of one need: 0 none, 1 some, 2 great, 3 urgent."""

    pathway = one_of(Pathway, required=True)
    score = Whole(0, HIGHEST_NEED, required=True)


class AssessmentIn(Given):
    """An assessment, which becomes a new version. Do not include intelligence. If a need is scored
    twice, the later score counts.
    """

    harm_to_others = one_of(Risk, required=True)
    harm_to_self = one_of(Risk, required=True)
    offences_a_year = Whole(0, MOST_OFFENCES, load_default=None, allow_none=True)
    nature = Words(500, shortest=0, load_default="")
    cost_pence = Whole(0, MOST_PENCE, load_default=None, allow_none=True)
    local_priorities = Words(500, shortest=0, load_default="")
    needs = fields.List(
        fields.Nested(AssessedNeedIn), load_default=list, validate=validate.Length(max=20)
    )
    predictor = Words(40, shortest=0, load_default="")
    predictor_version = Words(20, shortest=0, load_default="")
    predictor_score = Whole(0, HIGHEST_SCORE, load_default=None, allow_none=True)
    note = Words(2000, shortest=0, lines=True, load_default="")


class AssessedNeedOut(Schema):
    """The score of one need."""

    pathway = one_of(Pathway, required=True)
    score = fields.Integer(required=True)


class AssessmentOut(Schema):
    """One version of an assessment. Health needs are left out for a key without `health:read`."""

    id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    harm_to_others = one_of(Risk, required=True)
    harm_to_self = one_of(Risk, required=True)
    offences_a_year = fields.Integer(required=True, allow_none=True)
    nature = fields.String(required=True)
    cost_pence = fields.Integer(required=True, allow_none=True)
    local_priorities = fields.String(required=True)
    needs = fields.List(fields.Nested(AssessedNeedOut), required=True)
    predictor = fields.String(required=True)
    predictor_version = fields.String(required=True)
    predictor_score = fields.Integer(required=True, allow_none=True)
    note = fields.String(required=True)
    made_at = fields.AwareDateTime(required=True)


@referral_routes.get("/referrals")
@allow(scope("referrals:read"))
@referral_routes.reads(ReferralQuery, location="query")
@referral_routes.answers(200, page_of(ReferralOut, "ReferralPage"))
def list_referrals(query: dict[str, Any]) -> dict[str, Any]:
    """List the hub's referrals, latest first."""
    limit, list_name = query["limit"], "referrals"
    with transaction() as session:
        rows = referral_queries.list_referrals(
            session,
            current_actor(),
            state=query["state"],
            crn=query["crn"],
            after=read_moment(query["after"], list_name),
            limit=limit + 1,
        )
    return page(rows, limit, list_name, lambda row: (row.referral.referred_at, row.referral.id))


@referral_routes.post("/referrals")
@allow(scope("referrals:write"))
@once
@referral_routes.reads(ReferralIn)
@referral_routes.answers(201, ReferralOut)
def add_referral(body: dict[str, Any]) -> ReferralView:
    """Refer a person to the key's hub.

    If a referral with the same CRN waits, the state of this one is `duplicate`.
    """
    actor, number = current_actor(), body.pop("mobile")
    with transaction() as session:
        agency = agency_in(session, actor.hub_id, body.pop("agency"))
        needs = tuple(body.pop("needs"))
        new = NewReferral(
            hub_id=_own_hub(actor), agency_id=agency.id, number=number, needs=needs, **body
        )
        return referral_queries.view_of(
            session, actor, referrals.refer(session, actor, new, now=now())
        )


@referral_routes.get("/referrals/<uuid:referral_id>")
@allow(scope("referrals:read"))
@referral_routes.answers(200, ReferralOut)
def get_referral(referral_id: uuid.UUID) -> ReferralView:
    """Get a referral."""
    with transaction() as session:
        found = open_referral(session, current_actor(), referral_id, now=now())
        return referral_queries.view_of(session, current_actor(), found)


@referral_routes.post("/referrals/<uuid:referral_id>/withdraw")
@allow(scope("referrals:write"))
@once
@referral_routes.reads(WhyIn)
@referral_routes.answers(200, ReferralOut)
def withdraw_referral(body: dict[str, Any], referral_id: uuid.UUID) -> ReferralView:
    """Withdraw a referral while it waits.

    Allowed for the key that made it, and for a key with `meetings:write`.
    """
    with transaction() as session:
        ended = referrals.withdraw(
            session, current_actor(), referral_id, why=body["why"], now=now()
        )
        return referral_queries.view_of(session, current_actor(), ended)


@referral_routes.post("/referrals/<uuid:referral_id>/identify")
@allow(scope("meetings:write"))
@once
@referral_routes.reads(IdentityIn)
@referral_routes.answers(200, ReferralOut)
def identify_referral(body: dict[str, Any], referral_id: uuid.UUID) -> ReferralView:
    """Identify the person of a referral.

    Refused (409, `referred_already`) if another referral with this CRN waits.
    """
    with transaction() as session:
        found = referrals.identify(session, current_actor(), referral_id, **body, now=now())
        return referral_queries.view_of(session, current_actor(), found)


@referral_routes.post("/referrals/<uuid:referral_id>/duplicate")
@allow(scope("meetings:write"))
@once
@referral_routes.reads(DuplicateIn)
@referral_routes.answers(200, ReferralOut)
def join_referral(body: dict[str, Any], referral_id: uuid.UUID) -> ReferralView:
    """Mark a referral as a duplicate of another one that waits."""
    with transaction() as session:
        found = referrals.mark_duplicate(
            session, current_actor(), referral_id, body["of"], now=now()
        )
        return referral_queries.view_of(session, current_actor(), found)


@referral_routes.post("/referrals/<uuid:referral_id>/assessments")
@allow(scope("referrals:write"))
@once
@referral_routes.reads(AssessmentIn)
@referral_routes.answers(201, AssessmentOut)
def assess_referral(body: dict[str, Any], referral_id: uuid.UUID) -> dict[str, Any]:
    """Add a version of the assessment to a referral."""
    with transaction() as session:
        made = assessments.assess_referral(
            session, current_actor(), referral_id, _judged(body), now=now()
        )
        return _shown(made, health=True)


@referral_routes.get("/people/<uuid:person_id>/assessments")
@allow(scope("case:read"))
@referral_routes.reads(PageQuery, location="query")
@referral_routes.answers(200, page_of(AssessmentOut, "AssessmentPage"))
def list_assessments(query: dict[str, Any], person_id: uuid.UUID) -> dict[str, Any]:
    """List a person's assessments, latest first."""
    limit, list_name = query["limit"], f"assessments {person_id}"
    place = read(query["after"], list_name)
    with transaction() as session:
        _, rows = assessments.of_person(
            session,
            current_actor(),
            person_id,
            now=now(),
            limit=limit + 1,
            before=None if place is None else int(place[0]),
        )
    health = "health:read" in current_actor().scopes
    shown = [_shown(row, health=health) for row in rows]
    return page(shown, limit, list_name, lambda row: (row["version"],))


@referral_routes.post("/people/<uuid:person_id>/assessments")
@allow(scope("case:write"))
@once
@referral_routes.reads(AssessmentIn)
@referral_routes.answers(201, AssessmentOut)
def assess_person(body: dict[str, Any], person_id: uuid.UUID) -> dict[str, Any]:
    """Add a version of a person's assessment."""
    with transaction() as session:
        made = assessments.assess_person(
            session, current_actor(), person_id, _judged(body), now=now()
        )
        return _shown(made, health=True)


def _own_hub(actor: Actor) -> uuid.UUID:
    if actor.hub_id is None:
        raise Forbidden("This key does not belong to a hub.")
    return actor.hub_id


def _judged(body: dict[str, Any]) -> Judgement:
    needs = {need["pathway"]: need["score"] for need in body.pop("needs")}
    return Judgement(needs=needs, **body)


def _shown(row: Assessment, *, health: bool) -> dict[str, Any]:
    named = assessment_queries.scores(row, health=health)
    values = {name: getattr(row, name) for name in AssessmentOut().fields if name != "needs"}
    return {**values, "needs": [{"pathway": name, "score": score} for name, score in named.items()]}
