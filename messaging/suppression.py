"""Numbers that must not be texted, and the words by which people ask for that.

A number stays suppressed until its owner texts START, or a worker holds evidence of consent; no
other text lifts it. Only whole messages count as these words, because "stop by at 3" is not STOP.
This module must never decide what a longer text means.
"""

import re
from collections.abc import Collection
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from messaging.states import MessageStatus
from messaging.tables import Message, Suppression, new_id

__all__ = [
    "help_word",
    "is_suppressed",
    "may_block_word",
    "restore",
    "start_word",
    "stop_word",
    "suppress",
    "suppressed",
]

_STOP = frozenset(
    {
        "STOP",
        "STOPALL",
        "STOP ALL",
        "UNSUBSCRIBE",
        "OPTOUT",
        "OPT OUT",
        "REVOKE",
        "ATAL",
        "STOPIWCH",
    }
)
_START = frozenset({"START", "UNSTOP", "DECHRAU"})
_HELP = frozenset({"HELP", "INFO", "CYMORTH"})
_MAY_BLOCK = frozenset({"CANCEL", "END", "QUIT"})
"""Ordinary answers to a reminder, which a provider may still treat as STOP if its list of keywords
was not shortened.
"""


def stop_word(body: str) -> bool:
    """Whether the whole text asks for no more texts, in English or Welsh."""
    return _words(body) in _STOP


def start_word(body: str) -> bool:
    """Whether the whole text asks for texts again. YES does not: it may answer an open question."""
    return _words(body) in _START


def help_word(body: str) -> bool:
    """Whether the whole text asks how this works."""
    return _words(body) in _HELP


def may_block_word(body: str) -> bool:
    """Whether the whole text is a word (CANCEL, END, QUIT) at which the provider may have blocked
    the number without telling us.
    """
    return _words(body) in _MAY_BLOCK


def _words(body: str) -> str:
    """The text in capitals without surrounding punctuation and spaces, so that `Stop.` and ` STOP!!
    ` are STOP.
    """
    return " ".join(re.sub(r"[^\w\s]", " ", body.upper().replace("-", " ")).split())


def suppress(session: Session, number: str, reason: str, evidence: str, now: datetime) -> bool:
    """Suppress `number` and withdraw its queued texts; False if it was suppressed already, which
    keeps the first reason.
    """
    made = session.scalar(
        insert(Suppression)
        .values(id=new_id(), number=number, since=now, reason=reason, evidence=evidence)
        .on_conflict_do_nothing()
        .returning(Suppression.id)
    )
    session.execute(
        update(Message)
        .where(
            Message.to_number == number,
            Message.status == MessageStatus.QUEUED,
            Message.despite_stop.is_(False),
        )
        .values(
            status=MessageStatus.WITHDRAWN,
            reason=f"This number must not be texted: {reason}",
            ended_at=now,
        )
        .execution_options(synchronize_session="fetch")
    )
    return made is not None


def restore(session: Session, number: str, evidence: str, now: datetime) -> bool:
    """Lift the suppression of `number`, on the evidence given (the START, or the consent that a
    worker holds); False if it was not suppressed.
    """
    done = session.execute(
        update(Suppression)
        .where(Suppression.number == number, Suppression.restored_at.is_(None))
        .values(restored_at=now, restored_evidence=evidence)
        .execution_options(synchronize_session="fetch")
    )
    return cast("CursorResult[Any]", done).rowcount > 0


def is_suppressed(session: Session, number: str) -> bool:
    """Whether `number` is suppressed now."""
    return number in suppressed(session, [number])


_SUPPRESSED = select(Suppression.number, Suppression.reason).where(
    Suppression.number.in_(bindparam("numbers", expanding=True)), Suppression.restored_at.is_(None)
)


def suppressed(session: Session, numbers: Collection[str]) -> dict[str, str]:
    """Those of `numbers` that are suppressed now, with the reason."""
    rows = session.execute(_SUPPRESSED, {"numbers": list(numbers)})
    return {row.number: row.reason for row in rows}
