"""Alarms: who is told when, in which order and how often, and that no step is repeated or lost."""

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
    """Everybody has a mobile, and nobody is on call yet."""
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
    """Add a turn around a moment."""
    hub_id = whom.memberships[0].hub_id
    new = NewTurn(hub_id, whom.id, at - timedelta(hours=2), at + timedelta(hours=10), level)
    rota.add(session, SYSTEM, new, now=at - timedelta(hours=2))


def told(session: Session) -> list[str]:
    """The names of the staff who were told, oldest notice first."""
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


def test_at_night_the_levels_are_told_one_after_the_other(session: Session, hall: Hall) -> None:
    """Every quarter of an hour the next level, and after the last the first again. The offender
    manager is not told.
    """
    put_on(session, hall.first, 1)
    put_on(session, hall.second, 2)
    says(session, "i want to die", NIGHT)
    for quarter in range(4):
        on_call.advance_due(session, now=NIGHT + quarter * 15 * MINUTE)
        on_call.advance_due(session, now=NIGHT + (quarter * 15 + 14) * MINUTE)
    assert told(session) == ["Sam First", "Lee Second", "Sam First", "Lee Second"]
    assert {note.body for note in notes(session)} == {"Engage: an item needs you. Please sign in."}
    assert events(session, hall.person).count("alarm.told") == 4


def test_by_day_the_offender_manager_has_a_quarter_of_an_hour_first(
    session: Session, hall: Hall
) -> None:
    """In working hours they are told at once, and level 1 a quarter of an hour later."""
    put_on(session, hall.first, 1, DAY)
    says(session, "i want to die", DAY)
    on_call.advance_due(session, now=DAY)
    assert told(session) == ["Pat Hale"]
    on_call.advance_due(session, now=DAY + 15 * MINUTE)
    assert told(session) == ["Pat Hale", "Sam First"]


def test_an_offender_manager_without_a_mobile_is_not_waited_for(
    session: Session, hall: Hall
) -> None:
    """Staff without a mobile count as not told, and level 1 is told at once."""
    staff_notices.set_mobile(session, hall.om, "", wants=True, actor="system", now=DAY)
    put_on(session, hall.first, 1, DAY)
    says(session, "i want to die", DAY)
    on_call.advance_due(session, now=DAY)
    assert told(session) == ["Sam First"]


def test_an_offender_manager_on_the_rota_is_told_at_night_too(session: Session, hall: Hall) -> None:
    """At once, beside level 1, and once."""
    put_on(session, hall.first, 1)
    put_on(session, hall.om, 1)
    says(session, "i want to die", NIGHT)
    on_call.advance_due(session, now=NIGHT)
    assert sorted(told(session)) == ["Pat Hale", "Sam First"]


@pytest.mark.parametrize("end", ["acknowledged", "resolved"])
def test_an_acknowledgement_ends_the_alarm(session: Session, hall: Hall, end: str) -> None:
    """Nobody is told after that."""
    put_on(session, hall.first, 1)
    says(session, "i want to die", NIGHT)
    on_call.advance_due(session, now=NIGHT)
    raised = signal(session, hall.person, SignalKind.CRISIS)
    who = builders.actor(hall.first)
    if end == "acknowledged":
        attention.acknowledge(session, who, raised.id, now=NIGHT + 5 * MINUTE)
    else:
        attention.resolve(session, who, raised.id, how="Rang", now=NIGHT + 5 * MINUTE)
    on_call.advance_due(session, now=NIGHT + 15 * MINUTE)
    assert on_call.advance_due(session, now=NIGHT + 30 * MINUTE) == 0
    assert told(session) == ["Sam First"]


@pytest.mark.parametrize("end", ["acknowledged", "resolved"])
def test_a_notice_is_withheld_once_the_signal_is_acknowledged(
    session: Session, hall: Hall, end: str
) -> None:
    """A colleague has it already. The guard also stops a notice that a worker process has
    claimed.
    """
    put_on(session, hall.first, 1)
    says(session, "i want to die", NIGHT)
    on_call.advance_due(session, now=NIGHT)
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
def test_a_notice_about_an_unknown_number_is_withheld(
    session: Session, hall: Hall, end: str
) -> None:
    """Once a coordinator has read the text or has claimed the number (which raises a signal of its
    own).
    """
    put_on(session, hall.first, 1)
    reading = says(session, "i want to die", NIGHT, number="+447700900777")
    on_call.advance_due(session, now=NIGHT)
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


def test_the_minutes_between_steps_are_a_hub_setting(session: Session, hall: Hall) -> None:
    """5 instead of 15."""
    hall.hub.settings = {"on_call_minutes": 5}
    put_on(session, hall.first, 1)
    put_on(session, hall.second, 2)
    says(session, "i want to die", NIGHT)
    on_call.advance_due(session, now=NIGHT)
    on_call.advance_due(session, now=NIGHT + 5 * MINUTE)
    assert told(session) == ["Sam First", "Lee Second"]


def test_an_empty_rota_is_recorded_once_and_the_offender_manager_told(
    session: Session, hall: Hall
) -> None:
    """It is shown as an error. The last notice that can be sent is sent, whatever the hour."""
    says(session, "i want to die", NIGHT)
    on_call.advance_due(session, now=NIGHT)
    on_call.advance_due(session, now=NIGHT + 15 * MINUTE)
    assert told(session) == ["Pat Hale", "Pat Hale"]
    assert events(session, hall.person).count("alarm.nobody") == 1


def test_staff_who_cannot_be_told_are_skipped_at_once(session: Session, hall: Hall) -> None:
    """Level 1 wants no notices, and another offender manager could not see the record: level 2 is
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
    on_call.advance_due(session, now=NIGHT)
    assert told(session) == ["Lee Second"]
    assert events(session, hall.person).count("alarm.no_way") == 2


def test_only_danger_raises_an_alarm(session: Session, hall: Hall) -> None:
    """Danger to another person does too; other signals do not."""
    put_on(session, hall.first, 1)
    for kind in SignalKind:
        if kind not in signals.ALARMING:
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
    assert on_call.advance_due(session, now=NIGHT) == 0
    says(session, "im going to stab him", NIGHT)
    on_call.advance_due(session, now=NIGHT)
    assert told(session) == ["Sam First"]


def test_danger_from_an_unknown_number_reaches_everybody_on_call(
    session: Session, hall: Hall
) -> None:
    """There is no person and no hub, so all staff on call who may read such texts are told, until
    one of them has read it.
    """
    elsewhere = builders.hub(session, "Gwent")
    far = builders.staff(session, elsewhere, Role.COORDINATOR, name="Far Away")
    staff_notices.set_mobile(session, far, "07700900996", wants=True, actor="system", now=NIGHT)
    put_on(session, hall.first, 1)
    put_on(session, hall.om, 1)
    put_on(session, far, 1)
    reading = says(session, "i want to die", NIGHT, number="+447700900777")
    on_call.advance_due(session, now=NIGHT)
    assert sorted(told(session)) == ["Far Away", "Sam First"]
    staff_actions.mark_read(session, builders.actor(far), reading.id, now=NIGHT + MINUTE)
    on_call.advance_due(session, now=NIGHT + 15 * MINUTE)
    assert len(told(session)) == 2


def test_danger_from_an_unknown_number_with_an_empty_rota_reaches_coordinators(
    session: Session, hall: Hall
) -> None:
    """Staff who may read the text are told, whatever the hour. Offender managers may not read it
    and are not told.
    """
    says(session, "i want to die", NIGHT, number="+447700900777")
    on_call.advance_due(session, now=NIGHT)
    assert sorted(told(session)) == ["Lee Second", "Sam First"]


def test_an_old_signal_raises_no_alarm(session: Session, hall: Hall) -> None:
    """A signal that has been open for days is known."""
    put_on(session, hall.first, 1)
    says(session, "i want to die", NIGHT - timedelta(days=3))
    assert on_call.advance_due(session, now=NIGHT) == 0


def test_many_workers_take_each_step_once(committed: Database) -> None:
    """Five at the same moment, twice: one step each time."""
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
                on_call.advance_due(session, now=at)

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
    """Three an hour to one number, however often the person writes. There is one signal."""
    for minute in range(6):
        says(session, "i want to die", NIGHT + minute * MINUTE)
    assert len(answers(session, NUMBER)) == 3
    on_call.advance_due(session, now=NIGHT + 10 * MINUTE)
    assert session.scalar(select(func.count()).select_from(Alarm)) == 1
