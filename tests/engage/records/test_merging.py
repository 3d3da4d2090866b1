"""Merging two records of one person: everything moves to the one that is kept, the stricter value
counts, and it can be undone.
"""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from engage.access.policy import SYSTEM, Actor, open_person
from engage.agencies.model import Hub, Role, Staff
from engage.appointments.model import Appointment
from engage.cohort.kinds import Risk
from engage.cohort.model import Assessment
from engage.core.db import Base
from engage.core.errors import Conflict, NotFound
from engage.core.model import Event
from engage.people.model import (
    ContactPoint,
    ContactStatus,
    CustodyStatus,
    Involvement,
    LegalStatus,
    NumberState,
    Person,
    RecordAccess,
)
from engage.people.service import person_with_crn
from engage.progress.check_ins.model import CheckIn, CheckInPlan
from engage.records.merging import service as merging
from engage.records.merging.tables import RENUMBERED, STAYS, moves
from engage.signals import Signal, SignalKind, SignalState, raise_signal
from messaging import outbox
from messaging.states import MessageStatus
from messaging.tables import Message
from tests import builders
from tests.engage.records.merge import merge


def everything(session: Session) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table that a merge moves, to compare before and after."""
    return {
        move.table: sorted(
            tuple(row)
            for row in session.execute(
                text(f"SELECT {move.key}::text, {move.column}::text FROM {move.table}")
            )
        )
        for move in moves()
    }


def test_every_table_that_points_at_a_person_is_accounted_for(session: Session) -> None:
    """The database itself is asked, so that no table is missed that is added later. The same goes
    for every unique index with a person in it.
    """
    pointing = session.execute(
        text(
            "SELECT DISTINCT conrelid::regclass::text, attname FROM pg_constraint"
            " JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY (conkey)"
            " WHERE contype = 'f' AND confrelid = 'person'::regclass"
        )
    ).all()
    known = {(move.table, move.column) for move in moves()}
    assert {(table, column) for table, column in pointing if table not in STAYS} == known - {
        ("message", "recipient")
    }
    unique = session.execute(
        text(
            "SELECT indrelid::regclass::text AS of,"
            " array_agg(attname::text ORDER BY attname) AS names"
            " FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey)"
            " WHERE indisunique GROUP BY indexrelid, indrelid"
        )
    )
    wanted = {
        (of, tuple(sorted(set(names) - {"person_id"})))
        for of, names in unique
        if "person_id" in names
    }
    given = {
        (move.table, tuple(sorted(columns))) for move in moves() for columns, _ in move.clashes
    }
    assert {one for one in wanted if one[0] not in STAYS} == given | set(RENUMBERED.items())
    assert {move.table for move in moves()} <= set(Base.metadata.tables) | {"message"}


def test_everything_moves_to_the_record_that_is_kept(
    session: Session, chidi: Actor, kept: Person, gone: Person, now: datetime
) -> None:
    """Appointments, texts and reports. Nobody sees the other record any more, its CRN leads to the
    kept one, and an event records the merge.
    """
    booked = builders.appointment(session, gone, now + timedelta(days=2))
    builders.report(session, gone, now)
    waiting = outbox.enqueue(
        session,
        outbox.Text(
            to="+447700900202",
            body="Hi",
            lane=outbox.Lane.REMINDER,
            dedupe_key="one",
            recipient=str(gone.id),
        ),
        now=now,
    )
    made = merge(session, chidi, kept, gone, now)
    assert session.get_one(Appointment, booked.id).person_id == kept.id
    message = session.get_one(Message, waiting.id, populate_existing=True)
    assert (message.recipient, message.status) == (str(kept.id), MessageStatus.WITHDRAWN)
    assert kept.date_of_birth == date(1990, 2, 28)
    assert gone.merged_into_id == kept.id and gone.contact_status is ContactStatus.CLOSED
    with pytest.raises(NotFound):
        open_person(session, chidi, gone.id, now=now, what="test")
    assert session.scalar(select(person_with_crn(gone.crn))) == kept.id
    recorded = session.scalars(select(Event).where(Event.kind == "person.merged")).one()
    assert (
        recorded.data == {"merge": str(made.id), "gone": str(gone.id)}
        and recorded.person_id == kept.id
    )
    assert [one.id for one, _ in merging.merges_of(session, kept)] == [made.id]


def test_undoing_a_merge_restores_everything(
    session: Session, hub: Hub, chidi: Actor, kept: Person, gone: Person, now: datetime
) -> None:
    """Each row is back where it was. What was added since stays with the kept record."""
    for person, days in ((kept, 1), (gone, 2)):
        builders.appointment(session, person, now + timedelta(days=days))
        builders.report(session, person, now)
        session.add(
            CheckInPlan(
                person_id=person.id, every_weeks=2, weekday=1, hour=10, set_by="system", set_at=now
            )
        )
        session.add(CheckIn(person_id=person.id, due_on=now.date(), due_at=now))
        session.add_all(
            Assessment(
                person_id=person.id,
                version=version,
                harm_to_others=Risk.LOW,
                harm_to_self=Risk.LOW,
                made_by="system",
                made_at=now,
            )
            for version in (1, 2)
        )
    session.flush()
    before = everything(session)
    people = [(one.custody_status, one.contact_status, one.date_of_birth) for one in (kept, gone)]
    made = merge(session, chidi, kept, gone, now)
    assert made.moved["left"] == {"check_in": 1, "check_in_plan": 1}
    versions = session.scalars(
        select(Assessment.version)
        .where(Assessment.person_id == kept.id)
        .order_by(Assessment.version)
    )
    assert list(versions) == [1, 2, 3, 4]
    since = builders.appointment(session, kept, now + timedelta(days=3))
    merging.undo(session, chidi, made.id, now=now)
    session.delete(session.get_one(Appointment, since.id))
    session.flush()
    assert everything(session) == before
    assert [
        (one.custody_status, one.contact_status, one.date_of_birth) for one in (kept, gone)
    ] == people
    assert set(
        session.scalars(select(Assessment.version).where(Assessment.person_id == gone.id))
    ) == {1, 2}
    states = set(
        session.scalars(select(ContactPoint.state).where(ContactPoint.person_id == gone.id))
    )
    assert states == {NumberState.VERIFIED}
    assert open_person(session, chidi, gone.id, now=now, what="test").id == gone.id
    with pytest.raises(Conflict, match="undone already"):
        merging.undo(session, chidi, made.id, now=now)


def test_the_kept_records_number_stays_current(
    session: Session, chidi: Actor, kept: Person, gone: Person, now: datetime
) -> None:
    """The other number becomes an earlier one."""
    merge(session, chidi, kept, gone, now)
    points = session.execute(
        select(ContactPoint.number, ContactPoint.state).where(ContactPoint.person_id == kept.id)
    )
    assert {tuple(row) for row in points} == {
        ("+447700900101", NumberState.VERIFIED),
        ("+447700900202", NumberState.RETIRED),
    }


@pytest.mark.parametrize(
    ("mine", "theirs", "after"),
    [
        ({}, {"restricted": True}, {"restricted": True}),
        ({}, {"legal_hold": True}, {"legal_hold": True}),
        ({}, {"custody_status": CustodyStatus.REMAND}, {"custody_status": CustodyStatus.REMAND}),
        (
            {"custody_status": CustodyStatus.CUSTODY},
            {"custody_status": CustodyStatus.WARRANT},
            {"custody_status": CustodyStatus.CUSTODY},
        ),
        (
            {},
            {"contact_status": ContactStatus.SUSPENDED},
            {"contact_status": ContactStatus.SUSPENDED},
        ),
        ({}, {"contact_status": ContactStatus.DEAD}, {"contact_status": ContactStatus.DEAD}),
        ({}, {"contact_status": ContactStatus.CLOSED}, {"contact_status": ContactStatus.OPEN}),
        ({}, {"legal_status": LegalStatus.STATUTORY}, {"legal_status": LegalStatus.STATUTORY}),
        (
            {"legal_status": LegalStatus.STATUTORY},
            {"legal_status": LegalStatus.NON_STATUTORY},
            {"legal_status": LegalStatus.STATUTORY},
        ),
        (
            {"preferred_name": "Kat"},
            {"preferred_name": "Trina", "nomis_id": "A1234BC"},
            {"preferred_name": "Kat", "nomis_id": "A1234BC"},
        ),
    ],
)
def test_the_stricter_value_counts_and_gaps_are_filled(
    session: Session,
    pat: Staff,
    now: datetime,
    mine: dict[str, object],
    theirs: dict[str, object],
    after: dict[str, object],
) -> None:
    """Rule 2: what stops texts on either record stops them on the kept one, until it is undone."""
    kept = builders.person(session, pat, **mine)
    gone = builders.person(session, pat, number="+447700900202", **theirs)
    before = {name: getattr(kept, name) for name in after}
    made = merge(session, SYSTEM, kept, gone, now)
    assert {name: getattr(kept, name) for name in after} == after
    merging.undo(session, SYSTEM, made.id, now=now)
    assert {name: getattr(kept, name) for name in after} == before
    assert {name: getattr(gone, name) for name in theirs} == theirs


def test_staff_excluded_from_either_record_are_excluded_from_the_kept_one(
    session: Session, chidi: Actor, pat: Staff, hub: Hub, kept: Person, gone: Person, now: datetime
) -> None:
    """An exclusion counts before an admission, until the merge is undone."""
    other = builders.staff(session, hub, Role.COORDINATOR, name="Ann Bold")
    for person, excluded in ((kept, False), (gone, True)):
        session.add(RecordAccess(person_id=person.id, staff_id=other.id, excluded=excluded))
        session.add(Involvement(person_id=person.id, agency_id=pat.agency_id, since=now))
    session.flush()
    made = merge(session, chidi, kept, gone, now)
    with pytest.raises(NotFound):
        open_person(session, builders.actor(other), kept.id, now=now, what="test")
    merging.undo(session, chidi, made.id, now=now)
    assert open_person(session, builders.actor(other), kept.id, now=now, what="test").id == kept.id


def test_a_number_on_both_records_is_no_longer_shared(
    session: Session, chidi: Actor, pat: Staff, kept: Person, now: datetime
) -> None:
    """The signals that two people share it are resolved."""
    twin = builders.person(session, pat)
    for person in (kept, twin):
        raise_signal(
            session,
            SignalKind.NUMBER_SHARED,
            person_id=person.id,
            hub_id=person.hub_id,
            cause="test",
            why="test",
            evidence=[],
            now=now,
        )
    merge(session, chidi, kept, twin, now)
    assert set(session.scalars(select(Signal.state))) == {SignalState.RESOLVED}


def test_later_merges_are_undone_first(
    session: Session, chidi: Actor, pat: Staff, kept: Person, gone: Person, now: datetime
) -> None:
    """One step always leads to the kept record, and each undoing gives back only its own rows."""
    third = builders.person(session, pat, crn="X900003", number=None)
    first = merge(session, chidi, gone, third, now)
    second = merge(session, chidi, kept, gone, now)
    assert session.scalar(select(person_with_crn(third.crn))) == kept.id
    with pytest.raises(NotFound):
        merging.undo(session, chidi, first.id, now=now)
    merging.undo(session, chidi, second.id, now=now)
    assert session.scalar(select(person_with_crn(third.crn))) == gone.id
    again = merge(session, chidi, gone, kept, now)
    with pytest.raises(Conflict, match="Undo that first"):
        merging.undo(session, chidi, first.id, now=now)
    merging.undo(session, chidi, again.id, now=now)
    merging.undo(session, chidi, first.id, now=now)
    assert session.scalar(select(func.count()).where(Person.merged_into_id.is_not(None))) == 0
