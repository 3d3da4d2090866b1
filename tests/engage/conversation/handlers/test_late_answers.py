"""An answer after the appointment: never a yes, neither to what is over nor to the next one."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.agencies.model import Staff
from engage.appointments.attendance import record_outcome
from engage.appointments.kinds import IntentKind, OutcomeCode
from engage.appointments.model import AbsenceReason, StatedIntent
from engage.people.model import Person
from tests import builders
from tests.engage.conversation.phones import asked, minutes, said, says

DAY = timedelta(days=1)


@pytest.mark.parametrize("body", ["yes", "il be there", "ok", "no", "cant make it"])
def test_an_answer_after_the_start_is_not_about_the_next_appointment(
    session: Session, katrina: Person, now: datetime, body: str
) -> None:
    """Today's was asked about last, next week's before. The late text is recorded for neither; a
    bare ok is thanks.
    """
    over = builders.appointment(session, katrina, now - timedelta(hours=1))
    ahead = builders.appointment(session, katrina, now + 6 * DAY)
    asked(session, ahead, now - 2 * DAY)
    asked(session, over, now - DAY)
    reading = says(session, body, now)
    assert said(session, over) == said(session, ahead) == []
    assert reading.needs_human is (body != "ok")


def test_after_a_recorded_absence_it_is_about_the_absence(
    session: Session, om: Staff, katrina: Person, now: datetime
) -> None:
    """`cant come` an hour after a missed appointment is stored as their reason, for a worker to
    decide.
    """
    over = builders.appointment(session, katrina, now - timedelta(hours=2))
    asked(session, over, now - DAY)
    record_outcome(
        session,
        builders.actor(om),
        over.id,
        code=OutcomeCode.FAILED_TO_ATTEND,
        now=now - timedelta(hours=1),
    )
    reading = says(session, "cant come", now)
    assert said(session, over) == [] and reading.needs_human
    kept = session.scalars(select(AbsenceReason)).one()
    assert kept.appointment_id == over.id
    current = [one for one in over.outcomes if one.superseded_at is None]
    assert [one.code for one in current] == [OutcomeCode.FAILED_TO_ATTEND]


def test_an_answer_to_the_newer_question_counts(
    session: Session, katrina: Person, now: datetime
) -> None:
    """Next week's was asked about after today's had begun: the yes is to next week's."""
    over = builders.appointment(session, katrina, now - timedelta(hours=3))
    ahead = builders.appointment(session, katrina, now + 6 * DAY)
    asked(session, over, now - DAY)
    asked(session, ahead, now - timedelta(hours=1))
    says(session, "yes", now)
    assert (said(session, over), said(session, ahead)) == ([], [IntentKind.WILL_ATTEND])


def test_after_an_answer_in_time_a_yes_answers_the_next_question(
    session: Session, katrina: Person, now: datetime
) -> None:
    """A yes before the start; another yes after the end is to the appointment that still waits."""
    over = builders.appointment(session, katrina, now - timedelta(hours=1))
    ahead = builders.appointment(session, katrina, now + 6 * DAY)
    asked(session, ahead, now - 2 * DAY)
    asked(session, over, now - DAY)
    says(session, "yes for today", now - timedelta(hours=3))
    session.add(
        StatedIntent(
            appointment_id=over.id,
            kind=IntentKind.WILL_ATTEND,
            said_at=now - timedelta(hours=2),
            revision=over.revision,
        )
    )
    session.flush()
    says(session, "yes il be there next week", now + minutes(1))
    assert said(session, over)[-1] is IntentKind.WILL_ATTEND
