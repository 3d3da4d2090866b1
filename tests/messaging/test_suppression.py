"""A suppressed number gets no texts until its owner asks for them."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from messaging.states import MessageStatus
from messaging.suppression import (
    help_word,
    is_suppressed,
    may_block_word,
    restore,
    start_word,
    stop_word,
    suppress,
    suppressed,
)
from messaging.tables import Suppression
from tests.messaging.builders import NOW, number, put

S = MessageStatus


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ("STOP", stop_word),
        (" stop. ", stop_word),
        ("Stop!!", stop_word),
        ("StopAll", stop_word),
        ("opt-out", stop_word),
        ("atal", stop_word),
        ("STOPIWCH", stop_word),
        ("START", start_word),
        ("dechrau", start_word),
        ("Unstop", start_word),
        ("help?", help_word),
        ("Cymorth", help_word),
        ("Cancel", may_block_word),
        ("END", may_block_word),
        ("quit.", may_block_word),
    ],
)
def test_whole_words_in_any_case(body: str, word: object) -> None:
    """Each word is recognised in both languages and in any case, and has one meaning."""
    known = [check for check in (stop_word, start_word, help_word, may_block_word) if check(body)]
    assert known == [word]


@pytest.mark.parametrize(
    "body",
    ["stop by at 3", "please stop", "YES", "don't stop", "", "🛑", "can you start later", "helped"],
)
def test_longer_texts_and_yes_are_not_keywords(body: str) -> None:
    """Longer texts are left to the code that understands texts; YES never lifts a suppression."""
    assert not any(check(body) for check in (stop_word, start_word, help_word, may_block_word))


def test_suppressing_keeps_the_first_reason_and_a_history(session: Session) -> None:
    """Suppressing twice is suppressing once; a number that is restored and suppressed again keeps
    both on record.
    """
    assert suppress(session, number(1), "said STOP", "text 1", NOW)
    assert not suppress(session, number(1), "said STOP again", "text 2", NOW + timedelta(hours=1))
    assert suppressed(session, [number(1), number(2)]) == {number(1): "said STOP"}
    assert restore(session, number(1), "text 3: START", NOW + timedelta(days=1))
    assert not is_suppressed(session, number(1))
    assert not restore(session, number(1), "again", NOW + timedelta(days=1))
    assert suppress(session, number(1), "said STOP", "text 4", NOW + timedelta(days=2))
    history = session.scalars(select(Suppression).order_by(Suppression.since)).all()
    assert [(row.evidence, row.restored_evidence) for row in history] == [
        ("text 1", "text 3: START"),
        ("text 4", None),
    ]


def test_suppressing_withdraws_queued_texts_but_not_the_confirmation(session: Session) -> None:
    """Queued texts to the number are withdrawn with the reason; the one that confirms the STOP may
    still be sent.
    """
    waiting = put(session, "one")
    elsewhere = put(session, "two", to=number(2))
    confirming = put(session, "three", despite_stop=True)
    suppress(session, number(1), "said STOP", "text 1", NOW)
    assert (waiting.status, elsewhere.status, confirming.status) == (
        S.WITHDRAWN,
        S.QUEUED,
        S.QUEUED,
    )
    assert "said STOP" in (waiting.reason or "")
