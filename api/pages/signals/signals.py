"""Signals: assign and resolve them."""

import uuid

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import TextAreaField

from api.access import STAFF, allow, current_actor
from api.database import now, transaction
from api.pages.blueprint import pages
from api.pages.form_page import BackLink, form_page
from api.pages.forms import PageForm, Words, joined, seen
from api.pages.frame import say
from api.pages.submit import act, attempt
from engage.access.policy import Ability, open_person
from engage.conversation import staff_actions
from engage.core.errors import NotFound
from engage.queries.conversation import alarms
from engage.queries.signals import signals as queries
from engage.queries.signals.signals import SignalView
from engage.signals import Signal, SignalState, acknowledge, resolve


class ResolveForm(PageForm):
    """How a signal was dealt with."""

    BUTTON = "Resolve"

    how = TextAreaField(
        "What was done?",
        [Words(500, missing="Say what was done", lines=True)],
        filters=[joined],
        description="For example: rang, moved to Thursday",
    )


@pages.get("/signals/<uuid:signal_id>")
@allow(STAFF)
def signal(signal_id: uuid.UUID) -> ResponseReturnValue:
    """One signal with its evidence, and the form that resolves it."""
    return _page(signal_id, ResolveForm())


@pages.post("/signals/<uuid:signal_id>/acknowledge")
@allow(STAFF)
def acknowledge_signal(signal_id: uuid.UUID) -> ResponseReturnValue:
    """Somebody is on it."""
    at = now()

    def work(session: Session) -> None:
        acknowledge(session, _open(session, signal_id), actor=current_actor().label, now=at)

    say(act(work) or "Assigned to you.")
    return redirect(
        (request.form.get("back") == "person" and _person_page(signal_id)) or url_for("pages.today")
    )


@pages.post("/signals/<uuid:signal_id>/resolve")
@allow(STAFF)
def resolve_signal(signal_id: uuid.UUID) -> ResponseReturnValue:
    """It is dealt with."""
    form, at = ResolveForm(request.form), now()

    def work(session: Session) -> str:
        found, actor = _open(session, signal_id), current_actor()
        resolve(session, found, how=form.how.data or "", actor=actor.label, now=at)
        staff_actions.mark_seen_read(
            session, actor, found.person_id, seen(request.form.getlist("seen")), now=at
        )
        return url_for("pages.today")

    if form.validate() and (address := attempt(form, work)):
        say("Resolved.")
        return redirect(address)
    return _page(signal_id, form), 422


def _open(session: Session, signal_id: uuid.UUID) -> Signal:
    found = session.get(Signal, signal_id)
    if found is None:
        raise NotFound("There is no such signal, or you may not see it.")
    open_person(
        session,
        current_actor(),
        found.person_id,
        now=now(),
        what="signal",
        ability=Ability.SIGNALS,
        change=True,
    )
    return found


def _view(session: Session, signal_id: uuid.UUID) -> SignalView:
    found = queries.load_signal(session, current_actor(), signal_id, now=now())
    if found is None:
        raise NotFound("There is no such signal, or you may not see it.")
    return found


def _person_page(signal_id: uuid.UUID) -> str:
    with transaction() as session:
        return url_for(
            "pages.person", person_id=_view(session, signal_id).person_id, _anchor="signals"
        )


def _page(signal_id: uuid.UUID, form: ResolveForm) -> str:
    with transaction() as session:
        view = _view(session, signal_id)
        alarm = alarms.of_signal(session, signal_id)
    done = "Resolved" if view.state is SignalState.RESOLVED else "Resolve"
    return form_page(
        form,
        back=BackLink(url_for("pages.today"), "Today"),
        title=f"{done}: {view.title}",
        action=url_for("pages.resolve_signal", signal_id=signal_id),
        template="signals/signal.html",
        signal=view,
        alarm=alarm,
        now=now(),
    )
