"""The signed-in session: a signed cookie with who, since when and when last seen; nothing in it is
secret or personal.

It ends 30 minutes after the last request, 12 hours after signing in, when the person signs out
anywhere, gets a new password or is made inactive. Nothing here decides what somebody may do.
"""

import uuid
from datetime import UTC, datetime, timedelta

from flask import g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from api.database import now, transaction
from engage.access.emergency import with_opened
from engage.access.policy import Actor, staff_actor
from engage.agencies import service
from engage.agencies.model import Staff

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
_SEEN_EVERY = timedelta(minutes=1)


def begin(staff: Staff, at: datetime) -> None:
    """Start a session for `staff`; whatever the cookie held before is dropped."""
    session.clear()
    session["staff"] = str(staff.id)
    session["epoch"] = staff.session_epoch
    session["began"] = session["seen"] = int(at.timestamp())


def end() -> None:
    """Forget the session of this browser."""
    session.clear()
    g.pop("staff", None)


def identify() -> Actor | None:
    """The signed-in member of staff, or None; `g.staff` then holds the row for the page's head."""
    if "staff" not in session:
        return None
    at = now()
    if _too_old(at):
        end()
        g.ended = True
        return None
    with transaction() as opened:
        staff = service.load_staff(opened, uuid.UUID(session["staff"]))
        actor = None if staff is None else with_opened(opened, staff_actor(staff), now=at)
    if staff is None or staff.session_epoch != session["epoch"]:
        end()
        return None
    if at - _moment("seen") >= _SEEN_EVERY:
        session["seen"] = int(at.timestamp())
    g.staff = staff
    return actor


def challenge() -> ResponseReturnValue:
    """Send an anonymous visitor to the sign-in page, and back afterwards to the page they asked
    for.
    """
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    if wanted == "/":
        wanted = None
    return redirect(url_for("auth.sign_in", next=wanted, ended="yes" if g.get("ended") else None))


def safe_next(given: str | None) -> str | None:
    """An address to return to after signing in, only if it is a page of this service."""
    if not given or len(given) > 500 or not given.isascii() or not given.isprintable():
        return None
    if not given.startswith("/") or given.startswith(("//", "/sign-")) or "\\" in given:
        return None
    return given


def _too_old(at: datetime) -> bool:
    return at - _moment("seen") > IDLE or at - _moment("began") > LONGEST


def _moment(name: str) -> datetime:
    return datetime.fromtimestamp(session[name], UTC)
