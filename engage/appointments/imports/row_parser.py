"""Turn one row of a file into the values of an appointment or a free time, or say which column is
wrong and why, in words for the person who imports.

Pure: checks against what is recorded (the offender manager, the agency, whether the time is past)
are made elsewhere. It accepts what people type (`9.30am`, `2027-04-07`, `Y`) and never guesses: an
American date or a time without am, pm or minutes is refused.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from engage import texts
from engage.appointments.imports.sheets import COLUMNS, RowProblem
from engage.appointments.kinds import AppointmentType
from engage.appointments.reminders.wording import default_alias
from engage.core.local_time import NoSuchTime, local_moment
from engage.people.model import Language
from messaging.numbers import NumberProblem, parse_mobile

_CRN = re.compile(r"[A-Z][0-9]{6}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_DAY_FIRST = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_YEAR_FIRST = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_TIME = re.compile(
    r"([0-9]{1,2})(?:[:.]([0-9]{2}))?(?::([0-9]{2}))?\s?([ap])?(?(4)\.?m\.?)", re.IGNORECASE
)
_WHOLE = re.compile(r"[0-9]{1,6}(?:\.0+)?")
_YES = frozenset({"yes", "y", "true", "t", "1", "ie", "ydy"})
_NO = frozenset({"no", "n", "false", "f", "0", "na", "nac ydy"})
_LANGUAGES = {
    "": Language.ENGLISH,
    "en": Language.ENGLISH,
    "english": Language.ENGLISH,
    "cy": Language.WELSH,
    "welsh": Language.WELSH,
    "cymraeg": Language.WELSH,
}
_LONGEST = {
    "ref": 40,
    "crn": 7,
    "first_name": 40,
    "last_name": 60,
    "mobile": 40,
    "language": 20,
    "om_email": 254,
    "agency": 80,
    "type": 20,
    "date": 20,
    "start": 20,
    "minutes": 10,
    "place": 120,
    "worker": 40,
    "enforceable": 10,
    "worker_email": 254,
    "weeks": 2,
}
_FORMULA = "=+-@"
_NOT_FORMULAS = frozenset({"mobile", "minutes"})
_NAME_SIGNS = frozenset(" '-.,()’ʼ`´")
LONGEST_DAY = 1440
TIME_COLUMNS = ("worker_email", "type", "date", "start", "minutes", "place", "weeks")
PRIVATE_WORKER = "The worker's name would tell a stranger too much: texts will say someone"


@dataclass(frozen=True)
class Row:
    """The values of one row. `number` is the mobile number as E.164, or None if `number_problem`
    says why it cannot be texted.
    """

    line: int
    ref: str
    crn: str
    first_name: str
    last_name: str
    given_number: str
    number: str | None
    number_problem: str | None
    language: Language
    om_email: str
    agency: str
    type: AppointmentType
    starts_at: datetime
    minutes: int
    place: str
    place_alias: str
    worker: str
    enforceable: bool
    warnings: tuple[str, ...]

    @property
    def ends_at(self) -> datetime:
        """The planned end."""
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def digest(self) -> str:
        """A digest of what the row says about the appointment, to recognise it in another file."""
        values = (
            self.crn,
            self.agency.casefold(),
            self.type.value,
            self.starts_at.isoformat(),
            str(self.minutes),
            self.place,
            self.worker,
            str(self.enforceable),
        )
        return hashlib.sha256("\x1f".join(values).encode()).hexdigest()


def read_row(line: int, cells: Mapping[str, str], zone: ZoneInfo) -> Row:
    """The values of a row, given by column name. Raises RowProblem for the first column, in the
    file's order, that is not valid.
    """
    value = {name: _tidy(name, cells[name]) for name in COLUMNS}
    ref = _needed("ref", value["ref"], "Enter the appointment's reference")
    crn = _crn(value["crn"])
    first, last = _name("first_name", value["first_name"]), _name("last_name", value["last_name"])
    number, problem = _number(value["mobile"])
    language = _language(value["language"])
    email = _email(value["om_email"])
    agency = _needed("agency", value["agency"], "Enter the agency")
    kind = _type(value["type"])
    day, at = _date(value["date"]), _time(value["start"])
    starts_at, moment_warnings = _moment(day, at, zone)
    minutes = _minutes(value["minutes"])
    alias, place_warnings = _alias(value["place"])
    worker = _needed("worker", value["worker"], "Enter the worker's name")
    return Row(
        line=line,
        ref=ref,
        crn=crn,
        first_name=first,
        last_name=last,
        given_number=value["mobile"],
        number=number,
        number_problem=problem,
        language=language,
        om_email=email,
        agency=agency,
        type=kind,
        starts_at=starts_at,
        minutes=minutes,
        place=value["place"],
        place_alias=alias,
        worker=worker,
        enforceable=_yes_or_no(value["enforceable"]),
        warnings=(*moment_warnings, *place_warnings, *_worker_warnings(worker)),
    )


@dataclass(frozen=True)
class TimeRow:
    """The values of one row of a file of free times."""

    worker_email: str
    type: AppointmentType
    starts_at: datetime
    minutes: int
    place: str
    place_alias: str
    weeks: int
    warnings: tuple[str, ...]


def read_time_row(cells: Mapping[str, str], zone: ZoneInfo) -> TimeRow:
    """The values of a row of free times. Raises RowProblem for the first invalid column."""
    value = {name: _tidy(name, cells[name]) for name in TIME_COLUMNS}
    email = _needed("worker_email", value["worker_email"], "Enter the worker's email address")
    kind = _type(value["type"])
    starts_at, moment_warnings = _moment(_date(value["date"]), _time(value["start"]), zone)
    alias, place_warnings = _alias(value["place"])
    weeks = value["weeks"] or "1"
    if not (weeks.isascii() and weeks.isdigit()):
        raise RowProblem("weeks", "Enter the number of weeks, or leave it blank for one time")
    return TimeRow(
        worker_email=email.lower(),
        type=kind,
        starts_at=starts_at,
        minutes=_minutes(value["minutes"]),
        place=value["place"],
        place_alias=alias,
        weeks=int(weeks),
        warnings=(*moment_warnings, *place_warnings),
    )


def _tidy(column: str, raw: str) -> str:
    """The value on one line, in composed characters and without direction marks. Raises RowProblem
    for a value that is too long, or that a spreadsheet would run.
    """
    if len(raw) > 4 * _LONGEST[column] + 200:
        raise RowProblem(column, f"Too long: at most {_LONGEST[column]} characters")
    value = " ".join(
        (raw if raw.isascii() and raw.isprintable() else _visible(column, raw)).split()
    )
    if len(value) > _LONGEST[column]:
        raise RowProblem(column, f"Too long: at most {_LONGEST[column]} characters")
    if (value[:1] in tuple(_FORMULA) and column not in _NOT_FORMULAS) or (
        raw[:1] in ("\t", "\r") and value
    ):
        raise RowProblem(
            column,
            f"It starts with a sign ({_FORMULA} or a tab) that a spreadsheet runs as a formula",
        )
    return value


def _visible(column: str, raw: str) -> str:
    """The value in composed characters, with every kind of space a plain one. Raises RowProblem for
    characters that cannot be read or seen.
    """
    visible = []
    for character in unicodedata.normalize("NFC", raw):
        kind = unicodedata.category(character)
        if kind == "Cs":
            raise RowProblem(
                column, "It has characters that cannot be read: save the file as CSV UTF-8"
            )
        if character.isspace():
            visible.append(" ")
        elif kind in ("Cc", "Co", "Cn"):
            raise RowProblem(column, "It has an invisible character: type it again")
        elif kind != "Cf":
            visible.append(character)
    return "".join(visible)


def _needed(column: str, value: str, reason: str) -> str:
    if not value:
        raise RowProblem(column, reason)
    return value


def _crn(value: str) -> str:
    if not value:
        raise RowProblem("crn", "Enter the CRN")
    if not _CRN.fullmatch(value.upper()):
        raise RowProblem("crn", "A CRN is one letter and six digits, such as X123456")
    return value.upper()


def _name(column: str, value: str) -> str:
    label = "first name" if column == "first_name" else "last name"
    _needed(column, value, f"Enter the {label}")
    if not all(
        unicodedata.category(sign)[0] in "LM" or sign.isdigit() or sign in _NAME_SIGNS
        for sign in value
    ):
        raise RowProblem(
            column, f"A {label} can only have letters, spaces, hyphens and apostrophes"
        )
    if not any(sign.isalpha() for sign in value):
        raise RowProblem(column, f"Enter the {label} in letters")
    return value


def _number(value: str) -> tuple[str | None, str | None]:
    try:
        return parse_mobile(value), None
    except NumberProblem as problem:
        return None, problem.words


def _language(value: str) -> Language:
    try:
        return _LANGUAGES[value.casefold()]
    except KeyError:
        raise RowProblem("language", "The language must be English (en) or Welsh (cy)") from None


def _email(value: str) -> str:
    _needed("om_email", value, "Enter the offender manager's email address")
    if not _EMAIL.fullmatch(value):
        raise RowProblem("om_email", "This is not an email address")
    return value.lower()


def _type(value: str) -> AppointmentType:
    try:
        return AppointmentType(
            "_".join(value.casefold().replace("-", " ").replace("_", " ").split())
        )
    except ValueError:
        kinds = ", ".join(kind.value for kind in AppointmentType)
        raise RowProblem("type", f"The type must be one of: {kinds}") from None


def _date(value: str) -> date:
    _needed("date", value, "Enter the date")
    if found := _DAY_FIRST.fullmatch(value):
        day, month, year = (int(part) for part in found.groups())
    elif found := _YEAR_FIRST.fullmatch(value):
        year, month, day = (int(part) for part in found.groups())
    else:
        raise RowProblem("date", "Enter the date as day/month/year, such as 22/03/2027")
    try:
        return date(year, month, day)
    except ValueError:
        raise RowProblem("date", f"{value} is not a real date") from None


def _time(value: str) -> time:
    _needed("start", value, "Enter the start time")
    found = _TIME.fullmatch(value)
    if found is None or not (found[2] or found[4]):
        raise RowProblem("start", "Enter the time as hours and minutes, such as 09:30 or 9.30am")
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[4] or "").lower()
    if half and not 1 <= hour <= 12:
        raise RowProblem("start", f"{value} is not a real time")
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 23 or minute > 59 or int(found[3] or 0) > 59:
        raise RowProblem("start", f"{value} is not a real time")
    return time(hour, minute)


def _moment(day: date, at: time, zone: ZoneInfo) -> tuple[datetime, tuple[str, ...]]:
    try:
        moment = local_moment(day, at, zone)
    except NoSuchTime as problem:
        raise RowProblem("start", str(problem)) from None
    except OverflowError:
        raise RowProblem("date", "The year is not valid") from None
    if moment.ambiguous:
        return moment.at, (
            f"{at:%H:%M} comes twice that day, when the clocks go back: the first one is used",
        )
    return moment.at, ()


def _minutes(value: str) -> int:
    reason = f"The length must be in whole minutes, from 1 to {LONGEST_DAY}"
    if not _WHOLE.fullmatch(value) or not 1 <= (minutes := int(float(value))) <= LONGEST_DAY:
        raise RowProblem("minutes", reason)
    return minutes


@lru_cache(maxsize=1024)
def _alias(place: str) -> tuple[str, tuple[str, ...]]:
    """What texts call the place, with any warnings: the file's name, unless a stranger should not
    read it.
    """
    words = ", ".join(problem.word for problem in texts.lint(place))
    if words:
        return "", (f"The place would tell a stranger too much ({words}): texts will not name it",)
    return default_alias(place), ()


@lru_cache(maxsize=1024)
def _worker_warnings(worker: str) -> tuple[str, ...]:
    return () if texts.discreet(texts.shorten_worker(worker)) else (PRIVATE_WORKER,)


def _yes_or_no(value: str) -> bool:
    known = value.casefold()
    if known in _YES:
        return True
    if known in _NO:
        return False
    raise RowProblem("enforceable", "Enter yes or no")
