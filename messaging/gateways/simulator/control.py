"""The control interface under `/simulator`, in JSON: scripts, outages, the ledger, the phones. The
package's docstring describes it.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from messaging.gateways.simulator.codes import ApiProblem
from messaging.gateways.simulator.phones import Sending
from messaging.gateways.simulator.postman import Signature
from messaging.gateways.simulator.provider import OutageKind, Provider
from messaging.gateways.simulator.rules import read_rule
from messaging.gateways.simulator.script import ScriptError
from messaging.gateways.simulator.settings import WORD_LISTS
from messaging.gateways.simulator.states import PHONE_STATES, set_state, state_of
from messaging.gateways.simulator.texts import Direction, Text, iso
from messaging.gateways.simulator.validation import e164

_MOST_COPIES = 100
_MOST_MEDIA = 10
_LONGEST_TEXT = 10_000


def blueprint(provider: Provider) -> Blueprint:
    """The control routes for one account."""
    control = Blueprint("control", __name__, url_prefix="/simulator")
    views = _Views(provider)
    routes: Mapping[tuple[str, str], Callable[..., Any]] = {
        ("GET", "/health"): views.health,
        ("GET", "/script"): views.script,
        ("POST", "/script"): views.add_rules,
        ("PUT", "/script"): views.replace_rules,
        ("DELETE", "/script"): views.clear_rules,
        ("GET", "/outage"): views.outage,
        ("PUT", "/outage"): views.begin_outage,
        ("DELETE", "/outage"): views.end_outage,
        ("GET", "/settings"): views.settings,
        ("PUT", "/settings"): views.change_settings,
        ("GET", "/ledger"): views.ledger,
        ("GET", "/requests"): views.requests,
        ("GET", "/phones"): views.phones,
        ("GET", "/phones/<number>"): views.phone,
        ("POST", "/phones/<number>/texts"): views.text_in,
        ("PUT", "/phones/<number>/state"): views.change_phone,
        ("POST", "/idle"): views.idle,
        ("POST", "/reset"): views.reset,
    }
    for (method, path), view in routes.items():
        control.add_url_rule(path, view.__name__, view, methods=[method])
    control.register_error_handler(ScriptError, lambda error: (jsonify(error=str(error)), 400))
    control.register_error_handler(
        ApiProblem, lambda problem: (jsonify(error=problem.message), problem.status)
    )
    control.register_error_handler(HTTPException, refusal)
    return control


def refusal(error: HTTPException) -> tuple[Response, int]:
    """A request that Flask itself refuses, as JSON."""
    return jsonify(error=error.description or ""), error.code or 500


class _Views:
    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    def health(self) -> Response:
        """Whether the simulator is running."""
        return jsonify(ok=True, texts=self._provider.ledger.outbound_count())

    # Scripts and outages

    def script(self) -> Response:
        """The rules in force."""
        return jsonify(self._provider.script.as_json())

    def add_rules(self) -> Response:
        """Add one rule, or a list of them."""
        given = request.get_json()
        rules = given if isinstance(given, list) else [given]
        self._provider.script.add([read_rule(rule) for rule in rules])
        return self.script()

    def replace_rules(self) -> Response:
        """Replace the rules with ``{"rules": […], "seed": n}``."""
        given = _object({"rules", "seed"})
        rules = given.get("rules", [])
        if not isinstance(rules, list):
            raise ScriptError("rules must be a list")
        read = [read_rule(rule) for rule in rules]
        seed = _whole(given, "seed", 0, 2**63) if "seed" in given else None
        self._provider.script.clear(seed)
        self._provider.script.add(read)
        return self.script()

    def clear_rules(self) -> Response:
        """Remove all rules."""
        self._provider.script.clear()
        return self.script()

    def outage(self) -> Response:
        """The outage in force."""
        outage = self._provider.outage
        return jsonify(on=outage is not None, kind=None if outage is None else outage.kind.value)

    def begin_outage(self) -> Response:
        """Start an outage: ``{"kind": …, "seconds": …}``, both optional."""
        given = _object({"kind", "seconds"}, optional=True)
        kind = _choice(given, "kind", frozenset(OutageKind), OutageKind.UNAVAILABLE)
        seconds = given.get("seconds")
        if seconds is not None and (
            isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0
        ):
            raise ScriptError("seconds must be a number of seconds")
        self._provider.begin_outage(OutageKind(kind), seconds)
        return self.outage()

    def end_outage(self) -> Response:
        """End the outage."""
        self._provider.end_outage()
        return self.outage()

    def settings(self) -> Response:
        """The settings that can be changed while it runs, and the opt-outs in force."""
        phones = self._provider.phones
        return jsonify(
            now=iso(self._provider.clock()),
            inbound_url=phones.inbound_url,
            opt_out={
                "stop": sorted(phones.words.stop),
                "start": sorted(phones.words.start),
                "help": sorted(phones.words.help),
            },
            opt_out_type=phones.say_opt_out_type,
            opted_out=[
                {"sender": pool, "phone": phone}
                for pool, phone in self._provider.ledger.opted_out()
            ],
        )

    def change_settings(self) -> Response:
        """Change ``now``, ``inbound_url``, ``opt_out`` (reduced, full, none) or
        ``opt_out_type``.
        """
        given = _object({"now", "inbound_url", "opt_out", "opt_out_type"})
        phones = self._provider.phones
        url = given.get("inbound_url", phones.inbound_url)
        if url is not None and not (
            isinstance(url, str) and url.startswith(("http://", "https://"))
        ):
            raise ScriptError("inbound_url must be an http or https address, or null")
        words = (
            WORD_LISTS[_choice(given, "opt_out", frozenset(WORD_LISTS), "")]
            if "opt_out" in given
            else phones.words
        )
        say = given.get("opt_out_type", phones.say_opt_out_type)
        if not isinstance(say, bool):
            raise ScriptError("opt_out_type must be true or false")
        if "now" in given:
            self._provider.clock.put(_moment(given["now"]))
        phones.inbound_url, phones.words, phones.say_opt_out_type = url, words, say
        return self.settings()

    # What happened

    def ledger(self) -> Response:
        """Every accepted text, oldest first; ``after`` and ``limit`` page through a long list."""
        ledger = self._provider.ledger
        texts = ledger.outbound(
            after=request.args.get("after", 0, type=int),
            limit=request.args.get("limit", None, type=int),
        )
        with ledger.lock():
            rows = [text.as_ledger() for text in texts]
        return jsonify(count=ledger.outbound_count(), statuses=ledger.statuses(), texts=rows)

    def requests(self) -> Response:
        """Every request to send, with its answer."""
        ledger = self._provider.ledger
        return jsonify(
            answers=ledger.answers(), requests=[one.as_json() for one in ledger.requests()]
        )

    def phones(self) -> Response:
        """Every phone with texts, newest first."""
        threads = self._provider.ledger.threads()
        return jsonify(phones=[{"number": phone, "texts": len(texts)} for phone, texts in threads])

    def phone(self, number: str) -> Response:
        """One phone: its state, whether it has opted out, its texts."""
        phone = _phone(number)
        ledger, phones = self._provider.ledger, self._provider.phones
        texts = ledger.thread(phone)
        with ledger.lock():
            rows = [_seen_from_phone(text) for text in texts]
        return jsonify(
            number=phone,
            state=state_of(self._provider, phone),
            opted_out=ledger.is_opted_out(phones.pool(phones.heard_from(phone)), phone),
            texts=rows,
        )

    def text_in(self, number: str) -> tuple[Response, int]:
        """A phone texts the service."""
        given = _object({"body", "to", "sid", "copies", "signature", "media", "wait"})
        body = given.get("body", "")
        if not isinstance(body, str) or len(body) > _LONGEST_TEXT or not _can_travel(body):
            raise ScriptError(f"body must be a text of at most {_LONGEST_TEXT} characters")
        how = Sending(
            to=_optional_text(given, "to"),
            sid=_optional_text(given, "sid"),
            copies=_whole(given, "copies", 1, _MOST_COPIES) if "copies" in given else 1,
            signature=Signature(_choice(given, "signature", frozenset(Signature), Signature.VALID)),
            media=_whole(given, "media", 0, _MOST_MEDIA) if "media" in given else 0,
            wait=given.get("wait", True) is not False,
        )
        sid, posts = self._provider.phones.text_in(_phone(number), body, how)
        answers = [
            {**post.as_json(), "content_type": post.content_type, "body": post.body}
            for post in posts
        ]
        return jsonify(sid=sid, answers=answers), 201

    def change_phone(self, number: str) -> Response:
        """Switch a phone off, break it, or repair it: ``{"state": …}``."""
        given = _object({"state"})
        set_state(
            self._provider, _phone(number), _choice(given, "state", frozenset(PHONE_STATES), "")
        )
        return self.phone(number)

    def idle(self) -> Response:
        """Wait until no text is moving: ``{"timeout": seconds}``."""
        given = _object({"timeout"}, optional=True)
        seconds = _whole(given, "timeout", 0, 600) if "timeout" in given else 10
        return jsonify(idle=self._provider.network.wait_until_idle(seconds))

    def reset(self) -> Response:
        """Forget everything."""
        self._provider.reset()
        return jsonify(ok=True)


def _seen_from_phone(text: Text) -> dict[str, object]:
    side = "in" if text.direction is Direction.INBOUND else "out"
    return {**text.as_ledger(), "from_phone": side == "in"}


def _object(known: set[str], *, optional: bool = False) -> dict[str, Any]:
    given = request.get_json(silent=optional)
    if given is None and optional:
        return {}
    if not isinstance(given, dict):
        raise ScriptError("a JSON object is needed")
    unknown = sorted(set(given) - known)
    if unknown:
        raise ScriptError(f"unknown field: {', '.join(unknown)}")
    return given


def _whole(given: Mapping[str, Any], name: str, low: int, high: int) -> int:
    value = given[name]
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ScriptError(f"{name} must be a whole number from {low} to {high}")
    return value


def _choice(given: Mapping[str, Any], name: str, known: frozenset[str], usual: str) -> str:
    value = given.get(name, usual)
    if not isinstance(value, str) or value not in known:
        raise ScriptError(f"{name} must be one of {', '.join(sorted(known))}")
    return value


def _optional_text(given: Mapping[str, Any], name: str) -> str | None:
    value = given.get(name)
    if value is not None and (not isinstance(value, str) or not value):
        raise ScriptError(f"{name} must be a text")
    return value


def _moment(value: object) -> datetime:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ScriptError("now must be a moment with its offset, such as 2026-07-01T10:00:00Z")
    return moment.astimezone(UTC)


def _can_travel(body: str) -> bool:
    """Whether the text is valid Unicode; a lone surrogate is not."""
    try:
        body.encode()
    except UnicodeEncodeError:
        return False
    return True


def _phone(given: str) -> str:
    number = e164(given)
    if not number.lstrip("+").isdecimal():
        raise ScriptError("a phone number is needed")
    return number
