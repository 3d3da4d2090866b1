"""A person who may rebook by text and a worker with free times, for the tests of rebooking."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.agencies.model import Staff
from engage.appointments.free_times import service as slots
from engage.appointments.free_times.model import FreeTime, SlotOffer
from engage.appointments.kinds import AppointmentType
from engage.appointments.model import Appointment
from engage.people import rebooking_permission as allowance
from engage.people.model import LegalStatus, Person
from engage.understanding.vocabulary import Intent
from messaging.tables import Message
from tests import builders
from tests.engage.conversation.phones import asked
from tests.engage.conversation.turns import hear, read_as

DAY = timedelta(days=1)
LONDON = ZoneInfo("Europe/London")
ANOTHER = read_as(Intent.RESCHEDULE)


@dataclass
class Scene:
    """Pat, with free times on Tuesday, Wednesday and Thursday, and Katrina, who sees Pat on Monday
    and may rebook by text.
    """

    session: Session
    om: Staff
    katrina: Person
    appointment: Appointment
    times: list[FreeTime]
    now: datetime

    def asks(self, at: datetime | None = None, **interpretation: Any) -> str:
        """Katrina asks for another time. Returns what was done."""
        done = hear(
            self.session, self.katrina, read_as(Intent.RESCHEDULE, **interpretation), at or self.now
        )
        self.leave()
        return done.words

    def leave(self) -> None:
        """Send every text in the queue."""
        for message in self.session.scalars(select(Message)):
            if message.claimed_at is None:
                message.claimed_at = message.created_at
        self.session.flush()

    def starts(self) -> datetime:
        """The current start of the appointment."""
        self.session.refresh(self.appointment)
        return self.appointment.starts_at

    def offer(self) -> SlotOffer:
        """The last offer."""
        query = (
            select(SlotOffer).order_by(SlotOffer.offered_at.desc(), SlotOffer.id.desc()).limit(1)
        )
        return self.session.scalars(query.execution_options(populate_existing=True)).one()

    def held(self) -> list[str]:
        """The local starts of the free times that are held for Katrina."""
        rows = self.session.scalars(
            select(FreeTime)
            .where(FreeTime.held_for_id == self.katrina.id)
            .order_by(FreeTime.starts_at)
        )
        return [f"{one.starts_at.astimezone(LONDON):%a %H:%M}" for one in rows]


def local(words: str) -> datetime:
    """A moment in London time."""
    return datetime.fromisoformat(words).replace(tzinfo=LONDON)


def free(
    session: Session, worker: Staff, *starts: str, now: datetime, **values: Any
) -> list[FreeTime]:
    """Free times of a worker."""
    times = []
    for one in starts:
        new = slots.NewTimes(
            worker_id=worker.id,
            starts_at=local(one),
            **{
                "type": AppointmentType.OFFICE,
                "minutes": 30,
                "place": "the hall, Mill Lane",
                "place_alias": "the hall, Mill Lane",
                **values,
            },
        )
        hub_id = worker.memberships[0].hub_id
        times += slots.add(session, builders.actor(worker), hub_id, new, now=now).times
    return times


TUE, WED, THU = "2027-03-23 14:00", "2027-03-24 10:00", "2027-03-25 16:00"


def made(session: Session, now: datetime) -> Scene:
    """The scene at a moment."""
    om = builders.staff(session, builders.hub(session))
    katrina = builders.person(session, om, legal_status=LegalStatus.STATUTORY)
    allowance.allow(session, builders.actor(om), katrina.id, allowed=True, now=now - DAY)
    times = free(session, om, TUE, WED, THU, now=now)
    appointment = builders.appointment(session, katrina, local("2027-03-22 10:00"))
    asked(session, appointment, now - DAY)
    return Scene(session, om, katrina, appointment, times, now)
