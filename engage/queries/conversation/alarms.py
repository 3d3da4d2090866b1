"""The steps of an alarm so far, in order of time, and the hubs that have nobody on call."""

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
    """A step: when, who, at which level of the rota (0 is the offender manager), and the outcome.

    `lost`: the notice did not arrive. `called_back`: the signal was acknowledged before the notice
    left, so it was not sent.
    """

    at: datetime
    outcome: AlarmOutcome
    name: str | None
    level: int | None
    lost: bool
    called_back: bool


@dataclass(frozen=True)
class AlarmView:
    """The newest 50 steps of an alarm, in order of time. `next_at` is when the next staff are told;
    None once the alarm is over.
    """

    lines: tuple[AlarmLine, ...]
    next_at: datetime | None


def of_signal(session: Session, signal_id: uuid.UUID) -> AlarmView | None:
    """The alarm of a signal; None if it raised none. The caller has checked that the actor may see
    the signal.
    """
    return _views(session, Alarm.signal_id == signal_id).get(signal_id)


def of_reply_records(session: Session, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, AlarmView]:
    """The alarms of texts from unknown numbers, by the id of their record. The caller has checked
    that the actor may read the texts.
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
    """The names of the actor's hubs that have nobody on call now, for coordinators and supervisors
    who manage the rota.
    """
    seen = actor.hubs(*SEE_GAPS)
    if not seen:
        return ()
    covered = {turn.hub_id for turn in rota.on_call(session, seen, now)}
    return tuple(hub.name for hub in managed_hubs(session, actor) if hub.id in seen - covered)
