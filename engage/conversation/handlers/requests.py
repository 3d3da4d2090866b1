"""Requests for a call, and for how the texts work. record_answers.py answers from the record."""

from datetime import datetime

from engage.agencies.model import Hub
from engage.conversation import answers
from engage.conversation.context import Handled, ReplyContext
from engage.conversation.handlers import MeaningHandler, absences, attendance, call_times
from engage.conversation.phone_owner import PhoneOwner
from engage.conversation.signals import raise_signal
from engage.core.working_days import closed_days
from engage.signals import SignalKind
from engage.texts import TextKind
from engage.understanding.vocabulary import Intent

_ABOUT_APPOINTMENT = frozenset(
    {Intent.CONFIRM, Intent.DECLINE, Intent.RESCHEDULE, Intent.RUNNING_LATE}
)
"""Beside one of these, a day or a time in the text may be that of the appointment."""
_DAYS = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}


def request_call(context: ReplyContext, owner: PhoneOwner) -> Handled:
    """Raise a signal for a call, due when the person asked for it, else within a working day. What
    the text says about attending is recorded too.
    """
    asked, due_at = _when(context, owner)
    raise_signal(
        context.session,
        SignalKind.CALL_REQUESTED,
        owner.person,
        about="call",
        why=f"They asked by text for a call{asked}.",
        evidence=context.evidence,
        now=context.now,
        due_at=due_at,
        action="Ring by the time that they asked for." if asked else None,
    )
    side = attendance.record_beside(context, owner)
    absences.record_reason_beside(context, owner)
    answers.send_personal(context, TextKind.CALL, owner)
    handled = Handled(
        "Call requested from the offender manager",
        person_id=owner.person.id,
        intent=Intent.CALL_ME,
    )
    return attendance.with_side_answer(handled, side)


def explain_texts(context: ReplyContext, owner: PhoneOwner) -> Handled:
    """Explain how the texts work."""
    answers.send_neutral(context, TextKind.HELP, owner.person.language, owner=owner)
    return Handled("Sent how the texts work", person_id=owner.person.id, intent=Intent.HELP)


def _when(context: ReplyContext, owner: PhoneOwner) -> tuple[str, datetime]:
    """The day and time asked for, in words, and when the call is due."""
    hub = context.session.get_one(Hub, owner.person.hub_id)
    interpretation = context.interpretation
    day, at = interpretation.day, interpretation.time
    if not _ABOUT_APPOINTMENT.isdisjoint(interpretation.intents):
        day = at = None
    due_at = call_times.due(
        day,
        at,
        received_at=context.received_at,
        zone=owner.contactability.zone,
        closed=closed_days(hub.settings),
    )
    day_words = f", {_DAYS.get(day, day)}" if day else ""
    return day_words + (f" at {at}" if at else ""), due_at


HANDLES = {
    Intent.CALL_ME: MeaningHandler(request_call, raises=SignalKind.CALL_REQUESTED),
    Intent.HELP: MeaningHandler(explain_texts),
}
