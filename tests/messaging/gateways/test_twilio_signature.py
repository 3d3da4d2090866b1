"""Only requests that Twilio signed are accepted."""

import pytest

from messaging.gateways.twilio.webhooks import valid_signature

TOKEN = "12345"
URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
WITH_PORT = "https://mycompany.com:1234/myapp.php?foo=1&bar=2"
PARAMS = {
    "CallSid": "CA1234567890ABCDE",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
    "Caller": "+14158675309",
}
BODY = '{"property": "value", "boolean": true}'
BODY_URL = URL + "&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
OURS = "0123456789abcdef0123456789abcdef"
STATUS_URL = "https://engage.example.gov.uk/webhooks/twilio/status?mid=42"
STATUS = {
    "AccountSid": "AC" + "0" * 32,
    "ApiVersion": "2010-04-01",
    "From": "+447700900999",
    "MessageSid": "SM" + "1" * 32,
    "SmsSid": "SM" + "1" * 32,
    "MessageStatus": "delivered",
    "SmsStatus": "delivered",
    "RawDlrDoneDate": "2607011001",
    "To": "+447700900123",
}
INBOUND_URL = "http://127.0.0.1:5000/webhooks/twilio/inbound"
INBOUND = {
    "AccountSid": "AC" + "0" * 32,
    "ApiVersion": "2010-04-01",
    "Body": "👍 running 10 late",
    "From": "+447700900123",
    "FromCity": "",
    "FromCountry": "GB",
    "ToCountry": "GB",
    "MessageSid": "SM" + "2" * 32,
    "SmsSid": "SM" + "2" * 32,
    "SmsMessageSid": "SM" + "2" * 32,
    "NumMedia": "0",
    "NumSegments": "1",
    "SmsStatus": "received",
    "To": "+447700900999",
}


def signed(signature: str) -> dict[str, str]:
    """Headers with this signature."""
    return {"X-Twilio-Signature": signature}


@pytest.mark.parametrize(
    ("token", "url", "params", "signature"),
    [
        (TOKEN, URL, PARAMS, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        (TOKEN, WITH_PORT, PARAMS, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        (TOKEN, WITH_PORT.replace("https", "http"), PARAMS, "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="),
        (TOKEN, BODY_URL, BODY, "a9nBmqA0ju/hNViExpshrM61xv4="),
        (TOKEN, BODY_URL, BODY.encode(), "a9nBmqA0ju/hNViExpshrM61xv4="),
        (OURS, STATUS_URL, STATUS, "0eZrleL1e41llinA/YiiKAnS8Us="),
        (OURS, INBOUND_URL, INBOUND, "aE9Tyq3rjaWXV7rAcsfF1Zyetoo="),
    ],
)
def test_published_signatures_are_valid(
    token: str, url: str, params: dict[str, str] | str | bytes, signature: str
) -> None:
    """Signatures computed independently are accepted, whatever the case of the header's name."""
    assert valid_signature(token, url, params, signed(signature))
    assert valid_signature(token, url, params, {"x-twilio-signature": signature})


@pytest.mark.parametrize(
    ("url", "params", "headers"),
    [
        (URL, PARAMS, {}),
        (URL, PARAMS, signed("")),
        (URL, PARAMS, signed("RSOYDt4T1cUTdK1PDd93/VVr8B9=")),
        (URL, PARAMS, signed("sí")),
        (URL, {**PARAMS, "Digits": "1235"}, signed("RSOYDt4T1cUTdK1PDd93/VVr8B8=")),
        (URL, {**PARAMS, "New": ""}, signed("RSOYDt4T1cUTdK1PDd93/VVr8B8=")),
        (URL.replace("foo=1", "foo=2"), PARAMS, signed("RSOYDt4T1cUTdK1PDd93/VVr8B8=")),
        (BODY_URL, BODY + " ", signed("a9nBmqA0ju/hNViExpshrM61xv4=")),
        (URL, BODY, signed("a9nBmqA0ju/hNViExpshrM61xv4=")),
        (URL, b"\xff\xfe", signed("a9nBmqA0ju/hNViExpshrM61xv4=")),
        (URL, None, signed("a9nBmqA0ju/hNViExpshrM61xv4=")),
        (URL, {"Body": "\ud800"}, signed("a9nBmqA0ju/hNViExpshrM61xv4=")),
        ("https://[bad", PARAMS, signed("a9nBmqA0ju/hNViExpshrM61xv4=")),
    ],
)
def test_anything_else_is_invalid_and_never_raises(
    url: str, params: dict[str, str] | str | bytes | None, headers: dict[str, str]
) -> None:
    """A missing, wrong or foreign signature, a changed body or address, and unreadable input are
    all simply not valid.
    """
    assert not valid_signature(TOKEN, url, params, headers)


def test_a_blank_field_is_part_of_what_is_signed() -> None:
    """Without the blank field the signature no longer matches."""
    without = {name: value for name, value in INBOUND.items() if name != "FromCity"}
    assert valid_signature(OURS, INBOUND_URL, INBOUND, signed("aE9Tyq3rjaWXV7rAcsfF1Zyetoo="))
    assert not valid_signature(
        OURS,
        INBOUND_URL,
        {**without, "Body": INBOUND["Body"].strip(" 👍")},
        signed("aE9Tyq3rjaWXV7rAcsfF1Zyetoo="),
    )


def test_a_signature_by_shared_key_uses_the_hash_it_names() -> None:
    """HMAC-SHA256 is accepted if the settings header names it; an unknown algorithm is not."""
    from twilio.request_validator import RequestValidator

    made = RequestValidator(OURS).compute_signature(INBOUND_URL, INBOUND, "HMAC_SHA256")
    settings = "X-Twilio-Webhooks-Signature-Settings"
    headers = {**signed(made), settings: "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256"}
    assert valid_signature(OURS, INBOUND_URL, INBOUND, headers)
    assert not valid_signature(OURS, INBOUND_URL, INBOUND, signed(made))
    assert not valid_signature(OURS, INBOUND_URL, INBOUND, {**headers, settings: "algorithm=NONE"})
