"""A year of weekly meetings as rows, each with who came and what was decided, and the referrals
that wait for the next one.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random

from engage.cohort.kinds import AgendaReason, DecisionKind
from engage.cohort.meeting_model import AgendaItem, Meeting, MeetingAttendance, MeetingDecision
from engage.cohort.model import Referral, Transfer
from engage.demo.house import House
from engage.demo.lives import FIRST_NAMES, LAST_NAMES
from engage.demo.people import DemoPerson, noon
from engage.demo.rows import Rows

WEEKS = 52
WAITING = 9
WEDNESDAY = 2


def write(
    rows: Rows, house: House, people: Sequence[DemoPerson], now: datetime, luck: Random
) -> None:
    """Every Wednesday for a year; each person was adopted by the first meeting on or after the day
    they joined.
    """
    today = now.date()
    first = today - timedelta(days=7 * WEEKS)
    first += timedelta(days=(WEDNESDAY - first.weekday()) % 7)
    joined = sorted(people, key=lambda one: one.life.adopted_on)
    for week in range(WEEKS):
        held_on = first + timedelta(days=7 * week)
        if held_on >= today:
            break
        adopted = [
            one for one in joined if held_on - timedelta(days=7) < one.life.adopted_on <= held_on
        ]
        known = [
            one
            for one in joined
            if one.life.adopted_on <= held_on - timedelta(days=7) and not one.life.left_on
        ]
        _meeting(rows, house, held_on, adopted, luck.sample(known, min(len(known), 6)), luck)
    _waiting(rows, house, today, luck)
    for one in luck.sample(list(people), min(len(people), 12)):
        _transfer(rows, house, one, today, luck)


def _meeting(
    rows: Rows,
    house: House,
    held_on: date,
    adopted: Sequence[DemoPerson],
    reviewed: Sequence[DemoPerson],
    luck: Random,
) -> None:
    by = f"staff:{house.coordinator.id}"
    meeting_id = rows.add(
        Meeting,
        hub_id=house.hub.id,
        held_on=held_on,
        chair=house.coordinator.name,
        minutes="Gone through by the agenda.",
        called_by=by,
        called_at=noon(held_on - timedelta(days=7)),
        closed_at=noon(held_on) + timedelta(hours=2),
        closed_by=by,
    )
    for agency in house.agencies:
        came = luck.random() < 0.85
        rows.plain(
            MeetingAttendance,
            meeting_id=meeting_id,
            agency_id=agency.id,
            came=came,
            names="One of them" if came else "",
        )
    items = [
        *(
            (one, AgendaReason.REFERRAL, DecisionKind.ADOPT, {"referral_id": one.referral_id})
            for one in adopted
        ),
        *(
            (one, AgendaReason.REVIEW_DUE, DecisionKind.RETAIN, {"person_id": one.id})
            for one in reviewed
        ),
    ]
    for _, reason, kind, who in items:
        item_id = rows.add(
            AgendaItem,
            meeting_id=meeting_id,
            reasons=[reason.value],
            added_by="system",
            added_at=noon(held_on - timedelta(days=1)),
            **who,
        )
        rows.add(
            MeetingDecision,
            item_id=item_id,
            kind=kind,
            reason="Agreed by all who were there.",
            details={},
            decided_by=by,
            decided_at=noon(held_on) + timedelta(hours=1),
        )


def _waiting(rows: Rows, house: House, today: date, luck: Random) -> None:
    for number in range(WAITING):
        agency = luck.choice(house.agencies)
        rows.add(
            Referral,
            hub_id=house.hub.id,
            agency_id=agency.id,
            crn=f"Y{600000 + number}" if number % 2 else None,
            first_name=luck.choice(FIRST_NAMES),
            last_name=luck.choice(LAST_NAMES),
            date_of_birth=date(1990 + number, 3, 3 + number),
            at_arrest=agency is house.police,
            reasons="Eleven shop thefts since the summer; asks for help with drugs.",
            offending="Theft, most weeks.",
            needs=["drugs_and_alcohol"],
            referred_by=f"staff:{house.coordinator.id}",
            referred_at=noon(today - timedelta(days=luck.randint(1, 6))),
        )


def _transfer(rows: Rows, house: House, one: DemoPerson, today: date, luck: Random) -> None:
    before = luck.choice([officer for officer in house.officers if officer.id != one.officer.id])
    days = (today - one.life.adopted_on).days
    rows.add(
        Transfer,
        person_id=one.id,
        from_id=before.id,
        to_id=one.officer.id,
        note="Moved to this side of the river.",
        made_by=f"staff:{house.supervisor.id}",
        at=noon(one.life.adopted_on + timedelta(days=luck.randint(1, days - 1))),
    )
