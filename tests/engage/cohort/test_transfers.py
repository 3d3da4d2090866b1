"""Transfers between offender managers: what moves, who loses access, and what the
person is told.
"""

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import open_person, staff_actor
from engage.agencies.model import Membership, Role, Staff
from engage.appointments import booking
from engage.appointments.booking import NewAppointment
from engage.appointments.kinds import AppointmentType
from engage.appointments.model import Reminder, ReminderState
from engage.appointments.reminders import due
from engage.cohort import transfers
from engage.cohort.model import Transfer
from engage.conversation import takeover
from engage.conversation import transfers as handing_over
from engage.core.db import Database
from engage.core.errors import (
    Conflict,
    EngageError,
    Invalid,
    NotFound,
)
from engage.people.model import ContactStatus, CustodyStatus, Person, RecordAccess
from engage.plan.kinds import ActionClass, ActionState, Pathway
from engage.plan.model import Action
from messaging.states import MessageStatus
from messaging.tables import Message
from tests import builders
from tests.engage.cohort.stage import Scene, set_scene


@pytest.fixture
def scene(session: Session) -> Scene:
    """Pat has Katrina; Dai is to become her offender manager."""
    return set_scene(session)


def to_dai(session: Session, scene: Scene, now: datetime) -> Transfer:
    """Pat transfers Katrina to Dai."""
    actor = staff_actor(scene.pat)
    return transfers.transfer(
        session, actor, scene.katrina.id, to_id=scene.dai.id, note="Likes to be rung first", now=now
    )


def book(
    session: Session, scene: Scene, starts_at: datetime, now: datetime, **other: object
) -> object:
    """An appointment with Pat."""
    new = NewAppointment(
        person_id=scene.katrina.id,
        agency_id=scene.agency_id,
        type=AppointmentType.OFFICE,
        starts_at=starts_at,
        minutes=30,
        worker_name="Pat",
        enforceable=True,
        place="the centre on Bridge St",
        place_alias="the centre on Bridge St",
        **{"worker_id": scene.pat.id, **other},  # type: ignore[arg-type]
    )
    return booking.book(session, staff_actor(scene.pat), new, now=now)


def test_the_old_manager_loses_access_and_the_person_is_told(
    session: Session, scene: Scene, now: datetime
) -> None:
    """One text, in plain words; the new offender manager sees everything."""
    made = to_dai(session, scene, now)
    text = session.get_one(Message, made.message_id)
    assert (
        text.body.startswith("Hi Katrina. From now Dai is your worker.") and text.send_after == now
    )
    for staff, may in ((scene.dai, True), (scene.pat, False)):
        actor = staff_actor(staff)
        if may:
            assert open_person(session, actor, scene.katrina.id, now=now, what="look").id
        else:
            with pytest.raises(NotFound):
                open_person(session, actor, scene.katrina.id, now=now, what="look")


def test_at_night_the_text_waits_for_its_hour(
    session: Session, scene: Scene, now: datetime
) -> None:
    """Rule 1: a text that only the hour stops goes in the morning; one that custody stops does not
    go.
    """
    night = now.replace(hour=22)
    made = to_dai(session, scene, night)
    text = session.get_one(Message, made.message_id)
    assert text.send_after == night.replace(hour=9) + timedelta(days=1)
    scene.katrina.custody_status = CustodyStatus.CUSTODY
    session.flush()
    back = transfers.transfer(
        session, scene.chidi, scene.katrina.id, to_id=scene.pat.id, note="Back", now=night
    )
    session.refresh(text)
    assert back.message_id is None and text.status is MessageStatus.WITHDRAWN


def test_appointments_and_their_texts_name_the_new_manager(
    session: Session, scene: Scene, now: datetime
) -> None:
    """A queued text that names the old worker is withdrawn and rewritten; those of other workers
    stay.
    """
    theirs = book(session, scene, now + timedelta(days=4), now)
    by_name = book(session, scene, now + timedelta(days=5), now, worker_id=None)
    others = builders.appointment(session, scene.katrina, now + timedelta(days=6), worker_name="Jo")
    due.send_due(session, now=now)
    queued = session.scalars(select(Message).where(Message.status == MessageStatus.QUEUED)).all()
    assert queued and all("Pat" in one.body for one in queued)
    to_dai(session, scene, now)
    for one in (theirs, by_name, others):
        session.refresh(one)
    assert [one.worker_name for one in (theirs, by_name, others)] == ["Dai", "Dai", "Jo"]  # type: ignore[attr-defined]
    assert theirs.worker_id == scene.dai.id  # type: ignore[attr-defined]
    for message in queued:
        session.refresh(message)
        assert message.status is MessageStatus.WITHDRAWN
    again = session.scalars(select(Reminder).where(Reminder.state == ReminderState.PLANNED)).all()
    assert [one for one in again if one.due_at <= now]
    due.send_due(session, now=now)
    bodies = session.scalars(
        select(Message.body).where(Message.status == MessageStatus.QUEUED)
    ).all()
    assert bodies and not [body for body in bodies if "Pat" in body]


def test_open_actions_move_to_the_new_manager(
    session: Session, scene: Scene, now: datetime
) -> None:
    """Completed actions stay with the worker who did them."""
    for state in (ActionState.PROPOSED, ActionState.WITHDRAWN):
        session.add(
            Action(
                person_id=scene.katrina.id,
                pathway=Pathway.HEALTH,
                action_class=ActionClass.SUPPORT,
                what="Find a GP",
                agency_id=scene.agency_id,
                responsible=scene.pat.name,
                responsible_id=scene.pat.id,
                due_on=now.date(),
                state=state,
                proposed_by="system",
                proposed_at=now,
            )
        )
    session.flush()
    to_dai(session, scene, now)
    session.expire_all()
    found = {one.state: one.responsible for one in session.scalars(select(Action))}
    assert found == {ActionState.PROPOSED: "Dai Rees", ActionState.WITHDRAWN: "Pat Hale"}


@pytest.mark.parametrize("why", ["stranger", "left", "support", "barred"])
def test_who_cannot_be_the_new_manager(
    session: Session, scene: Scene, now: datetime, why: str
) -> None:
    """Always one offender manager of the hub, active, who may see the record."""
    if why == "stranger":
        taker = builders.staff(session, builders.hub(session, "Gwent"))
    elif why == "support":
        taker = builders.staff(session, scene.hub, Role.SUPPORT_WORKER)
    else:
        taker = scene.dai
        if why == "left":
            scene.dai.active = False
        else:
            session.add(
                RecordAccess(person_id=scene.katrina.id, staff_id=scene.dai.id, excluded=True)
            )
        session.flush()
    with pytest.raises(Invalid) as refusal:
        transfers.transfer(
            session, scene.chidi, scene.katrina.id, to_id=taker.id, note="Hi", now=now
        )
    assert list(refusal.value.fields) == ["to"]
    assert scene.katrina.offender_manager_id == scene.pat.id


def test_a_note_and_another_worker_are_needed(
    session: Session, scene: Scene, now: datetime
) -> None:
    """Nothing changes without them."""
    with pytest.raises(Invalid):
        transfers.transfer(
            session, scene.chidi, scene.katrina.id, to_id=scene.dai.id, note=" ", now=now
        )
    with pytest.raises(Conflict):
        transfers.transfer(
            session, scene.chidi, scene.katrina.id, to_id=scene.pat.id, note="Hi", now=now
        )


def test_an_offender_manager_leaves_with_50_cases(
    session: Session, scene: Scene, now: datetime
) -> None:
    """All are transferred at once or none; people who cannot be texted too."""
    people = [
        builders.person(session, scene.pat, number=f"+4477009{count:05}", now=now)
        for count in range(50)
    ]
    people[0].contact_status = ContactStatus.SUSPENDED
    dead_end = builders.person(
        session, builders.staff(session, builders.hub(session, "Gwent")), number=None
    )
    session.flush()
    ids = [one.id for one in people]
    with pytest.raises(NotFound), session.begin_nested():
        transfers.transfer_many(
            session, scene.chidi, [*ids, dead_end.id], to_id=scene.dai.id, note="Leaves", now=now
        )
    made = transfers.transfer_many(
        session, scene.chidi, ids, to_id=scene.dai.id, note="Leaves", now=now
    )
    session.expire_all()
    assert len(made) == 50 and sum(one.message_id is None for one in made) == 1
    left = session.scalars(
        select(Person.id).where(Person.offender_manager_id == scene.pat.id)
    ).all()
    assert left == [scene.katrina.id]
    with pytest.raises(Invalid):
        transfers.transfer_many(
            session, scene.chidi, [], to_id=scene.dai.id, note="Leaves", now=now
        )


def test_the_old_managers_takeover_ends(session: Session, scene: Scene, now: datetime) -> None:
    """Engage answers again at once: the old worker can no longer see the person."""
    takeover.take_over(session, staff_actor(scene.pat), scene.katrina.id, now=now)
    handing_over.transfer_people(
        session, scene.chidi, [scene.katrina.id], to_id=scene.dai.id, note="Leaves", now=now
    )
    assert takeover.current(session, scene.katrina.id, now) is None
    takeover.take_over(session, scene.chidi, scene.katrina.id, now=now)
    handing_over.transfer_people(
        session, scene.chidi, [scene.katrina.id], to_id=scene.pat.id, note="Back", now=now
    )
    assert takeover.current(session, scene.katrina.id, now) is not None


def test_two_transfers_at_once_leave_one_offender_manager(
    committed: Database, now: datetime
) -> None:
    """One after the other: the second starts from the result of the first."""
    with committed.begin() as session:
        scene = set_scene(session)
        third = builders.staff(session, scene.hub, name="Ann Low")
        session.add(Membership(staff_id=scene.pat.id, hub_id=scene.hub.id, role=Role.COORDINATOR))
        takers = [scene.dai.id, third.id]
    told: list[str] = []

    def work(to_id: object) -> None:
        try:
            with committed.begin() as session:
                transfers.transfer(
                    session,
                    scene.chidi,
                    scene.katrina.id,
                    to_id=to_id,
                    note="Hi",
                    now=now,  # type: ignore[arg-type]
                )
            told.append("done")
        except EngageError as refusal:
            told.append(refusal.code)

    threads = [threading.Thread(target=work, args=(one,)) for one in takers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with committed.begin() as session:
        rows = session.scalars(select(Transfer).order_by(Transfer.at, Transfer.id)).all()
        now_with = session.get_one(Person, scene.katrina.id).offender_manager_id
        assert told == ["done", "done"] and len(rows) == 2
        chain = {row.from_id: row.to_id for row in rows}
        assert chain[chain[scene.pat.id]] == now_with
        assert session.get_one(Staff, now_with).name in ("Dai Rees", "Ann Low")
