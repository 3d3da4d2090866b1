"""What people ask for: a call, and how the texts work. What the record can answer is in records.py."""

from datetime import datetime

from engage.agencies.model import Hub
from engage.conversation import answers, call_times
from engage.conversation.context import Done, Turn
from engage.conversation.handlers import absences, attendance
from engage.conversation.phone_owner import Holder
from engage.conversation.signals import tell
from engage.core.working_days import closed_days
from engage.signals import SignalKind
from engage.texts import TextKind
from engage.understanding.vocabulary import Intent

_OF_AN_APPOINTMENT = frozenset({Intent.CONFIRM, Intent.DECLINE, Intent.RESCHEDULE, Intent.RUNNING_LATE})
"""Beside one of these, a day or a time that the text names may be that of the appointment."""


def call(turn: Turn, holder: Holder) -> Done:
    """They want to be phoned: a task, due when they asked for it, else within a working day. What it says beside that about coming is recorded too."""
    asked, due_at = _when(turn, holder)
    tell(
        turn.session,
        SignalKind.CALL_REQUESTED,
        holder.person,
        about="call",
        why=f"They asked by text to be phoned{asked}.",
        evidence=turn.evidence,
        now=turn.now,
        due_at=due_at,
        action="Ring by the time that they asked for." if asked else None,
    )
    also = attendance.beside(turn, holder)
    absences.beside(turn, holder)
    answers.personal(turn, TextKind.CALL, holder)
    done = Done("Call asked of the offender manager", person_id=holder.person.id, intent=Intent.CALL_ME)
    return attendance.and_beside(done, also)


def _when(turn: Turn, holder: Holder) -> tuple[str, datetime]:
    """What they asked for, in words, and by when to ring."""
    hub = turn.session.get_one(Hub, holder.person.hub_id)
    told = not _OF_AN_APPOINTMENT & set(turn.heard.intents)
    day, at = (turn.heard.day, turn.heard.time) if told else (None, None)
    due_at = call_times.due(
        day, at, heard_at=turn.heard_at, zone=holder.reach.zone, closed=closed_days(hub.settings)
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


def explain(turn: Turn, holder: Holder | None, language: str) -> Done:
    """How the texts work."""
    answers.neutral(turn, TextKind.HELP, language, holder=holder)
    return Done("Sent how the texts work", person_id=holder.person.id if holder else None, intent=Intent.HELP)
