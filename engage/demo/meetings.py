"""A year of weekly meetings as rows, each with attendance and decisions, and the referrals that
wait for the next one.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random

from engage.cohort.kinds import AgendaReason, DecisionKind
from engage.cohort.meeting_model import AgendaItem, Meeting, MeetingAttendance, MeetingDecision
from engage.cohort.model import Referral, Transfer
from engage.demo.hub import DemoHub
from engage.demo.lives import FIRST_NAMES, LAST_NAMES
from engage.demo.people import DemoPerson, working_hour
from engage.demo.rows import Rows

WEEKS = 52
WAITING = 9
WEDNESDAY = 2


def write(
    rows: Rows, demo: DemoHub, people: Sequence[DemoPerson], now: datetime, luck: Random
) -> None:
    """A meeting every Wednesday for a year. Each person was adopted by the first meeting on or
    after the day they joined.
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
        _meeting(rows, demo, held_on, adopted, luck.sample(known, min(len(known), 6)), luck)
    _waiting(rows, demo, today, luck)
    for one in luck.sample(list(people), min(len(people), 12)):
        _transfer(rows, demo, one, today, luck)


def _meeting(
    rows: Rows,
    demo: DemoHub,
    held_on: date,
    adopted: Sequence[DemoPerson],
    reviewed: Sequence[DemoPerson],
    luck: Random,
) -> None:
    by = f"staff:{demo.coordinator.id}"
    meeting_id = rows.add(
        Meeting,
        hub_id=demo.hub.id,
        held_on=held_on,
        chair=demo.coordinator.name,
        minutes="Gone through by the agenda.",
        called_by=by,
        called_at=working_hour(held_on - timedelta(days=7)),
        closed_at=working_hour(held_on) + timedelta(hours=2),
        closed_by=by,
    )
    for agency in demo.agencies:
        came = luck.random() < 0.85
        rows.add_keyed(
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
            added_at=working_hour(held_on - timedelta(days=1)),
            **who,
        )
        rows.add(
            MeetingDecision,
            item_id=item_id,
            kind=kind,
            reason="Agreed by all who were there.",
            details={},
            decided_by=by,
            decided_at=working_hour(held_on) + timedelta(hours=1),
        )


def _waiting(rows: Rows, demo: DemoHub, today: date, luck: Random) -> None:
    for number in range(WAITING):
        agency = luck.choice(demo.agencies)
        rows.add(
            Referral,
            hub_id=demo.hub.id,
            agency_id=agency.id,
            crn=f"Y{600000 + number}" if number % 2 else None,
            first_name=luck.choice(FIRST_NAMES),
            last_name=luck.choice(LAST_NAMES),
            date_of_birth=date(1990 + number, 3, 3 + number),
            at_arrest=agency is demo.police,
            reasons="Eleven shop thefts since the summer; asks for help with drugs.",
            offending="Theft, most weeks.",
            needs=["drugs_and_alcohol"],
            referred_by=f"staff:{demo.coordinator.id}",
            referred_at=working_hour(today - timedelta(days=luck.randint(1, 6))),
        )


def _transfer(rows: Rows, demo: DemoHub, one: DemoPerson, today: date, luck: Random) -> None:
    before = luck.choice([officer for officer in demo.officers if officer.id != one.officer.id])
    days = (today - one.life.adopted_on).days
    rows.add(
        Transfer,
        person_id=one.id,
        from_id=before.id,
        to_id=one.officer.id,
        note="Moved to this side of the river.",
        made_by=f"staff:{demo.supervisor.id}",
        at=working_hour(one.life.adopted_on + timedelta(days=luck.randint(1, days - 1))),
    )
