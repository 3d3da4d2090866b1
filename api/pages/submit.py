"""Sending a form: the use case in one transaction, its refusals put beside the fields, and what
must happen once happening once.
"""

import hashlib
import uuid
from collections.abc import Callable

from flask import request
from sqlalchemy.orm import Session

from api.access import current_actor
from api.database import now, transaction
from api.pages.forms import OnceForm, PageForm
from engage.core import idempotency
from engage.core.errors import Conflict, EngageError, Invalid

SENT_ALREADY = (
    "This form was already sent with other details, and those were saved. Check "
    "them first, then send it again."
)


def attempt(form: PageForm, work: Callable[[Session], str]) -> str | None:
    """Do `work`, which returns the address to go on to. None when it was refused: `form` then says
    why.

    A form that must take effect once is answered, when it is sent again, with the address it led to
    the first time.
    """
    try:
        with transaction() as session:
            return _once(session, form, work) if isinstance(form, OnceForm) else work(session)
    except idempotency.KeyReused:
        form.refuse_whole(SENT_ALREADY)
        form["once"].data = uuid.uuid4().hex
    except Invalid as refusal:
        form.refuse(refusal.fields or {"": refusal.detail})
    except Conflict as refusal:
        form.refuse_whole(refusal.detail)
    return None


def act(work: Callable[[Session], None]) -> str | None:
    """Do what a single button asks. Returns the words of a refusal if the record has changed."""
    try:
        with transaction() as session:
            work(session)
    except (Conflict, Invalid) as refusal:
        return _words(refusal)
    return None


def _once(session: Session, form: OnceForm, work: Callable[[Session], str]) -> str:
    actor, key = current_actor().label, f"form:{form['once'].data}"
    answer = idempotency.claim(session, actor=actor, key=key, request=_digest(), now=now())
    if answer is not None:
        return str(answer.body["address"])
    address = work(session)
    idempotency.store(
        session, actor=actor, key=key, answer=idempotency.Answer(303, {"address": address})
    )
    return address


def _digest() -> str:
    sent = sorted(
        (name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"
    )
    return hashlib.sha256(repr((request.path, sent)).encode(errors="surrogatepass")).hexdigest()


def _words(refusal: EngageError) -> str:
    fields = refusal.fields if isinstance(refusal, Invalid) else {}
    return " ".join(fields.values()) or refusal.detail
