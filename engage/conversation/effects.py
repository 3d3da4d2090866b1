"""Where the engine's results meet people: what a bad end of a text means for a number, and the last look at texts that are no reminders.

What the network does is never held against the person: a dead number is a task for their offender manager and nothing else.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from engage.agencies import staff_notices
from engage.appointments.reminders import planning
from engage.conversation.answers import LAST_WORDS, NOTHING_LEARNT
from engage.conversation.phone_owner import Holder, Standing, lock_number
from engage.conversation.safety import on_call
from engage.conversation.signals import tell
from engage.core import events
from engage.people import (
    contactability,
    phones,
    rules,
    unprompted,
)
from engage.people.contactability import Reach
from engage.people.model import NumberState
from engage.progress.check_ins.lifecycle import PURPOSE
from engage.signals import Evidence, SignalKind
from engage.texts import TextKind
from messaging import endings, retry
from messaging.dispatch import Claimed, Defer, Verdict, Withhold
from messaging.endings import Ending
from messaging.states import MessageStatus

log = structlog.get_logger(__name__)

CHANGED = "The person's number was changed"
OTHER_READER = "Somebody else may read this phone"


def follow_endings(session: Session, *, now: datetime, limit: int = 100) -> int:
    """Take texts that ended badly and do what follows for people; returns how many were taken. Each is followed up once."""
    taken = endings.take(session, now=now, limit=limit)
    for ending in sorted(taken, key=lambda one: one.to_number):
        if ending.number_dead:
            _number_dead(session, ending, now)
        if ending.opted_out:
            _opted_out(session, ending, now)
        if ending.context.get("purpose") == staff_notices.PURPOSE:
            log.error("notice.not_delivered", staff=ending.context["staff"], status=ending.status.value)
        if ending.status is MessageStatus.WITHHELD and ending.context.get("purpose") == "reminder":
            planning.write_again(session, ending.message_id, now=now)
    return len(taken)


def _number_dead(session: Session, ending: Ending, now: datetime) -> None:
    """The network says the number itself takes no texts: it is suspended for whoever has it, and they are told."""
    lock_number(session, ending.to_number)
    words = retry.words(ending.error_code)
    for person, point in phones.people_on(session, ending.to_number):
        phones.mark_suspended(
            session, person, point, why=f"Texts cannot reach it: {words}", actor="system", now=now
        )
        tell(
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
    """The provider refused because the number has said STOP to it; messaging has stopped the number already."""
    lock_number(session, ending.to_number)
    if ending.context.get("texts") in LAST_WORDS:
        return  # the confirmation of a STOP that we know of
    for person, point in phones.people_on(session, ending.to_number):
        new = tell(
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


def last_look(session: Session, claimed: Sequence[Claimed], now: datetime) -> Mapping[uuid.UUID, Verdict]:
    """The guard's part for answers, texts by staff and checks of a number: what changed in the last moment still stops one. Reads only."""
    ours = {
        one.id: uuid.UUID(one.recipient)
        for one in claimed
        if one.recipient is not None and one.context.get("purpose") in _LOOKS
    }
    reaches = contactability.reach(session, set(ours.values()), now)
    verdicts: dict[uuid.UUID, Verdict] = {}
    for one in claimed:
        if one.id not in ours:
            continue
        reach = reaches.get(ours[one.id])
        verdict = (
            Withhold("The person is no longer recorded")
            if reach is None
            else _LOOKS[one.context["purpose"]](one, reach, now)
        )
        if verdict is not None:
            verdicts[one.id] = verdict
    return {**verdicts, **staff_notices.last_look(session, claimed), **on_call.last_look(session, claimed)}


def _look_at_answer(one: Claimed, reach: Reach, now: datetime) -> Verdict | None:
    """An answer goes at any hour. The last words to a number and safety advice always go, to the phone that wrote."""
    kind = one.context.get("texts")
    if reach.point is not None and reach.point.unsafe_since is not None and reach.number == one.to_number:
        return Withhold(OTHER_READER)
    if one.despite_stop or kind in LAST_WORDS or kind == TextKind.CRISIS:
        return None
    if reach.number != one.to_number or reach.point is None:
        return Withhold(CHANGED)
    standing = Holder(reach.person, reach.point, reach).standing
    if standing is Standing.OPEN or (standing is Standing.NEUTRAL and kind in NOTHING_LEARNT):
        return None
    return _against(reach)


def _look_at_staff_text(one: Claimed, reach: Reach, now: datetime) -> Verdict | None:
    if reach.number != one.to_number:
        return Withhold(CHANGED)
    spared = {rules.PAUSED.code}
    if one.context.get("by") == f"staff:{reach.person.offender_manager_id}":
        spared.add("not_approved")
    if [reason for reason in lasting(reach) if reason.code not in spared]:
        return _against(reach)
    return _wait_for_window(reach, now)


def _look_at_check(one: Claimed, reach: Reach, now: datetime) -> Verdict | None:
    if reach.number != one.to_number:
        return Withhold(CHANGED)
    if reach.point is None or reach.point.state is not NumberState.CHECKING:
        return Withhold("The number no longer waits to be confirmed")
    if {reason.code for reason in lasting(reach)} != {"number_unverified"}:
        return _against(reach)
    return _wait_for_window(reach, now)


def _look_at_unasked(one: Claimed, reach: Reach, now: datetime) -> Verdict | None:
    if reach.number != one.to_number:
        return Withhold(CHANGED)
    return _against(reach) if lasting(reach) else _wait_for_window(reach, now)


_LOOKS = {
    PURPOSE: _look_at_unasked,
    "reply": _look_at_answer,
    "staff": _look_at_staff_text,
    "number_check": _look_at_check,
    **dict.fromkeys(unprompted.PURPOSES, _look_at_unasked),
}


def lasting(reach: Reach) -> list[rules.Reason]:
    """The reasons of rule 1 against a text that do not end by themselves."""
    return [reason for reason in reach.verdict.reasons if not reason.passing]


def _against(reach: Reach) -> Withhold:
    return Withhold("; ".join(reason.words for reason in lasting(reach)))


def _wait_for_window(reach: Reach, now: datetime) -> Defer | None:
    opens = contactability.next_window(reach, now)
    return Defer(opens, "Outside the hours for texts") if opens > now else None
