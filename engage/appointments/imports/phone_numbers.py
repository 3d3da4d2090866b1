"""What an import may do to a person's mobile number, and the warnings about numbers that cannot be
texted.

A confirmed number is only ever changed by a worker: an export can be out of date, and an old number
may belong to another person by now. An unconfirmed number is replaced by the file's, which is
checked with a text before anything else is sent to it.
"""

from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from engage.appointments.imports.row_parser import Row
from engage.people.model import ContactPoint, NumberState, Person
from engage.people.phones import SHARED_PROBLEM, current_point

NO_NUMBER = "There is no mobile number: the person will not be texted"
CONFIRMED = "The number differs from the confirmed one, which was kept: check it with the person"
OLD = "The number is an old one of the person's and was not used: check it with the person"
CHANGED = (
    "The number differs from the recorded one, which was not confirmed: "
    "the new one is used and will be checked"
)
SHARED = (
    "Another person has the same number: neither person is texted until a worker has looked into it"
)


@dataclass(frozen=True)
class NumberDecision:
    """Whether the row's number is to be recorded for the person, and the warnings about that."""

    record: bool
    warnings: tuple[str, ...] = ()


KEEP = NumberDecision(record=False)


def decide_number(session: Session, person: Person, row: Row) -> NumberDecision:
    """Whether the row's number replaces the one that is recorded for a known person."""
    if not row.given_number:
        return KEEP
    point = current_point(session, person.id)
    if point is not None and point.number is not None:
        if row.number is None:
            problem = (
                f"The number in the file cannot be texted ({row.number_problem}): "
                "the recorded one was kept"
            )
            return NumberDecision(record=False, warnings=(problem,))
        if row.number == point.number:
            return KEEP
        if point.state is NumberState.VERIFIED:
            return NumberDecision(record=False, warnings=(CONFIRMED,))
    if row.number is not None and _was_theirs(session, person, row.number):
        return NumberDecision(record=False, warnings=(OLD,))
    if point is not None and point.number is None and row.number is None:
        return KEEP
    return NumberDecision(record=True, warnings=(CHANGED,) if point is not None else ())


def agrees(point: ContactPoint | None, row: Row) -> bool:
    """Whether the row leaves the person's number as it is: it gives none, or the one recorded, or
    neither of the two can be texted.
    """
    if not row.given_number:
        return True
    return point is not None and point.number == row.number


def number_warnings(session: Session, person: Person, row: Row) -> list[str]:
    """Why the person's number cannot be texted. Empty if only the check is still to come."""
    point = current_point(session, person.id)
    shared = point is not None and point.number is not None and _is_shared(session, point)
    return warnings_about(point, row, shared=shared)


def warnings_about(point: ContactPoint | None, row: Row, *, shared: bool) -> list[str]:
    """The warnings about a number already looked up. `shared`: another person has it too."""
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


def _is_shared(session: Session, point: ContactPoint) -> bool:
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
