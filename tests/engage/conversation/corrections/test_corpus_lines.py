"""Corrections as corpus lines: kept without identity, and accepted or declined by an
administrator.
"""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import Actor
from engage.agencies.model import Role, Staff
from engage.appointments.model import Appointment
from engage.conversation.corrections import corpus_lines
from engage.conversation.corrections.model import CorpusLine, LineState, ReplyCorrection
from engage.core.errors import (
    Conflict,
    Forbidden,
    NotFound,
)
from engage.people.model import Person
from engage.understanding.vocabulary import Intent as Meaning
from tests import builders
from tests.engage.conversation.phones import (
    minutes,
    says,
)


def stored_lines(session: Session) -> list[tuple[str, str, str, str]]:
    """The stored lines: prompt, intent, interpretation, words."""
    return [
        (one.prompt, one.intent, one.read_as, one.words)
        for one in session.scalars(select(CorpusLine))
    ]


def test_a_correction_stores_a_line_without_identity(
    session: Session,
    om: Staff,
    katrina: Person,
    booked: Appointment,
    now: datetime,
    mean: Callable[..., ReplyCorrection],
) -> None:
    """It has no name of the person, the worker or a place, no number and no id. A second correction
    replaces the line.
    """
    words = "hi pat its katrina, not coming to bridge st on 23/3, ring my mum on 07700 900155"
    reading = says(session, words, now)
    mean(reading, Meaning.RESCHEDULE)
    second = mean(reading, Meaning.DECLINE, now + minutes(61))
    scrubbed = "hi [name] its [name], not coming to [place] on [date], ring my mum on [number]"
    assert stored_lines(session) == [("appointment", "decline", reading.intent, scrubbed)]
    (line,) = session.scalars(select(CorpusLine))
    assert second.line_id == line.id and line.id.version == 4
    assert line.added_on == now.date() and line.state is LineState.WAITING


def test_a_restricted_record_stores_no_line(
    session: Session,
    katrina: Person,
    booked: Appointment,
    now: datetime,
    mean: Callable[..., ReplyCorrection],
) -> None:
    """Few staff may know of such a person, and an administrator is not one of them."""
    katrina.restricted = katrina.restricted_texts_allowed = True
    mean(says(session, "yes", now), Meaning.DECLINE)
    assert stored_lines(session) == []


@pytest.fixture
def administrator(session: Session, om: Staff) -> Actor:
    """The hub's administrator."""
    return builders.actor(
        builders.staff(session, om.memberships[0].hub, Role.ADMINISTRATOR, name="Alex Reid")
    )


def test_an_administrator_accepts_or_declines_each_line(
    session: Session,
    administrator: Actor,
    booked: Appointment,
    now: datetime,
    mean: Callable[..., ReplyCorrection],
) -> None:
    """Accepted lines are exported in the format of the corpus, each once. A declined line loses its
    words and stays declined.
    """
    for minute, words in enumerate(("yes", "YES", "ok then")):
        mean(says(session, words, now + minutes(minute)), Meaning.DECLINE)
    assert list(corpus_lines.export(session)) == []
    waiting = corpus_lines.list_lines(session, administrator, LineState.WAITING).lines
    assert len(waiting) == 3
    for line, wanted in [(line, line.words != "ok then") for line in waiting]:
        for _ in range(2):
            corpus_lines.decide(session, administrator, line.id, accept=wanted, now=now)
    assert list(corpus_lines.export(session)) in (
        ["appointment\tdecline\tyes"],
        ["appointment\tdecline\tYES"],
    )
    declined = next(line for line in waiting if line.state is LineState.DECLINED)
    assert declined.words == ""
    with pytest.raises(Conflict):
        corpus_lines.decide(session, administrator, declined.id, accept=True, now=now)
    listed = corpus_lines.list_lines(session, administrator, LineState.ACCEPTED)
    assert listed.counts == {LineState.WAITING: 0, LineState.ACCEPTED: 2, LineState.DECLINED: 1}


def test_only_an_administrator_of_the_hub_sees_its_lines(
    session: Session,
    om: Staff,
    booked: Appointment,
    now: datetime,
    mean: Callable[..., ReplyCorrection],
) -> None:
    """Administrators of other hubs see none, and other roles have no list."""
    mean(says(session, "yes", now), Meaning.DECLINE)
    (line,) = session.scalars(select(CorpusLine))
    stranger = builders.actor(
        builders.staff(session, builders.hub(session, "Wearside"), Role.ADMINISTRATOR, name="Bo Ek")
    )
    assert corpus_lines.list_lines(session, stranger, LineState.WAITING).lines == []
    assert corpus_lines.export_for(session, stranger, now=now) == ""
    with pytest.raises(NotFound):
        corpus_lines.decide(session, stranger, line.id, accept=True, now=now)
    with pytest.raises(Forbidden):
        corpus_lines.list_lines(session, builders.actor(om), LineState.WAITING)
