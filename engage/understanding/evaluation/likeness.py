"""How alike two texts are: the runs of three characters that both have, as a share of all runs that
either has (Jaccard).

Case and punctuation do not count, signs such as emoji do. 1.0 is the same text. Every pair is
compared: an index of which texts have a run makes thousands by thousands a matter of seconds.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

_RUN = 3
_APOSTROPHE = re.compile("['’‘`]")
_PUNCTUATION = re.compile(r"[\s.,;:!?…\"“”()*_-]+")
_CHUNK = 256
"""Texts that are compared with all others at once: it bounds the memory."""
_ROUNDING = 1e-9
Numbers = npt.NDArray[np.int64]


def folded(text: str) -> str:
    """The text in lower case without punctuation. A text of punctuation alone keeps it."""
    lower = _APOSTROPHE.sub("", text.casefold())
    return _PUNCTUATION.sub(" ", lower).strip() or text.casefold().strip()


def runs(text: str) -> frozenset[str]:
    """The runs of three characters of a text, with a blank before and after it. At least one."""
    padded = _padded(text)
    return frozenset(padded[start : start + _RUN] for start in range(len(padded) - _RUN + 1))


def _padded(text: str) -> str:
    return f" {folded(text)} ".ljust(_RUN)


def likeness(one: str, other: str) -> float:
    """How alike two texts are, from 0 to 1."""
    first, second = runs(one), runs(other)
    return len(first & second) / len(first | second)


@dataclass(frozen=True)
class Pair:
    """Two texts, by their places in the sequences that were compared, and how alike they are."""

    first: int
    second: int
    likeness: float


class LikenessIndex:
    """Finds the texts that are alike among many."""

    def __init__(self, texts: Sequence[str]) -> None:
        """Index `texts`. A tenth of a second for ten thousand."""
        rows, codes = _run_codes(texts)
        self._columns, places = np.unique(codes, return_inverse=True)
        self._sizes = np.bincount(rows, minlength=len(texts))
        self._matrix = _ones(rows, places, (len(texts), len(self._columns)))

    def nearest(self, texts: Sequence[str]) -> list[Pair]:
        """For each of `texts`, the indexed text that is most like it (`second`). Raises ValueError
        if nothing is indexed.
        """
        matrix, sizes = self._rows(texts)
        found = []
        for start in range(0, len(texts), _CHUNK):
            rows = slice(start, start + _CHUNK)
            both = (matrix[rows] @ self._matrix.T).toarray()
            alike = both / (sizes[rows, None] + self._sizes - both)
            places = alike.argmax(axis=1)
            found += [
                Pair(start + row, int(place), float(alike[row, place]))
                for row, place in enumerate(places)
            ]
        return found

    def pairs(self, threshold: float) -> Iterator[Pair]:
        """Yield every two indexed texts that are at least so alike, `first` before `second`."""
        ordered = _Ordered(self._matrix, self._sizes)
        for row, column, alike in _alike(ordered, ordered, threshold):
            if column < row:
                one, other = sorted((int(ordered.places[row]), int(ordered.places[column])))
                yield Pair(one, other, alike)

    def alike(self, texts: Sequence[str], threshold: float) -> Iterator[Pair]:
        """Yield each of `texts` with every indexed text (`second`) that is at least so alike."""
        rows = _Ordered(*self._rows(texts))
        columns = _Ordered(self._matrix, self._sizes)
        for row, column, alike in _alike(rows, columns, threshold):
            yield Pair(int(rows.places[row]), int(columns.places[column]), alike)

    def _rows(self, texts: Sequence[str]) -> tuple[csr_matrix, Numbers]:
        """A row of ones for each text, and how many runs it has, those not indexed among them."""
        rows, codes = _run_codes(texts)
        places = np.searchsorted(self._columns, codes).clip(max=max(len(self._columns) - 1, 0))
        known = self._columns[places] == codes if len(self._columns) else np.zeros(len(codes), bool)
        matrix = _ones(rows[known], places[known], (len(texts), len(self._columns)))
        return matrix, np.bincount(rows, minlength=len(texts))


def _run_codes(texts: Sequence[str]) -> tuple[Numbers, Numbers]:
    """Each run of each text once, as the text's place and a number for the run: three characters of
    21 bits. As `runs`, but for thousands of texts at once.
    """
    padded = [_padded(text) for text in texts]
    rows = np.repeat(np.arange(len(padded)), [len(one) for one in padded])
    points = np.frombuffer("".join(padded).encode("utf-32-le", "surrogatepass"), np.uint32)
    points = points.astype(np.int64)
    codes = points[:-2] << 42 | points[1:-1] << 21 | points[2:]
    is_whole = rows[:-2] == rows[2:]
    unique, places = np.unique(codes[is_whole], return_inverse=True)
    pairs = np.sort(rows[:-2][is_whole] * len(unique) + places)
    pairs = pairs[np.diff(pairs, prepend=-1) > 0]
    return pairs // max(len(unique), 1), unique[pairs % max(len(unique), 1)]


def _ones(rows: Numbers, columns: Numbers, shape: tuple[int, int]) -> csr_matrix:
    return csr_matrix((np.ones(len(rows), np.int32), (rows, columns)), shape=shape)


class _Ordered:
    """Rows in the order of their sizes, with the places where they stood before."""

    def __init__(self, matrix: csr_matrix, sizes: Numbers) -> None:
        self.places = np.argsort(sizes, kind="stable")
        self.matrix, self.sizes = matrix[self.places], sizes[self.places]


def _alike(rows: _Ordered, columns: _Ordered, threshold: float) -> Iterator[tuple[int, int, float]]:
    """Yield every row with every column that is at least so alike. If the rows are the columns,
    those that stand behind the row may be left out.

    Two texts of very different sizes cannot be alike, so that few columns are looked at.
    """
    least = threshold - _ROUNDING
    for start in range(0, len(rows.sizes), _CHUNK):
        end = min(start + _CHUNK, len(rows.sizes))
        sizes = rows.sizes[start:end, None]
        low = int(np.searchsorted(columns.sizes, least * rows.sizes[start]))
        high = int(np.searchsorted(columns.sizes, rows.sizes[end - 1] / least, side="right"))
        high = end if rows is columns else high
        both = (rows.matrix[start:end] @ columns.matrix[low:high].T).toarray()
        alike = both / (sizes + columns.sizes[low:high] - both)
        for row, column in zip(*np.nonzero(alike >= least), strict=True):
            yield start + int(row), low + int(column), float(alike[row, column])
