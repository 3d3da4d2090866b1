"""What an alarm has done so far, in the order of the clock, and which hubs have nobody on call."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.agencies.model import Role, Staff
from engage.conversation.model import Alarm, AlarmOutcome, AlarmStep
from engage.people import rota
from engage.people.access import Actor
from engage.people.rota import kept_hubs
from messaging.endings import BAD_ENDS
from messaging.tables import Message

SHOWN = 50
SEE_GAPS = (Role.COORDINATOR, Role.SUPERVISOR)


@dataclass(frozen=True)
class Line:
    """One step: when, who, at which level of the rota (0 is the offender manager), what came of it, and whether the text arrived."""

    at: datetime
    outcome: AlarmOutcome
    name: str | None
    level: int | None
    lost: bool


@dataclass(frozen=True)
class AlarmView:
    """The steps of an alarm, the newest 50 in order of time, and when the next person is told if nobody acknowledges."""

    lines: tuple[Line, ...]
    next_at: datetime | None


def of_signal(session: Session, signal_id: uuid.UUID) -> AlarmView | None:
    """What was done about a signal; None where it raised no alarm. The caller has checked that the actor may see the signal."""
    return _view(session, session.scalar(select(Alarm).where(Alarm.signal_id == signal_id)))


def _view(session: Session, alarm: Alarm | None) -> AlarmView | None:
    if alarm is None:
        return None
    rows = session.execute(
        select(AlarmStep, Staff.name, Message.status)
        .outerjoin(Staff, Staff.id == AlarmStep.staff_id)
        .outerjoin(Message, Message.id == AlarmStep.message_id)
        .where(AlarmStep.alarm_id == alarm.id)
        .order_by(AlarmStep.at.desc(), AlarmStep.id.desc())
        .limit(SHOWN)
    ).all()
    lines = [Line(step.at, step.outcome, name, step.level, status in BAD_ENDS) for step, name, status in rows]
    return AlarmView(tuple(reversed(lines)), alarm.next_at)


def uncovered(session: Session, actor: Actor, *, now: datetime) -> tuple[str, ...]:
    """The names of the actor's hubs that have nobody on call at this moment, for those who keep the rota and see its people."""
    seen = actor.hubs(*SEE_GAPS)
    if not seen:
        return ()
    covered = {turn.hub_id for turn in rota.on_call(session, seen, now)}
    return tuple(hub.name for hub in kept_hubs(session, actor) if hub.id in seen - covered)
