"""`/v1/referrals` and `/v1/people/{id}/assessments`: somebody is referred to a hub, and how they
are judged.
"""

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
from engage.cohort.referrals import NewReferral
from engage.core.errors import Forbidden
from engage.plan.kinds import Pathway
from engage.queries.cohort import assessments as assessment_views
from engage.queries.cohort import referrals as model
from engage.queries.cohort.referrals import ReferralView

referral_routes = Resource(
    "referrals", __name__, url_prefix="/v1", description="Somebody is referred, and assessed."
)


class ReferralIn(Given):
    """Somebody to refer. `agency` is the name of the agency that refers; only the police select
    `at_arrest`. Name no victim.
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
    """Why a referral is taken back."""

    why = Words(500, lines=True, required=True)


class IdentityIn(Given):
    """Who it is."""

    crn = Crn(required=True)
    date_of_birth = Day(load_default=None, allow_none=True)


class DuplicateIn(Given):
    """The referral that waits for the same person."""

    of = fields.UUID(required=True)


class AlikeOut(Schema):
    """Somebody who may be the same: a person, or another referral. `by` is `crn`, `birth` (name and
    date of birth) or `name`.
    """

    by = fields.String(required=True)
    person_id = fields.UUID(required=True, allow_none=True)
    referral_id = fields.UUID(required=True, allow_none=True)


class ReferralOut(Schema):
    """A referral. `person_id` is null while Engage does not know them. `duplicate_of` is the one
    that it was joined with.
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
    """Which referrals."""

    state = one_of(ReferralState, load_default=None)
    crn = Crn(load_default=None)


class AssessedNeedIn(Given):
    """How great one need is: 0 none, 1 some, 2 great, 3 urgent."""

    pathway = one_of(Pathway, required=True)
    score = Whole(0, HIGHEST_NEED, required=True)


class AssessmentIn(Given):
    """A judgement; it becomes a new version. Write nothing of what intelligence says. Of two scores
    of one need the later holds.
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
    """How great one need is."""

    pathway = one_of(Pathway, required=True)
    score = fields.Integer(required=True)


class AssessmentOut(Schema):
    """One version. Needs that tell of health are left out for a key without `health:read`."""

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
    """The hub's referrals, the latest first."""
    limit, what = query["limit"], "referrals"
    with transaction() as session:
        rows = model.listed(
            session,
            current_actor(),
            state=query["state"],
            crn=query["crn"],
            after=read_moment(query["after"], what),
            limit=limit + 1,
        )
    return page(rows, limit, what, lambda row: (row.referral.referred_at, row.referral.id))


@referral_routes.post("/referrals")
@allow(scope("referrals:write"))
@once
@referral_routes.reads(ReferralIn)
@referral_routes.answers(201, ReferralOut)
def add_referral(given: dict[str, Any]) -> ReferralView:
    """Refer somebody to the hub of the key. A CRN that waits already makes a `duplicate`."""
    actor, number = current_actor(), given.pop("mobile")
    with transaction() as session:
        agency = agency_in(session, actor.hub_id, given.pop("agency"))
        needs = tuple(given.pop("needs"))
        new = NewReferral(
            hub_id=_own_hub(actor), agency_id=agency.id, number=number, needs=needs, **given
        )
        return model.one(session, actor, referrals.refer(session, actor, new, now=now()))


@referral_routes.get("/referrals/<uuid:referral_id>")
@allow(scope("referrals:read"))
@referral_routes.answers(200, ReferralOut)
def get_referral(referral_id: uuid.UUID) -> ReferralView:
    """One referral."""
    with transaction() as session:
        found = referrals.open_referral(session, current_actor(), referral_id, now=now())
        return model.one(session, current_actor(), found)


@referral_routes.post("/referrals/<uuid:referral_id>/withdraw")
@allow(scope("referrals:write"))
@once
@referral_routes.reads(WhyIn)
@referral_routes.answers(200, ReferralOut)
def withdraw_referral(given: dict[str, Any], referral_id: uuid.UUID) -> ReferralView:
    """Take a referral back while it waits; for the key that made it, or one with `meetings:write`."""
    with transaction() as session:
        ended = referrals.withdraw(
            session, current_actor(), referral_id, why=given["why"], now=now()
        )
        return model.one(session, current_actor(), ended)


@referral_routes.post("/referrals/<uuid:referral_id>/identify")
@allow(scope("meetings:write"))
@once
@referral_routes.reads(IdentityIn)
@referral_routes.answers(200, ReferralOut)
def identify_referral(given: dict[str, Any], referral_id: uuid.UUID) -> ReferralView:
    """Say who it is. Refused (409, `referred_already`) where another referral with this CRN waits."""
    with transaction() as session:
        found = referrals.identify(session, current_actor(), referral_id, **given, now=now())
        return model.one(session, current_actor(), found)


@referral_routes.post("/referrals/<uuid:referral_id>/duplicate")
@allow(scope("meetings:write"))
@once
@referral_routes.reads(DuplicateIn)
@referral_routes.answers(200, ReferralOut)
def join_referral(given: dict[str, Any], referral_id: uuid.UUID) -> ReferralView:
    """It is of somebody for whom another one waits."""
    with transaction() as session:
        found = referrals.mark_duplicate(
            session, current_actor(), referral_id, given["of"], now=now()
        )
        return model.one(session, current_actor(), found)


@referral_routes.post("/referrals/<uuid:referral_id>/assessments")
@allow(scope("referrals:write"))
@once
@referral_routes.reads(AssessmentIn)
@referral_routes.answers(201, AssessmentOut)
def assess_referral(given: dict[str, Any], referral_id: uuid.UUID) -> dict[str, Any]:
    """A new version for somebody who is referred."""
    with transaction() as session:
        made = assessments.assess_referral(
            session, current_actor(), referral_id, _judged(given), now=now()
        )
        return _shown(made, health=True)


@referral_routes.get("/people/<uuid:person_id>/assessments")
@allow(scope("case:read"))
@referral_routes.reads(PageQuery, location="query")
@referral_routes.answers(200, page_of(AssessmentOut, "AssessmentPage"))
def list_assessments(query: dict[str, Any], person_id: uuid.UUID) -> dict[str, Any]:
    """A person's assessments, the latest first."""
    limit, what = query["limit"], f"assessments {person_id}"
    place = read(query["after"], what)
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
    return page(shown, limit, what, lambda row: (row["version"],))


@referral_routes.post("/people/<uuid:person_id>/assessments")
@allow(scope("case:write"))
@once
@referral_routes.reads(AssessmentIn)
@referral_routes.answers(201, AssessmentOut)
def assess_person(given: dict[str, Any], person_id: uuid.UUID) -> dict[str, Any]:
    """A new version for a person."""
    with transaction() as session:
        made = assessments.assess_person(
            session, current_actor(), person_id, _judged(given), now=now()
        )
        return _shown(made, health=True)


def _own_hub(actor: Actor) -> uuid.UUID:
    if actor.hub_id is None:
        raise Forbidden("This key belongs to no hub.")
    return actor.hub_id


def _judged(given: dict[str, Any]) -> Judgement:
    needs = {need["pathway"]: need["score"] for need in given.pop("needs")}
    return Judgement(needs=needs, **given)


def _shown(row: Assessment, *, health: bool) -> dict[str, Any]:
    named = assessment_views.scores(row, health=health)
    values = {name: getattr(row, name) for name in AssessmentOut().fields if name != "needs"}
    return {**values, "needs": [{"pathway": name, "score": score} for name, score in named.items()]}
