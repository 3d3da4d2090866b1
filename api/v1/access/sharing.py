"""`/v1/agreements` and `/v1/people/{id}/disclosures`: what agencies may see, and what was disclosed
to them.
"""

import uuid
from collections.abc import Sequence
from typing import Any

from marshmallow import Schema, fields, validate

from api.access import allow, current_actor, scope
from api.database import now, transaction
from api.v1.paging import PageQuery, page, page_of, read, read_moment
from api.v1.parsing import Resource
from engage.access import agreements
from engage.access.model import SharingAgreement
from engage.access.sharing import RecordPart
from engage.queries.access import disclosures

sharing = Resource(
    "sharing",
    __name__,
    url_prefix="/v1",
    description="What agencies may see of people's records, and what was disclosed to them.",
)


class AgreementOut(Schema):
    """An agreement that lets an agency see parts of other agencies' records, from `starts_on` to
    `ends_on` unless it ended before.
    """

    id = fields.UUID(required=True)
    agency_id = fields.UUID(required=True)
    purpose = fields.String(required=True)
    lawful_basis = fields.String(required=True)
    fields_ = fields.List(
        fields.String(validate=validate.OneOf([part.value for part in RecordPart])),
        required=True,
        attribute="fields",
        data_key="fields",
    )
    starts_on = fields.Date(required=True)
    ends_on = fields.Date(required=True)
    recorded_at = fields.AwareDateTime(required=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)


class DisclosureOut(Schema):
    """A disclosure of part of a person's record to another agency. `agreement_id` is null if the
    law required it.
    """

    id = fields.UUID(required=True)
    at = fields.AwareDateTime(required=True)
    recipient = fields.String(required=True)
    purpose = fields.String(required=True)
    lawful_basis = fields.String(required=True)
    fields_ = fields.List(fields.String(), required=True, attribute="fields", data_key="fields")
    agreement_id = fields.UUID(required=True, allow_none=True)


@sharing.get("/agreements")
@allow(scope("case:read"))
@sharing.reads(PageQuery, location="query")
@sharing.answers(200, page_of(AgreementOut, "AgreementPage"))
def list_agreements(query: dict[str, Any]) -> dict[str, Any]:
    """List the sharing agreements of the key's hub, latest first, including ended ones."""
    place, limit = read(query["after"], "agreements"), query["limit"]
    after = None if place is None else uuid.UUID(place[0])
    hub = current_actor().hub_id
    with transaction() as session:
        rows: Sequence[SharingAgreement] = agreements.agreements_of(
            session, [] if hub is None else [hub], after=after, limit=limit + 1
        )
    return page(rows, limit, "agreements", lambda row: (row.id,))


@sharing.get("/people/<uuid:person_id>/disclosures")
@allow(scope("case:read"))
@sharing.reads(PageQuery, location="query")
@sharing.answers(200, page_of(DisclosureOut, "DisclosurePage"))
def list_disclosures(query: dict[str, Any], person_id: uuid.UUID) -> dict[str, Any]:
    """List what was disclosed about a person, to whom, why and on what basis, latest first."""
    list_name, limit = f"disclosures {person_id}", query["limit"]
    after = read_moment(query["after"], list_name)
    with transaction() as session:
        rows = disclosures.listed(
            session, current_actor(), person_id, now=now(), after=after, limit=limit + 1
        )
    return page(rows, limit, list_name, lambda row: (row.at, row.id))
