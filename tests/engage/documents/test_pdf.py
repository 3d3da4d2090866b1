"""PDF documents: every word is there, on numbered pages, in both languages."""

import gc
import weakref
from datetime import UTC, datetime
from io import BytesIO

import psutil
import pytest
from pypdf import PdfReader

from engage.documents.pdf import PdfDocument

MADE = datetime(2026, 3, 3, 10, tzinfo=UTC)


def pages_of(document: bytes) -> list[str]:
    """The words that a reader finds on each page."""
    return [page.extract_text() for page in PdfReader(BytesIO(document)).pages]


def test_the_words_of_both_languages_are_on_the_page() -> None:
    """A title, a paragraph with Welsh letters, facts and a notice can be read back, and the page
    shows its number and the total.
    """
    paper = PdfDocument("Tŷ a dŵr", made_at=MADE, footer="X123456")
    paper.heading("Part one")
    paper.paragraph("Rhaid i chi ddod i'r swyddfa: â ê î ô û ŵ ŷ.")
    paper.facts([("Born", "3 March 1990")])
    paper.notice("No text about this reached them.")
    (page,) = pages_of(paper.finished())
    for words in (
        "Tŷ a dŵr",
        "Part one",
        "â ê î ô û ŵ ŷ.",
        "Born",
        "3 March 1990",
        "No text about this reached",
        "X123456",
        "Page 1 of 1",
    ):
        assert words in page


def test_a_table_goes_on_over_pages_with_its_head_on_each() -> None:
    """A long table is broken between rows; every page repeats the head and is numbered, and no row
    is lost.
    """
    paper = PdfDocument("Appointments", made_at=MADE)
    paper.table(
        ("When", "Outcome"), [(f"Day {n}", f"Row {n} end") for n in range(200)], widths=(30, 70)
    )
    pages = pages_of(paper.finished())
    assert len(pages) == paper.pages > 3
    for number, page in enumerate(pages, 1):
        assert "Outcome" in page and f"Page {number} of {len(pages)}" in page
    whole = "\n".join(pages)
    assert all(f"Row {n} end" in whole for n in range(200))


def test_a_row_longer_than_a_page_is_continued() -> None:
    """A very long note continues on the next pages and is not cut."""
    paper = PdfDocument("Notes", made_at=MADE)
    words = [f"word{n}" for n in range(3000)]
    paper.table(("What", "Note"), [("One", " ".join(words))])
    whole = " ".join(pages_of(paper.finished()))
    assert all(word in whole for word in words)


def test_a_word_longer_than_a_line_is_broken() -> None:
    """An endless word stays within the margins, and no letter is lost."""
    paper = PdfDocument("Long", made_at=MADE)
    paper.paragraph("abcdefghij" * 60)
    (page,) = pages_of(paper.finished())
    assert page.count("abcde") > 40 and len(page.split("\n")) > 5


def test_a_character_that_the_font_lacks_is_named() -> None:
    """A character that the font lacks is written out by name, not left as an empty box."""
    paper = PdfDocument("Signs", made_at=MADE)
    paper.paragraph("Yes \N{THUMBS UP SIGN}\N{VARIATION SELECTOR-16}\0 ok")
    (page,) = pages_of(paper.finished())
    assert "Yes [thumbs up sign] ok" in page


def test_the_same_words_make_the_same_bytes() -> None:
    """A document is identified by its digest: the same facts at the same moment give the same
    bytes.
    """
    made = []
    for _ in range(2):
        paper = PdfDocument("Same", made_at=MADE, language="cy")
        paper.table(("A", "B"), [("1", "2")])
        made.append(paper.finished())
    assert made[0] == made[1] and "Tudalen 1 o 1" in pages_of(made[0])[0]


def test_a_row_of_another_length_is_refused() -> None:
    """A row with a missing cell would be under the wrong head."""
    paper = PdfDocument("Rows", made_at=MADE)
    with pytest.raises(ValueError, match="as many cells"):
        paper.table(("A", "B"), [("1",)])


def test_an_unfinished_document_leaves_no_file_open() -> None:
    """An unfinished document leaves nothing open."""
    paper = PdfDocument("Half", made_at=MADE)
    held = weakref.ref(paper)
    process = psutil.Process()
    assert any(one.path.endswith(".ttf") for one in process.open_files())
    del paper
    gc.collect()
    assert held() is None
    assert not any(one.path.endswith(".ttf") for one in process.open_files())
