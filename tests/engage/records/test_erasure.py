"""Rule 18: people are erased six years after their last enrolment ended. What prevents that, and
what is left.
"""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from engage.access.policy import SYSTEM
from engage.agencies.model import Agency, Hub
from engage.appointments.model import Reminder
from engage.cohort.kinds import Cohort, ExitReason
from engage.cohort.model import Enrolment, Referral
from engage.conversation import intake
from engage.core.db import Base, Database
from engage.legal import custody, death
from engage.legal.model import CustodyKind
from engage.people.model import CustodyStatus, Person
from engage.records import erasure
from engage.records.merging import service as merging
from messaging import outbox, suppression
from messaging import tables as messaging_tables
from tests import builders
from tests.engage.conversation.phones import text_in

LEFT = date(2027, 3, 20)
AFTER_SIX_YEARS = datetime.fromisoformat("2033-03-21T09:00:00+00:00")


def enrolled(session: Session, whose: Person, ended_on: date | None) -> None:
    """A period on the cohort."""
    agency = session.scalars(select(Agency)).first()
    assert agency is not None
    session.add(
        Enrolment(
            person_id=whose.id,
            hub_id=whose.hub_id,
            cohort=Cohort.FIXED,
            lead_agency_id=agency.id,
            adopted_on=date(2026, 1, 1),
            ended_on=ended_on,
            exit_reason=None if ended_on is None else next(iter(ExitReason)),
        )
    )
    session.flush()


def left(session: Session, hub: Hub | None = None, **values: Any) -> Person:
    """A person who left the cohort on 20 March 2027."""
    made = builders.person(session, builders.staff(session, hub or builders.hub(session)), **values)
    enrolled(session, made, LEFT)
    return made


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2033-03-20T23:59:00+00:00", 0),
        ("2033-03-21T00:00:00+00:00", 1),
        ("2033-03-21T09:00:00+00:00", 1),
    ],
)
def test_people_are_due_on_the_day_after_six_years(session: Session, now: str, due: int) -> None:
    """By the hub's calendar."""
    left(session)
    found = erasure.due(session, now=datetime.fromisoformat(now))
    assert sum(one.many for one in found) == due


def test_people_who_left_on_29_february_are_due_on_1_march(session: Session) -> None:
    """There is no 29 February six years later."""
    person = builders.person(session, builders.staff(session, builders.hub(session)))
    enrolled(session, person, date(2028, 2, 29))
    for day, due in (("2034-02-28", 0), ("2034-03-01", 1)):
        found = erasure.due(session, now=datetime.fromisoformat(f"{day}T12:00:00+00:00"))
        assert len(found) == due, day


def test_people_who_are_due_are_listed_by_hub(session: Session) -> None:
    """With their number and the earliest day. A hub that keeps people longer is not listed."""
    tyneside, gwent = builders.hub(session), builders.hub(session, "Gwent", keep_people_years=7)
    left(session, tyneside)
    left(session, gwent, number=None)
    found = erasure.due(session, now=AFTER_SIX_YEARS)
    assert [(one.hub, one.many, one.oldest, one.before) for one in found] == [
        ("Tyneside", 1, LEFT, date(2027, 3, 21))
    ]


def test_people_who_died_in_prison_are_due_too(session: Session, now: datetime) -> None:
    """Their custody status stays as it was when they died, and does not keep their record."""
    person = left(session, custody_status=CustodyStatus.CUSTODY)
    custody.start(
        session,
        SYSTEM,
        person.id,
        kind=CustodyKind.CUSTODY,
        since=now.date() - timedelta(days=9),
        now=now,
    )
    assert erasure.due(session, now=AFTER_SIX_YEARS) == []
    death.record_death(session, SYSTEM, person.id, now.date(), now)
    assert [one.many for one in erasure.due(session, now=AFTER_SIX_YEARS)] == [1]


@pytest.mark.parametrize(
    "why",
    [
        "legal hold",
        "in custody",
        "enrolled again",
        "never enrolled",
        "legal hold on a merged record",
        "seen since",
        "texted since",
        "wrote since",
    ],
)
def test_people_who_are_not_due(session: Session, now: datetime, why: str) -> None:
    """Each of these alone keeps the record."""
    hub = builders.hub(session)
    since = now + timedelta(days=400)
    if why == "never enrolled":
        builders.person(session, builders.staff(session, hub))
    else:
        person = left(session, hub)
        if why == "legal hold":
            person.legal_hold = True
        elif why == "in custody":
            person.custody_status = CustodyStatus.CUSTODY
        elif why == "enrolled again":
            enrolled(session, person, None)
        elif why == "legal hold on a merged record":
            twin = builders.person(session, person.offender_manager, number=None)
            merging.merge(session, SYSTEM, person.id, twin.crn, reason="The same", now=now)
            twin.legal_hold = True
        elif why == "seen since":
            builders.appointment(session, person, since)
        elif why == "texted since":
            outbox.enqueue(
                session,
                outbox.Text(
                    to="+447700900101",
                    body="Hi",
                    lane=outbox.Lane.REPLY,
                    dedupe_key="x",
                    recipient=str(person.id),
                ),
                now=since,
            )
        elif why == "wrote since":
            intake.handle(session, text_in(session, "hello", since), since)
    session.flush()
    assert erasure.due(session, now=AFTER_SIX_YEARS) == []


def everything(session: Session) -> str:
    """Everything in the database as text, without the event log."""
    names = [
        table.name
        for base in (Base, messaging_tables.Base)
        for table in base.metadata.sorted_tables
    ]
    return "\n".join(
        str(row)
        for name in names
        if name != "event"
        for row in session.execute(text(f'SELECT * FROM "{name}"'))
    )


def test_nothing_is_left_of_an_erased_person(committed: Database, now: datetime) -> None:
    """Nor of a record that was merged into theirs. The event log says what happened but not to
    whom, a STOP stays, and other people lose nothing.
    """
    with committed.begin() as session:
        hub = builders.hub(session)
        gone = left(session, hub, first_name="Zebedee", last_name="Quill", crn="X987654")
        other = builders.person(
            session, gone.offender_manager, number="+447700900303", crn="X111222"
        )
        twin = builders.person(
            session, gone.offender_manager, number="+447700900404", crn="X987655", last_name="Quil"
        )
        booked = builders.appointment(session, gone, now + timedelta(hours=6))
        session.add(
            Reminder(
                appointment_id=booked.id, kind="one_day", revision=1, due_at=now, expires_at=now
            )
        )
        builders.report(session, gone, now)
        for person in (gone, twin):
            session.add(
                Referral(
                    hub_id=hub.id,
                    agency_id=gone.offender_manager.agency_id,
                    crn=person.crn,
                    first_name=person.first_name,
                    last_name=person.last_name,
                    reasons="burglary",
                    referred_by="system",
                    referred_at=now,
                )
            )
        suppression.suppress(session, "+447700900101", "STOP", "STOP", now)
        kept_id, other_id = gone.id, other.id
    with committed.begin() as session:
        intake.handle(session, text_in(session, "i cant come today", now), now)
    with committed.begin() as session:
        merging.merge(session, SYSTEM, kept_id, "X987655", reason="The same", now=now)
    assert erasure.forget(committed.begin, now=AFTER_SIX_YEARS) == 1
    with committed.begin() as session:
        rest = everything(session)
        assert session.get(Person, other_id) is not None
        assert suppression.is_suppressed(session, "+447700900101")
        assert (
            session.scalar(text("SELECT count(*) FROM event WHERE kind = 'person.forgotten'")) == 1
        )
        assert session.scalar(text("SELECT count(*) FROM event WHERE kind = 'person.merged'"))
    for trace in (str(kept_id), "Zebedee", "Quil", "X98765", "+447700900404", "cant come"):
        assert trace not in rest, trace
    assert erasure.forget(committed.begin, now=AFTER_SIX_YEARS + relativedelta(days=1)) == 0
