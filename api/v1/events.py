"""`/v1/events`: everything that happened in the hub, in order, for systems that keep a copy."""

from typing import Any

from marshmallow import Schema, fields

from api.access import allow, current_actor, scope
from api.database import transaction
from api.v1.fields import Given, Whole, Words
from api.v1.paging import bad_cursor
from api.v1.parsing import Resource
from engage.core.events import Cursor
from engage.queries import listings

events = Resource(
    "events", __name__, url_prefix="/v1/events", description="What happened in the hub, in order."
)


class EventOut(Schema):
    """What happened, about which person, and the actor. `data` has ids, codes and moments."""

    id = fields.Integer(required=True)
    at = fields.AwareDateTime(required=True)
    kind = fields.String(required=True)
    person_id = fields.UUID(required=True, allow_none=True)
    actor = fields.String(required=True)
    data = fields.Dict(keys=fields.String(), required=True)


class EventPage(Schema):
    """Events and the cursor for the next request. At the end of the list the cursor no longer
    changes.
    """

    items = fields.List(fields.Nested(EventOut), required=True)
    next = fields.String(required=True)


class EventQuery(Given):
    """The size and start of a page of events."""

    limit = Whole(
        1,
        500,
        in_query=True,
        load_default=100,
        metadata={"description": "The most events to return."},
    )
    after = Words(
        50,
        load_default="0.0",
        metadata={
            "description": "The `next` of the last answer. Leave out to start with the first event."
        },
    )


@events.get("")
@allow(scope("events:read"))
@events.reads(EventQuery, location="query")
@events.answers(200, EventPage)
def list_events(query: dict[str, Any]) -> dict[str, Any]:
    """List events after a cursor, oldest first.

    No event is missed or sent twice: an event that is still being written comes later.
    """
    try:
        after = Cursor.parse(query["after"])
    except ValueError:
        raise bad_cursor() from None
    with transaction() as session:
        shown, place = listings.event_feed(
            session, current_actor(), after=after, limit=query["limit"]
        )
    return {"items": shown, "next": str(place)}
