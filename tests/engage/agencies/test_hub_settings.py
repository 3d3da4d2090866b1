"""A hub's choice of provider, and how its texts go."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from engage.agencies.hub_settings import HubRules, hub_rules
from messaging.sending.routes import Route
from tests import builders


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
    """Twilio unless it says otherwise; the other one only where failover is chosen."""
    assert hub_rules(builders.hub(session, **chosen)).route == route


@pytest.mark.parametrize(
    "wrong",
    [
        {"provider": "pigeon"},
        {"provider": True},
        {"failover": "yes"},
        {"failover_minutes": 0},
        {"keep_bodies_months": 0},
        {"keep_bodies_months": 85},
        {"redact_after_delivery": 1},
    ],
)
def test_a_wrong_choice_is_named(session: Session, wrong: dict[str, Any]) -> None:
    """The words name the setting."""
    with pytest.raises(ValueError, match=next(iter(wrong))):
        hub_rules(builders.hub(session, **wrong))


def test_the_defaults_are_those_of_the_rule_book() -> None:
    """Rule 18: words are kept for twelve months."""
    assert HubRules().keep_bodies_months == 12
