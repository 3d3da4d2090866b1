"""What a line that broke proves about a call: did anything of it leave here?

Only a call of which nothing can have left was certainly not processed; for every other break the
answer is that nobody knows.
"""

import ssl
from collections.abc import Iterator

import requests
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError, ProxyError

__all__ = ["broken", "never_left"]


def never_left(problem: requests.exceptions.RequestException) -> bool:
    """Did the call fail before anything of it could reach the provider: no connection, no name, no
    trust?
    """
    if isinstance(problem, requests.exceptions.ConnectTimeout):
        return True
    return any(
        isinstance(cause, NewConnectionError | ConnectTimeoutError | ssl.SSLCertVerificationError)
        for cause in _causes(problem)
    )


def broken(problem: requests.exceptions.RequestException) -> str:
    """How it broke, in words that carry on from "it is not known whether the text service took this
    text".
    """
    if isinstance(problem, requests.exceptions.Timeout):
        return "it did not answer in time"
    return f"the connection broke before it answered ({type(problem).__name__})"


def _causes(problem: BaseException) -> Iterator[BaseException]:
    """What urllib3 gives as the reason, which it puts into attributes and arguments rather than
    into `__cause__`.
    """
    for part in problem.args:
        if isinstance(part, MaxRetryError) and part.reason is not None:
            yield part.reason
            if isinstance(part.reason, ProxyError):
                yield part.reason.original_error
            yield from (inner for inner in part.reason.args if isinstance(inner, BaseException))
