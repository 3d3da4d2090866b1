"""`/v1/signals`: what an offender manager should know; acknowledge and resolve."""

import uuid
from typing import Any

from marshmallow import Schema, fields

from api.access import allow, current_actor, scope
from api.database import now, transaction
from api.v1.fields import Given, Id, Nothing, Words, one_of
from api.v1.once import once
from api.v1.paging import PageQuery, page, page_of, read_moment
from api.v1.parsing import Resource
from engage.people import signals as person_signals
from engage.queries import listings
from engage.signals import Severity, Signal, SignalKind, SignalState
from engage.understanding.safety.kinds import DangerKind

signals = Resource(
    "signals",
    __name__,
    url_prefix="/v1/signals",
    description="What an offender manager should know.",
)


class EvidenceOut(Schema):
    """Evidence for a signal: a type of record and its id."""

    type = fields.String(required=True)
    id = fields.String(required=True)


class SignalOut(Schema):
    """A signal about a person: why it was raised, what to do, and whether it was resolved."""

    id = fields.UUID(required=True)
    person_id = fields.UUID(required=True)
    kind = one_of(SignalKind, required=True)
    danger = one_of(DangerKind, required=True, allow_none=True)
    severity = one_of(Severity, required=True)
    state = one_of(SignalState, required=True)
    why = fields.String(required=True)
    action = fields.String(required=True)
    evidence = fields.List(fields.Nested(EvidenceOut), required=True)
    raised_at = fields.AwareDateTime(required=True)
    due_at = fields.AwareDateTime(required=True)
    acknowledged_at = fields.AwareDateTime(required=True, allow_none=True)
    acknowledged_by = fields.String(required=True, allow_none=True)
    resolved_at = fields.AwareDateTime(required=True, allow_none=True)
    resolved_by = fields.String(required=True, allow_none=True)
    resolution = fields.String(required=True, allow_none=True)


class SignalQuery(PageQuery):
    """Filters for signals."""

    state = one_of(SignalState, load_default=None)
    person_id = Id(load_default=None)


class ResolutionIn(Given):
    """What was done about it."""

    how = Words(person_signals.LONGEST_RESOLUTION, required=True, lines=True)


@signals.get("")
@allow(scope("signals:read"))
@signals.reads(SignalQuery, location="query")
@signals.answers(200, page_of(SignalOut, "SignalPage"))
def list_signals(query: dict[str, Any]) -> dict[str, Any]:
    """List signals about people of the key's hub, oldest first."""
    limit, after = query.pop("limit"), read_moment(query.pop("after"), "signals")
    with transaction() as session:
        rows = listings.signals(
            session, current_actor(), **query, after=after, limit=limit + 1, now=now()
        )
    return page(rows, limit, "signals", lambda row: (row.raised_at, row.id))


@signals.post("/<uuid:signal_id>/acknowledge")
@allow(scope("signals:write"))
@once
@signals.reads(Nothing, required=False)
@signals.answers(200, SignalOut)
def acknowledge_signal(_body: dict[str, Any], signal_id: uuid.UUID) -> Signal:
    """Acknowledge a signal: a worker has seen it and is dealing with it."""
    with transaction() as session:
        return person_signals.acknowledge(session, current_actor(), signal_id, now=now())


@signals.post("/<uuid:signal_id>/resolve")
@allow(scope("signals:write"))
@once
@signals.reads(ResolutionIn)
@signals.answers(200, SignalOut)
def resolve_signal(body: dict[str, Any], signal_id: uuid.UUID) -> Signal:
    """Resolve a signal, with what was done."""
    with transaction() as session:
        return person_signals.resolve(
            session, current_actor(), signal_id, how=body["how"], now=now()
        )
