"""GOV.UK Notify's settings, and the gateway that is built from them."""

import re
from dataclasses import dataclass, field

from messaging.environment import EnvironmentReader, SettingsError
from messaging.gateways.base import ProviderRoute

__all__ = [
    "DEMO_CALLBACK_TOKEN",
    "DEMO_KEY",
    "DEMO_TEMPLATE",
    "NotifySettings",
    "connect",
    "read",
]

DEMO_KEY = "simulator-11111111-1111-4111-8111-111111111111-22222222-2222-4222-8222-222222222222"
DEMO_TEMPLATE = "33333333-3333-4333-8333-333333333333"
DEMO_CALLBACK_TOKEN = "simulator-notify-token"
_UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


@dataclass(frozen=True)
class NotifySettings:
    """How to reach GOV.UK Notify, and the token that its callbacks carry."""

    api_key: str = field(repr=False)
    template_id: str
    sms_sender_id: str | None
    base_url: str | None
    callback_token: str = field(repr=False)
    segments_per_second: float


def read(
    environment: EnvironmentReader, *, simulated: bool, simulator_url: str
) -> NotifySettings | None:
    """The service that the environment names, or None if there is no key; the demonstration service
    if the network is simulated. Raises SettingsError.
    """
    key = environment.raw("NOTIFY_API_KEY") or (DEMO_KEY if simulated else None)
    if key is None:
        return None
    if not re.fullmatch(f".*{_UUID}-{_UUID}", key):
        raise SettingsError(
            "NOTIFY_API_KEY must be a key of GOV.UK Notify: name, service and secret."
        )
    demo = key == DEMO_KEY
    what = "the template whose whole content is ((body))"
    template = environment.required("NOTIFY_TEMPLATE_ID", DEMO_TEMPLATE if demo else None, what)
    sender = environment.raw("NOTIFY_SMS_SENDER_ID")
    for name, id in (("NOTIFY_TEMPLATE_ID", template), ("NOTIFY_SMS_SENDER_ID", sender)):
        if id is not None and not re.fullmatch(_UUID, id):
            raise SettingsError(f"{name} must be an id of GOV.UK Notify, not {id!r}.")
    base = environment.raw("NOTIFY_BASE_URL") or (simulator_url if demo else None)
    what = "the token that GOV.UK Notify's callbacks carry, at least 10 characters"
    token = environment.required(
        "NOTIFY_CALLBACK_TOKEN", DEMO_CALLBACK_TOKEN if demo else None, what
    )
    if len(token) < 10:
        raise SettingsError("NOTIFY_CALLBACK_TOKEN must have at least 10 characters.")
    return NotifySettings(
        api_key=key,
        template_id=template,
        sms_sender_id=sender,
        base_url=environment.url("NOTIFY_BASE_URL", base) if base else None,
        callback_token=token,
        segments_per_second=float(environment.number("NOTIFY_SEGMENTS_PER_SECOND", 25, 1, 1000)),
    )


def connect(
    settings: NotifySettings, *, callback_url: str, segments_per_second: float
) -> ProviderRoute:
    """The gateway to GOV.UK Notify. Its callback address is set once, on Notify's own pages, and
    its speed in its own settings.
    """
    # Imported here: Notify's library is large, and only a worker sends.
    from messaging.gateways.notify.send import NotifyGateway

    gateway = NotifyGateway(
        settings.api_key,
        settings.template_id,
        sms_sender_id=settings.sms_sender_id,
        base_url=settings.base_url,
    )
    return ProviderRoute(gateway, None, settings.segments_per_second)
