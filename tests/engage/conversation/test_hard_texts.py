"""Texts that are hard to interpret: one record each, nothing fails, and no personal answer is sent
if the meaning is uncertain.
"""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from engage.appointments.kinds import IntentKind
from engage.people.model import Person
from tests import builders
from tests.engage.conversation.hard_texts import HARD
from tests.engage.conversation.phones import answers, asked, events, minutes, said, says

DAY = timedelta(days=1)
MAY_SAY_YES = {"1,600 characters", "lone surrogate", "combining"}


@pytest.mark.parametrize("name", HARD)
def test_hard_input_has_one_record_and_no_personal_answer_if_uncertain(
    session: Session, katrina: Person, now: datetime, name: str
) -> None:
    """Nothing raises or is set aside, and the appointment stays as it was. The answer says only
    that a worker will read the text.
    """
    made = builders.appointment(session, katrina, now + 3 * DAY)
    asked(session, made, now - DAY)
    reading = says(session, HARD[name], now)
    if name in MAY_SAY_YES and reading.act:
        assert said(session, made) == [IntentKind.WILL_ATTEND]
        return
    session.refresh(made)
    assert made.intents == [] and not reading.act
    assert reading.needs_human
    assert all("will read this" in one for one in answers(session)), answers(session)
    assert not [kind for kind in events(session, katrina) if kind.startswith("intent.")]


def test_a_picture_gets_an_answer_that_it_cannot_be_opened(
    session: Session, katrina: Person, now: datetime
) -> None:
    """A picture without words is not interpreted; one with words is interpreted by its words."""
    reading = says(session, "", now, media=1)
    assert reading.needs_human and "cannot open pictures" in answers(session)[-1]
    made = builders.appointment(session, katrina, now + 3 * DAY)
    asked(session, made, now)
    assert says(session, "yes", now + minutes(5), media=1).act
