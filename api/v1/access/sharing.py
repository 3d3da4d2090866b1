"""`/v1/agreements` and `/v1/people/{id}/disclosures`: what agencies may see, and what they were
shown.
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
    description="What agencies may see of people, and what they were shown.",
)


class AgreementOut(Schema):
    """By which an agency sees parts of records beside its own, on the days from `starts_on` to
    `ends_on` unless ended before.
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
    """Something of a person's record that went to another agency. `agreement_id` is null where the
    law, and no agreement, asked for it.
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
    """The sharing agreements of the key's hub, ended ones too, the one recorded last first."""
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
    """What was disclosed of a person, to whom, for what and on what basis, the latest first."""
    what, limit = f"disclosures {person_id}", query["limit"]
    after = read_moment(query["after"], what)
    with transaction() as session:
        rows = disclosures.listed(
            session, current_actor(), person_id, now=now(), after=after, limit=limit + 1
        )
    return page(rows, limit, what, lambda row: (row.at, row.id))
