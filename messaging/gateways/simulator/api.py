"""Twilio's own interface: the part of `/2010-04-01` that sends, shows, lists and erases texts."""

import json
import threading
import time
from base64 import b64decode
from collections.abc import Callable, Mapping
from secrets import compare_digest
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from messaging.gateways.simulator.codes import ApiProblem
from messaging.gateways.simulator.provider import Outage, OutageKind, Provider
from messaging.gateways.simulator.script import Answer, Fate, Operation
from messaging.gateways.simulator.texts import API_VERSION, Text
from messaging.gateways.simulator.validation import e164
from messaging.gateways.simulator.wire import hang_up, keep_waiting

_PAGE_SIZE = 50
_LARGEST_PAGE = 1000
_LONGEST_EARLY_WAIT = 10.0


def blueprint(provider: Provider) -> Blueprint:
    """The routes of the interface for one account."""
    api = Blueprint("api", __name__, url_prefix=f"/{API_VERSION}")
    views = _Views(provider)
    one = "/Accounts/<account>/Messages/<sid>.json"
    many = "/Accounts/<account>/Messages.json"
    api.add_url_rule("/Accounts/<account>.json", "account", views.account, methods=["GET"])
    api.add_url_rule(many, "create", views.create, methods=["POST"])
    api.add_url_rule(many, "list", views.list, methods=["GET"])
    api.add_url_rule(one, "fetch", views.fetch, methods=["GET"])
    api.add_url_rule(one, "update", views.update, methods=["POST"])
    api.add_url_rule(one, "delete", views.delete, methods=["DELETE"])
    api.add_url_rule(
        "/<path:rest>", "unknown", views.unknown, methods=["GET", "POST", "PUT", "DELETE"]
    )
    api.before_request(views.gate)
    api.register_error_handler(ApiProblem, _problem)
    api.register_error_handler(HTTPException, refusal)
    return api


class _Views:
    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._settings = provider.settings
        self._logins: Mapping[str, str] = {
            **self._settings.api_keys,
            self._settings.account_sid: self._settings.auth_token,
        }

    def gate(self) -> Response | None:
        """Check for an outage first, then who is asking."""
        outage = self._provider.outage
        if outage is not None:
            return self._down(outage)
        account = (request.view_args or {}).get("account", self._settings.account_sid)
        if (
            not self._is_known(request.headers.get("Authorization", ""))
            or account != self._settings.account_sid
        ):
            raise ApiProblem(20003)
        return None

    def _is_known(self, header: str) -> bool:
        scheme, _, given = header.partition(" ")
        try:
            name, _, secret = b64decode(given, validate=True).decode().partition(":")
        except ValueError:
            return False
        known = self._logins.get(name)
        return (
            scheme.lower() == "basic"
            and known is not None
            and compare_digest(known.encode(), secret.encode())
        )

    def _down(self, outage: Outage) -> Response:
        match outage.kind:
            case OutageKind.DROP:
                return hang_up()
            case OutageKind.HANG:
                return keep_waiting(self._settings.hold)
            case OutageKind.TOO_MANY:
                raise ApiProblem(20429)
            case OutageKind.ERROR:
                raise ApiProblem(20500)
            case OutageKind.UNAVAILABLE:
                raise ApiProblem(20503)

    def account(self, account: str) -> Response:
        """The account itself, for a caller that only checks whether its login works."""
        return _json(
            {
                "sid": account,
                "friendly_name": "Simulated account",
                "status": "active",
                "type": "Full",
                "uri": f"/{API_VERSION}/Accounts/{account}.json",
            }
        )

    def create(self, account: str) -> Response:
        """Accept a text, unless the script or a check says otherwise."""
        form = request.form
        to, body = e164(form.get("To", "")), form.get("Body", "")
        fate, dice = self._provider.script.fate(Operation.CREATE, to, body)
        latency = fate.latency.draw(dice)
        _pause(latency / 2)
        refused = self._before(fate)
        if refused is not None:
            self._provider.note(to, body, fate.answer.value)
            return refused()
        try:
            if fate.answer is Answer.REFUSE:
                raise ApiProblem(fate.code or 20422, to)
            text = self._provider.accept(self._provider.draft(form))
        except ApiProblem as problem:
            self._provider.note(to, body, Answer.REFUSE.value, problem.code)
            raise
        self._provider.note(to, body, fate.answer.value, sid=text.sid)
        created = self._shown(text, 201)
        finished = threading.Event() if fate.early else None
        self._provider.network.carry(text, fate, dice, finished)
        if finished is not None:
            finished.wait(_LONGEST_EARLY_WAIT)
        _pause(latency / 2)
        return self._after(fate, created)

    def _before(self, fate: Fate) -> Callable[[], Response] | None:
        """The answer to a request that is not accepted, or None."""
        match fate.answer:
            case Answer.TOO_MANY:
                return lambda: _problem(ApiProblem(20429, retry_after=fate.retry_after))
            case Answer.ERROR_BEFORE:
                return lambda: _problem(ApiProblem(20500))
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
                return _problem(ApiProblem(20500))
            case Answer.DROP_AFTER:
                return hang_up()
            case Answer.HANG_AFTER:
                return keep_waiting(self._hold(fate))
            case Answer.UNREADABLE:
                return Response(
                    "<html>Bad gateway</html>", status=good.status_code, mimetype="text/html"
                )
            case Answer.EMPTY:
                return Response("{}", status=good.status_code, mimetype="application/json")
            case _:
                return good

    def _hold(self, fate: Fate) -> float:
        return self._settings.hold if fate.hold is None else fate.hold

    def _scripted(
        self, operation: Operation, subject: str, answer: Callable[[], Response]
    ) -> Response:
        """A request other than create, under the script."""
        fate, dice = self._provider.script.fate(operation, subject)
        _pause(fate.latency.draw(dice))
        refused = self._before(fate)
        if refused is not None:
            return refused()
        if fate.answer is Answer.REFUSE:
            raise ApiProblem(fate.code or 20422, subject)
        return self._after(fate, answer())

    def fetch(self, account: str, sid: str) -> Response:
        """One text."""
        return self._scripted(
            Operation.FETCH, sid, lambda: self._shown(self._provider.get(sid), 200)
        )

    def update(self, account: str, sid: str) -> Response:
        """Erase a text's words, or cancel it."""
        form = request.form
        return self._scripted(
            Operation.REDACT, sid, lambda: self._shown(self._provider.update(sid, form), 200)
        )

    def delete(self, account: str, sid: str) -> Response:
        """Hide a text from the interface."""
        self._provider.delete(sid)
        return Response(status=204)

    def list(self, account: str) -> Response:
        """One page of texts, newest first."""
        query = request.args
        return self._scripted(Operation.LIST, e164(query.get("To", "")), lambda: self._page(query))

    def unknown(self, rest: str) -> Response:
        """Any part of Twilio's interface that is not simulated."""
        raise ApiProblem(20404, request.path)

    def _page(self, query: "MultiDict[str, str]") -> Response:
        size = min(max(query.get("PageSize", _PAGE_SIZE, type=int), 1), _LARGEST_PAGE)
        page = max(query.get("Page", 0, type=int), 0)
        listing = self._provider.listing(
            query, size=size, before=self._anchor(query.get("PageToken", ""))
        )
        following = None
        if listing.more:
            following = _page_uri(query, size, page + 1, "PA" + listing.texts[-1].sid)
        with self._provider.ledger.lock():
            messages = [text.as_resource(self._settings.account_sid) for text in listing.texts]
        return _json(
            {
                "messages": messages,
                "page": page,
                "page_size": size,
                "start": page * size,
                "end": page * size + max(len(messages) - 1, 0),
                "uri": request.full_path.rstrip("?"),
                "first_page_uri": _page_uri(query, size, 0, None),
                "next_page_uri": following,
                "previous_page_uri": None if page == 0 else _page_uri(query, size, 0, None),
            }
        )

    def _anchor(self, token: str) -> int | None:
        if not token:
            return None
        text = self._provider.ledger.find(token.removeprefix("PA"))
        if text is None:
            raise ApiProblem(20422, "PageToken")
        return text.number

    def _shown(self, text: Text, status: int) -> Response:
        with self._provider.ledger.lock():
            resource = text.as_resource(self._settings.account_sid)
        return _json(resource, status)


def _page_uri(query: "MultiDict[str, str]", size: int, page: int, token: str | None) -> str:
    asked = [(name, query[name]) for name in query if name not in {"PageSize", "Page", "PageToken"}]
    asked += [("PageSize", str(size)), ("Page", str(page))]
    if token is not None:
        asked.append(("PageToken", token))
    return f"{request.path}?{urlencode(asked)}"


def _json(body: object, status: int = 200) -> Response:
    return Response(
        json.dumps(body, separators=(",", ":")), status=status, mimetype="application/json"
    )


def _problem(problem: ApiProblem) -> Response:
    response = _json(problem.body(), problem.status)
    if problem.status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="Twilio API"'
    if problem.retry_after is not None:
        response.headers["Retry-After"] = str(problem.retry_after)
    return response


def refusal(error: HTTPException) -> Response:
    """A request that Flask itself refuses, in Twilio's format."""
    known = {404: 20404, 405: 20004}
    return _problem(ApiProblem(known.get(error.code or 500, 20422), request.path))


def _pause(seconds: float) -> None:
    if seconds > 0:
        time.sleep(seconds)
