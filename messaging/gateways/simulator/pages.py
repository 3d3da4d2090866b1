"""Pages to use a simulated phone: choose one, read its texts, answer. They work without JavaScript.

For a developer's own machine: there is no sign-in, so others must not be able to reach it.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.exceptions import Forbidden, HTTPException, NotFound

from messaging.gateways.simulator.codes import DELIVERY_WORDS
from messaging.gateways.simulator.phones import Sending
from messaging.gateways.simulator.provider import Provider
from messaging.gateways.simulator.states import PHONE_STATES, set_state, state_of
from messaging.gateways.simulator.texts import Direction, Status, Text
from messaging.gateways.simulator.validation import e164

_LONGEST_TEXT = 1600
_NEWEST = 200
_REFRESH = {"2", "5", "15"}
_POLICY = (
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
_STATUS_WORDS: Mapping[Status, str] = {
    Status.ACCEPTED: "Accepted",
    Status.QUEUED: "Waiting to be sent",
    Status.SENDING: "Being sent",
    Status.SENT: "Sent, delivery not confirmed",
    Status.DELIVERED: "Delivered",
    Status.CANCELED: "Cancelled before it was sent",
}


def blueprint(provider: Provider) -> Blueprint:
    """The pages for one account."""
    pages = Blueprint("pages", __name__, static_folder="static", static_url_path="/static")
    views = _Views(provider)
    routes: Mapping[tuple[str, str], Callable[..., Any]] = {
        ("GET", "/"): views.index,
        ("GET", "/phones"): views.open,
        ("GET", "/phones/<number>"): views.phone,
        ("POST", "/phones/<number>/texts"): views.reply,
        ("POST", "/phones/<number>/state"): views.state,
        ("GET", "/ledger"): views.ledger,
        ("POST", "/reset"): views.reset,
    }
    for (method, path), view in routes.items():
        pages.add_url_rule(path, view.__name__, view, methods=[method])
    pages.before_request(_same_origin)
    pages.after_request(_locked_down)
    pages.register_error_handler(HTTPException, refusal)
    pages.add_app_template_filter(views.clock, "clock")
    pages.add_app_template_filter(readable, "readable")
    pages.add_app_template_global(delivery_words)
    return pages


class _Views:
    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._zone = ZoneInfo(provider.settings.timezone)

    def clock(self, moment: datetime) -> str:
        """A moment as a phone shows it."""
        return moment.astimezone(self._zone).strftime("%a %-d %b, %H:%M")

    def index(self) -> str:
        """All phones with texts."""
        return render_template(
            "index.html", threads=self._provider.ledger.threads(), refresh=_refresh()
        )

    def open(self) -> Response | tuple[str, int]:
        """Open the phone whose number was typed."""
        given = request.args.get("number", "")
        number = british(given)
        if number is None:
            page = render_template(
                "index.html",
                threads=self._provider.ledger.threads(),
                given=given,
                wrong=True,
                refresh=None,
            )
            return page, 400
        return redirect(url_for("pages.phone", number=number), 303)  # type: ignore[return-value]

    def phone(self, number: str) -> str:
        """One phone with its texts and a box to answer."""
        return self._render(_phone(number))

    def _render(self, number: str, **more: object) -> str:
        ledger, phones = self._provider.ledger, self._provider.phones
        sender = phones.heard_from(number)
        return render_template(
            "phone.html",
            number=number,
            texts=ledger.thread(number)[-_NEWEST:],
            sender=sender,
            senders=self._provider.settings.numbers,
            opted_out=ledger.is_opted_out(phones.pool(sender), number),
            states=PHONE_STATES,
            state=state_of(self._provider, number),
            longest=_LONGEST_TEXT,
            refresh=_refresh(),
            **more,
        )

    def reply(self, number: str) -> Response | tuple[str, int]:
        """The phone texts the service."""
        phone, body = _phone(number), request.form.get("body", "").replace("\r\n", "\n")
        if not body.strip() or len(body) > _LONGEST_TEXT:
            return self._render(phone, wrong=True, given=body), 400
        to = request.form.get("to", "")
        how = Sending(to=to if to in self._provider.settings.numbers else None)
        self._provider.phones.text_in(phone, body, how)
        return self._back(phone)

    def state(self, number: str) -> Response:
        """Switch the phone off or on, or change what is wrong with it."""
        phone, state = _phone(number), request.form.get("state", "")
        if state in PHONE_STATES:
            set_state(self._provider, phone, state)
        return self._back(phone)

    def ledger(self) -> str:
        """The newest accepted texts."""
        ledger = self._provider.ledger
        texts = ledger.outbound()
        return render_template(
            "ledger.html",
            texts=texts[: -_NEWEST - 1 : -1],
            count=len(texts),
            statuses=ledger.statuses(),
            answers=ledger.answers(),
            refresh=_refresh(),
        )

    def reset(self) -> Response:
        """Forget everything."""
        self._provider.reset()
        return redirect(url_for("pages.index"), 303)  # type: ignore[return-value]

    @staticmethod
    def _back(phone: str) -> Response:
        return redirect(url_for("pages.phone", number=phone, refresh=_refresh()), 303)  # type: ignore[return-value]


def delivery_words(text: Text) -> str:
    """What happened to a text, in plain words."""
    if text.direction is Direction.INBOUND:
        return _inbound_words(text)
    if text.error_code is not None:
        why = DELIVERY_WORDS.get(text.error_code, "no reason known").lower()
        return f"Not delivered to this phone: {why} ({text.error_code})"
    return _STATUS_WORDS.get(text.status, text.status.value)


def _inbound_words(text: Text) -> str:
    if not text.posts:
        return "Sent, not posted yet"
    post = text.posts[-1]
    if post.taken:
        return "Received by the service"
    return f"Not received by the service: {post.error}"


def readable(number: str) -> str:
    """A British mobile number in groups: 07700 900123."""
    if number.startswith("+447") and len(number) == 13:
        return f"0{number[3:7]} {number[7:]}"
    return number


def british(given: str) -> str | None:
    """A number as typed (07700 900123, 0044…, +44…) in E.164; None if it cannot be one."""
    number = e164(given)
    if number.startswith("00"):
        number = "+" + number[2:]
    elif number.startswith("0"):
        number = "+44" + number[1:]
    digits = number.removeprefix("+")
    if not (digits.isascii() and digits.isdecimal() and 7 <= len(digits) <= 15):
        return None
    return f"+{digits}"


def _phone(given: str) -> str:
    number = british(given)
    if number is None:
        raise NotFound("That is not a phone number.")
    return number


def _refresh() -> str | None:
    given = request.args.get("refresh", "")
    return given if given in _REFRESH else None


def _same_origin() -> None:
    """Refuse a form sent by another site's page."""
    origin = request.headers.get("Origin")
    if request.method == "POST" and origin is not None and urlsplit(origin).netloc != request.host:
        raise Forbidden("The form came from another site.")


def _locked_down(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    if request.endpoint != "pages.static":
        response.headers["Cache-Control"] = "no-store"
        refresh = _refresh()
        if refresh is not None and request.method == "GET" and response.status_code == 200:
            response.headers["Refresh"] = refresh
    return response


def refusal(error: HTTPException) -> tuple[str, int]:
    """A request that cannot be answered, as a page with a link back."""
    return render_template("problem.html", words=error.description, refresh=None), error.code or 500
