"""Health redaction: users without health access see that a text came, but not its words."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import Ability, Actor, abilities
from engage.agencies.model import AgencyKind, Hub, Role, Staff
from engage.conversation import intake
from engage.core.errors import NotFound
from engage.legal.model import IntelligenceFlag
from engage.people import signals as attention
from engage.people.model import Person
from engage.queries.conversation import log, thread, unread
from engage.queries.people import person
from engage.queries.signals import signals
from engage.signals import Signal, SignalKind
from tests import builders
from tests.engage.conversation.phones import text_in

LAPSE = "i used again last night"


@pytest.fixture
def hub(session: Session) -> Hub:
    """One hub."""
    return builders.hub(session)


@pytest.fixture
def pat(session: Session, hub: Hub) -> Staff:
    """The offender manager."""
    return builders.staff(session, hub)


@pytest.fixture
def katrina(session: Session, pat: Staff, now: datetime) -> Person:
    """She has reported a lapse and asked for a call."""
    made = builders.person(session, pat)
    for minutes, body in enumerate((LAPSE, "please ring me")):
        at = now + timedelta(minutes=10 * minutes)
        intake.handle(session, text_in(session, body, at), at)
    session.flush()
    return made


def who(session: Session, hub: Hub, role: Role) -> Actor:
    """A member of probation staff with this role."""
    return builders.actor(builders.staff(session, hub, role, name="Ann Bold"))


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.AUDITOR])
def test_supervisors_and_auditors_see_only_that_it_was_about_health(
    session: Session, hub: Hub, katrina: Person, now: datetime, role: Role
) -> None:
    """They see neither her words, nor their meaning, nor the answer. A lapse looks the same as good
    news.
    """
    page = person.load(session, who(session, hub, role), katrina.id, now=now + timedelta(hours=1))
    said = [one for one in page.thread.entries if isinstance(one, thread.TextIn)]
    assert [(one.body, one.intent, one.hidden) for one in said] == [
        ("(Health, not shown)", "progress_health", True),
        ("please ring me", "call_me", False),
    ]
    answers = [one.body for one in page.thread.entries if isinstance(one, thread.TextOut)]
    assert "(Health, not shown)" in answers
    assert "lapse" not in repr(page.thread).casefold() and LAPSE not in repr(page)
    assert {one.kind for one in page.signals} <= {
        SignalKind.CALL_REQUESTED,
        SignalKind.REPLY_UNREAD,
    }


@pytest.mark.parametrize("role", [Role.OFFENDER_MANAGER, Role.COORDINATOR])
def test_users_with_health_access_read_her_words(
    session: Session, hub: Hub, pat: Staff, katrina: Person, now: datetime, role: Role
) -> None:
    """The offender manager and the coordinator also see the signal."""
    actor = builders.actor(pat) if role is Role.OFFENDER_MANAGER else who(session, hub, role)
    page = person.load(session, actor, katrina.id, now=now + timedelta(hours=1))
    said = [one for one in page.thread.entries if isinstance(one, thread.TextIn)]
    assert (said[0].body, said[0].intent, said[0].hidden) == (LAPSE, "lapse", False)
    assert SignalKind.LAPSE_TOLD in {one.kind for one in page.signals}


def test_a_supervisor_cannot_see_or_acknowledge_health_signals(
    session: Session, hub: Hub, katrina: Person, now: datetime
) -> None:
    """A coordinator can."""
    supervisor, coordinator = (
        who(session, hub, role) for role in (Role.SUPERVISOR, Role.COORDINATOR)
    )
    raised = session.scalars(select(Signal).where(Signal.kind == SignalKind.LAPSE_TOLD)).one()
    kinds = {
        role: {one.kind for one in signals.open_signals(session, actor, now=now).signals}
        for role, actor in (("supervisor", supervisor), ("coordinator", coordinator))
    }
    assert (
        SignalKind.LAPSE_TOLD in kinds["coordinator"]
        and SignalKind.LAPSE_TOLD not in kinds["supervisor"]
    )
    assert signals.load_signal(session, supervisor, raised.id, now=now) is None
    with pytest.raises(NotFound):
        attention.acknowledge(session, supervisor, raised.id, now=now)
    assert attention.acknowledge(session, coordinator, raised.id, now=now).id == raised.id


def test_neither_the_export_nor_the_list_of_replies_shows_it(
    session: Session, hub: Hub, katrina: Person, now: datetime
) -> None:
    """A supervisor may export the whole conversation, but without the words about health."""
    supervisor = who(session, hub, Role.SUPERVISOR)
    taken = log.take_out(
        session, supervisor, katrina.id, log.Form.FILE, now=now + timedelta(hours=1)
    )
    assert LAPSE not in repr(taken.entries) and "please ring me" in repr(taken.entries)
    assert LAPSE not in repr(unread.unread(session, supervisor))


def test_the_intelligence_flag_is_for_police_and_the_offender_manager(
    session: Session, hub: Hub, pat: Staff, now: datetime
) -> None:
    """No other role has the ability. The table has a flag and dates and no column for words."""
    builders.agency(session, hub, "Northumbria Police", AgencyKind.POLICE)
    katrina = builders.person(session, pat)
    able = {
        (role, agency): Ability.INTELLIGENCE
        in abilities(
            builders.actor(builders.staff(session, hub, role, name="Ann Bold", agency_name=agency)),
            katrina,
        )
        for role in Role
        for agency in ("Probation", "Northumbria Police")
    }
    assert {key for key, has in able.items() if has} == {
        (Role.COORDINATOR, "Northumbria Police"),
        (Role.SUPERVISOR, "Northumbria Police"),
        (Role.AUDITOR, "Northumbria Police"),
    }
    assert Ability.INTELLIGENCE in abilities(builders.actor(pat), katrina)
    assert not {
        column.name
        for column in IntelligenceFlag.__table__.columns
        if str(column.type).startswith(("TEXT", "VARCHAR")) and not column.name.endswith("_by")
    }
