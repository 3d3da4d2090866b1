"""Alarms: who is told when, in which order, how often, and that nothing is told twice or lost."""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage import signals
from engage.access.policy import SYSTEM
from engage.agencies import staff_notices
from engage.agencies.model import Hub, Role, Staff
from engage.conversation import staff_actions
from engage.conversation.model import Alarm, AlarmOutcome, AlarmStep
from engage.conversation.safety import on_call, rota
from engage.conversation.safety.rota import NewTurn
from engage.core.db import Database
from engage.people import signals as attention
from engage.people.model import Person
from engage.queries.conversation import alarms
from engage.sending import last_look
from engage.signals import SignalKind
from messaging.states import MessageStatus
from messaging.tables import Message
from tests import builders
from tests.engage.appointments.stage import claimed
from tests.engage.conversation.phones import NUMBER, answers, events, says, signal

NIGHT = datetime.fromisoformat("2027-03-22T22:00:00+00:00")
DAY = datetime.fromisoformat("2027-03-22T10:00:00+00:00")
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Hall:
    """A hub with an offender manager, a person of theirs, and two coordinators."""

    hub: Hub
    om: Staff
    person: Person
    first: Staff
    second: Staff


@pytest.fixture
def hall(session: Session) -> Hall:
    """Everybody has a mobile; nobody is on call yet."""
    return furnish(session)


def furnish(session: Session) -> Hall:
    """Make a hall."""
    hub = builders.hub(session)
    om = builders.staff(session, hub, name="Pat Hale")
    first = builders.staff(session, hub, Role.COORDINATOR, name="Sam First")
    second = builders.staff(session, hub, Role.SUPERVISOR, name="Lee Second")
    for number, member in enumerate((om, first, second)):
        staff_notices.set_mobile(
            session, member, f"0770090099{number}", wants=True, actor="system", now=builders.NOW
        )
    return Hall(hub, om, builders.person(session, om), first, second)


def put_on(session: Session, whom: Staff, level: int = 1, at: datetime = NIGHT) -> None:
    """A turn around a moment."""
    hub_id = whom.memberships[0].hub_id
    new = NewTurn(hub_id, whom.id, at - timedelta(hours=2), at + timedelta(hours=10), level)
    rota.add(session, SYSTEM, new, now=at - timedelta(hours=2))


def told(session: Session) -> list[str]:
    """Whose phone was told, oldest first."""
    session.flush()
    rows = session.execute(
        select(Staff.name)
        .join(AlarmStep, AlarmStep.staff_id == Staff.id)
        .where(AlarmStep.outcome == AlarmOutcome.TOLD)
        .order_by(AlarmStep.at, AlarmStep.id)
    )
    return [name for (name,) in rows]


def notes(session: Session) -> list[Message]:
    """Every notice in the queue."""
    return list(
        session.scalars(select(Message).where(Message.context["purpose"].astext == "notice"))
    )


def test_at_night_whoever_is_on_call_is_told_at_once_then_the_next_then_from_the_top(
    session: Session, hall: Hall
) -> None:
    """Every quarter of an hour the next level, and after the last the first again; the offender
    manager sleeps.
    """
    put_on(session, hall.first, 1)
    put_on(session, hall.second, 2)
    says(session, "i want to die", NIGHT)
    for quarter in range(4):
        on_call.raise_due(session, now=NIGHT + quarter * 15 * MINUTE)
        on_call.raise_due(session, now=NIGHT + (quarter * 15 + 14) * MINUTE)
    assert told(session) == ["Sam First", "Lee Second", "Sam First", "Lee Second"]
    assert {note.body for note in notes(session)} == {"Engage: an item needs you. Please sign in."}
    assert events(session, hall.person).count("alarm.told") == 4


def test_by_day_the_offender_manager_has_a_quarter_of_an_hour_first(
    session: Session, hall: Hall
) -> None:
    """At work they are told at once; only then does level 1 come in."""
    put_on(session, hall.first, 1, DAY)
    says(session, "i want to die", DAY)
    on_call.raise_due(session, now=DAY)
    assert told(session) == ["Pat Hale"]
    on_call.raise_due(session, now=DAY + 15 * MINUTE)
    assert told(session) == ["Pat Hale", "Sam First"]


def test_an_offender_manager_without_a_mobile_is_not_waited_for(
    session: Session, hall: Hall
) -> None:
    """Whom no notice can reach counts as not told, and level 1 is told at once."""
    staff_notices.set_mobile(session, hall.om, "", wants=True, actor="system", now=DAY)
    put_on(session, hall.first, 1, DAY)
    says(session, "i want to die", DAY)
    on_call.raise_due(session, now=DAY)
    assert told(session) == ["Sam First"]


def test_an_offender_manager_on_the_rota_is_told_at_night_too(session: Session, hall: Hall) -> None:
    """At once, beside level 1, and once."""
    put_on(session, hall.first, 1)
    put_on(session, hall.om, 1)
    says(session, "i want to die", NIGHT)
    on_call.raise_due(session, now=NIGHT)
    assert sorted(told(session)) == ["Pat Hale", "Sam First"]


@pytest.mark.parametrize("end", ["acknowledged", "resolved"])
def test_it_ends_when_somebody_is_on_it(session: Session, hall: Hall, end: str) -> None:
    """Nobody is told after that."""
    put_on(session, hall.first, 1)
    says(session, "i want to die", NIGHT)
    on_call.raise_due(session, now=NIGHT)
    raised = signal(session, hall.person, SignalKind.CRISIS)
    who = builders.actor(hall.first)
    if end == "acknowledged":
        attention.acknowledge(session, who, raised.id, now=NIGHT + 5 * MINUTE)
    else:
        attention.resolve(session, who, raised.id, how="Rang", now=NIGHT + 5 * MINUTE)
    on_call.raise_due(session, now=NIGHT + 15 * MINUTE)
    assert on_call.raise_due(session, now=NIGHT + 30 * MINUTE) == 0
    assert told(session) == ["Sam First"]


@pytest.mark.parametrize("end", ["acknowledged", "resolved"])
def test_a_notice_that_has_not_left_is_called_back(session: Session, hall: Hall, end: str) -> None:
    """Nobody is woken for what a colleague is on already; the guard stops a notice that a worker
    process holds.
    """
    put_on(session, hall.first, 1)
    says(session, "i want to die", NIGHT)
    on_call.raise_due(session, now=NIGHT)
    raised, (note,) = signal(session, hall.person, SignalKind.CRISIS), notes(session)
    assert last_look.last_look(session, [claimed(note)], NIGHT) == {}
    who = builders.actor(hall.om)
    if end == "acknowledged":
        attention.acknowledge(session, who, raised.id, now=NIGHT + MINUTE)
    else:
        attention.resolve(session, who, raised.id, how="Rang", now=NIGHT + MINUTE)
    session.refresh(note)
    assert (note.status, note.reason) == (MessageStatus.WITHDRAWN, "A worker has taken this on")
    assert list(last_look.last_look(session, [claimed(note)], NIGHT + MINUTE)) == [note.id]
    shown = alarms.of_signal(session, raised.id)
    assert shown is not None and [(line.called_back, line.lost) for line in shown.lines] == [
        (True, False)
    ]


@pytest.mark.parametrize("end", ["read", "claimed"])
def test_a_notice_of_a_text_of_nobody_is_called_back(
    session: Session, hall: Hall, end: str
) -> None:
    """Once a coordinator has read it, or has said whose it is (which raises a signal of its own)."""
    put_on(session, hall.first, 1)
    reading = says(session, "i want to die", NIGHT, number="+447700900777")
    on_call.raise_due(session, now=NIGHT)
    (note,) = notes(session)
    assert last_look.last_look(session, [claimed(note)], NIGHT) == {}
    who = builders.actor(hall.second)
    if end == "read":
        staff_actions.mark_read(session, who, reading.id, now=NIGHT + MINUTE)
    else:
        nobody_yet = builders.person(session, hall.om, number=None)
        staff_actions.claim_number(session, who, reading.number, nobody_yet.id, now=NIGHT + MINUTE)
    session.refresh(note)
    assert note.status is MessageStatus.WITHDRAWN
    assert list(last_look.last_look(session, [claimed(note)], NIGHT + MINUTE)) == [note.id]


def test_the_hub_chooses_the_minutes(session: Session, hall: Hall) -> None:
    """5 instead of 15."""
    hall.hub.settings = {"on_call_minutes": 5}
    put_on(session, hall.first, 1)
    put_on(session, hall.second, 2)
    says(session, "i want to die", NIGHT)
    on_call.raise_due(session, now=NIGHT)
    on_call.raise_due(session, now=NIGHT + 5 * MINUTE)
    assert told(session) == ["Sam First", "Lee Second"]


def test_nobody_on_the_rota_is_recorded_once_and_the_offender_manager_is_the_last_resort(
    session: Session, hall: Hall
) -> None:
    """It is an error that is shown, not a silence; the one notice that can still go goes, whatever
    the hour.
    """
    says(session, "i want to die", NIGHT)
    on_call.raise_due(session, now=NIGHT)
    on_call.raise_due(session, now=NIGHT + 15 * MINUTE)
    assert told(session) == ["Pat Hale", "Pat Hale"]
    assert events(session, hall.person).count("alarm.nobody") == 1


def test_who_cannot_be_told_is_passed_over_at_once(session: Session, hall: Hall) -> None:
    """Level 1 wants no notices and another offender manager could not see the record: level 2 is
    told in the same step.
    """
    other = builders.staff(session, hall.hub, name="Other Manager")
    staff_notices.set_mobile(session, other, "07700900995", wants=True, actor="system", now=NIGHT)
    staff_notices.set_mobile(
        session, hall.first, "07700900991", wants=False, actor="system", now=NIGHT
    )
    put_on(session, hall.first, 1)
    put_on(session, other, 1)
    put_on(session, hall.second, 2)
    says(session, "i want to die", NIGHT)
    on_call.raise_due(session, now=NIGHT)
    assert told(session) == ["Lee Second"]
    assert events(session, hall.person).count("alarm.no_way") == 2


def test_danger_to_somebody_else_raises_it_too_and_other_signals_do_not(
    session: Session, hall: Hall
) -> None:
    """Only danger wakes people up."""
    put_on(session, hall.first, 1)
    for kind in SignalKind:
        if kind is not SignalKind.HARM_TO_OTHERS and kind is not SignalKind.CRISIS:
            signals.raise_signal(
                session,
                kind,
                person_id=hall.person.id,
                hub_id=hall.hub.id,
                cause="x",
                why="x",
                evidence=[],
                now=NIGHT,
            )
    assert on_call.raise_due(session, now=NIGHT) == 0
    says(session, "im going to stab him", NIGHT)
    on_call.raise_due(session, now=NIGHT)
    assert told(session) == ["Sam First"]


def test_danger_from_a_number_of_nobody_reaches_whoever_is_on_call_anywhere(
    session: Session, hall: Hall
) -> None:
    """There is no person and no hub, so everybody on call is told who may read such texts, until
    one of them has read it.
    """
    elsewhere = builders.hub(session, "Gwent")
    far = builders.staff(session, elsewhere, Role.COORDINATOR, name="Far Away")
    staff_notices.set_mobile(session, far, "07700900996", wants=True, actor="system", now=NIGHT)
    put_on(session, hall.first, 1)
    put_on(session, hall.om, 1)
    put_on(session, far, 1)
    reading = says(session, "i want to die", NIGHT, number="+447700900777")
    on_call.raise_due(session, now=NIGHT)
    assert sorted(told(session)) == ["Far Away", "Sam First"]
    staff_actions.mark_read(session, builders.actor(far), reading.id, now=NIGHT + MINUTE)
    on_call.raise_due(session, now=NIGHT + 15 * MINUTE)
    assert len(told(session)) == 2


def test_danger_from_a_number_of_nobody_with_nobody_on_call_reaches_every_coordinator(
    session: Session, hall: Hall
) -> None:
    """Those who may read it are told, whatever the hour; offender managers, who may not, are not."""
    says(session, "i want to die", NIGHT, number="+447700900777")
    on_call.raise_due(session, now=NIGHT)
    assert sorted(told(session)) == ["Lee Second", "Sam First"]


def test_an_old_signal_wakes_nobody(session: Session, hall: Hall) -> None:
    """One that has been open for days is known."""
    put_on(session, hall.first, 1)
    says(session, "i want to die", NIGHT - timedelta(days=3))
    assert on_call.raise_due(session, now=NIGHT) == 0


def test_many_workers_tell_each_person_once(committed: Database) -> None:
    """Five at the same moment, twice over: one step each time."""
    with committed.begin() as session:
        hall = furnish(session)
        put_on(session, hall.first, 1)
        put_on(session, hall.second, 2)
        says(session, "i want to die", NIGHT)
    for moment in (NIGHT, NIGHT + 15 * MINUTE):
        start = threading.Barrier(5)

        def work(at: datetime = moment, start: threading.Barrier = start) -> None:
            start.wait()
            with committed.begin() as session:
                on_call.raise_due(session, now=at)

        workers = [threading.Thread(target=work) for _ in range(5)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    with committed.begin() as session:
        assert told(session) == ["Sam First", "Lee Second"]
        assert len(notes(session)) == 2
        assert session.scalar(select(func.count()).select_from(Alarm)) == 1


def test_safety_advice_keeps_its_limit(session: Session, hall: Hall) -> None:
    """Three in an hour to one number, however often somebody writes; the signal is one."""
    for minute in range(6):
        says(session, "i want to die", NIGHT + minute * MINUTE)
    assert len(answers(session, NUMBER)) == 3
    on_call.raise_due(session, now=NIGHT + 10 * MINUTE)
    assert session.scalar(select(func.count()).select_from(Alarm)) == 1
