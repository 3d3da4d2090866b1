"""Whole conversations, and single texts of many kinds, through the live path: each file of
`scripts` is played to its end, and each text of `kinds` is a conversation of its own.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from engage.core.db import Database
from tests.dialogues.kinds_of_text import scripts
from tests.dialogues.player import Starts, play
from tests.dialogues.script import Script, read

HERE = Path(__file__).parent
DIALOGUES = {path.stem: path for path in sorted((HERE / "scripts").glob("*.toml"))}
KINDS = dict(scripts(HERE / "kinds"))


@pytest.fixture(scope="module")
def starts(database: Database) -> Iterator[Starts]:
    """What comes before the texts of a kind, in a transaction that is rolled back."""
    with database.engine.connect() as connection:
        transaction = connection.begin()
        with Session(
            connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        ) as session:
            yield Starts(session)
        transaction.rollback()


@pytest.mark.parametrize("name", DIALOGUES)
def test_a_conversation_goes_as_it_should(session: Session, name: str) -> None:
    """Every turn of it, and what must hold of every text."""
    script = read(DIALOGUES[name])
    _report(script, play(session, script))


@pytest.mark.parametrize("name", KINDS)
def test_a_text_gets_what_its_kind_should_get(starts: Starts, name: str) -> None:
    """What holds for the row, and what must hold of every text."""
    _report(KINDS[name], starts.play_last(KINDS[name]))


def _report(script: Script, problems: list[str]) -> None:
    """Fail with the problems alone: where they were found says nothing."""
    if problems:
        pytest.fail("\n".join([script.title, *problems]), pytrace=False)


def test_there_are_sixty_conversations_and_ten_texts_of_each_kind() -> None:
    """A quarter of the conversations are with somebody whose texts are in Welsh."""
    found = [read(path) for path in DIALOGUES.values()]
    welsh = [one for one in found if any(who.language == "cy" for who in one.people)]
    assert len(found) >= 60 and len(welsh) >= 15
    texts = Counter(name.rpartition("-")[0] for name in KINDS)
    assert texts and min(texts.values()) >= 10
