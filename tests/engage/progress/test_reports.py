"""Self-reports: who may add, judge and see them; health matters are seen by few; nothing is
overwritten.
"""

import threading
import uuid
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engage.access.policy import Actor
from engage.agencies.model import AgencyKind, Hub, Role, Staff
from engage.core.db import Database
from engage.core.errors import Forbidden, Invalid, NotFound
from engage.core.model import Event
from engage.people.model import Person
from engage.people.service import ensure_involved
from engage.progress import rules, service
from engage.progress.model import ReportFact, ReportKind, ReportState, SelfReport
from engage.queries.progress import self_reports
from engage.signals import Signal, SignalKind
from messaging.tables import Inbound
from tests import builders
from tests.engage.conversation.phones import text_in


@pytest.fixture
def hub(session: Session) -> Hub:
    """One hub."""
    return builders.hub(session)


@pytest.fixture
def pat(session: Session, hub: Hub) -> Staff:
    """The offender manager."""
    return builders.staff(session, hub)


@pytest.fixture
def katrina(session: Session, pat: Staff) -> Person:
    """A person of Pat's."""
    return builders.person(session, pat)


def partner(session: Session, hub: Hub, whose: Person, kind: AgencyKind) -> Actor:
    """A support worker of an agency of that kind which is involved with the person."""
    agency = builders.agency(session, hub, f"The {kind.value} people", kind)
    ensure_involved(session, whose.id, agency.id, now=builders.NOW)
    return builders.actor(
        builders.staff(session, hub, Role.SUPPORT_WORKER, name="Jo Lamb", agency_name=agency.name)
    )


def test_every_fact_belongs_to_one_kind_and_is_good_or_not() -> None:
    """The table is complete; a lapse has no fact; a fact never goes with another kind."""
    assert set(rules.KIND_OF) == set(ReportFact)
    assert rules.GOOD | rules.LOSSES | {ReportFact.LEFT_COURSE} == set(ReportFact)
    for fact, kind in rules.KIND_OF.items():
        assert {other for other in ReportKind if rules.fact_for(other, fact)} == {kind}


def test_a_worker_records_a_self_report(
    session: Session, pat: Staff, katrina: Person, now: datetime
) -> None:
    """It is self-reported until verified; the event does not reveal it."""
    made = service.add(
        session,
        builders.actor(pat),
        katrina.id,
        kind=ReportKind.WORK,
        fact=ReportFact.GOT_WORK,
        note=" starts monday ",
        said_at=now - timedelta(days=1),
        now=now,
    )
    assert (made.state, made.note, made.inbound_id) == (
        ReportState.SELF_REPORTED,
        "starts monday",
        None,
    )
    session.flush()
    event = session.scalars(select(Event).where(Event.kind == "progress.added")).one()
    assert event.data == {"report": str(made.id)} and event.actor == f"staff:{pat.id}"
    assert session.scalars(select(Signal)).all() == []


@pytest.mark.parametrize(
    ("kind", "fact", "signal"),
    [
        (ReportKind.HOUSING, ReportFact.LOST_HOME, SignalKind.HOUSING_LOSS),
        (ReportKind.WORK, ReportFact.LOST_WORK, SignalKind.WORK_LOSS),
        (ReportKind.LAPSE, None, SignalKind.LAPSE_TOLD),
    ],
)
def test_a_loss_reported_to_a_worker_raises_a_signal(
    session: Session,
    hub: Hub,
    katrina: Person,
    now: datetime,
    kind: ReportKind,
    fact: ReportFact | None,
    signal: SignalKind,
) -> None:
    """A drug worker hears of it first; the offender manager must know."""
    actor = partner(session, hub, katrina, AgencyKind.DRUG_AND_ALCOHOL)
    service.add(
        session, actor, katrina.id, kind=kind, fact=fact, note="told me", said_at=now, now=now
    )
    assert session.scalars(select(Signal.kind)).all() == [signal]


@pytest.mark.parametrize(
    ("kind", "fact", "note", "later", "field"),
    [
        (ReportKind.WORK, ReportFact.GOT_HOME, "", 0, "fact"),
        (ReportKind.LAPSE, ReportFact.CLEAN, "x", 0, "fact"),
        (ReportKind.WORK, None, "  ", 0, "note"),
        (ReportKind.WORK, None, "x" * 501, 0, "note"),
        (ReportKind.WORK, None, "a\0b", 0, "note"),
        (ReportKind.WORK, None, "x", 1, "said_at"),
    ],
)
def test_invalid_self_reports_are_refused(
    session: Session,
    pat: Staff,
    katrina: Person,
    now: datetime,
    kind: ReportKind,
    fact: ReportFact | None,
    note: str,
    later: int,
    field: str,
) -> None:
    """A fact of another kind, a time in the future, or nothing at all."""
    with pytest.raises(Invalid) as refusal:
        service.add(
            session,
            builders.actor(pat),
            katrina.id,
            kind=kind,
            fact=fact,
            note=note,
            said_at=now + timedelta(days=later),
            now=now,
        )
    assert set(refusal.value.fields) == {field}
    assert session.scalars(select(SelfReport)).all() == []


def test_judging_changes_the_state_and_never_the_words(
    session: Session, pat: Staff, katrina: Person, now: datetime
) -> None:
    """Verified, then disputed: each with who, when and why; repeating it adds no event."""
    report = builders.report(session, katrina, now)
    actor = builders.actor(pat)
    for _ in range(2):
        service.verify(session, actor, report.id, note="saw the keys", now=now)
    assert (report.state, report.judged_by, report.judged_note) == (
        ReportState.VERIFIED,
        f"staff:{pat.id}",
        "saw the keys",
    )
    service.dispute(
        session, actor, report.id, note="the landlord says no", now=now + timedelta(hours=1)
    )
    assert (report.state, report.judged_at) == (ReportState.DISPUTED, now + timedelta(hours=1))
    assert (report.kind, report.fact) == (ReportKind.HOUSING, ReportFact.GOT_HOME)
    session.flush()
    kinds = session.scalars(
        select(Event.kind).where(Event.person_id == katrina.id).order_by(Event.id)
    ).all()
    assert kinds == ["progress.verified", "progress.disputed"]
    with pytest.raises(Invalid):
        service.dispute(session, actor, report.id, note=" ", now=now)


def test_only_those_who_work_with_the_person_may_judge(
    session: Session, hub: Hub, katrina: Person, now: datetime
) -> None:
    """For another offender manager it does not exist; an auditor may only read."""
    report = builders.report(session, katrina, now)
    other = builders.actor(builders.staff(session, hub, name="Dai Rees"))
    auditor = builders.actor(builders.staff(session, hub, Role.AUDITOR))
    with pytest.raises(NotFound):
        service.verify(session, other, report.id, now=now)
    with pytest.raises(NotFound):
        service.verify(session, other, uuid.uuid4(), now=now)
    with pytest.raises(Forbidden):
        service.verify(session, auditor, report.id, now=now)


@pytest.mark.parametrize("kind", sorted(rules.HEALTH))
def test_health_reports_are_seen_and_judged_by_few(
    session: Session, hub: Hub, pat: Staff, katrina: Person, now: datetime, kind: ReportKind
) -> None:
    """The offender manager, coordinator and health workers see it; others see that there was one,
    and when, not even whether it was a lapse.
    """
    fact = ReportFact.CLEAN if kind is ReportKind.HEALTH else None
    report = builders.report(session, katrina, now, kind=kind, fact=fact, note="told me so")
    may = [
        builders.actor(pat),
        builders.actor(builders.staff(session, hub, Role.COORDINATOR)),
        partner(session, hub, katrina, AgencyKind.DRUG_AND_ALCOHOL),
        partner(session, hub, katrina, AgencyKind.HEALTH),
    ]
    may_not = [
        builders.actor(builders.staff(session, hub, Role.SUPERVISOR)),
        partner(session, hub, katrina, AgencyKind.HOUSING),
    ]
    for actor in may:
        (view,) = self_reports.of_person(session, actor, katrina)
        assert (view.kind, view.fact, view.words, view.hidden) == (kind, fact, "told me so", False)
        assert view.may_judge
    for actor in may_not:
        (view,) = self_reports.of_person(session, actor, katrina)
        assert (view.kind, view.fact, view.words, view.state) == (
            ReportKind.HEALTH,
            None,
            None,
            None,
        )
        assert view.hidden and not view.may_judge and view.said_at == now
        with pytest.raises(Forbidden):
            service.verify(session, actor, report.id, now=now)
        with pytest.raises(Forbidden):
            service.add(
                session, actor, katrina.id, kind=kind, fact=None, note="x", said_at=now, now=now
            )


def test_words_are_those_of_the_text_and_go_with_it(
    session: Session, hub: Hub, pat: Staff, katrina: Person, now: datetime
) -> None:
    """Readers of the texts read them here; erased there, they are erased here; a partner sees the
    self-report without the words.
    """
    text = text_in(session, "got the keys!!", now)
    builders.report(session, katrina, now, inbound_id=text.id, recorded_by="person")
    housing = partner(session, hub, katrina, AgencyKind.HOUSING)
    assert [
        view.words for view in self_reports.of_person(session, builders.actor(pat), katrina)
    ] == ["got the keys!!"]
    (theirs,) = self_reports.of_person(session, housing, katrina)
    assert (theirs.fact, theirs.words) == (ReportFact.GOT_HOME, None)
    session.get_one(Inbound, text.id).body = ""
    session.flush()
    assert [
        view.words for view in self_reports.of_person(session, builders.actor(pat), katrina)
    ] == [""]


def test_words_about_health_are_hidden_at_other_reports_too(
    session: Session, hub: Hub, katrina: Person, now: datetime
) -> None:
    """One text reported a home and a lapse: without health access, the words are hidden at the home
    too.
    """
    text = text_in(session, "got my flat but had a slip", now)
    builders.report(session, katrina, now, inbound_id=text.id)
    builders.report(session, katrina, now, kind=ReportKind.LAPSE, fact=None, inbound_id=text.id)
    supervisor = builders.actor(builders.staff(session, hub, Role.SUPERVISOR))
    assert {view.words for view in self_reports.of_person(session, supervisor, katrina)} == {None}


def test_good_news_is_counted_unless_disputed(
    session: Session, pat: Staff, katrina: Person, now: datetime
) -> None:
    """A loss, a lapse, a self-report without a fact and disputed ones do not count."""
    builders.report(session, katrina, now)
    builders.report(session, katrina, now, kind=ReportKind.HEALTH, fact=ReportFact.CLEAN)
    builders.report(session, katrina, now, fact=ReportFact.LOST_HOME)
    builders.report(session, katrina, now, kind=ReportKind.LAPSE, fact=None)
    wrong = builders.report(session, katrina, now, kind=ReportKind.WORK, fact=ReportFact.GOT_WORK)
    service.dispute(session, builders.actor(pat), wrong.id, note="no", now=now)
    assert service.count_good_news(session, katrina.id) == 2


def test_self_reports_are_erased_with_the_person(
    session: Session, katrina: Person, now: datetime
) -> None:
    """When a person is erased, their self-reports are too."""
    builders.report(session, katrina, now)
    session.execute(delete(Person).where(Person.id == katrina.id))
    assert session.scalars(select(SelfReport)).all() == []


def test_two_judgements_at_once_are_made_in_turn(committed: Database, now: datetime) -> None:
    """One verifies and one disputes at the same moment: two events, and the later state."""
    with committed.begin() as session:
        pat = builders.staff(session, builders.hub(session))
        report_id = builders.report(session, builders.person(session, pat), now).id
        actor = builders.actor(pat)
    gate = threading.Barrier(2)

    def judge(note: str) -> None:
        gate.wait(10)
        with committed.begin() as session:
            if note:
                service.dispute(session, actor, report_id, note=note, now=now)
            else:
                service.verify(session, actor, report_id, now=now)

    threads = [threading.Thread(target=judge, args=(note,)) for note in ("", "not so")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with committed.begin() as session:
        events = session.scalars(
            select(Event.kind).where(Event.kind.startswith("progress.")).order_by(Event.id)
        ).all()
        assert sorted(events) == ["progress.disputed", "progress.verified"]
        assert f"progress.{session.get_one(SelfReport, report_id).state.value}" == events[-1]
