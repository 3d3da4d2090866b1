"""The case of an invented person as rows: orders, prison, offences, tests and enforcement."""

import uuid
from datetime import date, datetime, timedelta
from random import Random

from engage.access.policy import SYSTEM
from engage.compliance.kinds import Delivery, EnforcementKind
from engage.compliance.model import Enforcement, EnforcementFailure
from engage.demo.hub import DemoHub
from engage.demo.lives import Group
from engage.demo.people import DemoPerson, working_hour
from engage.demo.rows import Rows
from engage.legal.kinds import CustodyKind, OffenceKind, OrderEnding, OrderKind, RequirementKind
from engage.legal.model import (
    CustodySpell,
    IntelligenceFlag,
    Offence,
    Order,
    ReleasePlan,
    Requirement,
    RequirementCredit,
)
from engage.progress.drug_tests.model import CourtReview, DrugTest, DrugTestResult

_RESULTS = (DrugTestResult.NEGATIVE, DrugTestResult.POSITIVE, DrugTestResult.MISSED)


def write(
    rows: Rows, demo: DemoHub, one: DemoPerson, now: datetime, luck: Random
) -> uuid.UUID | None:
    """Write orders, prison, offences, the flag and tests. Return the id of the order in force, if
    any.
    """
    today = now.date()
    order_id = _order(rows, one, today, luck)
    _prison(rows, one, today, luck)
    _offences(rows, one, today, luck)
    if luck.random() < 0.08:
        flagged = today - timedelta(days=luck.randint(1, 60))
        over = luck.random() < 0.5
        rows.add(
            IntelligenceFlag,
            person_id=one.id,
            flagged_on=flagged,
            ended_on=flagged if over else None,
            recorded_by=f"staff:{demo.coordinator.id}",
            recorded_at=working_hour(flagged),
            ended_by=f"staff:{demo.coordinator.id}" if over else None,
        )
    return order_id


def _order(rows: Rows, one: DemoPerson, today: date, luck: Random) -> uuid.UUID | None:
    """An order in force; for half of the voluntary people, one that has ended."""
    voluntary = one.life.group is Group.VOLUNTARY
    if voluntary and luck.random() < 0.5:
        return None
    starts_on = one.life.adopted_on - timedelta(days=luck.randint(5, 90))
    ends_on = (
        one.life.adopted_on - timedelta(days=1)
        if voluntary
        else today + timedelta(days=luck.randint(20, 400))
    )
    order_id = rows.add(
        Order,
        person_id=one.id,
        kind=luck.choices(list(OrderKind), weights=(5, 3, 3))[0],
        court="Sunderland Magistrates",
        made_on=starts_on,
        starts_on=starts_on,
        ends_on=ends_on,
        ended_on=ends_on if voluntary else None,
        ending=OrderEnding.COMPLETED if voluntary else None,
        recorded_by=one.label,
        recorded_at=working_hour(starts_on),
    )
    if not voluntary:
        _requirements(rows, one, order_id, starts_on, today, luck)
    return None if voluntary else order_id


def _requirements(
    rows: Rows, one: DemoPerson, order_id: uuid.UUID, starts_on: date, today: date, luck: Random
) -> None:
    days = luck.choice((10, 15, 20, 25))
    rar = _requirement(rows, one, order_id, RequirementKind.RAR, starts_on, amount=days)
    on = starts_on + timedelta(days=14)
    for _ in range(luck.randint(0, days)):
        if on >= today:
            break
        _credit(rows, one, rar, on, 1, "Thinking skills")
        on += timedelta(days=luck.randint(5, 12))
    if luck.random() < 0.15:
        work = _requirement(
            rows,
            one,
            order_id,
            RequirementKind.UNPAID_WORK,
            starts_on,
            amount=60 * luck.choice((40, 80, 120)),
        )
        for week in range(luck.randint(1, 6)):
            if starts_on + timedelta(days=10 + 7 * week) < today:
                _credit(
                    rows,
                    one,
                    work,
                    starts_on + timedelta(days=10 + 7 * week),
                    60 * 7,
                    "Park maintenance",
                )
    if one.life.drugs:
        drr = _requirement(
            rows,
            one,
            order_id,
            RequirementKind.DRR,
            starts_on,
            tests_every_days=7,
            reviews_every_days=28,
        )
        _tests(rows, one, drr, starts_on, today, luck)


def _requirement(
    rows: Rows,
    one: DemoPerson,
    order_id: uuid.UUID,
    kind: RequirementKind,
    starts_on: date,
    **values: int,
) -> uuid.UUID:
    return rows.add(
        Requirement,
        order_id=order_id,
        kind=kind,
        starts_on=starts_on,
        recorded_by=one.label,
        recorded_at=working_hour(starts_on),
        **values,
    )


def _credit(
    rows: Rows, one: DemoPerson, requirement_id: uuid.UUID, on: date, amount: int, what: str
) -> None:
    rows.add(
        RequirementCredit,
        requirement_id=requirement_id,
        done_on=on,
        amount=amount,
        planned_activity=True,
        activity=what,
        recorded_by=one.label,
        recorded_at=working_hour(on),
    )


def _tests(
    rows: Rows, one: DemoPerson, drr: uuid.UUID, starts_on: date, today: date, luck: Random
) -> None:
    """A test every week out of prison; every second person has one planned ahead. A court review
    every four weeks, with the next one planned.
    """
    on = max(starts_on, one.life.adopted_on) + timedelta(days=7)
    reviewed = on + timedelta(days=21)
    while on <= today + timedelta(days=7):
        past = on < today
        if one.life.free(on, today):
            result = (
                luck.choices(_RESULTS, weights=(one.life.reliability, 0.25, 0.15))[0]
                if past
                else None
            )
            rows.add(
                DrugTest,
                person_id=one.id,
                requirement_id=drr,
                due_on=on,
                result=result,
                recorded_by=one.label if past else None,
                recorded_at=working_hour(on) if past else None,
            )
        on += timedelta(days=7)
    while True:
        held = reviewed < today
        rows.add(
            CourtReview,
            person_id=one.id,
            requirement_id=drr,
            review_on=reviewed,
            held_on=reviewed if held else None,
            finding="The order goes on." if held else "",
            recorded_by=one.label,
            recorded_at=working_hour(reviewed if held else today - timedelta(days=1)),
        )
        if not held:
            return
        reviewed += timedelta(days=28)


def _prison(rows: Rows, one: DemoPerson, today: date, luck: Random) -> None:
    spell = one.life.prison
    if spell is None:
        return
    spell_id = rows.add(
        CustodySpell,
        person_id=one.id,
        kind=CustodyKind.REMAND if spell.remand else CustodyKind.CUSTODY,
        since=spell.since,
        prison=luck.choice(("HMP Durham", "HMP Holme House", "HMP Low Newton")),
        sentence_days=spell.days,
        release_on=spell.until,
        released_on=spell.until if spell.over(today) else None,
        recorded_by=one.label,
        recorded_at=working_hour(spell.since),
    )
    if spell.over(today) or (spell.until is not None and luck.random() < 0.2):
        rows.add_keyed(
            ReleasePlan,
            custody_spell_id=spell_id,
            home="A room with Riverside Housing",
            travel="Met at the gate",
            made_by=one.label,
            made_at=working_hour(spell.since),
        )


def _offences(rows: Rows, one: DemoPerson, today: date, luck: Random) -> None:
    """Always one before adoption; after it, fewer for people with higher reliability."""
    before = one.life.adopted_on - timedelta(days=luck.randint(5, 60))
    days = [(before, OffenceKind.CONVICTION)]
    for _ in range(luck.choices((0, 1, 2, 3), weights=(4 * one.life.reliability, 1, 0.5, 0.3))[0]):
        on = one.life.adopted_on + timedelta(
            days=luck.randint(1, (today - one.life.adopted_on).days)
        )
        if one.life.free(on, today):
            days.append((on, luck.choices(list(OffenceKind), weights=(5, 3, 2))[0]))
    for on, kind in days:
        rows.add(
            Offence,
            person_id=one.id,
            kind=kind,
            happened_on=on,
            what=luck.choice(("Theft from a shop", "Burglary of a shed", "Theft from a car")),
            acquisitive=True,
            recorded_by=SYSTEM.label,
            recorded_at=working_hour(on),
        )


def write_enforcement(
    rows: Rows,
    one: DemoPerson,
    order_id: uuid.UUID | None,
    failures: list[tuple[uuid.UUID, uuid.UUID, date]],
    today: date,
    luck: Random,
) -> None:
    """At the second failure a warning letter, given by hand; at the third a referral; some are not
    decided yet (rules 6 and 7).
    """
    recent = sorted(
        (one for one in failures if one[2] > today - timedelta(days=365)), key=lambda one: one[2]
    )
    steps = ((EnforcementKind.WARNING, 2), (EnforcementKind.REFERRAL, 3))
    for kind, count in steps:
        if len(recent) < count or luck.random() < 0.3:
            return
        on = recent[count - 1][2] + timedelta(days=2)
        if on >= today:
            return
        warning = kind is EnforcementKind.WARNING
        enforcement_id = rows.add(
            Enforcement,
            person_id=one.id,
            order_id=order_id,
            kind=kind,
            reason="Did not come, and gave no reason that could be accepted.",
            suggested={},
            letter="You did not come to your appointment and gave no acceptable reason."
            if warning
            else None,
            decided_by=one.label,
            decided_at=working_hour(on),
            due_on=None if warning else on + timedelta(days=14),
            done_on=None if warning or luck.random() < 0.3 else min(on + timedelta(days=9), today),
            given_on=on if warning else None,
            given_how=Delivery.BY_HAND if warning else None,
        )
        for appointment_id, outcome_id, _ in recent[:count]:
            rows.add_keyed(
                EnforcementFailure,
                enforcement_id=enforcement_id,
                appointment_id=appointment_id,
                outcome_id=outcome_id,
            )
