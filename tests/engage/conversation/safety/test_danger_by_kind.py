"""Danger by kind: each kind has its own signal, deadline, people and words, in both languages."""

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage import texts
from engage.agencies import help_lines
from engage.agencies.help_line_kinds import HelpLine
from engage.agencies.model import Hub, Staff
from engage.appointments.model import AbsenceReason
from engage.conversation.safety import on_call
from engage.conversation.safety.responses import RESPONSES, DangerResponse
from engage.core.settings import PROJECT
from engage.people.model import Person
from engage.signals import MEANINGS, Signal, SignalKind
from engage.understanding.safety.kinds import DangerKind
from tests import builders
from tests.engage.conversation.handlers.test_absences import absent
from tests.engage.conversation.phones import answers, asked, last_answer, open_signals, said, says
from tests.engage.conversation.safety.test_on_call import Hall, furnish, put_on, told

NOW = builders.NOW + timedelta(hours=3)
DAY = datetime.fromisoformat("2027-03-22T10:00:00+00:00")
EXAMPLES = {
    DangerKind.OVERDOSE_OR_INJURY: (
        "took all my tablets",
        "nes i gymryd llwyth o dabledi",
    ),
    DangerKind.WISHES_TO_DIE: ("i want to die", "dwi isio marw"),
    DangerKind.VIOLENCE: (
        "my ex gets out friday and he said hel kill me",
        "mae o wedi bygwth lladd fi",
    ),
    DangerKind.CHILD_AT_RISK: ("hes hitting the kids", "mae o'n curo'r plant"),
    DangerKind.THREATS_TO_OTHERS: ("im gonna stab him", "dwi isio lladd o"),
    DangerKind.NOWHERE_TO_SLEEP: ("got nowhere to sleep tonight", "dim lle i gysgu heno"),
    DangerKind.UNCLEAR: ("i dont feel safe", "dwi ddim yn saff"),
}
WORDS = {
    DangerKind.OVERDOSE_OR_INJURY: ("Ring 999 now", "Ffoniwch 999 nawr"),
    DangerKind.WISHES_TO_DIE: ("You matter. To talk now, free: call 116 123", "Rydych yn bwysig"),
    DangerKind.VIOLENCE: ("call 999 and press 55", "yna pwyswch 55"),
    DangerKind.CHILD_AT_RISK: ("If a child is in danger now", "Os oes plentyn mewn perygl"),
    DangerKind.NOWHERE_TO_SLEEP: ("ring the council, day or night", "ffoniwch y cyngor"),
    DangerKind.UNCLEAR: ("To talk, free, day or night", "I siarad am ddim: ffoniwch 116 123, tec"),
}


def danger(session: Session, person: Person) -> Signal:
    """The only signal of danger about a person."""
    return session.scalars(
        select(Signal).where(Signal.person_id == person.id, Signal.danger.is_not(None))
    ).one()


@pytest.mark.parametrize("language", ["en", "cy"])
@pytest.mark.parametrize("kind", DangerKind)
def test_each_kind_has_its_own_signal_and_words(
    session: Session, om: Staff, kind: DangerKind, language: str
) -> None:
    """A signal with the kind, its reason, action and deadline, and advice for it. Threats to others
    get no advice.
    """
    person = builders.person(session, om, language=language)
    place = ["en", "cy"].index(language)
    record = says(session, EXAMPLES[kind][place], NOW)
    response, raised = RESPONSES[kind], danger(session, person)
    assert (raised.kind, raised.danger, raised.why, raised.action) == (
        response.signal,
        kind,
        response.why,
        response.action,
    )
    assert raised.due_at == NOW + timedelta(minutes=response.due_minutes)
    assert kind.label in record.done and record.needs_human
    assert (person.texts_paused_at is not None) == response.pauses
    if kind is DangerKind.THREATS_TO_OTHERS:
        assert answers(session) == []
    else:
        assert WORDS[kind][place] in last_answer(session) and len(answers(session)) == 1


def test_the_words_differ_by_kind() -> None:
    """No two kinds share their advice."""
    kinds = [one.advice for one in RESPONSES.values() if one.advice]
    assert len(set(kinds)) == len(kinds) == len(RESPONSES) - 1
    assert set(RESPONSES) == set(DangerKind)


@pytest.mark.parametrize("language", ["en", "cy"])
@pytest.mark.parametrize(
    ("kind", "response"), [(k, r) for k, r in RESPONSES.items() if r.line is not None]
)
def test_the_hubs_own_number_is_named_once_it_is_checked(
    session: Session, om: Staff, kind: DangerKind, response: DangerResponse, language: str
) -> None:
    """A number that nobody has rung is never named: the national words stay."""
    person = builders.person(session, om, language=language)
    hub = session.get_one(Hub, person.hub_id)
    assert response.line is not None and response.advice_with_line is not None
    place = ["en", "cy"].index(language)
    line, number = response.line, "01632960123"
    help_lines.record(session, hub, line, number, checked_on=None, actor="x", now=NOW)
    says(session, EXAMPLES[kind][place], NOW)
    assert number not in last_answer(session)
    later = NOW + timedelta(days=2)
    help_lines.record(session, hub, line, number, checked_on=date(2027, 3, 1), actor="x", now=NOW)
    says(session, EXAMPLES[kind][place], later)
    assert last_answer(session) == texts.render(response.advice_with_line, language, phone=number)


def test_another_hubs_number_is_never_named(session: Session, om: Staff) -> None:
    """Only the lines of the person's own hub count."""
    builders.person(session, om)
    other = builders.hub(session, "Gwent")
    help_lines.record(
        session,
        other,
        HelpLine.HOUSING,
        "01632960123",
        checked_on=date(2027, 3, 1),
        actor="x",
        now=NOW,
    )
    says(session, "nowhere to sleep tonight", NOW)
    assert "01632960123" not in last_answer(session)


def test_the_same_advice_is_never_sent_twice_in_a_row(session: Session, katrina: Person) -> None:
    """A second danger of one kind gets a short line; another kind gets its own words."""
    says(session, "i want to die", NOW)
    says(session, "i just wanna die", NOW + timedelta(minutes=20))
    again = "Thank you for saying so. We have passed this on too."
    assert last_answer(session).startswith(again)
    says(
        session,
        "hes outside my door, he said hel kill me",
        NOW + timedelta(minutes=30),
    )
    assert "press 55" in last_answer(session)
    sent = answers(session)
    assert len(sent) == 3 and all(one != two for one, two in pairwise(sent))
    assert len({one.danger for one in session.scalars(select(Signal))}) == 2


def test_a_new_kind_is_answered_beyond_the_hourly_limit(session: Session, katrina: Person) -> None:
    """Three safety texts an hour, but advice that is new always goes."""
    for minute in range(6):
        says(session, "i want to die", NOW + timedelta(minutes=5 * minute))
    assert len(answers(session)) == 3
    says(session, "took all my tablets", NOW + timedelta(minutes=40))
    assert last_answer(session).startswith("Ring 999 now")


def test_an_unclear_danger_joins_the_signal_that_is_open(session: Session, katrina: Person) -> None:
    """It adds evidence and keeps the kind that is known."""
    says(session, "i want to die", NOW)
    says(session, "help me please", NOW + timedelta(minutes=10))
    raised = danger(session, katrina)
    assert raised.danger is DangerKind.WISHES_TO_DIE and len(raised.evidence) == 2


def test_danger_to_two_people_raises_two_signals(session: Session, katrina: Person) -> None:
    """One to the person, one to others, each with its kind. The advice is for the more urgent."""
    says(session, "im gonna stab him then kill myself", NOW)
    found = {one.kind: one.danger for one in session.scalars(select(Signal))}
    assert found == {
        SignalKind.CRISIS: DangerKind.WISHES_TO_DIE,
        SignalKind.HARM_TO_OTHERS: DangerKind.THREATS_TO_OTHERS,
    }
    assert "116 123" in last_answer(session)


def test_an_overdose_is_told_to_both_at_once(session: Session) -> None:
    """Other danger is the offender manager's first in working hours. After five minutes the next
    step follows.
    """
    hall: Hall = furnish(session)
    put_on(session, hall.first, 1, DAY)
    put_on(session, hall.second, 2, DAY)
    says(session, "took all my tablets", DAY)
    on_call.advance_due(session, now=DAY)
    assert sorted(told(session)) == ["Pat Hale", "Sam First"]
    on_call.advance_due(session, now=DAY + timedelta(minutes=5))
    assert told(session)[-1] == "Lee Second"


def test_a_bed_for_tonight_leaves_the_usual_steps(session: Session) -> None:
    """The deadline of an hour does not slow the alarm down."""
    hall: Hall = furnish(session)
    put_on(session, hall.first, 1, DAY)
    says(session, "nowhere to sleep tonight", DAY)
    on_call.advance_due(session, now=DAY)
    assert told(session) == ["Pat Hale"]
    on_call.advance_due(session, now=DAY + timedelta(minutes=15))
    assert told(session) == ["Pat Hale", "Sam First"]


@pytest.mark.parametrize(
    ("text", "prompted"),
    [("sorry i was in hospital with my back", True), ("dwi yn yr ysbyty ers dydd sul", True)],
)
def test_hospital_alone_is_a_reason_and_gets_kind_words(
    session: Session, om: Staff, katrina: Person, text: str, prompted: bool
) -> None:
    """No signal of danger, no 999."""
    missed = absent(session, om, katrina, NOW)
    says(session, text, NOW)
    assert not set(open_signals(session, katrina)) & {SignalKind.CRISIS}
    assert last_answer(session).startswith("Thanks for telling us Katrina. We hope you feel better")
    assert session.scalars(select(AbsenceReason.appointment_id)).all() == [missed.id]


@pytest.mark.parametrize("text", ["cant come im in hospital", "methu dod, yn yr ysbyty"])
def test_hospital_before_an_appointment_is_a_no(session: Session, om: Staff, text: str) -> None:
    """Recorded as said; the words are kind."""
    person = builders.person(session, om, language="cy" if "methu" in text else "en")
    appointment = builders.appointment(session, person, NOW + timedelta(days=2))
    asked(session, appointment, NOW - timedelta(hours=1))
    says(session, text, NOW)
    assert said(session, appointment) == ["cannot_attend"]
    assert "feel better" in last_answer(session) or "byddwch yn well" in last_answer(session)
    assert "999" not in last_answer(session)


@pytest.mark.parametrize(
    "text", ["sorry i was in hospital, took an overdose", "in hospital got stabbed sat night"]
)
def test_hospital_with_harm_is_danger_and_still_the_reason(
    session: Session, om: Staff, katrina: Person, text: str
) -> None:
    """Both are kept: the danger for staff, the words as the reason for the absence."""
    missed = absent(session, om, katrina, NOW)
    record = says(session, text, NOW)
    assert danger(session, katrina).danger is DangerKind.OVERDOSE_OR_INJURY
    assert session.scalars(select(AbsenceReason.appointment_id)).all() == [missed.id]
    assert "kept as the reason" in record.done and len(answers(session)) == 1


@pytest.mark.parametrize(
    "text", ["odd y bws yn hwyr sori", "bit odd its so early but il be there", "ODD Y BWS YN HWYR"]
)
def test_odd_is_no_overdose(session: Session, katrina: Person, text: str) -> None:
    """It is Welsh for was, and English for strange."""
    builders.appointment(session, katrina, NOW + timedelta(days=1))
    says(session, text, NOW)
    assert SignalKind.CRISIS not in open_signals(session, katrina)
    assert katrina.texts_paused_at is None


def test_a_claimed_number_keeps_the_kind(session: Session, om: Staff) -> None:
    """Danger from an unknown number gets its own words, and no promise of a hub's line."""
    says(session, "got nowhere to sleep tonight", NOW, number="+447700900777")
    assert "ring the council" in last_answer(session, "+447700900777")


def test_the_table_of_the_documents_is_the_table_of_the_code() -> None:
    """docs/signals.md quotes each kind of danger with its signal, deadline and people."""
    page = (PROJECT / "docs" / "signals.md").read_text(encoding="utf-8")
    for kind, response in RESPONSES.items():
        cells = (kind.label, response.signal, str(response.due_minutes), response.tells)
        row = f"| {' | '.join(cells)} |"
        assert row in page


def test_deadlines_of_the_table_are_kept_short() -> None:
    """No danger waits longer than an hour, and none longer than the kind of its signal says,
    except a bed for tonight.
    """
    for kind, response in RESPONSES.items():
        longest = timedelta(hours=1) if kind is DangerKind.NOWHERE_TO_SLEEP else None
        assert response.due_within <= (longest or MEANINGS[response.signal].due_within)
