"""Contexts for these tests: a text with a given interpretation, handled as a person's own."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engage.conversation import phone_owner, routing
from engage.conversation.context import Handled, ReplyContext
from engage.people.model import Person
from engage.understanding.vocabulary import Act, Intent, Interpretation, Prompt
from tests.engage.conversation.phones import NUMBER, text_in


def read_as(*intents: Intent, **values: Any) -> Interpretation:
    """A sure interpretation with these intents, strongest first."""
    return Interpretation(
        intent=intents[0],
        confidence=0.99,
        act=Act.ACT,
        intents=intents,
        sure=frozenset(intents),
        **values,
    )


def context(
    session: Session,
    interpretation: Interpretation,
    at: datetime,
    *,
    body: str = "words",
    prompt: Prompt = Prompt.APPOINTMENT,
    number: str = NUMBER,
) -> ReplyContext:
    """The context of a text with that interpretation."""
    text = text_in(session, body, at, number=number)
    return ReplyContext(
        session, text, at, interpretation, prompt, answer_to=text, record_id=uuid.uuid4()
    )


def hear(
    session: Session, by: Person, interpretation: Interpretation, at: datetime, **values: Any
) -> Handled:
    """Handle a text of this person with that interpretation."""
    owner = phone_owner.owner_of(session, by.id, at)
    assert owner is not None
    _, done = routing.route(context(session, interpretation, at, **values), owner)
    session.flush()
    return done
