"""`/v1/people/{id}/compliance` and `/v1/people/{id}/enforcements`: failures to comply, and
decisions.

Read only. Staff decide on the pages what follows from a failure to comply, never a system.
"""

import uuid
from typing import Any

from marshmallow import Schema, fields

from api.access import allow, current_actor, scope
from api.database import now, transaction
from api.v1.fields import one_of
from api.v1.paging import PageQuery, page, page_of, read_moment
from api.v1.parsing import Resource
from engage.appointments.kinds import OutcomeCode
from engage.compliance.kinds import Delivery, EnforcementKind
from engage.compliance.rules import Step
from engage.legal.kinds import OrderKind
from engage.queries.compliance import compliance as compliance_queries
from engage.queries.compliance.compliance_views import CompliancePage

compliance = Resource(
    "compliance",
    __name__,
    url_prefix="/v1",
    description="Failures to comply, what the rules suggest and why, and what staff decided.",
)


class FailureOut(Schema):
    """A failure that counts. `reached` says whether texts about the appointment arrived. A text
    that did not arrive is never held against the person.
    """

    appointment_id = fields.UUID(required=True)
    on = fields.Date(required=True)
    code = one_of(OutcomeCode, required=True)
    reached = fields.String(required=True)
    decided = fields.Boolean(required=True)


class LadderOut(Schema):
    """What the rules suggest for one order in force, with every reason. `order` is null if the
    person is statutory but no order is recorded.
    """

    order_id = fields.UUID(required=True, allow_none=True)
    order = one_of(OrderKind, required=True, allow_none=True)
    step = one_of(Step, required=True)
    reasons = fields.List(fields.String(), required=True)
    due_on = fields.Date(
        required=True,
        allow_none=True,
        metadata={"description": "The working day by which a referral is due."},
    )
    failures = fields.List(fields.Nested(FailureOut), required=True)


class AwaitedAbsenceOut(Schema):
    """A provisional absence. It does not count until a worker has decided it."""

    appointment_id = fields.UUID(required=True)
    starts_at = fields.AwareDateTime(required=True)
    explain_by = fields.Date(required=True)


class ComplianceOut(Schema):
    """A person's compliance today."""

    today = fields.Date(required=True)
    months = fields.Integer(
        required=True, metadata={"description": "For how many months a failure counts."}
    )
    standings = fields.List(fields.Nested(LadderOut), required=True)
    waiting = fields.List(fields.Nested(AwaitedAbsenceOut), required=True)


class EnforcementOut(Schema):
    """A decision. `changed` counts failures whose outcome was corrected later. A decision is never
    withdrawn automatically.
    """

    id = fields.UUID(required=True)
    kind = one_of(EnforcementKind, required=True)
    order = one_of(OrderKind, required=True, allow_none=True)
    at = fields.AwareDateTime(required=True, data_key="decided_at")
    rests_on = fields.Integer(required=True)
    changed = fields.Integer(required=True)
    due_on = fields.Date(required=True, allow_none=True)
    done_on = fields.Date(required=True, allow_none=True)
    given_on = fields.Date(required=True, allow_none=True)
    given_how = one_of(Delivery, required=True, allow_none=True)
    holds_until = fields.Date(required=True, allow_none=True)
    withdrawn_at = fields.AwareDateTime(required=True, allow_none=True)


@compliance.get("/people/<uuid:person_id>/compliance")
@allow(scope("compliance:read"))
@compliance.answers(200, ComplianceOut)
def get_compliance(person_id: uuid.UUID) -> CompliancePage:
    """Get a person's compliance today.

    Failures under each order in force, what the rules suggest and why, and absences that wait for a
    decision.
    """
    with transaction() as session:
        return compliance_queries.load(session, current_actor(), person_id, now=now())


@compliance.get("/people/<uuid:person_id>/enforcements")
@allow(scope("compliance:read"))
@compliance.reads(PageQuery, location="query")
@compliance.answers(200, page_of(EnforcementOut, "EnforcementPage"))
def list_enforcements(query: dict[str, Any], person_id: uuid.UUID) -> dict[str, Any]:
    """List decisions about failures to comply, latest first, including withdrawn ones."""
    list_name, limit = f"enforcements {person_id}", query["limit"]
    with transaction() as session:
        rows = compliance_queries.list_decisions(
            session,
            current_actor(),
            person_id,
            before=read_moment(query["after"], list_name),
            limit=limit + 1,
            now=now(),
        )
    return page(rows, limit, list_name, lambda row: (row.at, row.id))
