"""The table of hub settings, what a hub may choose from it, and the provider of its texts."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from engage.agencies.hub_settings import SETTINGS, HubRules, hub_rules, parse
from engage.agencies.setting_types import Choice, Number, Switch, Words
from engage.core.errors import Invalid
from engage.core.settings import PROJECT
from messaging.gateways import registry
from messaging.sending.routes import Route
from tests import builders

RULE_BOOK = (PROJECT / "docs" / "rules.md").read_text()


def section(rule: int | str) -> str:
    """The words under the heading of a rule. Raises ValueError if there is no such rule."""
    heading = rule if isinstance(rule, str) else f"Rule {rule}\\."
    found = re.search(rf"^## {heading}.*?(?=^## |\Z)", RULE_BOOK, re.MULTILINE | re.DOTALL)
    if found is None:
        raise ValueError(f"docs/rules.md has no rule {rule}")
    return " ".join(found[0].split())


@pytest.mark.parametrize("name", SETTINGS)
def test_every_row_is_complete(name: str) -> None:
    """A label, bounds or choices that the default lies within, and a rule that names the setting
    with its default.
    """
    row = SETTINGS[name]
    assert row.label and row.label[0].isupper() and not row.label.endswith(".")
    row.check(row.default)
    assert getattr(HubRules(), name) == row.default
    match row:
        case Number(low=low, high=high):
            assert low < high
            said = [f"`{name}` {row.default}"]
        case Switch(default=default):
            said = [
                f"`{name}` {'on' if default else 'off'}",
                f"`{name}` ({'on' if default else 'off'})",
            ]
        case Choice(names=names):
            assert len(names) > 1
            said = [f"`{name}`"]
        case Words(longest=longest):
            assert longest > 0 and row.default == ""
            said = [f"`{name}`"]
        case _:
            raise AssertionError("a row of an unknown type")
    assert any(words in section(row.rule) for words in said)


def test_a_hub_can_choose_every_provider() -> None:
    """In the order of the registry, under the registry's labels."""
    row = SETTINGS["provider"]
    assert isinstance(row, Choice)
    assert list(row.names.items()) == [(one.name, one.label) for one in registry.PROVIDERS]


def test_no_two_rows_have_one_label() -> None:
    """Staff choose a setting by its label."""
    labels = [row.label for row in SETTINGS.values()]
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize(
    ("name", "given", "value", "words"),
    [
        ("evidence_days", "10", 10, "10 days"),
        ("meeting_days", "1", 1, "1 day"),
        ("text_until_hour", "20", 20, "20:00"),
        ("green_strict", "Yes", True, "Yes"),
        ("green_strict", "false", False, "No"),
        ("provider", "Notify", "notify", "GOV.UK Notify"),
    ],
)
def test_a_typed_value_is_read_and_written(name: str, given: str, value: Any, words: str) -> None:
    """One reader and one writer serve the page and the command line."""
    assert parse(name, given) == value
    assert SETTINGS[name].in_words(value) == words


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("evidence_days", "29", "Days to explain an absence must be between 1 and 28"),
        ("evidence_days", "true", "Days to explain an absence must be a whole number"),
        ("evidence_days", "9" * 5000, "Days to explain an absence must be a whole number"),
        ("failover", "1", "Use the other text provider when this one is down must be yes or no"),
        ("provider", "pigeon", f"Text provider must be {' or '.join(registry.names())}"),
        ("colour", "1", "There is no such setting."),
    ],
)
def test_a_refusal_says_what_is_allowed(name: str, given: str, words: str) -> None:
    """In the words that the page shows beside the field."""
    with pytest.raises(Invalid) as refused:
        parse(name, given)
    assert refused.value.fields == {name: words}


def test_a_hub_overrides_the_defaults(session: Session) -> None:
    """What it has not chosen keeps its default; what is not a setting is left alone."""
    assert hub_rules(builders.hub(session)) == HubRules()
    chosen = hub_rules(builders.hub(session, "Two", daily_cap=5, closed_days=["2027-12-27"]))
    assert chosen == HubRules(daily_cap=5)


@pytest.mark.parametrize(
    ("chosen", "route"),
    [
        ({}, Route("twilio")),
        ({"provider": "notify"}, Route("notify")),
        ({"failover": True}, Route("twilio", "notify", timedelta(minutes=10))),
        (
            {"provider": "notify", "failover": True, "failover_minutes": 3},
            Route("notify", "twilio", timedelta(minutes=3)),
        ),
    ],
)
def test_a_hub_chooses_its_provider(session: Session, chosen: dict[str, Any], route: Route) -> None:
    """Twilio by default; a fallback only if the hub chose failover."""
    assert hub_rules(builders.hub(session, **chosen)).route == route


@pytest.mark.parametrize(
    "wrong",
    [
        {"daily_cap": 0},
        {"daily_cap": "3"},
        {"text_from_hour": 24},
        {"provider": "pigeon"},
        {"provider": True},
        {"provider": ["notify"]},
        {"failover": "yes"},
        {"failover_minutes": 0},
        {"keep_bodies_months": 0},
        {"keep_bodies_months": 85},
        {"redact_after_delivery": 1},
    ],
)
def test_a_wrong_stored_value_is_named(session: Session, wrong: dict[str, Any]) -> None:
    """The error gives the label of the setting."""
    with pytest.raises(ValueError, match=SETTINGS[next(iter(wrong))].label):
        hub_rules(builders.hub(session, **wrong))


def test_the_defaults_are_those_of_the_rule_book() -> None:
    """Rule 18: words are kept for twelve months."""
    assert HubRules().keep_bodies_months == 12
