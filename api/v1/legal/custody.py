"""`/v1/people/{id}/custody` and `/v1/custody`: time in prison. `/v1/people/{id}/offences` and
`/v1/offences`: arrests, charges and convictions.

The API must never show the intelligence flag, which only police and the offender manager may see.
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
from engage.legal import custody as service
from engage.legal import offences
from engage.legal.kinds import CustodyKind, OffenceKind
from engage.queries.legal import legal as legal_queries
from engage.queries.legal.legal_views import OffenceView, SpellView

custody = Resource(
    "custody",
    __name__,
    url_prefix="/v1",
    description="Time in prison; arrests, charges and convictions.",
)


class ReleasePlanOut(Schema):
    """Arrangements for the day of release. `health` is null for a key without `health:read`."""

    home = fields.String(required=True)
    travel = fields.String(required=True)
    health = fields.String(required=True, allow_none=True)
    note = fields.String(required=True)
    made_at = fields.AwareDateTime(required=True)


class CustodyOut(Schema):
    """A time in prison. `release_on` is the expected day of release, `released_on` the actual one.
    `plan_due` is the day by which the release plan is due.
    """

    id = fields.UUID(required=True)
    kind = one_of(CustodyKind, required=True)
    since = fields.Date(required=True)
    prison = fields.String(required=True)
    sentence_days = fields.Integer(required=True, allow_none=True)
    release_on = fields.Date(required=True, allow_none=True)
    released_on = fields.Date(required=True, allow_none=True)
    plan_due = fields.Date(required=True, allow_none=True)
    plan = fields.Nested(ReleasePlanOut, required=True, allow_none=True)
    recorded_at = fields.AwareDateTime(required=True)


class CustodyChange(Given):
    """The details of a time in prison. They replace the recorded ones."""

    kind = one_of(CustodyKind, required=True)
    prison = Words(service.LONGEST_PRISON, shortest=0, load_default="")
    sentence_days = Whole(1, service.LONGEST_SENTENCE_DAYS, load_default=None, allow_none=True)
    release_on = Day(load_default=None, allow_none=True)


class CustodyIn(CustodyChange):
    """A new time in prison."""

    since = Day(required=True)


class ReleaseIn(Given):
    """The day of release."""

    on = Day(required=True)


class ReleasePlanIn(Given):
    """Arrangements for the day of release. `health` requires `health:read`; if left out, it stays
    as it is.
    """

    home = Words(service.LONGEST_LINE, required=True)
    travel = Words(service.LONGEST_LINE, shortest=0, load_default="")
    health = Words(service.LONGEST_LINE, shortest=0, load_default=None, allow_none=True)
    note = Words(service.LONGEST_NOTE, shortest=0, load_default="")


class OffenceOut(Schema):
    """An arrest, a charge or a conviction. It does not count if it is `withdrawn`."""

    id = fields.UUID(required=True)
    kind = one_of(OffenceKind, required=True)
    happened_on = fields.Date(required=True)
    what = fields.String(required=True)
    acquisitive = fields.Boolean(required=True)
    recorded_at = fields.AwareDateTime(required=True)
    withdrawn = fields.Boolean(required=True)


class OffenceIn(Given):
    """An arrest, a charge or a conviction. `what` is the type of offence, without names."""

    kind = one_of(OffenceKind, required=True)
    happened_on = Day(required=True)
    what = Words(offences.LONGEST_WHAT, required=True)
    acquisitive = Flag(required=True)


@custody.get("/people/<uuid:person_id>/custody")
@allow(scope("case:read"))
@custody.reads(PageQuery, location="query")
@custody.answers(200, page_of(CustodyOut, "CustodyPage"))
def list_custody(query: dict[str, Any], person_id: uuid.UUID) -> dict[str, Any]:
    """List a person's times in prison, latest first. One without `released_on` is current."""
    list_name, limit = f"custody {person_id}", query["limit"]
    before = read_day(query["after"], list_name)
    with transaction() as session:
        rows = legal_queries.list_custody(
            session, current_actor(), person_id, before=before, limit=limit + 1, now=now()
        )
    return page(rows, limit, list_name, lambda row: (row.since, row.id))


@custody.post("/people/<uuid:person_id>/custody")
@allow(scope("case:write"))
@once
@custody.reads(CustodyIn)
@custody.answers(201, CustodyOut)
def take_into_custody(body: dict[str, Any], person_id: uuid.UUID) -> SpellView:
    """Record that a person is in prison.

    Texts that wait are cancelled. Refused (409, `in_custody`) if they are recorded as in prison.
    """
    with transaction() as session:
        spell = service.start(session, current_actor(), person_id, **body, now=now())
        return legal_queries.custody_view(session, current_actor(), spell, now=now())


@custody.post("/custody/<uuid:spell_id>/change")
@allow(scope("case:write"))
@once
@custody.reads(CustodyChange)
@custody.answers(200, CustodyOut)
def change_custody(body: dict[str, Any], spell_id: uuid.UUID) -> SpellView:
    """Change a time in prison: a sentence, a move, or another day of release."""
    with transaction() as session:
        spell = service.change(session, current_actor(), spell_id, **body, now=now())
        return legal_queries.custody_view(session, current_actor(), spell, now=now())


@custody.post("/custody/<uuid:spell_id>/release")
@allow(scope("case:write"))
@once
@custody.reads(ReleaseIn)
@custody.answers(200, CustodyOut)
def release(body: dict[str, Any], spell_id: uuid.UUID) -> SpellView:
    """Record a release. Texts may go from now on."""
    with transaction() as session:
        spell = service.release(session, current_actor(), spell_id, **body, now=now())
        return legal_queries.custody_view(session, current_actor(), spell, now=now())


@custody.post("/custody/<uuid:spell_id>/plan")
@allow(scope("case:write"))
@once
@custody.reads(ReleasePlanIn)
@custody.answers(200, CustodyOut)
def make_release_plan(body: dict[str, Any], spell_id: uuid.UUID) -> SpellView:
    """Record the release plan. It replaces the earlier one."""
    with transaction() as session:
        service.make_plan(session, current_actor(), spell_id, **body, now=now())
        return legal_queries.load_custody_form(session, current_actor(), spell_id, now=now())[1]


@custody.get("/people/<uuid:person_id>/offences")
@allow(scope("case:read"))
@custody.reads(PageQuery, location="query")
@custody.answers(200, page_of(OffenceOut, "OffencePage"))
def list_offences(query: dict[str, Any], person_id: uuid.UUID) -> dict[str, Any]:
    """List a person's arrests, charges and convictions, latest first."""
    list_name, limit = f"offences {person_id}", query["limit"]
    before = read_day(query["after"], list_name)
    with transaction() as session:
        rows = legal_queries.list_offences(
            session, current_actor(), person_id, before=before, limit=limit + 1, now=now()
        )
    return page(rows, limit, list_name, lambda row: (row.happened_on, row.id))


@custody.post("/people/<uuid:person_id>/offences")
@allow(scope("case:write"))
@once
@custody.reads(OffenceIn)
@custody.answers(201, OffenceOut)
def record_offence(body: dict[str, Any], person_id: uuid.UUID) -> OffenceView:
    """Record an arrest, a charge or a conviction.

    A duplicate is refused (409, `offence_recorded`).
    """
    with transaction() as session:
        offence = offences.record(session, current_actor(), person_id, **body, now=now())
        return legal_queries.offence_view(session, current_actor(), offence, now=now())


@custody.post("/offences/<uuid:offence_id>/withdraw")
@allow(scope("case:write"))
@once
@custody.reads(Nothing, required=False)
@custody.answers(200, OffenceOut)
def withdraw_offence(_body: dict[str, Any], offence_id: uuid.UUID) -> OffenceView:
    """Withdraw an offence that was recorded in error. It stays on record but does not count."""
    with transaction() as session:
        offence = offences.withdraw(session, current_actor(), offence_id, now=now())
        return legal_queries.offence_view(session, current_actor(), offence, now=now())
