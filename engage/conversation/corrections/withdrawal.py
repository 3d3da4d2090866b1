"""What somebody said about coming and has taken back, or never meant: it stays in the record,
marked, and counts no more.

It deletes nothing, and the signals follow the last word that stands: a refusal that is left
standing is told again.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import select

from engage.appointments.kinds import AppointmentState, IntentKind
from engage.appointments.model import Appointment
from engage.appointments.model import StatedIntent as Said
from engage.conversation.context import ReplyContext
from engage.conversation.handlers import barriers
from engage.conversation.phone_owner import PhoneOwner
from engage.conversation.signals import has_open_signal, raise_signal
from engage.core import events
from engage.signals import Evidence, SignalKind

HOW = "They took back by a later text what they had said."
BY = "person"


def withdraw(
    context: ReplyContext,
    owner: PhoneOwner,
    inbounds: Sequence[int],
    *,
    kinds: Collection[IntentKind] = tuple(IntentKind),
) -> list[Appointment]:
    """Withdraw what these texts of the person recorded of those kinds; returns the appointments
    that it was about.
    """
    session = context.session
    rows = session.scalars(
        select(Said)
        .join(Appointment, Appointment.id == Said.appointment_id)
        .where(
            Appointment.person_id == owner.person.id,
            Said.inbound_id.in_(inbounds),
            Said.kind.in_(kinds),
            Said.withdrawn_at.is_(None),
        )
        .order_by(Said.id)
        .with_for_update(of=Said)
    ).all()
    for row in rows:
        row.withdrawn_at, row.withdrawn_by = context.now, BY
        events.record_for_person(
            session,
            "intent.withdrawn",
            owner.person,
            now=context.now,
            actor=BY,
            appointment=row.appointment_id,
            intent=row.kind.value,
            inbound=context.inbound.id,
        )
    session.flush()
    found = {row.appointment_id: session.get_one(Appointment, row.appointment_id) for row in rows}
    for appointment in found.values():
        session.expire(appointment, ["intents"])
        _settle(context, owner, appointment)
    return list(found.values())


def _settle(context: ReplyContext, owner: PhoneOwner, appointment: Appointment) -> None:
    """Make the signal of "cannot come" fit the last word that stands."""
    last = context.session.scalars(
        select(Said)
        .where(
            Said.appointment_id == appointment.id,
            Said.revision == appointment.revision,
            Said.withdrawn_at.is_(None),
        )
        .order_by(Said.said_at.desc(), Said.id.desc())
        .limit(1)
    ).one_or_none()
    person, about = owner.person, str(appointment.id)
    if last is None or last.kind is not IntentKind.CANNOT_ATTEND:
        barriers.gone(context, owner, appointment, HOW)
        return
    lies_ahead = (
        appointment.state is AppointmentState.BOOKED and appointment.starts_at > context.now
    )
    if lies_ahead and not has_open_signal(
        context.session, SignalKind.CANNOT_ATTEND, person.id, about=about
    ):
        raise_signal(
            context.session,
            SignalKind.CANNOT_ATTEND,
            person,
            about=about,
            why="They took their yes back by text; before it they said that they cannot come. The appointment still stands.",
            evidence=[*context.evidence, Evidence("appointment", about)],
            now=context.now,
            due_at=barriers.due(context, owner, appointment),
        )
