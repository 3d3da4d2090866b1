"""Twilio's settings, and the gateway that is built from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from messaging.environment import EnvironmentReader, SettingsError
from messaging.gateways.base import ProviderRoute

__all__ = [
    "DEMO_ACCOUNT_SID",
    "DEMO_AUTH_TOKEN",
    "DEMO_NUMBER",
    "REAL_ACCOUNT",
    "TwilioSettings",
    "connect",
    "read",
]

REAL_ACCOUNT = "TWILIO_ACCOUNT_SID"
DEMO_ACCOUNT_SID = "AC" + "0" * 32
DEMO_AUTH_TOKEN = "simulator-token"
DEMO_NUMBER = "+447700900999"


@dataclass(frozen=True)
class TwilioSettings:
    """How to reach Twilio, or a server that speaks its API. `sender_rates` is in segments a second,
    for numbers that have their own.
    """

    account_sid: str
    auth_token: str = field(repr=False)
    messaging_service_sid: str | None
    from_numbers: tuple[str, ...]
    api_base_url: str | None
    sender_rates: Mapping[str, float] = field(default_factory=dict)


def read(environment: EnvironmentReader, *, simulated: bool, simulator_url: str) -> TwilioSettings:
    """The account that the environment names, or the demonstration account if the network is
    simulated. Raises SettingsError.
    """
    if simulated:
        return TwilioSettings(
            account_sid=DEMO_ACCOUNT_SID,
            auth_token=environment.raw("TWILIO_AUTH_TOKEN") or DEMO_AUTH_TOKEN,
            messaging_service_sid=None,
            from_numbers=(numbers := environment.numbers("TWILIO_FROM") or (DEMO_NUMBER,)),
            api_base_url=environment.url("TWILIO_API_BASE_URL", simulator_url),
            sender_rates=environment.rates("TWILIO_SENDER_RATES", numbers),
        )
    sid = environment.required(REAL_ACCOUNT, None, "the account that sends the texts")
    if not (len(sid) == 34 and sid.startswith("AC")):
        raise SettingsError("TWILIO_ACCOUNT_SID must be AC and 32 hexadecimal digits.")
    token = environment.required(
        "TWILIO_AUTH_TOKEN", None, "the token that signs Twilio's requests"
    )
    service = environment.raw("TWILIO_MESSAGING_SERVICE_SID")
    numbers = environment.numbers("TWILIO_FROM")
    if (service is None) == (not numbers):
        raise SettingsError(
            "Set either TWILIO_MESSAGING_SERVICE_SID or TWILIO_FROM, and only one of them."
        )
    base = environment.raw("TWILIO_API_BASE_URL")
    return TwilioSettings(
        account_sid=sid,
        auth_token=token,
        messaging_service_sid=service,
        from_numbers=numbers,
        api_base_url=environment.url("TWILIO_API_BASE_URL", None) if base else None,
        sender_rates=environment.rates(
            "TWILIO_SENDER_RATES", numbers if service is None else (service,)
        ),
    )


def connect(
    settings: TwilioSettings, *, callback_url: str, segments_per_second: float
) -> ProviderRoute:
    """The gateway to Twilio."""
    # Imported here: Twilio's library is large, and only a worker sends.
    from messaging.gateways.twilio.send import TwilioGateway

    gateway = TwilioGateway(
        account_sid=settings.account_sid,
        auth_token=settings.auth_token,
        from_number=settings.from_numbers,
        messaging_service_sid=settings.messaging_service_sid,
        api_base_url=settings.api_base_url,
    )
    return ProviderRoute(gateway, callback_url, segments_per_second, settings.sender_rates)
