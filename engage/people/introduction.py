"""Who writes: the first text to a number, and the first after a long silence, says so in the words
that the hub chose ("Pat at Bridge St"). Later texts do not.
"""

import re
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session

from engage.agencies.hub_settings import HubRules
from messaging.outbox import Text
from messaging.states import NEVER_LEFT
from messaging.tables import Message

QUIET = timedelta(days=60)
"""After so long without a text from us the next one says again who writes [ours]."""
_GREETING = re.compile(r"^(Hi|Helo)(?: ([^.,]{1,12}))?[.,] ")
_SAYS = {"en": "it's {sender}", "cy": "{sender} sydd yma"}
_LATELY = select(
    exists().where(
        Message.to_number == bindparam("number"),
        Message.created_at > bindparam("since"),
        Message.status.not_in(NEVER_LEFT),
    )
)


def introduced(session: Session, hub: HubRules, language: str, text: Text, now: datetime) -> Text:
    """`text`, which says who writes if it is the first to the number for 60 days. Unchanged if the
    hub has chosen no words for it.
    """
    sender = sender_of(hub, language)
    if not sender:
        return text
    if session.scalar(_LATELY, {"number": text.to, "since": now - QUIET}):
        return text
    return replace(text, body=with_sender(text.body, sender, language))


def sender_of(hub: HubRules, language: str) -> str:
    """The hub's words for who writes, in a language. Empty if it has chosen none."""
    return (hub.sender_cy if language == "cy" else "") or hub.sender


def with_sender(body: str, sender: str, language: str) -> str:
    """The words of a text with who writes after the greeting, or before the text if it greets
    nobody.
    """
    says = _SAYS[language].format(sender=sender)
    greeting = _GREETING.match(body)
    if greeting is None:
        return f"{says[0].upper()}{says[1:]}. {body}"
    word, name = greeting.groups()
    return f"{word}{f' {name}' if name else ''}, {says}. {body[greeting.end() :]}"
