"""Labelled lines: `prompt<TAB>intent<TAB>text`, one file for each kind of writer (a style)."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from engage.understanding.vocabulary import Intent, Prompt

CORPUS = Path(__file__).parent.parent / "corpus"
PROMPTS = (Prompt.APPOINTMENT, Prompt.CHECKIN, Prompt.ABSENCE, Prompt.REBOOK, Prompt.NONE)
"""What a line may answer. Texts that we send ask more exactly; understand.py says which of these
each comes to.
"""


@dataclass(frozen=True)
class LabelledLine:
    """One labelled text: what was asked, the strongest thing that it means, and the words."""

    prompt: Prompt
    intent: Intent
    text: str


class LinesError(ValueError):
    """A file of labelled lines has a line that is none; the message names the file, the line and
    what to do.
    """


def read(path: Path) -> list[LabelledLine]:
    """The lines of one file. Raises LinesError for a line that does not have the three fields."""
    found = []
    for number, row in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        fields = row.split("\t")
        if len(fields) != 3 or not fields[2].strip():
            raise LinesError(
                f"{path.name}, line {number}: write prompt, intent and text, with tabs between."
            )
        prompt, intent, text = fields
        if prompt not in PROMPTS or intent not in set(Intent):
            raise LinesError(
                f"{path.name}, line {number}: {prompt!r} or {intent!r} is no prompt or intent."
            )
        found.append(LabelledLine(Prompt(prompt), Intent(intent), text))
    return found


def styles(folder: Path = CORPUS) -> dict[str, list[LabelledLine]]:
    """Every file of a folder by the name of its style, in a steady order."""
    return {path.stem: read(path) for path in sorted(folder.glob("*.tsv"))}


def digest(folder: Path = CORPUS) -> str:
    """Changes when any line does."""
    summed = hashlib.sha256()
    for path in sorted(folder.glob("*.tsv")):
        summed.update(path.name.encode() + b"\0" + path.read_bytes())
    return summed.hexdigest()
