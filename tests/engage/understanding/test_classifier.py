"""What is learnt: lines read or refused, features of any text, the same corpus giving the same
reader, and figures that count right.
"""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engage.understanding import evaluation
from engage.understanding.classifier import lines, training
from engage.understanding.classifier.clauses import MOST, clauses
from engage.understanding.classifier.features import BUCKETS, counts, scaled
from engage.understanding.classifier.lines import LabelledLine, LinesError
from engage.understanding.classifier.predict import INTENTS, NotTrained, classifier
from engage.understanding.vocabulary import Act, Intent, Interpretation, Prompt

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()), max_size=300)


def small_corpus(folder: Path) -> Path:
    """Six styles that each say every intent by a word of its own."""
    for style in range(6):
        rows = [
            f"none\t{intent.value}\t{intent.value.replace('_', 'x')}word number{style} said{again}"
            for intent in Intent
            for again in range(2)
        ]
        (folder / f"style{style}.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("none\tother", "prompt, intent and text"),
        ("none\tother\t  ", "prompt, intent and text"),
        ("quiz\tother\thello", "no prompt or intent"),
        ("none\tmaybe\thello", "no prompt or intent"),
        ("today\tother\thello", "no prompt or intent"),
    ],
)
def test_a_line_that_is_none_is_named(tmp_path: Path, row: str, words: str) -> None:
    """The file and the line are told, and what is wrong."""
    file = tmp_path / "style.tsv"
    file.write_text(f"none\tother\thello\n{row}\n", encoding="utf-8")
    with pytest.raises(LinesError, match=f"style.tsv, line 2: .*{words}"):
        lines.read(file)


def test_the_corpus_is_whole() -> None:
    """Every line can be read, every intent is there, nothing is said twice under one prompt, and no
    number is a real one.
    """
    styles = lines.styles()
    everything = [line for found in styles.values() for line in found]
    assert {line.intent for line in everything} == set(Intent)
    assert len(everything) > 10_000
    said = [(line.prompt, line.text.casefold()) for line in everything]
    assert len(said) == len(set(said))
    numbers = [line.text for line in everything if "07" in line.text.replace(" ", "")]
    assert all("07700900" in text.replace(" ", "") for text in numbers if _looks_like_mobile(text))


def _looks_like_mobile(text: str) -> bool:
    digits = "".join(one for one in text if one.isdigit())
    return "07" in digits and len(digits[digits.index("07") :]) >= 11


@settings(deadline=None)
@given(text=ANY_TEXT, prompt=st.sampled_from(lines.PROMPTS))
def test_any_text_has_features(text: str, prompt: Prompt) -> None:
    """Numbers in range, finite values, and the same ones again."""
    found = counts(text, prompt)
    values = scaled(found, [1.0] * BUCKETS)
    assert all(0 <= bucket < BUCKETS and np.isfinite(value) for bucket, value in values.items())
    assert values == scaled(counts(text, prompt), [1.0] * BUCKETS)


@given(text=ANY_TEXT)
def test_clauses_are_parts_of_the_text(text: str) -> None:
    """Each is in the text, in order, and a text of one part has none."""
    parts = clauses(text)
    assert len(parts) != 1
    assert len(parts) <= MOST
    place = 0
    for part in parts:
        place = text.index(part, place) + len(part)


def test_the_same_corpus_gives_the_same_reader(tmp_path: Path) -> None:
    """What is learnt, by one process or several, kept and loaded again weighs alike; and it has
    learnt.
    """
    corpus = small_corpus(tmp_path)
    learnt, again = training.train(corpus), training.train(corpus, processes=2)
    kept = tmp_path / "kept"
    training.save(learnt, kept, corpus)
    loaded = classifier(kept)
    for intent in INTENTS:
        text = f"{intent.value.replace('_', 'x')}word"
        first = learnt.weigh(text, Prompt.NONE).probabilities
        assert first == again.weigh(text, Prompt.NONE).probabilities
        assert loaded.weigh(text, Prompt.NONE).probabilities == pytest.approx(first, abs=0.02)
        assert loaded.weigh(text, Prompt.NONE).strongest is intent
        assert sum(first.values()) == pytest.approx(1, abs=1e-4)
    assert (
        loaded.evidence("well then callxmeword it is today", Intent.CALL_ME).find("callxmeword")
        >= 0
    )


def test_nothing_learnt_says_what_to_do(tmp_path: Path) -> None:
    """A reader that has learnt nothing does not read."""
    with pytest.raises(NotTrained, match="make install"):
        classifier(tmp_path)


def test_a_corpus_without_an_intent_is_refused(tmp_path: Path) -> None:
    """Every meaning must have been seen, or the weights would stand for the wrong ones."""
    corpus = small_corpus(tmp_path)
    for file in corpus.glob("*.tsv"):
        kept = [
            row for row in file.read_text(encoding="utf-8").splitlines() if "\tcrisis\t" not in row
        ]
        file.write_text("\n".join(kept), encoding="utf-8")
    with pytest.raises(LinesError, match="every intent"):
        training.train(corpus)


def test_styles_held_out_are_not_learnt() -> None:
    """Held-out styles hold a bit of everything, and none of them is among those learnt."""
    known, unknown = evaluation.held_out()
    assert unknown
    assert not set(known) & set(unknown)
    assert all(evaluation.natural(found) for found in unknown.values())
    assert set(known) | set(unknown) == set(lines.styles())


def test_figures_count_what_they_say() -> None:
    """A right act, a wrong act, a missed danger, a false alarm, a refusal taken for a yes."""

    def read(intent: Intent, *, acts: bool = True) -> Interpretation:
        sure = frozenset({intent}) if acts else frozenset()
        return Interpretation(intent, 0.9, Act.ACT if acts else Act.HUMAN, (intent,), sure=sure)

    def line(intent: Intent) -> LabelledLine:
        return LabelledLine(Prompt.APPOINTMENT, intent, "x")

    measured = evaluation.figures(
        [
            (line(Intent.CONFIRM), read(Intent.CONFIRM)),
            (line(Intent.DECLINE), read(Intent.CONFIRM)),
            (line(Intent.CRISIS), read(Intent.OTHER, acts=False)),
            (line(Intent.OTHER), read(Intent.CRISIS, acts=False)),
            (line(Intent.OTHER), read(Intent.CALL_ME)),
            (line(Intent.OPT_OUT), read(Intent.OPT_OUT)),
        ]
    )
    assert (measured.right.count, measured.right.of) == (2, 6)
    assert (measured.right_where_it_acts.count, measured.right_where_it_acts.of) == (2, 4)
    assert (measured.acts.count, measured.acts.of) == (3, 3)
    assert (measured.danger_found.count, measured.danger_found.of) == (0, 1)
    assert (measured.ends_found.count, measured.ends_found.of) == (1, 1)
    assert measured.refusals_as_yes == 1
    assert (measured.chatter_acted_on.count, measured.chatter_acted_on.of) == (1, 2)
    assert (measured.false_alarms.count, measured.false_alarms.of) == (1, 5)
    assert str(measured.right) == "33.3% (2 of 6)"
