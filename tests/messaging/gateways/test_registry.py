"""The registry is the only place that knows which providers there are."""

import re
from pathlib import Path

import pytest

from engage.core.settings import PROJECT
from messaging.gateways import registry
from messaging.gateways.registry import ProviderDefinition
from messaging.tables import Message

NAMES_A_PROVIDER = re.compile(r"(?i:twilio)|\bNotify|[\"']notify[\"']|gateways[./]notify|NOTIFY_")
ROOMS = (
    "messaging/gateways/twilio/",
    "messaging/gateways/notify/",
    "messaging/gateways/simulator/",
)
ALLOWED = {
    "messaging/gateways/registry.py": "the rows",
}


def sources() -> list[Path]:
    """Everything that runs: code, templates, scripts and styles."""
    return [
        path
        for folder in ("messaging", "engage", "api", "wsgi.py")
        for path in (
            [PROJECT / folder] if folder.endswith(".py") else (PROJECT / folder).rglob("*")
        )
        if path.suffix in (".py", ".html", ".js", ".css", ".sql")
    ]


def test_only_its_own_folder_and_its_row_name_a_provider() -> None:
    """The simulator plays both providers and knows them; everything else asks the registry."""
    found = {
        str(path.relative_to(PROJECT)): [
            line.strip() for line in path.read_text().splitlines() if NAMES_A_PROVIDER.search(line)
        ]
        for path in sources()
    }
    named = {name for name, lines in found.items() if lines and not name.startswith(ROOMS)}
    assert named == set(ALLOWED)


@pytest.mark.parametrize("provider", registry.PROVIDERS, ids=registry.names())
def test_each_row_is_complete(provider: ProviderDefinition[object]) -> None:
    """The name fits its column and is unique, status words are in lower case, and an opt-out has
    words.
    """
    assert registry.names().count(provider.name) == 1
    assert re.fullmatch(r"[a-z]{1,20}", provider.name)
    assert registry.find(provider.name) is provider
    assert all(word == word.lower() for word in provider.statuses)
    assert provider.codes.opted_out <= set(provider.codes.known)
    assert (
        provider.read_text({}).provider == provider.read_receipt({}, None).provider == provider.name
    )


def test_a_text_without_a_choice_goes_by_the_default() -> None:
    """The same provider that the database writes."""
    column = Message.__table__.c.provider
    assert registry.DEFAULT in registry.names()
    assert str(column.server_default.arg) == f"'{registry.DEFAULT}'"  # type: ignore[union-attr]
