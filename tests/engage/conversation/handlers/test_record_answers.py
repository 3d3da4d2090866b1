"""Words and questions that the record answers: what is booked, how it goes, who reads; and where it
leaves the answer to a human.
"""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from engage.appointments.attendance_streak import streak
from engage.appointments.kinds import AppointmentType, IntentKind, OutcomeCode
from engage.appointments.model import Appointment, Outcome
from engage.cohort.kinds import MilestoneKind
from engage.people.model import ContactStatus, Language, Person
from engage.progress.model import ReportFact, ReportKind
from engage.texts import lint
from engage.understanding.vocabulary import Asks, Intent, Prompt
from messaging.text import measure
from tests import builders, case_builders
from tests.engage.conversation.phones import answers, asked, last_answer, minutes, said, says
from tests.engage.conversation.turns import hear, read_as

DAY = timedelta(days=1)
C = OutcomeCode


@pytest.fixture
def katrina(session: Session) -> Person:
    """A person with a number that may be texted."""
    return builders.person(session, builders.staff(session, builders.hub(session)))


def came(
    session: Session, whose: Person, days_ago: int, code: OutcomeCode, now: datetime
) -> Appointment:
    """An appointment of the past with what was recorded of it."""
    made = builders.appointment(session, whose, now - days_ago * DAY)
    session.add(Outcome(appointment_id=made.id, code=code, recorded_by="system", recorded_at=now))
    session.flush()
    return made


@pytest.mark.parametrize(
    ("outcomes", "kept"),
    [
        ([], 0),
        ([C.ATTENDED_COMPLIED] * 3, 3),
        ([C.ATTENDED_COMPLIED, C.ABSENT_MEDICAL, C.SENT_HOME_SERVICE, C.ATTENDED_COMPLIED], 2),
        ([C.ATTENDED_COMPLIED, C.UNACCEPTABLE_ABSENCE, C.ATTENDED_COMPLIED], 1),
        ([C.FAILED_TO_ATTEND, C.ATTENDED_COMPLIED], 0),
        ([C.ATTENDED_FAILED_TO_COMPLY, C.ATTENDED_COMPLIED], 0),
    ],
)
def test_a_row_is_broken_by_what_was_missed_and_by_nothing_else(
    outcomes: list[OutcomeCode], kept: int
) -> None:
    """An accepted absence, and one that was the service's doing, neither count nor break it."""
    assert streak(outcomes) == kept


def test_week_lists_today_and_six_days_more(
    session: Session, katrina: Person, now: datetime
) -> None:
    """On the hub's calendar, soonest first, with whom and where while that fits."""
    for days in (6, 1, 7, -1):
        builders.appointment(session, katrina, now + days * DAY + timedelta(hours=1))
    reading = says(session, "week", now)
    assert last_answer(session) == (
        "Hi Katrina. Next 7 days: Sun 21, 10:00am Pat, the centre on Bridge St; "
        "Fri 26, 10:00am Pat, the centre on Bridge St. Questions? Reply CALL."
    )
    assert reading.act and not reading.needs_human and reading.intent == Intent.QUESTION


def test_a_full_week_is_one_text_all_the_same(
    session: Session, katrina: Person, now: datetime
) -> None:
    """Detail is left out until it fits; the text is never cut."""
    for hours in range(11):
        builders.appointment(session, katrina, now + timedelta(hours=12 * hours + 1))
    says(session, "WEEK", now)
    assert measure(last_answer(session)).segments == 1 and "..." in last_answer(session)


def test_an_empty_week_in_welsh(session: Session, katrina: Person, now: datetime) -> None:
    """WYTHNOS with nothing booked says so."""
    katrina.language = Language.WELSH
    session.flush()
    says(session, "Wythnos", now)
    assert last_answer(session).startswith(
        "Helo Katrina. Does dim wedi ei drefnu yn y 7 diwrnod nesaf."
    )


@pytest.mark.parametrize(
    ("kept", "told", "answer"),
    [
        (2, 1, "Well done Katrina. Kept in a row: 2. Good news from you: 1. Keep going."),
        (2, 0, "Well done Katrina. Kept in a row: 2. Keep going."),
        (0, 1, "Well done Katrina. Good news from you: 1. Keep going."),
        (
            0,
            0,
            "Hi Katrina. There is nothing to count yet. Each time you come counts. Questions? Reply CALL.",
        ),
    ],
)
def test_progress_tells_numbers_and_nothing_else(
    session: Session, katrina: Person, now: datetime, kept: int, told: int, answer: str
) -> None:
    """Never of what: somebody else may read it. What is hard is never counted against them."""
    for days in range(kept):
        came(session, katrina, days + 1, C.ATTENDED_COMPLIED, now)
    came(session, katrina, 9, C.UNACCEPTABLE_ABSENCE, now)
    for _ in range(told):
        builders.report(session, katrina, now, kind=ReportKind.HEALTH, fact=ReportFact.CLEAN)
    builders.report(session, katrina, now, kind=ReportKind.LAPSE, fact=None)
    says(session, "PROGRESS", now)
    assert last_answer(session) == answer and lint(answer) == []


@pytest.mark.parametrize(
    ("kept", "told", "answer"),
    [
        (
            2,
            1,
            "Well done Katrina. Kept in a row: 2. Good news from you: 1. Steps reached: 2. Keep going.",
        ),
        (2, 0, "Well done Katrina. Kept in a row: 2. Steps reached: 2. Keep going."),
        (0, 1, "Well done Katrina. Good news from you: 1. Steps reached: 2. Keep going."),
        (0, 0, "Well done Katrina. Steps reached: 2. Keep going."),
    ],
)
def test_what_was_reached_is_counted_and_never_named(
    session: Session, katrina: Person, now: datetime, kept: int, told: int, answer: str
) -> None:
    """RULES.md 16: a run of tests is a number like any other, in both languages."""
    for days in range(kept):
        came(session, katrina, days + 1, C.ATTENDED_COMPLIED, now)
    came(session, katrina, 9, C.UNACCEPTABLE_ABSENCE, now)
    for _ in range(told):
        builders.report(session, katrina, now, kind=ReportKind.HEALTH, fact=ReportFact.CLEAN)
    for kind in (MilestoneKind.NEGATIVE_TESTS, MilestoneKind.HOUSED):
        case_builders.milestone(session, katrina, kind)
    says(session, "PROGRESS", now)
    assert last_answer(session) == answer and lint(answer) == []
    katrina.language = Language.WELSH
    session.flush()
    says(session, "CYNNYDD", now + minutes(1))
    assert "Camau a gyflawnwyd: 2." in last_answer(session) and lint(last_answer(session)) == []


def test_who_can_see_this(session: Session, katrina: Person, now: datetime) -> None:
    """The offender manager by name, and who else reads; in Welsh too."""
    says(session, "who can see this?", now)
    assert last_answer(session).startswith("Pat, the team who work with you")
    katrina.language = Language.WELSH
    session.flush()
    says(session, "Pwy sy'n gweld hyn", now + minutes(1))
    assert last_answer(session).startswith("Gall Pat, eich gweithwyr")


def test_help_explains_unless_it_answers_how_are_things(
    session: Session, katrina: Person, now: datetime
) -> None:
    """After a check-in HELP is no question about texts."""
    hear(session, katrina, read_as(Intent.OTHER), now, body="HELP", prompt=Prompt.APPOINTMENT)
    assert last_answer(session).startswith("Reply YES, NO, LATE or CALL")
    hear(
        session,
        katrina,
        read_as(Intent.THANKS),
        now + minutes(1),
        body="HELP",
        prompt=Prompt.CHECKIN,
    )
    assert len(answers(session)) == 1


@pytest.mark.parametrize(
    ("asks", "body"),
    [
        (Asks.WEEK, "Next 7 days"),
        (Asks.PROGRESS, "count yet"),
        (Asks.WHO_SEES, "the team who"),
        (Asks.NEXT, "Next:"),
    ],
)
def test_the_same_in_their_own_words(
    session: Session, katrina: Person, now: datetime, asks: Asks, body: str
) -> None:
    """What the reader takes for the same question gets the same answer."""
    builders.appointment(session, katrina, now + DAY)
    done = hear(session, katrina, read_as(Intent.QUESTION, asks=asks), now)
    assert body in last_answer(session) and not done.needs_human


def test_a_word_says_nothing_to_a_closed_case_or_an_unconfirmed_number(
    session: Session, now: datetime
) -> None:
    """No content where rule 1 forbids it; a human reads what came."""
    om = builders.staff(session, builders.hub(session))
    builders.person(session, om, contact_status=ContactStatus.CLOSED)
    builders.person(session, om, number="+447700900102", verified=False)
    for number in ("+447700900101", "+447700900102"):
        for minute, word in enumerate(["NEXT", "WEEK", "PROGRESS"]):
            assert says(session, word, now + minutes(minute), number=number).needs_human
        says(session, "WHO CAN SEE THIS", now + minutes(5), number=number)
        assert all("Pat" not in one and "Next" not in one for one in answers(session, number))


@pytest.mark.parametrize("asks", [Asks.WHEN, Asks.WHERE, Asks.WHO])
def test_a_question_about_the_only_appointment_is_answered(
    session: Session, katrina: Person, now: datetime, asks: Asks
) -> None:
    """When, where and whom, by everyday names, in one text."""
    booked = builders.appointment(session, katrina, now + 3 * DAY)
    done = hear(session, katrina, read_as(Intent.QUESTION, asks=asks), now, prompt=Prompt.NONE)
    assert last_answer(session) == (
        "Hi Katrina. You see Pat: Tue 23 March, 9:00am, the centre on Bridge St. Questions? Reply CALL."
    )
    assert done.appointment_id == booked.id and not done.needs_human


@pytest.mark.parametrize(
    ("asks", "values"),
    [
        (Asks.WHERE, {"place_alias": ""}),
        (Asks.WHERE, {"place_alias": "Probation office"}),
        (Asks.WHO, {"worker_name": "PC Hall"}),
    ],
)
def test_what_a_text_may_not_say_is_left_to_a_human(
    session: Session, katrina: Person, now: datetime, asks: Asks, values: dict[str, str]
) -> None:
    """No name of a place that a stranger may read, no first name of the worker: the record has no
    certain answer.
    """
    builders.appointment(session, katrina, now + DAY, **values)
    done = hear(session, katrina, read_as(Intent.QUESTION, asks=asks), now)
    assert done.needs_human and "will read this" in last_answer(session)


def test_where_a_call_is_has_an_answer(session: Session, katrina: Person, now: datetime) -> None:
    """By phone: they are rung."""
    builders.appointment(session, katrina, now + DAY, type=AppointmentType.PHONE, place_alias="")
    hear(session, katrina, read_as(Intent.QUESTION, asks=Asks.WHERE), now)
    assert "Pat will ring you: Sun 21 March, 9:00am." in last_answer(session)


def test_of_several_the_one_asked_about_last_is_meant_or_else_a_human_answers(
    session: Session, katrina: Person, now: datetime
) -> None:
    """Two ahead and nothing asked: a human. A reminder of one of them went: that one. A day that is
    named chooses.
    """
    first, second = (builders.appointment(session, katrina, now + days * DAY) for days in (2, 3))
    interpretation = read_as(Intent.QUESTION, asks=Asks.WHERE)
    assert hear(session, katrina, interpretation, now, prompt=Prompt.NONE).needs_human
    on_tuesday = read_as(Intent.QUESTION, asks=Asks.WHERE, day="tue")
    assert hear(session, katrina, on_tuesday, now, prompt=Prompt.NONE).appointment_id == second.id
    asked(session, first, now)
    assert hear(session, katrina, interpretation, now + minutes(1)).appointment_id == first.id
    asked(session, second, now)
    assert hear(session, katrina, interpretation, now + minutes(2)).needs_human


def test_nothing_booked_is_nothing_to_answer_about(
    session: Session, katrina: Person, now: datetime
) -> None:
    """A question about an appointment that does not exist is for a human."""
    assert hear(session, katrina, read_as(Intent.QUESTION, asks=Asks.WHEN), now).needs_human
    assert hear(session, katrina, read_as(Intent.QUESTION), now).needs_human


def test_while_it_goes_on_where_is_that_one(
    session: Session, katrina: Person, now: datetime
) -> None:
    """Ten minutes late and lost."""
    booked = builders.appointment(session, katrina, now - timedelta(minutes=10))
    done = hear(
        session, katrina, read_as(Intent.QUESTION, asks=Asks.WHERE), now, prompt=Prompt.TODAY
    )
    assert done.appointment_id == booked.id


def test_a_yes_beside_a_question_is_recorded(
    session: Session, katrina: Person, now: datetime
) -> None:
    """`yes ill be there, where is it again`."""
    booked = builders.appointment(session, katrina, now + 3 * DAY)
    asked(session, booked, now - DAY)
    done = hear(session, katrina, read_as(Intent.QUESTION, Intent.CONFIRM, asks=Asks.WHERE), now)
    assert (
        said(session, booked) == [IntentKind.WILL_ATTEND] and "recorded: will attend" in done.words
    )
