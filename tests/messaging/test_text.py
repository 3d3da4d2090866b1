"""Texts are counted as a phone network counts them."""

import gsm0338
import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.text import Encoding, measure, plain

_CODEC = gsm0338.Codec()


@pytest.mark.parametrize(
    ("body", "segments"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 152, 3),
        ("ŵ" * 70, 1),
        ("ŵ" * 71, 2),
        ("ŵ" * 134, 2),
        ("ŵ" * 135, 3),
        ("👍" * 35, 1),
        ("👍" * 36, 2),
        ("a" * 66 + "👍" + "a" * 66, 3),
        ("", 1),
    ],
)
def test_published_counts(body: str, segments: int) -> None:
    """The counts that the provider publishes are reproduced exactly."""
    assert measure(body).segments == segments


def test_one_character_outside_the_alphabet_costs_the_whole_text_its_alphabet() -> None:
    """A single backtick makes a text UCS-2; a euro sign does not."""
    assert measure("`").encoding is Encoding.UCS2
    assert measure("€").encoding is Encoding.GSM7


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x1b"), max_size=700))
def test_any_text_measures_what_an_independent_codec_says(body: str) -> None:
    """Encoding, units and segments agree with the bytes that the gsm0338 package, or else UTF-16,
    makes of the text.
    """
    try:
        parts = _gsm_parts(_CODEC.encode(body)[0])
        units = len(_CODEC.encode(body)[0])
        encoding = Encoding.GSM7
    except UnicodeError:
        parts = _ucs2_parts(body.encode("utf-16-be"))
        units = len(body.encode("utf-16-be")) // 2
        encoding = Encoding.UCS2
    weighed = measure(body)
    assert (weighed.encoding, weighed.units, weighed.segments) == (encoding, units, parts)


@given(st.text(alphabet="ab€[]|~^Å", max_size=700))
def test_extension_characters_never_straddle(body: str) -> None:
    """The same is true of texts full of characters that take two septets."""
    assert measure(body).segments == _gsm_parts(_CODEC.encode(body)[0])


def _gsm_parts(septets: bytes) -> int:
    """Cut septets into parts as a phone does, never between an escape and the character it
    escapes.
    """
    if len(septets) <= 160:
        return 1
    parts = 0
    while septets:
        cut = 153
        if len(septets) > cut and septets[cut - 1] == 0x1B:
            cut -= 1
        septets, parts = septets[cut:], parts + 1
    return parts


def _ucs2_parts(given: bytes) -> int:
    """Cut UTF-16 into parts as a phone does, never inside a surrogate pair."""
    if len(given) <= 140:
        return 1
    parts = 0
    while given:
        cut = 134
        if len(given) > cut and 0xD8 <= given[cut - 2] <= 0xDB:
            cut -= 2
        given, parts = given[cut:], parts + 1
    return parts


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("It\u2019s \u201ctomorrow\u201d", 'It\'s "tomorrow"'),
        ("10\u201311am \u2014 bring\u00a0ID\u2026", "10-11am - bring ID..."),
        ("a\u200bb\ufeffc\u00add", "abcd"),
        ("one\r\ntwo\u2028three\tfour", "one\ntwo\nthree four"),
        ("Siân, dŵr, Łukasik", "Siân, dŵr, Łukasik"),
        ("NUL\x00 and \ud800", "NUL\ufffd and \ufffd"),
        ("👩\u200d👩", "👩\u200d👩"),
    ],
)
def test_typography_becomes_plain_and_letters_stay(typed: str, sent: str) -> None:
    """Quotes, dashes and spaces are made plain; letters, joined emoji and names stay as they
    are.
    """
    assert plain(typed) == sent


@given(st.text(max_size=300))
def test_plain_is_idempotent_and_storable(body: str) -> None:
    """Making a text plain twice changes nothing more, and the result can be encoded."""
    once = plain(body)
    assert plain(once) == once
    once.encode()
    assert "\x00" not in once
