"""At night, rules 6 and 7 are applied where an outcome came in another way or time has moved, and
milestones are found.
"""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.agencies.model import Staff
from engage.appointments.model import OutcomeCode
from engage.cohort.kinds import MilestoneKind, Rag
from engage.cohort.model import Milestone
from engage.cohort.nightly import compliance, service
from engage.legal.model import Offence, OffenceKind
from engage.people.model import LegalStatus, Person
from engage.progress.housing.kinds import HousingStage
from engage.progress.housing.model import HousingSpell
from engage.progress.kinds import ReportState
from engage.signals import Signal, SignalKind, SignalState
from tests import builders
from tests.engage.cohort.nightly.nights import enrolled, reviewed, swept
from tests.engage.queries.cohort.test_statistics import came

DAY = timedelta(days=1)
LAST = service.uuid.UUID(int=2**128 - 1)


def weighed(session: Session, now: datetime) -> int:
    """The number of people to whom the rules were applied."""
    session.flush()
    return compliance.apply_rules_where_due(session, after=service.BEFORE_ALL, upto=LAST, now=now)


def somebody(session: Session, om: Staff, legal: LegalStatus = LegalStatus.STATUTORY) -> Person:
    """A person with no order recorded, statutory or not."""
    return builders.person(session, om, number=None, legal_status=legal)


def open_kinds(session: Session, whose: Person) -> list[SignalKind]:
    """The kinds of the person's open signals."""
    return list(
        session.scalars(
            select(Signal.kind).where(
                Signal.person_id == whose.id, Signal.state != SignalState.RESOLVED
            )
        )
    )


def test_a_second_failure_recorded_elsewhere_is_found_once(session: Session, now: datetime) -> None:
    """Rule 6: only for people under an order; one failure, or an accepted absence, is
    not enough.
    """
    pat = builders.staff(session, builders.hub(session))
    twice, once = somebody(session, pat), somebody(session, pat)
    excused, voluntary = somebody(session, pat), somebody(session, pat, LegalStatus.NON_STATUTORY)
    for person in (twice, voluntary):
        came(session, person, 30, OutcomeCode.UNACCEPTABLE_ABSENCE)
        came(session, person, 10, OutcomeCode.ATTENDED_FAILED_TO_COMPLY)
    came(session, once, 10, OutcomeCode.UNACCEPTABLE_ABSENCE)
    came(session, excused, 10, OutcomeCode.UNACCEPTABLE_ABSENCE)
    came(session, excused, 9, OutcomeCode.ABSENT_MEDICAL)
    assert weighed(session, now) == 1
    assert open_kinds(session, twice) == [SignalKind.SECOND_FAILURE]
    assert [open_kinds(session, one) for one in (once, excused, voluntary)] == [[], [], []]
    assert weighed(session, now + DAY) == 0


def test_failures_that_grow_old_no_longer_count(session: Session, now: datetime) -> None:
    """Rule 6: the twelve months roll; the signal is resolved, and the person is not
    checked again.
    """
    pat = builders.staff(session, builders.hub(session))
    person = somebody(session, pat)
    came(session, person, 300, OutcomeCode.UNACCEPTABLE_ABSENCE)
    came(session, person, 10, OutcomeCode.UNACCEPTABLE_ABSENCE)
    assert weighed(session, now) == 1
    assert open_kinds(session, person) == [SignalKind.SECOND_FAILURE]
    assert weighed(session, now + 70 * DAY) == 1
    assert open_kinds(session, person) == []
    assert weighed(session, now + 71 * DAY) == 0


def test_when_the_order_has_ended_nothing_is_left_to_consider(
    session: Session, now: datetime
) -> None:
    """Rule 6: statutory people only; an earlier signal is resolved on the first night after the
    end.
    """
    pat = builders.staff(session, builders.hub(session))
    person = somebody(session, pat)
    came(session, person, 30, OutcomeCode.UNACCEPTABLE_ABSENCE)
    came(session, person, 10, OutcomeCode.UNACCEPTABLE_ABSENCE)
    assert weighed(session, now) == 1
    assert open_kinds(session, person) == [SignalKind.SECOND_FAILURE]
    person.legal_status = LegalStatus.NON_STATUTORY
    assert [weighed(session, now + days * DAY) for days in (1, 2)] == [1, 0]
    assert open_kinds(session, person) == []


def test_what_was_reached_since_the_last_night_is_found(session: Session, now: datetime) -> None:
    """Rule 16: 28 days without an offence: nothing the night before, and found once."""
    katrina = builders.person(session, builders.staff(session, builders.hub(session)))
    enrolment = enrolled(session, katrina, on=now.date() - 27 * DAY)
    reviewed(session, enrolment, Rag.AMBER, now.date(), now.date() + 14 * DAY, now)
    swept(session, now)
    assert session.scalars(select(Milestone)).all() == []
    swept(session, now + DAY)
    swept(session, now + 2 * DAY)
    (reached,) = session.scalars(select(Milestone)).all()
    assert (reached.kind, reached.step, reached.reached_on) == (
        MilestoneKind.OFFENCE_FREE,
        28,
        now.date() + DAY,
    )


@pytest.mark.parametrize(
    ("adopted", "homes", "arrested"), [(89, [200], None), (89, [200], 35), (300, [89, 40], None)]
)
def test_ninety_days_housed_are_found_on_their_day(
    session: Session, now: datetime, adopted: int, homes: list[int], arrested: int | None
) -> None:
    """Rule 16: a move between homes, or an arrest, does not restart the days housed, and they are
    found on the day itself.
    """
    katrina = builders.person(session, builders.staff(session, builders.hub(session)))
    enrolment = enrolled(session, katrina, on=now.date() - adopted * DAY)
    reviewed(session, enrolment, Rag.AMBER, now.date(), now.date() + 14 * DAY, now)
    for days in homes:
        session.add(
            HousingSpell(
                person_id=katrina.id,
                stage=HousingStage.SOCIAL_TENANCY,
                since=now.date() - days * DAY,
                state=ReportState.VERIFIED,
                recorded_by="system",
                recorded_at=now - days * DAY,
            )
        )
    if arrested is not None:
        session.add(
            Offence(
                person_id=katrina.id,
                kind=OffenceKind.ARREST,
                happened_on=now.date() - arrested * DAY,
                what="Burglary",
                acquisitive=True,
                recorded_by="system",
                recorded_at=now - arrested * DAY,
            )
        )
    housed = select(Milestone.reached_on).where(
        Milestone.kind == MilestoneKind.HOUSED, Milestone.step == 90
    )
    swept(session, now)
    assert session.scalars(housed).all() == []
    swept(session, now + DAY)
    swept(session, now + 2 * DAY)
    assert session.scalars(housed).all() == [now.date() + DAY]


def test_a_withdrawn_arrest_restores_the_days_the_next_night(
    session: Session, now: datetime
) -> None:
    """Rule 16: what was reached without the arrest is found, and praised if still in time."""
    katrina = builders.person(session, builders.staff(session, builders.hub(session)))
    enrolment = enrolled(session, katrina, on=now.date() - 35 * DAY)
    reviewed(session, enrolment, Rag.AMBER, now.date(), now.date() + 14 * DAY, now)
    arrest = Offence(
        person_id=katrina.id,
        kind=OffenceKind.ARREST,
        happened_on=now.date() - 5 * DAY,
        what="Burglary",
        acquisitive=True,
        recorded_by="system",
        recorded_at=now - 5 * DAY,
    )
    session.add(arrest)
    swept(session, now)
    assert session.scalars(select(Milestone)).all() == []
    arrest.withdrawn_at, arrest.withdrawn_by = now + timedelta(hours=9), "system"
    swept(session, now + DAY)
    assert session.scalars(select(Milestone.reached_on)).all() == [now.date() - 7 * DAY]
