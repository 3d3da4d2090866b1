"""Queues: what the engine holds, for the administrator. Shows no name, no words and no whole
number.
"""

import uuid

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from api.access import allow, current_actor, staff
from api.database import now, transaction
from api.pages.blueprint import pages
from api.pages.frame import say
from api.pages.submit import act
from engage.agencies.model import Role
from engage.conversation import unprocessed
from engage.core import events
from engage.core.errors import Conflict
from engage.queries.messaging import engine
from engage.queries.signals.today import home_zone
from messaging.sending import reconcile

ADMINISTRATOR = staff(Role.ADMINISTRATOR)
LARGEST_ID = 2**63 - 1


@pages.get("/queues")
@allow(ADMINISTRATOR)
def queues() -> ResponseReturnValue:
    """Everything that waits, and what became of the rest in the last week."""
    at = now()
    with transaction() as session:
        page = engine.load(session, now=at)
        zone = home_zone(session, current_actor())
    return render_template("messaging/queues.html", page=page, zone=zone, now=at)


@pages.post("/queues/unknown/<uuid:message_id>/ask")
@allow(ADMINISTRATOR)
def ask_provider(message_id: uuid.UUID) -> ResponseReturnValue:
    """Let the provider be asked again what became of a text, with fresh patience."""
    at = now()

    def work(session: Session) -> None:
        if not reconcile.check_now(session, message_id):
            raise Conflict("The status of this text is now known.", code="not_unknown")
        events.record(
            session, "text.asked_after", now=at, actor=current_actor().label, message=message_id
        )

    return _back(
        act(work), "The text service has been asked again. Check here in a minute.", "unknown"
    )


@pages.post(f"/queues/set-aside/<int(max={LARGEST_ID}):inbound_id>/again")
@allow(ADMINISTRATOR)
def try_again(inbound_id: int) -> ResponseReturnValue:
    """Let Engage try a text that it failed at once more."""
    at = now()

    def work(session: Session) -> None:
        unprocessed.retry(session, inbound_id, actor=current_actor().label, now=at)

    return _back(act(work), "Engage is trying it again.", "set-aside")


@pages.post(f"/queues/set-aside/<int(max={LARGEST_ID}):inbound_id>/dismiss")
@allow(ADMINISTRATOR)
def dismiss(inbound_id: int) -> ResponseReturnValue:
    """Dismiss it. Engage does not try again."""
    at = now()

    def work(session: Session) -> None:
        unprocessed.dismiss(session, inbound_id, actor=current_actor().label, now=at)

    return _back(
        act(work), "Dismissed. Staff who may see the person can still read it.", "set-aside"
    )


def _back(refused: str | None, done: str, place: str) -> ResponseReturnValue:
    say(refused or done)
    return redirect(url_for("pages.queues", _anchor=place))
