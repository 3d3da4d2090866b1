"""Which texts are about health, so that their words are shown only to users with health access.

A text is about health, a lapse included, if its reply record says so, if a worker corrected the
record to say so, or if it led to a self-report about health. What a worker wrote by hand is not
covered. Who has health access is decided in policy.py, never here.
"""

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import aliased

from engage.access.policy import Ability, Actor, abilities
from engage.conversation.corrections.model import ReplyCorrection
from engage.conversation.model import ReplyRecord
from engage.people.model import Person
from engage.progress import rules
from engage.progress.model import SelfReport
from engage.texts import TextKind
from engage.understanding.vocabulary import Intent
from messaging.tables import Inbound, Message

NOT_SHOWN = "(Health, not shown)"
_INTENTS = tuple(intent.value for intent in Intent if intent.meaning.health)
_REVEALING = (TextKind.LAPSE.value,)
"""Texts from Engage whose words show that the person reported a lapse."""


def sees_health(actor: Actor, person: Person) -> bool:
    """Whether the actor has health access to this person."""
    return Ability.HEALTH in abilities(actor, person)


def is_about_health() -> ColumnElement[bool]:
    """The SQL condition on Inbound for texts about health. Null if a row has no inbound text."""
    reply = aliased(ReplyRecord)
    corrected = exists().where(
        ReplyCorrection.reply_record_id == reply.id, ReplyCorrection.now.in_(_INTENTS)
    )
    recorded = (
        select(reply.id)
        .where(
            reply.inbound_id == Inbound.id,
            or_(reply.intent.in_(_INTENTS), reply.intents.op("?|")(array(_INTENTS)), corrected),
        )
        .correlate(Inbound)
        .exists()
    )
    reported = (
        select(SelfReport.id)
        .where(SelfReport.inbound_id == Inbound.id, SelfReport.kind.in_(rules.HEALTH))
        .correlate(Inbound)
        .exists()
    )
    return or_(recorded, reported)


def reveals_health(message: Message) -> bool:
    """Whether the words of a text from Engage show that the person reported a lapse."""
    return message.context.get("texts") in _REVEALING
