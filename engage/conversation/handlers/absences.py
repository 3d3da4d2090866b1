"""Texts about an appointment that is over: why the person was not there, or that they were.

What they say is kept with the appointment for a worker to decide, and they are thanked. A late
answer must never count as a yes to a coming appointment, and nothing here records or changes an
outcome. If it is not clear which absence is meant, a worker reads the text.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from engage.agencies.hub_settings import zone
from engage.appointments import absence_rules, absences
from engage.appointments.kinds import AppointmentState, IntentKind, OutcomeCode, ReminderState
from engage.appointments.model import Appointment, Outcome, Reminder
from engage.conversation import answers, appointment_match
from engage.conversation.context import Handled, PendingQuestion, ReplyContext
from engage.conversation.handlers import MeaningHandler, attendance
from engage.conversation.handlers.intent_kinds import KIND_OF
from engage.conversation.outcomes import leave_to_worker
from engage.conversation.phone_owner import PhoneOwner
from engage.conversation.sent_texts import MAX_CLOCK_DIFFERENCE, left_at, left_for_number
from engage.conversation.signals import has_open_signal, raise_signal
from engage.people.rules import AnswerScope
from engage.signals import Evidence, SignalKind
from engage.texts import TextKind
from engage.understanding.vocabulary import Cause, Intent, Prompt
from messaging.tables import Message

_JUST_OVER = timedelta(days=1)
_ATTENDANCE_INTENTS = frozenset({Intent.CONFIRM, Intent.DECLINE})
_INTENTS_WITH_CAUSE = frozenset(
    {Intent.PROGRESS_HEALTH, Intent.PROGRESS_WORK, Intent.THANKS, Intent.OTHER}
)
_PAST_CAUSES = frozenset({Cause.FORGOT, Cause.OVERSLEPT})
"""Causes that can only explain an appointment that is over."""
_CHASED = (
    select(Appointment, left_at())
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
        left_for_number("left_by"),
    )
    .order_by(left_at().desc(), Message.id.desc())
)


def pending(
    session: Session, owner: PhoneOwner, number: str, received_at: datetime
) -> PendingQuestion | None:
    """The question why they were not there. It is open from the text that asks until the last day
    to explain, unless a worker has decided.
    """
    chased = _chased_absence(session, owner, number, received_at)
    return None if chased is None else PendingQuestion(Prompt.ABSENCE, chased[1])


def is_about_past_appointment(context: ReplyContext, owner: PhoneOwner) -> bool:
    """Whether a text with another meaning is about an appointment that is over.

    After "we did not see you" this is so for a yes, a no or a cause, unless the text names a day
    that only a coming appointment fits. At any time it is so if they forgot or overslept and there
    is an appointment that they may have missed.
    """
    interpretation = context.interpretation
    if context.prompt is not Prompt.ABSENCE:
        is_past = (
            interpretation.cause in _PAST_CAUSES and interpretation.intent in _ATTENDANCE_INTENTS
        )
        return is_past and missed_appointment(context, owner) is not None
    if interpretation.intent in _ATTENDANCE_INTENTS:
        return not _is_about_coming_appointment(context, owner)
    return (
        interpretation.cause is not None
        and interpretation.fact is None
        and interpretation.intent in _INTENTS_WITH_CAUSE
    )


def missed_appointment(context: ReplyContext, owner: PhoneOwner) -> Appointment | None:
    """The only appointment that a text about an absence can be about; None if there is none, or
    more than one.
    """
    unexplained = _unexplained(context, owner)
    if context.interpretation.day is not None:
        named = appointment_match.on_day(
            [appointment for appointment, _ in unexplained],
            context.interpretation.day,
            context.received_at,
            owner.contactability.zone,
        )
        if len(named) == 1:
            return named[0]
    if context.prompt is Prompt.ABSENCE:
        chased = _chased_absence(context.session, owner, context.number, context.received_at)
        return None if chased is None else chased[0]
    recent = [
        appointment
        for appointment, outcome in unexplained
        if outcome is not None or appointment.starts_at > context.received_at - _JUST_OVER
    ]
    return recent[0] if len(recent) == 1 else None


def record_reason(context: ReplyContext, owner: PhoneOwner) -> Handled:
    """Keep the reason for an absence with the outcome that it proposes, thank the person, and leave
    the decision to a worker.
    """
    missed = missed_appointment(context, owner)
    if missed is None:
        return leave_to_worker(
            context, owner, "A reason for an absence; not clear for which appointment"
        )
    _store_reason(context, owner, missed)
    kind = TextKind.GET_WELL if context.interpretation.in_hospital else TextKind.ABSENCE_THANKS
    answers.send_personal(context, kind, owner)
    outcome = absence_rules.proposed_outcome(context.interpretation.cause)
    proposal = f"{outcome.value} proposed" if outcome else "no outcome proposed"
    return Handled(
        f"Recorded as the reason for their absence; {proposal}",
        needs_human=True,
        person_id=owner.person.id,
        appointment_id=missed.id,
        intent=Intent.ABSENCE_REASON,
    )


def record_reason_beside(context: ReplyContext, owner: PhoneOwner) -> None:
    """Keep a reason for an absence that stands beside a stronger meaning, if it is clear for which
    appointment. It gets no answer of its own.
    """
    interpretation = context.interpretation
    if interpretation.intent is Intent.ABSENCE_REASON:
        return
    if not interpretation.surely(Intent.ABSENCE_REASON):
        return
    missed = missed_appointment(context, owner)
    if missed is not None:
        _store_reason(context, owner, missed)


def record_reason_beside_danger(context: ReplyContext, owners: Sequence[PhoneOwner]) -> str:
    """Keep a dangerous text also as the reason for an absence, if we had asked why. Returns words
    for the thread, if something was kept. The safety advice is the only answer.
    """
    if len(owners) != 1 or owners[0].scope is not AnswerScope.OPEN:
        return ""
    is_reason = context.prompt is Prompt.ABSENCE or (
        Intent.ABSENCE_REASON in context.interpretation.intents
    )
    missed = missed_appointment(context, owners[0]) if is_reason else None
    if missed is None:
        return ""
    _store_reason(context, owners[0], missed)
    return "kept as the reason for their absence"


def record_claim(context: ReplyContext, owner: PhoneOwner) -> Handled | None:
    """Record "I did come" for an appointment that is over, as a claim; the offender manager is told
    if the record says otherwise. None if the text can be about a current appointment.
    """
    if appointment_match.current(
        context.session, owner.person.id, context.received_at, IntentKind.HERE
    ):
        return None
    missed = missed_appointment(context, owner)
    if missed is None:
        return None
    attendance.record_intent(context, owner, missed, IntentKind.HERE)
    answers.send_personal(context, TextKind.ABSENCE_THANKS, owner)
    return Handled(
        "Recorded: says that they attended",
        needs_human=True,
        person_id=owner.person.id,
        appointment_id=missed.id,
        intent=Intent.ARRIVED,
    )


def _chased_absence(
    session: Session, owner: PhoneOwner, number: str, received_at: datetime
) -> tuple[Appointment, datetime] | None:
    """The missed appointment that a text to this number last asked about, and when it asked."""
    days = owner.contactability.hub.evidence_days
    given = {
        "person": owner.person.id,
        "number": number,
        "since": received_at - timedelta(days=days + 2),
        "left_by": received_at + MAX_CLOCK_DIFFERENCE,
    }
    for appointment, asked_at in session.execute(_CHASED, given).all():
        ends_at = absence_rules.window_ends(appointment.starts_at, zone(appointment.hub), days)
        if received_at < ends_at:
            return appointment, asked_at
    return None


def _is_about_coming_appointment(context: ReplyContext, owner: PhoneOwner) -> bool:
    """Whether the text names a day on which there is a coming appointment and none that is over."""
    day = context.interpretation.day
    if day is None:
        return False
    hub_zone = owner.contactability.zone
    past = [appointment for appointment, _ in _unexplained(context, owner)]
    if appointment_match.on_day(past, day, context.received_at, hub_zone):
        return False
    kind = KIND_OF[context.interpretation.intent]
    coming = appointment_match.candidates(
        context.session, owner.person.id, context.number, context.received_at, kind
    )
    return bool(appointment_match.on_day(coming, day, context.received_at, hub_zone))


def _unexplained(
    context: ReplyContext, owner: PhoneOwner
) -> list[tuple[Appointment, OutcomeCode | None]]:
    days = owner.contactability.hub.evidence_days
    return absences.unexplained(context.session, owner.person.id, at=context.received_at, days=days)


def _store_reason(context: ReplyContext, owner: PhoneOwner, missed: Appointment) -> None:
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
                why="",  # only adds evidence to the open signal
                evidence=[Evidence("inbound", str(context.inbound.id))],
                now=context.now,
            )


HANDLES = {Intent.ABSENCE_REASON: MeaningHandler(record_reason, on_correction=True)}
