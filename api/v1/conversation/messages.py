"""`/v1/people/{id}/messages` and `/v1/messages`: a person's thread, and texts to them."""

import uuid
from typing import Any

from marshmallow import Schema, fields, validate

from api.access import allow, current_actor, scope
from api.database import now, transaction
from api.v1.fields import Flag, Given, Words, one_of
from api.v1.once import once
from api.v1.paging import LONGEST_CURSOR, page_of, read, write
from api.v1.parsing import Resource
from engage.access import health_redaction
from engage.access.policy import Ability, open_person
from engage.conversation import staff_actions
from engage.queries import listings
from engage.queries.conversation import thread
from messaging.states import MessageStatus
from messaging.tables import Message

messages = Resource(
    "messages", __name__, url_prefix="/v1", description="A person's thread, and texts to them."
)


class MessageOut(Schema):
    """A text to a person, and what became of it. `unknown` means that nobody has said yet whether
    it went.
    """

    id = fields.UUID(required=True)
    person_id = fields.String(required=True, attribute="recipient")
    body = fields.String(required=True)
    segments = fields.Integer(required=True)
    status = one_of(MessageStatus, required=True)
    reason = fields.String(required=True, allow_none=True)
    error_code = fields.Integer(required=True, allow_none=True)
    send_after = fields.AwareDateTime(required=True)
    expires_at = fields.AwareDateTime(required=True)
    created_at = fields.AwareDateTime(required=True)
    accepted_at = fields.AwareDateTime(required=True, allow_none=True)
    sent_at = fields.AwareDateTime(required=True, allow_none=True)
    delivered_at = fields.AwareDateTime(required=True, allow_none=True)


class EntryOut(Schema):
    """One text of a thread, out or in. Fields of the other direction are null."""

    direction = fields.String(required=True, validate=validate.OneOf(["out", "in"]))
    id = fields.String(required=True)
    at = fields.AwareDateTime(required=True)
    body = fields.String(required=True)
    purpose = fields.String(required=True, allow_none=True)
    status = one_of(MessageStatus, required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    status_at = fields.AwareDateTime(required=True, allow_none=True)
    reading_id = fields.UUID(required=True, allow_none=True)
    prompt = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "What the person had been asked: the text was read in its light."},
    )
    intent = fields.String(required=True, allow_none=True)
    confidence = fields.Float(
        required=True,
        allow_none=True,
        metadata={"description": "How often a reading like this one is right, 0 to 1."},
    )
    evidence = fields.List(
        fields.String(),
        required=True,
        allow_none=True,
        metadata={
            "description": "The person's words that the reading rests on; erased with the text."
        },
    )
    corrected_to = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "What a worker said that it means, where that is something else."},
    )
    done = fields.String(required=True, allow_none=True)
    appointment_id = fields.UUID(required=True, allow_none=True)
    needs_human = fields.Boolean(required=True, allow_none=True)
    read_at = fields.AwareDateTime(required=True, allow_none=True)


class ThreadQuery(Given):
    """From where."""

    after = Words(
        LONGEST_CURSOR,
        load_default=None,
        metadata={"description": "The `next` of the page before; none for the newest page."},
    )


class TextIn(Given):
    """A text to send, as soon as the rules allow."""

    body = Words(staff_actions.MAX_LENGTH, required=True, lines=True)
    anyway = Flag(
        load_default=False,
        metadata={
            "description": "Send it although a stranger could learn something from its words."
        },
    )


@messages.get("/people/<uuid:person_id>/messages")
@allow(scope("messages:read"))
@messages.reads(ThreadQuery, location="query")
@messages.answers(200, page_of(EntryOut, "ThreadPage"))
def list_messages(query: dict[str, Any], person_id: uuid.UUID) -> dict[str, Any]:
    """The person's thread, newest first. What a text tells of health is left out for a key without
    `health:read`.
    """
    what = f"messages {person_id}"
    place = read(query["after"], what)
    before = None if place is None else thread.ThreadCursor.parse(place[0])
    with transaction() as session:
        person = open_person(
            session,
            current_actor(),
            person_id,
            now=now(),
            what="read thread",
            ability=Ability.CONVERSE,
        )
        health = health_redaction.sees_health(current_actor(), person)
        found = thread.load(session, person_id, before=before, health=health)
    entries = [
        _entry(entry) for entry in reversed(found.entries) if not isinstance(entry, thread.Mark)
    ]
    return {"items": entries, "next": None if found.older is None else write(what, found.older)}


@messages.post("/people/<uuid:person_id>/messages")
@allow(scope("messages:write"))
@once
@messages.reads(TextIn)
@messages.answers(201, MessageOut)
def send_message(given: dict[str, Any], person_id: uuid.UUID) -> Message:
    """Send the person a text. Refused (409) where the rules forbid texts to them now, with the
    reasons.
    """
    with transaction() as session:
        return staff_actions.send_text(session, current_actor(), person_id, **given, now=now())


@messages.get("/messages/<uuid:message_id>")
@allow(scope("messages:read"))
@messages.answers(200, MessageOut)
def get_message(message_id: uuid.UUID) -> Message:
    """One text to a person, with what became of it."""
    with transaction() as session:
        return listings.message(session, current_actor(), message_id, now=now())


def _entry(entry: thread.TextOut | thread.TextIn) -> dict[str, Any]:
    names = (name for name in EntryOut().fields if name not in ("direction", "id"))
    direction = "out" if isinstance(entry, thread.TextOut) else "in"
    found = {name: getattr(entry, name, None) for name in names}
    corrected = (
        entry.corrected.now if isinstance(entry, thread.TextIn) and entry.corrected else None
    )
    return {**found, "direction": direction, "id": str(entry.id), "corrected_to": corrected}
