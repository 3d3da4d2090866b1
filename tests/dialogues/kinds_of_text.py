"""Single texts by kind: each file of `kinds` has rows of texts for which the same must hold."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.dialogues.script import Script, ScriptError, script_of, split

BOOKINGS = (
    {"name": "thu", "starts": "Thu 14:00"},
    {"name": "fri", "starts": "Fri 11:00", "worker": "Lin"},
)
ASKED: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    "nothing": (),
    "both": ({"ours": "book", "about": "thu"}, {"ours": "book", "about": "fri"}),
    "free_times": ({"ours": "free_times", "to": "Wed 10:00, Wed 16:00, Fri 12:00"},),
    "booking": ({"ours": "book", "about": "thu"},),
    "reminder": (
        {"ours": "book", "about": "thu"},
        {"ours": "reminder", "at": "Mon 14:00"},
    ),
    "tomorrow": (
        {"ours": "book", "about": "thu"},
        {"ours": "reminder", "at": "Wed 14:00"},
    ),
    "today": (
        {"ours": "book", "about": "thu"},
        {"ours": "reminder", "at": "Thu 12:00"},
    ),
    "missed": (
        {"ours": "book", "about": "thu"},
        {"ours": "missed", "about": "thu", "at": "Thu 15:00"},
    ),
    "check_in": ({"ours": "check_in", "at": "Mon 10:00"},),
    "number_check": ({"ours": "number_check"},),
    "praise": ({"ours": "praise", "after": "20m"},),
    "worker": ({"ours": "worker", "words": "Good to see you today. Pat", "after": "20m"},),
    "spoken": (
        {"ours": "worker", "words": "Good to see you today. Pat", "after": "20m"},
        {"ours": "hand_back", "after": "10m"},
    ),
}
"""What may come before the text, by name: the turns that make it so."""
_ROW = {"name", "row", "asked", "before", "by", "language", "person", "after", "texts", "media"}


def scripts(folder: Path) -> Iterator[tuple[str, Script]]:
    """Every text of every file, as a conversation of its own with its name."""
    for path in sorted(folder.glob("*.toml")):
        for row in tomllib.loads(path.read_text())["row"]:
            for count, one in enumerate(row["texts"], start=1):
                try:
                    yield f"{row['name']}-{count}", _script(row, one)
                except (ScriptError, KeyError, TypeError) as problem:
                    where = f"{path.name}, {row.get('name')}, text {count}"
                    raise ScriptError(f"{where}: {problem!r}") from problem


def _script(row: Mapping[str, Any], text: str | Mapping[str, Any]) -> Script:
    """A row's text: a string, or a table whose entries replace those of the row."""
    own = {"text": text} if isinstance(text, str) else dict(text)
    expected, rest = split({**row, **own})
    if unknown := set(rest) - _ROW - {"text"}:
        raise ScriptError(f"unknown: {', '.join(sorted(unknown))}")
    asked = rest.get("asked", "nothing")
    turns: list[Mapping[str, Any]] = []
    for name in [asked] if isinstance(asked, str) else asked:
        turns += ASKED[name]
    turns += [
        {"text": before} if isinstance(before, str) else before for before in rest.get("before", [])
    ]
    turn = {"text": rest["text"], **expected}
    turn |= {name: rest[name] for name in ("by", "after", "media") if name in rest}
    person = {"language": rest.get("language", "en"), **rest.get("person", {})}
    if "today" in asked:
        person["two_hours"] = True
    if "number_check" in asked:
        person["verified"] = False
    if "free_times" in asked:
        person["rebooking"] = True
    return script_of(
        {
            "title": row["row"],
            "person": [person],
            "appointment": BOOKINGS,
            "turn": [*turns, turn],
        }
    )
