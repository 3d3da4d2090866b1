"""A later file, a file about another hub's people, and changes that a worker made meanwhile."""

import uuid
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from engage.access.policy import SYSTEM
from engage.agencies.model import Hub, Role
from engage.appointments import booking
from engage.appointments.imports import phone_numbers, row_import
from engage.appointments.model import Appointment
from engage.appointments.reminders.due import send_due
from engage.core.db import Database
from engage.core.errors import Forbidden, NotFound
from engage.people import phones
from engage.people.model import NumberState, Person
from messaging.states import MessageStatus
from tests import builders
from tests.engage.appointments.files import import_bytes, only, sheet
from tests.engage.appointments.stage import advance, local, messages


def test_a_moved_row_is_texted_to_a_person_who_knew_the_old_time(
    committed: Database, hub_id: uuid.UUID, now: datetime
) -> None:
    """A later file has another time: a person who was told the old one is told of the change."""
    import_bytes(committed, hub_id, sheet({}), now)
    with committed.begin() as session:
        person = session.scalars(select(Person)).one()
        phones.verify_number(session, SYSTEM, person.id, how="face to face", now=now)
        send_due(session, now=now)
        session.flush()
        advance(
            session, messages(session)[0], MessageStatus.SENDING, MessageStatus.ACCEPTED, now=now
        )
    assert import_bytes(committed, hub_id, sheet({"start": "15:00"}), now).moved == ["B-1"]
    with committed.begin() as session:
        send_due(session, now=now)
        session.flush()
        assert "changed to Fri 26 March, 3pm" in messages(session)[-1].body


def test_another_place_counts_as_moved(
    committed: Database, hub_id: uuid.UUID, now: datetime
) -> None:
    """Details without a new time are changed, and texted again if a sent text had them."""
    import_bytes(committed, hub_id, sheet({}), now)
    changed = {"place": "the centre", "worker": "Jo", "minutes": "45"}
    assert import_bytes(committed, hub_id, sheet(changed), now).moved == ["B-1"]
    with committed.begin() as session:
        found = session.scalars(select(Appointment)).one()
        assert (
            found.place,
            found.place_alias,
            found.worker_name,
            found.minutes,
            found.revision,
        ) == (
            "the centre",
            "the centre",
            "Jo",
            45,
            1,
        )


def test_an_old_file_does_not_undo_a_workers_change(
    committed: Database, hub_id: uuid.UUID, now: datetime
) -> None:
    """A worker moved it in Engage; a file that says the same as before changes nothing, a file that
    says something new does.
    """
    import_bytes(committed, hub_id, sheet({}), now)
    with committed.begin() as session:
        found = session.scalars(select(Appointment)).one()
        booking.move(session, SYSTEM, found.id, starts_at=local("2027-03-27 10:00"), now=now)
    assert import_bytes(committed, hub_id, sheet({}), now).unchanged == ["B-1"]
    assert import_bytes(committed, hub_id, sheet({"start": "16:00"}), now).moved == ["B-1"]


def test_a_cancelled_appointment_is_not_revived(
    committed: Database, hub_id: uuid.UUID, now: datetime
) -> None:
    """A row that would change it is refused with the reason; the same row again is left alone."""
    import_bytes(committed, hub_id, sheet({}), now)
    with committed.begin() as session:
        found = session.scalars(select(Appointment)).one()
        booking.cancel(session, SYSTEM, found.id, reason="Worker ill", now=now)
    assert import_bytes(committed, hub_id, sheet({}), now).unchanged == ["B-1"]
    assert only(import_bytes(committed, hub_id, sheet({"start": "16:00"}), now)) == (
        "ref",
        "This appointment is cancelled. Book a new one",
    )


def test_the_same_file_after_the_appointment(
    committed: Database, hub_id: uuid.UUID, now: datetime
) -> None:
    """A known row in the past is left alone; a new one is refused."""
    import_bytes(committed, hub_id, sheet({}), now)
    later = now + timedelta(days=30)
    assert import_bytes(committed, hub_id, sheet({}), later).unchanged == ["B-1"]
    assert only(import_bytes(committed, hub_id, sheet({"ref": "B-2"}), later))[0] == "date"


def number_after(database: Database) -> tuple[str, NumberState]:
    """The person's current number."""
    with database.begin() as session:
        point = phones.current_point(session, session.scalars(select(Person.id)).one())
        assert point is not None
        return point.number or point.given, point.state


def test_a_confirmed_number_is_kept(committed: Database, hub_id: uuid.UUID, now: datetime) -> None:
    """A file never changes a confirmed number; it warns."""
    import_bytes(committed, hub_id, sheet({}), now)
    with committed.begin() as session:
        phones.verify_number(
            session, SYSTEM, session.scalars(select(Person.id)).one(), how="face to face", now=now
        )
    report = import_bytes(
        committed, hub_id, sheet({"ref": "B-2", "date": "27/03/2027", "mobile": "07700900199"}), now
    )
    assert [warning["reason"] for warning in report.warnings] == [phone_numbers.CONFIRMED]
    assert number_after(committed) == ("+447700900131", NumberState.VERIFIED)


def test_an_unconfirmed_number_is_replaced_and_not_restored(
    committed: Database, hub_id: uuid.UUID, now: datetime
) -> None:
    """The file's newer number is recorded and will be checked; an older file does not bring the old
    one back.
    """
    import_bytes(committed, hub_id, sheet({}), now)
    newer = sheet({"ref": "B-2", "date": "27/03/2027", "mobile": "07700900199"})
    report = import_bytes(committed, hub_id, newer, now)
    assert [warning["reason"] for warning in report.warnings] == [phone_numbers.CHANGED]
    report = import_bytes(committed, hub_id, sheet({}), now)
    assert [warning["reason"] for warning in report.warnings] == [phone_numbers.OLD]
    assert number_after(committed) == ("+447700900199", NumberState.UNVERIFIED)
    report = import_bytes(committed, hub_id, sheet({"mobile": "12345"}), now)
    assert "the recorded one was kept" in report.warnings[0]["reason"]


def test_another_name_on_a_known_crn_changes_no_person(
    committed: Database, hub_id: uuid.UUID, now: datetime
) -> None:
    """The CRN is the identity: the appointment is booked with a warning, and neither name nor
    number changes.
    """
    import_bytes(committed, hub_id, sheet({}), now)
    other = {"ref": "B-2", "date": "27/03/2027", "first_name": "Dean", "mobile": "07700900199"}
    report = import_bytes(committed, hub_id, sheet(other), now)
    assert report.booked == ["B-2"]
    assert [warning["reason"] for warning in report.warnings] == [row_import.NAME_DIFFERS]
    assert number_after(committed)[0] == "+447700900131"


def test_a_reference_belongs_to_one_person(
    committed: Database, hub_id: uuid.UUID, now: datetime
) -> None:
    """The same reference with another CRN is refused, in either order."""
    import_bytes(committed, hub_id, sheet({}), now)
    assert only(import_bytes(committed, hub_id, sheet({"crn": "X700002"}), now)) == (
        "ref",
        "This reference belongs to another person's appointment",
    )


def test_a_clash_is_booked_with_a_warning(
    committed: Database, hub_id: uuid.UUID, now: datetime
) -> None:
    """A double booking in another system is that system's to correct."""
    report = import_bytes(committed, hub_id, sheet({}, {"ref": "B-2", "start": "14:15"}), now)
    assert report.booked == ["B-1", "B-2"]
    assert [warning["reason"] for warning in report.warnings] == [row_import.CLASH]


def test_people_of_another_hub_are_left_alone(
    committed: Database, hub_id: uuid.UUID, now: datetime
) -> None:
    """A CRN on another hub's caseload is refused."""
    with committed.begin() as session:
        elsewhere = builders.hub(session, "Elsewhere")
        builders.person(session, builders.staff(session, elsewhere), crn="X700001")
    assert only(import_bytes(committed, hub_id, sheet({}), now)) == (
        "crn",
        "This person is on another hub's caseload",
    )


def test_who_may_import(committed: Database, hub_id: uuid.UUID, now: datetime) -> None:
    """Coordinators for the hub, offender managers for their own caseload, and no one else."""
    with committed.begin() as session:
        hub = session.get_one(Hub, hub_id)
        coordinator = builders.actor(builders.staff(session, hub, Role.COORDINATOR, name="Co"))
        manager = builders.actor(
            builders.staff(session, hub, name="Om", email="o.m@probation.example")
        )
        worker = builders.actor(builders.staff(session, hub, Role.SUPPORT_WORKER, name="Su"))
    assert import_bytes(committed, hub_id, sheet({}), now, actor=coordinator).booked == ["B-1"]
    assert only(import_bytes(committed, hub_id, sheet({"ref": "B-2"}), now, actor=manager)) == (
        "crn",
        "This person is not on your caseload",
    )
    own = {"ref": "B-3", "crn": "X700003", "om_email": "o.m@probation.example", "mobile": ""}
    assert import_bytes(committed, hub_id, sheet(own), now, actor=manager).booked == ["B-3"]
    strange = {**own, "ref": "B-4", "crn": "X700004", "om_email": "d.rees@probation.example"}
    assert (
        "A coordinator can add them"
        in only(import_bytes(committed, hub_id, sheet(strange), now, actor=manager))[1]
    )
    with pytest.raises(Forbidden):
        import_bytes(committed, hub_id, sheet({}), now, actor=worker)
    with pytest.raises(NotFound):
        import_bytes(committed, uuid.uuid4(), sheet({}), now)


def test_the_worker_is_found_by_first_name(
    committed: Database, hub_id: uuid.UUID, now: datetime
) -> None:
    """If exactly one worker of the agency has that first name, it is them; if two have it, neither
    is chosen.
    """
    import_bytes(committed, hub_id, sheet({}), now)
    with committed.begin() as session:
        found = session.scalars(select(Appointment)).one()
        assert found.worker_id is not None
        builders.staff(session, session.get_one(Hub, hub_id), name="Pat Other")
    import_bytes(committed, hub_id, sheet({"ref": "B-2", "date": "27/03/2027"}), now)
    with committed.begin() as session:
        second = session.scalars(select(Appointment).where(Appointment.source_ref == "B-2")).one()
        assert second.worker_id is None
