"""The answers that a hub keeps: written as drafts, approved by name, discreet and one text long."""

import uuid
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.agencies import hub_answers
from engage.agencies.hub_answers import NewAnswer
from engage.agencies.hub_answers_model import AnswerLanguage, HubAnswer, HubTopic
from engage.agencies.model import Hub
from engage.core.errors import Conflict, Invalid, NotFound
from engage.core.model import Event
from engage.demo import seed_answers
from engage.texts import LONGEST_DIRECTIONS, LONGEST_WORDS, lint
from engage.understanding.vocabulary import QuestionTopic
from messaging.text import measure
from tests import builders

EN, CY = AnswerLanguage.ENGLISH, AnswerLanguage.WELSH
T = HubTopic
HOUR = timedelta(hours=1)


@pytest.fixture
def hub(session: Session) -> Hub:
    """A hub without answers."""
    return builders.hub(session)


def write(
    session: Session, hub: Hub, now: datetime, words: str = "Yes, you can.", **values: object
) -> HubAnswer:
    """Write an answer of the hub, by default about children in English."""
    new = NewAnswer(**{"topic": T.CHILD, "language": EN, "words": words, **values})  # type: ignore[arg-type]
    return hub_answers.write(session, hub, new, actor="staff:alex", now=now)


def approve(session: Session, hub: Hub, answer: HubAnswer, now: datetime) -> None:
    """Approve an answer as it stands."""
    hub_answers.approve(session, hub, answer.id, answer.words, actor="staff:sal", now=now)


def events(session: Session) -> list[tuple[str, str]]:
    """The kinds of events about answers and their topics, oldest first."""
    rows = select(Event).where(Event.kind.startswith("hub_answer.")).order_by(Event.id)
    return [(one.kind, one.data["topic"]) for one in session.scalars(rows)]


def test_an_answer_is_a_draft_until_somebody_approves_it(
    session: Session, hub: Hub, now: datetime
) -> None:
    """Who and when is recorded; changed words are a draft again, the same words change nothing."""
    answer = write(session, hub, now)
    assert not answer.is_approved and answer.written_by == "staff:alex"
    approve(session, hub, answer, now + HOUR)
    assert (answer.approved_by, answer.approved_at) == ("staff:sal", now + HOUR)
    assert write(session, hub, now + 2 * HOUR) is answer and answer.is_approved
    assert write(session, hub, now + 2 * HOUR, "No, sorry.") is answer
    assert not answer.is_approved and answer.approved_by is None
    assert answer.written_at == now + 2 * HOUR
    hub_answers.remove(session, hub, answer.id, actor="staff:alex", now=now)
    assert hub_answers.answers_of(session, hub) == []
    assert [kind for kind, _ in events(session)] == [
        "hub_answer.written",
        "hub_answer.approved",
        "hub_answer.written",
        "hub_answer.removed",
    ]


def test_an_event_never_has_the_words(session: Session, hub: Hub, now: datetime) -> None:
    """Ids and codes only."""
    answer = write(session, hub, now)
    (event,) = session.scalars(select(Event).where(Event.kind == "hub_answer.written"))
    assert event.data == {"answer": str(answer.id), "topic": "child", "language": "en"}
    assert (event.hub_id, event.actor) == (hub.id, "staff:alex")


def test_one_answer_for_each_topic_language_and_place(
    session: Session, hub: Hub, now: datetime
) -> None:
    """Capitals and spaces make no other place."""
    for language in (EN, CY):
        write(session, hub, now, topic=T.PARKING, language=language)
        for place in ("the hall", "The  Hall", "the centre"):
            write(session, hub, now, topic=T.PARKING, language=language, place=place)
    listed = [(one.place, one.language) for one in hub_answers.answers_of(session, hub)]
    assert listed == [
        ("", EN),
        ("", CY),
        ("the centre", EN),
        ("the centre", CY),
        ("The Hall", EN),
        ("The Hall", CY),
    ]


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"words": " "}, "words", "Enter the answer"),
        ({"words": "ответ"}, "words", "letters that a text can carry"),
        ({"words": "w" * (LONGEST_WORDS + 1)}, "words", f"at most {LONGEST_WORDS}"),
        (
            {
                "topic": T.DIRECTIONS,
                "place": "the hall",
                "words": "w" * (LONGEST_DIRECTIONS + 1),
            },
            "words",
            f"at most {LONGEST_DIRECTIONS}",
        ),
        ({"words": "Ring 999 if you are not safe."}, "words", "emergency numbers"),
        ({"words": "Call 116 123."}, "words", "emergency numbers"),
        ({"topic": T.DIRECTIONS}, "place", "Enter the place"),
        ({"place": "the hall"}, "place", "Only directions and parking"),
        ({"topic": T.PARKING, "place": "Probation office"}, "place", "never name this place"),
        ({"topic": T.PARKING, "place": "p" * 61}, "place", "at most 60"),
    ],
)
def test_what_no_text_may_carry_is_refused(
    session: Session, hub: Hub, now: datetime, values: dict[str, object], field: str, words: str
) -> None:
    """Beside its field, with what to do. Nothing is stored."""
    with pytest.raises(Invalid) as refused:
        write(session, hub, now, **values)  # type: ignore[arg-type]
    assert words in refused.value.fields[field]
    assert hub_answers.answers_of(session, hub) == []


def test_what_a_stranger_may_not_read_is_never_approved(
    session: Session, hub: Hub, now: datetime
) -> None:
    """It may be a draft, so that its writer sees why."""
    answer = write(session, hub, now, "Ask your probation officer.")
    assert [one.word for one in hub_answers.problems_of(answer)] == ["probation", "officer"]
    with pytest.raises(Invalid) as refused:
        approve(session, hub, answer, now)
    assert "“probation” says that the person is under supervision" in refused.value.fields["words"]
    assert not answer.is_approved


def test_words_that_changed_meanwhile_are_not_approved(
    session: Session, hub: Hub, now: datetime
) -> None:
    """An approver approves what they read."""
    answer = write(session, hub, now)
    write(session, hub, now, "No, sorry.")
    with pytest.raises(Conflict):
        hub_answers.approve(session, hub, answer.id, "Yes, you can.", actor="staff:sal", now=now)
    assert not answer.is_approved


def test_an_answer_of_another_hub_is_not_found(session: Session, hub: Hub, now: datetime) -> None:
    """As if there were none."""
    answer = write(session, hub, now)
    elsewhere = builders.hub(session, "Gwent")
    for id in (answer.id, uuid.uuid4()):
        with pytest.raises(NotFound):
            hub_answers.approve(session, elsewhere, id, answer.words, actor="staff:sal", now=now)
        with pytest.raises(NotFound):
            hub_answers.remove(session, elsewhere, id, actor="staff:sal", now=now)
    assert not answer.is_approved


def test_letters_that_a_phone_lacks_become_the_nearest(
    session: Session, hub: Hub, now: datetime
) -> None:
    """What is stored is what is sent."""
    answer = write(session, hub, now, "Dewch â’ch  tŷ\nnewydd…")
    assert answer.words == "Dewch a'ch ty newydd..."


@pytest.mark.parametrize("language", AnswerLanguage)
@pytest.mark.parametrize("topic", HubTopic)
def test_the_longest_answer_is_one_text(topic: HubTopic, language: AnswerLanguage) -> None:
    """With the longest name and place."""
    words = "w" * hub_answers.longest_words(topic)
    body = hub_answers.text_of(topic, language, words, "P" * 24, "F" * 12)
    assert measure(body).segments == 1


def test_every_hub_topic_is_a_topic_of_questions() -> None:
    """Each value stands for the same in both."""
    assert [QuestionTopic(topic).value for topic in HubTopic] == [one.value for one in HubTopic]


def test_the_answers_of_the_demonstration(session: Session, hub: Hub, now: datetime) -> None:
    """Discreet, approved but for the draft, in both languages but for one topic."""
    seed_answers.write(session, hub, office="the centre", hall="the hall", actor="system", now=now)
    found = hub_answers.answers_of(session, hub)
    assert {one.topic for one in found} == set(HubTopic)
    assert all(lint(one.words) == [] for one in found)
    drafts = [(one.topic, one.language) for one in found if not one.is_approved]
    assert drafts == [(T.ON_RECORD, CY)]
    welsh = {one.topic for one in found if one.language is CY}
    assert set(HubTopic) - welsh == {T.DOG}
