"""Rule 10 and last contact exist twice: in Python for pages, and in SQL for the nightly run and for
meetings. Both must give the same answer for random histories.

Silence is defined differently in two rules, and the tests allow for it. The status (rule 9) counts
from adoption, takes news told to a worker as contact, and takes a text from a shared number as
contact with everyone who has it. The signal (rule 17) does none of these, and leaves out people
whose contact is not open.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.agencies.hub_settings import hub_today, zone
from engage.cohort import agenda, facts, rules
from engage.cohort.kinds import AgendaReason, ExitReason
from engage.cohort.meeting_model import AgendaItem, Meeting
from engage.cohort.nightly.signal_causes import CAUSES
from engage.cohort.suggestions import status_rules
from engage.core.local_time import local_day
from engage.people.model import ContactStatus, CustodyStatus
from engage.signals import SignalKind
from tests.engage.cohort.nightly.histories import HISTORIES, MOMENTS, History
from tests.engage.cohort.nightly.history_rows import Stage, set_stage, write

PEOPLE = st.lists(HISTORIES, min_size=8, max_size=16)
MANY = settings(
    max_examples=40,
    phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def stage(session: Session) -> Stage:
    """Three hubs in two zones, with different settings."""
    return set_stage(session)


def by_night(session: Session, kind: SignalKind, now: datetime) -> Mapping[uuid.UUID, Any]:
    """The rows that the nightly statement finds among all people, by person."""
    cause = next(one for one in CAUSES if one.kind is kind)
    everybody = {"after": uuid.UUID(int=0), "upto": uuid.UUID(int=2**128 - 1)}
    rows = session.execute(cause.find, {"now": now, **everybody, **cause.defaults})
    return {row.person_id: row for row in rows}


@MANY
@given(PEOPLE, MOMENTS)
def test_last_contact_is_the_same_on_pages_and_at_night(
    session: Session, stage: Stage, histories: Sequence[History], now: datetime
) -> None:
    """The same people are silent for too long, from the same day."""
    with session.begin_nested() as savepoint:
        people = dict(zip(write(session, stage, histories, now), histories, strict=True))
        known = facts.gather(session, people, now=now)
        lost = by_night(session, SignalKind.LOST_CONTACT, now)
        since = {id: silent_since(known[id], history, now) for id, history in people.items()}
        expected = {
            id: day
            for id, day in since.items()
            if may_be_lost(known[id])
            and (known[id].status.on - day).days >= known[id].hub_rules.silent_days
        }
        assert {id: row.day for id, row in lost.items()} == expected
        for id, row in lost.items():
            assert row.days == (known[id].status.on - row.day).days
            assert row.link_id is None or known[id].status.last_contact == row.day
        for id, one in known.items():
            if one.enrolment is None and may_be_lost(one):
                assert says_no_contact(one) == (id in lost)
        savepoint.rollback()


def may_be_lost(one: facts.CaseFacts) -> bool:
    """Whether rule 17 looks at the person at all."""
    return one.person.contact_status is ContactStatus.OPEN and one.person.custody_status not in (
        CustodyStatus.CUSTODY,
        CustodyStatus.REMAND,
    )


def silent_since(one: facts.CaseFacts, history: History, now: datetime) -> date:
    """The latest of: the last contact that the pages know of, the day the person became known, and
    the last release.
    """
    today = hub_today(one.hub, now)
    released = [
        today - timedelta(days=stay.ago - stay.days)
        for stay in history.stays
        if stay.days is not None
    ]
    heard = [] if one.status.last_contact is None else [one.status.last_contact]
    return max([local_day(one.person.created_at, zone(one.hub)), *released, *heard])


def says_no_contact(one: facts.CaseFacts) -> bool:
    """Whether rule 9 names silence as a reason for red."""
    verdict = rules.suggest_status(one.status, status_rules(one.hub_rules))
    return "no_contact" in {reason.code for reason in verdict.reasons}


@MANY
@given(PEOPLE, MOMENTS)
def test_rule_10_is_the_same_on_pages_at_night_and_on_agendas(
    session: Session, stage: Stage, histories: Sequence[History], now: datetime
) -> None:
    """Green without a break and long custody, on the page, at night and on today's agenda."""
    with session.begin_nested() as savepoint:
        people = write(session, stage, histories, now)
        known = facts.gather(session, people, now=now)
        rows = by_night(session, SignalKind.GREEN_THREE_MONTHS, now)
        listed = on_agenda(session, stage, now)
        enrolled = {id: one for id, one in known.items() if one.enrolment is not None}
        green = {id: one.exit.green_since for id, one in enrolled.items() if long_green(one)}
        alive = {id for id in enrolled if known[id].person.contact_status is not ContactStatus.DEAD}
        assert {id: row.day for id, row in rows.items()} == {
            id: since for id, since in green.items() if id in alive
        }
        assert listed[AgendaReason.GREEN_THREE_MONTHS] == set(green)
        assert listed[AgendaReason.LONG_CUSTODY] == {
            id for id, one in enrolled.items() if verdict(one).because is ExitReason.LONG_CUSTODY
        }
        savepoint.rollback()


def verdict(one: facts.CaseFacts) -> rules.ExitVerdict:
    """Rule 10 as the pages apply it."""
    return rules.exit_verdict(
        one.exit,
        green_months=one.hub_rules.green_months,
        long_custody_years=one.hub_rules.long_custody_years,
    )


def long_green(one: facts.CaseFacts) -> bool:
    """Whether the person has been green for long enough, apart from the rest of rule 10."""
    no_custody = rules.ExitFacts(one.exit.on, one.exit.green_since)
    met = rules.exit_verdict(
        no_custody,
        green_months=one.hub_rules.green_months,
        long_custody_years=one.hub_rules.long_custody_years,
    ).reasons
    return "green" in {reason.code for reason in met}


def on_agenda(session: Session, stage: Stage, now: datetime) -> Mapping[AgendaReason, set[Any]]:
    """The people on the agendas of meetings of all hubs today, by reason."""
    for hub in stage.hubs:
        meeting = Meeting(
            hub_id=hub.id, held_on=hub_today(hub, now), called_by="system", called_at=now
        )
        session.add(meeting)
        session.flush()
        agenda.build(session, meeting, actor="system", now=now)
    items = session.scalars(select(AgendaItem)).all()
    return {
        reason: {one.person_id for one in items if reason.value in one.reasons}
        for reason in AgendaReason
    }
