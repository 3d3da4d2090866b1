"""The documents say what is there: links lead somewhere, files that they name exist, rules and
settings are those of the code.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from engage.agencies.hub_settings import HubRules
from engage.core.settings import PROJECT
from engage.models import METADATA
from engage.signals import SignalKind
from engage.understanding.evaluation.harms import HARMS
from engage.understanding.vocabulary import Intent

DOCUMENTS = sorted(
    [*PROJECT.glob("*.md"), *PROJECT.glob("docs/**/*.md"), *PROJECT.glob("engage/**/*.md")]
)
RULES = PROJECT / "docs" / "rules.md"
CODE = ("api", "engage", "messaging")
CITED = re.compile(r"\brules? (\d+)((?:, \d+)*)(?:(?: to | and |-)(\d+))?", re.IGNORECASE)
NAMED_FILE = re.compile(r"`((?:api|engage|messaging|tests|migrations|bench|docs)/[\w./-]+)`")
NUMBER = re.compile(r"`([a-z_]+)`(?: \(|\s)(on|off|\d+)")


def name_of(path: Path) -> str:
    """A document's name in the report of a test."""
    return str(path.relative_to(PROJECT))


def tokens(path: Path) -> Iterator[Token]:
    """The tokens of a document, those inside a line among them."""
    for token in MarkdownIt("commonmark").enable("table").parse(path.read_text()):
        yield token
        yield from token.children or ()


def anchors(path: Path) -> set[str]:
    """The anchors of a document's headings, as GitHub makes them."""
    found = re.findall(r"^#+ (.*)$", path.read_text(), flags=re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading.strip().lower()) for heading in found)
    return {heading.replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_links_lead_somewhere(document: Path) -> None:
    """Each link inside the repository leads to a file, and to a heading of it."""
    broken = []
    for token in tokens(document):
        target = str(token.attrs.get("href") or token.attrs.get("src") or "")
        if not target or re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (document.parent / path).resolve() if path else document
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_files_that_are_named_exist(document: Path) -> None:
    """A path in code style is a path of the repository."""
    if name_of(document) == "CHANGELOG.md":
        return
    named = NAMED_FILE.findall(document.read_text())
    assert [path for path in named if not (PROJECT / path).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_lines_wrap_at_100(document: Path) -> None:
    """A line of a table, an example or a link may be longer; prose is not."""
    prose = re.sub(r"^```.*?^```", "", document.read_text(), flags=re.MULTILINE | re.DOTALL)
    long = [
        line
        for line in prose.splitlines()
        if len(line) > 100 and not line.startswith("|") and "](" not in line
    ]
    assert long == []


def cited() -> dict[int, str]:
    """The rules that the code cites, each with one place."""
    found: dict[int, str] = {}
    for folder in CODE:
        for path in sorted((PROJECT / folder).rglob("*.py")):
            for first, more, last in CITED.findall(path.read_text()):
                numbers = [int(first), *map(int, re.findall(r"\d+", more))]
                if last:
                    numbers += range(numbers[-1] + 1, int(last) + 1)
                found |= dict.fromkeys(numbers, name_of(path))
    return found


def test_every_rule_cited_is_described_and_every_rule_described_is_cited() -> None:
    """docs/rules.md and the code know the same rules."""
    described = {
        int(one) for one in re.findall(r"^## Rule (\d+)\.", RULES.read_text(), re.MULTILINE)
    }
    places = cited()
    assert described == set(range(1, 20))
    assert {number: places[number] for number in places.keys() - described} == {}
    assert described - places.keys() == set()


def test_each_rule_says_its_numbers_its_source_and_where_it_lives() -> None:
    """Two sentences, then its numbers if it has any, its source and its code."""
    sections = re.split(r"^## ", RULES.read_text(), flags=re.MULTILINE)
    rules = [one for one in sections if one.startswith("Rule ")]
    for rule in rules:
        parts = re.findall(r"^- (Numbers|Source|Code): ", rule, re.MULTILINE)
        assert parts in (["Numbers", "Source", "Code"], ["Source", "Code"]), rule.splitlines()[0]


def test_the_numbers_are_those_of_the_settings() -> None:
    """Each setting of a hub stands in the rule book with its default."""
    text = " ".join(RULES.read_text().split())
    named = dict(NUMBER.findall(text))
    defaults = HubRules()
    for name, value in named.items():
        default = getattr(defaults, name)
        assert value == (
            ("on" if default else "off") if isinstance(default, bool) else str(default)
        )
    mentioned = set(re.findall(r"`([a-z_]+)`", text))
    settings = set(HubRules.__dataclass_fields__)
    assert settings - mentioned == set()


def test_the_consequences_are_those_of_the_meanings() -> None:
    """docs/understanding.md says for every meaning what it sets off and what that needs."""
    text = (PROJECT / "docs" / "understanding.md").read_text()
    for intent in Intent:
        about = intent.meaning
        assert f"| {about.label} | {about.effect} | {about.needs.value} |" in text


def test_the_harms_are_those_of_the_evaluation() -> None:
    """docs/understanding.md has the table of harms: every row, in its order, and no other."""
    text = (PROJECT / "docs" / "understanding.md").read_text()
    section = text.partition("### What mistakes cost")[2].partition("\n##")[0]
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| (\d+) \|$", section, re.MULTILINE)
    assert rows == [(harm.means, harm.done, str(harm.weight)) for harm in HARMS]


def test_every_kind_of_signal_is_described() -> None:
    """docs/signals.md has one line for each kind, and no other."""
    text = (PROJECT / "docs" / "signals.md").read_text()
    rows = re.findall(r"^\| ([a-z_]+) \|", text, re.MULTILINE)
    assert sorted(row for row in rows if row != "kind") == sorted(kind.value for kind in SignalKind)


def test_every_table_is_listed_by_room() -> None:
    """docs/architecture.md names each table once, and no other."""
    text = (PROJECT / "docs" / "architecture.md").read_text()
    section = text.partition("## Tables by room")[2].partition("\n## ")[0]
    cells = [line.split("|")[2] for line in section.splitlines() if line.startswith("|")]
    tables = sorted(table.name for metadata in METADATA for table in metadata.sorted_tables)
    assert sorted(name for cell in cells for name in re.findall(r"`(\w+)`", cell)) == tables
