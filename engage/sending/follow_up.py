"""Where the engine's results meet people: what a bad end of a text means for a number and its
person.

What the network does is never held against the person: a dead number is a task for their offender
manager and nothing else.
"""

from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from engage.appointments.reminders.rewriting import rewrite_reminders
from engage.conversation.answers import LAST_WORDS
from engage.conversation.phone_owner import lock_number
from engage.conversation.signals import raise_signal
from engage.core import events
from engage.people import (
    phones,
)
from engage.signals import Evidence, SignalKind
from engage.texts import Purpose
from messaging import failures
from messaging.failures import Ending
from messaging.sending import retry
from messaging.states import MessageStatus

log = structlog.get_logger(__name__)


def follow_endings(session: Session, *, now: datetime, limit: int = 100) -> int:
    """Take texts that ended badly and do what follows for people; returns how many were taken. Each
    is followed up once.
    """
    taken = failures.take(session, now=now, limit=limit)
    for ending in sorted(taken, key=lambda one: one.to_number):
        if ending.number_dead:
            _number_dead(session, ending, now)
        if ending.opted_out:
            _opted_out(session, ending, now)
        if ending.context.get("purpose") == Purpose.NOTICE:
            log.error(
                "notice.not_delivered", staff=ending.context["staff"], status=ending.status.value
            )
        if (
            ending.status is MessageStatus.WITHHELD
            and ending.context.get("purpose") == Purpose.REMINDER
        ):
            rewrite_reminders(session, ending.message_id, now=now)
    return len(taken)


def _number_dead(session: Session, ending: Ending, now: datetime) -> None:
    """The network says the number itself takes no texts: it is suspended for whoever has it, and
    they are told.
    """
    lock_number(session, ending.to_number)
    words = retry.words(ending.error_code)
    for person, point in phones.people_on(session, ending.to_number):
        phones.mark_suspended(
            session, person, point, why=f"Texts cannot reach it: {words}", actor="system", now=now
        )
        raise_signal(
            session,
            SignalKind.NUMBER_DEAD,
            person,
            about=str(point.id),
            why=f"A text could not reach their number: {words}. This is not held against them.",
            evidence=[
                Evidence("message", str(ending.message_id)),
                Evidence("contact_point", str(point.id)),
            ],
            now=now,
        )


def _opted_out(session: Session, ending: Ending, now: datetime) -> None:
    """The provider refused because the number has said STOP to it; messaging has stopped the number
    already.
    """
    lock_number(session, ending.to_number)
    if ending.context.get("texts") in LAST_WORDS:
        return  # the confirmation of a STOP that we know of
    for person, point in phones.people_on(session, ending.to_number):
        new = raise_signal(
            session,
            SignalKind.OPTED_OUT,
            person,
            about="stop",
            why="The text service says that their number asked for no more texts. Nothing more is sent to it.",
            evidence=[Evidence("message", str(ending.message_id))],
            now=now,
        )
        if new:
            events.record(
                session,
                "number.stopped",
                now=now,
                actor="system",
                person_id=person.id,
                hub_id=person.hub_id,
                message=ending.message_id,
                point=point.id,
            )
