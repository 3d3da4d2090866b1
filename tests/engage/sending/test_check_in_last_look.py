"""The last look at a check-in: what has changed since it was queued stops it, and it never counts
as unanswered.
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
from tests.engage.sending.stage import claim_all


def custody(session: Session, person: Person) -> None:
    """They are in prison now."""
    person.custody_status = CustodyStatus.CUSTODY


def unsafe(session: Session, person: Person) -> None:
    """The number no longer counts as safe."""
    point_of(session, person).safe_until = DUE


def another_number(session: Session, person: Person) -> None:
    """They have another number now."""
    point_of(session, person).number = "+447700900109"


@pytest.mark.parametrize("happens", [custody, unsafe, another_number])
def test_a_change_since_it_was_queued_stops_it(
    session: Session, happens: Callable[[Session, Person], None]
) -> None:
    """The text is withheld, and the check-in says that it did not reach the phone."""
    katrina = builders.person(session, builders.staff(session, builders.hub(session)))
    planned(session, katrina)
    lifecycle.advance(session, now=DUE)
    happens(session, katrina)
    session.flush()
    claim_all(session, DUE)
    (text,) = texts(session, katrina)
    session.refresh(text)
    assert text.status is MessageStatus.WITHHELD
    lifecycle.advance(session, now=CLOSES)
    assert only(session, katrina).state is CheckInState.NOT_DELIVERED


def test_it_waits_for_the_persons_hours(session: Session) -> None:
    """After it was queued their hours were narrowed: not before two in the afternoon."""
    katrina = builders.person(session, builders.staff(session, builders.hub(session)))
    planned(session, katrina)
    lifecycle.advance(session, now=DUE)
    katrina.text_from_hour = 14
    session.flush()
    claim_all(session, DUE)
    (text,) = texts(session, katrina)
    session.refresh(text)
    assert text.status is MessageStatus.QUEUED and text.send_after == DUE + timedelta(hours=4)


def test_it_expires_in_the_queue(session: Session) -> None:
    """Eleven hours later it is evening, and in the morning it is too late to ask."""
    katrina = builders.person(session, builders.staff(session, builders.hub(session)))
    planned(session, katrina)
    lifecycle.advance(session, now=DUE)
    claim_all(session, DUE + timedelta(hours=11))
    (text,) = texts(session, katrina)
    session.refresh(text)
    assert text.status is MessageStatus.EXPIRED
    lifecycle.advance(session, now=CLOSES)
    assert only(session, katrina).state is CheckInState.NOT_DELIVERED
