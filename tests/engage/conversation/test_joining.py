"""Several texts in a row: read as one where that is surer, done once, and never a refusal turned
into a yes.
"""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.appointments.model import Appointment
from engage.appointments.model import StatedIntent as Said
from engage.conversation.model import ReplyRecord as Row
from engage.people.model import Person
from engage.signals import SignalKind
from engage.understanding.interpret import interpret
from engage.understanding.joining import How, choose, turns_back
from engage.understanding.vocabulary import Act, Context, Intent, Interpretation
from messaging.outbox import Lane
from tests import builders
from tests.engage.conversation.phones import (
    NO,
    YES,
    answers,
    asked,
    gone,
    minutes,
    open_signals,
    said,
    says,
    standing,
)
from tests.engage.conversation.turns import read_as

I = Intent  # noqa: E741 — the tables below are read by their intents
DAY = timedelta(days=1)


def unsure(*intents: Intent, confidence: float = 0.5) -> Interpretation:
    """A reading that is for a human."""
    return Interpretation(intent=intents[0], confidence=confidence, act=Act.HUMAN, intents=intents)


def sure(*intents: Intent, confidence: float = 0.97) -> Interpretation:
    """A reading that may be acted on."""
    return Interpretation(
        intent=intents[0],
        confidence=confidence,
        act=Act.ACT,
        intents=intents,
        sure=frozenset(intents),
    )


OTHER = unsure(I.OTHER)
TABLE = [
    # earlier words, what was done, their reading; this text, alone, joint; how
    ("i cant", I.DECLINE, sure(I.DECLINE), "make it", sure(I.CONFIRM), sure(I.DECLINE), How.SAME),
    ("i cant", None, OTHER, "make it", OTHER, sure(I.DECLINE), How.JOINED),
    ("i cant", I.DECLINE, sure(I.DECLINE), "tomorrow", OTHER, sure(I.DECLINE), How.SAME),
    ("no way", I.DECLINE, sure(I.DECLINE), "il be there", sure(I.CONFIRM), OTHER, How.DOUBTED),
    ("no way", I.DECLINE, sure(I.DECLINE), "il be there", sure(I.CONFIRM), unsure(I.CONFIRM), How.DOUBTED),
    ("not sure", None, OTHER, "il make it", sure(I.CONFIRM), unsure(I.CONFIRM), How.DOUBTED),
    ("hiya", None, OTHER, "il make it", sure(I.CONFIRM), OTHER, How.ALONE),
    ("no", I.DECLINE, sure(I.DECLINE), "yes", sure(I.CONFIRM), OTHER, How.ALONE),
    ("no", I.DECLINE, sure(I.DECLINE), "yes il come", sure(I.CONFIRM), OTHER, How.ALONE),
    ("yes", I.CONFIRM, sure(I.CONFIRM), "but not thursday", OTHER, sure(I.RESCHEDULE), How.JOINED),
    ("yes", I.CONFIRM, sure(I.CONFIRM), "but cant thurs", sure(I.DECLINE), OTHER, How.ALONE),
    ("yes", I.CONFIRM, sure(I.CONFIRM), "but if i get a lift", OTHER, OTHER, How.DOUBTED),
    ("yes", I.CONFIRM, sure(I.CONFIRM), "cant be sure", unsure(I.DECLINE), OTHER, How.DOUBTED),
    ("yes", I.CONFIRM, sure(I.CONFIRM), "lol", OTHER, sure(I.CONFIRM), How.SAME),
    ("yes", I.CONFIRM, sure(I.CONFIRM), "mad day here", OTHER, OTHER, How.ALONE),
    ("yes", I.CONFIRM, sure(I.CONFIRM), "when is it", sure(I.QUESTION), sure(I.QUESTION, I.CONFIRM), How.ALONE),
    ("no", I.DECLINE, sure(I.DECLINE), "cant wait", unsure(I.DECLINE), sure(I.CONFIRM), How.DOUBTED),
    ("ring", None, OTHER, "me", OTHER, sure(I.CALL_ME), How.JOINED),
    ("im gonna kill", None, OTHER, "myself", OTHER, unsure(I.CRISIS), How.JOINED),
    ("hiya", None, OTHER, "im gonna kill myself", unsure(I.CRISIS), unsure(I.CRISIS), How.ALONE),
    ("im late", I.RUNNING_LATE, sure(I.RUNNING_LATE), "by 10", sure(I.OTHER, confidence=0.9), sure(I.RUNNING_LATE, I.OTHER), How.JOINED),
]  # fmt: skip


@pytest.mark.parametrize(("earlier", "done", "before", "text", "alone", "joint", "how"), TABLE)
def test_the_rule_as_a_table(
    earlier: str,
    done: Intent | None,
    before: Interpretation,
    text: str,
    alone: Interpretation,
    joint: Interpretation,
    how: How,
) -> None:
    """Which reading counts for two texts in a row; a yes that is doubted is never acted on."""
    found = choose(alone, joint, before, text=text, earlier=[earlier], done=[done])
    assert found.how is how
    assert found.interpretation.intents in (alone.intents, joint.intents)
    if how is How.DOUBTED:
        assert not found.interpretation.acts and not found.interpretation.sure


@pytest.mark.parametrize(
    "words", ["I dont think", "not sure", "os ga i lifft", "dim yn siŵr", "MIGHT", "can’t"]
)
def test_words_that_turn_what_stands_beside_them(words: str) -> None:
    """Refusals, doubts and conditions in both languages, however they are typed."""
    assert turns_back(words) and not turns_back("see you then")


def test_the_reader_reads_texts_that_are_joined_by_a_space() -> None:
    """As if they were one text."""
    joined = interpret("make it", "appointment", "en", Context(("i cant",)))
    assert joined == interpret("i cant make it", "appointment", "en")


def all_said(session: Session, *bodies: str, at: datetime, apart: float = 0.2) -> list[Row]:
    """Texts of one phone, so many minutes apart."""
    return [says(session, body, at + minutes(place * apart)) for place, body in enumerate(bodies)]


def test_a_refusal_in_pieces_is_never_a_yes(
    session: Session, katrina: Person, tuesday: Appointment, now: datetime
) -> None:
    """`make it` alone would be a yes; after `i cant` it is the end of a no, told and answered once."""
    readings = all_said(session, "i cant", "make it", at=now)
    assert YES not in said(session, tuesday) and standing(session, tuesday)[-1] is NO
    assert open_signals(session, katrina) == [SignalKind.CANNOT_ATTEND]
    assert len([one for one in answers(session) if "be in touch" in one]) == 1
    assert not any(reading.needs_human for reading in readings)


def test_no_way_followed_by_a_yes_is_for_a_human(
    session: Session, katrina: Person, tuesday: Appointment, now: datetime
) -> None:
    """`no way` / `il be there`: the no stands, no yes is recorded, and somebody reads both."""
    readings = all_said(session, "no way", "il be there", at=now)
    assert YES not in said(session, tuesday)
    assert readings[-1].needs_human


def test_what_follows_can_take_a_yes_back(
    session: Session, katrina: Person, tuesday: Appointment, now: datetime
) -> None:
    """`yes` / `but cant tues`: the later word counts, and there is one signal."""
    all_said(session, "yes", "but cant tues", at=now)
    assert standing(session, tuesday)[-1] is NO
    assert open_signals(session, katrina) == [SignalKind.CANNOT_ATTEND]


def test_a_yes_on_a_condition_does_not_stand(
    session: Session, katrina: Person, tuesday: Appointment, now: datetime
) -> None:
    """It stays in the record as withdrawn by the person, and a human reads the condition; or the
    reader is sure that it is no yes.
    """
    readings = all_said(session, "yes", "but only if my mam can have the kids like", at=now)
    assert standing(session, tuesday)[-1:] != [YES]
    assert said(session, tuesday)[0] is YES
    rows = session.scalars(select(Said).where(Said.kind == YES)).all()
    assert [row.withdrawn_by for row in rows] == ["person"]
    assert readings[-1].needs_human or readings[-1].intent != I.CONFIRM


def test_a_question_after_a_yes_is_its_own(
    session: Session, katrina: Person, tuesday: Appointment, now: datetime
) -> None:
    """Both are done: the yes stands, and the question has its answer."""
    readings = all_said(session, "yes", "when is it?", at=now)
    assert standing(session, tuesday) == [YES]
    assert [reading.intent for reading in readings] == ["confirm", "question"]
    assert len(answers(session)) == 2


def test_the_same_said_thrice_is_thanked_for_once(
    session: Session, katrina: Person, tuesday: Appointment, now: datetime
) -> None:
    """Each text is read and kept; one answer goes."""
    readings = all_said(session, "yes", "yes", "yes il be there", at=now)
    assert set(said(session, tuesday)) == {YES}
    assert len(answers(session)) == 1
    assert len({reading.inbound_id for reading in readings}) == 3


@pytest.mark.parametrize(("apart", "joined"), [(0.2, True), (2.9, True), (3.1, False), (60, False)])
def test_pieces_belong_together_for_three_minutes(
    session: Session,
    katrina: Person,
    tuesday: Appointment,
    now: datetime,
    apart: float,
    joined: bool,
) -> None:
    """After that each text stands for itself."""
    _, second = all_said(session, "i cant", "make it", at=now, apart=apart)
    assert second.needs_human is not joined, second.done


def test_a_hub_can_turn_it_off_or_make_it_longer(session: Session, now: datetime) -> None:
    """The minutes are a setting of the hub."""
    for place, (setting, joined) in enumerate([(0, False), (10, True)]):
        hub = builders.hub(session, f"Hub {place}", texts_together_minutes=setting)
        number = f"+44770090015{place}"
        person = builders.person(
            session, builders.staff(session, hub, name=f"Al{place}"), number=number
        )
        made = builders.appointment(session, person, now + 3 * DAY)
        asked(session, made, now - DAY, to=number)
        says(session, "i cant", now, number=number)
        second = says(session, "make it", now + minutes(5), number=number)
        assert second.needs_human is not joined


def test_a_text_of_a_worker_between_ends_the_row(
    session: Session, katrina: Person, tuesday: Appointment, now: datetime
) -> None:
    """What comes after it may be an answer to it."""
    says(session, "i cant", now)
    gone(session, katrina, now + minutes(1), purpose="staff", lane=Lane.REPLY)
    second = says(session, "hold the door", now + minutes(2))
    assert second.read_with == []


def test_danger_in_two_halves_is_danger(session: Session, katrina: Person, now: datetime) -> None:
    """Neither half says it; the signal has both."""
    _, second = all_said(session, "im gonna kill", "myself", at=now)
    assert SignalKind.CRISIS in open_signals(session, katrina)
    assert second.needs_human and "999" in answers(session)[-1]


def test_danger_in_two_halves_from_a_number_of_nobody(session: Session, now: datetime) -> None:
    """Whoever is on call is told; no sign of whose it is is needed."""
    _, second = all_said(session, "im gonna kill", "myself", at=now)
    assert second.intent == I.CRISIS and second.needs_human


def test_pieces_that_were_unclear_alone_no_longer_wait(
    session: Session, katrina: Person, tuesday: Appointment, now: datetime
) -> None:
    """What the whole explains needs nobody, and the thread says with what it was read."""
    first = says(session, "me n the bairn", now)
    assert first.needs_human
    second = says(session, "cannot make it tuesday", now + minutes(0.3))
    session.refresh(first)
    assert standing(session, tuesday) == [NO]
    assert second.read_with in ([], [first.inbound_id])
    assert first.needs_human is (second.read_with == [])


def test_a_reading_made_by_hand_has_no_row(
    session: Session, katrina: Person, now: datetime
) -> None:
    """One text alone is read as it always was."""
    only = says(session, "yes", now)
    assert only.read_with == [] and not only.passed_over and read_as(I.CONFIRM).acts


@pytest.mark.parametrize("piece", ["doubt it", "jk", "only joking", "wait"])
def test_a_piece_that_may_take_a_yes_back_is_not_swallowed(
    session: Session, katrina: Person, tuesday: Appointment, now: datetime, piece: str
) -> None:
    """Read with the yes before it, it changes nothing of the whole; a human reads it all the same."""
    _, second = all_said(session, "il be there", piece, at=now)
    assert second.needs_human
