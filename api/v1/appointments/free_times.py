"""`/v1/free-times`: times at which workers are free. They are offered by text to people who may
rebook.
"""

import uuid
from typing import Any

from marshmallow import Schema, fields

from api.access import allow, current_actor, scope
from api.database import now, transaction
from api.v1.fields import Flag, Given, Moment, Nothing, Whole, Words, one_of
from api.v1.once import once
from api.v1.paging import PageQuery, page, page_of, read_moment
from api.v1.parsing import Resource
from engage.agencies.service import find_staff
from engage.appointments.free_times import service
from engage.appointments.model import AppointmentType
from engage.core.errors import Forbidden, Invalid
from engage.queries.appointments import free_times as free_time_queries

WHAT = "free times"

free_times = Resource(
    "free_times",
    __name__,
    url_prefix="/v1/free-times",
    description="Times at which workers are free.",
)


class FreeTimeOut(Schema):
    """A free time to come. `state` is `free`, `held` (offered to a person until `held_until`) or
    `taken` (the worker has an appointment then).
    """

    id = fields.UUID(required=True)
    worker_id = fields.UUID(required=True)
    worker_name = fields.String(required=True)
    type = one_of(AppointmentType, required=True)
    starts_at = fields.AwareDateTime(required=True)
    minutes = fields.Integer(required=True)
    place = fields.String(required=True)
    place_alias = fields.String(required=True)
    state = fields.String(required=True)
    held_until = fields.AwareDateTime(required=True, allow_none=True)


class RefusedOut(Schema):
    """A week in which the time could not be added, and why."""

    starts_at = fields.AwareDateTime(required=True)
    reason = fields.String(required=True)


class AddedOut(Schema):
    """The times that were added, and those that were not."""

    added = fields.List(fields.Nested(FreeTimeOut), required=True)
    refused = fields.List(fields.Nested(RefusedOut), required=True)


class FreeTimeIn(Given):
    """A free time, repeated for `weeks` weeks at the same wall-clock time. `worker` is the email
    address of a worker in the hub.
    """

    worker = Words(254, required=True)
    type = one_of(AppointmentType, required=True)
    starts_at = Moment(required=True)
    minutes = Whole(1, 1440, required=True)
    place = Words(120, shortest=0, load_default="")
    place_alias = Words(
        60,
        shortest=0,
        load_default="",
        metadata={"description": "What texts call the place. It must tell a stranger nothing."},
    )
    weeks = Whole(1, service.MOST_WEEKS, load_default=1)
    despite_closed = Flag(
        load_default=False,
        metadata={"description": "Add it on days on which the hub is closed too."},
    )


@free_times.get("")
@allow(scope("appointments:read"))
@free_times.reads(PageQuery, location="query")
@free_times.answers(200, page_of(FreeTimeOut, "FreeTimePage"))
def list_free_times(query: dict[str, Any]) -> dict[str, Any]:
    """List free times to come, soonest first."""
    with transaction() as session:
        rows = free_time_queries.upcoming(
            session,
            current_actor(),
            now=now(),
            limit=query["limit"] + 1,
            after=read_moment(query["after"], WHAT),
        )
    return page(rows, query["limit"], WHAT, lambda row: (row.starts_at, row.id))


@free_times.post("")
@allow(scope("appointments:write"))
@once
@free_times.reads(FreeTimeIn)
@free_times.answers(201, AddedOut)
def add_free_times(given: dict[str, Any]) -> dict[str, Any]:
    """Add a free time, or one for each of several weeks. Times that are past, on a closed day or
    clash are left out and reported.
    """
    actor, at = current_actor(), now()
    if actor.hub_id is None:
        raise Forbidden("Only a system with an API key of a hub can add free times.")
    with transaction() as session:
        worker = find_staff(session, given.pop("worker"))
        if worker is None:
            raise Invalid(fields={"worker": "Give the email address of a worker in this hub."})
        new = service.NewTimes(worker_id=worker.id, **given)
        added = service.add(session, actor, actor.hub_id, new, now=at)
        return {
            "added": free_time_queries.views(session, added.times, now=at),
            "refused": [
                {"starts_at": moment, "reason": reason} for moment, reason in added.refused
            ],
        }


@free_times.post("/<uuid:free_time_id>/withdraw")
@allow(scope("appointments:write"))
@once
@free_times.reads(Nothing, required=False)
@free_times.answers(200, FreeTimeOut)
def withdraw_free_time(
    _given: dict[str, Any], free_time_id: uuid.UUID
) -> free_time_queries.FreeTimeView:
    """Withdraw a free time. A person who was offered it and picks it is offered others."""
    at = now()
    with transaction() as session:
        withdrawn = service.withdraw(session, current_actor(), free_time_id, now=at)
        (view,) = free_time_queries.views(session, [withdrawn], now=at)
        return view
