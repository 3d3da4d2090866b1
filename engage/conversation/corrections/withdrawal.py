"""Withdraws intents that a person has taken back, or never meant. They stay in the record, marked,
and no longer count.

It deletes nothing. The signals follow the last intent that counts: a refusal raises its signal
again.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.appointments.kinds import AppointmentState, IntentKind
from engage.appointments.model import Appointment, StatedIntent
from engage.conversation.context import ReplyContext
from engage.conversation.handlers import barriers
from engage.conversation.phone_owner import PhoneOwner
from engage.conversation.signals import has_open_signal, raise_signal
from engage.core import events
from engage.signals import Evidence, SignalKind

HOW = "They took back what they had said, by a later text."
BY = "person"


def withdraw(
    context: ReplyContext,
    owner: PhoneOwner,
    inbounds: Sequence[int],
    *,
    kinds: Collection[IntentKind] = tuple(IntentKind),
) -> list[Appointment]:
    """Withdraw the intents of these kinds that these texts of the person recorded. Returns the
    appointments that they were about.
    """
    session = context.session
    intents = session.scalars(
        select(StatedIntent)
        .join(Appointment, Appointment.id == StatedIntent.appointment_id)
        .where(
            Appointment.person_id == owner.person.id,
            StatedIntent.inbound_id.in_(inbounds),
            StatedIntent.kind.in_(kinds),
            StatedIntent.withdrawn_at.is_(None),
        )
        .order_by(StatedIntent.id)
        .with_for_update(of=StatedIntent)
    ).all()
    for intent in intents:
        intent.withdrawn_at, intent.withdrawn_by = context.now, BY
        events.record_for_person(
            session,
            "intent.withdrawn",
            owner.person,
            now=context.now,
            actor=BY,
            appointment=intent.appointment_id,
            intent=intent.kind.value,
            inbound=context.inbound.id,
        )
    session.flush()
    appointments = {
        intent.appointment_id: session.get_one(Appointment, intent.appointment_id)
        for intent in intents
    }
    for appointment in appointments.values():
        session.expire(appointment, ["intents"])
        _update_signals(context, owner, appointment)
    return list(appointments.values())


def last_intent(session: Session, appointment: Appointment) -> StatedIntent | None:
    """The person's last intent about an appointment, at its present time, that still counts."""
    return session.scalars(
        select(StatedIntent)
        .where(
            StatedIntent.appointment_id == appointment.id,
            StatedIntent.revision == appointment.revision,
            StatedIntent.withdrawn_at.is_(None),
        )
        .order_by(StatedIntent.said_at.desc(), StatedIntent.id.desc())
        .limit(1)
    ).one_or_none()


def _update_signals(context: ReplyContext, owner: PhoneOwner, appointment: Appointment) -> None:
    """Resolve or raise "cannot attend" according to the last intent that counts."""
    last = last_intent(context.session, appointment)
    person, about = owner.person, str(appointment.id)
    if last is None or last.kind is not IntentKind.CANNOT_ATTEND:
        barriers.resolve_signals(context, owner, appointment, HOW)
        return
    is_coming = appointment.state is AppointmentState.BOOKED and appointment.starts_at > context.now
    if is_coming and not has_open_signal(
        context.session, SignalKind.CANNOT_ATTEND, person.id, about=about
    ):
        raise_signal(
            context.session,
            SignalKind.CANNOT_ATTEND,
            person,
            about=about,
            why="They took back their yes by text; before that they had said that they cannot"
            " attend. The appointment is still booked.",
            evidence=[*context.evidence, Evidence("appointment", about)],
            now=context.now,
            due_at=barriers.due_at(context, owner, appointment),
        )
