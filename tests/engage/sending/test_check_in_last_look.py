"""The last look before a check-in leaves: what changed since it was queued still stops it, and it
is then never called unanswered.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from engage.people.model import CustodyStatus, Person
from engage.progress.check_ins import lifecycle
from engage.progress.check_ins.model import CheckInState
from messaging.states import MessageStatus
from tests import builders
from tests.engage.conversation.phones import point_of
from tests.engage.progress.check_ins.stage import (
    CLOSES,
    DUE,
    only,
    planned,
    texts,
)
from tests.engage.sending.test_follow_up import held


def custody(session: Session, person: Person) -> None:
    """In prison since."""
    person.custody_status = CustodyStatus.CUSTODY


def unsafe(session: Session, person: Person) -> None:
    """Nobody has confirmed lately that texts are safe."""
    point_of(session, person).safe_until = DUE


def another_number(session: Session, person: Person) -> None:
    """They have another phone since."""
    point_of(session, person).number = "+447700900109"


@pytest.mark.parametrize("happens", [custody, unsafe, another_number])
def test_what_changed_since_stops_it(
    session: Session, happens: Callable[[Session, Person], None]
) -> None:
    """The text is withheld, and the check-in says that it did not reach the phone."""
    katrina = builders.person(session, builders.staff(session, builders.hub(session)))
    planned(session, katrina)
    lifecycle.advance(session, now=DUE)
    happens(session, katrina)
    session.flush()
    held(session, DUE)
    (text,) = texts(session, katrina)
    session.refresh(text)
    assert text.status is MessageStatus.WITHHELD
    lifecycle.advance(session, now=CLOSES)
    assert only(session, katrina).state is CheckInState.NOT_DELIVERED


def test_outside_their_hours_it_waits(session: Session) -> None:
    """Their hours were narrowed to the afternoon after it was queued: not before two."""
    katrina = builders.person(session, builders.staff(session, builders.hub(session)))
    planned(session, katrina)
    lifecycle.advance(session, now=DUE)
    katrina.text_from_hour = 14
    session.flush()
    held(session, DUE)
    (text,) = texts(session, katrina)
    session.refresh(text)
    assert text.status is MessageStatus.QUEUED and text.send_after == DUE + timedelta(hours=4)


def test_too_long_in_the_queue_it_does_not_go(session: Session) -> None:
    """Twelve hours later nobody is asked in the night: it is over, and not called unanswered."""
    katrina = builders.person(session, builders.staff(session, builders.hub(session)))
    planned(session, katrina)
    lifecycle.advance(session, now=DUE)
    held(session, DUE + timedelta(hours=11))
    (text,) = texts(session, katrina)
    session.refresh(text)
    assert text.status is MessageStatus.EXPIRED
    lifecycle.advance(session, now=CLOSES)
    assert only(session, katrina).state is CheckInState.NOT_DELIVERED
