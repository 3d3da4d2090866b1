"""Rows of reminders: inserted, cancelled, closed with their reasons, and their queued texts called
back.

The caller holds the lock of the person's row. Nothing here decides whether a text is sent.
"""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import insert
from sqlalchemy.orm import Session

from engage.appointments.kinds import ReminderKind, ReminderState
from engage.appointments.model import Appointment, Reminder
from engage.appointments.reminders.message_history import SentReminder
from engage.appointments.reminders.rules import PlannedReminder
from engage.core import events
from engage.core.db import new_id, wake
from engage.people.model import Person
from engage.people.rules import Reason, stored_reasons
from messaging import transitions
from messaging.states import MessageStatus

log = structlog.get_logger(__name__)

REMINDER_CHANNEL = "engage_reminders"
"""Notified, in the transaction, when a reminder is due at once."""

_MOST_REASONS = 8


def new_row(
    appointment_id: uuid.UUID,
    revision: int,
    planned: PlannedReminder,
    attempt: int,
    now: datetime,
) -> dict[str, Any]:
    """The row to insert for a planned reminder: skipped already if the plan has a reason."""
    return {
        "id": new_id(),
        "appointment_id": appointment_id,
        "kind": planned.kind,
        "revision": revision,
        "attempt": attempt,
        "due_at": planned.due_at,
        "expires_at": planned.expires_at,
        "state": ReminderState.SKIPPED if planned.reason else ReminderState.PLANNED,
        "reasons": stored_reasons([planned.reason]) if planned.reason else [],
        "decided_at": now if planned.reason else None,
    }


def insert_planned(
    session: Session,
    appointment: Appointment,
    planned: Sequence[PlannedReminder],
    earlier: Sequence[SentReminder],
    now: datetime,
) -> None:
    """Insert each planned reminder as the next attempt of its kind, and wake the worker if one is
    due.

    `earlier` are the reminders that the appointment has already.
    """
    if not planned:
        return
    attempts: dict[ReminderKind, int] = {}
    for one in earlier:
        if one.reminder.revision == appointment.revision:
            kind = one.reminder.kind
            attempts[kind] = max(attempts.get(kind, 0), one.reminder.attempt)
    session.flush()
    rows = [
        new_row(appointment.id, appointment.revision, one, attempts.get(one.kind, 0) + 1, now)
        for one in planned
    ]
    session.execute(insert(Reminder), rows)
    if any(one.reason is None and one.due_at <= now for one in planned):
        wake(session, REMINDER_CHANNEL)


def cancel_row(reminder: Reminder, reason: Reason, now: datetime) -> None:
    """Set the reminder to void, with the reason."""
    reminder.state, reminder.decided_at, reminder.reasons = (
        ReminderState.VOID,
        now,
        stored_reasons([reason]),
    )


def call_back(
    session: Session, reminders: Sequence[SentReminder], reason: Reason, now: datetime
) -> set[uuid.UUID]:
    """Withdraw the queued texts of the reminders, and return the ids of the messages withdrawn.

    A text that a sending worker has already claimed is left alone and counts as sent.
    """
    queued = {
        one.reminder.message_id for one in reminders if one.queued and one.reminder.message_id
    }
    withdrawn = transitions.move(
        session, sorted(queued), MessageStatus.WITHDRAWN, now=now, reason=reason.words
    )
    return {one.id for one in withdrawn}


def close(
    session: Session,
    reminder: Reminder,
    person: Person,
    state: ReminderState,
    reasons: Iterable[Reason],
    *,
    now: datetime,
) -> None:
    """Set the final state of a reminder that fell due, with the reasons, and record the event.

    A skipped reminder keeps the reasons for which it had to wait before.
    """
    stored = stored_reasons(reasons)
    if state is ReminderState.SKIPPED:
        codes = {row["code"] for row in stored}
        earlier = [row for row in reminder.reasons if row["code"] not in codes]
        stored = [*earlier, *stored][-_MOST_REASONS:]
    reminder.state, reminder.decided_at, reminder.reasons = state, now, stored
    final_codes = [row["code"] for row in stored]
    events.record_for_person(
        session,
        f"reminder.{state.value}",
        person,
        now=now,
        actor="system",
        reminder=reminder.id,
        appointment=reminder.appointment_id,
        reminder_kind=reminder.kind.value,
        reasons=final_codes,
        message=reminder.message_id,
    )
    log.info(
        f"reminder.{state.value}",
        reason=final_codes,
        appointment=str(reminder.appointment_id),
        kind=reminder.kind.value,
    )
