"""Lines of the corpus that are too much alike are refused."""

from collections.abc import Callable
from pathlib import Path

import pytest

from engage.understanding.evaluation import corpus_check

Checked = tuple[int, str]


@pytest.fixture
def check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Checked]:
    """Check a corpus of two files, and perhaps a file that measures."""

    def run(first: str, second: str = "", measuring: str = "") -> Checked:
        corpus = tmp_path / "corpus"
        corpus.mkdir()
        for name, rows in (("a.tsv", first), ("b.tsv", second)):
            (corpus / name).write_text(rows, encoding="utf-8")
        replies = tmp_path / "replies_own.tsv"
        replies.write_text(measuring, encoding="utf-8")
        code = corpus_check.main([str(replies)], corpus)
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


LINE = "appointment\tdecline\tcant come thursday my lads poorly\n"


def test_lines_of_two_writers_that_are_nearly_one_are_refused(
    check: Callable[..., Checked],
) -> None:
    """Both are named with their files and lines."""
    code, said = check(
        "none\tother\thello there you lot\n" + LINE,
        "appointment\tdecline\tCan't come Thursday, my lad's poorly x\n",
    )
    assert code == 1
    assert "Too much alike, 0." in said
    assert "a.tsv, line 2 (appointment, decline): cant come thursday my lads poorly" in said
    assert "b.tsv, line 1 (appointment, decline): Can't come Thursday" in said
    assert "1 pairs refused" in said


def test_lines_of_one_file_are_compared_too(check: Callable[..., Checked]) -> None:
    """One writer may not write a line twice either."""
    code, said = check(LINE + "appointment\tdecline\tcant come thursday my lads poorly again\n")
    assert code == 1
    assert "a.tsv, line 1" in said
    assert "a.tsv, line 2" in said


@pytest.mark.parametrize(
    "other",
    [
        "absence\tdecline\tcant come thursday my lads poorly\n",
        "appointment\tdecline\tno chance this week, kids are all ill\n",
        "appointment\tdecline\tcant come friday cos my daughters poorly\n",
    ],
    ids=["another prompt", "other words", "the same thought"],
)
def test_what_differs_enough_is_accepted(check: Callable[..., Checked], other: str) -> None:
    """After another prompt, or with words of its own."""
    code, said = check(LINE, other)
    assert (code, said) == (0, "Corpus: 2 lines, none too much alike.\n")


def test_brief_lines_may_be_alike_but_not_the_same(check: Callable[..., Checked]) -> None:
    """Nobody can say "ok thanks" in many ways; case and punctuation make no other line of it."""
    brief = "checkin\tthanks\tok thanks\n"
    assert check(brief, "checkin\tthanks\tok thanks x\n")[0] == 0


def test_the_same_few_words_are_refused(check: Callable[..., Checked]) -> None:
    """Whatever their case and punctuation."""
    code, said = check("checkin\tthanks\tok thanks\n", "checkin\tthanks\tOK, thanks!\n")
    assert code == 1
    assert "Too much alike, 1.00" in said


def test_the_same_words_may_not_have_two_labels(check: Callable[..., Checked]) -> None:
    """One of the two labels is wrong."""
    code, said = check("none\tprogress_housing\tkeys!!\n", "none\tother\tkeys\n")
    assert code == 1
    assert "The same words, labelled differently, 1.00" in said


def test_nearly_the_same_words_with_two_labels_are_mentioned(
    check: Callable[..., Checked],
) -> None:
    """A small word may make the difference, so that a person must look."""
    code, said = check(
        "none\topt_in\tplease text me again about it\n",
        "none\topt_out\tplease never text me again about it\n",
    )
    assert code == 0
    assert "Alike but labelled differently: is one wrong? 0." in said


def test_a_line_of_a_file_that_measures_is_refused(check: Callable[..., Checked]) -> None:
    """Whatever was asked, and whatever the label."""
    code, said = check(LINE, measuring="today\trunning_late\tCant come Thursday - my lads poorly\n")
    assert code == 1
    assert "In a file that measures, 1.00" in said
    assert "replies_own.tsv, line 1" in said


def test_what_anybody_writes_may_stand_in_a_file_that_measures(
    check: Callable[..., Checked],
) -> None:
    """Few words are no copy, and 0.65 is none either."""
    measuring = "none\tother\tok thanks\nnone\tother\tcant come thursday my lads poorly again x\n"
    assert check("checkin\tthanks\tok thanks\n" + LINE, measuring=measuring)[0] == 0
