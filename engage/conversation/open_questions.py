"""Open questions: those of ours that await an answer from a number.

`which` (of several appointments) and `who` (of several people) are rows. Reminders, check-ins and
number checks ask too, but their questions are found through the texts that left
(appointment_match.py, handlers/number_check.py), so a question that was never sent is never open.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from engage.conversation.model import Question, QuestionKind

QUESTION_LIFE = timedelta(hours=24)


def ask(
    session: Session,
    kind: QuestionKind,
    number: str,
    person_id: uuid.UUID | None,
    *,
    options: Mapping[str, Any],
    now: datetime,
    expires_at: datetime | None = None,
    message_id: uuid.UUID | None = None,
) -> Question:
    """Open a question, for 24 hours at most. It closes an earlier question of its kind to the same
    person at the same number.
    """
    for earlier in open_for(session, number, now, kind):
        if earlier.person_id == person_id:
            close(earlier, now=now)
    question = Question(
        kind=kind,
        number=number,
        person_id=person_id,
        message_id=message_id,
        options=dict(options),
        asked_at=now,
        expires_at=min(expires_at or now + QUESTION_LIFE, now + QUESTION_LIFE),
    )
    session.add(question)
    session.flush()
    return question


_OPEN = (
    select(Question)
    .where(
        Question.number == bindparam("number"),
        Question.closed_at.is_(None),
        Question.expires_at > bindparam("now"),
    )
    .order_by(Question.asked_at, Question.id)
)
_OPEN_OF_KIND = _OPEN.where(Question.kind == bindparam("kind"))


def open_for(
    session: Session, number: str, now: datetime, kind: QuestionKind | None = None
) -> list[Question]:
    """The questions that await an answer from a number at `now`, oldest first."""
    given = {"number": number, "now": now}
    if kind is not None:
        return list(session.scalars(_OPEN_OF_KIND, {**given, "kind": kind}))
    return list(session.scalars(_OPEN, given))


def close(question: Question, *, now: datetime, inbound_id: int | None = None) -> None:
    """Close a question that is answered by a text, replaced or expired."""
    question.closed_at, question.closed_by_id = now, inbound_id


def close_all(
    session: Session, number: str, *, now: datetime, inbound_id: int | None = None
) -> None:
    """Close every question to a number."""
    unclosed = select(Question).where(Question.number == number, Question.closed_at.is_(None))
    for question in session.scalars(unclosed):
        close(question, now=now, inbound_id=inbound_id)
