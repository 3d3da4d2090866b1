"""A worker takes a conversation over and hands it back, and corrects what a text means."""

import uuid

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from api.access import STAFF, allow, current_actor
from api.database import now
from api.pages.blueprint import pages
from api.pages.frame import say
from api.pages.submit import act
from engage.conversation import takeover
from engage.conversation.corrections.service import correct
from engage.core.errors import Invalid
from engage.understanding.vocabulary import Intent


@pages.post("/people/<uuid:person_id>/conversation/take-over")
@allow(STAFF)
def take_over(person_id: uuid.UUID) -> ResponseReturnValue:
    """Take the conversation over. Another worker's takeover ends only if the page had shown it."""
    at = now()

    def work(session: Session) -> None:
        takeover.take_over(
            session, current_actor(), person_id, now=at, over=over(request.form.get("over"))
        )

    say(act(work) or "You have taken over. Engage leaves replies to you.")
    return redirect(url_for("pages.person", person_id=person_id, _anchor="thread"))


@pages.post("/people/<uuid:person_id>/conversation/hand-back")
@allow(STAFF)
def hand_back(person_id: uuid.UUID) -> ResponseReturnValue:
    """Hand the conversation back to Engage."""
    at = now()

    def work(session: Session) -> None:
        takeover.hand_back(session, current_actor(), person_id, now=at)

    say(act(work) or "Handed back. Engage reads and answers texts again.")
    return redirect(url_for("pages.person", person_id=person_id, _anchor="thread"))


@pages.post("/readings/<uuid:reading_id>/correct")
@allow(STAFF)
def correct_reply(reading_id: uuid.UUID) -> ResponseReturnValue:
    """Correct what a text means."""
    at = now()
    done: list[str] = []

    def work(session: Session) -> None:
        done.append(correct(session, current_actor(), reading_id, _meaning(), now=at).done)

    refusal = act(work)
    say(refusal or f"Corrected. {done[0]}.")
    try:
        back = uuid.UUID(request.form.get("back", ""))
    except ValueError:
        return redirect(url_for("pages.today"))
    return redirect(url_for("pages.person", person_id=back, _anchor="thread"))


def over(given: str | None) -> uuid.UUID | None:
    """The id of the takeover that the page showed, from its form; None for anything else."""
    try:
        return uuid.UUID(given or "")
    except ValueError:
        return None


def _meaning() -> Intent:
    try:
        return Intent(request.form.get("intent", ""))
    except ValueError:
        raise Invalid(fields={"intent": "Choose what the text means."}) from None
