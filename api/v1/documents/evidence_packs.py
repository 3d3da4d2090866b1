"""`/v1/people/{id}/packs` and `/v1/packs/{id}`: the evidence packs that people made, for the
systems that hand them on.

Systems read; a pack is made by whoever may enforce, on a page, for a purpose and a recipient.
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
from engage.queries.compliance import packs as made

packs = Resource(
    "packs",
    __name__,
    url_prefix="/v1",
    description="Evidence packs: what happened, dated and whole, with the chain that shows tampering.",
)


class PackOut(Schema):
    """A pack that was made. `digest` is the SHA-256 of its document, `head` the last link of the
    chain in it.
    """

    id = fields.UUID(required=True)
    from_on = fields.Date(required=True)
    until_on = fields.Date(required=True)
    purpose = fields.String(required=True)
    recipient = fields.String(required=True)
    made_at = fields.AwareDateTime(required=True)
    digest = fields.String(required=True)
    head = fields.String(required=True)


class PackDocument(Schema):
    """A pack as it was given, byte for byte: `format` says which form the parts have."""

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
    """The packs made of a person, the latest first, without what they say."""
    what, limit = f"packs {person_id}", query["limit"]
    before = read_moment(query["after"], what)
    with transaction() as session:
        rows = made.list_packs(
            session, current_actor(), person_id, before=before, limit=limit + 1, now=now()
        )
    return page(rows, limit, what, lambda row: (row.made_at, row.id))


@packs.get("/packs/<uuid:pack_id>")
@allow(scope("packs:read"))
@packs.answers(200, PackDocument)
def get_pack(pack_id: uuid.UUID) -> Response:
    """A pack as it was given; the reading is logged. One that holds the words of texts is refused
    (403) to a key without `health:read`.
    """
    with transaction() as session:
        opened = service.open_pack(session, current_actor(), pack_id, now=now())
    return Response(opened.pack.content, mimetype="application/json")
