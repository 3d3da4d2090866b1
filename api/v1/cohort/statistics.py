"""`/v1/cohort`: the cohort in numbers, each rate with its denominator and interval."""

from typing import Any

from marshmallow import Schema, fields, validate

from api.access import allow, current_actor, scope
from api.database import now, transaction
from api.v1.fields import Given
from api.v1.parsing import Resource
from engage.queries.cohort import statistics as model

cohort = Resource(
    "cohort",
    __name__,
    url_prefix="/v1",
    description="The cohort in numbers: who is on it, how they stand, whether they come.",
)


class CohortQuery(Given):
    """How far to look back."""

    days = fields.Integer(load_default=model.PERIODS[0], validate=validate.OneOf(model.PERIODS))


class IntervalOut(Schema):
    """Wilson's 95% interval, from 0 to 1."""

    low = fields.Float(required=True)
    high = fields.Float(required=True)


class LineOut(Schema):
    """A count among a denominator. `rate` and `interval` are null where there was nothing to count."""

    key = fields.String(required=True)
    count = fields.Integer(required=True)
    of = fields.Integer(required=True)
    rate = fields.Float(required=True, allow_none=True)
    interval = fields.Nested(IntervalOut, required=True, allow_none=True)


class TableOut(Schema):
    """Lines of one sort. A `measured` table is about how things go; another counts everybody who is
    on the cohort now.
    """

    id = fields.String(required=True)
    measured = fields.Boolean(required=True)
    lines = fields.List(fields.Nested(LineOut), required=True)


class CohortOut(Schema):
    """The cohort over the days from `since` on. `days_to_contact` is the median from release to
    first contact, null without a release.
    """

    since = fields.Date(required=True)
    until = fields.Date(required=True)
    people = fields.Integer(required=True)
    days_to_contact = fields.Float(required=True, allow_none=True)
    tables = fields.List(fields.Nested(TableOut), required=True)


@cohort.get("/cohort")
@allow(scope("cohort:read"))
@cohort.reads(CohortQuery, location="query")
@cohort.answers(200, CohortOut)
def get_cohort(query: dict[str, Any]) -> model.CohortView:
    """The numbers of the key's hub over the last `days`: 28 (unless said), 91, 182 or 365. Breach
    is apart from reoffending.
    """
    with transaction() as session:
        return model.load(session, current_actor(), now=now(), days=query["days"])
