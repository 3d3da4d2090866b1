"""A check-in during a takeover: a text to the worker counts as contact."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from engage.conversation import takeover
from engage.people.model import Person
from engage.progress.check_ins import lifecycle
from engage.progress.check_ins.model import CheckInState
from tests import builders
from tests.engage.conversation.phones import says
from tests.engage.progress.check_ins.stage import (
    CLOSES,
    DUE,
    NUDGE,
    asked,
    only,
    texts,
)

MINUTE = timedelta(minutes=1)


@pytest.fixture
def katrina(session: Session) -> Person:
    """A person who got a check-in a moment ago."""
    person = builders.person(session, builders.staff(session, builders.hub(session)))
    asked(session, person)
    return person


def take_over(session: Session, person: Person) -> None:
    """Her worker takes the conversation over a minute after the check-in."""
    takeover.take_over(
        session, builders.actor(person.offender_manager), person.id, now=DUE + MINUTE
    )


def test_a_text_to_the_worker_counts_as_contact(session: Session, katrina: Person) -> None:
    """The check-in is not repeated, and closes with the reason that she wrote to a worker."""
    take_over(session, katrina)
    says(session, "not great pat, my nan died", DUE + 2 * MINUTE)
    assert only(session, katrina).state is CheckInState.ASKED
    lifecycle.advance(session, now=NUDGE)
    assert len(texts(session, katrina)) == 1
    lifecycle.advance(session, now=CLOSES)
    closed = only(session, katrina)
    assert closed.state is CheckInState.ENDED
    assert [reason["words"] for reason in closed.reasons] == ["They wrote to a worker"]
    assert [reason["words"] for reason in closed.nudge_reasons] == ["They wrote to a worker"]


def test_she_may_still_answer_it(session: Session, katrina: Person) -> None:
    """After the takeover, a 2 is the answer, and the check-in gets no other reason."""
    take_over(session, katrina)
    says(session, "hiya pat", DUE + 2 * MINUTE)
    actor = builders.actor(katrina.offender_manager)
    takeover.hand_back(session, actor, katrina.id, now=DUE + 3 * MINUTE)
    says(session, "2", DUE + 4 * MINUTE)
    found = only(session, katrina)
    assert (found.state, found.reasons) == (CheckInState.ANSWERED, [])


def test_no_text_during_a_takeover_is_no_answer(session: Session, katrina: Person) -> None:
    """A text before the check-in does not answer it, nor one after it has closed."""
    take_over(session, katrina)
    lifecycle.advance(session, now=NUDGE)
    lifecycle.advance(session, now=CLOSES)
    assert only(session, katrina).state is CheckInState.UNANSWERED
    takeover.take_over(
        session, builders.actor(katrina.offender_manager), katrina.id, now=CLOSES + MINUTE
    )
    says(session, "sorry pat", CLOSES + 2 * MINUTE)
    assert only(session, katrina).state is CheckInState.UNANSWERED
