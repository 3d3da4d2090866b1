"""Any text that a phone can send is interpreted quickly, its form changes nothing, and a negation
is never taken for a yes.
"""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engage.understanding.classifier import lines
from engage.understanding.interpret import interpret
from engage.understanding.vocabulary import Act, Intent, Interpretation, Prompt
from tests import DATA

DEV = lines.read(DATA / "replies_dev.tsv")
KNOWN = [*DEV, *(line for line in lines.styles()["very_short"])]
CONFIRMS = [(line.prompt, line.text) for line in KNOWN if line.intent is Intent.CONFIRM]


def test_an_unknown_prompt_is_refused() -> None:
    """There is no question of that name."""
    with pytest.raises(ValueError, match="quiz"):
        interpret("yes", "quiz", "en")


@pytest.mark.parametrize("prompt", Prompt)
@pytest.mark.parametrize(
    "text",
    [
        "YES",
        "  yes  ",
        "“yes”",
        "Yes!!!",
        "yes.",
        "y\u200bes",
        "\u202eyes\u202c",
        "\x00yes",
        "ye\ud800s",
        "yés",
        "YES\r\n\r\n",
        "yesssssss",
        "ｙｅｓ",
    ],
)
def test_form_makes_no_difference(prompt: Prompt, text: str) -> None:
    """Case, spaces, quotes, held keys, accents and invisible characters."""
    plain, varied = interpret("yes", prompt, "en"), interpret(text, prompt, "en")
    assert varied.act is plain.act
    assert varied.sure == plain.sure


@pytest.mark.parametrize(
    "text",
    [
        "yes " * 400,
        "a" * 1600,
        "😂" * 800,
        "i cant " * 260,
        "stop texting " * 130,
        "x" * 20_000,
        "my my my the " * 400,
    ],
)
def test_long_texts_are_interpreted_quickly(text: str) -> None:
    """The longest text that a phone can send takes milliseconds, also if it repeats itself."""
    interpret("warm up", Prompt.CHECKIN, "en")
    interpret("warm up", Prompt.APPOINTMENT, "en")
    for prompt in (Prompt.APPOINTMENT, Prompt.CHECKIN):
        started = time.process_time()
        interpret(text, prompt, "en")
        assert time.process_time() - started < 0.25


def test_ordinary_texts_take_under_five_milliseconds() -> None:
    """The median of the labelled texts, with the tables loaded."""
    times = []
    for line in DEV:
        started = time.process_time()
        interpret(line.text, line.prompt, "en")
        times.append(time.process_time() - started)
    assert sorted(times)[len(times) // 2] < 0.005


@settings(deadline=None)
@given(
    text=st.text(alphabet=st.characters(exclude_categories=()), max_size=200),
    prompt=st.sampled_from(Prompt),
)
def test_any_text_can_be_interpreted(text: str, prompt: Prompt) -> None:
    """No text raises, and every interpretation is consistent."""
    _assert_consistent(interpret(text, prompt, "cy"))


WORDS = st.sampled_from(
    [
        "yes",
        "no",
        "ok",
        "cant",
        "come",
        "wont",
        "not",
        "dont",
        "il",
        "be",
        "there",
        "late",
        "stop",
        "texting",
        "me",
        "call",
        "ring",
        "thursday",
        "tomorrow",
        "1",
        "2",
        "10",
        "mins",
        "here",
        "sorry",
        "thanks",
        "mate",
        "but",
        "i",
        "im",
        "coming",
        "never",
        "good",
        "bad",
        "help",
        "next",
        "wrong",
        "number",
        "please",
        "can",
        "you",
        "and",
        "if",
        "👍",
        "👎",
        "?",
        "byddaf",
        "yno",
        "methu",
        "dod",
        "ddim",
    ]
)


@settings(deadline=None)
@given(words=st.lists(WORDS, max_size=9), prompt=st.sampled_from(Prompt))
def test_known_words_in_any_order_are_consistent(words: list[str], prompt: Prompt) -> None:
    """A confirmation never has a refusing word in it."""
    found = interpret(" ".join(words), prompt, "en")
    _assert_consistent(found)
    if found.acts and Intent.CONFIRM in found.intents and prompt is not Prompt.NUMBER_CHECK:
        assert not {
            "no",
            "cant",
            "wont",
            "not",
            "dont",
            "never",
            "👎",
            "methu",
            "ddim",
            "if",
        } & set(words)


@settings(deadline=None)
@given(
    confirm=st.sampled_from(CONFIRMS),
    negation=st.sampled_from(
        [
            "not",
            "no",
            "dont",
            "cant",
            "wont",
            "never",
            "aint",
            "cannot",
            "nah",
            "ddim",
            "methu",
            "unable",
            "👎",
        ]
    ),
    place=st.integers(min_value=0, max_value=12),
)
def test_a_yes_with_a_negation_added_is_no_yes(
    confirm: tuple[Prompt, str], negation: str, place: int
) -> None:
    """Wherever the negation stands, the text is not acted on as a confirmation."""
    prompt, text = confirm
    words = text.split()
    found = interpret(" ".join([*words[:place], negation, *words[place:]]), prompt, "en")
    assert not (found.acts and Intent.CONFIRM in found.intents)


def _assert_consistent(found: Interpretation) -> None:
    assert found.intents[0] is found.intent
    assert 0 <= found.confidence <= 1
    assert list(found.intents[1:]) == sorted(
        set(found.intents) - {found.intent}, key=list(Intent).index
    )
    assert found.sure <= set(found.intents)
    if found.intent in (Intent.CRISIS, Intent.HARM_TO_OTHERS):
        assert found.act is Act.HUMAN
    if found.acts:
        assert found.confidence >= 0.6
        assert not {Intent.CONFIRM, Intent.DECLINE} <= set(found.intents)
