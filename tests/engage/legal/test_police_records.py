"""Police records: arrests, charges, convictions and the intelligence flag; and a death."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import Actor
from engage.agencies.model import AgencyKind, Role, Staff
from engage.core.errors import Conflict, Forbidden, Invalid
from engage.core.events import Cursor, feed
from engage.core.model import Event
from engage.legal import custody, death, intelligence, offences, orders
from engage.legal.model import Offence, OffenceKind, OrderEnding
from engage.people.model import ContactStatus, Person
from messaging import outbox
from messaging.states import MessageStatus
from messaging.tables import Message
from tests import builders
from tests.builders import NOW
from tests.engage.legal import scenes
from tests.engage.legal.scenes import TODAY

A_DAY = timedelta(days=1)


def _arrest(
    session: Session, actor: Actor, whose: Person, on: date, what: str = "Theft from a shop"
) -> Offence:
    return offences.record(
        session,
        actor,
        whose.id,
        kind=OffenceKind.ARREST,
        happened_on=on,
        what=what,
        acquisitive=True,
        now=NOW,
    )


def test_a_withdrawn_arrest_is_not_the_last(session: Session, pat: Actor, katrina: Person) -> None:
    """A withdrawn arrest does not count; a charge is not an arrest."""
    assert offences.last_arrest_on(session, katrina.id) is None
    first = _arrest(session, pat, katrina, TODAY - 9 * A_DAY)
    last = _arrest(session, pat, katrina, TODAY)
    offences.record(
        session, pat, katrina.id, kind=OffenceKind.CHARGE, happened_on=TODAY, what="Theft",
        acquisitive=True, now=NOW,
    )  # fmt: skip
    assert offences.last_arrest_on(session, katrina.id) == TODAY
    for _ in range(2):
        offences.withdraw(session, pat, last.id, now=NOW)
    assert offences.last_arrest_on(session, katrina.id) == first.happened_on
    kinds = session.scalars(
        select(Event.kind).where(Event.kind == "offence.withdrawn").order_by(Event.id)
    ).all()
    assert len(kinds) == 1, "said twice it changes nothing"


def test_an_arrest_leaves_no_words_in_the_log(
    session: Session, pat: Actor, katrina: Person
) -> None:
    """Nor may it be in the future, without a matter, or recorded twice."""
    _arrest(session, pat, katrina, TODAY)
    with pytest.raises(Conflict) as refused:
        _arrest(session, pat, katrina, TODAY, "theft FROM a shop ")
    assert refused.value.code == "offence_recorded"
    for on, what, field in (
        (TODAY + A_DAY, "Theft", "happened_on"),
        (TODAY, " ", "what"),
        (TODAY, "a" * 121, "what"),
    ):
        with pytest.raises(Invalid) as wrong:
            _arrest(session, pat, katrina, on, what)
        assert list(wrong.value.fields) == [field]
    events = session.scalars(
        select(Event).where(Event.kind == "offence.recorded").order_by(Event.id)
    ).all()
    assert len(events) == 1 and "Theft" not in str(events[0].data)


def test_only_police_and_the_offender_manager_set_and_see_the_flag(
    session: Session, om: Staff, pat: Actor, katrina: Person
) -> None:
    """A police coordinator may; a probation coordinator and a supervisor may not; a police auditor
    may neither see nor set it.
    """
    hub = katrina.hub
    builders.agency(session, hub, "Northumbria Police", AgencyKind.POLICE)
    staff = [
        (Role.COORDINATOR, "Northumbria Police", True, True),
        (Role.COORDINATOR, "Probation", False, False),
        (Role.SUPERVISOR, "Probation", False, False),
        (Role.AUDITOR, "Northumbria Police", True, False),
        (Role.AUDITOR, "Probation", False, False),
    ]
    assert intelligence.may_see(pat, katrina)
    for role, agency, sees, sets in staff:
        actor = builders.actor(builders.staff(session, hub, role, agency_name=agency))
        assert intelligence.may_see(actor, katrina) is sees, (role, agency)
        if not sets:
            with pytest.raises(Forbidden):
                intelligence.flag(session, actor, katrina.id, on=TODAY, now=NOW)
            continue
        intelligence.flag(session, actor, katrina.id, on=TODAY, now=NOW)
        intelligence.end(session, actor, katrina.id, on=TODAY, now=NOW)


def test_a_flag_is_a_day_and_its_end(session: Session, pat: Actor, katrina: Person) -> None:
    """One at a time; once ended it is not current. The feed to other systems leaves it out."""
    with pytest.raises(Conflict):
        intelligence.end(session, pat, katrina.id, on=TODAY, now=NOW)
    with pytest.raises(Invalid):
        intelligence.flag(session, pat, katrina.id, on=TODAY + A_DAY, now=NOW)
    made = intelligence.flag(session, pat, katrina.id, on=TODAY - A_DAY, now=NOW)
    assert intelligence.current(session, katrina.id) == made
    with pytest.raises(Conflict):
        intelligence.flag(session, pat, katrina.id, on=TODAY, now=NOW)
    with pytest.raises(Invalid):
        intelligence.end(session, pat, katrina.id, on=TODAY - 2 * A_DAY, now=NOW)
    intelligence.end(session, pat, katrina.id, on=TODAY, now=NOW)
    assert intelligence.current(session, katrina.id) is None
    written = session.scalars(
        select(Event).where(Event.kind.like("intelligence.%")).order_by(Event.id)
    ).all()
    assert len(written) == 2 and {event.hub_id for event in written} == {None}
    fed = feed(session, hub_id=katrina.hub_id, after=Cursor(), limit=100)
    assert not [event for _, event in fed if event.kind.startswith("intelligence")]


def test_a_death_ends_everything_and_withdraws_texts(
    session: Session, pat: Actor, katrina: Person
) -> None:
    """Orders end on that day, a future one on its first; custody ends; no text goes; it is recorded
    once.
    """
    text = outbox.Text(
        to="+447700900101",
        body="Hi",
        lane=outbox.Lane.REMINDER,
        dedupe_key="one",
        recipient=str(katrina.id),
    )
    message = outbox.enqueue(session, text, now=NOW)
    running = scenes.order(session, katrina)
    ahead = scenes.order(session, katrina, made_on=TODAY, starts_on=TODAY + A_DAY)
    scenes.in_prison(session, katrina)
    died = TODAY - A_DAY
    death.record_death(session, pat, katrina.id, died, NOW)
    session.expire_all()
    assert katrina.contact_status.value == ContactStatus.DEAD.value
    assert session.get_one(Message, message.id).status is MessageStatus.WITHDRAWN
    assert (running.ended_on, running.ending) == (died, OrderEnding.DIED)
    assert (ahead.ended_on, ahead.ending) == (ahead.starts_on, OrderEnding.DIED)
    assert custody.current(session, katrina.id) is None
    assert orders.in_force(session, katrina.id, TODAY) == []
    with pytest.raises(Conflict) as refused:
        death.record_death(session, pat, katrina.id, died, NOW)
    assert refused.value.code == "dead"


def test_an_impossible_day_of_death_is_refused(
    session: Session, pat: Actor, katrina: Person
) -> None:
    """Neither in the future nor before birth."""
    katrina.date_of_birth = date(1988, 2, 29)
    session.flush()
    for on in (TODAY + A_DAY, date(1988, 2, 28)):
        with pytest.raises(Invalid) as refused:
            death.record_death(session, pat, katrina.id, on, NOW)
        assert list(refused.value.fields) == ["on"]
    assert katrina.contact_status.value == ContactStatus.OPEN.value
