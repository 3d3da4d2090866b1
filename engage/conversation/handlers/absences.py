"""What a person texts about an appointment that is over: why they were not there, or that they
were.

It is kept against the appointment for a worker to judge, and thanked for. A late answer is never a
yes to anything to come, nothing here records or changes an outcome, and where it is not clear which
absence is meant a human reads it.
"""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from engage.agencies.hub_settings import HubRules, zone
from engage.appointments import absence_rules, absences
from engage.appointments.kinds import AppointmentState, IntentKind, OutcomeCode, ReminderState
from engage.appointments.model import Appointment, Outcome, Reminder
from engage.conversation import answers, appointment_match
from engage.conversation.context import Handled, PendingQuestion, ReplyContext
from engage.conversation.handlers import MeaningHandler, attendance
from engage.conversation.phone_owner import PhoneOwner
from engage.conversation.signals import has_open_signal, raise_signal
from engage.signals import Evidence, SignalKind
from engage.texts import TextKind
from engage.understanding.vocabulary import Cause, Intent, Prompt
from messaging.tables import Message

_JUST_OVER = timedelta(days=1)
_OF_COMING = frozenset({Intent.CONFIRM, Intent.DECLINE})
_OF_HEALTH_AND_WORK = frozenset(
    {Intent.PROGRESS_HEALTH, Intent.PROGRESS_WORK, Intent.THANKS, Intent.OTHER}
)
_ONLY_OF_WHAT_IS_OVER = frozenset({Cause.FORGOT, Cause.OVERSLEPT})
_left_at = func.coalesce(Message.claimed_at, Message.created_at)
_CHASED = (
    select(Appointment, _left_at)
    .join(Reminder, Reminder.appointment_id == Appointment.id)
    .join(Message, Message.id == Reminder.message_id)
    .join(Outcome, (Outcome.appointment_id == Appointment.id) & Outcome.superseded_at.is_(None))
    .where(
        Appointment.person_id == bindparam("person"),
        Appointment.state == AppointmentState.BOOKED,
        Appointment.starts_at > bindparam("since"),
        Outcome.code == OutcomeCode.FAILED_TO_ATTEND,
        Reminder.kind.in_(absence_rules.CHASERS),
        Reminder.state == ReminderState.SENT,
        Message.to_number == bindparam("number"),
        Message.status.in_(appointment_match.LEFT),
        _left_at <= bindparam("left_by"),
    )
    .order_by(_left_at.desc(), Message.id.desc())
)


def pending(
    session: Session, owner: PhoneOwner, number: str, received_at: datetime
) -> PendingQuestion | None:
    """The question why they were not there: open from the text that asks until the last day to
    explain, while nobody has decided.
    """
    found = _chased(session, owner, number, received_at)
    return None if found is None else PendingQuestion(Prompt.ABSENCE, found[1])


def _chased(
    session: Session, owner: PhoneOwner, number: str, received_at: datetime
) -> tuple[Appointment, datetime] | None:
    """The missed appointment that a text to this number last asked about, and when."""
    given = {
        "person": owner.person.id,
        "number": number,
        "since": received_at - _longest(owner.contactability.hub),
        "left_by": received_at + appointment_match.CLOCKS_DIFFER_BY,
    }
    rows = session.execute(_CHASED, given).all()
    days = owner.contactability.hub.evidence_days
    for appointment, at in rows:
        if received_at < absence_rules.window_ends(
            appointment.starts_at, zone(appointment.hub), days
        ):
            return appointment, at
    return None


def _longest(hub: HubRules) -> timedelta:
    return timedelta(days=hub.evidence_days + 2)


def answers_late(context: ReplyContext, owner: PhoneOwner) -> bool:
    """Whether a text that is read as something else speaks of an appointment that is over.

    So does a yes or a no after "we did not see you", and a cause named then; and at any time that
    they forgot or overslept, where there is something that they can have missed. A day named that
    only an appointment to come fits makes it an answer about that one.
    """
    interpretation = context.interpretation
    if context.prompt is not Prompt.ABSENCE:
        past = interpretation.cause in _ONLY_OF_WHAT_IS_OVER and interpretation.intent in _OF_COMING
        return past and fitting(context, owner) is not None
    if interpretation.intent in _OF_COMING:
        return not _about_one_to_come(context, owner)
    return (
        interpretation.cause is not None
        and interpretation.fact is None
        and interpretation.intent in _OF_HEALTH_AND_WORK
    )


def _about_one_to_come(context: ReplyContext, owner: PhoneOwner) -> bool:
    day = context.interpretation.day
    if day is None:
        return False
    over, zone = _over(context, owner), owner.contactability.zone
    if appointment_match.on_day([one for one, _ in over], day, context.received_at, zone):
        return False
    kind = attendance.KINDS[context.interpretation.intent]
    ahead = appointment_match.candidates(
        context.session, owner.person.id, context.number, context.received_at, kind
    )
    return bool(appointment_match.on_day(ahead, day, context.received_at, zone))


def fitting(context: ReplyContext, owner: PhoneOwner) -> Appointment | None:
    """The one appointment that a text about an absence can be about; None where there is none, or
    more than one.
    """
    over = _over(context, owner)
    if context.interpretation.day is not None:
        named = appointment_match.on_day(
            [one for one, _ in over],
            context.interpretation.day,
            context.received_at,
            owner.contactability.zone,
        )
        if len(named) == 1:
            return named[0]
    if context.prompt is Prompt.ABSENCE:
        chased = _chased(context.session, owner, context.number, context.received_at)
        return chased[0] if chased is not None else None
    near = [
        one
        for one, code in over
        if code is not None or one.starts_at > context.received_at - _JUST_OVER
    ]
    return near[0] if len(near) == 1 else None


def _over(context: ReplyContext, owner: PhoneOwner) -> list[tuple[Appointment, OutcomeCode | None]]:
    days = owner.contactability.hub.evidence_days
    return absences.unexplained(context.session, owner.person.id, at=context.received_at, days=days)


def explained(context: ReplyContext, owner: PhoneOwner) -> Handled:
    """Keep why they were not there, with the outcome that it proposes, thank them, and leave the
    judgement to a worker.
    """
    missed = fitting(context, owner)
    if missed is None:
        return attendance.unsure(
            context, owner, "A reason for not coming, and it is not clear when"
        )
    _keep(context, owner, missed)
    answers.personal(context, TextKind.ABSENCE_THANKS, owner)
    proposed = absence_rules.proposed_outcome(context.interpretation.cause)
    return Handled(
        f"Kept as their reason for not coming; {f'{proposed.value} proposed' if proposed else 'the outcome is for a worker to judge'}",
        needs_human=True,
        person_id=owner.person.id,
        appointment_id=missed.id,
        intent=Intent.ABSENCE_REASON,
    )


def beside(context: ReplyContext, owner: PhoneOwner) -> Appointment | None:
    """Keep a reason for an absence that stands beside something stronger, if it is clear which; no
    answer goes for it.
    """
    if context.interpretation.intent is Intent.ABSENCE_REASON or not context.interpretation.surely(
        Intent.ABSENCE_REASON
    ):
        return None
    missed = fitting(context, owner)
    if missed is not None:
        _keep(context, owner, missed)
    return missed


def _keep(context: ReplyContext, owner: PhoneOwner, missed: Appointment) -> None:
    absences.store_reason(
        context.session,
        missed,
        inbound_id=context.inbound.id,
        cause=context.interpretation.cause,
        said_at=context.received_at,
        now=context.now,
    )
    for kind in (SignalKind.NO_SHOW, SignalKind.EVIDENCE_DUE):
        if has_open_signal(context.session, kind, owner.person.id, about=str(missed.id)):
            raise_signal(
                context.session,
                kind,
                owner.person,
                about=str(missed.id),
                why="",  # joins the one that is open
                evidence=[Evidence("inbound", str(context.inbound.id))],
                now=context.now,
            )


def came(context: ReplyContext, owner: PhoneOwner) -> Handled | None:
    """ "I did come", of an appointment that is over: a claim with its time, told where the record
    says otherwise. None for one of now.
    """
    if appointment_match.of_now(
        context.session, owner.person.id, context.received_at, IntentKind.HERE
    ):
        return None
    over = fitting(context, owner)
    if over is None:
        return None
    attendance.record(context, owner, over, IntentKind.HERE)
    answers.personal(context, TextKind.ABSENCE_THANKS, owner)
    return Handled(
        "Recorded: says that they came",
        needs_human=True,
        person_id=owner.person.id,
        appointment_id=over.id,
        intent=Intent.ARRIVED,
    )


HANDLES = {Intent.ABSENCE_REASON: MeaningHandler(explained, on_correction=True)}
