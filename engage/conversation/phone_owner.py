"""The people who have a number now, and how much an answer to it may say.

A number that a person had in the past is not theirs any more. If several people share a phone, this
module lists them and must never choose between them.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, bindparam, select, text
from sqlalchemy.orm import Session

from engage.people.contactability import Contactability, contactability_of
from engage.people.model import ContactPoint, NumberState, Person
from engage.people.rules import AnswerScope
from messaging.numbers import NumberProblem, parse_mobile

_LOCK = 7_020_301
"""The first key of the advisory lock on a number. The second is a hash of the number."""


@dataclass(frozen=True)
class PhoneOwner:
    """A person who has the number now, with their contactability."""

    person: Person
    point: ContactPoint
    contactability: Contactability

    @property
    def scope(self) -> AnswerScope:
        """How much an answer may say by rule 1."""
        return self.contactability.verdict.answers

    @property
    def verified(self) -> bool:
        """Whether the number is known to be theirs."""
        return self.point.state is NumberState.VERIFIED


def _people_with(state: ColumnElement[bool]) -> Select[Person]:
    """Build the statement once: every text needs it."""
    ids = (
        select(ContactPoint.person_id)
        .where(ContactPoint.number == bindparam("number"), state)
        .distinct()
    )
    return select(Person).where(Person.id.in_(ids)).order_by(Person.id)


_OWNERS = (
    _people_with(ContactPoint.state != NumberState.RETIRED)
    .with_for_update(key_share=True)
    .execution_options(populate_existing=True)
)
_FORMER_OWNERS = _people_with(ContactPoint.state == NumberState.RETIRED)


def lock_number(session: Session, number: str) -> None:
    """Lock a number until the transaction ends, so that two texts from it, or a text and a claim,
    are handled one after the other.
    """
    session.execute(
        text("SELECT pg_advisory_xact_lock(:place, hashtext(:number))"),
        {"place": _LOCK, "number": number},
    )


def owners_of(session: Session, number: str, now: datetime) -> list[PhoneOwner]:
    """The people whose current number this is, in a stable order, with their rows locked until the
    transaction ends.

    The lock makes a change of custody, contact or number by staff happen completely before or
    completely after the answer.
    """
    people = session.scalars(_OWNERS, {"number": number}).all()
    by_person = contactability_of(session, [person.id for person in people], now)
    owners = []
    for person in people:
        contactability = by_person[person.id]
        point = contactability.point
        if point is not None and point.number == number:
            owners.append(PhoneOwner(person, point, contactability))
    return owners


def owner_of(session: Session, person_id: uuid.UUID, now: datetime) -> PhoneOwner | None:
    """The person with their current number, if they have one."""
    contactability = contactability_of(session, [person_id], now).get(person_id)
    if contactability is None or contactability.point is None:
        return None
    return PhoneOwner(contactability.person, contactability.point, contactability)


def former_owners_of(session: Session, number: str) -> Sequence[Person]:
    """People who had the number in the past, in a stable order. For danger only: it may still be
    their phone.
    """
    return session.scalars(_FORMER_OWNERS, {"number": number}).all()


def sharing_agreed(owners: Sequence[PhoneOwner]) -> bool:
    """Whether workers have agreed, for everybody on this phone, that it is shared."""
    return all(owner.point.shared_agreed_at is not None for owner in owners)


def can_be_texted(number: str) -> bool:
    """Whether a number can be texted: a UK mobile, not a short code, a word or a landline."""
    try:
        return parse_mobile(number) == number
    except NumberProblem:
        return False


def language_of(owners: Sequence[PhoneOwner]) -> str:
    """The language of everybody on the number; English if they differ or there is nobody."""
    languages = {owner.person.language.value for owner in owners}
    return languages.pop() if len(languages) == 1 else "en"


def names_of(owners: Sequence[PhoneOwner]) -> tuple[str, ...]:
    """The first names that texts use for those on the number."""
    people = [owner.person for owner in owners]
    return tuple(name for one in people for name in (one.first_name, one.preferred_name) if name)
