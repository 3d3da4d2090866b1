"""Several texts in a row: interpreted as one if that is surer, handled once, and a refusal never
becomes a yes.
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
from engage.understanding.joining import JoinMode, choose, has_doubt
from engage.understanding.vocabulary import Act, Intent, Interpretation
from messaging.outbox import Lane
from tests import builders
from tests.engage.conversation.phones import (
    NO,
    YES,
    answers,
    asked,
    current_intents,
    gone,
    minutes,
    open_signals,
    said,
    says,
)
from tests.engage.conversation.turns import read_as

I = Intent  # noqa: E741 — the tables below are read by their intents
DAY = timedelta(days=1)


def unsure(*intents: Intent, confidence: float = 0.5) -> Interpretation:
    """An interpretation that goes to a worker."""
    return Interpretation(intent=intents[0], confidence=confidence, act=Act.HUMAN, intents=intents)


def sure(*intents: Intent, confidence: float = 0.97) -> Interpretation:
    """An interpretation that may be acted on."""
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
    ("i cant", I.DECLINE, sure(I.DECLINE),
     "make it", sure(I.CONFIRM), sure(I.DECLINE), JoinMode.SAME),
    ("i cant", None, OTHER, "make it", OTHER, sure(I.DECLINE), JoinMode.JOINED),
    ("i cant", I.DECLINE, sure(I.DECLINE), "tomorrow", OTHER, sure(I.DECLINE), JoinMode.SAME),
    ("no way", I.DECLINE, sure(I.DECLINE), "il be there", sure(I.CONFIRM), OTHER, JoinMode.DOUBTED),
    ("no way", I.DECLINE, sure(I.DECLINE),
     "il be there", sure(I.CONFIRM), unsure(I.CONFIRM), JoinMode.DOUBTED),
    ("not sure", None, OTHER, "il make it", sure(I.CONFIRM), unsure(I.CONFIRM), JoinMode.DOUBTED),
    ("hiya", None, OTHER, "il make it", sure(I.CONFIRM), OTHER, JoinMode.ALONE),
    ("no", I.DECLINE, sure(I.DECLINE), "yes", sure(I.CONFIRM), OTHER, JoinMode.ALONE),
    ("no", I.DECLINE, sure(I.DECLINE), "yes il come", sure(I.CONFIRM), OTHER, JoinMode.ALONE),
    ("yes", I.CONFIRM, sure(I.CONFIRM),
     "but not thursday", OTHER, sure(I.RESCHEDULE), JoinMode.JOINED),
    ("yes", I.CONFIRM, sure(I.CONFIRM), "but cant thurs", sure(I.DECLINE), OTHER, JoinMode.ALONE),
    ("yes", I.CONFIRM, sure(I.CONFIRM), "but if i get a lift", OTHER, OTHER, JoinMode.DOUBTED),
    ("yes", I.CONFIRM, sure(I.CONFIRM), "cant be sure", unsure(I.DECLINE), OTHER, JoinMode.DOUBTED),
    ("yes", I.CONFIRM, sure(I.CONFIRM), "lol", OTHER, sure(I.CONFIRM), JoinMode.SAME),
    ("yes", I.CONFIRM, sure(I.CONFIRM), "mad day here", OTHER, OTHER, JoinMode.ALONE),
    ("yes", I.CONFIRM, sure(I.CONFIRM),
     "when is it", sure(I.QUESTION), sure(I.QUESTION, I.CONFIRM), JoinMode.ALONE),
    ("no", I.DECLINE, sure(I.DECLINE),
     "cant wait", unsure(I.DECLINE), sure(I.CONFIRM), JoinMode.DOUBTED),
    ("ring", None, OTHER, "me", OTHER, sure(I.CALL_ME), JoinMode.JOINED),
    ("im gonna kill", None, OTHER, "myself", OTHER, unsure(I.CRISIS), JoinMode.JOINED),
    ("hiya", None, OTHER,
     "im gonna kill myself", unsure(I.CRISIS), unsure(I.CRISIS), JoinMode.ALONE),
    ("im late", I.RUNNING_LATE, sure(I.RUNNING_LATE),
     "by 10", sure(I.OTHER, confidence=0.9), sure(I.RUNNING_LATE, I.OTHER), JoinMode.JOINED),
]  # fmt: skip


@pytest.mark.parametrize(("earlier", "done", "before", "text", "alone", "joint", "how"), TABLE)
def test_the_rule_as_a_table(
    earlier: str,
    done: Intent | None,
    before: Interpretation,
    text: str,
    alone: Interpretation,
    joint: Interpretation,
    how: JoinMode,
) -> None:
    """Which interpretation counts for two texts in a row. A doubted yes is never acted on."""
    found = choose(alone, joint, before, text=text, earlier=[earlier], acted_on=[done])
    assert found.mode is how
    assert found.interpretation.intents in (alone.intents, joint.intents)
    if how is JoinMode.DOUBTED:
        assert not found.interpretation.acts and not found.interpretation.sure


@pytest.mark.parametrize(
    "words", ["I dont think", "not sure", "os ga i lifft", "dim yn siŵr", "MIGHT", "can’t"]
)
def test_words_of_doubt(words: str) -> None:
    """Refusals, doubts and conditions in both languages, in any spelling."""
    assert has_doubt(words) and not has_doubt("see you then")


def test_texts_are_joined_by_a_space() -> None:
    """They are interpreted as one text."""
    joined = interpret("make it", "appointment", "en", ("i cant",))
    assert joined == interpret("i cant make it", "appointment", "en")


def all_said(session: Session, *bodies: str, at: datetime, apart: float = 0.2) -> list[Row]:
    """Texts from one phone, some minutes apart."""
    return [says(session, body, at + minutes(place * apart)) for place, body in enumerate(bodies)]


def test_a_refusal_in_pieces_is_never_a_yes(
    session: Session, katrina: Person, tuesday: Appointment, now: datetime
) -> None:
    """`make it` alone would be a yes; after `i cant` it is the end of a no, reported and answered
    once.
    """
    readings = all_said(session, "i cant", "make it", at=now)
    assert YES not in said(session, tuesday) and current_intents(session, tuesday)[-1] is NO
    assert open_signals(session, katrina) == [SignalKind.CANNOT_ATTEND]
    assert len([one for one in answers(session) if "be in touch" in one]) == 1
    assert not any(reading.needs_human for reading in readings)


def test_no_way_followed_by_a_yes_goes_to_a_worker(
    session: Session, katrina: Person, tuesday: Appointment, now: datetime
) -> None:
    """`no way` / `il be there`: the no counts, no yes is recorded, and a worker reads both."""
    readings = all_said(session, "no way", "il be there", at=now)
    assert YES not in said(session, tuesday)
    assert readings[-1].needs_human


def test_the_next_text_can_replace_a_yes(
    session: Session, katrina: Person, tuesday: Appointment, now: datetime
) -> None:
    """`yes` / `but cant tues`: the later text counts, and there is one signal."""
    all_said(session, "yes", "but cant tues", at=now)
    assert current_intents(session, tuesday)[-1] is NO
    assert open_signals(session, katrina) == [SignalKind.CANNOT_ATTEND]


def test_a_yes_with_a_condition_is_withdrawn(
    session: Session, katrina: Person, tuesday: Appointment, now: datetime
) -> None:
    """It stays recorded as withdrawn by the person, and a worker reads the condition, unless the
    classifier is sure that it is no yes.
    """
    readings = all_said(session, "yes", "but only if my mam can have the kids like", at=now)
    assert current_intents(session, tuesday)[-1:] != [YES]
    assert said(session, tuesday)[0] is YES
    rows = session.scalars(select(Said).where(Said.kind == YES)).all()
    assert [row.withdrawn_by for row in rows] == ["person"]
    assert readings[-1].needs_human or readings[-1].intent != I.CONFIRM


def test_a_question_after_a_yes_is_answered(
    session: Session, katrina: Person, tuesday: Appointment, now: datetime
) -> None:
    """Both are handled: the yes counts, and the question gets its answer."""
    readings = all_said(session, "yes", "when is it?", at=now)
    assert current_intents(session, tuesday) == [YES]
    assert [reading.intent for reading in readings] == ["confirm", "question"]
    assert len(answers(session)) == 2


def test_three_texts_of_one_meaning_get_one_answer(
    session: Session, katrina: Person, tuesday: Appointment, now: datetime
) -> None:
    """Each text has its record; one answer is sent."""
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
    """After that each text is interpreted alone."""
    _, second = all_said(session, "i cant", "make it", at=now, apart=apart)
    assert second.needs_human is not joined, second.done


def test_a_hub_can_turn_it_off_or_make_it_longer(session: Session, now: datetime) -> None:
    """The minutes are a hub setting."""
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


def test_a_text_from_a_worker_ends_the_row(
    session: Session, katrina: Person, tuesday: Appointment, now: datetime
) -> None:
    """What comes after it may be an answer to the worker."""
    says(session, "i cant", now)
    gone(session, katrina, now + minutes(1), purpose="staff", lane=Lane.REPLY)
    second = says(session, "hold the door", now + minutes(2))
    assert second.read_with == []


def test_danger_in_two_halves_is_danger(session: Session, katrina: Person, now: datetime) -> None:
    """Neither half alone reports it; the signal has both as evidence."""
    _, second = all_said(session, "im gonna kill", "myself", at=now)
    assert SignalKind.CRISIS in open_signals(session, katrina)
    assert second.needs_human and "999" in answers(session)[-1]


def test_danger_in_two_halves_from_an_unknown_number(session: Session, now: datetime) -> None:
    """Staff on call are told, although the number belongs to nobody."""
    _, second = all_said(session, "im gonna kill", "myself", at=now)
    assert second.intent == I.CRISIS and second.needs_human


def test_pieces_that_were_unclear_alone_no_longer_wait(
    session: Session, katrina: Person, tuesday: Appointment, now: datetime
) -> None:
    """If the joined text explains them no worker has to read them, and the thread shows with which
    text each was interpreted.
    """
    first = says(session, "me n the bairn", now)
    assert first.needs_human
    second = says(session, "cannot make it tuesday", now + minutes(0.3))
    session.refresh(first)
    assert current_intents(session, tuesday) == [NO]
    assert second.read_with in ([], [first.inbound_id])
    assert first.needs_human is (second.read_with == [])


def test_a_single_text_is_not_joined(session: Session, katrina: Person, now: datetime) -> None:
    """It is interpreted alone."""
    only = says(session, "yes", now)
    assert only.read_with == [] and not only.passed_over and read_as(I.CONFIRM).acts


@pytest.mark.parametrize("piece", ["doubt it", "jk", "only joking", "wait"])
def test_a_piece_that_may_take_a_yes_back_goes_to_a_worker(
    session: Session, katrina: Person, tuesday: Appointment, now: datetime, piece: str
) -> None:
    """The joined text means the same with it; a worker reads it all the same."""
    _, second = all_said(session, "il be there", piece, at=now)
    assert second.needs_human
