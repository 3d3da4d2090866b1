"""Count a text exactly as a phone network does, and make it plain so that it costs no more than it
must.

The alphabet is GSM 03.38 (one septet a character, two for the extension table); any other character
turns the whole text into UCS-2. Each part of a long text loses room to a header, and a character of
two units is never split between parts. This module must never change what a text says: `plain`
replaces only typographic look-alikes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["MAX_BODY", "Encoding", "Segments", "clean", "measure", "plain"]

MAX_BODY = 1600
"""The longest body, in characters, that providers accept."""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_LOOK_ALIKES = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201a": "'",
        "\u201b": "'",
        "\u2032": "'",
        "\u02bc": "'",
        "\u00b4": "'",
        "\u0060": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u201e": '"',
        "\u201f": '"',
        "\u2033": '"',
        "\u00ab": '"',
        "\u00bb": '"',
        "\u2010": "-",
        "\u2011": "-",
        "\u2012": "-",
        "\u2013": "-",
        "\u2014": "-",
        "\u2015": "-",
        "\u2212": "-",
        "\u2026": "...",
        "\u2022": "-",
        "\u00a0": " ",
        "\u2002": " ",
        "\u2003": " ",
        "\u2007": " ",
        "\u2009": " ",
        "\u200a": " ",
        "\u202f": " ",
        "\t": " ",
        "\u2028": "\n",
        "\u2029": "\n",
        "\u00ad": None,
        "\u200b": None,
        "\u2060": None,
        "\ufeff": None,
    }
)


class Encoding(StrEnum):
    """How a phone network carries a text."""

    GSM7 = "GSM-7"
    UCS2 = "UCS-2"


@dataclass(frozen=True, slots=True)
class Segments:
    """The size of a body: its encoding, its length in units of that encoding, and the parts it is
    sent (and charged) in.
    """

    encoding: Encoding
    units: int
    segments: int


def measure(body: str) -> Segments:
    """The size of `body` as it stands, in septets or 16-bit units and in segments of 160/153 or
    70/67. An empty body is one segment.
    """
    gsm = all(character in _BASIC or character in _EXTENSION for character in body)
    encoding = Encoding.GSM7 if gsm else Encoding.UCS2
    whole, part = (160, 153) if gsm else (70, 67)
    widths = list(_widths(body, gsm))
    units = sum(widths)
    if units <= whole:
        return Segments(encoding, units, 1)
    segments, room = 1, part
    for width in widths:
        if width > room:
            segments, room = segments + 1, part
        room -= width
    return Segments(encoding, units, segments)


def _widths(body: str, gsm: bool) -> Iterator[int]:
    """Units of each character: 2 for the extension table of GSM-7, and for a surrogate pair of
    UCS-2.
    """
    if gsm:
        return (2 if character in _EXTENSION else 1 for character in body)
    return (2 if ord(character) > 0xFFFF else 1 for character in body)


def plain(body: str) -> str:
    """Replace curly quotes, dashes, ellipses, odd spaces and invisible characters, which would cost
    a text its 7-bit alphabet.

    Letters are left alone: Welsh needs its circumflex, and a name must stay as it is spelt.
    """
    return clean(body).replace("\r\n", "\n").translate(_LOOK_ALIKES)


def clean(given: str) -> str:
    """Make `given` storable: NUL and lone surrogates, which neither PostgreSQL nor UTF-8 can hold,
    become U+FFFD.
    """
    return _UNSTORABLE.sub("\ufffd", given)
