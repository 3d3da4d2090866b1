"""What stands in the way of coming, where a worker can remove it: the bus fare, a shift, a child to
mind, money, illness.

A barrier is told besides "cannot attend", before the appointment, with what would help. It must
never count against the person: a reason given beforehand is a chance to help. Causes that nobody
can remove (a funeral, a day in court) are kept with what was said, and no more.
"""

from datetime import datetime

from engage.appointments.model import Appointment
from engage.conversation.context import ReplyContext
from engage.conversation.phone_owner import PhoneOwner
from engage.conversation.signals import next_working_day, raise_signal, withdraw_signal
from engage.signals import Evidence, SignalKind
from engage.understanding.vocabulary import Cause

STANDS: dict[Cause, str] = {
    Cause.TRANSPORT: "Getting there (bus fare, a lift) stands in the way",
    Cause.MONEY: "Money stands in the way",
    Cause.WORK: "Work or a shift stands in the way",
    Cause.CHILDCARE: "Childcare stands in the way",
    Cause.ILLNESS: "Illness stands in the way",
}
HELPS: dict[Cause, str] = {
    Cause.TRANSPORT: "Get a bus pass or a lift to them, come nearer, or make it a phone call.",
    Cause.MONEY: "Ask what it would take: the fare, a food parcel, an advance. Or make it a phone call.",
    Cause.WORK: "Offer a time outside their shift, or a phone call in a break. Do not put the job at risk.",
    Cause.CHILDCARE: "Offer a time in school hours, a home visit, or say that the child may come too.",
    Cause.ILLNESS: "Ask how they are. Offer a phone call or a later day, and say what evidence is needed.",
}


def due(context: ReplyContext, owner: PhoneOwner, appointment: Appointment) -> datetime:
    """When it must be dealt with: within a working day, and before the appointment begins."""
    within = next_working_day(context.session, owner.person, context.now)
    return min(within, max(appointment.starts_at, context.now))


def tell_of(
    context: ReplyContext, owner: PhoneOwner, appointment: Appointment, cause: Cause | None
) -> bool:
    """Tell of what stands in the way of one appointment, once for each cause; False where there is
    nothing that could be removed.
    """
    if cause not in STANDS:
        return False
    return raise_signal(
        context.session,
        SignalKind.BARRIER,
        owner.person,
        about=f"{appointment.id}:{cause}",
        why=f"{STANDS[cause]}, by their own word.",
        evidence=[*context.evidence, Evidence("appointment", str(appointment.id))],
        now=context.now,
        due_at=due(context, owner, appointment),
        action=HELPS[cause],
    )


def gone(context: ReplyContext, owner: PhoneOwner, appointment: Appointment, how: str) -> None:
    """They say something else of the appointment now: neither "cannot come" nor what stood in its
    way stands any longer.
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
