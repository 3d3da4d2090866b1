"""A check-in and a worker who has the conversation: what was written to the worker is no silence."""

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
    """Asked how things are a moment ago."""
    person = builders.person(session, builders.staff(session, builders.hub(session)))
    asked(session, person)
    return person


def hold(session: Session, person: Person) -> None:
    """Her worker takes the conversation over a minute after the question."""
    takeover.take_over(
        session, builders.actor(person.offender_manager), person.id, now=DUE + MINUTE
    )


def test_what_was_written_to_a_worker_is_not_called_unanswered(
    session: Session, katrina: Person
) -> None:
    """It is not nudged, and closes with the word that she wrote to a worker."""
    hold(session, katrina)
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
    """Handed back, a 2 is the answer, and nothing else is said of it."""
    hold(session, katrina)
    says(session, "hiya pat", DUE + 2 * MINUTE)
    actor = builders.actor(katrina.offender_manager)
    takeover.hand_back(session, actor, katrina.id, now=DUE + 3 * MINUTE)
    says(session, "2", DUE + 4 * MINUTE)
    found = only(session, katrina)
    assert (found.state, found.reasons) == (CheckInState.ANSWERED, [])


def test_silence_while_a_worker_has_it_is_silence(session: Session, katrina: Person) -> None:
    """Neither is a text before the question an answer to it, nor one after it has closed."""
    hold(session, katrina)
    lifecycle.advance(session, now=NUDGE)
    lifecycle.advance(session, now=CLOSES)
    assert only(session, katrina).state is CheckInState.UNANSWERED
    takeover.take_over(
        session, builders.actor(katrina.offender_manager), katrina.id, now=CLOSES + MINUTE
    )
    says(session, "sorry pat", CLOSES + 2 * MINUTE)
    assert only(session, katrina).state is CheckInState.UNANSWERED
