"""Texts from staff by page: measured and checked first, sent once, and only on purpose."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import select

from engage.agencies.model import Staff
from engage.core.db import Database
from engage.people.model import Person
from messaging.tables import Message
from tests import builders
from tests.api.pages.conftest import House
from tests.api.pages.visitor import Visitor

SitDown = Callable[[Staff], Visitor]


@pytest.fixture
def katrina(committed: Database, house: House) -> Person:
    """One person of Pat's, who can be texted."""
    with committed.begin() as session:
        return builders.person(session, house.pat)


def sent(database: Database) -> list[str]:
    """The bodies of all texts that were written."""
    with database.begin() as session:
        return list(session.scalars(select(Message.body)))


def test_a_text_is_sent_once_however_often_the_form_is(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """A double click sends one text."""
    visitor = sit_down(house.pat)
    form = visitor.open(f"/people/{katrina.id}").form("/text")
    for _ in range(2):
        page = visitor.send(form, body="Hi Katrina, are you OK? Pat")
        assert page.status == 200 and "Hi Katrina, are you OK? Pat" in page.words
    assert sent(committed) == ["Hi Katrina, are you OK? Pat"]


def test_without_scripts_a_button_measures_and_checks(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """The check shows the length and names words a stranger should not read; nothing is sent."""
    visitor = sit_down(house.pat)
    form = visitor.open(f"/people/{katrina.id}/text").form("/text")
    page = visitor.send(form, body="Ms Dodds, probation here", do="check")
    assert "24 characters, 1 text" in page.words
    assert (
        "probation says that" in page.words
        and "Dodds is a name that texts never carry" in page.words
    )
    page = visitor.send(form, body="a" * 161, do="check")
    assert "161 characters, costs 2 texts" in page.words
    page = visitor.send(form, body="ŵ" * 71, do="check")
    assert "costs 2 texts" in page.words and "70 characters" in page.words
    assert sent(committed) == []


def test_words_that_disclose_too_much_need_a_tick(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """Refused first, with the words named and the text kept; sent if the worker confirms."""
    visitor = sit_down(house.pat)
    form = visitor.open(f"/people/{katrina.id}").form("/text")
    page = visitor.send(form, body="The court date moved")
    assert (
        page.status == 422
        and "tick the box to send it as it is" in page.words
        and sent(committed) == []
    )
    again = page.form("/text")
    assert again.fields["body"] == "The court date moved"
    visitor.send(again, anyway="y")
    assert sent(committed) == ["The court date moved"]


def test_the_script_gets_the_same_check(house: House, katrina: Person, sit_down: SitDown) -> None:
    """The page's script gets the answer that the button shows."""
    visitor = sit_down(house.pat)
    answer = visitor.client.post(
        f"/people/{katrina.id}/text/facts", data={"csrf_token": visitor.token(), "body": "court"}
    ).get_json()
    assert answer["words"] == "5 characters, 1 text." and answer["segments"] == 1
    assert [problem["word"] for problem in answer["problems"]] == ["court"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", "Write the text first"),
        ("   \r\n ", "Write the text first"),
        ("x" * 613, "at most 612"),
        ("nul\x00", "character that is not allowed"),
        ("turn \u202e round", "character that is not allowed"),
    ],
)
def test_an_invalid_text_is_refused_with_a_message(
    body: str, words: str, committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """An empty, too long or unreadable text."""
    visitor = sit_down(house.pat)
    page = visitor.send(visitor.open(f"/people/{katrina.id}/text").form("/text"), body=body)
    assert page.status == 422 and words in page.words and sent(committed) == []


def test_no_text_to_a_person_who_cannot_be_texted(
    committed: Database, house: House, sit_down: SitDown, now: datetime
) -> None:
    """The page gives the reason before a text is written, and again if it is sent all the same.

    The words are kept.
    """
    with committed.begin() as session:
        held = builders.person(session, house.pat, custody_status="custody")
    visitor = sit_down(house.pat)
    page = visitor.open(f"/people/{held.id}/text")
    assert "The person is in custody" in page.words
    page = visitor.send(page.form("/text"), body="Hello there")
    assert (
        page.status == 422
        and page.form("/text").fields["body"] == "Hello there"
        and sent(committed) == []
    )


def test_emoji_and_welsh_are_sent_as_they_are(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """Curly quotes become plain; letters and emoji are unchanged."""
    visitor = sit_down(house.pat)
    visitor.send(visitor.open(f"/people/{katrina.id}").form("/text"), body="Sut mae’r tŷ? 👍")
    assert sent(committed) == ["Sut mae'r tŷ? 👍"]
