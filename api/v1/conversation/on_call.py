"""`/v1/on-call`: who answers for urgent items, now and next."""

from typing import Any

from marshmallow import Schema, fields

from api.access import allow, current_actor, scope
from api.database import now, transaction
from api.v1.parsing import Resource
from api.v1.people.people import StaffRef
from engage.conversation.safety import rota

on_call = Resource("on_call", __name__, url_prefix="/v1/on-call", description="Who is on call.")


class TurnOut(Schema):
    """A turn of the rota. Level 1 is told first."""

    id = fields.UUID(required=True)
    staff = fields.Nested(StaffRef, required=True)
    level = fields.Integer(required=True)
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)


class RotaOut(Schema):
    """The turns that run or are still to come, in order of their start; `covered` says whether
    anybody is on call now.
    """

    covered = fields.Boolean(required=True)
    items = fields.List(fields.Nested(TurnOut), required=True)


@on_call.get("")
@allow(scope("signals:read"))
@on_call.answers(200, RotaOut)
def show_rota() -> dict[str, Any]:
    """The on-call rota of the key's hub; at most 200 turns."""
    hub_id, at = current_actor().hub_id, now()
    with transaction() as session:
        hubs = [hub_id] if hub_id is not None else []
        turns = list(rota.upcoming_turns(session, hubs, at))
        return {"covered": bool(rota.on_call(session, hubs, at)), "items": turns}
