"""What is open with a number: questions of ours that wait for an answer.

`which` (one of several appointments) and `who` (one of several people) are rows here. Texts about
appointments and the check of a number ask too; those are found from the texts themselves (about.py,
checks.py), so that a question that never left is never open.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from engage.conversation.model import Question, QuestionKind

LIFE = timedelta(hours=24)


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
    """Open a question; an earlier one of the kind to the same person at the same number is closed
    by it. It lasts 24 hours at most.
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
        expires_at=min(expires_at or now + LIFE, now + LIFE),
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
    """The questions that wait for an answer from a number at `now`, oldest first."""
    given = {"number": number, "now": now}
    if kind is not None:
        return list(session.scalars(_OPEN_OF_KIND, {**given, "kind": kind}))
    return list(session.scalars(_OPEN, given))


def close(question: Question, *, now: datetime, inbound_id: int | None = None) -> None:
    """The question waits no longer: answered by a text, replaced, or past its use."""
    question.closed_at, question.closed_by_id = now, inbound_id


def close_all(
    session: Session, number: str, *, now: datetime, inbound_id: int | None = None
) -> None:
    """Nothing is asked of this number any more."""
    waiting = select(Question).where(Question.number == number, Question.closed_at.is_(None))
    for question in session.scalars(waiting):
        close(question, now=now, inbound_id=inbound_id)
