"""The simulated accounts, built from the settings with which the service reaches its providers."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from messaging.gateways.registry import NOTIFY, TWILIO
from messaging.gateways.simulator.settings import NO_WORDS, NotifyAccount, SimulatorSettings
from messaging.gateways.twilio.settings import DEMO_NUMBER

__all__ = ["simulated_accounts"]

_RETRIES = "#rc=3&rp=ct,rt,5xx"
"""Twilio's retry policy: three retries, if we cannot be reached or answer with a server error."""


def simulated_accounts(
    providers: Mapping[str, Any], public_url: str, *, now: Callable[[], datetime]
) -> SimulatorSettings:
    """Simulator settings for the providers' settings. `public_url` is where the service listens.

    Twilio handles no keyword for the account, as docs/deployment.md asks: the service itself
    answers STOP and keeps to it. Raises KeyError if Twilio has no settings.
    """
    twilio, notify = providers[TWILIO.name], NOTIFY.settings_in(providers)
    service = (
        {
            "api_key": notify.api_key,
            "template_id": notify.template_id,
            "token": notify.callback_token,
        }
        if notify
        else {}
    )
    return SimulatorSettings(
        account_sid=twilio.account_sid,
        auth_token=twilio.auth_token,
        inbound_url=f"{public_url}{TWILIO.inbound_path}{_RETRIES}",
        numbers=twilio.from_numbers or (DEMO_NUMBER,),
        opt_out=NO_WORDS,
        messaging_service_sid=twilio.messaging_service_sid,
        now=now,
        notify=NotifyAccount(
            **service,
            status_url=f"{public_url}{NOTIFY.status_path}{_RETRIES}",
            inbound_url=f"{public_url}{NOTIFY.inbound_path}{_RETRIES}",
        ),
    )
