"""What every form of the staff pages shares: what it says of itself, fields that people fill in by
hand, and errors beside the right field.

`shared/form.html` draws a form from this alone. A field's hint is its `description`; `render_kw`
sets the class, the input mode, the autocomplete value and the suffix of its input. security.py
checks CSRF for every form. Nothing here asks the database.
"""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any, ClassVar, TypeVar

from wtforms import Field, Form, HiddenField, IntegerField, SelectField
from wtforms.validators import StopValidation, ValidationError

from engage.core.text_fields import problem_with

Name = TypeVar("Name", bound=str)
_TIME = re.compile(r"^(\d{1,2})(?:[:.]?([0-5]\d))?\s*([ap])?\.?\s*(?:m\.?)?$")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True)
class Group:
    """Fields that are drawn together, by name: under a legend, or beside one another."""

    names: tuple[str, ...]
    legend: str = ""


@dataclass(frozen=True)
class Part:
    """What `shared/form.html` draws at one place: a field, or the fields of a group."""

    fields: tuple[Field, ...]
    group: Group | None = None


class PageForm(Form):
    """A form of a page, with the words around its fields. A view may give other words to
    `form_page`.
    """

    TITLE: ClassVar[str] = ""
    LEAD: ClassVar[str] = ""
    """What is said above the fields, one paragraph a line."""
    BUTTON: ClassVar[str] = "Save"
    WARNS: ClassVar[bool] = False
    """Whether the button is red, because what it does is serious."""
    GROUPS: ClassVar[tuple[Group, ...]] = ()
    FIRST: ClassVar[tuple[str, ...]] = ()
    LAST: ClassVar[tuple[str, ...]] = ()
    """Fields that stand before and after the others, which stand in the order of their making."""
    CALLED: ClassVar[Mapping[str, str]] = {}
    """The form's own names of fields that use cases name otherwise."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.whole: list[str] = []

    def ordered(self) -> list[Field]:
        """The fields in the order in which they are drawn."""
        names = [field.name for field in self]
        middle = [name for name in names if name not in (*self.FIRST, *self.LAST)]
        return [self[name] for name in (*self.FIRST, *middle, *self.LAST) if name in self]

    def parts(self) -> list[Part]:
        """What is drawn, in order. A group stands where its first field does."""
        group_of = {name: group for group in self.GROUPS for name in group.names}
        found: list[Part] = []
        for field in self.ordered():
            group = group_of.get(field.name)
            if group is None:
                found.append(Part((field,)))
            elif not any(part.group is group for part in found):
                found.append(Part(tuple(self[one] for one in group.names if one in self), group))
        return found

    def refuse(self, fields: Mapping[str, str]) -> None:
        """Add a use case's refusals by field; those of fields that the form does not have are said
        of the whole.
        """
        for said, words in fields.items():
            name = self.CALLED.get(said, said)
            if name in self:
                self[name].errors = [*self[name].errors, words]
            else:
                self.whole.append(words)

    def refuse_whole(self, words: str) -> None:
        """Say that the form as a whole was refused."""
        self.whole.append(words)

    def summary(self) -> list[dict[str, str]]:
        """The items of the error summary at the top of the page, in the order of the fields."""
        items = [{"text": words} for words in self.whole]
        for field in self.ordered():
            items += [
                {"text": str(words), "href": f"#{getattr(field, 'focus', field.id)}"}
                for words in field.errors[:1]
            ]
        return items


MOST_SEEN = 100
_LONGEST_ID = 18


def seen(given: Sequence[str]) -> list[int]:
    """The ids of the texts that the page showed, as its form sent them back; what is no id is left
    out.
    """
    return [
        int(one)
        for one in given[:MOST_SEEN]
        if one.isascii() and one.isdigit() and len(one) <= _LONGEST_ID
    ]


class OnceForm(PageForm):
    """A form whose effect must happen once, however often it is sent: each page shown carries an id
    of its own.
    """

    once = HiddenField(default=lambda: uuid.uuid4().hex)

    def validate_once(self, field: Field) -> None:
        """The id is one that we gave out."""
        if not re.fullmatch("[0-9a-f]{32}", field.data or ""):
            raise ValidationError("Reload the page and try again")


A_DATE = "For example, 27 3 2027"


class DateField(Field):
    """A date in three boxes: day, month (a number or a name) and year. `data` is a date or None."""

    parts: tuple[str, str, str] = ("", "", "")
    data: date | None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"description": A_DATE, **kwargs})

    @property
    def focus(self) -> str:
        """The box that the error summary leads to."""
        return f"{self.id}-day"

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read the three boxes; without them show the date that the page gave."""
        self.process_errors: list[str] = []
        shown = (
            data
            if isinstance(data, date)
            else (self.default() if callable(self.default) else self.default)
        )
        self.data = shown if isinstance(shown, date) else None
        names = [f"{self.name}-{part}" for part in ("day", "month", "year")]
        if formdata is not None and any(name in formdata for name in names):
            self.parts = tuple(formdata.get(name, "").strip()[:20] for name in names)
            self.data = None
            try:
                self.data = parse_date(*self.parts)
            except ValueError as problem:
                self.process_errors.append(str(problem))
        elif self.data is not None:
            self.parts = (str(self.data.day), str(self.data.month), str(self.data.year))

    @property
    def given(self) -> date:
        """The date of a form that was found in order. Raises ValueError where there is none."""
        if self.data is None:
            raise ValueError("no date was given")
        return self.data

    def pre_validate(self, form: Any) -> None:
        """A date must be given."""
        if self.data is None and not self.process_errors:
            raise ValidationError("Enter a date")


class OptionalDateField(DateField):
    """A date that may be left out: with all three boxes empty `data` is None."""

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read the three boxes; nothing in them is no fault."""
        super().process(formdata, data, extra_filters)
        if not any(self.parts):
            self.process_errors = []

    def pre_validate(self, form: Any) -> None:
        """Nothing must be given."""


class WholeNumberField(IntegerField):
    """A whole number; what is none is refused in our own words."""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Read what was typed."""
        given = str(valuelist[0]).strip() if valuelist else ""
        self.data = None
        if not given:
            return
        if not given.isascii() or not given.lstrip("-").isdigit() or len(given) > 9:
            raise ValueError("Enter a whole number")
        self.data = int(given)


class TimeField(Field):
    """A time of day as people type it: 9.30am, 14:00, 2pm. `data` is a time or None."""

    typed = ""
    data: time | None

    def _value(self) -> str:
        """What the input shows: what was typed, or the time that the page gave."""
        return self.typed

    def process_data(self, value: Any) -> None:
        """Show the time that the page gave."""
        self.data = value
        self.typed = f"{value:%H:%M}" if isinstance(value, time) else ""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Read what was typed."""
        if valuelist:
            self.typed, self.data = str(valuelist[0]).strip()[:20], None
            self.data = parse_time(self.typed)

    def pre_validate(self, form: Any) -> None:
        """A time must be given."""
        if self.data is None and not self.process_errors:
            raise ValidationError("Enter a time, such as 10am or 2:30pm")


def parse_date(day: str, month: str, year: str) -> date:
    """A date from three boxes. Raises ValueError with words for the form."""
    missing = [
        name for name, given in (("day", day), ("month", month), ("year", year)) if not given
    ]
    if len(missing) == 3:
        raise ValueError("Enter a date")
    if missing:
        raise ValueError(f"The date must include a {' and a '.join(missing)}")
    name = month.casefold()[:3]
    number = str(_MONTHS.index(name) + 1) if name in _MONTHS else month
    if (
        not all(given.isascii() and given.isdigit() for given in (day, number, year))
        or len(year) != 4
    ):
        raise ValueError("Enter a real date, such as 27 3 2027")
    try:
        return date(int(year), int(number), int(day))
    except ValueError:
        raise ValueError("Enter a real date, such as 27 3 2027") from None


def parse_time(typed: str) -> time:
    """A time as people type it. Raises ValueError with words for the form."""
    words = typed.casefold().strip()
    if words in ("midday", "noon"):
        return time(12)
    found = _TIME.match(words) if words.isascii() else None
    refusal = "Enter a time, such as 10am or 2:30pm"
    if found is None:
        raise ValueError(refusal)
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    if half and not 1 <= hour <= 12:
        raise ValueError(refusal)
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    elif found[2] is None and len(words) < 3:
        raise ValueError("Say whether it is in the morning or the afternoon, such as 10am or 2pm")
    if hour > 23:
        raise ValueError(refusal)
    return time(hour, minute)


class HubField(SelectField):
    """A choice of hub. It is drawn only when there is more than one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"validate_choice": False, **kwargs})


def choices(names: Mapping[Name, str]) -> Any:
    """Values and what they are called, in the shape that WTForms takes and its stubs do not know
    yet.
    """
    return {str(value): name for value, name in names.items()}


def stripped(given: str | None) -> str | None:
    """A filter for one line: no spaces at the ends, none doubled."""
    return None if given is None else " ".join(word for word in given.split(" ") if word)


def joined(given: str | None) -> str | None:
    """A filter for several lines: the line ends of every system become one kind, and blanks around
    the whole go.
    """
    return None if given is None else given.replace("\r\n", "\n").replace("\r", "\n").strip()


class Words:
    """A validator: what the field holds can be stored and read, and is neither too long nor, with
    `missing`, left out.
    """

    def __init__(self, longest: int, *, missing: str | None = None, lines: bool = False) -> None:
        self.longest = longest
        self.missing = missing
        self.lines = lines
        self.field_flags = {"maxlength": longest}

    def __call__(self, form: Form, field: Field) -> None:
        """Raise the refusal, and look no further."""
        given = field.data or ""
        if self.missing is not None and not given:
            raise StopValidation(self.missing)
        if problem := problem_with(given, longest=self.longest, lines=self.lines):
            raise StopValidation(problem.rstrip("."))
