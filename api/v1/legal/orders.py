"""`/v1/people/{id}/orders`, `/v1/orders` and `/v1/requirements`: orders and licences, their
requirements and progress.
"""

import uuid
from typing import Any

from marshmallow import Schema, fields

from api.access import allow, current_actor, scope
from api.database import now, transaction
from api.v1.fields import Day, Flag, Given, Nothing, Whole, Words, one_of
from api.v1.once import once
from api.v1.paging import PageQuery, page, page_of, read_day
from api.v1.parsing import Resource
from engage.legal import orders as service
from engage.legal import requirements
from engage.legal.kinds import OrderEnding, OrderKind, RequirementKind
from engage.legal.rules import MOST_UNPAID_MINUTES, REVIEW_GAPS
from engage.queries.legal import legal as legal_queries
from engage.queries.legal.legal_views import OrderView, RequirementView

orders = Resource(
    "orders",
    __name__,
    url_prefix="/v1",
    description="Orders and licences, their requirements and progress.",
)


class ProgressOut(Schema):
    """How much of what was `asked` is `done`: RAR days, or minutes of unpaid work.

    `beyond` is more than was asked. `not_counted` was recorded but is not a planned activity.
    """

    done = fields.Integer(required=True)
    asked = fields.Integer(required=True)
    beyond = fields.Integer(required=True)
    not_counted = fields.Integer(required=True)


class DayOut(Schema):
    """What was done for a requirement on one day."""

    id = fields.UUID(required=True)
    done_on = fields.Date(required=True)
    amount = fields.Integer(required=True)
    planned_activity = fields.Boolean(required=True)
    activity = fields.String(required=True)
    withdrawn = fields.Boolean(required=True)


class RequirementOut(Schema):
    """One thing that the court asked for. `progress` is null if its kind is not counted. `days` are
    the latest 60.
    """

    id = fields.UUID(required=True)
    order_id = fields.UUID(required=True)
    kind = one_of(RequirementKind, required=True)
    amount = fields.Integer(required=True, allow_none=True)
    tests_every_days = fields.Integer(required=True, allow_none=True)
    reviews_every_days = fields.Integer(required=True, allow_none=True)
    starts_on = fields.Date(required=True)
    ended_on = fields.Date(required=True, allow_none=True)
    note = fields.String(required=True)
    progress = fields.Nested(ProgressOut, required=True, allow_none=True)
    days = fields.List(fields.Nested(DayOut), required=True)


class OrderOut(Schema):
    """An order or a licence, in force from `starts_on` to `ends_on` unless it `ended_on` an earlier
    day.
    """

    id = fields.UUID(required=True)
    kind = one_of(OrderKind, required=True)
    court = fields.String(required=True)
    reference = fields.String(required=True)
    made_on = fields.Date(required=True)
    starts_on = fields.Date(required=True)
    ends_on = fields.Date(required=True)
    ended_on = fields.Date(required=True, allow_none=True)
    ending = one_of(OrderEnding, required=True, allow_none=True)
    in_force = fields.Boolean(required=True)
    recorded_at = fields.AwareDateTime(required=True)
    requirements = fields.List(fields.Nested(RequirementOut), required=True)


class OrderChange(Given):
    """The details of an order. They replace the recorded ones."""

    court = Words(service.LONGEST_COURT, shortest=0, load_default="")
    reference = Words(service.LONGEST_REFERENCE, shortest=0, load_default="")
    made_on = Day(required=True)
    starts_on = Day(required=True)
    ends_on = Day(required=True)


class OrderIn(OrderChange):
    """A new order or licence."""

    kind = one_of(OrderKind, required=True)


class OrderEnd(Given):
    """How and when an order ended. Record a death with `/v1/people/{id}/death`."""

    on = Day(required=True)
    ending = one_of(OrderEnding, required=True)


class RequirementChange(Given):
    """The details of a requirement, which replace the recorded ones. Numbers that do not apply to
    its kind are null.
    """

    amount = Whole(1, MOST_UNPAID_MINUTES, load_default=None, allow_none=True)
    tests_every_days = Whole(1, 90, load_default=None, allow_none=True)
    reviews_every_days = Whole(*REVIEW_GAPS, load_default=None, allow_none=True)
    note = Words(requirements.LONGEST_NOTE, shortest=0, load_default="")


class RequirementIn(RequirementChange):
    """One thing that the court asked for. `amount` is RAR days or minutes of unpaid work; a DRR has
    intervals.
    """

    kind = one_of(RequirementKind, required=True)
    starts_on = Day(required=True)


class RequirementEnd(Given):
    """The last day of a requirement that ends before its order."""

    on = Day(required=True)


class DayIn(Given):
    """What was done on one day. `amount` is 1 for a RAR day, minutes for unpaid work. Routine
    supervision is not a planned activity.
    """

    done_on = Day(required=True)
    amount = Whole(1, 1440, load_default=1)
    planned_activity = Flag(load_default=True)
    activity = Words(requirements.LONGEST_ACTIVITY, shortest=0, load_default="")


@orders.get("/people/<uuid:person_id>/orders")
@allow(scope("case:read"))
@orders.reads(PageQuery, location="query")
@orders.answers(200, page_of(OrderOut, "OrderPage"))
def list_orders(query: dict[str, Any], person_id: uuid.UUID) -> dict[str, Any]:
    """List a person's orders and licences, latest start first."""
    list_name, limit = f"orders {person_id}", query["limit"]
    with transaction() as session:
        rows = legal_queries.list_orders(
            session,
            current_actor(),
            person_id,
            before=read_day(query["after"], list_name),
            limit=limit + 1,
            now=now(),
        )
    return page(rows, limit, list_name, lambda row: (row.starts_on, row.id))


@orders.post("/people/<uuid:person_id>/orders")
@allow(scope("case:write"))
@once
@orders.reads(OrderIn)
@orders.answers(201, OrderOut)
def record_order(body: dict[str, Any], person_id: uuid.UUID) -> OrderView:
    """Record an order or licence.

    The person is statutory while it is in force. A duplicate is refused (409, `order_recorded`).
    """
    with transaction() as session:
        made = service.record_order(session, current_actor(), person_id, **body, now=now())
        return legal_queries.order_view(session, current_actor(), made, now=now())


@orders.get("/orders/<uuid:order_id>")
@allow(scope("case:read"))
@orders.answers(200, OrderOut)
def get_order(order_id: uuid.UUID) -> OrderView:
    """Get an order with its requirements and their progress."""
    with transaction() as session:
        return legal_queries.load_order(session, current_actor(), order_id, now=now())


@orders.post("/orders/<uuid:order_id>/change")
@allow(scope("case:write"))
@once
@orders.reads(OrderChange)
@orders.answers(200, OrderOut)
def change_order(body: dict[str, Any], order_id: uuid.UUID) -> OrderView:
    """Correct an order, or record a change by the court."""
    with transaction() as session:
        changed = service.change_order(session, current_actor(), order_id, **body, now=now())
        return legal_queries.order_view(session, current_actor(), changed, now=now())


@orders.post("/orders/<uuid:order_id>/end")
@allow(scope("case:write"))
@once
@orders.reads(OrderEnd)
@orders.answers(200, OrderOut)
def end_order(body: dict[str, Any], order_id: uuid.UUID) -> OrderView:
    """End an order and its requirements.

    After their last order the person is no longer statutory.
    """
    with transaction() as session:
        ended = service.end_order(session, current_actor(), order_id, **body, now=now())
        return legal_queries.order_view(session, current_actor(), ended, now=now())


@orders.post("/orders/<uuid:order_id>/take-back-end")
@allow(scope("case:write"))
@once
@orders.reads(Nothing, required=False)
@orders.answers(200, OrderOut)
def take_back_order_end(_body: dict[str, Any], order_id: uuid.UUID) -> OrderView:
    """Undo the recorded end of an order."""
    with transaction() as session:
        running = service.take_back_end(session, current_actor(), order_id, now=now())
        return legal_queries.order_view(session, current_actor(), running, now=now())


@orders.post("/orders/<uuid:order_id>/requirements")
@allow(scope("case:write"))
@once
@orders.reads(RequirementIn)
@orders.answers(201, RequirementOut)
def add_requirement(body: dict[str, Any], order_id: uuid.UUID) -> RequirementView:
    """Add a requirement to an order."""
    with transaction() as session:
        made = requirements.add_requirement(session, current_actor(), order_id, **body, now=now())
        return legal_queries.requirement_view(session, current_actor(), made, now=now())


@orders.post("/requirements/<uuid:requirement_id>/change")
@allow(scope("case:write"))
@once
@orders.reads(RequirementChange)
@orders.answers(200, RequirementOut)
def change_requirement(body: dict[str, Any], requirement_id: uuid.UUID) -> RequirementView:
    """Correct a requirement, or record a change by the court."""
    with transaction() as session:
        changed = requirements.change_requirement(
            session, current_actor(), requirement_id, **body, now=now()
        )
        return legal_queries.requirement_view(session, current_actor(), changed, now=now())


@orders.post("/requirements/<uuid:requirement_id>/end")
@allow(scope("case:write"))
@once
@orders.reads(RequirementEnd)
@orders.answers(200, RequirementOut)
def end_requirement(body: dict[str, Any], requirement_id: uuid.UUID) -> RequirementView:
    """End a requirement before its order ends."""
    with transaction() as session:
        ended = requirements.end_requirement(
            session, current_actor(), requirement_id, **body, now=now()
        )
        return legal_queries.requirement_view(session, current_actor(), ended, now=now())


@orders.post("/requirements/<uuid:requirement_id>/days")
@allow(scope("case:write"))
@once
@orders.reads(DayIn)
@orders.answers(201, RequirementOut)
def record_requirement_day(body: dict[str, Any], requirement_id: uuid.UUID) -> RequirementView:
    """Record what was done for a requirement on one day.

    A second record for a day is refused (409, `day_recorded`).
    """
    with transaction() as session:
        requirements.record_credit(session, current_actor(), requirement_id, **body, now=now())
        return legal_queries.load_requirement_form(
            session, current_actor(), requirement_id, now=now()
        )[1]


@orders.post("/requirement-days/<uuid:credit_id>/withdraw")
@allow(scope("case:write"))
@once
@orders.reads(Nothing, required=False)
@orders.answers(200, RequirementOut)
def withdraw_requirement_day(_body: dict[str, Any], credit_id: uuid.UUID) -> RequirementView:
    """Withdraw a day that was recorded in error. It stays on record but does not count."""
    with transaction() as session:
        credit = requirements.withdraw_credit(session, current_actor(), credit_id, now=now())
        return legal_queries.load_requirement_form(
            session, current_actor(), credit.requirement_id, now=now()
        )[1]
