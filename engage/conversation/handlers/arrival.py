"""What follows when a person is late or here while a worker waits for them, or has given up.

The worker of the appointment gets a notice that does not say what it is about; the minutes are on
their pages. Being late must never count against the person: if it happens often, that is a reason
to offer other times. A claim to be here is kept with its time and is never attendance.
"""

from datetime import timedelta

from sqlalchemy import func, select

from engage.agencies import staff_notices
from engage.agencies.model import Staff
from engage.appointments import absence_rules, attendance, disputes
from engage.appointments.kinds import IntentKind
from engage.appointments.model import Appointment, StatedIntent
from engage.conversation.context import ReplyContext
from engage.conversation.phone_owner import PhoneOwner
from engage.conversation.signals import raise_signal
from engage.signals import Evidence, Signal, SignalKind


def follow_up(
    context: ReplyContext, owner: PhoneOwner, appointment: Appointment, kind: IntentKind
) -> None:
    """Notify the worker of a late person, or compare a claim to be here with the outcome."""
    if kind is IntentKind.LATE:
        _notify_worker(context, owner, appointment)
        _raise_late_pattern(context, owner)
    elif kind is IntentKind.HERE:
        outcome = attendance.current_outcome(context.session, appointment.id)
        disputes.update_dispute(
            context.session, appointment, outcome, actor="system", now=context.now
        )


def _notify_worker(context: ReplyContext, owner: PhoneOwner, appointment: Appointment) -> None:
    """Notify the worker of the appointment, else the offender manager, once per appointment."""
    worker = None
    if appointment.worker_id is not None:
        worker = context.session.get(Staff, appointment.worker_id)
    staff_notices.notify_worker(
        context.session,
        worker or owner.person.offender_manager,
        about=f"late:{appointment.id}:{appointment.revision}",
        now=context.now,
    )


def _raise_late_pattern(context: ReplyContext, owner: PhoneOwner) -> None:
    """Raise a signal if the person was often late recently. Appointments before the last such
    signal do not count again.
    """
    hub, session = owner.contactability.hub, context.session
    last_raised_at = session.scalar(
        select(func.max(Signal.raised_at)).where(
            Signal.person_id == owner.person.id, Signal.kind == SignalKind.LATE_PATTERN
        )
    )
    since = context.received_at - timedelta(days=hub.late_days)
    if last_raised_at is not None:
        since = max(since, last_raised_at)
    rows = session.execute(
        select(StatedIntent.appointment_id, func.max(StatedIntent.inbound_id))
        .join(Appointment, Appointment.id == StatedIntent.appointment_id)
        .where(
            Appointment.person_id == owner.person.id,
            StatedIntent.kind == IntentKind.LATE,
            StatedIntent.withdrawn_at.is_(None),
        )
        .group_by(StatedIntent.appointment_id)
        .having(func.min(StatedIntent.said_at) > since)
        .order_by(func.max(StatedIntent.inbound_id).desc())
    ).all()
    if not absence_rules.is_late_too_often(len(rows), limit=hub.late_times):
        return
    texts = [Evidence("inbound", str(inbound_id)) for _, inbound_id in rows if inbound_id]
    raise_signal(
        session,
        SignalKind.LATE_PATTERN,
        owner.person,
        about="late",
        why=f"They said that they would be late for {len(rows)} appointments in"
        f" {hub.late_days} days.",
        evidence=[*texts, *(Evidence("appointment", str(id)) for id, _ in rows)],
        now=context.now,
    )
