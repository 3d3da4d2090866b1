"""`python -m engage.understanding.evaluation.corpus_check REPLIES`, part of `make check`: refuses
lines of the corpus that are too much alike, or that stand in the files that measure.

Lines that are nearly one teach nothing twice, and make the classifier look surer than it is. Lines
that are nearly in a file that measures make the figures better than they are.
"""

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from engage.understanding.classifier import lines
from engage.understanding.classifier.lines import LabelledLine
from engage.understanding.evaluation.likeness import LikenessIndex, folded
from engage.understanding.vocabulary import Prompt

ALIKE = 0.65
"""From this likeness on, two lines after one prompt with one label are one line too many."""
COPIED = 0.9
"""From this likeness on, a line of the corpus is one of a file that measures."""
FEW_WORDS = 3
"""Up to so many words, writers cannot but agree ("ok thanks"). Only the same words are refused."""


@dataclass(frozen=True)
class PlacedLine:
    """A labelled line and where it stands."""

    file: str
    number: int
    line: LabelledLine

    def __str__(self) -> str:
        label = f"{self.line.prompt}, {self.line.intent}"
        return f"{self.file}, line {self.number} ({label}): {self.line.text}"

    @cached_property
    def words(self) -> str:
        """The text without case and punctuation."""
        return folded(self.line.text)

    @property
    def is_brief(self) -> bool:
        """Whether the text has few words."""
        return len(self.words.split()) <= FEW_WORDS


@dataclass(frozen=True)
class AlikeLines:
    """Two lines, and how alike they are."""

    first: PlacedLine
    second: PlacedLine
    likeness: float

    @property
    def is_conflict(self) -> bool:
        """Whether the two are labelled differently."""
        return self.first.line.intent is not self.second.line.intent

    @property
    def has_same_words(self) -> bool:
        """Whether only case and punctuation differ."""
        return self.first.words == self.second.words

    def __str__(self) -> str:
        return f"{self.likeness:.2f}\n  {self.first}\n  {self.second}"


def read(paths: Iterable[Path]) -> list[PlacedLine]:
    """The lines of some files, with where they stand. Files that measure have every prompt."""
    return [
        PlacedLine(path.name, number, line)
        for path in paths
        for number, line in enumerate(lines.read(path, tuple(Prompt)), 1)
    ]


def alike(corpus: Iterable[PlacedLine]) -> Iterator[AlikeLines]:
    """Yield lines after the same prompt that are alike. Of brief lines, only those with the same
    words.
    """
    by_prompt = defaultdict(list)
    by_words = defaultdict(list)
    for one in corpus:
        if one.is_brief:
            by_words[one.line.prompt, one.words].append(one)
        else:
            by_prompt[one.line.prompt].append(one)
    for listed in by_prompt.values():
        for pair in LikenessIndex([one.line.text for one in listed]).pairs(ALIKE):
            yield AlikeLines(listed[pair.first], listed[pair.second], pair.likeness)
    for first, *others in by_words.values():
        for other in others:
            yield AlikeLines(first, other, 1.0)


def copied(corpus: Sequence[PlacedLine], measuring: Sequence[PlacedLine]) -> Iterator[AlikeLines]:
    """Yield lines of the corpus, whatever was asked, that are nearly in a file that measures."""
    long = [one for one in corpus if not one.is_brief]
    never_learnt = [one for one in measuring if not one.is_brief]
    index = LikenessIndex([one.line.text for one in never_learnt])
    for pair in index.alike([one.line.text for one in long], COPIED):
        yield AlikeLines(long[pair.first], never_learnt[pair.second], pair.likeness)


def check(corpus: Sequence[PlacedLine], measuring: Sequence[PlacedLine]) -> tuple[list[str], int]:
    """What to say about the corpus, and how much of that is refused.

    Lines that are alike and labelled differently are only mentioned, because a small word may make
    the difference ("text me again", "never text me again"); with the same words they are refused.
    """
    found = list(alike(corpus))
    refused = [
        *(f"Too much alike, {one}" for one in found if not one.is_conflict),
        *(
            f"The same words, labelled differently, {one}"
            for one in found
            if one.is_conflict and one.has_same_words
        ),
        *(f"In a file that measures, {one}" for one in copied(corpus, measuring)),
    ]
    mentioned = [
        f"Alike but labelled differently: is one wrong? {one}"
        for one in found
        if one.is_conflict and not one.has_same_words
    ]
    return [*mentioned, *refused], len(refused)


def main(measuring: Sequence[str], folder: Path = lines.CORPUS) -> int:
    """Print what is wrong with the corpus. Return 1 if a line must go, else 0."""
    corpus = read(sorted(folder.glob("*.tsv")))
    said, refused = check(corpus, read(map(Path, measuring)))
    for one in said:
        sys.stdout.write(f"{one}\n")
    if refused:
        sys.stderr.write(f"Corpus: {refused} pairs refused. Delete or reword the newer line.\n")
    else:
        sys.stdout.write(f"Corpus: {len(corpus):,} lines, none too much alike.\n")
    return int(refused > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
