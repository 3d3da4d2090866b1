"""The answers that a hub keeps to common questions: write, approve, remove, find.

A person may get only an approved answer, in their own language. A second person need not approve,
but who did and when is recorded. What is written is what is texted, after a greeting: it must fit
one segment, and before it is approved the linter must find nothing in it.
"""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage import texts
from engage.agencies.hub_answers_model import AnswerLanguage, HubAnswer, HubTopic
from engage.agencies.model import Hub
from engage.core import events
from engage.core.errors import Conflict, Invalid, NotFound
from engage.core.text_fields import Characters, clean_text
from engage.texts import DiscreetProblem, TextKind
from messaging.text import measure

LONGEST_PLACE = 60
BY_PLACE = frozenset({HubTopic.DIRECTIONS, HubTopic.PARKING})
"""Topics whose answer may differ from place to place. Directions always need a place."""
_SAFETY_NUMBERS = re.compile(r"(?<!\d)(?:999|112|111|116 ?123|85258)(?!\d)")
_LONGEST_NAME = "M" * texts.FIRST_NAME_LONGEST


@dataclass(frozen=True)
class NewAnswer:
    """An answer as a member of staff writes it."""

    topic: HubTopic
    language: AnswerLanguage
    words: str
    place: str = ""


def write(session: Session, hub: Hub, new: NewAnswer, *, actor: str, now: datetime) -> HubAnswer:
    """Write the hub's answer, or write it again: it is then a draft. Words that stay as they are
    change nothing.

    Raises Invalid if a text cannot carry the words or the place, or the topic needs a place or has
    none.
    """
    session.refresh(hub, with_for_update=True)
    place = _place(new)
    words = _words(new, place)
    answer = find(session, hub.id, new.topic, new.language, place)
    if answer is not None and (answer.words, answer.place) == (words, place):
        return answer
    if answer is None:
        answer = HubAnswer(hub_id=hub.id, topic=new.topic, language=new.language)
        session.add(answer)
    answer.words, answer.place = words, place
    answer.written_by, answer.written_at = actor, now
    answer.approved_by = answer.approved_at = None
    session.flush()
    _record(session, "hub_answer.written", answer, actor, now)
    return answer


def approve(
    session: Session, hub: Hub, answer_id: uuid.UUID, words: str, *, actor: str, now: datetime
) -> None:
    """Approve an answer: from now on it is sent. `words` are those that the approver saw.

    Raises NotFound, Conflict if the words have changed since, Invalid if the linter finds a
    problem.
    """
    answer = get(session, hub, answer_id)
    session.refresh(answer, with_for_update=True)
    if answer.words != words:
        raise Conflict("The words have changed. Read them again before you approve them.")
    if problems := problems_of(answer):
        named = "; ".join(f"“{one.word}” {one.why}" for one in problems)
        raise Invalid(fields={"words": f"A stranger may read this: {named}. Write it again."})
    if answer.is_approved:
        return
    answer.approved_by, answer.approved_at = actor, now
    session.flush()
    _record(session, "hub_answer.approved", answer, actor, now)


def remove(session: Session, hub: Hub, answer_id: uuid.UUID, *, actor: str, now: datetime) -> None:
    """Remove an answer: questions about it go to a worker again. Raises NotFound."""
    answer = get(session, hub, answer_id)
    _record(session, "hub_answer.removed", answer, actor, now)
    session.delete(answer)
    session.flush()


def get(session: Session, hub: Hub, answer_id: uuid.UUID) -> HubAnswer:
    """An answer of this hub. Raises NotFound."""
    answer = session.get(HubAnswer, answer_id)
    if answer is None or answer.hub_id != hub.id:
        raise NotFound("There is no such answer.")
    return answer


def answers_of(session: Session, hub: Hub) -> Sequence[HubAnswer]:
    """Every answer of the hub, in the order of topics, then by place and language."""
    found = session.scalars(select(HubAnswer).where(HubAnswer.hub_id == hub.id)).all()
    order = list(HubTopic)
    return sorted(
        found,
        key=lambda one: (order.index(one.topic), one.place.casefold(), one.language != "en"),
    )


def find(
    session: Session, hub_id: uuid.UUID, topic: HubTopic, language: str, place: str = ""
) -> HubAnswer | None:
    """The hub's answer to a topic in a language for exactly this place, approved or not."""
    return session.scalars(
        select(HubAnswer).where(
            HubAnswer.hub_id == hub_id,
            HubAnswer.topic == topic,
            HubAnswer.language == AnswerLanguage(language),
            func.lower(HubAnswer.place) == func.lower(place),
        )
    ).one_or_none()


def problems_of(answer: HubAnswer) -> list[DiscreetProblem]:
    """What the linter finds in an answer."""
    return texts.lint(answer.words)


def text_of(topic: HubTopic, language: str, words: str, place: str, first: str) -> str:
    """The text that carries an answer. Raises TextValueError if it cannot."""
    if topic is HubTopic.DIRECTIONS:
        return texts.render(
            TextKind.HUB_ANSWER_PLACE, language, first=first, place=place, directions=words
        )
    return texts.render(TextKind.HUB_ANSWER, language, first=first, words=words)


def kind_of(topic: HubTopic) -> TextKind:
    """The kind of text that carries an answer to this topic."""
    is_about_place = topic is HubTopic.DIRECTIONS
    return TextKind.HUB_ANSWER_PLACE if is_about_place else TextKind.HUB_ANSWER


def longest_words(topic: HubTopic) -> int:
    """The most characters of an answer to this topic."""
    is_about_place = topic is HubTopic.DIRECTIONS
    return texts.LONGEST_DIRECTIONS if is_about_place else texts.LONGEST_WORDS


def _place(new: NewAnswer) -> str:
    place = clean_text("place", new.place, LONGEST_PLACE, one_line=True)
    if place and new.topic not in BY_PLACE:
        raise Invalid(fields={"place": "Only directions and parking can differ by place."})
    if not place and new.topic is HubTopic.DIRECTIONS:
        raise Invalid(fields={"place": "Enter the place, as texts call it."})
    if place and texts.place_for_text(place) is None:
        raise Invalid(fields={"place": "Texts never name this place: a stranger may read it."})
    return place


def _words(new: NewAnswer, place: str) -> str:
    """The words as they are texted: in letters that a text can carry."""
    given = clean_text(
        "words",
        new.words,
        longest_words(new.topic),
        missing="Enter the answer",
        one_line=True,
        characters=Characters.READABLE,
    )
    words = texts.fold(given)
    if not words:
        raise Invalid(fields={"words": "Enter the answer in letters that a text can carry."})
    if _SAFETY_NUMBERS.search(words):
        raise Invalid(
            fields={"words": "Leave out emergency numbers: Engage gives them where they help."}
        )
    body = text_of(new.topic, new.language, words, place, _LONGEST_NAME)
    if measure(body).segments > 1:
        raise Invalid(fields={"words": f"Use at most {longest_words(new.topic)} characters."})
    return words


def _record(session: Session, kind: str, answer: HubAnswer, actor: str, now: datetime) -> None:
    events.record(
        session,
        kind,
        now=now,
        actor=actor,
        hub_id=answer.hub_id,
        answer=answer.id,
        topic=answer.topic.value,
        language=answer.language.value,
    )
