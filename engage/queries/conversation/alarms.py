"""What an alarm has done so far, in the order of the clock, and which hubs have nobody on call."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, aliased

from engage.access.policy import Actor
from engage.agencies.model import Role, Staff
from engage.conversation.model import Alarm, AlarmOutcome, AlarmStep
from engage.conversation.safety import rota
from engage.conversation.safety.rota import managed_hubs
from messaging.failures import FAILED_STATUSES
from messaging.states import MessageStatus
from messaging.tables import Message

SHOWN = 50
SEE_GAPS = (Role.COORDINATOR, Role.SUPERVISOR)


@dataclass(frozen=True)
class AlarmLine:
    """One step: when, who, at which level of the rota (0 is the offender manager), what came of it,
    and whether the text arrived.

    `called_back` when the text had not left yet as somebody took it up.
    """

    at: datetime
    outcome: AlarmOutcome
    name: str | None
    level: int | None
    lost: bool
    called_back: bool


@dataclass(frozen=True)
class AlarmView:
    """The steps of an alarm, the newest 50 in order of time, and when the next person is told if
    nobody takes it up.
    """

    lines: tuple[AlarmLine, ...]
    next_at: datetime | None


def of_signal(session: Session, signal_id: uuid.UUID) -> AlarmView | None:
    """What was done about a signal; None where it raised no alarm. The caller has checked that the
    actor may see the signal.
    """
    return _views(session, Alarm.signal_id == signal_id).get(signal_id)


def of_readings(session: Session, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, AlarmView]:
    """What was done about texts of numbers that are nobody's, where they raised an alarm. The
    caller has found that the actor may read them.
    """
    return _views(session, Alarm.reply_record_id.in_(ids)) if ids else {}


def _views(session: Session, which: ColumnElement[bool]) -> Mapping[uuid.UUID, AlarmView]:
    newest = (
        func.row_number()
        .over(partition_by=AlarmStep.alarm_id, order_by=(AlarmStep.at.desc(), AlarmStep.id.desc()))
        .label("newest")
    )
    steps = (
        select(AlarmStep, newest)
        .join(Alarm, Alarm.id == AlarmStep.alarm_id)
        .where(which)
        .subquery()
    )
    step = aliased(AlarmStep, steps)
    rows = session.execute(
        select(Alarm, step, Staff.name, Message.status)
        .outerjoin(steps, and_(steps.c.alarm_id == Alarm.id, steps.c.newest <= SHOWN))
        .outerjoin(Staff, Staff.id == steps.c.staff_id)
        .outerjoin(Message, Message.id == steps.c.message_id)
        .where(which)
        .order_by(steps.c.at, steps.c.id)
    ).all()
    lines: dict[uuid.UUID, list[AlarmLine]] = {}
    for alarm, one, name, status in rows:
        found = lines.setdefault(alarm.id, [])
        if one is not None:
            found.append(_line(one, name, status))
    return {
        about: AlarmView(tuple(lines[alarm.id]), alarm.next_at)
        for alarm, *_ in rows
        if (about := alarm.signal_id or alarm.reply_record_id) is not None
    }


def _line(step: AlarmStep, name: str | None, status: MessageStatus | None) -> AlarmLine:
    called_back = status is MessageStatus.WITHDRAWN or status is MessageStatus.WITHHELD
    return AlarmLine(
        step.at,
        step.outcome,
        name,
        step.level,
        status in FAILED_STATUSES and not called_back,
        called_back,
    )


def uncovered(session: Session, actor: Actor, *, now: datetime) -> tuple[str, ...]:
    """The names of the actor's hubs that have nobody on call at this moment, for those who keep the
    rota and see its people.
    """
    seen = actor.hubs(*SEE_GAPS)
    if not seen:
        return ()
    covered = {turn.hub_id for turn in rota.on_call(session, seen, now)}
    return tuple(hub.name for hub in managed_hubs(session, actor) if hub.id in seen - covered)
