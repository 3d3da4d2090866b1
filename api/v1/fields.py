"""The field types of the API's schemas, each with its limits."""

import re
import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from engage.core.text_fields import problem_with

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
FIRST_YEAR, LAST_YEAR = 1900, 2199
DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Given(Schema):
    """The base of every request schema. Unknown fields are refused."""

    class Meta:
        unknown = RAISE


class Nothing(Given):
    """An empty body: `{}` or nothing."""


class Words(fields.String):
    """Text of `shortest` to `longest` characters, without invisible ones. Surrounding blanks are
    removed.
    """

    def __init__(
        self, longest: int, *, shortest: int = 1, lines: bool = False, **more: Any
    ) -> None:
        metadata = {"minLength": shortest, "maxLength": longest, **more.pop("metadata", {})}
        super().__init__(metadata=metadata, **more)
        self.longest, self.shortest, self.lines = longest, shortest, lines

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs).strip()
        problem = problem_with(text, longest=self.longest, shortest=self.shortest, lines=self.lines)
        if problem is not None:
            raise ValidationError(problem)
        return text


class Crn(Words):
    """A case reference number: one letter and six digits."""

    def __init__(self, **more: Any) -> None:
        form = validate.Regexp(
            "^[A-Z][0-9]{6}$", error="Enter one capital letter and six digits, such as X123456."
        )
        super().__init__(7, shortest=7, validate=form, **more)


class Moment(fields.AwareDateTime):
    """A moment with an offset from UTC, such as 2027-03-22T09:30:00+00:00, between 2000 and 2100.
    Converted to UTC.
    """

    def __init__(self, **more: Any) -> None:
        super().__init__(format="iso", **more)
        self.error_messages["invalid_awareness"] = (
            "Include the offset from UTC, such as +00:00 or Z."
        )

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> datetime:
        if not isinstance(value, str) or len(value) > 40:
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        moment: datetime = super()._deserialize(value, attr, data, **kwargs)
        offset = moment.utcoffset()
        naive = moment.replace(tzinfo=UTC)
        if offset is None or not EARLIEST <= naive < LATEST:
            raise ValidationError("Enter a moment between 2000 and 2100.")
        return moment.astimezone(UTC)


class Day(fields.Date):
    """A day, such as 2027-03-22, from 1900 to 2199."""

    def __init__(self, **more: Any) -> None:
        super().__init__(format="iso", **more)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> date:
        if not isinstance(value, str) or not DAY.fullmatch(value):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        day: date = super()._deserialize(value, attr, data, **kwargs)
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ValidationError(f"Enter a day from {FIRST_YEAR} to {LAST_YEAR}.")
        return day


class Flag(fields.Boolean):
    """JSON `true` or `false`. Other values that look like them are refused."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Whole(fields.Integer):
    """A whole number from `low` to `high`. Text with digits is accepted in a query only."""

    def __init__(self, low: int, high: int, *, in_query: bool = False, **more: Any) -> None:
        super().__init__(validate=validate.Range(low, high), **more)
        self.in_query = in_query

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int:
        as_text = isinstance(value, str) and self.in_query and _digits(value)
        if not as_text and type(value) is not int:
            raise self.make_error("invalid", input=value)
        number: int = super()._deserialize(value, attr, data, **kwargs)
        return number


class Id(fields.UUID):
    """One of our ids, a UUID."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> uuid.UUID:
        if not isinstance(value, str) or len(value) != 36:
            raise self.make_error("invalid_uuid")
        found: uuid.UUID = super()._deserialize(value, attr, data, **kwargs)
        return found


def one_of(kind: type[StrEnum], **more: Any) -> fields.Enum[Any]:
    """One value of an enum."""
    return fields.Enum(kind, by_value=True, **more)


def _digits(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) <= 12
