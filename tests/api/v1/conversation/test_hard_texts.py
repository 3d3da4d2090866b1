"""Texts that are hard to read, posted as a provider posts them: stored once, read once, whatever
they hold.
"""

from datetime import datetime, timedelta

from flask.testing import FlaskClient
from sqlalchemy import func, select
from twilio.request_validator import RequestValidator

from engage.conversation import intake
from engage.conversation.model import ReplyRecord
from engage.core.db import Database
from messaging import inbound
from messaging.tables import Inbound, InboundStatus, Message
from tests import builders
from tests.api.conftest import TOKEN
from tests.engage.conversation.hard_texts import HARD
from tests.engage.conversation.phones import ENGAGE, NUMBER

PATH = "/webhooks/twilio/inbound"
HERE = "http://127.0.0.1:5000"
PROMISES = ("will read this", "will see", "will answer that")


def test_hard_texts_through_the_webhook(
    client: FlaskClient, committed: Database, now: datetime
) -> None:
    """Each is answered with 200, kept as one row, has one reading, and at most a promise to read it
    goes out.
    """
    with committed.begin() as session:
        builders.person(session, builders.staff(session, builders.hub(session)))
    for place, words in enumerate(HARD.values()):
        body = words.encode("utf-8", "replace").decode()
        text = {
            "MessageSid": f"SM{place:032d}",
            "From": NUMBER,
            "To": ENGAGE,
            "Body": body,
            "NumMedia": "0",
        }
        signed = RequestValidator(TOKEN).compute_signature(HERE + PATH, text)
        for _ in range(2):
            answer = client.post(PATH, data=text, headers={"X-Twilio-Signature": signed})
            assert answer.status_code == 200, (words, answer.status_code)
    handled = 0
    while inbound.handle_next(committed.begin, intake.handle, now=now + timedelta(minutes=1)):
        handled += 1
    with committed.begin() as session:
        assert handled == len(HARD)
        assert session.scalar(select(func.count()).select_from(ReplyRecord)) == len(HARD)
        assert (
            session.scalar(select(func.count()).where(Inbound.status != InboundStatus.HANDLED)) == 0
        )
        sent = session.scalars(select(Message.body)).all()
        assert sent and len(sent) == len(set(sent))
        assert all(any(words in body for words in PROMISES) for body in sent), sent
