"""Whose text it may be: the people who have the number now, and how far an answer to it may go.

A number that a person once had is not theirs any more. When several people share a phone nothing
here chooses between them; it only says who they are.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, bindparam, select, text
from sqlalchemy.orm import Session

from engage.people.contactability import Contactability, contactability_of
from engage.people.model import ContactPoint, NumberState, Person
from engage.people.rules import PAUSED
from messaging.numbers import NumberProblem, parse_mobile

_LOCK = 7_020_301
"""The first half of the advisory lock on a number; the second half is a hash of the number."""


class AnswerScope(StrEnum):
    """How far an answer to a text may go."""

    OPEN = "open"
    """Rule 1 lets content go to this number (the hour and the day's cap do not bind an answer)."""
    NEUTRAL = "neutral"
    """Only texts from which nobody learns anything."""
    SILENT = "silent"
    """Nothing but safety advice."""


_NOT_ANSWERS = {PAUSED.code}
"""Reasons of rule 1 that hold back only what nobody asked for: whoever texts is answered."""
_NEUTRAL = {"number_unverified", "number_shared", "not_safe"}


@dataclass(frozen=True)
class PhoneOwner:
    """A person who has the number now, with how they may be reached."""

    person: Person
    point: ContactPoint
    contactability: Contactability

    @property
    def scope(self) -> AnswerScope:
        """How far an answer may go, by rule 1: a reason that is not only about the hour closes it,
        some more than others.
        """
        lasting = self.contactability.verdict.lasting_codes - _NOT_ANSWERS
        if not lasting:
            return AnswerScope.OPEN
        return AnswerScope.NEUTRAL if lasting <= _NEUTRAL else AnswerScope.SILENT

    @property
    def verified(self) -> bool:
        """Whether the number is known to be theirs."""
        return self.point.state is NumberState.VERIFIED


def _whose(state: ColumnElement[bool]) -> Select[Person]:
    """Written once: every text asks this."""
    ids = (
        select(ContactPoint.person_id)
        .where(ContactPoint.number == bindparam("number"), state)
        .distinct()
    )
    return select(Person).where(Person.id.in_(ids)).order_by(Person.id)


_HOLDERS = (
    _whose(ContactPoint.state != NumberState.RETIRED)
    .with_for_update(key_share=True)
    .execution_options(populate_existing=True)
)
_FORMER = _whose(ContactPoint.state == NumberState.RETIRED)


def lock_number(session: Session, number: str) -> None:
    """Hold a number until the transaction ends, so that two texts from it, or a text and a claim,
    go one after the other.
    """
    session.execute(
        text("SELECT pg_advisory_xact_lock(:place, hashtext(:number))"),
        {"place": _LOCK, "number": number},
    )


def owners_of(session: Session, number: str, now: datetime) -> list[PhoneOwner]:
    """Everybody whose current number this is, in a steady order, their rows held until the
    transaction ends.

    Held so that a change of custody, contact or number by staff comes wholly before or wholly after
    the answer.
    """
    people = session.scalars(_HOLDERS, {"number": number}).all()
    found = contactability_of(session, [person.id for person in people], now)
    owners = []
    for person in people:
        known = found[person.id]
        if known.point is not None and known.point.number == number:
            owners.append(PhoneOwner(person, known.point, known))
    return owners


def owner_of(session: Session, person_id: uuid.UUID, now: datetime) -> PhoneOwner | None:
    """The person with their current number, if they have one."""
    known = contactability_of(session, [person_id], now).get(person_id)
    return (
        None
        if known is None or known.point is None
        else PhoneOwner(known.person, known.point, known)
    )


def former_owners_of(session: Session, number: str) -> Sequence[Person]:
    """People who once had the number, in a steady order: for danger only, since it may be their old
    phone.
    """
    return session.scalars(_FORMER, {"number": number}).all()


def sharing_agreed(owners: Sequence[PhoneOwner]) -> bool:
    """Whether workers have agreed the sharing of this phone for everybody on it."""
    return all(owner.point.shared_agreed_at is not None for owner in owners)


def textable(number: str) -> bool:
    """Whether a text may be answered at all: a mobile of this country, not a short code, a word or
    a landline.
    """
    try:
        return parse_mobile(number) == number
    except NumberProblem:
        return False


def language_of(owners: Sequence[PhoneOwner]) -> str:
    """The language that everybody on the number has; English where they differ or nobody is known."""
    languages = {owner.person.language.value for owner in owners}
    return languages.pop() if len(languages) == 1 else "en"
