"""The linter: what a stranger must not read, and what an ordinary text may say."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engage.texts import discreet, lint


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("the probation office, Court Road", ["probation", "Court"]),
        ("Your DRUG test is on Tuesday", ["DRUG", "test"]),
        ("bring your licence conditions", ["licence conditions"]),
        ("you are in breach of your order", ["breach", "order"]),
        ("see you at the police station", ["police"]),
        ("Magistrates' Court, 9am", ["Magistrates'", "Court"]),
        ("pick up your methadone", ["methadone"]),
        ("Turning Point called", ["Turning Point"]),
        ("recall to prison", ["recall", "prison"]),
        ("your offender\u00a0manager", ["offender"]),
        ("pro\u200bbation", ["pro\u200bbation"]),
        ("Pröbation", ["Pröbation"]),
        ("y swyddfa brawf", ["brawf"]),
        ("y swyddog prawf", ["swyddog prawf"]),
        ("dy gyffuriau di", ["gyffuriau"]),
        ("yng ngharchar Abertawe", ["ngharchar"]),
        ("yr heddlu a'r llys", ["heddlu", "llys"]),
        ("AA meeting at 7", ["AA meeting"]),
        ("drugs drugs Drugs", ["drugs"]),
        ("your rehab, your detox", ["rehab", "detox"]),
        ("DRR review and RAR days", ["DRR", "RAR days"]),
    ],
)
def test_words_that_tell_a_stranger(text: str, words: list[str]) -> None:
    """Each is shown as the writer typed it, in reading order, once."""
    assert [problem.word for problem in lint(text)] == words
    assert all(problem.why for problem in lint(text))


@pytest.mark.parametrize(
    "text",
    [
        "the centre on Bridge St",
        "the hall, Mill Lane",
        "the Jobcentre",
        "Coleg y Cwm",
        'the Hub, "upstairs"',
        "your place",
        "y ganolfan, Stryd y Bont",
        "I look forward to hearing from you",
        "I will be with you at 3",
        "We need your form in order to help",
        "Do you want to order some food? The courtyard is open",
        "Atebwch IE neu NA. Barod? Beth am y dyfodol?",
        "That is the latest news from the contest",
    ],
)
def test_ordinary_words_pass(text: str) -> None:
    """A linter that cries wolf is not read."""
    assert discreet(text)


def test_names_that_texts_never_carry() -> None:
    """The person's surname is looked for when it is given, whatever its accents and case."""
    found = lint("Tell Mr GWYR to ring", private=["Gŵyr"])
    assert [(problem.word, problem.why) for problem in found] == [
        ("GWYR", "is a name that texts never carry")
    ]
    assert lint("Hi Dean", private=["O'Brien", ""]) == []


@settings(deadline=None)
@given(st.text(max_size=400))
def test_any_text_can_be_linted(text: str) -> None:
    """Whatever is typed, each problem is a piece of it."""
    for problem in lint(text):
        assert problem.word.split()[0] in text
