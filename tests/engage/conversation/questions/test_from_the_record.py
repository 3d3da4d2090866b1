"""Questions that the record answers, sent as texts: booked, bank holidays, missed, left."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from engage.agencies.model import Hub
from engage.appointments.kinds import AppointmentType, IntentKind, OutcomeCode, ReminderKind
from engage.appointments.model import Appointment, Outcome
from engage.cohort.kinds import MilestoneKind
from engage.people.model import ContactStatus, Language, Person
from engage.texts import lint
from engage.understanding.vocabulary import Intent
from messaging.states import MessageStatus
from messaging.text import measure
from tests import builders, case_builders
from tests.engage.conversation.phones import answers, asked, last_answer, minutes, said, says

DAY = timedelta(days=1)
C = OutcomeCode


@pytest.fixture
def katrina(session: Session) -> Person:
    """A person with a number that may be texted."""
    return builders.person(session, builders.staff(session, builders.hub(session)))


def speaks_welsh(session: Session, person: Person) -> None:
    """From now on the person gets texts in Welsh."""
    person.language = Language.WELSH
    session.flush()


def past(
    session: Session, whose: Person, days_ago: int, code: OutcomeCode | None, now: datetime
) -> Appointment:
    """A past appointment, with its recorded outcome if it has one."""
    made = builders.appointment(session, whose, now - days_ago * DAY)
    if code is not None:
        session.add(
            Outcome(appointment_id=made.id, code=code, recorded_by="system", recorded_at=now)
        )
    session.flush()
    return made


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (
            "is that definitely booked",
            "is booked: you see Pat, Tue 23 March, 9am, the centre",
        ),
        ("am i still booked in for tuesday?", "This is booked: you see Pat, Tue 23 March, 9am"),
        ("who am i seeing", "You see Pat: Tue 23 March, 9am, the centre on Bridge St."),
        ("where am i going", "You see Pat: Tue 23 March, 9am, the centre on Bridge St."),
        ("forgot what time it is", "You see Pat: Tue 23 March, 9am, the centre on Bridge St."),
    ],
)
@pytest.mark.parametrize("was_reminded", [True, False])
def test_one_appointment(
    session: Session, katrina: Person, now: datetime, text: str, answer: str, was_reminded: bool
) -> None:
    """Answered with its words, and no yes is recorded: a question is none."""
    booked = builders.appointment(session, katrina, now + 3 * DAY)
    if was_reminded:
        asked(session, booked, now - minutes(30))
    record = says(session, text, now)
    assert answer in last_answer(session) and "999" not in last_answer(session)
    assert record.intent == Intent.QUESTION and not record.needs_human
    assert said(session, booked) == []


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (
            "ydi'r apwyntiad dal ymlaen",
            "ei drefnu: byddwch yn gweld Pat, Maw 23 Mawrth, 9yb",
        ),
        ("pwy dwi'n gweld", "Byddwch yn gweld Pat: Maw 23 Mawrth, 9yb"),
        ("lle dwi'n mynd", "Byddwch yn gweld Pat: Maw 23 Mawrth, 9yb"),
    ],
)
def test_one_appointment_in_welsh(
    session: Session, katrina: Person, now: datetime, text: str, answer: str
) -> None:
    """The same in the person's language."""
    speaks_welsh(session, katrina)
    builders.appointment(session, katrina, now + 3 * DAY)
    assert not says(session, text, now).needs_human
    assert answer in last_answer(session)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (AppointmentType.PHONE, "This is booked: Pat will ring you, Tue 23 March, 9am."),
        (AppointmentType.HOME_VISIT, "This is booked: Pat will come to you, Tue 23 March, 9am."),
    ],
)
def test_whether_it_is_booked_follows_the_way_of_meeting(
    session: Session, katrina: Person, now: datetime, kind: AppointmentType, words: str
) -> None:
    """Nobody is told to come to a call."""
    builders.appointment(session, katrina, now + 3 * DAY, type=kind)
    says(session, "is it booked", now)
    assert words in last_answer(session)


@pytest.mark.parametrize("text", ["is it booked", "am i booked in for friday", "who am i seeing"])
def test_without_a_certain_appointment_a_worker_answers(
    session: Session, katrina: Person, now: datetime, text: str
) -> None:
    """Two are booked, none on the day named."""
    for days in (2, 3):
        builders.appointment(session, katrina, now + days * DAY)
    record = says(session, text, now)
    assert record.needs_human and "it is not certain which appointment is meant" in record.done
    assert last_answer(session) == "Thanks Katrina. Pat will answer that."


def test_a_yes_before_a_question_is_recorded(
    session: Session, katrina: Person, now: datetime
) -> None:
    """Both are one text; an ok before the question would be none."""
    booked = builders.appointment(session, katrina, now + 3 * DAY)
    asked(session, booked, now - minutes(30))
    record = says(session, "yes il be there. who am i seeing?", now)
    assert said(session, booked) == [IntentKind.WILL_ATTEND]
    assert "You see Pat" in last_answer(session) and not record.needs_human
    says(session, "ok, where is it?", now + minutes(20))
    assert said(session, booked) == [IntentKind.WILL_ATTEND]


def test_a_question_beside_something_stronger_stays_on_the_list(
    session: Session, katrina: Person, now: datetime
) -> None:
    """A request for a call is acted on; the question in it goes to a worker."""
    record = says(session, "can you ring me please. who am i seeing?", now)
    assert record.intent == Intent.CALL_ME and "asked Pat to ring you" in last_answer(session)
    assert record.needs_human and "also asks about who it is with" in record.done


def test_several_questions_are_answered_once(
    session: Session, katrina: Person, now: datetime
) -> None:
    """The one that can be; a worker answers the rest, and the text says so."""
    builders.appointment(session, katrina, now + 3 * DAY, place_alias="the hall")
    record = says(session, "is there parking and what time is it?", now)
    assert answers(session) == [
        "Hi Katrina. You see Pat: Tue 23 March, 9am, the hall. Questions? Reply CALL. "
        "Pat will answer the rest."
    ]
    assert record.needs_human
    assert record.done == (
        "Answered from the record: when it is; asks about parking; for a worker to read"
    )


def test_a_question_that_nobody_knows_beside_a_known_one(
    session: Session, katrina: Person, now: datetime
) -> None:
    """The known one is answered, the other is on the worker's list."""
    builders.appointment(session, katrina, now + 3 * DAY)
    record = says(session, "where is it? and will the lady with the forms be in?", now)
    assert "You see Pat" in last_answer(session)
    assert record.needs_human and "something more" in record.done


class TestBankHolidays:
    """Closed days that the hub lists, else what is booked next."""

    @pytest.fixture
    def closed(self, session: Session, katrina: Person) -> None:
        """The hub is closed on Good Friday and Easter Monday 2027, and on a day in May."""
        hub = session.get_one(Hub, katrina.hub_id)
        hub.settings = {"closed_days": ["2027-03-26", "2027-03-29", "2027-05-03"]}
        session.flush()

    @pytest.mark.usefixtures("closed")
    def test_closed_days_and_the_next_appointment(
        self, session: Session, katrina: Person, now: datetime
    ) -> None:
        """Those of the next three weeks."""
        builders.appointment(session, katrina, now + 12 * DAY, place_alias="the hall")
        record = says(session, "do i have to come on bank holiday monday?", now)
        assert last_answer(session) == (
            "Hi Katrina. We are closed on Fri 26 March, Mon 29 March. Next: Thu 1 April, 10am "
            "Pat, the hall. Questions? Reply CALL."
        )
        assert not record.needs_human

    @pytest.mark.usefixtures("closed")
    def test_in_welsh_with_nothing_booked(
        self, session: Session, katrina: Person, now: datetime
    ) -> None:
        """It says that nothing is."""
        speaks_welsh(session, katrina)
        assert not says(session, "oes rhaid i fi ddod ar wyl y banc", now).needs_human
        assert last_answer(session) == (
            "Helo Katrina. Rydym ar gau ar Gwe 26 Mawrth, Llun 29 Mawrth. Does dim wedi ei drefnu "
            "nawr. Cwestiwn? Atebwch GALW."
        )

    def test_without_closed_days_the_next_appointment(
        self, session: Session, katrina: Person, now: datetime
    ) -> None:
        """With its date."""
        builders.appointment(session, katrina, now + 12 * DAY)
        assert not says(session, "are you open bank holiday", now).needs_human
        assert last_answer(session).startswith("Hi Katrina. Next: Thu 1 April, 10am Pat")

    @pytest.mark.usefixtures("closed")
    def test_an_appointment_on_a_closed_day_goes_to_a_worker(
        self, session: Session, katrina: Person, now: datetime
    ) -> None:
        """The record contradicts itself."""
        builders.appointment(session, katrina, now + 6 * DAY)
        record = says(session, "do i have to come on good friday", now)
        assert record.needs_human and "booked on a closed day" in record.done

    def test_a_holiday_that_the_hub_does_not_list_goes_to_a_worker(
        self, session: Session, katrina: Person, now: datetime
    ) -> None:
        """The person calls the day of the appointment a holiday, and the record cannot tell."""
        builders.appointment(session, katrina, now + 2 * DAY)
        record = says(session, "do i have to come on bank holiday monday", now)
        assert record.needs_human and "does not list the day as closed" in record.done


class TestMissed:
    """Whether an appointment was missed: only what is recorded and what the person was told."""

    @pytest.mark.parametrize(
        "outcomes", [[], [C.ATTENDED_COMPLIED], [C.ATTENDED_FAILED_TO_COMPLY, C.ATTENDED_COMPLIED]]
    )
    def test_none_was(
        self, session: Session, katrina: Person, now: datetime, outcomes: list[OutcomeCode]
    ) -> None:
        """They came to each, or none was booked."""
        for place, code in enumerate(outcomes):
            past(session, katrina, 3 + 7 * place, code, now)
        past(session, katrina, 40, C.UNACCEPTABLE_ABSENCE, now)
        assert not says(session, "have i missed one", now).needs_human
        assert last_answer(session) == (
            "Hi Katrina. You have not missed any in the last 4 weeks. NEXT shows what is booked."
        )
        speaks_welsh(session, katrina)
        says(session, "ydw i wedi colli un", now + minutes(20))
        assert last_answer(session).startswith("Helo Katrina. Nid ydych wedi colli un")

    def test_one_was_and_a_text_has_asked_about_it(
        self, session: Session, katrina: Person, now: datetime
    ) -> None:
        """Its time is named."""
        missed = past(session, katrina, 3, C.UNACCEPTABLE_ABSENCE, now)
        asked(session, missed, now - 2 * DAY, kind=ReminderKind.MISSED)
        record = says(session, "have i missed an appointment?", now)
        assert "We did not see you on Wed 17 March, 9am." in last_answer(session)
        assert not record.needs_human

    @pytest.mark.parametrize(
        ("outcomes", "told", "why"),
        [
            ([C.UNACCEPTABLE_ABSENCE], False, "how an absence stands"),
            ([C.UNACCEPTABLE_ABSENCE, C.FAILED_TO_ATTEND], True, "several appointments"),
            ([C.ABSENT_MEDICAL], True, "how an absence stands"),
            ([None], True, "no outcome yet"),
            ([C.ATTENDED_COMPLIED, None], False, "no outcome yet"),
        ],
    )
    def test_what_is_not_certain_goes_to_a_worker(
        self,
        session: Session,
        katrina: Person,
        now: datetime,
        outcomes: list[OutcomeCode | None],
        told: bool,
        why: str,
    ) -> None:
        """No outcome yet, several absences, one that nobody asked about or that was accepted."""
        for place, code in enumerate(outcomes):
            made = past(session, katrina, 3 + place, code, now)
            if told:
                asked(session, made, now - 2 * DAY, kind=ReminderKind.MISSED)
        record = says(session, "have i missed an appointment?", now)
        assert record.needs_human and why in record.done, record.done
        assert "did not see you" not in last_answer(session)

    def test_a_text_that_never_left_told_nobody(
        self, session: Session, katrina: Person, now: datetime
    ) -> None:
        """The question about the absence was withdrawn."""
        missed = past(session, katrina, 3, C.UNACCEPTABLE_ABSENCE, now)
        asked(
            session,
            missed,
            now - 2 * DAY,
            kind=ReminderKind.MISSED,
            status=MessageStatus.WITHDRAWN,
        )
        assert says(session, "have i missed an appointment?", now).needs_human


class TestLeft:
    """How much is left: what is booked and reached, and a worker says the rest."""

    def test_counts_alone(self, session: Session, katrina: Person, now: datetime) -> None:
        """No end and no order is named; it stays on the worker's list."""
        for days in (3, 10):
            builders.appointment(session, katrina, now + days * DAY)
        record = says(session, "how many have i got left", now)
        assert last_answer(session) == (
            "Hi Katrina. Booked from now: 2. Pat will tell you the rest."
        )
        assert record.needs_human and "how much is left" in record.done
        case_builders.milestone(session, katrina, MilestoneKind.HOUSED)
        speaks_welsh(session, katrina)
        says(session, "beth sydd ar ol i wneud", now + minutes(20))
        assert "drefnu o nawr: 2. Camau a gyflawnwyd: 1." in last_answer(session)
        assert lint(last_answer(session)) == [] and measure(last_answer(session)).segments == 1

    def test_nothing_booked(self, session: Session, katrina: Person, now: datetime) -> None:
        """A count of none would sound like the end."""
        record = says(session, "when does my order end", now)
        assert record.needs_human and "nothing is booked" in record.done


@pytest.mark.parametrize(
    "text", ["is it booked", "have i missed one", "how many have i got left", "who am i seeing"]
)
def test_nothing_is_said_where_rule_1_forbids_content(
    session: Session, now: datetime, text: str
) -> None:
    """A closed case or a number that is not verified: a worker reads the text."""
    om = builders.staff(session, builders.hub(session))
    closed = builders.person(session, om, contact_status=ContactStatus.CLOSED)
    unverified = builders.person(session, om, number="+447700900102", verified=False)
    for person in (closed, unverified):
        builders.appointment(session, person, now + DAY)
    for number in ("+447700900101", "+447700900102"):
        assert says(session, text, now, number=number).needs_human
        assert not any("Pat" in one or "booked" in one for one in answers(session, number))
