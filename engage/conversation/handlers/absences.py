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
from engage.conversation.handlers import attendance
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
        Reminder.kind.in_(absence_rules.CHASES),
        Reminder.state == ReminderState.SENT,
        Message.to_number == bindparam("number"),
        Message.status.in_(appointment_match.LEFT),
        _left_at <= bindparam("left_by"),
    )
    .order_by(_left_at.desc(), Message.id.desc())
)


def opened(
    session: Session, holder: PhoneOwner, number: str, heard_at: datetime
) -> PendingQuestion | None:
    """The question why they were not there: open from the text that asks until the last day to
    explain, while nobody has decided.
    """
    found = _chased(session, holder, number, heard_at)
    return None if found is None else PendingQuestion(Prompt.ABSENCE, found[1])


def _chased(
    session: Session, holder: PhoneOwner, number: str, heard_at: datetime
) -> tuple[Appointment, datetime] | None:
    """The missed appointment that a text to this number last asked about, and when."""
    given = {
        "person": holder.person.id,
        "number": number,
        "since": heard_at - _longest(holder.reach.hub),
        "left_by": heard_at + appointment_match.CLOCKS_DIFFER_BY,
    }
    rows = session.execute(_CHASED, given).all()
    days = holder.reach.hub.evidence_days
    for appointment, at in rows:
        if heard_at < absence_rules.window_ends(appointment.starts_at, zone(appointment.hub), days):
            return appointment, at
    return None


def _longest(hub: HubRules) -> timedelta:
    return timedelta(days=hub.evidence_days + 2)


def answers_late(turn: ReplyContext, holder: PhoneOwner) -> bool:
    """Whether a text that is read as something else speaks of an appointment that is over.

    So does a yes or a no after "we did not see you", and a cause named then; and at any time that
    they forgot or overslept, where there is something that they can have missed. A day named that
    only an appointment to come fits makes it an answer about that one.
    """
    heard = turn.heard
    if turn.prompt is not Prompt.ABSENCE:
        past = heard.cause in _ONLY_OF_WHAT_IS_OVER and heard.intent in _OF_COMING
        return past and fitting(turn, holder) is not None
    if heard.intent in _OF_COMING:
        return not _about_one_to_come(turn, holder)
    return heard.cause is not None and heard.fact is None and heard.intent in _OF_HEALTH_AND_WORK


def _about_one_to_come(turn: ReplyContext, holder: PhoneOwner) -> bool:
    day = turn.heard.day
    if day is None:
        return False
    over, zone = _over(turn, holder), holder.reach.zone
    if appointment_match.on_day([one for one, _ in over], day, turn.heard_at, zone):
        return False
    kind = attendance.KINDS[turn.heard.intent]
    ahead = appointment_match.candidates(
        turn.session, holder.person.id, turn.number, turn.heard_at, kind
    )
    return bool(appointment_match.on_day(ahead, day, turn.heard_at, zone))


def fitting(turn: ReplyContext, holder: PhoneOwner) -> Appointment | None:
    """The one appointment that a text about an absence can be about; None where there is none, or
    more than one.
    """
    over = _over(turn, holder)
    if turn.heard.day is not None:
        named = appointment_match.on_day(
            [one for one, _ in over], turn.heard.day, turn.heard_at, holder.reach.zone
        )
        if len(named) == 1:
            return named[0]
    if turn.prompt is Prompt.ABSENCE:
        chased = _chased(turn.session, holder, turn.number, turn.heard_at)
        return chased[0] if chased is not None else None
    near = [
        one for one, code in over if code is not None or one.starts_at > turn.heard_at - _JUST_OVER
    ]
    return near[0] if len(near) == 1 else None


def _over(turn: ReplyContext, holder: PhoneOwner) -> list[tuple[Appointment, OutcomeCode | None]]:
    days = holder.reach.hub.evidence_days
    return absences.unexplained(turn.session, holder.person.id, at=turn.heard_at, days=days)


def explained(turn: ReplyContext, holder: PhoneOwner) -> Handled:
    """Keep why they were not there, with the outcome that it proposes, thank them, and leave the
    judgement to a worker.
    """
    missed = fitting(turn, holder)
    if missed is None:
        return attendance.unsure(turn, holder, "A reason for not coming, and it is not clear when")
    _keep(turn, holder, missed)
    answers.personal(turn, TextKind.ABSENCE_THANKS, holder)
    proposed = absence_rules.proposed(turn.heard.cause)
    return Handled(
        f"Kept as their reason for not coming; {f'{proposed.value} proposed' if proposed else 'the outcome is for a worker to judge'}",
        needs_human=True,
        person_id=holder.person.id,
        appointment_id=missed.id,
        intent=Intent.ABSENCE_REASON,
    )


def beside(turn: ReplyContext, holder: PhoneOwner) -> Appointment | None:
    """Keep a reason for an absence that stands beside something stronger, if it is clear which; no
    answer goes for it.
    """
    if turn.heard.intent is Intent.ABSENCE_REASON or not turn.heard.surely(Intent.ABSENCE_REASON):
        return None
    missed = fitting(turn, holder)
    if missed is not None:
        _keep(turn, holder, missed)
    return missed


def _keep(turn: ReplyContext, holder: PhoneOwner, missed: Appointment) -> None:
    absences.store(
        turn.session,
        missed,
        inbound_id=turn.inbound.id,
        cause=turn.heard.cause,
        said_at=turn.heard_at,
        now=turn.now,
    )
    for kind in (SignalKind.NO_SHOW, SignalKind.EVIDENCE_DUE):
        if has_open_signal(turn.session, kind, holder.person.id, about=str(missed.id)):
            raise_signal(
                turn.session,
                kind,
                holder.person,
                about=str(missed.id),
                why="",  # joins the one that is open
                evidence=[Evidence("inbound", str(turn.inbound.id))],
                now=turn.now,
            )


def came(turn: ReplyContext, holder: PhoneOwner) -> Handled | None:
    """ "I did come", of an appointment that is over: a claim with its time, told where the record
    says otherwise. None for one of now.
    """
    if appointment_match.of_now(turn.session, holder.person.id, turn.heard_at, IntentKind.HERE):
        return None
    over = fitting(turn, holder)
    if over is None:
        return None
    attendance.record(turn, holder, over, IntentKind.HERE)
    answers.personal(turn, TextKind.ABSENCE_THANKS, holder)
    return Handled(
        "Recorded: says that they came",
        needs_human=True,
        person_id=holder.person.id,
        appointment_id=over.id,
        intent=Intent.ARRIVED,
    )
