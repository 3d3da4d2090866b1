"""Late and here: the worker is told, a pattern is reported once, and a claim that the record
contradicts goes to a worker.
"""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage import signals
from engage.agencies.model import Hub, Role, Staff
from engage.appointments.attendance import record_outcome
from engage.appointments.kinds import IntentKind, OutcomeCode
from engage.appointments.model import Appointment
from engage.people.model import Person
from engage.signals import Signal, SignalKind
from engage.understanding.vocabulary import Intent, Prompt
from messaging.tables import Message
from tests import builders
from tests.engage.conversation.phones import minutes, open_signals, said, signal
from tests.engage.conversation.turns import hear, read_as

AFTA, UAAB, ATTC = (
    OutcomeCode.FAILED_TO_ATTEND,
    OutcomeCode.UNACCEPTABLE_ABSENCE,
    OutcomeCode.ATTENDED_COMPLIED,
)
DISPUTED = SignalKind.CLAIM_DISPUTED


@pytest.fixture
def om(session: Session) -> Staff:
    """An offender manager who wants notices."""
    made = builders.staff(session, builders.hub(session))
    made.mobile, made.wants_notices = "+447700900801", True
    return made


def record(
    session: Session, om: Staff, about: Appointment, code: OutcomeCode, at: datetime
) -> None:
    """The offender manager records the outcome."""
    record_outcome(session, builders.actor(om), about.id, code=code, now=at)
    session.flush()


def notices(session: Session, to: str) -> list[str]:
    """The notices to a member of staff."""
    return list(session.scalars(select(Message.body).where(Message.to_number == to)))


def test_the_worker_of_the_appointment_is_told_once_without_details(
    session: Session, om: Staff, katrina: Person, now: datetime
) -> None:
    """The worker of the appointment gets the notice, not the offender manager. A second text of the
    same morning sends no second notice.
    """
    hub = session.get_one(Hub, katrina.hub_id)
    worker = builders.staff(session, hub, Role.SUPPORT_WORKER, name="Sam Oak")
    worker.mobile, worker.wants_notices = "+447700900802", True
    appointment = builders.appointment(session, katrina, now + minutes(30), worker_id=worker.id)
    for later in (0, 5):
        hear(session, katrina, read_as(Intent.RUNNING_LATE, value=10 + later), now + minutes(later))
    assert said(session, appointment) == [IntentKind.LATE] * 2
    assert len(notices(session, "+447700900802")) == 1 and notices(session, "+447700900801") == []
    assert "Katrina" not in notices(session, "+447700900802")[0]


def test_an_appointment_without_a_member_of_staff_tells_the_offender_manager(
    session: Session, katrina: Person, now: datetime
) -> None:
    """There is always a member of staff to tell."""
    builders.appointment(session, katrina, now + minutes(30))
    hear(session, katrina, read_as(Intent.RUNNING_LATE), now)
    assert len(notices(session, "+447700900801")) == 1


def test_the_third_lateness_in_thirty_days_raises_a_signal(
    session: Session, om: Staff, katrina: Person, now: datetime
) -> None:
    """After the signal is resolved it takes three more. Two texts about one appointment count
    once.
    """
    for day in range(7):
        at = now + timedelta(days=day)
        builders.appointment(session, katrina, at + minutes(20))
        for again in (0, 1):
            hear(session, katrina, read_as(Intent.RUNNING_LATE), at + minutes(again))
        raised = session.scalar(
            select(func.count()).select_from(Signal).where(Signal.kind == SignalKind.LATE_PATTERN)
        )
        assert raised == (day + 1) // 3, day
        for one in session.scalars(select(Signal).where(Signal.state != "resolved")):
            signals.resolve(
                session, one, how="Agreed afternoons.", actor="staff", now=at + minutes(30)
            )


def test_late_long_ago_makes_no_pattern(session: Session, katrina: Person, now: datetime) -> None:
    """Three times in ninety days raise no signal."""
    for day in (0, 31, 62):
        at = now + timedelta(days=day)
        builders.appointment(session, katrina, at + minutes(20))
        hear(session, katrina, read_as(Intent.RUNNING_LATE), at)
    assert open_signals(session, katrina) == []


@pytest.mark.parametrize("code", [AFTA, UAAB])
def test_here_and_then_recorded_as_absent_is_disputed(
    session: Session, om: Staff, katrina: Person, now: datetime, code: OutcomeCode
) -> None:
    """The signal shows the claim and the record side by side; both stay as they are."""
    appointment = builders.appointment(session, katrina, now + minutes(10))
    hear(session, katrina, read_as(Intent.ARRIVED), now)
    assert open_signals(session, katrina) == []
    record(session, om, appointment, code, now + timedelta(hours=1))
    raised = signal(session, katrina, DISPUTED)
    assert [link["type"] for link in raised.evidence] == ["outcome", "appointment", "inbound"]
    assert "Sat 20 March, 9am" in raised.why and code.value in raised.why
    assert said(session, appointment) == [IntentKind.HERE]


@pytest.mark.parametrize("prompt", [Prompt.NONE, Prompt.APPOINTMENT])
def test_a_later_claim_of_attendance_is_disputed(
    session: Session, om: Staff, katrina: Person, now: datetime, prompt: Prompt
) -> None:
    """Hours later: recorded as a claim of that time, disputed, thanked for, and left to a
    worker.
    """
    appointment = builders.appointment(session, katrina, now)
    record(session, om, appointment, AFTA, now + timedelta(hours=1))
    done = hear(session, katrina, read_as(Intent.ARRIVED), now + timedelta(hours=4), prompt=prompt)
    assert DISPUTED in open_signals(session, katrina)
    assert "after it had ended" in signal(session, katrina, DISPUTED).why
    assert (done.appointment_id, done.needs_human) == (appointment.id, True)


def test_the_dispute_ends_when_the_record_agrees(
    session: Session, om: Staff, katrina: Person, now: datetime
) -> None:
    """Two records of absence are one dispute; a record of attendance resolves it."""
    appointment = builders.appointment(session, katrina, now + minutes(10))
    hear(session, katrina, read_as(Intent.ARRIVED), now)
    for code in (AFTA, UAAB):
        record(session, om, appointment, code, now + timedelta(hours=1))
    assert open_signals(session, katrina).count(DISPUTED) == 1
    record(session, om, appointment, ATTC, now + timedelta(hours=2))
    assert open_signals(session, katrina) == []


def test_here_and_recorded_as_attended_is_no_dispute(
    session: Session, om: Staff, katrina: Person, now: datetime
) -> None:
    """No signal is raised."""
    appointment = builders.appointment(session, katrina, now + minutes(10))
    hear(session, katrina, read_as(Intent.ARRIVED), now)
    record(session, om, appointment, ATTC, now + timedelta(hours=1))
    assert open_signals(session, katrina) == []
