"""What people ask for: a call, and how the texts work. What the record can answer is in records.py."""

from datetime import datetime

from engage.agencies.model import Hub
from engage.conversation import answers, call_times
from engage.conversation.context import Handled, ReplyContext
from engage.conversation.handlers import MeaningHandler, absences, attendance
from engage.conversation.phone_owner import PhoneOwner
from engage.conversation.signals import raise_signal
from engage.core.working_days import closed_days
from engage.signals import SignalKind
from engage.texts import TextKind
from engage.understanding.vocabulary import Intent

_OF_AN_APPOINTMENT = frozenset(
    {Intent.CONFIRM, Intent.DECLINE, Intent.RESCHEDULE, Intent.RUNNING_LATE}
)
"""Beside one of these, a day or a time that the text names may be that of the appointment."""


def call(context: ReplyContext, owner: PhoneOwner) -> Handled:
    """They want to be phoned: a task, due when they asked for it, else within a working day. What
    it says beside that about coming is recorded too.
    """
    asked, due_at = _when(context, owner)
    raise_signal(
        context.session,
        SignalKind.CALL_REQUESTED,
        owner.person,
        about="call",
        why=f"They asked by text to be phoned{asked}.",
        evidence=context.evidence,
        now=context.now,
        due_at=due_at,
        action="Ring by the time that they asked for." if asked else None,
    )
    also = attendance.beside(context, owner)
    absences.beside(context, owner)
    answers.personal(context, TextKind.CALL, owner)
    done = Handled(
        "Call asked of the offender manager", person_id=owner.person.id, intent=Intent.CALL_ME
    )
    return attendance.and_beside(done, also)


def _when(context: ReplyContext, owner: PhoneOwner) -> tuple[str, datetime]:
    """What they asked for, in words, and by when to ring."""
    hub = context.session.get_one(Hub, owner.person.hub_id)
    told = not _OF_AN_APPOINTMENT & set(context.interpretation.intents)
    day, at = (context.interpretation.day, context.interpretation.time) if told else (None, None)
    due_at = call_times.due(
        day,
        at,
        received_at=context.received_at,
        zone=owner.contactability.zone,
        closed=closed_days(hub.settings),
    )
    asked = "".join([f", {_DAYS.get(day, day)}" if day else "", f" at {at}" if at else ""])
    return asked, due_at


_DAYS = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}


def explain(context: ReplyContext, owner: PhoneOwner) -> Handled:
    """Say how the texts work."""
    answers.neutral(context, TextKind.HELP, owner.person.language, owner=owner)
    return Handled("Sent how the texts work", person_id=owner.person.id, intent=Intent.HELP)


HANDLES = {
    Intent.CALL_ME: MeaningHandler(call, raises=SignalKind.CALL_REQUESTED),
    Intent.HELP: MeaningHandler(explain),
}
