"""How the simulator signs what it posts, and when it retries."""

import pytest

from messaging.gateways.simulator.postman import RetryPolicy, sign
from tests.simulator import ACCOUNT, ENGAGE

ANN = "+447700900123"
TOKEN = "0123456789abcdef0123456789abcdef"


def test_the_signature_is_twilios() -> None:
    """Two vectors with known answers, one of them with an emoji and blank fields."""
    sid = "SM" + "1" * 32
    status = {
        "AccountSid": ACCOUNT,
        "ApiVersion": "2010-04-01",
        "From": ENGAGE,
        "MessageSid": sid,
        "SmsSid": sid,
        "MessageStatus": "delivered",
        "SmsStatus": "delivered",
        "RawDlrDoneDate": "2607011001",
        "To": ANN,
    }
    url = "https://engage.example.gov.uk/webhooks/twilio/status?mid=42"
    assert sign(TOKEN, url, status) == "0eZrleL1e41llinA/YiiKAnS8Us="
    sid = "SM" + "2" * 32
    inbound = {
        "AccountSid": ACCOUNT,
        "ApiVersion": "2010-04-01",
        "Body": "👍 running 10 late",
        "From": ANN,
        "FromCity": "",
        "FromCountry": "GB",
        "ToCountry": "GB",
        "MessageSid": sid,
        "SmsSid": sid,
        "SmsMessageSid": sid,
        "NumMedia": "0",
        "NumSegments": "1",
        "SmsStatus": "received",
        "To": ENGAGE,
    }
    assert (
        sign(TOKEN, "http://127.0.0.1:5000/webhooks/twilio/inbound", inbound)
        == "aE9Tyq3rjaWXV7rAcsfF1Zyetoo="
    )


@pytest.mark.parametrize(
    ("fragment", "policy"),
    [
        ("", RetryPolicy()),
        ("rc=3&rp=ct,rt,5xx", RetryPolicy(retries=3, on=frozenset({"ct", "rt", "5xx"}))),
        ("ct=2000&rt=3000&tt=4000", RetryPolicy(connect=2, read=3, total=4)),
        ("rc=6&ct=50&rt=99999&tt=x", RetryPolicy()),
        ("nonsense", RetryPolicy()),
    ],
)
def test_reading_a_retry_policy(fragment: str, policy: RetryPolicy) -> None:
    """Values outside Twilio's limits are ignored."""
    assert RetryPolicy.from_fragment(fragment) == policy
