"""The one tree of errors that a use case may raise on purpose.

Each carries a stable `code`, a `title` for people, a `detail` that says what to do, and the HTTP
status that the edge answers with. HTTP turns them into RFC 9457 problems or a GOV.UK error summary
in one place each; nothing here knows how.
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
    """There is no such thing, or the actor may not know that there is."""

    status = 404
    code = "not_found"
    title = "Not found"


class Forbidden(EngageError):
    """The actor may see the thing but may not do this to it."""

    status = 403
    code = "forbidden"
    title = "Not allowed"


class Conflict(EngageError):
    """The thing is no longer in the state that the request assumes."""

    status = 409
    code = "conflict"
    title = "Conflict with what is recorded"


class Invalid(EngageError):
    """Some fields are wrong. `fields` maps each field's name to what to do about it."""

    status = 422
    code = "invalid"
    title = "Check the values"

    def __init__(
        self, detail: str = "Some values are wrong.", *, fields: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.fields = dict(fields or {})


class TooManyAttempts(EngageError):
    """Slow down: sign-in is locked for a while, or a limit is reached."""

    status = 429
    code = "too_many_attempts"
    title = "Too many attempts"
