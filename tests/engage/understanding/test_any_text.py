"""Whatever a phone can send: it is read at once, dress changes nothing, and no negation slips into
a yes.
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
    """A reply is never read in the light of a question that does not exist."""
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
def test_dress_makes_no_difference(prompt: Prompt, text: str) -> None:
    """Case, spaces, quotes, held keys, accents and characters that show nothing."""
    plain, dressed = interpret("yes", prompt, "en"), interpret(text, prompt, "en")
    assert dressed.act is plain.act
    assert dressed.sure == plain.sure


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
def test_long_texts_are_read_at_once(text: str) -> None:
    """The longest text that a phone can send takes milliseconds, whatever it repeats."""
    interpret("warm up", Prompt.CHECKIN, "en")
    interpret("warm up", Prompt.APPOINTMENT, "en")
    for prompt in (Prompt.APPOINTMENT, Prompt.CHECKIN):
        started = time.process_time()
        interpret(text, prompt, "en")
        assert time.process_time() - started < 0.25


def test_ordinary_texts_take_under_five_milliseconds() -> None:
    """The middle one of the labelled texts, with the tables loaded."""
    spent = []
    for line in DEV:
        started = time.process_time()
        interpret(line.text, line.prompt, "en")
        spent.append(time.process_time() - started)
    assert sorted(spent)[len(spent) // 2] < 0.005


@settings(deadline=None)
@given(
    text=st.text(alphabet=st.characters(exclude_categories=()), max_size=200),
    prompt=st.sampled_from(Prompt),
)
def test_any_text_can_be_read(text: str, prompt: Prompt) -> None:
    """Nothing that a phone can send raises, and every reading holds together."""
    _holds_together(interpret(text, prompt, "cy"))


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
def test_any_jumble_of_known_words_holds_together(words: list[str], prompt: Prompt) -> None:
    """Known words in any order: a confirmation never has a refusing word in it."""
    reading = interpret(" ".join(words), prompt, "en")
    _holds_together(reading)
    if reading.acts and Intent.CONFIRM in reading.intents and prompt is not Prompt.NUMBER_CHECK:
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
def test_a_negation_put_into_a_yes_is_no_yes(
    confirm: tuple[Prompt, str], negation: str, place: int
) -> None:
    """Wherever it stands, a confirmation with a negation added is not acted on as a confirmation."""
    prompt, text = confirm
    words = text.split()
    reading = interpret(" ".join([*words[:place], negation, *words[place:]]), prompt, "en")
    assert not (reading.acts and Intent.CONFIRM in reading.intents)


def _holds_together(reading: Interpretation) -> None:
    assert reading.intents[0] is reading.intent
    assert 0 <= reading.confidence <= 1
    assert list(reading.intents[1:]) == sorted(
        set(reading.intents) - {reading.intent}, key=list(Intent).index
    )
    assert reading.sure <= set(reading.intents)
    if reading.intent in (Intent.CRISIS, Intent.HARM_TO_OTHERS):
        assert reading.act is Act.HUMAN
    if reading.acts:
        assert reading.confidence >= 0.6
        assert not {Intent.CONFIRM, Intent.DECLINE} <= set(reading.intents)
