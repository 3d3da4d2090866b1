"""PDF documents: a title, headings, paragraphs, lists of facts and tables on numbered A4 pages.

It lays out words and knows nothing about their meaning: no person, no rule, no database. The font
has the letters of Welsh and of most European languages; a character it lacks (an emoji in a text)
is written out by name, never left blank. The same words at the same moment give the same bytes.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from weakref import finalize

from engage.core.settings import PROJECT

FONTS = PROJECT / "node_modules" / "dejavu-fonts-ttf" / "ttf"
_FAMILY = "dejavu"
_FILES = {"": FONTS / "DejaVuSans.ttf", "B": FONTS / "DejaVuSans-Bold.ttf"}
_MARGIN, _BOTTOM, _WIDTH, _HEIGHT = 18.0, 20.0, 210.0, 297.0
_ROOM = _WIDTH - 2 * _MARGIN
_BODY, _SMALL = 9.5, 8.0
_POINT = 25.4 / 72
_LEADING = 1.35
_PAD = 1.6
_INK, _GREY, _LINE = (11, 12, 12), (80, 90, 95), 177

if TYPE_CHECKING:
    from fpdf.fonts import TTFFont

Style = Literal["", "B"]


class PdfDocument:
    """A document, written from top to bottom and finished once.

    `footer` is printed at the foot of every page, before the page number. `language` is `en` or
    `cy`, for screen readers.
    """

    def __init__(
        self, title: str, *, made_at: datetime, footer: str = "", language: str = "en"
    ) -> None:
        # Imported with the first document, so that starting does not wait half a second for the
        # font libraries.
        from fpdf import FPDF

        self._pdf = FPDF(format="A4")
        self._pdf.set_auto_page_break(False)
        self._pdf.set_creation_date(made_at)
        self._pdf.set_title(title)
        self._pdf.set_lang("cy-GB" if language == "cy" else "en-GB")
        self._pdf.set_producer("Engage")
        self._fonts = {style: self._font(style, path) for style, path in _FILES.items()}
        for font in self._fonts.values():
            finalize(
                self, font.ttfont.close
            )  # a document that is never finished leaves no file open
        self._widths: dict[tuple[str, str], float] = {}
        self._foot = footer
        self._of = "o" if language == "cy" else "of"
        self._page = "Tudalen" if language == "cy" else "Page"
        self._y = 0.0
        self.page_break()
        self._write(title, size=18, style="B")
        self._y += 2

    @property
    def pages(self) -> int:
        """The number of pages so far."""
        return int(self._pdf.page)

    def heading(self, words: str, *, small: bool = False) -> None:
        """Add a heading. It is never alone at the foot of a page."""
        self._need(40)
        self._y += 2.5 if small else 4
        self._write(words, size=10.5 if small else 13, style="B")
        self._y += 1

    def paragraph(self, words: str, *, bold: bool = False) -> None:
        """Add a paragraph. A line break in the words is kept; an empty line leaves space."""
        self._write(words, size=_BODY, style="B" if bold else "")
        self._y += 1.5

    def notice(self, words: str) -> None:
        """Add words that must not be missed: bold, with a thick line on the left, on one page."""
        lines = list(self._lines(words, _ROOM - 5, _BODY, "B"))
        tall = len(lines) * _step(_BODY)
        self._need(min(tall + 3, _HEIGHT - _MARGIN - _BOTTOM))
        top = self._y
        self._put(lines, _MARGIN + 5, _BODY, "B")
        self._pdf.set_fill_color(*_INK)
        if self._y > top:
            self._pdf.rect(_MARGIN, top, 1.4, self._y - top, style="F")
        self._y += 2.5

    def facts(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Add a list of facts: names on the left, values beside them."""
        for pair in pairs:
            self._row(pair, _shares((25, 75)), ("B", ""), ())
        self._y += 3

    def table(
        self,
        head: Sequence[str],
        rows: Iterable[Sequence[str]],
        *,
        widths: Sequence[float] | None = None,
    ) -> None:
        """Add a table. Its head is repeated on every page that it reaches. `widths` are shares of
        the page width, equal if none are given.

        A row stays on one page unless it is longer than a page. Raises ValueError if a row has more
        or fewer cells than the head.
        """
        shares = _shares(widths or [1] * len(head))
        self._need(20)
        self._head(head, shares)
        for row in rows:
            self._row(row, shares, [""] * len(shares), head)
        self._y += 3

    def page_break(self) -> None:
        """Continue at the top of a new page."""
        self._pdf.add_page()
        self._y = _MARGIN
        self._footer()

    def finished(self) -> bytes:
        """Return the document. Nothing may be written afterwards."""
        return bytes(self._pdf.output())

    def _font(self, style: str, path: Path) -> "TTFFont":
        from fpdf.fonts import TTFFont

        self._pdf.add_font(_FAMILY, style, path)
        font = self._pdf.fonts[_FAMILY + style]
        if not isinstance(font, TTFFont):
            raise TypeError(f"{path} is not a TrueType font")
        return font

    def _footer(self) -> None:
        place = _HEIGHT - _BOTTOM + 8
        self._pdf.set_draw_color(_LINE)
        self._pdf.line(_MARGIN, place - 4, _WIDTH - _MARGIN, place - 4)
        self._text(_MARGIN, place, self._fitting(self._foot, _ROOM - 40), _SMALL, "", _GREY)
        self._pdf.set_font(_FAMILY, "", _SMALL)
        self._pdf.set_text_color(*_GREY)
        self._pdf.set_xy(_WIDTH - _MARGIN - 40, place - 3.5)
        words = f"{self._page} {self._pdf.page} {self._of} {self._pdf.str_alias_nb_pages}"
        self._pdf.cell(40, 5, words, align="R")

    def _need(self, tall: float) -> None:
        if self._y + tall > _HEIGHT - _BOTTOM:
            self.page_break()

    def _write(self, words: str, *, size: float, style: Style) -> None:
        self._put(list(self._lines(words, _ROOM, size, style)), _MARGIN, size, style)

    def _put(self, lines: Sequence[str], x: float, size: float, style: Style) -> None:
        for line in lines:
            self._need(_step(size))
            self._y += _step(size)
            self._text(x, self._y - _step(size) * 0.25, line, size, style, _INK)

    def _head(self, head: Sequence[str], widths: Sequence[float]) -> None:
        self._row(head, widths, ["B"] * len(widths), ())

    def _row(
        self,
        row: Sequence[str],
        widths: Sequence[float],
        styles: Sequence[Style],
        head: Sequence[str],
    ) -> None:
        if len(row) != len(widths):
            raise ValueError("A row must have as many cells as the table has columns")
        cells = [
            list(self._lines(words, width - 2, _SMALL + 0.5, style))
            for words, width, style in zip(row, widths, styles, strict=True)
        ]
        size = _SMALL + 0.5
        most = int((_HEIGHT - _BOTTOM - _MARGIN - 30) / _step(size))
        while any(cells):
            part = [cell[:most] for cell in cells]
            cells = [cell[most:] for cell in cells]
            tall = max(map(len, part)) * _step(size) + _PAD
            if self._y + tall > _HEIGHT - _BOTTOM:
                self.page_break()
                if head:
                    self._head(head, widths)
            self._cells(part, widths, styles, size)
            self._y += tall
            self._pdf.set_draw_color(_LINE)
            self._pdf.line(_MARGIN, self._y, _WIDTH - _MARGIN, self._y)

    def _cells(
        self,
        part: Sequence[Sequence[str]],
        widths: Sequence[float],
        styles: Sequence[Style],
        size: float,
    ) -> None:
        x = _MARGIN
        for lines, width, style in zip(part, widths, styles, strict=True):
            for place, line in enumerate(lines):
                self._text(
                    x, self._y + _PAD / 2 + (place + 0.75) * _step(size), line, size, style, _INK
                )
            x += width

    def _text(
        self, x: float, y: float, line: str, size: float, style: Style, ink: tuple[int, int, int]
    ) -> None:
        if line:
            self._pdf.set_font(_FAMILY, style, size)
            self._pdf.set_text_color(*ink)
            self._pdf.text(x, y, line)

    def _lines(self, words: str, room: float, size: float, style: Style) -> Iterator[str]:
        """The words in lines that fit the width. A word longer than a line is broken."""
        space = self._width(" ", size, style)
        for paragraph in self._shown(words, style).split("\n"):
            line, used = "", 0.0
            for word in paragraph.split():
                wide = self._width(word, size, style)
                if line and used + space + wide > room:
                    yield line
                    line, used = "", 0.0
                while not line and wide > room and len(word) > 1:
                    cut = self._cut(word, room, size, style)
                    yield word[:cut]
                    word = word[cut:]
                    wide = self._width(word, size, style)
                line, used = (f"{line} {word}", used + space + wide) if line else (word, wide)
            yield line

    def _cut(self, word: str, room: float, size: float, style: Style) -> int:
        used = 0.0
        for place, letter in enumerate(word):
            used += self._width(letter, size, style)
            if used > room and place:
                return place
        return len(word)

    def _fitting(self, words: str, room: float) -> str:
        return next(self._lines(words, room, _SMALL, ""), "")

    def _width(self, word: str, size: float, style: Style) -> float:
        known = self._widths.get((style, word))
        if known is None:
            letters = self._fonts[style].cw
            known = self._widths[style, word] = sum(letters[ord(letter)] for letter in word) / 1000
        return known * size * _POINT

    def _shown(self, words: str, style: Style) -> str:
        has = self._fonts[style].cmap
        if words.isascii() and words.isprintable():
            return words
        return "".join(
            letter if letter.isspace() or ord(letter) in has else _named(letter)
            for letter in unicodedata.normalize("NFC", words)
            if letter.isspace() or not _unseen(letter)
        )


def _unseen(letter: str) -> bool:
    """Whether a character only changes how its neighbour is drawn."""
    return unicodedata.category(letter) in ("Cf", "Cc") or "\ufe00" <= letter <= "\ufe0f"


def _named(letter: str) -> str:
    return f"[{unicodedata.name(letter, f'sign {ord(letter):04X}').lower()}]"


def _step(size: float) -> float:
    return size * _POINT * _LEADING


def _shares(widths: Sequence[float]) -> list[float]:
    return [_ROOM * width / sum(widths) for width in widths]
