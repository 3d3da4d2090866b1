"""The plan and progress of an invented person as rows: needs, actions, housing, activities and
self-reports.
"""

from datetime import date, datetime, timedelta
from random import Random

from engage.access.policy import SYSTEM
from engage.cohort.kinds import MilestoneKind
from engage.cohort.model import Milestone
from engage.demo.hub import DemoHub
from engage.demo.people import DemoPerson, working_hour
from engage.demo.rows import Rows
from engage.plan.kinds import ActionClass, ActionState, Approval, Pathway
from engage.plan.model import Action, NeedScore, StandingApproval
from engage.progress.activities.model import Activity, ActivityEnding, ActivityKind
from engage.progress.housing.model import HousingSpell, HousingStage
from engage.progress.kinds import ReportFact, ReportKind, ReportState
from engage.progress.model import SelfReport

WHAT = {
    Pathway.ACCOMMODATION: ("Find a room", "Sort the deposit"),
    Pathway.EDUCATION_TRAINING_EMPLOYMENT: (
        "Put them forward for the course",
        "Write a CV together",
    ),
    Pathway.HEALTH: ("Register them with a GP",),
    Pathway.DRUGS_AND_ALCOHOL: ("First appointment with the drug worker",),
    Pathway.FINANCE_BENEFIT_DEBT: ("Claim Universal Credit", "Agree a payment plan"),
    Pathway.CHILDREN_AND_FAMILIES: ("Family mediation",),
    Pathway.ATTITUDES_THINKING_BEHAVIOUR: ("Thinking skills group",),
}
STAGES = list(HousingStage)
HOUSED_FROM = STAGES.index(HousingStage.HOSTEL)
NEWS = (
    (ReportKind.HOUSING, ReportFact.GOT_HOME),
    (ReportKind.COURSE, ReportFact.STARTED_COURSE),
    (ReportKind.WORK, ReportFact.GOT_WORK),
    (ReportKind.GROUP, ReportFact.ATTENDED_GROUP),
)


def write(rows: Rows, demo: DemoHub, one: DemoPerson, now: datetime, luck: Random) -> None:
    """Write the plan and the progress of one person."""
    today = now.date()
    _needs(rows, one, today, luck)
    _actions(rows, demo, one, today, luck)
    _housing(rows, one, today, luck)
    _activities(rows, demo, one, today, luck)
    _news(rows, one, now, luck)


def _needs(rows: Rows, one: DemoPerson, today: date, luck: Random) -> None:
    for pathway in Pathway:
        score, on = luck.randint(0, 3), one.life.adopted_on
        while on <= today:
            rows.add(
                NeedScore,
                person_id=one.id,
                pathway=pathway,
                score=score,
                scored_by=one.label,
                scored_at=working_hour(on),
            )
            score = max(0, min(3, score - (1 if luck.random() < one.life.reliability else -1)))
            on += timedelta(days=91)


def _actions(rows: Rows, demo: DemoHub, one: DemoPerson, today: date, luck: Random) -> None:
    if luck.random() < 0.3:
        rows.add(
            StandingApproval,
            person_id=one.id,
            action_class=ActionClass.SUPPORT,
            given_by=one.label,
            given_at=working_hour(one.life.adopted_on),
        )
    for _ in range(luck.randint(2, 6)):
        pathway = luck.choice(list(Pathway))
        agency, worker = luck.choice(demo.partners)
        proposed = one.life.adopted_on + timedelta(
            days=luck.randint(0, (today - one.life.adopted_on).days)
        )
        due_on = proposed + timedelta(days=luck.randint(7, 60))
        state = _state(due_on, today, luck)
        agreed = state is not ActionState.PROPOSED
        over = state in (ActionState.DONE, ActionState.WITHDRAWN)
        ended = min(due_on, today - timedelta(days=1))
        ended = max(ended, proposed)
        rows.add(
            Action,
            person_id=one.id,
            pathway=pathway,
            action_class=luck.choices(list(ActionClass), weights=(7, 2, 1))[0],
            what=luck.choice(WHAT[pathway]),
            agency_id=agency.id,
            responsible=worker.name,
            responsible_id=worker.id,
            due_on=due_on,
            exit_plan=luck.random() < 0.15,
            state=state,
            proposed_by=f"staff:{worker.id}",
            proposed_at=working_hour(proposed),
            approval=Approval.SINGLE if agreed else None,
            approved_by=one.label if agreed else None,
            approved_at=working_hour(proposed) if agreed else None,
            done_on=ended if state is ActionState.DONE else None,
            ended_by=one.label if over else None,
            ended_at=working_hour(ended) if over else None,
        )


def _state(due_on: date, today: date, luck: Random) -> ActionState:
    if due_on >= today:
        return luck.choices(list(ActionState)[:3], weights=(2, 6, 2))[0]
    return luck.choices(
        (ActionState.LIVE, ActionState.DONE, ActionState.WITHDRAWN), weights=(7, 82, 11)
    )[0]


def _housing(rows: Rows, one: DemoPerson, today: date, luck: Random) -> None:
    stage, since = luck.randint(0, 6), one.life.adopted_on
    for _ in range(luck.randint(1, 3)):
        if since > today:
            return
        verified = luck.random() < 0.7
        rows.add(
            HousingSpell,
            person_id=one.id,
            stage=STAGES[stage],
            since=since,
            state=ReportState.VERIFIED if verified else ReportState.SELF_REPORTED,
            recorded_by=one.label,
            recorded_at=working_hour(since),
            judged_by=one.label if verified else None,
            judged_at=working_hour(since) if verified else None,
        )
        later = min(len(STAGES) - 1, stage + luck.randint(1, 4))
        if stage < HOUSED_FROM <= later:
            _reached(rows, one, MilestoneKind.HOUSED, 1, since + timedelta(days=40), today)
        stage, since = later, since + timedelta(days=luck.randint(40, 120))


def _activities(rows: Rows, demo: DemoHub, one: DemoPerson, today: date, luck: Random) -> None:
    for kind, name in (
        (ActivityKind.COURSE, "Level 1 in catering"),
        (ActivityKind.WORK, "Warehouse, nights"),
    ):
        if luck.random() > 0.4 * one.life.reliability + 0.1:
            continue
        started = one.life.adopted_on + timedelta(days=luck.randint(5, 200))
        ended = started + timedelta(days=luck.randint(20, 120))
        if started > today:
            continue
        over = ended <= today and luck.random() < 0.7
        rows.add(
            Activity,
            person_id=one.id,
            kind=kind,
            name=name,
            agency_id=demo.partners[2][0].id if kind is ActivityKind.COURSE else None,
            started_on=started,
            ended_on=ended if over else None,
            ending=luck.choice((ActivityEnding.FINISHED, ActivityEnding.LEFT)) if over else None,
            state=luck.choice((ReportState.VERIFIED, ReportState.SELF_REPORTED)),
            recorded_by=one.label,
            recorded_at=working_hour(started),
        )
        if kind is ActivityKind.COURSE:
            _reached(rows, one, MilestoneKind.COURSE_STARTED, 1, started, today)


def _reached(
    rows: Rows, one: DemoPerson, kind: MilestoneKind, step: int, on: date, today: date
) -> None:
    if on < today:
        rows.add(
            Milestone,
            person_id=one.id,
            kind=kind,
            step=step,
            counted_from=on,
            reached_on=on,
            found_at=working_hour(on),
            not_praised="Reached before Engage counted it.",
        )


def _news(rows: Rows, one: DemoPerson, now: datetime, luck: Random) -> None:
    for kind, fact in NEWS:
        if luck.random() < 0.12:
            said = now - timedelta(days=luck.randint(1, 38), hours=luck.randint(1, 8))
            verified = luck.random() < 0.5
            rows.add(
                SelfReport,
                person_id=one.id,
                kind=kind,
                fact=fact,
                note="Told me at our appointment",
                said_at=said,
                recorded_by=SYSTEM.label,
                state=ReportState.VERIFIED if verified else ReportState.SELF_REPORTED,
                judged_by=one.label if verified else None,
                judged_at=said + timedelta(hours=3) if verified else None,
            )
