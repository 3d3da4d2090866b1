"""Free times: imported from a file, and who may manage them."""

import io
from datetime import datetime

import pytest
from sqlalchemy import select

from engage.access.policy import PERSON, SYSTEM, Actor
from engage.agencies.model import Hub, Role, Staff
from engage.appointments.free_times import service
from engage.appointments.free_times.file_import import import_times
from engage.appointments.free_times.model import FreeTime
from engage.appointments.kinds import AppointmentType
from engage.core.db import Database
from engage.core.errors import Forbidden, Invalid, NotFound
from tests import builders

HEADER = "worker_email,type,date,start,minutes,place,weeks\n"


@pytest.fixture
def pat(committed: Database) -> Staff:
    """An offender manager of a hub that is closed on Easter Monday."""
    with committed.begin() as session:
        return builders.staff(
            session,
            builders.hub(session, closed_days=["2027-03-29"]),
            email="pat@probation.example",
        )


def import_rows(
    database: Database, pat: Staff, rows: str, now: datetime, *, dry_run: bool = False
) -> dict[str, object]:
    """The report of importing these rows."""
    stream = io.BytesIO((HEADER + rows).encode())
    hub_id = pat.memberships[0].hub_id
    return dict(
        import_times(database.begin, SYSTEM, hub_id, stream, now=now, dry_run=dry_run).as_json()
    )


def test_a_file_is_imported_row_by_row(committed: Database, pat: Staff, now: datetime) -> None:
    """Weeks keep the wall-clock time, a closed day is reported, each bad row is refused alone, and
    a second import adds nothing.
    """
    rows = (
        "pat@probation.example,office,22/03/2027,10:00,30,the hall,3\n"
        "nobody@probation.example,office,22/03/2027,11:00,30,the hall,\n"
        "pat@probation.example,court,22/03/2027,12:00,30,the hall,1\n"
        "pat@probation.example,office,22/03/2026,12:00,30,the hall,1\n"
        "pat@probation.example,office,22/03/2027,10:15,30,the hall,9\n"
        "pat@probation.example,office,22/03/2027,25:00,30,the hall,1\n"
        "pat@probation.example,office,23/03/2027,9am,30,the probation office,x\n"
        "pat@probation.example,phone,23/03/2027,9am,20,,\n"
    )
    report = import_rows(committed, pat, rows, now)
    assert (report["rows"], report["added"]) == (8, 3)
    refused = report["refused"]
    assert isinstance(refused, list)
    assert [(row["line"], row["column"]) for row in refused] == [
        (2, "date"),
        (3, "worker_email"),
        (4, "type"),
        (5, "start"),
        (6, "weeks"),
        (7, "start"),
        (8, "weeks"),
    ]
    assert refused[0]["reason"] == "29/03/2027: The hub is closed that day"
    with committed.begin() as session:
        starts = session.scalars(select(FreeTime.starts_at).order_by(FreeTime.starts_at)).all()
    assert [f"{one:%m-%d %H:%M}" for one in starts] == ["03-22 10:00", "03-23 09:00", "04-05 09:00"]
    assert import_rows(committed, pat, rows, now)["added"] == 0


def test_a_dry_run_changes_nothing(committed: Database, pat: Staff, now: datetime) -> None:
    """It reports what would be added."""
    row = "pat@probation.example,office,22/03/2027,10:00,30,the hall,2\n"
    assert import_rows(committed, pat, row, now, dry_run=True)["added"] == 1
    with committed.begin() as session:
        assert session.scalars(select(FreeTime)).all() == []


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"a,b\n1,2\n", b"\xff\xfe"])
def test_another_kind_of_file_is_refused(
    committed: Database, pat: Staff, now: datetime, content: bytes
) -> None:
    """It is refused as a whole, with the reason."""
    with pytest.raises(Invalid) as found:
        import_times(
            committed.begin, SYSTEM, pat.memberships[0].hub_id, io.BytesIO(content), now=now
        )
    assert list(found.value.fields) == ["file"]


def test_who_may_manage_free_times(committed: Database, pat: Staff, now: datetime) -> None:
    """Workers manage their own, a coordinator everyone's in the hub; never a person, an auditor or
    staff of another hub.
    """
    hub_id = pat.memberships[0].hub_id
    new = service.NewTimes(pat.id, AppointmentType.OFFICE, now.replace(day=22), 30)
    with committed.begin() as session:
        hub = session.get_one(Hub, hub_id)
        dai = builders.staff(session, hub, name="Dai Rees")
        auditor = builders.staff(session, hub, Role.AUDITOR, name="Robin Platt")
        elsewhere = builders.staff(
            session, builders.hub(session, "Wearside"), Role.COORDINATOR, name="Lin Wu"
        )
        chidi = builders.staff(session, hub, Role.COORDINATOR, name="Chidi Okafor")
        refused: list[Actor] = [PERSON, *map(builders.actor, (dai, auditor, elsewhere))]
        for actor in refused:
            with pytest.raises(Forbidden):
                service.add(session, actor, hub_id, new, now=now)
        (made,) = service.add(session, builders.actor(chidi), hub_id, new, now=now).times
        for actor in refused:
            assert service.upcoming(session, actor, now=now) == []
            with pytest.raises(NotFound):
                service.withdraw(session, actor, made.id, now=now)
        assert service.upcoming(session, builders.actor(pat), now=now) == [made]
        with pytest.raises(Invalid):
            auditors = service.NewTimes(auditor.id, AppointmentType.OFFICE, now.replace(day=23), 30)
            service.add(session, builders.actor(chidi), hub_id, auditors, now=now)
