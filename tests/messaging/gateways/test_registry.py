"""The registry is the only place that knows which providers there are."""

import re
from pathlib import Path

import pytest

from engage.core.settings import PROJECT
from messaging.gateways import registry
from messaging.gateways.registry import ProviderDefinition
from messaging.tables import Message

ALSO_WORDS = {"notify"}
"""Names that are also words or statements that the code uses."""
FOLDERS = (
    *(f"messaging/gateways/{name}/" for name in registry.names()),
    "messaging/gateways/simulator/",
)
ALLOWED = {
    "messaging/gateways/registry.py": "the rows",
}


def naming(provider: ProviderDefinition[object]) -> re.Pattern[str]:
    """What names the provider: its name anywhere. If the name is also a word, only the label, and
    the name in a class, a string, a module or a variable of the environment.
    """
    name, label = provider.name, re.escape(provider.label)
    if name not in ALSO_WORDS:
        return re.compile(name, re.IGNORECASE)
    of_a_class = rf"\b{name.capitalize()}[A-Z]"
    return re.compile(
        rf"{label}|{of_a_class}|[\"']{name}[\"']|gateways[./]{name}|\b{name.upper()}_[A-Z]"
    )


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
    """The simulator plays providers and knows them; everything else asks the registry."""
    patterns = [naming(provider) for provider in registry.PROVIDERS]
    named = {
        str(path.relative_to(PROJECT))
        for path in sources()
        if any(pattern.search(path.read_text()) for pattern in patterns)
    }
    assert {name for name in named if not name.startswith(FOLDERS)} == set(ALLOWED)


def test_the_fallback_of_a_provider_is_the_first_other_row() -> None:
    """The order of the rows decides."""
    assert registry.fallback_for("twilio") == "notify"
    assert registry.fallback_for("notify") == "twilio"
    assert registry.fallback_for("one that old texts have") == registry.names()[0]


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
