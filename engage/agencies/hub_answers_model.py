"""The table of answers that a hub keeps to common questions. It must never hold anything about a
person.
"""

import enum
import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, func
from sqlalchemy.orm import Mapped, mapped_column

from engage.agencies.model import Hub
from engage.core.db import Base, new_id
from engage.understanding.vocabulary import QuestionTopic


class HubTopic(enum.StrEnum):
    """What a hub may keep an answer to. Each is a topic of questions of the same value."""

    DIRECTIONS = QuestionTopic.DIRECTIONS.value
    PARKING = QuestionTopic.PARKING.value
    BRING = QuestionTopic.BRING.value
    CHILD = QuestionTopic.CHILD.value
    COMPANION = QuestionTopic.COMPANION.value
    DOG = QuestionTopic.DOG.value
    IF_LATE = QuestionTopic.IF_LATE.value
    COST = QuestionTopic.COST.value
    FARE = QuestionTopic.FARE.value
    ON_RECORD = QuestionTopic.ON_RECORD.value


class AnswerLanguage(enum.StrEnum):
    """The language of an answer: one that texts are written in."""

    ENGLISH = "en"
    WELSH = "cy"


class HubAnswer(Base):
    """A hub's answer to one topic in one language, in the words that are texted. With a `place`
    (its everyday name) it is given only to people whose appointment is there.

    It is a draft, which nobody is sent, until it is approved. Changed words are a draft again.
    """

    __tablename__ = "hub_answer"
    __table_args__ = (
        CheckConstraint("(approved_at IS NULL) = (approved_by IS NULL)", name="approved_by_one"),
        CheckConstraint("words <> ''", name="has_words"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    hub_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Hub.id))
    topic: Mapped[HubTopic]
    language: Mapped[AnswerLanguage]
    place: Mapped[str] = mapped_column(String(60), default="")
    words: Mapped[str] = mapped_column(String(160))
    written_by: Mapped[str] = mapped_column(String(80))
    written_at: Mapped[datetime]
    approved_by: Mapped[str | None] = mapped_column(String(80))
    approved_at: Mapped[datetime | None]

    @property
    def is_approved(self) -> bool:
        """Whether the answer may be sent."""
        return self.approved_at is not None


Index(
    "uq_hub_answer",
    HubAnswer.hub_id,
    HubAnswer.topic,
    HubAnswer.language,
    func.lower(HubAnswer.place),
    unique=True,
)
