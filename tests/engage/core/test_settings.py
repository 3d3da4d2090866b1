"""Settings of the providers and the clock. A mistake stops the start and names the variable."""

from datetime import datetime, timedelta

import pytest

from engage.core.clock import Clock
from engage.core.settings import Settings, SettingsError
from engage.worker import provider_routes
from messaging.gateways.registry import NOTIFY as NOTIFY_ROW

REAL = {
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "0123456789abcdef0123456789abcdef",
    "TWILIO_FROM": "+447700900999",
}
KEY = "live-11111111-1111-4111-8111-111111111111-22222222-2222-4222-8222-222222222222"
NOTIFY = {
    "NOTIFY_API_KEY": KEY,
    "NOTIFY_TEMPLATE_ID": "33333333-3333-4333-8333-333333333333",
    "NOTIFY_CALLBACK_TOKEN": "ten-characters-or-more",
}


def read(**values: str) -> Settings:
    """Settings of a development machine with a real account, and `values`."""
    return Settings.from_environment({**REAL, **values})


def test_one_number() -> None:
    """A single sender, at the common rate."""
    (route,) = provider_routes(read())
    assert (route.gateway.name, list(route.gateway.senders)) == ("twilio", ["+447700900999"])
    assert (route.segments_per_second, dict(route.rates)) == (10.0, {})
    assert route.callback_url == "http://127.0.0.1:5000/webhooks/twilio/status"


def test_several_numbers_are_a_pool_with_their_own_rates() -> None:
    """In the order given. A number without a rate has the common one."""
    (route,) = provider_routes(
        read(
            TWILIO_FROM="+447700900999, +447700900998",
            TWILIO_SENDER_RATES="+447700900998=2.5",
            ENGAGE_SEGMENTS_PER_SECOND="20",
        )
    )
    assert list(route.gateway.senders) == ["+447700900999", "+447700900998"]
    assert (route.segments_per_second, dict(route.rates)) == (20.0, {"+447700900998": 2.5})


def test_notify_is_used_beside_twilio_if_it_has_a_key() -> None:
    """Its callback address is set in its own service, so none is sent with its texts."""
    twilio, notify = provider_routes(
        read(**NOTIFY, NOTIFY_SMS_SENDER_ID="44444444-4444-4444-8444-444444444444")
    )
    assert (twilio.gateway.name, notify.gateway.name) == ("twilio", "notify")
    assert list(notify.gateway.senders) == ["44444444-4444-4444-8444-444444444444"]
    assert notify.callback_url is None and notify.segments_per_second == 25.0


def test_the_simulator_plays_both_providers() -> None:
    """On a development machine with nothing set."""
    settings = Settings.from_environment({})
    assert [route.gateway.name for route in provider_routes(settings)] == ["twilio", "notify"]
    notify = NOTIFY_ROW.settings_in(settings.providers)
    assert notify is not None and notify.base_url == "http://127.0.0.1:5055"


@pytest.mark.parametrize(
    ("wrong", "variable"),
    [
        ({"TWILIO_FROM": "07700 900999"}, "TWILIO_FROM"),
        ({"TWILIO_FROM": "+447700900999,+447700900999"}, "TWILIO_FROM"),
        ({"TWILIO_FROM": ","}, "TWILIO_FROM"),
        ({"TWILIO_MESSAGING_SERVICE_SID": "MG" + "1" * 32}, "TWILIO_FROM"),
        ({"TWILIO_SENDER_RATES": "+447700900999"}, "TWILIO_SENDER_RATES"),
        ({"TWILIO_SENDER_RATES": "+447700900999=0"}, "TWILIO_SENDER_RATES"),
        ({"TWILIO_SENDER_RATES": "+447700900999=fast"}, "TWILIO_SENDER_RATES"),
        ({"TWILIO_SENDER_RATES": "+447700900111=5"}, "TWILIO_SENDER_RATES"),
        ({**NOTIFY, "NOTIFY_API_KEY": "secret"}, "NOTIFY_API_KEY"),
        ({**NOTIFY, "NOTIFY_TEMPLATE_ID": ""}, "NOTIFY_TEMPLATE_ID"),
        ({**NOTIFY, "NOTIFY_TEMPLATE_ID": "reminder"}, "NOTIFY_TEMPLATE_ID"),
        ({**NOTIFY, "NOTIFY_SMS_SENDER_ID": "us"}, "NOTIFY_SMS_SENDER_ID"),
        ({**NOTIFY, "NOTIFY_CALLBACK_TOKEN": ""}, "NOTIFY_CALLBACK_TOKEN"),
        ({**NOTIFY, "NOTIFY_CALLBACK_TOKEN": "short"}, "NOTIFY_CALLBACK_TOKEN"),
        ({**NOTIFY, "NOTIFY_BASE_URL": "notify"}, "NOTIFY_BASE_URL"),
        ({**NOTIFY, "NOTIFY_SEGMENTS_PER_SECOND": "0"}, "NOTIFY_SEGMENTS_PER_SECOND"),
    ],
)
def test_a_mistake_stops_the_start_and_names_its_variable(
    wrong: dict[str, str], variable: str
) -> None:
    """The message never contains a key or a token."""
    with pytest.raises(SettingsError, match=variable) as refused:
        read(**wrong)
    assert KEY not in str(refused.value)


def test_secrets_are_not_shown() -> None:
    """The repr of the settings contains neither key nor token."""
    shown = repr(read(**NOTIFY))
    assert KEY not in shown and NOTIFY["NOTIFY_CALLBACK_TOKEN"] not in shown


def test_processes_started_one_after_another_agree_on_the_time() -> None:
    """ENGAGE_NOW_SINCE is the real time of ENGAGE_NOW. The clock has run on since then."""
    since = Clock().now() - timedelta(minutes=5)
    settings = read(ENGAGE_NOW="2027-03-22T10:00:00+00:00", ENGAGE_NOW_SINCE=since.isoformat())
    shown = Clock.from_settings(settings).now()
    expected = datetime.fromisoformat("2027-03-22T10:05:00+00:00")
    assert expected <= shown < expected + timedelta(minutes=1)


def test_production_refuses_to_move_the_clock() -> None:
    """Neither variable is accepted there."""
    for name in ("ENGAGE_NOW", "ENGAGE_NOW_SINCE"):
        with pytest.raises(SettingsError, match=name):
            read(
                ENGAGE_ENV="production",
                DATABASE_URL="postgresql://database/engage",
                ENGAGE_SECRET_KEY="a-key-of-forty-letters-and-more-for-a-test",
                ENGAGE_PUBLIC_URL="https://engage.example",
                **{name: "2027-03-22T10:00:00+00:00"},
            )
