"""The simulated account: accepts, shows, lists and erases texts for every interface."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from messaging.gateways.simulator.codes import ApiProblem
from messaging.gateways.simulator.ledger import Ledger, Request, new_sid
from messaging.gateways.simulator.network import Network
from messaging.gateways.simulator.phones import Phones
from messaging.gateways.simulator.postman import Postman
from messaging.gateways.simulator.script import Script
from messaging.gateways.simulator.settings import MovableClock, SimulatorSettings
from messaging.gateways.simulator.texts import IN_PROGRESS, TWILIO, Direction, Status, Text
from messaging.gateways.simulator.validation import Draft, check, e164
from messaging.text import measure


class OutageKind(StrEnum):
    """What a caller gets during an outage."""

    UNAVAILABLE = "unavailable"
    ERROR = "error"
    TOO_MANY = "too_many"
    DROP = "drop"
    HANG = "hang"


@dataclass(frozen=True, slots=True)
class Outage:
    """The provider is down until a moment of the computer's own clock; None: until it is ended."""

    kind: OutageKind
    until: float | None


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list: the texts, and whether there are more."""

    texts: list[Text]
    more: bool


class Provider:
    """One simulated account, safe for many threads."""

    def __init__(self, settings: SimulatorSettings) -> None:
        self.clock = MovableClock(settings.now)
        self.settings = settings = replace(settings, now=self.clock)
        self.ledger = Ledger(settings.keep)
        self.script = Script(settings.seed)
        self.postman = Postman(
            settings.auth_token, now=settings.now, retry_pause=settings.retry_pause
        )
        self.network = Network(settings, self.ledger, self.postman)
        self.phones = Phones(settings, self.ledger, self.network, self.postman)
        self._outage: Outage | None = None

    def reset(self) -> None:
        """Restore the start: no texts, no rules, no outage, no opt-outs."""
        self.network.forget()
        self.ledger.reset()
        self.script.clear(self.settings.seed)
        self.phones.restore_settings()
        self.clock.restore()
        self._outage = None

    def stop(self) -> None:
        """End the background threads and close the open connections."""
        self.network.stop()
        self.postman.close()

    @property
    def outage(self) -> Outage | None:
        """The outage in force, if any."""
        outage = self._outage
        if outage is not None and outage.until is not None and time.monotonic() >= outage.until:
            self._outage = outage = None
        return outage

    def begin_outage(self, kind: OutageKind, seconds: float | None) -> None:
        """Start an outage, for so many seconds or until it is ended."""
        self._outage = Outage(kind, None if seconds is None else time.monotonic() + seconds)

    def end_outage(self) -> None:
        """End the outage."""
        self._outage = None

    def draft(self, form: Mapping[str, str]) -> Draft:
        """Check a request to send. Raises ApiProblem."""
        return check(form, self.settings)

    def accept(self, draft: Draft) -> Text:
        """Accept a text; it is not moved until the network carries it. Raises ApiProblem 21610 for
        a phone that has opted out.
        """
        now = self.settings.now()
        status = Status.ACCEPTED if draft.sender is None else Status.QUEUED
        text = Text(
            number=0,
            sid=new_sid(),
            to=draft.to,
            sender=draft.sender,
            body=draft.body,
            direction=Direction.OUTBOUND,
            status=status,
            created=now,
            updated=now,
            segments=measure(draft.body).segments,
            callback_url=draft.callback_url,
            service_sid=draft.service_sid,
            validity=draft.validity,
            discard=draft.discard,
            history=[(status, now)],
        )
        with self.ledger.lock():
            if self.ledger.is_opted_out(self.phones.pool(draft.sender), draft.to):
                raise ApiProblem(21610)
            self.take_on(text)
        return text

    def take_on(self, text: Text) -> None:
        """Give a text its number and store it."""
        with self.ledger.lock():
            text.number = self.ledger.next_number()
            self.ledger.add(text)

    def note(
        self, to: str, body: str, answer: str, code: int | None = None, sid: str | None = None
    ) -> None:
        """Record a request to send and its answer."""
        self.ledger.note_request(Request(self.settings.now(), to, body, answer, code, sid))

    def get(self, sid: str) -> Text:
        """A text that the interface still knows. Raises ApiProblem 20404."""
        text = self.ledger.find(sid)
        if text is None or text.deleted or text.provider != TWILIO:
            raise ApiProblem(
                20404, f"/2010-04-01/Accounts/{self.settings.account_sid}/Messages/{sid}.json"
            )
        return text

    def update(self, sid: str, form: Mapping[str, str]) -> Text:
        """Erase the words of a text (an empty Body), or cancel one not yet sent. Raises
        ApiProblem.
        """
        text = self.get(sid)
        with self.ledger.lock():
            if form.get("Status") == "canceled":
                if text.status not in {Status.ACCEPTED, Status.QUEUED}:
                    raise ApiProblem(20009)
                self.ledger.move(text, Status.CANCELED, self.settings.now())
            elif form.get("Body") == "":
                if text.status in IN_PROGRESS:
                    raise ApiProblem(20009)
                text.redacted = True
                text.updated = self.settings.now()
            else:
                raise ApiProblem(20422, "Body")
        return text

    def delete(self, sid: str) -> None:
        """Hide a text from the interface; the ledger keeps it. Raises ApiProblem."""
        text = self.get(sid)
        with self.ledger.lock():
            if text.status in IN_PROGRESS:
                raise ApiProblem(20009)
            text.deleted = True

    def listing(self, query: Mapping[str, str], *, size: int, before: int | None) -> Listing:
        """Texts that match the query, newest first; `before` is the number of the last one already
        seen.

        A text that has not left the queue has no date sent, so a query by that date does not show
        it. Raises ApiProblem for a date that cannot be read.
        """
        to, sender = e164(query.get("To", "")), e164(query.get("From", ""))
        earliest, latest = _span(query)
        with self.ledger.lock():
            pool = (
                self.ledger.thread(to or sender)
                if self._is_phone(to or sender)
                else self.ledger.everything()
            )
            found: list[Text] = []
            for text in reversed(pool):
                if (
                    text.deleted
                    or text.provider != TWILIO
                    or (before is not None and text.number >= before)
                ):
                    continue
                if (to and text.to != to) or (sender and text.sender != sender):
                    continue
                if not _within(text.sent, earliest, latest):
                    continue
                if len(found) == size:
                    return Listing(found, more=True)
                found.append(text)
        return Listing(found, more=False)

    def _is_phone(self, number: str) -> bool:
        return bool(number) and number not in self.settings.numbers


def _within(sent: datetime | None, earliest: datetime | None, latest: datetime | None) -> bool:
    if earliest is None and latest is None:
        return True
    if sent is None:
        return False
    second = sent.replace(microsecond=0)
    return (earliest is None or second >= earliest) and (latest is None or second <= latest)


def _span(query: Mapping[str, str]) -> tuple[datetime | None, datetime | None]:
    """The first and last second of DateSent (a day), DateSent> and DateSent< (both inclusive).

    Twilio's libraries write a bare date as its midnight, so DateSent alone means its whole day.
    """
    if query.get("DateSent"):
        return _seconds_of(query["DateSent"][: len("2026-01-31")])
    earliest, latest = query.get("DateSent>"), query.get("DateSent<")
    return (
        None if not earliest else _seconds_of(earliest)[0],
        None if not latest else _seconds_of(latest)[1],
    )


def _seconds_of(given: str) -> tuple[datetime, datetime]:
    """The first and the last second of a date (a whole day, UTC) or a moment."""
    try:
        if len(given) == len("2026-01-31"):
            day = date.fromisoformat(given)
            first = datetime(day.year, day.month, day.day, tzinfo=UTC)
            return first, first + timedelta(days=1, seconds=-1)
        moment = datetime.fromisoformat(given)
    except ValueError as error:
        raise ApiProblem(20422, "DateSent") from error
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    second = moment.replace(microsecond=0)
    return second, second
