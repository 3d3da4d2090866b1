"""Read a phone number as people type it, and accept mobiles only.

A text to a landline may be read aloud by the carrier to the person who answers, so anything not
known to be a mobile is refused, with words that a clerk understands. This module must never guess a
digit.
"""

import re
import unicodedata

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberType, ValidationResult

__all__ = ["NumberProblem", "parse_mobile"]

_WORDS = {
    "missing": "There is no number",
    "too_short": "The number has too few digits",
    "not_a_number": "This is not a phone number",
    "landline": "This is not a mobile number, so it cannot be texted",
    "foreign": "The number is from another country",
}
_LONGEST = 40
_DRAMA = re.compile(r"7700900\d{3}")
"""Mobile numbers that Ofcom reserves for drama and tests. They reach no one, and the metadata calls
them invalid.
"""


class NumberProblem(ValueError):
    """Why a number cannot be texted: `reason` is one of missing, too_short, not_a_number, landline,
    foreign; `words` say it in plain English.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        self.words = _WORDS[reason]
        super().__init__(self.words)


def parse_mobile(given: str, region: str = "GB") -> str:
    """Return the mobile number in `given` as E.164, or raise NumberProblem. `region` is the country
    it is dialled from.
    """
    tidy = unicodedata.normalize("NFKC", given).strip()
    if not tidy:
        raise NumberProblem("missing")
    if len(tidy) > _LONGEST or not re.fullmatch(r"(tel:)?\+?[\d\s()./\-\u2010-\u2015]+", tidy):
        raise NumberProblem("not_a_number")
    try:
        number = phonenumbers.parse(tidy, region)
    except NumberParseException as problem:
        short = problem.error_type == NumberParseException.TOO_SHORT_NSN
        raise NumberProblem("too_short" if short else "not_a_number") from None
    _check(number, region)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _check(number: PhoneNumber, region: str) -> None:
    """Raise NumberProblem unless `number` is a mobile of the country of `region`."""
    national = phonenumbers.national_significant_number(number)
    if number.country_code == 44 and _DRAMA.fullmatch(national):
        return
    home = number.country_code == phonenumbers.country_code_for_region(region)
    length = phonenumbers.is_possible_number_with_reason(number)
    if not home and phonenumbers.is_valid_number(number):
        raise NumberProblem("foreign")
    if length in (ValidationResult.TOO_SHORT, ValidationResult.IS_POSSIBLE_LOCAL_ONLY):
        raise NumberProblem("too_short")
    if _looks_mobile_but_short(number, national):
        raise NumberProblem("too_short")
    if _looks_fixed(number, national):
        raise NumberProblem("landline")
    if not phonenumbers.is_valid_number(number):
        raise NumberProblem("not_a_number")
    if phonenumbers.number_type(number) not in (
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
    ):
        raise NumberProblem("landline")


def _looks_mobile_but_short(number: PhoneNumber, national: str) -> bool:
    """Whether a British number starts like a mobile but has fewer than ten digits after the zero.
    The metadata accepts shorter ones as possible.
    """
    bare = national.lstrip("0")
    return number.country_code == 44 and bare.startswith("7") and len(bare) < 10


def _looks_fixed(number: PhoneNumber, national: str) -> bool:
    """Whether a British number starts with 1 to 3, which are fixed lines even where the metadata
    does not know the exchange.
    """
    return number.country_code == 44 and len(national) == 10 and national[0] in "123"
