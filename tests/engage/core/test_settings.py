"""What the environment may say of the providers, and how a mistake is told: the start stops, and
the words name the variable.
"""

from datetime import datetime, timedelta

import pytest

from engage.core.clock import Clock
from engage.core.settings import Settings, SettingsError
from engage.worker import provider_routes

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
    """Settings of a development machine with a real account, and these."""
    return Settings.from_environment({**REAL, **values})


def test_one_number_as_before() -> None:
    """A single sender, at the common rate."""
    (way,) = provider_routes(read())
    assert (way.gateway.name, list(way.gateway.senders)) == ("twilio", ["+447700900999"])
    assert (way.segments_per_second, dict(way.rates)) == (10.0, {})
    assert way.callback_url == "http://127.0.0.1:5000/webhooks/twilio/status"


def test_several_numbers_are_a_pool_with_speeds_of_their_own() -> None:
    """In the order given; what has no rate of its own has the common one."""
    (way,) = provider_routes(
        read(
            TWILIO_FROM="+447700900999, +447700900998",
            TWILIO_SENDER_RATES="+447700900998=2.5",
            ENGAGE_SEGMENTS_PER_SECOND="20",
        )
    )
    assert list(way.gateway.senders) == ["+447700900999", "+447700900998"]
    assert (way.segments_per_second, dict(way.rates)) == (20.0, {"+447700900998": 2.5})


def test_notify_stands_beside_twilio_where_there_is_a_key() -> None:
    """It posts where its own pages say, so no address goes with its texts."""
    twilio, notify = provider_routes(
        read(**NOTIFY, NOTIFY_SMS_SENDER_ID="44444444-4444-4444-8444-444444444444")
    )
    assert (twilio.gateway.name, notify.gateway.name) == ("twilio", "notify")
    assert list(notify.gateway.senders) == ["44444444-4444-4444-8444-444444444444"]
    assert notify.callback_url is None and notify.segments_per_second == 25.0


def test_the_simulator_plays_both() -> None:
    """On a developer's machine with nothing set, both providers are the simulator."""
    settings = Settings.from_environment({})
    assert [way.gateway.name for way in provider_routes(settings)] == ["twilio", "notify"]
    assert settings.notify is not None and settings.notify.base_url == "http://127.0.0.1:5055"


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
    """The words never hold a key or a token."""
    with pytest.raises(SettingsError, match=variable) as refused:
        read(**wrong)
    assert KEY not in str(refused.value)


def test_nothing_secret_is_shown() -> None:
    """Neither key nor token is in what a settings object says of itself."""
    shown = repr(read(**NOTIFY))
    assert KEY not in shown and NOTIFY["NOTIFY_CALLBACK_TOKEN"] not in shown


def test_programs_that_start_one_after_the_other_tell_the_same_time() -> None:
    """With the real moment at which a moved clock stood so, it has run on since, whenever a program
    reads it.
    """
    began = Clock().now() - timedelta(minutes=5)
    settings = read(ENGAGE_NOW="2027-03-22T10:00:00+00:00", ENGAGE_NOW_SINCE=began.isoformat())
    told = Clock.from_settings(settings).now()
    assert (
        timedelta(0)
        <= told - datetime.fromisoformat("2027-03-22T10:05:00+00:00")
        < timedelta(minutes=1)
    )


def test_in_production_nothing_moves_the_clock() -> None:
    """Neither of the two is accepted there."""
    for name in ("ENGAGE_NOW", "ENGAGE_NOW_SINCE"):
        with pytest.raises(SettingsError, match=name):
            read(
                ENGAGE_ENV="production",
                DATABASE_URL="postgresql://database/engage",
                ENGAGE_SECRET_KEY="a-key-of-forty-letters-and-more-for-a-test",
                ENGAGE_PUBLIC_URL="https://engage.example",
                **{name: "2027-03-22T10:00:00+00:00"},
            )
