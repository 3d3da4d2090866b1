"""`Idempotency-Key` on POST: a repeated request is done once, and every repeat gets the first
answer.

The whole view runs in the transaction that claims the key, so the answer is stored if and only if
the work is. A refused request leaves nothing behind and can be sent again. An answer is not
repeated if the key may no longer see a person in it.
"""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, jsonify, make_response, request

from api.access import current_actor
from api.database import now, transaction
from engage.access.policy import sees_all
from engage.core import idempotency
from engage.core.errors import Invalid, NotFound

HEADER = "Idempotency-Key"
LONGEST_KEY = 100


def once(view: Callable[..., Any]) -> Callable[..., Any]:
    """Honour the header on a view. Place it above `reads` and `answers`, so that it gets the
    finished answer.
    """

    @wraps(view)
    def wrapped(*args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(HEADER)
        if key is None:
            return make_response(view(*args, **kwargs))
        if not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
            raise Invalid(
                fields={f"{HEADER}:": f"Use 1 to {LONGEST_KEY} printable ASCII characters."}
            )
        actor = current_actor().label
        with transaction() as session:
            answer = idempotency.claim(session, actor=actor, key=key, request=_digest(), now=now())
            if answer is None:
                response = make_response(view(*args, **kwargs))
                answer = idempotency.Answer(response.status_code, response.get_json())
                idempotency.store(session, actor=actor, key=key, answer=answer)
                return response
            if not sees_all(session, current_actor(), answer.people):
                raise NotFound("There is no such person, or you may not see them.")
        response = jsonify(answer.body)
        response.status_code = answer.status
        response.headers["Idempotency-Replayed"] = "true"
        return response

    return wrapped


def _digest() -> str:
    """A hash of the request: method, path with query, and body."""
    digest = hashlib.sha256(f"{request.method} {request.full_path}\n".encode())
    digest.update(request.get_data())
    return digest.hexdigest()
