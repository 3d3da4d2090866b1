"""The errors that a use case may raise on purpose.

Each has a stable `code`, a `title`, a `detail` that says what to do, and an HTTP status. The API
turns them into RFC 9457 problems and the pages into GOV.UK error summaries, in one place each.
"""

from collections.abc import Mapping


class EngageError(Exception):
    """A refusal that the caller can understand and act on."""

    status = 400
    code = "refused"
    title = "The request was refused"

    def __init__(self, detail: str, *, code: str | None = None, title: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or type(self).code
        self.title = title or type(self).title


class NotFound(EngageError):
    """There is no such thing, or the actor may not see it."""

    status = 404
    code = "not_found"
    title = "Not found"


class Forbidden(EngageError):
    """The actor may see the thing but may not do this to it."""

    status = 403
    code = "forbidden"
    title = "Not allowed"


class Conflict(EngageError):
    """The record has changed since the request was prepared, or does not allow it any more."""

    status = 409
    code = "conflict"
    title = "Conflict with what is recorded"


class Invalid(EngageError):
    """Some fields are wrong. `fields` maps the name of each to what is wrong or what to do."""

    status = 422
    code = "invalid"
    title = "Check the values"

    def __init__(
        self, detail: str = "Some values are wrong.", *, fields: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.fields = dict(fields or {})


class TooManyAttempts(EngageError):
    """Sign-in is locked for a while, or a rate limit is reached."""

    status = 429
    code = "too_many_attempts"
    title = "Too many attempts"
