"""What can be wrong with a phone: ready-made scripts for one number, for the pages and the control
interface.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from messaging.gateways.simulator.provider import Provider
from messaging.gateways.simulator.rules import read_rule


@dataclass(frozen=True, slots=True)
class PhoneState:
    """The words on the page, and what the network does with texts to such a phone."""

    words: str
    effect: Mapping[str, Any]


PHONE_STATES: Mapping[str, PhoneState] = MappingProxyType(
    {
        "on": PhoneState("on", {}),
        "off": PhoneState("switched off (30003)", {"ends": "undelivered", "error_code": 30003}),
        "unknown": PhoneState(
            "no longer in use (30005)", {"ends": "undelivered", "error_code": 30005}
        ),
        "landline": PhoneState("a landline (30006)", {"ends": "undelivered", "error_code": 30006}),
        "filtered": PhoneState(
            "behind a filter (30007)", {"ends": "undelivered", "error_code": 30007}
        ),
        "slow": PhoneState("out of signal for a minute", {"ended": 60}),
    }
)


def state_of(provider: Provider, phone: str) -> str:
    """The state of a phone; "on" if nothing is wrong."""
    rule = provider.script.phone_rule(phone)
    if rule is None:
        return "on"
    effect = {name: value for name, value in rule.source.items() if name != "to"}
    return next(name for name, state in PHONE_STATES.items() if state.effect == effect)


def set_state(provider: Provider, phone: str, state: str) -> None:
    """Set the state of a phone. Raises KeyError for an unknown state."""
    effect = PHONE_STATES[state].effect
    rule = read_rule({**effect, "to": phone}, phone=phone) if effect else None
    provider.script.put_phone(phone, rule)
