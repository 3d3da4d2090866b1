"""What we do between a person's texts, by the use cases of the service. README.md lists them."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from sqlalchemy import select

from engage.appointments import booking
from engage.appointments.attendance import record_outcome
from engage.appointments.free_times import service as free_times
from engage.appointments.kinds import AppointmentType, OutcomeCode
from engage.cohort import exits, transfers
from engage.cohort.kinds import ExitReason
from engage.cohort.milestones.award import award
from engage.cohort.model import Enrolment
from engage.conversation import staff_actions, takeover
from engage.conversation.model import ReplyRecord
from engage.people import contactability, phones
from engage.progress.check_ins import service as check_ins
from engage.progress.check_ins.rules import Schedule
from tests import builders
from tests.dialogues.script import LONDON, Turn, moment
from tests.dialogues.world import World

PRAISED_AFTER = timedelta(days=28)


def _book(world: World, turn: Turn) -> None:
    wanted = world.script.bookings[turn.about or ""]
    person = world.person(wanted.person)
    new = booking.NewAppointment(
        person_id=person.id,
        agency_id=builders.agency(world.session, world.hub).id,
        type=AppointmentType(wanted.type),
        starts_at=moment(wanted.starts, world.now),
        minutes=30,
        worker_name=wanted.worker,
        worker_id=world.pat.id if wanted.worker == "Pat" else None,
        enforceable=True,
        place=wanted.place,
        place_alias=wanted.place,
    )
    world.appointments[wanted.name] = booking.book(
        world.session, builders.actor(world.pat), new, now=world.now, allow_clash=True
    )


def _nothing_more(world: World, turn: Turn) -> None:
    """A reminder leaves by itself at its time."""


def _outcome(code: OutcomeCode) -> Callable[[World, Turn], None]:
    def record(world: World, turn: Turn) -> None:
        about = world.appointments[turn.about or ""]
        record_outcome(world.session, builders.actor(world.pat), about.id, code=code, now=world.now)

    return record


def _move(world: World, turn: Turn) -> None:
    about = world.appointments[turn.about or ""]
    booking.move(
        world.session,
        builders.actor(world.pat),
        about.id,
        starts_at=moment(turn.to, world.now),
        now=world.now,
    )


def _cancel(world: World, turn: Turn) -> None:
    about = world.appointments[turn.about or ""]
    booking.cancel(
        world.session, builders.actor(world.pat), about.id, reason="Not needed", now=world.now
    )


def _check_in(world: World, turn: Turn) -> None:
    """Weekly, from this hour on: the turn stands at a full hour."""
    local = world.now.astimezone(LONDON)
    check_ins.set_plan(
        world.session,
        builders.actor(world.pat),
        world.person(turn.person).id,
        Schedule(1, local.weekday(), local.hour),
        now=world.now - timedelta(hours=1),
    )


def _praise(world: World, turn: Turn) -> None:
    """Four weeks on the cohort are complete today."""
    person = world.person(turn.person)
    enrolment = world.session.scalars(
        select(Enrolment).where(Enrolment.person_id == person.id)
    ).one()
    enrolment.adopted_on = world.now.date() - PRAISED_AFTER
    world.session.flush()
    assert award(world.session, [person.id], now=world.now) >= 1


def _number_check(world: World, turn: Turn) -> None:
    person = world.person(turn.person)
    found = contactability.contactability_of(world.session, [person.id], world.now)[person.id]
    assert contactability.request_check(world.session, found, now=world.now) is not None


def _worker(world: World, turn: Turn) -> None:
    staff_actions.send_text(
        world.session,
        builders.actor(world.person(turn.person).offender_manager),
        world.person(turn.person).id,
        turn.words,
        now=world.now,
        anyway=True,
    )


def _hand_back(world: World, turn: Turn) -> None:
    person = world.person(turn.person)
    takeover.hand_back(
        world.session, builders.actor(person.offender_manager), person.id, now=world.now
    )


def _read(world: World, turn: Turn) -> None:
    """The worker marks every text as read."""
    rows = select(ReplyRecord.id).where(ReplyRecord.read_at.is_(None), ReplyRecord.needs_human)
    for id in world.session.scalars(rows).all():
        staff_actions.mark_read(world.session, builders.actor(world.pat), id, now=world.now)


def _free_times(world: World, turn: Turn) -> None:
    """Half an hour with Pat at each moment of `to`, separated by commas."""
    for one in turn.to.split(","):
        new = free_times.NewTimes(
            worker_id=world.pat.id,
            type=AppointmentType.OFFICE,
            starts_at=moment(one.strip(), world.now),
            minutes=30,
            place="the hall, Mill Lane",
            place_alias="the hall, Mill Lane",
        )
        free_times.add(world.session, builders.actor(world.pat), world.hub.id, new, now=world.now)


def _new_number(world: World, turn: Turn) -> None:
    person = world.person(turn.person)
    point = phones.set_number(
        world.session,
        builders.actor(world.pat),
        person.id,
        turn.to,
        now=world.now,
        verified_how="asked face to face",
    )
    name = turn.person or next(iter(world.people))
    assert point.number is not None
    world.numbers[name] = point.number


def _transfer(world: World, turn: Turn) -> None:
    transfers.transfer(
        world.session,
        builders.actor(world.chidi),
        world.person(turn.person).id,
        to_id=world.dai.id,
        note="Moves to the other team",
        now=world.now,
    )


def _close(world: World, turn: Turn) -> None:
    exits.deregister(
        world.session,
        builders.actor(world.chidi),
        world.person(turn.person).id,
        exit_reason=ExitReason.MOVED_AWAY,
        note="Moved to another area",
        now=world.now,
    )


DOES: Mapping[str, Callable[[World, Turn], None]] = {
    "book": _book,
    "reminder": _nothing_more,
    "missed": _outcome(OutcomeCode.FAILED_TO_ATTEND),
    "attended": _outcome(OutcomeCode.ATTENDED_COMPLIED),
    "move": _move,
    "cancel": _cancel,
    "check_in": _check_in,
    "praise": _praise,
    "number_check": _number_check,
    "worker": _worker,
    "hand_back": _hand_back,
    "read": _read,
    "free_times": _free_times,
    "new_number": _new_number,
    "transfer": _transfer,
    "close": _close,
}

SENDS_NOTHING = frozenset({"attended", "hand_back", "read", "free_times", "new_number", "close"})
"""After any other turn of ours a text must have left."""
