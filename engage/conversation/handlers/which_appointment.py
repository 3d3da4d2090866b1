"""The question "which one?", when a text can be about several appointments.

It lists the appointments as they are now. A choice counts only if they have not changed since.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from engage import texts
from engage.appointments.kinds import IntentKind
from engage.appointments.model import Appointment
from engage.appointments.reminders.wording import details_for_text
from engage.conversation import answers, appointment_match, open_questions
from engage.conversation.context import Handled, ReplyContext
from engage.conversation.handlers.intent_kinds import INTENT_OF, cause_for, minutes_for
from engage.conversation.model import Question, QuestionKind, ReplyRecord
from engage.conversation.outcomes import FOR_WORKER
from engage.conversation.phone_owner import PhoneOwner
from engage.texts import TextKind
from engage.understanding.choices import read_choice, read_day
from engage.understanding.vocabulary import Cause, Prompt

MAX_LISTED = 4
"""A text cannot list more appointments than this."""
ASK_AGAIN_AFTER = timedelta(minutes=10)
CHANGED_SINCE = "The appointment chosen has changed since the question"


def ask(
    context: ReplyContext,
    owner: PhoneOwner,
    appointments: Sequence[Appointment],
    kind: IntentKind,
    *,
    wish: Mapping[str, str | None] | None = None,
) -> Handled:
    """Ask which of the appointments the text is about. If the limits on answers hold the question
    back, a worker reads the text.

    With a `wish` (the `day` and `time` asked for) the answer chooses the appointment that gets
    another time (rebooking.py).
    """
    choices = [{"id": str(one.id), "revision": one.revision} for one in appointments]
    if _was_just_asked(context, owner, choices, kind):
        return Handled(
            "Already asked which appointment it is about",
            person_id=owner.person.id,
            intent=INTENT_OF[kind],
        )
    body = texts.which_one(
        owner.person.language,
        booked=[details_for_text(one) for one in appointments],
        zone=owner.contactability.zone,
    )
    if context.quiet or not answers.send(context, TextKind.WHICH_ONE, body, owner=owner):
        return Handled(
            f"Could be about several appointments; {FOR_WORKER}",
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
            "minutes": minutes_for(kind, context.interpretation),
            "cause": cause_for(kind, context.interpretation),
            "reading": str(context.record_id),
            "appointments": choices,
            **({} if wish is None else {"wish": dict(wish)}),
        },
        now=context.now,
        expires_at=_expires_at(appointments, kind),
    )
    return Handled(
        f"Asked which of {len(appointments)} appointments it is about",
        person_id=owner.person.id,
        intent=INTENT_OF[kind],
    )


def choice_in(
    context: ReplyContext, owner: PhoneOwner, question: Question
) -> tuple[int, ...] | None:
    """The places of the appointments that a text chooses: by number, or by a day that only one of
    them is on. None if it chooses none.
    """
    choices = question.options["appointments"]
    picked = read_choice(context.body, len(choices))
    if picked is not None:
        return picked
    day = read_day(context.body)
    if day is None:
        return None
    listed = [
        appointment_match.if_unchanged(context.session, uuid.UUID(one["id"]), one["revision"])
        for one in choices
    ]
    on_day = appointment_match.on_day(
        [one for one in listed if one is not None],
        day,
        context.received_at,
        owner.contactability.zone,
    )
    return (listed.index(on_day[0]),) if len(on_day) == 1 else None


def close_with_choice(
    context: ReplyContext, question: Question, choice: Sequence[int], kind: IntentKind
) -> tuple[ReplyContext, list[Appointment] | None]:
    """Close the question with its answer. Returns the appointments chosen; None if one of them has
    changed since.
    """
    choices = question.options["appointments"]
    context = replace(context, prompt=Prompt.WHICH)
    open_questions.close(question, now=context.now, inbound_id=context.inbound.id)
    asked_about = context.session.get(ReplyRecord, uuid.UUID(question.options["reading"]))
    chosen = [
        appointment_match.if_unchanged(
            context.session, uuid.UUID(choices[index]["id"]), choices[index]["revision"]
        )
        for index in choice
    ]
    valid = [one for one in chosen if one is not None and _is_in_time(context, one, kind)]
    if len(valid) < len(chosen):
        return context, None
    if asked_about is not None:
        context = context.with_evidence(asked_about.inbound_id)
        asked_about.done = f"{asked_about.done}; answered"
        asked_about.appointment_id = valid[0].id if len(valid) == 1 else None
    return context, valid


def cause_asked_about(question: Question) -> Cause | None:
    """The cause in the text that the question was about, which is not the text that answers it."""
    cause = question.options.get("cause")
    return None if cause is None else Cause(cause)


def _was_just_asked(
    context: ReplyContext, owner: PhoneOwner, choices: list[dict[str, Any]], kind: IntentKind
) -> bool:
    """Whether the same question went out minutes ago: people split what they say over texts."""
    return any(
        question.person_id == owner.person.id
        and question.options["kind"] == kind.value
        and question.options["appointments"] == choices
        and question.asked_at > context.received_at - ASK_AGAIN_AFTER
        for question in open_questions.open_for(
            context.session, context.number, context.received_at, QuestionKind.WHICH
        )
    )


def _expires_at(appointments: Sequence[Appointment], kind: IntentKind) -> datetime:
    if kind in (IntentKind.LATE, IntentKind.HERE):
        return max(one.ends_at for one in appointments)
    return min(one.starts_at for one in appointments)


def _is_in_time(context: ReplyContext, appointment: Appointment, kind: IntentKind) -> bool:
    if kind in (IntentKind.LATE, IntentKind.HERE):
        return context.received_at <= appointment.ends_at + appointment_match.HERE_UNTIL
    return appointment.starts_at > context.received_at
