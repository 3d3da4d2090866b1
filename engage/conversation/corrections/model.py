"""Tables of what people do in a conversation that Engage would do otherwise: who has it, how a
reading was corrected, what is learnt from it.

A line to learn from holds no id of anybody and no exact moment. Only the correction points at its
line, until the words of the text are erased; nothing here may ever point from a line to a person.
"""

import enum
import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from engage.agencies.model import Hub
from engage.conversation.model import ReplyRecord
from engage.core.db import Base, new_id


class LineState(enum.StrEnum):
    """What an administrator made of a line."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class CorpusLine(Base):
    """A text without identity, with what it means by a worker's word: `prompt`, `intent`, `words`
    as the corpus has them, and what Engage had read.

    The id is random, not in order of time, and only the day is kept. The words of a declined line
    are erased.
    """

    __tablename__ = "corpus_line"
    __table_args__ = (Index("ix_corpus_line_state", "hub_id", "state", "added_on"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    hub_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Hub.id))
    prompt: Mapped[str] = mapped_column(String(20))
    intent: Mapped[str] = mapped_column(String(30))
    read_as: Mapped[str] = mapped_column(String(30))
    words: Mapped[str] = mapped_column(String(1600))
    state: Mapped[LineState] = mapped_column(default=LineState.WAITING)
    added_on: Mapped[date]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(80))


class ReplyCorrection(Base):
    """A worker said what a text really means. The reading stays as it was; the latest correction
    counts. `done` is what followed.
    """

    __tablename__ = "reply_correction"
    __table_args__ = (Index("ix_reply_correction_reply_record", "reply_record_id", "at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    reply_record_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey(ReplyRecord.id, ondelete="CASCADE")
    )
    was: Mapped[str] = mapped_column(String(30))
    now: Mapped[str] = mapped_column(String(30))
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
    done: Mapped[str] = mapped_column(String(300))
    line_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey(CorpusLine.id, ondelete="SET NULL"), index=True
    )
