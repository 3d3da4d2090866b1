"""What a file may do to a person's mobile number, and what is said about a number that cannot be
texted.

A number that a worker or the person has confirmed is only ever changed by a worker: an export can
be old, and an old number may be somebody else's by now. A number that nobody has confirmed gives
way to the file's, and is asked whose it is before it is texted.
"""

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from engage.access.policy import Actor
from engage.appointments.imports.row_parser import Row
from engage.people.model import ContactPoint, NumberState, Person
from engage.people.phones import SHARED_PROBLEM, current_point, set_number

NO_NUMBER = "There is no mobile number: the person will not be texted"
CONFIRMED = "The number differs from the confirmed one, which was kept: check it with the person"
OLD = "The number is an old one of theirs and was not taken: check it with the person"
CHANGED = "The number differs from the recorded one, which was not confirmed: the new one was taken and will be checked"
SHARED = "The same number is on somebody else: neither is texted until a worker has looked"


def take_number(
    session: Session, actor: Actor, person: Person, row: Row, *, now: datetime
) -> list[str]:
    """Bring a recorded person's number up to the row's where that may be; returns what a clerk
    should know.
    """
    if not row.given_number:
        return []
    point = current_point(session, person.id)
    if point is not None and point.number is not None:
        if row.number is None:
            return [
                f"The number in the file cannot be texted ({row.number_problem}): the recorded one was kept"
            ]
        if row.number == point.number:
            return []
        if point.state is NumberState.VERIFIED:
            return [CONFIRMED]
    if row.number is not None and _was_theirs(session, person, row.number):
        return [OLD]
    if point is not None and point.number is None and row.number is None:
        return []
    set_number(session, actor, person.id, row.given_number, now=now)
    return [CHANGED] if point is not None else []


def settled(point: ContactPoint | None, row: Row) -> bool:
    """Whether the row asks nothing of the person's number: it says none, the one recorded, or one
    that can be texted no more than that.
    """
    if not row.given_number:
        return True
    return point is not None and point.number == row.number


def number_warnings(session: Session, person: Person, row: Row) -> list[str]:
    """Why the person's number, as it now stands, cannot be texted; nothing where only the check is
    still to come.
    """
    point = current_point(session, person.id)
    shared = point is not None and point.number is not None and _others_have(session, point)
    return warnings_about(point, row, shared=shared)


def warnings_about(point: ContactPoint | None, row: Row, *, shared: bool) -> list[str]:
    """The warnings about a number that is looked up already; `shared`: it is somebody else's too."""
    if point is None:
        return [NO_NUMBER]
    if point.number is None:
        return [f"{point.problem or row.number_problem}: the person will not be texted"]
    if point.state is NumberState.SUSPENDED and point.problem == SHARED_PROBLEM:
        return [SHARED]
    if point.state is NumberState.SUSPENDED:
        return [f"{point.problem or 'The number is suspended'}: the person will not be texted"]
    return [SHARED] if shared and point.shared_agreed_at is None else []


def _was_theirs(session: Session, person: Person, number: str) -> bool:
    found = session.scalar(
        select(
            exists().where(
                ContactPoint.person_id == person.id,
                ContactPoint.number == number,
                ContactPoint.state == NumberState.RETIRED,
            )
        )
    )
    return bool(found)


def _others_have(session: Session, point: ContactPoint) -> bool:
    other = aliased(ContactPoint)
    found = session.scalar(
        select(
            exists().where(
                other.number == point.number,
                other.person_id != point.person_id,
                other.state != NumberState.RETIRED,
            )
        )
    )
    return bool(found)
