"""Who writes: said in the first text, and to whoever asks."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from engage.agencies.hub_settings import HubRules
from engage.agencies.model import Hub, Staff
from engage.people.introduction import introduced, with_sender
from messaging import outbox, suppression
from tests import builders
from tests.engage.conversation.phones import NUMBER, answers, gone, last_answer, minutes, says

RULES = HubRules(sender="Pat at Bridge St", sender_cy="Pat yn Stryd y Bont")


def choose(session: Session, hub: Hub) -> None:
    """The hub chooses words for who writes."""
    hub.settings = {**hub.settings, "sender": RULES.sender, "sender_cy": RULES.sender_cy}
    session.flush()


@pytest.mark.parametrize(
    ("body", "language", "said"),
    [
        ("Hi Jay. You see Pat.", "en", "Hi Jay, it's Pat at Bridge St. You see Pat."),
        ("Hi, is this Jay's phone?", "en", "Hi, it's Pat at Bridge St. is this Jay's phone?"),
        ("Helo Jay. Nesaf.", "cy", "Helo Jay, Pat at Bridge St sydd yma. Nesaf."),
        ("Your time has changed.", "en", "It's Pat at Bridge St. Your time has changed."),
    ],
)
def test_the_words_go_after_the_greeting(body: str, language: str, said: str) -> None:
    """Or before the text, if it greets nobody."""
    assert with_sender(body, RULES.sender, language).casefold() == said.casefold()


def test_the_first_text_and_one_after_sixty_days_say_it(
    session: Session, om: Staff, now: datetime
) -> None:
    """A text in between does not."""
    person = builders.person(session, om)
    text = outbox.Text(to=NUMBER, body="Hi Jay. Next.", lane=outbox.Lane.REMINDER, dedupe_key="x")
    first = introduced(session, RULES, "en", text, now)
    assert first.body == "Hi Jay, it's Pat at Bridge St. Next."
    gone(session, person, now)
    assert introduced(session, RULES, "en", text, now + timedelta(days=59)) == text
    again = introduced(session, RULES, "en", text, now + timedelta(days=61))
    assert again.body == first.body
    assert introduced(session, HubRules(), "en", text, now + timedelta(days=61)) == text


def test_who_asks_is_told_and_texts_go_on(session: Session, om: Staff, now: datetime) -> None:
    """In the hub's words, with a number to ring."""
    person = builders.person(session, om)
    choose(session, session.get_one(Hub, person.hub_id))
    record = says(session, "who is this", now)
    assert record.act and not record.needs_human
    assert last_answer(session).startswith("This is Pat at Bridge St. We text about what is booked")
    assert not suppression.is_suppressed(session, NUMBER)
    assert says(session, "is this probation", now + minutes(2)).needs_human
    assert len(answers(session)) == 2


@pytest.mark.parametrize("word", ["Wrexham probation", "drug team", "Siân’s crew 😀", "x" * 25])
def test_the_words_must_be_safe_and_short(word: str) -> None:
    """A stranger reads them."""
    with pytest.raises(ValueError, match="Who texts say"):
        HubRules.__dataclass_fields__["sender"].metadata["setting"].parse(word)
