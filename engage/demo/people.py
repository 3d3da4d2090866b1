"""Invented people as rows: personal details and number, referral and enrolment, reviews and
status.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from engage.access.policy import SYSTEM
from engage.agencies.model import Staff
from engage.cohort.kinds import (
    Cohort,
    ExitReason,
    Rag,
    ReferralState,
    Risk,
    Strand,
)
from engage.cohort.model import (
    Assessment,
    Enrolment,
    RagReview,
    Referral,
    StrandSpell,
)
from engage.demo.hub import DemoHub
from engage.demo.lives import Group, Life
from engage.demo.rows import Rows
from engage.people.model import (
    ContactPoint,
    ContactStatus,
    CustodyStatus,
    LegalStatus,
    NumberState,
    Person,
)

REVIEW_DAYS = {Rag.RED: 7, Rag.AMBER: 14, Rag.GREEN: 28}
ORDER_OF_RAG = (Rag.RED, Rag.AMBER, Rag.GREEN)


@dataclass(frozen=True)
class DemoPerson:
    """A person whose row exists, with what other rows need of them."""

    life: Life
    id: uuid.UUID
    officer: Staff
    number: str | None
    enrolment_id: uuid.UUID
    referral_id: uuid.UUID

    @property
    def label(self) -> str:
        """The label of their offender manager in events."""
        return f"staff:{self.officer.id}"


def working_hour(day: date) -> datetime:
    """A time in working hours on a day."""
    return datetime.combine(day, time(12), tzinfo=UTC)


def write(rows: Rows, demo: DemoHub, life: Life, now: datetime, luck: Random) -> DemoPerson:
    """Write the person, their number, referral and enrolment, and every review since."""
    officer, today = demo.officer_of(life.number), now.date()
    joined = working_hour(life.adopted_on)
    approved = life.phone and luck.random() < 0.95
    person_id = rows.add(
        Person,
        crn=f"Y{500000 + life.number}",
        hub_id=demo.hub.id,
        offender_manager_id=officer.id,
        first_name=life.first_name,
        last_name=life.last_name,
        date_of_birth=life.born,
        language=life.language,
        legal_status=LegalStatus.NON_STATUTORY
        if life.group is Group.VOLUNTARY
        else LegalStatus.STATUTORY,
        custody_status=_custody(life, today),
        contact_status=ContactStatus.CLOSED if life.left_on else ContactStatus.OPEN,
        texts_approved_at=joined if approved else None,
        texts_approved_by_id=officer.id if approved else None,
        created_at=joined,
        updated_at=joined,
    )
    number = f"+4477009{life.number % 500 + 300:05}" if life.phone else None
    if number is not None:
        _number(rows, person_id, number, joined, now, luck)
    referral_id = _referred(rows, demo, life, person_id, luck)
    enrolment_id = rows.add(
        Enrolment,
        person_id=person_id,
        hub_id=demo.hub.id,
        cohort=luck.choices(list(Cohort), weights=(6, 3, 1))[0],
        lead_agency_id=demo.probation.id
        if life.group is Group.ORDER
        else luck.choice(demo.agencies).id,
        adopted_on=life.adopted_on,
        ended_on=life.left_on,
        exit_reason=luck.choice((ExitReason.GREEN, ExitReason.GREEN, ExitReason.MOVED_AWAY))
        if life.left_on
        else None,
        voluntary_since=life.adopted_on
        if life.group is Group.VOLUNTARY and luck.random() < 0.5
        else None,
    )
    someone = DemoPerson(life, person_id, officer, number, enrolment_id, referral_id)
    for kind, at in (("person.added", joined), ("enrolment.began", joined)):
        rows.add_event(kind, at, hub_id=demo.hub.id, person_id=person_id, actor=someone.label)
    _reviews(rows, demo, someone, today, luck)
    _strands(rows, someone, today, luck)
    return someone


def _custody(life: Life, today: date) -> CustodyStatus:
    if life.prison is not None and not life.prison.over(today):
        return CustodyStatus.REMAND if life.prison.remand else CustodyStatus.CUSTODY
    if life.group is Group.ORDER and life.number % 60 == 0:
        return CustodyStatus.UNLAWFULLY_AT_LARGE
    return CustodyStatus.COMMUNITY


def _number(
    rows: Rows, person_id: uuid.UUID, number: str, joined: datetime, now: datetime, luck: Random
) -> None:
    verified = luck.random() < 0.94
    checked = now - timedelta(days=luck.randint(1, 80))
    rows.add(
        ContactPoint,
        person_id=person_id,
        given=f"0{number[3:7]} {number[7:]}",
        number=number,
        state=NumberState.VERIFIED if verified else NumberState.UNVERIFIED,
        verified_at=checked if verified else None,
        verified_how="asked face to face" if verified else None,
        safe_until=checked + timedelta(days=90) if verified else None,
        created_at=joined,
    )


def _referred(
    rows: Rows, demo: DemoHub, life: Life, person_id: uuid.UUID, luck: Random
) -> uuid.UUID:
    at = working_hour(life.adopted_on - timedelta(days=luck.randint(3, 20)))
    rows.add(
        Assessment,
        person_id=person_id,
        version=1,
        offences_a_year=luck.randint(4, 40),
        nature=luck.choice(("Shop theft", "Burglary", "Theft from vehicles", "Robbery")),
        cost_pence=luck.randint(200_000, 4_000_000),
        harm_to_others=luck.choice(list(Risk)[:3]),
        harm_to_self=luck.choice(list(Risk)[:3]),
        needs={"accommodation": luck.randint(0, 3), "drugs_and_alcohol": luck.randint(0, 3)},
        predictor="OGRS",
        predictor_version="4",
        predictor_score=luck.randint(50, 97),
        made_by=SYSTEM.label,
        made_at=at,
    )
    return rows.add(
        Referral,
        hub_id=demo.hub.id,
        agency_id=luck.choice(demo.agencies).id,
        person_id=person_id,
        crn=f"Y{500000 + life.number}",
        first_name=life.first_name,
        last_name=life.last_name,
        date_of_birth=life.born,
        at_arrest=luck.random() < 0.3,
        reasons="Many offences in a short time, and ready to change.",
        needs=["accommodation", "drugs_and_alcohol"],
        state=ReferralState.ADOPTED,
        referred_by=SYSTEM.label,
        referred_at=at,
        ended_at=working_hour(life.adopted_on),
        ended_by=SYSTEM.label,
    )


def _reviews(rows: Rows, demo: DemoHub, one: DemoPerson, today: date, luck: Random) -> None:
    for held_on, rag in _statuses(one.life, today, luck):
        rows.add(
            RagReview,
            enrolment_id=one.enrolment_id,
            rag=rag,
            held_on=held_on,
            reason={
                Rag.RED: "Not seen, or new offences.",
                Rag.AMBER: "Comes, but not to everything.",
                Rag.GREEN: "Comes to everything.",
            }[rag],
            suggested={},
            next_due_on=held_on + timedelta(days=REVIEW_DAYS[rag]),
            decided_by=one.label,
            decided_at=working_hour(held_on),
        )
        rows.add_event(
            "rag.decided",
            working_hour(held_on),
            hub_id=demo.hub.id,
            person_id=one.id,
            actor=one.label,
            rag=rag.value,
        )


def _statuses(life: Life, today: date, luck: Random) -> Iterator[tuple[date, Rag]]:
    """Reliable people drift to green, others to red. Some reviews are late."""
    at, day = 0 if luck.random() < 0.6 else 1, life.adopted_on
    last = life.left_on or today
    while day <= last:
        yield day, ORDER_OF_RAG[at]
        day += timedelta(days=REVIEW_DAYS[ORDER_OF_RAG[at]] + luck.choice((0, 0, 0, 1, 3)))
        if luck.random() < 0.3:
            at = max(0, min(2, at + (1 if luck.random() < life.reliability - 0.2 else -1)))


def _strands(rows: Rows, one: DemoPerson, today: date, luck: Random) -> None:
    life = one.life
    moves = [
        (
            life.adopted_on,
            Strand.CATCH_AND_CONTROL if luck.random() < 0.6 else Strand.PREVENT_AND_DETER,
        )
    ]
    later = life.adopted_on + timedelta(days=luck.randint(20, 120))
    if later < (life.left_on or today) and luck.random() < life.reliability - 0.2:
        moves.append((later, Strand.REHABILITATE_AND_RESETTLE))
    for since, strand in moves:
        rows.add(
            StrandSpell,
            enrolment_id=one.enrolment_id,
            strand=strand,
            since=since,
            reason="As things stood then.",
            suggested={},
            decided_by=SYSTEM.label,
            decided_at=working_hour(since),
        )
