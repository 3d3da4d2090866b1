"""Rebooking by text after time has passed, after another person was quicker, or after staff changed
something.
"""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from engage.appointments import booking
from engage.appointments.attendance import record_outcome
from engage.appointments.kinds import OutcomeCode
from engage.people import rebooking_permission as allowance
from engage.people.model import CustodyStatus, Person
from engage.understanding.vocabulary import Intent, Prompt
from tests import builders
from tests.engage.conversation.handlers.offered import (
    ANOTHER,
    DAY,
    THU,
    WED,
    Scene,
    local,
    made,
)
from tests.engage.conversation.phones import (
    answers,
    asked,
    last_answer,
    minutes,
    says,
)
from tests.engage.conversation.turns import hear, read_as


@pytest.fixture
def scene(session: Session, now: datetime) -> Scene:
    """Katrina, who may rebook, and Pat, who has three free times."""
    return made(session, now)


def test_after_the_hold_it_is_booked_if_it_is_still_free(scene: Scene) -> None:
    """The hour is over, and nobody else has taken the time."""
    scene.asks()
    says(scene.session, "3", scene.now + minutes(200))
    assert scene.starts() == local(THU)


def test_after_the_hold_a_time_taken_by_another_person_is_replaced(scene: Scene) -> None:
    """The text says that it has gone; the remaining times are offered and held, and the appointment
    stays booked.
    """
    scene.asks()
    later = scene.now + minutes(61)
    other = _other(scene)
    hear(scene.session, other, read_as(Intent.RESCHEDULE, day="wed"), later, number="+447700900102")
    says(scene.session, "2", later + minutes(1))
    assert scene.starts() == local("2027-03-22 10:00")
    assert last_answer(scene.session) == (
        "Sorry Katrina. That time has gone. Which suits you?\n1 Tue 23 Mar 2pm\n"
        "2 Thu 25 Mar 4pm\n0 none of these\n"
        "Your old time stands."
    )
    scene.leave()
    says(scene.session, "2", later + minutes(2))
    assert scene.starts() == local(THU)


def _other(scene: Scene) -> Person:
    other = builders.person(scene.session, scene.om, number="+447700900102", first_name="Dean")
    allowance.allow(scene.session, builders.actor(scene.om), other.id, allowed=True, now=scene.now)
    booked = builders.appointment(scene.session, other, local("2027-03-22 11:00"))
    asked(scene.session, booked, scene.now - DAY, to="+447700900102")
    return other


def test_a_held_time_is_not_offered_to_another_person(scene: Scene) -> None:
    """Dean is told that nothing is free; after the hour the time is offered to him, without any
    sweep.
    """
    scene.asks()
    other = _other(scene)
    done = hear(scene.session, other, ANOTHER, scene.now + minutes(30), number="+447700900102")
    assert "no free time" in done.words
    done = hear(scene.session, other, ANOTHER, scene.now + minutes(60), number="+447700900102")
    assert "Offered 3" in done.words


def test_a_repeated_choice_is_done_once_and_another_goes_to_a_worker(scene: Scene) -> None:
    """A repetition changes nothing and gets no answer."""
    scene.asks()
    says(scene.session, "2", scene.now + minutes(2))
    scene.leave()
    count = len(answers(scene.session))
    again = says(scene.session, "2", scene.now + minutes(3))
    assert again.done == "Picked again: booked already" and not again.needs_human
    assert len(answers(scene.session)) == count and scene.appointment.revision == 2
    other = says(scene.session, "3", scene.now + minutes(4))
    assert other.needs_human and scene.starts() == local(WED)


@pytest.mark.parametrize("what", ["move", "cancel", "outcome"])
def test_a_choice_never_undoes_what_staff_did(scene: Scene, what: str) -> None:
    """A choice after the appointment was moved, cancelled or dealt with goes to a worker, and the
    held times are released.
    """
    scene.asks()
    actor, at = builders.actor(scene.om), scene.now + minutes(5)
    if what == "move":
        booking.move(
            scene.session, actor, scene.appointment.id, starts_at=local("2027-03-26 09:30"), now=at
        )
    if what == "cancel":
        booking.cancel(scene.session, actor, scene.appointment.id, reason="Pat is ill", now=at)
    if what == "outcome":
        code = OutcomeCode.ABSENT_MEDICAL
        record_outcome(scene.session, actor, scene.appointment.id, code=code, note="", now=at)
    before = scene.starts(), scene.appointment.revision
    reading = says(scene.session, "2", at + minutes(5))
    assert reading.needs_human and "has changed since" in reading.done
    assert (scene.starts(), scene.appointment.revision) == before
    assert scene.held() == []


@pytest.mark.parametrize("when", ["before", "after"])
def test_in_custody_nothing_is_offered_and_nothing_moves(scene: Scene, when: str) -> None:
    """Rule 1 forbids it, before the offer or between offer and choice; a worker reads the text."""
    if when == "after":
        scene.asks()
    scene.katrina.custody_status = CustodyStatus.CUSTODY
    scene.session.flush()
    count = len(answers(scene.session))
    done = hear(
        scene.session,
        scene.katrina,
        ANOTHER if when == "before" else read_as(Intent.SLOT_CHOICE, value=2),
        scene.now + minutes(5),
        body="2",
        prompt=Prompt.REBOOK,
    )
    assert done.needs_human and not done.acted
    assert len(answers(scene.session)) == count
    assert scene.starts() == local("2027-03-22 10:00")
