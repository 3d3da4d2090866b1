"""News from people: stored as self-reports, thanked for, and reported to staff who can help. A
lapse has no consequence.
"""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.appointments.model import Outcome
from engage.conversation import phone_owner
from engage.conversation.handlers import progress
from engage.people.model import ContactStatus, Language, Person
from engage.progress.model import ReportFact, ReportKind, ReportState, SelfReport
from engage.signals import SignalKind
from engage.texts import lint
from engage.understanding.vocabulary import Act, Fact, Intent, Interpretation
from tests import builders
from tests.engage.conversation.phones import (
    answers,
    asked,
    events,
    last_answer,
    open_signals,
    said,
    says,
    signal,
)
from tests.engage.conversation.turns import context, hear, read_as

DAY = timedelta(days=1)


@pytest.fixture
def katrina(session: Session) -> Person:
    """A person with a number that may be texted."""
    return builders.person(session, builders.staff(session, builders.hub(session)))


def reports(session: Session, by: Person) -> list[tuple[ReportKind, ReportFact | None]]:
    """The person's self-reports, by kind."""
    rows = session.scalars(
        select(SelfReport).where(SelfReport.person_id == by.id).order_by(SelfReport.kind)
    )
    return [(row.kind, row.fact) for row in rows]


@pytest.mark.parametrize(
    ("intent", "fact", "kind", "told"),
    [
        (Intent.PROGRESS_HOUSING, Fact.GOT_HOME, ReportKind.HOUSING, None),
        (Intent.PROGRESS_WORK, Fact.GOT_WORK, ReportKind.WORK, None),
        (Intent.PROGRESS_COURSE, Fact.FINISHED_COURSE, ReportKind.COURSE, None),
        (Intent.PROGRESS_GROUP, Fact.ATTENDED_GROUP, ReportKind.GROUP, None),
        (Intent.PROGRESS_HEALTH, Fact.CLEAN, ReportKind.HEALTH, None),
        (Intent.PROGRESS_HOUSING, Fact.LOST_HOME, ReportKind.HOUSING, SignalKind.HOUSING_LOSS),
        (Intent.PROGRESS_WORK, Fact.LOST_WORK, ReportKind.WORK, SignalKind.WORK_LOSS),
        (Intent.LAPSE, None, ReportKind.LAPSE, SignalKind.LAPSE_TOLD),
    ],
)
def test_news_is_stored_and_answered_by_its_kind(
    session: Session,
    katrina: Person,
    now: datetime,
    intent: Intent,
    fact: Fact | None,
    kind: ReportKind,
    told: SignalKind | None,
) -> None:
    """Each kind has its fact and its text as evidence. A loss and a lapse raise a signal, good news
    raises none.
    """
    done = hear(session, katrina, read_as(intent, fact=fact), now)
    report = session.scalars(select(SelfReport)).one()
    assert (report.kind, report.state) == (kind, ReportState.SELF_REPORTED)
    assert report.fact == (ReportFact(fact.value) if fact else None)
    assert report.inbound_id is not None and report.note == ""
    assert open_signals(session, katrina) == ([told] if told else [])
    assert ("good news" in last_answer(session)) is (told is None)
    assert not done.needs_human and done.acted


def test_news_that_only_a_worker_can_judge_goes_to_one(
    session: Session, katrina: Person, now: datetime
) -> None:
    """No known fact, or a course that was left: the answer neither praises nor pities, and a worker
    reads the text.
    """
    for minute, fact in enumerate([None, Fact.LEFT_COURSE]):
        done = hear(
            session,
            katrina,
            read_as(Intent.PROGRESS_COURSE, fact=fact),
            now + timedelta(minutes=minute),
        )
        assert done.needs_human
        assert last_answer(session) == "Thanks for telling us Katrina. Pat will read this."


def test_a_lapse_gets_support_and_has_no_consequence(
    session: Session, katrina: Person, now: datetime
) -> None:
    """The person is thanked and told what can help, in words that reveal nothing to a stranger. One
    signal; no outcome and no other change.
    """
    booked = builders.appointment(session, katrina, now + 3 * DAY)
    before = (booked.state, booked.starts_at, booked.revision)
    hear(session, katrina, read_as(Intent.LAPSE), now)
    answer = last_answer(session)
    assert (
        answer.startswith("Thank you for telling us Katrina.")
        and "999" in answer
        and lint(answer) == []
    )
    assert signal(session, katrina, SignalKind.LAPSE_TOLD).action.startswith("Support first")
    assert (booked.state, booked.starts_at, booked.revision) == before
    assert session.scalars(select(Outcome)).all() == [] and said(session, booked) == []
    assert set(events(session, katrina)) == {"progress.told", "signal.raised"}


def test_several_kinds_in_one_text_are_a_row_each_and_one_answer(
    session: Session, katrina: Person, now: datetime
) -> None:
    """The fact belongs to its own kind; support comes before praise."""
    interpretation = read_as(
        Intent.PROGRESS_HOUSING, Intent.PROGRESS_WORK, Intent.LAPSE, fact=Fact.GOT_WORK
    )
    hear(session, katrina, interpretation, now)
    assert reports(session, katrina) == [
        (ReportKind.HOUSING, None),
        (ReportKind.LAPSE, None),
        (ReportKind.WORK, ReportFact.GOT_WORK),
    ]
    assert len(answers(session)) == 1 and "what would help" in last_answer(session)


def test_the_same_text_handled_again_changes_nothing(
    session: Session, katrina: Person, now: datetime
) -> None:
    """One row for each kind, one event, one signal."""
    interpretation = read_as(Intent.PROGRESS_WORK, fact=Fact.LOST_WORK)
    owner = phone_owner.owner_of(session, katrina.id, now)
    assert owner is not None
    again = context(session, interpretation, now)
    for _ in range(3):
        progress.record_news(again, owner)
    session.flush()
    assert reports(session, katrina) == [(ReportKind.WORK, ReportFact.LOST_WORK)]
    assert events(session, katrina).count("progress.told") == 1
    assert len(signal(session, katrina, SignalKind.WORK_LOSS).evidence) == 1


def test_a_yes_beside_the_news_is_recorded_too(
    session: Session, katrina: Person, now: datetime
) -> None:
    """`got the keys! see you tuesday` is news and a yes."""
    booked = builders.appointment(session, katrina, now + 3 * DAY)
    asked(session, booked, now - DAY)
    done = hear(
        session, katrina, read_as(Intent.PROGRESS_HOUSING, Intent.CONFIRM, fact=Fact.GOT_HOME), now
    )
    assert [kind.value for kind in said(session, booked)] == ["will_attend"]
    assert done.appointment_id == booked.id and "recorded: news" in done.words.lower()


def test_news_beside_a_stronger_meaning_is_recorded(
    session: Session, katrina: Person, now: datetime
) -> None:
    """`cant come, been kicked out of my flat`: the no is recorded and answered, and the loss of
    housing is reported too.
    """
    booked = builders.appointment(session, katrina, now + 3 * DAY)
    asked(session, booked, now - DAY)
    done = hear(
        session, katrina, read_as(Intent.DECLINE, Intent.PROGRESS_HOUSING, fact=Fact.LOST_HOME), now
    )
    assert [kind.value for kind in said(session, booked)] == ["cannot_attend"]
    assert reports(session, katrina) == [(ReportKind.HOUSING, ReportFact.LOST_HOME)]
    assert open_signals(session, katrina) == [SignalKind.CANNOT_ATTEND, SignalKind.HOUSING_LOSS]
    assert "recorded: news about housing" in done.words and len(answers(session)) == 1


def test_uncertain_news_goes_to_a_worker(session: Session, katrina: Person, now: datetime) -> None:
    """Nothing is stored."""
    guess = Interpretation(
        Intent.PROGRESS_WORK, 0.5, Act.HUMAN, (Intent.PROGRESS_WORK,), fact=Fact.LOST_WORK
    )
    done = hear(session, katrina, guess, now)
    assert (
        done.needs_human
        and reports(session, katrina) == []
        and open_signals(session, katrina) == []
    )


def test_news_from_a_closed_case_goes_to_a_worker(
    session: Session, katrina: Person, now: datetime
) -> None:
    """Nothing is reopened silently, and no answer is sent."""
    katrina.contact_status = ContactStatus.CLOSED
    session.flush()
    done = hear(session, katrina, read_as(Intent.PROGRESS_HOUSING, fact=Fact.GOT_HOME), now)
    assert done.needs_human and reports(session, katrina) == [] and answers(session) == []


def test_in_welsh(session: Session, katrina: Person, now: datetime) -> None:
    """The support is in the person's language."""
    katrina.language = Language.WELSH
    session.flush()
    hear(session, katrina, read_as(Intent.LAPSE), now)
    assert last_answer(session).startswith("Diolch am ddweud Katrina.")


def test_two_losses_are_one_signal_while_it_is_open(
    session: Session, katrina: Person, now: datetime
) -> None:
    """The second text adds evidence."""
    for minute in range(2):
        interpretation = read_as(Intent.PROGRESS_HOUSING, fact=Fact.LOST_HOME)
        hear(session, katrina, interpretation, now + timedelta(minutes=minute))
    assert len(signal(session, katrina, SignalKind.HOUSING_LOSS).evidence) == 2
    assert len(reports(session, katrina)) == 2


def test_thanks_after_the_answer_get_no_answer(
    session: Session, katrina: Person, now: datetime
) -> None:
    """A thank you for our thank you ends the exchange."""
    hear(session, katrina, read_as(Intent.LAPSE), now)
    assert says(session, "thanks", now + timedelta(minutes=1)).done == "Thanks: nothing to do"
