"""A reason for an absence proposes an outcome; a worker who may record outcomes decides, once."""

import threading
import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.agencies.model import Role
from engage.appointments import absences, attendance
from engage.appointments.attendance import record_outcome
from engage.appointments.kinds import AbsenceDecision, OutcomeCode, ReminderKind, ReminderState
from engage.appointments.model import AbsenceReason, Appointment
from engage.appointments.reminders.due import send_due
from engage.core.db import Database
from engage.core.errors import Conflict, Forbidden, NotFound
from engage.core.model import Event
from engage.people.model import ContactStatus, Language
from engage.signals import Signal, SignalKind, SignalState
from messaging.states import MessageStatus as S
from messaging.tables import Message
from tests import builders
from tests.engage.appointments.stage import Stage, advance, local, make, reminder_rows
from tests.engage.conversation.phones import text_in

ACCEPTED, NOT_ACCEPTED, LEFT = AbsenceDecision
AFTA, UAAB, AAME, ATTC = (
    OutcomeCode.FAILED_TO_ATTEND,
    OutcomeCode.UNACCEPTABLE_ABSENCE,
    OutcomeCode.ABSENT_MEDICAL,
    OutcomeCode.ATTENDED_COMPLIED,
)
MONDAY, NOON = "2027-03-22 10:00", local("2027-03-22 12:00")


@pytest.fixture
def stage(session: Session, now: Any) -> Stage:
    """A person who can be texted."""
    return make(session, now)


def missed(stage: Stage, **values: Any) -> Appointment:
    """An appointment on Monday, recorded at noon as missed."""
    appointment = stage.book(MONDAY, **values)
    record_outcome(stage.session, stage.actor, appointment.id, code=AFTA, now=NOON)
    return appointment


def explained(stage: Stage, about: Appointment, cause: str | None = "illness") -> AbsenceReason:
    """The reason that the person texted an hour later."""
    text = text_in(stage.session, "was at the hospital with my back", NOON + timedelta(hours=1))
    assert absences.store_reason(
        stage.session,
        about,
        inbound_id=text.id,
        cause=cause,
        said_at=text.received_at,
        now=text.received_at,
    )
    return stage.session.scalars(
        select(AbsenceReason).where(AbsenceReason.inbound_id == text.id)
    ).one()


def decide(
    stage: Stage, reason: AbsenceReason, decision: AbsenceDecision, **values: Any
) -> AbsenceReason:
    """Decide as a worker, the day after."""
    return absences.decide(
        stage.session,
        values.get("actor", stage.actor),
        values.get("appointment", reason.appointment_id),
        values.get("reason_id", reason.id),
        decision,
        now=NOON + timedelta(days=1),
    )


def open_kinds(stage: Stage) -> list[SignalKind]:
    """The kinds of the open signals."""
    return sorted(
        stage.session.scalars(select(Signal.kind).where(Signal.state != SignalState.RESOLVED))
    )


@pytest.mark.parametrize(
    ("decision", "code", "note"),
    [
        (ACCEPTED, AAME, "Accepted the reason given by text on Mon 22 March, 1pm."),
        (NOT_ACCEPTED, UAAB, "Did not accept the reason given by text on Mon 22 March, 1pm."),
        (LEFT, AFTA, ""),
    ],
)
def test_a_decision_records_an_outcome_with_its_ground(
    stage: Stage, decision: AbsenceDecision, code: OutcomeCode, note: str
) -> None:
    """Accepting or not accepting records an outcome by that worker; leaving it records none. Who
    decided and when is stored with the reason.
    """
    appointment = missed(stage)
    reason = explained(stage, appointment)
    assert reason.proposed is AAME
    decide(stage, reason, decision)
    recorded = attendance.current_outcome(stage.session, appointment.id)
    assert recorded is not None and (recorded.code, recorded.note) == (code, note)
    assert recorded.recorded_by == stage.actor.label
    assert (reason.decision, reason.decided_by) == (decision, stage.actor.label)
    kinds = stage.session.scalars(
        select(Event.kind).where(Event.kind.startswith("absence.")).order_by(Event.id)
    ).all()
    assert kinds == ["absence.explained", "absence.decided"]
    assert (SignalKind.NO_SHOW in open_kinds(stage)) == (decision is LEFT)


def test_what_cannot_be_decided(stage: Stage) -> None:
    """Twice, without a proposal, for another appointment, or once another outcome is recorded:
    refused, and nothing changes.
    """
    appointment = missed(stage)
    without = explained(stage, appointment, "forgot")
    with pytest.raises(Conflict, match="No outcome is proposed"):
        decide(stage, without, ACCEPTED)
    other = stage.book("2027-04-01 10:00")
    for values in (
        {"appointment": other.id},
        {"reason_id": uuid.uuid4()},
        {"appointment": uuid.uuid4()},
    ):
        with pytest.raises(NotFound):
            decide(stage, without, LEFT, **values)
    decide(stage, without, LEFT)
    with pytest.raises(Conflict, match="already decided about this reason"):
        decide(stage, without, NOT_ACCEPTED)
    second = explained(stage, appointment)
    record_outcome(stage.session, stage.actor, appointment.id, code=ATTC, now=NOON)
    with pytest.raises(Conflict, match="No absence is recorded"):
        decide(stage, second, ACCEPTED)


def test_who_may_decide(stage: Stage) -> None:
    """An auditor only reads; another offender manager and another agency's support worker find
    nothing; one of its own agency may decide.
    """
    appointment = missed(stage, agency_name="Tyne Recovery")
    reason = explained(stage, appointment)
    auditor = builders.staff(stage.session, stage.hub, Role.AUDITOR, name="Robin Platt")
    other = builders.staff(stage.session, stage.hub, name="Dai Rees")
    elsewhere = builders.staff(
        stage.session, stage.hub, Role.SUPPORT_WORKER, name="Sam Oak", agency_name="Shelter"
    )
    partner = builders.staff(
        stage.session, stage.hub, Role.SUPPORT_WORKER, name="Jo Lamb", agency_name="Tyne Recovery"
    )
    with pytest.raises(Forbidden):
        decide(stage, reason, ACCEPTED, actor=builders.actor(auditor))
    for staff in (other, elsewhere):
        with pytest.raises(NotFound):
            decide(stage, reason, ACCEPTED, actor=builders.actor(staff))
    decide(stage, reason, ACCEPTED, actor=builders.actor(partner))


def test_two_decisions_at_once_make_one(committed: Database, now: Any) -> None:
    """The second worker is told that there is a decision already; one outcome is recorded."""
    with committed.begin() as session:
        stage = make(session, now)
        reason = explained(stage, missed(stage))
    gate, refused = threading.Barrier(2), []

    def press(decision: AbsenceDecision) -> None:
        gate.wait()
        try:
            with committed.begin() as session:
                absences.decide(
                    session, stage.actor, reason.appointment_id, reason.id, decision, now=NOON
                )
        except Conflict as problem:
            refused.append(problem.code)

    threads = [
        threading.Thread(target=press, args=(decision,)) for decision in (ACCEPTED, NOT_ACCEPTED)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with committed.begin() as session:
        assert len(session.get_one(Appointment, reason.appointment_id).outcomes) == 2
    assert refused == ["decided"]


def test_the_same_text_is_one_reason(stage: Stage) -> None:
    """A text handled again after a crash is stored once."""
    appointment = missed(stage)
    reason = explained(stage, appointment)
    again = absences.store_reason(
        stage.session,
        appointment,
        inbound_id=reason.inbound_id,
        cause="illness",
        said_at=NOON,
        now=NOON,
    )
    assert not again


def test_the_offender_manager_is_told_when_two_days_are_left(stage: Stage) -> None:
    """From the morning of the fifth day, once, with the reason given; a decision resolves it."""
    appointment = missed(stage)
    explained(stage, appointment)
    assert absences.raise_evidence_due(stage.session, now=local("2027-03-26 23:59")) == 0
    assert absences.raise_evidence_due(stage.session, now=local("2027-03-27 00:00")) == 1
    assert absences.raise_evidence_due(stage.session, now=local("2027-03-27 09:00")) == 0
    raised = stage.session.scalars(
        select(Signal).where(Signal.kind == SignalKind.EVIDENCE_DUE)
    ).one()
    assert raised.due_at == local("2027-03-30 00:00")
    assert raised.why == (
        "Did not attend on Mon 22 March, 10am. They can explain until Mon 29 March. "
        "They have given a reason by text."
    )
    assert [link["type"] for link in raised.evidence] == [
        "outcome",
        "appointment",
        "inbound",
        "rule",
    ]
    record_outcome(stage.session, stage.actor, appointment.id, code=UAAB, now=NOON)
    assert open_kinds(stage) == []


def test_the_window_follows_the_hubs_setting(stage: Stage) -> None:
    """With three days to explain the signal is raised on the second."""
    stage.hub.settings = {"evidence_days": 3}
    missed(stage)
    assert absences.raise_evidence_due(stage.session, now=local("2027-03-22 23:00")) == 0
    assert absences.raise_evidence_due(stage.session, now=local("2027-03-23 00:00")) == 1


@pytest.mark.parametrize(
    ("path", "planned"),
    [((), 1), ((S.SENDING, S.ACCEPTED, S.DELIVERED), 0), ((S.SENDING, S.UNKNOWN), 0)],
)
def test_no_question_is_asked_twice(stage: Stage, path: tuple[S, ...], planned: int) -> None:
    """Corrected to another outcome and back: a text that was sent, or may have been, is not sent
    again; a called-back one is planned again.
    """
    appointment = missed(stage)
    stage.send(NOON)
    (message,) = stage.session.scalars(select(Message).where(Message.body.contains("Are you OK?")))
    advance(stage.session, message, *path, now=NOON)
    for code in (ATTC, AFTA):
        record_outcome(stage.session, stage.actor, appointment.id, code=code, now=NOON)
    rows = [(row.kind, row.state) for row in reminder_rows(stage.session, appointment.id)]
    assert rows.count((ReminderKind.MISSED, ReminderState.PLANNED)) == planned
    assert rows.count((ReminderKind.MISSED_AGAIN, ReminderState.PLANNED)) == 1


def test_rule_1_applies_to_the_question(stage: Stage) -> None:
    """A person whose case is closed is not asked; the reason is stored beside the text that was not
    sent.
    """
    stage.person.contact_status = ContactStatus.SUSPENDED
    appointment = missed(stage)
    assert stage.send(NOON) == []
    assert stage.reminder_states(appointment)["missed"] == "skipped contact_suspended"


def test_recorded_at_night_it_is_sent_in_the_morning(stage: Stage) -> None:
    """It names the day, because "today" would be wrong by then."""
    stage.person.language = Language.WELSH
    appointment = stage.book(MONDAY)
    stage.send()
    night = local("2027-03-22 22:00")
    record_outcome(stage.session, stage.actor, appointment.id, code=AFTA, now=night)
    assert stage.send(night) == []
    (body,) = stage.send("2027-03-23 09:00")
    assert body == (
        "Helo Katrina. Ni welsom chi Llun 22 Mawrth, 10yb. Ydych chi'n iawn? Dywedwch pam erbyn "
        "Llun 29 Mawrth. "
        "Atebwch GALW i ni eich ffonio."
    )


def test_a_hub_number_that_is_too_long_does_not_stop_the_question(stage: Stage) -> None:
    """The wording without a number is used."""
    stage.hub.phone = "01914980100 ext 4455"
    missed(stage)
    bodies = stage.send(NOON)
    assert any("Are you OK?" in body and "or ring" not in body for body in bodies)


def test_questions_about_two_absences_are_not_merged(stage: Stage) -> None:
    """Each absence has its own question, and neither asks for a yes."""
    first, second = stage.book(MONDAY), stage.book("2027-03-22 11:00")
    stage.send()
    for one in (first, second):
        record_outcome(stage.session, stage.actor, one.id, code=AFTA, now=NOON)
    send_due(stage.session, now=NOON)
    asked = [
        body for body in stage.session.scalars(select(Message.body)) if "We did not see you" in body
    ]
    assert len(asked) == 2
