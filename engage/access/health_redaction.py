"""Health apart: which texts tell of health, a lapse included, so that their words are shown only to
those who may see matters of health.

A text counts where it was read as one, where a worker corrected its reading to one, or where news
of health came of it. It says nothing of what a worker wrote by hand, and it decides about nobody:
who may see health is decided by access.py.
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
_ANSWERS = (TextKind.LAPSE.value,)
"""Texts of ours from whose words it could be read that somebody told of a lapse."""


def sees_health(actor: Actor, person: Person) -> bool:
    """Whether the actor may see matters of this person's health."""
    return Ability.HEALTH in abilities(actor, person)


def tells_of_health() -> ColumnElement[bool]:
    """The SQL condition on Inbound (null where a row has none) for texts that tell of health."""
    read = aliased(ReplyRecord)
    corrected = exists().where(
        ReplyCorrection.reply_record_id == read.id, ReplyCorrection.now.in_(_INTENTS)
    )
    as_health = (
        select(read.id)
        .where(
            read.inbound_id == Inbound.id,
            or_(read.intent.in_(_INTENTS), read.intents.op("?|")(array(_INTENTS)), corrected),
        )
        .correlate(Inbound)
        .exists()
    )
    news = (
        select(SelfReport.id)
        .where(SelfReport.inbound_id == Inbound.id, SelfReport.kind.in_(rules.HEALTH))
        .correlate(Inbound)
        .exists()
    )
    return or_(as_health, news)


def answers_health(message: Message) -> bool:
    """Whether the words of a text of ours tell that somebody told of a lapse."""
    return message.context.get("texts") in _ANSWERS
