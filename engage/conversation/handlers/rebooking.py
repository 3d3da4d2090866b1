"""Rebooking by text: a person who asks for another time is offered a few that are free.

Only if their offender manager allows it and the worker has entered free times; otherwise the
offender manager is told, as after "cannot come". The appointment stays booked until the person
picks a time (rebooking_choices.py).
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage import texts
from engage.appointments.free_times import offers, rules
from engage.appointments.free_times.model import SlotOffer
from engage.appointments.free_times.rules import TimeWish
from engage.appointments.kinds import IntentKind
from engage.appointments.model import Appointment
from engage.conversation import answers, appointment_match, open_questions
from engage.conversation.attending import reasons
from engage.conversation.context import Handled, PendingQuestion, ReplyContext
from engage.conversation.handlers import MeaningHandler, attendance, barriers, which_appointment
from engage.conversation.model import Question, QuestionKind
from engage.conversation.outcomes import leave_to_worker
from engage.conversation.phone_owner import PhoneOwner
from engage.conversation.signals import has_open_signal, raise_signal
from engage.conversation.steps import Result
from engage.signals import Evidence, SignalKind
from engage.texts import TextKind
from engage.understanding import wishes
from engage.understanding.language.normalise import normalise
from engage.understanding.vocabulary import Cause, Intent, Prompt
from messaging.states import NEVER_LEFT
from messaging.tables import Message

MAX_OFFERS, _DAY = 3, timedelta(days=1)
"""Offers for an appointment in a day. After that a worker deals with it [ours]."""
_ASKED = "They asked by text for another time"
_DAY_NAMES: Mapping[str, str] = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
    "today": "today",
    "tomorrow": "tomorrow",
}


def pending(
    session: Session, owner: PhoneOwner, number: str, received_at: datetime
) -> PendingQuestion | None:
    """The offer that awaits the person's answer, if its text left."""
    offer = offers.latest_offer(session, owner.person.id, number, received_at)
    if offer is None or offer.closed_at is not None or not _has_left(session, offer):
        return None
    return PendingQuestion(Prompt.REBOOK, offer.asked_again_at or offer.offered_at)


def handle_request(context: ReplyContext, owner: PhoneOwner) -> Handled:
    """Offer times for the only appointment that the request can be about, ask which of several it
    is about, or leave it to a worker.
    """
    offer = offers.latest_offer(
        context.session, owner.person.id, context.number, context.received_at
    )
    if offer is not None and offer.closed_at is None and context.prompt is Prompt.REBOOK:
        appointment = offers.offered_appointment(context.session, offer, now=context.now)
        if appointment is not None:
            return offer_times(context, owner, appointment, _wish(context, owner, appointment))
    found = appointment_match.candidates(
        context.session,
        owner.person.id,
        context.number,
        context.received_at,
        IntentKind.CANNOT_ATTEND,
    )
    if not found or len(found) > which_appointment.MAX_LISTED:
        return leave_to_worker(context, owner, f"{_ASKED}; not clear for which appointment")
    if len(found) == 1:
        return offer_times(context, owner, found[0], _wish(context, owner, found[0]))
    wish = {"day": context.interpretation.day, "time": context.interpretation.time}
    return which_appointment.ask(context, owner, found, IntentKind.CANNOT_ATTEND, wish=wish)


def handle_chosen_appointment(
    context: ReplyContext, owner: PhoneOwner, question: Question
) -> Result:
    """Handle the answer to the question which of several appointments gets another time."""
    choice = which_appointment.choice_in(context, owner, question)
    if choice is None:
        return context, None
    context, chosen = which_appointment.close_with_choice(
        context, question, choice, IntentKind.CANNOT_ATTEND
    )
    if chosen is None:
        return context, leave_to_worker(context, owner, which_appointment.CHANGED_SINCE)
    cause = which_appointment.cause_asked_about(question)
    if len(chosen) > 1:
        for appointment in chosen:
            raise_cannot_attend(context, owner, appointment, TimeWish())
            barriers.raise_barrier(context, owner, appointment, cause)
        why = "They want other times for several appointments"
        return context, promise_contact(context, owner, chosen[0], why)
    asked = question.options["wish"]
    wish = rules.wish_in_text(
        asked["day"],
        asked["time"],
        starts_at=chosen[0].starts_at,
        received_at=context.received_at,
        zone=owner.contactability.zone,
    )
    return context, offer_times(context, owner, chosen[0], wish, cause=cause)


def offer_times(
    context: ReplyContext,
    owner: PhoneOwner,
    appointment: Appointment,
    wish: TimeWish,
    *,
    is_repeat: bool = False,
    cause: Cause | None = None,
) -> Handled:
    """Hold free times that fit and offer them. If that is not allowed or not possible, the offender
    manager will be in touch. `is_repeat`: the time that was picked has gone.
    """
    raise_cannot_attend(context, owner, appointment, wish)
    interpretation = context.interpretation
    if interpretation.surely(Intent.DECLINE) and not is_repeat:
        attendance.record_intent(
            context, owner, appointment, IntentKind.CANNOT_ATTEND, cause=interpretation.cause
        )
    else:
        barriers.raise_barrier(context, owner, appointment, cause or interpretation.cause)
    if reason := offers.why_no_offer(context.session, owner.person, appointment):
        return promise_contact(context, owner, appointment, f"{_ASKED}. {reason.words}")
    if context.quiet or appointment.starts_at <= context.now:
        return promise_contact(context, owner, appointment, _ASKED)
    if offers.offers_since(context.session, appointment.id, context.now - _DAY) >= MAX_OFFERS:
        why = f"{_ASKED}, after {MAX_OFFERS} offers in a day"
        return promise_contact(context, owner, appointment, why)
    request = offers.OfferRequest(
        owner.person,
        context.number,
        context.inbound.id,
        context.received_at,
        wish,
        repeat=is_repeat,
    )
    offer = offers.make_offer(context.session, request, appointment, now=context.now)
    if offer is None:
        why = f"{_ASKED}. The worker has no free time that fits"
        return promise_contact(context, owner, appointment, why)
    if not send_offer(context, owner, offer, appointment, is_repeat=is_repeat):
        offers.close(context.session, offer, inbound_id=context.inbound.id, now=context.now)
        return promise_contact(context, owner, appointment, _ASKED)
    _close_questions(context, owner)
    count = len(offer.options)
    times = f"{count} other time{'s' if count > 1 else ''}"
    return Handled(
        f"{'The time picked has gone. ' if is_repeat else ''}Offered {times};"
        " the appointment stays booked until they pick one",
        person_id=owner.person.id,
        appointment_id=appointment.id,
        intent=Intent.RESCHEDULE,
    )


def send_offer(
    context: ReplyContext,
    owner: PhoneOwner,
    offer: SlotOffer,
    appointment: Appointment,
    *,
    is_repeat: bool = False,
) -> bool:
    """Send the times of an offer; return whether the text may be sent."""
    body = texts.rebook(
        owner.person.language,
        first=answers.first_name(owner),
        starts=offer.starts,
        zone=owner.contactability.zone,
        gone=is_repeat,
    )
    kind = TextKind.REBOOK_AGAIN if is_repeat else TextKind.REBOOK
    if not answers.send(context, kind, body, owner=owner, about=appointment):
        return False
    offer.message_id = answers.queued(context).id
    return True


def promise_contact(
    context: ReplyContext, owner: PhoneOwner, appointment: Appointment, why: str
) -> Handled:
    """Tell the person that their offender manager will be in touch about another time."""
    answers.send_personal(context, TextKind.CANNOT_ATTEND, owner)
    wished = wishes.words(normalise(context.body).line)
    named = f"Wish: {wished}. " if wished else ""
    return Handled(
        f"{named}{why}. The offender manager has been told",
        person_id=owner.person.id,
        appointment_id=appointment.id,
        intent=Intent.RESCHEDULE,
    )


def pass_on_wish(context: ReplyContext, owner: PhoneOwner) -> Handled | None:
    """Pass on a time that the person names after a no. None for any other text.

    The text is not clear enough to offer times, but their offender manager should know the wish.
    """
    if context.interpretation.acts or context.interpretation.worrying or "?" in context.body:
        return None
    if not wishes.names_time(normalise(context.body).line):
        return None
    refused = reasons.latest_refusal(context, owner) or _waits_for_other_time(context, owner)
    if refused is None:
        return None
    raise_cannot_attend(context, owner, refused, _wish(context, owner, refused))
    return replace(
        promise_contact(context, owner, refused, f"{_ASKED}, after a no"), needs_human=True
    )


def _waits_for_other_time(context: ReplyContext, owner: PhoneOwner) -> Appointment | None:
    """The only appointment for which the offender manager looks for another time."""
    found = appointment_match.candidates(
        context.session,
        owner.person.id,
        context.number,
        context.received_at,
        IntentKind.CANNOT_ATTEND,
    )
    waiting = [
        one
        for one in found
        if has_open_signal(
            context.session, SignalKind.CANNOT_ATTEND, owner.person.id, about=str(one.id)
        )
    ]
    return waiting[0] if len(waiting) == 1 else None


def raise_cannot_attend(
    context: ReplyContext, owner: PhoneOwner, appointment: Appointment, wish: TimeWish
) -> None:
    """Raise "cannot attend" with the time that the person asks for."""
    raise_signal(
        context.session,
        SignalKind.CANNOT_ATTEND,
        owner.person,
        about=str(appointment.id),
        why=f"{_ASKED}{_in_words(wish)}. The appointment is still booked.",
        evidence=[*context.evidence, Evidence("appointment", str(appointment.id))],
        now=context.now,
        due_at=barriers.due_at(context, owner, appointment),
    )


def _in_words(wish: TimeWish) -> str:
    named = [words for words in (_DAY_NAMES.get(wish.day or "", ""), wish.time or "") if words]
    return f" ({', '.join(named)})" if named else ""


def _wish(context: ReplyContext, owner: PhoneOwner, appointment: Appointment) -> TimeWish:
    return rules.wish_in_text(
        context.interpretation.day,
        context.interpretation.time,
        starts_at=appointment.starts_at,
        received_at=context.received_at,
        zone=owner.contactability.zone,
    )


def _close_questions(context: ReplyContext, owner: PhoneOwner) -> None:
    """Close "which one?": a number that comes next answers the offer."""
    for question in open_questions.open_for(
        context.session, context.number, context.received_at, QuestionKind.WHICH
    ):
        if question.person_id == owner.person.id:
            open_questions.close(question, now=context.now)


def _has_left(session: Session, offer: SlotOffer) -> bool:
    """Whether the text of an offer left, or may have."""
    status = session.scalar(select(Message.status).where(Message.id == offer.message_id))
    return status is not None and status not in NEVER_LEFT


HANDLES = {Intent.RESCHEDULE: MeaningHandler(handle_request)}
