"""What a person says about an appointment: yes, no, late or here.

It is recorded for the appointment that it is certainly about; if there are several, the person is
asked. It must never move or cancel an appointment, and never record attendance.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from sqlalchemy.dialects.postgresql import insert

from engage import texts
from engage.appointments.kinds import IntentKind
from engage.appointments.model import Appointment, StatedIntent
from engage.appointments.reminders.wording import details_for_text
from engage.conversation import answers, appointment_match
from engage.conversation.context import Handled, ReplyContext
from engage.conversation.handlers import MeaningHandler, arrival, barriers, which_appointment
from engage.conversation.handlers.intent_kinds import (
    INTENT_OF,
    KIND_OF,
    WORDS,
    cause_for,
    minutes_for,
)
from engage.conversation.model import Question
from engage.conversation.outcomes import leave_to_worker
from engage.conversation.phone_owner import PhoneOwner
from engage.conversation.signals import raise_signal
from engage.conversation.steps import Result
from engage.core import events
from engage.core.db import new_id
from engage.core.local_time import local_day
from engage.signals import Evidence, SignalKind
from engage.texts import TextKind
from engage.understanding.choices import says_yes_to_all
from engage.understanding.vocabulary import Cause, Intent

_SAD = (Cause.BEREAVEMENT, Cause.ILLNESS)
"""Causes that a text never names. It says that we are sorry."""
_ANSWERS = {
    IntentKind.WILL_ATTEND: TextKind.WILL_ATTEND,
    IntentKind.CANNOT_ATTEND: TextKind.CANNOT_ATTEND,
    IntentKind.HERE: TextKind.HERE,
}


def record_or_ask(context: ReplyContext, owner: PhoneOwner, kind: IntentKind) -> Handled:
    """Record an intent for the only appointment that it can be about; ask if there are several, and
    leave the text to a worker if there is none.
    """
    found = _candidates(context, owner, kind)
    if context.only_about:
        found = [one for one in found if one.id in context.only_about] or found
    if found and context.interpretation.day is not None:
        found = appointment_match.on_day(
            found, context.interpretation.day, context.received_at, owner.contactability.zone
        )
    if len(found) > 1 and context.interpretation.time is not None:
        zone = owner.contactability.zone
        found = appointment_match.at_time(found, context.interpretation.time, zone) or found
    if not found:
        return leave_to_worker(context, owner, "No open appointment fits")
    if len(found) > which_appointment.MAX_LISTED:
        return leave_to_worker(context, owner, "Too many appointments fit")
    if len(found) > 1 and not _is_yes_to_all(context, owner, found, kind):
        return which_appointment.ask(context, owner, found, kind)
    minutes = minutes_for(kind, context.interpretation)
    return _record_all(
        context, owner, found, kind, minutes, cause_for(kind, context.interpretation)
    )


def _is_yes_to_all(
    context: ReplyContext, owner: PhoneOwner, found: Sequence[Appointment], kind: IntentKind
) -> bool:
    """Whether a yes is for all of the appointments: it says so, or it answers one text that asked
    for a yes to all of them.
    """
    if kind is not IntentKind.WILL_ATTEND:
        return False
    return says_yes_to_all(context.body) or appointment_match.asked_in_one_text(
        context.session, owner.person.id, context.number, context.received_at, found
    )


def _candidates(context: ReplyContext, owner: PhoneOwner, kind: IntentKind) -> list[Appointment]:
    """The appointments that the text can be about. Somebody who names the day on which they will be
    late speaks of an appointment that has not come near yet.
    """
    names_day = context.interpretation.day not in (None, "today")
    if kind is IntentKind.LATE and names_day:
        return appointment_match.upcoming(
            context.session, owner.person.id, context.received_at, which_appointment.MAX_LISTED
        )
    return appointment_match.candidates(
        context.session, owner.person.id, context.number, context.received_at, kind
    )


def record_chosen(context: ReplyContext, owner: PhoneOwner, question: Question) -> Result:
    """Record the intent for the appointments chosen in answer to "which one?"."""
    choice = which_appointment.choice_in(context, owner, question)
    if choice is None:
        return context, None
    kind = IntentKind(question.options["kind"])
    context, chosen = which_appointment.close_with_choice(context, question, choice, kind)
    if chosen is None:
        return context, leave_to_worker(context, owner, which_appointment.CHANGED_SINCE)
    cause = which_appointment.cause_asked_about(question)
    minutes = question.options["minutes"]
    return context, _record_all(context, owner, chosen, kind, minutes, cause)


@dataclass(frozen=True)
class SideAnswer:
    """An intent that was recorded beside the strongest meaning of a text."""

    appointment_id: uuid.UUID
    kind: IntentKind


def record_beside(context: ReplyContext, owner: PhoneOwner) -> SideAnswer | None:
    """Record a yes or a no that surely stands beside a stronger meaning, if exactly one appointment
    fits.

    It neither asks nor answers: the answer belongs to the stronger meaning, whose outcome includes
    it by `with_side_answer`. A day named with a request for a call may be the day of the call, so
    it does not choose among several appointments.
    """
    interpretation = context.interpretation
    stated = [one for one in (Intent.CONFIRM, Intent.DECLINE) if interpretation.surely(one)]
    if len(stated) != 1 or stated[0] is interpretation.intent:
        return None
    kind = KIND_OF[stated[0]]
    found = appointment_match.candidates(
        context.session, owner.person.id, context.number, context.received_at, kind
    )
    if interpretation.day is not None:
        if interpretation.surely(Intent.CALL_ME) and len(found) > 1:
            return None
        found = appointment_match.on_day(
            found, interpretation.day, context.received_at, owner.contactability.zone
        )
    if len(found) != 1:
        return None
    record_intent(context, owner, found[0], kind, cause=cause_for(kind, interpretation))
    return SideAnswer(found[0].id, kind)


def with_side_answer(handled: Handled, side: SideAnswer | None) -> Handled:
    """An outcome with what was recorded beside it."""
    if side is None:
        return handled
    return replace(
        handled.with_words(f"recorded: {WORDS[side.kind]}"), appointment_id=side.appointment_id
    )


def record_intent(
    context: ReplyContext,
    owner: PhoneOwner,
    appointment: Appointment,
    kind: IntentKind,
    minutes: int | None = None,
    cause: Cause | None = None,
) -> None:
    """Record an intent for an appointment, and raise or resolve the signals that follow from it."""
    session = context.session
    session.execute(
        insert(StatedIntent)
        .values(
            id=new_id(),
            appointment_id=appointment.id,
            kind=kind,
            said_at=context.received_at,
            minutes_late=minutes,
            cause=cause,
            travel=context.interpretation.travel if kind is IntentKind.WILL_ATTEND else None,
            inbound_id=context.inbound.id,
            revision=appointment.revision,
        )
        .on_conflict_do_nothing(
            index_elements=[
                StatedIntent.appointment_id,
                StatedIntent.inbound_id,
                StatedIntent.kind,
            ]
        )
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
            why="They said by text that they cannot attend. The appointment is still booked.",
            evidence=[*context.evidence, Evidence("appointment", str(appointment.id))],
            now=context.now,
            due_at=barriers.due_at(context, owner, appointment),
        )
        barriers.raise_barrier(context, owner, appointment, cause)
        return
    arrival.follow_up(context, owner, appointment, kind)
    barriers.resolve_signals(context, owner, appointment, f"A later text: {WORDS[kind]}.")


def _record_all(
    context: ReplyContext,
    owner: PhoneOwner,
    appointments: Sequence[Appointment],
    kind: IntentKind,
    minutes: int | None,
    cause: Cause | None,
) -> Handled:
    for appointment in appointments:
        record_intent(context, owner, appointment, kind, minutes, cause)
    _send_confirmation(context, owner, appointments, kind, cause)
    count = len(appointments)
    several = f" for {count} appointments" if count > 1 else ""
    return Handled(
        f"Recorded: {WORDS[kind]}{several}",
        person_id=owner.person.id,
        appointment_id=appointments[0].id if count == 1 else None,
        intent=INTENT_OF[kind],
    )


def _send_confirmation(
    context: ReplyContext,
    owner: PhoneOwner,
    appointments: Sequence[Appointment],
    kind: IntentKind,
    cause: Cause | None,
) -> None:
    """Confirm what was recorded. A text that was handled late gets no confirmation about a time
    that has passed.
    """
    about = [
        one
        for one in appointments
        if one.starts_at > context.now or kind in (IntentKind.LATE, IntentKind.HERE)
    ]
    if not about:
        return
    language, zone = owner.person.language, owner.contactability.zone
    first = answers.first_name(owner)
    if kind is IntentKind.WILL_ATTEND and len(about) > 1:
        body = texts.next_text(
            language, first=first, booked=[details_for_text(one) for one in about], zone=zone
        )
        answers.send(context, TextKind.NEXT, body, owner=owner, about=about[0])
        return
    if context.interpretation.in_hospital and kind is IntentKind.CANNOT_ATTEND:
        answers.send_personal(context, TextKind.GET_WELL, owner)
        return
    details = details_for_text(about[0])
    if kind is IntentKind.CANNOT_ATTEND:
        # The offender manager gets the signal and will be in touch.
        details = replace(details, worker=answers.manager_name(owner))
    text_kind, more = _confirmation(context, owner, about, kind, cause)
    body = texts.appointment_text(
        text_kind, language, first=first, about=details, zone=zone, **more
    )
    answers.send(context, text_kind, body, owner=owner, about=about[0])


def _confirmation(
    context: ReplyContext,
    owner: PhoneOwner,
    about: Sequence[Appointment],
    kind: IntentKind,
    cause: Cause | None,
) -> tuple[TextKind, dict[str, str]]:
    """The kind of text that confirms an intent, and the values that are not the appointment's. It
    says what was understood, so that the person can correct it.
    """
    if kind is IntentKind.CANNOT_ATTEND and len(about) == 1:
        if cause in _SAD:
            return TextKind.NO_SORRY, {}
        why = texts.why_not(cause, owner.person.language)
        return (TextKind.NO_BECAUSE, {"why": why}) if why else (TextKind.NO_RECORDED, {})
    if kind is IntentKind.LATE:
        zone = owner.contactability.zone
        is_today = local_day(about[0].starts_at, zone) <= local_day(context.now, zone)
        return (TextKind.LATE if is_today else TextKind.LATE_ON), {}
    return _ANSWERS[kind], {}


def _thanks(context: ReplyContext, owner: PhoneOwner) -> Handled:
    """Thanks need no answer."""
    return Handled("Thanks: nothing to do", person_id=owner.person.id)


HANDLES = {
    **{
        intent: MeaningHandler(partial(record_or_ask, kind=kind))
        for intent, kind in KIND_OF.items()
    },
    Intent.THANKS: MeaningHandler(_thanks),
}
