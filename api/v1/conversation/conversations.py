"""`/v1/people/{id}/conversation` and `/v1/readings`: who answers a person, a worker or Engage, and
what a text really means.
"""

import uuid
from typing import Any

from marshmallow import Schema, fields

from api.access import allow, current_actor, scope
from api.database import now, transaction
from api.v1.fields import Given, Id, Nothing, Words, one_of
from api.v1.once import once
from api.v1.parsing import Resource
from api.v1.people.people import StaffRef
from engage.access.policy import Ability, open_person
from engage.conversation import takeover
from engage.conversation.corrections.service import correct
from engage.understanding.vocabulary import Intent

conversations = Resource(
    "conversations",
    __name__,
    url_prefix="/v1",
    description="Who answers a person, a worker or Engage, and what a text really means.",
)


class HoldOut(Schema):
    """A worker has the conversation until they hand it back, or until the time has passed since
    their last text.
    """

    id = fields.UUID(required=True)
    staff = fields.Nested(StaffRef, required=True)
    since = fields.AwareDateTime(required=True)
    until = fields.AwareDateTime(required=True)


class ConversationOut(Schema):
    """Who has the conversation; `held_by` is null while Engage reads and answers."""

    person_id = fields.UUID(required=True)
    held_by = fields.Nested(HoldOut, required=True, allow_none=True)


class TakeOverIn(Given):
    """Who has the conversation from now on, and whose hold may be ended by it."""

    staff = Words(
        254,
        required=True,
        metadata={"description": "Email address of a worker who may write to the person."},
    )
    over = Id(
        load_default=None,
        metadata={
            "description": "The id of another worker's hold to take it from;"
            " without it theirs stands."
        },
    )


class CorrectionIn(Given):
    """What the text means."""

    intent = one_of(Intent, required=True)


class CorrectionOut(Schema):
    """A correction of a reading, and what followed. Nothing is sent for it."""

    reading_id = fields.UUID(required=True, attribute="reply_record_id")
    was = fields.String(required=True)
    now = fields.String(required=True)
    by = fields.String(required=True)
    at = fields.AwareDateTime(required=True)
    done = fields.String(required=True)


@conversations.get("/people/<uuid:person_id>/conversation")
@allow(scope("messages:read"))
@conversations.answers(200, ConversationOut)
def get_conversation(person_id: uuid.UUID) -> dict[str, Any]:
    """Who has the conversation with the person."""
    at = now()
    with transaction() as session:
        open_person(
            session,
            current_actor(),
            person_id,
            now=at,
            what="read conversation",
            ability=Ability.CONVERSE,
        )
        return {"person_id": person_id, "held_by": takeover.current(session, person_id, at)}


@conversations.post("/people/<uuid:person_id>/conversation/take-over")
@allow(scope("messages:write"))
@once
@conversations.reads(TakeOverIn)
@conversations.answers(200, ConversationOut)
def take_over(given: dict[str, Any], person_id: uuid.UUID) -> dict[str, Any]:
    """A worker takes the conversation over: texts are kept and left to them. Refused (409) while
    another worker has it, unless named.
    """
    with transaction() as session:
        held = takeover.take_over(
            session,
            current_actor(),
            person_id,
            now=now(),
            over=given["over"],
            staff_email=given["staff"],
        )
        return {"person_id": person_id, "held_by": held}


@conversations.post("/people/<uuid:person_id>/conversation/hand-back")
@allow(scope("messages:write"))
@once
@conversations.reads(Nothing, required=False)
@conversations.answers(200, ConversationOut)
def hand_back(_given: dict[str, Any], person_id: uuid.UUID) -> dict[str, Any]:
    """Engage reads and answers again from the next text on."""
    with transaction() as session:
        takeover.hand_back(session, current_actor(), person_id, now=now())
        return {"person_id": person_id, "held_by": None}


@conversations.post("/readings/<uuid:reading_id>/correct")
@allow(scope("messages:write"))
@once
@conversations.reads(CorrectionIn)
@conversations.answers(200, CorrectionOut)
def correct_reading(given: dict[str, Any], reading_id: uuid.UUID) -> Any:
    """Say what a text really means: what was recorded wrongly is withdrawn, what it says is
    recorded, and nobody is answered.
    """
    with transaction() as session:
        return correct(session, current_actor(), reading_id, given["intent"], now=now())
