"""`/v1/cohort`: statistics of the cohort, each rate with its denominator and interval."""

from typing import Any

from marshmallow import Schema, fields, validate

from api.access import allow, current_actor, scope
from api.database import now, transaction
from api.v1.fields import Given
from api.v1.parsing import Resource
from engage.queries.cohort import statistics as cohort_statistics

cohort = Resource(
    "cohort",
    __name__,
    url_prefix="/v1",
    description="Statistics of the cohort: status, attendance, breach and reoffending.",
)


class CohortQuery(Given):
    """The period to look back over."""

    days = fields.Integer(
        load_default=cohort_statistics.PERIODS[0],
        validate=validate.OneOf(cohort_statistics.PERIODS),
    )


class IntervalOut(Schema):
    """Wilson's 95% confidence interval, from 0 to 1."""

    low = fields.Float(required=True)
    high = fields.Float(required=True)


class LineOut(Schema):
    """A count and its denominator `of`. `rate` and `interval` are null if the denominator is 0."""

    key = fields.String(required=True)
    count = fields.Integer(required=True)
    of = fields.Integer(required=True)
    rate = fields.Float(required=True, allow_none=True)
    interval = fields.Nested(IntervalOut, required=True, allow_none=True)


class TableOut(Schema):
    """One table. A `measured` table counts what happened in the period, the others count the people
    on the cohort now.
    """

    id = fields.String(required=True)
    measured = fields.Boolean(required=True)
    lines = fields.List(fields.Nested(LineOut), required=True)


class CohortOut(Schema):
    """The cohort from `since` to `until`. `days_to_contact` is the median number of days from
    release to first contact, null without a release.
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
def get_cohort(query: dict[str, Any]) -> cohort_statistics.CohortView:
    """Get the statistics of the key's hub.

    They cover the last `days`: 28 (the default), 91, 182 or 365. Breach and reoffending are counted
    separately.
    """
    with transaction() as session:
        return cohort_statistics.load(session, current_actor(), now=now(), days=query["days"])
