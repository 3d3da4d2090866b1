"""Tables of corrections: what a worker says that a text means, and lines to train on.

A corpus line holds no id of anybody and no exact time. Only the correction points to its line,
until the words of the text are erased. A line must never point to a person.
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
    """An administrator's decision about a line."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class CorpusLine(Base):
    """A text without identity and what it means according to a worker: `prompt`, `intent` and
    `words` as in the corpus, and `read_as`, the meaning that Engage found.

    The id is random rather than ordered by time, and only the day is kept. The words of a declined
    line are erased.
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
    """What a worker says that a text means. The reply record stays as it was; the latest correction
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
