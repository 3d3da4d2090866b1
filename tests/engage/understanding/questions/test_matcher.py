"""What people ask, topic by topic: `asked.tsv` has what must be found, `not_asked.tsv` what sounds
like it and must not be.
"""

from collections import Counter
from pathlib import Path
from time import perf_counter

import pytest

from engage.understanding.interpret import interpret
from engage.understanding.questions.matcher import (
    ENGLISH,
    MAX_LENGTH,
    WELSH,
    find_questions,
    is_one_slip,
)
from engage.understanding.vocabulary import Act, Intent, Prompt
from engage.understanding.vocabulary import QuestionTopic as Q

LEAST_ASKED, LEAST_NOT_ASKED, LEAST_IN_WELSH = 15, 10, 5


def lines(name: str) -> list[tuple[Q, str, str]]:
    """The topic, language and text of each line of a table."""
    rows = (Path(__file__).parent / name).read_text().splitlines()
    return [
        (Q(topic), language, text) for topic, language, text in (one.split("\t") for one in rows)
    ]


ASKED, NOT_ASKED = lines("asked.tsv"), lines("not_asked.tsv")


@pytest.mark.parametrize(("topic", "language", "text"), ASKED)
def test_asks_about_its_topic_and_nothing_else(topic: Q, language: str, text: str) -> None:
    """With slang, typing slips and small talk around it."""
    found = find_questions(text, language)
    assert (found.topics, found.covers_all) == ((topic,), True)


@pytest.mark.parametrize(("topic", "language", "text"), NOT_ASKED)
def test_says_nothing_when_unsure(topic: Q, language: str, text: str) -> None:
    """Statements, other questions with the same words, and questions with something more."""
    assert find_questions(text, language).topics == (), topic


def test_each_topic_has_enough_lines_of_each_kind() -> None:
    """Both tables speak of every topic that has patterns, in both languages."""
    assert set(ENGLISH) == set(WELSH) == {topic for topic, _, _ in ASKED}
    for topic in ENGLISH:
        asked = Counter(language for one, language, _ in ASKED if one is topic)
        assert asked["en"] >= LEAST_ASKED and asked["cy"] >= LEAST_IN_WELSH, topic
        assert sum(one is topic for one, _, _ in NOT_ASKED) >= LEAST_NOT_ASKED, topic


@pytest.mark.parametrize(
    ("text", "topics", "rest", "covers_all"),
    [
        ("can my mum come with me and is it free?", (Q.COMPANION, Q.COST), "", True),
        ("is there parking? is there parking", (Q.PARKING,), "", True),
        ("Thanks Pat. What time is it?", (Q.WHEN,), "thanks pat", True),
        ("yes il be there can i bring the baby", (Q.CHILD,), "yes il be there", False),
        ("is there parking? can u ring my landlord", (Q.PARKING,), "can u ring my landlord", False),
        ("can u ring my landlord?", (), "can u ring my landlord?", False),
        ("wheres it at and what shud i bring", (Q.WHERE, Q.BRING), "", True),
        ("ble mae o a ga i ddod a'r ci", (Q.WHERE, Q.DOG), "", True),
        ("", (), "", True),
        ("?!?", (), "", True),
        ("ok", (), "ok", True),
    ],
)
def test_several_questions_and_what_stands_beside_them(
    text: str, topics: tuple[Q, ...], rest: str, covers_all: bool
) -> None:
    """In the order of the text, each once, with the other words as they were typed."""
    found = find_questions(text)
    assert (found.topics, found.rest, found.covers_all) == (topics, rest, covers_all)


@pytest.mark.parametrize(
    ("typed", "meant", "one"),
    [
        ("pakring", "parking", True),
        ("parkin", "parking", True),
        ("parkingg", "parking", True),
        ("perking", "parking", True),
        ("parking", "parking", False),
        ("pacing", "parking", False),
        ("pakrign", "parking", False),
        ("", "a", True),
    ],
)
def test_one_slip_of_the_thumb(typed: str, meant: str, one: bool) -> None:
    """A letter missing, too many, wrong, or swapped with the next one."""
    assert is_one_slip(typed, meant) is one


@pytest.mark.parametrize(
    "piece",
    ["can i bring my the our a ", "is it ok if i ", "sut dwin atoch chi ir lle i ", "is there "],
)
def test_no_text_takes_long(piece: str) -> None:
    """Words that could start a pattern in many ways; a longer text is not searched."""
    text = (piece * MAX_LENGTH)[:MAX_LENGTH]
    find_questions(text)
    started = perf_counter()
    find_questions(text)
    assert perf_counter() - started < 1
    assert find_questions("is there parking" + " " * MAX_LENGTH).topics == ()


@pytest.mark.parametrize("prompt", [Prompt.APPOINTMENT, Prompt.TODAY, Prompt.ANSWERED, Prompt.NONE])
@pytest.mark.parametrize(
    ("text", "intents", "topics"),
    [
        ("is that definitely booked", (Intent.QUESTION,), (Q.IS_BOOKED,)),
        ("yes il be there, is there parking?", (Intent.QUESTION, Intent.CONFIRM), (Q.PARKING,)),
        ("where is it and do i need id", (Intent.QUESTION,), (Q.WHERE, Q.BRING)),
        ("ok, where do i go", (Intent.QUESTION,), (Q.WHERE,)),
        ("thanks. can my mum come", (Intent.QUESTION,), (Q.COMPANION,)),
    ],
)
def test_what_a_text_with_questions_means(
    prompt: Prompt, text: str, intents: tuple[Intent, ...], topics: tuple[Q, ...]
) -> None:
    """A question is never a yes; a plain yes beside it is one, an ok is not."""
    found = interpret(text, prompt)
    assert (found.intents, found.act) == (intents, Act.ACT)
    assert (found.topic, *found.other_topics) == topics and not found.asks_more


@pytest.mark.parametrize(
    "text",
    [
        "im i still good for that then",
        "is that still good for tomorrow",
        "is it alright to come then",
        "do i still come then",
    ],
)
def test_the_order_of_a_question_is_no_yes(text: str) -> None:
    """Without its mark, and although no table knows it."""
    assert not interpret(text, Prompt.APPOINTMENT).surely(Intent.CONFIRM)


def test_a_question_beside_what_nobody_knows_leaves_something_to_a_worker() -> None:
    """The known topic is named, and that there is more."""
    found = interpret(
        "is there parking? and will the lady with the forms be in", Prompt.APPOINTMENT
    )
    assert (found.topic, found.asks_more) == (Q.PARKING, True)


def test_danger_comes_before_any_question() -> None:
    """A text that asks the way and says goodbye is danger."""
    found = interpret("where is it. i dont want to live anymore", Prompt.APPOINTMENT)
    assert found.intent is Intent.CRISIS and found.act is Act.HUMAN


@pytest.mark.parametrize("prompt", [Prompt.NUMBER_CHECK, Prompt.WHO])
def test_whose_phone_it_is_comes_before_any_question(prompt: Prompt) -> None:
    """These prompts are answered by their own rules only."""
    assert not interpret("is there parking", prompt).acts
