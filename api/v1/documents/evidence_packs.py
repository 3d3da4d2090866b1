"""`/v1/people/{id}/packs` and `/v1/packs/{id}`: evidence packs, for systems that pass them on.

Read only. Staff who may enforce make a pack on a page, for a purpose and a recipient.
"""

import uuid
from typing import Any

from flask import Response
from marshmallow import Schema, fields

from api.access import allow, current_actor, scope
from api.database import now, transaction
from api.v1.paging import PageQuery, page, page_of, read_moment
from api.v1.parsing import Resource
from engage.documents.evidence_pack import service
from engage.queries.compliance import packs as pack_queries

packs = Resource(
    "packs",
    __name__,
    url_prefix="/v1",
    description="Evidence packs, with the chain of events that shows tampering.",
)


class PackOut(Schema):
    """An evidence pack. `digest` is its document's SHA-256, `head` the last link of its chain."""

    id = fields.UUID(required=True)
    from_on = fields.Date(required=True)
    until_on = fields.Date(required=True)
    purpose = fields.String(required=True)
    recipient = fields.String(required=True)
    made_at = fields.AwareDateTime(required=True)
    digest = fields.String(required=True)
    head = fields.String(required=True)


class PackDocument(Schema):
    """The document of a pack, byte for byte. `format` names the format of its parts."""

    format = fields.String(required=True)
    made = fields.Dict(required=True)
    person = fields.Dict(required=True)
    period = fields.Dict(required=True)
    orders = fields.List(fields.Dict(), required=True)
    count = fields.Dict(required=True)
    non_delivery = fields.Dict(required=True)
    appointments = fields.List(fields.Dict(), required=True)
    decisions = fields.List(fields.Dict(), required=True)
    chain = fields.Dict(required=True)


@packs.get("/people/<uuid:person_id>/packs")
@allow(scope("packs:read"))
@packs.reads(PageQuery, location="query")
@packs.answers(200, page_of(PackOut, "PackPage"))
def list_packs(query: dict[str, Any], person_id: uuid.UUID) -> dict[str, Any]:
    """List a person's evidence packs, latest first, without their documents."""
    list_name, limit = f"packs {person_id}", query["limit"]
    before = read_moment(query["after"], list_name)
    with transaction() as session:
        rows = pack_queries.list_packs(
            session, current_actor(), person_id, before=before, limit=limit + 1, now=now()
        )
    return page(rows, limit, list_name, lambda row: (row.made_at, row.id))


@packs.get("/packs/<uuid:pack_id>")
@allow(scope("packs:read"))
@packs.answers(200, PackDocument)
def get_pack(pack_id: uuid.UUID) -> Response:
    """Get the document of an evidence pack.

    The access is logged. A pack with the words of texts is refused (403) for a key without
    `health:read`.
    """
    with transaction() as session:
        opened = service.open_pack(session, current_actor(), pack_id, now=now())
    return Response(opened.pack.content, mimetype="application/json")
