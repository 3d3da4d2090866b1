"""The landing page: who needs a call today and why, what is booked, and the quick way to book."""

from datetime import date

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from api.access import STAFF, allow, current_actor
from api.database import now, transaction
from api.pages.blueprint import pages
from api.pages.list_places import place_or_404
from engage.access import scope
from engage.access.policy import Ability
from engage.core.errors import NotFound
from engage.core.paging import MomentCursor
from engage.queries.conversation import alarms
from engage.queries.conversation.learning_from_use import hubs_with_rise
from engage.queries.people import caseload
from engage.queries.signals import today as queries
from engage.queries.signals.signals import COUNTED, SignalCursor

OFFERED = 60


@pages.get("/")
@allow(STAFF)
def start() -> ResponseReturnValue:
    """The start is Today."""
    return redirect(url_for("pages.today"))


@pages.get("/today")
@allow(STAFF)
def today() -> ResponseReturnValue:
    """Open signals, replies to read, and the appointments of today and tomorrow."""
    actor, at = current_actor(), now()
    after = place_or_404(SignalCursor.parse, request.args.get("after"))
    if not scope.may_see_people(actor):
        with transaction() as session:
            risen = hubs_with_rise(session, actor, now=at)
        return render_template("shared/no_people.html", risen=risen)
    books = scope.may_write(actor) and scope.may_anywhere(actor, Ability.BOOK)
    with transaction() as session:
        page = queries.load(session, actor, now=at, after=after)
        uncovered = alarms.uncovered(session, actor, now=at)
        risen = hubs_with_rise(session, actor, now=at) if after is None else ()
        choices = (
            caseload.search_for_choice(session, actor, "", ability=Ability.BOOK, limit=OFFERED + 1)
            if books and after is None
            else ()
        )
    return render_template(
        "signals/today.html",
        page=page,
        now=at,
        uncovered=uncovered,
        risen=risen,
        continued=after is not None,
        counted=COUNTED,
        books=books,
        choices=choices if len(choices) <= OFFERED else (),
        signals=scope.may_anywhere(actor, Ability.SIGNALS),
        converses=scope.may_anywhere(actor, Ability.CONVERSE),
        writes=scope.may_write(actor),
    )


@pages.get("/day/<day>")
@allow(STAFF)
def day(day: str) -> ResponseReturnValue:
    """All appointments of one day, page by page."""
    actor, at = current_actor(), now()
    after = place_or_404(MomentCursor.parse, request.args.get("after"))
    wanted = place_or_404(date.fromisoformat, day)
    if wanted is None or not 2000 <= wanted.year < 2100:
        raise NotFound("There is no such day.")
    if not scope.may_see_people(actor):
        return render_template("shared/no_people.html")
    with transaction() as session:
        page = queries.load_day(session, actor, wanted, now=at, after=after)
    return render_template("signals/day.html", page=page, now=at, writes=scope.may_write(actor))
