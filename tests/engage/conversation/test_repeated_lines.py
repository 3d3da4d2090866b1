"""Automatic lines that say nothing new: never the same one twice running within a day."""

import uuid
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage import texts
from engage.conversation import answers as automatic
from engage.conversation import phone_owner
from engage.conversation.context import ReplyContext
from engage.people.model import Person
from engage.texts import TextKind
from engage.understanding.interpret import interpret
from engage.understanding.vocabulary import Prompt
from messaging.states import NEVER_LEFT
from messaging.tables import Message
from tests.engage.conversation.phones import NUMBER, answers, gone, says, text_in

WORDS = ("hello", "is that so", "well then")
HOUR = timedelta(hours=1)
every_line = pytest.mark.parametrize("kind", sorted(texts.SAYS_NOTHING_NEW))


def context(session: Session, words: str, now: datetime) -> ReplyContext:
    """A text to answer."""
    inbound = text_in(session, words, now)
    return ReplyContext(
        session=session,
        inbound=inbound,
        now=now,
        interpretation=interpret(words, Prompt.NONE, "en"),
        prompt=Prompt.NONE,
        answer_to=inbound,
        record_id=uuid.uuid4(),
    )


def line(session: Session, katrina: Person, kind: TextKind, words: str, now: datetime) -> bool:
    """Answer a text with this line alone; return whether it was sent."""
    (owner,) = phone_owner.owners_of(session, NUMBER, now)
    known = {"first": katrina.first_name, "worker": "Pat"}
    blanks = texts.wording(kind, "en").blanks
    body = texts.render(kind, "en", **{name: known[name] for name in blanks})
    return automatic.send(context(session, words, now), kind, body, owner=owner)


@every_line
def test_the_same_line_is_not_sent_twice_running_within_a_day(
    session: Session, katrina: Person, now: datetime, kind: TextKind
) -> None:
    """Not after 20 hours; again after more than a day."""
    assert line(session, katrina, kind, WORDS[0], now)
    assert not line(session, katrina, kind, WORDS[1], now + 20 * HOUR)
    assert line(session, katrina, kind, WORDS[2], now + 25 * HOUR)


@every_line
def test_it_may_come_again_after_another_line(
    session: Session, katrina: Person, now: datetime, kind: TextKind
) -> None:
    """Something else was said in between, so it is not twice running."""
    assert line(session, katrina, kind, WORDS[0], now)
    other = gone(session, katrina, now + HOUR, texts="next")
    other.context = {**other.context, "purpose": "reply"}
    session.flush()
    assert line(session, katrina, kind, WORDS[1], now + 20 * HOUR)


@every_line
def test_a_line_that_never_left_does_not_count(
    session: Session, katrina: Person, now: datetime, kind: TextKind
) -> None:
    """Who got nothing is not kept waiting for it."""
    assert line(session, katrina, kind, WORDS[0], now)
    session.scalars(select(Message)).one().status = next(iter(NEVER_LEFT))
    session.flush()
    assert line(session, katrina, kind, WORDS[1], now + 20 * HOUR)


def test_thanks_and_will_read_are_all_among_them() -> None:
    """Every answer that only thanks, or says that somebody will read or see the text, is listed."""
    promises = ("will read this", "will see this", "pass it on", "Got this one", "good news. Well")
    found = {
        kind
        for (kind, language), one in texts.CATALOGUE.items()
        if language == "en" and any(words in one.words for words in promises)
    }
    assert found - {TextKind.HEARD} <= texts.SAYS_NOTHING_NEW
    assert TextKind.NEWS in found and TextKind.NOT_SURE in found


def test_more_news_gets_other_words(session: Session, katrina: Person, now: datetime) -> None:
    """Somebody with news after news hears that it came too, and then nothing that is not new."""
    says(session, "got the keys to my flat today", now)
    says(session, "and i started a new job at tesco on monday", now + 2 * HOUR)
    first, second = answers(session)
    assert "That is good news" in first
    assert second == "Got this one too Katrina. Pat will see it together with your other text."
