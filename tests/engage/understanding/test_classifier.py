"""The classifier: lines are read or refused, any text has features, and training is repeatable."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engage.understanding.classifier import lines, training
from engage.understanding.classifier.clauses import MAX_CLAUSES, clauses
from engage.understanding.classifier.features import BUCKETS, feature_counts, feature_values
from engage.understanding.classifier.lines import LinesError
from engage.understanding.classifier.predict import INTENTS, NotTrained, classifier
from engage.understanding.vocabulary import Intent, Prompt

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()), max_size=300)


def small_corpus(folder: Path) -> Path:
    """Six styles, each with a word of its own for every intent."""
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
        ("quiz\tother\thello", "'quiz' is not a prompt"),
        ("none\tmaybe\thello", "'maybe' is not an intent"),
        ("today\tother\thello", "'today' is not a prompt"),
    ],
)
def test_an_error_names_the_line(tmp_path: Path, row: str, words: str) -> None:
    """The message has the file, the line and the problem."""
    file = tmp_path / "style.tsv"
    file.write_text(f"none\tother\thello\n{row}\n", encoding="utf-8")
    with pytest.raises(LinesError, match=f"style.tsv, line 2: .*{words}"):
        lines.read(file)


def test_the_corpus_is_complete() -> None:
    """Every line can be read, every intent is present, no text occurs twice after one prompt, and
    no phone number is real.
    """
    styles = lines.styles()
    everything = [line for listed in styles.values() for line in listed]
    assert {line.intent for line in everything} == set(Intent)
    assert len(everything) > 10_000
    texts = [(line.prompt, line.text.casefold()) for line in everything]
    assert len(texts) == len(set(texts))
    numbers = [line.text for line in everything if "07" in line.text.replace(" ", "")]
    assert all("07700900" in text.replace(" ", "") for text in numbers if _looks_like_mobile(text))


def _looks_like_mobile(text: str) -> bool:
    digits = "".join(one for one in text if one.isdigit())
    return "07" in digits and len(digits[digits.index("07") :]) >= 11


@settings(deadline=None)
@given(text=ANY_TEXT, prompt=st.sampled_from(lines.PROMPTS))
def test_any_text_has_features(text: str, prompt: Prompt) -> None:
    """Features in range with finite values, and the same each time."""
    counts = feature_counts(text, prompt)
    values = feature_values(counts, [1.0] * BUCKETS)
    assert all(0 <= bucket < BUCKETS and np.isfinite(value) for bucket, value in values.items())
    assert values == feature_values(feature_counts(text, prompt), [1.0] * BUCKETS)


@given(text=ANY_TEXT)
def test_clauses_are_parts_of_the_text(text: str) -> None:
    """Each clause is in the text, in order, and a text of one part has none."""
    parts = clauses(text)
    assert len(parts) != 1
    assert len(parts) <= MAX_CLAUSES
    start = 0
    for part in parts:
        start = text.index(part, start) + len(part)


def test_training_is_repeatable(tmp_path: Path) -> None:
    """The same corpus gives the same probabilities, from one process or several, before and after
    saving; and they are right.
    """
    corpus = small_corpus(tmp_path)
    trained, again = training.train(corpus), training.train(corpus, processes=2)
    folder = tmp_path / "saved"
    training.save(trained, folder, corpus)
    loaded = classifier(folder)
    for intent in INTENTS:
        text = f"{intent.value.replace('_', 'x')}word"
        expected = trained.classify(text, Prompt.NONE).probabilities
        assert again.classify(text, Prompt.NONE).probabilities == expected
        likely = loaded.classify(text, Prompt.NONE)
        assert likely.probabilities == pytest.approx(expected, abs=0.02)
        assert likely.likeliest is intent
        assert sum(expected.values()) == pytest.approx(1, abs=1e-4)
    assert (
        loaded.evidence("well then callxmeword it is today", Intent.CALL_ME).find("callxmeword")
        >= 0
    )


def test_an_untrained_classifier_says_what_to_do(tmp_path: Path) -> None:
    """Without saved parameters there is no classifier."""
    with pytest.raises(NotTrained, match="make install"):
        classifier(tmp_path)


@pytest.mark.parametrize("files", [6, 5])
def test_a_corpus_without_an_intent_is_refused(tmp_path: Path, files: int) -> None:
    """Every intent must occur in two folds, or one of the first steps would not know it."""
    corpus = small_corpus(tmp_path)
    for file in sorted(corpus.glob("*.tsv"))[:files]:
        kept = [
            row for row in file.read_text(encoding="utf-8").splitlines() if "\tcrisis\t" not in row
        ]
        file.write_text("\n".join(kept), encoding="utf-8")
    with pytest.raises(LinesError, match="too few lines of crisis"):
        training.train(corpus)
