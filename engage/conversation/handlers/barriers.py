"""Barriers to attending that a worker can remove: the bus fare, a shift, childcare, money, illness.

A barrier gets a signal of its own beside "cannot attend", before the appointment, with what may
help. It must never count against the person: a reason given in advance is a chance to help. Causes
that nobody can remove (a funeral, a day in court) are only recorded.
"""

from datetime import datetime

from engage.appointments.model import Appointment
from engage.conversation.context import ReplyContext
from engage.conversation.phone_owner import PhoneOwner
from engage.conversation.signals import next_working_day, raise_signal, withdraw_signal
from engage.signals import Evidence, SignalKind
from engage.understanding.vocabulary import Cause

BARRIERS: dict[Cause, str] = {
    Cause.TRANSPORT: "transport, such as the bus fare or a lift",
    Cause.MONEY: "money",
    Cause.WORK: "work or a shift",
    Cause.CHILDCARE: "childcare",
    Cause.ILLNESS: "illness",
}
ACTIONS: dict[Cause, str] = {
    Cause.TRANSPORT: (
        "Arrange a bus pass or a lift, meet nearer to them, or offer a phone appointment."
    ),
    Cause.MONEY: (
        "Ask what would help: the fare, a food parcel, an advance. Or offer a phone appointment."
    ),
    Cause.WORK: (
        "Offer a time outside their shift, or a phone call in a break. Do not put the job at risk."
    ),
    Cause.CHILDCARE: (
        "Offer a time in school hours or a home visit, or tell them that they can bring the child."
    ),
    Cause.ILLNESS: (
        "Ask how they are. Offer a phone call or a later day, and say what evidence is needed."
    ),
}


def due_at(context: ReplyContext, owner: PhoneOwner, appointment: Appointment) -> datetime:
    """When the signal is due: within a working day, and before the appointment starts."""
    working_day = next_working_day(context.session, owner.person, context.now)
    return min(working_day, max(appointment.starts_at, context.now))


def raise_barrier(
    context: ReplyContext, owner: PhoneOwner, appointment: Appointment, cause: Cause | None
) -> None:
    """Raise a signal for a barrier that can be removed, once for each appointment and cause."""
    if cause not in BARRIERS:
        return
    raise_signal(
        context.session,
        SignalKind.BARRIER,
        owner.person,
        about=f"{appointment.id}:{cause}",
        why=f"Barrier to attending: {BARRIERS[cause]} (self-reported).",
        evidence=[*context.evidence, Evidence("appointment", str(appointment.id))],
        now=context.now,
        due_at=due_at(context, owner, appointment),
        action=ACTIONS[cause],
    )


def resolve_signals(
    context: ReplyContext, owner: PhoneOwner, appointment: Appointment, how: str
) -> None:
    """Resolve "cannot attend" and the barriers of an appointment after the person has said
    something else about it.
    """
    withdraw_signal(
        context.session,
        SignalKind.BARRIER,
        SignalKind.CANNOT_ATTEND,
        person_id=owner.person.id,
        about=str(appointment.id),
        how=how,
        now=context.now,
    )
