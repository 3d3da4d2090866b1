"""The sign-in and sign-out pages. A refusal says the same whatever was wrong, so that nobody learns
which addresses exist.
"""

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from wtforms import EmailField, HiddenField, PasswordField

from api.access import PUBLIC, STAFF, Unauthenticated, allow, current_actor
from api.auth.session import begin, end, safe_next
from api.database import now, transaction
from api.pages.form_page import form_page
from api.pages.forms import PageForm, Words, stripped
from engage.agencies import service
from engage.core.errors import TooManyAttempts

REFUSED = (
    "The email address or password is wrong. After 5 wrong attempts an account is "
    "locked for 15 minutes."
)

ENDED = (
    "You were signed out after 30 minutes without activity, or at the end of the day."
    " Sign in to continue."
)

FAILURES = RateLimitItemPerMinute(20, 10)
"""Failed sign-ins that one network address may make: 20 in 10 minutes, for all accounts
together. Counted by each process alone.
"""

TOO_MANY = "There were too many failed attempts from your network. Try again in 10 minutes."

auth = Blueprint("auth", __name__)


def sign_in_limiter() -> MovingWindowRateLimiter:
    """Counts the failed sign-ins of each network address."""
    return MovingWindowRateLimiter(MemoryStorage())


auth.record_once(
    lambda state: state.app.extensions.setdefault("engage.sign_ins", sign_in_limiter())
)


class SignInForm(PageForm):
    """Who you are."""

    TITLE = BUTTON = "Sign in"

    email = EmailField(
        "Email address",
        [Words(254, missing="Enter your email address")],
        filters=[stripped],
        render_kw={"class": "govuk-input--width-20", "autocomplete": "username"},
    )
    password = PasswordField(
        "Password",
        [Words(200, missing="Enter your password")],
        render_kw={"class": "govuk-input--width-20", "autocomplete": "current-password"},
    )
    next = HiddenField(validators=[Words(500)])


@auth.get("/sign-in")
@allow(PUBLIC)
def sign_in() -> ResponseReturnValue:
    """The sign-in page. Staff who are signed in already go on to their page."""
    wanted = safe_next(request.args.get("next"))
    if _signed_in():
        return redirect(wanted or url_for("pages.today"))
    return _page(SignInForm(data={"next": wanted}), ended="ended" in request.args)


@auth.post("/sign-in")
@allow(PUBLIC)
def try_to_sign_in() -> ResponseReturnValue:
    """Check the password; the count of wrong tries is kept."""
    form = SignInForm(request.form)
    limiter, caller = current_app.extensions["engage.sign_ins"], request.remote_addr or ""
    if not limiter.test(FAILURES, caller):
        raise TooManyAttempts(TOO_MANY)
    if not form.validate():
        return _page(form), 422
    at = now()
    with transaction() as session:
        result = service.authenticate(
            session, form.email.data or "", form.password.data or "", now=at
        )
    if result.staff is None:
        limiter.hit(FAILURES, caller)
        form.refuse_whole(REFUSED)
        return _page(form), 422
    begin(result.staff, at)
    return redirect(safe_next(form.next.data) or url_for("pages.today"))


@auth.post("/sign-out")
@allow(STAFF)
def sign_out() -> ResponseReturnValue:
    """End every session of the member of staff."""
    staff_id = current_actor().id
    if staff_id is not None:
        with transaction() as session:
            service.end_sessions(session, staff_id, now=now())
    end()
    return redirect(url_for("auth.signed_out"))


@auth.get("/signed-out")
@allow(PUBLIC)
def signed_out() -> ResponseReturnValue:
    """Said after signing out."""
    return render_template("shared/signed_out.html")


def _signed_in() -> bool:
    try:
        current_actor()
    except Unauthenticated:
        return False
    return True


def _page(form: SignInForm, *, ended: bool = False) -> str:
    return form_page(
        form,
        inset=ENDED if ended else "",
        action=url_for("auth.sign_in"),
        template="shared/sign_in.html",
    )
