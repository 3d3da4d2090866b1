"""The last look at texts other than reminders: what has changed meanwhile stops them."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import SYSTEM
from engage.agencies.model import Staff
from engage.conversation import staff_actions
from engage.conversation.answers import STOP_CONFIRMATIONS
from engage.people import contactability, phones
from engage.people.model import CustodyStatus, Person
from messaging.sending.dispatch import Defer, Withhold
from messaging.states import MessageStatus
from messaging.tables import Message
from tests import builders
from tests.engage.conversation.phones import minutes, point_of, says
from tests.engage.sending.stage import claim_all

DAY = timedelta(days=1)


def test_an_answer_goes_at_any_hour_to_the_number_that_wrote(
    session: Session, katrina: Person, now: datetime
) -> None:
    """The person waits for it, so quiet hours do not count."""
    night = now + timedelta(hours=14)
    says(session, "HELP", night)
    verdicts, texts = claim_all(session, night)
    assert verdicts == {}
    assert [one.status for one in texts] == [MessageStatus.SENDING]


@pytest.mark.parametrize("body", ["HELP", "NEXT", "my nan has the dog"])
def test_custody_stops_an_answer_in_the_last_moment(
    session: Session, katrina: Person, now: datetime, body: str
) -> None:
    """The person has no phone there: another person has it."""
    says(session, body, now)
    katrina.custody_status = CustodyStatus.REMAND
    session.flush()
    verdicts, texts = claim_all(session, now)
    assert verdicts == {texts[0].id: Withhold("The person is remanded in custody")}
    assert texts[0].status is MessageStatus.WITHHELD


def test_safety_advice_and_last_words_always_go(
    session: Session, katrina: Person, now: datetime
) -> None:
    """They go to the phone that wrote."""
    says(session, "i want to die", now)
    says(session, "STOP", now + minutes(1))
    katrina.custody_status = CustodyStatus.CUSTODY
    session.flush()
    verdicts, texts = claim_all(session, now + minutes(2))
    assert verdicts == {}
    last_words = [one for one in texts if one.context["texts"] in STOP_CONFIRMATIONS]
    assert [one.status for one in last_words] == [MessageStatus.SENDING]


def test_an_answer_to_a_number_that_was_changed_is_withheld(
    session: Session, katrina: Person, now: datetime
) -> None:
    """Even if the change did not withdraw the text."""
    says(session, "NEXT", now)
    point_of(session, katrina).number = "+447700900177"
    session.flush()
    verdicts, texts = claim_all(session, now)
    assert verdicts == {texts[0].id: Withhold("The person's number was changed")}


def test_a_number_that_is_no_longer_safe_gets_only_neutral_answers(
    session: Session, katrina: Person, now: datetime
) -> None:
    """The answer to HELP goes, the next appointment does not."""
    says(session, "HELP", now)
    says(session, "NEXT", now)
    point_of(session, katrina).safe_until = now - DAY
    session.flush()
    _, texts = claim_all(session, now)
    assert {one.context["texts"]: one.status for one in texts} == {
        "help": MessageStatus.SENDING,
        "next": MessageStatus.WITHHELD,
    }


def test_the_offender_managers_text_waits_for_morning_only(
    session: Session, om: Staff, katrina: Person, now: datetime
) -> None:
    """At night it waits. It needs no approval of texts."""
    staff_actions.send_text(session, builders.actor(om), katrina.id, "Hi", now=now)
    verdicts, texts = claim_all(session, now + timedelta(hours=11, minutes=30))
    assert isinstance(verdicts[texts[0].id], Defer)
    katrina.texts_approved_at = None
    session.flush()
    texts[0].send_after = now
    texts[0].status = MessageStatus.QUEUED
    session.flush()
    verdicts, _ = claim_all(session, now)
    assert verdicts == {}
    assert session.scalars(select(Message.status)).all() == [MessageStatus.SENDING]


def test_a_number_check_is_withheld_once_the_number_is_verified(
    session: Session, om: Staff, now: datetime
) -> None:
    """A worker has verified it meanwhile: the question is no longer needed."""
    person = builders.person(session, om, verified=False)
    contactability.request_check(
        session, contactability.contactability_of(session, [person.id], now)[person.id], now=now
    )
    verdicts, _ = claim_all(session, now)
    assert verdicts == {}
    session.scalars(select(Message)).one().status = MessageStatus.QUEUED
    phones.verify_number(session, SYSTEM, person.id, how="asked", now=now)
    session.flush()
    verdicts, texts = claim_all(session, now)
    assert verdicts == {texts[0].id: Withhold("The number no longer waits to be confirmed")}
