"""`/v1/people`: people and their phone numbers."""

import uuid
from typing import Any

from marshmallow import Schema, fields
from sqlalchemy.orm import Session

from api.access import allow, current_actor, scope
from api.database import now, transaction
from api.v1.fields import Crn, Flag, Given, Nothing, Whole, Words, one_of
from api.v1.once import once
from api.v1.paging import PageQuery, page, page_of, read
from api.v1.parsing import Resource
from engage.access.policy import Actor, open_person
from engage.agencies.service import find_staff
from engage.core.errors import Forbidden, Invalid
from engage.people import (
    pause,
    phones,
    rebooking_permission,
    service,
)
from engage.people.model import (
    ContactPoint,
    ContactStatus,
    CustodyStatus,
    Language,
    LegalStatus,
    NumberState,
    Person,
)
from engage.queries import listings

people = Resource(
    "people", __name__, url_prefix="/v1/people", description="People and their phone numbers."
)


class StaffRef(Schema):
    """A member of staff."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True)


class PersonOut(Schema):
    """A person under IOM."""

    id = fields.UUID(required=True)
    crn = fields.String(required=True)
    first_name = fields.String(required=True)
    last_name = fields.String(required=True)
    preferred_name = fields.String(required=True, allow_none=True)
    language = one_of(Language, required=True)
    legal_status = one_of(LegalStatus, required=True)
    custody_status = one_of(CustodyStatus, required=True)
    contact_status = one_of(ContactStatus, required=True)
    offender_manager = fields.Nested(StaffRef, required=True)
    two_hour_reminder = fields.Boolean(required=True)
    held = fields.Boolean(
        required=True,
        attribute="legal_hold",
        metadata={"description": "On legal hold: none of their data is erased."},
    )
    text_from_hour = fields.Integer(required=True, allow_none=True)
    text_until_hour = fields.Integer(required=True, allow_none=True)
    texts_approved_at = fields.AwareDateTime(required=True, allow_none=True)
    rebooking_allowed_at = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={"description": "Since when they may rebook by text."},
    )
    texts_paused_at = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={
            "description": "Since when texts they did not ask for wait, after a text about danger."
        },
    )
    created_at = fields.AwareDateTime(required=True)
    updated_at = fields.AwareDateTime(required=True)


class PersonQuery(PageQuery):
    """Filters for people."""

    crn = Crn(load_default=None)


class PersonIn(Given):
    """A person to add. `offender_manager` is the email address of an offender manager of the key's
    hub.
    """

    crn = Crn(required=True)
    first_name = Words(40, required=True)
    last_name = Words(60, required=True)
    preferred_name = Words(40, load_default=None, allow_none=True)
    language = one_of(Language, load_default=Language.ENGLISH)
    legal_status = one_of(LegalStatus, load_default=LegalStatus.UNKNOWN)
    custody_status = one_of(CustodyStatus, load_default=CustodyStatus.COMMUNITY)
    offender_manager = Words(254, required=True)
    mobile = Words(
        40,
        load_default=None,
        allow_none=True,
        metadata={"description": "The phone number, in any usual form."},
    )


class PersonChanges(Given):
    """The fields to change. Fields that are left out stay as they are."""

    first_name = Words(40)
    last_name = Words(60)
    preferred_name = Words(40, allow_none=True)
    language = one_of(Language)
    legal_status = one_of(LegalStatus)
    custody_status = one_of(CustodyStatus)
    contact_status = one_of(ContactStatus)
    two_hour_reminder = Flag()
    held = Flag(attribute="legal_hold")
    text_from_hour = Whole(0, 23, allow_none=True)
    text_until_hour = Whole(1, 24, allow_none=True)


class ContactPointOut(Schema):
    """A phone number of a person: `given` as it was entered, `number` in E.164 if it is a UK mobile
    number.
    """

    id = fields.UUID(required=True)
    given = fields.String(required=True)
    number = fields.String(required=True, allow_none=True)
    state = one_of(NumberState, required=True)
    problem = fields.String(required=True, allow_none=True)
    verified_at = fields.AwareDateTime(required=True, allow_none=True)
    verified_how = fields.String(required=True, allow_none=True)
    safe_until = fields.AwareDateTime(required=True, allow_none=True)
    shared_agreed_at = fields.AwareDateTime(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    retired_at = fields.AwareDateTime(required=True, allow_none=True)


class ContactPoints(Schema):
    """Every number the person has had, newest first. At most one is not retired."""

    items = fields.List(fields.Nested(ContactPointOut), required=True)


class NumberIn(Given):
    """A new number. `verified_how` says how a worker verified it; without it, a text asks first
    whose it is.
    """

    mobile = Words(
        40, required=True, metadata={"description": "The phone number, in any usual form."}
    )
    verified_how = Words(80, load_default=None, allow_none=True)


class How(Given):
    """How a worker verified it."""

    how = Words(80, required=True)


class Allowed(Given):
    """Whether to allow it."""

    allowed = Flag(required=True)


class Why(Given):
    """The reason."""

    why = Words(200, required=True)


@people.get("")
@allow(scope("people:read"))
@people.reads(PersonQuery, location="query")
@people.answers(200, page_of(PersonOut, "PersonPage"))
def list_people(query: dict[str, Any]) -> dict[str, Any]:
    """List the people of the key's hub, by last and first name."""
    place = read(query["after"], "people")
    after = None if place is None else uuid.UUID(place[0])
    with transaction() as session:
        rows = listings.people(
            session,
            current_actor(),
            crn=query["crn"],
            after=after,
            limit=query["limit"] + 1,
            now=now(),
        )
    return page(rows, query["limit"], "people", lambda row: (row.id,))


@people.post("")
@allow(scope("people:write"))
@once
@people.reads(PersonIn)
@people.answers(201, PersonOut)
def add_person(body: dict[str, Any]) -> Person:
    """Add a person to the key's hub."""
    actor, moment = current_actor(), now()
    with transaction() as session:
        new = _new_person(session, actor, body)
        added = service.create_person(session, actor, new, now=moment)
        return listings.person(session, actor, added.id, now=moment)


@people.get("/<uuid:person_id>")
@allow(scope("people:read"))
@people.answers(200, PersonOut)
def get_person(person_id: uuid.UUID) -> Person:
    """Get a person."""
    with transaction() as session:
        return listings.person(session, current_actor(), person_id, now=now())


@people.patch("/<uuid:person_id>")
@allow(scope("people:write"))
@people.reads(PersonChanges)
@people.answers(200, PersonOut)
def change_person(changes: dict[str, Any], person_id: uuid.UUID) -> Person:
    """Change a person's details.

    A change that stops texts withdraws those that wait.
    """
    actor, moment = current_actor(), now()
    with transaction() as session:
        service.update_person(session, actor, person_id, changes, now=moment)
        return listings.person(session, actor, person_id, now=moment)


@people.post("/<uuid:person_id>/texts/resume")
@allow(scope("people:write"))
@once
@people.reads(Nothing, required=False)
@people.answers(200, PersonOut)
def resume_texts(_body: dict[str, Any], person_id: uuid.UUID) -> Person:
    """Resume texts to a person after a worker has spoken with them.

    Reminders that still help are planned again.
    """
    with transaction() as session:
        pause.resume(session, current_actor(), person_id, now=now())
        return listings.person(session, current_actor(), person_id, now=now())


@people.post("/<uuid:person_id>/rebooking")
@allow(scope("people:write"))
@once
@people.reads(Allowed)
@people.answers(200, PersonOut)
def allow_rebooking(body: dict[str, Any], person_id: uuid.UUID) -> Person:
    """Allow or stop rebooking by text, from the free times of the worker."""
    with transaction() as session:
        rebooking_permission.allow(
            session, current_actor(), person_id, allowed=body["allowed"], now=now()
        )
        return listings.person(session, current_actor(), person_id, now=now())


@people.get("/<uuid:person_id>/contact-points")
@allow(scope("people:read"))
@people.answers(200, ContactPoints)
def list_contact_points(person_id: uuid.UUID) -> dict[str, list[ContactPoint]]:
    """List a person's phone numbers, newest first."""
    with transaction() as session:
        person = open_person(session, current_actor(), person_id, now=now(), what="read numbers")
        return {"items": list(person.contact_points)}


@people.post("/<uuid:person_id>/contact-points")
@allow(scope("people:write"))
@once
@people.reads(NumberIn)
@people.answers(201, ContactPointOut)
def set_number(body: dict[str, Any], person_id: uuid.UUID) -> ContactPoint:
    """Give a person a new number and retire the old one.

    A number that is not a UK mobile number is stored as unusable, with the reason.
    """
    with transaction() as session:
        return phones.set_number(
            session,
            current_actor(),
            person_id,
            body["mobile"],
            now=now(),
            verified_how=body["verified_how"],
        )


@people.post("/<uuid:person_id>/contact-points/current/verify")
@allow(scope("people:write"))
@once
@people.reads(How)
@people.answers(200, ContactPointOut)
def verify_number(body: dict[str, Any], person_id: uuid.UUID) -> ContactPoint:
    """Record that a worker verified that the current number is the person's, and safe."""
    with transaction() as session:
        return phones.verify_number(session, current_actor(), person_id, how=body["how"], now=now())


@people.post("/<uuid:person_id>/contact-points/current/confirm-safe")
@allow(scope("people:write"))
@once
@people.reads(Nothing, required=False)
@people.answers(200, ContactPointOut)
def confirm_safe(_body: dict[str, Any], person_id: uuid.UUID) -> ContactPoint:
    """Record that a worker checked that texts to the current number are still safe."""
    with transaction() as session:
        return phones.confirm_safe(session, current_actor(), person_id, now=now())


@people.post("/<uuid:person_id>/contact-points/current/suspend")
@allow(scope("people:write"))
@once
@people.reads(Why)
@people.answers(200, ContactPointOut)
def suspend_number(body: dict[str, Any], person_id: uuid.UUID) -> ContactPoint:
    """Stop texts to the current number until a worker verifies it again."""
    with transaction() as session:
        return phones.suspend_number(
            session, current_actor(), person_id, why=body["why"], now=now()
        )


def _new_person(session: Session, actor: Actor, body: dict[str, Any]) -> service.NewPerson:
    if actor.hub_id is None:
        raise Forbidden("Use a key that belongs to a hub to add people.")
    manager = find_staff(session, body["offender_manager"])
    if manager is None:
        raise Invalid(
            fields={
                "offender_manager": "Enter the email address of an offender manager of this hub."
            }
        )
    plain = {
        name: value for name, value in body.items() if name not in ("offender_manager", "mobile")
    }
    return service.NewPerson(
        hub_id=actor.hub_id, offender_manager_id=manager.id, given_number=body["mobile"], **plain
    )
