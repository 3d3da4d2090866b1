"""Outcomes recorded with the rules applied, and a supervisor's decision about an absence."""

import threading
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import SYSTEM, Actor
from engage.agencies.model import Role
from engage.appointments import absences
from engage.appointments.model import (
    AbsenceDecision,
    AbsenceReason,
    Appointment,
    Outcome,
    OutcomeCode,
)
from engage.compliance import outcomes
from engage.core.db import Database
from engage.core.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
)
from engage.core.model import Event
from engage.people.model import LegalStatus
from engage.signals import Signal, SignalKind
from messaging import inbound
from messaging.gateways.twilio import webhooks as twilio
from tests import builders
from tests.engage.compliance.stage import missed, order, outcome_of

UAAB, AFTA, ABSENT_MEDICAL = (
    OutcomeCode.UNACCEPTABLE_ABSENCE,
    OutcomeCode.FAILED_TO_ATTEND,
    OutcomeCode.ABSENT_MEDICAL,
)
Scene = tuple[Session, Actor, Actor, Appointment, datetime]


@pytest.fixture
def scene(session: Session, now: datetime) -> Scene:
    """Yesterday's absence, recorded as unacceptable by the offender manager, and a supervisor."""
    hub = builders.hub(session)
    om = builders.staff(session, hub)
    spo = builders.actor(builders.staff(session, hub, Role.SUPERVISOR, name="Sal Rowe"))
    person = builders.person(session, om, legal_status=LegalStatus.STATUTORY)
    order(session, person)
    missed(session, person, 30)
    appointment = missed(session, person, 1, code=None)
    outcomes.record_outcome(session, builders.actor(om), appointment.id, code=UAAB, now=now)
    return session, builders.actor(om), spo, appointment, now


def test_a_supervisor_overrules_a_decision(scene: Scene) -> None:
    """Both stay on record, with who and why; the rules are applied again."""
    session, om, spo, appointment, now = scene
    assert session.scalars(
        select(Signal.kind).where(Signal.kind == SignalKind.SECOND_FAILURE)
    ).all()
    made = outcomes.overrule(
        session, spo, appointment.id, code=ABSENT_MEDICAL, reason="Seen in hospital.", now=now
    )
    assert outcome_of(appointment, session).id == made.id
    assert (
        made.note == "Decided by a supervisor: Seen in hospital." and made.recorded_by == spo.label
    )
    earlier = session.scalars(select(Outcome).where(Outcome.superseded_at.is_not(None))).one()
    assert (earlier.code, earlier.recorded_by) == (UAAB, om.label)
    event = session.scalars(select(Event).where(Event.kind == outcomes.OVERRULED)).one()
    assert event.data["outcome"] == str(made.id) and event.data["earlier"] == str(earlier.id)
    signal = session.scalars(select(Signal).where(Signal.kind == SignalKind.SECOND_FAILURE)).one()
    assert signal.resolved_by == spo.label


def test_only_a_supervisor_changes_an_overruled_absence(scene: Scene) -> None:
    """The worker cannot record another outcome, directly or by deciding about a reason; a
    supervisor can.
    """
    session, om, spo, appointment, now = scene
    outcomes.overrule(session, spo, appointment.id, code=ABSENT_MEDICAL, reason="Seen.", now=now)
    with pytest.raises(Conflict) as refused:
        outcomes.record_outcome(session, om, appointment.id, code=UAAB, now=now)
    assert refused.value.code == "overruled"
    outcomes.record_outcome(
        session, spo, appointment.id, code=UAAB, note="On second thought.", now=now
    )
    outcomes.record_outcome(session, om, appointment.id, code=ABSENT_MEDICAL, now=now)
    assert outcome_of(appointment, session).code is ABSENT_MEDICAL


def test_only_supervisors_overrule(scene: Scene) -> None:
    """An offender manager and a coordinator may not; a support worker of another agency does not
    find the appointment.
    """
    session, om, _, appointment, now = scene
    for role, refusal in ((Role.COORDINATOR, Forbidden), (Role.SUPPORT_WORKER, NotFound)):
        other = builders.staff(
            session, appointment.person.hub, role, name="Jo Lamb", agency_name="Elsewhere"
        )
        with pytest.raises(refusal):
            outcomes.overrule(
                session,
                builders.actor(other),
                appointment.id,
                code=ABSENT_MEDICAL,
                reason="x",
                now=now,
            )
    with pytest.raises(Forbidden):
        outcomes.overrule(session, om, appointment.id, code=ABSENT_MEDICAL, reason="x", now=now)


@pytest.mark.parametrize(
    ("code", "reason", "field"),
    [
        (ABSENT_MEDICAL, "", "reason"),
        (ABSENT_MEDICAL, "x" * 901, "reason"),
        (UAAB, "Same", "code"),
        (AFTA, "Not a decision", "code"),
        (OutcomeCode.ATTENDED_COMPLIED, "Was there", "code"),
    ],
)
def test_impossible_decisions_are_refused(
    scene: Scene, code: OutcomeCode, reason: str, field: str
) -> None:
    """Only a decision about an absence, different from the recorded one, with a reason."""
    session, _, spo, appointment, now = scene
    with pytest.raises(Invalid) as refused:
        outcomes.overrule(session, spo, appointment.id, code=code, reason=reason, now=now)
    assert set(refused.value.fields) == {field}


def test_nothing_to_overrule(scene: Scene) -> None:
    """There is nothing to overrule."""
    session, om, spo, appointment, now = scene
    outcomes.record_outcome(
        session, om, appointment.id, code=OutcomeCode.ATTENDED_COMPLIED, now=now
    )
    with pytest.raises(Conflict) as refused:
        outcomes.overrule(session, spo, appointment.id, code=ABSENT_MEDICAL, reason="x", now=now)
    assert refused.value.code == "no_absence"


def test_rules_apply_at_once_to_an_unacceptable_absence(session: Session, now: datetime) -> None:
    """Rule 6, when a reason is not accepted."""
    om = builders.staff(session, builders.hub(session))
    person = builders.person(session, om)
    order(session, person)
    missed(session, person, 30)
    appointment = missed(session, person, 1, code=AFTA)
    text = inbound.store(
        session,
        twilio.read_text(
            {
                "MessageSid": "SM1",
                "From": "+447700900101",
                "To": "+447700900999",
                "Body": "bus was late",
                "NumMedia": "0",
            }
        ),
        now=now,
    )
    assert text
    stored = session.execute(select(inbound.Inbound.id)).scalar_one()
    absences.store_reason(
        session, appointment, inbound_id=stored, cause="transport", said_at=now, now=now
    )
    reason = session.scalars(select(AbsenceReason)).one()
    actor = builders.actor(om)
    outcomes.decide_absence(
        session, actor, appointment.id, reason.id, AbsenceDecision.NOT_ACCEPTED, now=now
    )
    assert outcome_of(appointment, session).code is UAAB
    assert session.scalars(select(Signal.id).where(Signal.kind == SignalKind.SECOND_FAILURE)).one()


def test_rules_apply_to_two_outcomes_in_turn(committed: Database, now: datetime) -> None:
    """Two workers record two failures at the same moment: the second failure is seen, and signalled
    once.
    """
    with committed.begin() as session:
        om = builders.staff(session, builders.hub(session))
        person = builders.person(session, om)
        order(session, person)
        ids = [missed(session, person, days, code=None).id for days in (2, 5)]
    ready = threading.Barrier(2)

    def work(which: int) -> None:
        ready.wait()
        with committed.begin() as session:
            outcomes.record_outcome(session, SYSTEM, ids[which], code=UAAB, now=now)

    threads = [threading.Thread(target=work, args=(which,)) for which in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with committed.begin() as session:
        found = session.scalars(
            select(Signal).where(Signal.kind == SignalKind.SECOND_FAILURE)
        ).all()
        assert len(found) == 1 and "2 failures" in found[0].why
