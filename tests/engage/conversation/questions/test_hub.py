"""Questions that the hub has answers to, sent as texts."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from engage.agencies import hub_answers
from engage.agencies.hub_answers import NewAnswer
from engage.agencies.hub_answers_model import AnswerLanguage, HubTopic
from engage.agencies.model import Hub
from engage.appointments.kinds import AppointmentType
from engage.conversation.questions.topics import ANSWERERS
from engage.people.model import Language, Person
from engage.understanding.vocabulary import Intent, Prompt, QuestionTopic
from tests import builders
from tests.engage.conversation.phones import answers, asked, last_answer, minutes, says
from tests.engage.conversation.turns import hear, read_as

DAY = timedelta(days=1)
T = HubTopic
ASKED = {
    T.DIRECTIONS: ("how do i get there", "sut dwi'n cyrraedd yno"),
    T.PARKING: ("is there parking", "oes lle i barcio"),
    T.BRING: ("do i need id", "oes angen id arna i"),
    T.CHILD: ("can i bring my kid", "ga i ddod a'r babi"),
    T.COMPANION: ("can my mum come with me", "all fy mhartner ddod hefyd"),
    T.DOG: ("can i bring the dog", "ga i ddod a'r ci"),
    T.IF_LATE: ("what happens if im late", "beth os dwi'n hwyr"),
    T.COST: ("is it free", "ydi o am ddim"),
    T.FARE: ("will you pay my bus fare", "ga i arian bws"),
    T.ON_RECORD: ("does this go on my record", "ydi hyn yn mynd ar fy nghofnod"),
}


@pytest.fixture
def katrina(session: Session, now: datetime) -> Person:
    """A person with one appointment at the hall, who was reminded of it."""
    person = builders.person(session, builders.staff(session, builders.hub(session)))
    booked = builders.appointment(session, person, now + 3 * DAY, place_alias="the hall")
    asked(session, booked, now - minutes(30))
    return person


def keep(
    session: Session,
    person: Person,
    now: datetime,
    topic: HubTopic,
    words: str,
    *,
    language: str = "en",
    place: str = "",
    approved: bool = True,
) -> None:
    """Write an answer of the person's hub, and approve it."""
    hub = session.get_one(Hub, person.hub_id)
    new = NewAnswer(topic, AnswerLanguage(language), words, place)
    answer = hub_answers.write(session, hub, new, actor="system", now=now)
    if approved:
        hub_answers.approve(session, hub, answer.id, answer.words, actor="system", now=now)


@pytest.mark.parametrize("topic", HubTopic)
@pytest.mark.parametrize("language", ["en", "cy"])
def test_an_approved_answer_is_sent_in_the_persons_language(
    session: Session, katrina: Person, now: datetime, topic: HubTopic, language: str
) -> None:
    """After a greeting; directions after the name of the place. Nobody must read the text."""
    place = "the hall" if topic is T.DIRECTIONS else ""
    keep(session, katrina, now, topic, "Yes, of course.", place=place)
    keep(session, katrina, now, topic, "Iawn, wrth gwrs.", language="cy", place=place)
    katrina.language = Language(language)
    session.flush()
    record = says(session, ASKED[topic][language == "cy"], now)
    greeting, words = {
        "en": ("Hi Katrina. ", "Yes, of course."),
        "cy": ("Helo Katrina. ", "Iawn, wrth gwrs."),
    }[language]
    assert answers(session) == [f"{greeting}{'The hall: ' if place else ''}{words}"]
    assert not record.needs_human and record.act
    assert record.done == f"Sent the hub’s answer: {QuestionTopic(topic).label}"


@pytest.mark.parametrize("topic", HubTopic)
def test_without_an_approved_answer_a_worker_answers(
    session: Session, katrina: Person, now: datetime, topic: HubTopic
) -> None:
    """A draft, an answer in the other language and one of another hub are not sent."""
    place = "the hall" if topic is T.DIRECTIONS else ""
    keep(session, katrina, now, topic, "Yes, of course.", place=place, approved=False)
    keep(session, katrina, now, topic, "Iawn, wrth gwrs.", language="cy", place=place)
    elsewhere = builders.person(
        session, builders.staff(session, builders.hub(session, "Gwent")), number="+447700900102"
    )
    keep(session, elsewhere, now, topic, "Yes, of course.", place=place)
    record = says(session, ASKED[topic][0], now)
    assert last_answer(session) == "Thanks Katrina. Pat will answer that."
    assert record.needs_human and not record.act
    assert record.done == (
        f"A question about {QuestionTopic(topic).label} (the hub has no approved answer in "
        "English); for a worker to read"
    )


def test_not_the_same_line_twice_running(session: Session, katrina: Person, now: datetime) -> None:
    """Each question gets one line, and each stays on the worker's list."""
    texts = ["can i bring the dog", "do i need id", "is it free"]
    records = [says(session, text, now + minutes(20 * at)) for at, text in enumerate(texts)]
    assert answers(session) == [
        "Thanks Katrina. Pat will answer that.",
        "Thanks Katrina. We have passed this on too. Pat will get back to you.",
        "Thanks Katrina. Pat will answer that.",
    ]
    assert all(one.needs_human for one in records)
    assert not any("999" in one for one in answers(session))


def test_the_second_text_of_a_burst_is_answered_too(
    session: Session, katrina: Person, now: datetime
) -> None:
    """A yes, and a question within a minute of it."""
    keep(session, katrina, now, T.CHILD, "Yes, you can bring your child.")
    says(session, "yes il be there", now)
    record = says(session, "also is it ok if i bring the baby", now + minutes(1))
    assert last_answer(session) == "Hi Katrina. Yes, you can bring your child."
    assert not record.needs_human


class TestPlaces:
    """Directions and parking differ by place."""

    def test_directions_are_those_of_the_place_of_the_appointment(
        self, session: Session, katrina: Person, now: datetime
    ) -> None:
        """By its everyday name, whatever its capitals."""
        keep(session, katrina, now, T.DIRECTIONS, "Bus 10 from town.", place="The Hall")
        keep(session, katrina, now, T.DIRECTIONS, "Bus 7 from town.", place="the centre")
        says(session, "how do i get there from town", now)
        assert last_answer(session) == "Hi Katrina. The Hall: Bus 10 from town."

    def test_directions_to_another_place_answer_nothing(
        self, session: Session, katrina: Person, now: datetime
    ) -> None:
        """Nobody is sent the wrong way."""
        keep(session, katrina, now, T.DIRECTIONS, "Bus 7 from town.", place="the centre")
        assert says(session, "how do i get there", now).needs_human

    def test_directions_need_a_certain_appointment(
        self, session: Session, katrina: Person, now: datetime
    ) -> None:
        """On Friday none is booked."""
        keep(session, katrina, now, T.DIRECTIONS, "Bus 10 from town.", place="the hall")
        record = says(session, "how do i get there on friday", now)
        assert record.needs_human and "not certain which appointment" in record.done

    def test_parking_at_the_place_else_everywhere(
        self, session: Session, katrina: Person, now: datetime
    ) -> None:
        """The answer for all places serves where the place has none."""
        keep(session, katrina, now, T.PARKING, "No parking. Use the bus.")
        says(session, "is there parking", now)
        assert last_answer(session) == "Hi Katrina. No parking. Use the bus."
        keep(session, katrina, now, T.PARKING, "Park behind it.", place="the hall")
        says(session, "where can i park", now + minutes(20))
        assert last_answer(session) == "Hi Katrina. Park behind it."

    def test_nobody_needs_the_way_to_a_call(self, session: Session, now: datetime) -> None:
        """The worker rings them: that is the answer."""
        person = builders.person(session, builders.staff(session, builders.hub(session)))
        builders.appointment(session, person, now + DAY, type=AppointmentType.PHONE)
        keep(session, person, now, T.PARKING, "No parking. Use the bus.")
        for at, text in enumerate(["how do i get there", "is there parking"]):
            assert not says(session, text, now + minutes(20 * at)).needs_human
            assert "Pat will ring you: Sun 21 March, 9am." in last_answer(session)


@pytest.mark.parametrize(
    ("topic", "prompt"),
    [
        (QuestionTopic.COST, Prompt.REBOOK),
        (QuestionTopic.COST, Prompt.NONE),
        (QuestionTopic.ON_RECORD, Prompt.ABSENCE),
    ],
)
def test_a_question_that_may_mean_something_else_goes_to_a_worker(
    session: Session, katrina: Person, now: datetime, topic: QuestionTopic, prompt: Prompt
) -> None:
    """It may ask whether a time is free, or whether an absence goes on record."""
    keep(session, katrina, now, HubTopic(topic), "It is free.")
    done = hear(session, katrina, read_as(Intent.QUESTION, topic=topic), now, prompt=prompt)
    assert done.needs_human and "may mean something else" in done.words


def test_every_topic_has_something_that_answers_it() -> None:
    """No topic is found and then forgotten."""
    assert set(ANSWERERS) == set(QuestionTopic)
