"""Yes, no, late and here: what the person says about an appointment, tied to the right one or asked
about, never guessed.

It records what was said and tells who must know. It never moves or cancels an appointment and never
records attendance.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from engage import texts
from engage.appointments.kinds import IntentKind
from engage.appointments.model import Appointment
from engage.appointments.model import StatedIntent as Said
from engage.appointments.reminders.wording import for_text
from engage.conversation import answers, appointment_match, open_questions
from engage.conversation.context import Handled, ReplyContext
from engage.conversation.handlers import arrival, barriers
from engage.conversation.model import Question, QuestionKind, ReplyRecord
from engage.conversation.phone_owner import PhoneOwner
from engage.conversation.signals import raise_signal
from engage.core import events
from engage.core.db import new_id
from engage.signals import Evidence, SignalKind
from engage.texts import TextKind
from engage.understanding.choices import read_choice, says_yes_to_all
from engage.understanding.vocabulary import Cause, Intent, Prompt

KINDS = {
    Intent.CONFIRM: IntentKind.WILL_ATTEND,
    Intent.DECLINE: IntentKind.CANNOT_ATTEND,
    Intent.RUNNING_LATE: IntentKind.LATE,
    Intent.ARRIVED: IntentKind.HERE,
}
_MEANT = {kind: intent for intent, kind in KINDS.items()}
_ANSWERS = {
    IntentKind.WILL_ATTEND: TextKind.WILL_ATTEND,
    IntentKind.CANNOT_ATTEND: TextKind.CANNOT_ATTEND,
    IntentKind.LATE: TextKind.LATE,
    IntentKind.HERE: TextKind.HERE,
}
WORDS = {
    IntentKind.WILL_ATTEND: "will attend",
    IntentKind.CANNOT_ATTEND: "cannot attend",
    IntentKind.LATE: "running late",
    IntentKind.HERE: "is here",
}
ASK_AGAIN_AFTER = timedelta(minutes=10)
UNCLEAR = "Not clear enough to act on"
CHANGED_SINCE = "The appointment chosen has changed since it was asked about"
MOST_ASKED = 4
"""More than this cannot be listed in one text; a human sorts it out."""


def said(turn: ReplyContext, holder: PhoneOwner, kind: IntentKind) -> Handled:
    """Record what was said about the one appointment that it can be about; ask when there are
    several; else a human reads it.
    """
    found = appointment_match.candidates(
        turn.session, holder.person.id, turn.number, turn.heard_at, kind
    )
    if turn.only:
        found = [one for one in found if one.id in turn.only] or found
    if found and turn.heard.day is not None:
        found = appointment_match.on_day(found, turn.heard.day, turn.heard_at, holder.reach.zone)
    if not found or len(found) > MOST_ASKED:
        return unsure(
            turn, holder, "No open appointment fits" if not found else "Too many appointments fit"
        )
    if len(found) == 1 or (kind is IntentKind.WILL_ATTEND and says_yes_to_all(turn.body)):
        return _record_all(turn, holder, found, kind, _minutes(turn, kind), _cause(turn, kind))
    return ask_which(turn, holder, found, kind)


def chosen(turn: ReplyContext, holder: PhoneOwner, question: Question) -> Handled | None:
    """Act on an answer to "which one?"; None when the text is none. What was asked about must still
    stand as it was.
    """
    offered = question.options["appointments"]
    choice = read_choice(turn.body, len(offered))
    if choice is None:
        return None
    kind = IntentKind(question.options["kind"])
    standing = settle(turn, question, choice, kind)
    if standing is None:
        return unsure(turn, holder, CHANGED_SINCE)
    cause = question.options.get("cause")
    minutes = question.options["minutes"]
    return _record_all(
        turn, holder, standing, kind, minutes, None if cause is None else Cause(cause)
    )


def settle(
    turn: ReplyContext, question: Question, choice: Sequence[int], kind: IntentKind
) -> list[Appointment] | None:
    """Close "which one?" with its answer and give what was chosen; None when one of them has
    changed since it was asked about.
    """
    offered = question.options["appointments"]
    turn.prompt = Prompt.WHICH
    open_questions.close(question, now=turn.now, inbound_id=turn.inbound.id)
    first = turn.session.get(ReplyRecord, uuid.UUID(question.options["reading"]))
    picked = [
        appointment_match.still_stands(
            turn.session, uuid.UUID(offered[place]["id"]), offered[place]["revision"]
        )
        for place in choice
    ]
    standing = [one for one in picked if one is not None and _in_time(turn, one, kind)]
    if len(standing) < len(picked):
        return None
    if first is not None:
        turn.also.append(Evidence("inbound", str(first.inbound_id)))
        first.done = f"{first.done}; answered"
        first.appointment_id = standing[0].id if len(standing) == 1 else None
    return standing


@dataclass(frozen=True)
class SideAnswer:
    """What was recorded beside a text's strongest meaning."""

    appointment_id: uuid.UUID
    kind: IntentKind

    @property
    def words(self) -> str:
        """For the thread, after what else was done."""
        return f"; recorded: {WORDS[self.kind]}"


def beside(turn: ReplyContext, holder: PhoneOwner) -> SideAnswer | None:
    """Record what a text surely says about coming beside something stronger, if exactly one
    appointment fits; None when nothing was.

    It never asks and never answers: the answer belongs to the stronger meaning, and the caller says
    in its `Done` what was recorded here (`and_beside`). A day that is named in a wish for a call
    may be the day of the call, so it never chooses among several appointments.
    """
    said_so = [intent for intent in (Intent.CONFIRM, Intent.DECLINE) if turn.heard.surely(intent)]
    if len(said_so) != 1 or said_so[0] is turn.heard.intent:
        return None
    kind = KINDS[said_so[0]]
    found = appointment_match.candidates(
        turn.session, holder.person.id, turn.number, turn.heard_at, kind
    )
    if turn.heard.day is not None:
        if turn.heard.surely(Intent.CALL_ME) and len(found) > 1:
            return None
        found = appointment_match.on_day(found, turn.heard.day, turn.heard_at, holder.reach.zone)
    if len(found) != 1:
        return None
    record(turn, holder, found[0], kind, cause=_cause(turn, kind))
    return SideAnswer(found[0].id, kind)


def and_beside(done: Handled, also: SideAnswer | None) -> Handled:
    """What was done, with what was recorded beside it."""
    if also is None:
        return done
    return replace(done, words=f"{done.words}{also.words}", appointment_id=also.appointment_id)


def unsure(turn: ReplyContext, holder: PhoneOwner, why: str) -> Handled:
    """A human reads it; the person is told so, not every time."""
    answers.not_sure(turn, holder)
    return Handled(
        f"{why}: for a worker to read", needs_human=True, person_id=holder.person.id, acted=False
    )


def record(
    turn: ReplyContext,
    holder: PhoneOwner,
    appointment: Appointment,
    kind: IntentKind,
    minutes: int | None = None,
    cause: Cause | None = None,
) -> None:
    """Write down what was said about an appointment, and what follows for its offender manager."""
    session = turn.session
    session.execute(
        insert(Said)
        .values(
            id=new_id(),
            appointment_id=appointment.id,
            kind=kind,
            said_at=turn.heard_at,
            minutes_late=minutes,
            cause=cause,
            inbound_id=turn.inbound.id,
            revision=appointment.revision,
        )
        .on_conflict_do_nothing(index_elements=[Said.appointment_id, Said.inbound_id, Said.kind])
    )
    session.expire(appointment, ["intents"])
    events.record(
        session,
        "intent.recorded",
        now=turn.now,
        actor="person",
        person_id=holder.person.id,
        hub_id=holder.person.hub_id,
        appointment=appointment.id,
        intent=kind.value,
        inbound=turn.inbound.id,
    )
    if kind is IntentKind.CANNOT_ATTEND:
        raise_signal(
            session,
            SignalKind.CANNOT_ATTEND,
            holder.person,
            about=str(appointment.id),
            why="They say by text that they cannot come. The appointment still stands.",
            evidence=[*turn.evidence, Evidence("appointment", str(appointment.id))],
            now=turn.now,
            due_at=barriers.due(turn, holder, appointment),
        )
        barriers.tell_of(turn, holder, appointment, cause)
        return
    arrival.follow(turn, holder, appointment, kind)
    barriers.gone(turn, holder, appointment, f"A later text: {WORDS[kind]}.")


def _record_all(
    turn: ReplyContext,
    holder: PhoneOwner,
    found: Sequence[Appointment],
    kind: IntentKind,
    minutes: int | None,
    cause: Cause | None,
) -> Handled:
    for appointment in found:
        record(turn, holder, appointment, kind, minutes, cause)
    _thank(turn, holder, found, kind)
    several = f" for {len(found)} appointments" if len(found) > 1 else ""
    return Handled(
        f"Recorded: {WORDS[kind]}{several}",
        person_id=holder.person.id,
        appointment_id=found[0].id if len(found) == 1 else None,
        intent=_MEANT[kind],
    )


def _thank(
    turn: ReplyContext, holder: PhoneOwner, found: Sequence[Appointment], kind: IntentKind
) -> None:
    """Say what was understood. A text that waited too long to be handled gets no answer about a
    time that has passed.
    """
    ahead = [
        one
        for one in found
        if one.starts_at > turn.now or kind in (IntentKind.LATE, IntentKind.HERE)
    ]
    if not ahead:
        return
    language, first, zone = holder.person.language, answers.first_name(holder), holder.reach.zone
    if kind is IntentKind.WILL_ATTEND and len(ahead) > 1:
        listed = texts.next_text(
            language, first=first, booked=[for_text(one) for one in ahead], zone=zone
        )
        answers.answer(turn, TextKind.NEXT, listed, holder=holder, about=ahead[0])
        return
    booked = for_text(ahead[0])
    if kind is IntentKind.CANNOT_ATTEND:
        booked = replace(
            booked, worker=answers.manager_name(holder)
        )  # who gets the signal, and will be in touch
    body = texts.appointment_text(_ANSWERS[kind], language, first=first, about=booked, zone=zone)
    answers.answer(turn, _ANSWERS[kind], body, holder=holder, about=ahead[0])


def ask_which(
    turn: ReplyContext,
    holder: PhoneOwner,
    found: Sequence[Appointment],
    kind: IntentKind,
    *,
    wish: Mapping[str, str | None] | None = None,
) -> Handled:
    """Ask, with the appointments numbered. Where the question cannot go (limits on answers), a
    human asks.

    With a `wish` (the `day` and `time` asked for) the answer says which of them is to have another
    time (rebooking.py).
    """
    offered = [{"id": str(one.id), "revision": one.revision} for one in found]
    if _just_asked(turn, holder, offered, kind):
        return Handled(
            "Already asked which appointment it is about",
            person_id=holder.person.id,
            intent=_MEANT[kind],
        )
    body = texts.which_one(
        holder.person.language, booked=[for_text(one) for one in found], zone=holder.reach.zone
    )
    if turn.quiet or not answers.answer(turn, TextKind.WHICH_ONE, body, holder=holder):
        return Handled(
            "It could be about several appointments: for a worker to read",
            needs_human=True,
            person_id=holder.person.id,
            acted=False,
        )
    open_questions.ask(
        turn.session,
        QuestionKind.WHICH,
        turn.number,
        holder.person.id,
        options={
            "kind": kind.value,
            "minutes": _minutes(turn, kind),
            "cause": _cause(turn, kind),
            "reading": str(turn.reading_id),
            "appointments": offered,
            **({} if wish is None else {"wish": dict(wish)}),
        },
        now=turn.now,
        expires_at=_use_of_answer(found, kind),
    )
    return Handled(
        f"Asked which of {len(found)} appointments it is about",
        person_id=holder.person.id,
        intent=_MEANT[kind],
    )


def _just_asked(
    turn: ReplyContext, holder: PhoneOwner, offered: list[dict[str, Any]], kind: IntentKind
) -> bool:
    """People split what they say over several texts: the same question does not go twice within
    minutes.
    """
    return any(
        question.person_id == holder.person.id
        and question.options["kind"] == kind.value
        and question.options["appointments"] == offered
        and question.asked_at > turn.heard_at - ASK_AGAIN_AFTER
        for question in open_questions.open_for(
            turn.session, turn.number, turn.heard_at, QuestionKind.WHICH
        )
    )


def _minutes(turn: ReplyContext, kind: IntentKind) -> int | None:
    return turn.heard.value if kind is IntentKind.LATE else None


def _cause(turn: ReplyContext, kind: IntentKind) -> Cause | None:
    return turn.heard.cause if kind in (IntentKind.CANNOT_ATTEND, IntentKind.LATE) else None


def _use_of_answer(found: Sequence[Appointment], kind: IntentKind) -> datetime:
    if kind in (IntentKind.LATE, IntentKind.HERE):
        return max(one.ends_at for one in found)
    return min(one.starts_at for one in found)


def _in_time(turn: ReplyContext, appointment: Appointment, kind: IntentKind) -> bool:
    if kind in (IntentKind.LATE, IntentKind.HERE):
        return turn.heard_at <= appointment.ends_at + appointment_match.HERE_UNTIL
    return appointment.starts_at > turn.heard_at
