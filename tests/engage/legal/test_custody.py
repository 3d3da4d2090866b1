"""Custody: texts stop and start with it, the release day moves, and an appointment in prison is
booked but not texted.
"""

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import Actor
from engage.agencies.model import Role
from engage.appointments import booking as appointments
from engage.appointments.booking import NewAppointment
from engage.appointments.model import AppointmentType, Reminder, ReminderState
from engage.appointments.reminders import due
from engage.core.db import Database
from engage.core.errors import Conflict, Forbidden, Invalid
from engage.legal import custody, orders
from engage.legal.model import CustodyKind, CustodySpell, OrderEnding, OrderKind
from engage.people import contactability
from engage.people.model import CustodyStatus, LegalStatus, Person
from engage.signals import Signal, SignalKind, SignalState
from messaging import outbox
from messaging.states import MessageStatus
from messaging.tables import Message
from tests import builders
from tests.builders import NOW
from tests.engage.legal import scenes
from tests.engage.legal.scenes import TODAY

A_DAY = timedelta(days=1)


def _signals(session: Session) -> list[tuple[str, SignalState]]:
    found = session.scalars(
        select(Signal)
        .where(Signal.kind == SignalKind.RELEASE_SOON)
        .order_by(Signal.raised_at, Signal.id)
    )
    return [(signal.key.rpartition(":")[2], signal.state) for signal in found]


def test_custody_stops_texts_and_release_allows_them(
    session: Session, pat: Actor, katrina: Person
) -> None:
    """Rules 1 and 2: queued texts are withdrawn in the same transaction; after release reminders
    are planned again.
    """
    text = outbox.Text(
        to="+447700900101",
        body="Hi",
        lane=outbox.Lane.REMINDER,
        dedupe_key="one",
        recipient=str(katrina.id),
    )
    message = outbox.enqueue(session, text, now=NOW)
    spell = scenes.in_prison(session, katrina)
    session.expire_all()
    assert session.get_one(Message, message.id).status is MessageStatus.WITHDRAWN
    assert katrina.custody_status.value == CustodyStatus.CUSTODY.value
    assert not contactability.contactability_of(session, [katrina.id], NOW)[
        katrina.id
    ].verdict.allowed
    assert custody.current(session, katrina.id) == spell
    custody.release(session, pat, spell.id, on=TODAY, now=NOW)
    assert (
        katrina.custody_status.value == CustodyStatus.COMMUNITY.value
        and katrina.contactability_changed_at == NOW
    )
    assert contactability.contactability_of(session, [katrina.id], NOW)[katrina.id].verdict.allowed
    assert custody.current(session, katrina.id) is None


def test_a_joint_visit_is_booked_in_prison_and_not_texted(
    session: Session, pat: Actor, katrina: Person
) -> None:
    """The appointment stays; each reminder is skipped with the reason, and none is sent late after
    release.
    """
    spell = scenes.in_prison(session, katrina, release_on=TODAY + 10 * A_DAY)
    visit = appointments.book(
        session,
        pat,
        NewAppointment(
            person_id=katrina.id,
            agency_id=session.get_one(Person, katrina.id).offender_manager.agency_id,
            type=AppointmentType.OFFICE,
            starts_at=NOW + 5 * A_DAY,
            minutes=60,
            worker_name="Pat",
            place="HMP Durham",
            enforceable=False,
        ),
        now=NOW,
    )
    for moment in (NOW, NOW + 2 * A_DAY, NOW + 4 * A_DAY):
        due.send_due(session, now=moment, limit=50)
    reminders = session.scalars(select(Reminder).where(Reminder.appointment_id == visit.id)).all()
    assert reminders and {one.state for one in reminders} == {ReminderState.SKIPPED}
    assert all("custody" in {why["code"] for why in one.reasons} for one in reminders)
    assert session.query(Message).count() == 0
    custody.release(session, pat, spell.id, on=TODAY, now=NOW + 6 * A_DAY)
    due.send_due(session, now=NOW + 6 * A_DAY, limit=50)
    assert session.query(Message).count() == 0


def test_from_remand_to_sentence(session: Session, pat: Actor, katrina: Person) -> None:
    """Sentenced: the same period in prison, of another kind, with a length and a release day."""
    spell = scenes.in_prison(
        session, katrina, kind=CustodyKind.REMAND, sentence_days=None, release_on=None
    )
    assert katrina.custody_status.value == CustodyStatus.REMAND.value
    custody.change(
        session, pat, spell.id, kind=CustodyKind.CUSTODY, prison="HMP Holme House",
        sentence_days=730, release_on=TODAY + 300 * A_DAY, now=NOW,
    )  # fmt: skip
    assert (
        katrina.custody_status.value == CustodyStatus.CUSTODY.value
        and spell.prison == "HMP Holme House"
    )


def test_a_release_moved_earlier_is_signalled_at_once(
    session: Session, pat: Actor, katrina: Person
) -> None:
    """Not only by tonight's sweep. Moved again, the old signal is resolved and the new day has its
    own. Release resolves it.
    """
    spell = scenes.in_prison(session, katrina)
    assert _signals(session) == []
    first, second = TODAY + 10 * A_DAY, TODAY + 3 * A_DAY
    custody.change_release(session, pat, spell.id, release_on=first, now=NOW)
    assert _signals(session) == [(first.isoformat(), SignalState.OPEN)]
    custody.change_release(session, pat, spell.id, release_on=second, now=NOW + A_DAY)
    expected = [(first.isoformat(), SignalState.RESOLVED), (second.isoformat(), SignalState.OPEN)]
    assert _signals(session) == expected
    custody.change_release(session, pat, spell.id, release_on=TODAY + 50 * A_DAY, now=NOW + A_DAY)
    assert [state for _, state in _signals(session)] == [SignalState.RESOLVED] * 2
    custody.change_release(
        session, pat, spell.id, release_on=TODAY + 5 * A_DAY, now=NOW + 2 * A_DAY
    )
    custody.release(session, pat, spell.id, on=TODAY + 2 * A_DAY, now=NOW + 2 * A_DAY)
    assert [state for _, state in _signals(session)] == [SignalState.RESOLVED] * 3


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"since": TODAY + A_DAY}, "since"),
        ({"release_on": TODAY - A_DAY}, "release_on"),
        ({"kind": CustodyKind.REMAND, "sentence_days": 30}, "sentence_days"),
        ({"sentence_days": 0}, "sentence_days"),
        ({"sentence_days": 40_000}, "sentence_days"),
        ({"prison": "p" * 81}, "prison"),
    ],
)
def test_impossible_values_are_refused(
    session: Session, katrina: Person, values: dict[str, Any], field: str
) -> None:
    """Named by the field; no custody is recorded."""
    with pytest.raises(Invalid) as refused:
        scenes.in_prison(session, katrina, **values)
    assert list(refused.value.fields) == [field]
    assert (
        katrina.custody_status.value == CustodyStatus.COMMUNITY.value
        and custody.of_person(session, katrina.id, 9) == []
    )


def test_one_period_in_prison_at_a_time(session: Session, pat: Actor, katrina: Person) -> None:
    """No two at once, no overlap with an earlier one, and no change after release."""
    spell = scenes.in_prison(session, katrina)
    with pytest.raises(Conflict) as refused:
        scenes.in_prison(session, katrina)
    assert refused.value.code == "in_custody"
    with pytest.raises(Invalid):
        custody.release(session, pat, spell.id, on=spell.since - A_DAY, now=NOW)
    custody.release(session, pat, spell.id, on=TODAY - 2 * A_DAY, now=NOW)
    with pytest.raises(Conflict):
        custody.release(session, pat, spell.id, on=TODAY, now=NOW)
    with pytest.raises(Conflict):
        custody.change_release(session, pat, spell.id, release_on=TODAY, now=NOW)
    with pytest.raises(Invalid) as overlaps:
        scenes.in_prison(session, katrina, since=TODAY - 3 * A_DAY)
    assert list(overlaps.value.fields) == ["since"]
    scenes.in_prison(session, katrina, since=TODAY - 2 * A_DAY)


def test_a_person_at_large_stays_at_large(session: Session, pat: Actor, katrina: Person) -> None:
    """Ending the custody of a person who absconded starts no texts."""
    spell = scenes.in_prison(session, katrina)
    katrina.custody_status = CustodyStatus.UNLAWFULLY_AT_LARGE
    session.flush()
    custody.release(session, pat, spell.id, on=TODAY, now=NOW)
    assert katrina.custody_status.value == CustodyStatus.UNLAWFULLY_AT_LARGE.value


def test_recalled_and_out_again_after_the_sentence(
    session: Session, pat: Actor, katrina: Person
) -> None:
    """Without a new licence, after the sentence, the person is no longer statutory."""
    licence = scenes.order(session, katrina, kind=OrderKind.LICENCE, ends_on=TODAY + 5 * A_DAY)
    orders.end_order(session, pat, licence.id, on=TODAY, ending=OrderEnding.RECALLED, now=NOW)
    spell = scenes.in_prison(session, katrina, since=TODAY)
    later = NOW + 6 * A_DAY
    custody.release(session, pat, spell.id, on=TODAY + 6 * A_DAY, now=later)
    assert katrina.legal_status.value == LegalStatus.NON_STATUTORY.value


def test_the_release_plan_keeps_health_apart(session: Session, pat: Actor, katrina: Person) -> None:
    """A supervisor without health access changes the rest and leaves health as it was."""
    spell = scenes.in_prison(session, katrina)
    with pytest.raises(Invalid):
        custody.make_plan(session, pat, spell.id, home=" ", now=NOW)
    custody.make_plan(
        session, pat, spell.id, home="A flat in Byker", health="Goes on with a script", now=NOW
    )
    lead = builders.staff(session, katrina.hub, Role.SUPERVISOR, name="Sam Shaw")
    supervisor = builders.actor(lead)
    with pytest.raises(Forbidden):
        custody.make_plan(session, supervisor, spell.id, home="Hostel", health="None", now=NOW)
    custody.make_plan(
        session, supervisor, spell.id, home="Hostel", travel="Met at the gate", now=NOW
    )
    plan = spell.plan
    assert plan is not None
    assert (plan.home, plan.travel, plan.health) == (
        "Hostel",
        "Met at the gate",
        "Goes on with a script",
    )


def test_two_record_the_same_custody_at_once(committed: Database) -> None:
    """One succeeds; the other is refused."""
    with committed.begin() as session:
        person = builders.person(session, builders.staff(session, builders.hub(session)))
    gate, told = threading.Barrier(2), []

    def work() -> None:
        gate.wait()
        try:
            with committed.begin() as session:
                scenes.in_prison(session, person)
        except Conflict as problem:
            told.append(problem.code)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with committed.begin() as session:
        assert told == ["in_custody"] and session.query(CustodySpell).count() == 1
