"""What `make evaluate` prints, on tiny files with known figures."""

import re
from pathlib import Path

import pytest

from engage.understanding.classifier.lines import LinesError
from engage.understanding.evaluation import measure

ROWS = (
    "appointment\tconfirm\tyes",
    "appointment\tdecline\tno",
    "appointment\tconfirm\tcant make it",
    "none\tcrisis\tim going to kill myself tonight",
)


@pytest.fixture
def printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """What is printed about four lines, one of which is labelled wrongly."""
    (tmp_path / "tiny_1.tsv").write_text("\n".join(ROWS[:2]) + "\n", encoding="utf-8")
    (tmp_path / "tiny_2.tsv").write_text(
        f"{ROWS[2]}\trelative\n{ROWS[3]}\tperson\n", encoding="utf-8"
    )
    measure.main(["--files-only", str(tmp_path / "tiny_1.tsv"), str(tmp_path / "tiny_2.tsv")])
    return capsys.readouterr().out


def row(printed: str, name: str) -> list[str]:
    """The cells of the first row with this name."""
    found = re.search(rf"^ *{re.escape(name)}  +(.*)$", printed, re.MULTILINE)
    assert found, printed
    return re.split(r"  +", found[1].strip())


def test_the_figures_of_a_set(printed: str) -> None:
    """Both files are one set, and the wrong act shows in every table."""
    assert "tiny" in printed
    assert row(printed, "strongest meaning right") == ["90%", "75.0% (3 of 4)"]
    assert row(printed, "right when acted on") == ["97%", "66.7% (2 of 3)"]
    assert row(printed, "danger found") == ["98%", "100.0% (1 of 1)"]


def test_the_figures_by_likeness(printed: str) -> None:
    """A group for each range, the last with what the corpus also says."""
    counts = [
        int(row(printed, name)[0])
        for name in ("below 0.35", "0.35 to 0.50", "0.50 to 0.65", "0.65 and more")
    ]
    assert sum(counts) == 4
    assert counts[-1] >= 1


def test_the_figures_by_speaker_and_basis(printed: str) -> None:
    """The person wrote all four, as it is read; rules decided them, and one wrongly."""
    assert row(printed, "person") == [
        "4",
        "0.75",
        "3",
        "66.7% (2 of 3)",
        "100.0% (1 of 1)",
        "0",
    ]
    assert row(printed, "relative") == ["person", "1"]
    assert row(printed, "rule") == row(printed, "person")


def test_the_harms_and_faults(printed: str) -> None:
    """The wrong act is listed with its harm and with what decided it."""
    assert row(printed, "all")[-2:] == ["1", "1250"]
    assert "1 faults, the gravest first:" in printed
    fault = re.search(r"^ *5 +rule +confirm +decline +0.99 +act +.*cant make it", printed, re.M)
    assert fault, printed


def test_as_many_faults_as_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The others are counted."""
    file = tmp_path / "tiny.tsv"
    file.write_text(f"{ROWS[2]}\n{ROWS[2]} sorry\n", encoding="utf-8")
    measure.main(["--files-only", "--faults", "1", str(file)])
    out = capsys.readouterr().out
    assert "2 faults, the gravest first:" in out
    assert "1 more" in out
    assert "cant make it sorry" not in out


def test_several_sets_are_also_measured_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each by itself, then all of them."""
    for name, listed in (("one", ROWS[:3]), ("other", ROWS[3:])):
        (tmp_path / f"{name}.tsv").write_text("\n".join(listed), encoding="utf-8")
    measure.main(["--files-only", *map(str, sorted(tmp_path.glob("*.tsv")))])
    out = capsys.readouterr().out
    right = re.findall(r"strongest meaning right +90% +(.*?) *$", out, re.MULTILINE)
    assert right == ["66.7% (2 of 3)", "100.0% (1 of 1)", "75.0% (3 of 4)"]


def test_an_unknown_speaker_is_refused(tmp_path: Path) -> None:
    """The message names the line and the speakers that there are."""
    file = tmp_path / "tiny.tsv"
    file.write_text(f"{ROWS[0]}\n{ROWS[1]}\tmother\n", encoding="utf-8")
    with pytest.raises(LinesError, match=r"tiny.tsv, line 2: 'mother' is not a speaker.*relative"):
        measure.sets([file])
