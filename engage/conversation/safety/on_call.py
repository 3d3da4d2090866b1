"""Alarms: a person may be in danger, and staff get notices one after the other until one of them
takes it on.

During working hours the offender manager is notified first. Outside them, or when nobody has
acknowledged in time, the on-call rota is notified, level after level and from the top again. A
notice says only that an item needs them. Every step is a row and an event. An alarm is claimed and
moved on in one transaction, so that any number of workers notify each member of staff once and a
killed worker loses nothing. Staff whom no notice can reach, or who could not see the item if they
signed in, never count as notified.
"""

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

import structlog
from sqlalchemy import exists, select, text
from sqlalchemy.orm import Session

from engage import signals
from engage.access.policy import (
    Ability,
    abilities,
    staff_actor,
    visible_to,
)
from engage.agencies import staff_notices
from engage.agencies.hub_settings import HubRules, hub_rules, zone
from engage.agencies.model import Hub, Role, Staff
from engage.conversation.model import Alarm, AlarmOutcome, AlarmStep, ReplyRecord
from engage.conversation.safety import rota
from engage.conversation.safety.alerts import CHANNEL as CHANNEL
from engage.conversation.safety.alerts import record_item
from engage.conversation.safety.responses import RESPONSES
from engage.core import events
from engage.core.working_days import closed_days, is_working_day
from engage.people.model import Person
from engage.signals import Signal, SignalState
from engage.understanding.safety.kinds import DangerKind

log = structlog.get_logger(__name__)

MAX_SIGNAL_AGE = timedelta(hours=24)
"""A signal older than this that never had an alarm gets none."""
MANAGER_LEVEL = 0
"""The level at which the offender manager is notified."""
READERS = (Role.COORDINATOR, Role.SUPERVISOR)
"""Who reads texts of unknown numbers."""

_START = text("""
INSERT INTO alarm (id, signal_id, level, steps, next_at)
SELECT gen_random_uuid(), signal.id, 0, 0, :now FROM signal
WHERE signal.severity = 'urgent' AND signal.kind = ANY(:kinds)
  AND signal.state = 'open'
  AND signal.raised_at > :since AND NOT EXISTS (SELECT FROM alarm WHERE alarm.signal_id = signal.id)
ON CONFLICT DO NOTHING
""")


@dataclass(frozen=True)
class _Subject:
    """What an alarm is about. `person` and `hub` are None for a text of an unknown number; `sees`
    says whether a member of staff could see the item.
    """

    hub_ids: frozenset[uuid.UUID] | None
    hub: Hub | None
    rules: HubRules
    person: Person | None
    sees: Callable[[Staff], bool]
    item: str
    danger: DangerKind | None = None

    @property
    def step_minutes(self) -> int:
        """How long a step waits for somebody to take it on: at most until the danger's deadline."""
        minutes = self.rules.on_call_minutes
        return minutes if self.danger is None else min(minutes, RESPONSES[self.danger].due_minutes)

    @property
    def on_call_at_once(self) -> bool:
        """Whether those on call are told together with an offender manager who is at work."""
        return self.danger is not None and RESPONSES[self.danger].on_call_at_once


def advance_due(session: Session, *, now: datetime, limit: int = 20) -> int:
    """Start alarms for signals of danger that have none, and take the next step of up to `limit`
    alarms that are due. Returns how many were due.
    """
    session.execute(
        _START,
        {"now": now, "since": now - MAX_SIGNAL_AGE, "kinds": sorted(signals.ALARMING)},
    )
    due = session.scalars(
        select(Alarm)
        .where(Alarm.next_at <= now)
        .order_by(Alarm.next_at, Alarm.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    for alarm in due:
        about = _subject(session, alarm)
        if about is None:
            alarm.next_at = None
            continue
        _Step(session, alarm, about, now).take()
    session.flush()
    return len(due)


def at_work(hub: Hub, now: datetime) -> bool:
    """Whether the hub's staff are at work: its working hours, on a day when it is not closed."""
    rules, local = hub_rules(hub), now.astimezone(zone(hub))
    return (
        is_working_day(local.date(), closed_days(hub.settings))
        and time(rules.work_from_hour) <= local.time()
        and local.hour < rules.work_until_hour
    )


def _subject(session: Session, alarm: Alarm) -> _Subject | None:
    """What the alarm is about. None if it is over: the signal was acknowledged or resolved, or the
    text was read or claimed for a person (who then has a signal).
    """
    if alarm.signal_id is None:
        reply = session.get(ReplyRecord, alarm.reply_record_id, populate_existing=True)
        if reply is None or reply.read_at is not None or reply.person_id is not None:
            return None
        return _Subject(None, None, HubRules(), None, _reads_unknown, record_item(reply.id))
    signal = session.get(Signal, alarm.signal_id, populate_existing=True)
    if signal is None or signal.state is not SignalState.OPEN:
        return None
    person = session.get_one(Person, signal.person_id)
    hub = session.get_one(Hub, signal.hub_id)

    def sees(staff: Staff) -> bool:
        actor = staff_actor(staff)
        visible = session.scalar(select(exists().where(Person.id == person.id, visible_to(actor))))
        return bool(visible) and Ability.SIGNALS in abilities(actor, person)

    return _Subject(
        frozenset({hub.id}),
        hub,
        hub_rules(hub),
        person,
        sees,
        signals.notice_item(signal.id),
        signal.danger,
    )


def _reads_unknown(staff: Staff) -> bool:
    return staff_actor(staff).has(*READERS)


class _Step:
    """One step of one alarm."""

    def __init__(self, session: Session, alarm: Alarm, about: _Subject, now: datetime) -> None:
        self.session, self.alarm, self.about, self.now = session, alarm, about, now
        self.notified: set[uuid.UUID] = set()

    def take(self) -> None:
        """Notify the staff who are next, and set the time of the next step."""
        turns = rota.on_call(self.session, self.about.hub_ids, self.now)
        levels: dict[int, list[Staff]] = {}
        for turn in turns:
            levels.setdefault(turn.level, []).append(turn.staff)
        if not self._leave_to_manager({turn.staff_id for turn in turns}):
            self._next_level(levels)
        self.alarm.steps += 1
        self.alarm.next_at = self.now + timedelta(minutes=self.about.step_minutes)

    def _leave_to_manager(self, on_call: set[uuid.UUID]) -> bool:
        """Notify the offender manager first if they are at work or on call. True if they are at
        work and the danger leaves time: then they have until the next step to themselves.
        """
        person, hub = self.about.person, self.about.hub
        if self.alarm.steps or person is None or hub is None:
            return False
        working = at_work(hub, self.now)
        if not working and person.offender_manager_id not in on_call:
            return False
        told = self._notify(person.offender_manager, MANAGER_LEVEL)
        return told and working and not self.about.on_call_at_once

    def _next_level(self, levels: dict[int, list[Staff]]) -> None:
        later = [level for level in sorted(levels) if level > self.alarm.level]
        for level in [*later, *(level for level in sorted(levels) if level <= self.alarm.level)]:
            if self._notify_all(levels[level], level):
                self.alarm.level = level
                return
        self._notify_last_resort(rota_empty=not levels)

    def _notify_last_resort(self, *, rota_empty: bool) -> None:
        """Nobody on call could be notified: notify those who answer for the item at other times,
        whatever the hour.
        """
        subject = str(self.alarm.signal_id or self.alarm.reply_record_id)
        log.error(
            "alarm.nobody_on_call", about=subject, hub=_id(self.about.hub), rota_empty=rota_empty
        )
        if not self._done_before(AlarmOutcome.NOBODY, None):
            self._record(AlarmOutcome.NOBODY, None, None, None)
        self._notify_all(self._last_resort(), MANAGER_LEVEL)

    def _last_resort(self) -> Sequence[Staff]:
        if self.about.person is not None:
            return [self.about.person.offender_manager]
        hubs = self.session.scalars(select(Hub.id)).all()
        return [staff for staff in rota.eligible(self.session, hubs) if self.about.sees(staff)]

    def _notify_all(self, staff: Iterable[Staff], level: int) -> bool:
        """Notify everybody of a level. True if at least one of them could be notified."""
        notified = [self._notify(one, level) for one in staff]
        return any(notified)

    def _notify(self, staff: Staff, level: int) -> bool:
        if staff.id in self.notified:
            return True
        message_id = None
        if self.about.sees(staff):
            about = f"alarm:{self.alarm.id}:{self.alarm.steps}"
            message_id = staff_notices.queue_notice(
                self.session, staff, about=about, now=self.now, urgent=True, item=self.about.item
            )
        if message_id is not None:
            self.notified.add(staff.id)
            self._record(AlarmOutcome.TOLD, staff, level, message_id)
            return True
        if not self._done_before(AlarmOutcome.NO_WAY, staff.id):
            self._record(AlarmOutcome.NO_WAY, staff, level, None)
        return False

    def _done_before(self, outcome: AlarmOutcome, staff_id: uuid.UUID | None) -> bool:
        return bool(
            self.session.scalar(
                select(
                    exists().where(
                        AlarmStep.alarm_id == self.alarm.id,
                        AlarmStep.outcome == outcome,
                        AlarmStep.staff_id.is_not_distinct_from(staff_id),
                    )
                )
            )
        )

    def _record(
        self,
        outcome: AlarmOutcome,
        staff: Staff | None,
        level: int | None,
        message_id: uuid.UUID | None,
    ) -> None:
        self.session.add(
            AlarmStep(
                alarm_id=self.alarm.id,
                at=self.now,
                level=level,
                staff_id=_id(staff),
                outcome=outcome,
                message_id=message_id,
            )
        )
        self.session.flush()
        events.record(
            self.session,
            f"alarm.{outcome.value}",
            now=self.now,
            actor="system",
            person_id=_id(self.about.person),
            hub_id=_id(self.about.hub),
            signal=self.alarm.signal_id,
            reading=self.alarm.reply_record_id,
            staff=_id(staff),
            level=level,
        )


def _id(of: Person | Hub | Staff | None) -> uuid.UUID | None:
    return None if of is None else of.id
