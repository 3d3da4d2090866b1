"""`/v1/people/{id}/custody` and `/v1/custody`: time in prison; `/v1/people/{id}/offences` and
`/v1/offences`: what the police tell of.

The intelligence flag is not here: no key is police or an offender manager.
"""

import uuid
from typing import Any

from marshmallow import Schema, fields

from api.access import allow, current_actor, scope
from api.database import now, transaction
from api.v1.fields import Day, Flag, Given, Nothing, Whole, Words, one_of
from api.v1.legal.orders import place
from api.v1.once import once
from api.v1.paging import PageQuery, page, page_of
from api.v1.parsing import Resource
from engage.legal import custody as service
from engage.legal import offences
from engage.legal.kinds import CustodyKind, OffenceKind
from engage.queries.legal import legal as insight
from engage.queries.legal.legal_views import OffenceView, SpellView

custody = Resource(
    "custody",
    __name__,
    url_prefix="/v1",
    description="Time in prison; arrests, charges and convictions.",
)


class ReleasePlanOut(Schema):
    """What is arranged for the day of release. `health` is null for a key without `health:read`."""

    home = fields.String(required=True)
    travel = fields.String(required=True)
    health = fields.String(required=True, allow_none=True)
    note = fields.String(required=True)
    made_at = fields.AwareDateTime(required=True)


class CustodyOut(Schema):
    """A time in prison. `release_on` is the day expected now, `released_on` the day on which they
    left; `plan_due` says by when to plan.
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
    """The whole of what may be changed of a time in prison."""

    kind = one_of(CustodyKind, required=True)
    prison = Words(service.LONGEST_PRISON, shortest=0, load_default="")
    sentence_days = Whole(1, service.LONGEST_SENTENCE_DAYS, load_default=None, allow_none=True)
    release_on = Day(load_default=None, allow_none=True)


class CustodyIn(CustodyChange):
    """A new time in prison."""

    since = Day(required=True)


class ReleaseIn(Given):
    """The day on which they left."""

    on = Day(required=True)


class ReleasePlanIn(Given):
    """What is arranged. `health` needs a key with `health:read`; left out, it stays as it was."""

    home = Words(service.LONGEST_LINE, required=True)
    travel = Words(service.LONGEST_LINE, shortest=0, load_default="")
    health = Words(service.LONGEST_LINE, shortest=0, load_default=None, allow_none=True)
    note = Words(service.LONGEST_NOTE, shortest=0, load_default="")


class OffenceOut(Schema):
    """An arrest, a charge or a conviction. What is `withdrawn` counts no more."""

    id = fields.UUID(required=True)
    kind = one_of(OffenceKind, required=True)
    happened_on = fields.Date(required=True)
    what = fields.String(required=True)
    acquisitive = fields.Boolean(required=True)
    recorded_at = fields.AwareDateTime(required=True)
    withdrawn = fields.Boolean(required=True)


class OffenceIn(Given):
    """An arrest, a charge or a conviction. `what` names the kind of matter and nobody."""

    kind = one_of(OffenceKind, required=True)
    happened_on = Day(required=True)
    what = Words(offences.LONGEST_WHAT, required=True)
    acquisitive = Flag(required=True)


@custody.get("/people/<uuid:person_id>/custody")
@allow(scope("case:read"))
@custody.reads(PageQuery, location="query")
@custody.answers(200, page_of(CustodyOut, "CustodyPage"))
def list_custody(query: dict[str, Any], person_id: uuid.UUID) -> dict[str, Any]:
    """A person's times in prison, the latest first; one without `released_on` is where they are."""
    what, limit = f"custody {person_id}", query["limit"]
    before = place(query["after"], what)
    with transaction() as session:
        rows = insight.list_custody(
            session, current_actor(), person_id, before=before, limit=limit + 1, now=now()
        )
    return page(rows, limit, what, lambda row: (row.since, row.id))


@custody.post("/people/<uuid:person_id>/custody")
@allow(scope("case:write"))
@once
@custody.reads(CustodyIn)
@custody.answers(201, CustodyOut)
def take_into_custody(given: dict[str, Any], person_id: uuid.UUID) -> SpellView:
    """They are in prison: texts that wait are called back. Refused (409, `in_custody`) when they
    are recorded so already.
    """
    with transaction() as session:
        spell = service.take_into(session, current_actor(), person_id, **given, now=now())
        return insight.one_spell(session, current_actor(), spell, now=now())


@custody.post("/custody/<uuid:spell_id>/change")
@allow(scope("case:write"))
@once
@custody.reads(CustodyChange)
@custody.answers(200, CustodyOut)
def change_custody(given: dict[str, Any], spell_id: uuid.UUID) -> SpellView:
    """Sentenced, moved, or to leave on another day."""
    with transaction() as session:
        spell = service.change(session, current_actor(), spell_id, **given, now=now())
        return insight.one_spell(session, current_actor(), spell, now=now())


@custody.post("/custody/<uuid:spell_id>/release")
@allow(scope("case:write"))
@once
@custody.reads(ReleaseIn)
@custody.answers(200, CustodyOut)
def release(given: dict[str, Any], spell_id: uuid.UUID) -> SpellView:
    """They left prison: texts may go from now on."""
    with transaction() as session:
        spell = service.release(session, current_actor(), spell_id, **given, now=now())
        return insight.one_spell(session, current_actor(), spell, now=now())


@custody.post("/custody/<uuid:spell_id>/plan")
@allow(scope("case:write"))
@once
@custody.reads(ReleasePlanIn)
@custody.answers(200, CustodyOut)
def make_release_plan(given: dict[str, Any], spell_id: uuid.UUID) -> SpellView:
    """Keep what is arranged for the day of release, in the place of what was kept before."""
    with transaction() as session:
        service.make_plan(session, current_actor(), spell_id, **given, now=now())
        return insight.spell_desk(session, current_actor(), spell_id, now=now())[1]


@custody.get("/people/<uuid:person_id>/offences")
@allow(scope("case:read"))
@custody.reads(PageQuery, location="query")
@custody.answers(200, page_of(OffenceOut, "OffencePage"))
def list_offences(query: dict[str, Any], person_id: uuid.UUID) -> dict[str, Any]:
    """A person's arrests, charges and convictions, the latest day first."""
    what, limit = f"offences {person_id}", query["limit"]
    before = place(query["after"], what)
    with transaction() as session:
        rows = insight.list_offences(
            session, current_actor(), person_id, before=before, limit=limit + 1, now=now()
        )
    return page(rows, limit, what, lambda row: (row.happened_on, row.id))


@custody.post("/people/<uuid:person_id>/offences")
@allow(scope("case:write"))
@once
@custody.reads(OffenceIn)
@custody.answers(201, OffenceOut)
def record_offence(given: dict[str, Any], person_id: uuid.UUID) -> OffenceView:
    """Record an arrest, a charge or a conviction. The same again is refused (409,
    `offence_recorded`).
    """
    with transaction() as session:
        offence = offences.record(session, current_actor(), person_id, **given, now=now())
        return insight.one_offence(session, current_actor(), offence, now=now())


@custody.post("/offences/<uuid:offence_id>/withdraw")
@allow(scope("case:write"))
@once
@custody.reads(Nothing, required=False)
@custody.answers(200, OffenceOut)
def withdraw_offence(_given: dict[str, Any], offence_id: uuid.UUID) -> OffenceView:
    """It was recorded wrongly: it stays, and counts no more."""
    with transaction() as session:
        offence = offences.withdraw(session, current_actor(), offence_id, now=now())
        return insight.one_offence(session, current_actor(), offence, now=now())
