"""Reads labelled lines: `prompt<TAB>intent<TAB>text`, one file for each style of writing."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from engage.understanding.vocabulary import Intent, Prompt

CORPUS = Path(__file__).parent.parent / "corpus"
PROMPTS = (Prompt.APPOINTMENT, Prompt.CHECKIN, Prompt.ABSENCE, Prompt.REBOOK, Prompt.NONE)
"""The prompts of the corpus. interpret.py says which of these stands for each other prompt."""


@dataclass(frozen=True)
class LabelledLine:
    """A text with the question that it answers and its strongest meaning."""

    prompt: Prompt
    intent: Intent
    text: str


class LinesError(ValueError):
    """A file of labelled lines cannot be used. The message says where and what to do."""


def read(path: Path) -> list[LabelledLine]:
    """The lines of one file. Raises LinesError for a line without a known prompt, a known intent
    and a text.
    """
    found = []
    for number, row in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        fields = row.split("\t")
        if len(fields) != 3 or not fields[2].strip():
            raise LinesError(
                f"{path.name}, line {number}: write prompt, intent and text, separated by tabs."
            )
        prompt, intent, text = fields
        if prompt not in PROMPTS or intent not in set(Intent):
            raise LinesError(
                f"{path.name}, line {number}: {prompt!r} is not a prompt, or {intent!r} is not an"
                " intent."
            )
        found.append(LabelledLine(Prompt(prompt), Intent(intent), text))
    return found


def styles(folder: Path = CORPUS) -> dict[str, list[LabelledLine]]:
    """The lines of every file in a folder by style, in the order of the file names."""
    return {path.stem: read(path) for path in sorted(folder.glob("*.tsv"))}


def digest(folder: Path = CORPUS) -> str:
    """A checksum of all files in a folder."""
    checksum = hashlib.sha256()
    for path in sorted(folder.glob("*.tsv")):
        checksum.update(path.name.encode() + b"\0" + path.read_bytes())
    return checksum.hexdigest()
