"""Reads labelled lines: `prompt<TAB>intent<TAB>text`, one file for each writer. A fourth column may
say who is speaking (`Speaker`): evaluation uses it, the classifier does not learn it.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from engage.understanding.vocabulary import Intent, Prompt, Speaker

CORPUS = Path(__file__).parent.parent / "corpus"
PROMPTS = (Prompt.APPOINTMENT, Prompt.CHECKIN, Prompt.ABSENCE, Prompt.REBOOK, Prompt.NONE)
"""The prompts of the corpus. interpret.py says which of these stands for each other prompt."""

_INTENTS, _SPEAKERS = frozenset(Intent), frozenset(Speaker)


@dataclass(frozen=True)
class LabelledLine:
    """A text with the question that it answers and its strongest meaning, and who wrote it if the
    file says so.
    """

    prompt: Prompt
    intent: Intent
    text: str
    speaker: Speaker | None = None


class LinesError(ValueError):
    """A file of labelled lines cannot be used. The message says where and what to do."""


def read(path: Path, prompts: Collection[Prompt] = PROMPTS) -> list[LabelledLine]:
    """The lines of one file. Raises LinesError for a line without one of the `prompts`, a known
    intent and a text, or with an unknown speaker.
    """
    found = []
    for number, row in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        fields = row.split("\t")
        if len(fields) not in (3, 4) or not fields[2].strip():
            raise LinesError(
                f"{path.name}, line {number}: write prompt, intent and text, separated by tabs."
            )
        prompt, intent, text, *speaker = fields
        if prompt not in prompts or intent not in _INTENTS:
            raise LinesError(
                f"{path.name}, line {number}: {prompt!r} is not a prompt, or {intent!r} is not an"
                " intent."
            )
        if not _SPEAKERS.issuperset(speaker):
            raise LinesError(
                f"{path.name}, line {number}: {speaker[0]!r} is not a speaker; use one of"
                f" {', '.join(Speaker)}."
            )
        wrote = Speaker(speaker[0]) if speaker else None
        found.append(LabelledLine(Prompt(prompt), Intent(intent), text, wrote))
    return found


def styles(folder: Path = CORPUS) -> dict[str, list[LabelledLine]]:
    """The lines of every file in a folder, in the order of the file names. Each file has the style
    of one writer.
    """
    return {path.stem: read(path) for path in sorted(folder.glob("*.tsv"))}


def digest(folder: Path = CORPUS) -> str:
    """A checksum of all files in a folder."""
    checksum = hashlib.sha256()
    for path in sorted(folder.glob("*.tsv")):
        checksum.update(path.name.encode() + b"\0" + path.read_bytes())
    return checksum.hexdigest()
