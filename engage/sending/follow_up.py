"""What a failed text means for a number and its person, and what follows.

What the network does is never held against the person: a dead number is a task for their offender
manager and nothing else (rule 8).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from engage.appointments.reminders.rewriting import rewrite_reminders
from engage.conversation.answers import STOP_CONFIRMATIONS
from engage.conversation.phone_owner import lock_number
from engage.conversation.signals import raise_signal
from engage.core import events
from engage.people import phones
from engage.signals import Evidence, SignalKind
from engage.texts import Purpose
from messaging import failures
from messaging.failures import FailedMessage
from messaging.states import MessageStatus

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class FollowUp:
    """What follows one kind of failure."""

    failure: str
    applies: Callable[[FailedMessage], bool]
    follow: Callable[[Session, FailedMessage, datetime], None]


def follow_failures(session: Session, *, now: datetime, limit: int = 100) -> int:
    """Follow up texts that failed, each once, by every row of `FOLLOW_UPS` that applies. Returns
    how many were taken.

    In the order of their numbers, so that the locks of two workers on numbers never deadlock.
    """
    taken = failures.take(session, now=now, limit=limit)
    for failed in sorted(taken, key=lambda one: one.to_number):
        for row in FOLLOW_UPS:
            if row.applies(failed):
                row.follow(session, failed, now)
    return len(taken)


def _suspend_number(session: Session, failed: FailedMessage, now: datetime) -> None:
    """Suspend the number for everybody who has it, and tell their offender managers."""
    lock_number(session, failed.to_number)
    for person, point in phones.people_on(session, failed.to_number):
        phones.mark_suspended(
            session,
            person,
            point,
            why=f"Texts cannot reach it: {failed.words}",
            actor="system",
            now=now,
        )
        raise_signal(
            session,
            SignalKind.NUMBER_DEAD,
            person,
            about=str(point.id),
            why=f"A text could not reach their number: {failed.words}."
            " This is not held against them.",
            evidence=[
                Evidence("message", str(failed.message_id)),
                Evidence("contact_point", str(point.id)),
            ],
            now=now,
        )


def _report_opt_out(session: Session, failed: FailedMessage, now: datetime) -> None:
    """Tell the offender managers of everybody who has the number. Messaging has stopped the number
    already.
    """
    lock_number(session, failed.to_number)
    if failed.context.get("texts") in STOP_CONFIRMATIONS:
        return  # the confirmation of a STOP that we know of
    for person, point in phones.people_on(session, failed.to_number):
        new = raise_signal(
            session,
            SignalKind.OPTED_OUT,
            person,
            about="stop",
            why="The text service says that their number asked for no more texts. Nothing more is"
            " sent to it.",
            evidence=[Evidence("message", str(failed.message_id))],
            now=now,
        )
        if new:
            events.record_for_person(
                session,
                "number.stopped",
                person,
                now=now,
                actor="system",
                message=failed.message_id,
                point=point.id,
            )


def _log_notice(session: Session, failed: FailedMessage, now: datetime) -> None:
    log.error("notice.not_delivered", staff=failed.context["staff"], status=failed.status.value)


def _rewrite_reminder(session: Session, failed: FailedMessage, now: datetime) -> None:
    """Plan again what still helps. It then goes, or is skipped with its reason."""
    rewrite_reminders(session, failed.message_id, now=now)


def _is_notice(failed: FailedMessage) -> bool:
    return failed.context.get("purpose") == Purpose.NOTICE


def _is_withheld_reminder(failed: FailedMessage) -> bool:
    is_reminder = failed.context.get("purpose") == Purpose.REMINDER
    return is_reminder and failed.status is MessageStatus.WITHHELD


FOLLOW_UPS = (
    FollowUp("The number will never take a text", lambda one: one.number_dead, _suspend_number),
    FollowUp("The provider says STOP", lambda one: one.opted_out, _report_opt_out),
    FollowUp("A notice to staff failed", _is_notice, _log_notice),
    FollowUp("A reminder was withheld", _is_withheld_reminder, _rewrite_reminder),
)
"""What follows each kind of failure. Any other failure is only shown in the conversation."""
