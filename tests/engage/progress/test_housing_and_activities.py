"""Housing and activities: recorded, verified, disputed, recorded from self-reports; nothing is
overwritten.
"""

import threading
import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import Actor
from engage.agencies.model import AgencyKind, Hub, Role, Staff
from engage.core.db import Database
from engage.core.errors import (
    Conflict,
    EngageError,
    Forbidden,
    Invalid,
    NotFound,
)
from engage.core.model import Event
from engage.people.model import Person
from engage.progress import service as news
from engage.progress.activities import service as activities
from engage.progress.activities.kinds import ActivityEnding, ActivityKind
from engage.progress.activities.model import Activity
from engage.progress.housing import service as housing
from engage.progress.housing.kinds import HousingStage
from engage.progress.housing.model import HousingSpell
from engage.progress.kinds import ReportFact, ReportKind, ReportState
from engage.progress.stability import stability_by_person, stability_of
from engage.signals import Signal
from tests import builders
from tests.engage.progress import stage
from tests.engage.progress.stage import TODAY
from tests.engage.progress.test_reports import partner
from tests.engage.queries.test_statements import counted

FLAT = HousingStage.SOCIAL_TENANCY


@pytest.fixture
def hub(session: Session) -> Hub:
    """One hub."""
    return builders.hub(session)


@pytest.fixture
def pat(session: Session, hub: Hub) -> Staff:
    """The offender manager."""
    return builders.staff(session, hub)


@pytest.fixture
def actor(pat: Staff) -> Actor:
    """The offender manager as actor."""
    return builders.actor(pat)


@pytest.fixture
def katrina(session: Session, pat: Staff) -> Person:
    """A person of Pat's."""
    return builders.person(session, pat)


def home(session: Session, actor: Actor, whose: Person, **values: Any) -> HousingSpell:
    """Record that the person has a flat from today, verified by the actor."""
    given = {"stage": FLAT, "since": TODAY, "sure": True, "now": builders.NOW, **values}
    return housing.record(session, actor, whose.id, **given)


def work(session: Session, actor: Actor, whose: Person, **values: Any) -> Activity:
    """Record that the person has work from today, verified by the actor."""
    given = {
        "kind": ActivityKind.WORK,
        "name": "The bakery",
        "started_on": TODAY,
        "sure": True,
        "now": builders.NOW,
        **values,
    }
    return activities.start(session, actor, whose.id, **given)


def kinds_of_events(session: Session) -> list[str]:
    """The kinds in the log of events."""
    session.flush()
    return list(session.scalars(select(Event.kind).order_by(Event.id)))


def test_a_home_is_recorded_verified_and_disputed(
    session: Session, actor: Actor, katrina: Person, now: datetime
) -> None:
    """Self-reported at first; each judgement with who and when; the event names no stage; repeating
    it adds no event.
    """
    spell = home(session, actor, katrina, sure=False, note=" keys on friday ")
    assert (spell.state, spell.note, spell.judged_by) == (
        ReportState.SELF_REPORTED,
        "keys on friday",
        None,
    )
    assert stability_of(session, katrina.id, TODAY) == (False, False)
    for _ in range(2):
        housing.verify(session, actor, spell.id, note="saw the tenancy", now=now)
    assert stability_of(session, katrina.id, TODAY) == (True, False)
    housing.dispute(
        session, actor, spell.id, note="the landlord says no", now=now + timedelta(hours=1)
    )
    assert (spell.state, spell.stage, spell.judged_by) == (ReportState.DISPUTED, FLAT, actor.label)
    assert stability_of(session, katrina.id, TODAY) == (False, False)
    assert kinds_of_events(session) == ["housing.recorded", "housing.verified", "housing.disputed"]
    assert {tuple(event.data) for event in session.scalars(select(Event))} == {("housing",)}
    assert session.scalars(select(Signal)).all() == []


@pytest.mark.parametrize("fact", sorted(housing.HOME_FACTS))
def test_a_home_is_recorded_from_a_self_report(
    session: Session, actor: Actor, katrina: Person, now: datetime, fact: ReportFact
) -> None:
    """The self-report is verified with it, once; a second home is not recorded from it unless the
    first was wrong.
    """
    report = builders.report(session, katrina, now, fact=fact)
    spell = home(session, actor, katrina, report_id=report.id)
    assert (report.state, spell.report_id) == (ReportState.VERIFIED, report.id)
    with pytest.raises(Conflict, match="already"):
        home(session, actor, katrina, report_id=report.id)
    housing.dispute(session, actor, spell.id, note="a friend's", now=now)
    assert (
        home(session, actor, katrina, stage=HousingStage.SOFA, report_id=report.id).id != spell.id
    )


def test_disputing_a_self_report_disputes_what_rests_on_it(
    session: Session, actor: Actor, katrina: Person, now: datetime
) -> None:
    """A self-reported home is disputed with it, with the same words; a verified one stays."""
    first, second = (builders.report(session, katrina, now) for _ in range(2))
    job = builders.report(session, katrina, now, kind=ReportKind.WORK, fact=ReportFact.GOT_WORK)
    word = home(session, actor, katrina, sure=False, report_id=first.id)
    sure = home(session, actor, katrina, report_id=second.id)
    bakery = work(session, actor, katrina, sure=False, report_id=job.id)
    for report in (first, second, job):
        news.dispute(session, actor, report.id, note="not so", now=now)
    assert (word.state, word.judged_note) == (ReportState.DISPUTED, "not so")
    assert (sure.state, bakery.state) == (ReportState.VERIFIED, ReportState.DISPUTED)
    assert kinds_of_events(session)[-4:] == [
        "housing.disputed",
        "progress.disputed",
        "progress.disputed",
        "activity.disputed",
    ]


def test_no_home_from_another_persons_or_another_kind_of_report(
    session: Session, actor: Actor, pat: Staff, katrina: Person, now: datetime
) -> None:
    """Nor from a disputed one, or one that does not exist; nothing is kept."""
    other = builders.person(session, pat, number="+447700900102")
    wrong = builders.report(session, katrina, now)
    news.dispute(session, actor, wrong.id, note="no", now=now)
    job = builders.report(session, katrina, now, kind=ReportKind.WORK, fact=ReportFact.GOT_WORK)
    cases: list[tuple[uuid.UUID, type[EngageError]]] = [
        (builders.report(session, other, now).id, NotFound),
        (uuid.uuid4(), NotFound),
        (wrong.id, Conflict),
        (job.id, Conflict),
    ]
    for report_id, refusal in cases:
        with pytest.raises(refusal):
            home(session, actor, katrina, report_id=report_id)
    assert session.scalars(select(HousingSpell)).all() == []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"since": TODAY + timedelta(days=1)}, "since"),
        ({"since": date(1899, 1, 1)}, "since"),
        ({"note": "x" * 201}, "note"),
        ({"note": "a\0b"}, "note"),
    ],
)
def test_invalid_homes_are_refused(
    session: Session, actor: Actor, katrina: Person, values: dict[str, Any], field: str
) -> None:
    """Each refusal names its field."""
    with pytest.raises(Invalid) as refusal:
        home(session, actor, katrina, **values)
    assert set(refusal.value.fields) == {field}


def test_work_starts_and_ends(
    session: Session, actor: Actor, katrina: Person, now: datetime
) -> None:
    """From a self-report, verified with it; its end is kept, and another end replaces it; the last
    day still counts.
    """
    report = builders.report(session, katrina, now, kind=ReportKind.WORK, fact=ReportFact.GOT_WORK)
    job = work(session, actor, katrina, report_id=report.id, agency="Probation")
    assert report.state is ReportState.VERIFIED and job.agency_id is not None
    assert stability_of(session, katrina.id, TODAY).work
    later = now + timedelta(days=5)
    for _ in range(2):
        activities.end(
            session, actor, job.id, ended_on=later.date(), ending=ActivityEnding.LOST, now=later
        )
    assert stability_of(session, katrina.id, later.date()).work
    assert not stability_of(session, katrina.id, later.date() + timedelta(days=1)).work
    activities.end(session, actor, job.id, ended_on=TODAY, ending=ActivityEnding.LEFT, now=later)
    assert (job.ended_on, job.ending) == (TODAY, ActivityEnding.LEFT)
    made = [kind for kind in kinds_of_events(session) if kind.startswith("activity")]
    assert made == ["activity.recorded", "activity.ended", "activity.ended"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"started_on": TODAY + timedelta(days=1)}, "started_on"),
        ({"agency": "Nobody"}, "agency"),
    ],
)
def test_invalid_work_is_refused(
    session: Session, actor: Actor, katrina: Person, values: dict[str, Any], field: str
) -> None:
    """Each refusal names its field, and nothing is kept."""
    with pytest.raises(Invalid) as refusal:
        work(session, actor, katrina, **values)
    assert set(refusal.value.fields) == {field}
    assert session.scalars(select(Activity)).all() == []


@pytest.mark.parametrize("ended_on", [TODAY - timedelta(days=1), TODAY + timedelta(days=1)])
def test_nothing_ends_before_its_start_or_in_the_future(
    session: Session, actor: Actor, katrina: Person, now: datetime, ended_on: date
) -> None:
    """The message is with the day."""
    job = work(session, actor, katrina)
    with pytest.raises(Invalid) as refusal:
        activities.end(
            session, actor, job.id, ended_on=ended_on, ending=ActivityEnding.LEFT, now=now
        )
    assert set(refusal.value.fields) == {"ended_on"}


def test_treatment_requires_health_access(
    session: Session, hub: Hub, katrina: Person, now: datetime
) -> None:
    """A drug worker records it; a housing worker records a home and a job, but no treatment."""
    drugs, homes = (
        partner(session, hub, katrina, kind)
        for kind in (AgencyKind.DRUG_AND_ALCOHOL, AgencyKind.HOUSING)
    )
    care = work(session, drugs, katrina, kind=ActivityKind.TREATMENT, name="Scripts")
    home(session, homes, katrina)
    job = work(session, homes, katrina)
    with pytest.raises(Forbidden):
        work(session, homes, katrina, kind=ActivityKind.TREATMENT)
    with pytest.raises(Forbidden):
        activities.verify(session, homes, care.id, now=now)
    assert {one.id for one in activities.of_person(session, katrina.id, health=False)} == {job.id}
    assert {one.id for one in activities.of_person(session, katrina.id, health=True)} == {
        job.id,
        care.id,
    }


def test_only_those_who_work_with_the_person_record_and_judge(
    session: Session, hub: Hub, actor: Actor, katrina: Person, now: datetime
) -> None:
    """For another offender manager none of it exists; an auditor may only read."""
    spell, job = home(session, actor, katrina), work(session, actor, katrina)
    strangers = [
        (builders.actor(builders.staff(session, hub, name="Dai Rees")), NotFound),
        (builders.actor(builders.staff(session, hub, Role.AUDITOR)), Forbidden),
    ]
    attempts: list[Callable[[Actor], object]] = [
        lambda who: home(session, who, katrina),
        lambda who: work(session, who, katrina),
        lambda who: housing.verify(session, who, spell.id, now=now),
        lambda who: housing.dispute(session, who, spell.id, note="x", now=now),
        lambda who: activities.dispute(session, who, job.id, note="x", now=now),
        lambda who: activities.end(
            session, who, job.id, ended_on=TODAY, ending=ActivityEnding.LEFT, now=now
        ),
    ]
    for who, refusal in strangers:
        for attempt in attempts:
            with pytest.raises(refusal):
                attempt(who)
    for missing in (housing.verify, activities.verify):
        with pytest.raises(NotFound):
            missing(session, actor, uuid.uuid4(), now=now)


def test_many_people_cost_two_statements(session: Session, pat: Staff) -> None:
    """The facts for rule 9 are gathered for a whole caseload together."""
    people = [builders.person(session, pat, number=None) for _ in range(6)]
    for one in people[:3]:
        stage.spell(session, one)
        stage.activity(session, one)
    session.expunge_all()
    with counted(session) as statements:
        found = stability_by_person(session, [one.id for one in people], TODAY)
    assert [found[one.id] for one in people] == [(True, True)] * 3 + [(False, False)] * 3
    assert len(statements) == 2


def test_two_record_from_one_self_report_at_once(committed: Database, now: datetime) -> None:
    """One home is recorded, and the other worker is told that it already is."""
    with committed.begin() as session:
        pat = builders.staff(session, builders.hub(session))
        katrina = builders.person(session, pat)
        report_id = builders.report(session, katrina, now).id
        actor = builders.actor(pat)
    gate, refused = threading.Barrier(2), []

    def make() -> None:
        gate.wait(10)
        try:
            with committed.begin() as session:
                home(session, actor, katrina, report_id=report_id)
        except Conflict as refusal:
            refused.append(refusal.code)

    threads = [threading.Thread(target=make) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert refused == ["recorded"]
    with committed.begin() as session:
        assert len(session.scalars(select(HousingSpell)).all()) == 1
