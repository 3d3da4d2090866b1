"""Late and here: what follows while somebody waits for them, or has given up waiting.

The worker of the appointment is told, without a word of what about; the minutes stand on their
pages. Being late counts against nobody: that it happens often is a reason to talk about other
times. A claim to be there is kept with its time and is never attendance.
"""

from datetime import timedelta

from sqlalchemy import func, select

from engage.agencies import staff_notices
from engage.agencies.model import Staff
from engage.appointments import absence_rules, attendance, disputes
from engage.appointments.kinds import IntentKind
from engage.appointments.model import Appointment
from engage.appointments.model import StatedIntent as Said
from engage.conversation.context import ReplyContext
from engage.conversation.phone_owner import PhoneOwner
from engage.conversation.signals import raise_signal
from engage.signals import Evidence, Signal, SignalKind


def follow(
    context: ReplyContext, owner: PhoneOwner, appointment: Appointment, kind: IntentKind
) -> None:
    """What follows once late or here has been recorded of an appointment."""
    if kind is IntentKind.LATE:
        _tell_worker(context, owner, appointment)
        _tell_of_pattern(context, owner)
    elif kind is IntentKind.HERE:
        outcome = attendance.current_outcome(context.session, appointment.id)
        disputes.update_dispute(
            context.session, appointment, outcome, actor="system", now=context.now
        )


def _tell_worker(context: ReplyContext, owner: PhoneOwner, appointment: Appointment) -> None:
    """Whoever waits for them; where the appointment names no member of staff, their offender
    manager. Once for each appointment.
    """
    worker = (
        None if appointment.worker_id is None else context.session.get(Staff, appointment.worker_id)
    )
    staff_notices.notify_worker(
        context.session,
        worker or owner.person.offender_manager,
        about=f"late:{appointment.id}:{appointment.revision}",
        now=context.now,
    )


def _tell_of_pattern(context: ReplyContext, owner: PhoneOwner) -> None:
    """Late for so many appointments of the last days, not counting those that were told of before."""
    hub, session = owner.contactability.hub, context.session
    told = session.scalar(
        select(func.max(Signal.raised_at)).where(
            Signal.person_id == owner.person.id, Signal.kind == SignalKind.LATE_PATTERN
        )
    )
    since = context.received_at - timedelta(days=hub.late_days)
    rows = session.execute(
        select(Said.appointment_id, func.max(Said.inbound_id))
        .join(Appointment, Appointment.id == Said.appointment_id)
        .where(
            Appointment.person_id == owner.person.id,
            Said.kind == IntentKind.LATE,
            Said.withdrawn_at.is_(None),
        )
        .group_by(Said.appointment_id)
        .having(func.min(Said.said_at) > (since if told is None else max(since, told)))
        .order_by(func.max(Said.inbound_id).desc())
    ).all()
    if not absence_rules.is_late_too_often(len(rows), limit=hub.late_times):
        return
    texts = [Evidence("inbound", str(inbound)) for _, inbound in rows if inbound is not None]
    raise_signal(
        session,
        SignalKind.LATE_PATTERN,
        owner.person,
        about="late",
        why=f"They told us that they would be late for {len(rows)} appointments in {hub.late_days} days.",
        evidence=[*texts, *(Evidence("appointment", str(id)) for id, _ in rows)],
        now=context.now,
    )
