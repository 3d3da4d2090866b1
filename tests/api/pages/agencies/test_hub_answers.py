"""The page of a hub's answers: readers see them, the hub's administrator writes and approves."""

import uuid
from collections.abc import Callable

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from engage.agencies.hub_answers_model import AnswerLanguage, HubAnswer, HubTopic
from engage.agencies.model import Staff
from engage.core.db import Database
from engage.core.model import Event
from tests import builders
from tests.api.pages.conftest import House
from tests.api.pages.visitor import Page, Visitor

SitDown = Callable[[Staff], Visitor]
WORDS = "Yes, you can bring your child."


def write(visitor: Visitor, house: House, **filled: str) -> Page:
    """Fill in the form; by default about children in English."""
    form = visitor.open(f"/hubs/{house.hub.id}/answers/write?topic=child").form(field="words")
    return visitor.send(form, **{"language": "en", "words": WORDS, **filled})


def stored(committed: Database) -> list[HubAnswer]:
    """Every answer."""
    with committed.begin() as session:
        return list(session.scalars(select(HubAnswer)))


def test_an_administrator_writes_and_approves(
    committed: Database, house: House, sit_down: SitDown
) -> None:
    """The page shows the text as it is sent, and who approved it when."""
    alex = sit_down(house.administrator)
    page = alex.open(f"/hubs/{house.hub.id}")
    assert "Answers to common questions" in page.words
    page = alex.open(f"/hubs/{house.hub.id}/answers")
    assert page.words.count("No answer: a worker answers.") == len(HubTopic)
    page = write(alex, house)
    assert "The answer is saved." in page.words and "English Draft" in page.words
    assert f"Hi Grace. {WORDS}" in page.words
    assert "Written by Alex Reid on 20 March 2027" in page.words
    page = alex.send(page.form(action="/approve"))
    assert "Approved. Engage sends this answer" in page.words and "English Approved" in page.words
    assert "approved by Alex Reid on 20 March 2027, 9am" in page.words
    (answer,) = stored(committed)
    assert answer.is_approved and answer.approved_by == f"staff:{house.administrator.id}"
    with committed.begin() as session:
        kinds = session.scalars(select(Event.kind).where(Event.kind.startswith("hub_answer.")))
        assert sorted(kinds) == ["hub_answer.approved", "hub_answer.written"]
    page = alex.send(page.form(action="/remove"))
    assert "Removed. These questions go to a worker." in page.words and stored(committed) == []


def test_an_answer_is_written_again(committed: Database, house: House, sit_down: SitDown) -> None:
    """The form starts with the old words; the new ones are a draft."""
    alex = sit_down(house.administrator)
    alex.send(write(alex, house).form(action="/approve"))
    (answer,) = stored(committed)
    form = alex.open(f"/hubs/{house.hub.id}/answers/write?answer={answer.id}").form(field="words")
    page = alex.send(form, words="No, sorry.")
    assert "Hi Grace. No, sorry." in page.words and "English Draft" in page.words
    (answer,) = stored(committed)
    assert (answer.topic, answer.language, answer.is_approved) == (
        HubTopic.CHILD,
        AnswerLanguage.ENGLISH,
        False,
    )


def test_what_the_linter_finds_is_shown_and_not_approved(
    committed: Database, house: House, sit_down: SitDown
) -> None:
    """There is no button, and a form that is sent anyway is refused."""
    alex = sit_down(house.administrator)
    page = write(alex, house, words="Ask at probation.")
    assert "“probation” says that the person is under supervision" in page.words
    assert "Approve Bringing a child" not in page.words
    (answer,) = stored(committed)
    page = alex.post(
        f"/hubs/{house.hub.id}/answers/{answer.id}/approve",
        {"csrf_token": alex.token(), "words": answer.words},
    )
    assert "A stranger may read this" in page.words and not stored(committed)[0].is_approved


@pytest.mark.parametrize(
    ("filled", "words"),
    [
        ({"words": ""}, "Enter the answer"),
        ({"words": "w" * 142}, "Use at most 141 characters"),
        ({"words": "If not safe call 999."}, "Leave out emergency numbers"),
        ({"topic": "directions"}, "Enter the place, as texts call it."),
        ({"place": "the hall"}, "Only directions and parking can differ by place."),
        ({"topic": "nothing"}, "There is a problem"),
        ({"language": "fr"}, "There is a problem"),
    ],
)
def test_a_refusal_stands_beside_the_field(
    committed: Database, house: House, sit_down: SitDown, filled: dict[str, str], words: str
) -> None:
    """Nothing is stored."""
    page = write(sit_down(house.administrator), house, **filled)
    assert page.status == 422 and words in page.words and stored(committed) == []


def test_an_approval_of_words_that_have_changed_is_refused(
    committed: Database, house: House, sit_down: SitDown
) -> None:
    """The page was open while another administrator wrote the answer again."""
    alex = sit_down(house.administrator)
    old = write(alex, house)
    write(alex, house, words="No, sorry.")
    page = alex.send(old.form(action="/approve"))
    assert "The words have changed." in page.words and not stored(committed)[0].is_approved


def test_who_reads_and_who_changes(committed: Database, house: House, sit_down: SitDown) -> None:
    """A coordinator reads and changes nothing. An offender manager and an auditor may not read;
    another hub is not found.
    """
    alex, chidi = sit_down(house.administrator), sit_down(house.coordinator)
    write(alex, house)
    (answer,) = stored(committed)
    with committed.begin() as session:
        elsewhere = builders.hub(session, "Gwent")
    mine, theirs = (f"/hubs/{hub.id}/answers" for hub in (house.hub, elsewhere))
    for who, status in (
        (house.coordinator, 200),
        (house.administrator, 200),
        (house.pat, 403),
        (house.partner, 403),
        (house.auditor, 403),
    ):
        assert sit_down(who).open(mine).status == status
    page = chidi.open(mine)
    assert WORDS in page.words
    assert "Approve" not in page.words and "Write an answer" not in page.words
    given = {"topic": "dog", "language": "en", "words": "No.", "place": ""}
    for visitor in (chidi, sit_down(house.pat)):
        given["csrf_token"] = visitor.token()
        assert visitor.open(f"{mine}/write").status == 403
        assert visitor.post(f"{mine}/write", given).status == 403
        for what in ("approve", "remove"):
            address = f"{mine}/{answer.id}/{what}"
            with capture_logs() as logs:
                assert visitor.post(address, {**given, "words": answer.words}).status == 403
            (line,) = [one for one in logs if one["event"] == "request.finished"]
            assert (line["status"], line["route"].endswith(what)) == (403, True)
    given["csrf_token"] = alex.token()
    assert alex.open(theirs).status == alex.open(f"{theirs}/write").status == 404
    assert alex.post(f"{theirs}/write", given).status == 404
    assert alex.post(f"{theirs}/{answer.id}/approve", given).status == 404
    assert alex.post(f"{mine}/{uuid.uuid4()}/remove", given).status == 404
    assert alex.open(f"{mine}/write?answer={uuid.uuid4()}").status == 404
    assert [one.is_approved for one in stored(committed)] == [False]
