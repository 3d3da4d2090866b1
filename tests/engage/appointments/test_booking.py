"""Booking and recording: what is refused and why, who may, and the three facts that are never
mixed.
"""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import Ability
from engage.agencies.model import Role
from engage.appointments import booking
from engage.appointments.attendance import record_outcome
from engage.appointments.model import (
    Appointment,
    AppointmentType,
    IntentKind,
    Outcome,
    OutcomeCode,
    StatedIntent,
)
from engage.appointments.open_record import open_appointment
from engage.appointments.reminders.rules import ACCEPTABLE_ABSENCES
from engage.core.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
)
from engage.core.model import Event
from engage.people.model import CustodyStatus, Involvement, NumberState
from engage.signals import Signal, SignalState
from messaging.states import MessageStatus as S
from tests import builders
from tests.engage.appointments.stage import Stage, advance, local, make, messages, planned

AFTER = local("2027-03-26 14:20")


@pytest.fixture
def stage(session: Session, now: Any) -> Stage:
    """A person who can be texted."""
    return make(session, now)


def record(stage: Stage, appointment: Appointment, code: OutcomeCode, **values: Any) -> Outcome:
    """Record an outcome, by default after the appointment started."""
    now = values.pop("now", AFTER)
    actor = values.pop("actor", stage.actor)
    return record_outcome(stage.session, actor, appointment.id, code=code, now=now, **values)


def no_shows(stage: Stage) -> list[Signal]:
    """The no_show signals, oldest first."""
    return list(
        stage.session.scalars(
            select(Signal).where(Signal.kind == "no_show").order_by(Signal.raised_at, Signal.id)
        )
    )


@pytest.mark.parametrize(
    ("starts", "values", "field"),
    [
        ("2027-03-20 08:59", {}, "starts_at"),
        ("2029-03-22 09:00", {}, "starts_at"),
        ("2027-03-26 14:00", {"minutes": 0}, "minutes"),
        ("2027-03-26 14:00", {"minutes": 1441}, "minutes"),
        ("2027-03-26 14:00", {"worker_name": " "}, "worker_name"),
        ("2027-03-26 14:00", {"worker_name": "x" * 41}, "worker_name"),
        ("2027-03-26 14:00", {"place": "x" * 121}, "place"),
        ("2027-03-26 14:00", {"place_alias": "nul \0 byte"}, "place_alias"),
        ("2027-03-26 14:00", {"place": "\ud800"}, "place"),
        ("2027-03-26 14:00", {"source_ref": "  "}, "source_ref"),
        ("2027-03-26 14:00", {"worker_id": uuid.uuid4()}, "worker_id"),
    ],
)
def test_invalid_values_are_refused(
    stage: Stage, starts: str, values: dict[str, Any], field: str
) -> None:
    """Each invalid value is named, and nothing is stored."""
    with pytest.raises(Invalid) as found:
        stage.book(starts, **values)
    assert list(found.value.fields) == [field]
    assert stage.session.scalars(select(Appointment)).all() == []


def test_a_naive_time_is_refused(stage: Stage) -> None:
    """A time without a zone is ambiguous."""
    agency = builders.agency(stage.session, stage.hub)
    new = booking.NewAppointment(
        stage.person.id,
        agency.id,
        AppointmentType.OFFICE,
        AFTER.replace(tzinfo=None),
        30,
        "Pat",
        True,
    )
    with pytest.raises(Invalid):
        booking.book(stage.session, stage.actor, new, now=stage.now)


def test_an_agency_of_another_area_is_refused(stage: Stage) -> None:
    """An agency works in its own area only."""
    elsewhere = builders.hub(stage.session, "Elsewhere")
    new = booking.NewAppointment(
        stage.person.id,
        builders.agency(stage.session, elsewhere).id,
        AppointmentType.OFFICE,
        AFTER,
        30,
        "Pat",
        True,
    )
    with pytest.raises(Invalid) as found:
        booking.book(stage.session, stage.actor, new, now=stage.now)
    assert list(found.value.fields) == ["agency_id"]


def test_a_clash_needs_confirmation(stage: Stage) -> None:
    """An overlapping appointment is a conflict unless the worker confirms it."""
    stage.book("2027-03-26 14:00")
    with pytest.raises(Conflict) as found:
        stage.book("2027-03-26 14:29")
    assert found.value.code == "clash"
    stage.book("2027-03-26 14:30")
    moved = stage.book("2027-03-29 14:00")
    with pytest.raises(Conflict):
        booking.move(
            stage.session, stage.actor, moved.id, starts_at=local("2027-03-26 14:15"), now=stage.now
        )
    booking.move(
        stage.session,
        stage.actor,
        moved.id,
        starts_at=local("2027-03-26 14:15"),
        now=stage.now,
        allow_clash=True,
    )


def test_a_reference_is_used_once(stage: Stage) -> None:
    """The exporting system's id belongs to one appointment of the hub."""
    stage.book("2027-03-26 14:00", source_ref="R-1")
    with pytest.raises(Conflict) as found:
        stage.book("2027-03-29 14:00", source_ref="R-1")
    assert found.value.code == "ref_taken"


def test_a_booking_is_logged_and_involves_the_agency(stage: Stage) -> None:
    """The event has ids and times only; the agency's workers see their part from now on."""
    appointment = stage.book("2027-03-26 14:00", agency_name="City Housing")
    event = stage.session.scalars(select(Event).where(Event.kind == "appointment.booked")).one()
    assert event.data["appointment"] == str(appointment.id) and event.actor == stage.actor.label
    assert "Katrina" not in str(event.data) and "Bridge" not in str(event.data)
    assert stage.session.scalars(select(Involvement.agency_id)).all() == [appointment.agency_id]


def test_a_support_worker_books_and_sees_for_their_own_agency(stage: Stage) -> None:
    """They do not find another agency's appointments, and cannot book for it."""
    housing = stage.book("2027-03-26 14:00", agency_name="City Housing")
    probation = stage.book("2027-03-29 14:00")
    worker = builders.staff(
        stage.session, stage.hub, Role.SUPPORT_WORKER, name="Lin", agency_name="City Housing"
    )
    actor = builders.actor(worker)
    found = open_appointment(stage.session, actor, housing.id, now=stage.now, ability=Ability.VIEW)
    assert found.id == housing.id
    with pytest.raises(NotFound):
        open_appointment(stage.session, actor, probation.id, now=stage.now)
    with pytest.raises(NotFound):
        record(
            stage,
            probation,
            OutcomeCode.ATTENDED_COMPLIED,
            actor=actor,
            now=local("2027-03-29 14:10"),
        )
    assert (
        record(stage, housing, OutcomeCode.ATTENDED_COMPLIED, actor=actor).recorded_by
        == actor.label
    )
    new = booking.NewAppointment(
        stage.person.id, probation.agency_id, AppointmentType.OFFICE, AFTER, 30, "Pat", True
    )
    with pytest.raises(Forbidden):
        booking.book(stage.session, actor, new, now=stage.now)


def test_another_offender_manager_finds_nothing(stage: Stage) -> None:
    """Every use case tells them that there is no such appointment."""
    appointment = stage.book("2027-03-26 14:00")
    other = builders.actor(builders.staff(stage.session, stage.hub, name="Dai Rees"))
    for attempt in (
        lambda: open_appointment(stage.session, other, appointment.id, now=stage.now),
        lambda: booking.move(stage.session, other, appointment.id, starts_at=AFTER, now=stage.now),
        lambda: booking.amend(stage.session, other, appointment.id, {"minutes": 10}, now=stage.now),
        lambda: booking.cancel(stage.session, other, appointment.id, reason="x", now=stage.now),
        lambda: record(stage, appointment, OutcomeCode.ATTENDED_COMPLIED, actor=other),
        lambda: open_appointment(stage.session, stage.actor, uuid.uuid4(), now=stage.now),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_only_details_can_be_amended(stage: Stage) -> None:
    """The time is moved, not amended; an unknown field is refused."""
    appointment = stage.book("2027-03-26 14:00")
    with pytest.raises(Invalid):
        booking.amend(
            stage.session, stage.actor, appointment.id, {"starts_at": AFTER}, now=stage.now
        )
    with pytest.raises(Invalid):
        booking.amend(stage.session, stage.actor, appointment.id, {"minutes": 0}, now=stage.now)
    housing = builders.agency(stage.session, stage.hub, "City Housing")
    booking.amend(
        stage.session, stage.actor, appointment.id, {"agency_id": housing.id}, now=stage.now
    )
    assert appointment.agency_id == housing.id


@pytest.mark.parametrize("code", list(OutcomeCode))
def test_before_the_start_only_an_acceptable_absence_can_be_recorded(
    stage: Stage, code: OutcomeCode
) -> None:
    """It calls the remaining texts back; every other outcome is refused."""
    appointment = stage.book("2027-03-26 14:00")
    if code in ACCEPTABLE_ABSENCES:
        record(stage, appointment, code, now=stage.now)
        assert planned(stage.session, appointment.id) == {}
    else:
        with pytest.raises(Conflict) as found:
            record(stage, appointment, code, now=stage.now)
        assert found.value.code == "not_begun"


def test_a_cancelled_appointment_has_no_outcome(stage: Stage) -> None:
    """No outcome can be recorded for it."""
    appointment = stage.book("2027-03-26 14:00")
    booking.cancel(stage.session, stage.actor, appointment.id, reason="Worker ill", now=stage.now)
    with pytest.raises(Conflict):
        record(stage, appointment, OutcomeCode.FAILED_TO_ATTEND)


def test_a_correction_keeps_the_earlier_outcome(stage: Stage) -> None:
    """The earlier outcome stays, superseded; recording the same again changes nothing."""
    appointment = stage.book("2027-03-26 14:00")
    first = record(stage, appointment, OutcomeCode.FAILED_TO_ATTEND)
    assert record(stage, appointment, OutcomeCode.FAILED_TO_ATTEND).id == first.id
    second = record(stage, appointment, OutcomeCode.ATTENDED_COMPLIED, note="In the other room")
    assert (first.superseded_at, second.superseded_at) == (AFTER, None)
    with pytest.raises(Invalid):
        record(stage, appointment, OutcomeCode.ATTENDED_COMPLIED, note="x" * 1001)


def test_an_absence_raises_a_signal_that_another_outcome_resolves(stage: Stage) -> None:
    """AFTA raises no_show once; a correction resolves it; a second AFTA raises it again."""
    appointment = stage.book("2027-03-26 14:00")
    record(stage, appointment, OutcomeCode.FAILED_TO_ATTEND)
    record(stage, appointment, OutcomeCode.FAILED_TO_ATTEND, note="Rang, no answer")
    assert [signal.state for signal in no_shows(stage)] == [SignalState.OPEN]
    record(stage, appointment, OutcomeCode.ABSENT_MEDICAL)
    assert no_shows(stage)[0].resolution == "AAME was recorded."
    record(stage, appointment, OutcomeCode.FAILED_TO_ATTEND)
    assert [signal.state for signal in no_shows(stage)] == [SignalState.RESOLVED, SignalState.OPEN]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ((S.SENDING, S.ACCEPTED, S.DELIVERED), "The one text about it reached their phone."),
        (
            (S.SENDING, S.ACCEPTED, S.UNDELIVERED),
            "No text about it reached them: the phone network could not deliver.",
        ),
        ((S.SENDING, S.UNKNOWN), "It is not known whether a text about it reached their phone."),
        ((S.WITHHELD,), "No text about it reached them: none was sent."),
    ],
)
def test_an_absence_signal_says_whether_texts_arrived(
    stage: Stage, path: tuple[S, ...], words: str
) -> None:
    """Non-delivery never counts against the person: the signal says that no text reached them."""
    appointment = stage.book("2027-03-21 08:30")
    stage.send()
    advance(stage.session, messages(stage.session)[0], *path, now=stage.now)
    record(stage, appointment, OutcomeCode.FAILED_TO_ATTEND, now=local("2027-03-21 09:00"))
    assert no_shows(stage)[0].why == (
        f"Did not attend on Sun 21 March, 8:30am. They can explain until Sun 28 March. {words}"
    )


def test_an_absence_signal_says_why_reminders_were_skipped(stage: Stage) -> None:
    """The stored reasons are in the signal."""
    appointment = stage.book("2027-03-26 14:00")
    stage.person.custody_status = CustodyStatus.REMAND
    for moment in ("2027-03-20 09:00", "2027-03-23 14:00", "2027-03-25 14:00"):
        stage.send(moment)
    record(stage, appointment, OutcomeCode.FAILED_TO_ATTEND)
    assert no_shows(stage)[0].why.endswith(
        "No text about it reached them: The person is remanded in custody."
    )


def test_an_absence_signal_says_what_the_person_had_said(stage: Stage) -> None:
    """Their intent is in the signal, with the evidence linked, and makes no outcome by itself."""
    appointment = stage.book("2027-03-26 14:00")
    stage.send()
    stage.session.add(
        StatedIntent(
            appointment_id=appointment.id,
            kind=IntentKind.WILL_ATTEND,
            said_at=stage.now + timedelta(hours=1),
            revision=appointment.revision,
        )
    )
    stage.session.flush()
    assert stage.session.scalars(select(Outcome)).all() == []
    outcome = record(stage, appointment, OutcomeCode.FAILED_TO_ATTEND)
    signal = no_shows(stage)[0]
    assert signal.why.endswith("They had said they would come.")
    assert {link["type"] for link in signal.evidence} == {"outcome", "appointment", "message"}
    assert {"type": "outcome", "id": str(outcome.id)} in signal.evidence


def test_the_longest_reasons_fit_the_signal(stage: Stage) -> None:
    """A signal is stored however long its reasons are."""
    appointment = stage.book("2027-03-26 14:00")
    stage.person.contact_points[0].problem = "x" * 200
    stage.person.contact_points[0].state = NumberState.SUSPENDED
    stage.person.custody_status = CustodyStatus.UNLAWFULLY_AT_LARGE
    stage.session.flush()
    stage.send()
    record(stage, appointment, OutcomeCode.FAILED_TO_ATTEND)
    assert len(no_shows(stage)[0].why) <= 300
