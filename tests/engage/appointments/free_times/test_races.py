"""Two people and one free time: in any order one gets it, and the other keeps their appointment or
is offered another time.
"""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select

from engage.appointments.free_times import offers, service
from engage.appointments.free_times.model import FreeTime, SlotOffer
from engage.appointments.free_times.rules import TimeWish
from engage.appointments.kinds import AppointmentType
from engage.appointments.model import Appointment
from engage.core.db import Database
from engage.people.model import Person
from messaging import inbound
from messaging.gateways.twilio import webhooks as twilio
from messaging.tables import Inbound
from tests import builders

DAY = timedelta(days=1)


class Pair:
    """Two people of one worker, each with an appointment, and free times of that worker."""

    def __init__(self, database: Database, now: datetime, times: int) -> None:
        self.database, self.now = database, now
        with database.begin() as session:
            om = builders.staff(session, builders.hub(session))
            self.people = [
                builders.person(
                    session, om, number=f"+4477009001{nth:02}", rebooking_allowed_at=now
                )
                for nth in (11, 12)
            ]
            self.booked = [
                builders.appointment(session, one, now + (2 + nth) * DAY, worker_id=om.id)
                for nth, one in enumerate(self.people)
            ]
            for nth in range(times):
                new = service.NewTimes(om.id, AppointmentType.OFFICE, now + (5 + nth) * DAY, 30)
                service.add(session, builders.actor(om), self.people[0].hub_id, new, now=now)
            for one in self.people:
                given = {
                    "MessageSid": f"SM{one.crn}",
                    "From": "+447700900111",
                    "To": "+447700900999",
                    "Body": "x",
                }
                assert inbound.store(session, twilio.read_text(given), now=now)
            self.inbound = session.scalars(select(Inbound.id)).first() or 0

    def hold(self, nth: int, now: datetime) -> SlotOffer | None:
        """Offer times to one of the two, in its own transaction."""
        with self.database.begin() as session:
            person = session.get_one(
                Person, self.people[nth].id, with_for_update={"key_share": True}
            )
            asked = offers.OfferRequest(
                person, f"+4477009001{11 + nth}", self.inbound, now, TimeWish()
            )
            return offers.make_offer(
                session, asked, session.get_one(Appointment, self.booked[nth].id), now=now
            )

    def accept(self, nth: int, offer: SlotOffer, now: datetime) -> bool:
        """Accept the first time of an offer for one of the two."""
        with self.database.begin() as session:
            session.get_one(Person, self.people[nth].id, with_for_update={"key_share": True})
            found = session.get_one(SlotOffer, offer.id)
            appointment = offers.offered_appointment(session, found, now=now)
            assert appointment is not None
            return (
                offers.accept(session, found, appointment, 1, inbound_id=self.inbound, now=now)
                is not None
            )

    def starts(self) -> list[datetime]:
        """When the two have their appointments."""
        with self.database.begin() as session:
            return [session.get_one(Appointment, one.id).starts_at for one in self.booked]


def run_together(*works: Callable[[], object]) -> list[object]:
    """The results of all the calls, run at the same moment."""
    gate, found = threading.Barrier(len(works)), [None] * len(works)

    def run(place: int, work: Callable[[], object]) -> None:
        gate.wait()
        found[place] = work()  # type: ignore[call-overload]

    threads = [threading.Thread(target=run, args=given) for given in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return list(found)


def test_two_offers_at_once_never_hold_the_same_time(committed: Database, now: datetime) -> None:
    """Four times, two people: three are held for one and one for the other."""
    pair = Pair(committed, now, 4)
    made = run_together(lambda: pair.hold(0, now), lambda: pair.hold(1, now))
    options = [len(one.options) for one in made if isinstance(one, SlotOffer)]
    assert sorted(options) == [1, 3]
    with committed.begin() as session:
        held = session.scalars(
            select(FreeTime.held_for_id).where(FreeTime.held_for_id.is_not(None))
        ).all()
        assert len(held) == 4 and set(held) == {one.id for one in pair.people}


def test_two_choices_of_one_time_at_once_move_one_person(
    committed: Database, now: datetime
) -> None:
    """Both were offered it in turn and both holds are over: one gets it, and the other's
    appointment stays.
    """
    pair = Pair(committed, now, 1)
    first = pair.hold(0, now)
    later = now + timedelta(minutes=61)
    second = pair.hold(1, later)
    assert first is not None and second is not None
    after = later + timedelta(minutes=61)
    got = run_together(lambda: pair.accept(0, first, after), lambda: pair.accept(1, second, after))
    assert sorted(got) == [False, True]  # type: ignore[type-var]
    free = now + 5 * DAY
    assert pair.starts().count(free) == 1
    loser = got.index(False)
    assert pair.starts()[loser] == now + (2 + loser) * DAY


def test_a_choice_and_an_offer_of_one_time_at_once(committed: Database, now: datetime) -> None:
    """In either order it is booked by one and never held for the other after that."""
    pair = Pair(committed, now, 1)
    first = pair.hold(0, now)
    assert first is not None
    after = now + timedelta(minutes=61)
    got, offered = run_together(lambda: pair.accept(0, first, after), lambda: pair.hold(1, after))
    assert bool(got) != isinstance(offered, SlotOffer)


def test_a_time_is_free_again_after_a_move(committed: Database, now: datetime) -> None:
    """Nothing has to be reset: it is free because its worker has no appointment then."""
    pair = Pair(committed, now, 1)
    first = pair.hold(0, now)
    assert first is not None and pair.accept(0, first, now)
    assert pair.hold(1, now) is None
    with committed.begin() as session:
        session.get_one(Appointment, pair.booked[0].id).starts_at = now + 9 * DAY
    assert pair.hold(1, now) is not None
