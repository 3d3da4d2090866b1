"""The shape of the code: sizes of modules, folders and lines, and the words of its names.

`docs/glossary.md` says which words are not used and why.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from engage.core.settings import PROJECT

MOST_LINES = 400
MOST_MODULES = 20
WIDEST = 100
WIDEST_TEMPLATE = 160

LONG_MODULES = {
    "migrations/versions/": "a released migration is never changed",
}
FULL_FOLDERS = {
    "bench": "one module for each thing that is measured",
    "tests/end_to_end": "one module for each story that is followed through the whole service",
}

GLOSSARY = PROJECT / "docs" / "glossary.md"
SERVICE = ("api", "engage", "messaging")
FOLDERS = (*SERVICE, "bench", "migrations", "tests")
DOCUMENTS = (*PROJECT.glob("*.md"), *PROJECT.glob("docs/**/*.md"))
TERMS = re.compile("standing_?approval|held_out", re.IGNORECASE)
"""Terms of the field with a word in them that is not used otherwise."""


def files(*suffixes: str) -> list[Path]:
    """The files of the repository's folders that end so."""
    return sorted(
        path
        for folder in FOLDERS
        for path in (PROJECT / folder).rglob("*")
        if path.suffix in suffixes
    )


def name_of(path: Path) -> str:
    """A path as the repository names it."""
    return path.relative_to(PROJECT).as_posix()


def definitions(path: Path) -> Iterator[ast.Module | ast.ClassDef | ast.FunctionDef]:
    """The module, its classes and its functions."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            yield node


def words_of(name: str) -> set[str]:
    """The words of a name in either case: `StatedIntent` and `stated_intent` have the same."""
    plain = TERMS.sub("", name)
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", plain)}


def unused_words() -> set[str]:
    """The words that the glossary replaces by others, wherever they stand."""
    _, _, table = GLOSSARY.read_text().partition("## Words not used")
    cells = re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE)[1:]
    return {word for cell in cells for word in cell.split(", ") if "(" not in word}


def test_no_module_is_long() -> None:
    """A module has at most 400 lines, unless a reason is written above."""
    long = {name_of(path): len(path.read_text().splitlines()) for path in files(".py")}
    assert {
        name: lines
        for name, lines in long.items()
        if lines > MOST_LINES and not name.startswith(tuple(LONG_MODULES))
    } == {}


def test_no_folder_is_full() -> None:
    """A folder has at most 20 modules, or templates, unless a reason is written above."""
    folders = Counter(
        name_of(path.parent) for path in files(".py", ".html") if path.name != "__init__.py"
    )
    assert {
        folder: many
        for folder, many in folders.items()
        if many > MOST_MODULES and folder not in FULL_FOLDERS
    } == {}


def test_docstrings_are_narrow() -> None:
    """A line of a docstring has at most 100 columns."""
    wide = []
    for path in files(".py"):
        lines = path.read_text().splitlines()
        for node in definitions(path):
            if ast.get_docstring(node) is None:
                continue
            first, last = node.body[0].lineno, node.body[0].end_lineno or 0
            wide += [
                f"{name_of(path)}:{at}"
                for at in range(first, last + 1)
                if len(lines[at - 1]) > WIDEST
            ]
    assert wide == []


def test_templates_are_narrow() -> None:
    """A line of a template has at most 160 columns."""
    assert [
        f"{name_of(path)}:{at}"
        for path in files(".html")
        for at, line in enumerate(path.read_text().splitlines(), start=1)
        if len(line) > WIDEST_TEMPLATE
    ] == []


def test_no_two_classes_of_engage_have_one_name() -> None:
    """A name says which class is meant, wherever it is read."""
    classes = Counter(
        node.name
        for path in files(".py")
        if PROJECT / "engage" in path.parents
        for node in definitions(path)
        if isinstance(node, ast.ClassDef)
    )
    assert [name for name, many in classes.items() if many > 1] == []


def test_the_glossary_lists_words_not_used() -> None:
    """The table is read: an empty one would refuse nothing."""
    assert {"held", "standing", "sight", "untell"} <= unused_words()


@pytest.mark.parametrize("folder", SERVICE)
def test_names_use_the_words_of_the_glossary(folder: str) -> None:
    """No module, class or public function has a word that the glossary replaces. The names of
    operations and schemas in /v1 are published: they stay.
    """
    old = unused_words()
    found = set()
    for path in files(".py"):
        place = path.relative_to(PROJECT).with_suffix("")
        if place.parts[0] != folder:
            continue
        published = place.parts[:2] == ("api", "v1")
        defined = [] if published else [getattr(node, "name", "") for node in definitions(path)]
        found |= {
            f"{place}: {name}"
            for name in (*place.parts, *defined)
            if not name.startswith("_") and words_of(name) & old
        }
    assert found == set()


def test_no_file_cites_a_document_that_is_not_here() -> None:
    """Rules and texts are cited as documents of this repository."""
    cited = re.compile(r"\b[A-Z_]+\.md\b")
    missing = {
        f"{name_of(path)}: {name}"
        for path in (*files(".py", ".html", ".tsv"), *DOCUMENTS)
        for name in cited.findall(path.read_text())
        if not (PROJECT / name).exists()
    }
    assert missing == set()
