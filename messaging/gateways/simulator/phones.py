"""What happens when a phone texts the service.

The provider acts on its own keywords first (STOP blocks), stores the text, and posts it to the
webhook. A post with a wrong or missing signature comes from a stranger, so it is neither stored nor
read for keywords.
"""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

from messaging.gateways.simulator.ledger import Ledger, new_sid
from messaging.gateways.simulator.network import Network
from messaging.gateways.simulator.postman import Postman, Signature
from messaging.gateways.simulator.settings import OptOutWords, SimulatorSettings
from messaging.gateways.simulator.texts import (
    API_VERSION,
    NOTIFY,
    TWILIO,
    Direction,
    Post,
    Status,
    Text,
    iso,
)
from messaging.text import measure


@dataclass(frozen=True, slots=True)
class Sending:
    """How a phone's text reaches the service.

    to: which of the account's numbers; None for the one that last texted the phone. sid: post this
    text (again) under the given sid; None for a new one. copies: how many posts of it, all at once.
    media: how many pictures are attached. wait: False posts it in the background and returns no
    answers.
    """

    to: str | None = None
    sid: str | None = None
    copies: int = 1
    signature: Signature = Signature.VALID
    media: int = 0
    wait: bool = True


class Phones:
    """All phones. `words`, `say_opt_out_type` and `inbound_url` may be changed while it runs."""

    def __init__(
        self, settings: SimulatorSettings, ledger: Ledger, network: Network, postman: Postman
    ) -> None:
        self._settings = settings
        self._ledger = ledger
        self._network = network
        self._postman = postman
        self.restore_settings()

    def restore_settings(self) -> None:
        """Restore the settings of the start."""
        self.words: OptOutWords = self._settings.opt_out
        self.say_opt_out_type: bool = self._settings.opt_out_type
        self.inbound_url: str | None = self._settings.inbound_url

    def pool(self, number: str | None) -> str:
        """What an opt-out applies to: the messaging service if there is one, else the single
        number.
        """
        return self._settings.messaging_service_sid or number or self._settings.numbers[0]

    def heard_from(self, phone: str) -> str:
        """The number that a phone would answer."""
        for text in reversed(self._ledger.thread(phone)):
            if text.direction is not Direction.INBOUND and text.sender is not None:
                return text.sender
        return self._settings.numbers[0]

    def text_in(self, phone: str, body: str, how: Sending) -> tuple[str, list[Post]]:
        """A phone texts the service. Returns the sid and what the webhook answered to each post."""
        text, keyword, is_new = self._written(phone, body, how)
        if is_new and how.signature is Signature.VALID:
            self._keep(text, keyword)
        to_notify = text.provider == NOTIFY
        url = self._settings.notify.inbound_url if to_notify else self.inbound_url
        if url is None:
            return text.sid, []
        params = _received(text) if to_notify else self._params(text, keyword)
        bearer = self._settings.notify.token if to_notify else None

        def post() -> Post:
            answer = self._postman.post(Status.RECEIVED.value, url, params, how.signature, bearer)
            with self._ledger.lock():
                text.posts.append(answer)
            return answer

        if not how.wait:
            for _ in range(how.copies):
                self._network.post_soon(post)
            return text.sid, []
        return text.sid, [post()] if how.copies == 1 else _at_once(post, how.copies)

    def _written(self, phone: str, body: str, how: Sending) -> tuple[Text, str | None, bool]:
        known = None if how.sid is None else self._ledger.find(how.sid)
        if known is not None and known.direction is Direction.INBOUND:
            return known, self._keyword(known), False
        now = self._settings.now()
        to = how.to or self.heard_from(phone)
        notify = to == self._settings.notify.number
        text = Text(
            number=self._ledger.next_number(),
            sid=how.sid or (str(uuid4()) if notify else new_sid("MM" if how.media else "SM")),
            to=to,
            sender=phone,
            body=body,
            direction=Direction.INBOUND,
            status=Status.RECEIVED,
            created=now,
            updated=now,
            sent=now,
            segments=measure(body).segments,
            service_sid=self._settings.messaging_service_sid,
            num_media=how.media,
            history=[(Status.RECEIVED, now)],
            provider=NOTIFY if notify else TWILIO,
        )
        return text, self._keyword(text), True

    def _keep(self, text: Text, keyword: str | None) -> None:
        phone = text.sender or ""
        self._ledger.add(text)
        match keyword:
            case "STOP":
                self._ledger.opt_out(self.pool(text.to), phone)
                self._answer(text, self.words.stop_reply)
            case "START":
                self._ledger.opt_in(self.pool(text.to), phone)
                self._answer(text, self.words.start_reply)
            case "HELP":
                self._answer(text, self.words.help_reply)

    def _keyword(self, text: Text) -> str | None:
        """The keyword that the provider itself acts on. GOV.UK Notify acts on none."""
        word = text.body.strip().upper() if text.provider == TWILIO else ""
        words = {"STOP": self.words.stop, "START": self.words.start, "HELP": self.words.help}
        return next((name for name, known in words.items() if word in known), None)

    def _answer(self, text: Text, body: str | None) -> None:
        """The provider's own reply to a keyword; it reaches even a phone that has opted out."""
        if body is None:
            return
        now = self._settings.now()
        self._ledger.add(
            Text(
                number=self._ledger.next_number(),
                sid=new_sid(),
                to=text.sender or "",
                sender=text.to,
                body=body,
                direction=Direction.REPLY,
                status=Status.DELIVERED,
                created=now,
                updated=now,
                sent=now,
                segments=measure(body).segments,
                history=[(Status.DELIVERED, now)],
            )
        )

    def _params(self, text: Text, keyword: str | None) -> dict[str, str]:
        phone = text.sender or ""
        params = {
            "AccountSid": self._settings.account_sid,
            "ApiVersion": API_VERSION,
            "Body": text.body,
            "From": phone,
            "FromCity": "",
            "FromCountry": "GB" if phone.startswith("+44") else "",
            "FromState": "",
            "FromZip": "",
            "MessageSid": text.sid,
            "NumMedia": str(text.num_media),
            "NumSegments": str(text.segments),
            "SmsMessageSid": text.sid,
            "SmsSid": text.sid,
            "SmsStatus": Status.RECEIVED.value,
            "To": text.to,
            "ToCity": "",
            "ToCountry": "GB" if text.to.startswith("+44") else "",
            "ToState": "",
            "ToZip": "",
        }
        if text.service_sid is not None:
            params["MessagingServiceSid"] = text.service_sid
        for index in range(text.num_media):
            params[f"MediaContentType{index}"] = "image/jpeg"
            params[f"MediaUrl{index}"] = (
                f"https://api.twilio.com/{API_VERSION}/Accounts/{self._settings.account_sid}"
                f"/Messages/{text.sid}/Media/ME{secrets.token_hex(16)}"
            )
        if keyword is not None and self.say_opt_out_type:
            params["OptOutType"] = keyword
        return params


def _received(text: Text) -> dict[str, str]:
    """What Notify posts: numbers without the plus, and its own number as people dial it."""
    return {
        "id": text.sid,
        "source_number": (text.sender or "").lstrip("+"),
        "destination_number": text.to.replace("+44", "0", 1),
        "message": text.body,
        "date_received": iso(text.created),
    }


def _at_once(post: Callable[[], Post], copies: int) -> list[Post]:
    """Make the same post in several threads that start together."""
    start = threading.Barrier(copies)
    answers: list[Post] = []

    def run() -> None:
        start.wait()
        answers.append(post())

    threads = [
        threading.Thread(target=run, name="simulator-copy", daemon=True) for _ in range(copies)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
