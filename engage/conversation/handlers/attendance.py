"""Yes, no, late and here: what the person says about an appointment, tied to the right one or asked
about, never guessed.

It records what was said and tells who must know. It never moves or cancels an appointment and never
records attendance.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from engage import texts
from engage.appointments.kinds import IntentKind
from engage.appointments.model import Appointment
from engage.appointments.model import StatedIntent as Said
from engage.appointments.reminders.wording import details_for_text
from engage.conversation import answers, appointment_match, open_questions
from engage.conversation.context import Handled, ReplyContext
from engage.conversation.handlers import MeaningHandler, arrival, barriers
from engage.conversation.model import Question, QuestionKind, ReplyRecord
from engage.conversation.phone_owner import PhoneOwner
from engage.conversation.signals import raise_signal
from engage.conversation.steps import Result
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


def said(context: ReplyContext, owner: PhoneOwner, kind: IntentKind) -> Handled:
    """Record what was said about the one appointment that it can be about; ask when there are
    several; else a human reads it.
    """
    found = appointment_match.candidates(
        context.session, owner.person.id, context.number, context.received_at, kind
    )
    if context.only_about:
        found = [one for one in found if one.id in context.only_about] or found
    if found and context.interpretation.day is not None:
        found = appointment_match.on_day(
            found, context.interpretation.day, context.received_at, owner.contactability.zone
        )
    if not found or len(found) > MOST_ASKED:
        return unsure(
            context, owner, "No open appointment fits" if not found else "Too many appointments fit"
        )
    if len(found) == 1 or (kind is IntentKind.WILL_ATTEND and says_yes_to_all(context.body)):
        return _record_all(
            context, owner, found, kind, _minutes(context, kind), _cause(context, kind)
        )
    return ask_which(context, owner, found, kind)


def chosen(context: ReplyContext, owner: PhoneOwner, question: Question) -> Result:
    """Act on an answer to "which one?". The appointments asked about must still stand as they were."""
    offered = question.options["appointments"]
    choice = read_choice(context.body, len(offered))
    if choice is None:
        return context, None
    kind = IntentKind(question.options["kind"])
    context, standing = settle(context, question, choice, kind)
    if standing is None:
        return context, unsure(context, owner, CHANGED_SINCE)
    cause = question.options.get("cause")
    minutes = question.options["minutes"]
    return context, _record_all(
        context, owner, standing, kind, minutes, None if cause is None else Cause(cause)
    )


def settle(
    context: ReplyContext, question: Question, choice: Sequence[int], kind: IntentKind
) -> tuple[ReplyContext, list[Appointment] | None]:
    """Close "which one?" with its answer. The appointments chosen, or None where one of them has
    changed since it was asked about.
    """
    offered = question.options["appointments"]
    context = replace(context, prompt=Prompt.WHICH)
    open_questions.close(question, now=context.now, inbound_id=context.inbound.id)
    first = context.session.get(ReplyRecord, uuid.UUID(question.options["reading"]))
    picked = [
        appointment_match.still_stands(
            context.session, uuid.UUID(offered[place]["id"]), offered[place]["revision"]
        )
        for place in choice
    ]
    standing = [one for one in picked if one is not None and _in_time(context, one, kind)]
    if len(standing) < len(picked):
        return context, None
    if first is not None:
        context = context.with_evidence(first.inbound_id)
        first.done = f"{first.done}; answered"
        first.appointment_id = standing[0].id if len(standing) == 1 else None
    return context, standing


@dataclass(frozen=True)
class SideAnswer:
    """What was recorded beside a text's strongest meaning."""

    appointment_id: uuid.UUID
    kind: IntentKind

    @property
    def words(self) -> str:
        """For the thread, after what else was done."""
        return f"; recorded: {WORDS[self.kind]}"


def beside(context: ReplyContext, owner: PhoneOwner) -> SideAnswer | None:
    """Record what a text surely says about coming beside something stronger, if exactly one
    appointment fits; None when nothing was.

    It never asks and never answers: the answer belongs to the stronger meaning, and the caller says
    in its `Done` what was recorded here (`and_beside`). A day that is named in a wish for a call
    may be the day of the call, so it never chooses among several appointments.
    """
    said_so = [
        intent
        for intent in (Intent.CONFIRM, Intent.DECLINE)
        if context.interpretation.surely(intent)
    ]
    if len(said_so) != 1 or said_so[0] is context.interpretation.intent:
        return None
    kind = KINDS[said_so[0]]
    found = appointment_match.candidates(
        context.session, owner.person.id, context.number, context.received_at, kind
    )
    if context.interpretation.day is not None:
        if context.interpretation.surely(Intent.CALL_ME) and len(found) > 1:
            return None
        found = appointment_match.on_day(
            found, context.interpretation.day, context.received_at, owner.contactability.zone
        )
    if len(found) != 1:
        return None
    record(context, owner, found[0], kind, cause=_cause(context, kind))
    return SideAnswer(found[0].id, kind)


def and_beside(done: Handled, also: SideAnswer | None) -> Handled:
    """What was done, with what was recorded beside it."""
    if also is None:
        return done
    return replace(done, words=f"{done.words}{also.words}", appointment_id=also.appointment_id)


def unsure(context: ReplyContext, owner: PhoneOwner, why: str) -> Handled:
    """A human reads it; the person is told so, not every time."""
    answers.not_sure(context, owner)
    return Handled(
        f"{why}: for a worker to read", needs_human=True, person_id=owner.person.id, acted=False
    )


def record(
    context: ReplyContext,
    owner: PhoneOwner,
    appointment: Appointment,
    kind: IntentKind,
    minutes: int | None = None,
    cause: Cause | None = None,
) -> None:
    """Write down what was said about an appointment, and what follows for its offender manager."""
    session = context.session
    session.execute(
        insert(Said)
        .values(
            id=new_id(),
            appointment_id=appointment.id,
            kind=kind,
            said_at=context.received_at,
            minutes_late=minutes,
            cause=cause,
            inbound_id=context.inbound.id,
            revision=appointment.revision,
        )
        .on_conflict_do_nothing(index_elements=[Said.appointment_id, Said.inbound_id, Said.kind])
    )
    session.expire(appointment, ["intents"])
    events.record_for_person(
        session,
        "intent.recorded",
        owner.person,
        now=context.now,
        actor="person",
        appointment=appointment.id,
        intent=kind.value,
        inbound=context.inbound.id,
    )
    if kind is IntentKind.CANNOT_ATTEND:
        raise_signal(
            session,
            SignalKind.CANNOT_ATTEND,
            owner.person,
            about=str(appointment.id),
            why="They say by text that they cannot come. The appointment still stands.",
            evidence=[*context.evidence, Evidence("appointment", str(appointment.id))],
            now=context.now,
            due_at=barriers.due(context, owner, appointment),
        )
        barriers.tell_of(context, owner, appointment, cause)
        return
    arrival.follow(context, owner, appointment, kind)
    barriers.gone(context, owner, appointment, f"A later text: {WORDS[kind]}.")


def _record_all(
    context: ReplyContext,
    owner: PhoneOwner,
    found: Sequence[Appointment],
    kind: IntentKind,
    minutes: int | None,
    cause: Cause | None,
) -> Handled:
    for appointment in found:
        record(context, owner, appointment, kind, minutes, cause)
    _thank(context, owner, found, kind)
    several = f" for {len(found)} appointments" if len(found) > 1 else ""
    return Handled(
        f"Recorded: {WORDS[kind]}{several}",
        person_id=owner.person.id,
        appointment_id=found[0].id if len(found) == 1 else None,
        intent=_MEANT[kind],
    )


def _thank(
    context: ReplyContext, owner: PhoneOwner, found: Sequence[Appointment], kind: IntentKind
) -> None:
    """Say what was understood. A text that waited too long to be handled gets no answer about a
    time that has passed.
    """
    ahead = [
        one
        for one in found
        if one.starts_at > context.now or kind in (IntentKind.LATE, IntentKind.HERE)
    ]
    if not ahead:
        return
    language, first, zone = (
        owner.person.language,
        answers.first_name(owner),
        owner.contactability.zone,
    )
    if kind is IntentKind.WILL_ATTEND and len(ahead) > 1:
        listed = texts.next_text(
            language, first=first, booked=[details_for_text(one) for one in ahead], zone=zone
        )
        answers.answer(context, TextKind.NEXT, listed, owner=owner, about=ahead[0])
        return
    booked = details_for_text(ahead[0])
    if kind is IntentKind.CANNOT_ATTEND:
        booked = replace(
            booked, worker=answers.manager_name(owner)
        )  # who gets the signal, and will be in touch
    body = texts.appointment_text(_ANSWERS[kind], language, first=first, about=booked, zone=zone)
    answers.answer(context, _ANSWERS[kind], body, owner=owner, about=ahead[0])


def ask_which(
    context: ReplyContext,
    owner: PhoneOwner,
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
    if _just_asked(context, owner, offered, kind):
        return Handled(
            "Already asked which appointment it is about",
            person_id=owner.person.id,
            intent=_MEANT[kind],
        )
    body = texts.which_one(
        owner.person.language,
        booked=[details_for_text(one) for one in found],
        zone=owner.contactability.zone,
    )
    if context.quiet or not answers.answer(context, TextKind.WHICH_ONE, body, owner=owner):
        return Handled(
            "It could be about several appointments: for a worker to read",
            needs_human=True,
            person_id=owner.person.id,
            acted=False,
        )
    open_questions.ask(
        context.session,
        QuestionKind.WHICH,
        context.number,
        owner.person.id,
        options={
            "kind": kind.value,
            "minutes": _minutes(context, kind),
            "cause": _cause(context, kind),
            "reading": str(context.record_id),
            "appointments": offered,
            **({} if wish is None else {"wish": dict(wish)}),
        },
        now=context.now,
        expires_at=_use_of_answer(found, kind),
    )
    return Handled(
        f"Asked which of {len(found)} appointments it is about",
        person_id=owner.person.id,
        intent=_MEANT[kind],
    )


def _just_asked(
    context: ReplyContext, owner: PhoneOwner, offered: list[dict[str, Any]], kind: IntentKind
) -> bool:
    """People split what they say over several texts: the same question does not go twice within
    minutes.
    """
    return any(
        question.person_id == owner.person.id
        and question.options["kind"] == kind.value
        and question.options["appointments"] == offered
        and question.asked_at > context.received_at - ASK_AGAIN_AFTER
        for question in open_questions.open_for(
            context.session, context.number, context.received_at, QuestionKind.WHICH
        )
    )


def _minutes(context: ReplyContext, kind: IntentKind) -> int | None:
    return context.interpretation.value if kind is IntentKind.LATE else None


def _cause(context: ReplyContext, kind: IntentKind) -> Cause | None:
    return (
        context.interpretation.cause
        if kind in (IntentKind.CANNOT_ATTEND, IntentKind.LATE)
        else None
    )


def _use_of_answer(found: Sequence[Appointment], kind: IntentKind) -> datetime:
    if kind in (IntentKind.LATE, IntentKind.HERE):
        return max(one.ends_at for one in found)
    return min(one.starts_at for one in found)


def _in_time(context: ReplyContext, appointment: Appointment, kind: IntentKind) -> bool:
    if kind in (IntentKind.LATE, IntentKind.HERE):
        return context.received_at <= appointment.ends_at + appointment_match.HERE_UNTIL
    return appointment.starts_at > context.received_at


def _thanks(context: ReplyContext, owner: PhoneOwner) -> Handled:
    """Thanks need no answer."""
    return Handled("Thanks: nothing to do", person_id=owner.person.id)


HANDLES = {
    **{intent: MeaningHandler(partial(said, kind=kind)) for intent, kind in KINDS.items()},
    Intent.THANKS: MeaningHandler(_thanks),
}
