"""Keywords and questions that are answered from the record: appointments, progress, who reads.
Anything else goes to a worker.
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
from engage.understanding.vocabulary import Intent, Prompt, QuestionTopic
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
    """A past appointment with its recorded outcome."""
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
def test_only_a_missed_appointment_ends_a_streak(outcomes: list[OutcomeCode], kept: int) -> None:
    """An acceptable absence, and one caused by the service, neither count nor end it."""
    assert streak(outcomes) == kept


def test_week_lists_today_and_six_days_more(
    session: Session, katrina: Person, now: datetime
) -> None:
    """By the hub's calendar, earliest first, with the worker and the place while they fit."""
    for days in (6, 1, 7, -1):
        builders.appointment(session, katrina, now + days * DAY + timedelta(hours=1))
    reading = says(session, "week", now)
    assert last_answer(session) == (
        "Hi Katrina. Next 7 days: Sun 21, 10am Pat, the centre on Bridge St; "
        "Fri 26, 10am Pat, the centre on Bridge St. Questions? Reply CALL."
    )
    assert reading.act and not reading.needs_human and reading.intent == Intent.QUESTION


def test_a_full_week_is_one_text(session: Session, katrina: Person, now: datetime) -> None:
    """Details are left out until it fits; the text is never cut."""
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
            (
                "Hi Katrina. There is nothing to count yet. Each time you come counts. "
                "Questions? Reply CALL."
            ),
        ),
    ],
)
def test_progress_gives_numbers_and_nothing_else(
    session: Session, katrina: Person, now: datetime, kept: int, told: int, answer: str
) -> None:
    """It never says of what: another person may read it. Nothing is counted against the person."""
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
            (
                "Well done Katrina. Kept in a row: 2. Good news from you: 1. Steps reached: 2. "
                "Keep going."
            ),
        ),
        (2, 0, "Well done Katrina. Kept in a row: 2. Steps reached: 2. Keep going."),
        (0, 1, "Well done Katrina. Good news from you: 1. Steps reached: 2. Keep going."),
        (0, 0, "Well done Katrina. Steps reached: 2. Keep going."),
    ],
)
def test_milestones_are_counted_and_never_named(
    session: Session, katrina: Person, now: datetime, kept: int, told: int, answer: str
) -> None:
    """Rule 16: a run of tests is a number like any other, in both languages."""
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
    """The offender manager's name and who else reads the texts, in both languages."""
    says(session, "who can see this?", now)
    assert last_answer(session).startswith("Pat, the team who work with you")
    katrina.language = Language.WELSH
    session.flush()
    says(session, "Pwy sy'n gweld hyn", now + minutes(1))
    assert last_answer(session).startswith("Gall Pat, eich gweithwyr")


def test_help_explains_unless_it_answers_how_are_things(
    session: Session, katrina: Person, now: datetime
) -> None:
    """After a check-in HELP is not a question about texts."""
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
        (QuestionTopic.WEEK, "Next 7 days"),
        (QuestionTopic.PROGRESS, "count yet"),
        (QuestionTopic.WHO_SEES, "the team who"),
        (QuestionTopic.NEXT, "Next:"),
    ],
)
def test_the_same_in_their_own_words(
    session: Session, katrina: Person, now: datetime, asks: QuestionTopic, body: str
) -> None:
    """A question in other words gets the same answer as the keyword."""
    builders.appointment(session, katrina, now + DAY)
    done = hear(session, katrina, read_as(Intent.QUESTION, topic=asks), now)
    assert body in last_answer(session) and not done.needs_human


def test_a_keyword_reveals_nothing_if_rule_1_forbids_content(
    session: Session, now: datetime
) -> None:
    """A closed case or an unverified number: a worker reads the text."""
    om = builders.staff(session, builders.hub(session))
    builders.person(session, om, contact_status=ContactStatus.CLOSED)
    builders.person(session, om, number="+447700900102", verified=False)
    for number in ("+447700900101", "+447700900102"):
        for minute, word in enumerate(["NEXT", "WEEK", "PROGRESS"]):
            assert says(session, word, now + minutes(minute), number=number).needs_human
        says(session, "WHO CAN SEE THIS", now + minutes(5), number=number)
        assert all("Pat" not in one and "Next" not in one for one in answers(session, number))


@pytest.mark.parametrize("asks", [QuestionTopic.WHEN, QuestionTopic.WHERE, QuestionTopic.WHO])
def test_a_question_about_the_only_appointment_is_answered(
    session: Session, katrina: Person, now: datetime, asks: QuestionTopic
) -> None:
    """When, where and with whom, by everyday names, in one text."""
    booked = builders.appointment(session, katrina, now + 3 * DAY)
    done = hear(session, katrina, read_as(Intent.QUESTION, topic=asks), now, prompt=Prompt.NONE)
    assert last_answer(session) == (
        "Hi Katrina. You see Pat: Tue 23 March, 9am, the centre on Bridge St. Questions? "
        "Reply CALL."
    )
    assert done.appointment_id == booked.id and not done.needs_human


@pytest.mark.parametrize(
    ("asks", "values"),
    [
        (QuestionTopic.WHERE, {"place_alias": ""}),
        (QuestionTopic.WHERE, {"place_alias": "Probation office"}),
        (QuestionTopic.WHO, {"worker_name": "PC Hall"}),
    ],
)
def test_an_answer_that_texts_may_not_give_is_left_to_a_worker(
    session: Session, katrina: Person, now: datetime, asks: QuestionTopic, values: dict[str, str]
) -> None:
    """There is no name of the place that a stranger may read, or no first name of the worker."""
    builders.appointment(session, katrina, now + DAY, **values)
    done = hear(session, katrina, read_as(Intent.QUESTION, topic=asks), now)
    assert done.needs_human and last_answer(session) == "Thanks Katrina. Pat will answer that."


def test_where_is_a_phone_appointment(session: Session, katrina: Person, now: datetime) -> None:
    """By phone: the worker rings them."""
    builders.appointment(session, katrina, now + DAY, type=AppointmentType.PHONE, place_alias="")
    hear(session, katrina, read_as(Intent.QUESTION, topic=QuestionTopic.WHERE), now)
    assert "Pat will ring you: Sun 21 March, 9am." in last_answer(session)


def test_of_several_appointments_the_last_asked_about_is_meant(
    session: Session, katrina: Person, now: datetime
) -> None:
    """With two ahead and nothing asked, a worker answers. A reminder or a named day decides."""
    first, second = (builders.appointment(session, katrina, now + days * DAY) for days in (2, 3))
    interpretation = read_as(Intent.QUESTION, topic=QuestionTopic.WHERE)
    assert hear(session, katrina, interpretation, now, prompt=Prompt.NONE).needs_human
    on_tuesday = read_as(Intent.QUESTION, topic=QuestionTopic.WHERE, day="tue")
    assert hear(session, katrina, on_tuesday, now, prompt=Prompt.NONE).appointment_id == second.id
    asked(session, first, now)
    assert hear(session, katrina, interpretation, now + minutes(1)).appointment_id == first.id
    asked(session, second, now)
    assert hear(session, katrina, interpretation, now + minutes(2)).needs_human


def test_a_question_without_an_appointment_goes_to_a_worker(
    session: Session, katrina: Person, now: datetime
) -> None:
    """Nothing is booked that the question could be about."""
    assert hear(
        session, katrina, read_as(Intent.QUESTION, topic=QuestionTopic.WHEN), now
    ).needs_human
    assert hear(session, katrina, read_as(Intent.QUESTION), now).needs_human


def test_where_is_about_the_current_appointment(
    session: Session, katrina: Person, now: datetime
) -> None:
    """The person is ten minutes late and lost."""
    booked = builders.appointment(session, katrina, now - timedelta(minutes=10))
    done = hear(
        session,
        katrina,
        read_as(Intent.QUESTION, topic=QuestionTopic.WHERE),
        now,
        prompt=Prompt.TODAY,
    )
    assert done.appointment_id == booked.id


def test_a_yes_beside_a_question_is_recorded(
    session: Session, katrina: Person, now: datetime
) -> None:
    """`yes ill be there, where is it again`."""
    booked = builders.appointment(session, katrina, now + 3 * DAY)
    asked(session, booked, now - DAY)
    done = hear(
        session, katrina, read_as(Intent.QUESTION, Intent.CONFIRM, topic=QuestionTopic.WHERE), now
    )
    assert (
        said(session, booked) == [IntentKind.WILL_ATTEND] and "recorded: will attend" in done.words
    )
