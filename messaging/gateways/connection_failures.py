"""Decide from a failed call whether anything of it can have reached the provider.

A text was certainly not processed only if nothing can have left. After any other failure it is not
known whether the provider has it.
"""

import ssl
from collections.abc import Iterator

import requests
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError, ProxyError

__all__ = ["describe", "was_never_sent"]


def was_never_sent(problem: requests.exceptions.RequestException) -> bool:
    """Whether the call failed before anything of it could reach the provider: no connection, no
    such host, no valid certificate.
    """
    if isinstance(problem, requests.exceptions.ConnectTimeout):
        return True
    return any(
        isinstance(cause, NewConnectionError | ConnectTimeoutError | ssl.SSLCertVerificationError)
        for cause in _causes(problem)
    )


def describe(problem: requests.exceptions.RequestException) -> str:
    """How the call failed, as the end of the sentence "it is not known whether the text service
    took this text: …".
    """
    if isinstance(problem, requests.exceptions.Timeout):
        return "it did not answer in time"
    return f"the connection broke before it answered ({type(problem).__name__})"


def _causes(problem: BaseException) -> Iterator[BaseException]:
    """The causes that urllib3 puts into attributes and arguments instead of into `__cause__`."""
    for part in problem.args:
        if isinstance(part, MaxRetryError) and part.reason is not None:
            yield part.reason
            if isinstance(part.reason, ProxyError):
                yield part.reason.original_error
            yield from (inner for inner in part.reason.args if isinstance(inner, BaseException))
