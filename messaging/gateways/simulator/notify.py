"""GOV.UK Notify's own interface: the part of `/v2` that sends and shows texts.

The texts go into the same ledger, to the same phones and by the same network as the Twilio
account's. Its callbacks and the texts that its number receives are posted as JSON with the bearer
token. An outage affects Twilio only; the script's rules apply to both.
"""

import json
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from flask import Blueprint, Response, request
from notifications_python_client.authentication import decode_jwt_token, get_token_issuer
from notifications_python_client.errors import TokenError
from werkzeug.exceptions import HTTPException

from messaging.gateways.simulator.codes import ApiProblem
from messaging.gateways.simulator.provider import Provider
from messaging.gateways.simulator.script import Answer, Fate, Operation
from messaging.gateways.simulator.settings import NotifyAccount
from messaging.gateways.simulator.texts import NOTIFY, Direction, Status, Text
from messaging.gateways.simulator.validation import e164, recipient
from messaging.gateways.simulator.wire import hang_up, keep_waiting
from messaging.text import measure

_LONGEST = 918
_LONGEST_EARLY_WAIT = 10.0


class NotifyProblem(Exception):
    """Notify refuses a request, in its own format."""

    def __init__(self, status: int, error: str, message: str) -> None:
        self.status, self.error, self.message = status, error, message
        super().__init__(f"{status}: {message}")

    def answer(self) -> Response:
        """The answer to the caller."""
        errors = [{"error": self.error, "message": self.message}]
        return _json({"status_code": self.status, "errors": errors}, self.status)


def blueprint(provider: Provider) -> Blueprint:
    """The routes of the interface for one service."""
    api = Blueprint("notify", __name__, url_prefix="/v2")
    views = _Views(provider)
    api.add_url_rule("/notifications/sms", "send", views.send, methods=["POST"])
    api.add_url_rule("/notifications", "list", views.list, methods=["GET"])
    api.add_url_rule("/notifications/<id>", "show", views.show, methods=["GET"])
    api.add_url_rule("/<path:rest>", "unknown", views.unknown, methods=["GET", "POST"])
    api.before_request(views.gate)
    api.register_error_handler(NotifyProblem, NotifyProblem.answer)
    api.register_error_handler(HTTPException, refusal)
    return api


def refusal(error: HTTPException) -> Response:
    """A request that Flask itself refuses, in Notify's format."""
    return NotifyProblem(error.code or 500, "Exception", error.description or "").answer()


class _Views:
    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._account: NotifyAccount = provider.settings.notify

    def gate(self) -> None:
        """Check the caller's token, which is signed with the service's secret and at most half a
        minute old.
        """
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        try:
            known = scheme == "Bearer" and get_token_issuer(token) == self._account.service_id
            if known:
                decode_jwt_token(token, self._account.secret)
        except TokenError:
            known = False
        if not known:
            raise NotifyProblem(403, "AuthError", "Invalid token: service not found")

    def send(self) -> Response:
        """Accept a text, unless the script or a check says otherwise."""
        given = request.get_json()
        to, body = e164(str(given.get("phone_number", ""))), self._body(given)
        fate, dice = self._provider.script.fate(Operation.CREATE, to, body)
        latency = fate.latency.draw(dice)
        _pause(latency / 2)
        refused = self._before(fate)
        if refused is not None:
            self._provider.note(to, body, fate.answer.value)
            return refused()
        try:
            if fate.answer is Answer.REFUSE:
                raise _refused(fate.code or 20422)
            text = self._taken_on(given, body)
        except NotifyProblem:
            self._provider.note(to, body, Answer.REFUSE.value, fate.code)
            raise
        self._provider.note(to, body, fate.answer.value, sid=text.sid)
        created = self._created(text)
        finished = threading.Event() if fate.early else None
        self._provider.network.carry(text, fate, dice, finished)
        if finished is not None:
            finished.wait(_LONGEST_EARLY_WAIT)
        _pause(latency / 2)
        return self._after(fate, created)

    def _body(self, given: Mapping[str, Any]) -> str:
        if given.get("template_id") != self._account.template_id:
            raise NotifyProblem(400, "BadRequestError", "Template not found")
        body = (given.get("personalisation") or {}).get("body")
        if not isinstance(body, str) or not body:
            raise NotifyProblem(400, "BadRequestError", "Missing personalisation: body")
        return body

    def _taken_on(self, given: Mapping[str, Any], body: str) -> Text:
        try:
            to = recipient(str(given.get("phone_number", "")), self._provider.settings)
        except ApiProblem as problem:
            raise _refused(problem.code) from problem
        if len(body) > _LONGEST:
            words = (
                f"Content for template has a character count greater than the limit of {_LONGEST}"
            )
            raise NotifyProblem(400, "BadRequestError", words)
        now = self._provider.settings.now()
        text = Text(
            number=0,
            sid=str(uuid4()),
            to=to,
            sender=self._account.number,
            body=body,
            direction=Direction.OUTBOUND,
            status=Status.QUEUED,
            created=now,
            updated=now,
            segments=measure(body).segments,
            callback_url=self._account.status_url,
            history=[(Status.QUEUED, now)],
            provider=NOTIFY,
            reference=given.get("reference"),
        )
        self._provider.take_on(text)
        return text

    def _before(self, fate: Fate) -> Callable[[], Response] | None:
        """The answer to a request that is not accepted, or None."""
        match fate.answer:
            case Answer.TOO_MANY:
                words = "Exceeded rate limit for key type LIVE of 3000 requests per 60 seconds"
                return NotifyProblem(429, "RateLimitError", words).answer
            case Answer.ERROR_BEFORE:
                return NotifyProblem(500, "Exception", "Internal server error").answer
            case Answer.DROP_BEFORE:
                return hang_up
            case Answer.HANG_BEFORE:
                return lambda: keep_waiting(self._hold(fate))
            case _:
                return None

    def _after(self, fate: Fate, good: Response) -> Response:
        """The answer to a request that was accepted."""
        match fate.answer:
            case Answer.ERROR_AFTER:
                return NotifyProblem(500, "Exception", "Internal server error").answer()
            case Answer.DROP_AFTER:
                return hang_up()
            case Answer.HANG_AFTER:
                return keep_waiting(self._hold(fate))
            case Answer.UNREADABLE:
                return Response(
                    "<html>Bad gateway</html>", status=good.status_code, mimetype="text/html"
                )
            case Answer.EMPTY:
                return _json({}, good.status_code)
            case _:
                return good

    def _hold(self, fate: Fate) -> float:
        return self._provider.settings.hold if fate.hold is None else fate.hold

    def _created(self, text: Text) -> Response:
        template = {
            "id": self._account.template_id,
            "version": 1,
            "uri": f"{request.url_root}templates",
        }
        content = {"body": text.body, "from_number": self._account.number}
        made = {
            "id": text.sid,
            "reference": text.reference,
            "content": content,
            "template": template,
        }
        return _json(
            {
                **made,
                "uri": f"{request.url_root}v2/notifications/{text.sid}",
                "scheduled_for": None,
            },
            201,
        )

    def list(self) -> Response:
        """The texts with a reference, or all texts, newest first."""
        reference = request.args.get("reference")
        fate, dice = self._provider.script.fate(Operation.LIST, reference or "")
        _pause(fate.latency.draw(dice))
        refused = self._before(fate)
        if refused is not None:
            return refused()
        with self._provider.ledger.lock():
            rows = [
                text.as_notification()
                for text in reversed(self._provider.ledger.outbound())
                if text.provider == NOTIFY and reference in (None, text.reference)
            ]
        return self._after(fate, _json({"links": {"current": request.url}, "notifications": rows}))

    def show(self, id: str) -> Response:
        """One text."""
        text = self._provider.ledger.find(id)
        if text is None or text.provider != NOTIFY:
            raise NotifyProblem(404, "NoResultFound", "No result found")
        with self._provider.ledger.lock():
            return _json(text.as_notification())

    def unknown(self, rest: str) -> Response:
        """Any part of Notify's interface that is not simulated."""
        raise NotifyProblem(404, "NoResultFound", "No result found")


def _refused(code: int) -> NotifyProblem:
    """One of Twilio's codes in Notify's words."""
    words = {
        21211: "phone_number Not enough digits",
        21408: "Cannot send to international mobile numbers",
        21604: "phone_number is a required property",
        21614: "phone_number Not a UK mobile number",
        21635: "phone_number Not a UK mobile number",
        63038: "Exceeded send limits (250000) for today",
        30002: "Can't send to this recipient when service is in trial mode",
    }
    if code == 63038:
        return NotifyProblem(429, "TooManyRequestsError", words[code])
    return NotifyProblem(400, "ValidationError", words.get(code, "The text was refused"))


def _json(body: object, status: int = 200) -> Response:
    return Response(
        json.dumps(body, separators=(",", ":")), status=status, mimetype="application/json"
    )


def _pause(seconds: float) -> None:
    if seconds > 0:
        time.sleep(seconds)
