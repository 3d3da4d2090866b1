"""Checks a request to send as Twilio does, in Twilio's order and with its codes. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

import phonenumbers

from messaging.gateways.simulator.codes import ApiProblem
from messaging.gateways.simulator.settings import SimulatorSettings

MOST_CHARACTERS = 1600
MOST_VALIDITY = 36000
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_DECORATION = re.compile(r"[\s().-]")


@dataclass(frozen=True, slots=True)
class Draft:
    """A request to send that passed every check. `sender` None: the messaging service picks one."""

    to: str
    sender: str | None
    service_sid: str | None
    body: str
    callback_url: str | None
    validity: int
    discard: bool


def e164(given: str) -> str:
    """A number without the spaces and punctuation that people write."""
    return _DECORATION.sub("", given)


def check(form: Mapping[str, str], settings: SimulatorSettings) -> Draft:
    """Read the form of a create request. Raises ApiProblem with the code that Twilio answers."""
    to = recipient(form.get("To", ""), settings)
    sender, service_sid = _sender(form, settings)
    if sender == to:
        raise ApiProblem(21266, to)
    body = form.get("Body", "")
    if not body.strip():
        raise ApiProblem(21602)
    if len(body) > MOST_CHARACTERS:
        raise ApiProblem(21617)
    return Draft(
        to=to,
        sender=sender,
        service_sid=service_sid,
        body=body,
        callback_url=_callback(form.get("StatusCallback", "")),
        validity=_validity(form.get("ValidityPeriod", "")),
        discard=form.get("ContentRetention") == "discard",
    )


def recipient(given: str, settings: SimulatorSettings) -> str:
    """The number to text, as E.164. Raises ApiProblem for one that cannot be texted."""
    if not given.strip():
        raise ApiProblem(21604)
    to = e164(given)
    kind = _kind_of(to)
    if kind is None:
        raise ApiProblem(21211, given)
    if not any(to.startswith(f"+{code}") for code in settings.calling_codes):
        raise ApiProblem(21408, to)
    if settings.refuse_landlines and kind == phonenumbers.PhoneNumberType.FIXED_LINE:
        raise ApiProblem(21614, to)
    return to


@lru_cache(maxsize=65_536)
def _kind_of(number: str) -> int | None:
    """The type of line (a phonenumbers type), or None if there can be no such number."""
    if not _E164.fullmatch(number):
        return None
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return None
    possible = phonenumbers.is_possible_number_with_reason(parsed)
    return (
        phonenumbers.number_type(parsed)
        if possible == phonenumbers.ValidationResult.IS_POSSIBLE
        else None
    )


def _sender(form: Mapping[str, str], settings: SimulatorSettings) -> tuple[str | None, str | None]:
    given, service_sid = form.get("From", ""), form.get("MessagingServiceSid") or None
    if not given.strip() and service_sid is None:
        raise ApiProblem(21603)
    if service_sid is not None and service_sid != settings.messaging_service_sid:
        raise ApiProblem(21701, service_sid)
    if not given.strip():
        return None, service_sid
    sender = e164(given)
    if not _E164.fullmatch(sender):
        raise ApiProblem(21212, given)
    if sender not in settings.numbers:
        raise ApiProblem(21606, sender)
    return sender, service_sid


def _callback(given: str) -> str | None:
    if not given:
        return None
    try:
        parts = urlsplit(given)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound:
        raise ApiProblem(21609, given)
    return given


def _validity(given: str) -> int:
    if not given:
        return MOST_VALIDITY
    if not given.isascii() or not given.isdecimal() or not 1 <= int(given) <= MOST_VALIDITY:
        raise ApiProblem(21624, given)
    return int(given)
